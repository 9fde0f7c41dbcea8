package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// BeginSession counts a session of a registrar under a node's lease, unless the registrar has as many
// as it may on all nodes together, or the lease has ended. Logins of one registrar are counted one
// after the other, so that there is never one too many.
func (db *DB) BeginSession(ctx context.Context, node, id, registrar string, most int) (begun bool, err error) {
	err = db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error {
			return s.batch(ctx, []asked{
				{text: "BEGIN", take: ended},
				{text: "SET LOCAL synchronous_commit = off", take: ended}, // a session does not outlive a crash
				{text: lockSessions, args: []any{registrar}, take: ended},
				{endSessions, []any{id}, ended}, // of a try whose answer was lost
				{insertSession, []any{id, nodeLease + node, registrar, time.Now().UnixMicro(), most}, func(r pgx.BatchResults) error {
					tag, err := r.Exec()
					begun = tag.RowsAffected() == 1
					return err
				}},
				{text: "COMMIT", take: ended},
			})
		})
	})
	if err != nil {
		return false, fmt.Errorf("count the session: %w", err)
	}
	return begun, nil
}

const lockSessions = `SELECT pg_advisory_xact_lock(hashtextextended('sessions of ' || $1, 0))`

const insertSession = `
INSERT INTO session (id, node, registrar, began)
SELECT $1, $2, $3, $4
WHERE  EXISTS (SELECT 1 FROM lease
               WHERE  name = $2 AND until > database_now())
AND    (SELECT COUNT(*) FROM session s JOIN lease l ON l.name = s.node
        WHERE  s.registrar = $3
        AND    l.until > database_now()) < $5`

// EndSessions counts sessions no more.
func (db *DB) EndSessions(ctx context.Context, ids []string) error {
	err := db.retry(ctx, func() error {
		return db.writer.single(ctx, func(s *session) error {
			_, err := s.exec(ctx, endSessions, strings.Join(ids, ","))
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

const endSessions = `
DELETE FROM session
WHERE  id = ANY (string_to_array($1, ','))`
