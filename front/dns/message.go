package dns

import (
	"encoding/binary"

	mdns "github.com/miekg/dns"
)

// maxUDP is the largest answer by UDP, and what we say that we receive. It passes every path
// unfragmented; DNS Flag Day 2020.
const maxUDP = 1232

// optBytes is the length of an OPT record without options. RFC 6891 section 6.1.2.
const optBytes = 11

// The header of a message. RFC 1035 section 4.1.1.
const (
	headerBytes = 12
	flagQR      = 0x80 // in the third octet
	opcodeMask  = 0x78
	flagRD      = 0x01
)

// A transport is what carries a message; it bounds the answer.
type transport int

const (
	overUDP transport = iota
	overTCP
)

// limit is the longest answer: by UDP what the asker lets it be, if that passes. RFC 6891 section
// 6.2.5. By TCP the OPT says nothing.
func (t transport) limit(opt *mdns.OPT) int {
	switch {
	case t == overTCP:
		return mdns.MaxMsgSize
	case opt == nil:
		return mdns.MinMsgSize
	}
	return min(max(int(opt.UDPSize()), mdns.MinMsgSize), maxUDP)
}

// respond returns the answer to a message, nil if it deserves none: one without a whole header,
// or one that is itself an answer.
func (s *Server) respond(message []byte, t transport) []byte {
	if len(message) < headerBytes || message[2]&flagQR != 0 {
		return nil
	}
	if message[2]&opcodeMask != mdns.OpcodeQuery<<3 {
		return bare(message, mdns.RcodeNotImplemented)
	}
	var request mdns.Msg
	if !countsAreSane(message) || request.Unpack(message) != nil || len(request.Question) != 1 {
		return bare(message, mdns.RcodeFormatError)
	}
	opt, legal := theOPT(&request)
	if !legal {
		return bare(message, mdns.RcodeFormatError)
	}
	reply := new(mdns.Msg).SetReply(&request)
	reply.Compress = true
	reply.CheckingDisabled = false // it has no meaning without recursion. RFC 4035 section 3.1.6
	if opt != nil && opt.Version() != 0 {
		return pack(message, withOPT(reply, opt, mdns.RcodeBadVers))
	}
	a := s.answer(request.Question[0])
	fit(reply, a, t.limit(opt)-optSize(opt))
	return pack(message, withOPT(reply, opt, a.rcode))
}

// countsAreSane refuses messages that no query looks like before anything is unpacked: one
// question, no answer, at most the SOA of an IXFR, OPT and TSIG.
func countsAreSane(message []byte) bool {
	count := func(at int) uint16 { return binary.BigEndian.Uint16(message[at:]) }
	return count(4) == 1 && count(6) == 0 && count(8) <= 1 && count(10) <= 2
}

// theOPT returns the OPT record, nil if there is none. There may be one, owned by the root. RFC
// 6891 section 6.1.1.
func theOPT(m *mdns.Msg) (opt *mdns.OPT, legal bool) {
	for _, rr := range m.Extra {
		o, is := rr.(*mdns.OPT)
		if !is {
			continue
		}
		if opt != nil || o.Hdr.Name != "." {
			return nil, false
		}
		opt = o
	}
	return opt, true
}

func optSize(opt *mdns.OPT) int {
	if opt == nil {
		return 0
	}
	return optBytes
}

// withOPT sets the outcome, and answers an OPT with ours: our size, version 0, the DO bit as it
// was. RFC 6891 section 6.1, RFC 3225 section 3.
func withOPT(reply *mdns.Msg, asked *mdns.OPT, rcode int) *mdns.Msg {
	reply.Rcode = rcode
	if asked == nil {
		return reply
	}
	reply.SetEdns0(maxUDP, asked.Do())
	return reply
}

// answer answers one question.
func (s *Server) answer(q mdns.Question) answer {
	zones := s.contents.Load()
	switch {
	case zones == nil:
		return answer{rcode: mdns.RcodeServerFailure}
	case q.Qclass != mdns.ClassINET: // among them CHAOS, which would tell our version
		return answer{rcode: mdns.RcodeRefused}
	}
	return s.lookup(zones, newQuery(q))
}

// fit fills a reply up to a size. Sibling addresses go first, one by one and silently; whatever
// else does not fit leaves TC, so that the asker comes again by TCP. RFC 2181 section 9, RFC 9471.
func fit(reply *mdns.Msg, a answer, size int) {
	reply.Authoritative = a.authoritative
	reply.Answer, reply.Ns = a.answer, a.authority
	for n := len(a.sibling); n >= 0; n-- {
		reply.Extra = append(a.glue[:len(a.glue):len(a.glue)], a.sibling[:n]...)
		if reply.Len() <= size {
			return
		}
	}
	reply.Truncated, reply.Compress, reply.Extra = true, true, nil
	for len(reply.Ns) > 0 && reply.Len() > size {
		reply.Ns = reply.Ns[:len(reply.Ns)-1]
	}
	for len(reply.Answer) > 0 && reply.Len() > size {
		reply.Answer = reply.Answer[:len(reply.Answer)-1]
	}
}

// pack encodes a reply. That a reply of ours cannot be packed would be a fault of ours.
func pack(message []byte, reply *mdns.Msg) []byte {
	out, err := reply.Pack()
	if err != nil {
		return bare(message, mdns.RcodeServerFailure)
	}
	return out
}

// bare is an answer of a header alone, for a message that could not be understood: its id, opcode
// and RD, and the outcome.
func bare(message []byte, rcode byte) []byte {
	out := make([]byte, headerBytes)
	copy(out, message[:2])
	out[2] = flagQR | message[2]&(opcodeMask|flagRD)
	out[3] = rcode
	return out
}
