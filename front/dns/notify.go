package dns

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

// Seen is what a secondary has of a zone, as far as we know.
type Seen struct {
	Zone      zone.Name
	Secondary string

	Asked  bool      // whether it is asked; what follows is not known of others
	Serial uint32    // that it serves; 0 if it never said
	At     time.Time // when it was first seen to serve it
	Looked time.Time // when it last said so

	Published uint32    // our serial
	Behind    time.Time // when the oldest serial was published that it does not serve yet, or since when it does not answer; zero if it serves ours, or has not been asked

	Notified  uint32    // the serial of which it confirmed to have been told
	NotifyAt  time.Time // when it was last told of one
	NotifyErr error     // why the last try failed; nil if it did not
	LookErr   error     // why the last question for its serial failed; nil if it did not

	Transferred Transferred // last; zero before the first since the start
}

// Seen returns what each secondary has of each zone, in the order of the configuration.
func (s *Server) Seen() []Seen {
	var list []Seen
	for _, f := range s.transfers.followed() {
		list = append(list, f.told())
	}
	return list
}

// A follower tells one secondary of the changes of one zone, and learns which serial it serves. Only the newest serial is
// told, one message is under way at a time, and there is a pause between two, so a secondary that does not answer costs
// one socket and delays nobody.
type follower struct {
	*peer
	origin zone.Name
	limits TransferLimits
	source versionSource
	seenBy func(Seen)
	now    func() time.Time

	arrived func(origin zone.Name, secondary string, after time.Duration) // nil if nobody wants to know

	woken chan struct{} // holds one wake-up at most

	mu        sync.Mutex
	known     Seen
	published serials
	began     time.Time // when something to be told was first there

	fresh atomic.Bool // something was published since the secondary was last told
	came  atomic.Bool // the secondary has transferred the zone

	// The rest belongs to the goroutine of run.
	retry, pause     time.Duration // after the next failure; until the next question
	notifyAt, lookAt time.Time     // not before
	againAt          time.Time     // when a secondary that knows and does not come is told again
	looked           time.Time     // last
	silent           bool          // it did not answer the last question
}

// serials are those that were published lately, with their times, the oldest first.
type serials []publication

// A publication is one of them, with the commits of its changes, in microseconds since 1970.
type publication struct {
	serial  uint32
	at      time.Time
	changed []int64 // shared, so it is not changed
}

// publications returns the last serials of a zone with their times, also those before the last start.
func (s *Server) publications(origin zone.Name) []publication {
	z := s.zones.byOrigin[origin]
	if z == nil || z.version.Load() == nil {
		return nil
	}
	list := z.journal.publications()
	if serial := z.version.Load().Serial(); len(list) == 0 || list[len(list)-1].serial != serial {
		list = append(list, publication{serial: serial, at: time.Unix(0, z.made.Load())})
	}
	return list
}

// maxSerials bounds what is kept of them. A secondary that is farther behind is said to be so since the oldest.
const maxSerials = 1024

func newFollower(p *peer, origin zone.Name, x *transfers) *follower {
	return &follower{
		peer: p, origin: origin, limits: x.limits, source: x.source, seenBy: x.seen, arrived: x.arrived, now: x.now, woken: make(chan struct{}, 1),
		retry: x.limits.NotifyRetry, pause: x.limits.LookGap, known: Seen{Zone: origin, Secondary: p.Name},
	}
}

// publish notes that a serial is served, with changes.
func (f *follower) publish(serial uint32, changed []int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known.Published == 0 {
		f.recall(serial)
	}
	if f.known.Published != serial {
		f.note(publication{serial, f.now(), changed})
	}
}

// recall notes what was published before a serial, since a secondary may be behind from before the last start. It is called with
// the lock.
func (f *follower) recall(before uint32) {
	f.began = f.now()
	for _, p := range f.source.publications(f.origin) {
		if p.serial == before {
			return
		}
		f.note(p)
	}
}

// note is called with the lock.
func (f *follower) note(p publication) {
	f.known.Published = p.serial
	if len(f.published) == maxSerials {
		f.published = f.published[1:]
	}
	f.published = append(f.published, p)
}

func (f *follower) wake() {
	select {
	case f.woken <- struct{}{}:
	default:
	}
}

// told returns what is known.
func (f *follower) told() Seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	known := f.known
	known.Transferred = f.transferred(f.origin)
	if v := f.source.version(f.origin); v != nil && known.Published == 0 {
		known.Published = v.Serial()
	}
	if known.Asked = f.Asks().IsValid(); !known.Asked {
		return known
	}
	if known.Looked.IsZero() {
		if known.LookErr != nil {
			known.Behind = f.began
		}
		return known
	}
	for _, p := range f.published {
		if isNewer(p.serial, known.Serial) {
			known.Behind = p.at
			break
		}
	}
	return known
}

// isBehind reports whether the secondary is not known to serve what is published.
func (f *follower) isBehind() bool {
	return f.known.Looked.IsZero() || isNewer(f.known.Published, f.known.Serial)
}

// run follows until the context ends.
func (f *follower) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.woken:
			f.hurry()
		case <-timer.C:
		}
		for wait := time.Duration(0); ctx.Err() == nil; {
			if wait = f.step(ctx, time.Now()); wait > 0 {
				timer.Reset(wait)
				break
			}
		}
	}
}

// hurry has a secondary asked soon, since something was published or transferred; for one that does not answer, a
// publication is no reason.
func (f *follower) hurry() {
	if f.came.Swap(false) || !f.silent {
		f.pause = f.limits.LookGap
		f.lookAt = f.looked.Add(f.pause)
	}
}

// idle is how often a server without the zone looks whether it has it: a node that stands by, or one that is loading.
const idle = time.Second

// serves reports whether there is a version to tell of. The first one is no news: who has it need not be told.
func (f *follower) serves() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known.Published == 0 {
		f.recall(0)
	}
	return f.known.Published != 0
}

// step does the one thing that is due, or returns how long it is until something is.
func (f *follower) step(ctx context.Context, at time.Time) time.Duration {
	if !f.serves() {
		return idle
	}
	f.mu.Lock()
	serial, behind, looked := f.known.Published, f.isBehind(), !f.known.Looked.IsZero() || f.known.LookErr != nil
	told := f.known.Notified == serial && f.known.NotifyErr == nil && at.Before(f.againAt)
	f.mu.Unlock()
	due := f.lookAt
	tells := behind && !told && f.Notify.IsValid() && (looked || f.fresh.Load())
	if tells && !f.notifyAt.After(due) {
		due = f.notifyAt
	} else {
		tells = false
	}
	switch {
	case due.After(at):
		return due.Sub(at)
	case tells:
		f.tell(ctx, serial)
	default:
		f.ask(ctx)
	}
	return 0
}

// Asks is where the secondary is asked; the zero value if it is not.
func (s Secondary) Asks() netip.AddrPort {
	if s.Ask.IsValid() {
		return s.Ask
	}
	return s.Notify
}

// maxRetry is how much longer than the first pause the longest one is, after NOTIFY without an answer. RFC 1996 section
// 3.6 asks for a bound; a secondary that is away for hours comes by itself when it is back.
const maxRetry = 60

// renotify is after how long a secondary that confirmed a NOTIFY and is still behind is told again.
const renotify = time.Minute

// tell sends one NOTIFY. RFC 1996.
func (f *follower) tell(ctx context.Context, serial uint32) {
	f.fresh.Store(false)
	_, err := f.exchange(ctx, f.Notify, f.notification(serial))
	if ctx.Err() != nil {
		return
	}
	at := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known.NotifyAt, f.known.NotifyErr = f.now(), err
	if err != nil {
		f.notifyAt = at.Add(f.retry)
		f.retry = min(2*f.retry, maxRetry*f.limits.NotifyRetry)
		return
	}
	f.known.Notified = serial
	f.retry, f.notifyAt, f.againAt = f.limits.NotifyRetry, at.Add(f.limits.NotifyGap), at.Add(renotify)
}

// longestPause is the longest one between two questions to a secondary that answers and is behind.
const longestPause = 2 * time.Second

// ask asks which serial the secondary serves.
func (f *follower) ask(ctx context.Context) {
	reply, err := f.exchange(ctx, f.Asks(), f.soaQuestion())
	var serial uint32
	if err == nil {
		serial, err = serialIn(reply, f.origin)
	}
	if ctx.Err() != nil {
		return
	}
	behind := f.learn(serial, err)
	f.looked, f.silent = time.Now(), err != nil
	longest := longestPause
	if f.silent {
		longest = maxRetry * f.limits.NotifyRetry
	}
	if behind {
		f.lookAt, f.pause = f.looked.Add(f.pause), min(2*f.pause, longest)
	} else {
		f.lookAt = f.looked.Add(f.limits.LookRest)
	}
}

// learn notes which serial the secondary says that it serves, or why it does not say, and reports whether it is behind.
func (f *follower) learn(serial uint32, err error) (behind bool) {
	var arrived []int64
	f.mu.Lock()
	f.known.LookErr = err
	news := err == nil && (f.known.Looked.IsZero() || f.known.Serial != serial)
	if err == nil {
		f.known.Looked = f.now()
	}
	if err == nil {
		f.says(f.origin, serial)
	}
	if news {
		f.known.Serial, f.known.At = serial, f.now()
		for len(f.published) > 0 && !isNewer(f.published[0].serial, serial) {
			arrived = append(arrived, f.published[0].changed...)
			f.published = f.published[1:]
		}
	}
	behind = f.isBehind()
	f.mu.Unlock()
	if f.arrived != nil {
		for _, changed := range arrived {
			f.arrived(f.origin, f.Name, f.now().Sub(time.UnixMicro(changed)))
		}
	}
	if news && f.seenBy != nil {
		f.seenBy(f.told())
	}
	return behind
}

// notification is the message that a zone has changed, with its new SOA as a hint. RFC 1996 section 3.7.
func (f *follower) notification(serial uint32) []byte {
	m := new(mdns.Msg)
	m.SetNotify(f.origin.String())
	m.Answer = []mdns.RR{&mdns.SOA{
		Hdr: mdns.RR_Header{Name: f.origin.String(), Rrtype: mdns.TypeSOA, Class: mdns.ClassINET},
		Ns:  ".", Mbox: ".", Serial: serial,
	}}
	return packed(m)
}

func (f *follower) soaQuestion() []byte {
	m := new(mdns.Msg)
	m.SetQuestion(f.origin.String(), mdns.TypeSOA)
	m.RecursionDesired = false
	return packed(m)
}

// packed is a message of ours, which fits.
func packed(m *mdns.Msg) []byte {
	out, err := m.Pack()
	if err != nil {
		panic("dns: a message of our own: " + err.Error())
	}
	return out
}

// errNotAuthority is an answer about a zone that the server does not have, or has let expire.
var errNotAuthority = errors.New("the server is no authority of the zone")

// serialIn returns the serial in an answer to a question for the SOA.
func serialIn(reply []byte, origin zone.Name) (uint32, error) {
	var m mdns.Msg
	if err := m.Unpack(reply); err != nil {
		return 0, err
	}
	for _, rr := range m.Answer {
		if soa, is := rr.(*mdns.SOA); is && m.Authoritative && mdns.IsSubDomain(origin.String(), soa.Hdr.Name) {
			return soa.Serial, nil
		}
	}
	return 0, errNotAuthority
}

// exchange sends a signed message by UDP and returns the answer to it without its signature. What comes in between and is
// not the answer is passed over.
func (f *follower) exchange(ctx context.Context, to netip.AddrPort, message []byte) ([]byte, error) {
	dialer := net.Dialer{Timeout: f.limits.NotifyWait}
	conn, err := dialer.DialContext(ctx, "udp", to.String())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })()
	_ = conn.SetDeadline(time.Now().Add(f.limits.NotifyWait))
	talk := newConversation(f.Key, nil)
	if _, err := conn.Write(talk.sign(message, f.now())); err != nil {
		return nil, err
	}
	asked := *talk
	for buf := make([]byte, maxFrame); ; {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, err
		}
		reply := buf[:n]
		if n < headerBytes || reply[2]&flagQR == 0 || binary.BigEndian.Uint16(reply) != binary.BigEndian.Uint16(message) {
			continue
		}
		*talk = asked
		plain, err := talk.verifyAnswer(reply, f.now())
		if err != nil {
			return nil, err
		}
		if rcode := plain[3] & 0x0f; rcode != 0 {
			return nil, errors.New("the server answers " + mdns.RcodeToString[int(rcode)])
		}
		return plain, nil
	}
}
