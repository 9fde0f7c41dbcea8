package dns

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/zone"
)

// A versionSource has the zones as they are served.
type versionSource interface {
	// version returns the served version of a zone, nil if it is none of ours or not loaded.
	version(origin zone.Name) *zone.Version
	// publications returns the last serials of a zone with their times, the oldest first; nil while none is served.
	publications(origin zone.Name) []publication
	// isLatest reports whether a version may go to secondaries: nothing later is known.
	isLatest(v *zone.Version) bool
	// diffs returns what leads from a serial to the served one, in order; nil if the serial is not kept.
	diffs(ctx context.Context, origin zone.Name, from uint32) ([]zone.Diff, error)
}

// An asker is who sent a message, and how.
type asker struct {
	from        netip.Addr
	transport   transport
	conn        net.Conn // nil by UDP
	seat        *seat    // of the connection
	tls         bool
	certificate *[sha256.Size]byte // SHA-256 of that which was shown; nil if none was
}

// askerOf returns who is at the other end of a connection. That of TLS has to be complete.
func askerOf(conn net.Conn) asker {
	a := asker{from: policy.Address(conn.RemoteAddr().String()), transport: overTCP, conn: conn}
	secure, is := conn.(*tls.Conn)
	if !is {
		return a
	}
	a.tls = true
	if shown := secure.ConnectionState().PeerCertificates; len(shown) > 0 {
		sum := sha256.Sum256(shown[0].Raw)
		a.certificate = &sum
	}
	return a
}

// TransferCounts say what became of transfers and of signed messages since the start.
type TransferCounts struct {
	Full, Incremental, Current uint64 // sent whole, as differences, and the SOA alone since nothing is newer
	Unsigned                   uint64 // a transfer was asked for without a key
	BadKey, BadSig, BadTime    uint64 // RFC 8945 section 5.2
	Foreign                    uint64 // good key, but not from where, how or for what it may be used
	Busy, Broken               uint64 // over a limit; not taken to its end
	Outdated                   uint64 // this node does not publish the zones, and what it has is not the latest
}

type transferCounts struct {
	full, incremental, current, unsigned, badKey, badSig, badTime, foreign, busy, broken, outdated atomic.Uint64
}

// TransferCounts returns what became of transfers so far.
func (s *Server) TransferCounts() TransferCounts {
	c := &s.transfers.counts
	return TransferCounts{
		Full: c.full.Load(), Incremental: c.incremental.Load(), Current: c.current.Load(), Unsigned: c.unsigned.Load(),
		BadKey: c.badKey.Load(), BadSig: c.badSig.Load(), BadTime: c.badTime.Load(), Foreign: c.foreign.Load(),
		Busy: c.busy.Load(), Broken: c.broken.Load(), Outdated: c.outdated.Load(),
	}
}

// isSpecial reports whether a query is for respondSpecial: one that asks for a transfer, or may have a TSIG record. It
// looks at the few octets that tell, since every query passes here.
func isSpecial(message []byte) bool {
	if len(message) < headerBytes || message[2]&(flagQR|opcodeMask) != 0 || message[4] != 0 || message[5] != 1 {
		return false
	}
	at, err := skipName(message, headerBytes)
	if err != nil || at+4 > len(message) {
		return false
	}
	if kind := binary.BigEndian.Uint16(message[at:]); kind == mdns.TypeAXFR || kind == mdns.TypeIXFR {
		return true
	}
	if additional := binary.BigEndian.Uint16(message[10:]); additional == 0 || additional == 1 && isOPT(message[at+4:]) {
		return false
	}
	_, kind, err := lastRecord(message)
	return err == nil && kind == mdns.TypeTSIG
}

// isOPT reports whether records begin with an OPT record.
func isOPT(records []byte) bool {
	return len(records) >= 3 && records[0] == 0 && binary.BigEndian.Uint16(records[1:]) == mdns.TypeOPT
}

// respondSpecial answers a message of which isSpecial is true: by send, or if it is a transfer by TCP, on the
// connection of the asker. An error ends the connection.
func (s *Server) respondSpecial(message []byte, a asker, send func([]byte) error) error {
	x := s.transfers
	now := s.config.Now()
	q, signed, err := verifyRequest(message, x.keys, now)
	switch {
	case err != nil:
		return send(bare(message, mdns.RcodeFormatError))
	case q.fault != 0:
		x.counts.fault(q.fault)
		x.refused(a, q.fault.String(), q.conversation, "")
		return send(q.refuse(now))
	}
	t := transferRequest{asker: a, plain: q.plain, sign: q.conversation, send: send}
	if t.read() != nil {
		return t.end(mdns.RcodeFormatError, now)
	}
	if !t.isTransfer() {
		return s.respondSigned(t, now)
	}
	if !signed {
		x.counts.unsigned.Add(1)
		x.refused(a, "it is not signed", nil, t.origin)
		return t.end(mdns.RcodeRefused, now)
	}
	p := x.peerOf(a, q.key.Name, t.origin)
	if p == nil {
		x.counts.foreign.Add(1)
		x.refused(a, "the key is not for this zone, address or way", q.conversation, t.origin)
		return t.end(mdns.RcodeRefused, now)
	}
	if a.seat != nil {
		if displaced := s.places.promote(a.seat, p.room); displaced != nil {
			_ = displaced.Close()
		}
	}
	return s.transfer(t, p)
}

// refused tells the log of what is refused: the key where it is one of ours, the zone where there is such.
func (x *transfers) refused(a asker, why string, key *conversation, origin zone.Name) {
	var details []any
	if key != nil {
		details = append(details, "key", key.key.Name.String())
	}
	if origin != "" && x.source.version(origin) != nil {
		details = append(details, "zone", origin.String())
	}
	x.refusals.add(a.from, why, details...)
}

func (c *transferCounts) fault(code tsigCode) {
	switch code {
	case badKey:
		c.badKey.Add(1)
	case badTime:
		c.badTime.Add(1)
	default:
		c.badSig.Add(1)
	}
}

// respondSigned answers a signed query that asks for no transfer, as any other, and signs the answer. One that has no
// room for the signature is cut down to its question. RFC 8945 section 5.3.
func (s *Server) respondSigned(t transferRequest, now time.Time) error {
	out := s.Answerer.respond(t.plain, t.asker)
	if out == nil {
		return nil
	}
	if len(out)+t.sign.signatureBytes() > t.room() {
		rcode := out[3] & 0x0f
		out = questionAlone(t.plain, rcode)
		out[2] |= bitTC
	}
	return t.send(t.sign.sign(out, now))
}

// bitTC says that a message was cut off, in the third octet. RFC 1035 section 4.1.1.
const bitTC = 0x02

// A transferRequest is a message that asks for a transfer, without its signature.
type transferRequest struct {
	asker
	plain []byte
	sign  *conversation // nil if it was not signed
	send  func([]byte) error

	origin   zone.Name
	kind     uint16
	class    uint16
	question int    // where the records behind the question begin
	serial   uint32 // that the asker has, of an IXFR
	udpSize  int    // that it takes by UDP; 0 without OPT
}

// read reads the question, the SOA of an IXFR and the OPT.
func (t *transferRequest) read() (err error) {
	if t.plain[4] != 0 || t.plain[5] != 1 {
		return errFormat
	}
	at := headerBytes
	if t.origin, at, err = readName(t.plain, at); err != nil || at+4 > len(t.plain) {
		return errFormat
	}
	t.kind, t.class = binary.BigEndian.Uint16(t.plain[at:]), binary.BigEndian.Uint16(t.plain[at+2:])
	at += 4
	t.question = at
	hasSOA := false
	for at < len(t.plain) {
		kind, next, err := skipRecord(t.plain, at)
		if err != nil {
			return err
		}
		switch kind {
		case mdns.TypeSOA: // its names come first, the serial is the first of five numbers behind them. RFC 1995 section 3
			if next-at < 20+behindOwner {
				return errFormat
			}
			t.serial, hasSOA = binary.BigEndian.Uint32(t.plain[next-20:]), true
		case mdns.TypeOPT:
			t.udpSize = int(binary.BigEndian.Uint16(t.plain[at+3:]))
		}
		at = next
	}
	if t.kind == mdns.TypeIXFR && !hasSOA {
		return errFormat
	}
	return nil
}

func (t *transferRequest) isTransfer() bool {
	return t.kind == mdns.TypeAXFR || t.kind == mdns.TypeIXFR
}

func (t *transferRequest) isIncremental() bool { return t.kind == mdns.TypeIXFR }

// room is the length of the longest message that the asker takes.
func (t *transferRequest) room() int {
	if t.transport == overTCP {
		return maxFrame
	}
	return min(max(t.udpSize, mdns.MinMsgSize), maxUDP)
}

// end answers with an outcome alone.
func (t *transferRequest) end(rcode byte, now time.Time) error {
	out := questionAlone(t.plain, rcode)
	if t.sign != nil {
		out = t.sign.sign(out, now)
	}
	return t.send(out)
}

// transfer sends a zone to a secondary that may have it, whole or what is new of it.
func (s *Server) transfer(t transferRequest, p *peer) error {
	x, now := s.transfers, s.config.Now()
	v := x.source.version(t.origin)
	switch {
	case v == nil || t.class != mdns.ClassINET:
		return t.end(mdns.RcodeNotAuth, now) // RFC 5936 section 2.2.1
	case t.kind == mdns.TypeAXFR && t.transport == overUDP: // RFC 5936 section 4.2
		return t.end(mdns.RcodeFormatError, now)
	}
	if !x.source.isLatest(v) {
		x.counts.outdated.Add(1)
		x.refused(t.asker, "this node does not publish the zones, and what it has of them is not the latest", t.sign, t.origin)
		return t.end(mdns.RcodeServerFailure, now)
	}
	if !x.enter(p, t.transport) {
		x.counts.busy.Add(1)
		x.refused(t.asker, "the secondary "+p.Name+" has too many transfers at a time", t.sign, t.origin)
		return t.end(mdns.RcodeRefused, now)
	}
	defer x.leave(p)
	plan, err := x.plan(t, v)
	if err != nil {
		s.config.Log.Error("the differences of a zone cannot be read; it is transferred whole", "zone", t.origin.String(), "err", err)
	}
	if t.isIncremental() {
		p.says(t.origin, t.serial)
	}
	switch {
	case t.isIncremental() && isNewer(t.serial, v.Serial()):
		p.claim(t.origin, t.serial)
	case plan.diffs != nil && p.strays(t.origin, t.serial):
		plan = transferPlan{version: v, full: true}
	}
	if t.transport == overUDP {
		return s.transferByUDP(t, p, plan)
	}
	began := time.Now()
	w := newTransferWriter(t, s.sendTo(t.conn))
	w.now = s.config.Now
	release := s.listeners.interrupt(t.conn)
	defer release()
	if err := w.send(plan); err != nil {
		x.counts.broken.Add(1)
		s.config.Log.Warn("a transfer was not taken to its end", "secondary", p.Name, "zone", t.origin.String(), "err", err)
		return err
	}
	s.transferred(t, p, plan, Transferred{Bytes: w.bytes, Records: w.records, Took: time.Since(began)})
	return nil
}

// transferByUDP answers an IXFR by UDP, with the SOA alone if there is no room, upon which the secondary comes by TCP.
// RFC 1995 section 2.
func (s *Server) transferByUDP(t transferRequest, p *peer, plan transferPlan) error {
	var out []byte
	asked := *t.sign // what an answer is bound to
	w := newTransferWriter(t, func(framed []byte) error {
		out = append(out, framed...)
		return nil
	})
	w.now, w.most = s.config.Now, t.room()
	if plan.full {
		plan = transferPlan{version: plan.version, current: true}
	}
	if err := w.send(plan); err != nil {
		return err
	}
	if w.messages > 1 || len(out)-2 > t.room() {
		*t.sign = asked
		plan = transferPlan{version: plan.version, current: true}
		out, w = nil, w.again()
		if err := w.send(plan); err != nil {
			return err
		}
	}
	s.transferred(t, p, plan, Transferred{Bytes: w.bytes, Records: w.records})
	return t.send(out[2:])
}

// transferred keeps what a secondary got.
func (s *Server) transferred(t transferRequest, p *peer, plan transferPlan, done Transferred) {
	x := s.transfers
	switch {
	case plan.current:
		x.counts.current.Add(1)
		return
	case plan.full:
		x.counts.full.Add(1)
	default:
		x.counts.incremental.Add(1)
	}
	done.At, done.Serial, done.Full = s.config.Now(), plan.version.Serial(), plan.full
	p.note(t.origin, done)
	p.says(t.origin, done.Serial)
	s.askSoon(p, t.origin)
}

// A Transferred is a transfer that a secondary took to its end.
type Transferred struct {
	At      time.Time
	Serial  uint32
	Full    bool // the whole zone, not what was new
	Records int
	Bytes   int
	Took    time.Duration
}

// enter takes a place for a transfer, if one is or becomes free. Who asks by UDP has its answer at once or comes again.
func (x *transfers) enter(p *peer, over transport) bool {
	wait := x.limits.Wait
	if over == overUDP {
		wait = 0
	}
	patience := time.NewTimer(wait)
	defer patience.Stop()
	if !take(p.places, patience) {
		return false
	}
	if !take(x.places, patience) {
		<-p.places
		return false
	}
	return true
}

// take takes a place that is free, or becomes free while the patience lasts.
func take(places chan struct{}, patience *time.Timer) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
	}
	select {
	case places <- struct{}{}:
		return true
	case <-patience.C:
		return false
	}
}

func (x *transfers) leave(p *peer) {
	<-x.places
	<-p.places
}

// errStopping ends transfers when the server stops.
var errStopping = errors.New("the server is stopping")

// sendTo returns what writes to a connection, which may stall for so long and take so long in all.
func (s *Server) sendTo(conn net.Conn) func([]byte) error {
	limits := s.transfers.limits
	end := time.Now().Add(limits.Length)
	return func(framed []byte) error {
		until := time.Now().Add(limits.Stall)
		if until.After(end) {
			until = end
		}
		if err := conn.SetWriteDeadline(until); err != nil {
			return err
		}
		if s.listeners.isClosed() { // looked at after the deadline is set: interrupt sets another one
			return errStopping
		}
		_, err := conn.Write(framed)
		return err
	}
}

// interrupt lets writes to a connection fail from Shutdown on, until it is released.
func (l *listeners) interrupt(conn net.Conn) (release func()) {
	done := make(chan struct{})
	go func() {
		select {
		case <-l.closed:
			_ = conn.SetWriteDeadline(time.Now())
		case <-done:
		}
	}()
	return func() { close(done) }
}
