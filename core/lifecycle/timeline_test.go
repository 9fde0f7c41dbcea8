package lifecycle_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// sight is all that can be seen of a name at an instant, but for the instants themselves.
func sight(l life, at time.Time) (text string, d registry.Domain, alive bool) {
	d, _, alive = lifecycle.Advance(l.domain, l.rules, at)
	if !alive {
		return "purged", d, false
	}
	return fmt.Sprint(d.Version, d.Expires, lifecycle.RGPStatuses(d, at), len(lifecycle.Running(d, at)), lifecycle.Statuses(d),
		lifecycle.Restorable(d, at), lifecycle.OnHold(d, at), lifecycle.Delegation(d)), d, true
}

// happened says what changed for a name in the second before an instant, by looking before and after.
func happened(l life, at time.Time) []string {
	_, before, _ := sight(l, at.Add(-time.Second))
	var list []string
	for _, g := range lifecycle.Running(before, at.Add(-time.Second)) {
		if g.Until.Equal(at) {
			list = append(list, "grace-ends "+string(g.Kind))
		}
	}
	if lifecycle.OnHold(before, at.Add(-time.Second)) && before.HoldUntil.Equal(at) {
		list = append(list, "hold-ends")
	}
	if lifecycle.Restorable(before, at.Add(-time.Second)) && before.Deletion.RestorableTil.Equal(at) {
		list = append(list, "redemption-ends")
	}
	_, facts, alive := lifecycle.Advance(before, l.rules, at)
	for _, fact := range facts {
		list = append(list, string(fact.Step))
	}
	if !alive {
		list = append(list, "purged")
	}
	return list
}

// What a timeline tells comes about at the instants that it tells, exactly that, and nothing does in between: 2,500
// lives in any state that commands leave, looked at from any instant, under profiles that change on the way.
func TestTimelineComesAbout(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(2500) {
		r := rand.New(rand.NewPCG(seed, 1))
		l := anyLife(t, r)
		if r.IntN(2) == 0 && !l.domain.Transfer.IsPending() {
			l.domain.HoldUntil = l.start.Add(time.Duration(r.Int64N(int64(60 * day)))).Truncate(time.Second)
		}
		now := l.start.Add(time.Duration(r.Int64N([]int64{1, int64(3 * day), int64(500 * day)}[r.IntN(3)]))).Truncate(time.Second)
		list := lifecycle.Timeline(l.domain, l.rules, now)
		_, _, alive := sight(l, now)
		if alive == (len(list) == 0) {
			t.Fatalf("seed %d: of a name that is alive %t there is %v", seed, alive, list)
		}
		for last := now; len(list) > 0; {
			at := list[0].At
			n := slices.IndexFunc(list, func(m lifecycle.Moment) bool { return !m.At.Equal(at) })
			if n < 0 {
				n = len(list)
			}
			var told []string
			for _, m := range list[:n] {
				told = append(told, strings.TrimSpace(string(m.What)+" "+string(m.Grace.Kind)))
				seen[told[len(told)-1]]++
			}
			if !at.After(last) || !slices.Equal(told, happened(l, at)) {
				t.Fatalf("seed %d: at %s, after %s, %v is told, and %v happens", seed, at, last, told, happened(l, at))
			}
			was, _, _ := sight(l, last)
			for _, between := range []time.Time{last.Add(at.Sub(last) / 2), at.Add(-time.Second)} {
				if is, _, _ := sight(l, between); is != was && !between.Before(last) {
					t.Fatalf("seed %d: between %s and %s it becomes\n%s\nand was\n%s", seed, last, at, is, was)
				}
			}
			if is, _, _ := sight(l, at); is == was {
				t.Fatalf("seed %d: %v at %s changes nothing that can be seen of %s", seed, told, at, was)
			}
			last, list = at, list[n:]
		}
	}
	for _, what := range []string{
		"grace-ends autoRenewPeriod", "grace-ends renewPeriod", "grace-ends transferPeriod", "hold-ends", "redemption-ends", "purged",
		"renewed", "suspended", "expired", "restore-renewed", "restore-lapsed", "transferred",
	} {
		if seen[what] < 15 {
			t.Errorf("%s was told %d times", what, seen[what])
		}
	}
}

// A timeline ends with the purge, or the third moment after the next expiry; of graces it tells what a deletion
// would credit until then, those that run beside them with them.
func TestTimeline(t *testing.T) {
	born := instant("2026-03-01T12:00:00Z")
	name := registry.Domain{
		ROID: "D1-CO", Version: 1, Sponsor: "H1001", Created: born, Expires: instant("2027-03-01T23:59:59Z"),
		HoldUntil: instant("2026-04-30T12:00:00Z"),
		Graces: []registry.Grace{
			{Kind: registry.AddGrace, Until: instant("2026-03-06T12:00:00Z"), Amount: 20_00},
			{Kind: registry.RenewGrace, Until: instant("2026-03-08T12:00:00Z"), Amount: 30_00},
		},
	}
	pending := name
	pending.Graces, pending.HoldUntil = nil, time.Time{}
	pending.Transfer = registry.Transfer{Status: registry.TransferPending, Gaining: "H2001", Losing: "H1001", Requested: born, Answer: born.Add(5 * day), Years: 1}
	for _, test := range []struct {
		name   string
		domain registry.Domain
		renews bool
		old    bool // under the profile of 2011
		now    string
		want   string
	}{
		{
			"renews itself", name, true, false, "2026-03-01T12:00:00Z",
			"2026-03-06 grace-ends 50.00, 2026-03-08 grace-ends 30.00, 2026-04-30 hold-ends, 2027-03-01 renewed, 2027-04-15 grace-ends 20.00, 2028-03-01 renewed, 2028-04-15 grace-ends 20.00",
		},
		{
			"deletes itself", name, false, false, "2026-05-01T00:00:00Z",
			"2027-03-01 expired, 2027-03-31 redemption-ends, 2027-04-06 purged",
		},
		{
			"under the policies of 2011", name, true, true, "2026-05-01T00:00:00Z",
			"2027-03-01 suspended, 2027-04-15 renewed, 2027-04-20 grace-ends 20.00, 2028-03-01 suspended",
		},
		{"on the way out", name, false, false, "2027-04-01T00:00:00Z", "2027-04-06 purged"},
		{"gone", name, false, false, "2027-05-01T00:00:00Z", ""},
		{
			"a transfer", pending, false, false, "2026-03-01T12:00:00Z",
			"2026-03-06 transferred, 2026-03-11 grace-ends 0.00, 2026-05-05 hold-ends, 2028-03-01 expired, 2028-03-31 redemption-ends, 2028-04-06 purged",
		},
	} {
		p := builtIn(t, "co-2026")
		if test.old {
			p = builtIn(t, "co-2011")
		}
		var told []string
		for _, m := range lifecycle.Timeline(test.domain, rules(p, func(time.Time) bool { return test.renews }), instant(test.now)) {
			text := m.At.Format(time.DateOnly) + " " + string(m.What)
			if m.What == lifecycle.GraceEnds {
				text += " " + m.Credit.String()
			}
			told = append(told, text)
		}
		if got := strings.Join(told, ", "); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}
