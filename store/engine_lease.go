package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// Nodes that share a database hold leases in it: one for each node, under which its sessions count,
// and one for each thing that only one of them may do at a time. The clock of leases is the database's,
// so that it does not matter whose own clock is right. Architecture section 2.
//
// All of this is PostgreSQL's: a SQLite file belongs to one process.

// Alone reports whether the database belongs to this process, so that there are no other nodes.
func (db *DB) Alone() bool { return db.engine.alone() }

// nodeLease is what the lease of a node is called.
const nodeLease = "node:"

// TakeLease takes a lease for a node, or goes on holding it, for a time from now on. The number rises
// with every taking, and stays when a lease is prolonged before it ends. Held is false while another node has it.
func (db *DB) TakeLease(ctx context.Context, name, node string, length time.Duration) (number int64, held bool, err error) {
	err = db.keep(ctx, func(s *session) error {
		rows, err := s.query(ctx, takeLease, name, node, length.Microseconds())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			held = true
			if number, err = scanValue[int64](rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return 0, false, fmt.Errorf("take the lease %s: %w", name, err)
	}
	return number, held, nil
}

const takeLease = `
INSERT INTO lease AS l (name, holder, fence, until)
VALUES ($1, $2, 1, database_now() + $3)
ON CONFLICT (name) DO UPDATE
SET    holder = $2, until = excluded.until,
       fence = CASE WHEN l.holder = $2 AND l.until > excluded.until - $3 THEN l.fence ELSE l.fence + 1 END
WHERE  l.holder = $2 OR l.until <= excluded.until - $3
RETURNING l.fence`

// LeaveLease ends a lease at once, if the node has it.
func (db *DB) LeaveLease(ctx context.Context, name, node string) error {
	return db.singly(ctx, "leave the lease "+name, leaveLease, name, node)
}

const leaveLease = `
UPDATE lease
SET    until = 0
WHERE  name = $1 AND holder = $2`

// TakeNode takes or prolongs the lease of a node itself, without which it writes nothing from then on: what
// it had under way when it was cut off or slept comes too late. Renewed is false if it had ended, or was never
// there: then the sessions that the node had count no more, and are removed.
func (db *DB) TakeNode(ctx context.Context, node string, length time.Duration, last int64) (number int64, renewed bool, err error) {
	number, _, err = db.TakeLease(ctx, nodeLease+node, node, length)
	if err != nil || number == last {
		return number, err == nil, err
	}
	db.acting.Store(&registry.Fence{Lease: nodeLease + node, Number: number})
	return number, false, db.singly(ctx, "end the sessions of this node", endNodeSessions, nodeLease+node)
}

// BuryNode ends all that a node holds that is known to be gone without a word.
func (db *DB) BuryNode(ctx context.Context, node string) error {
	if err := db.singly(ctx, "end the leases of a node that is gone", endLeases, node); err != nil {
		return err
	}
	return db.LeaveNode(ctx, node)
}

const endLeases = `
UPDATE lease
SET    until = 0
WHERE  holder = $1`

// LeaveNode takes a node and its sessions out of the registry.
func (db *DB) LeaveNode(ctx context.Context, node string) error {
	if err := db.singly(ctx, "end the sessions of this node", endNodeSessions, nodeLease+node); err != nil {
		return err
	}
	return db.singly(ctx, "leave the registry", dropNode, nodeLease+node)
}

const endNodeSessions = `
DELETE FROM session
WHERE  node = $1`

const dropNode = `
DELETE FROM lease
WHERE  name = $1`

// SweepNodes removes what nodes left that went without a word: they count no more already.
func (db *DB) SweepNodes(ctx context.Context) error {
	if err := db.singly(ctx, "remove sessions of nodes that are gone", sweepSessions, nodeLease+"%"); err != nil {
		return err
	}
	longAgo := time.Now().Add(-24 * time.Hour).UnixMicro()
	if err := db.singly(ctx, "remove outcomes of sessions that are gone", sweepOutcomes, longAgo); err != nil {
		return err
	}
	return db.singly(ctx, "remove nodes that are gone", sweepNodes, nodeLease+"%", nodeRemembered.Microseconds())
}

// nodeRemembered is how long an operator can see that a node went without a word.
const nodeRemembered = time.Hour

const sweepSessions = `
DELETE FROM session
WHERE  node IN (SELECT name FROM lease
                WHERE  name LIKE $1 AND until < database_now())`

const sweepNodes = `
DELETE FROM lease
WHERE  name LIKE $1 AND until < database_now() - $2
AND    NOT EXISTS (SELECT 1 FROM session WHERE node = lease.name)`

// Clock returns the database's time.
func (db *DB) Clock(ctx context.Context) (now time.Time, err error) {
	err = db.keep(ctx, func(s *session) error {
		rows, err := s.query(ctx, databaseClock)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			µs, err := scanValue[int64](rows)
			if err != nil {
				return err
			}
			now = instant(µs)
		}
		return rows.Err()
	})
	return now, err
}

// Undurable returns the settings of the server that let a power cut take what was answered.
func (db *DB) Undurable(ctx context.Context) (settings []string, err error) {
	if db.engine.alone() {
		return nil, nil
	}
	err = db.keep(ctx, func(s *session) error {
		settings, err = many(&reader{ctx: ctx, open: on(s), db: db}, scanValue[string], undurable)
		return err
	})
	return settings, err
}

const undurable = `
SELECT name || '=' || setting
FROM   pg_settings
WHERE  name IN ('fsync', 'synchronous_commit', 'full_page_writes') AND setting = 'off'
ORDER  BY name`

const databaseClock = `SELECT database_now()`

// A Lease is one that is or was held, as an operator sees it.
type Lease struct {
	Name, Holder string
	Number       int64
	Left         time.Duration // until it ends; below zero if it has
	Sessions     int           // that count under it
	Addresses    []string      // of a node: where the others reach it; none if nowhere
}

// Leases returns all leases in order of name.
func (db *DB) Leases(ctx context.Context) (list []Lease, err error) {
	err = db.keep(ctx, func(s *session) error {
		rows, err := s.query(ctx, allLeases)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var l Lease
			var left int64
			var addresses string
			if err := rows.Scan(&l.Name, &l.Holder, &l.Number, &left, &l.Sessions, &addresses); err != nil {
				return err
			}
			l.Addresses = strings.Fields(addresses)
			l.Left = time.Duration(left) * time.Microsecond
			list = append(list, l)
		}
		return rows.Err()
	})
	return list, err
}

const allLeases = `
SELECT name, holder, fence, until - database_now(),
       (SELECT COUNT(*) FROM session WHERE node = lease.name), address
FROM   lease
ORDER  BY name`

// singly runs a statement in a transaction of its own.
func (db *DB) singly(ctx context.Context, what, text string, args ...any) error {
	err := db.keep(ctx, func(s *session) error {
		_, err := s.exec(ctx, text, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// keep runs one statement on the connections of leases. One that has died since it was used last is replaced.
func (db *DB) keep(ctx context.Context, f func(*session) error) error {
	pool := db.keeper
	if pool == nil {
		pool = db.writer
	}
	for range keeperConnections {
		if err := pool.single(ctx, f); err == nil || !db.engine.lost(err) {
			return err
		}
	}
	return pool.single(ctx, f)
}
