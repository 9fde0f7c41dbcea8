package store

import (
	"context"
	"hash/maphash"
	"math"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A memory answers what is asked most without the database: whether a name is registered and when time
// next changes it, what is settled about it, and who a registrar is. Commands do not look at it: what is created is decided by
// the database.
//
// Where this process alone writes, what a commit changes is in the memory before anybody is told of the
// commit, and from before the commit until then the database is asked for it, so the memory is exact. Where other nodes write too it follows them (follow.go), and is used only
// while it is sure to hold all that was committed more than staleness ago.
type memory struct {
	mu    sync.RWMutex
	names map[uint64]known // by keyed hash; nil: nothing is known
	seeds [2]maphash.Seed

	// variants are the names that have a key of package idn, by the hash of the key, as their own hashes. Few
	// names have one.
	variants map[uint64][]uint64

	registrars map[registry.RegistrarID]registry.Registrar
	all        []registry.Registrar // in order of id; nil: not known
	offers     offers
	listed     listings
	prices     priceMemory
	promotions promotionMemory
	changed    uint64 // how often something of that, or a registrar, was changed
	traces     traces // when things were changed that others keep answers about

	follows bool                 // other nodes write too
	until   time.Time            // when what is remembered may be too old, if it follows
	own     map[uint64]time.Time // what this process commits, or has committed and may not have heard of yet
}

// staleness is how old an answer from the memory may be on several nodes. What a node itself has
// committed it sees at once.
const staleness = time.Second

// A known is what is remembered of a name: in the upper 34 bits when time next changes it, in seconds
// since 1970 rounded down, in the lower 30 bits a second hash. That two names share both hashes is not
// to be expected in the life of a registry; names that share the first are unsure.
type known uint64

const (
	checkBits       = 30
	unsure    known = math.MaxUint64
)

func newKnown(due time.Time, check uint64) known {
	return known(uint64(max(due.Unix(), 0))<<checkBits | check>>(64-checkBits))
}

func (k known) due() time.Time            { return time.Unix(int64(k>>checkBits), 0).UTC() }
func (k known) matches(check uint64) bool { return uint64(k)&(1<<checkBits-1) == check>>(64-checkBits) }

func (m *memory) hash(name string) (key, check uint64) {
	return maphash.String(m.seeds[0], name), maphash.String(m.seeds[1], name)
}

// A source calls use with every row of a query.
type source func(query string, use func(row) error) error

// fill remembers the names that are stored and what is settled about names, and nothing else.
func (m *memory) fill(follows bool, from source) error {
	filled := memory{names: map[uint64]known{}, variants: map[uint64][]uint64{}, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	err := from(allNames, func(row row) error {
		var name string
		var due int64
		err := row.Scan(&name, &due)
		filled.put(item{itemCreated, name, instant(due)})
		return err
	})
	var rows []offerRow
	if err == nil {
		err = from(allOffers, func(row row) error {
			o, err := scanOfferRow(row)
			rows = append(rows, o)
			return err
		})
	}
	var lists []item
	if err == nil {
		lists, err = m.listsFrom(from)
	}
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.names, m.variants, m.seeds, m.follows = filled.names, filled.variants, filled.seeds, follows
	list := offersOf(rows)
	m.offers, m.listed = offersFrom(list), listingsFrom(list)
	m.promotions = promotionMemory{}
	m.rememberLists(lists)
	m.registrars, m.own, m.until = map[registry.RegistrarID]registry.Registrar{}, map[uint64]time.Time{}, time.Time{}
	m.all = nil
	m.traces.doubt()
	return nil
}

// forget knows nothing any more.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.names, m.variants, m.registrars, m.own, m.offers, m.listed = nil, nil, nil, nil, offers{}, listings{}
	m.prices.lists, m.promotions, m.all = nil, promotionMemory{}, nil
	m.changed++
	m.traces.doubt()
}

const allNames = `
SELECT name, due
FROM   domain`

// hear takes in what was committed, in the order of the commits.
func (m *memory) hear(list []item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.takeIn(list)
}

// takeIn is hear for who holds the lock.
func (m *memory) takeIn(list []item) {
	if m.names == nil {
		return
	}
	for _, i := range list {
		switch i.kind {
		case itemCreated, itemChanged:
			m.put(i)
		case itemGone:
			m.drop(i.name)
		default:
			m.drops(i)
		}
	}
	m.traces.note(list)
}

// drops forgets what an item says is no longer so: it is read anew when it is asked for.
func (m *memory) drops(i item) {
	switch i.kind {
	case itemRegistrar:
		delete(m.registrars, registry.RegistrarID(i.name))
		m.all = nil
	case itemOffer:
		m.offers.drop(i.name)
		m.listed.drop(i.name)
	case itemList:
		m.prices.comes(i)
	case itemListGone:
		m.prices.goes(i)
	case itemPromotion:
		m.promotions = promotionMemory{}
	case itemUse:
		delete(m.promotions.used, registry.RegistrarID(i.name))
	default:
		return
	}
	m.changed++
}

func (m *memory) put(i item) {
	key, check := m.hash(i.name)
	m.putAt(key, check, i)
	if i.kind == itemCreated {
		m.putVariant(i.name, key)
	}
}

func (m *memory) putAt(key, check uint64, i item) {
	before, there := m.names[key]
	switch {
	case before == unsure, there && !before.matches(check):
		m.names[key] = unsure
	case there || i.kind == itemCreated:
		m.names[key] = newKnown(i.due, check)
	}
}

func (m *memory) drop(name string) {
	key, check := m.hash(name)
	m.dropAt(key, check)
	m.dropVariant(name, key)
}

func (m *memory) dropAt(key, check uint64) {
	if before := m.names[key]; before != unsure && before.matches(check) {
		delete(m.names, key)
	}
}

// expect has the database asked for names that a commit is about to make, until it is known how that ends: others
// see what is committed before this process knows.
func (m *memory) expect(list []item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.names == nil {
		return
	}
	now := time.Now()
	for _, i := range list {
		if i.kind == itemCreated {
			m.ask(i.name, now)
		}
	}
}

// ask has the database asked for a name and its variants.
func (m *memory) ask(name string, now time.Time) {
	key, _ := m.hash(name)
	m.own[key] = now
	if key, ok := m.variantHash(name); ok {
		m.own[key] = now
	}
}

// undone forgets what was expected: the commit has failed. Where this process alone writes, there is one at a time.
func (m *memory) undone() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.own)
}

// committed takes in what this process has committed, before anybody is told. Where the memory follows,
// the order among nodes comes only with what it hears: until that is sure to be heard, the database is
// asked.
func (m *memory) committed(list []item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.names == nil {
		return
	}
	if !m.follows {
		m.takeIn(list)
		clear(m.own)
		return
	}
	now := time.Now()
	for _, i := range list {
		switch i.kind {
		case itemCreated, itemChanged, itemGone:
			m.ask(i.name, now)
		default:
			m.drops(i)
		}
	}
	m.traces.note(list)
}

// doubt has everything be changed that others keep answers about: what was committed is not known.
func (m *memory) doubt() { m.traces.doubt() }

// fresh says that all that was committed before an instant is heard, and drops what it stands for.
func (m *memory) fresh(at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.until = at.Add(staleness)
	for key, committed := range m.own {
		if committed.Before(at) {
			delete(m.own, key)
		}
	}
}

// usable reports whether the memory may be looked into. Its lock is held.
func (m *memory) usable() bool {
	return m.names != nil && (!m.follows || time.Now().Before(m.until))
}

// isUsable is usable for who does not hold the lock.
func (m *memory) isUsable() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.usable()
}

// exact reports whether what is remembered is all that was ever committed.
func (m *memory) exact() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.names != nil && !m.follows
}

// absent reports whether a name is not registered, beyond doubt.
func (m *memory) absent(name names.Name) bool {
	_, found, sure := m.domain(name)
	return sure && !found && m.exact()
}

// domain tells what is known of a name. Sure is false where the database has to be asked.
func (m *memory) domain(name names.Name) (due time.Time, found, sure bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.usable() {
		return due, false, false
	}
	key, check := m.hash(name.String())
	return m.at(key, check)
}

func (m *memory) at(key, check uint64) (due time.Time, found, sure bool) {
	if _, recent := m.own[key]; recent {
		return due, false, false
	}
	k, there := m.names[key]
	switch {
	case !there:
		return due, false, true
	case k == unsure:
		return due, false, false
	case !k.matches(check):
		return due, false, true
	}
	return k.due(), true, true
}

// A moment is the state of the memory that a view began in.
type moment struct {
	memory  *memory
	changed uint64
}

// now returns the moment in which a view begins.
func (m *memory) now() moment {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return moment{m, m.changed}
}

func (m *memory) registrar(id registry.RegistrarID) (registry.Registrar, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if !m.usable() {
		return registry.Registrar{}, false
	}
	r, ok := m.registrars[id]
	return r, ok
}

// Recall returns a registrar that is remembered, as recent as Reader.RecentRegistrar, and asks nobody.
func (db *DB) Recall(id registry.RegistrarID) (registry.Registrar, bool) {
	return db.memory.registrar(id)
}

// remember keeps a registrar that a view has read, unless one was changed since the view began.
func (t moment) remember(r registry.Registrar) {
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	if t.memory.registrars != nil && t.memory.changed == t.changed {
		t.memory.registrars[r.ID] = r
	}
}

// rememberAll keeps all registrars that a view has read, unless one was changed since the view began.
func (t moment) rememberAll(list []registry.Registrar) {
	t.memory.mu.Lock()
	defer t.memory.mu.Unlock()
	if t.memory.registrars != nil && t.memory.changed == t.changed {
		t.memory.all = list
	}
}

// allRegistrars returns all registrars, if they are known beyond doubt.
func (m *memory) allRegistrars() []registry.Registrar {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.names == nil || m.follows {
		return nil
	}
	return m.all
}

// lastRegistrars returns all registrars as they were when they were last read, where others may have changed them since.
func (m *memory) lastRegistrars() []registry.Registrar {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.all
}

// A recalling reader looks into the memory first.
type recalling struct {
	*reader
	view *view
}

// Domain returns the domain of that name, as it was last written.
func (r *recalling) Domain(name names.Name) (registry.Domain, bool, error) {
	if r.view.known.memory.absent(name) {
		return registry.Domain{}, false, nil
	}
	return r.reader.Domain(name)
}

// DomainDue returns when time next changes the domain of that name.
func (r *recalling) DomainDue(name names.Name) (due time.Time, found bool, err error) {
	if due, found, sure := r.view.known.memory.domain(name); sure {
		return due, found, nil
	}
	err = r.view.aside(func(aside *reader) error {
		due, found, err = aside.DomainDue(name)
		return err
	})
	return due, found, err
}

// Registrar returns the registrar of that id.
func (r *recalling) Registrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	if r.view.known.memory.exact() {
		return r.RecentRegistrar(id)
	}
	return r.reader.Registrar(id)
}

// Registrars returns all registrars in order of id. They are asked for by whoever knows a name and no id.
func (r *recalling) Registrars() ([]registry.Registrar, error) {
	if known := r.view.known.memory.allRegistrars(); known != nil {
		return slices.Clone(known), nil
	}
	if last := r.view.known.memory.lastRegistrars(); last != nil {
		if same, err := r.reader.registrarsAre(last); same || err != nil {
			return slices.Clone(last), err
		}
	}
	list, err := r.reader.Registrars()
	if err == nil {
		r.view.known.rememberAll(slices.Clone(list))
	}
	return list, err
}

// RecentRegistrar returns the registrar of that id.
func (r *recalling) RecentRegistrar(id registry.RegistrarID) (found registry.Registrar, ok bool, err error) {
	if known, ok := r.view.known.memory.registrar(id); ok {
		return known, true, nil
	}
	err = r.view.aside(func(aside *reader) error {
		found, ok, err = aside.Registrar(id)
		return err
	})
	if ok && err == nil {
		r.view.known.remember(found)
	}
	return found, ok, err
}

// A Listener is told of what comes from other nodes; its functions must not wait, and may be nil.
type Listener struct {
	Marks func()      // some node has left marks
	Lost  func(error) // nothing is heard at the moment, so that the database is asked for everything
}

// Remember keeps a memory of names and registrars from here on, so that what is asked most costs no
// database. Where several nodes write it follows them until the database is closed.
func (db *DB) Remember(ctx context.Context, l Listener) error {
	if !db.engine.alone() {
		db.startFollowing(l)
		return nil
	}
	return db.recall(ctx)
}

// recall fills the memory of a database that is nobody else's.
func (db *DB) recall(ctx context.Context) error {
	return db.reader.single(ctx, func(s *session) error {
		r := &reader{ctx: ctx, open: on(s), db: db}
		return db.memory.fill(false, func(query string, use func(row) error) error { return r.each(use, query) })
	})
}
