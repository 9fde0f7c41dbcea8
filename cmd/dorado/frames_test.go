package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/console"
	"example.org/dorado/test/world"
)

// Of what a frame would change a registrar is told what is its own, and nothing of others.
func TestOwnChanges(t *testing.T) {
	expires := time.Date(2027, 3, 1, 23, 59, 59, 0, time.UTC)
	domain := func(name string, sponsor registry.RegistrarID) registry.Domain {
		return registry.Domain{Name: names.MustParse(name), Version: 2, Sponsor: sponsor, Expires: expires}
	}
	got := ownChanges(registry.Changes{
		Earlier:     []registry.Changes{{GoneDomains: []registry.Domain{domain("late.example", "R3001")}}},
		Domains:     []registry.Domain{domain("mine.example", "R2001"), domain("theirs.example", "R3001")},
		Hosts:       []registry.Host{{Name: names.MustParse("ns1.mine.example"), Version: 1, Sponsor: "R2001"}, {Name: names.MustParse("ns1.theirs.example"), Sponsor: "R3001"}},
		GoneDomains: []registry.Domain{domain("gone.example", "R2001"), domain("gone2.example", "R3001")},
		Charges: []ledger.Charge{
			{ID: "a", Party: "R2001", Type: ledger.Renewal, Amount: 20_00, State: ledger.Posted}, {ID: "b", Party: "R3001", Type: ledger.Renewal, Amount: 40_00},
		},
		Rescheduled: []ledger.Charge{{ID: "c", PostsAt: expires}},
		Marks:       []registry.Mark{{Kind: registry.MarkDomain, Name: names.MustParse("mine.example")}},
		Poll:        []registry.PollMessage{{Registrar: "R3001"}, {Registrar: "R2001"}},
		Mail:        []registry.Mail{{Registrar: "R3001", To: "secret@r3001.example"}},
	}, "R2001")
	want := []string{
		"domain mine.example, version 2, expires 2027-03-01T23:59:59Z", "host ns1.mine.example, version 1", "domain gone.example is gone",
		"charge Renewal 20.00 of R2001, posted", "a message in the queue of this registrar",
	}
	if !slices.Equal(got, want) {
		t.Errorf("it is told\n%q, want\n%q", got, want)
	}
}

// A lookAlike is two worlds that a stranger cannot tell apart by what it may ask: in the second, what another registrar has is
// linked, locked, and not what it was.
func lookAlike(t *testing.T, hidden bool) *world.World {
	t.Helper()
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Contact(world.Other, "P-OTHER")
	w.Domain(world.Other, "other.co")
	w.Do(world.Other, flow.HostCreate{Name: world.Name("ns1.other.co"), Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}})
	w.Do(world.Other, flow.HostCreate{Name: world.Name("ns1.other.net")})
	w.Domain(world.Acme, "mine.co")
	if !hidden {
		return w
	}
	w.Do(world.Other, flow.DomainUpdate{Name: world.Name("other.co"), Add: flow.DomainEdit{
		Contacts: []flow.Role{{Role: "billing", ID: "P-OTHER"}}, Nameservers: world.Names("ns1.other.co", "ns1.other.net"),
	}, AuthInfo: new("another-secret")})
	for _, name := range []string{"ns1.other.co", "ns1.other.net"} {
		w.Do(world.Other, flow.HostUpdate{Name: world.Name(name), Add: flow.HostEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited, registry.ClientUpdateProhibited}}})
	}
	w.Do(world.Other, flow.ContactUpdate{ID: "P-OTHER", Int: &flow.PostalEdit{Name: new("Ana"), Address: &registry.Postal{
		Street: []string{"Calle 10"}, City: "Bogota", Postcode: "110221", Country: "CO",
	}}, Fax: &registry.Phone{Number: "+57.6015550101"}, AuthInfo: new("another-secret")})
	w.Do(world.Other, flow.ContactUpdate{ID: "P-OTHER", Add: []registry.Status{
		registry.ClientDeleteProhibited, registry.ClientTransferProhibited, registry.ClientUpdateProhibited,
	}})
	w.Do(world.Other, flow.DomainUpdate{Name: world.Name("other.co"), Add: flow.DomainEdit{Statuses: []registry.Status{
		registry.ClientDeleteProhibited, registry.ClientHold, registry.ClientRenewProhibited, registry.ClientTransferProhibited, registry.ClientUpdateProhibited,
	}}})
	return w
}

// foreignFrames are all commands on what another registrar has.
func foreignFrames() map[string]string {
	frames := map[string]string{
		"domain renew":   `<renew><domain:renew xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>other.co</domain:name><domain:curExpDate>2020-01-01</domain:curExpDate><domain:period unit="y">9</domain:period></domain:renew></renew>`,
		"domain restore": `<update><domain:update xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>other.co</domain:name><domain:chg/></domain:update></update><extension><rgp:update xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"><rgp:restore op="request"/></rgp:update></extension>`,
		"domain chg":     `<update><domain:update xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>other.co</domain:name><domain:chg><domain:registrant>P-OTHER</domain:registrant></domain:chg></domain:update></update>`,
		"domain rem":     `<update><domain:update xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>other.co</domain:name><domain:rem><domain:ns><domain:hostObj>ns1.other.co</domain:hostObj></domain:ns><domain:contact type="billing">P-OTHER</domain:contact></domain:rem></domain:update></update>`,
		"contact chg":    `<update><contact:update xmlns:contact="urn:ietf:params:xml:ns:contact-1.0"><contact:id>P-OTHER</contact:id><contact:chg><contact:postalInfo type="int"><contact:org>Ñ</contact:org></contact:postalInfo></contact:chg></contact:update></update>`,
		"host chg":       `<update><host:update xmlns:host="urn:ietf:params:xml:ns:host-1.0"><host:name>ns1.other.co</host:name><host:chg><host:name>ns2.other.co</host:name></host:chg></host:update></update>`,
		"host addr":      `<update><host:update xmlns:host="urn:ietf:params:xml:ns:host-1.0"><host:name>ns1.other.co</host:name><host:rem><host:addr ip="v4">192.0.2.1</host:addr></host:rem></host:update></update>`,
		"contact info":   `<info><contact:info xmlns:contact="urn:ietf:params:xml:ns:contact-1.0"><contact:id>P-OTHER</contact:id></contact:info></info>`,
	}
	ids := map[string][]string{"domain": {"name", "other.co"}, "contact": {"id", "P-OTHER"}, "host": {"name", "ns1.other.net"}}
	for object, id := range ids {
		put := func(name, verb, attributes, tail string) {
			frames[object+" "+name] = fmt.Sprintf(`<%[2]s%[3]s><%[1]s:%[2]s xmlns:%[1]s="urn:ietf:params:xml:ns:%[1]s-1.0"><%[1]s:%[4]s>%[5]s</%[1]s:%[4]s>%[6]s</%[1]s:%[2]s></%[2]s>`,
				object, verb, attributes, id[0], id[1], tail)
		}
		put("delete", "delete", "", "")
		put("check", "check", "", "")
		for _, status := range policy.SettableStatuses(object) {
			put("add "+string(status), "update", "", fmt.Sprintf(`<%[1]s:add><%[1]s:status s="%[2]s"/></%[1]s:add>`, object, status))
			put("rem "+string(status), "update", "", fmt.Sprintf(`<%[1]s:rem><%[1]s:status s="%[2]s"/></%[1]s:rem>`, object, status))
		}
		if object == "host" {
			continue
		}
		wrong := fmt.Sprintf(`<%[1]s:authInfo><%[1]s:pw>no such secret</%[1]s:pw></%[1]s:authInfo>`, object)
		put("info with a wrong authInfo", "info", "", wrong)
		for _, op := range []string{"request", "query", "approve", "reject", "cancel"} {
			put(op, "transfer", ` op="`+op+`"`, "")
			put(op+" with a wrong authInfo", "transfer", ` op="`+op+`"`, wrong)
		}
	}
	return frames
}

// What a registrar is told of a frame about another one's object is the same whatever it may not know of that object, and is
// nothing from behind the refusal that EPP itself answers.
func TestFramesTellNothingOfOthers(t *testing.T) {
	frames := foreignFrames()
	var verdicts [2]map[string]console.FrameVerdict
	for i, hidden := range []bool{false, true} {
		w := lookAlike(t, hidden)
		w.Service.Fairness = nil
		core := &registryCore{service: w.Service}
		verdicts[i] = map[string]console.FrameVerdict{}
		for name, command := range frames {
			told, err := core.judge(t.Context(), world.Acme, []byte(`<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command>`+command+`<clTRID>A-1</clTRID></command></epp>`))
			if err != nil || !told.Valid {
				t.Fatalf("%s: %v, %+v", name, err, told)
			}
			verdicts[i][name] = told
		}
	}
	for name := range frames {
		if diff := cmp.Diff(verdicts[0][name], verdicts[1][name]); diff != "" {
			t.Errorf("%s is judged by what is not to be known:\n%s", name, diff)
		}
		if told := verdicts[1][name]; told.Code == "2201" && strings.Contains(told.Remedy, "; and ") {
			t.Errorf("%s is refused, and told more than why: %s", name, told.Remedy)
		}
	}
}
