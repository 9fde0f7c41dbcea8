package bench

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/cmd/dorado/eppclient"
)

// A DelayPlan says how the delay between a command's answer and the zone is measured.
type DelayPlan struct {
	Server  string        // of the zone, HOST:PORT, asked by TCP
	Changes int           // of DS, one after the other, each when the one before is served
	Rate    float64       // then changes of name servers a second, of all sessions together; 0: none
	Span    time.Duration // for so long
	Signed  bool          // the zone is signed: a change is served when its signature is, too
}

// Delays are how long after a change was answered the zone had it.
type Delays struct {
	Times  Histogram
	Sent   uint64  // changes
	Failed uint64  // of them, by the server of EPP
	Cause  string  // of one that failed: its name, and what came instead of success
	Rate   float64 // that were answered a second
}

// delayPatience is how long a change may take to be served.
const delayPatience = 30 * time.Second

// SecureDelays changes the DS of names, one after the other, and waits for each.
func (l *Load) SecureDelays(ctx context.Context, p DelayPlan) (d Delays, err error) {
	zone, err := openProbe(p)
	if err != nil {
		return d, err
	}
	defer zone.close()
	s, err := login(ctx, l.plan.Address, l.plan.Accounts[0], eppclient.SecDNSURI)
	if err != nil {
		return d, err
	}
	defer s.wire.conn.Close()
	s.own = l.sessions[0].own // names of the same registrar
	began := time.Now()
	for i := range p.Changes {
		name := string(s.own[i%len(s.own)])
		ds := eppclient.DS{KeyTag: fmt.Sprint(1 + i%60_000), Algorithm: "13", DigestType: "2", Digest: strings.Repeat("AB", 32)}
		if _, err := s.mustDo(eppclient.DomainUpdate{Name: name, RemoveAllDS: i >= len(s.own), AddDS: []eppclient.DS{ds}}); err != nil {
			return d, err
		}
		answered := time.Now()
		d.Sent++
		if err := zone.await(ctx, func() (bool, error) { return zone.hasDS(name, uint16(1+i%60_000)) }); err != nil {
			return d, fmt.Errorf("DS of %s: %w", name, err)
		}
		d.Times.Add(time.Since(answered))
	}
	d.Rate = float64(d.Sent) / time.Since(began).Seconds()
	return d, nil
}

// LoadedDelays has all sessions change name servers at a rate, and follows one change after the other into the zone.
func (l *Load) LoadedDelays(ctx context.Context, p DelayPlan) (d Delays, err error) {
	zone, err := openProbe(p)
	if err != nil {
		return d, err
	}
	defer zone.close()
	ctx, stop := context.WithTimeout(ctx, p.Span)
	defer stop()
	changes := make(chan edited, 1) // the last that nobody follows yet
	var lock sync.Mutex
	var sessions sync.WaitGroup
	every := time.Duration(float64(len(l.sessions)) / p.Rate * float64(time.Second))
	began := time.Now()
	for i, s := range l.sessions {
		if err := s.wire.expect(p.Span); err != nil {
			return d, err
		}
		sessions.Go(func() {
			sent, failed, cause := s.edit(ctx, every, every*time.Duration(i)/time.Duration(len(l.sessions)), changes)
			lock.Lock()
			defer lock.Unlock()
			d.Sent, d.Failed, d.Cause = d.Sent+sent, d.Failed+failed, cmp.Or(d.Cause, cause)
		})
	}
	for ctx.Err() == nil && err == nil {
		select {
		case <-ctx.Done():
		case c := <-changes:
			err = zone.await(context.WithoutCancel(ctx), func() (bool, error) { return zone.hasNS(c.name, 2) })
			d.Times.Add(time.Since(c.answered))
		}
	}
	sessions.Wait()
	d.Rate = float64(d.Sent) / time.Since(began).Seconds()
	return d, err
}

// An edited is a name whose third name server was taken away again.
type edited struct {
	name     string
	answered time.Time
}

// edit sends changes of the session's own names in turn, one in every span, and offers each to who follows. The cause is that
// of the first that failed.
func (s *session) edit(ctx context.Context, every, first time.Duration, changes chan<- edited) (sent, failed uint64, cause string) {
	tick := time.NewTimer(first)
	defer tick.Stop()
	next := time.Now().Add(first)
	for {
		select {
		case <-ctx.Done():
			return sent, failed, cause
		case <-tick.C:
		}
		next = next.Add(every)
		tick.Reset(time.Until(next))
		name := string(s.own[s.edited%len(s.own)])
		code, err := s.do(Update)
		sent++
		if err != nil || code != succeeded {
			failed++
			cause = cmp.Or(cause, fmt.Sprintf("%s: code %d, %v", name, code, err))
			continue
		}
		if s.third {
			continue // the next change, soon, is of the same name
		}
		select {
		case changes <- edited{name, time.Now()}:
		default:
		}
	}
}

// A zoneProbe asks a name server until it says what it is to say: by TCP, since by UDP nobody is answered so often.
type zoneProbe struct {
	server string
	conn   *mdns.Conn
	asked  int // by this connection
	signed bool
}

func openProbe(p DelayPlan) (*zoneProbe, error) {
	z := &zoneProbe{server: p.Server, signed: p.Signed}
	return z, z.connect()
}

func (z *zoneProbe) connect() (err error) {
	z.asked = 0
	if z.conn, err = mdns.DialTimeout("tcp", z.server, delayPatience); err != nil {
		return fmt.Errorf("ask the zone: %w", err)
	}
	return nil
}

func (z *zoneProbe) close() { z.conn.Close() }

// perConnection is fewer questions than a server takes by one connection.
const perConnection = 500

// probePause is between two questions: short beside what is measured, long enough not to be in its way.
const probePause = time.Millisecond

func (z *zoneProbe) await(ctx context.Context, served func() (bool, error)) error {
	for end := time.Now().Add(delayPatience); ; {
		is, err := served()
		switch {
		case err != nil:
			return err
		case is:
			return nil
		case time.Now().After(end):
			return fmt.Errorf("not served within %v", delayPatience)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(probePause):
		}
	}
}

func (z *zoneProbe) ask(name string, kind uint16) (*mdns.Msg, error) {
	if z.asked++; z.asked > perConnection {
		z.close()
		if err := z.connect(); err != nil {
			return nil, err
		}
	}
	q := new(mdns.Msg).SetQuestion(mdns.Fqdn(name), kind)
	q.SetEdns0(1232, true)
	_ = z.conn.SetDeadline(time.Now().Add(delayPatience))
	if err := z.conn.WriteMsg(q); err != nil {
		return nil, err
	}
	return z.conn.ReadMsg()
}

// hasDS reports whether a name is served with a DS, and its signature in a signed zone.
func (z *zoneProbe) hasDS(name string, tag uint16) (bool, error) {
	reply, err := z.ask(name, mdns.TypeDS)
	if err != nil {
		return false, err
	}
	has, signed := false, !z.signed
	for _, rr := range reply.Answer {
		switch rr := rr.(type) {
		case *mdns.DS:
			has = has || rr.KeyTag == tag
		case *mdns.RRSIG:
			signed = true
		}
	}
	return has && signed, nil
}

// hasNS reports whether a name is delegated to so many name servers.
func (z *zoneProbe) hasNS(name string, n int) (bool, error) {
	reply, err := z.ask(name, mdns.TypeNS)
	if err != nil {
		return false, err
	}
	found := 0
	for _, rr := range reply.Ns {
		if _, is := rr.(*mdns.NS); is {
			found++
		}
	}
	return found == n, nil
}
