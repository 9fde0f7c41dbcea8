package store

import (
	"context"
	"fmt"
	"time"

	"example.org/dorado/core/registry"
)

// A KeptSandbox is what is known of a sandbox without its files: they are in a directory of the node that has the test
// environment, and that can be another directory than it should be.
type KeptSandbox struct {
	Name      string
	Registrar registry.RegistrarID // whose it is
	Made      time.Time            // real time: when it was made or last reset
	Dropped   time.Time            // real time; zero if it is there
}

// Sandboxes returns all that were ever made, in order of name.
func (db *DB) Sandboxes(ctx context.Context) (list []KeptSandbox, err error) {
	err = db.asideOf(ctx, func(r *reader) error {
		list, err = many(r, scanSandbox, allSandboxes)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the sandboxes: %w", err)
	}
	return list, nil
}

const allSandboxes = `
SELECT name, registrar, made, dropped
FROM   sandbox
ORDER  BY name`

func scanSandbox(row row) (k KeptSandbox, err error) {
	var made, dropped int64
	err = row.Scan(&k.Name, &k.Registrar, &made, &dropped)
	k.Made, k.Dropped = instant(made), instant(dropped)
	return k, err
}

// KeepSandbox keeps a sandbox that was made, reset or dropped, if the lease has the fence's number; otherwise the error is
// registry.ErrFenced. The zero fence ties to none.
func (db *DB) KeepSandbox(ctx context.Context, fence registry.Fence, k KeptSandbox) error {
	w := write{
		what: "keep the sandbox " + k.Name, text: keepSandbox, miss: registry.ErrFenced,
		args: []any{k.Name, string(k.Registrar), micros(k.Made), micros(k.Dropped), fence.Lease, fence.Number},
	}
	return db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error { return w.fits(s.change(ctx, w)) })
	})
}

const keepSandbox = `
INSERT INTO sandbox (name, registrar, made, dropped)
SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS BIGINT)
WHERE  CAST($5 AS TEXT) = '' OR EXISTS (SELECT 1 FROM lease WHERE name = $5 AND fence = $6)
ON CONFLICT (name) DO UPDATE
SET    registrar = excluded.registrar, made = excluded.made, dropped = excluded.dropped`
