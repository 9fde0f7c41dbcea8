package epp_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/front/epp"
	"example.org/dorado/test/schema"
	"example.org/dorado/test/world"
)

// The tests of this file run in bubbles of synctest, over pipes: time passes only when everybody
// waits, and a test fails if a goroutine of the server outlives Shutdown.

// header is a frame header alone.
func header(length uint32) []byte { return binary.BigEndian.AppendUint32(nil, length) }

// Every way to misuse frames ends that connection, with an answer where one can be given, and
// touches no other session.
func TestBrokenFrames(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name  string
		send  []byte
		after time.Duration // when the connection ends
		says  string        // in an answer 2500, or nothing
	}{
		{"a length of zero", header(0), 0, "announces a length of 0 bytes"},
		{"a length inside the header", header(3), 0, "announces a length of 3 bytes"},
		{"a header alone", header(4), 0, "announces a length of 4 bytes"},
		{"a length just over the limit", header(65537), 0, "send at most 65536"},
		{"a length of 100 MB", header(100 << 20), 0, "send at most 65536"},
		{"a length of 4 GB", header(1<<32 - 1), 0, "send at most 65536"},
		{"an HTTP request", []byte("GET / HTTP/1.1\r\n\r\n"), 0, "announces a length of 1195725856 bytes"},
		{"half a header, then silence", header(100)[:2], 30 * time.Second, "not complete after 30 seconds"},
		{"a header, then silence", header(100), 30 * time.Second, "not complete after 30 seconds"},
		{"half a frame, then silence", framed(hello)[:30], 30 * time.Second, "not complete after 30 seconds"},
		{"silence", nil, 300 * time.Second, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, w)
				c, other := s.session(world.Acme), s.session(world.Other)
				begun := time.Now()
				if test.send != nil {
					go c.conn.Write(test.send)
				}
				if test.says != "" {
					if answer := c.wants("2500"); !strings.Contains(answer, test.says) {
						t.Errorf("the answer is %s, want %q in it", answer, test.says)
					}
				}
				c.wantsEnd()
				if after := time.Since(begun); after != test.after {
					t.Errorf("the connection ends after %s, want %s", after, test.after)
				}
				if test.after < 300*time.Second {
					other.wantsService()
				}
				s.connect().wantsService()
			})
		})
	}
}

// What arrives in a whole frame and makes no sense is answered, and the session goes on.
func TestSenselessDocuments(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, document, code string }{
		{"one byte", "x", "2001"},
		{"zeros", strings.Repeat("\x00", 1000), "2001"},
		{"half an element", "<epp", "2001"},
		{"a document type", `<!DOCTYPE epp [<!ENTITY a "b">]>` + hello, "2001"},
		{"another root", "<html/>", "2001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, w)
				for _, c := range []*client{s.connect(), s.session(world.Acme)} {
					c.send(test.document)
					c.wants(test.code)
					c.wantsService()
				}
			})
		})
	}
}

// Before login a connection has deadlines of its own, which no hello moves.
func TestDeadlinesBeforeLogin(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		begun := time.Now()
		raw := s.knock("127.0.0.1")
		if _, err := raw.Read(make([]byte, 1)); err == nil {
			t.Error("a connection without TLS gets a byte")
		}
		if after := time.Since(begun); after != 10*time.Second {
			t.Errorf("a connection without TLS ends after %s, want the 10 seconds for the greeting", after)
		}

		begun = time.Now()
		c := s.connect()
		time.Sleep(29 * time.Second) // in the bubble
		c.wantsService()
		c.wantsEnd()
		if after := time.Since(begun); after != 30*time.Second {
			t.Errorf("a connection without login ends after %s, want 30 seconds", after)
		}
	})
}

// A client that does not read its answers ends when the time for a frame is over.
func TestUnreadAnswer(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		c := s.session(world.Acme)
		c.send(hello)
		time.Sleep(31 * time.Second) // in the bubble
		if _, err := c.conn.Write(framed(hello)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("a write after the time is over: %v, want a closed pipe", err)
		}
	})
}

// Pipelined commands are answered in order, and a lost create in the middle delays its own
// connection alone.
func TestPipelining(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "taken.co")
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		c, other := s.session(world.Acme), s.session(world.Other)
		begun := time.Now()
		go c.conn.Write([]byte(string(framed(info("CMD-A", "taken.co"))) + string(framed(create("CMD-B", "taken.co"))) +
			string(framed(info("CMD-C", "free.co"))) + string(framed(create("CMD-D", "taken.co"))) + string(framed(create("CMD-E", "new.co")))))
		for _, want := range []struct {
			clTRID, code string
			at           time.Duration
		}{
			{"CMD-A", "1000", 0},
			{"CMD-B", "2302", 2 * time.Second},
			{"CMD-C", "2303", 2 * time.Second},
			{"CMD-D", "2302", 4 * time.Second},
			{"CMD-E", "1000", 4 * time.Second},
		} {
			if want.at > time.Since(begun) {
				synctest.Wait()
				other.wantsService()
			}
			answer := c.wants(want.code)
			if got := part(`<clTRID>(.*?)</clTRID>`, answer); got != want.clTRID {
				t.Errorf("the answer is to %s, want %s", got, want.clTRID)
			}
			if at := time.Since(begun); at != want.at {
				t.Errorf("the answer to %s comes after %s, want %s", want.clTRID, at, want.at)
			}
		}
	})
}

// A create that is lost holds no transaction and no slot of the store while its answer waits: as many
// as there are sessions are delayed at once, and end at once.
func TestLostCreatesTogether(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "taken.co")
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		clients := make([]*client, 20)
		for i := range clients {
			clients[i] = s.session(world.Other)
		}
		begun := time.Now()
		for _, c := range clients {
			c.send(create("lost", "taken.co"))
		}
		for _, c := range clients {
			c.wants("2302")
		}
		if after := time.Since(begun); after != 2*time.Second {
			t.Errorf("all are answered after %s, want 2 seconds", after)
		}
	})
}

// Only a create waits: a rename to the name of another host ends in 2302 at once.
func TestLostRename(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "own.co")
	w.Host(world.Acme, "ns1.own.co", "192.0.2.1")
	w.Host(world.Acme, "ns2.own.co", "192.0.2.2")
	synctest.Test(t, func(t *testing.T) {
		c, begun := serve(t, w).session(world.Acme), time.Now()
		c.send(command("rename", `<update><host:update xmlns:host="urn:ietf:params:xml:ns:host-1.0">`+
			`<host:name>ns1.own.co</host:name><host:chg><host:name>ns2.own.co</host:name></host:chg>`+
			`</host:update></update>`))
		c.wants("2302")
		if after := time.Since(begun); after != 0 {
			t.Errorf("the answer comes after %s, want at once", after)
		}
	})
}

// Strangers in any number keep neither a registrar out nor end a session.
func TestFloodBeforeLogin(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name string
		from func(i int) string
		stay int  // strangers at the end
		hits bool // also those of other addresses
	}{
		{"from the registrar's address", func(int) string { return "127.0.0.1" }, 100, false},
		{"from one network of IPv6", func(i int) string { return fmt.Sprintf("2001:db8::%x", i+1) }, 100, false},
		{"each from its own address", func(i int) string { return fmt.Sprintf("10.0.%d.%d", i/250, i%250) }, 1000, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, w)
				early, slow := s.session(world.Other), s.connectFrom("127.0.0.2")
				strangers := make([]net.Conn, 1500)
				for i := range strangers {
					strangers[i] = s.knock(test.from(i))
				}
				late := s.session(world.Acme)
				early.wantsService()
				late.wantsService()
				if test.hits {
					slow.wantsEnd()
				} else {
					slow.wantsService()
				}
				stay := 0
				for _, c := range strangers {
					// A pipe whose other end is closed takes no deadline.
					if c.SetReadDeadline(time.Now().Add(time.Nanosecond)) == nil {
						stay++
					}
				}
				if stay > test.stay || stay < test.stay-1 { // one may have made room for the registrar
					t.Errorf("%d strangers stay, want %d", stay, test.stay)
				}
			})
		})
	}
}

// When all connections are sessions, the next one is refused.
func TestConnectionLimit(t *testing.T) {
	w := newWorld(t)
	limit(w, func(l *policy.Limits) { l.Connections = 3 })
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		begun, first := time.Now(), s.session(world.Acme)
		s.session(world.Acme)
		stranger := s.knock("10.0.0.1")
		third := s.session(world.Other) // in the place of the stranger
		if _, err := stranger.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the stranger reads %v, want the end", err)
		}
		if _, err := s.knock("127.0.0.1").Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the fourth connection reads %v, want the end", err)
		}
		if after := time.Since(begun); after != 0 {
			t.Errorf("they read it after %s, want at once", after)
		}
		first.wantsService()
		third.send(logout)
		third.wants("1500")
		third.wantsEnd()
		third.conn.Close()
		synctest.Wait()
		s.session(world.Acme)
	})
}

// A server that is suspended cuts its sessions, frees their seats and lets nobody in; then it serves
// as before.
func TestSuspend(t *testing.T) {
	w := newWorld(t)
	limit(w, func(l *policy.Limits) { l.SessionsPerRegistrar = 1 })
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		session, stranger := s.session(world.Acme), s.knock("127.0.0.1")
		s.server.Suspend()
		session.wantsEnd()
		for _, c := range []net.Conn{stranger, s.knock("127.0.0.1")} {
			if _, err := c.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("a connection reads %v, want the end", err)
			}
		}
		synctest.Wait()
		s.server.Resume()
		s.session(world.Acme).wantsService()
	})
}

// Seats are asked at each login and freed once, before the client can know that its session has ended.
// Where they cannot be counted nobody is let in, and may try again.
func TestSeats(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		seats := &countedSeats{}
		s := serve(t, w, func(c *epp.Config) { c.Seats = seats })
		var sessions []*client
		for range 3 {
			sessions = append(sessions, s.session(world.Acme))
		}
		want := func(taken int64, when string) {
			t.Helper()
			if got := seats.taken.Load(); got != taken {
				t.Errorf("%s: %d seats are taken, want %d", when, got, taken)
			}
		}
		want(3, "after three logins")
		sessions[0].send(logout)
		sessions[0].wants("1500")
		want(2, "after the answer to a logout")
		sessions[1].conn.Close()
		synctest.Wait()
		want(1, "after a connection was closed")
		time.Sleep(5 * time.Minute) // of the bubble: the idle session is closed
		sessions[2].wantsEnd()
		want(0, "when an idle session has ended")
		seats.fault.Store(true)
		late := s.connect()
		late.send(login(world.Acme))
		late.wants("2400")
		seats.fault.Store(false)
		late.send(login(world.Acme))
		late.wants("1000")
		want(1, "after a login that had to be repeated")
	})
}

// countedSeats counts how many are taken, and can fail.
type countedSeats struct {
	taken atomic.Int64
	fault atomic.Bool
}

func (c *countedSeats) Begin(context.Context, registry.RegistrarID, int) (func(), bool, error) {
	if c.fault.Load() {
		return nil, false, errors.New("the database is away")
	}
	c.taken.Add(1)
	return func() { c.taken.Add(-1) }, true, nil
}

// Shutdown lets a command that runs be answered, and ends all else.
func TestShutdown(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		gated := &gatedStore{Store: w.Service.Store, entered: make(chan struct{}), open: make(chan struct{})}
		service := *w.Service
		service.Store = gated
		s := serve(t, w, func(c *epp.Config) { c.Service = &service })
		idle, busy, stranger := s.session(world.Acme), s.session(world.Other), s.knock("127.0.0.1")
		gated.shut.Store(true)
		go busy.conn.Write(append(framed(info("CMD-A", "free.co")), framed(info("CMD-B", "free.co"))...))
		<-gated.entered
		ended := make(chan error)
		go func() { ended <- s.server.Shutdown(t.Context()) }()
		idle.wantsEnd()
		if _, err := stranger.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("a connection in the handshake reads %v, want the end", err)
		}
		if err := <-s.done; err != nil {
			t.Errorf("Serve returned %v", err)
		}
		select {
		case err := <-ended:
			t.Errorf("Shutdown returns %v while a command runs", err)
		default:
		}
		close(gated.open)
		if answer := busy.wants("2303"); !strings.Contains(answer, "<clTRID>CMD-A</clTRID>") {
			t.Errorf("the answer is %s, want that to A", answer)
		}
		busy.wantsEnd() // without an answer to B, which had not begun
		if err := <-ended; err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	})
}

// Shutdown without patience gives the command up.
func TestShutdownCut(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		gated := &gatedStore{Store: w.Service.Store, entered: make(chan struct{}), open: make(chan struct{})}
		service := *w.Service
		service.Store = gated
		s := serve(t, w, func(c *epp.Config) { c.Service = &service })
		busy := s.session(world.Acme)
		gated.shut.Store(true)
		busy.send(info("CMD-A", "free.co"))
		<-gated.entered
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := s.server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown returns %v, want that the time is over", err)
		}
		if document, err := busy.next(); err == nil {
			t.Errorf("the command that was given up is answered with %s", document)
		}
	})
}

// An Accept that fails for a while, as when descriptors run out, does not end the service.
func TestAcceptFails(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, w)
		for range 3 {
			s.listener.errors <- syscall.EMFILE
		}
		s.session(world.Acme).wantsService()
	})
}

// A Server that has been shut down serves no listener.
func TestServeAfterShutdown(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		server := epp.New(epp.Config{Service: w.Service, NewTRID: w.NewTRID, Sent: schema.Watch(t)})
		if err := server.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		l := newPipeListener()
		if err := server.Serve(l); err != nil {
			t.Errorf("Serve returns %v, want nil", err)
		}
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the listener accepts with error %v, want that it is closed", err)
		}
	})
}
