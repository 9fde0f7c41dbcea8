// Package store owns the database: every SQL statement, in one text for SQLite and PostgreSQL, and
// no rule. What may be written is decided in package flow; apply writes it, all or nothing.
package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/dorado/core/registry"
)

// A DB is a registry.Store on SQLite or PostgreSQL.
type DB struct {
	engine engine
	writer *pool
	reader *pool // the same as writer on PostgreSQL
	ids    idSource

	unsynced bool     // Options.Unsynced
	lock     *os.File // of a SQLite file

	// Commands wait in lanes and are run in groups, one after the other in each lane.
	lanes   []chan *job
	working sync.WaitGroup
	closing sync.RWMutex
	closed  bool

	numbers numbers
	memory  memory
	lists   listLoader

	keeper        *pool                          // connections for leases alone: no load may keep a node from its own
	acting        atomic.Pointer[registry.Fence] // the lease that all writes hold to; nil if there is none
	patience      time.Duration                  // outcomePatience, or a test's
	waits         waits                          // of a group
	listening     *pgx.ConnConfig                // how to follow other nodes
	stopFollowing func()                         // nil unless the database is followed
}

var _ registry.Store = (*DB)(nil)

// Options are the choices of OpenWith.
type Options struct {
	// Unsynced gives up durability for speed: a power cut loses answered commands. For tests, and for
	// filling a database that is thrown away if that does not end well.
	Unsynced bool
	// Disposable gives up atomicity as well, with Unsynced: SQLite keeps no journal, so a transaction
	// that fails leaves a file that cannot be used. For Fill.
	Disposable bool
	// MaxBytes is a SQLite file's for a database of which a machine keeps many: it grows no larger, and its connections
	// are few and keep little in memory; 0: it grows, and has what speed needs.
	MaxBytes int64
	// LockTime is how long a group on PostgreSQL waits for what others have locked; 15 s if zero.
	LockTime time.Duration
	// Wrap lets a test stand between the store and its driver.
	Wrap func(driver.Connector) driver.Connector
}

// Open opens a database: a postgres:// URL, or the path of a SQLite file, which is made if it is
// not there. Migrate must have brought it up to date before it is used.
func Open(ctx context.Context, dsn string) (*DB, error) { return OpenWith(ctx, dsn, Options{}) }

// OpenWith is Open with options.
func OpenWith(ctx context.Context, dsn string, o Options) (*DB, error) {
	o.LockTime = cmp.Or(o.LockTime, lockPatience)
	if o.Wrap == nil {
		o.Wrap = func(c driver.Connector) driver.Connector { return c }
	}
	var db *DB
	var err error
	if isPostgres(dsn) {
		db, err = openPostgres(dsn, o)
	} else {
		db, err = openSQLite(dsn, o)
	}
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.startLoading()
	if err := db.writer.db.PingContext(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return db, nil
}

// Close closes the database when the commands that were handed in have been run.
func (db *DB) Close() error {
	db.stop()
	if db.stopFollowing != nil {
		db.stopFollowing()
	}
	db.stopLoading()
	err := db.reader.close()
	if db.writer != db.reader {
		err = errors.Join(err, db.writer.close())
	}
	if db.keeper != nil {
		err = errors.Join(err, db.keeper.close())
	}
	if db.lock != nil {
		db.lock.Close() // a second time is no harm
	}
	return err
}

// View runs f with a Reader that sees one moment. If the connection breaks, it is done again on
// another. An error of a database that is away is a registry.ErrUnavailable.
func (db *DB) View(ctx context.Context, f func(registry.Reader) error) error {
	return db.told(db.retry(ctx, func() error {
		v := &view{ctx: ctx, db: db, known: db.memory.now()}
		defer v.end()
		return f(&recalling{&reader{ctx: ctx, open: v.session, db: db}, v})
	}))
}

// A view takes a session and begins its transaction when something is first read from the database,
// which much is not.
type view struct {
	ctx   context.Context
	db    *DB
	known moment
	taken *session
}

func (v *view) session() (*session, error) {
	if v.taken != nil {
		return v.taken, nil
	}
	s, err := v.db.reader.take(v.ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.exec(v.ctx, v.db.engine.beginView()); err != nil {
		s.broken = true
		v.db.reader.give(s)
		return nil, fmt.Errorf("begin: %w", err)
	}
	v.taken = s
	return s, nil
}

// aside reads with a session of its own, before the view has begun one, or with the view's: for what is
// one row and needs to agree with no other, so that it costs no transaction.
func (v *view) aside(read func(*reader) error) error {
	if v.taken != nil {
		return read(&reader{ctx: v.ctx, open: on(v.taken), db: v.db})
	}
	return v.db.reader.single(v.ctx, func(s *session) error { return read(&reader{ctx: v.ctx, open: on(s), db: v.db}) })
}

// end gives the session back.
func (v *view) end() {
	if v.taken == nil {
		return
	}
	if _, err := v.taken.exec(context.WithoutCancel(v.ctx), "ROLLBACK"); err != nil {
		v.taken.broken = true
	}
	v.db.reader.give(v.taken)
}

// Update runs f in a transaction and writes the Changes that it returns. If another transaction
// won, or the connection broke before the commit, both are done again. An error of a database that is
// away is a registry.ErrUnavailable.
func (db *DB) Update(ctx context.Context, keys registry.Keys, f func(registry.Reader) (registry.Changes, error)) error {
	return db.told(db.retry(ctx, func() error { return db.submit(ctx, keys, f) }))
}

// retry runs a transaction until it has not lost against another.
func (db *DB) retry(ctx context.Context, transaction func() error) error {
	for try := 1; ; try++ {
		err := transaction()
		if err == nil || try == maxTries || !db.conflicted(err) {
			return err
		}
		wait := pause
		if db.engine.lost(err) {
			wait = pauseForServer
		}
		if ended := wait(ctx, try); ended != nil {
			return fmt.Errorf("%w: %w", ended, err)
		}
	}
}

// maxTries bounds how often one command runs. Under a hundred sessions that fight for one row,
// some twenty were seen to be needed.
const maxTries = 100

// pause waits a random time that grows with the tries, so that those who met part.
func pause(ctx context.Context, try int) error {
	return pauseUpTo(ctx, min(time.Duration(try)*time.Millisecond, 20*time.Millisecond))
}

// pauseForServer waits longer, for a server that is away for a moment.
func pauseForServer(ctx context.Context, try int) error {
	return pauseUpTo(ctx, min(time.Duration(try)*5*time.Millisecond, 250*time.Millisecond))
}

func pauseUpTo(ctx context.Context, longest time.Duration) error {
	timer := time.NewTimer(rand.N(longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errConflict is what a guarded write says when the row is no longer as it was read.
var errConflict = errors.New("another transaction changed the row")

// conflicted reports whether another transaction won, so that the command has to be run again.
func (db *DB) conflicted(err error) bool {
	return errors.Is(err, errConflict) || db.engine.conflicted(err)
}

// Setting returns a value that the program keeps for itself.
func (db *DB) Setting(ctx context.Context, name string) (string, bool, error) {
	var value string
	found := false
	err := db.View(ctx, func(r registry.Reader) error {
		var err error
		value, found, err = one(r.(*recalling).reader, scanValue[string], settingByName, name)
		return err
	})
	return value, found, err
}

const settingByName = `
SELECT value
FROM   setting
WHERE  name = $1`

// PutSetting keeps a value for the program itself.
func (db *DB) PutSetting(ctx context.Context, name, value string) error {
	return db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error {
			_, err := s.exec(ctx, putSetting, name, value)
			return err
		})
	})
}

// KeepSetting keeps a value unless there is one, and returns the one that is there.
func (db *DB) KeepSetting(ctx context.Context, name, value string) (string, error) {
	err := db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error {
			_, err := s.exec(ctx, keepSetting, name, value)
			return err
		})
	})
	if err != nil {
		return "", err
	}
	kept, _, err := db.Setting(ctx, name)
	return kept, err
}

const keepSetting = `
INSERT INTO setting (name, value)
VALUES ($1, $2)
ON CONFLICT (name) DO NOTHING`

const putSetting = `
INSERT INTO setting (name, value)
VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = $2`
