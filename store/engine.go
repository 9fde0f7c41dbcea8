package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// An engine is what differs between the two databases, and nothing more.
type engine interface {
	dialect() goose.Dialect
	// beginView and beginWrite begin a transaction.
	beginView() string
	beginWrite() string
	// tables is the statement that lists the tables of a database by name.
	tables() string
	// prepare makes what only this engine needs, after the migrations.
	prepare(context.Context, *sql.DB) error
	// moreNumbers takes numbersAtOnce numbers that were never given.
	moreNumbers(*reader) ([]int64, error)
	// aloneWith runs f while no other process runs its own on the same database.
	aloneWith(context.Context, *sql.DB, func() error) error
	// alone says that nobody but this process writes to the database.
	alone() bool
	// pipelines says that a group's statements are sent together, since the database is far away.
	pipelines() bool
	// rowsAtOnce is how many new rows of one table a group writes in one statement.
	rowsAtOnce() int
	// anew returns what runs queries of a session with plans for their arguments.
	anew(*session) func(context.Context, string, ...any) (*sql.Rows, error)
	// takeNumbers is the statement that gives $1 numbers at once, and returns the last.
	takeNumbers() string
	// bulk prepares a session of a database that nobody else uses for rows by the many.
	bulk(context.Context, *session) (bulk, error)
	// conflicted reports whether the database itself says that another transaction won.
	conflicted(error) bool
	// lost reports whether the server could not be reached, or went.
	lost(error) bool
	// away reports whether the database itself says that it cannot work just now.
	away(error) bool
	// mayComeBack reports whether a commit that failed so, and that was undone, may be there at the next start.
	mayComeBack(error) bool
	// rolledBack reports whether an error of a commit says for sure that it did not take effect.
	rolledBack(error) bool
}

// SQLite: one writer, readers beside it.

type sqliteEngine struct{}

// openSQLite opens a file with one connection that writes and some that read. The writer takes its
// lock when it begins, so that a command never has to give up half way.
func openSQLite(path string, o Options) (*DB, error) {
	lock, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	synchronous, journal := "FULL", "WAL" // an answered command survives a power cut
	if o.Unsynced {
		synchronous = "OFF"
	}
	if o.Unsynced && o.Disposable {
		journal = "OFF"
	}
	file := url.URL{Path: filepath.ToSlash(path)} // whose path may hold what a URI has another use for
	common := "file:" + file.EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(" + journal + ")&_pragma=foreign_keys(1)" +
		"&_pragma=synchronous(" + synchronous + ")"
	cache, readers := writerCache, max(2, 2*runtime.NumCPU())
	if o.MaxBytes > 0 {
		cache, readers = "", 1
		common += littleCache + "&_pragma=max_page_count(" + strconv.FormatInt(o.MaxBytes/sqlitePage, 10) + ")"
	}
	writer := sql.OpenDB(o.Wrap(connector{&sqlite.Driver{}, common + cache}))
	reader := sql.OpenDB(o.Wrap(connector{&sqlite.Driver{}, common + "&_pragma=query_only(1)"}))
	db := &DB{
		engine: sqliteEngine{}, unsynced: o.Unsynced, lock: lock,
		writer: newPool(writer, 1), reader: newPool(reader, readers),
	}
	db.start(1)
	return db, nil
}

// writerCache gives the writer 64 MiB for pages, since the rows of one create lie on some thirty of them
// all over the file, and lets the log grow to 40 MB before it is written back, so that pages that
// change often are written once. Measured on a million names.
const writerCache = "&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(10000)"

// littleCache gives a connection 32 pages, for a database of which there are many.
const littleCache = "&_pragma=cache_size(32)"

// sqlitePage is the size of a page of a new SQLite file, in bytes.
const sqlitePage = 4096

// A connector opens connections of a driver that has no connector of its own.
type connector struct {
	driver driver.Driver
	dsn    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

func (sqliteEngine) dialect() goose.Dialect                 { return goose.DialectSQLite3 }
func (sqliteEngine) beginView() string                      { return "BEGIN" }
func (sqliteEngine) beginWrite() string                     { return "BEGIN IMMEDIATE" }
func (sqliteEngine) prepare(context.Context, *sql.DB) error { return nil }

func (sqliteEngine) tables() string {
	return `
SELECT name
FROM   sqlite_master
WHERE  type = 'table' AND name NOT LIKE 'sqlite_%'
ORDER  BY name`
}

func (sqliteEngine) aloneWith(_ context.Context, _ *sql.DB, f func() error) error { return f() }

// moreNumbers counts inside the transaction: there is one writer, which waits for nobody. If the
// transaction is undone, so is the counting, and the numbers have to be forgotten.
func (e sqliteEngine) moreNumbers(r *reader) ([]int64, error) {
	last, err := value[int64](r, e.takeNumbers(), numbersAtOnce)
	if err != nil {
		return nil, err
	}
	list := make([]int64, numbersAtOnce)
	for i := range list {
		list[i] = last - numbersAtOnce + 1 + int64(i)
	}
	return list, nil
}

// rowsAtOnce is one: a statement of several rows keeps a journal of its own, so that it can be undone
// alone, and that costs what it saves.
func (sqliteEngine) rowsAtOnce() int { return 1 }

// anew prepares as for all queries: the plans do not follow from the arguments.
func (sqliteEngine) anew(s *session) func(context.Context, string, ...any) (*sql.Rows, error) {
	return s.query
}

func (sqliteEngine) pipelines() bool { return false }
func (sqliteEngine) alone() bool     { return true }

func (sqliteEngine) takeNumbers() string {
	return `
UPDATE counter
SET    value = value + $1
WHERE  name = 'object'
RETURNING value`
}

func (sqliteEngine) conflicted(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_LOCKED,
		sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE,
		sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return true
	}
	return false
}

func (sqliteEngine) lost(error) bool { return false }

// away holds where the disk fails or is full, or another program has the file.
func (sqliteEngine) away(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff { // without what an extended code adds
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

// mayComeBack holds where the write-through failed: the pages lie in the log with the mark of the commit, and
// the recovery of a next start goes by what lies there.
func (sqliteEngine) mayComeBack(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_IOERR
}

// rolledBack always holds: a commit that fails in this process has been undone.
func (sqliteEngine) rolledBack(error) bool { return true }

// PostgreSQL: read committed, every write guarded by its row's version or by a constraint.

type postgresEngine struct{}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// postgresConnections bounds one node's connections; a server takes 100 by default.
const postgresConnections = 16

// keeperConnections are what a node's leases have for themselves.
const keeperConnections = 2

// postgresLanes is how many groups run side by side. More than a few only wait for each other.
const postgresLanes = 4

func openPostgres(dsn string, o Options) (*DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("the database URL: %w", err)
	}
	if o.Unsynced {
		config.RuntimeParams["synchronous_commit"] = "off"
	}
	maps.Copy(config.RuntimeParams, serverPatience)
	// Every statement has an index, and plans are kept: one that was made while a table was all but empty, as those
	// of marks often are, would read it whole when it has grown.
	config.RuntimeParams["enable_seqscan"] = "off"
	config.RuntimeParams["lock_timeout"] = milliseconds(o.LockTime)
	config.DialFunc = dialer.DialContext
	db := sql.OpenDB(o.Wrap(stdlib.GetConnector(*config)))
	all := newPool(db, postgresConnections)
	node := &DB{engine: postgresEngine{}, unsynced: o.Unsynced, writer: all, reader: all, listening: config.Copy()}
	node.patience, node.waits = outcomePatience, waits{whole: groupTime, lock: o.LockTime}
	node.keeper = newPool(sql.OpenDB(o.Wrap(stdlib.GetConnector(*config))), keeperConnections)
	node.listening.RuntimeParams["synchronous_commit"] = "off" // a beat need not survive anything
	node.start(postgresLanes)
	return node, nil
}

// serverPatience is when the server gives up a node that it does not hear of, so that what the node had
// locked is free for the others. PostgreSQL 15, sections 20.3.2 and 20.11.1.
var serverPatience = map[string]string{
	"idle_in_transaction_session_timeout": "5s", // a group holds a transaction for milliseconds
	"tcp_keepalives_idle":                 "5",
	"tcp_keepalives_interval":             "2",
	"tcp_keepalives_count":                "3",
	"tcp_user_timeout":                    "10000", // ms
}

// dialer makes connections that end when nothing is heard of the server for some ten seconds.
var dialer = net.Dialer{
	Timeout:         5 * time.Second,
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3},
	Control:         limitUnanswered,
}

func (postgresEngine) dialect() goose.Dialect { return goose.DialectPostgres }

func (postgresEngine) beginView() string  { return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" }
func (postgresEngine) beginWrite() string { return "BEGIN ISOLATION LEVEL READ COMMITTED" }

func (postgresEngine) tables() string {
	return `
SELECT CAST(tablename AS TEXT)
FROM   pg_tables
WHERE  schemaname = ANY (current_schemas(false))
ORDER  BY tablename`
}

// beginDecide begins what a group is decided on: one moment, in which nothing is written.
const beginDecide = "BEGIN ISOLATION LEVEL REPEATABLE READ"

// prepare makes the sequence from which all nodes take numbers without waiting for each other, and the
// clock of leases, in microseconds since 1970.
func (postgresEngine) prepare(ctx context.Context, db *sql.DB) error {
	for _, text := range []string{
		`CREATE SEQUENCE IF NOT EXISTS object_number`,
		`CREATE OR REPLACE FUNCTION database_now() RETURNS BIGINT LANGUAGE SQL VOLATILE AS
		 'SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)'`,
	} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// aloneWith runs f while no other node runs its own. The lock waits as long as a migration may take.
func (postgresEngine) aloneWith(ctx context.Context, db *sql.DB, f func() error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, text := range []string{`SET lock_timeout = 0`, `SELECT pg_advisory_lock(hashtextextended('schema', 0))`} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("wait for other nodes: %w", err)
		}
	}
	err = f()
	_, unlock := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended('schema', 0))`)
	_, reset := conn.ExecContext(context.WithoutCancel(ctx), `RESET lock_timeout`)
	return errors.Join(err, unlock, reset)
}

// moreNumbers takes them one by one in one round trip, since other nodes take some meanwhile.
func (postgresEngine) moreNumbers(r *reader) ([]int64, error) {
	return many(r, scanValue[int64], nextNumbers, numbersAtOnce)
}

const nextNumbers = `
SELECT nextval('object_number')
FROM   generate_series(1, CAST($1 AS BIGINT))`

// rowsAtOnce is as many as gain something: with more parameters a statement is slower to read.
func (postgresEngine) rowsAtOnce() int { return 16 }

// anew has the server forget the plan: that of a prepared statement is one for any arguments after some uses.
func (postgresEngine) anew(s *session) func(context.Context, string, ...any) (*sql.Rows, error) {
	return func(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
		return s.conn.QueryContext(ctx, text, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
	}
}

func (postgresEngine) pipelines() bool { return true }
func (postgresEngine) alone() bool     { return false }

func (postgresEngine) takeNumbers() string {
	return `SELECT setval('object_number', nextval('object_number') + $1 - 1)`
}

// The SQLSTATEs after which a command is run again. PostgreSQL 15, appendix A.
const (
	uniqueViolation      = "23505"
	foreignKeyViolation  = "23503"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	adminShutdown        = "57P01"
	crashShutdown        = "57P02"
	cannotConnectNow     = "57P03"
	tooManyConnections   = "53300"
	readOnly             = "25006"
	connectionException  = "08"
)

// unableClasses are the classes of SQLSTATEs that speak of the server and not of what it was asked.
var unableClasses = []string{"53", "57", "58"}

func (e postgresEngine) conflicted(err error) bool {
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch p.Code {
		case uniqueViolation, foreignKeyViolation, serializationFailure, deadlockDetected:
			return true
		}
	}
	return e.lost(err) && !committing(err)
}

// lost holds where another connection may do what this one could not. A time of ours that is over does not
// count: it would be over again.
func (postgresEngine) lost(err error) bool {
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		return connectionLost(p.Code)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return false
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF)
}

// away holds where the server is lost, and where it stays and cannot work: of its errors those of
// insufficient resources, of an operator's intervention and of the system, a server that only reads, and a
// lock that was waited for in vain.
func (e postgresEngine) away(err error) bool {
	if p, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case p.Code == readOnly, p.Code == lockNotAvailable, connectionLost(p.Code):
			return true
		}
		return slices.Contains(unableClasses, p.Code[:min(2, len(p.Code))])
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	return e.lost(err)
}

// mayComeBack never holds: a server whose write-through fails ends, and says what it recovers.
func (postgresEngine) mayComeBack(error) bool { return false }

// rolledBack holds where the server itself refuses the commit and stays. One that goes may have
// committed before.
func (postgresEngine) rolledBack(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && !connectionLost(e.Code)
}

func connectionLost(code string) bool {
	switch code {
	case adminShutdown, crashShutdown, cannotConnectNow, tooManyConnections:
		return true
	}
	return strings.HasPrefix(code, connectionException)
}

// committing reports whether the failure came from the commit, so that nobody knows whether it
// took effect.
func committing(err error) bool {
	_, ok := errors.AsType[*commitError](err)
	return ok
}
