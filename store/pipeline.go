package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"example.org/dorado/core/registry"
)

// A database at the other end of a connection costs a round trip for each statement that is sent
// alone. A group there takes three: the transaction begins and all that its commands are known to
// read is fetched; the commands run on what was fetched, each seeing what those before it decided;
// all that they write is sent; and if every write fitted, the commit.

// transactPipelined runs jobs in one transaction on PostgreSQL.
func (db *DB) transactPipelined(ctx context.Context, s *session, group []*job) error {
	ctx, cancel := context.WithTimeout(ctx, groupTime)
	defer cancel()
	o := newOverlay(s, &reader{ctx, on(s), db})
	begun := false
	defer func() {
		if begun {
			if _, err := s.exec(ctx, "ROLLBACK"); err != nil {
				s.broken = true
			}
		}
	}()
	begun = true
	if err := o.fetch(db.engine.beginWrite(), group); err != nil {
		return err
	}
	if err := o.run(group); err != nil {
		return err
	}
	o.announce(newsOfGroup(group))
	number, err := o.flushLast()
	if err != nil {
		return err
	}
	if _, err := s.exec(ctx, "COMMIT"); err != nil {
		s.broken = true
		begun = false // it has ended, one way or the other
		return db.outcome(context.WithoutCancel(ctx), number, err)
	}
	begun = false
	return nil
}

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
			if f.value, err = scan(rows); err != nil {
				return err
			}
			f.ok = true
		}
		rows.Close()
		m[key] = f
		return rows.Err()
	}
}

// fetch begins the transaction and reads what the jobs are known to read, in one round trip.
func (o *overlay) fetch(begin string, group []*job) error {
	list := []asked{{text: begin, take: ended}}
	for _, j := range group {
		list = append(list, o.wanted(j.keys)...)
	}
	return o.session.batch(o.ctx, list)
}

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

// flushLast is the flush before the commit. It returns the number of the transaction.
func (o *overlay) flushLast() (number string, err error) {
	list := append(o.unsent(), asked{text: transactionNumber, take: func(results pgx.BatchResults) error {
		return results.QueryRow().Scan(&number)
	}})
	return number, o.send(list)
}

// unsent is waiting for a batch.
func (o *overlay) unsent() []asked {
	waiting := o.waiting()
	list := make([]asked, len(waiting), len(waiting)+1)
	for i, w := range waiting {
		list[i] = asked{o.session.text(w), w.args, func(results pgx.BatchResults) error {
			tag, err := results.Exec()
			return w.fits(tag.RowsAffected(), err)
		}}
	}
	return list
}

func (o *overlay) send(list []asked) error {
	if len(list) == 0 {
		return nil
	}
	return o.session.batch(o.ctx, list)
}
