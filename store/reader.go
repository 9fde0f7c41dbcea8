package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"example.org/dorado/core/registry"
)

// A reader is a registry.Reader on one transaction. It keeps the context that it was begun with.
// The statements of an object stand beside its put: domain.go, host.go and so on.
type reader struct {
	ctx  context.Context
	open func() (*session, error) // returns the session, in its transaction
	db   *DB

	isAnew bool // its queries are planned for their arguments each time
}

// anew returns the reader with queries that are planned for their arguments each time: those of lists and searches,
// whose plan for any arguments is that for a usual share of a table, and reads far too much of it for most.
func (r *reader) anew() *reader {
	one := *r
	one.isAnew = true
	return &one
}

// on returns what gives a session whose transaction has begun.
func on(s *session) func() (*session, error) { return func() (*session, error) { return s, nil } }

var _ registry.Reader = (*reader)(nil)

// A row is what one result row can be scanned from.
type row interface{ Scan(...any) error }

// many scans all rows of a query.
func many[T any](r *reader, scan func(row) (T, error), text string, args ...any) ([]T, error) {
	var list []T
	err := r.each(func(row row) error {
		v, err := scan(row)
		list = append(list, v)
		return err
	}, text, args...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// each calls use with all rows of a query, one after the other.
func (r *reader) each(use func(row) error, text string, args ...any) error {
	session, err := r.open()
	if err != nil {
		return err
	}
	query := session.query
	if r.isAnew {
		query = r.db.engine.anew(session)
	}
	rows, err := query(r.ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := use(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one scans the row of a query, and says that a missing one is missing.
func one[T any](r *reader, scan func(row) (T, error), text string, args ...any) (T, bool, error) {
	var zero T
	list, err := many(r, scan, text, args...)
	if err != nil || len(list) == 0 {
		return zero, false, err
	}
	return list[0], true, nil
}

// value returns the single value of a query that always has one.
func value[T any](r *reader, text string, args ...any) (T, error) {
	v, _, err := one(r, scanValue[T], text, args...)
	return v, err
}

func scanValue[T any](row row) (v T, err error) {
	err = row.Scan(&v)
	return v, err
}

// NextNumber returns a number for a ROID that no object has had.
func (r *reader) NextNumber() (int64, error) {
	return r.db.numbers.take(func() ([]int64, error) { return r.db.engine.moreNumbers(r) })
}

// numbersAtOnce is how many numbers are taken from the database together. What is left of them when the
// program ends is a gap.
const numbersAtOnce = 100

// numbers are those that were taken from the database and not given yet.
type numbers struct {
	mu   sync.Mutex
	left []int64
}

func (n *numbers) take(more func() ([]int64, error)) (int64, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.left) == 0 {
		var err error
		if n.left, err = more(); err != nil {
			return 0, err
		}
	}
	next := n.left[0]
	n.left = n.left[1:]
	return next, nil
}

// forget drops what is left, where the transaction that took it has perhaps been undone.
func (n *numbers) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.left = nil
}

// body returns the JSON that is kept of an object.
func body(object any) (string, error) {
	text, err := json.Marshal(object)
	return string(text), err
}

// body is body for a statement: a failure sticks. The row of an object and that of its history share one.
func (w *writer) body(s state) string {
	if text, ok := w.bodies[s.version]; ok {
		return text
	}
	text, err := body(s.object)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("put %s %s: %w", s.kind, s.name, err)
	}
	w.bodies[s.version] = text
	return text
}

// unbody reads what body made.
func unbody(text string, object any, what string) error {
	if err := json.Unmarshal([]byte(text), object); err != nil {
		return fmt.Errorf("the stored %s %w: %w", what, registry.ErrUnreadable, err)
	}
	return nil
}
