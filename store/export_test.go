package store

import "testing"

// Pragmas reads what the writer's connection is set to.
func Pragmas(t *testing.T, db *DB, into map[string]string) {
	t.Helper()
	for _, pragma := range []string{"journal_mode", "synchronous", "foreign_keys"} {
		var value string
		if err := db.writer.QueryRow("PRAGMA " + pragma).Scan(&value); err != nil {
			t.Fatal(err)
		}
		into[pragma] = value
	}
}
