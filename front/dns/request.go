package dns

import "encoding/binary"

// maxName is the length of the longest name in octets. RFC 1035 section 2.3.4.
const maxName = 255

// A wanted is an EDNS option that asks for something.
type wanted uint8

const (
	wantsNSID        wanted = 1 << iota // RFC 5001
	wantsZoneVersion                    // RFC 9660
	wantsKeepalive                      // RFC 7828
)

// asked is what a message says, with octets that it shares with the message.
type asked struct {
	message []byte
	name    []byte // of the question, in lower case
	labels  int    // of the name, the root's not counted
	kind    uint16
	class   uint16
	end     int  // of the question section
	bare    bool // no question is asked: the sender wants a cookie. RFC 7873 section 5.4

	held int // where the one record of the authority section begins, as an IXFR has it; 0 if there is none
	tsig int // where the TSIG record begins; 0 if there is none

	edns    bool
	version byte
	size    uint16 // that the sender receives
	dnssec  bool
	wants   wanted
	cookie  []byte // the client's, and the server's if there is one; nil without
}

// A request is one message taken apart, with room that serves for the next one.
type request struct {
	asked
	lower [maxName]byte
}

// read takes a query with a whole header apart, and reports whether it is one: one question, no answer, at most the SOA
// of an IXFR, OPT and TSIG, and nothing behind them. Who has a cookie need not ask anything. Nothing is allocated.
func (r *request) read(message []byte) bool {
	r.asked = asked{message: message}
	count := func(at int) uint16 { return binary.BigEndian.Uint16(message[at:]) }
	if count(4) > 1 || count(6) != 0 || count(8) > 1 || count(10) > 2 {
		return false
	}
	r.bare, r.end = count(4) == 0, headerBytes
	if !r.bare && !r.readQuestion() {
		return false
	}
	at := r.end
	for range count(8) {
		rec, ok := recordAt(message, at)
		if !ok || rec.kind == typeOPT || rec.kind == typeTSIG {
			return false
		}
		r.held, at = at, rec.next
	}
	for range count(10) {
		rec, ok := recordAt(message, at)
		if !ok || r.tsig > 0 { // which is the last. RFC 8945 section 5.1
			return false
		}
		switch rec.kind {
		case typeOPT:
			// There may be one, owned by the root. RFC 6891 section 6.1.1.
			if r.edns || message[at] != 0 || !r.readOPT(rec) {
				return false
			}
		case typeTSIG:
			r.tsig = at
		}
		at = rec.next
	}
	return at == len(message) && (!r.bare || r.cookie != nil && r.held == 0 && r.tsig == 0)
}

// readQuestion reads the name, which has nothing before it that it could point to, the type and the class.
func (r *request) readQuestion() bool {
	m, at := r.message, headerBytes
	for {
		if at >= len(m) {
			return false
		}
		n := int(m[at])
		if n == 0 {
			break
		}
		if at += 1 + n; n > 63 || at-headerBytes >= maxName {
			return false
		}
		r.labels++
	}
	at++
	if at+4 > len(m) {
		return false
	}
	r.name = r.lower[:at-headerBytes]
	for i, c := range m[headerBytes:at] { // the length of a label is no letter
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		r.name[i] = c
	}
	r.kind, r.class = binary.BigEndian.Uint16(m[at:]), binary.BigEndian.Uint16(m[at+2:])
	r.end = at + 4
	return true
}

// A place is where a record of a message has what.
type place struct {
	kind  uint16
	fixed int // where class, TTL and RDLENGTH begin
	data  int
	next  int // the end of the record
}

// recordAt finds a record's parts. Its name is not read; where it points to is before it. RFC 1035 section 4.1.3.
func recordAt(m []byte, at int) (p place, ok bool) {
	for {
		if at >= len(m) {
			return p, false
		}
		n := int(m[at])
		if n == 0 {
			at++
			break
		}
		if n >= pointerMask {
			if at+2 > len(m) || int(binary.BigEndian.Uint16(m[at:]))&^(pointerMask<<8) >= at {
				return p, false
			}
			at += 2
			break
		}
		if n > 63 {
			return p, false
		}
		at += 1 + n
	}
	if at+recordFixed > len(m) {
		return p, false
	}
	p.kind, p.fixed, p.data = binary.BigEndian.Uint16(m[at:]), at+2, at+recordFixed
	p.next = p.data + int(binary.BigEndian.Uint16(m[at+8:]))
	return p, p.next <= len(m)
}

// readOPT reads an OPT record. Of another version than ours nothing else is known. RFC 6891 section 6.1.
func (r *request) readOPT(p place) bool {
	m := r.message
	r.edns = true
	r.size = binary.BigEndian.Uint16(m[p.fixed:])
	r.version = m[p.fixed+3]
	r.dnssec = m[p.fixed+4]&flagDO != 0
	if r.version != 0 {
		return true
	}
	for data := m[p.data:p.next]; len(data) > 0; {
		if len(data) < 4 {
			return false
		}
		code, n := binary.BigEndian.Uint16(data), 4+int(binary.BigEndian.Uint16(data[2:]))
		if n > len(data) || !r.readOption(code, data[4:n]) {
			return false
		}
		data = data[n:]
	}
	return true
}

// readOption reads one option; those that we do not know are ignored. RFC 6891 section 6.1.2.
func (r *request) readOption(code uint16, data []byte) bool {
	switch code {
	case optionNSID:
		r.wants |= wantsNSID
	case optionZoneVersion: // what is in it is ignored. RFC 9660 section 3
		r.wants |= wantsZoneVersion
	case optionKeepalive:
		r.wants |= wantsKeepalive
	case optionCookie:
		// 8 octets of the client, and 8 to 32 of the server. RFC 7873 sections 4 and 5.2.2.
		if n := len(data); n != 8 && (n < 16 || n > 40) {
			return false
		}
		if r.cookie == nil { // those behind the first are ignored. RFC 7873 section 5.2
			r.cookie = data
		}
	}
	return true
}
