package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A session is one connection with the statements prepared on it, used by one goroutine at a time.
// Preparing a statement costs as much as running it, and a command runs some thirty.
type session struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
	shapes   map[shape]string
	broken   bool // it cannot be used again

	// For when the answer to a commit is lost: see outcome.go.
	id      string
	groups  int64
	backend string
}

// stmt returns the statement of a text, prepared once.
func (s *session) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if stmt, ok := s.prepared[text]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.prepared[text] = stmt
	return stmt, nil
}

func (s *session) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	stmt, err := s.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (s *session) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	stmt, err := s.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// change runs a write and returns how many rows it changed.
func (s *session) change(ctx context.Context, w write) (int64, error) {
	result, err := s.exec(ctx, s.text(w), w.args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// transact runs f between the statement that begins a transaction and its end: a commit if f
// succeeds, else a rollback.
func (s *session) transact(ctx context.Context, begin string, f func() error) error {
	if _, err := s.exec(ctx, begin); err != nil {
		s.broken = true
		return fmt.Errorf("begin: %w", err)
	}
	open := true
	defer func() { // also where f panics
		if !open {
			return
		}
		if _, err := s.exec(context.WithoutCancel(ctx), "ROLLBACK"); err != nil {
			s.broken = true
		}
	}()
	if err := f(); err != nil {
		return err
	}
	if _, err := s.exec(ctx, "COMMIT"); err != nil {
		return &commitError{err}
	}
	open = false
	return nil
}

// cover writes over what a commit left in the log that was undone, before anybody is told, so that who is
// told that his command failed does not find it done after a restart. The value is another one each time: a row
// that stays the same is not written. Whether it is written through does not matter: what it lies over is gone from
// the file either way, and a power cut leaves nobody sure.
func (s *session) cover(ctx context.Context, begin string) {
	_ = s.transact(ctx, begin, func() error {
		_, err := s.exec(ctx, putSetting, coverSetting, rand.Text())
		return err
	})
}

// coverSetting has no meaning.
const coverSetting = "cover"

// A commitError is the failure of a commit, whose outcome may be unknown: the command is not run
// again unless the database says that it lost against another.
type commitError struct{ err error }

func (e *commitError) Error() string { return "commit: " + e.err.Error() }
func (e *commitError) Unwrap() error { return e.err }

// A pool lends sessions, and of those that are open the one that was used last: it has the most statements
// prepared, and as many are opened as were ever needed at once.
type pool struct {
	db     *sql.DB
	slots  chan struct{} // as many as may be lent
	closed chan struct{}
	once   sync.Once

	mu   sync.Mutex
	open []*session // that are not lent
}

func newPool(db *sql.DB, size int) *pool {
	db.SetMaxOpenConns(size + 1) // one more for the migrations
	db.SetMaxIdleConns(size)
	p := &pool{db: db, slots: make(chan struct{}, size), closed: make(chan struct{})}
	for range size {
		p.slots <- struct{}{}
	}
	return p
}

// with runs f with a session, waiting for one if all are lent.
func (p *pool) with(ctx context.Context, f func(*session) error) error {
	s, err := p.take(ctx)
	if err != nil {
		return err
	}
	defer p.give(s)
	return f(s)
}

// single is with for one statement outside of a transaction. If it fails, nobody has looked at the
// connection since, so it is not lent again.
func (p *pool) single(ctx context.Context, f func(*session) error) error {
	return p.with(ctx, func(s *session) error {
		err := f(s)
		s.broken = err != nil
		return err
	})
}

// take lends a session, waiting for one if all are lent.
func (p *pool) take(ctx context.Context) (*session, error) {
	select {
	case <-p.slots:
	case <-p.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s := p.last(); s != nil {
		return s, nil
	}
	conn, err := p.db.Conn(ctx)
	if err != nil {
		p.slots <- struct{}{}
		return nil, err
	}
	return &session{conn: conn, prepared: map[string]*sql.Stmt{}, shapes: map[shape]string{}, id: rand.Text()}, nil
}

// last takes the open session that was given back last; nil if there is none.
func (p *pool) last() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.open)
	if n == 0 {
		return nil
	}
	s := p.open[n-1]
	p.open = p.open[:n-1]
	return s
}

// give takes a session back. One that is broken is thrown away, and its slot is free for another.
func (p *pool) give(s *session) {
	if s.broken {
		s.discard()
	} else {
		p.mu.Lock()
		p.open = append(p.open, s)
		p.mu.Unlock()
	}
	p.slots <- struct{}{}
}

// close ends a session in order: an open statement would keep SQLite from tidying its log away.
func (s *session) close() error {
	var err error
	for _, stmt := range s.prepared {
		err = errors.Join(err, stmt.Close())
	}
	return errors.Join(err, s.conn.Close())
}

// discard ends a session and its connection, whatever state it is in.
func (s *session) discard() {
	s.hangUp()
	for _, stmt := range s.prepared {
		stmt.Close()
	}
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // with another answer database/sql keeps it for the next one
	s.conn.Close()
}

// hangUp ends a connection to a server, which forgets with it all that was prepared: one that has gone is not waited for to
// forget each statement.
func (s *session) hangUp() {
	_ = s.conn.Raw(func(driverConn any) error {
		conn, err := native(driverConn)
		if err != nil {
			return err // no server, or it is away
		}
		ctx, cancel := context.WithTimeout(context.Background(), hangUpTime)
		defer cancel()
		return conn.Close(ctx)
	})
}

// hangUpTime is how long it may take to tell the server.
const hangUpTime = time.Second

// errClosed is what a database says that was closed.
var errClosed = errors.New("the database is closed")

// close waits until every session is given back, and ends them.
func (p *pool) close() (err error) {
	p.once.Do(func() {
		close(p.closed)
		for range cap(p.slots) {
			<-p.slots
		}
		for s := p.last(); s != nil; s = p.last() {
			err = errors.Join(err, s.close())
		}
		err = errors.Join(err, p.db.Close())
	})
	return err
}
