package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/world"
)

const noon = "2026-03-01T12:00:00Z"

// newWorldEngine returns an engine on a world, and what it logs.
func newWorldEngine(w *world.World, lease func() (registry.Fence, bool)) (*engine, *bytes.Buffer) {
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	core := &registryCore{db: w.DB, service: w.Service, clock: &clock{}, trid: w.NewTRID, log: log}
	return newEngine(core, lease), &logged
}

// settledAtOnce makes the batches of a world small.
func settledAtOnce(w *world.World, n int) {
	for i := range w.Service.Profile.Versions {
		w.Service.Profile.Versions[i].Terms.Limits.SettledAtOnce = n
		w.Service.Profile.Versions[i].Terms.Limits.SettlePercent = 100
	}
}

// Names and charges that cannot be settled do not keep the others from it. They are logged, left alone for a
// pause that grows, and settled when that is possible.
func TestEngineLeavesAlone(t *testing.T) { world.Both(t, noon, engineLeavesAlone) }

func engineLeavesAlone(t *testing.T, w *world.World) {
	settledAtOnce(w, 4)
	for i := range 10 {
		w.Domain(world.Acme, fmt.Sprintf("good-%d.co", i))
	}
	w.Domain(world.Acme, "unreadable.co")
	w.Domain(world.Deleter, "panics.co")
	unchargeable := w.Domain(world.Acme, "unchargeable.co").ROID
	w.Exec("UPDATE domain SET body = '{' || body WHERE name = 'unreadable.co'")
	charge := string(unchargeable) + "/autorenew/2027-03-01T23:59:59Z"
	w.Exec(`INSERT INTO charge (id, party, object, subject, type, amount, at, posts_at, grace_days, authorises, state, ended)
	        VALUES ('` + charge + `', 'H1001', 'D', 'x.co', 'create', 0, 0, 0, 0, FALSE, 'posted', 1)`)
	panics := true
	w.Service.Spread = func(registry.ROID) uint32 {
		if panics {
			panic("of one name")
		}
		return 0
	}
	w.At("2027-03-02T00:00:00Z")
	e, logged := newWorldEngine(w, noLease)
	late := func() string {
		return w.Rows("SELECT name FROM domain WHERE due <= $1 ORDER BY name", w.Now().UnixMicro())
	}
	total, err := e.settle(t.Context())
	if err != nil || total.Renewed != 10 || late() != "panics.co\nunchargeable.co\nunreadable.co\n" {
		t.Fatalf("settled %+v, %v; late are\n%s", total, err, late())
	}
	for _, name := range []string{"panics.co", "unchargeable.co", "unreadable.co"} {
		if n := strings.Count(logged.String(), "what="+name); n != 1 {
			t.Errorf("%s is logged %d times in\n%s", name, n, logged)
		}
	}
	if total, err = e.settle(t.Context()); err != nil || total != (flow.Settled{}) {
		t.Errorf("at once again: settled %+v, %v", total, err)
	}

	w.Exec("UPDATE domain SET body = substr(body, 2) WHERE name = 'unreadable.co'")
	w.Exec("DELETE FROM charge WHERE id = '" + charge + "'")
	before := e.ails["panics.co"].pause
	e.tryAgain()
	if total, err = e.settle(t.Context()); err != nil || total.Renewed != 2 || late() != "panics.co\n" {
		t.Errorf("after the repair: settled %+v, %v; late are\n%s", total, err, late())
	}
	if after := e.ails["panics.co"].pause; after != 2*before || len(e.ails) != 1 {
		t.Errorf("the pause was %s and is %s; %d are left alone", before, after, len(e.ails))
	}
	panics = false
	e.tryAgain()
	if total, err = e.settle(t.Context()); err != nil || total.Deleted != 1 || late() != "" || len(e.ails) != 0 {
		t.Errorf("in the end: settled %+v, %v; late are\n%s; %d are left alone", total, err, late(), len(e.ails))
	}
	w.CheckInvariants()
}

// tryAgain ends the pauses.
func (e *engine) tryAgain() {
	for _, ails := range []ailments{e.ails, e.accounts} {
		for id, ail := range ails {
			ail.until = time.Time{}
			ails[id] = ail
		}
	}
}

// However much of one registrar cannot be settled, the others go on, and the engine's health says so.
func TestEngineLeavesARegistrarAlone(t *testing.T) { world.Both(t, noon, engineLeavesARegistrarAlone) }

func engineLeavesARegistrarAlone(t *testing.T, w *world.World) {
	settledAtOnce(w, 50)
	const n = mostAilments + 5
	for i := range n {
		w.Domain(world.Acme, fmt.Sprintf("name-%d.co", i))
	}
	w.Pass(time.Hour)
	w.Domain(world.Other, "good.co") // falls due after all of them
	w.At("2026-03-10T12:00:00Z")
	w.Settle()
	w.Exec("UPDATE domain SET body = '{' || body WHERE name LIKE 'name-%'")
	w.At("2027-03-02T23:59:59Z")
	e, logged := newWorldEngine(w, noLease)
	if total, err := e.settle(t.Context()); err != nil || total.Renewed != 1 {
		t.Fatalf("settled %+v, %v, want the other's name", total, err)
	}
	if said := e.leftAlone(); said != "nothing of H1001 is settled: more than 100 of its names and charges cannot be" || len(e.ails) != mostAilments {
		t.Errorf("health says %q of %d", said, len(e.ails))
	}
	has(t, logged.String(), "too much of this registrar cannot be settled; the others go on", "registrar=H1001")

	e.tryAgain()
	if total, err := e.settle(t.Context()); err != nil || total != (flow.Settled{}) || e.accounts["H1001"].pause != 2*firstPause {
		t.Errorf("again: settled %+v, %v, and the pause is %s", total, err, e.accounts["H1001"].pause)
	}
	w.Exec("UPDATE domain SET body = substr(body, 2) WHERE name LIKE 'name-%'")
	e.tryAgain()
	if total, err := e.settle(t.Context()); err != nil || total.Renewed != n || e.leftAlone() != "" {
		t.Errorf("after the repair: settled %+v, %v; health says %q", total, err, e.leftAlone())
	}
	w.CheckInvariants()
}

// A charge that cannot be posted is left alone like a name.
func TestEngineLeavesAChargeAlone(t *testing.T) { world.Both(t, noon, engineLeavesAChargeAlone) }

func engineLeavesAChargeAlone(t *testing.T, w *world.World) {
	settledAtOnce(w, 2)
	w.Domain(world.Acme, "good.co")
	w.Domain(world.Acme, "bad.co")
	bad := strings.TrimSpace(w.Rows("SELECT id FROM charge WHERE subject = 'bad.co'"))
	w.Exec(`INSERT INTO entry (entry_key, party, at, debit, credit, amount, charge, text)
	        VALUES ('` + bad + `/post', 'H1001', 0, 'x', 'x', 0, '', '')`)
	w.At("2026-03-10T00:00:00Z")
	e, _ := newWorldEngine(w, noLease)
	if total, err := e.settle(t.Context()); err != nil || total.Charges != 1 || total.Posted != ledger.Money(20_00) {
		t.Errorf("settled %+v, %v", total, err)
	}
	if open := w.Rows("SELECT subject FROM charge WHERE state = 'open'"); open != "bad.co\n" {
		t.Errorf("open are %q, want bad.co", open)
	}
}

// Two engines at once, as when one has not noticed that its lease has passed on, and commands on the same names:
// each thing is done once.
func TestEnginesAtOnce(t *testing.T) { world.Both(t, noon, enginesAtOnce) }

func enginesAtOnce(t *testing.T, w *world.World) {
	settledAtOnce(w, 7)
	const n = 60
	for i := range n {
		w.Domain(world.Acme, fmt.Sprintf("name-%d.co", i))
	}
	w.At("2027-04-20T00:00:00Z") // renewed, and the charges of that have posted
	var all sync.WaitGroup
	renewed := make([]int, 2)
	for i := range renewed {
		e, _ := newWorldEngine(w, noLease)
		all.Go(func() {
			total, err := e.settle(context.Background())
			if renewed[i] = total.Renewed; err != nil {
				t.Error(err)
			}
		})
	}
	commanded := 0
	all.Go(func() {
		for i := range n {
			_, err := w.Run(world.Acme, flow.DomainUpdate{
				Name: world.Name(fmt.Sprintf("name-%d.co", i)), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}},
			})
			if commanded++; err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
	if e, _ := newWorldEngine(w, noLease); commanded != n {
		t.Errorf("%d commands", commanded)
	} else if total, err := e.settle(t.Context()); err != nil || total != (flow.Settled{}) {
		t.Errorf("once more: settled %+v, %v", total, err)
	}
	for what, query := range map[string]string{
		"renewals": "SELECT COUNT(*) FROM charge WHERE NOT authorises", "posts": "SELECT COUNT(*) FROM charge WHERE NOT authorises AND state = 'posted'",
		"versions": "SELECT COUNT(*) FROM domain WHERE version = 3",
	} {
		if got := w.Rows(query); got != fmt.Sprintf("%d\n", n) {
			t.Errorf("%s: %s, want %d (the engines renewed %v)", what, got, n, renewed)
		}
	}
	w.CheckInvariants()
}

// An engine whose lease another node has taken writes nothing, and does not look for a name that ails.
func TestEngineIsFenced(t *testing.T) {
	w := world.On(t, pg.DSN(t), noon) // only there nodes hold leases
	w.Domain(world.Acme, "name.co")
	w.At("2027-03-02T00:00:00Z")
	number, _, err := w.DB.TakeLease(t.Context(), engineLease, "one", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	e, logged := newWorldEngine(w, func() (registry.Fence, bool) { return registry.Fence{Lease: engineLease, Number: number - 1}, true })
	before := w.Dump()
	if total, err := e.settle(t.Context()); !errors.Is(err, registry.ErrFenced) || total != (flow.Settled{}) || len(e.ails) > 0 {
		t.Errorf("settled %+v, %v, %d left alone", total, err, len(e.ails))
	}
	if w.Dump() != before || logged.Len() > 0 {
		t.Errorf("it wrote something, or logged\n%s", logged)
	}
}

// A batch that fails on the way, wherever that is, leaves nothing, and the next run does the rest.
func TestEngineCrashes(t *testing.T) { world.Both(t, noon, engineCrashes) }

func engineCrashes(t *testing.T, w *world.World) {
	settledAtOnce(w, 3)
	for i := range 8 {
		w.Domain(world.Acme, fmt.Sprintf("name-%d.co", i))
	}
	w.At("2027-04-20T00:00:00Z")
	for after := 0; after < 300; after += 5 {
		e, _ := newWorldEngine(w, noLease) // as after a restart
		ctx, cancel := context.WithCancel(t.Context())
		batches := 0
		e.lease = func() (registry.Fence, bool) {
			if batches++; batches > 2 {
				cancel() // the process ends between two batches
			}
			return registry.Fence{}, true
		}
		w.Fault.After(after)
		if _, err := e.settle(ctx); err == nil {
			t.Error("nothing stopped it")
		}
		w.Fault.Disarm()
		cancel()
		w.CheckInvariants()
	}
	e, _ := newWorldEngine(w, noLease)
	if _, err := e.settle(t.Context()); err != nil {
		t.Error(err)
	}
	if got := w.Rows("SELECT COUNT(*) FROM charge WHERE NOT authorises AND state = 'posted'"); got != "8\n" {
		t.Errorf("%s renewals are posted, want 8", got)
	}
}

// The engine works a share of the time, and rests the other.
func TestRest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if err := rest(ctx, time.Hour, 100); err != nil {
		t.Errorf("all of the time: %v", err)
	}
	began := time.Now()
	if err := rest(ctx, 3*time.Millisecond, 25); err != nil || time.Since(began) < 9*time.Millisecond {
		t.Errorf("a quarter of the time: rested %s, %v", time.Since(began), err)
	}
	cancel()
	if err := rest(ctx, time.Hour, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("asked to stop: %v", err)
	}
}
