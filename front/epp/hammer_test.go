package epp_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/world"
)

// Two registrars hammer the same ten names from a hundred sessions each: every name is won once, every
// loser is told so after two seconds at least, and nobody waits for anybody's penalty.
func TestHammering(t *testing.T) { hammer(t, newHammerers(t), 0) }

// TestSoakHammering goes on with other names.
func TestSoakHammering(t *testing.T) {
	until := time.Now().Add(peer.Soak(t))
	h := newHammerers(t)
	round := 0
	for ; time.Now().Before(until); round++ {
		hammer(t, h, round)
	}
	t.Logf("%d rounds", round)
}

const (
	hammeredNames    = 10
	hammererSessions = 100
	lostAfter        = 2 * time.Second
)

// hammerers are the sessions of two registrars, and one of a third that looks on.
type hammerers struct {
	w        *world.World
	sessions []*client
	onlooker *client
}

func newHammerers(t *testing.T) *hammerers {
	w := world.New(t, start)
	w.Contact(world.Acme, "X-H1001")
	s := listen(t, w)
	h := &hammerers{w: w, onlooker: s.session(world.Deleter)}
	for i := range 2 * hammererSessions {
		h.sessions = append(h.sessions, s.session([]registry.RegistrarID{world.Acme, world.Other}[i%2]))
	}
	return h
}

// hammer is one round: all sessions create at once, each of the names from both registrars' sessions.
func hammer(t *testing.T, h *hammerers, round int) {
	t.Helper()
	var all sync.WaitGroup
	var won [hammeredNames]atomic.Int64
	begin := make(chan struct{})
	for i, c := range h.sessions {
		all.Go(func() {
			<-begin
			sent := time.Now()
			code, err := c.ask(create(fmt.Sprintf("H%d-%d", round, i), hammered(round, i/2%hammeredNames)))
			took := time.Since(sent)
			switch {
			case err != nil:
				t.Error(err)
			case code == "1000":
				won[i/2%hammeredNames].Add(1)
				h.looksOn(t, c) // a session that has not lost goes on
			case code != "2302":
				t.Errorf("a create is answered %s, want 1000 or 2302", code)
			case took < lostAfter:
				t.Errorf("a lost create is answered after %s, want %s at least", took, lostAfter)
			}
		})
	}
	close(begin)
	h.looksOn(t, h.onlooker)
	all.Wait()
	for i := range won {
		if n := won[i].Load(); n != 1 {
			t.Errorf("%s was won %d times, want once", hammered(round, i), n)
		}
	}
	stored := h.w.Rows("SELECT COUNT(*), COUNT(DISTINCT sponsor) FROM domain WHERE name LIKE $1", fmt.Sprintf("hammer%d-%%", round))
	if !strings.HasPrefix(stored, "10 |") {
		t.Errorf("names and sponsors in the database: %s, want 10 names", stored)
	}
}

func hammered(round, i int) string { return fmt.Sprintf("hammer%d-%d.co", round, i) }

// ask sends a frame and returns the code of its answer.
func (c *client) ask(frame string) (code string, err error) {
	if _, err := c.conn.Write(framed(frame)); err != nil {
		return "", err
	}
	answer, err := c.next()
	return part(`<result code="(\d+)"`, answer), err
}

// looksOn checks names while others wait for their penalty. None of its answers takes as long as that.
func (h *hammerers) looksOn(t *testing.T, c *client) {
	t.Helper()
	var slowest time.Duration
	for began := time.Now(); time.Since(began) < lostAfter-500*time.Millisecond; {
		sent := time.Now()
		code, err := c.ask(check("look", "libre.co"))
		if err != nil || code != "1000" {
			t.Errorf("a check meanwhile: %s, %v", code, err)
			return
		}
		slowest = max(slowest, time.Since(sent))
	}
	if slowest >= lostAfter/2 {
		t.Errorf("a check meanwhile took %s", slowest)
	}
}

// A client that sends and does not read is held back: the server reads no further than the frame whose
// answer it cannot get rid of. In a bubble, where connections hold nothing.
func TestServerReadsNoFurther(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		c := serve(t, w).session(world.Acme)
		c.send(hello)
		sent := make(chan struct{})
		go func() {
			c.send(hello)
			close(sent)
		}()
		synctest.Wait()
		select {
		case <-sent:
			t.Error("the server reads a second frame before the answer to the first is read")
		default:
		}
		c.read()
		<-sent
		c.read()
	})
}

// A client that pipelines far ahead over a real socket is held back by what the system keeps for two
// sockets; when it reads, all is answered in order.
func TestPipelineIsBounded(t *testing.T) {
	const frames = 20_000
	w := world.New(t, start)
	c := listen(t, w).session(world.Acme)
	names := strings.Repeat("<domain:name>libre.co</domain:name>", 20)
	var sent atomic.Int64
	failed := make(chan error, 1)
	go func() {
		for i := range frames {
			if _, err := c.conn.Write(framed(command(fmt.Sprintf("PIPE-%d", i), `<check><domain:check `+
				`xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+names+`</domain:check></check>`))); err != nil {
				failed <- err
				return
			}
			sent.Add(1)
		}
		failed <- nil
	}()
	looks := time.NewTicker(100 * time.Millisecond)
	defer looks.Stop()
	taken, still := sent.Load(), 0
	for ; still < 5 && taken < frames; <-looks.C { // five times the same: it has come to a stop
		if now := sent.Load(); now != taken {
			taken, still = now, 0
		} else {
			still++
		}
	}
	t.Logf("%d of %d frames were taken", taken, frames)
	if taken == frames {
		t.Errorf("the server took all %d frames although no answer was read", frames)
	}
	for i := range frames {
		answer, err := c.next()
		if got, want := part(`<clTRID>(.*?)</clTRID>`, answer), fmt.Sprintf("PIPE-%d", i); err != nil || got != want {
			t.Fatalf("the answer to %q, error %v, want %s", got, err, want)
		}
	}
	if err := <-failed; err != nil {
		t.Error(err)
	}
}
