package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewerSchema says that a newer Dorado has used the database.
var ErrNewerSchema = errors.New("the database was written by a newer version of dorado; run that version")

// ErrForeign says that a database has tables of something else, and none of a registry.
var ErrForeign = errors.New("the database has tables of something else")

// Migrate brings the schema up to this program's, while no other node does. It refuses a schema that is
// newer, and a database that has tables of something else and none of a registry.
func (db *DB) Migrate(ctx context.Context) error {
	return db.engine.aloneWith(ctx, db.writer.db, func() error { return db.migrate(ctx) })
}

func (db *DB) migrate(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	if err := db.isOurs(ctx); err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	if current > target {
		return fmt.Errorf("schema %d, this program knows %d: %w", current, target, ErrNewerSchema)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the schema: %w", err)
	}
	if err := db.engine.prepare(ctx, db.writer.db); err != nil {
		return fmt.Errorf("prepare the database: %w", err)
	}
	return db.keyVariants(ctx)
}

// mostNamed is how many tables of somebody else are named.
const mostNamed = 3

// isOurs refuses a database that something else uses, before anything is made in it.
func (db *DB) isOurs(ctx context.Context) error {
	var tables []string
	err := db.writer.with(ctx, func(s *session) (err error) {
		tables, err = many(&reader{ctx, on(s), db}, scanValue[string], db.engine.tables())
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("list the tables: %w", err)
	case len(tables) == 0, slices.Contains(tables, "registrar") && slices.Contains(tables, "setting"):
		return nil
	}
	tables = slices.DeleteFunc(tables, func(name string) bool { return name == versionTable })
	if len(tables) == 0 { // a first migration was cut short
		return nil
	}
	more := ""
	if n := len(tables) - mostNamed; n > 0 {
		tables, more = tables[:mostNamed], fmt.Sprintf(" and %d more", n)
	}
	return fmt.Errorf("%w: %s%s", ErrForeign, strings.Join(tables, ", "), more)
}

// versionTable is where the migrations count.
const versionTable = goose.DefaultTablename

// provider returns what runs the migrations on the database.
func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(db.engine.dialect(), db.writer.db, files)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return provider, nil
}

// SchemaVersion returns the schema that this program writes: the number of the last migration.
func SchemaVersion() int {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0
	}
	last := int64(0)
	for _, entry := range entries {
		if number, err := goose.NumericComponent(entry.Name()); err == nil {
			last = max(last, number)
		}
	}
	return int(last)
}
