package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"example.org/dorado/cmd/dorado/bench"
	"example.org/dorado/cmd/dorado/seed"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A benchTarget is the registry that a bench measures.
type benchTarget struct {
	accounts []bench.Account
	profile  policy.Profile
	zone     string
	known    []string // names that a demo may have
	demo     bool     // it runs here, so that its registrars can be given funds
	engine   string   // of its database; empty if that is not known
}

// The databases as reports call them.
const (
	engineSQLite   = "sqlite"
	enginePostgres = "postgres"
)

// target finds out what is to be measured: the registrars of the demo in a directory, or the one
// that the flags name.
func (o benchOptions) target() (benchTarget, error) {
	t := benchTarget{}
	c := defaults()
	file, err := readDemoFile(o.epp.dir)
	if t.demo = err == nil && file.Production.EPP == o.epp.server; t.demo {
		if c, err = loadConfig(o.epp.dir); err != nil {
			return t, err
		}
		t.engine = engineSQLite
		if strings.Contains(c.Database.DSN, "://") {
			t.engine = enginePostgres
		}
	}
	if t.profile, err = c.Registry.loadProfile(o.epp.dir); err != nil {
		return t, err
	}
	if t.accounts, err = o.accounts(file, t.demo); err != nil {
		return t, err
	}
	zones := soldZones(t.profile)
	if t.zone = o.zone; t.zone == "" {
		if len(zones) == 0 {
			return t, fmt.Errorf("the profile %s sells no zone; name one with --zone", c.Registry.Profile)
		}
		t.zone = zones[0].String()
	}
	if t.demo {
		t.known, err = seededNames(t.profile)
	}
	return t, err
}

// accounts are the registrars to log in as.
func (o benchOptions) accounts(file demoFile, demo bool) ([]bench.Account, error) {
	if !demo {
		a, err := account(o.epp)
		return []bench.Account{a}, err
	}
	var list []bench.Account
	for _, r := range file.Production.Registrars {
		a, err := account(eppOptions{
			server: o.epp.server, ca: o.epp.ca, as: string(r.ID), password: r.EPPPassword, timeout: o.epp.timeout,
			cert: filepath.Join(o.epp.dir, r.Cert), key: filepath.Join(o.epp.dir, r.Key),
		})
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

func account(o eppOptions) (bench.Account, error) {
	server, err := o.target()
	if err != nil {
		return bench.Account{}, err
	}
	config := &tls.Config{RootCAs: server.Roots, MinVersion: tls.VersionTLS12}
	if server.Certificate != nil {
		config.Certificates = []tls.Certificate{*server.Certificate}
	}
	return bench.Account{ID: o.as, Password: o.password, TLS: config}, nil
}

// maxKnown bounds the names of a demo that are asked for.
const maxKnown = 20_000

// seededNames are the first that a demo makes; how many it has is to be asked.
func seededNames(profile policy.Profile) ([]string, error) {
	data, err := loadDemoData()
	if err != nil {
		return nil, err
	}
	made, err := seed.Names(profile, demoSeed, data.taken(), maxKnown-len(data.Names))
	if err != nil {
		return nil, err
	}
	list := make([]string, 0, maxKnown)
	for _, d := range data.Names {
		list = append(list, d.Name)
	}
	for _, name := range made {
		list = append(list, name.String())
	}
	return list, nil
}

// createsPerSecond is more than any machine is expected to do.
const createsPerSecond = 20_000

// mostCreates is more names than a run can make.
func (o benchOptions) mostCreates() int {
	return createsPerSecond * (int(o.seconds+1)*(o.rounds+1) + 1)
}

// deposit gives the registrars of a demo what the names of a run cost at most.
func (t benchTarget) deposit(ctx context.Context, o benchOptions) error {
	if !t.demo {
		return nil
	}
	terms := t.profile.Versions[len(t.profile.Versions)-1].Terms
	amount := terms.Quote(policy.OpCreate, 1, registry.NamePrice{}).Total().Times(o.mostCreates())
	reference := "BENCH-" + rand.Text()
	for _, a := range t.accounts {
		var done moneyAnswer
		err := call(ctx, o.epp.dir, http.MethodPost, registrarPath(a.ID, "/deposits"), depositRequest{
			actRequest: actRequest{Author: author("")}, Amount: amount.String(), Reference: reference + "-" + a.ID,
		}, &done)
		if err == nil && done.Act.State == string(registry.MoneyPending) { // nobody else is there to agree
			second := actRequest{Author: "dorado bench", Reason: "funds for a measurement"}
			err = call(ctx, o.epp.dir, http.MethodPost, moneyPath(done.Act.ID, "/decision"), decisionRequest{actRequest: second, Approve: true}, &done)
		}
		if err != nil {
			return fmt.Errorf("give %s funds: %w", a.ID, err)
		}
	}
	return nil
}
