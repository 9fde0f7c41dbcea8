package crash

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

// durable are the settings of a PostgreSQL that keeps what it has said.
var durable = []string{"fsync=on", "synchronous_commit=on", "full_page_writes=on"}

// A killing is the rounds of one directory: start, look at what the round before left, load, kill.
type killing struct {
	house   *house
	server  *server // the PostgreSQL below; nil for SQLite
	crowd   *crowd
	auditor *auditor
	random  *rand.Rand
	alone   bool // whether PostgreSQL may be killed without the registry

	starting   time.Duration // the longest start
	restarts   int           // of PostgreSQL
	recovering time.Duration // the longest of them
}

// Whatever moment the registry is killed at, what it answered is there, and everything else is wholly
// there or wholly not.
func TestKill(t *testing.T) {
	const rounds = 8
	k := newKilling(t)
	for round := 1; round <= rounds && !t.Failed(); round++ {
		k.round(t, round)
	}
	k.end(t)
}

// TestSoakKill is TestKill for as long as SOAK says.
func TestSoakKill(t *testing.T) { soakKill(t, false) }

// TestSoakKillDatabase is TestSoakKill where PostgreSQL may also be killed alone, and the registry has to
// go on with it when it is back.
func TestSoakKillDatabase(t *testing.T) {
	if _, postgres := pg.Chosen(t); !postgres {
		t.Skip("SQLite is in the process, and dies with it")
	}
	soakKill(t, true)
}

func soakKill(t *testing.T, alone bool) {
	duration := peer.Soak(t)
	k := newKilling(t)
	k.alone = alone
	round, begun := 0, time.Now()
	for deadline := begun.Add(duration); time.Now().Before(deadline) && !t.Failed(); {
		round++
		k.round(t, round)
		if heard, _ := k.crowd.tally(); round%20 == 0 {
			t.Logf("round %d after %s: %d answers", round, time.Since(begun).Round(time.Second), heard)
		}
	}
	k.end(t)
	const enough, least = 20 * time.Minute, 200
	if duration >= enough && round < least {
		t.Errorf("only %d kills in %s, want %d", round, duration, least)
	}
}

// newKilling makes the registry on the chosen engine.
func newKilling(t *testing.T) *killing {
	t.Helper()
	seed := seedOf(t)
	k := &killing{auditor: &auditor{}, random: rand.New(rand.NewPCG(seed, 0))}
	dsn := ""
	if _, postgres := pg.Chosen(t); postgres {
		dsn = pg.Cluster(t, durable...)
		k.server = serverOf(t, dsn)
		t.Cleanup(k.server.stop)
	}
	k.house = newHouse(t, filepath.Join(t.TempDir(), "demo"), dsn)
	t.Run("prepare", func(t *testing.T) {
		p := k.house.start(t)
		k.crowd = newCrowd(seed, k.house.members)
		k.crowd.prepare(t, k.house)
		k.house.stop(t, p)
	})
	if t.Failed() {
		t.FailNow()
	}
	return k
}

// rarely is how many rounds are between two looks at the zone, on PostgreSQL.
const rarely = 20

// round runs the registry until a random moment.
func (k *killing) round(t *testing.T, round int) {
	t.Helper()
	t.Run(fmt.Sprintf("round %d", round), func(t *testing.T) {
		p := k.begin(t)
		k.look(t, k.auditor.look)
		if k.server == nil || round%rarely == 0 { // on PostgreSQL it takes seconds
			inZone(t, k.house, k.crowd.stories())
		}
		k.load(t, p)
		k.crowd.complain(t)
	})
}

// begin starts the registry and notes how long that takes.
func (k *killing) begin(t *testing.T) *peer.Process {
	t.Helper()
	k.house.settled(t)
	begun := time.Now()
	p := k.house.start(t)
	k.starting = max(k.starting, time.Since(begun))
	return p
}

// look looks at the stories.
func (k *killing) look(t *testing.T, audit func(*testing.T, *sql.DB, []*story)) {
	t.Helper()
	k.house.look(t, func(db *sql.DB) { audit(t, db, k.crowd.stories()) })
	offered(t, k.house, k.crowd.stories())
}

// The moments: so many answers, or so long, after the sessions began to come.
const (
	mostAnswers = 1500
	mostTime    = 900 * time.Millisecond
)

// load lets the crowd act until the registry is killed: at the very answer that was drawn, or at an
// instant.
func (k *killing) load(t *testing.T, p *peer.Process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	kill := k.killer(t, p)
	heard := &count{then: kill}
	after := patience
	if k.random.IntN(2) == 0 {
		heard.until = 1 + k.random.Int64N(mostAnswers)
	} else {
		after = time.Duration(k.random.Int64N(int64(mostTime)))
	}
	timer := time.AfterFunc(after, kill)
	defer timer.Stop()
	onlyLost(t, k.crowd.run(ctx, k.house, heard))
	kill() // if another is still at it, this waits
	if ctx.Err() != nil {
		t.Fatalf("nobody killed the registry within %s", patience)
	}
}

// end looks at everything once more.
func (k *killing) end(t *testing.T) {
	t.Helper()
	if t.Failed() {
		return
	}
	t.Run("end", func(t *testing.T) {
		p := k.begin(t)
		k.look(t, k.auditor.lookAtAll)
		inZone(t, k.house, k.crowd.stories())
		if k.server == nil {
			wholeFile(t, k.house.file())
		}
		k.house.stop(t, p)
	})
	heard, faults := k.crowd.tally()
	t.Logf("%d answers, %d of them 2400; longest start %s; %s", heard, faults, k.starting.Round(time.Millisecond),
		k.auditor.summary(k.crowd.stories()))
	if k.server != nil {
		t.Logf("PostgreSQL was killed %d times, and back within %s", k.restarts, k.recovering.Round(time.Millisecond))
	}
}

// killer returns what kills: the registry, or its database, or both. When only the database is killed
// the registry has to go on with it once it is back; it is killed a moment later.
func (k *killing) killer(t *testing.T, p *peer.Process) func() {
	t.Helper()
	victim := k.random.IntN(4)
	var once sync.Once
	if k.server == nil || victim > 1 {
		return func() { once.Do(p.Kill) }
	}
	return func() { once.Do(func() { k.killServer(t, p, victim == 1 || !k.alone) }) }
}

// killServer kills the database, and the registry with it or a moment later.
func (k *killing) killServer(t *testing.T, p *peer.Process, both bool) {
	t.Helper()
	begun := time.Now()
	if err := k.server.kill(); err != nil {
		t.Error(err)
	}
	if both {
		p.Kill()
	}
	if err := k.server.start(); err != nil {
		t.Error(err)
	}
	k.restarts++
	k.recovering = max(k.recovering, time.Since(begun))
	time.AfterFunc(afterwards, p.Kill)
}

// afterwards is how long the registry goes on with a database that came back.
const afterwards = 300 * time.Millisecond
