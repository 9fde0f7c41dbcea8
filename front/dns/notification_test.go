package dns_test

import (
	"fmt"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
)

// A NOTIFY of a child's CDS or CSYNC is answered NOERROR where somebody takes it, with its name as it is written in lower
// case; anything else is refused, and a server that takes none implements none.
func TestNotifications(t *testing.T) {
	var taken []string
	d := dns.NewDesk(dns.DeskConfig{Versions: zones(t, true), Now: instant(), Notify: func(n dns.ChildNotice) bool {
		taken = append(taken, fmt.Sprint(n.Name, " ", n.From, " ", n.CDS))
		return strings.HasSuffix(n.Name.String(), ".co")
	}})
	for _, test := range []struct {
		name  string
		spoil func(*mdns.Msg)
		want  int
		taken string
	}{
		{"CDS", func(*mdns.Msg) {}, mdns.RcodeSuccess, "shop.co 198.51.100.7 true"},
		{"CSYNC", func(m *mdns.Msg) { m.Question[0].Qtype = mdns.TypeCSYNC }, mdns.RcodeSuccess, "shop.co 198.51.100.7 false"},
		{"with EDNS", func(m *mdns.Msg) { m.SetEdns0(1232, false) }, mdns.RcodeSuccess, "shop.co 198.51.100.7 true"},
		{"SOA", func(m *mdns.Msg) { m.Question[0].Qtype = mdns.TypeSOA }, mdns.RcodeNotImplemented, ""},
		{"class CHAOS", func(m *mdns.Msg) { m.Question[0].Qclass = mdns.ClassCHAOS }, mdns.RcodeNotImplemented, ""},
		{"another zone", func(m *mdns.Msg) { m.Question[0].Name = "shop.example." }, mdns.RcodeRefused, "shop.example 198.51.100.7 true"},
		{"the root", func(m *mdns.Msg) { m.Question[0].Name = "." }, mdns.RcodeRefused, ""},
		{"no name of a host", func(m *mdns.Msg) { m.Question[0].Name = `a\.b.co.` }, mdns.RcodeRefused, ""},
		{"two questions", func(m *mdns.Msg) { m.Question = append(m.Question, m.Question[0]) }, mdns.RcodeFormatError, ""},
	} {
		taken = nil
		m := new(mdns.Msg).SetNotify("SHOP.co.")
		m.Question[0].Qtype = mdns.TypeCDS
		test.spoil(m)
		reply := consult(t, d, m, false)
		if reply.Rcode != test.want || reply.Opcode != mdns.OpcodeNotify || reply.Id != m.Id || len(reply.Answer)+len(reply.Ns) > 0 {
			t.Errorf("%s: the answer is %v, want %s", test.name, reply, mdns.RcodeToString[test.want])
		}
		if got := strings.Join(taken, ", "); got != test.taken {
			t.Errorf("%s: taken is %q, want %q", test.name, got, test.taken)
		}
	}
	c := d.Counts()
	if c.Notified != 3 || c.NotImplemented != 2 || c.Refused != 3 || c.Malformed != 1 || c.Received != 9 {
		t.Errorf("what was counted is %+v", c)
	}
}
