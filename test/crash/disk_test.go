package crash

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

// onSQLite skips a test of what becomes of our own files where the database is somebody else's.
func onSQLite(t *testing.T) {
	t.Helper()
	if _, postgres := pg.Chosen(t); postgres {
		t.Skip("the files of PostgreSQL are its own affair")
	}
}

// A disk that is full has every command that writes answered 2400 with nothing half done, and readers
// served; and when there is room again the same process goes on.
func TestDiskFull(t *testing.T) {
	onSQLite(t)
	const rounds = 2
	fillDisk(t, func(round int) bool { return round < rounds })
}

// TestSoakDiskFull fills the disk and makes room again and again.
func TestSoakDiskFull(t *testing.T) {
	onSQLite(t)
	deadline := time.Now().Add(peer.Soak(t))
	fillDisk(t, func(int) bool { return time.Now().Before(deadline) })
}

// inNamespace runs a test in a process that has a mount namespace of its own, where what it mounts is
// gone with it however it ends. It reports whether this is that process.
func inNamespace(t *testing.T) bool {
	t.Helper()
	const mark = "CRASH_NAMESPACE"
	if os.Getenv(mark) != "" {
		return true
	}
	args := []string{"--mount", "--propagation", "private"}
	if os.Geteuid() != 0 {
		args = append([]string{"--user", "--map-root-user"}, args...)
	}
	unshare := peer.Need(t, "unshare")
	if out, err := exec.Command(unshare, append(args, "true")...).CombinedOutput(); err != nil {
		if os.Geteuid() != 0 {
			t.Skipf("a disk of its own needs root or a user namespace: %v: %s", err, out)
		}
		t.Fatalf("a mount namespace cannot be made, as root: %v: %s", err, out)
	}
	args = append(args, os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
	cmd := exec.CommandContext(t.Context(), unshare, args...)
	cmd.Env = append(os.Environ(), mark+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("in a mount namespace: %v", err)
	}
	t.Logf("%s", out)
	return false
}

// A disk is a file system in memory.
type disk struct{ dir string }

// mount makes a disk, in a mount namespace of the process's own.
func mount(t *testing.T) disk {
	t.Helper()
	d := disk{t.TempDir()}
	if err := syscall.Mount("crash", d.dir, "tmpfs", 0, size(roomy)); err != nil {
		t.Fatalf("mount a disk: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(d.dir, syscall.MNT_DETACH) }) // it ends with the namespace too
	return d
}

func size(octets int64) string { return fmt.Sprintf("size=%dk", octets>>10) }

// leave makes the disk so large that so many octets are free.
func (d disk) leave(t *testing.T, free int64) {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &s); err != nil {
		t.Fatal(err)
	}
	used := (int64(s.Blocks) - int64(s.Bfree)) * s.Bsize
	if err := syscall.Mount("crash", d.dir, "tmpfs", syscall.MS_REMOUNT, size(used+free)); err != nil {
		t.Fatalf("change the size of the disk: %v", err)
	}
}

// What is left free, in octets: scarce is full within a second of load, and roomy is more than the 40 MB
// to which SQLite lets its log grow.
const (
	scarce = 3 << 20
	roomy  = 128 << 20
)

// fillDisk runs a registry until its disk is full, again and again.
func fillDisk(t *testing.T, more func(round int) bool) {
	if !inNamespace(t) {
		return
	}
	seed := seedOf(t)
	d := mount(t)
	h := newHouse(t, filepath.Join(d.dir, "demo"), "")
	p := h.start(t)
	crowd, auditor := newCrowd(seed, h.members), &auditor{}
	crowd.prepare(t, h)
	for round := 0; more(round); round++ {
		d.leave(t, scarce)
		fillOnce(t, h, crowd)
		crowd.complain(t)
		readersAreServed(t, h, crowd)
		d.leave(t, roomy)
		goOn(t, h, crowd)
		crowd.complain(t)
		h.look(t, func(db *sql.DB) { auditor.look(t, db, crowd.stories()) })
		offered(t, h, crowd.stories())
		inZone(t, h, crowd.stories())
	}
	h.stop(t, p)
	p = h.start(t)
	h.look(t, func(db *sql.DB) { auditor.lookAtAll(t, db, crowd.stories()) })
	wholeFile(t, h.file())
	h.stop(t, p)
	heard, faults := crowd.tally()
	t.Logf("%d answers, %d of them 2400; %s", heard, faults, auditor.summary(crowd.stories()))
}

// fillOnce lets the crowd act until hundreds of commands in a row could not be carried out.
func fillOnce(t *testing.T, h *house, crowd *crowd) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const enough = 300 // answers of 2400, ten of each session
	_, before := crowd.tally()
	for _, s := range crowd.sessions {
		s.until = func() bool { return s.faults > before/len(crowd.sessions)+enough/crowdSize }
	}
	for _, err := range crowd.run(ctx, h, &count{}) {
		t.Errorf("a session ended on a full disk: %v", err)
	}
	if _, faults := crowd.tally(); errors.Is(ctx.Err(), context.DeadlineExceeded) || faults-before < enough {
		t.Fatalf("the disk was not full within %s: %d answers of 2400", patience, faults-before)
	}
}

// readersAreServed asks for what is there, which needs no room.
func readersAreServed(t *testing.T, h *house, crowd *crowd) {
	t.Helper()
	who := h.members[0]
	conn, a, err := eppclient.Open(t.Context(), h.server, eppclient.Login{ID: who.ID, Password: who.EPPPassword})
	if err != nil || !a.OK() {
		t.Fatalf("login on a full disk: %d, %v", a.Code, err)
	}
	defer conn.Close()
	for _, s := range crowd.sessions {
		for _, st := range s.stories {
			if st.class != "domain" || st.open != nil || !st.now().there {
				continue
			}
			a, err := conn.Do(eppclient.Info{Object: "domain", Name: st.name}, "INFO-1")
			if err != nil || a.Code != 1000 {
				t.Errorf("info of %s on a full disk: %d, %v", st.name, a.Code, err)
			}
			break
		}
	}
}

// goOn has every session carry out some commands, now that it can.
func goOn(t *testing.T, h *house, crowd *crowd) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const more = 10
	_, before := crowd.tally()
	for _, s := range crowd.sessions {
		enough := s.heard + more
		s.until = func() bool { return s.heard >= enough }
	}
	for _, err := range crowd.run(ctx, h, &count{}) {
		t.Errorf("a session ended: %v", err)
	}
	if _, faults := crowd.tally(); faults != before {
		t.Errorf("%d commands were answered 2400 although there was room again", faults-before)
	}
}

// A write-through that fails with an input or output error has the command answered 2400 and the
// registry live on; a later start shows everything that was answered, and nothing that was answered 2400.
func TestDiskFails(t *testing.T) {
	onSQLite(t)
	const rounds = 2
	failDisk(t, func(round int) bool { return round < rounds })
}

// TestSoakDiskFails is TestDiskFails for as long as SOAK says.
func TestSoakDiskFails(t *testing.T) {
	onSQLite(t)
	deadline := time.Now().Add(peer.Soak(t))
	failDisk(t, func(int) bool { return time.Now().Before(deadline) })
}

// failOnce lets every session act for a second, and for some more until it has met a fault.
func failOnce(t *testing.T, h *house, crowd *crowd) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	begun := time.Now()
	for _, s := range crowd.sessions {
		before := s.faults
		s.until = func() bool { return time.Since(begun) > time.Second && s.faults > before }
	}
	for _, err := range crowd.run(ctx, h, &count{}) {
		t.Errorf("a session ended: %v", err)
	}
}

// failDisk runs a registry of which fsync fails now and then, ends it in one way or the other, and looks
// at it without faults.
func failDisk(t *testing.T, more func(round int) bool) {
	strace := peer.Need(t, "strace")
	seed := seedOf(t)
	h := newHouse(t, filepath.Join(t.TempDir(), "demo"), "")
	p := h.start(t)
	crowd, auditor := newCrowd(seed, h.members), &auditor{}
	crowd.prepare(t, h)
	h.stop(t, p)
	for round := 0; more(round); round++ {
		// strace counts the calls of each thread by itself, and the program's run on any.
		first, every := 1+round%7, 3+round%11
		h.under = []string{
			strace, "-D", "-f", "--seccomp-bpf", "-qqq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
			"-e", fmt.Sprintf("inject=fsync,fdatasync:error=EIO:when=%d+%d", first+20, every),
		}
		p := h.start(t)
		failOnce(t, h, crowd)
		crowd.complain(t)
		if round%2 == 0 {
			h.look(t, func(db *sql.DB) { auditor.look(t, db, crowd.stories()) })
			h.stop(t, p)
		} else {
			p.Kill()
		}
		h.under = nil
		p = h.start(t)
		h.look(t, func(db *sql.DB) { auditor.look(t, db, crowd.stories()) })
		offered(t, h, crowd.stories())
		inZone(t, h, crowd.stories())
		h.stop(t, p)
	}
	p = h.start(t)
	h.look(t, func(db *sql.DB) { auditor.lookAtAll(t, db, crowd.stories()) })
	wholeFile(t, h.file())
	h.stop(t, p)
	heard, faults := crowd.tally()
	if faults == 0 {
		t.Error("no command met a failing fsync: the rig did nothing")
	}
	if auditor.faultedYetDone > 0 {
		t.Errorf("%d commands were answered 2400, and done after a restart", auditor.faultedYetDone)
	}
	t.Logf("%d answers, %d of them 2400; %s", heard, faults, strings.TrimSpace(auditor.summary(crowd.stories())))
}
