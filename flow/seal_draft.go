package flow

import (
	"crypto/ed25519"
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// A drafting makes a SealDraft day by day.
type drafting struct {
	c     *Call
	base  sealBase
	draft SealDraft
	late  map[ledger.Party][]ledger.Entry // that no seal has yet
	over  time.Time                       // the last day that may be sealed
	most  int64
	taken int64 // entries of the draft
}

// draftSeals makes the seals of the days that are over, as many as one transaction takes. A registry without a key
// for its ledger seals nothing.
func (c *Call) draftSeals(base sealBase, q SealDrafted) SealDraft {
	by := c.Now
	if !q.By.IsZero() && q.By.Before(by) {
		by = q.By
	}
	d := drafting{c: c, base: base, draft: SealDraft{After: base.whole.Day}, over: LastDayOver(by), most: q.Most}
	day, found := c.firstOpenDay(base)
	if !found || day.After(d.over) || len(c.service.Keys.Ledger) == 0 {
		return d.draft
	}
	d.late = c.unsealedLate(day, day.Equal(d.over))
	for range sealedDaysAtOnce {
		if day.After(d.over) || d.taken >= d.most || c.fault != nil {
			break
		}
		if !d.seal(day) {
			break
		}
		day = day.AddDate(0, 0, 1)
	}
	d.draft.More = !day.After(d.over)
	return d.draft
}

// firstOpenDay returns the first day that is not sealed whole: the one after the last that is, or that of the
// first entry.
func (c *Call) firstOpenDay(base sealBase) (time.Time, bool) {
	if base.found {
		return base.whole.Day.AddDate(0, 0, 1), true
	}
	at, found := read(c, func() (time.Time, bool, error) { return c.reader.FirstEntry() })
	return ledger.DayOf(at), found
}

// seal seals a day, unless the transaction is full before: then its other parties follow in the next one.
func (d *drafting) seal(day time.Time) bool {
	for _, p := range d.parties(day) {
		if d.base.of(p).Day.Equal(day) { // in a transaction before
			continue
		}
		if d.taken >= d.most {
			return false
		}
		if !d.sealParty(p, day) {
			return false
		}
	}
	d.head(day)
	return d.c.fault == nil
}

// parties returns who has something to be sealed, in order.
func (d *drafting) parties(day time.Time) []ledger.Party {
	var list []ledger.Party
	counts := d.c.counted(func() ([]registry.PartyCount, error) { return d.c.reader.CountEntries(day, day.AddDate(0, 0, 1)) })
	for _, n := range counts {
		list = append(list, n.Party)
	}
	for p := range d.late {
		list = append(list, p)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (d *drafting) sealParty(p ledger.Party, day time.Time) bool {
	c := d.c
	sealing := d.base.of(p).Seal(day)
	for _, e := range d.late[p] {
		read(c, func() (bool, bool, error) { return true, true, sealing.Add(e) })
		d.draft.Late = append(d.draft.Late, registry.LateEntry{Entry: e, Sealed: day})
	}
	delete(d.late, p)
	c.eachInOrder(p, day, day.AddDate(0, 0, 1), sealing.Add)
	s := sealing.End()
	d.draft.Seals = append(d.draft.Seals, s)
	d.base.last[p] = s
	d.taken += s.Count
	return c.fault == nil
}

// head signs the head of a day whose parties are all sealed.
func (d *drafting) head(day time.Time) {
	keys := d.c.service.Keys
	next := registry.SealedDay{
		DayHead: ledger.DayHead{Day: day, Leaves: int64(len(d.base.last)), Root: ledger.Root(d.c.leaves(d.base.last, day))},
		Key:     keys.Ledger.Public().(ed25519.PublicKey), Made: d.c.realNow(),
	}
	if d.base.found {
		next.Previous = d.base.whole.Hash()
	}
	next.DayHead = next.Signed(keys.Ledger)
	d.draft.Days = append(d.draft.Days, next)
	d.base.whole, d.base.found = next, true
}

// leaves returns the leaves of a day's tree, in order of party.
func (c *Call) leaves(last map[ledger.Party]ledger.Seal, day time.Time) []ledger.Hash {
	parties := make([]ledger.Party, 0, len(last))
	for p := range last {
		parties = append(parties, p)
	}
	slices.Sort(parties)
	leaves := make([]ledger.Hash, len(parties))
	for i, p := range parties {
		leaves[i] = c.leaf(last[p], day).Hash()
	}
	return leaves
}

func (c *Call) leaf(s ledger.Seal, day time.Time) ledger.Leaf {
	return ledger.Leaf{Party: s.Party, Day: day, Salt: ledger.Salt(c.service.Keys.LedgerSalt, s.Party, day), Head: s.Head()}
}

// eachInOrder calls use with the entries of a party from an instant on and before another, in order of instant and
// key. It keeps those of one instant.
func (c *Call) eachInOrder(p ledger.Party, since, until time.Time, use func(ledger.Entry) error) {
	var same []ledger.Entry
	flush := func() error {
		slices.SortFunc(same, byPlace)
		for _, e := range same {
			if err := use(e); err != nil {
				return err
			}
		}
		same = same[:0]
		return nil
	}
	read(c, func() (bool, bool, error) {
		err := c.reader.EachEntry(registry.EntryFilter{Party: p, Since: since, Until: until}, func(e ledger.Entry) error {
			if len(same) > 0 && !same[0].At.Equal(e.At) {
				if err := flush(); err != nil {
					return err
				}
			}
			same = append(same, e)
			return nil
		})
		if err == nil {
			err = flush()
		}
		return true, true, err
	})
}
