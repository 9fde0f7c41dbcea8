package epp_test

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.org/dorado/flow"
	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// The answers of a hundred sessions over TLS, beside what TLS itself allows: a server that sends back
// what it reads. The ratio of the two is what counts; both share the processors with their clients.
func BenchmarkSessions(b *testing.B) {
	w := world.New(b, start)
	w.Domain(world.Acme, "taken.co")
	s := listen(b, w)
	for _, kind := range []struct{ name, frame string }{
		{"hello", hello},
		{"check", command("check", `<check><domain:check xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+
			`<domain:name>taken.co</domain:name></domain:check></check>`)},
		{"info", info("info", "taken.co")},
	} {
		b.Run(kind.name, func(b *testing.B) {
			exchange(b, func() *client { return s.session(world.Acme) }, kind.frame)
		})
	}
	b.Run("echo", func(b *testing.B) {
		e := echo(b)
		exchange(b, func() *client { return begin(b, e.dial(), e.roots) }, strings.Repeat("x", 1000))
	})
}

// A check of 50 names, half of them registered, costs at most ten times a check of one: in processor time of
// both ends, which another load on the machine does not change. Issue 4.
func BenchmarkCheck(b *testing.B) {
	w := world.New(b, start)
	for i := range 25 {
		w.Domain(world.Acme, fmt.Sprintf("taken-%d.co", i))
	}
	s := listen(b, w)
	cost := map[int]float64{}
	for _, names := range []int{1, 50} {
		inner := ""
		for i := range names {
			inner += fmt.Sprintf("<domain:name>%s-%d.co</domain:name>", [...]string{"taken", "free"}[i%2], i/2)
		}
		frame := command("check", `<check><domain:check xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">`+inner+`</domain:check></check>`)
		b.Run(fmt.Sprint(names), func(b *testing.B) {
			before := processorTime(b)
			exchange(b, func() *client { return s.session(world.Acme) }, frame)
			cost[names] = float64((processorTime(b) - before).Nanoseconds()) / float64(b.N)
			b.ReportMetric(cost[names]/1000, "cpu-µs/answer")
			if cost[1] > 0 {
				b.ReportMetric(cost[names]/cost[1], "times-one")
			}
		})
	}
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// The hundred sessions of a registrar come back at once, to a server that has just begun, with a
// password that costs what it costs in earnest. An operation is all of them; they are to take two seconds
// at most.
func BenchmarkReconnect(b *testing.B) {
	w := world.New(b, start)
	for range b.N {
		b.StopTimer()
		w.Service.Passwords = flow.NewPasswords(flow.DefaultArgonCost, runtime.NumCPU(), randomBytes)
		hash, err := w.Service.Passwords.Hash(b.Context(), world.Password)
		if err != nil {
			b.Fatal(err)
		}
		w.Exec("UPDATE registrar SET password = $1 WHERE id = $2", hash, world.Acme)
		if err := w.DB.Remember(b.Context(), store.Listener{}); err != nil { // it forgets what it knew
			b.Fatal(err)
		}
		s := listen(b, w)
		b.StartTimer()
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { s.session(world.Acme).raw.Close() })
		}
		all.Wait()
	}
}

func randomBytes(n int) []byte {
	random := make([]byte, n)
	rand.Read(random)
	return random
}

// exchange sends a frame again and again in 90 sessions, each when the last is answered.
func exchange(b *testing.B, connect func() *client, frame string) {
	const sessions = 90
	clients, message := make(chan *client, sessions), framed(frame)
	for range sessions {
		c := connect()
		clients <- c
		defer c.raw.Close()
	}
	var answers atomic.Int64
	b.SetParallelism(sessions / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		var c *client
		select {
		case c = <-clients:
		default:
			return
		}
		for pb.Next() {
			if _, err := c.conn.Write(message); err != nil {
				b.Error(err)
				return
			}
			if _, err := c.next(); err != nil {
				b.Error(err)
				return
			}
			answers.Add(1)
		}
	})
	b.ReportMetric(float64(answers.Load())/b.Elapsed().Seconds(), "answers/s")
}

// echo serves frames back over TLS.
func echo(b *testing.B) *site {
	certificate := issue(b, nil, "epp.example", time.Hour)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{certificate}, DynamicRecordSizingDisabled: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go repeat(c)
		}
	}()
	return &site{b, l.Addr().String(), pool(certificate)}
}

func repeat(c net.Conn) {
	defer c.Close()
	buffer := make([]byte, 16<<10)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return
		}
		if _, err := c.Write(buffer[:n]); err != nil {
			return
		}
	}
}
