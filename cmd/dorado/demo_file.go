package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/front/console"
)

// demoFileName is where other programs find how to use a demo. Paths in it are relative to its
// directory. Architecture section 5.
const demoFileName = "demo.json"

type demoFile struct {
	CA         string         `json:"ca"`
	Production demoProduction `json:"production"`
	OTE        demoTests      `json:"ote"`
}

// demoTests is the test environment, and the credentials of the first registrar's sandbox in it.
type demoTests struct {
	EPP        string          `json:"epp"`
	HTTPS      string          `json:"https"`
	Registrars []sandboxSecret `json:"registrars"`
}

// addSandbox makes the sandbox of the demo's first registrar, unless it has one.
func (f *demoFile) addSandbox(ctx context.Context, all *sandboxes) error {
	if all.of(firstRegistrar) != nil {
		return nil
	}
	if m, is := all.isMissing(string(firstRegistrar)); is { // the demo was copied without it
		if err := all.dropMissing(ctx, m); err != nil {
			return err
		}
	}
	made, err := all.Make(ctx, firstRegistrar)
	f.OTE.Registrars = secretsOf(made...)
	return err
}

// demoProduction has a key for each service that this version has.
type demoProduction struct {
	EPP        string          `json:"epp"`
	WHOIS      string          `json:"whois"`
	DNS        string          `json:"dns"`
	FTPS       string          `json:"ftps"`
	HTTPS      string          `json:"https"`
	RDAP       string          `json:"rdap"`
	Health     string          `json:"health"`
	Metrics    string          `json:"metrics"`
	Console    string          `json:"consolePath"`
	TSIG       string          `json:"tsig,omitempty"` // with which clients of this machine transfer the zones
	Registrars []demoRegistrar `json:"registrars"`

	// Examples to use, as they were when the demo was made.
	Names    []nameLine `json:"names"`    // one of each state
	Contacts []string   `json:"contacts"` // ids, of the first registrar
	Hosts    []string   `json:"hosts"`    // names of hosts that anybody may delegate to
}

// maxExamples bounds the names that are examples, and exampleNames those that are looked at.
const (
	maxExamples  = 16
	exampleNames = 1000
)

// addExamples fills in names, one of each state, and what a create can refer to.
func (f *demoFile) addExamples(ctx context.Context, core *registryCore, data demoData) error {
	page, err := core.names(ctx, names.Name{}, exampleNames)
	if err != nil {
		return err
	}
	p := &f.Production
	seen := map[string]bool{}
	for _, n := range page.Names {
		if state := strings.Join(n.State, " "); !seen[state] && len(p.Names) < maxExamples {
			seen[state] = true
			p.Names = append(p.Names, n)
		}
	}
	for _, c := range data.Contacts {
		p.Contacts = append(p.Contacts, c.ID)
	}
	for _, who := range []registry.RegistrarID{firstRegistrar, secondRegistrar} {
		for _, host := range hosted(who) {
			p.Hosts = append(p.Hosts, host.String())
		}
	}
	return nil
}

// fill sets the addresses to where the sockets listen.
func (f *demoFile) fill(sockets *listeners) {
	f.CA = authorityFile
	f.Production.EPP = sockets.address(serviceEPP)
	f.Production.WHOIS = sockets.address(serviceWHOIS)
	f.Production.DNS = sockets.address(serviceDNS)
	f.Production.FTPS = sockets.address(serviceFTPS)
	f.Production.HTTPS = "https://" + sockets.address(serviceHTTPS)
	f.Production.Health = "http://" + sockets.address(serviceHealth) + "/healthz"
	f.Production.Metrics = "http://" + sockets.address(serviceHealth) + "/metrics"
	f.Production.Console = console.Path
	f.Production.RDAP = f.Production.HTTPS + "/rdap/"
	f.OTE.EPP = sockets.address(serviceTestEPP)
	f.OTE.HTTPS = "https://" + sockets.address(serviceTestHTTPS)
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
