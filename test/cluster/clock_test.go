package cluster

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A node whose clock is more than a second off does not start, and one whose clock becomes so stops
// serving, and serves again when it is right; the others do not care.
//
// No program here can have a clock of its own, so the database has one for each node: a function that
// stands before PostgreSQL's own in the path, and adds what a table says for the address that asks.
func testClock(t *testing.T, l *lab) {
	c := prepare(t, l, 2)
	c.exec(falseClock + c.name + ` SET search_path = public, pg_catalog`)
	right, wrong := c.nodes[0], c.nodes[1]
	right.start()
	c.openAccounts()
	for _, test := range []struct {
		off     time.Duration
		refuses bool
	}{{2 * time.Second, true}, {-2 * time.Second, true}, {400 * time.Millisecond, false}} {
		c.skew(wrong, test.off)
		if !test.refuses {
			wrong.start()
			continue
		}
		wrong.launch()
		wrong.is.Await(t, "clock", patience)
		wrong.is.Stop()
		if status := wrong.cmd.ProcessState.ExitCode(); status != 1 || strings.Contains(wrong.is.Said(), "dorado: ready") {
			t.Errorf("a node whose clock is off by %s ended with status %d, want 1 and that it does not serve", test.off, status)
		}
	}
	if !wrong.healthy() {
		t.Error("a node whose clock is off by less than half a second is not healthy")
	}
	s := c.mustOpen(1, acme)
	c.skew(wrong, 2*time.Second)
	stopped := c.await("a node whose clock became wrong to stop", leaseTime, func() bool { return !wrong.healthy() })
	closed := c.await("its sessions to close", leaseTime, func() bool {
		_, err := s.Do(input{kind: check, name: "reloj.co"}.command(), "")
		return err != nil
	})
	t.Logf("a node whose clock became wrong was not healthy after %s; its session was closed %s later", stopped, closed)
	if !right.healthy() {
		t.Error("the other node is not healthy")
	}
	if s := c.mustOpen(0, acme); s.Close() != nil {
		t.Error("the session at the other node did not end well")
	}
	c.skew(wrong, 0)
	back := c.await("a node whose clock is right again to serve", leaseTime+patience, wrong.serves)
	t.Logf("it served again %s after its clock was right", back)
}

// skew makes a clock wrong in the eyes of one node.
func (c *cluster) skew(n *node, by time.Duration) {
	c.t.Helper()
	c.exec(fmt.Sprintf(`
INSERT INTO skew (node, seconds) VALUES ('%s', %f)
ON CONFLICT (node) DO UPDATE SET seconds = excluded.seconds`, c.network.node(n.number), by.Seconds()))
}

// falseClock, with the name of the database and the path after it, puts the function before PostgreSQL's
// own. What sessions make goes where it went before, since the schema is the same.
const falseClock = `
CREATE TABLE public.skew (node inet PRIMARY KEY, seconds double precision NOT NULL);
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT pg_catalog.clock_timestamp() + make_interval(secs => COALESCE(
    (SELECT seconds FROM public.skew WHERE host(node) = host(inet_client_addr())), 0))
$$;
ALTER DATABASE `
