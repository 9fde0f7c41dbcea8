package console

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// nodeOver is who works off jobs on a node of its own: its store, its service, and the lease that it holds, of which it does
// not notice the end.
func nodeOver(t *testing.T, r *rig, node string) *Bulk {
	t.Helper()
	db, of := r.Open(nil), r.Service
	service := &flow.Service{
		Store: db, Profile: of.Profile, Clock: of.Clock, Real: of.Real, Random: of.Random, Keys: of.Keys, Passwords: of.Passwords,
		Fairness: flow.NewFairness(), Usages: db, Logins: db,
	}
	number, held, err := db.TakeLease(t.Context(), "bulk", node, time.Hour)
	if err != nil || !held {
		t.Fatalf("%s does not get the lease: %v", node, err)
	}
	return &Bulk{
		Service: service, NewTRID: r.NewTRID, Log: r.console.config.Log,
		Lease: func() (registry.Fence, bool) { return registry.Fence{Lease: "bulk", Number: number}, true },
	}
}

// TestBulkGoesOnElsewhere: a node dies in the middle of a job, and another goes on where it was; what the dead one still sends
// does nothing, and each name is done once.
func TestBulkGoesOnElsewhere(t *testing.T) {
	r := newRig(t, noon)
	if !r.Postgres {
		t.Skip("only PostgreSQL has several nodes")
	}
	const n = 40
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("n%02d.com.co", i))
		r.Domain(world.Acme, list[i])
	}
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	one := nodeOver(t, r, "one")
	key := b.get("/console/bulk/new").is(200).sentValue("key")
	b.post("/console/bulk/new", "key", key, "names", strings.Join(list, "\n"), "act", "renew", "years", "1").goesTo("/console/bulk/" + key)
	rounds(t, one)
	b.post("/console/bulk/" + key + "/start").goesTo("/console/bulk/" + key)
	renewed := func() int {
		return strings.Count(r.Rows("SELECT id FROM log WHERE command = 'renew' AND code = 'completed'"), "\n")
	}
	if worked, err := one.Round(t.Context()); !worked || err != nil || renewed() != bulkStepped {
		t.Fatalf("the first round has done %d names, %v", renewed(), err)
	}

	r.Exec("UPDATE lease SET until = 1 WHERE name = 'bulk'") // the node is dead, or cut off: the lease is not prolonged
	two := nodeOver(t, r, "two")
	if _, err := one.Round(t.Context()); !errors.Is(err, registry.ErrFenced) || renewed() != bulkStepped {
		t.Errorf("a node whose lease has passed on comes to %d names, %v", renewed(), err)
	}
	if worked, err := two.Round(t.Context()); !worked || err != nil || renewed() != 2*bulkStepped {
		t.Fatalf("the other node has come to %d names, %v", renewed(), err)
	}
	if _, err := one.Round(t.Context()); !errors.Is(err, registry.ErrFenced) {
		t.Errorf("beside the other the node works on: %v", err)
	}
	rounds(t, two)
	b.get("/console/bulk/"+key).is(200).says("40 done, 0 refused, 0 with nothing to do.", "Ended")
	if renewed() != n {
		t.Errorf("%d renewals for %d names", renewed(), n)
	}
	if twice := r.Rows("SELECT name FROM domain WHERE expires <> (SELECT MIN(expires) FROM domain)"); twice != "" {
		t.Errorf("names were renewed more than once, or never: %s", twice)
	}
}
