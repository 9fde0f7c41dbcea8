package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// The engine seals the days that are over after it has settled what was due in them, so that nothing comes late,
// after a standstill, too; and asks the database nothing where no day has ended.
func TestEngineSeals(t *testing.T) { world.Both(t, noon, engineSeals) }

func engineSeals(t *testing.T, w *world.World) {
	for i := range 5 {
		w.Domain(world.Acme, fmt.Sprintf("name-%d.co", i))
	}
	e, logged := newWorldEngine(w, noLease)
	w.At("2027-04-20T00:00:30Z") // renewed and posted meanwhile
	if _, err := e.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	last := func() string { return w.Rows("SELECT COUNT(*), MAX(day) FROM sealed_day") }
	want := fmt.Sprintf("414 | %d\n", time.Date(2027, 4, 18, 0, 0, 0, 0, time.UTC).UnixMicro())
	if last() != want || w.Rows("SELECT COUNT(*) FROM late_entry") != "0\n" || !strings.Contains(logged.String(), "days=414 last=2027-04-18") {
		t.Errorf("sealed are %s, want %s: %s", last(), want, logged)
	}
	if got := w.Rows("SELECT COUNT(*) FROM seal WHERE party = 'H1001'"); got != "3\n" { // created, posted, renewals posted
		t.Errorf("%s seals of the registrar, want 3", got)
	}

	w.At("2027-04-20T00:01:00Z")
	if _, err := e.settle(t.Context()); err != nil || last() == want {
		t.Errorf("when the next day is over: %v, sealed are %s", err, last())
	}
	quiet := func() int {
		w.Fault.After(1 << 30)
		e.turn.Lock()
		e.seal(t.Context(), w.Now())
		e.turn.Unlock()
		return w.Fault.Disarm()
	}
	if n := quiet(); n != 0 {
		t.Errorf("%d operations of the database when no day has ended", n)
	}
}

// An engine that has lost its lease seals nothing more; the one that has it goes on where it stopped, and the
// heads are one chain. A fault leaves no half: the next try goes on.
func TestEnginesSealInTurn(t *testing.T) { world.Both(t, noon, enginesSealInTurn) }

func enginesSealInTurn(t *testing.T, w *world.World) {
	w.Domain(world.Acme, "shop.co")
	w.At("2026-03-10T12:00:00Z")
	w.Settle()
	mine := true
	first, _ := newWorldEngine(w, func() (registry.Fence, bool) { return registry.Fence{}, mine })
	second, logged := newWorldEngine(w, noLease)
	for n := 0; ; n++ {
		w.Fault.After(n)
		first.sealAgain = time.Time{}
		first.seal(t.Context(), w.Now())
		if w.Fault.Disarm(); first.sealAgain.IsZero() { // it got through
			break
		}
		if got := w.Rows("SELECT COUNT(*) FROM sealed_day"); got != "0\n" {
			t.Fatalf("operation %d failed, and %s days are sealed", n, got)
		}
	}
	w.At("2026-03-12T12:00:00Z")
	mine = false
	if _, err := first.sealDays(t.Context(), w.Now()); !errors.Is(err, registry.ErrFenced) {
		t.Errorf("without its lease the engine ends with %v", err)
	}
	if _, err := second.settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.Rows("SELECT COUNT(*) FROM sealed_day"); got != "11\n" {
		t.Errorf("%s days are sealed, want 11: %s", got, logged)
	}
	mine = true
	if _, err := first.settle(t.Context()); err != nil { // it does not know what the other did
		t.Error(err)
	}
	for _, q := range []flow.Query{flow.HeadCheck{}, flow.SealCheck{Registrar: world.Acme}} {
		reply, err := w.Ask("", q)
		if err != nil || reply.(flow.SealReport).Faults != nil {
			t.Errorf("a check finds %+v, %v", reply, err)
		}
	}
}

// A crash in the middle of sealing leaves whole transactions, and the next engine goes on.
func TestSealAfterCrash(t *testing.T) { world.Both(t, noon, sealAfterCrash) }

func sealAfterCrash(t *testing.T, w *world.World) {
	for i := range 3 {
		w.Domain(world.Acme, fmt.Sprintf("name-%d.co", i))
		w.Domain(world.Other, fmt.Sprintf("other-%d.co", i))
		w.Pass(24 * time.Hour)
	}
	w.Do("", flow.Seal{Most: 4}) // of two registrars one
	restart := w.Crash()
	restart()
	e, _ := newWorldEngine(w, noLease)
	if _, err := e.settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, q := range []flow.Query{flow.HeadCheck{}, flow.SealCheck{Registrar: world.Acme}, flow.SealCheck{Registrar: world.Other}} {
		reply, err := w.Ask("", q)
		if err != nil || reply.(flow.SealReport).Faults != nil || reply.(flow.SealReport).Days == 0 {
			t.Errorf("a check finds %+v, %v", reply, err)
		}
	}
}
