package main

import (
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
)

// A rootServer answers for the DS of zones as the zone above them would.
type rootServer struct {
	mu      sync.Mutex
	records []mdns.RR
}

func (r *rootServer) ServeDNS(w mdns.ResponseWriter, query *mdns.Msg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	reply := new(mdns.Msg).SetReply(query)
	reply.Authoritative = true
	reply.Answer = r.records
	if len(r.records) == 0 {
		reply.Ns = []mdns.RR{&mdns.SOA{Hdr: mdns.RR_Header{Name: ".", Rrtype: mdns.TypeSOA, Class: mdns.ClassINET}, Ns: ".", Mbox: "."}}
	}
	_ = w.WriteMsg(reply)
}

// has makes lines of a zone file what it has.
func (r *rootServer) has(t *testing.T, lines ...string) {
	t.Helper()
	var records []mdns.RR
	for _, line := range lines {
		rr, err := mdns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, rr)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = records
}

// listen serves until the test ends, and returns where.
func (r *rootServer) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	server := &mdns.Server{Listener: l, Handler: r, NotifyStartedFunc: func() { close(started) }}
	ended := make(chan error, 1)
	go func() { ended <- server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// A zone whose DS is in the zone above goes unsigned when an operator says so and not by the configuration, and its DS
// goes first: what the zone above has is asked for.
func TestZoneUnsign(t *testing.T) {
	root := new(rootServer)
	dir, demo := aDemo(t)
	demo.stop()
	edit(t, dir, "parent = []", `parent = ["`+root.listen(t)+`"]`)
	demo = start(t, "demo", "--dir", dir)
	zones := func(args ...string) string {
		return mustRun(t, append(append([]string{"zone"}, args...), "--dir", dir)...)
	}
	refused := func(says string, args ...string) {
		t.Helper()
		_, errs, status := run(t, "", append(append([]string{"zone"}, args...), "--dir", dir)...)
		if has(t, errs, says); status != 1 {
			t.Errorf("dorado zone %s: status %d", strings.Join(args, " "), status)
		}
	}
	refused("it has no DS of co-1", "ds", "co", "--seen")
	ds, _, _ := strings.Cut(zones("ds", "co"), "\n")
	root.has(t, strings.Replace(ds, " IN ", " 345600 IN ", 1), "co. 60 IN DS 1 13 2 "+hex.EncodeToString(make([]byte, 32)))
	refused("it has a DS that should not be there: 1 13 2", "ds", "co", "--seen")
	root.has(t, strings.Replace(ds, " IN ", " 345600 IN ", 1))
	has(t, zones("ds", "co", "--seen"), "the zone above was seen with these")
	demo.stop()

	edit(t, dir, "sign = true", "sign = false")
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	const stays = "co stays signed although zone.dnssec.sign is false"
	has(t, demo.err.String(), stays)
	has(t, zones("keys"), stays, "com.co stays signed", "dorado zone unsign co")
	if _, text := askHealth(t, dir, "/healthz"); !strings.Contains(text, stays) {
		t.Errorf("healthz says %q", text)
	}
	has(t, zones("show", "co"), "RRSIG", "DNSKEY")

	has(t, zones("unsign", "co", "--reason", "a test"), "co goes unsigned, and is signed until no cache has its DS", "the zone asks for its DS to be taken away")
	refused("the zone goes unsigned already", "unsign", "co", "--reason", "again")
	refused("the zone goes unsigned; to keep it signed", "rollover", "co", "--zsk", "--reason", "x")
	eventually(t, func() bool { return strings.Contains(zones("keys", "co"), "waits for its DS to leave the zone above") })
	has(t, zones("ds", "co"), "the zone above must have no DS of co.", "the zone publishes CDS 0 0 0 00", "waits until the zone above has none")
	refused("it has a DS that should not be there", "ds", "co", "--seen")
	root.has(t)
	zones("ds", "co", "--seen")
	has(t, zones("keys", "co"), "its DS has left; in some caches still; until 20")
	has(t, zones("show", "co"), "RRSIG", "DNSKEY")

	has(t, zones("unsign", "com.co", "--handed-over", "--reason", "Knot serves"), "takes the signatures out now")
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return records(t, file.Production.DNS, "com.co.", mdns.TypeDNSKEY) == 0 })
	if n := records(t, file.Production.DNS, "com.co.", mdns.TypeSOA); n != 1 {
		t.Errorf("the SOA of com.co comes as %d records, with its signatures", n)
	}
	if text := zones("show", "com.co"); strings.Contains(text, " DS ") {
		t.Errorf("co has of com.co\n%s", text)
	}
	eventually(t, func() bool { return strings.Contains(zones("keys", "com.co", "--all"), "taken out") })
}

// Of a zone without a DS to hand over it is said whether the zone above may have one, as it may of keys that were imported.
func TestNoDS(t *testing.T) {
	hidden := registry.ZoneKey{Role: registry.KSK, Number: 1}
	imported := hidden
	imported.Asked = registry.Measure{Since: time.Now(), Author: "ana", Reason: "from the old signer"}
	coming, leaving, gone := imported, imported, imported
	coming.DS.State = registry.Coming
	leaving.Unsigns = imported.Asked
	gone.Gone = time.Now()
	for name, test := range map[string]struct {
		key  registry.ZoneKey
		want bool
	}{"made": {hidden, false}, "imported": {imported, true}, "its DS is asked for": {coming, false}, "goes": {leaving, false}, "gone": {gone, false}} {
		if got := mayHaveDS(test.key); got != test.want {
			t.Errorf("%s: its DS may be there: %v", name, got)
		}
	}
	some := []keyLine{{Role: "KSK"}}
	for _, test := range []struct {
		name string
		page keysPage
		says string
	}{
		{"imported", keysPage{Zone: "co", Sign: true, Keys: some, Kept: []int{4711}}, "nothing to change yet: the zone above may keep the DS of tag 4711, whose key was imported"},
		{"made", keysPage{Zone: "co", Sign: true, Keys: some}, "nothing to hand over yet: the zone above must have no DS of co. before"},
		{"no key yet", keysPage{Zone: "co", Sign: true}, "nothing to hand over yet"},
		{"another signer", keysPage{Zone: "co"}, "nothing to change: co is not signed here"},
		{"goes unsigned", keysPage{Zone: "co", Keys: some, CDS: []string{"0 0 0 00"}}, "the zone above must have no DS of co."},
	} {
		out := new(strings.Builder)
		p := &program{out: out}
		if p.tellDS(test.page); !strings.HasPrefix(out.String(), "; "+test.says) {
			t.Errorf("%s: it says\n%s", test.name, out)
		}
	}
}

// records counts those in an answer, signatures among them.
func records(t *testing.T, server, name string, kind uint16) int {
	t.Helper()
	m := new(mdns.Msg).SetQuestion(name, kind)
	m.SetEdns0(4096, true)
	reply, _, err := (&mdns.Client{Net: "tcp"}).Exchange(m, server)
	if err != nil {
		t.Fatal(err)
	}
	return len(reply.Answer)
}

// Private keys that cannot be opened, since secrets.toml is not the one that they were sealed under, keep the zones from
// being published and nothing else: registrars work, and what was published is served.
func TestLostZoneSecret(t *testing.T) {
	dir, demo := aDemo(t)
	before := mustRun(t, "zone", "list", "--dir", dir)
	demo.stop()
	path := filepath.Join(dir, secretsFile)
	kept := readAll(t, path)
	for _, test := range []struct{ name, text, says string }{
		{"without", withoutLine(kept, "zone_key = "), "secrets.toml has no zone_key"},
		{"another", withLine(kept, "zone_key = ", `zone_key = "`+newSecret()+`"`), "no secret here opens the key"},
		{"damaged", withLine(kept, "zone_key = ", `zone_key = "12"`), "64 hexadecimal digits"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			demo := start(t, "demo", "--dir", dir)
			defer demo.stop()
			has(t, demo.err.String(), test.says, "a zone is not published, since its private keys cannot be used")
			has(t, mustRun(t, "zone", "keys", "--dir", dir), "co IS NOT PUBLISHED, and served as it was last", test.says)
			has(t, mustRun(t, "zone", "show", "co", "--dir", dir), "RRSIG", "DNSKEY")
			if after := mustRun(t, "zone", "list", "--dir", dir); after != before {
				t.Errorf("the zones were\n%s\nand are\n%s", before, after)
			}
			mustRun(t, "epp", "--dir", dir, "--as", "H1001", "check", "domain", "later.co")
			if status, text := askHealth(t, dir, "/healthz"); status != 200 || !strings.HasPrefix(text, "in part; dns: ") || !strings.Contains(text, "co is not published: ") {
				t.Errorf("healthz answers %d, %q", status, text)
			}
		})
	}
	if err := os.WriteFile(path, []byte(kept), 0o600); err != nil {
		t.Fatal(err)
	}
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	if text := mustRun(t, "zone", "keys", "--dir", dir); strings.Contains(text, "NOT PUBLISHED") {
		t.Errorf("with the file back:\n%s", text)
	}
}

// withLine returns a text with another line in place of the one that begins so, and withoutLine without it.
func withLine(text, begins, with string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, begins) {
			line = with + "\n"
		}
		out.WriteString(line)
	}
	return out.String()
}

func withoutLine(text, begins string) string { return withLine(text, begins, "") }
