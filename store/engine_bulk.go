package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"example.org/dorado/core/ledger"
)

// How each engine takes rows by the many. Both put indexes aside and build them at the end, which
// takes a tenth of the time that keeping them takes.

// A definition is an index or a constraint: how it is removed, and how it is made again.
type definition struct{ drop, create string }

func scanDefinition(row row) (d definition, err error) {
	err = row.Scan(&d.drop, &d.create)
	return d, err
}

// setAside drops definitions in order.
func setAside(ctx context.Context, s *session, list []definition) error {
	for _, d := range list {
		if _, err := s.conn.ExecContext(ctx, d.drop); err != nil {
			return fmt.Errorf("%s: %w", d.drop, err)
		}
	}
	return nil
}

// putBack makes definitions again in the opposite order.
func putBack(ctx context.Context, s *session, list []definition) error {
	for i := len(list) - 1; i >= 0; i-- {
		if _, err := s.conn.ExecContext(ctx, list[i].create); err != nil {
			return fmt.Errorf("%s: %w", list[i].create, err)
		}
	}
	return nil
}

// script runs statements that are not worth keeping.
func script(ctx context.Context, s *session, statements ...string) error {
	for _, text := range statements {
		if _, err := s.conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// sqliteBulk is one transaction with a cache in which the tables' own indexes find room: keys of
// links come in no order, and 300 MB hold those of a million names.
type sqliteBulk struct {
	session *session
	aside   []definition
}

func (e sqliteEngine) bulk(ctx context.Context, s *session) (bulk, error) {
	err := script(ctx, s, "PRAGMA foreign_keys = 0", "PRAGMA cache_size = -400000", e.beginWrite())
	if err != nil {
		return nil, err
	}
	aside, err := many(&reader{ctx: ctx, open: on(s)}, scanDefinition, sqliteIndexes)
	if err != nil {
		return nil, err
	}
	return &sqliteBulk{s, aside}, setAside(ctx, s, aside)
}

const sqliteIndexes = `
SELECT 'DROP INDEX "' || name || '"', sql
FROM   sqlite_master
WHERE  type = 'index' AND sql IS NOT NULL
ORDER  BY name`

// sqliteRows is how many rows one statement inserts. A statement costs as much as a row or two, and
// one with hundreds of parameters more than it saves.
const sqliteRows = 16

func (b *sqliteBulk) insert(ctx context.Context, statement string, rows [][]any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// The driver starts a goroutine for each statement that could be cancelled.
	ctx = context.WithoutCancel(ctx)
	table, columns, err := target(statement)
	if err != nil {
		return err
	}
	args := make([]any, 0, sqliteRows*len(columns))
	for some := range slices.Chunk(rows, sqliteRows) {
		args = args[:0]
		for _, row := range some {
			args = append(args, row...)
		}
		if _, err := b.session.exec(ctx, insertRows(statement, len(columns), len(some)), args...); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
	}
	return nil
}

// insertRows makes of an INSERT statement one that inserts so many rows. Parameters without a number
// save the driver a look at their names.
func insertRows(statement string, columns, count int) string {
	row := "(?" + strings.Repeat(", ?", columns-1) + ")"
	head, _, _ := strings.Cut(statement, "VALUES")
	return head + "VALUES " + row + strings.Repeat(", "+row, count-1)
}

func (b *sqliteBulk) addToFunds(ctx context.Context, party ledger.Party, d delta) error {
	_, err := b.session.exec(ctx, addInBulk, party, d.balance, d.authorised)
	return err
}

func (b *sqliteBulk) end(ctx context.Context, keep bool) error {
	if !keep {
		return script(ctx, b.session, "ROLLBACK")
	}
	if err := putBack(ctx, b.session, b.aside); err != nil {
		return err
	}
	return script(ctx, b.session, "COMMIT")
}

// postgresBulk is one transaction of COPY into tables without any index or constraint.
type postgresBulk struct {
	session *session
	aside   []definition
}

func (e postgresEngine) bulk(ctx context.Context, s *session) (bulk, error) {
	err := script(ctx, s, e.beginWrite(), "SET LOCAL maintenance_work_mem = '256MB'", "SET LOCAL enable_seqscan = on")
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, open: on(s)}
	constraints, errA := many(r, scanDefinition, postgresConstraints)
	indexes, errB := many(r, scanDefinition, postgresIndexes)
	if err := errors.Join(errA, errB); err != nil {
		return nil, err
	}
	aside := append(constraints, indexes...)
	return &postgresBulk{s, aside}, setAside(ctx, s, aside)
}

// Foreign keys come before the keys that they need.
const postgresConstraints = `
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM   pg_constraint
WHERE  connamespace = current_schema()::regnamespace AND contype IN ('f', 'p', 'u')
ORDER  BY contype <> 'f', conname`

const postgresIndexes = `
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM   pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE  relnamespace = current_schema()::regnamespace
AND    NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER  BY 1`

func (b *postgresBulk) insert(ctx context.Context, statement string, rows [][]any) error {
	table, columns, err := target(statement)
	if err != nil {
		return err
	}
	return b.session.conn.Raw(func(driverConn any) error {
		conn, err := pgxConn(driverConn)
		if err != nil {
			return err
		}
		_, err = conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		if err != nil {
			return fmt.Errorf("copy into %s: %w", table, err)
		}
		return nil
	})
}

// target returns the table and columns of an INSERT statement.
func target(statement string) (table string, columns []string, err error) {
	head, _, found := strings.Cut(statement, ")")
	into, list, open := strings.Cut(head, "(")
	if words := strings.Fields(into); found && open && len(words) == 3 {
		for c := range strings.SplitSeq(list, ",") {
			columns = append(columns, strings.TrimSpace(c))
		}
		return words[2], columns, nil
	}
	return "", nil, fmt.Errorf("no plain insert: %s", statement)
}

// pgxConn returns the connection behind database/sql's, also if something stands between.
func pgxConn(driverConn any) (*pgx.Conn, error) {
	for {
		switch c := driverConn.(type) {
		case *stdlib.Conn:
			return c.Conn(), nil
		case interface{ Unwrap() driver.Conn }:
			driverConn = c.Unwrap()
		default:
			return nil, fmt.Errorf("copy: %T is no connection of PostgreSQL", c)
		}
	}
}

func (b *postgresBulk) addToFunds(ctx context.Context, party ledger.Party, d delta) error {
	_, err := b.session.exec(ctx, addInBulk, party, d.balance, d.authorised)
	return err
}

// end also counts what the tables hold: without that, PostgreSQL takes them for empty and reads
// them whole.
func (b *postgresBulk) end(ctx context.Context, keep bool) error {
	if !keep {
		return script(ctx, b.session, "ROLLBACK")
	}
	if err := putBack(ctx, b.session, b.aside); err != nil {
		return err
	}
	return script(ctx, b.session, "COMMIT", "ANALYZE")
}
