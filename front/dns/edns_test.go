package dns_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// options are those of an answer, as code=hexadecimal digits, cookies without what changes.
func options(m *mdns.Msg) string {
	opt := m.IsEdns0()
	if opt == nil {
		return "no OPT"
	}
	var list []string
	for _, o := range opt.Option {
		switch o := o.(type) {
		case *mdns.EDNS0_COOKIE:
			list = append(list, fmt.Sprintf("cookie %d", len(o.Cookie)/2))
		case *mdns.EDNS0_NSID:
			text, _ := hex.DecodeString(o.Nsid)
			list = append(list, "nsid "+string(text))
		case *mdns.EDNS0_TCP_KEEPALIVE:
			list = append(list, fmt.Sprintf("keepalive %d", o.Timeout))
		case *mdns.EDNS0_EDE:
			list = append(list, fmt.Sprintf("error %d", o.InfoCode))
		case *mdns.EDNS0_ZONEVERSION:
			list = append(list, fmt.Sprintf("version of %d labels, %d %x", o.LabelCount, o.Type, o.Version))
		case *mdns.EDNS0_REPORTING:
			list = append(list, "reports to "+o.AgentDomain)
		default:
			list = append(list, o.String())
		}
	}
	return strings.Join(list, ", ")
}

// Each row asks with one option more or other than nothing.
func TestOptions(t *testing.T) {
	agent, err := zone.ParseName("agent.example")
	if err != nil {
		t.Fatal(err)
	}
	local := func(code uint16, data string) mdns.EDNS0 {
		return &mdns.EDNS0_LOCAL{Code: code, Data: []byte(data)}
	}
	const reports, cookie = "reports to agent.example.", "0123456789abcdef"
	for _, test := range []struct {
		name, ask string
		option    mdns.EDNS0
		tcp       bool
		want      string
	}{
		{name: "none", ask: "co. SOA", want: reports},
		{name: "a referral", ask: "shop.co. A", want: reports},
		{name: "a report", ask: "_er.1.co.7._er.agent.example. TXT", want: "error 20"},
		{name: "NSID", ask: "co. SOA", option: &mdns.EDNS0_NSID{Code: mdns.EDNS0NSID}, want: "nsid one, " + reports},
		{name: "NSID of a refusal", ask: "example. SOA", option: &mdns.EDNS0_NSID{Code: mdns.EDNS0NSID}, want: "nsid one, error 20"},
		{name: "a cookie", ask: "co. SOA", option: &mdns.EDNS0_COOKIE{Code: mdns.EDNS0COOKIE, Cookie: cookie}, want: "cookie 24, " + reports},
		{name: "the version of a zone", ask: "x.com.co. A", option: local(19, ""), want: "version of 2 labels, 0 00000007, " + reports},
		{name: "and something in it", ask: "co. A", option: local(19, "xx"), want: "version of 1 labels, 0 00000007, " + reports},
		{name: "the version of no zone", ask: "example. A", option: local(19, ""), want: "error 20"},
		{name: "keepalive by UDP", ask: "co. SOA", option: &mdns.EDNS0_TCP_KEEPALIVE{Code: mdns.EDNS0TCPKEEPALIVE}, want: reports},
		{name: "keepalive by TCP", ask: "co. SOA", option: &mdns.EDNS0_TCP_KEEPALIVE{Code: mdns.EDNS0TCPKEEPALIVE}, tcp: true, want: "keepalive 100, " + reports},
		{name: "one that nobody knows", ask: "co. SOA", option: local(65001, "what is this"), want: reports},
		{name: "a transfer", ask: "co. AXFR", want: "error 18"},
	} {
		d := dns.NewDesk(dns.DeskConfig{
			Versions: zones(t, false), Now: instant(), Options: dns.Options{NSID: "one", ReportTo: agent},
		})
		m := question(t, test.ask)
		m.SetEdns0(1232, true)
		if test.option != nil {
			m.IsEdns0().Option = append(m.IsEdns0().Option, test.option)
		}
		reply := consult(t, d, m, test.tcp)
		if got := options(reply); got != test.want || !reply.IsEdns0().Do() || reply.IsEdns0().UDPSize() != dns.MaxUDP {
			t.Errorf("%s: the options are %q, want %q, of %v", test.name, got, test.want, reply.IsEdns0())
		}
	}
}

// What reports nothing else needs is left out when it would take the room of records.
func TestReportChannelGivesWay(t *testing.T) {
	agent, err := zone.ParseName(strings.Repeat("long.", 48) + "example")
	if err != nil {
		t.Fatal(err)
	}
	d := dns.NewDesk(dns.DeskConfig{
		Versions: zones(t, true), Now: instant(), Options: dns.Options{ReportTo: agent},
	})
	for size, want := range map[uint16]bool{1232: true, 512: false} {
		m := question(t, "signed.co. A")
		m.SetEdns0(size, true)
		reply := consult(t, d, m, false)
		if got := options(reply) != ""; got != want || reply.Truncated {
			t.Errorf("in %d octets: it reports is %v, want %v; TC %v", size, got, want, reply.Truncated)
		}
	}
}

// Before the zones are read the answer is SERVFAIL, and says why.
func TestUnloaded(t *testing.T) {
	d := dns.NewDesk(dns.DeskConfig{Unloaded: true, Now: instant()})
	m := question(t, "co. SOA")
	m.SetEdns0(1232, false)
	if reply := consult(t, d, m, false); reply.Rcode != mdns.RcodeServerFailure || options(reply) != "error 14" {
		t.Errorf("the answer is %v", reply)
	}
}
