package pg

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// To make a schema costs more than most tests do with it. A database whose schema a test has left as it was is lent
// to the next one with the rows that it had in the beginning.

// A readied database has been prepared. Its connection outlives the tests: a new one would first have to read the whole
// catalog, which costs more than to put the rows right.
type readied struct {
	name, schema string // the schema is what it was then
	conn         *pgx.Conn
}

// connect connects to the database, unless the connection that there was is still good: some tests end all.
func (db *readied) connect(ctx context.Context, c cluster) error {
	if db.conn != nil && db.conn.Ping(ctx) == nil {
		return nil
	}
	conn, err := pgx.Connect(ctx, withDatabase(c.dsn, db.name))
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	db.conn = conn
	return nil
}

// Ready are databases that were prepared in the same way and wait for a test.
type Ready struct {
	prepare func(dsn string) error
	mu      sync.Mutex
	waiting []*readied
}

// NewReady returns databases that prepare makes of empty ones.
func NewReady(prepare func(dsn string) error) *Ready { return &Ready{prepare: prepare} }

// Chosen is the package's [Chosen] for a database that has been prepared.
func (r *Ready) Chosen(t testing.TB) (dsn string, postgres bool) {
	t.Helper()
	if !Is(t) {
		return "", false
	}
	return r.DSN(t), true
}

// DSN is the package's [DSN] for a database that has been prepared.
func (r *Ready) DSN(t testing.TB) string {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	db, err := r.lend(c)
	if err != nil {
		t.Fatalf("make the database of the test: %v", err)
	}
	t.Cleanup(func() {
		if err := r.takeBack(c, db); err != nil {
			t.Errorf("clean up the database of the test: %v", err)
		}
	})
	return withDatabase(c.dsn, db.name)
}

func (r *Ready) lend(c cluster) (*readied, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.waiting); n > 0 {
		db := r.waiting[n-1]
		r.waiting = r.waiting[:n-1]
		return db, nil
	}
	name, err := c.lend()
	if err != nil {
		return nil, err
	}
	db, dsn := &readied{name: name}, withDatabase(c.dsn, name)
	if err := errors.Join(r.prepare(dsn), do(dsn, keep)); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := db.connect(ctx, c); err != nil {
		return nil, err
	}
	db.schema, err = schemaOf(ctx, db.conn)
	return db, err
}

// takeBack makes a database what it was when it was prepared, or gives it to those that are not, where a test has
// changed its schema or enough are waiting.
func (r *Ready) takeBack(c cluster, db *readied) error {
	r.mu.Lock()
	enough := !c.disposable || len(r.waiting) == idle
	r.mu.Unlock()
	same := false
	if !enough {
		var err error
		if same, err = db.restore(c); err != nil {
			return err
		}
	}
	if !same {
		_ = db.conn.Close(context.Background()) // of which nothing is left to hear
		return c.takeBack(db.name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = append(r.waiting, db)
	return nil
}

// restore makes a database what it was when it was prepared, and reports false where a test has changed its schema.
func (db *readied) restore(c cluster) (same bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := db.connect(ctx, c); err != nil {
		return false, err
	}
	if err := disconnect(ctx, db.conn, db.name); err != nil {
		return false, err
	}
	schema, err := schemaOf(ctx, db.conn)
	if err != nil || schema != db.schema {
		return false, err
	}
	if _, err := db.conn.Exec(ctx, restore); err != nil {
		return false, fmt.Errorf("restore the rows: %w", err)
	}
	return true, nil
}

// schemaOf returns what tells one schema from another: tables, views and indexes with their columns, constraints,
// functions and triggers.
func schemaOf(ctx context.Context, conn *pgx.Conn) (string, error) {
	var parts []string
	for _, query := range []string{columns, constraints, functions, triggers} {
		var part string
		if err := conn.QueryRow(ctx, query).Scan(&part); err != nil {
			return "", fmt.Errorf("%s: %w", strings.TrimSpace(query), err)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " "), nil
}

const columns = `
SELECT COALESCE(md5(string_agg(concat_ws(' ', n.nspname, c.oid, c.relname, c.relkind, a.attnum, a.attname, a.atttypid, a.attnotnull),
                               ',' ORDER BY c.oid, a.attnum)), '')
FROM   pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE  n.nspname !~ '^(pg_|information_schema$)'`

const constraints = `
SELECT COALESCE(md5(string_agg(concat_ws(' ', oid, conname, convalidated, condeferred), ',' ORDER BY oid)), '')
FROM   pg_constraint
WHERE  connamespace = 'public'::regnamespace`

const functions = `
SELECT COALESCE(md5(string_agg(concat_ws(' ', oid, proname, prosrc), ',' ORDER BY oid)), '')
FROM   pg_proc
WHERE  pronamespace = 'public'::regnamespace`

const triggers = `
SELECT COALESCE(md5(string_agg(concat_ws(' ', oid, tgname, tgenabled), ',' ORDER BY oid)), '')
FROM   pg_trigger`

// keep copies the rows of the tables that have some, and where sequences stand.
const keep = `
DO $$
DECLARE t name; s name; filled boolean;
BEGIN
  CREATE SCHEMA kept;
  CREATE SCHEMA kept_numbers;
  CREATE TABLE kept_numbers.sequence (name name, last bigint, called boolean);
  FOR s IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('INSERT INTO kept_numbers.sequence SELECT %L, last_value, is_called FROM public.%I', s, s);
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t) INTO filled;
    IF filled THEN
      EXECUTE format('CREATE TABLE kept.%I AS SELECT * FROM public.%I', t, t);
    END IF;
  END LOOP;
END $$`

// restore makes tables have the rows that were kept, and sequences stand where they stood. A large table is truncated, since its
// dead rows would be in the way of the next test.
const restore = `
DO $$
DECLARE t name;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    IF pg_relation_size(format('public.%I', t)::regclass) > 65536 THEN
      EXECUTE format('TRUNCATE public.%I CASCADE', t);
    ELSE
      EXECUTE format('DELETE FROM public.%I', t);
    END IF;
  END LOOP;
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'kept' LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', t, t);
  END LOOP;
  PERFORM setval(format('public.%I', name)::regclass, last, called) FROM kept_numbers.sequence;
END $$`
