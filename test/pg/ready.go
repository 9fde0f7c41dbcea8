package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// To make a schema costs more than most tests do with it. A database whose schema a test has left as it was is lent
// to the next one with the rows that it had in the beginning.

// A readied database has been prepared, and what its schema was then.
type readied struct{ name, schema string }

// Ready are databases that were prepared in the same way and wait for a test.
type Ready struct {
	prepare func(dsn string) error
	mu      sync.Mutex
	waiting []readied
}

// NewReady returns databases that prepare makes of empty ones.
func NewReady(prepare func(dsn string) error) *Ready { return &Ready{prepare: prepare} }

// Chosen is the package's [Chosen] for a database that has been prepared.
func (r *Ready) Chosen(t testing.TB) (dsn string, postgres bool) {
	t.Helper()
	if os.Getenv("TEST_DATABASE") != "postgres" {
		return Chosen(t)
	}
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
	return withDatabase(c.dsn, db.name), true
}

func (r *Ready) lend(c cluster) (readied, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.waiting); n > 0 {
		db := r.waiting[n-1]
		r.waiting = r.waiting[:n-1]
		return db, nil
	}
	name, err := c.lend()
	if err != nil {
		return readied{}, err
	}
	dsn := withDatabase(c.dsn, name)
	err = errors.Join(r.prepare(dsn), do(dsn, keep))
	db := readied{name: name}
	if err == nil {
		db.schema, err = schemaOf(dsn)
	}
	return db, err
}

// takeBack makes a database what it was when it was prepared, or gives it to those that are not, where a test has
// changed its schema or enough are waiting.
func (r *Ready) takeBack(c cluster, db readied) error {
	if err := do(c.dsn, disconnect, db.name); err != nil {
		return err
	}
	dsn := withDatabase(c.dsn, db.name)
	schema, err := schemaOf(dsn)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !c.disposable || schema != db.schema || len(r.waiting) == idle {
		return c.takeBack(db.name)
	}
	if err := do(dsn, restore); err != nil {
		return err
	}
	r.waiting = append(r.waiting, db)
	return nil
}

// schemaOf returns what tells one schema from another: tables, views and indexes with their columns, constraints,
// functions and triggers.
func schemaOf(dsn string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
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
