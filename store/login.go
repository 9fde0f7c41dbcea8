package store

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"example.org/dorado/core/registry"
)

// LastLogin returns what is kept of a registrar's logins; the zero LoginRecord if nothing is.
func (db *DB) LastLogin(ctx context.Context, id registry.RegistrarID) (record registry.LoginRecord, err error) {
	err = db.asideOf(ctx, func(r *reader) error {
		record, _, err = one(r, scanLogin, loginOf, id)
		return err
	})
	if err != nil {
		return record, fmt.Errorf("read the last login of %s: %w", id, err)
	}
	return record, nil
}

const loginOf = `
SELECT at, address, agent, failures, failed_at
FROM   login
WHERE  registrar = $1`

func scanLogin(row row) (registry.LoginRecord, error) {
	var record registry.LoginRecord
	var at, failedAt int64
	var address, agent string
	if err := row.Scan(&at, &address, &agent, &record.Failures, &failedAt); err != nil {
		return record, err
	}
	record.At, record.FailedAt = instant(at), instant(failedAt)
	if record.At.IsZero() {
		return record, nil
	}
	var err error
	if record.From, err = netip.ParseAddr(address); err != nil {
		return record, err
	}
	return record, json.Unmarshal([]byte(agent), &record.Agent)
}

// KeepLogin keeps a login that succeeded, and forgets what failed before.
func (db *DB) KeepLogin(ctx context.Context, id registry.RegistrarID, login registry.LoginRecord) error {
	agent, err := json.Marshal(login.Agent)
	if err != nil {
		return fmt.Errorf("keep a login of %s: %w", id, err)
	}
	return db.changeLogin(ctx, "keep a login of "+string(id), keepLogin, id, micros(login.At), login.From.String(), string(agent))
}

const keepLogin = `
INSERT INTO login (registrar, at, address, agent)
VALUES ($1, $2, $3, $4)
ON CONFLICT (registrar) DO UPDATE
SET    at = excluded.at, address = excluded.address, agent = excluded.agent, failures = 0, failed_at = 0`

// CountWrongPassword counts a login that failed.
func (db *DB) CountWrongPassword(ctx context.Context, id registry.RegistrarID, at time.Time) error {
	return db.changeLogin(ctx, "count a wrong password of "+string(id), countWrongPassword, id, micros(at))
}

const countWrongPassword = `
INSERT INTO login (registrar, failures, failed_at)
VALUES ($1, 1, $2)
ON CONFLICT (registrar) DO UPDATE
SET    failures = login.failures + 1, failed_at = excluded.failed_at`

func (db *DB) changeLogin(ctx context.Context, what, text string, args ...any) error {
	err := db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error {
			_, err := s.change(ctx, write{text: text, args: args})
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
