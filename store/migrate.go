package store

import (
	"context"
	"database/sql"
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
	there, err := db.isOurs(ctx)
	if err != nil {
		return err
	}
	current, err := db.isCurrent(ctx, there)
	if err != nil {
		return fmt.Errorf("schema version: %w", err)
	}
	if !current {
		if err := db.migrateUp(ctx); err != nil {
			return err
		}
	}
	if err := db.engine.prepare(ctx, db.writer.db); err != nil {
		return fmt.Errorf("prepare the database: %w", err)
	}
	return errors.Join(db.keyVariants(ctx), db.tellGaining(ctx), db.keyContacts(ctx), db.countDays(ctx))
}

// migrateUp runs the migrations that were not.
func (db *DB) migrateUp(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil {
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
	return nil
}

// isCurrent reports whether exactly the migrations of this program were run on a database with those tables, which is
// so at nearly every start: then nothing else needs to be asked.
func (db *DB) isCurrent(ctx context.Context, tables []string) (bool, error) {
	if !slices.Contains(tables, versionTable) {
		return false, nil
	}
	var applied []int64
	err := db.writer.single(ctx, func(s *session) (err error) {
		applied, err = many(&reader{ctx: ctx, open: on(s), db: db}, scanValue[int64], appliedMigrations)
		return err
	})
	return slices.Equal(applied, versions()), err
}

const appliedMigrations = `
SELECT version_id
FROM   goose_db_version
WHERE  is_applied AND version_id > 0
ORDER  BY version_id`

// mostNamed is how many tables of somebody else are named.
const mostNamed = 3

// isOurs returns the tables of a database, and refuses one that something else uses, before anything is made in it.
func (db *DB) isOurs(ctx context.Context) (tables []string, err error) {
	err = db.writer.single(ctx, func(s *session) (err error) {
		tables, err = many(&reader{ctx: ctx, open: on(s), db: db}, scanValue[string], db.engine.tables())
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("list the tables: %w", err)
	case len(tables) == 0, slices.Contains(tables, "registrar") && slices.Contains(tables, "setting"):
		return tables, nil
	}
	foreign := slices.DeleteFunc(slices.Clone(tables), func(name string) bool { return name == versionTable })
	if len(foreign) == 0 { // a first migration was cut short
		return tables, nil
	}
	more := ""
	if n := len(foreign) - mostNamed; n > 0 {
		foreign, more = foreign[:mostNamed], fmt.Sprintf(" and %d more", n)
	}
	return nil, fmt.Errorf("%w: %s%s", ErrForeign, strings.Join(foreign, ", "), more)
}

// versionTable is where the migrations count.
const versionTable = goose.DefaultTablename

// provider returns what runs the migrations on the database, also those that came to the program after later ones. A file
// is given to the database as it is: goose's own reader takes 4 MB for each of its lines.
func (db *DB) provider() (*goose.Provider, error) {
	var list []*goose.Migration
	for _, number := range versions() {
		list = append(list, goose.NewGoMigration(number, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			text, err := migration(number)
			if err == nil {
				_, err = tx.ExecContext(ctx, text)
			}
			return err
		}}, nil))
	}
	provider, err := goose.NewProvider(db.engine.dialect(), db.writer.db, nil, goose.WithAllowOutofOrder(true), goose.WithGoMigrations(list...))
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return provider, nil
}

// migration returns the statements of the migration with a number.
func migration(number int64) (string, error) {
	paths, err := fs.Glob(migrations, fmt.Sprintf("migrations/%05d_*.sql", number))
	if err != nil || len(paths) != 1 {
		return "", fmt.Errorf("migration %d is the files %v: %w", number, paths, err)
	}
	text, err := migrations.ReadFile(paths[0])
	return string(text), err
}

// SchemaVersion returns the schema that this program writes: the number of the last migration.
func SchemaVersion() int {
	last := int64(0)
	for _, number := range versions() {
		last = max(last, number)
	}
	return int(last)
}

// versions returns the numbers of the migrations, in order.
func versions() []int64 {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil
	}
	var list []int64
	for _, entry := range entries {
		if number, err := goose.NumericComponent(entry.Name()); err == nil {
			list = append(list, number)
		}
	}
	slices.Sort(list)
	return list
}
