package dns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

// The messages of a transfer. Each repeats the question (RFC 5936 section 2.2.1), so that the origin is at the same
// place in all of them and every owner ends in a pointer to it. They are no longer than what such a pointer reaches, and
// several are written at once.
const (
	transferMessage = 16 << 10
	transferBuffer  = 64 << 10
	originPointer   = 0xc000 | headerBytes
)

// errRecordTooLarge is a record that fits into no message.
var errRecordTooLarge = errors.New("a record is too large for a message")

// A transferWriter writes the records of a transfer into messages.
type transferWriter struct {
	request transferRequest
	origin  zone.Name
	head    []byte // the header and question of each message
	write   func(framed []byte) error
	now     func() time.Time
	most    int // octets of a message, its signature and all

	buf   []byte // messages with their lengths before them, not written yet
	base  int    // where the one in hand begins
	limit int    // where its records have to end
	count int    // of its records

	label   []byte // of the last owner that was written out
	pointer int    // to it; 0 if there is none in the message in hand
	targets targets

	err                      error // the first one
	messages, records, bytes int
}

func newTransferWriter(t transferRequest, write func(framed []byte) error) *transferWriter {
	head := questionAlone(t.plain[:t.question], mdns.RcodeSuccess)
	head[2] |= bitAA
	return &transferWriter{
		request: t, origin: t.origin, head: head, write: write, most: transferMessage,
		buf: make([]byte, 0, transferBuffer+2+maxFrame),
	}
}

// again returns a writer of the same answer that begins anew.
func (w *transferWriter) again() *transferWriter {
	n := newTransferWriter(w.request, w.write)
	n.now, n.most = w.now, w.most
	return n
}

// bitAA says that an answer is the authority's, in the third octet.
const bitAA = 0x04

// send writes a whole answer.
func (w *transferWriter) send(plan transferPlan) error {
	v := plan.version
	apex := v.Apex()
	w.begin()
	soa := apex.Set(zone.TypeSOA)
	switch {
	case plan.current:
		w.list(nil, soa, soa.Data())
	case plan.full:
		w.version(v, apex, soa)
	default:
		w.list(nil, soa, soa.Data())
		for _, d := range plan.diffs {
			w.wire(d.Removed)
			w.wire(d.Added)
		}
		w.list(nil, soa, soa.Data())
	}
	w.finish()
	w.flush()
	return w.err
}

// version writes all records: the SOA, the others of the apex, those of the names, the chain, and the SOA again. RFC 5936
// section 2.2.
func (w *transferWriter) version(v *zone.Version, apex zone.Node, soa zone.Set) {
	w.set(nil, soa)
	apex.Sets(func(s zone.Set) bool {
		if s.Type() != zone.TypeSOA {
			w.set(nil, s)
		}
		return w.err == nil
	})
	v.Nodes(func(n zone.Node) bool {
		label := n.Label()
		if len(label) == 0 {
			return true
		}
		w.pointer = 0
		n.Sets(func(s zone.Set) bool {
			w.set(label, s)
			return true
		})
		return w.err == nil
	})
	w.chain(v)
	w.pointer = 0
	w.list(nil, soa, soa.Data())
}

func (w *transferWriter) chain(v *zone.Version) {
	label := make([]byte, 0, 64)
	v.Chain(func(owner zone.Hash, link zone.Set) bool {
		w.pointer = 0
		label = owner.AppendLabel(label[:0])
		w.set(label, link)
		return w.err == nil
	})
}

// set writes the records of a Set and their signatures. What w.pointer points to, if anything, is the same label.
func (w *transferWriter) set(label []byte, s zone.Set) {
	w.list(label, s, s.Data())
	if sigs := s.Sigs(); len(sigs) > 0 {
		w.framed(label, fixedOf(zone.TypeRRSIG, s.TTL()), sigs)
	}
}

func (w *transferWriter) list(label []byte, s zone.Set, framed []byte) {
	w.framed(label, fixedOf(s.Type(), s.TTL()), framed)
}

// fixedOf returns what a record has between its owner and the length of its data.
func fixedOf(kind uint16, ttl uint32) uint64 {
	return uint64(kind)<<48 | uint64(zone.ClassIN)<<32 | uint64(ttl)
}

// framed writes records of one owner, type and TTL.
func (w *transferWriter) framed(label []byte, fixed uint64, framed []byte) {
	for len(framed) > 0 {
		n := 2 + int(binary.BigEndian.Uint16(framed))
		w.record(label, fixed, framed[2:n])
		framed = framed[n:]
	}
}

// record writes one record.
func (w *transferWriter) record(label []byte, fixed uint64, data []byte) {
	if len(w.buf)+len(label)+2+behindOwner+len(data) > w.limit {
		w.next(len(label) + 2 + behindOwner + len(data))
	}
	buf := w.buf
	switch {
	case len(label) == 0:
		buf = binary.BigEndian.AppendUint16(buf, originPointer)
	case w.pointer != 0:
		buf = binary.BigEndian.AppendUint16(buf, uint16(w.pointer))
	default:
		if at := len(buf) - w.base; at < transferMessage {
			w.pointer = 0xc000 | at
		}
		buf = append(buf, label...)
		buf = binary.BigEndian.AppendUint16(buf, originPointer)
	}
	buf = binary.BigEndian.AppendUint64(buf, fixed)
	at := len(buf)
	buf = append(buf, 0, 0)
	if uint16(fixed>>48) == zone.TypeNS {
		buf = w.target(buf, data)
	} else {
		buf = append(buf, data...)
	}
	binary.BigEndian.PutUint16(buf[at:], uint16(len(buf)-at-2))
	w.buf = buf
	w.count++
}

// targets are names that NS records of the message in hand lead to, by their hashes: some hundred records fit into one.
type targets [512]target

type target struct {
	message int // in which it stands, counted from 1
	at, end int // where
}

// target appends the name that an NS record leads to: as a pointer if it is near by in the message, else with the origin
// as a pointer. Types newer than RFC 1035 have no such pointers. RFC 3597 section 4.
func (w *transferWriter) target(buf, name []byte) []byte {
	slot := &w.targets[slotOf(name)%uint64(len(w.targets))]
	if slot.message == w.messages+1 {
		if old := buf[slot.at:slot.end]; w.sameTarget(old, name) {
			return binary.BigEndian.AppendUint16(buf, uint16(0xc000|(slot.at-w.base)))
		}
	}
	at := len(buf)
	if cut := len(name) - len(w.origin); endsIn(name, w.origin) {
		buf = binary.BigEndian.AppendUint16(append(buf, name[:cut]...), originPointer)
	} else {
		buf = append(buf, name...)
	}
	if at-w.base < transferMessage {
		*slot = target{w.messages + 1, at, len(buf)}
	}
	return buf
}

// sameTarget reports whether what target wrote is that name.
func (w *transferWriter) sameTarget(old, name []byte) bool {
	if last := len(old) - 2; last >= 0 && old[last] >= 0xc0 && endsIn(name, w.origin) {
		return bytes.Equal(old[:last], name[:len(name)-len(w.origin)])
	}
	return bytes.Equal(old, name)
}

// slotOf mixes a name into a number, eight octets at a time. It is the same each time, so that a transfer is, too; who
// chooses names that meet makes transfers longer, and nothing else.
func slotOf(name []byte) uint64 {
	const odd = 0x9e3779b97f4a7c15 // 2^64 by the golden ratio
	h := uint64(len(name))
	for ; len(name) >= 8; name = name[8:] {
		h = (h ^ binary.LittleEndian.Uint64(name)) * odd
		h ^= h >> 32
	}
	for _, c := range name {
		h = (h ^ uint64(c)) * odd
	}
	return h ^ h>>29
}

// endsIn reports whether a name is below another one.
func endsIn(name []byte, origin zone.Name) bool {
	cut := len(name) - len(origin)
	if cut <= 0 || string(name[cut:]) != string(origin) {
		return false
	}
	at := 0
	for at < cut {
		at += 1 + int(name[at])
	}
	return at == cut
}

// wire writes records in wire format without compression, as a difference has them.
func (w *transferWriter) wire(records []byte) {
	for len(records) > 0 && w.err == nil {
		at, err := skipName(records, 0)
		if err != nil || at+behindOwner > len(records) {
			w.fail(zone.ErrDamaged)
			return
		}
		end := at + behindOwner + int(binary.BigEndian.Uint16(records[at+8:]))
		cut := at - len(w.origin)
		if end > len(records) || cut < 0 || string(records[cut:at]) != string(w.origin) {
			w.fail(zone.ErrDamaged)
			return
		}
		label := records[:cut]
		if !bytes.Equal(label, w.label) {
			w.label, w.pointer = label, 0
		}
		w.record(label, binary.BigEndian.Uint64(records[at:]), records[at+behindOwner:end])
		records = records[end:]
	}
	w.label, w.pointer = nil, 0
}

func (w *transferWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// begin begins a message.
func (w *transferWriter) begin() {
	w.buf = append(w.buf, 0, 0)
	w.base = len(w.buf)
	w.buf = append(w.buf, w.head...)
	w.limit = w.base + w.most - w.request.sign.signatureBytes()
	if w.messages == 0 && w.request.udpSize > 0 {
		w.limit -= optBytes
	}
	w.count, w.pointer = 0, 0
}

// next ends a message and begins another, in which a record of that size has room; a record that is longer than
// messages commonly are gets the longest there can be.
func (w *transferWriter) next(size int) {
	if w.err != nil { // what is written from here on is thrown away
		w.buf, w.pointer = w.buf[:w.base+len(w.head)], 0
		w.limit = cap(w.buf)
		return
	}
	if w.count > 0 {
		w.finish()
		if len(w.buf)+w.most > transferBuffer {
			w.flush()
		}
		w.begin()
	}
	if len(w.buf)+size > w.limit {
		w.limit += maxFrame - w.most
		if len(w.buf)+size > w.limit {
			w.fail(errRecordTooLarge)
			w.limit = cap(w.buf)
		}
	}
}

// finish gives the message in hand its counts, the OPT record if it is the first of an answer to one (RFC 5936 section
// 2.2.5), its signature and its length.
func (w *transferWriter) finish() {
	if w.err != nil {
		return
	}
	message := w.buf[w.base:]
	binary.BigEndian.PutUint16(message[6:], uint16(w.count))
	if w.messages == 0 && w.request.udpSize > 0 {
		binary.BigEndian.PutUint16(message[10:], 1)
		message = append(message, 0, 0, byte(mdns.TypeOPT), maxUDP>>8, maxUDP&0xff, 0, 0, 0, 0, 0, 0)
	}
	message = w.request.sign.sign(message, w.now()) // there is room, so it stays where it is
	w.buf = w.buf[:w.base+len(message)]
	binary.BigEndian.PutUint16(w.buf[w.base-2:], uint16(len(message)))
	w.messages++
	w.records += w.count
}

// flush writes the messages that are ended.
func (w *transferWriter) flush() {
	if w.err != nil {
		return
	}
	w.bytes += len(w.buf)
	w.fail(w.write(w.buf))
	w.buf = w.buf[:0]
}
