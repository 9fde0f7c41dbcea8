package children_test

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/children"
	"example.org/dorado/test/world"
)

// A scene is a registry whose children are at Knot, at the addresses of the name servers of oper.example.
type scene struct {
	*world.World
	t       *testing.T
	servers *servers
	scanner *children.Scanner
	at      map[string]string // where an address is in truth
	asked   atomic.Int64      // sockets that were opened
}

func newScene(t *testing.T) *scene {
	t.Helper()
	t.Parallel() // much of the time is waiting
	sc := &scene{World: world.New(t, "2026-03-01T12:00:00Z"), t: t, servers: counterparts(t)}
	sc.Service.Real = time.Now // signatures are of today
	automation(sc.World).Zones = []string{"*"}
	for _, host := range []string{"ns1.oper.example", "ns2.oper.example"} {
		sc.Host(world.Acme, host)
	}
	sc.at = map[string]string{"192.0.2.1:53": sc.servers.knot, "192.0.2.2:53": sc.servers.knot}
	sc.scanner = children.New(sc.config())
	return sc
}

func (sc *scene) config() children.Config {
	return children.Config{
		Service: sc.Service, NewTRID: sc.NewTRID, Log: quiet(), Chance: func() float64 { return 0.5 },
		Lease:     func() (registry.Fence, bool) { return registry.Fence{}, true },
		Resolvers: []netip.AddrPort{netip.MustParseAddrPort(sc.servers.unbound)},
		Pause:     pause,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			sc.asked.Add(1)
			if there, mapped := sc.at[address]; mapped {
				address = there
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
}

// child registers a name that is delegated to both name servers of oper.example.
func (sc *scene) child(name string, ds ...registry.DS) {
	sc.t.Helper()
	sc.Domain(world.Acme, name, "ns1.oper.example", "ns2.oper.example")
	if len(ds) > 0 {
		sc.setDS(name, ds)
	}
}

func (sc *scene) setDS(name string, list []registry.DS) {
	sc.t.Helper()
	edit := flow.SignerEdit{RemoveAll: true}
	for _, ds := range list {
		edit.Add = append(edit.Add, registry.DSRecord{DS: ds})
	}
	sc.Do(world.Acme, flow.DomainUpdate{Name: world.Name(name), DS: edit})
}

// scan scans a name and expects a result, and words in its reason.
func (sc *scene) scan(name string, want registry.ChildResult, says string) children.Report {
	sc.t.Helper()
	report, err := sc.scanner.Scan(context.Background(), world.Name(name), false)
	if err != nil {
		sc.t.Fatal(err)
	}
	if report.Result != want || !strings.Contains(report.Why, says) {
		sc.t.Errorf("%s: %s: %s; want %s: %s\n%+v", name, report.Result, report.Why, want, says, report.Steps)
	}
	if report.Changed != (want == registry.ChildChanged) {
		sc.t.Errorf("%s: changed %t with %s", name, report.Changed, report.Result)
	}
	return report
}

// has expects the DS of a name to be those of the keys that Knot publishes in its CDS.
func (sc *scene) has(name string, want []registry.DS) {
	sc.t.Helper()
	got := sc.dsOf(name)
	if len(got) != len(want) {
		sc.t.Fatalf("%s has %v, want %v", name, got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			sc.t.Errorf("%s has %v, want %v", name, got, want)
		}
	}
}

func (sc *scene) dsOf(name string) []registry.DS {
	sc.t.Helper()
	reply, err := sc.Ask("", flow.ChildShow{Name: world.Name(name)})
	if err != nil {
		sc.t.Fatal(err)
	}
	return reply.(flow.Child).DS
}

// cds are the DS that a child of Knot asks for.
func (sc *scene) cds(name string) []registry.DS {
	sc.t.Helper()
	var list []registry.DS
	for _, rr := range sc.servers.records(sc.t, name, mdns.TypeCDS) {
		c := rr.(*mdns.CDS)
		list = append(list, registry.DS{KeyTag: c.KeyTag, Algorithm: c.Algorithm, DigestType: c.DigestType, Digest: strings.ToUpper(c.Digest)})
	}
	return list
}

// keyDS is the DS of the key signing key of a child of Knot.
func (sc *scene) keyDS(name string) registry.DS {
	sc.t.Helper()
	for _, rr := range sc.servers.records(sc.t, name, mdns.TypeDNSKEY) {
		if k := rr.(*mdns.DNSKEY); k.Flags&mdns.SEP != 0 {
			ds := k.ToDS(mdns.SHA256)
			return registry.DS{KeyTag: ds.KeyTag, Algorithm: ds.Algorithm, DigestType: ds.DigestType, Digest: strings.ToUpper(ds.Digest)}
		}
	}
	sc.t.Fatalf("%s has no key signing key", name)
	return registry.DS{}
}

// A child gets its first DS when both of its name servers' operators vouch for it, and not before; then it is in step.
// What happens is told to its sponsor.
func TestBootstrap(t *testing.T) {
	sc := newScene(t)
	sc.child("boot.co")
	sc.scan("boot.co", registry.ChildRefused, "nobody vouches for its first DS: CDS of _dsboot.boot.co._signal.ns1.oper.example: there are none")
	sc.servers.signal(t, "boot.co", "ns1.oper.example")
	sc.scan("boot.co", registry.ChildRefused, "nobody vouches for its first DS: CDS of _dsboot.boot.co._signal.ns2.oper.example: there are none")
	sc.servers.signal(t, "boot.co", "ns2.oper.example")
	if report, err := sc.scanner.Scan(context.Background(), world.Name("boot.co"), true); err != nil || report.Changed || report.Basis != flow.BySignal || len(sc.dsOf("boot.co")) != 0 {
		t.Errorf("a look says %+v, %v", report, err)
	}
	sc.scan("boot.co", registry.ChildChanged, "it asked for its first DS")
	sc.has("boot.co", sc.cds("boot.co"))
	var told []registry.Event
	for _, m := range sc.Take(world.Acme) {
		told = append(told, m.Notice.Event())
	}
	if want := []registry.Event{registry.EventDSRefused, registry.EventDSFollowed}; !slices.Equal(told, want) {
		t.Errorf("it is told %v, want %v: the second refusal comes too soon after the first", told, want)
	}
	sc.scan("boot.co", registry.ChildInStep, "it asks for the DS that it has")
}

// Bootstrapping needs an answer that was validated: by a resolver that says so, and that is on this machine or reached by
// a path that the operator trusts; and a name server that is not in the zone itself.
func TestBootstrapIsAuthenticated(t *testing.T) {
	sc := newScene(t)
	sc.child("half.co")
	sc.servers.signal(t, "half.co", "ns1.oper.example")
	sc.servers.signal(t, "half.co", "ns2.oper.example")
	unsigned := mangled(t, sc.servers.unbound, func(_ mdns.Question, m *mdns.Msg) { m.AuthenticatedData = false })
	config := sc.config()
	for _, test := range []struct {
		name      string
		resolvers string
		trusted   bool
		want      registry.ChildResult
		says      string
	}{
		{"no resolver", "", false, registry.ChildUnreachable, "no resolver is configured"},
		{"one that validates nothing", unsigned, false, registry.ChildRefused, "the answer is not validated"},
		{"one far away", "192.0.2.3:53", false, registry.ChildRefused, "the resolver is not on this machine"},
		{"one far away by a trusted path", "192.0.2.3:53", true, registry.ChildChanged, ""},
	} {
		config.Resolvers, config.TrustedPath = nil, test.trusted
		if test.resolvers != "" {
			config.Resolvers = []netip.AddrPort{netip.MustParseAddrPort(test.resolvers)}
		}
		sc.at["192.0.2.3:53"] = sc.servers.unbound
		sc.scanner = children.New(config)
		sc.scan("half.co", test.want, test.says)
	}
}

// With a delay in the profile a child gets its first DS without anybody else's word, if it asks for the same ones all that
// time; and what is refused in between does not make it forget.
func TestAcceptAfterDelay(t *testing.T) {
	sc := newScene(t)
	sc.child("slow.co")
	automation(sc.World).AcceptAfter = 72
	now := time.Now()
	sc.Service.Real = func() time.Time { return now }
	sc.scanner = children.New(sc.config())
	first := sc.scan("slow.co", registry.ChildWaits, "they are taken if it still asks for them on "+now.Add(72*time.Hour).UTC().Format(time.RFC3339))
	if d := first.Next.Sub(now); d < 5*time.Hour || d > 7*time.Hour {
		t.Errorf("it is looked at again after %s", d)
	}
	now = now.Add(71 * time.Hour)
	sc.at["192.0.2.2:53"] = "127.0.0.1:1"
	sc.scan("slow.co", registry.ChildUnreachable, "ns2.oper.example")
	delete(sc.at, "192.0.2.2:53")
	sc.at["192.0.2.2:53"] = sc.servers.knot
	if next := sc.scan("slow.co", registry.ChildWaits, "").Next; !next.Equal(now.Add(time.Hour).UTC().Truncate(time.Second)) {
		t.Errorf("it is looked at again on %s, want an hour from %s", next, now)
	}
	now = now.Add(time.Hour)
	sc.scan("slow.co", registry.ChildChanged, "")
	sc.has("slow.co", sc.cds("slow.co"))
}

// A child rolls its key: its CDS are signed by the key that its DS prove, and the DS follow.
func TestRollover(t *testing.T) {
	sc := newScene(t)
	before := sc.cds("roll.co")
	sc.child("roll.co", before...)
	sc.scan("roll.co", registry.ChildInStep, "")
	sc.servers.knotc(t, "zone-key-rollover", "roll.co", "ksk")
	defer sc.servers.knotc(t, "zone-ksk-submitted", "roll.co")
	if _, err := sc.servers.until(sc.servers.knot, "roll.co", mdns.TypeCDS, func(m *mdns.Msg) bool {
		for _, rr := range m.Answer {
			if c, is := rr.(*mdns.CDS); is && c.KeyTag != before[0].KeyTag {
				return true // the other key is ready
			}
		}
		return false
	}); err != nil {
		t.Fatal(err)
	}
	sc.scan("roll.co", registry.ChildChanged, "it asked for other DS")
	after := sc.cds("roll.co")
	sc.has("roll.co", after)
	sc.scan("roll.co", registry.ChildInStep, "")
	sc.setDS("roll.co", []registry.DS{{KeyTag: 1, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}})
	sc.scan("roll.co", registry.ChildRefused, "under its present DS, none of its DNSKEY records is proven by a DS")
}

// A signed child turns its DS off, where the profile lets it. One that has no DS and asks for none is in step.
func TestDelete(t *testing.T) {
	sc := newScene(t)
	sc.child("off.co", sc.keyDS("off.co"))
	automation(sc.World).Deletes = false
	sc.scan("off.co", registry.ChildRefused, "a name does not turn its DS off by itself")
	automation(sc.World).Deletes = true
	sc.scan("off.co", registry.ChildChanged, "no DS (RFC 8078 section 4)")
	sc.has("off.co", nil)
	sc.scan("off.co", registry.ChildInStep, "it asks for no DS, and has none")
}

// A lock, a hold and what is not signed end a scan before anything is asked for, or with nothing.
func TestNamesThatAreLeftAlone(t *testing.T) {
	sc := newScene(t)
	sc.child("bare.co")
	sc.scan("bare.co", registry.ChildSilent, "neither CDS nor CDNSKEY")
	if n := sc.asked.Load(); n > 6 {
		t.Errorf("%d questions for a zone that asks for nothing", n)
	}
	sc.child("lock.co", sc.keyDS("lock.co"))
	deed := flow.Deed{Author: "ana", Reason: "a test"}
	for _, s := range []registry.Status{registry.ServerUpdateProhibited, registry.ServerHold} {
		sc.Do("", flow.DomainStatusSet{Deed: deed, Name: world.Name("lock.co"), StatusEdit: flow.StatusEdit{Add: []registry.Status{s}}})
		before := sc.asked.Load()
		sc.scan("lock.co", registry.ChildStopped, "")
		if sc.asked.Load() != before {
			t.Errorf("with %s its name servers are asked", s)
		}
		sc.Do("", flow.DomainStatusSet{Deed: deed, Name: world.Name("lock.co"), StatusEdit: flow.StatusEdit{Remove: []registry.Status{s}}})
	}
	sc.scan("lock.co", registry.ChildInStep, "")
}

// What one name server has otherwise than the others, or signed wrongly, ends the scan, and says where.
func TestServersThatLie(t *testing.T) {
	sc := newScene(t)
	wrong := sc.keyDS("forged.co")
	wrong.Digest = strings.Repeat("AB", 32)
	right := sc.keyDS("forged.co")
	sc.child("forged.co", right, wrong) // so that its CDS ask for another set
	of := func(kind uint16, change func(*mdns.Msg)) func(mdns.Question, *mdns.Msg) {
		return func(q mdns.Question, m *mdns.Msg) {
			if q.Qtype == kind {
				change(m)
			}
		}
	}
	for _, test := range []struct {
		name   string
		mangle func(mdns.Question, *mdns.Msg)
		both   bool
		want   registry.ChildResult
		says   string
	}{
		{"no CDS at one", of(mdns.TypeCDS, func(m *mdns.Msg) { m.Answer = nil }), false, registry.ChildRefused, "its name servers disagree"},
		{"no CDNSKEY at one", of(mdns.TypeCDNSKEY, func(m *mdns.Msg) { m.Answer = nil }), false, registry.ChildRefused, "have different CDNSKEY records"},
		{"a failure at one", of(mdns.TypeCDS, func(m *mdns.Msg) { m.Answer, m.Rcode = nil, mdns.RcodeServerFailure }), false, registry.ChildUnreachable, "the server answers SERVFAIL"},
		{"one that does not have the zone", of(mdns.TypeDNSKEY, func(m *mdns.Msg) { m.Answer, m.Rcode = nil, mdns.RcodeNameError }), false, registry.ChildUnreachable, "the name does not exist"},
		{"one that asked others", of(mdns.TypeCDS, func(m *mdns.Msg) { m.Authoritative = false }), false, registry.ChildUnreachable, "not authoritative"},
		{"a broken signature", of(mdns.TypeCDS, breakSignatures), true, registry.ChildRefused, "its CDS records: its signature by key"},
		{"no signatures", of(mdns.TypeCDNSKEY, dropSignatures), true, registry.ChildRefused, "its CDNSKEY records: it is not signed"},
		{"a key of somebody else", of(mdns.TypeDNSKEY, breakSignatures), true, registry.ChildRefused, "its DNSKEY records: its signature by key"},
		{"a zone that does not validate", of(mdns.TypeSOA, breakSignatures), true, registry.ChildRefused, "its SOA record: its signature by key"},
		{"CDS that the keys deny", of(mdns.TypeCDNSKEY, flagKeys), true, registry.ChildRefused, "has no CDS record"},
		{"the truth by TCP", func(_ mdns.Question, m *mdns.Msg) { m.Answer, m.Truncated = nil, true }, true, registry.ChildChanged, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			sc.t = t
			lies := mangled(t, sc.servers.knot, test.mangle)
			sc.at["192.0.2.1:53"], sc.at["192.0.2.2:53"] = sc.servers.knot, lies
			if test.both {
				sc.at["192.0.2.1:53"] = lies
			}
			sc.scanner = children.New(sc.config())
			sc.scan("forged.co", test.want, test.says)
		})
	}
	sc.t = t
	sc.has("forged.co", []registry.DS{right})
}
