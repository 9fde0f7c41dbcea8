package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/schema"
)

// TestMain lets the test binary be the program itself, for tests that send it real signals.
func TestMain(m *testing.M) {
	if os.Getenv("DORADO_TEST_AS_PROGRAM") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// A buffer can be written by one goroutine and read by another.
type buffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

// run runs one command line in this process and returns what it printed.
func run(t *testing.T, in string, args ...string) (out, errs string, status int) {
	t.Helper()
	var o, e buffer
	p := &program{in: strings.NewReader(in), out: &o, err: &e, env: func(string) string { return "" }}
	status = p.run(t.Context(), quick(args))
	return o.String(), e.String(), status
}

// quick has a new registry begin with keys that take no time to make: sixteen of RSA take most of a second.
func quick(args []string) []string {
	makes := len(args) > 1 && (args[0] == "demo" || args[0] == "init")
	if !makes || slices.Contains(args, "--dnssec-algorithm") || slices.Contains(args, "--help") {
		return args
	}
	return append(slices.Clone(args), "--dnssec-algorithm", "13")
}

// mustRun is run for a command line that has to succeed.
func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, status := run(t, "", args...)
	if status != 0 {
		t.Fatalf("dorado %s: status %d\n%s%s", strings.Join(args, " "), status, out, errs)
	}
	return out
}

// A running is a command that goes on until it is stopped.
type running struct {
	t        *testing.T
	out, err *buffer
	hangups  chan os.Signal
	cancel   context.CancelFunc
	ended    chan int
}

// start runs a command line until stop, and waits until it is ready.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	return startReaching(t, nil, args...)
}

// startReaching is start for a program that reaches the name servers of names by a dialer of the test's.
func startReaching(t *testing.T, dial dialer, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t, &buffer{}, &buffer{}, make(chan os.Signal, 1), cancel, make(chan int, 1)}
	p := &program{in: strings.NewReader(""), out: r.out, err: r.err, env: func(string) string { return "" }, hangups: r.hangups, answers: schema.Watch(t), dial: dial}
	go func() { r.ended <- p.run(ctx, quick(args)) }()
	t.Cleanup(cancel)
	eventually(t, func() bool {
		select {
		case status := <-r.ended:
			t.Fatalf("dorado %s ended with status %d\n%s%s", strings.Join(args, " "), status, r.out, r.err)
		default:
		}
		return strings.HasSuffix(r.out.String(), readyLine+"\n")
	})
	return r
}

// stop ends it as SIGTERM does, and expects that it ends well.
func (r *running) stop() {
	r.t.Helper()
	r.cancel()
	if status := <-r.ended; status != 0 {
		r.t.Errorf("it ended with status %d\n%s", status, r.err)
	}
}

// eventually polls a condition until it holds.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("it did not come to hold within 30 seconds")
		}
	}
}

// portBase returns a base at which every port of a registry is free, and given to no other test.
func portBase(t *testing.T) string {
	t.Helper()
	return strconv.Itoa(peer.RegistryBase(t))
}

// Tests of other packages take ports for all services.
func TestRegistryPorts(t *testing.T) {
	want := slices.Sorted(maps.Values(wellKnown))
	if got := slices.Sorted(slices.Values(peer.RegistryPorts())); !slices.Equal(got, want) {
		t.Errorf("tests take the ports %v of a registry, which has %v", got, want)
	}
}

// newDemo starts a demo in a new directory, which it makes.
func newDemo(t *testing.T) (dir string, demo *running) {
	t.Helper()
	dir = filepath.Join(shortDir(t), "demo")
	return dir, start(t, "demo", "--dir", dir, "--port-base", portBase(t))
}

// aDemo is newDemo for who needs a registry, and not its making: it goes on with one that was made for all such tests.
func aDemo(t *testing.T) (dir string, demo *running) {
	t.Helper()
	stopped := made.demo(t)
	dir, base := filepath.Join(shortDir(t), "demo"), portBase(t)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range stopped.files {
		if name == configFile {
			data = bytes.ReplaceAll(data, []byte("port_base = "+stopped.base+"\n"), []byte("port_base = "+base+"\n"))
		}
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, start(t, "demo", "--dir", dir)
}

// A stoppedDemo is the files of a demo that was made, and stopped at once.
type stoppedDemo struct {
	mu    sync.Mutex
	base  string
	files map[string][]byte // by their paths in the directory of the demo
}

var made = &stoppedDemo{}

func (d *stoppedDemo) demo(t *testing.T) *stoppedDemo {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files != nil {
		return d
	}
	dir, base := filepath.Join(shortDir(t), "demo"), portBase(t)
	start(t, "demo", "--dir", dir, "--port-base", base).stop()
	files := map[string][]byte{} // those that registrars fetch with them: a demo that lacks them makes them before it is ready
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil {
			files[name], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.base, d.files = base, files
	return d
}

// shortDir returns a directory whose path leaves room for the name of a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dorado")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// has fails t unless text holds each part.
func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in\n%s", part, text)
		}
	}
}

func readAll(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
