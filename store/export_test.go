package store

import "testing"

// Pragmas reads what the writer's connection is set to.
func Pragmas(t *testing.T, db *DB, into map[string]string) {
	t.Helper()
	for _, pragma := range []string{"journal_mode", "synchronous", "foreign_keys"} {
		var value string
		err := db.writer.with(t.Context(), func(s *session) error {
			return s.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&value)
		})
		if err != nil {
			t.Fatal(err)
		}
		into[pragma] = value
	}
}
