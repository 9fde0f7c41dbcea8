package cluster

import (
	"testing"
	"time"
)

// Each of three nodes is stopped and started again, one after the other, under the load of registrars
// that have all the sessions they may have. Whose connection closes gets in elsewhere at its first try,
// no command is refused, and all that was answered is there once.
func (c *cluster) restartsInTurn(j *journal, load time.Duration) {
	t := c.t
	t.Helper()
	first := len(j.logins)
	crew := c.newCrew(j, sessionLimit, names("turno", 200))
	for _, w := range crew {
		w.returns, w.rest = true, 100*time.Millisecond
	}
	crew.open()
	crew.work(func() {
		for _, n := range c.nodes {
			pause(t.Context(), load/4)
			start, engine := time.Now(), n.holds("engine")
			n.stop()
			stopped := time.Since(start)
			if took, ok := until(leaseTime/2, func() bool { return c.holder("engine") != nil }); engine && !ok {
				t.Errorf("%s after the node with the engine was stopped, no other has it", took)
			}
			n.start()
			t.Logf("node %d stopped in %s and was back after %s", n.number, stopped.Round(time.Millisecond),
				time.Since(start).Round(time.Millisecond))
		}
		pause(t.Context(), load/4)
	})
	crew.close()
	j.noFaults(t, all)
	refused, tries := 0, 0
	for _, l := range j.logins[first:] {
		if l.code != 1000 {
			tries++
		}
		if l.code != 1000 && l.code != 0 {
			refused++
			t.Errorf("login of %s at node %d was answered %d %s", l.registrar, l.node, l.code, l.message)
		}
	}
	var away time.Duration
	for _, w := range crew {
		away = max(away, w.away)
	}
	t.Logf("%d logins, %d of them at a node that was not there, %d refused; without a session for %s at the longest",
		len(j.logins)-first, tries-refused, refused, away.Round(time.Millisecond))
}

// testThreeNodes looks at what three nodes do that nothing befalls, and then restarts them in turn.
func testThreeNodes(t *testing.T, l *lab) {
	c, j := newCluster(t, l, 3), newJournal()
	c.limitsSessions(l.load / 2)
	c.followsNames(j, l.load)
	c.restartsInTurn(j, l.load)
	if unanswered := c.judge(j, all); unanswered > 0 {
		t.Errorf("%d commands took effect and were not answered; a node that stops answers what it does", unanswered)
	}
}
