package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// seal seals an entry of the base's registrar.
func seal(t *testing.T) ledger.Seal {
	t.Helper()
	s := ledger.Unsealed("H1").Seal(ledger.DayOf(now))
	if err := s.Add(ledger.Deposit("H1", 5_00, now, "1")); err != nil {
		t.Fatal(err)
	}
	return s.End()
}

// Seals, heads and late entries come back as they were put; what is sealed cannot be sealed again.
func TestSeals(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	first := seal(t)
	next := first.Seal(first.Day.AddDate(0, 0, 2))
	if err := next.Add(ledger.Deposit("H1", 1, now, "2")); err != nil {
		t.Fatal(err)
	}
	second := next.End()
	head := registry.SealedDay{
		DayHead: ledger.DayHead{Day: first.Day, Leaves: 1, Root: first.Head(), Previous: ledger.Hash{7}, KeyID: "id", Signature: []byte("signed")},
		Key:     []byte("key"), Made: now.Add(time.Hour),
	}
	late := registry.LateEntry{Entry: ledger.Deposit("H1", 1, now, "2")}
	write(t, w, registry.Changes{
		Entries: []ledger.Entry{ledger.Deposit("H1", 5_00, now, "1"), late.Entry}, Seals: []ledger.Seal{first},
		SealedDays: []registry.SealedDay{head}, Late: []registry.LateEntry{late},
	})
	view(t, w, func(r registry.Reader) error {
		waits, err := r.UnsealedLate(10)
		if diff := cmp.Diff([]registry.LateEntry{late}, waits); err != nil || diff != "" {
			t.Errorf("late are %v\n%s", err, diff)
		}
		return err
	})
	late.Sealed = second.Day
	write(t, w, registry.Changes{Seals: []ledger.Seal{second}, Late: []registry.LateEntry{late}})
	if err := update(w, registry.Changes{Seals: []ledger.Seal{second}}); err == nil {
		t.Error("a day of a registrar is sealed twice")
	}
	view(t, w, func(r registry.Reader) error {
		same(t, head)(r.LastSealedDay())
		waits, errA := r.UnsealedLate(10)
		all, errB := r.LateEntries("H1")
		if diff := cmp.Diff([]registry.LateEntry{late}, all); len(waits) > 0 || diff != "" {
			t.Errorf("late are %v and\n%s", waits, diff)
		}
		seals, errC := r.SealsOf("H1", time.Time{}, 10)
		if diff := cmp.Diff([]ledger.Seal{first, second}, seals); diff != "" {
			t.Errorf("the seals are\n%s", diff)
		}
		one, errD := r.LastSeals(first.Day.AddDate(0, 0, 1))
		bare := first
		bare.Prints = nil
		if diff := cmp.Diff([]ledger.Seal{bare}, one); diff != "" {
			t.Errorf("the last seals of a day are\n%s", diff)
		}
		counted, errE := r.CountSealed(first.Day)
		if diff := cmp.Diff([]registry.PartyCount{{Party: "H1", Count: 2}}, counted); diff != "" {
			t.Errorf("sealed of the first day are\n%s", diff)
		}
		for _, err := range []error{errA, errB, errC, errD, errE} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}
