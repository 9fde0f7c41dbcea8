package cluster

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.org/dorado/cmd/dorado/eppclient"
)

const (
	// leaseTime is how long a lease lasts that is not renewed.
	leaseTime = 10 * time.Second
	// takeover is how long what a lost node had may be without anybody: its lease, the two seconds in which
	// each of the others looks, and one for a machine that is busy.
	takeover = leaseTime + 3*time.Second
)

// A loss is a node that is lost under load: what it had before, and what its clients do.
type loss struct {
	c       *cluster
	j       *journal
	lost    *node
	others  []*node
	idle    []*eppclient.Session // of acme at the lost node
	resting []*eppclient.Session // of acme elsewhere; with those it has all sessions that it may have
	fences  map[string]int       // of the leases that the node had
	trapped sync.WaitGroup       // the command that was under way
	at      time.Time            // when it was lost
	lapsed  time.Time            // when its sessions counted no more
}

// idleSessions is how many sessions acme has at the node that will be lost.
const idleSessions = 10

// newLoss makes a cluster of three nodes of which one, that has the engine's lease, will be lost.
func newLoss(t *testing.T, l *lab) *loss {
	t.Helper()
	c := newCluster(t, l, 3)
	x := &loss{c: c, j: newJournal(), fences: map[string]int{}}
	c.await("somebody to have the leases", takeover, func() bool { return c.holder("engine") != nil && c.holder("dns") != nil })
	x.lost = c.holder("engine")
	for _, n := range c.nodes {
		if n != x.lost {
			x.others = append(x.others, n)
		}
	}
	for _, lease := range []string{"engine", "dns"} {
		if x.lost.holds(lease) {
			x.fences[lease] = c.fence(lease)
		}
	}
	for range idleSessions {
		x.idle = append(x.idle, c.mustOpen(x.lost.number, acme))
	}
	for i := range sessionLimit - idleSessions {
		x.resting = append(x.resting, c.mustOpen(x.others[i%2].number, acme))
	}
	c.refusesSession(x.others[0].number, acme)
	return x
}

// holder returns the node that has a lease, or nil.
func (c *cluster) holder(lease string) *node {
	for _, n := range c.nodes {
		if n.holds(lease) {
			return n
		}
	}
	return nil
}

// fence returns the number of a lease.
func (c *cluster) fence(lease string) int {
	c.t.Helper()
	var fence int
	_, err := fmt.Sscan(c.value("SELECT fence FROM lease WHERE name = $1", lease), &fence)
	if err != nil {
		c.t.Fatalf("the fence of %s: %v", lease, err)
	}
	return fence
}

// crew returns the clients of other, which work at all nodes on few names.
func (x *loss) crew() crew {
	all := x.c.newCrew(x.j, 6, names("corte", 12))
	working := slices.DeleteFunc(all, func(w *client) bool { return w.registrar == acme })
	for _, w := range working {
		w.rest = 50 * time.Millisecond
	}
	return working
}

// isOver waits until all that the lost node had is the others', and holds that to the time allowed.
func (x *loss) isOver() {
	t := x.c.t
	t.Helper()
	var watching sync.WaitGroup
	for lease, fence := range x.fences {
		watching.Go(func() {
			until(takeover+patience, func() bool {
				n := x.c.holder(lease)
				return n != nil && n != x.lost
			})
			x.within("the lease "+lease+" was another node's", takeover)
			if now := x.c.fence(lease); now <= fence {
				t.Errorf("the lease %s has the fence %d, and had %d before", lease, now, fence)
			}
		})
	}
	watching.Go(func() {
		until(takeover+patience, func() bool {
			s, _, err := x.c.open(x.others[1].number, acme)
			if err != nil || s == nil {
				return false
			}
			x.resting, x.lapsed = append(x.resting, s), time.Now()
			return true
		})
		x.within("its sessions counted no more", takeover)
	})
	watching.Wait()
	if t.Failed() {
		return
	}
	if more := x.c.openAtOnce(acme, idleSessions+5, x.others); len(more) != idleSessions-1 {
		t.Errorf("%d more sessions could begin, want %d", len(more), idleSessions-1)
	} else {
		x.resting = append(x.resting, more...)
	}
}

// within says how long after the loss something was so, and fails the test if that was too late.
func (x *loss) within(what string, most time.Duration) {
	x.c.t.Helper()
	took := time.Since(x.at)
	x.c.t.Logf("%s after %s", what, took.Round(10*time.Millisecond))
	if took > most {
		x.c.t.Errorf("%s after %s; %s is the most", what, took, most)
	}
}

// closes waits until the sessions at the lost node have been closed by it, and returns when that was.
func (x *loss) closes() time.Time {
	for _, s := range x.idle {
		for {
			if _, err := s.Do(input{kind: check, name: "corte.co"}.command(), ""); err != nil {
				break
			}
			pause(context.Background(), 20*time.Millisecond)
		}
	}
	return time.Now()
}

// judge holds what happened to what must hold.
func (x *loss) judge() {
	x.c.t.Helper()
	x.trapped.Wait()
	x.j.noFaults(x.c.t, elsewhere(x.lost.number))
	x.j.noneLost(x.c.t, elsewhere(x.lost.number))
	x.c.t.Logf("slowest answer of the other nodes %s", x.j.slowest(elsewhere(x.lost.number)).Round(time.Millisecond))
	x.c.judge(x.j, elsewhere(x.lost.number))
	if took, ok := until(takeover, func() bool { return x.c.value("SELECT COUNT(*) FROM mark") == "0" }); !ok {
		x.c.t.Errorf("%s after the last command, not all that changed has been published", took)
	}
}

// longestPause is how long commands may wait for what a lost node was writing.
const longestPause = takeover

// A node that is lost in the middle of a commit leaves the rows locked that it wrote. trap makes that so:
// it locks a name, lets a client of the node renew it, loses the node while it waits for the lock, and
// unlocks, so that the database goes on with a transaction of which nobody will hear again.
func (x *loss) trap(lose func()) {
	t := x.c.t
	t.Helper()
	const name = "trampa.co"
	w := x.c.newClient(x.j, other, x.lost.number)
	w.session = x.c.mustOpen(w.node, other)
	if e := w.send(input{kind: create, name: name, registrar: other}); e.code != 1000 {
		t.Fatalf("create %s: %d %s", name, e.code, e.message)
	}
	x.c.look(func(ctx context.Context, conn *pgx.Conn) error {
		tx, err := conn.Begin(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "SELECT 1 FROM domain WHERE name = $1 FOR UPDATE", name); err != nil {
			return err
		}
		x.trapped.Go(func() {
			w.send(input{kind: renew, name: name, registrar: other, expires: w.known[name].expires})
		})
		x.c.await("the node to wait for a lock", patience, func() bool {
			return x.c.value("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND host(client_addr) = $1",
				x.c.network.node(x.lost.number).String()) != ""
		})
		lose()
		x.at = time.Now()
		return tx.Rollback(ctx)
	})
}

// comesBack waits until the lost node serves again, which it does without being started, and looks that
// nothing has taken effect of what was under way when it was lost.
func (x *loss) comesBack(heal func()) {
	t := x.c.t
	t.Helper()
	under, before := x.j.unanswered(x.lost.number), x.c.kept()
	late := x.asksLate()
	start := time.Now()
	heal()
	x.c.await("the node to serve again", takeover+patience, func() bool { return x.lost.healthy() && x.lost.serves() })
	t.Logf("it served again %s after it could; %d of the %d sessions that it had, which count no more, got an answer",
		time.Since(start).Round(10*time.Millisecond), late(), len(x.idle))
	w := x.c.newClient(x.j, other, x.lost.number, names("vuelta", 3)...)
	w.session = x.c.mustOpen(w.node, other)
	for range 20 {
		if e := w.send(w.random()); e.lost || e.isFault() {
			t.Fatalf("%s at the node that came back: %d %s", e.in, e.code, e.message)
		}
	}
	x.closes()
	after := x.c.kept()
	for _, e := range under {
		if before[e.clTRID].lines == 0 && after[e.clTRID].lines > 0 {
			t.Errorf("%s was under way at the node when its lease lapsed, and has taken effect since", e.in)
		}
	}
}

// asksLate sends a command in each session that the lost node had, and returns what waits for the answers
// and counts them.
func (x *loss) asksLate() (answered func() int64) {
	var asking sync.WaitGroup
	var count atomic.Int64
	for _, s := range x.idle {
		asking.Go(func() {
			if _, err := s.Do(input{kind: check, name: "corte.co"}.command(), ""); err == nil {
				count.Add(1)
			}
		})
	}
	pause(context.Background(), 100*time.Millisecond) // they are on their way before the node is back
	return func() int64 {
		asking.Wait()
		return count.Load()
	}
}

// testCutOffFromDatabase cuts a node off from the database; its clients still reach it.
func testCutOffFromDatabase(t *testing.T, l *lab) {
	x := newLoss(t, l)
	lost := x.lost.number
	crew := x.crew()
	crew.open()
	late := x.c.mustOpen(lost, other)
	crew.work(func() {
		x.trap(func() { x.c.network.cutFromDatabase(lost) })
		var watching sync.WaitGroup
		var closed time.Time
		asking, creating := x.c.newClient(x.j, other, lost), x.c.newClient(x.j, acme, x.others[0].number)
		asking.session, creating.session = late, x.resting[0]
		watching.Go(func() { x.staysHonest(asking, creating) })
		watching.Go(func() { closed = x.closes() })
		watching.Go(func() {
			until(takeover+patience, func() bool { return !x.lost.healthy() })
			x.within("it was not healthy", leaseTime)
		})
		x.isOver()
		watching.Wait()
		t.Logf("its sessions were closed after %s", closed.Sub(x.at).Round(10*time.Millisecond))
		if closed.After(x.lapsed) {
			t.Errorf("its sessions were closed %s after others could begin in their place", closed.Sub(x.lapsed))
		}
		x.comesBack(func() { x.c.network.connectDatabase(lost) })
	})
	crew.close()
	x.judge()
}

// staysHonest asks the lost node for a name that another node creates: that it is free may be said for a
// second and no longer, until the node closes the session.
func (x *loss) staysHonest(asking, creating *client) {
	const name = "tardia.co"
	e := creating.send(input{kind: create, name: name, registrar: acme})
	if e.code != 1000 {
		x.c.t.Errorf("create %s: %d %s", name, e.code, e.message)
		return
	}
	for asking.session != nil {
		if seen := asking.send(input{kind: check, name: name, registrar: other}); seen.free && seen.call-e.end >= staleness {
			x.c.t.Errorf("a node without a database said that a name is free that was created %s before", seen.call-e.end)
		}
		pause(context.Background(), 20*time.Millisecond)
	}
}

// testCutOff cuts a node off from everybody.
func testCutOff(t *testing.T, l *lab) {
	x := newLoss(t, l)
	lost := x.lost.number
	crew := x.crew()
	crew.open()
	crew.work(func() {
		x.trap(func() { x.c.network.cutOff(lost) })
		x.isOver()
		if x.lost.healthy() {
			t.Error("a node without a network says that it is healthy")
		}
		x.comesBack(func() { x.c.network.connect(lost) })
	})
	crew.close()
	x.judge()
}

// testKilled kills a node, and starts it again when its sessions have lapsed.
func testKilled(t *testing.T, l *lab) {
	x := newLoss(t, l)
	crew := x.crew()
	crew.open()
	crew.work(func() {
		pause(t.Context(), l.load/4)
		x.lost.is.Kill()
		x.at = time.Now()
		x.isOver()
		x.lost.start()
		if !x.lost.serves() {
			t.Error("the node that was started again does not serve")
		}
	})
	crew.close()
	x.judge()
}

// testFrozen stops a node as a machine does that is overloaded or moved: it notices nothing, and its
// sockets stay open. When it goes on, what it had is the others', and what it had read, or finds in its
// sockets, comes too late.
func testFrozen(t *testing.T, l *lab) {
	x := newLoss(t, l)
	crew := x.crew()
	crew.open()
	crew.work(func() {
		x.trap(func() { x.lost.signal(syscall.SIGSTOP) })
		x.isOver()
		x.comesBack(func() { x.lost.signal(syscall.SIGCONT) })
	})
	crew.close()
	x.judge()
}

// testCutOffFromClients cuts a node off from its clients; it still reaches the database. Nobody takes
// anything from it, and its sessions go on when their clients are back.
func testCutOffFromClients(t *testing.T, l *lab) {
	c := newCluster(t, l, 2)
	lost := c.nodes[1]
	s := c.mustOpen(1, acme)
	c.network.cutFromClients(1)
	pause(t.Context(), leaseTime/4)
	if !lost.healthy() {
		t.Error("a node that no client reaches is not healthy, though it could tell one that does")
	}
	if !lost.holds(lost.lease) {
		t.Errorf("the node has lost its lease %s", lost.lease)
	}
	if s := c.mustOpen(0, acme); s.Close() != nil {
		t.Error("the session at the other node did not end well")
	}
	c.network.connectClients(1)
	answer, err := s.Do(input{kind: check, name: "vuelve.co"}.command(), "")
	if err != nil || answer.Code != 1000 {
		t.Errorf("a check in the session that was there before: %d %s %v", answer.Code, answer.Message, err)
	}
}
