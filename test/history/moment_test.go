package history_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// An interrupted store lets something happen once between two reads of a command.
type interrupted struct {
	registry.Store
	beforeFunds, beforeHost func()
}

func (s interrupted) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	return s.Store.Update(ctx, keys, func(r registry.Reader) (registry.Changes, error) {
		return f(interruptedReader{r, s})
	})
}

type interruptedReader struct {
	registry.Reader
	s interrupted
}

func (r interruptedReader) Funds(id registry.RegistrarID, now time.Time) (ledger.Funds, bool, error) {
	r.s.beforeFunds()
	return r.Reader.Funds(id, now)
}

func (r interruptedReader) Host(name names.Name) (registry.Host, bool, error) {
	r.s.beforeHost()
	return r.Reader.Host(name)
}

// A refusal is one of one moment: the name is not free at one and the funds too low at another. Node 1
// registers the name with the last money when node 0 has read the name and not yet the funds.
func TestRefusalOfOneMomentForFunds(t *testing.T) {
	if !postgres(t) {
		t.Skip("SQLite has one writer")
	}
	c := start(t, "2026-03-01T12:00:00Z", 2)
	c.Domain(world.Acme, "other.co") // for its contact
	c.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: 20_00, Reference: "R-1"})
	cmd := command(world.Name("mine.co"), nameDeed{what: "create", years: 1})
	c.nodes[0].Store = interrupted{c.nodes[0].Store, sync.OnceFunc(func() {
		if _, refusal, _ := c.run(c.nodes[1], world.Poor, cmd); refusal != nil {
			t.Errorf("the first create was refused: %v", refusal)
		}
	}), func() {}}
	reply, refusal, _ := c.run(c.nodes[0], world.Poor, cmd)
	if got := code(reply, refusal); got != registry.ObjectExists {
		t.Errorf("the second create of a name ended in %s (%v): while the name was free there was money for it", got, refusal)
	}
}

// An update is not refused for a host that it does not name, and that has gone from the name when it has
// gone. Node 1 deletes the name above the host when node 0 has read the name that links it.
func TestRefusalOfOneMomentForHosts(t *testing.T) {
	if !postgres(t) {
		t.Skip("SQLite has one writer")
	}
	c := start(t, "2026-03-01T12:00:00Z", 2)
	c.Domain(world.Acme, "above.co")
	c.Host(world.Acme, "ns1.above.co", "192.0.2.1")
	c.Domain(world.Other, "user.co", "ns1.above.co")
	c.nodes[0].Store = interrupted{c.nodes[0].Store, func() {}, sync.OnceFunc(func() {
		if _, refusal, _ := c.run(c.nodes[1], world.Acme, flow.DomainDelete{Name: world.Name("above.co")}); refusal != nil {
			t.Errorf("the delete was refused: %v", refusal)
		}
	})}
	pw := "another-secret"
	_, refusal, _ := c.run(c.nodes[0], world.Other, flow.DomainUpdate{Name: world.Name("user.co"), AuthInfo: &pw})
	if refusal != nil {
		t.Errorf("the update of an authInfo was refused: %v", refusal)
	}
}
