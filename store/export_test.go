package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// Pragmas reads what the writer's connection is set to.
func Pragmas(t *testing.T, db *DB, into map[string]string) {
	t.Helper()
	for _, pragma := range []string{"journal_mode", "synchronous", "foreign_keys"} {
		var value string
		err := db.writer.with(t.Context(), func(s *session) error {
			return s.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&value)
		})
		if err != nil {
			t.Fatal(err)
		}
		into[pragma] = value
	}
}

// MigrateTo brings the schema of an empty database up to a version.
func MigrateTo(t *testing.T, db *DB, version int64) {
	t.Helper()
	provider, err := db.provider()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}

// Waiting is how many commands wait for those that run.
func Waiting(db *DB) int {
	waiting := 0
	for _, lane := range db.lanes {
		waiting += len(lane)
	}
	return waiting
}

// Remembers reports whether a node answers from its memory just now.
func Remembers(db *DB) bool {
	db.memory.mu.RLock()
	defer db.memory.mu.RUnlock()
	return db.memory.usable()
}

// Doubt is what a commit does whose end nobody knows.
func Doubt(db *DB) { db.memory.doubt() }

// RemembersOffer reports whether a node answers what is settled about a name from its memory just now.
func RemembersOffer(db *DB, name names.Name) bool {
	_, sure := db.memory.offer(name, time.Now())
	return sure
}

// RemembersListings reports the same of the entries of a key.
func RemembersListings(db *DB, key string) bool {
	_, sure := db.memory.variantListings(key)
	return sure
}

// Impatient makes a store give up soon on a commit whose outcome it cannot learn.
func Impatient(db *DB) { db.patience = 300 * time.Millisecond }

// RemembersOfferAt is RemembersOffer for an instant.
func RemembersOfferAt(db *DB, name names.Name, at time.Time) bool {
	_, sure := db.memory.offer(name, at)
	return sure
}

// LoadedLists returns of how many price lists the entries are remembered.
func LoadedLists(db *DB) (n int) {
	db.memory.mu.RLock()
	defer db.memory.mu.RUnlock()
	for _, l := range db.memory.prices.lists {
		if l.entries.Load() != nil {
			n++
		}
	}
	return n
}

// LoadsLists reports whether the entries of a price list are being read.
func LoadsLists(db *DB) bool {
	db.memory.mu.RLock()
	defer db.memory.mu.RUnlock()
	return slices.ContainsFunc(db.memory.prices.lists, func(l *knownList) bool { return l.loading.Load() })
}

// ListLoads returns how often the entries of a price list have been read.
func ListLoads(db *DB) int64 { return db.memory.prices.turn.Load() }

// Stored runs f with a reader that has no memory.
func Stored(db *DB, f func(registry.Reader) error) error {
	ctx := context.Background()
	return db.reader.with(ctx, func(s *session) error { return f(&reader{ctx: ctx, open: on(s), db: db}) })
}

// OwnStatement is the statement of a part of a registrar's names, with its arguments.
func OwnStatement(f registry.OwnFilter, way registry.Way, after registry.OwnPlace) (string, []any) {
	q := newOwnQuery(f, way, after)
	text := q.part(400)
	for i, v := range q.args {
		q.args[i] = bare(v)
	}
	return text, q.args
}

// AccountStatements are those with which a registrar's account is read, by what they are called.
func AccountStatements() map[string]string {
	return map[string]string{
		"talliesOf": talliesOf, "tallySums": tallySums, "openCharges": openCharges, "dueCharges": dueCharges,
		"invoicesOf": invoicesOf, "depositsOf": depositsOf, "premiumTier": premiumTier, "premiumOwn": premiumOwn,
		"premiumNames": premiumNames, "entriesBefore": entriesBefore, "entrySums": entrySums, "sealBefore": sealBefore,
	}
}

// Break begins a transaction on the connection that writes, and gives it back as one that is broken.
func Break(t *testing.T, db *DB) {
	t.Helper()
	err := db.writer.single(t.Context(), func(s *session) error {
		if _, err := s.exec(t.Context(), db.engine.beginWrite()); err != nil {
			t.Fatal(err)
		}
		return errors.New("broken")
	})
	if err == nil {
		t.Fatal("it is not broken")
	}
}
