package dns_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/front/dns"
)

// answerDS serves one answer to every question by TCP until the test ends, and returns where.
func answerDS(t *testing.T, change func(*mdns.Msg)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started, ended := make(chan struct{}), make(chan error, 1)
	server := &mdns.Server{Listener: l, NotifyStartedFunc: func() { close(started) }, Handler: mdns.HandlerFunc(func(w mdns.ResponseWriter, q *mdns.Msg) {
		reply := new(mdns.Msg).SetReply(q)
		reply.Authoritative = true
		change(reply)
		_ = w.WriteMsg(reply)
	})}
	go func() { ended <- server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() {
		if err := server.ShutdownContext(context.Background()); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return netip.MustParseAddrPort(l.Addr().String())
}

// Of what servers answer about a DS, only what they know counts: that there is none is said by who knows the zone above.
func TestAskParent(t *testing.T) {
	ds, err := mdns.NewRR("co. 300 IN DS 7 13 2 " + strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	other, err := mdns.NewRR("com.co. 300 IN DS 8 13 2 " + strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	capitals := mdns.Copy(ds)
	capitals.Header().Name = "CO."
	soa := func(origin string) mdns.RR {
		return &mdns.SOA{Hdr: mdns.RR_Header{Name: origin, Rrtype: mdns.TypeSOA, Class: mdns.ClassINET}, Ns: ".", Mbox: "."}
	}
	for _, test := range []struct {
		name   string
		change func(*mdns.Msg)
		ds     int
		says   string
	}{
		{"a name server of the zone above", func(m *mdns.Msg) { m.Answer = []mdns.RR{ds, other} }, 1, ""},
		{"a resolver", func(m *mdns.Msg) { m.Answer, m.Authoritative, m.RecursionAvailable = []mdns.RR{ds}, false, true }, 1, ""},
		{"it writes names in capitals", func(m *mdns.Msg) { m.Answer = []mdns.RR{capitals} }, 1, ""},
		{"there is none", func(m *mdns.Msg) { m.Ns = []mdns.RR{soa(".")} }, 0, ""},
		{"a name server of the zone itself", func(m *mdns.Msg) { m.Ns = []mdns.RR{soa("co.")} }, 0, "name server of the zone itself"},
		{"nobody says who knows that there is none", func(*mdns.Msg) {}, 0, "without the SOA of the zone above"},
		{"no server of the zone above", func(m *mdns.Msg) { m.Rcode = mdns.RcodeRefused }, 0, "it answers REFUSED"},
		{"one that does not know", func(m *mdns.Msg) { m.Rcode = mdns.RcodeServerFailure }, 0, "it answers SERVFAIL"},
		{"a referral", func(m *mdns.Msg) { m.Authoritative = false }, 0, "neither a name server of the zone above nor a resolver"},
	} {
		answers := dns.AskParent(t.Context(), []netip.AddrPort{answerDS(t, test.change)}, zoneName(t, "co"))
		a := answers[0]
		if len(a.DS) != test.ds || (a.Err == nil) != (test.says == "") || a.Err != nil && !strings.Contains(a.Err.Error(), test.says) {
			t.Errorf("%s: %d DS, %v; want %d and %q", test.name, len(a.DS), a.Err, test.ds, test.says)
		}
		if test.ds > 0 && (a.TTL != 300 || len(a.DS[0]) != 36 || a.DS[0][1] != 7) {
			t.Errorf("%s: the DS is %x, for %d seconds", test.name, a.DS[0], a.TTL)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if a := dns.AskParent(ctx, []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1")}, zoneName(t, "co")); a[0].Err == nil {
		t.Error("nobody answers, and that is no error")
	}
}
