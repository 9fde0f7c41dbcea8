package crash

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A server is a PostgreSQL cluster of a test's own that can be killed and started again. Who made it
// looks after its folder, and does not care that what runs in it is another process by then.
type server struct {
	dsn string
	pid int

	// How it was started.
	args       []string
	dir        string
	credential *syscall.Credential
	log        bytes.Buffer
	cmd        *exec.Cmd // of a later start; nil for the first
}

// serverOf finds the process behind an address, and how it was started.
func serverOf(t *testing.T, dsn string) *server {
	t.Helper()
	s := &server{dsn: dsn}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, `SHOW data_directory`).Scan(&s.dir); err != nil {
		t.Fatal(err)
	}
	pidFile, err := os.ReadFile(filepath.Join(s.dir, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(pidFile), "\n")
	if s.pid, err = strconv.Atoi(line); err != nil {
		t.Fatal(err)
	}
	command, err := os.ReadFile(s.proc(s.pid, "cmdline"))
	if err != nil {
		t.Fatal(err)
	}
	s.args = strings.Split(strings.TrimRight(string(command), "\x00"), "\x00")
	info, err := os.Stat(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t); os.Geteuid() == 0 {
		s.credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	return s
}

func (s *server) proc(pid int, file string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), file)
}

// kill ends the server and all its processes at once, as a power cut would but for what the kernel has
// not written yet. The first is stopped before, so that it makes no more.
func (s *server) kill() error {
	if err := syscall.Kill(s.pid, syscall.SIGSTOP); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	pids := append(s.children(), s.pid)
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL) // an error means that it is gone already
	}
	if s.cmd != nil {
		_ = s.cmd.Wait() // how it ended is known
		s.cmd = nil
	}
	deadline := time.Now().Add(patience)
	for tick := time.Tick(time.Millisecond); slices.ContainsFunc(pids, s.runs); <-tick {
		if time.Now().After(deadline) {
			return fmt.Errorf("processes of PostgreSQL are there %s after they were killed", patience)
		}
	}
	return nil
}

// children are the processes that the server made.
func (s *server) children() []int {
	var list []int
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if fields := s.stat(pid); err == nil && len(fields) > 1 && fields[1] == strconv.Itoa(s.pid) {
			list = append(list, pid)
		}
	}
	return list
}

// stat returns the fields of a process from its state on: the state, then its parent. See proc(5).
func (s *server) stat(pid int) []string {
	text, err := os.ReadFile(s.proc(pid, "stat"))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// runs reports whether a process is there, and not only its entry for a parent that does not ask.
func (s *server) runs(pid int) bool {
	fields := s.stat(pid)
	return len(fields) > 0 && fields[0] != "Z"
}

// start starts the server again, and waits until it has recovered and answers.
func (s *server) start() error {
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Dir = s.dir
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.credential, Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL again: %w", err)
	}
	s.pid = s.cmd.Process.Pid
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for tick := time.Tick(5 * time.Millisecond); ; <-tick {
		conn, err := pgx.Connect(ctx, s.dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		if ctx.Err() != nil || !s.runs(s.pid) {
			return fmt.Errorf("PostgreSQL does not come back: %w\n%s", err, s.log.String())
		}
	}
}

// stop ends a server that start started.
func (s *server) stop() {
	if s.cmd != nil {
		_ = s.kill() // nothing of it is needed any more
	}
}
