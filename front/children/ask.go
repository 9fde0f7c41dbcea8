package children

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/policy"
)

const (
	// dnsPort is where name servers are.
	dnsPort = 53
	// udpSize is what we take by UDP: it passes every path unfragmented. DNS Flag Day 2020.
	udpSize = 1232
	// udpTries is how often a question is sent by UDP; the first one waits udpWait for its answer, the second twice that.
	udpTries = 2
	udpWait  = time.Second
	tcpWait  = 5 * time.Second
	// strays is how many messages that are no answer to a question are read in the place of one.
	strays = 16
	// downFor is how long a server that did not answer is left alone.
	downFor = time.Minute
	// peersKept bounds how many addresses are remembered: to ask each only so often.
	peersKept = 20_000
)

// An asker sends questions, to each address only so many in a second. It remembers who did not answer.
type asker struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	now  func() time.Time

	mu    sync.Mutex
	peers map[netip.Addr]peer
}

// A peer is an address that was asked.
type peer struct {
	spent time.Time // see policy.Rate
	down  time.Time // until when it is left alone
}

func newAsker(dial func(context.Context, string, string) (net.Conn, error), now func() time.Time) *asker {
	return &asker{dial: dial, now: now, peers: map[netip.Addr]peer{}}
}

// A question is a name and a type, with where it goes.
type question struct {
	to        netip.AddrPort
	name      string // absolute
	kind      uint16
	recursive bool // it goes to a resolver
}

// errSilent is a server that does not answer.
var errSilent = errors.New("no answer")

// errDown is one that did not answer a moment ago.
var errDown = fmt.Errorf("%w a moment ago", errSilent)

// ask sends a question by UDP, and by TCP where the answer does not fit, and returns the answer: that of the server that
// was asked, to this question. Whether it is true is for others to find.
func (a *asker) ask(ctx context.Context, q question) (*mdns.Msg, error) {
	m := new(mdns.Msg).SetQuestion(q.name, q.kind)
	m.RecursionDesired, m.AuthenticatedData = q.recursive, q.recursive
	m.SetEdns0(udpSize, true)
	var answer *mdns.Msg
	err := errSilent
	for try := 0; try < udpTries && errors.Is(err, errSilent); try++ {
		answer, err = a.exchange(ctx, socket{"udp", q.to, udpWait << try}, m)
	}
	if err == nil && answer.Truncated {
		answer, err = a.exchange(ctx, socket{"tcp", q.to, tcpWait}, m)
	}
	if errors.Is(err, errSilent) && ctx.Err() == nil {
		a.isDown(q.to.Addr())
	}
	return answer, err
}

// A socket is how a message is sent, and how long it waits for its answer.
type socket struct {
	network string
	to      netip.AddrPort
	wait    time.Duration
}

// exchange sends a message once and waits for its answer.
func (a *asker) exchange(ctx context.Context, by socket, m *mdns.Msg) (*mdns.Msg, error) {
	network := by.network
	ctx, cancel := context.WithTimeout(ctx, by.wait)
	defer cancel()
	conn, err := a.dial(ctx, network, by.to.String())
	if err != nil {
		return nil, fmt.Errorf("%w by %s: %s", errSilent, network, plain(err))
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		conn.SetDeadline(deadline)
	}
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })() // whoever waits is told to end
	c := &mdns.Conn{Conn: conn, UDPSize: udpSize}
	if err := c.WriteMsg(m); err != nil {
		return nil, fmt.Errorf("%w by %s: %s", errSilent, network, plain(err))
	}
	for range strays {
		packed, err := c.ReadMsgHeader(nil)
		if err != nil {
			return nil, fmt.Errorf("%w by %s: %s", errSilent, network, plain(err))
		}
		answer := new(mdns.Msg)
		if answer.Unpack(packed) == nil && answers(answer, m) {
			return answer, nil
		}
	}
	return nil, fmt.Errorf("%w by %s: only messages that are no answer", errSilent, network)
}

// answers reports whether a message answers a question.
func answers(answer, m *mdns.Msg) bool {
	if answer.Id != m.Id || !answer.Response || answer.Opcode != mdns.OpcodeQuery || len(answer.Question) != 1 {
		return false
	}
	got, want := answer.Question[0], m.Question[0]
	return got.Qtype == want.Qtype && got.Qclass == want.Qclass && strings.EqualFold(got.Name, want.Name)
}

// plain says what went wrong with a socket without the addresses, which are told already.
func plain(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "the time is over"
	}
	return err.Error()
}

// turn waits until an address may be asked, and says that it may not: a stranger's, or one that is down.
func (a *asker) turn(ctx context.Context, to netip.Addr, perSecond int, insist bool) error {
	if !isPublic(to) {
		return errors.New("this is no address of the public Internet; it is not asked")
	}
	rate := policy.Rate{Burst: perSecond, Every: time.Second / time.Duration(max(1, perSecond))}
	for {
		wait, down := a.spend(to, rate)
		switch {
		case down && !insist:
			return errDown
		case wait == 0:
			return nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("%w in time: too much is asked there at once", errSilent)
		}
	}
}

// spend counts a question to an address, or says how long it has to wait.
func (a *asker) spend(to netip.Addr, rate policy.Rate) (wait time.Duration, down bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if len(a.peers) >= peersKept {
		for addr, p := range a.peers {
			if p.spent.Before(now) && p.down.Before(now) {
				delete(a.peers, addr)
			}
		}
	}
	p := a.peers[to]
	p.spent, wait = rate.Spend(p.spent, now)
	if len(a.peers) < peersKept || a.peers[to] != (peer{}) {
		a.peers[to] = p
	}
	return wait, now.Before(p.down)
}

// isDown remembers a server that did not answer.
func (a *asker) isDown(at netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p, known := a.peers[at]; known {
		p.down = a.now().Add(downFor)
		a.peers[at] = p
	}
}

// local are addresses where no name server of the public Internet is: a child could have us ask there what only this
// machine may. netip knows the others. RFC 6890.
func local() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("240.0.0.0/4"),
		netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
		netip.MustParsePrefix("fec0::/10"),
	}
}

// isPublic reports whether a name server may be asked at an address.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range local() {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
