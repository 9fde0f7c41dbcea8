package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A price list may have a million names, and everybody who checks a name asks whether it has a price. So the entries
// of the list that is in force are remembered, in some 40 bytes a name: a map of the names' hashes, and the few
// different prices that there are. They are read beside everything else when the list is made effective, which is
// some seconds before it begins, or when somebody asks about a time in which it is in force; until they are
// there the database is asked. The entries of an effective list never change.

// listsLoaded bounds the lists whose entries are remembered: the one in force, the one before and the one to come.
const listsLoaded = 3

// loadAhead is how long before its begin a list is loaded at the latest, by the clock of the wall.
const loadAhead = time.Hour

// A knownList is a price list that is effective, though it may not have begun.
type knownList struct {
	id      int64
	starts  time.Time
	entries atomic.Pointer[knownEntries] // nil: not loaded
	loading atomic.Bool
	used    atomic.Int64 // the turn of priceMemory in which somebody last asked for it
}

// knownEntries are the entries of one list. In index the upper 32 bits say which name it is, beside the hash that is
// the key, and the lower ones where in costs its prices stand.
type knownEntries struct {
	index map[uint64]uint64
	costs []registry.PriceEntry // without names
}

// twoNames stands in the index where two names share a hash: the database is asked for them.
const twoNames = ^uint64(0)

// get returns the entry of a name that is known by its hashes. Sure is false where the database has to be asked.
func (k *knownEntries) get(key, check uint64) (e registry.PriceEntry, found, sure bool) {
	at, there := k.index[key]
	switch {
	case !there:
		return e, false, true
	case at == twoNames:
		return e, false, false
	case at>>32 != check>>32:
		return e, false, true
	}
	return k.costs[at&(1<<32-1)], true, true
}

// priceMemory is what is remembered of price lists: all that are effective, in the order in which they begin.
type priceMemory struct {
	lists []*knownList
	turn  atomic.Int64 // one more with each list that was loaded
	load  func(*knownList)
}

// at returns the list that is in force at an instant.
func (p *priceMemory) at(t time.Time) (*knownList, bool) {
	for i := len(p.lists) - 1; i >= 0; i-- {
		if l := p.lists[i]; !l.starts.After(t) {
			return l, true
		}
	}
	return nil, false
}

// want has a list loaded, unless it is or will be.
func (p *priceMemory) want(l *knownList) {
	if p.load != nil && l.entries.Load() == nil && l.loading.CompareAndSwap(false, true) {
		p.load(l)
	}
}

// comes takes in a list that was made effective.
func (p *priceMemory) comes(i item) {
	id, err := strconv.ParseInt(i.name, 10, 64)
	if err != nil || slices.ContainsFunc(p.lists, func(l *knownList) bool { return l.id == id }) {
		return
	}
	l := &knownList{id: id, starts: i.due}
	lists := append(slices.Clone(p.lists), l)
	slices.SortFunc(lists, func(a, b *knownList) int { return a.starts.Compare(b.starts) })
	p.lists = lists
	if l.starts.Before(time.Now().Add(loadAhead)) {
		p.want(l)
	}
}

// goes forgets a list that was dropped.
func (p *priceMemory) goes(i item) {
	p.lists = slices.DeleteFunc(slices.Clone(p.lists), func(l *knownList) bool { return strconv.FormatInt(l.id, 10) == i.name })
}

// loaded keeps the entries of a list, and forgets those of the one that nobody has asked for for the longest time.
func (p *priceMemory) loaded(l *knownList, entries *knownEntries) {
	if !slices.Contains(p.lists, l) { // everything was read anew meanwhile
		return
	}
	l.used.Store(p.turn.Add(1))
	l.entries.Store(entries)
	kept := slices.DeleteFunc(slices.Clone(p.lists), func(o *knownList) bool { return o == l || o.entries.Load() == nil })
	if len(kept) < listsLoaded {
		return
	}
	slices.MinFunc(kept, func(a, b *knownList) int { return cmp.Compare(a.used.Load(), b.used.Load()) }).entries.Store(nil)
}

// priced puts the price of the list that is in force at an instant, and those that were set for the name alone since it
// began, in the place of an offer's prices. Sure is false where the database has to be asked. The lock of the memory
// is held.
func (m *memory) priced(offer registry.Offer, name names.Name, at time.Time) (_ registry.Offer, sure bool) {
	l, inForce := m.prices.at(at)
	if !inForce {
		return offer, true
	}
	entries := l.entries.Load()
	if entries == nil {
		m.prices.want(l)
		return offer, false
	}
	if turn := m.prices.turn.Load(); l.used.Load() != turn {
		l.used.Store(turn)
	}
	e, found, sure := entries.get(m.hash(name.String()))
	if !sure || !found && len(offer.Prices) == 0 {
		return offer, sure
	}
	var prices []registry.NamePrice
	if found {
		e.Name, offer.Name = name, name
		prices = append(prices, e.From(l.starts, l.id))
	}
	for _, p := range offer.Prices {
		if !p.From.Before(l.starts) {
			prices = append(prices, p)
		}
	}
	offer.Prices = prices
	return offer, true
}

// effectiveLists are the lists that may count at some time.
const effectiveLists = `
SELECT CAST(id AS TEXT), starts
FROM   price_list
WHERE  state = 'effective'
ORDER  BY starts`

// listsFrom remembers the lists that are effective, and has the one loaded that is in force by the clock of the wall.
// If the registry's is another, it will be asked for.
func (m *memory) listsFrom(from source) ([]item, error) {
	var list []item
	err := from(effectiveLists, func(row row) error {
		i := item{kind: itemList}
		var starts int64
		err := row.Scan(&i.name, &starts)
		i.due = instant(starts)
		list = append(list, i)
		return err
	})
	return list, err
}

// rememberLists puts lists in the place of those that are remembered. The lock is held.
func (m *memory) rememberLists(list []item) {
	load := m.prices.load
	m.prices.lists, m.prices.load = nil, nil
	for _, i := range list {
		m.prices.comes(i)
	}
	m.prices.load = load
	if l, ok := m.prices.at(time.Now()); ok {
		m.prices.want(l)
	}
}

// A listLoader reads the entries of price lists beside everything else.
type listLoader struct {
	mu     sync.Mutex
	closed bool
	ctx    context.Context
	cancel context.CancelFunc
	loads  sync.WaitGroup
}

// startLoading has lists loaded until the database is closed.
func (db *DB) startLoading() {
	db.lists.ctx, db.lists.cancel = context.WithCancel(context.Background())
	db.memory.prices.load = func(l *knownList) {
		db.lists.mu.Lock()
		defer db.lists.mu.Unlock()
		if !db.lists.closed {
			db.lists.loads.Go(func() { db.loadList(l) })
		}
	}
}

// stopLoading ends what is being loaded, and waits until it has.
func (db *DB) stopLoading() {
	db.lists.mu.Lock()
	db.lists.closed = true
	db.lists.cancel()
	db.lists.mu.Unlock()
	db.lists.loads.Wait()
}

// loadList reads the entries of a list and remembers them. If it fails it is done again when somebody asks, not at once.
func (db *DB) loadList(l *knownList) {
	entries, err := db.readList(l)
	if err == nil {
		db.memory.mu.Lock()
		db.memory.prices.loaded(l, entries)
		db.memory.mu.Unlock()
	} else {
		select {
		case <-db.lists.ctx.Done():
		case <-time.After(listenRest):
		}
	}
	l.loading.Store(false)
}

func (db *DB) readList(l *knownList) (*knownEntries, error) {
	k := &knownEntries{index: map[uint64]uint64{}}
	places := map[registry.PriceEntry]uint64{}
	err := db.reader.single(db.lists.ctx, func(s *session) error {
		r := &reader{ctx: db.lists.ctx, open: on(s), db: db}
		return r.each(func(row row) error {
			e, err := scanPriceEntry(row)
			if err == nil {
				k.put(&db.memory, places, e)
			}
			return err
		}, entriesOfList, l.id)
	})
	return k, err
}

// put enters an entry; places are where its prices stand if another name has the same.
func (k *knownEntries) put(m *memory, places map[registry.PriceEntry]uint64, e registry.PriceEntry) {
	m.mu.RLock()
	key, check := m.hash(e.Name.String())
	m.mu.RUnlock()
	e.Name = names.Name{}
	place, there := places[e]
	if !there {
		place = uint64(len(k.costs))
		places[e], k.costs = place, append(k.costs, e)
	}
	if _, taken := k.index[key]; taken {
		place = twoNames
	}
	k.index[key] = check&^(1<<32-1) | place
}
