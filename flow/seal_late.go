package flow

import (
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// Entries that are written down when their day is sealed are sealed with the next day. Who writes one says so, if he
// can know: the day was sealed when he looked. What was on its way at the very moment is found by counting.

const (
	// mostLateSealed bounds the late entries that one day takes.
	mostLateSealed = 20_000
	// lookBack is how long a day may have been sealed, by real time, for entries to be looked for that were on their
	// way when it was. None takes so long.
	lookBack = 48 * time.Hour
)

// unsealedLate returns the entries of days before one that no seal has, in order, by party. The last day that is over
// also takes those that were on their way when theirs was sealed.
func (c *Call) unsealedLate(day time.Time, last bool) map[ledger.Party][]ledger.Entry {
	known, _ := read(c, func() ([]registry.LateEntry, bool, error) {
		list, err := c.reader.UnsealedLate(mostLateSealed)
		return list, true, err
	})
	late := map[ledger.Party][]ledger.Entry{}
	for _, l := range known {
		if l.At.Before(day) {
			late[l.Party] = append(late[l.Party], l.Entry)
		}
	}
	if last {
		c.addStragglers(late)
	}
	for _, list := range late {
		slices.SortFunc(list, byPlace)
	}
	return late
}

// byPlace orders entries as a statement does.
func byPlace(a, b ledger.Entry) int {
	switch {
	case a.Before(b):
		return -1
	case b.Before(a):
		return 1
	}
	return 0
}

// addStragglers looks for entries of the days that were sealed last which came too late for anybody to say so.
func (c *Call) addStragglers(late map[ledger.Party][]ledger.Entry) {
	days, _ := read(c, func() ([]registry.SealedDay, bool, error) {
		days, err := c.reader.DaysSealedSince(c.realNow().Add(-lookBack))
		return days, true, err
	})
	for _, d := range days {
		sealed := map[ledger.Party]int64{}
		for _, n := range c.counted(func() ([]registry.PartyCount, error) { return c.reader.CountSealed(d.Day) }) {
			sealed[n.Party] = n.Count
		}
		there := c.counted(func() ([]registry.PartyCount, error) { return c.reader.CountEntries(d.Day, d.Day.AddDate(0, 0, 1)) })
		for _, n := range there {
			if n.Count > sealed[n.Party] {
				late[n.Party] = append(late[n.Party], c.stragglers(n.Party, d.Day)...)
			}
		}
	}
}

func (c *Call) counted(get func() ([]registry.PartyCount, error)) []registry.PartyCount {
	list, _ := read(c, func() ([]registry.PartyCount, bool, error) {
		list, err := get()
		return list, true, err
	})
	return list
}

// stragglers returns the entries of a party and a sealed day that are in no seal, and not known to be late.
func (c *Call) stragglers(p ledger.Party, day time.Time) (list []ledger.Entry) {
	var seal ledger.Seal
	for _, s := range c.sealsOf(p, day.AddDate(0, 0, -1), 1) {
		if s.Day.Equal(day) {
			seal = s
		}
	}
	known := map[string]bool{}
	for _, l := range c.lateEntries(p) {
		known[l.Key] = true
	}
	c.eachInOrder(p, day, day.AddDate(0, 0, 1), func(e ledger.Entry) error {
		if !known[e.Key] && !seal.Has(e.Hash()) && len(list) < mostLateSealed {
			list = append(list, e)
		}
		return nil
	})
	return list
}

func (c *Call) sealsOf(p ledger.Party, after time.Time, limit int) []ledger.Seal {
	list, _ := read(c, func() ([]ledger.Seal, bool, error) {
		list, err := c.reader.SealsOf(p, after, limit)
		return list, true, err
	})
	return list
}

func (c *Call) lateEntries(p ledger.Party) []registry.LateEntry {
	list, _ := read(c, func() ([]registry.LateEntry, bool, error) {
		list, err := c.reader.LateEntries(p)
		return list, true, err
	})
	return list
}

// comesLate returns the entries of a Changes whose day is sealed already, so that the next seal takes them.
func (c *Call) comesLate(changes registry.Changes) []registry.LateEntry {
	today := ledger.DayOf(c.Now)
	if !hasEntryBefore(changes, today) {
		return nil
	}
	whole, found := c.lastSealedDay()
	if !found {
		return nil
	}
	var list []registry.LateEntry
	for _, e := range entriesOf(changes, nil) {
		if e.At.Before(whole.Day.AddDate(0, 0, 1)) {
			list = append(list, registry.LateEntry{Entry: e})
		}
	}
	return list
}

// hasEntryBefore reports whether a Changes has an entry of a day before one: hardly any has.
func hasEntryBefore(changes registry.Changes, day time.Time) bool {
	return slices.ContainsFunc(changes.Entries, func(e ledger.Entry) bool { return e.At.Before(day) }) ||
		slices.ContainsFunc(changes.Earlier, func(earlier registry.Changes) bool { return hasEntryBefore(earlier, day) })
}
