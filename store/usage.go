package store

import (
	"context"
	"fmt"
	"time"

	"example.org/dorado/core/registry"
)

// AddUsage adds to a registrar's day and returns the day as it then is.
func (db *DB) AddUsage(ctx context.Context, u registry.DayOfUse) (sum registry.DayOfUse, err error) {
	err = db.asideOf(ctx, func(r *reader) error {
		sum, _, err = one(r, scanUsage, addUsage, u.Registrar, micros(u.Day), u.Checks, u.FailedCreates, u.Registered)
		return err
	})
	if err != nil {
		return sum, fmt.Errorf("add to the use of %s: %w", u.Registrar, err)
	}
	return sum, nil
}

const addUsage = `
INSERT INTO usage (registrar, day, checks, failed_creates, registered)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (registrar, day) DO UPDATE
SET    checks = usage.checks + excluded.checks, failed_creates = usage.failed_creates + excluded.failed_creates,
       registered = usage.registered + excluded.registered
RETURNING registrar, day, checks, failed_creates, registered, flagged, flag`

// FlagUsage flags a registrar's day unless it is flagged, and reports whether it did.
func (db *DB) FlagUsage(ctx context.Context, u registry.DayOfUse) (first bool, err error) {
	err = db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error {
			rows, err := s.change(ctx, write{text: flagUsage, args: []any{u.Registrar, micros(u.Day), micros(u.Flagged), u.Flag}})
			first = rows == 1
			return err
		})
	})
	if err != nil {
		return false, fmt.Errorf("flag the use of %s: %w", u.Registrar, err)
	}
	return first, nil
}

const flagUsage = `
UPDATE usage
SET    flagged = $3, flag = $4
WHERE  registrar = $1 AND day = $2 AND flagged = 0`

// UsageOf returns a registrar's days from one on, the latest first.
func (db *DB) UsageOf(ctx context.Context, id registry.RegistrarID, from time.Time) (days []registry.DayOfUse, err error) {
	err = db.asideOf(ctx, func(r *reader) error {
		days, err = many(r, scanUsage, usageOf, id, micros(from))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the use of %s: %w", id, err)
	}
	return days, nil
}

const usageOf = `
SELECT registrar, day, checks, failed_creates, registered, flagged, flag
FROM   usage
WHERE  registrar = $1 AND day >= $2
ORDER  BY day DESC`

func scanUsage(row row) (registry.DayOfUse, error) {
	var u registry.DayOfUse
	var day, flagged int64
	err := row.Scan(&u.Registrar, &day, &u.Checks, &u.FailedCreates, &u.Registered, &flagged, &u.Flag)
	u.Day, u.Flagged = instant(day), instant(flagged)
	return u, err
}

// SweepUsage removes days before one, and buckets in which nothing is spent any more, which are the same
// as none. Clocks of nodes may differ by a second.
func (db *DB) SweepUsage(ctx context.Context, before, now time.Time) error {
	err := db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error {
			if _, err := s.exec(ctx, sweepUsage, micros(before)); err != nil {
				return err
			}
			_, err := s.exec(ctx, sweepBuckets, micros(now.Add(-time.Minute)))
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("remove old days of use: %w", err)
	}
	return nil
}

const sweepUsage = `
DELETE FROM usage
WHERE  day < $1`

const sweepBuckets = `
DELETE FROM bucket
WHERE  at < $1`

// asideOf runs one statement outside of a transaction, on a connection that may write.
func (db *DB) asideOf(ctx context.Context, use func(*reader) error) error {
	return db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error { return use(&reader{ctx: ctx, open: on(s), db: db}) })
	})
}
