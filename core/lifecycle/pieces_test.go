package lifecycle_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

const day = 24 * time.Hour

// A life is what somebody did to a name at its start, and what the rules are on its way.
type life struct {
	domain registry.Domain
	rules  lifecycle.Rules
	start  time.Time
}

// profiles are what names live under: one that changes its lengths, the one of 2011, and zones that go from one
// to the other and back.
func profiles(t *testing.T, r *rand.Rand, start time.Time) policy.Profile {
	p, old := changing(t), builtIn(t, "co-2011")
	zone := names.MustParse("co")
	later := func() time.Time {
		return start.Add(time.Duration(r.Int64N(int64(2 * 365 * day)))).Truncate(time.Second)
	}
	switch r.IntN(4) {
	case 0:
		return old
	case 1:
		return p.Follow(zone, old, later(), "back to the old rules")
	case 2:
		first := later()
		return p.Follow(zone, old, start.Add(-day), "the old rules").
			Follow(zone, builtIn(t, "co-2026"), first, "the new rules")
	}
	return p
}

// anyLife invents a name in any state that commands can leave it in.
func anyLife(t *testing.T, r *rand.Rand) life {
	start := instant("2026-03-01T12:00:00Z").Add(time.Duration(r.IntN(400*86400)) * time.Second)
	opted := start.Add(time.Duration(r.IntN(900)) * day)
	first := r.IntN(2) == 0
	l := life{start: start, rules: rules(profiles(t, r, start), func(at time.Time) bool { return at.Before(opted) == first })}
	if r.IntN(3) == 0 {
		l.rules.AutoRenews = func(who registry.RegistrarID, _ time.Time) bool { return who == "H1001" }
	}
	l.domain = registry.Domain{
		ROID: "D1-CO", Name: names.MustParse("shop.co"), Version: 1, Sponsor: "H1001", Created: start,
		Expires: lifecycle.FirstExpiry(start, 1+r.IntN(3)), AuthInfo: []byte("hash"),
	}
	if r.IntN(3) == 0 { // soon, or long ago as after a restore
		l.domain.Expires = lifecycle.FirstExpiry(start.AddDate(0, 0, r.IntN(8)), 0)
	}
	if r.IntN(2) == 0 {
		l.domain.Statuses = []registry.Status{registry.ClientDeleteProhibited}
	}
	if r.IntN(8) == 0 {
		l.domain.Statuses = append(l.domain.Statuses, registry.ServerDeleteProhibited)
	}
	l.begin(r)
	return l
}

// begin does what a command would have done last.
func (l *life) begin(r *rand.Rand) {
	switch d := &l.domain; r.IntN(5) {
	case 0:
		d.Expires = d.Expires.AddDate(0, 0, -r.IntN(60))
		if !d.Expires.After(l.start) || r.IntN(2) == 0 {
			*d = lifecycle.Restore(*d, l.rules, l.start)
		}
		if d.RenewBy.IsZero() && !d.Expires.After(l.start) {
			d.Expires = lifecycle.AddYears(d.Expires, 1)
		}
	case 1:
		*d = lifecycle.Delete(*d, l.rules, l.start, lifecycle.ByCommand)
		return
	case 2:
		former := lifecycle.FirstExpiry(l.start.AddDate(0, 0, -1-r.IntN(44)), 0)
		d.Expires = lifecycle.AddYears(former, 1)
		d.Graces = []registry.Grace{{
			Kind: registry.AutoRenewGrace, Until: former.Add(45 * day), Charge: "C", Amount: 20_00, Expires: former,
		}}
	}
	if r.IntN(2) == 0 {
		l.domain.Transfer = registry.Transfer{
			Status: registry.TransferPending, Gaining: "H2001", Losing: "H1001", Requested: l.start,
			Answer: l.start.Add(5 * day), Years: 1 + r.IntN(3), Charge: "T", Amount: 20_00,
		}
	}
}

// It does not matter in how many pieces time is applied, nor when anybody looks: 10,000 lives in any state that
// commands leave, under profiles that change on the way, each cut at random instants and at its own boundaries.
func TestAdvanceInPieces(t *testing.T) {
	steps := map[lifecycle.Step]int{}
	for seed := range uint64(10_000) {
		r := rand.New(rand.NewPCG(seed, 0))
		l := anyLife(t, r)
		end := l.start.Add(time.Duration(r.Int64N(int64(4 * 365 * day))))
		whole, written, alive := lifecycle.Advance(l.domain, l.rules, end)

		pieces, facts, still := l.domain, []lifecycle.Fact(nil), true
		for at := l.start; still && at.Before(end); {
			switch r.IntN(3) {
			case 0:
				at = lifecycle.Due(pieces)
			case 1:
				at = lifecycle.Due(pieces).Add(-time.Second)
			default:
				at = at.Add(time.Duration(r.Int64N(int64(200 * day))))
			}
			if at.Before(l.start) || at.After(end) {
				at = end
			}
			var some []lifecycle.Fact
			pieces, some, still = lifecycle.Advance(pieces, l.rules, at)
			facts = append(facts, some...)
			if r.IntN(4) > 0 {
				at = at.Add(time.Duration(1+r.IntN(60)) * day)
			}
		}
		if still {
			var some []lifecycle.Fact
			pieces, some, still = lifecycle.Advance(pieces, l.rules, end)
			facts = append(facts, some...)
		}
		if still != alive || !reflect.DeepEqual(pieces, whole) || !reflect.DeepEqual(facts, written) {
			t.Fatalf("seed %d: in pieces the domain at %s is\n%+v (%d facts)\nwant\n%+v (%d facts)", seed, end, pieces, len(facts), whole, len(written))
		}
		factsAreSound(t, seed, l, written)
		for _, fact := range written {
			steps[fact.Step]++
		}
	}
	for _, step := range []lifecycle.Step{
		lifecycle.Renewed, lifecycle.Suspended, lifecycle.Expired, lifecycle.RestoreRenewed, lifecycle.RestoreLapsed, lifecycle.Transferred,
	} {
		if steps[step] < 200 {
			t.Errorf("the step %s was seen in %d of 10,000 lives", step, steps[step])
		}
	}
}

// factsAreSound holds for facts in order of time and version, that pay for each year, and that post no charge
// which they later release.
func factsAreSound(t *testing.T, seed uint64, l life, facts []lifecycle.Fact) {
	t.Helper()
	last, version := time.Time{}, l.domain.Version
	open := map[string]ledger.Charge{}
	for _, fact := range facts {
		version++
		if len(fact.Domains) != 1 || fact.Domains[0].Version != version || fact.At().Before(last) {
			t.Fatalf("seed %d: %s at %s does not follow version %d of %s", seed, fact.Step, fact.At(), version-1, last)
		}
		last = fact.At()
		for _, c := range fact.Charges {
			if before, known := open[c.ID]; c.State == ledger.Released && known && before.PostsAt.Before(c.Ended) {
				t.Errorf("seed %d: charge %s posts at %s and is released at %s", seed, c.ID, before.PostsAt, c.Ended)
			}
			open[c.ID] = c
		}
		if d := fact.Domains[0]; fact.Step != lifecycle.Suspended && !d.Deletion.Active() && !d.Expires.After(last) {
			t.Errorf("seed %d: after %s at %s the name expired on %s", seed, fact.Step, last, d.Expires)
		}
	}
}
