package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"example.org/dorado/core/registry"
)

// A reader is a registry.Reader on one transaction. Like sql.Tx it keeps the context that it was
// begun with. The statements of an object stand beside its put: domain.go, host.go and so on.
type reader struct {
	ctx    context.Context
	tx     *sql.Tx
	engine engine
}

var _ registry.Reader = (*reader)(nil)

// A row is what one result row can be scanned from.
type row interface{ Scan(...any) error }

// one scans a row, and says that a missing one is missing.
func one[T any](r *sql.Row, scan func(row) (T, error)) (T, bool, error) {
	v, err := scan(r)
	if errors.Is(err, sql.ErrNoRows) {
		var zero T
		return zero, false, nil
	}
	return v, err == nil, err
}

// many scans all rows of a query.
func many[T any](r *reader, scan func(row) (T, error), text string, args ...any) ([]T, error) {
	rows, err := r.tx.QueryContext(r.ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// value scans a single column.
func value[T any](r row) (v T, err error) {
	err = r.Scan(&v)
	return v, err
}

// NextNumber returns a number for a ROID that no object has had.
func (r *reader) NextNumber() (int64, error) {
	return value[int64](r.tx.QueryRowContext(r.ctx, r.engine.nextNumber()))
}

// body returns the JSON that is kept of an object.
func body(object any) (string, error) {
	text, err := json.Marshal(object)
	return string(text), err
}

// unbody reads what body made.
func unbody(text string, object any, what string) error {
	if err := json.Unmarshal([]byte(text), object); err != nil {
		return fmt.Errorf("the stored %s cannot be read: %w", what, err)
	}
	return nil
}
