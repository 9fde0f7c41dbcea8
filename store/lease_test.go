package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// sharedWorld returns a world whose database several nodes can share, or skips.
func sharedWorld(t *testing.T) *world.World {
	t.Helper()
	w := world.Empty(t)
	if !w.Postgres {
		t.Skip("a SQLite file belongs to one process: there are no other nodes and no leases")
	}
	write(t, w, base())
	return w
}

// expire lets leases end, as if their time were over.
func expire(w *world.World, name string) { w.Exec("UPDATE lease SET until = 1 WHERE name = $1", name) }

func TestLease(t *testing.T) {
	w := sharedWorld(t)
	take := func(node string, wantNumber int64, wantHeld bool) {
		t.Helper()
		number, held, err := w.DB.TakeLease(t.Context(), "engine", node, time.Minute)
		if number != wantNumber || held != wantHeld || err != nil {
			t.Errorf("%s takes it: number %d, held %t, %v; want %d, %t", node, number, held, err, wantNumber, wantHeld)
		}
	}
	take("one", 1, true)
	take("two", 0, false)
	take("one", 1, true) // prolonged
	expire(w, "engine")
	take("one", 2, true) // it had ended: somebody else may have held it meanwhile
	expire(w, "engine")
	take("two", 3, true)
	take("one", 0, false)
	if err := w.DB.LeaveLease(t.Context(), "engine", "one"); err != nil { // not its own
		t.Fatal(err)
	}
	take("one", 0, false)
	if err := w.DB.LeaveLease(t.Context(), "engine", "two"); err != nil {
		t.Fatal(err)
	}
	take("one", 4, true)
}

// Who lost a lease writes nothing under it, whether or not somebody took it, and harms no command of
// the same group.
func TestFence(t *testing.T) {
	w := sharedWorld(t)
	number, _, err := w.DB.TakeLease(t.Context(), "engine", "one", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	put := func(roid string, fence registry.Fence) error {
		h := base().Hosts[0]
		h.ROID, h.Name = registry.ROID(roid), world.Name("ns."+roid[:2]+".example.net")
		return w.DB.Update(t.Context(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
			return registry.Changes{Fence: fence, Hosts: []registry.Host{h}}, nil
		})
	}
	if err := put("H1-CO", registry.Fence{Lease: "engine", Number: number}); err != nil {
		t.Errorf("the holder was refused: %v", err)
	}
	expire(w, "engine")
	if err := put("H3-CO", registry.Fence{Lease: "engine", Number: number}); err != nil {
		t.Errorf("the holder was refused although nobody took the lease: %v", err)
	}
	if _, _, err := w.DB.TakeLease(t.Context(), "engine", "two", time.Minute); err != nil {
		t.Fatal(err)
	}
	before := w.Dump()
	if err := put("H4-CO", registry.Fence{Lease: "engine", Number: number}); !errors.Is(err, registry.ErrFenced) {
		t.Errorf("who lost the lease was answered %v", err)
	}
	if err := put("H5-CO", registry.Fence{Lease: "nobody's", Number: 1}); !errors.Is(err, registry.ErrFenced) {
		t.Errorf("under a lease that is not there it was answered %v", err)
	}
	if w.Dump() != before {
		t.Error("who was fenced off has written")
	}
}

// Many logins of one registrar at once, on several nodes, never count more sessions than it may have;
// those of a node that is gone count no more.
func TestSessionsAcrossNodes(t *testing.T) {
	w := sharedWorld(t)
	const most = 20
	nodes := map[string]*store.DB{"one": w.DB, "two": w.Open(nil), "three": w.Open(nil)}
	for node, db := range nodes {
		if _, _, err := db.TakeNode(t.Context(), node, time.Minute, 0); err != nil {
			t.Fatal(err)
		}
	}
	login := func() (begun int64) {
		t.Helper()
		var all sync.WaitGroup
		var count atomic.Int64
		for node, db := range nodes {
			for range most {
				all.Go(func() {
					id := fmt.Sprintf("%s-%d", node, sequence.Add(1))
					ok, err := db.BeginSession(context.Background(), node, id, "H1", most)
					if err != nil {
						t.Error(err)
					}
					if ok {
						count.Add(1)
					}
				})
			}
		}
		all.Wait()
		return count.Load()
	}
	if got := login(); got != most {
		t.Errorf("%d sessions began, want %d", got, most)
	}
	ofOne := w.Rows("SELECT id FROM session WHERE node = 'node:one'")
	expire(w, "node:one")
	delete(nodes, "one")
	if got, want := login(), int64(len(lines(ofOne))); got != want {
		t.Errorf("%d sessions began when those of a node that is gone had ended, want %d", got, want)
	}
	if ok, err := w.DB.BeginSession(t.Context(), "one", "late", "H1", 1000); ok || err != nil {
		t.Errorf("a node whose lease has ended counted a session: %t, %v", ok, err)
	}
	last, renewed, err := w.DB.TakeNode(t.Context(), "one", time.Minute, 1)
	if err != nil || renewed {
		t.Errorf("a node came back under number %d as if it had not been gone: %v", last, err)
	}
	if left := w.Rows("SELECT id FROM session WHERE node = 'node:one'"); left != "" {
		t.Errorf("a node that came back still has the sessions\n%s", left)
	}
	if _, renewed, err := w.DB.TakeNode(t.Context(), "one", time.Minute, last); err != nil || !renewed {
		t.Errorf("a lease that was prolonged in time counts as a new one: %v", err)
	}
	if err := w.DB.EndSessions(t.Context(), lines(w.Rows("SELECT id FROM session"))); err != nil {
		t.Fatal(err)
	}
	if left := w.Rows("SELECT id FROM session"); left != "" {
		t.Errorf("sessions that ended are still there:\n%s", left)
	}
}

// A node that went without a word leaves nothing behind in the end.
func TestSweepNodes(t *testing.T) {
	w := sharedWorld(t)
	for _, node := range []string{"alive", "gone", "long gone"} {
		if _, _, err := w.DB.TakeNode(t.Context(), node, time.Minute, 0); err != nil {
			t.Fatal(err)
		}
		if ok, err := w.DB.BeginSession(t.Context(), node, "of "+node, "H1", 100); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	w.Exec("UPDATE lease SET until = database_now() - 1000 WHERE name = 'node:gone'")
	expire(w, "node:long gone")
	if _, _, err := w.DB.TakeLease(t.Context(), "engine", "gone", time.Minute); err != nil {
		t.Fatal(err)
	}
	expire(w, "engine")
	if err := w.DB.SweepNodes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Rows("SELECT id FROM session"), "of alive\n"; got != want {
		t.Errorf("sessions after the sweep: %q, want %q", got, want)
	}
	leases, err := w.DB.Leases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, l := range leases {
		left = append(left, fmt.Sprintf("%s %d %t", l.Name, l.Sessions, l.Left > 0))
	}
	if got, want := fmt.Sprint(left), "[engine 0 false node:alive 1 true node:gone 0 false]"; got != want {
		t.Errorf("leases after the sweep: %s, want %s", got, want)
	}
}

// What is spent on several nodes at once counts on all of them.
func TestBuckets(t *testing.T) {
	w := world.Empty(t)
	nodes := []*store.DB{w.DB}
	if w.Postgres {
		nodes = append(nodes, w.Open(nil))
	}
	var all sync.WaitGroup
	for _, db := range nodes {
		for range 20 {
			all.Go(func() {
				err := db.Spend(context.Background(), "a", func(at time.Time) time.Time {
					if at.IsZero() {
						at = now
					}
					return at.Add(time.Minute)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	got, err := nodes[len(nodes)-1].Bucket(t.Context(), "a")
	if want := now.Add(time.Duration(20*len(nodes)) * time.Minute); !got.Equal(want) || err != nil {
		t.Errorf("the bucket is at %s, %v, want %s", got, err, want)
	}
	if got, err := w.DB.Bucket(t.Context(), "b"); !got.IsZero() || err != nil {
		t.Errorf("an unused bucket is at %s, %v", got, err)
	}
}

// sequence numbers sessions.
var sequence atomic.Int64

func lines(text string) []string { return strings.Fields(text) }
