package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"example.org/dorado/core/registry"
)

// A database at the other end of a connection costs a round trip for each statement that is sent
// alone. A group there takes three: all that its commands are known to read is fetched, in a moment that
// lasts until all of them are decided; that moment ends, a transaction begins, and all that they write is
// sent; and if every write fitted, the commit.
//
// The two are apart so that a refusal, which nothing guards, is one of a single moment, and a write yet
// waits for nobody but those who hold the same row. What others have changed between the two shows in the
// guards.

// transactPipelined runs jobs in one transaction on PostgreSQL, and returns how many.
func (db *DB) transactPipelined(ctx context.Context, s *session, group []*job, waits waits) (n int, err error) {
	ctx, cancel := context.WithTimeout(ctx, waits.whole)
	defer cancel()
	o := newOverlay(s, &reader{ctx: ctx, open: on(s), db: db})
	o.waits = waits
	begun := true
	defer func() {
		if begun {
			if _, err := s.exec(ctx, "ROLLBACK"); err != nil {
				s.broken = true
			}
		}
	}()
	if err := o.fetch(group); err != nil {
		return 0, err
	}
	if n, err = o.run(group); err != nil {
		return n, err
	}
	if err := o.send(db.written(o, group[:n])); err != nil {
		return n, err
	}
	if _, err := s.exec(ctx, "COMMIT"); err != nil {
		s.broken = true
		begun = false // it has ended, one way or the other
		return n, db.outcome(context.WithoutCancel(ctx), s, err)
	}
	begun = false
	return n, nil
}

// written is all that a group sends before its commit.
func (db *DB) written(o *overlay, group []*job) []asked {
	list := []asked{{text: "COMMIT", take: ended}, {text: db.engine.beginWrite(), take: ended}}
	list = append(list, o.waits.asked()...)
	list = append(list, o.guards(group)...)
	list = append(list, o.unsent()...)
	list = append(list, linkChecks(group)...)
	for _, text := range messages(newsOfGroup(group)) {
		list = append(list, asked{announcement, []any{text}, ended})
	}
	list = append(list, o.session.keepOutcome())
	if f := db.acting.Load(); f != nil { // last, when all that had to be waited for has come
		w := write{"act as " + f.Lease, relyOnLease, []any{f.Lease, f.Number}, registry.ErrFenced, noPlace, 0}
		list = append(list, w.asked(w.text))
	}
	return list
}

// guards are what a group relies on and does not write: who the registrars are that it has read. And it
// locks the names that it changes in order, so that two groups do not wait for each other in a circle.
func (o *overlay) guards(group []*job) []asked {
	var list []asked
	put := map[registry.RegistrarID]bool{}
	var changed []string
	for _, j := range group {
		changed = append(changed, changedNames(j.changes)...)
		for _, r := range j.changes.Registrars {
			put[r.ID] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.registrars)) {
		if f := o.registrars[id]; f.ok && !put[id] {
			w := write{"rely on the registrar " + string(id), relyOnRegistrar, []any{id, f.value.Version}, errConflict, noPlace, 0}
			list = append(list, w.asked(w.text))
		}
	}
	if len(changed) > 1 {
		list = append(list, asked{lockNames, []any{strings.Join(changed, " ")}, ended})
	}
	return append(list, contactLocks(group)...)
}

// changedNames are the stored names that a Changes writes.
func changedNames(changes registry.Changes) []string {
	var list []string
	for _, earlier := range changes.Earlier {
		list = append(list, changedNames(earlier)...)
	}
	for _, d := range slices.Concat(changes.Domains, changes.GoneDomains) {
		if d.Version > 1 {
			list = append(list, d.Name.String())
		}
	}
	return list
}

// relyOnLease takes no lock: nobody else takes a node's lease, it only ends.
const relyOnLease = `
SELECT name
FROM   lease
WHERE  name = $1 AND fence = $2 AND until > database_now()`

const relyOnRegistrar = `
SELECT id
FROM   registrar
WHERE  id = $1 AND version = $2
FOR    SHARE`

const lockNames = `
SELECT name
FROM   domain
WHERE  name = ANY (string_to_array($1, ' '))
ORDER  BY name
FOR    NO KEY UPDATE`

// An asked is one statement of a batch with what becomes of its result.
type asked struct {
	text string
	args []any
	take func(pgx.BatchResults) error
}

// batch sends statements together and takes their results in order. The first failure ends it.
func (s *session) batch(ctx context.Context, list []asked) error {
	return s.conn.Raw(func(driverConn any) error {
		conn, err := native(driverConn)
		if err != nil {
			return err
		}
		var b pgx.Batch
		for _, a := range list {
			b.Queue(a.text, a.args...)
		}
		results := conn.SendBatch(ctx, &b)
		for _, a := range list {
			if err := a.take(results); err != nil {
				return errors.Join(err, closed(results))
			}
		}
		return results.Close()
	})
}

// closed ends the reading of a batch that failed; that it failed is known already.
func closed(results pgx.BatchResults) error {
	_ = results.Close()
	return nil
}

// A stand-in is what a test may put between the store and its driver: it says what it stands for, or
// why that fails now.
type standIn interface{ Inner() (driver.Conn, error) }

// native returns the connection of the PostgreSQL driver.
func native(driverConn any) (*pgx.Conn, error) {
	if s, ok := driverConn.(standIn); ok {
		inner, err := s.Inner()
		if err != nil {
			return nil, err
		}
		driverConn = inner
	}
	conn, ok := driverConn.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("%T is no connection to PostgreSQL", driverConn)
	}
	return conn.Conn(), nil
}

// ended takes the result of a statement that only has to succeed.
func ended(results pgx.BatchResults) error {
	_, err := results.Exec()
	return err
}

// into takes the rows of a statement into an entry of the overlay: the first, or none.
func into[K comparable, V any](m map[K]found[V], key K, scan func(row) (V, error)) func(pgx.BatchResults) error {
	return func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		var f found[V]
		if rows.Next() {
			f.value, err = scan(rows)
			f.ok = err == nil
		}
		rows.Close()
		m[key] = f
		if errors.Is(err, registry.ErrUnreadable) { // it fails those who ask for it
			delete(m, key)
			return rows.Err()
		}
		if err != nil {
			return err
		}
		return rows.Err()
	}
}

// allInto takes all rows of a statement into an entry of the overlay.
func allInto[K comparable, V any](m map[K]found[[]V], key K, scan func(row) (V, error)) func(pgx.BatchResults) error {
	return func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (V, error) { return scan(row) })
		m[key] = found[[]V]{list, true}
		return err
	}
}

// fetch begins the moment of a group and reads what its jobs are known to read, in one round trip.
func (o *overlay) fetch(group []*job) error {
	list := append([]asked{{text: beginDecide, take: ended}}, o.waits.asked()...)
	list = append(list, o.session.whoServes()...)
	for _, j := range group {
		list = append(list, o.wanted(j.keys)...)
		list = append(list, o.wantedFunds(j.keys)...)
		list = append(list, o.wantedPromotions(j.keys)...)
	}
	list = append(list, o.wantedDue(group)...)
	return o.session.batch(o.ctx, append(list, o.wantedOffers()...))
}

// wantedFunds returns the read of a registrar's funds. Those of a group are of one instant, its first.
func (o *overlay) wantedFunds(keys registry.Keys) []asked {
	if !keys.Funds {
		return nil
	}
	if o.fundsAt.IsZero() {
		o.fundsAt = keys.Now
	}
	if !o.fundsAt.Equal(keys.Now) || !claim(o.funds, keys.Registrar) {
		return nil
	}
	args := []any{keys.Registrar, micros(keys.Now)}
	return []asked{{recentFunds, args, into(o.funds, keys.Registrar, scanFundsAt(keys.Now))}}
}

// wantedOffers returns the read of what is settled about all the names that are asked for.
func (o *overlay) wantedOffers() []asked {
	list := make([]string, 0, len(o.domains))
	for name := range o.domains {
		if claim(o.offers, name) {
			list = append(list, name.String())
		}
	}
	if len(list) == 0 {
		return nil
	}
	return []asked{{offersByNames, []any{strings.Join(list, " ")}, func(results pgx.BatchResults) error {
		rows, err := results.Query()
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			row, err := scanOfferRow(rows)
			if err != nil {
				return err
			}
			offer := o.offers[row.name].value
			row.addTo(&offer)
			o.offers[row.name] = found[registry.Offer]{offer, true}
		}
		rows.Close()
		return rows.Err()
	}}}
}

const offersByNames = `
SELECT name, what, list, starts, ends, reason, code, tier, creates, renews, transfers, restores
FROM   settlement
WHERE  name = ANY (string_to_array($1, ' '))
ORDER  BY name, what, starts, list DESC`

// wanted returns the reads of keys that are not asked for already.
func (o *overlay) wanted(keys registry.Keys) []asked {
	var list []asked
	if id := keys.Registrar; id != "" && claim(o.registrars, id) {
		list = append(list, asked{registrarByID, []any{id}, into(o.registrars, id, scanRegistrar)})
	}
	for _, name := range keys.Domains {
		if claim(o.domains, name) {
			list = append(list, asked{domainByName, []any{name.String()}, into(o.domains, name, scanDomain)})
		}
	}
	for _, key := range keys.Variants {
		if claim(o.variants, key) {
			list = append(list, asked{variantsOfKey, []any{key}, allInto(o.variants, key, scanName)})
		}
		if claim(o.listed, key) {
			list = append(list, asked{listingsOfKey, []any{key}, allInto(o.listed, key, scanListing)})
		}
	}
	for _, name := range keys.Hosts {
		if claim(o.hosts, name) {
			list = append(list, asked{hostByName, []any{name.String()}, into(o.hosts, name, scanHost)})
		}
	}
	for _, id := range keys.Contacts {
		if id = strings.ToLower(id); claim(o.contacts, id) {
			list = append(list, asked{contactByID, []any{id}, into(o.contacts, id, scanContact)})
		}
	}
	return append(list, o.wantedLinks(keys)...)
}

// wantedLinks returns the reads of what hangs on names and contacts.
func (o *overlay) wantedLinks(keys registry.Keys) []asked {
	var list []asked
	for _, name := range keys.Below {
		if claim(o.below, name) {
			list = append(list, asked{subordinateHosts, []any{name.String()}, allInto(o.below, name, scanHost)})
		}
	}
	for _, contact := range keys.Linked {
		if claim(o.linked, contact) {
			list = append(list, asked{linkedTo, []any{contact, registry.FewLinking}, allInto(o.linked, contact, scanName)})
		}
	}
	accounts := keys.Accounts
	if keys.Own {
		accounts = append(accounts, keys.Registrar)
	}
	for _, id := range accounts {
		if _, known := o.funds[id]; !known && claim(o.accounts, id) {
			list = append(list, asked{keptFunds, []any{id}, into(o.accounts, id, scanFunds)})
		}
	}
	return list
}

// claim enters a key, and reports whether it was not there.
func claim[K comparable, V any](m map[K]found[V], key K) bool {
	if _, taken := m[key]; taken {
		return false
	}
	m[key] = found[V]{}
	return true
}

// unsent is waiting for a batch.
func (o *overlay) unsent() []asked {
	waiting := o.waiting()
	list := make([]asked, len(waiting))
	for i, w := range waiting {
		list[i] = w.asked(o.session.text(w))
	}
	return list
}

// asked is a write as a statement of a batch.
func (w write) asked(text string) asked {
	return asked{text, w.args, func(results pgx.BatchResults) error {
		tag, err := results.Exec()
		return w.fits(tag.RowsAffected(), err)
	}}
}

func (o *overlay) send(list []asked) error {
	if len(list) == 0 {
		return nil
	}
	return o.session.batch(o.ctx, list)
}
