package names_test

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"example.org/dorado/core/names"
)

// sharedFile opens a file of the shared data, which is not part of the repository. Without it the
// test is skipped.
func sharedFile(t *testing.T, path string) *os.File {
	t.Helper()
	shared := os.Getenv("DORADO_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared") // beside the checkout
	}
	f, err := os.Open(filepath.Join(shared, filepath.FromSlash(path)))
	if err != nil {
		t.Skipf("there is no shared data; set DORADO_SHARED to its directory: %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// Nearly all names that people use are names to us.
func TestTopDomains(t *testing.T) {
	unzipped, err := gzip.NewReader(sharedFile(t, "schemas/data/top-100000-domains.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	total, parsed := 0, 0
	lines := bufio.NewScanner(unzipped)
	for lines.Scan() {
		total++
		if _, err := names.Parse(lines.Text()); err != nil {
			t.Logf("%q: %v", lines.Text(), err)
			continue
		}
		parsed++
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if total != 100_000 || parsed*100 < total*99 {
		t.Errorf("%d of %d names parse, want 99 %% of 100000", parsed, total)
	}
	t.Logf("%d of %d names parse", parsed, total)
}
