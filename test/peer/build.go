package peer

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// LookAtSource looks at every file that the program is made of, since go test takes results from its
// cache where no file changed that the test itself looked at.
func LookAtSource(t testing.TB) {
	t.Helper()
	for _, part := range []string{"cmd", "core", "flow", "front", "store", "go.mod"} {
		err := filepath.WalkDir(filepath.Join(Root(t), part), func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			_, err = os.Stat(path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Soak returns how long a long form may take, which make soak says, and skips t where nobody asked for one.
func Soak(t testing.TB) time.Duration {
	t.Helper()
	text := os.Getenv("SOAK")
	if text == "" {
		t.Skip("a long form: set SOAK to how long it may take, such as 30m")
	}
	length, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("SOAK: %v", err)
	}
	return length
}
