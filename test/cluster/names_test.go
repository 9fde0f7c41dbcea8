package cluster

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// A name that was created at one node is taken there at once and at the others within a second, always:
// they are asked again and again from the moment of the answer, while others work.
func (c *cluster) followsNames(j *journal, load time.Duration) {
	t := c.t
	t.Helper()
	crew := c.newCrew(j, 6, names("fondo", 12))
	for _, w := range crew {
		w.rest = 20 * time.Millisecond
	}
	crew.open()
	var stale lag
	creates := 0
	crew.work(func() {
		clients := make([]*client, len(c.nodes))
		for i := range c.nodes {
			clients[i] = c.newClient(j, acme, i)
			clients[i].session = c.mustOpen(i, acme)
		}
		for end := time.Now().Add(load); time.Now().Before(end); creates++ {
			stale.follow(t, clients, creates%len(c.nodes), fmt.Sprintf("nuevo%d.co", creates))
		}
	})
	crew.close()
	t.Logf("%d looks at creates of another node: %d saw it at the first check; the last that was not was sent %s after the answer", 2*creates, stale.first, stale.worst)
	if stale.worst >= staleness {
		t.Errorf("a check that was sent %s after a create was answered did not see it; %s is the most", stale.worst, staleness)
	}
	j.noFaults(t, all)
	j.noneLost(t, all)
}

// A lag is how late nodes see what others created.
type lag struct {
	mu    sync.Mutex
	first int           // creates that the first check of a node saw
	worst time.Duration // from an answer to a create to the sending of a check that did not see it
}

// follow creates a name at one node and asks the others for it until they see it.
func (l *lag) follow(t testing.TB, clients []*client, at int, name string) {
	t.Helper()
	e := clients[at].send(input{kind: create, name: name, registrar: acme})
	if e.code != 1000 {
		t.Fatalf("create %s: %d %s", name, e.code, e.message)
	}
	if own := clients[at].send(input{kind: check, name: name, registrar: acme}); own.code != 1000 || own.free {
		t.Errorf("the node that created %s says that it is free", name)
	}
	var asking sync.WaitGroup
	for i, w := range clients {
		if i != at {
			asking.Go(func() { l.ask(t, w, name, e.end) })
		}
	}
	asking.Wait()
}

// ask checks a name until it is taken.
func (l *lag) ask(t testing.TB, w *client, name string, answered time.Duration) {
	for tries := 0; w.j.since()-answered < patience; tries++ {
		e := w.send(input{kind: check, name: name, registrar: acme})
		if e.code != 1000 {
			t.Errorf("check %s: %d %s", name, e.code, e.message)
			return
		}
		l.mu.Lock()
		switch {
		case e.free:
			l.worst = max(l.worst, e.call-answered)
		case tries == 0:
			l.first++
		}
		l.mu.Unlock()
		if !e.free {
			return
		}
	}
	t.Errorf("%s is still free %s after its create was answered", name, patience)
}
