package peer_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/dorado/test/peer"
)

// record is a testing.TB that keeps what would fail or be logged in the test it is given to.
type record struct {
	testing.TB
	fatal, log string
}

func (r *record) Helper()                        {}
func (r *record) Log(args ...any)                { r.log += fmt.Sprintln(args...) }
func (r *record) Fatalf(format string, a ...any) { r.fatal = fmt.Sprintf(format, a...) }

func TestNeed(t *testing.T) {
	for _, program := range strings.Fields("xmllint whois dig delv curl openssl perl") {
		if path := peer.Need(t, program); !filepath.IsAbs(path) {
			t.Errorf("Need(%q) = %q, want an absolute path", program, path)
		}
	}
	peer.NeedPerl(t, "Net::EPP::Client")

	r := &record{TB: t}
	if peer.Need(r, "no-such-program"); !strings.Contains(r.fatal, "scripts/install") {
		t.Errorf("Need of a missing program says %q, want what to run", r.fatal)
	}
	if peer.NeedPerl(r, "No::Such::Module"); !strings.Contains(r.fatal, "No::Such::Module is not installed") {
		t.Errorf("NeedPerl of a missing module says %q", r.fatal)
	}
}

func TestShared(t *testing.T) {
	there := t.TempDir()
	for _, test := range []struct{ name, set, dir, fatal string }{
		{"named", there, there, ""},
		{"named but absent", there + "/no", "", "not a folder"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("DORADO_SHARED", test.set)
			r := &record{TB: t}
			dir, ok := peer.Shared(r)
			if dir != test.dir || ok != (dir != "") || !strings.Contains(r.fatal, test.fatal) {
				t.Errorf("Shared() = %q, %v, fatal %q; want %q, fatal %q", dir, ok, r.fatal, test.dir, test.fatal)
			}
		})
	}
}

// Without DORADO_SHARED, a folder beside the repository is found, and its absence is logged.
func TestSharedBesideTheRepository(t *testing.T) {
	t.Setenv("DORADO_SHARED", "")
	beside := t.TempDir()
	repository := filepath.Join(beside, "repository")
	if err := os.MkdirAll(repository, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(repository, "go.mod"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(repository)

	r := &record{TB: t}
	if dir, ok := peer.Shared(r); ok || !strings.Contains(r.log, "DORADO_SHARED") {
		t.Errorf("Shared() without a folder = %q, %v, log %q; want false and a word on it", dir, ok, r.log)
	}
	want := filepath.Join(beside, "shared")
	if err := os.Mkdir(want, 0o755); err != nil {
		t.Fatal(err)
	}
	if dir, ok := peer.Shared(r); dir != want || !ok {
		t.Errorf("Shared() = %q, %v, want %q, true", dir, ok, want)
	}
}

// A process is there while its test runs, tells what it prints, and is gone after.
func TestProcessEndsWithItsTest(t *testing.T) {
	var pid int
	t.Run("process", func(t *testing.T) {
		p := peer.Start(t, exec.Command("sh", "-c", "echo pid $$; echo complaint >&2; exec cat /dev/zero >/dev/null"))
		if _, err := fmt.Sscanf(p.Await(t, "pid", time.Minute), "pid %d", &pid); err != nil {
			t.Fatal(err)
		}
		p.Await(t, "complaint", time.Minute)
	})
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("signal 0 to process %d: %v, want that there is none", pid, err)
	}
}

// Ports that are asked for before anybody listens are not the same.
func TestPortsDiffer(t *testing.T) {
	given := map[int]bool{}
	for range 300 {
		port := peer.Port(t)
		if given[port] {
			t.Fatalf("%d is given out twice", port)
		}
		given[port] = true
	}
}

// Kill leaves the process no time for anything.
func TestKill(t *testing.T) {
	p := peer.Start(t, exec.Command("sh", "-c", `trap "echo bye" TERM EXIT; echo up; while read x; do :; done </dev/zero`))
	p.Await(t, "up", time.Minute)
	p.Kill()
	if said := p.Said(); said != "up\n" {
		t.Errorf("it said %q, want no last words", said)
	}
}

func TestPort(t *testing.T) {
	address := fmt.Sprintf("127.0.0.1:%d", peer.Port(t))
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	u, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	u.Close()
}
