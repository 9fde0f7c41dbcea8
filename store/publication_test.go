package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// What is published is kept: where each zone stands, its steps with receipts, its pages. A step that does not follow
// the last one is refused whole.
func TestPublications(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	co, shop := world.Name("co"), world.Name("shop.co")
	made := w.Now()
	step := func(position int64, serial uint32, added string) registry.ZoneStep {
		at := made.Add(time.Duration(position) * time.Second)
		state := registry.ZoneState{Origin: co, Position: position, Serial: serial, Made: at, RightAt: at, Basis: "b"}
		return registry.ZoneStep{State: state, Removed: []byte("old"), Added: []byte(added), Receipts: []registry.ZoneReceipt{
			{Name: shop, Origin: co, Position: position, Serial: serial, Changed: at.Add(-time.Millisecond), Made: at},
		}}
	}
	first, second, third := step(1, 4294967295, "one"), step(2, 1, "two"), step(3, 2, "three")
	write(t, w, registry.Changes{ZoneSteps: []registry.ZoneStep{first}})
	write(t, w, registry.Changes{ZoneSteps: []registry.ZoneStep{second, third}})
	err := update(w, registry.Changes{ZoneSteps: []registry.ZoneStep{third}, Marks: []registry.Mark{{Kind: registry.MarkDomain, Name: shop}}})
	if !errors.Is(err, registry.ErrFenced) {
		t.Errorf("a step that was made already: %v", err)
	}
	release := registry.ZoneRelease{Origin: co, From: made, Until: made.Add(time.Minute), Names: 7}
	hold := registry.ZoneHold{Origin: co, Since: made, Waiting: 3, Away: 2, Allowed: 1, Fault: "no key"}
	page := func(number int, body string) registry.ZonePage {
		return registry.ZonePage{Origin: co, Number: number, Serial: 2, Body: []byte(body)}
	}
	write(t, w, registry.Changes{ZonePages: []registry.ZonePage{page(7, "seven"), page(4095, "last"), page(3, "")}})
	write(t, w, registry.Changes{
		ZonePages: []registry.ZonePage{page(7, "seven again")},
		ZoneBases: []registry.ZoneBase{{Origin: co, Base: 2, Drop: 1, Forget: 2, RightAt: made.Add(time.Hour)}},
		Releases:  []registry.ZoneRelease{release},
		ZoneHolds: []registry.ZoneHold{hold},
		Jumps:     []registry.ZoneJump{{Origin: co, To: 4294967295}},
	})
	view(t, w, func(r registry.Reader) error {
		state := third.State
		state.Base, state.RightAt, state.Release, state.Hold, state.Jump = 2, made.Add(time.Hour), release, hold, new(uint32(4294967295))
		comesBack(t, "states", r.ZoneStates, []registry.ZoneState{state})
		comesBack(t, "pages", func() ([]registry.ZonePage, error) { return r.ZonePages(co, 4, 10) },
			[]registry.ZonePage{page(7, "seven again"), page(4095, "last")})
		comesBack(t, "one page", func() ([]registry.ZonePage, error) { return r.ZonePages(co, 0, 1) }, []registry.ZonePage{page(3, "")})
		comesBack(t, "steps", func() ([]registry.ZoneStep, error) { return r.ZoneSteps(co, 0, 10) }, []registry.ZoneStep{read(second), read(third)})
		comesBack(t, "steps after one", func() ([]registry.ZoneStep, error) { return r.ZoneSteps(co, 2, 10) }, []registry.ZoneStep{read(third)})
		comesBack(t, "receipts", func() ([]registry.ZoneReceipt, error) { return r.Publications(shop, 10) }, third.Receipts)
		comesBack(t, "steps of another zone", func() ([]registry.ZoneStep, error) { return r.ZoneSteps(world.Name("com.co"), 0, 10) }, nil)
		if marks, err := r.Marks(10); err != nil || len(marks) > 0 {
			t.Errorf("what was refused left marks %v, %v", marks, err)
		}
		return nil
	})
}

// A step that makes a jump ends what asked for it, and no other; a hold ends; and from which serial on differences are
// sent stays.
func TestJumpsAndHolds(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	co := world.Name("co")
	step := func(position int64, whole, jumped *uint32) registry.Changes {
		state := registry.ZoneState{Origin: co, Position: position, Serial: uint32(position), Whole: whole}
		return registry.Changes{ZoneSteps: []registry.ZoneStep{{State: state, Jumped: jumped}}}
	}
	seven, nine := new(uint32(7)), new(uint32(9))
	hold := registry.ZoneHold{Origin: co, Since: w.Now(), Waiting: 1}
	for i, test := range []struct {
		changes     registry.Changes
		jump, whole *uint32
		held        bool
	}{
		{step(1, nil, nil), nil, nil, false},
		{registry.Changes{Jumps: []registry.ZoneJump{{Origin: co, To: 7}}, ZoneHolds: []registry.ZoneHold{hold}}, seven, nil, true},
		{step(2, nil, nil), seven, nil, true},
		{step(3, new(uint32(6)), nine), seven, new(uint32(6)), true},
		{step(4, new(uint32(6)), seven), nil, new(uint32(6)), true},
		{registry.Changes{ZoneHolds: []registry.ZoneHold{{Origin: co}}}, nil, new(uint32(6)), false},
	} {
		write(t, w, test.changes)
		view(t, w, func(r registry.Reader) error {
			states, err := r.ZoneStates()
			if len(states) != 1 || !cmp.Equal(states[0].Jump, test.jump) || !cmp.Equal(states[0].Whole, test.whole) || states[0].Hold.Holds() != test.held {
				t.Errorf("change %d: %+v, %v", i, states, err)
			}
			return err
		})
	}
}

// read is a step as it is read: where the zone stood then, and no receipts.
func read(s registry.ZoneStep) registry.ZoneStep {
	s.State.RightAt, s.State.Basis, s.Receipts = time.Time{}, "", nil
	return s
}

func comesBack[T any](t *testing.T, what string, ask func() ([]T, error), want []T) {
	t.Helper()
	got, err := ask()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b names.Name) bool { return a == b })); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Names that left a zone are counted from the step on by which they did, until they are back or nobody needs to know.
func TestDepartures(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	co, made := world.Name("co"), w.Now()
	after := func(minutes int) time.Time { return made.Add(time.Duration(minutes) * time.Minute) }
	step := func(position int64, uncounted int, left, back []names.Name) {
		t.Helper()
		write(t, w, registry.Changes{ZoneSteps: []registry.ZoneStep{{
			State: registry.ZoneState{Origin: co, Position: position, Serial: uint32(position), Made: after(int(position))},
			Left:  left, Back: back, Uncounted: after(uncounted),
		}}})
	}
	want := func(what string, since int, departures ...registry.ZoneDeparture) {
		t.Helper()
		view(t, w, func(r registry.Reader) error {
			comesBack(t, what, func() ([]registry.ZoneDeparture, error) { return r.ZoneDepartures(co, after(since)) }, departures)
			comesBack(t, what+", of another zone", func() ([]registry.ZoneDeparture, error) { return r.ZoneDepartures(world.Name("com.co"), after(since)) }, nil)
			return nil
		})
	}
	gone := func(name string, minutes int) registry.ZoneDeparture {
		return registry.ZoneDeparture{Name: world.Name(name), At: after(minutes)}
	}
	step(1, 0, world.Names("two.co", "one.co"), nil)
	step(2, 0, world.Names("three.co"), nil)
	want("two steps", 0, gone("one.co", 1), gone("two.co", 1), gone("three.co", 2))
	want("since one", 1, gone("three.co", 2))
	step(3, 0, nil, world.Names("two.co"))
	step(4, 0, world.Names("three.co"), nil)
	want("one is back, one left again", 0, gone("one.co", 1), gone("three.co", 4))
	step(5, 4, world.Names("five.co"), nil)
	want("those of long ago are not kept", 0, gone("three.co", 4), gone("five.co", 5))
}

// How many have left by a release is kept with the steps, and begins anew with the next one.
func TestReleaseCounts(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	co, made := world.Name("co"), w.Now()
	first := registry.ZoneRelease{Origin: co, From: made, Until: made.Add(time.Minute), Names: 7}
	second := registry.ZoneRelease{Origin: co, From: made.Add(time.Second), Until: made.Add(time.Hour), Names: 9}
	position := int64(0)
	step := func(r registry.ZoneRelease, gone int) {
		t.Helper()
		position++
		r.Gone = gone
		write(t, w, registry.Changes{ZoneSteps: []registry.ZoneStep{{
			State: registry.ZoneState{Origin: co, Position: position, Serial: uint32(position), Made: made, Release: r},
		}}})
	}
	want := func(r registry.ZoneRelease, gone int) {
		t.Helper()
		view(t, w, func(reader registry.Reader) error {
			states, err := reader.ZoneStates()
			if r.Gone = gone; err != nil || len(states) != 1 || !cmp.Equal(states[0].Release, r, cmpopts.EquateComparable(names.Name{})) {
				t.Errorf("the release is %+v, want %+v; %v", states, r, err)
			}
			return nil
		})
	}
	step(registry.ZoneRelease{}, 0)
	write(t, w, registry.Changes{Releases: []registry.ZoneRelease{first}})
	step(first, 4)
	want(first, 4)
	write(t, w, registry.Changes{Releases: []registry.ZoneRelease{second}})
	want(second, 0)
	step(first, 5) // by who has not heard of the second one
	want(second, 0)
	step(second, 2)
	want(second, 2)
}
