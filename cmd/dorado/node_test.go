package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/pg"
)

// A cluster is a database for several nodes, and a way past them.
type cluster struct {
	t   *testing.T
	dsn string
	raw *sql.DB
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, dsn: pg.DSN(t)}
	var err error
	if c.raw, err = sql.Open("pgx", c.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.raw.Close() })
	return c
}

func (c *cluster) exec(statement string, args ...any) {
	c.t.Helper()
	if _, err := c.raw.Exec(statement, args...); err != nil {
		c.t.Fatalf("%s: %v", statement, err)
	}
}

func (c *cluster) count(query string, args ...any) (n int) {
	c.t.Helper()
	if err := c.raw.QueryRow(query, args...).Scan(&n); err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// A member is a node with a log of what it did to who depends on it.
type member struct {
	*node
	did []string
}

func (c *cluster) node() *member {
	c.t.Helper()
	db, err := store.OpenWith(context.Background(), c.dsn, store.Options{Unsynced: true})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { db.Close() })
	if err := db.Migrate(context.Background()); err != nil {
		c.t.Fatal(err)
	}
	m := &member{node: newNode(db, "registry", slog.New(slog.DiscardHandler))}
	m.suspend = func() { m.did = append(m.did, "suspend") }
	m.resume = func() { m.did = append(m.did, "resume") }
	return m
}

func (m *member) wants(t *testing.T, when string, serves bool, did ...string) {
	t.Helper()
	if err := m.serves(); (err == nil) != serves {
		t.Errorf("%s: it says of serving %v, want that it does %t", when, err, serves)
	}
	if got, want := fmt.Sprint(m.did), fmt.Sprint(did); got != want {
		t.Errorf("%s: it did %s, want %s", when, got, want)
	}
	m.did = nil
}

// offset sets the database's clock, as a machine whose time is wrong sees it.
func (c *cluster) offset(seconds string) {
	c.t.Helper()
	c.exec(`CREATE SCHEMA IF NOT EXISTS shadow`)
	c.exec(`CREATE OR REPLACE FUNCTION shadow.clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE SQL VOLATILE AS
		$$ SELECT pg_catalog.clock_timestamp() + INTERVAL '` + seconds + ` seconds' $$`)
	c.exec(`DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET search_path = shadow, pg_catalog, public'; END $$`)
	c.t.Cleanup(func() {
		c.exec(`DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' RESET search_path'; END $$`)
	})
}

// A node whose clock is off by over a second does not start, in either direction, and says by how much.
func TestNodeWithAWrongClock(t *testing.T) {
	about := regexp.MustCompile(` 2\.[3-7]\d*s `) // as exactly as a busy machine can tell
	for seconds, want := range map[string]string{
		"2.5": "behind", "-2.5": "ahead of", "0.5": "", "-0.5": "",
	} {
		t.Run(seconds, func(t *testing.T) {
			c := newCluster(t)
			c.node() // makes the schema
			c.offset(seconds)
			err := c.node().join(t.Context(), nil)
			if want == "" {
				if err != nil {
					t.Errorf("a clock that is off by half a second is refused: %v", err)
				}
				return
			}
			if err == nil || !about.MatchString(err.Error()) || !strings.Contains(err.Error(), want) {
				t.Errorf("a clock that is off by %s s is answered %v", seconds, err)
			}
		})
	}
}

// A node that runs stops serving when its clock goes wrong, and serves again when it is right.
func TestClockGoesWrong(t *testing.T) {
	c := newCluster(t)
	n := c.node()
	c.offset("0")
	n.db.Close() // its connections began before
	n = c.node()
	if err := n.join(t.Context(), []string{engineLease}); err != nil {
		t.Fatal(err)
	}
	n.turn(t.Context())
	n.wants(t, "with the right clock", true)
	c.offset("3")
	n.turn(t.Context())
	n.wants(t, "with a wrong clock", false, "suspend")
	if _, mine := n.lease(engineLease); mine {
		t.Error("a node that does not serve works under a lease")
	}
	n.turn(t.Context())
	n.wants(t, "with a clock that is still wrong", false)
	c.offset("0")
	n.turn(t.Context())
	n.wants(t, "with the right clock again", true, "resume")
}

// A node that was not in touch for the length of its lease cuts its clients, and serves again when it
// has a new one; its sessions count no more, and those that ended meanwhile are gone.
func TestLeaseLapses(t *testing.T) {
	c := newCluster(t)
	n := c.node()
	if err := n.join(t.Context(), []string{engineLease}); err != nil {
		t.Fatal(err)
	}
	c.exec(`INSERT INTO registrar (id, version, password, body) VALUES ('H1', 1, '', '{}')`)
	free, begun, err := n.Begin(t.Context(), "H1", 2)
	if err != nil || !begun {
		t.Fatal(begun, err)
	}
	n.until = time.Now().Add(time.Minute)
	n.lapse() // a timer that comes late does nothing
	n.wants(t, "with a lease", true)
	n.until = time.Now()
	n.lapse()
	n.wants(t, "without a lease", false, "suspend")
	if _, begun, err := n.Begin(t.Context(), "H1", 2); begun || err == nil {
		t.Errorf("a node without a lease let somebody in: %t, %v", begun, err)
	}
	free()
	if got := c.count(`SELECT COUNT(*) FROM session`); got != 1 {
		t.Errorf("a node that may not be in touch ended a session at once: %d are there", got)
	}
	n.turn(t.Context())
	n.wants(t, "in touch again in time", true, "resume")
	if got := c.count(`SELECT COUNT(*) FROM session`); got != 0 {
		t.Errorf("a session that ended meanwhile is still there")
	}

	if _, _, err := n.Begin(t.Context(), "H1", 2); err != nil {
		t.Fatal(err)
	}
	before, _ := n.lease(engineLease)
	c.exec(`UPDATE lease SET until = 1`) // it slept, and nobody noticed
	n.turn(t.Context())
	n.wants(t, "after a sleep", true, "suspend", "resume")
	if got := c.count(`SELECT COUNT(*) FROM session`); got != 0 {
		t.Errorf("%d sessions of the time before the sleep still count", got)
	}
	if after, mine := n.lease(engineLease); !mine || after.Number <= before.Number {
		t.Errorf("the engine's lease has number %d after the sleep, want more than %d", after.Number, before.Number)
	}
}

// Whatever comes at the same time, what speaks for the registry is suspended and resumed in turns, and is in the
// end as the node says that it is.
func TestFailAndRecoverAtOnce(t *testing.T) {
	const rounds = 200
	n := newNode(nil, "registry", slog.New(slog.DiscardHandler))
	served, wrong := true, 0
	change := func(to bool) func() {
		return func() { // called under the lock of changes, which the race detector checks
			if served == to {
				wrong++
			}
			served = to
			runtime.Gosched() // what it does takes its time
		}
	}
	n.suspend, n.resume = change(false), change(true)
	for range rounds {
		n.mu.Lock()
		n.until = time.Now()
		n.mu.Unlock()
		var all sync.WaitGroup
		for _, do := range []func(){func() { n.fail(clockError(3 * time.Second)) }, n.recover, n.lapse, n.recover, n.lapse} {
			all.Go(do)
		}
		all.Wait()
		n.mu.Lock()
		says := n.fault == nil
		n.mu.Unlock()
		if says != served || wrong > 0 {
			t.Fatalf("the node says that it serves: %t, what speaks for it: %t; %d times it was told what it did already", says, served, wrong)
		}
	}
}

// Of several nodes one has a lease; when it leaves, another takes it at once, and nothing of it stays.
func TestLeasePassesOn(t *testing.T) {
	c := newCluster(t)
	one, two := c.node(), c.node()
	for _, n := range []*member{one, two} {
		if err := n.join(t.Context(), []string{engineLease}); err != nil {
			t.Fatal(err)
		}
	}
	first, mine := one.lease(engineLease)
	if _, also := two.lease(engineLease); !mine || also {
		t.Fatalf("the first node has the lease: %t, the second too: %t", mine, also)
	}
	two.turn(t.Context())
	if _, also := two.lease(engineLease); also {
		t.Error("the second node took a lease that another has")
	}
	if err := one.leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	two.turn(t.Context())
	second, mine := two.lease(engineLease)
	if !mine || second.Number <= first.Number {
		t.Errorf("the second node has it: %t, under number %d after %d", mine, second.Number, first.Number)
	}
	if got := c.count(`SELECT COUNT(*) FROM lease WHERE holder = $1`, one.name); got != 0 {
		t.Errorf("%d leases of a node that left are there", got)
	}
	fenced := two.db.Update(t.Context(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		return registry.Changes{Fence: first}, nil
	})
	if fenced == nil {
		t.Error("under the lease of a node that left something was written")
	}
}

// A database that is one process's own has no leases: all is held, and nothing has to be kept.
func TestNodeAlone(t *testing.T) {
	db, err := store.Open(t.Context(), t.TempDir()+"/registry.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n := newNode(db, "registry", slog.New(slog.DiscardHandler))
	if err := n.join(t.Context(), []string{engineLease}); err != nil {
		t.Fatal(err)
	}
	if fence, mine := n.lease(engineLease); !mine || !fence.IsZero() {
		t.Errorf("the lease is held %t with the fence %v, want held without one", mine, fence)
	}
	if err := errors.Join(n.serves(), n.leave(t.Context())); err != nil {
		t.Error(err)
	}
	n.run(t.Context()) // returns
}

// A node that was killed does not keep the one that follows it in its directory waiting; a copy of the
// directory is another node, and one that left in order leaves nothing.
func TestNodeFollowsOneThatWasKilled(t *testing.T) {
	c := newCluster(t)
	dir, elsewhere := t.TempDir(), t.TempDir()
	for _, place := range []string{dir, elsewhere} {
		if err := touch(filepath.Join(place, lockFile)); err != nil {
			t.Fatal(err)
		}
	}
	killed := c.node()
	if err := errors.Join(killed.join(t.Context(), []string{engineLease}), killed.leaveTrace(dir)); err != nil {
		t.Fatal(err)
	}
	trace, err := os.ReadFile(filepath.Join(dir, nodeFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(elsewhere, nodeFile), trace, 0o600); err != nil {
		t.Fatal(err)
	}
	follow := func(dir string) bool {
		t.Helper()
		n := c.node()
		if err := errors.Join(n.bury(t.Context(), dir), n.join(t.Context(), []string{engineLease})); err != nil {
			t.Fatal(err)
		}
		_, mine := n.lease(engineLease)
		return mine
	}
	if follow(elsewhere) {
		t.Error("a copy of the directory ended the leases of the node that it was copied from")
	}
	before, _ := killed.lease(engineLease)
	if !follow(dir) {
		t.Error("the node that follows waits for the leases of the one that was killed")
	}
	if got := c.count(`SELECT COUNT(*) FROM lease WHERE name = 'engine' AND fence > $1`, before.Number); got != 1 {
		t.Error("the lease went on under the same number")
	}
	if err := errors.Join(removeTrace(dir), removeTrace(dir)); err != nil {
		t.Error(err)
	}
}

// What a node left in its directory is of the lock's file as well: where a backup was put back in the same
// place, or the directory is on another disk, somebody else may have been killed or be alive.
func TestTraceOfAnotherLock(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*nodeTrace)
		buried bool
	}{
		{"nothing", func(*nodeTrace) {}, true},
		{"the number of the lock's file", func(n *nodeTrace) { n.Lock += "0" }, false},
		{"the device of the lock's file", func(n *nodeTrace) { n.Lock = "0" + n.Lock }, false},
		{"the boot", func(n *nodeTrace) { n.Boot = "another" }, false},
		{"the place", func(n *nodeTrace) { n.Place += "/other" }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCluster(t)
			dir := t.TempDir()
			if err := touch(filepath.Join(dir, lockFile)); err != nil {
				t.Fatal(err)
			}
			killed := c.node()
			if err := killed.join(t.Context(), []string{engineLease}); err != nil {
				t.Fatal(err)
			}
			trace := traced(t, dir, killed.name)
			test.change(&trace)
			text, err := json.Marshal(trace)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, nodeFile), text, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := c.node().bury(t.Context(), dir); err != nil {
				t.Fatal(err)
			}
			if got := c.count(`SELECT COUNT(*) FROM lease WHERE holder = $1 AND until > database_now()`, killed.name); (got == 0) != test.buried {
				t.Errorf("with another value of %s the killed node has %d leases, want them ended: %t", test.name, got, test.buried)
			}
		})
	}
}

// The trace that a node leaves names the lock's file by what the system knows it by, so that a new file of the same
// name is another.
func TestTraceNamesTheLock(t *testing.T) {
	dir := t.TempDir()
	var seen []string
	for range 2 {
		path := filepath.Join(dir, lockFile)
		if err := touch(path + ".new"); err != nil { // beside the old one, so that its number is not used again
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		trace := traced(t, dir, "node-1")
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if inode := info.Sys().(*syscall.Stat_t).Ino; !strings.HasSuffix(trace.Lock, fmt.Sprintf(":%d", inode)) {
			t.Errorf("the lock is %s, and the file's number %d", trace.Lock, inode)
		}
		seen = append(seen, trace.Lock)
	}
	if seen[0] == seen[1] {
		t.Errorf("two files are both %s", seen[0])
	}
}

// A database that restarts, or ends connections, costs a node not even a beat; nor does a lock that
// everybody else waits for.
func TestBeatHasItsOwnConnections(t *testing.T) {
	c := newCluster(t)
	n := c.node()
	if err := n.join(t.Context(), []string{engineLease}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 { // so that the pool has connections to lose
		all.Go(func() {
			if err := n.db.View(context.Background(), func(r registry.Reader) error { _, err := r.Registrars(); return err }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for range 3 {
		c.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		if err := n.beat(t.Context()); err != nil {
			t.Errorf("a beat after all connections were ended: %v", err)
		}
	}
	lock, err := c.raw.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Exec(`LOCK TABLE registrar IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		all.Go(func() {
			_ = n.db.View(context.Background(), func(r registry.Reader) error { _, err := r.Registrars(); return err })
		})
	}
	for range 3 {
		if err := n.beat(t.Context()); err != nil {
			t.Errorf("a beat while everybody waits for a lock: %v", err)
		}
	}
	if err := lock.Rollback(); err != nil {
		t.Error(err)
	}
	all.Wait()
}

// traced is traceHere, which has to know on Linux; no other system tells when it was booted, and there a node
// waits for the lease of the one before it.
func traced(t *testing.T, dir, name string) nodeTrace {
	t.Helper()
	trace, ok := traceHere(dir, name)
	switch {
	case !ok && runtime.GOOS == "linux":
		t.Fatal("the trace of a node cannot be told on Linux")
	case !ok:
		t.Skipf("%s does not tell when it was booted", runtime.GOOS)
	}
	return trace
}

// A node that takes long to begin keeps its leases meanwhile: each beat lets them end later.
func TestNodeBeatsWhileItBegins(t *testing.T) {
	c := newCluster(t)
	n := c.node()
	if err := n.join(t.Context(), []string{zoneLease}); err != nil {
		t.Fatal(err)
	}
	end := func() time.Time {
		n.mu.Lock()
		defer n.mu.Unlock()
		return n.holds[zoneLease].until
	}
	first := end()
	err := n.during(t.Context(), func() error {
		for limit := time.Now().Add(leaseTime); !end().After(first); time.Sleep(time.Millisecond) {
			if time.Now().After(limit) {
				return errors.New("it was never prolonged")
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if _, mine := n.lease(zoneLease); !mine {
		t.Error("the lease is lost")
	}
}
