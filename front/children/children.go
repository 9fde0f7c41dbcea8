// Package children owns the scans of delegated names' own zones: it asks their name servers which DS they want (CDS and
// CDNSKEY), judges the answers, and has the registry follow those that prove themselves. It trusts no answer: what counts
// is signed under the DS that the registry itself publishes, or vouched for by signed zones of the name servers' operators.
// Which names are scanned, and what may be changed, is flow's to say. RFC 7344, RFC 8078, RFC 9615.
package children

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A Config is what a Scanner needs.
type Config struct {
	Service *flow.Service
	NewTRID func() string
	Lease   func() (registry.Fence, bool) // under which it may work, if it may
	Log     *slog.Logger

	// Resolvers find the addresses of name servers outside our zones, and answer for the signed zones of their operators.
	// Without any, names with other name servers are not reached, and none gets its first DS.
	Resolvers []netip.AddrPort
	// TrustedPath says that nobody can change what resolvers beyond this machine answer. Without it only those on a loopback
	// address are believed that they validated an answer. RFC 4035 section 4.9.3.
	TrustedPath bool

	// Dial opens a socket; nil: a net.Dialer's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Pause waits for a time, or until something pokes or the context ends.
	Pause func(ctx context.Context, d time.Duration, pokes <-chan struct{})
	// Chance is evenly from 0 to 1: by it scans differ in when they are due again.
	Chance func() float64
}

// A Scanner scans the zones of names. Make it with New; one of them runs at a time, under the lease of the engine.
type Scanner struct {
	Config
	asker    *asker
	resolver *resolver
	pokes    chan struct{}
	scans    tally
}

// A tally counts scans by what they came to.
type tally struct {
	mu sync.Mutex
	by map[registry.ChildResult]uint64
}

// Scans returns how many scans have come to each result since the start.
func (s *Scanner) Scans() map[registry.ChildResult]uint64 {
	s.scans.mu.Lock()
	defer s.scans.mu.Unlock()
	return maps.Clone(s.scans.by)
}

func (s *Scanner) count(result registry.ChildResult) {
	s.scans.mu.Lock()
	defer s.scans.mu.Unlock()
	if s.scans.by == nil {
		s.scans.by = map[registry.ChildResult]uint64{}
	}
	s.scans.by[result]++
}

// New returns a Scanner.
func New(c Config) *Scanner {
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	a := newAsker(c.Dial, c.Service.Real)
	return &Scanner{
		Config: c, asker: a, pokes: make(chan struct{}, 1),
		resolver: &resolver{asker: a, servers: c.Resolvers, trusted: c.TrustedPath, now: c.Service.Real, known: map[names.Name]knownHost{}},
	}
}

// Poke has the scanner look for names that are due.
func (s *Scanner) Poke() {
	select {
	case s.pokes <- struct{}{}:
	default:
	}
}

// A Report is what a scan came to, step by step.
type Report struct {
	Name    names.Name
	Steps   []Step
	Result  registry.ChildResult
	Why     string
	DS      []registry.DS // those that the zone asks for, where it asks for any
	Basis   flow.Basis    // empty unless the name follows them
	Changed bool          // the DS of the name are those now
	Next    time.Time     // when it is scanned again; zero if it is not
}

// A Step is one thing that a scan saw or found.
type Step struct {
	Where string // a name server with its address, or what was judged
	Says  string
}

// ErrNotHere says that another node scans.
var ErrNotHere = errors.New("another node has the lease of the engine, and scans")

// Scan scans one name now, whether or not it is due, and does what follows from it; or only says so.
func (s *Scanner) Scan(ctx context.Context, name names.Name, only bool) (Report, error) {
	if _, mine := s.Lease(); !mine && !only {
		return Report{}, ErrNotHere
	}
	reply, err := s.Service.Ask(ctx, "", flow.ChildShow{Name: name})
	if err != nil {
		return Report{}, err
	}
	child := reply.(flow.Child)
	l := s.look(ctx, child, insistently)
	if only {
		return l.report(), nil
	}
	if err := s.settle(ctx, l); err != nil {
		return Report{}, err
	}
	s.count(l.verdict.result)
	if child.Stops != "" && child.Began.IsZero() && child.Due.IsZero() { // it is not among those that are scanned
		return l.report(), nil
	}
	return l.report(), s.save(ctx, []registry.ChildScan{l.scan})
}

// patience says whether a scan asks servers that did not answer a moment ago.
type patience bool

const (
	usually     patience = false
	insistently patience = true
)

// look asks the name servers of a child what they have, and judges it.
func (s *Scanner) look(ctx context.Context, child flow.Child, how patience) *look {
	limits := s.Service.Terms().Limits.Children
	l := &look{
		scanner: s, child: child, insist: bool(how), limits: limits, began: s.Service.Real().UTC().Truncate(time.Second),
	}
	if child.Stops != "" {
		l.end(verdict{result: registry.ChildStopped, why: child.Stops})
		return l
	}
	ctx, cancel := context.WithTimeout(ctx, max(1, limits.ScanSeconds).Duration())
	defer cancel()
	l.end(l.judge(ctx))
	return l
}

// settle has the registry follow what a child asks for, if that is what the look came to. A refusal is what the scan
// comes to then.
func (s *Scanner) settle(ctx context.Context, l *look) error {
	if l.verdict.result != registry.ChildChanged {
		return nil
	}
	fence, mine := s.Lease()
	if !mine {
		return registry.ErrFenced
	}
	cmd := flow.DSFollow{Scan: l.scan, Basis: l.verdict.basis, DS: l.verdict.ds, Was: l.child.DS}
	for _, ns := range l.child.Servers {
		cmd.Servers = append(cmd.Servers, ns.Name)
	}
	_, err := s.Service.Run(ctx, flow.Request{SvTRID: s.NewTRID(), Fence: fence, Command: cmd})
	var refusal *registry.Error
	if errors.As(err, &refusal) {
		v := l.verdict
		v.result, v.why, v.basis = registry.ChildRefused, refusal.Reason, ""
		l.end(v)
		return nil
	}
	if err != nil {
		return err
	}
	l.changed = true
	s.Log.Info("the DS of a name follow its zone", "name", l.child.Name, "sponsor", l.child.Sponsor, "basis", l.verdict.basis,
		"was", len(l.child.DS), "now", fmt.Sprint(l.verdict.ds))
	return nil
}

// save puts down what came of scans.
func (s *Scanner) save(ctx context.Context, scans []registry.ChildScan) error {
	fence, mine := s.Lease()
	if !mine {
		return registry.ErrFenced
	}
	_, err := s.Service.Run(ctx, flow.Request{SvTRID: s.NewTRID(), Fence: fence, Command: flow.ChildrenScanned{Scans: scans}})
	return err
}

// A look is one scan of one child.
type look struct {
	scanner *Scanner
	child   flow.Child
	insist  bool
	limits  policy.ChildLimits
	began   time.Time

	mu    sync.Mutex
	steps []Step // guarded by mu while servers are asked

	verdict verdict
	scan    registry.ChildScan // what becomes of child.ChildScan
	changed bool
}

// A verdict is what a look came to.
type verdict struct {
	result registry.ChildResult
	why    string
	ds     []registry.DS
	basis  flow.Basis
	signed time.Time // when the CDS were signed
	waits  bool      // ds are asked for, and nobody vouches for them
}

// note adds a step.
func (l *look) note(where, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.steps = append(l.steps, Step{where, fmt.Sprintf(format, args...)})
}

// report returns what the look came to, for people.
func (l *look) report() Report {
	return Report{
		Name: l.child.Name, Steps: l.steps, Result: l.verdict.result, Why: l.verdict.why, DS: l.verdict.ds, Basis: l.verdict.basis,
		Changed: l.changed, Next: l.scan.Due,
	}
}

// end sets what the look came to, and what is kept of it.
func (l *look) end(v verdict) {
	scan := l.child.ChildScan
	if scan.Result != v.result {
		scan.Since = l.began
	}
	scan.Began, scan.Result, scan.Why = l.began, v.result, v.why
	switch {
	case v.result == registry.ChildUnreachable: // what it asked for before may still be so
	case v.waits:
		if scan.AskedSince.IsZero() || !sameDS(scan.Asked, v.ds) {
			scan.Asked, scan.AskedSince = v.ds, l.began
		}
	default:
		scan.Asked, scan.AskedSince = nil, time.Time{}
	}
	if v.result == registry.ChildChanged {
		scan.Signed, scan.Taken = v.signed, l.began
	}
	scan.Due = l.next(scan)
	l.verdict, l.scan = v, scan
}

// next returns when a child is scanned again. What did not answer, or waits, is asked as often as what is signed.
func (l *look) next(scan registry.ChildScan) time.Time {
	often := len(l.child.DS) > 0
	switch scan.Result {
	case registry.ChildWaits, registry.ChildUnreachable, registry.ChildChanged:
		often = true
	}
	every := max(l.child.Automation.Every(often), time.Minute)
	next := l.began.Add(time.Duration(float64(every) * (0.9 + 0.2*l.scanner.Chance()))).Truncate(time.Second)
	if ripe := scan.AskedSince.Add(l.child.Automation.AcceptAfter.Duration()); scan.Result == registry.ChildWaits && ripe.After(l.began) && ripe.Before(next) {
		return ripe
	}
	return next
}
