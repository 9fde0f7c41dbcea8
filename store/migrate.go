package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewerSchema says that a newer Dorado has used the database.
var ErrNewerSchema = errors.New("the database was written by a newer version of dorado; run that version")

// Migrate brings the schema up to this program's, while no other node does. It refuses a schema that is
// newer.
func (db *DB) Migrate(ctx context.Context) error {
	return db.engine.aloneWith(ctx, db.writer.db, func() error { return db.migrate(ctx) })
}

func (db *DB) migrate(ctx context.Context) error {
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
	if err := db.engine.prepare(ctx, db.writer.db); err != nil {
		return fmt.Errorf("prepare the database: %w", err)
	}
	return nil
}

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
