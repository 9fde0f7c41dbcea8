package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"example.org/dorado/store"
)

// A file is called what it is called, whatever characters are in its path.
func TestOpenPathOfAnyCharacters(t *testing.T) {
	for _, folder := range []string{"a#b", "a?b", "a%41b", "a b", "ñ"} {
		t.Run(folder, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), folder)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "registry.db")
			db, err := store.Open(context.Background(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(context.Background()); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		})
	}
}
