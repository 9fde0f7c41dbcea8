package reports

import (
	"context"
	"encoding/csv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/flow"
)

// instantLayout is how files write instants, always in UTC.
const instantLayout = "2006-01-02T15:04:05Z"

// commonDir has the files that all registrars see.
const commonDir = "common/"

// zones returns the zones of the registry, and of each the one above all others that it is in: the TLD.
func (m *Maker) zones() (list []names.Name, tops map[names.Name]names.Name) {
	tops = map[names.Name]names.Name{}
	for _, z := range m.config.Service.Profile.Zones {
		list = append(list, z.Name)
	}
	for _, zone := range list {
		tops[zone] = zone
		for _, other := range list {
			if zone.IsBelow(other) && tops[zone].IsBelow(other) {
				tops[zone] = other
			}
		}
	}
	return list, tops
}

// A split is several drafts, and which of them the names of a zone go into.
type split struct {
	drafts
	of map[names.Name]*draft
}

// split begins a file for each zone that is its own in to, and has the names of the others go into those.
func (m *Maker) split(dir, suffix string, to func(zone names.Name) names.Name) (s split, err error) {
	s.of = map[names.Name]*draft{}
	zones, _ := m.zones()
	for _, zone := range zones {
		if to(zone) != zone {
			continue
		}
		d, err := m.config.Tree.draft(commonDir + dir + "/" + zone.String() + suffix)
		if err != nil {
			s.drop()
			return s, err
		}
		s.drafts, s.of[zone] = append(s.drafts, d), d
	}
	for _, zone := range zones {
		s.of[zone] = s.of[to(zone)]
	}
	return s, nil
}

// ask has a query fill the drafts, and puts them in their places with the instant of its snapshot.
func (m *Maker) ask(ctx context.Context, s split, at *time.Time, q flow.Query) (time.Time, error) {
	if _, err := m.config.Service.Ask(ctx, "", q); err != nil {
		s.drop()
		return time.Time{}, err
	}
	if !m.config.Mine() {
		s.drop()
		return time.Time{}, errNotMine
	}
	return *at, s.keep(*at)
}

// unavailable makes the list of the names that nobody can register: one file for each TLD, with the names of the zones
// below it. Manual 4.3.2.
func (m *Maker) unavailable(ctx context.Context) (at time.Time, err error) {
	_, tops := m.zones()
	s, err := m.split(KindUnavailable, ".txt.gz", func(zone names.Name) names.Name { return tops[zone] })
	if err != nil {
		return at, err
	}
	return m.ask(ctx, s, &at, flow.UnavailableNames{
		Begin: func(now time.Time) error { at = now; return s.again() },
		Use: func(name names.Name) error {
			d, ours := s.of[name.Parent()]
			if !ours { // of a zone that is ours no more
				return nil
			}
			_, _ = d.out.WriteString(name.String()) // an error stays
			return d.out.WriteByte('\n')
		},
	})
}

// A table is a split whose files are CSV with a header.
type table struct {
	split
	header  []string
	writers map[*draft]*csv.Writer
}

// again begins every file with the header.
func (t *table) again() error {
	if err := t.split.again(); err != nil {
		return err
	}
	t.writers = map[*draft]*csv.Writer{}
	for _, d := range t.drafts {
		t.writers[d] = csv.NewWriter(d.out)
		if err := t.writers[d].Write(t.header); err != nil {
			return err
		}
	}
	return nil
}

// add writes a row into the file of a name.
func (t *table) add(name names.Name, row ...string) error {
	d, ours := t.of[name.Parent()]
	if !ours {
		return nil
	}
	return t.writers[d].Write(row)
}

// flush hands all rows on, so that the drafts can be kept.
func (t *table) flush() error {
	for _, w := range t.writers {
		w.Flush()
		if err := w.Error(); err != nil {
			return err
		}
	}
	return nil
}

// drops makes the list of the names that are in redemption or pending delete, a file for each zone. Manual 4.3.2.
func (m *Maker) drops(ctx context.Context) (at time.Time, err error) {
	s, err := m.split(KindDrops, ".csv", func(zone names.Name) names.Name { return zone })
	if err != nil {
		return at, err
	}
	t := &table{split: s, header: []string{"Domain_Name", "Date_Entered", "Date_Leaves", "Date_Purged"}}
	return m.askTable(ctx, t, &at, flow.DroppingNames{
		Begin: func(now time.Time) error { at = now; return t.again() },
		Use: func(d flow.DroppingName) error {
			return t.add(d.Name, d.Name.String(), instant(d.Entered), instant(d.Leaves), instant(d.Purged))
		},
	})
}

// prices makes the list of what names cost that have a price of their own: one file for each TLD. Manual 4.3.2, 12.2.
func (m *Maker) prices(ctx context.Context) (at time.Time, err error) {
	_, tops := m.zones()
	s, err := m.split(KindPrices, ".csv", func(zone names.Name) names.Name { return tops[zone] })
	if err != nil {
		return at, err
	}
	currency := strings.ToLower(m.config.Service.Terms().Prices.Currency)
	t := &table{split: s, header: []string{"domain", "type", "amount_" + currency}}
	return m.askTable(ctx, t, &at, flow.PricedNames{
		Begin: func(now time.Time) error { at = now; return t.again() },
		Use: func(p flow.PricedName) error {
			for _, row := range []struct {
				kind   ledger.Type
				amount ledger.Money
			}{{ledger.Registration, p.Costs.Create}, {ledger.Renewal, p.Costs.Renew}, {ledger.Restore, p.Costs.Restore}} {
				if err := t.add(p.Name, p.Name.String(), string(row.kind), row.amount.String()); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// askTable is ask for a table.
func (m *Maker) askTable(ctx context.Context, t *table, at *time.Time, q flow.Query) (time.Time, error) {
	if _, err := m.config.Service.Ask(ctx, "", q); err != nil {
		t.drop()
		return time.Time{}, err
	}
	if err := t.flush(); err != nil {
		t.drop()
		return time.Time{}, err
	}
	if !m.config.Mine() {
		t.drop()
		return time.Time{}, errNotMine
	}
	return *at, t.keep(*at)
}

func instant(t time.Time) string { return t.UTC().Format(instantLayout) }
