// Package bench owns the measuring of a running registry from outside: many EPP sessions that send a
// mix of commands, what becomes of them and how long they take, and the ceilings that they are
// compared with in the same run: TLS alone, and the store without EPP.
//
// The client shares the machine with what it measures, so it is made to cost little: frames are
// written once and filled in, of an answer only the result code is looked for, and each session is
// one goroutine with histograms of its own.
package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	randv2 "math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// An Account is a registrar that sessions log in as. RFC 5730 section 2.9.1.1.
type Account struct {
	ID, Password string
	TLS          *tls.Config
}

// A Plan is what Open is told.
type Plan struct {
	Address  string // HOST:PORT of the EPP server
	Accounts []Account
	Sessions int      // spread over the accounts
	Zone     string   // where names are registered, without a dot before it
	Known    []string // names that may exist already: those that do are checked, too
	Mix      Mix
	Rate     float64 // commands a second of all sessions; 0 for as many as can be

	// Usage returns the processor time that the server has used so far; nil where nobody can tell.
	Usage func() (time.Duration, error)
}

// MaxSessions bounds the sessions of a Load, and SessionsPerAccount those of one registrar. Manual
// 9.7.1.
const (
	MaxSessions        = 1000
	SessionsPerAccount = 100
)

// logins is how many sessions log in at once, so that a server's limit on strangers is not met.
const logins = 16

// A Load is a number of open sessions.
type Load struct {
	plan     Plan
	sessions []*session
}

// A Measure is what became of the commands of one run.
type Measure struct {
	Elapsed time.Duration
	Tallies [kinds]Tally
	CPU     time.Duration // of this process, all of its threads
	Server  time.Duration // the processor time of what was measured; 0 if that is not known
}

// Open connects, logs in and makes what the commands need: a contact, three hosts, and ten names for
// each session. They stay behind.
func Open(ctx context.Context, p Plan) (*Load, error) {
	if p.Sessions < 1 || p.Sessions > min(MaxSessions, SessionsPerAccount*len(p.Accounts)) {
		return nil, fmt.Errorf("%d sessions: the least is 1, and the most %d for each registrar and %d in all; there are %d registrars",
			p.Sessions, SessionsPerAccount, MaxSessions, len(p.Accounts))
	}
	run := newRun()
	templates, err := newFrames(run.objects())
	if err != nil {
		return nil, err
	}
	l := &Load{plan: p, sessions: make([]*session, p.Sessions)}
	err = each(p.Sessions, logins, func(i int) error {
		s, err := login(ctx, p.Address, p.Accounts[i%len(p.Accounts)])
		if err != nil {
			return err
		}
		s.frames = templates
		s.number(run, i, p.Zone)
		l.sessions[i] = s
		return nil
	})
	if err == nil {
		err = l.prepare(run)
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// openEcho connects the same number of sessions to an echo, which needs no login and knows no names.
func openEcho(ctx context.Context, p Plan, address string, config *tls.Config) (*Load, error) {
	run := newRun()
	templates, err := newFrames(run.objects())
	if err != nil {
		return nil, err
	}
	l := &Load{plan: p, sessions: make([]*session, p.Sessions)}
	err = each(p.Sessions, logins, func(i int) error {
		w, err := dial(ctx, address, config)
		if err != nil {
			return err
		}
		s := &session{wire: w, frames: templates, echo: true}
		s.number(run, i, p.Zone)
		for range ownNames {
			s.own = append(s.own, bytes.Clone(s.freeName()))
		}
		s.taken = s.own
		l.sessions[i] = s
		return nil
	})
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// A benchRun is a word that no other run has, from which its names and ids are made.
type benchRun string

func newRun() benchRun { return benchRun(strings.ToLower(rand.Text()[:7])) }

func (r benchRun) objects() objects {
	o := objects{contact: "BENCH-" + strings.ToUpper(string(r))}
	for i := range o.hosts {
		o.hosts[i] = fmt.Sprintf("ns%d.b%s.example", i+1, r)
	}
	return o
}

// number gives a session names that no other has.
func (s *session) number(run benchRun, i int, zone string) {
	s.label = "b" + string(run) + "-" + strconv.Itoa(i) + "-"
	s.suffix = "." + zone
	s.random = randv2.New(randv2.NewPCG(uint64(i), 1))
}

// each calls f for 0 to n-1, up to width at once, and returns the first of their errors.
func each(n, width int, f func(int) error) error {
	var running sync.WaitGroup
	places := make(chan struct{}, width)
	failed := make(chan error, n)
	for i := range n {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			if len(failed) > 0 {
				return
			}
			if err := f(i); err != nil {
				failed <- err
			}
		})
	}
	running.Wait()
	close(failed)
	return <-failed
}

// Run lets all sessions send commands for a time. It fails if a session does, or the context ends.
func (l *Load) Run(ctx context.Context, d time.Duration) (Measure, error) {
	stop := context.AfterFunc(ctx, func() {
		for _, s := range l.sessions {
			s.wire.conn.Close()
		}
	})
	defer stop()
	var interval time.Duration
	if l.plan.Rate > 0 {
		interval = time.Duration(float64(time.Second) * float64(len(l.sessions)) / l.plan.Rate)
	}
	used, err := l.usage()
	if err != nil {
		return Measure{}, err
	}
	before := CPUTime()
	began := time.Now()
	end := began.Add(d)
	var running sync.WaitGroup
	for i, s := range l.sessions {
		s.tallies = [kinds]Tally{}
		due := began.Add(interval * time.Duration(i) / time.Duration(len(l.sessions)))
		running.Go(func() { s.run(ctx, l.plan.Mix, due, end, interval) })
	}
	running.Wait()
	m := Measure{Elapsed: d, CPU: CPUTime() - before}
	now, broken := l.usage()
	m.Server = now - used
	for _, s := range l.sessions {
		broken = errors.Join(broken, s.broken)
		for kind := range s.tallies {
			m.Tallies[kind].merge(&s.tallies[kind])
		}
	}
	if ctx.Err() != nil {
		return m, ctx.Err()
	}
	return m, broken
}

// Close ends the connections.
func (l *Load) Close() {
	for _, s := range l.sessions {
		if s != nil {
			s.wire.conn.Close()
		}
	}
}

// usage returns the processor time of the server, or 0.
func (l *Load) usage() (time.Duration, error) {
	if l.plan.Usage == nil {
		return 0, nil
	}
	used, err := l.plan.Usage()
	if err != nil {
		return 0, fmt.Errorf("ask what the server has used: %w", err)
	}
	return used, nil
}

// CPUTime returns what this process has used in user and system time, or 0 where the system does not
// say.
func CPUTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Taken returns how many names are known to exist.
func (l *Load) Taken() int { return len(l.sessions[0].taken) }
