package dns

import (
	"encoding/binary"

	"example.org/dorado/core/zone"
)

// The sections of a message that have records, as their counts are in the header.
const (
	sectionAnswer     = 6
	sectionAuthority  = 8
	sectionAdditional = 10
)

// maxKnown is how many names later ones are compressed against: those of thirteen name servers in three different zones.
// What is beyond is written out.
const maxKnown = 48

// maxPointer is the last octet that a pointer reaches. RFC 1035 section 4.1.4.
const maxPointer = 1<<14 - 1

// A known name is one that is in the message, and where.
type known struct {
	name []byte
	at   int
}

// A reply is a message that is being written. It grows by whole RRsets up to its limit.
type reply struct {
	out   []byte
	limit int // of the octets, without what the OPT will take

	names [maxKnown]known
	count int // of names
}

// begin starts the answer to a request: its header and its question, letters as they were. Records after it begin with
// pointers into the question.
func (r *reply) begin(q *request, limit int) {
	m := q.message
	r.limit, r.count = limit, 0
	r.out = append(r.out[:0], m[0], m[1], flagQR|m[2]&(opcodeMask|flagRD), 0, 0, 1, 0, 0, 0, 0, 0, 0)
	r.out = append(r.out, m[headerBytes:q.end]...)
	skip := q.labels - maxKnown/4 // of a name with many labels, those in front help nobody
	for at := 0; q.name[at] != 0; at += 1 + int(q.name[at]) {
		if skip--; skip < 0 {
			r.learn(q.name[at:], headerBytes+at)
		}
	}
}

// empty takes all records back.
func (r *reply) empty(q *request) {
	r.out = r.out[:q.end]
	clear(r.out[sectionAnswer:headerBytes])
	r.forget()
}

// forget takes back the names that are no more in the message.
func (r *reply) forget() {
	for r.count > 0 && r.names[r.count-1].at >= len(r.out) {
		r.count--
	}
}

func (r *reply) learn(name []byte, at int) {
	if r.count < maxKnown && at <= maxPointer {
		r.names[r.count] = known{name, at}
		r.count++
	}
}

// find returns where a name is in the message, 0 if it is not.
func (r *reply) find(name []byte) int {
	for i := range r.names[:r.count] {
		if k := &r.names[i]; len(k.name) == len(name) && string(k.name) == string(name) {
			return k.at
		}
	}
	return 0
}

// name appends a name in lower case, its end as a pointer where that is in the message. RFC 1035 section 4.1.4.
func (r *reply) name(name []byte) {
	for name[0] != 0 {
		if at := r.find(name); at > 0 {
			r.pointer(at)
			return
		}
		r.learn(name, len(r.out))
		n := 1 + int(name[0])
		r.out = append(r.out, name[:n]...)
		name = name[n:]
	}
	r.out = append(r.out, 0)
}

func (r *reply) pointer(at int) { r.out = append(r.out, byte(pointerMask|at>>8), byte(at)) }

// An rrset is records that have an owner, and the section that they go into.
type rrset struct {
	section int
	at      int    // where the owner is in the message; 0 if it is not
	host    []byte // the owner, if at is 0
	set     zone.Set
	ttl     uint32
	signed  bool // with the signatures
}

// add appends an RRset, with its signatures if they are asked for, and reports whether it fits. If it does not, nothing of
// it is there. RFC 2181 section 9.
func (r *reply) add(s rrset) bool {
	before, added := len(r.out), 0
	for data := s.set.Data(); len(data) > 0; added++ {
		rdata, rest := unframe(data)
		if !r.record(&s, s.set.Type(), rdata) {
			return r.undo(before)
		}
		data = rest
	}
	if s.signed {
		for sigs := s.set.Sigs(); len(sigs) > 0; added++ {
			rdata, rest := unframe(sigs)
			if !r.record(&s, zone.TypeRRSIG, rdata) {
				return r.undo(before)
			}
			sigs = rest
		}
	}
	r.raise(s.section, added)
	return true
}

// addSome appends the records of an RRset that fit, without signatures, and reports whether these are all.
func (r *reply) addSome(s rrset) bool {
	for data := s.set.Data(); len(data) > 0; {
		rdata, rest := unframe(data)
		before := len(r.out)
		if !r.record(&s, s.set.Type(), rdata) {
			return r.undo(before)
		}
		r.raise(s.section, 1)
		data = rest
	}
	return true
}

// addSigs appends the signatures of an RRset alone.
func (r *reply) addSigs(s rrset) bool {
	before, added := len(r.out), 0
	for sigs := s.set.Sigs(); len(sigs) > 0; added++ {
		rdata, rest := unframe(sigs)
		if !r.record(&s, zone.TypeRRSIG, rdata) {
			return r.undo(before)
		}
		sigs = rest
	}
	r.raise(s.section, added)
	return true
}

// undo takes back what is behind an offset. It returns false.
func (r *reply) undo(to int) bool {
	r.out = r.out[:to]
	r.forget()
	return false
}

func (r *reply) raise(section, by int) {
	count := r.out[section : section+2]
	binary.BigEndian.PutUint16(count, binary.BigEndian.Uint16(count)+uint16(by))
}

// unframe returns the first of records that are each behind their length, and the others.
func unframe(framed []byte) (rdata, rest []byte) {
	n := 2 + int(binary.BigEndian.Uint16(framed))
	return framed[2:n], framed[n:]
}

// record appends one record, if it fits.
func (r *reply) record(s *rrset, kind uint16, rdata []byte) bool {
	if s.at > 0 {
		r.pointer(s.at)
	} else {
		s.at = r.owner(s.host)
	}
	r.out = append(r.out, byte(kind>>8), byte(kind), 0, byte(zone.ClassIN),
		byte(s.ttl>>24), byte(s.ttl>>16), byte(s.ttl>>8), byte(s.ttl), 0, 0)
	start := len(r.out)
	switch kind {
	case zone.TypeNS, zone.TypeCNAME:
		r.name(rdata)
	case zone.TypeSOA: // two names and five numbers
		for range 2 {
			n := nameBytes(rdata)
			r.name(rdata[:n])
			rdata = rdata[n:]
		}
		r.out = append(r.out, rdata...)
	default: // the names in other types are not compressed. RFC 3597 section 4
		if start+len(rdata) > r.limit {
			return false
		}
		r.out = append(r.out, rdata...)
	}
	binary.BigEndian.PutUint16(r.out[start-2:], uint16(len(r.out)-start))
	return len(r.out) <= r.limit
}

// owner appends the owner of a record, and returns where a pointer to it may point.
func (r *reply) owner(name []byte) int {
	at := r.find(name)
	if at > 0 {
		r.pointer(at)
		return at
	}
	at = len(r.out)
	if r.name(name); at > maxPointer {
		return 0
	}
	return at
}

// nameBytes returns the length of the name that octets begin with.
func nameBytes(wire []byte) int {
	n := 0
	for wire[n] != 0 {
		n += 1 + int(wire[n])
	}
	return n + 1
}
