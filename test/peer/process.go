package peer

import (
	"bufio"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// farewell is how long a process has between SIGTERM and SIGKILL.
const farewell = 10 * time.Second

// A Process is a program of others that runs beside a test and ends with it.
type Process struct {
	cmd   *exec.Cmd
	lines chan string   // what it printed, line by line; closed when it is gone
	gone  chan struct{} // closed when it is gone

	mu   sync.Mutex
	said strings.Builder // all that it printed, for the log of a test that fails
}

// Start starts cmd. It is ended when t ends, by its process id, first with SIGTERM; and by the kernel
// if the test process dies before. What it prints is in t's log if t fails.
func Start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{cmd: cmd, lines: make(chan string, 1024), gone: make(chan struct{})}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20) // a line of a megabyte is still a line
	go p.listen(lines)
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Logf("%s printed:\n%s", cmd.Path, p.Said())
		}
	})
	return p
}

// listen keeps what the process prints, until it is gone.
func (p *Process) listen(out *bufio.Scanner) {
	for out.Scan() {
		p.mu.Lock()
		p.said.WriteString(out.Text() + "\n")
		p.mu.Unlock()
		select {
		case p.lines <- out.Text():
		default: // nobody awaits so much; Said has it
		}
	}
	_ = p.cmd.Wait() // how it ended, Await and the log tell
	close(p.lines)
	close(p.gone)
}

// Await returns the first line not yet awaited that has text in it, and fails t if none comes in time
// or the process ends before.
func (p *Process) Await(t testing.TB, text string, within time.Duration) string {
	t.Helper()
	timeout := time.After(within)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("%s ended (%s) before it printed %q", p.cmd.Path, p.cmd.ProcessState, text)
			}
			if strings.Contains(line, text) {
				return line
			}
		case <-timeout:
			t.Fatalf("%s did not print %q within %s", p.cmd.Path, text, within)
		}
	}
}

// Said returns all that the process has printed so far, on standard output and standard error.
func (p *Process) Said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// Stop ends the process and waits until it is gone. A second call does nothing.
func (p *Process) Stop() {
	for _, end := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		_ = p.cmd.Process.Signal(end) // an error means that it is gone already
		select {
		case <-p.gone:
			return
		case <-time.After(farewell):
		}
	}
}

// Kill ends the process at once, as a power cut would, and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // an error means that it is gone already
	<-p.gone
}
