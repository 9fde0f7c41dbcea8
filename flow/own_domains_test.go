package flow_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// ownNames asks page after page until there is none, and returns the names in the order in which they came.
func ownNames(t testing.TB, w *world.World, who registry.RegistrarID, q flow.OwnDomains) []string {
	t.Helper()
	var list []string
	for range 1000 {
		reply, err := w.Ask(who, q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		found := reply.(flow.OwnFound)
		for _, d := range found.Names {
			list = append(list, d.Name.String())
		}
		if q.After = found.After; q.After == "" {
			return list
		}
	}
	t.Fatalf("%+v: there is no last page", q)
	return nil
}

// withPortfolio changes what may be read at once.
func withPortfolio(w *world.World, limits policy.PortfolioLimits) {
	versions := slices.Clone(w.Service.Profile.Versions)
	for i := range versions {
		versions[i].Terms.Limits.Portfolio = limits
	}
	w.Service.Profile.Versions = versions
}

// ownWorld has a name in each state, of Deleter, whose names are deleted at expiry; and of Acme, whose renew themselves.
func ownWorld(t *testing.T) *world.World {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "renews.co", "ns1.example.net")
	w.Domain(world.Acme, "given.co", "ns1.example.net")
	w.Domain(world.Deleter, "lapses.co", "ns1.example.net")
	w.Domain(world.Deleter, "asked.co", "ns1.example.net")
	w.At("2026-06-01T12:00:00Z")
	for _, name := range []string{"plain.co", "held.co", "locked.co", "signed.co", "deleted.co", "leaving.co", "xn--caf-dma.co"} {
		w.Domain(world.Deleter, name, "ns1.example.net")
	}
	w.Domain(world.Deleter, "bare.co")
	w.Domain(world.Deleter, "more.com.co", "ns1.example.net")
	set := func(name string, s registry.Status) {
		w.Do(world.Deleter, flow.DomainUpdate{Name: world.Name(name), Add: flow.DomainEdit{Statuses: []registry.Status{s}}})
	}
	set("held.co", registry.ClientHold)
	set("locked.co", registry.ClientTransferProhibited)
	w.Do(world.Deleter, flow.DomainUpdate{Name: world.Name("signed.co"), DS: flow.SignerEdit{Add: []registry.DSRecord{anyDS}}})
	w.At("2026-08-10T12:00:00Z")
	w.Do(world.Deleter, flow.DomainDelete{Name: world.Name("deleted.co")})
	w.Do(world.Acme, flow.DomainTransfer{Name: world.Name("leaving.co"), AuthInfo: new("domain-secret")})
	return w
}

// anyDS is a DS like any other.
var anyDS = registry.DSRecord{DS: registry.DS{KeyTag: 12345, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)}}

// Each state has its names, whether or not the engine has run, few of them sorted or many of them walked.
func TestOwnDomains(t *testing.T) {
	all := "asked.co bare.co deleted.co held.co lapses.co leaving.co locked.co more.com.co plain.co signed.co xn--caf-dma.co"
	for _, limits := range []policy.PortfolioLimits{
		{PageSize: 50, Exported: 50, Sorted: 1000, Looked: 5000, Due: 500, DueLooked: 5000},
		{PageSize: 1, Exported: 50, Sorted: 1, Looked: 2, Due: 500, DueLooked: 5000},
	} {
		w := ownWorld(t)
		withPortfolio(w, limits)
		for _, test := range []struct {
			name string
			who  registry.RegistrarID
			q    flow.OwnDomains
			at   string // empty: at the instant of the row before
			want string
		}{
			{"all", world.Deleter, flow.OwnDomains{}, "2026-08-10T12:00:00Z", all},
			{"prefix", world.Deleter, flow.OwnDomains{Begins: "LE*"}, "", "leaving.co"},
			{"prefix with a dot", world.Deleter, flow.OwnDomains{Begins: "more.c"}, "", "more.com.co"},
			{"prefix of a U-label in ASCII", world.Deleter, flow.OwnDomains{Begins: "ca"}, "", "xn--caf-dma.co"},
			{"prefix of a U-label", world.Deleter, flow.OwnDomains{Begins: "CAFÉ"}, "", "xn--caf-dma.co"},
			{"prefix of another U-label", world.Deleter, flow.OwnDomains{Begins: "cafè"}, "", ""},
			{"prefix of an A-label", world.Deleter, flow.OwnDomains{Begins: "xn--c"}, "", "xn--caf-dma.co"},
			{"zone", world.Deleter, flow.OwnDomains{Zone: world.Name("com.co")}, "", "more.com.co"},
			{"contact", world.Deleter, flow.OwnDomains{Contact: "x-h1006", Begins: "pl"}, "", "plain.co"},
			{"no contact", world.Deleter, flow.OwnDomains{Contact: "nobody"}, "", ""},
			{"host", world.Acme, flow.OwnDomains{Host: world.Name("ns1.example.net")}, "", "renews.co given.co"},
			{"no host", world.Acme, flow.OwnDomains{Host: world.Name("ns9.example.net")}, "", ""},
			{"ok", world.Deleter, flow.OwnDomains{State: flow.OwnOK}, "", "asked.co lapses.co more.com.co plain.co signed.co xn--caf-dma.co"},
			{"held", world.Deleter, flow.OwnDomains{State: flow.OwnHeld}, "", "held.co"},
			{"locked", world.Deleter, flow.OwnDomains{State: flow.OwnLocked}, "", "locked.co"},
			{"signed", world.Deleter, flow.OwnDomains{State: flow.OwnSigned}, "", "signed.co"},
			{"unsigned", world.Deleter, flow.OwnDomains{State: flow.OwnUnsigned, Begins: "s"}, "", ""},
			{"unlocked", world.Deleter, flow.OwnDomains{State: flow.OwnUnlocked, Begins: "l"}, "", "lapses.co leaving.co"},
			{"without servers", world.Deleter, flow.OwnDomains{State: flow.OwnInactive}, "", "bare.co"},
			{"suspended", world.Deleter, flow.OwnDomains{State: flow.OwnSuspended}, "", ""},
			{"leaving", world.Deleter, flow.OwnDomains{State: flow.OwnLeaving}, "", "leaving.co"},
			{"coming", world.Acme, flow.OwnDomains{State: flow.OwnComing}, "", "leaving.co"},
			{"redemption", world.Deleter, flow.OwnDomains{State: flow.OwnRedemption}, "", "deleted.co"},
			{"pending delete", world.Deleter, flow.OwnDomains{State: flow.OwnPendingDelete}, "", ""},
			{"by expiry", world.Deleter, flow.OwnDomains{Order: flow.OrderExpiry, Begins: "l"}, "", "lapses.co locked.co leaving.co"},
			{"created", world.Deleter, flow.OwnDomains{Created: registry.Times{To: w.Now().AddDate(0, -3, 0)}}, "", "asked.co lapses.co"},
			{"newest", world.Deleter, flow.OwnDomains{Order: flow.OrderCreated, State: flow.OwnHeld}, "", "held.co"},
			{"expires in a year", world.Deleter, flow.OwnDomains{ExpiresIn: 365, Order: flow.OrderExpiry}, "", "lapses.co asked.co plain.co held.co locked.co signed.co leaving.co xn--caf-dma.co bare.co more.com.co"},

			{"moved by time: lost", world.Deleter, flow.OwnDomains{Begins: "lea"}, "2026-08-15T12:00:00Z", ""},
			{"moved by time: got", world.Acme, flow.OwnDomains{}, "", "given.co leaving.co renews.co"},
			{"moved by time: none is coming", world.Acme, flow.OwnDomains{State: flow.OwnComing}, "", ""},
			{"pending delete after redemption", world.Deleter, flow.OwnDomains{State: flow.OwnPendingDelete}, "2026-09-10T12:00:00Z", "deleted.co"},
			{"purged by time", world.Deleter, flow.OwnDomains{State: flow.OwnDeleted}, "2026-09-20T12:00:00Z", ""},
			{"deleted by time", world.Deleter, flow.OwnDomains{State: flow.OwnDeleted}, "2027-03-02T00:00:00Z", "asked.co lapses.co"},
			{"renewed by time", world.Acme, flow.OwnDomains{Expires: registry.Times{From: dateOf("2028-01-01"), To: dateOf("2028-04-01")}}, "", "given.co renews.co"},
			{"renewed by time, and not as it was", world.Acme, flow.OwnDomains{Expires: registry.Times{From: dateOf("2027-01-01"), To: dateOf("2027-04-01")}}, "", ""},
		} {
			if test.at != "" {
				w.At(test.at)
			}
			got := ownNames(t, w, test.who, test.q)
			want := strings.Fields(test.want)
			if test.q.Order == flow.OrderExpiry && test.q.ExpiresIn > 0 || test.q.Order == "" {
				slices.Sort(got) // of one day in order of their registrations, which ROIDs tell as texts
				slices.Sort(want)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, %d on a page:\n%v, want\n%v", test.name, limits.PageSize, got, want)
			}
		}
		before := ownNames(t, w, world.Deleter, flow.OwnDomains{State: flow.OwnDeleted})
		w.Settle()
		if after := ownNames(t, w, world.Deleter, flow.OwnDomains{State: flow.OwnDeleted}); !slices.Equal(after, before) {
			t.Errorf("the engine has made %v of %v", after, before)
		}
	}
}

// dateOf is midnight of a day.
func dateOf(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

// Whatever is asked, few names that are sorted and many that are walked, page by page, are the same names.
func TestOwnDomainsWalkedIsSorted(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Host(world.Deleter, "ns1.example.net")
	w.Contact(world.Deleter, "RARE")
	r := rand.New(rand.NewPCG(9, 9))
	for i := range 60 {
		name := fmt.Sprintf("%c-shop-%d.%s", 'a'+rune(r.IntN(5)), i, []string{"co", "com.co"}[r.IntN(2)])
		var hosts []string
		if r.IntN(3) > 0 {
			hosts = []string{"ns1.example.net"}
		}
		w.Domain(world.Deleter, name, hosts...)
		n := world.Name(name)
		if r.IntN(4) == 0 {
			w.Do(world.Deleter, flow.DomainUpdate{Name: n, Add: billingContact("RARE")})
		}
		if r.IntN(4) == 0 {
			w.Do(world.Deleter, flow.DomainUpdate{Name: n, Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}})
		}
		if r.IntN(2) == 0 {
			w.Pass(time.Duration(r.IntN(30*24)) * time.Hour)
		}
	}
	w.At("2027-06-10T12:00:00Z") // the first are deleted, and nobody has written that down
	few := policy.PortfolioLimits{PageSize: 1000, Exported: 1000, Sorted: 1000, Looked: 5000, Due: 500, DueLooked: 5000}
	many := policy.PortfolioLimits{PageSize: 3, Exported: 7, Sorted: 1, Looked: 8, Due: 500, DueLooked: 5000}
	states := append(flow.OwnStates(), "", "", "")
	some := 0
	for range 150 {
		q := flow.OwnDomains{State: states[r.IntN(len(states))], Order: []flow.OwnOrder{"", flow.OrderExpiry, flow.OrderCreated}[r.IntN(3)]}
		if r.IntN(3) == 0 {
			q.Begins = string('a' + rune(r.IntN(5)))
		}
		switch r.IntN(4) {
		case 0:
			q.Contact = "RARE"
		case 1:
			q.Host = world.Name("ns1.example.net")
		case 2:
			q.Expires.From = dateOf("2027-05-01")
			q.Created.To = dateOf("2027-01-01")
		}
		withPortfolio(w, few)
		sorted := ownNames(t, w, world.Deleter, q)
		withPortfolio(w, many)
		walked := ownNames(t, w, world.Deleter, q)
		if linked := q.Contact != "" || !q.Host.IsZero(); linked {
			slices.Sort(sorted)
			slices.Sort(walked)
		}
		if !slices.Equal(sorted, walked) {
			t.Errorf("%+v: sorted\n%v, walked\n%v", q, sorted, walked)
		}
		some += len(sorted)
	}
	if some < 500 {
		t.Errorf("%d names in all: the test sees too little", some)
	}
}

// What is counted is what there is, or that there is more.
func TestOwnDomainsCounts(t *testing.T) {
	w := ownWorld(t)
	withPortfolio(w, policy.PortfolioLimits{PageSize: 2, Exported: 4, Sorted: 5, Looked: 50, Due: 500, DueLooked: 5000})
	for _, test := range []struct {
		name    string
		q       flow.OwnDomains
		count   int
		counted bool
	}{
		{"few", flow.OwnDomains{State: flow.OwnHeld}, 1, true},
		{"none", flow.OwnDomains{Contact: "nobody"}, 0, true},
		{"many", flow.OwnDomains{}, 5, false},
		{"some of many", flow.OwnDomains{State: flow.OwnUnsigned}, 2, false},
	} {
		reply, err := w.Ask(world.Deleter, test.q)
		if err != nil {
			t.Fatal(err)
		}
		if found := reply.(flow.OwnFound); found.Count != test.count || found.Counted != test.counted || found.Behind {
			t.Errorf("%s: %d, counted %t, behind %t", test.name, found.Count, found.Counted, found.Behind)
		}
	}
	withPortfolio(w, policy.PortfolioLimits{PageSize: 2, Exported: 4, Sorted: 5, Looked: 50, Due: 1, DueLooked: 1})
	w.At("2027-03-02T00:00:00Z")
	reply, err := w.Ask(world.Deleter, flow.OwnDomains{})
	if err != nil || !reply.(flow.OwnFound).Behind {
		t.Errorf("more is due than is looked at: %+v, %v", reply, err)
	}
}

// Names alone are those that are listed, as many as are looked at, and it is told whether there may be others.
func TestOwnNamesAreThoseListed(t *testing.T) {
	w := ownWorld(t)
	for _, at := range []string{"2026-08-10T12:00:00Z", "2026-08-15T12:00:00Z", "2026-09-20T12:00:00Z", "2027-03-02T00:00:00Z"} {
		w.At(at)
		for _, state := range append(flow.OwnStates(), flow.OwnAny) {
			for _, order := range []flow.OwnOrder{flow.OrderName, flow.OrderExpiry} {
				q := flow.OwnDomains{State: state, Order: order}
				withPortfolio(w, policy.PortfolioLimits{PageSize: 50, Exported: 50, Sorted: 1000, Looked: 5000, Due: 500, DueLooked: 5000})
				listed := ownNames(t, w, world.Deleter, q)
				if got, more := namesAlone(t, w, q); !slices.Equal(got, listed) || more {
					t.Errorf("%s %q in order of %s: %v, more %t; listed are %v", at, state, order, got, more, listed)
				}
				withPortfolio(w, policy.PortfolioLimits{PageSize: 2, Exported: 3, Sorted: 1, Looked: 4, Due: 500, DueLooked: 5000})
				got, more := namesAlone(t, w, q)
				if len(got) < len(listed) && !more || len(got) > 4 {
					t.Errorf("%s %q in order of %s, 4 looked at: %v, more %t; listed are %v", at, state, order, got, more, listed)
				}
			}
		}
	}
}

func namesAlone(t *testing.T, w *world.World, q flow.OwnDomains) ([]string, bool) {
	t.Helper()
	found := answer(t, w, world.Deleter, flow.OwnNames{OwnDomains: q}).(flow.OwnNamesFound)
	var list []string
	for _, name := range found.Names {
		list = append(list, name.String())
	}
	return list, found.More
}

// What can be asked wrongly of one's names.
func TestOwnDomainsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	who := world.Suspended
	none := registry.Times{From: w.Now(), To: w.Now()}
	q := flow.OwnDomains{State: "odd", Order: "odd", Expires: none, Created: none, After: "odd", Limit: 1001}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, q }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ParameterRange, "there is no such state; choose one of the list"},
		{func() { q.State = flow.OwnOK }, registry.ParameterRange, "there is no such order; ask for name, expiry or created"},
		{func() { q.Order = flow.OrderName }, registry.ParameterRange, "the span of time ends before it begins; give a later end"},
		{func() { q.Expires = registry.Times{} }, registry.ParameterRange, "the span of time ends before it begins; give a later end"},
		{func() { q.Created = registry.Times{} }, registry.ParameterSyntax, "the cursor is not one that this search gave; begin at the first page"},
		{func() { q.After = "expiry.1.D1-CO" }, registry.ParameterSyntax, "the cursor is not one that this search gave; begin at the first page"},
		{func() { q.After = "name.a.co" }, registry.ParameterPolicy, "a page has fewer names; ask for the next one with its After"},
	}, func() { q.Limit = 1000 })

	who, alone := world.Suspended, flow.OwnNames{OwnDomains: flow.OwnDomains{State: "odd", After: "odd"}}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, alone }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ParameterRange, "there is no such state; choose one of the list"},
		{func() { alone.State = flow.OwnOK }, registry.ParameterSyntax, "the cursor is not one that this search gave; begin at the first page"},
	}, func() { alone.After = "" })

	who, show := world.Suspended, flow.OwnShow{Name: world.Name("free.co")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, show }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "you have no such name; check its spelling"},
		{func() { show.Name = world.Name("shop.co") }, registry.ObjectMissing, "you have no such name; check its spelling"},
	}, func() { who = world.Acme })

	who, past := world.Suspended, flow.OwnHistory{Object: "odd", ID: "free.co", Limit: 501}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, past }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ParameterSyntax, "there is no history of such objects; ask for a domain, host, contact or registrar"},
		{func() { past.Object = registry.KindDomain }, registry.ParameterPolicy, "a page has 1 to 500 steps; ask for the next one with its Next"},
		{func() { past.Limit = 0 }, registry.ObjectMissing, "there is none, and there never was; check its spelling"},
		{func() { past.ID = "shop.co" }, registry.ObjectMissing, "there is none, and there never was; check its spelling"},
	}, func() { who = world.Acme })

	who, preview := world.Suspended, flow.TransferPreview{Name: world.Name("free.co")}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, preview }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "the name is not registered; check its spelling"},
	}, func() { preview.Name = world.Name("shop.co") })
}

// A name is another one when somebody or time has changed it, and then a form that was made before is refused.
func TestIfUnchangedPrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Host(world.Acme, "ns1.shop.co", "192.0.2.1")
	w.Contact(world.Acme, "C")
	const stale = "it has been changed since this form was opened; look at it as it is now, then decide again"
	for _, test := range []struct {
		name string
		cmd  flow.Command
		kind registry.ObjectKind
		id   string
		now  int64
	}{
		{"domain", flow.DomainUpdate{Name: world.Name("shop.co"), AuthInfo: new("another")}, registry.KindDomain, "shop.co", 1},
		{"host", flow.HostUpdate{Name: world.Name("ns1.shop.co"), Add: flow.HostEdit{Statuses: []registry.Status{registry.ClientDeleteProhibited}}}, registry.KindHost, "ns1.shop.co", 1},
		{"contact", flow.ContactUpdate{ID: "c", Email: new("eva@example.com")}, registry.KindContact, "c", 1},
		{"registrar", flow.RegistrarPoll{Registrar: world.Acme}, registry.KindRegistrar, string(world.Acme), 1},
	} {
		who, cmd := world.Acme, flow.IfUnchanged{Command: test.cmd, Kind: test.kind, ID: test.id, Version: test.now + 1}
		if test.kind == registry.KindRegistrar {
			who = ""
		}
		precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
			{func() {}, registry.ParameterRange, stale},
		}, func() { cmd.Version = test.now })
	}
	_, err := w.Run(world.Other, flow.IfUnchanged{
		Command: flow.DomainUpdate{Name: world.Name("shop.co")}, Kind: registry.KindDomain, ID: "shop.co", Version: 77,
	})
	wantRefusal(t, err, registry.Authorization, "another registrar sponsors the object; ask that registrar")
	shown := answer(t, w, world.Acme, flow.OwnShow{Name: world.Name("shop.co")}).(flow.OwnShown)
	edit := flow.IfUnchanged{
		Command: flow.DomainUpdate{Name: world.Name("shop.co"), AuthInfo: new("third")}, Kind: registry.KindDomain, ID: "shop.co", Version: shown.Domain.Version,
	}
	w.Pass(370 * 24 * time.Hour) // it renews itself, and nobody writes that down
	_, err = w.Run(world.Acme, edit)
	wantRefusal(t, err, registry.ParameterRange, stale)
}

// What is told of an action is what comes of it: everything possible succeeds as told, everything else is refused with
// what was told.
func TestPossibleComesAbout(t *testing.T) {
	w := ownWorld(t)
	w.Price(3, "plain.co")
	at := func(instant string, list ...string) {
		w.At(instant)
		for _, text := range list {
			possibleComesAbout(t, w, world.Deleter, world.Name(text))
		}
	}
	at("2026-08-10T12:00:00Z", "plain.co", "held.co", "locked.co", "deleted.co", "leaving.co", "bare.co")
	at("2026-09-10T12:00:00Z", "deleted.co")
	at("2027-02-20T12:00:00Z", "lapses.co")
	at("2027-03-02T12:00:00Z", "lapses.co")
}

func possibleComesAbout(t *testing.T, w *world.World, who registry.RegistrarID, name names.Name) {
	t.Helper()
	shown := answer(t, w, who, flow.OwnShow{Name: name}).(flow.OwnShown)
	if len(shown.Possible) < 13 {
		t.Errorf("of %s are told %d actions", name, len(shown.Possible))
	}
	for _, p := range shown.Possible {
		e, err := w.Service.Explain(t.Context(), flow.Ask{Registrar: who, Command: inEarnest(shown, p)})
		if err != nil {
			t.Fatal(err)
		}
		told, comes := "", ""
		if p.Refusal != nil {
			told = p.Refusal.Reason
		}
		if e.Refusal != nil {
			comes = e.Refusal.Reason
		}
		if told != comes {
			t.Errorf("%s %s %s: told %q, comes %q", name, p.Action, p.Status, told, comes)
		}
		switch reply := e.Reply.(type) {
		case flow.DomainRenewed:
			if reply.Charged.Total() != p.Quote.Total() || !reply.Expires.Equal(p.Expires) {
				t.Errorf("%s renewed for %v until %s, told %v until %s", name, reply.Charged, reply.Expires, p.Quote, p.Expires)
			}
		case flow.DomainDeleted:
			if reply.Credited != p.Credited {
				t.Errorf("%s deleted with a credit of %s, told %s", name, reply.Credited, p.Credited)
			}
		case flow.DomainRestored:
			if reply.Charged.Total() != p.Quote.Total() || !reply.RenewBy.Equal(p.RenewBy) {
				t.Errorf("%s restored for %v until %s, told %v until %s", name, reply.Charged, reply.RenewBy, p.Quote, p.RenewBy)
			}
			if p.RenewBy.IsZero() != (p.Renewal == flow.Renewal{}) {
				t.Errorf("%s has to be renewed by %s, told %+v", name, p.RenewBy, p.Renewal)
			}
		}
	}
}

// What is told of the renewal that a restored name needs is what comes of it: by itself at the end of the day, or by the
// command, unless what the restore leaves does not pay for it.
func TestRenewalAfterRestore(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	for _, who := range []registry.RegistrarID{world.Acme, world.Deleter} {
		name := world.Name(map[registry.RegistrarID]string{world.Acme: "itself.co", world.Deleter: "lapses.co"}[who])
		w.Domain(who, name.String())
		w.Pass(10 * 24 * time.Hour)
		w.Do(who, flow.DomainDelete{Name: name})
		told := answer(t, w, who, flow.OwnShow{Name: name}).(flow.OwnShown).Can(flow.ActRestore)
		want := flow.Renewal{Years: 1, Price: 20_00, Expires: told.Renewal.Expires, Itself: who == world.Acme}
		if told.Renewal != want || told.Quote.Total() != 40_00 {
			t.Errorf("%s: %+v, want %+v", name, told, want)
		}
		w.Do(who, flow.DomainRestore{Update: flow.DomainUpdate{Name: name, Empty: true}})
		before := w.Funds(who).Available()
		if told.Renewal.Itself {
			w.At(told.RenewBy.Format(time.RFC3339))
			w.Settle()
		} else {
			shown := answer(t, w, who, flow.OwnShow{Name: name}).(flow.OwnShown)
			w.Do(who, flow.DomainRenew{Name: name, CurrentExpiry: shown.Domain.Expires, Years: told.Renewal.Years})
		}
		shown := answer(t, w, who, flow.OwnShow{Name: name}).(flow.OwnShown)
		if !shown.Domain.Expires.Equal(told.Renewal.Expires) || before-w.Funds(who).Available() != told.Renewal.Price {
			t.Errorf("%s expires %s for %s, told %+v", name, shown.Domain.Expires, before-w.Funds(who).Available(), told.Renewal)
		}
	}
}

// Who can pay for the restore and not for the renewal behind it is told before, unless the name renews itself.
func TestRenewalAfterRestoreIsTooDear(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	name := world.Name("lapses.co")
	w.Domain(world.Deleter, name.String())
	w.Pass(10 * 24 * time.Hour)
	w.Do(world.Deleter, flow.DomainDelete{Name: name})
	w.Do("", flow.Adjustment{
		Act: flow.Act{Registrar: world.Deleter, Author: "ana", Reason: "a test"}, What: registry.MoneyDebit,
		Amount: w.Funds(world.Deleter).Available() - 50_00,
	})
	told := answer(t, w, world.Deleter, flow.OwnShow{Name: name}).(flow.OwnShown).Can(flow.ActRestore)
	if told.Refusal != nil || told.Renewal.Refusal == nil || told.Renewal.Refusal.Code != registry.BillingFailure {
		t.Errorf("with 50.00: %+v", told)
	}
}

// inEarnest is the command that an action is.
func inEarnest(shown flow.OwnShown, p flow.Possible) flow.Command {
	name := shown.Domain.Name
	fee := flow.FeeSaid{Given: true, Total: p.Quote.Total()}
	edit := flow.DomainEdit{Statuses: []registry.Status{p.Status}}
	switch p.Action {
	case flow.ActRenew:
		return flow.DomainRenew{Name: name, CurrentExpiry: shown.Domain.Expires, Years: p.Years, Fee: fee}
	case flow.ActDelete:
		return flow.DomainDelete{Name: name}
	case flow.ActRestore:
		return flow.DomainRestore{Update: flow.DomainUpdate{Name: name, Empty: true, Fee: fee}}
	case flow.ActApprove:
		return flow.DomainTransferEnd{Name: name, How: registry.TransferClientApproved}
	case flow.ActReject:
		return flow.DomainTransferEnd{Name: name, How: registry.TransferClientRejected}
	case flow.ActLock:
		if p.Remove {
			return flow.DomainUpdate{Name: name, Remove: edit}
		}
		return flow.DomainUpdate{Name: name, Add: edit}
	}
	return flow.DomainUpdate{Name: name, AuthInfo: new("new")}
}

// A transfer is told before anybody has the authInfo.
func TestTransferPreview(t *testing.T) {
	w := ownWorld(t)
	for _, test := range []struct{ name, says string }{
		{"plain.co", ""},
		{"locked.co", "the object has the status clientTransferProhibited; its sponsor removes that, if its holder asks"},
		{"leaving.co", "a transfer of the object is pending; it ends by 2026-08-15T12:00:00Z"},
		{"renews.co", "you sponsor the object already; there is nothing to transfer"},
	} {
		p := answer(t, w, world.Acme, flow.TransferPreview{Name: world.Name(test.name)}).(flow.Possible)
		says := ""
		if p.Refusal != nil {
			says = p.Refusal.Reason
		}
		if says != test.says || p.Quote.Total() != 20_00 || p.Years != 1 {
			t.Errorf("%s: %q for %s", test.name, says, p.Quote)
		}
	}
}

// A registrar sees what happened to a name since it has it, and nothing that was before it, nor who acts for the registry.
func TestOwnHistory(t *testing.T) {
	w := ownWorld(t)
	w.Do(world.Deleter, flow.DomainTransferEnd{Name: world.Name("leaving.co"), How: registry.TransferClientApproved})
	w.Pass(time.Hour)
	w.Do("", flow.DomainStatusSet{Deed: deed(), Name: world.Name("leaving.co"), StatusEdit: flow.StatusEdit{Add: []registry.Status{registry.ServerHold}}})
	past := answer(t, w, world.Acme, flow.OwnHistory{Object: registry.KindDomain, ID: "leaving.co"}).(flow.OwnPast)
	var told []string
	for _, s := range past.Steps {
		told = append(told, fmt.Sprintf("%s %s %d", s.Maker, s.Command, len(s.Differences)))
		if s.Author+s.Reason+s.Case != "" {
			t.Errorf("the registrar is told %+v", s)
		}
	}
	if got, want := strings.Join(told, ", "), "operator domain:set-status 1, registrar domain:transfer 0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	first := answer(t, w, world.Acme, flow.OwnHistory{Object: registry.KindDomain, ID: "leaving.co", Limit: 1}).(flow.OwnPast)
	second := answer(t, w, world.Acme, flow.OwnHistory{Object: registry.KindDomain, ID: "leaving.co", Limit: 1, Before: first.Next}).(flow.OwnPast)
	if len(first.Steps) != 1 || len(second.Steps) != 1 || second.Next != 0 || second.Steps[0].Version != past.Steps[1].Version {
		t.Errorf("page by page: %+v, then %+v", first, second)
	}
}
