package main

import (
	"context"
	"crypto"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/names"
)

// A signedChild is a zone with one key that asks for no DS any more.
type signedChild struct {
	t       *testing.T
	key     *mdns.DNSKEY
	private crypto.Signer
	records map[uint16]string
}

func newSignedChild(t *testing.T, name string) *signedChild {
	t.Helper()
	k := &mdns.DNSKEY{
		Hdr:   mdns.RR_Header{Name: name, Rrtype: mdns.TypeDNSKEY, Class: mdns.ClassINET, Ttl: 1},
		Flags: 257, Protocol: 3, Algorithm: mdns.ECDSAP256SHA256,
	}
	private, err := k.Generate(256)
	if err != nil {
		t.Fatal(err)
	}
	return &signedChild{t, k, private.(crypto.Signer), map[uint16]string{
		mdns.TypeDNSKEY: k.String(), mdns.TypeCDS: name + " 1 CDS 0 0 0 00",
		mdns.TypeSOA: name + " 1 SOA ns1.oper.example. hostmaster.oper.example. 1 3600 900 86400 1",
	}}
}

// serve answers for the zone by UDP until the test ends, and returns where.
func (c *signedChild) serve() string {
	c.t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	s := &mdns.Server{PacketConn: socket, Handler: mdns.HandlerFunc(func(w mdns.ResponseWriter, q *mdns.Msg) {
		_ = w.WriteMsg(c.answer(q)) // whoever asked may be gone
	})}
	ended := make(chan error, 1)
	go func() { ended <- s.ActivateAndServe() }()
	c.t.Cleanup(func() {
		socket.Close()
		<-ended
	})
	return socket.LocalAddr().String()
}

func (c *signedChild) answer(q *mdns.Msg) *mdns.Msg {
	m := new(mdns.Msg).SetReply(q)
	m.Authoritative = true
	text, has := c.records[q.Question[0].Qtype]
	if !has {
		return m
	}
	rr, err := mdns.NewRR(text)
	if err != nil {
		c.t.Error(err)
		return m
	}
	sig := &mdns.RRSIG{
		Algorithm: c.key.Algorithm, KeyTag: c.key.KeyTag(), SignerName: c.key.Hdr.Name,
		Inception: uint32(time.Now().Add(-time.Hour).Unix()), Expiration: uint32(time.Now().Add(time.Hour).Unix()),
	}
	if err := sig.Sign(c.private, []mdns.RR{rr}); err != nil {
		c.t.Error(err)
	}
	m.Answer = []mdns.RR{rr, sig}
	return m
}

// An operator switches the automation on by a version of the profile, sees what the scans come to, has a name scanned,
// and the sponsor is told what came of it.
func TestChildrenOfADemo(t *testing.T) {
	dir, demo := aDemo(t)
	epp := func(words ...string) string {
		t.Helper()
		out, errs, _ := run(t, "", append([]string{"epp", "--dir", dir, "--as", "H1001"}, words...)...)
		return out + errs
	}
	child := newSignedChild(t, "librerialuna.co.")
	ds := child.key.ToDS(mdns.SHA256)
	epp("create", "host", "ns1.librerialuna.co", "--addr", "192.0.2.77")
	has(t, epp("update", "domain", "librerialuna.co", "--add-ns", "ns1.librerialuna.co", "--rem-ns", "ns1.condor.example", "--rem-ns", "ns2.condor.example",
		"--add-ds", strings.Join([]string{strconv.Itoa(int(ds.KeyTag)), "13", "2", ds.Digest}, " ")), "1000")
	has(t, mustRun(t, "zone", "children", "--dir", dir), "DS follow CDS nowhere")
	has(t, mustRun(t, "zone", "scan", "librerialuna.co", "--dir", dir), "stopped: DS do not follow CDS below co")
	demo.stop()

	profile := strings.Replace(mustRun(t, "profile", "file", "co-2026"), `"zones": [], "bootstrap"`, `"zones": ["*"], "bootstrap"`, 1)
	writeProfile(t, filepath.Join(dir, "mine.json"), profile)
	setProfile(t, dir, "mine.json")
	config := filepath.Join(dir, configFile)
	writeProfile(t, config, strings.Replace(readAll(t, config), `notify = ""`, `notify = "notify.example.com"`, 1))
	has(t, mustRun(t, "profile", "show", "--dir", dir), "DS follow CDS     yes")
	there := child.serve()
	demo = startReaching(t, func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "192.0.2.77:53" {
			address = there
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}, "demo", "--dir", dir)
	defer demo.stop()
	eventually(t, func() bool { // it is enrolled and scanned by itself
		return strings.Contains(mustRun(t, "zone", "children", "librerialuna.co", "--dir", dir), "changed")
	})
	has(t, mustRun(t, "zone", "children", "librerialuna.co", "--dir", dir), "sponsor", "H1001", "it asked for other DS: no DS (RFC 8078 section 4)", "last followed", "next scan")
	has(t, epp("poll"), "The DS of librerialuna.co were removed as its own zone asks for (CDS)")
	has(t, mustRun(t, "history", "domain", "librerialuna.co", "--dir", dir), "follow-ds")
	has(t, mustRun(t, "zone", "scan", "librerialuna.co", "--dry-run", "--dir", dir), "ns1.librerialuna.co 192.0.2.77", "1 CDS, 0 CDNSKEY, 1 DNSKEY records", "in-step: it asks for no DS, and has none")
	has(t, mustRun(t, "zone", "scan", "librerialuna.co", "--dir", dir), "in-step")
	eventually(t, func() bool { return strings.Contains(mustRun(t, "zone", "children", "--dir", dir), "unreachable") })
	has(t, mustRun(t, "zone", "children", "--dir", dir), "DS follow CDS below co,", "ZONE", "RESULT")
	has(t, mustRun(t, "zone", "children", "--dir", dir, "--result", "unreachable", "--zone", "co"), "NAME", "no resolver is configured")
	notified(t, dir)
	if _, errs, status := run(t, "", "zone", "children", "--dir", dir, "--result", "fine"); status != 1 || !strings.Contains(errs, `there is no result "fine"; there are silent, in-step`) {
		t.Errorf("status %d: %s", status, errs)
	}
	if _, errs, status := run(t, "", "zone", "scan", "nobody-has-it.co", "--dir", dir); status != 1 || !strings.Contains(errs, "the name is not registered") {
		t.Errorf("status %d: %s", status, errs)
	}
}

// notified finds where a child notifies the registry, does so, and expects that it is heeded.
func notified(t *testing.T, dir string) {
	t.Helper()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	ask := new(mdns.Msg).SetQuestion("_dsync.co.", 66)
	if m, err := mdns.Exchange(ask, file.Production.DNS); err != nil || len(m.Answer) != 1 ||
		!strings.HasSuffix(m.Answer[0].String(), `\# 25 003b010035066e6f74696679076578616d706c6503636f6d00`) {
		t.Errorf("the DSYNC record is %v, %v", m, err)
	}
	m := new(mdns.Msg).SetNotify("librerialuna.co.")
	for kind, want := range map[uint16]int{mdns.TypeCDS: mdns.RcodeSuccess, mdns.TypeCSYNC: mdns.RcodeSuccess, mdns.TypeSOA: mdns.RcodeNotImplemented} {
		m.Question[0].Qtype = kind
		if reply, err := mdns.Exchange(m, file.Production.DNS); err != nil || reply.Rcode != want {
			t.Errorf("NOTIFY(%s) is answered with %v, %v", mdns.TypeToString[kind], reply, err)
		}
	}
	eventually(t, func() bool {
		return strings.Contains(mustRun(t, "zone", "children", "librerialuna.co", "--dir", dir), "notified")
	})
}

// What stands in the configuration about children is read, or refused with what to do.
func TestChildrenConfig(t *testing.T) {
	c := childrenConfig{Resolvers: []string{"127.0.0.1", "[::1]:5353"}, Notify: "notify.example.com"}
	list, err := c.resolvers()
	if err != nil || len(list) != 2 || list[0] != netip.MustParseAddrPort("127.0.0.1:53") || list[1] != netip.MustParseAddrPort("[::1]:5353") {
		t.Errorf("resolvers are %v, %v", list, err)
	}
	records, err := c.dsync(names.MustParse("com.co"))
	if err != nil || len(records) != 1 {
		t.Fatalf("DSYNC records are %v, %v", records, err)
	}
	if got, want := records[0].Owner.String(), "_dsync.com.co."; got != want {
		t.Errorf("they are at %s, want %s", got, want)
	}
	if got, want := string(records[0].Data[0]), "\x00\x3b\x01\x00\x35\x06notify\x07example\x03com\x00"; got != want {
		t.Errorf("the DSYNC is %q, want %q", got, want)
	}
	for _, test := range []struct {
		name string
		c    childrenConfig
		says string
	}{
		{"a name", childrenConfig{Resolvers: []string{"resolver.example"}}, "zone.children.resolvers"},
		{"a path to nobody", childrenConfig{TrustedPath: true}, "zone.children.trusted_path"},
		{"no host", childrenConfig{Notify: "-"}, "zone.children.notify"},
		{"no port", childrenConfig{Notify: "notify.example.com:0"}, "zone.children.notify"},
	} {
		if err := test.c.check(); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %s", test.name, err, test.says)
		}
	}
	if records, err := (childrenConfig{}).dsync(names.MustParse("co")); err != nil || len(records) != 0 {
		t.Errorf("without an address there are %v, %v", records, err)
	}
}
