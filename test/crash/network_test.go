package crash

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

// However the way to PostgreSQL breaks, nothing that was answered is missing or there twice, and no
// command is refused because of what it did itself.
func TestNetwork(t *testing.T) {
	n := newNetwork(t)
	n.round(t, 5*time.Second)
	n.end(t)
}

// TestSoakNetwork is TestNetwork for as long as SOAK says, with a restart in between now and then.
func TestSoakNetwork(t *testing.T) {
	duration := peer.Soak(t)
	n := newNetwork(t)
	n.proxy.silent = true
	for deadline := time.Now().Add(duration); time.Now().Before(deadline); {
		n.round(t, 20*time.Second)
	}
	n.end(t)
}

// TestSoakCommitCrash kills PostgreSQL at the moment at which it is about to be told to commit: the
// transaction is lost, and PostgreSQL gives its number to another.
func TestSoakCommitCrash(t *testing.T) {
	duration := peer.Soak(t)
	n := newNetwork(t)
	s := serverOf(t, n.house.direct)
	t.Cleanup(s.stop)
	var one sync.Mutex
	var back time.Time
	n.proxy.crash = func() bool {
		if !one.TryLock() {
			return false // another commit has killed it
		}
		defer one.Unlock()
		if time.Since(back) < breather {
			return false
		}
		if err := errors.Join(s.kill(), s.start()); err != nil {
			t.Error(err)
		}
		back = time.Now()
		return true
	}
	for deadline := time.Now().Add(duration); time.Now().Before(deadline); {
		n.round(t, 10*time.Second)
	}
	n.end(t)
}

// breather is how long PostgreSQL lives at least: longer than from one prolonging of a node's lease to the next. A
// node that is away from its database for nine seconds cuts its clients, as it should, and a crash after the other
// is that.
const breather = 3 * time.Second

// A network is a registry with a proxy before its database.
type network struct {
	house   *house
	proxy   *proxy
	crowd   *crowd
	auditor *auditor
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	if _, postgres := pg.Chosen(t); !postgres {
		t.Skip("SQLite is in the process, and no network is between")
	}
	seed := seedOf(t)
	dsn := pg.Cluster(t, durable...)
	n := &network{auditor: &auditor{}}
	var through string
	n.proxy, through = newProxy(t, dsn, seed)
	n.house = newHouse(t, filepath.Join(t.TempDir(), "demo"), through)
	n.house.direct = dsn
	p := n.house.start(t)
	n.crowd = newCrowd(seed, n.house.members)
	n.crowd.prepare(t, n.house)
	n.house.stop(t, p)
	return n
}

// round starts the registry, breaks the network while the crowd acts, and looks at what came of it: as
// long as the registry runs, and once more after it ended.
func (n *network) round(t *testing.T, duration time.Duration) {
	t.Helper()
	n.house.settled(t)
	p := n.house.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	n.proxy.breaks(true)
	for _, err := range n.crowd.run(ctx, n.house, &count{}) {
		t.Errorf("a session ended: %v", err)
	}
	n.proxy.breaks(false)
	n.crowd.complain(t)
	n.look(t, n.auditor.look)
	inZone(t, n.house, n.crowd.stories())
	n.house.stop(t, p)
}

func (n *network) look(t *testing.T, audit func(*testing.T, *sql.DB, []*story)) {
	t.Helper()
	n.house.look(t, func(db *sql.DB) { audit(t, db, n.crowd.stories()) })
	offered(t, n.house, n.crowd.stories())
}

// end looks at everything once more, after a restart.
func (n *network) end(t *testing.T) {
	t.Helper()
	n.house.settled(t)
	p := n.house.start(t)
	n.look(t, n.auditor.lookAtAll)
	n.house.stop(t, p)
	heard, faults := n.crowd.tally()
	t.Logf("%d answers, %d of them 2400, the slowest after %s; %s; %s", heard, faults, n.crowd.slowest().Round(time.Millisecond),
		n.proxy.broken(), n.auditor.summary(n.crowd.stories()))
}
