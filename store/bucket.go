package store

import (
	"context"
	"fmt"
	"time"
)

// Bucket returns a bucket of flow.Buckets as it was last kept, by whatever node.
func (db *DB) Bucket(ctx context.Context, name string) (time.Time, error) {
	var at int64
	err := db.retry(ctx, func() error {
		var err error
		at, _, err = db.bucket(ctx, name)
		return err
	})
	return instant(at), err
}

func (db *DB) bucket(ctx context.Context, name string) (at int64, found bool, err error) {
	err = db.writer.single(ctx, func(s *session) error {
		at, found, err = one(&reader{ctx: ctx, open: on(s), db: db}, scanValue[int64], bucketByName, name)
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("read the bucket %s: %w", name, err)
	}
	return at, found, nil
}

// Spend replaces a bucket by what next makes of it.
func (db *DB) Spend(ctx context.Context, name string, next func(time.Time) time.Time) error {
	return db.retry(ctx, func() error {
		at, found, err := db.bucket(ctx, name)
		if err != nil {
			return err
		}
		after := micros(next(instant(at)))
		return db.writer.single(ctx, func(s *session) error {
			w := write{what: "spend from the bucket " + name, text: insertBucket, args: []any{name, after}}
			if found {
				w = write{what: w.what, text: updateBucket, args: []any{name, after, at}, miss: errConflict}
			}
			return w.fits(s.change(ctx, w))
		})
	})
}

const bucketByName = `
SELECT at
FROM   bucket
WHERE  name = $1`

const insertBucket = `
INSERT INTO bucket (name, at)
VALUES ($1, $2)`

const updateBucket = `
UPDATE bucket
SET    at = $2
WHERE  name = $1 AND at = $3`
