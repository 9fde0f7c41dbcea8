package flow

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// The reports for registrars read what there may be millions of: a query hands one after the other to who writes them
// down, from one snapshot and in bounded memory. Begin is called with the instant of the snapshot before the first; if
// the connection to the database breaks on the way, everything is read anew, and Begin is called again. Manual 4.3.2.

// reportPage is how many names a report reads at a time.
const reportPage = 10_000

// UnavailableNames reads the names that nobody can register now, each once, in the order of their octets: those that are
// registered, those that a list has, and those that their zone withholds. One that an open allocation code lifts is
// not among them. Manual 4.3.2, decisions 1.5.
type UnavailableNames struct {
	Begin func(at time.Time) error
	Use   func(names.Name) error
}

// Answer returns nil when every name was used.
func (q UnavailableNames) Answer(c *Call) (Reply, error) {
	if err := q.Begin(c.Now); err != nil {
		return nil, err
	}
	gone := c.goneByNow()
	kept := c.keptBack()
	for after, more := (names.Name{}), true; more; {
		page, _ := read(c, func() ([]names.Name, bool, error) {
			list, err := c.reader.NamesFrom("", after, reportPage)
			return list, true, err
		})
		if c.fault != nil {
			return nil, c.fault
		}
		if more = len(page) == reportPage; len(page) > 0 {
			after = page[len(page)-1]
		}
		for _, name := range page {
			if _, is := gone[name]; is {
				continue
			}
			if err := kept.before(name, q.Use); err != nil {
				return nil, err
			}
			if err := q.Use(name); err != nil {
				return nil, err
			}
		}
	}
	return nil, kept.before(names.Name{}, q.Use)
}

// goneByNow returns the stored names whose purge has come due: they are registered no more.
func (c *Call) goneByNow() map[names.Name]struct{} {
	rules := c.rulesOfPublication()
	gone := map[names.Name]struct{}{}
	read(c, func() (struct{}, bool, error) {
		return struct{}{}, true, c.reader.DueOutlines(time.Time{}, c.Now, func(d registry.Domain) {
			if _, _, alive := lifecycle.Advance(d, rules, c.Now); !alive {
				gone[d.Name] = struct{}{}
			}
		})
	})
	return gone
}

// keptNames are the names that are unavailable without being registered, in order: a stream of those of lists, and
// those that zones withhold, of which there are few.
type keptNames struct {
	call     *Call
	withheld []names.Name
	listed   []names.Name
	after    names.Name // the last name of the last page of what is settled
	ended    bool
}

func (c *Call) keptBack() *keptNames { return &keptNames{call: c, withheld: c.withheldNames()} }

// before uses every kept name that comes before one, which is left out itself; all that are left if it is zero.
func (k *keptNames) before(name names.Name, use func(names.Name) error) error {
	for {
		next, found := k.next()
		if k.call.fault != nil {
			return k.call.fault
		}
		if !found || !name.IsZero() && next.String() > name.String() {
			return nil
		}
		k.drop(next)
		if next == name {
			return nil
		}
		if err := use(next); err != nil {
			return err
		}
	}
}

// next returns the first kept name that is left.
func (k *keptNames) next() (names.Name, bool) {
	for len(k.listed) == 0 && !k.ended {
		k.load()
	}
	switch {
	case len(k.listed) == 0 && len(k.withheld) == 0:
		return names.Name{}, false
	case len(k.listed) == 0:
		return k.withheld[0], true
	case len(k.withheld) == 0 || k.listed[0].String() < k.withheld[0].String():
		return k.listed[0], true
	}
	return k.withheld[0], true
}

// drop takes a name out that next returned.
func (k *keptNames) drop(name names.Name) {
	if len(k.listed) > 0 && k.listed[0] == name {
		k.listed = k.listed[1:]
	}
	if len(k.withheld) > 0 && k.withheld[0] == name {
		k.withheld = k.withheld[1:]
	}
}

// load reads the next page of what is settled about names, of which those count that a list keeps back now.
func (k *keptNames) load() {
	c := k.call
	page, _ := read(c, func() ([]registry.Offer, bool, error) {
		list, err := c.reader.Offers(k.after, reportPage)
		return list, true, err
	})
	if k.ended = len(page) < reportPage; len(page) > 0 {
		k.after = page[len(page)-1].Name
	}
	for _, offer := range page {
		if nameIsUnlisted(offer.Name, offer, c.Now).Refusal != nil {
			k.listed = append(k.listed, offer.Name)
		}
	}
}

// withheldNames returns, in order, the names that zones never sell: those of zones, of labels that a zone withholds or
// uses for itself, and those too short to have no price.
func (c *Call) withheldNames() []names.Name {
	var list []names.Name
	for _, zone := range c.Profile.Zones {
		if _, inside := c.Profile.Zone(zone.Name.Parent()); inside {
			list = append(list, zone.Name)
		}
		for _, label := range slices.Concat(zone.Withheld, zone.Used) {
			if name, err := names.Parse(label + "." + zone.Name.String()); err == nil {
				list = append(list, name)
			}
		}
		list = append(list, c.shortNames(zone)...)
	}
	list = slices.DeleteFunc(list, func(name names.Name) bool {
		return nameIsOffered(c.Profile, name, c.Offer(name).PriceAt(c.Now)).Refusal == nil
	})
	slices.SortFunc(list, func(a, b names.Name) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(list)
}

// mostShort bounds the characters of names that are written out because they are short: with four there would be more
// than a million.
const mostShort = 3

// shortNames returns the ASCII names of a zone that are held unless they have a price of their own.
func (c *Call) shortNames(zone policy.Zone) []names.Name {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	var list []names.Name
	var add func(label string)
	add = func(label string) {
		if utf8.RuneCountInString(label) > 0 {
			if name, err := names.Parse(label + "." + zone.Name.String()); err == nil {
				list = append(list, name)
			}
		}
		if len(label) < min(zone.HeldUpTo, mostShort) {
			for _, letter := range letters {
				add(label + string(letter))
			}
		}
	}
	add("")
	return list
}
