package flow

import (
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

const (
	// sealPatience is how long a day is left open when it is over: commands that began in it are written by then,
	// nearly always. One that comes later is sealed with another day.
	sealPatience = time.Minute
	// sealedDaysAtOnce bounds the days of one transaction.
	sealedDaysAtOnce = 100
)

// Seal closes the days of the ledger that are over, one after the other: it seals each registrar's entries of the
// day, with those of earlier days that were written down since, and signs a head over all. It is the engine's, which
// has settled before what was due in them. docs/ledger.md.
type Seal struct {
	By    time.Time  // only days that were over by then, when all was settled; zero: now
	Most  int64      // entries, after which a transaction takes no more registrars
	Draft *SealDraft // what SealDrafted answered, so that no transaction waits for the reading; nil if nobody asked
}

// Sealed is what Seal replies.
type Sealed struct {
	Days          int
	Entries, Late int64
	Last          time.Time // the last day that is sealed whole; zero if none is
	More          bool      // other days are over
}

// Subject is time:seal.
func (cmd Seal) Subject() Subject { return Subject{Command: "seal", Object: "time"} }

// Run writes a draft, or makes one if there is none or another was written meanwhile.
func (cmd Seal) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	base := c.sealBase()

	// Decide.
	if cmd.Draft == nil || !base.has(*cmd.Draft) {
		made := c.draftSeals(base, SealDrafted{cmd.By, cmd.Most})
		cmd.Draft = &made
	}
	d := *cmd.Draft
	done := Sealed{Days: len(d.Days), Last: base.whole.Day, More: d.More}
	for _, s := range d.Seals {
		done.Entries += s.Count
		done.Late += s.Late
	}
	if len(d.Days) > 0 {
		done.Last = d.Days[len(d.Days)-1].Day
	}

	// Return.
	return done, registry.Changes{Seals: d.Seals, SealedDays: d.Days, Late: d.Late}, nil
}

// LastDayOver returns the last day that has been over at an instant for long enough to be sealed.
func LastDayOver(at time.Time) time.Time {
	return ledger.DayOf(at.Add(-sealPatience)).AddDate(0, 0, -1)
}

// A SealDraft is seals that are not written yet, and what they go on from.
type SealDraft struct {
	After time.Time // the last day that was sealed whole
	Seals []ledger.Seal
	Days  []registry.SealedDay
	Late  []registry.LateEntry // that the seals take
	More  bool                 // other days are over
}

// SealDrafted asks for the seals that Seal would write next.
type SealDrafted struct {
	By   time.Time
	Most int64
}

// Answer returns a SealDraft.
func (q SealDrafted) Answer(c *Call) (Reply, error) { return c.draftSeals(c.sealBase(), q), nil }

// A sealBase is how far the ledger is sealed.
type sealBase struct {
	whole registry.SealedDay // the last day that is sealed whole
	found bool
	last  map[ledger.Party]ledger.Seal
}

// forever is after all days.
var forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

func (c *Call) sealBase() sealBase {
	b := sealBase{last: map[ledger.Party]ledger.Seal{}}
	b.whole, b.found = c.lastSealedDay()
	for _, s := range c.lastSeals(forever) {
		b.last[s.Party] = s
	}
	return b
}

// has reports whether a draft goes on from b.
func (b sealBase) has(d SealDraft) bool {
	if !d.After.Equal(b.whole.Day) {
		return false
	}
	seen := map[ledger.Party]bool{}
	for _, s := range d.Seals {
		if !seen[s.Party] && !s.Follows(b.of(s.Party)) {
			return false
		}
		seen[s.Party] = true
	}
	return true
}

// of returns the last seal of a party, or what stands for none.
func (b sealBase) of(p ledger.Party) ledger.Seal {
	if s, ok := b.last[p]; ok {
		return s
	}
	return ledger.Unsealed(p)
}

func (c *Call) lastSealedDay() (registry.SealedDay, bool) {
	return read(c, func() (registry.SealedDay, bool, error) { return c.reader.LastSealedDay() })
}

func (c *Call) lastSeals(day time.Time) []ledger.Seal {
	list, _ := read(c, func() ([]ledger.Seal, bool, error) {
		list, err := c.reader.LastSeals(day)
		return list, true, err
	})
	slices.SortFunc(list, func(a, b ledger.Seal) int { return strings.Compare(string(a.Party), string(b.Party)) })
	return list
}
