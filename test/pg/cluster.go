package pg

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A cluster is a running PostgreSQL.
type cluster struct {
	dsn        string      // of its own database, postgres
	disposable bool        // it ends with the tests, so its databases need not be dropped
	free       chan string // the databases that wait for a test
	life       io.Closer   // closed, it ends; so it may not become garbage, which closes it too
	cmd        *exec.Cmd
}

// idle is the most databases that wait for a test; no more tests run at the same time, most likely.
const idle = 16

// shared returns the cluster that the tests of this process share. It is never told to end: the kernel
// closes its pipe when this process is gone, however that comes.
var shared = sync.OnceValues(func() (cluster, error) {
	if dsn := os.Getenv("TEST_POSTGRES"); dsn != "" {
		disposable := os.Getenv("TEST_POSTGRES_DISPOSABLE") != ""
		return cluster{dsn: dsn, disposable: disposable, free: make(chan string, idle)}, nil
	}
	return start()
})

// Cluster starts a PostgreSQL cluster for t alone, which ends with t, and returns its address. The
// settings are postgres' own, such as "fsync=on", and win over those that make tests quick.
func Cluster(t testing.TB, settings ...string) string {
	t.Helper()
	c, err := start(settings...)
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		_ = c.life.Close()
		_ = c.cmd.Wait() // how the command around which it ran ended tells nothing of the test
	})
	return c.dsn
}

// start starts a cluster by scripts/with-postgres, the one place that knows how, around a command that
// prints the address and waits for the end of its standard input.
func start(settings ...string) (cluster, error) {
	script, err := find("scripts/with-postgres")
	if err != nil {
		return cluster{}, err
	}
	cmd := exec.Command(script, "sh", "-c", `echo "$TEST_POSTGRES"; exec cat >/dev/null`)
	cmd.Env = append(os.Environ(), "TEST_POSTGRES=", "POSTGRES_OPTIONS="+options(settings))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	life, err := cmd.StdinPipe()
	if err != nil {
		return cluster{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return cluster{}, err
	}
	if err := cmd.Start(); err != nil {
		return cluster{}, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if errors.Is(err, io.EOF) {
		return cluster{}, fmt.Errorf("%w: %s", cmd.Wait(), complaint.String())
	}
	if err != nil {
		return cluster{}, err
	}
	return cluster{
		dsn: strings.TrimSpace(line), disposable: true, free: make(chan string, idle),
		life: life, cmd: cmd,
	}, nil
}

// options returns settings as postgres takes them.
func options(settings []string) string {
	var b strings.Builder
	for _, s := range settings {
		b.WriteString("-c " + s + " ")
	}
	return b.String()
}

// find returns the absolute path of a file of the repository, looked for upwards from the folder of
// the test.
func find(file string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(dir, file)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no %s above the folder of the test", file)
}
