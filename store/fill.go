package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// A Life is the whole history of some new objects: the Changes that commands and time made, in
// order. What a life links, an earlier life or the database has.
type Life []registry.Changes

// fillBatch is how many rows are handed to the database at once: some megabytes.
const fillBatch = 20_000

// errDurable refuses Fill where it could do harm.
var errDurable = errors.New("only a database that was opened unsynced can be filled")

// Fill writes whole lives in bulk, with the rows that Update would have left if it had written the
// same Changes one by one: objects as they are at the end, every version in the history, money with
// its balances, the transaction log. It writes no marks, since a zone is loaded as a whole when it
// is first served, and looks at no Needs: what the lives cost is for the caller to deposit. The log
// is in order of time in the end, with the rows that were there before.
//
// It is for a database that nobody else uses and that is thrown away if Fill fails, since indexes
// and foreign keys are put aside meanwhile and nothing waits for the disk.
func (db *DB) Fill(ctx context.Context, lives iter.Seq2[Life, error]) error {
	if !db.unsynced {
		return errDurable
	}
	err := db.writer.with(ctx, func(s *session) error {
		s.broken = true // its settings are not those of other sessions
		b, err := db.engine.bulk(ctx, s)
		if err != nil {
			return fmt.Errorf("fill: %w", err)
		}
		logged, err := dateLog(ctx, s)
		if err != nil {
			return errors.Join(fmt.Errorf("fill: %w", err), b.end(context.WithoutCancel(ctx), false))
		}
		days, err := db.fill(ctx, b, lives, logged)
		if err != nil {
			return errors.Join(fmt.Errorf("fill: %w", err), b.end(context.WithoutCancel(ctx), false))
		}
		if err := b.end(ctx, true); err != nil {
			return err
		}
		return s.transact(ctx, db.engine.beginWrite(), func() error { return s.addAll(ctx, days) })
	})
	if err == nil && db.memory.exact() {
		err = db.recall(ctx)
	}
	return err
}

// A bulk is how an engine takes rows by the many, in a session of its own.
type bulk interface {
	// insert writes rows by an INSERT statement that has one parameter for each column.
	insert(ctx context.Context, statement string, rows [][]any) error
	// addToFunds changes the balances of one party.
	addToFunds(ctx context.Context, party ledger.Party, d delta) error
	// end puts everything back as it was, and keeps what was written or not.
	end(ctx context.Context, keep bool) error
}

// rows are what is to be inserted, by the statements that insert it.
type rows map[string][][]any

// fill makes rows in this goroutine while another one writes those before them, and returns what is to be counted when
// the indexes are back.
func (db *DB) fill(ctx context.Context, b bulk, lives iter.Seq2[Life, error], logged int64) (tallies, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches, written := make(chan rows, 1), make(chan error, 1)
	go func() {
		var err error
		for batch := range batches {
			if err = firstOf(err, ctx.Err()); err != nil {
				continue
			}
			if err = insertAll(ctx, b, batch); err != nil {
				cancel(err)
			}
		}
		written <- err
	}()
	f := newFilling(ctx, db)
	f.logged = logged
	err := f.all(lives, batches)
	close(batches)
	if err := firstOf(err, <-written); err != nil {
		return nil, err
	}
	for _, party := range slices.Sorted(maps.Keys(f.writer.deltas)) {
		if err := b.addToFunds(ctx, party, f.writer.deltas[party]); err != nil {
			return nil, err
		}
	}
	return f.writer.days, nil
}

func insertAll(ctx context.Context, b bulk, batch rows) error {
	for _, statement := range slices.Sorted(maps.Keys(batch)) {
		if err := b.insert(ctx, statement, batch[statement]); err != nil {
			return err
		}
	}
	return nil
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// A filling makes the rows of lives.
type filling struct {
	ctx    context.Context
	writer *writer
	rows   rows
	count  int
	logged int64 // rows of the log so far

	// The objects of the life in hand, as they are last.
	domains  latest[registry.ROID, registry.Domain]
	hosts    latest[registry.ROID, registry.Host]
	contacts latest[registry.ROID, registry.Contact]
	charges  latest[string, ledger.Charge]
}

func newFilling(ctx context.Context, db *DB) *filling {
	return &filling{
		ctx: ctx, writer: newWriter(&db.ids), rows: rows{},
	}
}

// collect takes the rows that the writer has made.
func (f *filling) collect() {
	for _, row := range f.writer.list {
		for i, v := range row.args {
			row.args[i] = bare(v)
		}
		f.rows[row.text] = append(f.rows[row.text], row.args)
	}
	f.count += len(f.writer.list)
	f.writer.list = f.writer.list[:0]
	clear(f.writer.bodies)
}

// all makes the rows of all lives and hands them on in batches.
func (f *filling) all(lives iter.Seq2[Life, error], batches chan<- rows) error {
	for life, err := range lives {
		if err := firstOf(err, f.life(life)); err != nil {
			return err
		}
		if f.count < fillBatch {
			continue
		}
		select {
		case batches <- f.rows:
		case <-f.ctx.Done():
			return context.Cause(f.ctx)
		}
		f.rows, f.count = rows{}, 0
	}
	batches <- f.rows
	return nil
}

// life makes the rows of one life.
func (f *filling) life(life Life) error {
	f.domains.clear()
	f.hosts.clear()
	f.contacts.clear()
	f.charges.clear()
	for _, changes := range life {
		if err := f.step(changes); err != nil {
			return err
		}
	}
	w := f.writer
	for c := range f.contacts.all() {
		w.insertContact(c)
	}
	for h := range f.hosts.all() {
		w.insertHost(h)
		w.linkAddresses(h)
	}
	for d := range f.domains.all() {
		w.insertDomain(d)
		for i, h := range d.Nameservers {
			if !f.hosts.isGone(h.ROID) {
				w.linkHost(d, h.ROID, i)
			}
		}
		w.linkContacts(d)
	}
	for c := range f.charges.all() {
		w.insertCharge(c)
	}
	f.collect()
	return w.err
}

// errForLives refuses a Changes that is not of new objects.
var errForLives = errors.New("a life has no registrars, limits, acts on money, published marks, prices, listings, allocations or promotions")

// step takes the rows of one Changes that never change again, and remembers its objects.
func (f *filling) step(c registry.Changes) error {
	for _, earlier := range c.Earlier {
		if err := f.step(earlier); err != nil {
			return err
		}
	}
	if len(c.Registrars)+len(c.Limits)+len(c.Lapses)+len(c.Holds)+len(c.MoneyActs)+len(c.Published)+len(c.Prices)+len(c.Listings)+len(c.Allocations)+
		len(c.PriceLists)+len(c.Staged)+len(c.Promotions)+len(c.PromotionUses) > 0 {
		return errForLives
	}
	w := f.writer
	w.histories(c)
	f.countDays(c)
	put(&f.domains, c.Domains, func(d registry.Domain) registry.ROID { return d.ROID })
	put(&f.hosts, c.Hosts, func(h registry.Host) registry.ROID { return h.ROID })
	put(&f.contacts, c.Contacts, func(c registry.Contact) registry.ROID { return c.ROID })
	put(&f.charges, c.Charges, func(c ledger.Charge) string { return c.ID })
	for _, d := range c.GoneDomains {
		f.domains.drop(d.ROID)
	}
	for _, h := range c.GoneHosts {
		f.hosts.drop(h.ROID)
	}
	for _, gone := range c.GoneContacts {
		f.contacts.drop(gone.ROID)
	}
	for _, e := range c.Entries {
		w.entry(e)
	}
	for _, m := range c.Poll {
		w.putPoll(m)
	}
	for _, m := range c.Mail {
		w.putMail(m)
	}
	for _, row := range c.Log {
		f.logged++
		w.logAs(idAt(row.At)+f.logged, row)
	}
	return nil
}

// dateLog gives the rows of the log that are there ids of their instants, as those of lives have, so that all stand in
// order of time, and counts them. Elsewhere ids are of the time of writing, which is that of the commands.
func dateLog(ctx context.Context, s *session) (int64, error) {
	if _, err := s.exec(ctx, dateLogRows); err != nil {
		return 0, fmt.Errorf("date the log: %w", err)
	}
	return value[int64](&reader{ctx: ctx, open: on(s)}, "SELECT COUNT(*) FROM log")
}

// Rows of one instant keep their order. Lower bits have room for four billion rows of a second.
const dateLogRows = `
UPDATE log
SET    id = later.dated
FROM   (SELECT registrar AS who, id AS was, at * 4096 + ROW_NUMBER() OVER (ORDER BY id) AS dated FROM log) later
WHERE  log.registrar = later.who AND log.id = later.was AND log.id / 4096000000 <> log.at / 1000000`

// countDays counts a Changes as Update would, before its domains are remembered.
func (f *filling) countDays(c registry.Changes) {
	days := f.writer.days
	before := map[registry.ROID]registry.Domain{}
	for _, d := range c.Domains {
		b, known := before[d.ROID]
		if i, ok := f.domains.place[d.ROID]; ok && !known {
			b = f.domains.list[i]
		}
		days.domain(b, d, c.Origin.At)
		before[d.ROID] = d
	}
	for _, d := range c.GoneDomains {
		days.name(registry.TallyGone, d.Sponsor, c.Origin.At)
	}
	for _, charge := range c.Charges {
		days.charge(charge)
	}
}

// latest are objects in the order in which they were first put, each as it was put last.
type latest[K comparable, V any] struct {
	place map[K]int
	list  []V
	gone  []bool
}

func (l *latest[K, V]) clear() {
	clear(l.place)
	l.list, l.gone = l.list[:0], l.gone[:0]
}

func put[K comparable, V any](l *latest[K, V], list []V, key func(V) K) {
	if l.place == nil {
		l.place = map[K]int{}
	}
	for _, v := range list {
		if i, ok := l.place[key(v)]; ok {
			l.list[i] = v
			continue
		}
		l.place[key(v)] = len(l.list)
		l.list, l.gone = append(l.list, v), append(l.gone, false)
	}
}

func (l *latest[K, V]) drop(key K) {
	if i, ok := l.place[key]; ok {
		l.gone[i] = true
	}
}

func (l *latest[K, V]) isGone(key K) bool {
	i, ok := l.place[key]
	return ok && l.gone[i]
}

// all yields those that are not gone.
func (l *latest[K, V]) all() iter.Seq[V] {
	return func(yield func(V) bool) {
		for i, v := range l.list {
			if !l.gone[i] && !yield(v) {
				return
			}
		}
	}
}

// bare returns a value as one of the few types that both drivers take without a look at what it
// is called: string, int64, bool and nil.
func bare(v any) any {
	switch v := v.(type) {
	case string, int64, bool:
		return v
	case int:
		return int64(v)
	case *string:
		if v == nil {
			return nil
		}
		return *v
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String()
	case reflect.Int64:
		return r.Int()
	}
	return v
}

// Numbers takes so many numbers for ROIDs at once, and returns the first of them. It is for a
// database that nobody else uses.
func (db *DB) Numbers(ctx context.Context, n int) (first int64, err error) {
	err = db.writer.single(ctx, func(s *session) error {
		last, err := value[int64](&reader{ctx: ctx, open: on(s)}, db.engine.takeNumbers(), int64(n))
		first = last - int64(n) + 1
		return err
	})
	return first, err
}
