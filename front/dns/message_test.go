package dns_test

import (
	"fmt"
	"testing"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// Each row spoils a good query in one way; what comes back is the code, and nothing else in it.
func TestRefusedMessages(t *testing.T) {
	s := zonesUnderTest(t)
	for _, test := range []struct {
		name  string
		spoil func(*mdns.Msg)
		want  int
	}{
		{"another class", func(m *mdns.Msg) { m.Question[0].Qclass = mdns.ClassCHAOS }, mdns.RcodeRefused},
		{"any class", func(m *mdns.Msg) { m.Question[0].Qclass = mdns.ClassANY }, mdns.RcodeRefused},
		{"NOTIFY", func(m *mdns.Msg) { m.Opcode = mdns.OpcodeNotify }, mdns.RcodeNotImplemented},
		{"UPDATE", func(m *mdns.Msg) { m.Opcode = mdns.OpcodeUpdate }, mdns.RcodeNotImplemented},
		{"an unassigned opcode", func(m *mdns.Msg) { m.Opcode = 15 }, mdns.RcodeNotImplemented},
		{"no question", func(m *mdns.Msg) { m.Question = nil }, mdns.RcodeFormatError},
		{"two questions", func(m *mdns.Msg) { m.Question = append(m.Question, m.Question[0]) }, mdns.RcodeFormatError},
		{"an answer", func(m *mdns.Msg) { m.Answer = records("co. 1 IN A 192.0.2.1") }, mdns.RcodeFormatError},
		{"two OPT", func(m *mdns.Msg) { m.SetEdns0(1232, false); m.Extra = append(m.Extra, m.Extra[0]) }, mdns.RcodeFormatError},
		{"an OPT below the root", func(m *mdns.Msg) { m.SetEdns0(1232, false); m.IsEdns0().Hdr.Name = "co." }, mdns.RcodeFormatError},
		{"EDNS version 1", func(m *mdns.Msg) { m.SetEdns0(1232, false); m.IsEdns0().SetVersion(1) }, mdns.RcodeBadVers},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := question(t, "co. SOA")
			test.spoil(m)
			packed, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			var reply mdns.Msg
			if err := reply.Unpack(s.Respond(packed, false)); err != nil {
				t.Fatal(err)
			}
			if reply.Rcode != test.want || !reply.Response || reply.Id != m.Id || reply.Opcode != m.Opcode ||
				len(reply.Answer)+len(reply.Ns) != 0 {
				t.Errorf("the answer is %v, want %s alone", &reply, mdns.RcodeToString[test.want])
			}
		})
	}
}

func records(list ...string) []mdns.RR {
	var rrs []mdns.RR
	for _, text := range list {
		rr, err := mdns.NewRR(text)
		if err != nil {
			panic(err)
		}
		rrs = append(rrs, rr)
	}
	return rrs
}

// What is no query gets no answer, so that two servers never talk to each other.
func TestUnansweredMessages(t *testing.T) {
	s := zonesUnderTest(t)
	good, err := question(t, "co. SOA").Pack()
	if err != nil {
		t.Fatal(err)
	}
	answer := s.Respond(good, false)
	for name, message := range map[string][]byte{"nothing": {}, "half a header": good[:11], "an answer": answer} {
		if out := s.Respond(message, false); out != nil {
			t.Errorf("%s was answered with %x", name, out)
		}
	}
	if out := s.Respond(good[:len(good)-1], false); len(out) != 12 || out[3] != mdns.RcodeFormatError {
		t.Errorf("a query cut short was answered with %x, want FORMERR", out)
	}
}

// Thirteen name servers do not fit 512 octets. What the answer may be long decides
// what of it is there, and whether TC says that something is missing.
func TestAnswersFit(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "many.co")
	w.Domain(world.Acme, "lodger.co")
	for i := range 13 {
		host := fmt.Sprintf("a-rather-long-name-of-a-server-%d.many.co", i)
		w.Host(world.Acme, host, fmt.Sprintf("192.0.2.%d", i), fmt.Sprintf("2001:db8::%d", i))
		delegate(w, world.Acme, "many.co", host)
		delegate(w, world.Acme, "lodger.co", host)
	}
	s := newServer(w)
	for _, test := range []struct {
		name, ask     string
		size          uint16 // 0 without EDNS
		tcp           bool
		truncated     bool
		ns, addresses int
		most          int
	}{
		{"glue without EDNS", "many.co. A", 0, false, true, 10, 0, 512},
		{"glue with a small buffer", "many.co. A", 100, false, true, 10, 0, 512},
		{"glue with our buffer", "many.co. A", 4096, false, false, 13, 26, 1232},
		{"glue by TCP", "many.co. A", 0, true, false, 13, 26, 65535},
		{"sibling addresses are left out", "lodger.co. A", 700, false, false, 13, 1, 700},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := question(t, test.ask)
			if test.size > 0 {
				m.SetEdns0(test.size, true)
			}
			packed, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			out := s.Respond(packed, test.tcp)
			var reply mdns.Msg
			if err := reply.Unpack(out); err != nil {
				t.Fatal(err)
			}
			opt := reply.IsEdns0()
			addresses := len(reply.Extra)
			if opt != nil {
				addresses--
			}
			if len(out) > test.most || reply.Truncated != test.truncated || len(reply.Ns) != test.ns || addresses != test.addresses {
				t.Errorf("%d octets, TC %v, %d NS, %d addresses; want at most %d, %v, %d, %d",
					len(out), reply.Truncated, len(reply.Ns), addresses, test.most, test.truncated, test.ns, test.addresses)
			}
			if (opt != nil) != (test.size > 0) || opt != nil && (opt.UDPSize() != dns.MaxUDP || !opt.Do()) {
				t.Errorf("the OPT is %v", opt)
			}
		})
	}
}

// No answer is longer than what was asked for, at any size.
func TestAnswersFitEverySize(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "many.co")
	for i := range 13 {
		host := fmt.Sprintf("a-rather-long-name-of-a-server-%d.many.co", i)
		w.Host(world.Acme, host, fmt.Sprintf("192.0.2.%d", i+1), fmt.Sprintf("2001:db8::%d", i+1))
		delegate(w, world.Acme, "many.co", host)
	}
	s := newServer(w)
	for size := 500; size <= dns.MaxUDP; size++ {
		m := question(t, "many.co. A")
		m.SetEdns0(uint16(size), true)
		packed, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if out := s.Respond(packed, false); len(out) > max(512, size) {
			t.Errorf("asked for %d octets, answered %d", size, len(out))
		}
	}
}

func TestNextSerial(t *testing.T) {
	for _, test := range []struct {
		name              string
		serial, now, want uint32
	}{
		{"the clock is ahead", 10, 20, 20},
		{"within one second", 20, 20, 21},
		{"the clock is behind", 30, 20, 31},
		{"round the end", 1<<32 - 1, 1<<32 - 1, 0},
		{"a clock round the end", 1<<32 - 10, 5, 5},
	} {
		if got := dns.NextSerial(test.serial, test.now); got != test.want {
			t.Errorf("%s: nextSerial(%d, %d) = %d, want %d", test.name, test.serial, test.now, got, test.want)
		}
	}
}

// Whatever comes, the answer is a message that answers it, of a length that the sender can take.
func FuzzRespond(f *testing.F) {
	s := zonesUnderTest(f)
	for _, text := range []string{"co. SOA", "www.shop.co. A", "com.co. DS", `\000.co. ANY`, ". NS"} {
		m := question(f, text)
		m.SetEdns0(1232, true)
		packed, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		for _, tcp := range []bool{false, true} {
			out := s.Respond(message, tcp)
			if out == nil {
				continue
			}
			var reply mdns.Msg
			if err := reply.Unpack(out); err != nil {
				t.Fatalf("%x does not unpack: %v", out, err)
			}
			if !reply.Response || string(out[:2]) != string(message[:2]) || !tcp && len(out) > dns.MaxUDP {
				t.Fatalf("%d octets: %v", len(out), &reply)
			}
		}
	})
}
