package dns

import (
	"encoding/hex"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"time"

	"example.org/dorado/core/zone"
)

// shared is what all desks answer from.
type shared struct {
	zoneFor func(name []byte, kind uint16) *zone.Version // nil of a name that is in no zone
	loaded  func() bool
	options Options
	size    int // of the longest answer by UDP, in octets
	idle    time.Duration
	jar     *cookieJar
	log     *slog.Logger
	rates   *rates

	// special answers messages that more than a zone is needed for, isSpecial says which; it may send several. Nil: they are
	// answered as others.
	special func(message []byte, from asker, send func([]byte) error) error

	// childNotify takes a NOTIFY of a child zone, and reports whether its registry takes such. It must not wait. Nil: none are.
	childNotify func(ChildNotice) bool

	every int // of the answers held back, one in so many is answered with TC; none if 0
}

// Options are what answers say of the server in options of EDNS.
type Options struct {
	NSID     string    // which of many servers this is, to who asks for it. RFC 5001
	ReportTo zone.Name // the agent domain to which resolvers report what they could not validate; none if empty. RFC 9567
}

// A desk answers messages, one after the other, in room that it uses again for each. It is for one goroutine.
type desk struct {
	*shared
	reply
	request request
	tally   *tally
	now     time.Time // of the message in hand, or a little before

	over   transport
	from   netip.Addr
	known  bool // that the sender is who it says, by a signature
	proven bool // that the sender receives what is sent to its address: by TCP, a signature or a cookie
	fresh  bool // its cookie serves on
	slips  int  // answers that were held back

	faulted time.Time // when a fault was logged last

	message, framed []byte // of a connection

	owners [len(zone.Result{}.Proofs)][1 + 32 + maxName]byte // of the NSEC3 records of an answer
}

// respond returns the answer to a message, good until the next one; nil if it deserves none: one without a whole
// header, one that is itself an answer, or one of too many. A fault of ours is SERVFAIL, and ends nothing else.
func (d *desk) respond(message []byte, from netip.Addr, t transport) (out []byte) {
	defer func() {
		if fault := recover(); fault != nil {
			out = d.broken(fault)
		}
	}()
	d.tally.add(countReceived)
	if t == overTCP {
		d.tally.add(countTCP)
	}
	if len(message) < headerBytes || message[2]&flagQR != 0 {
		d.tally.add(countIgnored)
		return nil
	}
	d.from, d.over, d.proven, d.fresh = from, t, t == overTCP || d.known, false
	q := &d.request
	q.asked = asked{message: message}
	switch {
	case message[2]&opcodeMask == opcodeNotify && d.childNotify != nil:
		return d.notification(message)
	case message[2]&opcodeMask != 0:
		d.tally.add(countNotImplemented)
		return d.bare(rcodeNotImplemented)
	case !q.read(message):
		d.tally.add(countMalformed)
		return d.bare(rcodeFormatError)
	}
	wrong := false
	if q.cookie != nil && q.version == 0 && len(q.cookie) > clientCookie {
		good, fresh := d.jar.check(q.cookie, from, d.now)
		d.proven, d.fresh, wrong = d.proven || good, fresh, !good
	}
	if q.bare {
		return d.cookieAlone(wrong)
	}
	return d.query()
}

// cookieAlone answers who asks nothing but for a cookie, and who wants to know whether the one it has is still good. RFC
// 7873 section 5.4.
func (d *desk) cookieAlone(wrong bool) []byte {
	if !d.mayFail() {
		return nil
	}
	m := d.request.message
	var tail [maxOptions]byte
	options := d.appendOptions(tail[:0])
	d.out = append(d.out[:0], m[0], m[1], flagQR|m[2]&(opcodeMask|flagRD), 0, 0, 0, 0, 0, 0, 0, 0, 0)
	if !wrong {
		d.tally.add(countCookies)
		d.appendOPT(options, false)
		return d.out
	}
	d.tally.add(countBadCookie)
	d.outcome(rcodeBadCookie)
	d.appendOPT(options, false)
	d.extend(rcodeBadCookie)
	return d.out
}

// specially has a message answered by special. A fault of ours is SERVFAIL, and ends nothing else.
func (d *desk) specially(message []byte, from asker, send func([]byte) error) (err error) {
	d.tally.add(countReceived)
	d.tally.add(countSpecial)
	if from.transport == overTCP {
		d.tally.add(countTCP)
	}
	d.request.asked = asked{message: message}
	d.from, d.over, d.proven = from.from, from.transport, from.transport == overTCP
	defer func() {
		if fault := recover(); fault != nil {
			err = send(d.broken(fault))
		}
	}()
	return d.special(message, from, send)
}

// query answers a question.
func (d *desk) query() []byte {
	q := &d.request
	if q.edns && q.version != 0 {
		d.tally.add(countBadVersion)
		return d.fail(rcodeBadVersion, errorNone)
	}
	switch {
	case !d.loaded():
		d.tally.add(countFailed)
		return d.fail(rcodeServerFailure, errorNotReady)
	case q.class != zone.ClassIN: // among them CHAOS, which would tell our version
		d.tally.add(countRefused)
		return d.fail(rcodeRefused, errorNotSupported)
	case q.kind == typeAXFR || q.kind == typeIXFR:
		d.tally.add(countRefused)
		return d.fail(rcodeRefused, errorProhibited)
	case q.kind == 0 || q.kind == typeOPT || q.kind == typeTSIG: // which no question can ask for
		d.tally.add(countMalformed)
		return d.fail(rcodeFormatError, errorNone)
	case q.kind >= typeMeta && q.kind < typeLast:
		d.tally.add(countNotImplemented)
		return d.fail(rcodeNotImplemented, errorNotSupported)
	}
	v := d.zoneFor(q.name, q.kind)
	if v == nil {
		d.tally.add(countRefused)
		return d.fail(rcodeRefused, errorNotAuthoritative)
	}
	return d.look(v)
}

// look answers from a zone.
func (d *desk) look(v *zone.Version) []byte {
	q := &d.request
	kind := q.kind
	if kind == zone.TypeRRSIG { // all signatures are as much as ANY, and are answered alike
		kind = zone.TypeANY
	}
	r := v.Lookup(q.name, kind, q.dnssec)
	if q.kind == zone.TypeRRSIG && r.Outcome == zone.Answered && r.Set.Signatures() == 0 {
		r = zone.Result{Outcome: zone.NoData}
	}
	if !d.may(v, &r) {
		return d.slip()
	}
	var tail [maxOptions]byte
	options := d.options.appendZoneVersion(d.appendOptions(tail[:0]), q, v)
	d.begin(q, d.room()-d.optLength(options))
	switch r.Outcome {
	case zone.Answered:
		d.answered(&r)
	case zone.Referred:
		d.referred(v, &r)
	case zone.NoData, zone.NoName:
		d.nothing(v, &r)
	default: // what zoneFor returned is not the zone of the name
		d.tally.add(countFailed)
		return d.fail(rcodeServerFailure, errorNone)
	}
	d.limit = d.room()
	d.appendOPT(options, true)
	return d.out
}

// room is the longest that the answer may be: by UDP what the asker lets it be, if that passes. By TCP the OPT says
// nothing. RFC 6891 section 6.2.5.
func (d *desk) room() int {
	switch {
	case d.over == overTCP:
		return maxMessage
	case !d.request.edns:
		return minUDP
	}
	return min(max(int(d.request.size), minUDP), d.size)
}

// bare is an answer of a header alone, for a message that could not be understood: its id, opcode and RD, and the
// outcome.
func (d *desk) bare(rcode byte) []byte {
	if !d.mayFail() {
		return nil
	}
	m := d.request.message
	d.out = append(d.out[:0], m[0], m[1], flagQR|m[2]&(opcodeMask|flagRD), rcode, 0, 0, 0, 0, 0, 0, 0, 0)
	return d.out
}

// fail is an answer without records: the question, the outcome, and why.
func (d *desk) fail(rcode int, why uint16) []byte {
	if !d.mayFail() {
		return nil
	}
	q := &d.request
	var tail [maxOptions]byte
	options := tail[:0]
	if q.version == 0 {
		options = d.appendOptions(options)
	}
	if why != errorNone {
		options = append(options, 0, byte(optionError), 0, 2, byte(why>>8), byte(why))
	}
	d.begin(q, maxMessage)
	d.outcome(rcode)
	d.appendOPT(options, false)
	if rcode > 0xf {
		d.extend(rcode)
	}
	return d.out
}

// faultPause is the least time between two faults in the log of one worker: who knows a message that makes one can send it
// often.
const faultPause = time.Minute

// broken answers a message that uncovered a fault of ours, and logs it.
func (d *desk) broken(fault any) []byte {
	d.tally.add(countFailed)
	if d.now.Sub(d.faulted) > faultPause {
		d.faulted = d.now
		d.log.Error("a query could not be answered", "fault", fault, "query", hex.EncodeToString(d.request.message), "stack", string(debug.Stack()))
	}
	return bare(d.request.message, rcodeServerFailure)
}

// outcome sets the code in the header.
func (d *desk) outcome(rcode int) { d.out[3] = d.out[3]&0xf0 | byte(rcode&0xf) }
