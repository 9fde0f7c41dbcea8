package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Where the answer to a commit is lost, with the connection or with the server, the commands may have
// taken effect or not, and running them again would do the first kind twice. So each group also writes
// its number into a row of its session, and whoever misses an answer looks there over another
// connection, when the server's side of the old one has gone.
//
// The number of the transaction would not do: after a crash PostgreSQL gives numbers again that were
// never written to its log.

// outcomePatience bounds how long the outcome of a commit is asked for: those who wait hold a lane
// meanwhile.
const outcomePatience = 20 * time.Second

// keepOutcome is the write by which a group leaves its number.
func (s *session) keepOutcome() asked {
	s.groups++
	return asked{putOutcome, []any{s.id, s.groups, time.Now().UnixMicro()}, ended}
}

const putOutcome = `
INSERT INTO outcome (session, number, at)
VALUES ($1, $2, $3)
ON CONFLICT (session) DO UPDATE SET number = $2, at = $3`

// whoServes asks once for what tells the server's side of this session from any other, also from a later
// one with the same process id.
func (s *session) whoServes() []asked {
	if s.backend != "" {
		return nil
	}
	return []asked{{text: ownBackend, take: func(results pgx.BatchResults) error {
		return results.QueryRow().Scan(&s.backend)
	}}}
}

const ownBackend = `
SELECT pid || ' ' || backend_start
FROM   pg_stat_activity
WHERE  pid = pg_backend_pid()`

// outcome returns nil if a group whose commit ended with an error was committed, and an error that has it
// run again if it was not.
func (db *DB) outcome(ctx context.Context, s *session, cause error) error {
	if db.engine.rolledBack(cause) {
		return fmt.Errorf("commit: %w", cause)
	}
	ctx, cancel := context.WithTimeout(ctx, db.patience)
	defer cancel()
	for try := 1; ; try++ {
		known, committed, err := db.lookForOutcome(ctx, s)
		switch {
		case known && committed:
			return nil
		case known:
			return fmt.Errorf("commit: %w: %w", cause, errConflict)
		}
		if waited := pause(ctx, try*10); waited != nil {
			return &commitError{errors.Join(cause, err)}
		}
	}
}

// lookForOutcome reports what became of the last group of a session. It is known for sure when the group
// is there, or when it is not there after the server's side of the session has gone; which is told to go.
func (db *DB) lookForOutcome(ctx context.Context, s *session) (known, committed bool, err error) {
	err = db.writer.single(ctx, func(other *session) error {
		r := &reader{ctx: ctx, open: on(other), db: db}
		_, alive, err := one(r, scanValue[bool], endBackend, s.backend)
		if err != nil {
			return err
		}
		number, _, err := one(r, scanValue[int64], outcomeOf, s.id) // after it was seen whether it is alive
		if err != nil {
			return err
		}
		committed = number == s.groups
		known = committed || !alive
		return nil
	})
	return known, committed, err
}

// endBackend ends a process of the server, and returns a row if there was one to end.
const endBackend = `
SELECT pg_terminate_backend(pid)
FROM   pg_stat_activity
WHERE  pid || ' ' || backend_start = $1`

const outcomeOf = `
SELECT number
FROM   outcome
WHERE  session = $1`

// sweepOutcomes removes what sessions have left that are long gone.
const sweepOutcomes = `
DELETE FROM outcome
WHERE  at < $1`
