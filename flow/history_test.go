package flow_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Everything is wrong with the first question; each step puts one thing right.
func TestHistoryPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	history := flow.History{Object: "message", ID: "free.co", Page: "x", Limit: 501}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", history }, []step{
		{func() {}, registry.ParameterSyntax, "there is no history of such objects; ask for a domain, host, contact or registrar"},
		{func() { history.Object = registry.KindDomain }, registry.ParameterPolicy, "a page has 1 to 500 steps; ask for the next one with its Next"},
		{func() { history.Limit = 0 }, registry.ParameterSyntax, "this names no page; give the Next of the page before as it was"},
		{func() { history.Page = "" }, registry.ObjectMissing, "there is none, and there never was; check its spelling"},
	}, func() { history.ID = "shop.co" })

	was := flow.AsOf{Object: "message", ID: "free.co", At: w.Now().Add(time.Hour)}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", was }, []step{
		{func() {}, registry.ParameterSyntax, "there is no history of such objects; ask for a domain, host, contact or registrar"},
		{func() { was.Object = registry.KindDomain }, registry.ParameterRange, "the instant is ahead, and what will be is not known; give one that has been"},
		{func() { was.At = time.Time{} }, registry.ObjectMissing, "there was none at 2026-03-01T12:00:00Z; its history says when there was"},
	}, func() { was.ID = "shop.co" })
}

// stepsOf writes steps in short: when, who, by what command, and each difference.
func stepsOf(list []flow.Step) string {
	var b strings.Builder
	for _, s := range list {
		who := string(s.Registrar)
		if s.Maker != flow.MadeByRegistrar {
			who = string(s.Maker)
		}
		fmt.Fprintf(&b, "%s %s %s", s.At.Format("2006-01-02"), who, strings.TrimPrefix(s.Command, "time")+s.Did)
		for _, d := range s.Differences {
			if s.Began {
				break
			}
			fmt.Fprintf(&b, "; %s", differenceText(d))
		}
		if s.Gone {
			b.WriteString("; gone")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func differenceText(d flow.Difference) string {
	text := d.Field
	if d.Before+d.After != "" {
		text += " " + d.Before + ">" + d.After
	}
	for _, r := range d.Removed {
		text += " -" + r
	}
	for _, a := range d.Added {
		text += " +" + a
	}
	return text
}

// historyOf asks page by page.
func historyOf(t *testing.T, w *world.World, q flow.History) []flow.Step {
	t.Helper()
	var list []flow.Step
	for pages := 0; ; pages++ {
		reply, err := w.Ask("", q)
		if err != nil || pages > 100 {
			t.Fatal(reply, err)
		}
		found := reply.(flow.HistoryFound)
		list = append(list, found.Steps...)
		if q.Page = found.Next; q.Page == "" {
			return list
		}
	}
}

// livedWorld has shop.co in two lives: one of an add grace that was deleted at once, and one that was
// updated, renewed by time, deleted, and waits for its purge.
func livedWorld(t *testing.T) *world.World {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Service.Spread = func(registry.ROID) uint32 { return 0 }
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "shop.co")
	w.At("2026-03-02T12:00:00Z")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
	w.At("2026-03-10T12:00:00Z")
	w.Domain(world.Other, "shop.co", "ns1.example.net")
	w.At("2026-03-20T12:00:00Z")
	w.Do(world.Other, flow.DomainUpdate{
		Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}, AuthInfo: new("Another-1"),
	})
	w.At("2027-03-20T12:00:00Z")
	w.Do(world.Other, flow.DomainDelete{Name: world.Name("shop.co")})
	w.At("2027-06-01T12:00:00Z")
	return w
}

const (
	secondLife = `2027-04-24 time purged; gone
2027-03-20 H1002 domain:delete; expires 2028-03-10T23:59:59Z>2027-03-10T23:59:59Z; graces -autoRenewPeriod until 2027-04-24T23:59:59Z, credits 20.00; deletion.at >2027-03-20T12:00:00Z; deletion.restorableTil >2027-04-19T12:00:00Z; deletion.pendingUntil >2027-04-24T12:00:00Z; deletion.purgeAt >2027-04-24T12:01:00Z; deletion.by >H1002
2027-03-10 time renewed; expires 2027-03-10T23:59:59Z>2028-03-10T23:59:59Z; graces +autoRenewPeriod until 2027-04-24T23:59:59Z, credits 20.00
2026-03-20 H1002 domain:update; statuses +clientHold; authInfo set>changed
2026-03-10 H1002 domain:create
`
	firstLife = `2026-03-02 H1001 domain:delete; graces -addPeriod until 2026-03-06T12:00:00Z, credits 20.00; gone
2026-03-01 H1001 domain:create
`
)

// Every life of a name is told step by step, whatever the size of a page, and the same before and after the
// engine has written down what time did.
func TestHistory(t *testing.T) {
	w := livedWorld(t)
	for _, engine := range []string{"has not run", "has run"} {
		if engine == "has run" {
			w.Settle()
		}
		for _, limit := range []int{0, 1, 2, 3} {
			q := flow.History{Object: registry.KindDomain, ID: "SHOP.co", Limit: limit}
			newest := historyOf(t, w, q)
			if got, want := stepsOf(newest), secondLife+firstLife; got != want {
				t.Errorf("the engine %s, pages of %d:\n%s\nwant\n%s", engine, limit, got, want)
			}
			q.Oldest = true
			oldest := historyOf(t, w, q)
			slices.Reverse(oldest)
			if got, want := fmt.Sprint(oldest), fmt.Sprint(newest); got != want {
				t.Errorf("the engine %s, pages of %d, the oldest first:\n%s\nwant\n%s", engine, limit, got, want)
			}
		}
	}
}

// A name is at every instant as it was then, with what time had done, by the host's name of then; and not there
// between its lives. It does not depend on the engine.
func TestAsOf(t *testing.T) {
	w := livedWorld(t)
	for _, engine := range []string{"has not run", "has run"} {
		if engine == "has run" {
			w.Settle()
		}
		for _, test := range []struct{ at, want string }{
			{"2026-03-01T11:59:59Z", "none"},
			{"2026-03-01T12:00:00Z", "H1001 2027-03-01 inactive addPeriod"},
			{"2026-03-02T11:59:59Z", "H1001 2027-03-01 inactive addPeriod"},
			{"2026-03-02T12:00:00Z", "none"},
			{"2026-03-10T11:59:59Z", "none"},
			{"2026-03-10T12:00:00Z", "H1002 2027-03-10 ok addPeriod ns1.example.net"},
			{"2026-03-15T12:00:00Z", "H1002 2027-03-10 ok ns1.example.net"},
			{"2026-03-20T12:00:00Z", "H1002 2027-03-10 clientHold ns1.example.net"},
			{"2027-03-10T23:59:58Z", "H1002 2027-03-10 clientHold ns1.example.net"},
			{"2027-03-10T23:59:59Z", "H1002 2028-03-10 clientHold autoRenewPeriod ns1.example.net"},
			{"2027-03-20T12:00:00Z", "H1002 2027-03-10 clientHold pendingDelete redemptionPeriod ns1.example.net"},
			{"2027-04-19T12:00:00Z", "H1002 2027-03-10 clientHold pendingDelete pendingDelete ns1.example.net"},
			{"2027-04-24T12:00:59Z", "H1002 2027-03-10 clientHold pendingDelete pendingDelete ns1.example.net"},
			{"2027-04-24T12:01:00Z", "none"},
			{"2027-06-01T12:00:00Z", "none"},
		} {
			if got := asOf(t, w, registry.KindDomain, "Shop.CO", test.at); got != test.want {
				t.Errorf("the engine %s: at %s it was %s, want %s", engine, test.at, got, test.want)
			}
		}
	}
}

// asOf tells in short what an object was at an instant: sponsor, expiry, statuses, name servers or addresses.
func asOf(t *testing.T, w *world.World, kind registry.ObjectKind, id, at string) string {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := w.Ask("", flow.AsOf{Object: kind, ID: id, At: instant})
	if code(err) == registry.ObjectMissing {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	then := reply.(flow.WasThen)
	var words []string
	for _, p := range then.Properties {
		switch p.Field {
		case "sponsor":
			words = append(words, p.Values...)
		case "expires":
			words = append(words, p.Values[0][:10])
		}
	}
	for _, s := range then.EPPStatuses {
		words = append(words, string(s))
	}
	for _, s := range then.RGPStatuses {
		words = append(words, string(s))
	}
	for _, p := range then.Properties {
		if p.Field == "nameservers" || p.Field == "addresses" {
			words = append(words, p.Values...)
		}
	}
	return strings.Join(words, " ")
}

// A host that was renamed is found under each of its names, for as long as it had it; the names that link it
// show the one of then, and are not said to have changed. One that went with the name above it was there until
// then. An id is found in whatever case, and a contact's second life told from its first.
func TestHistoryOfOthers(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Service.Spread = func(registry.ROID) uint32 { return 0 }
	w.Domain(world.Deleter, "lapsed.co")
	w.Host(world.Deleter, "ns1.lapsed.co", "192.0.2.1")
	w.Host(world.Deleter, "ns3.lapsed.co", "192.0.2.3")
	w.Domain(world.Acme, "shop.co", "ns1.lapsed.co", "ns3.lapsed.co")
	w.Contact(world.Acme, "Ana-1")
	w.At("2026-03-02T12:00:00Z")
	w.Do(world.Deleter, flow.HostUpdate{Name: world.Name("ns1.lapsed.co"), NewName: world.Name("ns2.lapsed.co")})
	w.Do(world.Acme, flow.ContactDelete{ID: "ANA-1"})
	w.At("2026-03-03T12:00:00Z")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: flow.DomainEdit{Nameservers: world.Names("ns3.lapsed.co")}})
	w.Host(world.Deleter, "ns1.lapsed.co", "192.0.2.9")
	w.Contact(world.Other, "ana-1")
	w.At("2026-03-04T12:00:00Z")
	w.Do(world.Other, flow.ContactUpdate{ID: "ANA-1", Email: new("eva@example.com")})
	w.At("2027-06-01T12:00:00Z")
	if got, want := stepsOf(historyOf(t, w, flow.History{Object: registry.KindDomain, ID: "shop.co"})), `2027-03-01 time renewed; expires 2027-03-01T23:59:59Z>2028-03-01T23:59:59Z; graces +autoRenewPeriod until 2027-04-15T23:59:59Z, credits 20.00
2026-03-03 H1001 domain:update; nameservers -ns3.lapsed.co
2026-03-01 H1001 domain:create
`; got != want {
		t.Errorf("shop.co:\n%s\nwant\n%s", got, want)
	}
	for _, engine := range []string{"has not run", "has run"} {
		if engine == "has run" {
			w.Settle()
		}
		if got, want := stepsOf(historyOf(t, w, flow.History{Object: registry.KindHost, ID: "ns1.lapsed.co", Limit: 2})), `2027-04-06 time purged; gone
2026-03-03 H1006 host:create
2027-04-06 time purged; gone
2026-03-02 H1006 host:update; name ns1.lapsed.co>ns2.lapsed.co
2026-03-01 H1006 host:create
`; got != want {
			t.Errorf("the engine %s, ns1.lapsed.co:\n%s\nwant\n%s", engine, got, want)
		}
		for _, test := range []struct {
			kind         registry.ObjectKind
			id, at, want string
		}{
			{registry.KindHost, "ns1.lapsed.co", "2026-03-01T11:00:00Z", "none"},
			{registry.KindHost, "NS1.lapsed.co", "2026-03-01T12:00:00Z", "H1006 ok 192.0.2.1"},
			{registry.KindHost, "ns2.lapsed.co", "2026-03-01T12:00:00Z", "none"},
			{registry.KindHost, "ns1.lapsed.co", "2026-03-02T12:00:00Z", "none"},
			{registry.KindHost, "ns2.lapsed.co", "2026-03-02T12:00:00Z", "H1006 ok 192.0.2.1"},
			{registry.KindHost, "ns1.lapsed.co", "2026-03-03T12:00:00Z", "H1006 ok 192.0.2.9"},
			{registry.KindHost, "ns2.lapsed.co", "2027-04-05T23:00:00Z", "H1006 ok 192.0.2.1"},
			{registry.KindHost, "ns2.lapsed.co", "2027-04-06T00:02:00Z", "none"},
			{registry.KindDomain, "shop.co", "2026-03-02T11:59:59Z", "H1001 2027-03-01 ok addPeriod ns1.lapsed.co ns3.lapsed.co"},
			{registry.KindDomain, "shop.co", "2026-03-02T12:00:00Z", "H1001 2027-03-01 ok addPeriod ns2.lapsed.co ns3.lapsed.co"},
			{registry.KindDomain, "shop.co", "2026-03-03T12:00:00Z", "H1001 2027-03-01 ok addPeriod ns2.lapsed.co"},
			{registry.KindDomain, "shop.co", "2027-06-01T12:00:00Z", "H1001 2028-03-01 inactive"},
			{registry.KindContact, "ANA-1", "2026-03-01T12:00:00Z", "H1001 ok"},
			{registry.KindContact, "ANA-1", "2026-03-02T12:00:00Z", "none"},
			{registry.KindContact, "ANA-1", "2026-03-05T12:00:00Z", "H1002 ok"},
		} {
			if got := asOf(t, w, test.kind, test.id, test.at); got != test.want {
				t.Errorf("the engine %s: at %s %s was %s, want %s", engine, test.at, test.id, got, test.want)
			}
		}
	}
	if got, want := stepsOf(historyOf(t, w, flow.History{Object: registry.KindContact, ID: "ANA-1", Limit: 1})), `2026-03-04 H1002 contact:update; email ana@example.com>eva@example.com
2026-03-03 H1002 contact:create
2026-03-02 H1001 contact:delete; gone
2026-03-01 H1001 contact:create
`; got != want {
		t.Errorf("ANA-1:\n%s\nwant\n%s", got, want)
	}
}

// A registrar's history says who of the operators did what, and why; no password is in it.
func TestHistoryOfRegistrars(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	act := func(reason string) flow.Act {
		return flow.Act{Registrar: world.Acme, Author: "maria", Reason: reason}
	}
	w.At("2026-03-02T12:00:00Z")
	w.Do("", flow.RegistrarNetwork{Act: act("a new office"), Network: netip.MustParsePrefix("203.0.113.0/24")})
	w.At("2026-03-03T12:00:00Z")
	w.Do("", flow.RegistrarPassword{Act: act("lost"), To: "$argon2id$secret"})
	w.At("2026-03-04T12:00:00Z")
	w.Do("", flow.RegistrarLimit{
		Restriction: flow.Restriction{Registrar: world.Acme, Author: "jorge", Reason: "hammering"},
		Limit:       registry.CommandLimit{Scope: registry.Scope{Command: "check"}, Count: 10, Per: time.Second},
	})
	w.At("2026-03-05T12:00:00Z")
	w.Do("", flow.RegistrarHold{Registrar: world.Acme, Reason: "no funds"})
	steps := historyOf(t, w, flow.History{Object: registry.KindRegistrar, ID: string(world.Acme)})
	if got, want := stepsOf(steps), `2026-03-05 operator registrar:hold; hold.since >2026-03-05T12:00:00Z; hold.reason >no funds
2026-03-04 operator registrar:limit; fairUse.limits +check 10 in 1s
2026-03-03 operator registrar:replace-password; passwordChanged 2026-03-01T12:00:00Z>2026-03-03T12:00:00Z
2026-03-02 operator registrar:add-network; networks +203.0.113.0/24
2026-03-01 operator registrar:create
`; got != want {
		t.Errorf("the history is\n%s\nwant\n%s", got, want)
	}
	var acts []string
	for _, s := range steps {
		acts = append(acts, s.Author+": "+s.Reason)
	}
	if want := []string{": ", "jorge: hammering", "maria: lost", "maria: a new office", ": "}; !slices.Equal(acts, want) {
		t.Errorf("the acts are %q, want %q", acts, want)
	}
	for at, want := range map[string]bool{"2026-03-04T11:59:59Z": false, "2026-03-04T12:00:00Z": true} {
		instant, _ := time.Parse(time.RFC3339, at)
		reply, err := w.Ask("", flow.AsOf{Object: registry.KindRegistrar, ID: string(world.Acme), At: instant})
		if err != nil || strings.Contains(fmt.Sprint(reply), "check 10 in 1s") != want {
			t.Errorf("at %s it was %v, %v; want the limit there %t", at, reply, err, want)
		}
		if text := fmt.Sprint(reply, steps); strings.Contains(text, "argon2id") {
			t.Errorf("there is a password in %s", text)
		}
	}
}

// A name that moved because nobody answered took the host below it along at that instant, whether or not the
// engine has written it down, and each step says what time did.
func TestHistoryOfATransfer(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.At("2026-06-01T12:00:00Z")
	asked := registry.Transfer{
		Status: registry.TransferPending, Gaining: world.Other, Losing: world.Acme, Requested: w.Now(), Answer: w.Now().AddDate(0, 0, 5), Years: 1,
	}
	err := w.DB.Update(t.Context(), registry.Keys{}, func(r registry.Reader) (registry.Changes, error) {
		d, _, err := r.Domain(world.Name("shop.co"))
		d = d.Next()
		d.Transfer = asked
		return registry.Changes{Origin: registry.Origin{At: w.Now(), Registrar: world.Other, Command: "domain:transfer"}, Domains: []registry.Domain{d}}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.At("2026-06-10T12:00:00Z")
	for _, engine := range []string{"has not run", "has run"} {
		if engine == "has run" {
			w.Settle()
		}
		for _, test := range []struct {
			kind     registry.ObjectKind
			id, want string
		}{
			{registry.KindDomain, "shop.co", `2026-06-06 time transferred; sponsor H1001>H1002; expires 2027-03-01T23:59:59Z>2028-03-01T23:59:59Z; authInfo set>; graces +transferPeriod until 2026-06-11T12:00:00Z, credits 0.00; transfer.status pending>serverApproved; transfer.expires >2028-03-01T23:59:59Z; holdUntil 2026-04-30T12:00:00Z>2026-08-05T12:00:00Z
2026-06-01 H1002 domain:transfer; transfer.status >pending; transfer.gaining >H1002; transfer.losing >H1001; transfer.answer >2026-06-06T12:00:00Z; transfer.years >1
2026-03-01 H1001 domain:create
`},
			{registry.KindHost, "ns1.shop.co", `2026-06-06 time transferred; sponsor H1001>H1002
2026-03-01 H1001 host:create
`},
		} {
			if got := stepsOf(historyOf(t, w, flow.History{Object: test.kind, ID: test.id, Limit: 1})); got != test.want {
				t.Errorf("the engine %s, %s:\n%s\nwant\n%s", engine, test.id, got, test.want)
			}
		}
		for at, want := range map[string]string{
			"2026-06-06T11:59:59Z": "H1001 2027-03-01 pendingTransfer inactive; H1001 ok 192.0.2.1",
			"2026-06-06T12:00:00Z": "H1002 2028-03-01 inactive transferPeriod; H1002 ok 192.0.2.1",
		} {
			if got := asOf(t, w, registry.KindDomain, "shop.co", at) + "; " + asOf(t, w, registry.KindHost, "ns1.shop.co", at); got != want {
				t.Errorf("the engine %s: at %s they were %s, want %s", engine, at, got, want)
			}
		}
	}
}

// A restore is told as one, with what it cost; an operator's act with what the sponsor was told, and the case.
func TestHistoryOfRestoresAndActs(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.At("2026-05-01T12:00:00Z")
	w.Do("", flow.OperatorDelete{Deed: deed(), Name: world.Name("shop.co")})
	w.At("2026-05-02T12:00:00Z")
	w.Do(world.Acme, restore("shop.co"))
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}})
	reply, err := w.Ask("", flow.History{Object: registry.KindDomain, ID: "shop.co", Oldest: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range reply.(flow.HistoryFound).Steps {
		got = append(got, strings.Join([]string{string(s.Maker), s.Command, s.Cost.String(), s.Told, s.Case}, " "))
	}
	if want := []string{
		"registrar domain:create 0.00  ", "operator domain:delete 0.00 a dispute udrp:D2026-0001",
		"registrar domain:restore 40.00  ", "registrar domain:update 0.00  ",
	}; !slices.Equal(got, want) {
		t.Errorf("the steps are %q, want %q", got, want)
	}
}
