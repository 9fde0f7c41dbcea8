package world

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"
)

// ErrFault is what a Fault makes the database say.
var ErrFault = errors.New("injected fault")

// A Fault lets a number of database operations succeed and then fails one. The zero Fault fails
// none.
type Fault struct {
	mu    sync.Mutex
	armed bool
	left  int
	count int
	lost  LostCommit
	after func() // called when a commit was lost; nil if nobody wants to know
	done  func() // called when the next commit has taken effect; nil likewise
	fails func() // called when the armed operation is about to fail; nil likewise

	watch func(text string, args []driver.NamedValue) // called with each query that is run; nil likewise
}

// Wrap is for store.Options: it puts the fault between the store and its driver.
func (f *Fault) Wrap(c driver.Connector) driver.Connector { return faultyConnector{c, f} }

// A LostCommit is how a commit ends whose sender never hears of it.
type LostCommit int

// The zero LostCommit is none.
const (
	_           LostCommit = iota
	TakesEffect            // the database commits, and its answer is lost
	IsLost                 // the connection breaks before the database sees the commit
	IsStuck                // likewise, and the database does not notice that it broke
)

// LoseCommit breaks the connection around the next commit, once.
func (f *Fault) LoseCommit(how LostCommit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = how
}

// WhenLost has f called when the next commit is lost, before its sender sees that.
func (f *Fault) WhenLost(then func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after = then
}

// WhenCommitted has f called once, when the next commit has taken effect and its sender does not know yet.
func (f *Fault) WhenCommitted(then func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = then
}

// Watch has a function called with every query before it is run; nil ends that.
func (f *Fault) Watch(see func(text string, args []driver.NamedValue)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watch = see
}

func (f *Fault) see(text string, args []driver.NamedValue) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watch != nil {
		f.watch(text, args)
	}
}

// committed calls what waits for a commit.
func (f *Fault) committed() {
	f.mu.Lock()
	then := f.done
	f.done = nil
	f.mu.Unlock()
	if then != nil {
		then()
	}
}

// commit returns how a commit is lost, if it is.
func (f *Fault) commit() (how LostCommit, is bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	how, f.lost = f.lost, 0
	return how, how != 0
}

// After arms the fault: n operations succeed, the next one fails.
func (f *Fault) After(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed, f.left, f.count = true, n, 0
}

// Disarm ends it, and returns how many operations there were since After.
func (f *Fault) Disarm() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = false
	return f.count
}

// WhenFails has f called once, when the armed operation is about to fail: in the middle of its transaction.
func (f *Fault) WhenFails(then func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails = then
}

// next counts an operation, and says if it is the one to fail.
func (f *Fault) next() error {
	fails, then := f.isNext()
	if !fails {
		return nil
	}
	if then != nil {
		then()
	}
	return ErrFault
}

// isNext counts an operation, and says if it is the one to fail and who wants to know.
func (f *Fault) isNext() (fails bool, then func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if !f.armed {
		return false, nil
	}
	if f.left > 0 {
		f.left--
		return false, nil
	}
	f.armed = false
	then, f.fails = f.fails, nil
	return true, then
}

type faultyConnector struct {
	driver.Connector
	f *Fault
}

func (c faultyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return faultyConn{conn, c.f, new(atomic.Bool)}, nil
}

// faultyConn passes on what database/sql asks of a connection of either driver.
type faultyConn struct {
	driver.Conn
	f     *Fault
	stuck *atomic.Bool // the server is not told of its end
}

// Close closes it, unless the server must not notice.
func (c faultyConn) Close() error {
	if c.stuck.Load() {
		return nil
	}
	return c.Conn.Close()
}

// Unwrap returns the connection itself, for what database/sql has no words for.
func (c faultyConn) Unwrap() driver.Conn { return c.Conn }

func (c faultyConn) QueryContext(ctx context.Context, q string, a []driver.NamedValue) (driver.Rows, error) {
	c.f.see(q, a)
	if err := c.f.next(); err != nil {
		return nil, err
	}
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, q, a)
}

func (c faultyConn) ExecContext(ctx context.Context, q string, a []driver.NamedValue) (driver.Result, error) {
	if err := c.f.next(); err != nil {
		return nil, err
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, q, a)
}

func (c faultyConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

func (c faultyConn) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	stmt, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	return faultyStmt{stmt, c, q}, nil
}

// faultyStmt is a prepared statement. A rollback never fails: there would be nothing to learn.
type faultyStmt struct {
	driver.Stmt
	conn faultyConn
	text string
}

func (s faultyStmt) QueryContext(ctx context.Context, a []driver.NamedValue) (driver.Rows, error) {
	s.conn.f.see(s.text, a)
	if err := s.conn.f.next(); err != nil {
		return nil, err
	}
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, a)
}

func (s faultyStmt) ExecContext(ctx context.Context, a []driver.NamedValue) (driver.Result, error) {
	if s.text != "ROLLBACK" {
		if err := s.conn.f.next(); err != nil {
			return nil, err
		}
	}
	if s.text == "COMMIT" {
		if how, is := s.conn.f.commit(); is {
			return nil, s.lose(ctx, how, a)
		}
		defer s.conn.f.committed()
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, a)
}

// lose breaks the connection after a commit or in its place.
func (s faultyStmt) lose(ctx context.Context, how LostCommit, a []driver.NamedValue) error {
	switch how {
	case TakesEffect:
		if _, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, a); err != nil {
			return err
		}
	case IsStuck:
		s.conn.stuck.Store(true)
		return driver.ErrBadConn
	}
	if then := s.conn.f.after; then != nil {
		then()
	}
	return errors.Join(driver.ErrBadConn, s.conn.Conn.Close())
}

// Inner is for a store that sends a batch of statements to its driver past database/sql: the batch is
// one operation.
func (c faultyConn) Inner() (driver.Conn, error) { return c.Conn, c.f.next() }

func (c faultyConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c faultyConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}
