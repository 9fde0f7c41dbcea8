package flow_test

import (
	stdcmp "cmp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// childDS is what child zones ask for.
var childDS = registry.DS{KeyTag: 4711, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}

// Everything is wrong with the first command, and each row puts one thing right. Then the same of the first DS and of
// the last.
func TestDSFollowPrecedence(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	made := w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	delegate := func(d flow.DomainEdit) { w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: d}) }
	undo := func(d flow.DomainEdit) { w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: d}) }
	locked := flow.DomainEdit{Statuses: []registry.Status{registry.ClientUpdateProhibited}}
	delegate(flow.DomainEdit{Statuses: locked.Statuses})
	a := &w.Service.Profile.Versions[0].Terms.DSAutomation
	a.Bootstrap, a.Deletes = false, false

	cmd := flow.DSFollow{Scan: registry.ChildScan{Name: world.Name("shpo.co")}, Was: []registry.DS{childDS}, Basis: flow.ByChain}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, "the name is not registered; check its spelling"},
		{func() { cmd.Scan.Name = world.Name("shop.co") }, registry.StatusProhibits, "its DS or name servers have been changed since it was scanned; scan it again"},
		{func() { cmd.Scan.ROID = made.ROID }, registry.StatusProhibits, "its DS or name servers have been changed since it was scanned; scan it again"},
		{func() { cmd.Was = nil }, registry.StatusProhibits, "DS do not follow CDS below co; the profile says where they do (dsAutomation)"},
		{func() { a.Zones = []string{"co"} }, registry.StatusProhibits, "the name is not delegated to name servers of its own; it may be deleted, suspended, on hold or without any"},
		{func() {
			undo(locked)
			delegate(flow.DomainEdit{Nameservers: world.Names("ns1.shop.co"), Statuses: locked.Statuses})
		}, registry.StatusProhibits, "its DS or name servers have been changed since it was scanned; scan it again"},
		{func() { cmd.Servers = world.Names("ns1.shop.co") }, registry.StatusProhibits, "the name has the status clientUpdateProhibited; while it has, its DS do not follow"},
		{func() { a.Despite = locked.Statuses }, registry.ParameterPolicy, "the name has no DS that could vouch for others"},
		{func() { cmd.Basis = flow.BySignal }, registry.ParameterPolicy, "the first DS of a name come from its registrar (dsAutomation.bootstrap)"},
		{func() { cmd.Basis = flow.ByDelay }, registry.ParameterPolicy, "nobody vouches for the first DS of the name; its registrar can send them (dsAutomation.acceptAfterHours)"},
		{func() {
			a.AcceptAfter = 72
			cmd.Scan.AskedSince = w.Now().Add(-72*time.Hour + time.Second)
		}, registry.ParameterPolicy, "nobody vouches for the first DS of the name, and it has not asked for them long enough"},
		{func() { cmd.Scan.AskedSince = w.Now().Add(-72 * time.Hour) }, registry.ParameterPolicy, "a name does not turn its DS off by itself; its registrar removes them (dsAutomation.deletes)"},
		{func() { cmd.DS = []registry.DS{{KeyTag: 1, Algorithm: 13, DigestType: 99, Digest: "AB"}} }, registry.ParameterPolicy, "no such digest is assigned; IANA lists those that are"},
		{func() { cmd.DS = manyDS(11) }, registry.ParameterPolicy, "a domain has 10 DS at most; send fewer"},
	}, func() { cmd.DS = []registry.DS{childDS} })

	next := flow.DSFollow{
		Scan: registry.ChildScan{Name: world.Name("shop.co"), ROID: made.ROID}, Servers: cmd.Servers, Was: cmd.DS, Basis: flow.BySignal,
	}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", next }, []step{
		{func() {}, registry.ParameterPolicy, "a name with DS follows what a key of these has signed, and nothing else"},
		{func() { next.Basis = flow.ByChain }, registry.ParameterPolicy, "a name does not turn its DS off by itself; its registrar removes them (dsAutomation.deletes)"},
	}, func() { a.Deletes = true })

	show := flow.ChildShow{Name: world.Name("shpo.co")}
	if _, err := w.Ask("", show); refusal(err) == nil || refusal(err).Code != registry.ObjectMissing {
		t.Errorf("of a name that is not registered: %v", err)
	}
}

func manyDS(n int) []registry.DS {
	list := make([]registry.DS, n)
	for i := range list {
		list[i] = childDS
		list[i].KeyTag = uint16(i)
	}
	return list
}

// What the automation does is a version in the history without a registrar, a mark for the zone, and a message to the
// sponsor with the name as it is then.
func TestDSFollowIsTold(t *testing.T) {
	w, name := followed(t)
	second := childDS
	second.KeyTag = 4712
	for _, test := range []struct {
		was, ds []registry.DS
		basis   flow.Basis
		text    string
		why     string
	}{
		{nil, []registry.DS{childDS}, flow.BySignal, "shop.co has its first DS, as its own zone asks for (CDS): it is secured by DNSSEC from now on.", "CDS vouched for by name servers"},
		{[]registry.DS{childDS}, []registry.DS{second, childDS}, flow.ByChain, "The DS of shop.co were changed as its own zone asks for (CDS).", "CDS signed by a key of its DS"},
		{[]registry.DS{childDS, second}, nil, flow.ByChain, "The DS of shop.co were removed as its own zone asks for (CDS): it is not secured by DNSSEC any more.", "CDS signed by a key of its DS"},
	} {
		scan := registry.ChildScan{
			Name: name, ROID: childOf(t, w, name).ROID, Began: w.Now(), Result: registry.ChildChanged, ChildNews: registry.ChildNews{Taken: w.Now()},
		}
		w.Do("", flow.DSFollow{Scan: scan, Basis: test.basis, Was: test.was, DS: test.ds, Servers: world.Names("ns1.shop.co")})
		messages := w.Take(world.Acme)
		if len(messages) != 1 {
			t.Fatalf("%s: %d messages, want one", test.text, len(messages))
		}
		n := messages[0].Notice.(registry.ChangeNotice)
		if n.Text != test.text || n.Why != test.why || n.Operation != "update" || n.Who != "registry" || n.Event() != registry.EventDSFollowed {
			t.Errorf("it is told %+v", n)
		}
		if len(n.Domain.DS) != len(test.ds) || n.Domain.AuthInfo != nil {
			t.Errorf("it is told of the domain %+v", n.Domain)
		}
		if child := childOf(t, w, name); child.Result != registry.ChildChanged || !child.Taken.Equal(w.Now()) || len(child.DS) != len(test.ds) {
			t.Errorf("what is known of it is %+v", child)
		}
		w.Pass(time.Hour)
	}
	if rows := w.Rows("SELECT registrar, command FROM history WHERE command = 'domain:follow-ds'"); strings.Count(rows, "domain:follow-ds") != 3 {
		t.Errorf("the history has\n%s", rows)
	}
	if marks := w.Rows("SELECT name FROM mark WHERE name = 'shop.co'"); marks == "" {
		t.Error("the zone has no mark")
	}
}

// followed is a world in which DS follow, with shop.co, which has a name server and no DS.
func followed(t *testing.T) (*world.World, names.Name) {
	t.Helper()
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Service.Profile.Versions[0].Terms.DSAutomation.Zones = []string{"*"}
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Nameservers: world.Names("ns1.shop.co")}})
	return w, world.Name("shop.co")
}

// childOf returns what is known of the child zone of a name.
func childOf(t *testing.T, w *world.World, name names.Name) flow.Child {
	t.Helper()
	child, err := w.Ask("", flow.ChildShow{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return child.(flow.Child)
}

// Names are enrolled when they are delegated below a zone where DS follow, found again in the order in which they are
// due, hinted at only so often, and taken out when they are gone; what was known of a name is forgotten with its
// registration.
func TestChildrenInTheirTurn(t *testing.T) {
	w, shop := followed(t)
	w.Service.Profile.Versions[0].Terms.DSAutomation.Zones = []string{"co"}
	w.Domain(world.Acme, "idle.co")
	w.Domain(world.Acme, "other.co", "ns1.shop.co")
	w.Domain(world.Acme, "shop.com.co", "ns1.shop.co")
	enrol := func() flow.ChildrenMissing {
		t.Helper()
		reply, err := w.Ask("", flow.ChildrenMissed{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		missing := reply.(flow.ChildrenMissing)
		w.Do("", missing.ChildrenEnrol)
		return missing
	}
	if n := len(enrol().New); n != 2 {
		t.Errorf("%d names are new, want 2", n)
	}
	if n := len(enrol().New); n != 0 {
		t.Errorf("%d names are new again", n)
	}
	if got := dueChildren(t, w); got != "other.co shop.co" {
		t.Errorf("due are %s", got)
	}
	child := childOf(t, w, shop)
	scan := child.ChildScan
	scan.Began, scan.Due, scan.Result, scan.Why = w.Now(), w.Now().Add(time.Hour), registry.ChildSilent, "it says nothing"
	w.Do("", flow.ChildrenScanned{Scans: []registry.ChildScan{scan}})
	if diff := cmp.Diff(scan, childOf(t, w, shop).ChildScan, cmp.Comparer(func(a, b names.Name) bool { return a == b })); diff != "" {
		t.Errorf("what is known came back with %s", diff)
	}
	if got := dueChildren(t, w); got != "other.co" {
		t.Errorf("due are %s", got)
	}
	w.Pass(time.Minute)
	hint := func() int {
		return w.Do("", flow.ChildrenHinted{Names: world.Names("shop.co", "idle.co", "free.co", "shop.com.co")}).(int)
	}
	if n := hint(); n != 1 || dueChildren(t, w) != "other.co shop.co" {
		t.Errorf("%d names are hinted at; due are %s", n, dueChildren(t, w))
	}
	w.Do("", flow.ChildrenScanned{Scans: []registry.ChildScan{scan}}) // which began before the hint
	if got := dueChildren(t, w); got != "other.co shop.co" {
		t.Errorf("after a hint during a scan, due are %s", got)
	}
	scan.Began, scan.Due = w.Now(), w.Now().Add(time.Hour)
	w.Do("", flow.ChildrenScanned{Scans: []registry.ChildScan{scan}})
	w.Pass(299 * time.Second)
	if hint(); dueChildren(t, w) != "other.co" {
		t.Errorf("a hint that comes too soon is heeded; due are %s", dueChildren(t, w))
	}
	w.Pass(time.Second)
	if hint(); dueChildren(t, w) != "other.co shop.co" {
		t.Errorf("a hint in time is not heeded; due are %s", dueChildren(t, w))
	}

	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("other.co")})
	if gone := enrol().Gone; len(gone) != 1 || gone[0].Name != world.Name("other.co") {
		t.Errorf("gone are %+v", gone)
	}
	if rows := w.Rows("SELECT name FROM child"); strings.Contains(rows, "other.co") {
		t.Errorf("a name that is gone is scanned:\n%s", rows)
	}
	w.Domain(world.Other, "other.co", "ns1.shop.co")
	if child := childOf(t, w, world.Name("other.co")); child.Result != "" || child.Sponsor != world.Other {
		t.Errorf("of a new registration is known %+v", child)
	}
}

func dueChildren(t *testing.T, w *world.World) string {
	t.Helper()
	reply, err := w.Ask("", flow.ChildrenDue{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var due []string
	for _, c := range reply.([]flow.Child) {
		due = append(due, c.Name.String())
	}
	return strings.Join(due, " ")
}

// A lock, a hold and a missing delegation stop a name, and so does a zone where DS do not follow.
func TestChildrenThatStop(t *testing.T) {
	w, shop := followed(t)
	status := func(add, remove []registry.Status) {
		w.Do("", flow.DomainStatusSet{Deed: deed(), Name: shop, StatusEdit: flow.StatusEdit{Add: add, Remove: remove}})
	}
	for s, says := range map[registry.Status]string{
		registry.ServerUpdateProhibited: "the name has the status serverUpdateProhibited",
		registry.ServerHold:             "the name is not delegated",
		registry.ServerDeleteProhibited: "",
	} {
		status([]registry.Status{s}, nil)
		if stops := childOf(t, w, shop).Stops; (stops == "") != (says == "") || !strings.HasPrefix(stops, says) {
			t.Errorf("with %s it stops as %q, want %q", s, stops, says)
		}
		status(nil, []registry.Status{s})
	}
	a := &w.Service.Profile.Versions[0].Terms.DSAutomation
	*a = policy.DSAutomation{Zones: []string{"com.co"}}
	if stops := childOf(t, w, shop).Stops; !strings.HasPrefix(stops, "DS do not follow CDS below co") {
		t.Errorf("where DS do not follow it stops as %q", stops)
	}
}

// A sponsor is told of a refusal once a reason, and of another reason some days later at the earliest, whatever the zone
// makes up; and of the same one again when it had been resolved. Of another registration of the name nobody is told.
func TestDSRefusalIsTold(t *testing.T) {
	w, name := followed(t)
	const day = 24 * time.Hour
	roid := childOf(t, w, name).ROID
	for _, test := range []struct {
		name   string
		after  time.Duration
		result registry.ChildResult
		why    string
		roid   registry.ROID
		want   string
	}{
		{name: "unreachable", result: registry.ChildUnreachable, why: "no server answers"},
		{name: "of another registration", result: registry.ChildRefused, why: "a wrong key", roid: "D999-CO"},
		{name: "a reason", result: registry.ChildRefused, why: "a wrong key", want: "The DS of shop.co do not follow what its own zone asks for (CDS): a wrong key."},
		{name: "the same", after: 6 * time.Hour, result: registry.ChildRefused, why: "a wrong key"},
		{name: "the same, long after", after: 30 * day, result: registry.ChildRefused, why: "a wrong key"},
		{name: "another", after: time.Hour, result: registry.ChildRefused, why: "servers disagree", want: "The DS of shop.co do not follow what its own zone asks for (CDS): servers disagree."},
		{name: "another again, too soon", after: 7*day - time.Second, result: registry.ChildRefused, why: "a wrong key"},
		{name: "in time", after: time.Second, result: registry.ChildRefused, why: "a wrong key", want: "The DS of shop.co do not follow what its own zone asks for (CDS): a wrong key."},
		{name: "resolved", after: time.Hour, result: registry.ChildInStep, why: "it asks for what it has"},
		{name: "the same again, too soon", after: time.Hour, result: registry.ChildRefused, why: "a wrong key"},
		{name: "the same again", after: 7 * day, result: registry.ChildRefused, why: "a wrong key", want: "The DS of shop.co do not follow what its own zone asks for (CDS): a wrong key."},
	} {
		w.Pass(test.after)
		scan := childOf(t, w, name).ChildScan
		scan.ROID, scan.Began, scan.Result, scan.Why = stdcmp.Or(test.roid, roid), w.Now(), test.result, test.why
		w.Do("", flow.ChildrenScanned{Scans: []registry.ChildScan{scan}})
		got := ""
		for _, m := range w.Take(world.Acme) {
			n := m.Notice.(registry.ChangeNotice)
			got += n.Text
			if n.Event() != registry.EventDSRefused || n.Operation != "custom" || n.Detail != "ds-refused" || n.Why != test.why || n.Domain == nil || n.Domain.AuthInfo != nil {
				t.Errorf("%s: it is told %+v", test.name, n)
			}
		}
		if got != test.want {
			t.Errorf("%s: it is told %q, want %q", test.name, got, test.want)
		}
	}
}
