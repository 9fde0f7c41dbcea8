package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// demoFileName is where other programs find how to use a demo. Paths in it are relative to its
// directory. Architecture section 5.
const demoFileName = "demo.json"

type demoFile struct {
	CA         string         `json:"ca"`
	Production demoProduction `json:"production"`
}

// demoProduction has a key for each service that this version has.
type demoProduction struct {
	EPP        string          `json:"epp"`
	WHOIS      string          `json:"whois"`
	DNS        string          `json:"dns"`
	HTTPS      string          `json:"https"`
	RDAP       string          `json:"rdap"`
	Registrars []demoRegistrar `json:"registrars"`
}

// fill sets the addresses to where the sockets listen.
func (f *demoFile) fill(sockets *listeners) {
	f.CA = authorityFile
	f.Production.EPP = sockets.address(serviceEPP)
	f.Production.WHOIS = sockets.address(serviceWHOIS)
	f.Production.DNS = sockets.address(serviceDNS)
	f.Production.HTTPS = "https://" + sockets.address(serviceHTTPS)
	f.Production.RDAP = f.Production.HTTPS + "/rdap/"
}

func (f demoFile) write(dir string) error {
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, demoFileName), append(data, '\n'))
}

// readDemoFile reads what an earlier run wrote; the passwords of the registrars are nowhere else.
func readDemoFile(dir string) (demoFile, error) {
	var f demoFile
	data, err := os.ReadFile(filepath.Join(dir, demoFileName))
	if errors.Is(err, fs.ErrNotExist) {
		return f, fmt.Errorf("%s is no demo: it has no %s; choose another --dir", dir, demoFileName)
	}
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("%s: %w; remove %s to start over", filepath.Join(dir, demoFileName), err, dir)
	}
	return f, nil
}
