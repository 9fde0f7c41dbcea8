package schema

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"example.org/dorado/test/peer"
)

// Build makes the program as make does, for a test whose result depends on all of it. It differs in one
// thing: it keeps every EPP frame that it sends, and those that are not valid fail t at its end.
func Build(t testing.TB, path string) {
	t.Helper()
	peer.LookAtSource(t)
	if err := BuildOnce(path); err != nil {
		t.Fatal(err)
	}
	WatchProgram(t, path)
}

// BuildOnce is Build for several tests; each that runs the program calls WatchProgram. However often it is called, the
// program is built once in a process: to link it takes seconds, and to copy it next to nothing.
func BuildOnce(path string) error {
	program, err := built()
	if err != nil {
		return err
	}
	// Another process writes the copy: what this one had open for writing while it starts a program would be open in that too,
	// and a file that somebody writes cannot be run.
	cmd := exec.Command("install", "-D", "-m", "0755", "/dev/stdin", path)
	cmd.Stdin = program
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("copy the program: %w\n%s", err, out)
	}
	return nil
}

// built is the program, as a file that has no name any more: so nobody has to remove it.
var built = sync.OnceValues(func() (*os.File, error) {
	dir, err := os.MkdirTemp("", "dorado-built-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "dorado")
	cmd := exec.Command("go", "build", "-trimpath", "-tags", "answers", "-o", path, "example.org/dorado/cmd/dorado")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	return os.Open(path)
})

// WatchProgram holds every frame that a program of BuildOnce sends until the end of t to the published
// schemas. The processes that t starts later have ended by then.
func WatchProgram(t testing.TB, path string) {
	t.Helper()
	saw := Watch(t)
	t.Cleanup(func() { // before what Watch does at the end
		frames, err := takeRecords(path+".answers", saw)
		if err != nil {
			t.Errorf("the frames that %s sent: %v", path, err)
		}
		t.Logf("%s sent %d EPP frames", filepath.Base(path), frames)
	})
}

// takeRecords shows the frames that processes kept in a folder, and removes what it has shown. Processes
// that run are those of another test, which does the same.
func takeRecords(dir string, saw func(frame []byte)) (frames int, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err != nil || syscall.Kill(pid, 0) == nil {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		record, err := os.ReadFile(path)
		if err != nil {
			return frames, err
		}
		for len(record) >= 4 {
			end := 4 + int(binary.BigEndian.Uint32(record))
			if end > len(record) {
				return frames, fmt.Errorf("a frame of %s ends early", path)
			}
			saw(record[4:end])
			record = record[end:]
			frames++
		}
		if err := os.Remove(path); err != nil {
			return frames, err
		}
	}
	return frames, err
}
