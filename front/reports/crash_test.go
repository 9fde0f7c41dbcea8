package reports

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// killedDir names, for a process of this test, the directory in which it writes a file until it is killed.
const killedDir = "DORADO_REPORTS_KILLED_DIR"

// A maker that is killed in the middle of a file leaves the old one whole, and what it had written is shown to nobody
// and removed some time later.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(killedDir); dir != "" {
		writeForEver(dir)
	}
	dir := t.TempDir()
	tree, err := OpenTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	name := "common/prices/co.csv"
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if err := tree.put(name, at, func(w io.Writer) error { _, err := io.WriteString(w, "the old file\n"); return err }); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), killedDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "half\n" {
		t.Fatalf("the maker says %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()

	view := tree.Of(registry.RegistrarID("H1001"))
	if data, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(data) != "the old file\n" {
		t.Errorf("the file is %q, %v", data, err)
	}
	f, err := view.Open("prices")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := f.(*openDir).ReadDir(-1)
	if err != nil || len(entries) != 1 || entries[0].Name() != "co.csv" {
		t.Errorf("prices has %v, %v", entries, err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "common/prices", draftPrefix+"*"))
	if err != nil || len(left) != 1 {
		t.Fatalf("the killed maker left %v, %v", left, err)
	}
	m := New(Config{Tree: tree})
	m.config.Service = &flow.Service{Clock: func() time.Time { return at }}
	if err := m.tidy(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left[0]); err != nil {
		t.Error("a draft that somebody may be writing is removed")
	}
	old := time.Now().Add(-2 * draftAge)
	if err := os.Chtimes(left[0], old, old); err != nil {
		t.Fatal(err)
	}
	m.tidied = time.Time{}
	if err := m.tidy(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left[0]); !os.IsNotExist(err) {
		t.Errorf("the draft of the killed maker is still there: %v", err)
	}
}

// writeForEver writes half of a file onto the disk, says so, and waits for its end.
func writeForEver(dir string) {
	tree, err := OpenTree(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	_ = tree.put("common/prices/co.csv", time.Now(), func(w io.Writer) error {
		_, _ = io.WriteString(w, strings.Repeat("half of a new file\n", draftBuffer/10))
		fmt.Println("half")
		select {}
	})
}
