package flow

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// How the names of a registrar are read. Where one part of what is asked selects few names, these are read, sorted as
// asked and counted. Else they are walked along the index of the order, a bounded part for each page: as much is asked
// for as few names in a million have.

// ways are the indexes that lead to what is asked for.
func (s *ownSearch) ways() []registry.Way {
	f := s.filter
	if f.Gaining {
		return []registry.Way{registry.ByRequest}
	}
	var list []registry.Way
	for _, w := range []struct {
		way   registry.Way
		leads bool
	}{
		{registry.ByContact, f.Contact != ""},
		{registry.ByHost, f.Host != ""},
		{registry.ByTrait, f.Has != 0},
		{registry.ByExpiry, !f.Expires.IsZero()},
		{registry.ByCreation, !f.Created.IsZero()},
		{registry.ByName, len(f.Spans) > 0},
	} {
		if w.leads {
			list = append(list, w.way)
		}
	}
	if len(list) == 0 {
		list = append(list, registry.ByName)
	}
	return list
}

// fewest returns the way on which there is least to read, how much that is, and whether it is little enough to be sorted.
func (s *ownSearch) fewest() (registry.Way, int, bool) {
	best, least := registry.ByName, s.limits.Sorted+1
	for _, way := range s.ways() {
		n := 0
		for _, f := range s.parts(way) {
			more, _ := read(s.call, func() (int, bool, error) {
				n, err := s.call.reader.CountOwn(f, way, s.limits.Sorted+1)
				return n, true, err
			})
			n += more
		}
		if n < least {
			best, least = way, n
		}
	}
	return best, least, least <= s.limits.Sorted
}

// parts are the filters with which a way is read, one after the other.
func (s *ownSearch) parts(way registry.Way) []registry.OwnFilter {
	inNames := way == registry.ByName || way == registry.ByTrait || way == registry.ByRequest
	if len(s.filter.Spans) == 0 || !inNames {
		return []registry.OwnFilter{s.filter}
	}
	list := make([]registry.OwnFilter, len(s.filter.Spans))
	for i := range list {
		list[i] = s.filter
		list[i].Spans = s.filter.Spans[i : i+1]
	}
	return list
}

// read reads a part of a way.
func (s *ownSearch) read(f registry.OwnFilter, way registry.Way, after registry.OwnPlace, limit, look int) registry.OwnPage {
	page, _ := read(s.call, func() (registry.OwnPage, bool, error) {
		page, err := s.call.reader.Own(f, way, after, limit, look)
		return page, true, err
	})
	return page
}

// now returns what of stored names may fit as they are now. Those that time has changed are among s.late; where that
// has fallen behind they are looked at when they are shown.
func (s *ownSearch) now(stored []registry.OwnKey) []registry.OwnKey {
	begins := beginning(s.asked.Begins)
	return slices.DeleteFunc(stored, func(k registry.OwnKey) bool {
		isLate := !k.Due.After(s.call.Now) && !s.behind
		return isLate || !beginsWith(k.Name, begins) || !s.isDeletedSo(k.Deletion)
	})
}

// lateBetween returns what fits of the names that time has changed, behind one place and up to another; a zero end is
// none.
func (s *ownSearch) lateBetween(after, end registry.OwnPlace) []registry.OwnKey {
	if s.behind {
		return nil
	}
	var list []registry.OwnKey
	for _, d := range s.late {
		k := registry.OwnKey{ROID: d.ROID, Name: d.Name, Created: d.Created, Expires: d.Expires, Deletion: d.Deletion}
		place := s.place(k)
		isIn := s.compare(place, after) > 0 && (end == registry.OwnPlace{} || s.compare(place, end) <= 0)
		if isIn && s.fits(d) {
			list = append(list, k)
		}
	}
	return list
}

// search returns the names of a page, and what is answered beside them.
func (s *ownSearch) search(after registry.OwnPlace, limit int) ([]registry.OwnKey, OwnFound) {
	if way, count, few := s.fewest(); few {
		return s.sorted(way, count, after, limit)
	}
	return s.walked(after, limit)
}

// sorted answers a page of all that fits, which is read by way of what selects fewest.
func (s *ownSearch) sorted(way registry.Way, count int, after registry.OwnPlace, limit int) ([]registry.OwnKey, OwnFound) {
	var all []registry.OwnKey
	for _, f := range s.parts(way) {
		all = append(all, s.now(s.read(f, way, registry.OwnPlace{}, count+1, count+1).Names)...)
	}
	all = append(all, s.lateBetween(registry.OwnPlace{}, registry.OwnPlace{})...)
	if s.order == OrderROID { // which can be had along a link only, and this is the same list
		slices.SortFunc(all, func(a, b registry.OwnKey) int { return cmp.Compare(a.ROID, b.ROID) })
	}
	keys, found := s.page(all, after, limit)
	found.Count, found.Counted = len(all), !s.behind
	return keys, found
}

// page is up to limit of some names behind a place, in order.
func (s *ownSearch) page(all []registry.OwnKey, after registry.OwnPlace, limit int) ([]registry.OwnKey, OwnFound) {
	found := OwnFound{Order: s.order, Behind: s.behind}
	slices.SortFunc(all, func(a, b registry.OwnKey) int { return s.compare(s.place(a), s.place(b)) })
	var keys []registry.OwnKey
	for i, k := range all {
		if s.compare(s.place(k), after) <= 0 || i > 0 && all[i-1].ROID == k.ROID {
			continue
		}
		if len(keys) == limit {
			found.After = s.placeText(s.place(keys[limit-1]))
			break
		}
		keys = append(keys, k)
	}
	return keys, found
}

// load reads the names of a page, and leaves out what does not fit any more.
func (s *ownSearch) load(keys []registry.OwnKey) []OwnDomain {
	list := make([]names.Name, len(keys))
	for i, k := range keys {
		list[i] = k.Name
	}
	stored, _ := read(s.call, func() ([]registry.Domain, bool, error) {
		stored, err := s.call.reader.Named(list)
		return stored, true, err
	})
	now := map[registry.ROID]registry.Domain{}
	for _, d := range stored {
		if d, lives := s.call.followedFrom(d); lives {
			now[d.ROID] = d
		}
	}
	var shown []OwnDomain
	for _, k := range keys {
		if d, found := now[k.ROID]; found && s.fits(d) {
			shown = append(shown, s.shown(d))
		}
	}
	return shown
}

// walked answers a page along the index of the order, or of a link that too many names have to be sorted.
func (s *ownSearch) walked(after registry.OwnPlace, limit int) ([]registry.OwnKey, OwnFound) {
	way := s.walk(after)
	var list []registry.OwnKey
	var end registry.OwnPlace
	more := false
	for _, f := range s.parts(way) {
		var some []registry.OwnKey
		if some, end, more = s.along(f, way, after, limit+1-len(list)); more {
			list = append(list, some...)
			break
		}
		list, end = append(list, some...), registry.OwnPlace{}
	}
	list = append(list, s.lateBetween(after, end)...)
	keys, found := s.page(list, after, limit)
	if found.After == "" && more {
		found.After = s.placeText(end)
	}
	found.Count = len(keys)
	if len(s.ways()) == 1 && s.filter.Lacks == 0 && s.filter.Zone == "" {
		found.Count = s.limits.Sorted
	}
	return keys, found
}

// along reads what fits along a way, up to limit and until enough was looked at, and returns where that ended and whether
// the way goes on. What an object links is sorted by the database: of that it is given no more at once than may be needed.
func (s *ownSearch) along(f registry.OwnFilter, way registry.Way, after registry.OwnPlace, limit int) (list []registry.OwnKey, end registry.OwnPlace, more bool) {
	look := s.limits.Looked
	if way == registry.ByContact || way == registry.ByHost {
		look = min(look, limit)
	}
	end, more = after, true
	for looked := 0; more && len(list) < limit && looked < s.limits.Looked; looked += look {
		page := s.read(f, way, end, max(limit-len(list), s.atLeast()), look)
		list = append(list, s.now(page.Names)...)
		end, more = page.End, page.More
	}
	return list, end, more
}

// deletedAtOnce is how many deleted names are read at least to choose among them by how they are deleted.
const deletedAtOnce = 500

// atLeast is how many names are read at once, even for a shorter page.
func (s *ownSearch) atLeast() int {
	if s.filter.Deletions {
		return min(deletedAtOnce, s.limits.Looked-1)
	}
	return 0
}

// walk chooses the index to be walked, and with it the order.
func (s *ownSearch) walk(after registry.OwnPlace) registry.Way {
	linked := map[bool]registry.Way{true: registry.ByContact, false: registry.ByHost}[s.filter.Contact != ""]
	isFirst := after == registry.OwnPlace{}
	switch {
	case s.filter.Gaining:
		s.order = OrderName
		return registry.ByRequest
	case s.order == OrderROID, isFirst && s.filter.Contact+s.filter.Host != "":
		s.order = OrderROID
		return linked
	case s.order == OrderExpiry:
		return registry.ByExpiry
	case s.order == OrderCreated:
		return registry.ByCreation
	case s.filter.Has != 0:
		return registry.ByTrait
	}
	return registry.ByName
}

// place is where a name stands in the order.
func (s *ownSearch) place(k registry.OwnKey) registry.OwnPlace {
	switch s.order {
	case OrderExpiry:
		return registry.OwnPlace{At: k.Expires, ROID: k.ROID}
	case OrderCreated:
		return registry.OwnPlace{At: k.Created, ROID: k.ROID}
	case OrderROID:
		return registry.OwnPlace{ROID: k.ROID}
	}
	return registry.OwnPlace{Name: k.Name.String()}
}

func (s *ownSearch) compare(a, b registry.OwnPlace) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), a.At.Compare(b.At), cmp.Compare(a.ROID, b.ROID))
}

// placeText writes a place so that parseOwnPlace reads it.
func (s *ownSearch) placeText(p registry.OwnPlace) Place {
	switch s.order {
	case OrderExpiry, OrderCreated:
		return Place(string(s.order) + "." + strconv.FormatInt(p.At.UnixMicro(), 10) + "." + string(p.ROID))
	case OrderROID:
		return Place(string(s.order) + "." + string(p.ROID))
	}
	return Place(string(OrderName) + "." + p.Name)
}

// parseOwnPlace reads a place, and the order that it is in; an empty text is the first of the order that is asked for.
func parseOwnPlace(text Place, asked OwnOrder) (registry.OwnPlace, OwnOrder, bool) {
	if text == "" {
		return registry.OwnPlace{}, asked, true
	}
	order, rest, _ := strings.Cut(string(text), ".")
	switch order := OwnOrder(order); order {
	case OrderName:
		return registry.OwnPlace{Name: rest}, order, asked == order && rest != ""
	case OrderROID:
		return registry.OwnPlace{ROID: registry.ROID(rest)}, order, rest != ""
	case OrderExpiry, OrderCreated:
		at, roid, _ := strings.Cut(rest, ".")
		micros, err := strconv.ParseInt(at, 10, 64)
		return registry.OwnPlace{At: time.UnixMicro(micros).UTC(), ROID: registry.ROID(roid)}, order, err == nil && roid != "" && asked == order
	}
	return registry.OwnPlace{}, asked, false
}
