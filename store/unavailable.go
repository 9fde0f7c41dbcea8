package store

import (
	"context"
	"errors"
	"fmt"

	"example.org/dorado/core/registry"
)

// told is the error of a View or an Update as its caller sees it: one that is the database's, not
// anybody's mistake, is marked with registry.ErrUnavailable.
func (db *DB) told(err error) error {
	if err == nil || !db.away(err) {
		return err
	}
	return fmt.Errorf("%w: %w", registry.ErrUnavailable, err)
}

// away reports whether an error says that the database could not be asked just now. A caller that has gone
// itself learns nothing from it.
func (db *DB) away(err error) bool {
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case errors.Is(err, errClosed), errors.Is(err, registry.ErrFenced), errors.Is(err, context.DeadlineExceeded):
		return true
	}
	return db.engine.away(err)
}
