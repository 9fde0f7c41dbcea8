package flow_test

import (
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// published is a zone that was published once.
func published(origin string) flow.ZonesPublished {
	state := registry.ZoneState{Origin: world.Name(origin), Position: 1, Serial: 1}
	return flow.ZonesPublished{Steps: []registry.ZoneStep{{State: state}}}
}

// held is that names of a zone wait: by the breaker, or by a fault.
func held(w *world.World, origin, fault string) flow.ZonesPublished {
	return flow.ZonesPublished{Holds: []registry.ZoneHold{
		{Origin: world.Name(origin), Since: w.Now(), Waiting: 30, Away: 5, Allowed: 10, Fault: fault},
	}}
}

func TestZoneReleaseRefusals(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.ZoneRelease{Zone: world.Name("co"), Names: -1, For: 25 * time.Hour, End: true}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ParameterMissing, "no author"},
		{"author", func() { cmd.Author = "ana" }, registry.ParameterMissing, "say why"},
		{"reason", func() { cmd.Reason = "meant" }, registry.ObjectMissing, "ever published"},
		{"publication", func() { w.Do("", published("co")) }, registry.ParameterRange, "no number of names"},
		{"names", func() { cmd.Names = 7 }, registry.ParameterRange, "24 hours at most"},
		{"time", func() { cmd.For = 10 * time.Minute }, registry.StatusProhibits, "no release of the zone that could end"},
		{"no end", func() { cmd.End = false }, registry.StatusProhibits, "nothing of the zone is held"},
		{"a fault", func() { w.Do("", held(w, "co", "no key")) }, registry.StatusProhibits, "it is a fault that holds the zone"},
		{"the breaker", func() { w.Do("", held(w, "co", "")) }, registry.ParameterRange, "30 wait, and 7 are too few: nothing would go; say 30 or more"},
	})
}

// A release is of so many names for so long, by itself of those that wait with what may always go; it ends at once when
// it is ended, and not twice.
func TestZoneRelease(t *testing.T) {
	w := world.New(t, noon)
	w.Do("", published("co"))
	w.Do("", held(w, "co", ""))
	why := flow.Act{Author: "ana", Reason: "meant"}
	for _, test := range []struct {
		cmd   flow.ZoneRelease
		names int
		span  time.Duration
	}{
		{flow.ZoneRelease{Act: why, Zone: world.Name("co")}, 40, time.Hour},
		{flow.ZoneRelease{Act: why, Zone: world.Name("co"), Names: 30, For: time.Minute}, 30, time.Minute},
	} {
		got := w.Do("", test.cmd).(registry.ZoneRelease)
		if states := ask[[]registry.ZoneState](w, flow.ZoneStates{}); len(states) != 1 || states[0].Release != got {
			t.Errorf("the release %+v is kept as %+v", got, states)
		}
		if got.Names != test.names || got.Until.Sub(got.From) != test.span || !got.IsOpen(w.Now()) || got.IsOpen(w.Now().Add(test.span)) {
			t.Errorf("%+v releases %+v", test.cmd, got)
		}
	}
	w.Pass(time.Second)
	end := flow.ZoneRelease{Act: why, Zone: world.Name("co"), End: true}
	if got := w.Do("", end).(registry.ZoneRelease); got.IsOpen(w.Now()) || got.Names != 30 {
		t.Errorf("ended, it is %+v", got)
	}
	if _, err := w.Run("", end); code(err) != registry.StatusProhibits {
		t.Errorf("ended again: %v", err)
	}
}

func TestZoneJumpRefusals(t *testing.T) {
	w := world.New(t, noon)
	cmd := flow.ZoneJump{Zone: world.Name("co"), To: new(uint32(1)), Seen: []uint32{90, 4294967295}}
	wantPrecedence(t, w, func() flow.Command { return cmd }, []refusedStep{
		{"everything", func() {}, registry.ParameterMissing, "no author"},
		{"author", func() { cmd.Author = "ana" }, registry.ParameterMissing, "say why"},
		{"reason", func() { cmd.Reason = "restored" }, registry.ObjectMissing, "ever published"},
		{"publication", func() { w.Do("", published("co")) }, registry.ParameterRange, "to a serial up to 1073741825"},
		{"forward", func() { cmd.To = new(uint32(1<<30 + 2)) }, registry.ParameterRange, "to a serial up to 1073741825"},
		{"not too far", func() { cmd.To = new(uint32(90)) }, registry.ParameterRange, "a secondary has serial 90"},
	})
	cmd.To = new(uint32(91))
	if got := w.Do("", cmd).(registry.ZoneJump); got.To != 91 {
		t.Errorf("it jumps to %d", got.To)
	}
}

// By itself a jump goes beyond all that is known: what is served, what secondaries have, and the time.
func TestZoneJumpByItself(t *testing.T) {
	const now = 1772366400 // noon
	for _, test := range []struct {
		name   string
		serial uint32
		seen   []uint32
		want   uint32
	}{
		{"time", now - 5, nil, now + 1_000_000},
		{"served", now + 70, nil, now + 1_000_070},
		{"seen", now + 70, []uint32{5, now + 90, now + 80}, now + 1_000_090},
		{"far ahead of time", 3_900_000_000, []uint32{3_900_000_005, 3_899_999_999}, 3_901_000_005},
	} {
		w := world.New(t, noon)
		state := registry.ZoneState{Origin: world.Name("co"), Position: 1, Serial: test.serial}
		w.Do("", flow.ZonesPublished{Steps: []registry.ZoneStep{{State: state}}})
		cmd := flow.ZoneJump{Act: flow.Act{Author: "ana", Reason: "restored"}, Zone: world.Name("co"), Seen: test.seen}
		if got := w.Do("", cmd).(registry.ZoneJump); got.To != test.want {
			t.Errorf("%s: it jumps to %d, want %d", test.name, got.To, test.want)
		}
		if states := ask[[]registry.ZoneState](w, flow.ZoneStates{}); states[0].Jump == nil || *states[0].Jump != test.want {
			t.Errorf("%s: kept is %+v", test.name, states)
		}
	}
}
