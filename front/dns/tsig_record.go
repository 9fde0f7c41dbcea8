package dns

import (
	"encoding/binary"
	"errors"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

const (
	// maxFrame is the length of the longest message by TCP. RFC 1035 section 4.2.2.
	maxFrame = 1<<16 - 1
	// longestName is that of the longest name. RFC 1035 section 2.3.4.
	longestName = 255
	// behindOwner is what a record has between its owner and its data: type, class, TTL and length. RFC 1035
	// section 3.2.1.
	behindOwner = 2 + 2 + 4 + 2
)

// errFormat is a message that is not as RFC 1035 section 4 and RFC 8945 section 4.2 have it.
var errFormat = errors.New("the message is not well formed")

// A tsigRecord is what the TSIG record of a message says. RFC 8945 section 4.2.
type tsigRecord struct {
	key, algorithm zone.Name
	signed         uint64 // seconds since 1970
	fudge          uint16 // seconds
	mac            []byte
	id             uint16 // of the message as it was signed
	code           uint16 // a tsigCode
	other          []byte // the server's time with badTime
}

// isTimely reports whether the message was signed about now.
func (r tsigRecord) isTimely(now time.Time) bool {
	apart := now.Unix() - int64(r.signed)
	return max(apart, -apart) <= int64(r.fudge)
}

// append appends the record to a message, as one more of its additional section.
func (r tsigRecord) append(message []byte) []byte {
	additional := binary.BigEndian.Uint16(message[10:])
	binary.BigEndian.PutUint16(message[10:], additional+1)
	message = append(message, r.key...)
	message = binary.BigEndian.AppendUint16(message, mdns.TypeTSIG)
	message = binary.BigEndian.AppendUint16(message, mdns.ClassANY)
	message = binary.BigEndian.AppendUint32(message, 0)
	message = binary.BigEndian.AppendUint16(message, uint16(len(r.algorithm)+16+len(r.mac)+len(r.other)))
	message = append(message, r.algorithm...)
	message = appendUint48(message, r.signed)
	message = binary.BigEndian.AppendUint16(message, r.fudge)
	message = binary.BigEndian.AppendUint16(message, uint16(len(r.mac)))
	message = append(message, r.mac...)
	message = binary.BigEndian.AppendUint16(message, r.id)
	message = binary.BigEndian.AppendUint16(message, r.code)
	message = binary.BigEndian.AppendUint16(message, uint16(len(r.other)))
	return append(message, r.other...)
}

// uint48 is a time in a TSIG record.
type uint48 [6]byte

func appendUint48(to []byte, v uint64) []byte {
	to = binary.BigEndian.AppendUint16(to, uint16(v>>32))
	return binary.BigEndian.AppendUint32(to, uint32(v))
}

// cutTSIG takes the TSIG record off a message: the octets before it, with the id as it was signed and one record less.
// It has to be the last record and the only one of its type; others are errFormat. The message is left as it is.
func cutTSIG(message []byte) (plain []byte, r tsigRecord, found bool, err error) {
	at, kind, err := lastRecord(message)
	if err != nil || kind != mdns.TypeTSIG {
		return message, r, false, err
	}
	if r, err = readTSIG(message, at); err != nil {
		return message, r, true, err
	}
	plain = append([]byte(nil), message[:at]...)
	binary.BigEndian.PutUint16(plain, r.id)
	binary.BigEndian.PutUint16(plain[10:], binary.BigEndian.Uint16(plain[10:])-1)
	return plain, r, true, nil
}

// readTSIG reads the TSIG record that is the last of a message.
func readTSIG(message []byte, at int) (r tsigRecord, err error) {
	if r.key, at, err = readName(message, at); err != nil {
		return r, err
	}
	class, length := binary.BigEndian.Uint16(message[at+2:]), int(binary.BigEndian.Uint16(message[at+8:]))
	if at += behindOwner; class != mdns.ClassANY || at+length != len(message) {
		return r, errFormat
	}
	if r.algorithm, at, err = readName(message, at); err != nil {
		return r, err
	}
	rest := message[at:]
	if len(rest) < 10 {
		return r, errFormat
	}
	r.signed = uint64(binary.BigEndian.Uint16(rest))<<32 | uint64(binary.BigEndian.Uint32(rest[2:]))
	r.fudge = binary.BigEndian.Uint16(rest[6:])
	size := int(binary.BigEndian.Uint16(rest[8:]))
	if rest = rest[10:]; len(rest) < size+6 {
		return r, errFormat
	}
	r.mac, rest = rest[:size:size], rest[size:]
	r.id, r.code = binary.BigEndian.Uint16(rest), binary.BigEndian.Uint16(rest[2:])
	size = int(binary.BigEndian.Uint16(rest[4:]))
	if rest = rest[6:]; len(rest) != size {
		return r, errFormat
	}
	r.other = rest
	return r, nil
}

// lastRecord returns where the last record of a message begins, and its type; none for a message without records. A
// TSIG record in any other place is errFormat. RFC 8945 section 5.2.
func lastRecord(message []byte) (at int, kind uint16, err error) {
	if len(message) < headerBytes {
		return 0, 0, errFormat
	}
	count := func(at int) int { return int(binary.BigEndian.Uint16(message[at:])) }
	next := headerBytes
	for range count(4) {
		if next, err = skipName(message, next); err != nil || next+4 > len(message) {
			return 0, 0, errFormat
		}
		next += 4
	}
	for range count(6) + count(8) + count(10) {
		if kind == mdns.TypeTSIG {
			return 0, 0, errFormat
		}
		at = next
		if kind, next, err = skipRecord(message, at); err != nil {
			return 0, 0, err
		}
	}
	if next != len(message) || kind == mdns.TypeTSIG && count(10) == 0 {
		return 0, 0, errFormat
	}
	return at, kind, nil
}

// skipRecord returns the type of the record at an offset, and where the next begins.
func skipRecord(message []byte, at int) (kind uint16, next int, err error) {
	if at, err = skipName(message, at); err != nil || at+behindOwner > len(message) {
		return 0, 0, errFormat
	}
	next = at + behindOwner + int(binary.BigEndian.Uint16(message[at+8:]))
	if next > len(message) {
		return 0, 0, errFormat
	}
	return binary.BigEndian.Uint16(message[at:]), next, nil
}

// skipName returns where the name at an offset ends. RFC 1035 section 4.1.4.
func skipName(message []byte, at int) (next int, err error) {
	for at < len(message) {
		switch n := int(message[at]); {
		case n == 0:
			return at + 1, nil
		case n >= 0xc0:
			return at + 2, nil
		case n > 63:
			return 0, errFormat
		default:
			at += 1 + n
		}
	}
	return 0, errFormat
}

// readName returns the name at an offset, in lower case and without compression, and where it ends. Each pointer has to
// lead back, so that every name has an end.
func readName(message []byte, at int) (name zone.Name, next int, err error) {
	if next, err = skipName(message, at); err != nil || next > len(message) {
		return "", 0, errFormat
	}
	wire := make([]byte, 0, 64)
	for before := at; at < len(message); {
		n := int(message[at])
		switch {
		case n >= 0xc0:
			if at+1 >= len(message) {
				return "", 0, errFormat
			}
			to := n&0x3f<<8 | int(message[at+1])
			if to >= before {
				return "", 0, errFormat
			}
			at, before = to, to
			continue
		case n > 63 || at+1+n > len(message) || len(wire)+1+n > longestName:
			return "", 0, errFormat
		}
		wire = append(wire, byte(n))
		for _, c := range message[at+1 : at+1+n] {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			wire = append(wire, c)
		}
		if n == 0 {
			return zone.Name(wire), next, nil
		}
		at += 1 + n
	}
	return "", 0, errFormat
}

// bare is an answer of a header alone, for a message that could not be understood: its id, opcode and RD, and the outcome.
func bare(message []byte, rcode byte) []byte {
	return []byte{message[0], message[1], flagQR | message[2]&(opcodeMask|flagRD), rcode, 0, 0, 0, 0, 0, 0, 0, 0}
}

// questionAlone is an answer to a message of which the header and the questions can be read: these, and the outcome.
func questionAlone(message []byte, rcode byte) []byte {
	out := bare(message, rcode)
	next, err := headerBytes, error(nil)
	for range binary.BigEndian.Uint16(message[4:]) {
		if next, err = skipName(message, next); err != nil || next+4 > len(message) {
			return out
		}
		next += 4
	}
	copy(out[4:6], message[4:6])
	return append(out, message[headerBytes:next]...)
}
