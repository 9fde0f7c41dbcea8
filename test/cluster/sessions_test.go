package cluster

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
)

// sessionLimit is how many sessions a registrar may have. Manual 9.7.1, in the profile.
const sessionLimit = 100

// Two registrars with a hundred sessions each, half of them on either node, send random commands on few
// names. Nothing fails, and all answers together are those of one registry.
func testLoad(t *testing.T, l *lab) {
	c := newCluster(t, l, 2)
	j := newJournal()
	crew := c.newCrew(j, sessionLimit, names("carga", 24))
	opening := time.Now()
	crew.open()
	t.Logf("%d sessions were in after %s", len(crew), time.Since(opening).Round(time.Millisecond))
	for node := range c.nodes {
		for _, r := range registrars() {
			c.refusesSession(node, r)
		}
	}
	crew.work(func() { pause(t.Context(), l.load) })
	crew.close()
	j.noFaults(t, all)
	j.noneLost(t, all)
	c.judge(j, all)
}

// judge holds a journal to everything that must hold of commands whatever happens to nodes, and those that
// are meant to being answered in time. It returns how many took effect and were not answered.
func (c *cluster) judge(j *journal, meant func(entry) bool) (unanswered int) {
	c.t.Helper()
	c.t.Logf("%d commands in %s, answered %s; %s", len(j.entries), j.since().Round(time.Second), j.codes(), j.quantiles())
	if deadlocks := c.value("SELECT deadlocks FROM pg_stat_database WHERE datname = $1", c.name); deadlocks != "0" {
		c.t.Errorf("the database ended %s deadlocks, each after a second in which everybody waited", deadlocks)
	}
	if slowest := j.slowest(meant); slowest > longestPause {
		c.t.Errorf("an answer took %s; %s is the most", slowest, longestPause)
	}
	unanswered = c.reconcile(j)
	j.linearizable(c.t)
	c.balanced(j)
	return unanswered
}

// refusesSession fails the test unless a login is refused because the registrar has all its sessions.
func (c *cluster) refusesSession(node int, registrar string) {
	c.t.Helper()
	s, answer, err := c.open(node, registrar)
	if s != nil {
		_ = s.Close() // the test has failed
	}
	if err != nil || answer.Code != 2502 {
		c.t.Errorf("login %d of %s at node %d: %d %s %v, want 2502", sessionLimit+1, registrar, node, answer.Code, answer.Message, err)
	}
}

// openAtOnce logs a registrar in so many times at the same moment, in turn at each of some nodes, and
// returns the sessions that came to be. Any other answer than success and 2502 fails the test.
func (c *cluster) openAtOnce(registrar string, logins int, nodes []*node) []*eppclient.Session {
	c.t.Helper()
	var opening sync.WaitGroup
	var mu sync.Mutex
	var open []*eppclient.Session
	first := rand.IntN(len(nodes))
	for i := range logins {
		opening.Go(func() {
			s, answer, err := c.open(nodes[(first+i)%len(nodes)].number, registrar)
			mu.Lock()
			defer mu.Unlock()
			if s != nil {
				open = append(open, s)
			} else if err != nil || answer.Code != 2502 {
				c.t.Errorf("login of %s: %d %s %v, want 1000 or 2502", registrar, answer.Code, answer.Message, err)
			}
		})
	}
	opening.Wait()
	return open
}

// A registrar has a hundred sessions wherever they are, and not one more, however many come at once.
// When some have ended, as many can begin, at once and at any node.
func (c *cluster) limitsSessions(load time.Duration) {
	t := c.t
	t.Helper()
	open := c.openAtOnce(acme, sessionLimit+sessionLimit/2, c.nodes)
	if len(open) != sessionLimit {
		t.Errorf("of %d logins at once, %d succeeded, want %d", sessionLimit+sessionLimit/2, len(open), sessionLimit)
	}
	for node := range c.nodes {
		c.refusesSession(node, acme)
	}
	if s := c.mustOpen(0, other); s.Close() != nil {
		t.Error("the session of another registrar did not end well")
	}
	overshoot, spurious, rounds := max(0, len(open)-sessionLimit), 0, 0
	for end := time.Now().Add(load); time.Now().Before(end); rounds++ {
		ended, more := 1+rand.IntN(20), rand.IntN(10)
		rand.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
		for _, s := range open[:ended] {
			if err := s.Close(); err != nil {
				t.Fatalf("logout: %v", err)
			}
		}
		open = append(open[ended:], c.openAtOnce(acme, ended+more, c.nodes)...)
		overshoot = max(overshoot, len(open)-sessionLimit)
		spurious += max(0, sessionLimit-len(open))
	}
	t.Logf("in %d rounds of logouts and logins at once: overshoot %d, refused without reason %d", rounds, overshoot, spurious)
	if overshoot > 0 || spurious > 0 {
		t.Errorf("overshoot %d, refused without reason %d, want none", overshoot, spurious)
	}
	for _, s := range open {
		if err := s.Close(); err != nil {
			t.Fatalf("logout: %v", err)
		}
	}
}
