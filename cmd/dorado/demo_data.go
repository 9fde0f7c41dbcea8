package main

import (
	"bytes"
	_ "embed"
	"fmt"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictjson"
)

// demoData is what a demo is filled with, before the names of package seed. All of it is invented.
type demoData struct {
	Try      string        `json:"try"` // a name that nobody has, for people to register
	Names    []demoName    `json:"names"`
	Premium  []priceLine   `json:"premium"`  // names that nobody has, and what they cost
	Reserved []string      `json:"reserved"` // names that nobody can have
	Contacts []demoContact `json:"contacts"` // the last one is the technical contact
}

// A demoName is one registration: how old it is and what has happened to it. There is one at least
// in each state that a registration can be in.
type demoName struct {
	Name    string          `json:"name"`
	Days    int             `json:"days"` // ago it was registered
	Years   int             `json:"years"`
	Second  bool            `json:"second"`  // sponsored by the second registrar
	Servers string          `json:"servers"` // own: hosts below it; hosted: external ones; none
	Deleted int             `json:"deleted"` // days ago; 0 for not
	Renewed int             `json:"renewed"` // days ago; 0 for not
	Status  registry.Status `json:"status"`
}

// A demoContact is a person of the demo.
type demoContact struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Org      string `json:"org"`
	Street   string `json:"street"`
	City     string `json:"city"`
	Province string `json:"province"`
	Postcode string `json:"postcode"`
	Phone    string `json:"phone"`
	Email    string `json:"email"`
}

//go:embed demo_data.json
var demoJSON []byte

// loadDemoData reads the file that this program carries.
func loadDemoData() (demoData, error) {
	var d demoData
	if err := strictjson.Read(bytes.NewReader(demoJSON), &d); err != nil {
		return d, fmt.Errorf("read what a demo is filled with: %w", err)
	}
	return d, nil
}

// soldZones are those of a profile in which registrars register.
func soldZones(p policy.Profile) []names.Name {
	var zones []names.Name
	for _, z := range p.Zones {
		if z.Sold {
			zones = append(zones, z.Name)
		}
	}
	return zones
}
