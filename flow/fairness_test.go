package flow_test

import (
	"context"
	"go/ast"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// limitTo limits commands of Acme.
func limitTo(w *world.World, scope registry.Scope, count int, per time.Duration) {
	w.T.Helper()
	w.Do("", flow.RegistrarLimit{Restriction: restriction(world.Acme), Limit: registry.CommandLimit{Scope: scope, Count: count, Per: per}})
}

// What a command over a limit is told, and what is not over it. Every limit has its row.
func TestLimitsRefuse(t *testing.T) {
	const set = "since 2026-03-01T12:00:00Z: hammering"
	check := func(names ...string) flow.Query { return flow.DomainCheck{Names: names} }
	for _, test := range []struct {
		name   string
		scope  registry.Scope
		count  int
		ask    flow.Query
		free   flow.Query // is not concerned
		refuse string
	}{
		{
			"a check",
			registry.Scope{Command: "check", Object: "domain"},
			2, check("a.co"),
			flow.HostCheck{Names: []string{"ns.a.co"}},
			"the registry has limited check of domains of this registrar to 2 a second " + set + "; wait 1 second",
		},
		{
			"a name",
			registry.Scope{Command: "check", ID: "shop.co"},
			2, check("a.co", "SHOP.co"), check("a.co"),
			"the registry has limited check of shop.co of this registrar to 2 a second " + set + "; wait 1 second",
		},
		{
			"a contact",
			registry.Scope{Command: "info", Object: "contact", ID: "x-h1001"},
			2,
			flow.ContactInfo{ID: "X-H1001"},
			flow.ContactInfo{ID: "Y"},
			"the registry has limited info of the contact x-h1001 of this registrar to 2 a second " + set + "; wait 1 second",
		},
		{
			"all",
			registry.Scope{},
			2,
			flow.HostInfo{Name: world.Name("ns.a.co")},
			nil,
			"the registry has limited all commands of this registrar to 2 a second " + set + "; wait 1 second",
		},
		{
			"closed",
			registry.Scope{Command: "info"},
			0,
			flow.DomainInfo{Name: world.Name("a.co")},
			check("a.co"),
			"the registry has closed info to this registrar " + set + "; ask the registry",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world.New(t, noon)
			limitTo(w, test.scope, test.count, time.Second)
			for range test.count {
				if _, err := w.Ask(world.Acme, test.ask); code(err) == registry.DataPolicy {
					t.Fatalf("within the limit: %v", err)
				}
			}
			for range 3 {
				if _, err := w.Ask(world.Acme, test.ask); code(err) != registry.DataPolicy || err.Error() != test.refuse {
					t.Errorf("over the limit: %v, want %q", err, test.refuse)
				}
			}
			if _, err := w.Ask(world.Other, test.ask); code(err) == registry.DataPolicy {
				t.Errorf("another registrar: %v", err)
			}
			if test.free != nil {
				if _, err := w.Ask(world.Acme, test.free); code(err) == registry.DataPolicy {
					t.Errorf("another command: %v", err)
				}
			}
			w.Pass(time.Second)
			if _, err := w.Ask(world.Acme, test.ask); (code(err) == registry.DataPolicy) != (test.count == 0) {
				t.Errorf("after the wait: %v", err)
			}
		})
	}
}

// A transform command over its limit is refused before all else, changes nothing and has its line in the
// log; a limit that has ended or was lifted holds no more, nor does one that another refuses cost
// anything.
func TestLimitsOnCommands(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "X-H1001")
	limitTo(w, registry.Scope{Command: "delete"}, 1, time.Minute)
	limitTo(w, registry.Scope{Command: "delete", ID: "none"}, 0, time.Minute)
	closed := flow.ContactDelete{ID: "NONE"}
	for range 3 {
		if _, err := w.Run(world.Acme, closed); code(err) != registry.DataPolicy || !strings.Contains(err.Error(), "closed delete of none") {
			t.Fatalf("a delete that is closed: %v", err)
		}
	}
	w.Do(world.Acme, flow.ContactDelete{ID: "X-H1001"})
	before := w.Dump()
	_, err := w.Run(world.Acme, flow.ContactDelete{ID: "X"})
	if code(err) != registry.DataPolicy || !strings.HasSuffix(err.Error(), "to 1 a minute since 2026-03-01T12:00:00Z: hammering; wait 60 seconds") {
		t.Errorf("a second delete: %v", err)
	}
	if w.Dump() != before || !strings.Contains(w.Rows("SELECT code, message FROM log ORDER BY id DESC LIMIT 1"), "dataPolicy | the registry has limited delete") {
		t.Error("a command over its limit leaves no line, or more than that")
	}
	lift := flow.RegistrarLimit{Restriction: restriction(world.Acme), Limit: registry.CommandLimit{Scope: registry.Scope{Command: "delete"}}}
	lift.Lift = true
	w.Do("", lift)
	if _, err := w.Run(world.Acme, flow.ContactDelete{ID: "X"}); code(err) != registry.ObjectMissing {
		t.Errorf("after the limit was lifted: %v", err)
	}
}

// A command that the front-end has refused counts like any other, and keeps its own refusal; to acknowledge
// a message is a poll.
func TestWhatCounts(t *testing.T) {
	w := world.New(t, noon)
	limitTo(w, registry.Scope{Command: "delete"}, 2, time.Minute)
	limitTo(w, registry.Scope{Command: "poll"}, 1, time.Minute)
	wrong := flow.Refused{
		About: flow.ContactDelete{ID: "X"}.Subject(),
		Error: &registry.Error{Code: registry.ParameterSyntax, Reason: "wrong; write it right"},
	}
	for i := range 3 {
		if _, err := w.Run(world.Acme, wrong); code(err) != registry.ParameterSyntax {
			t.Errorf("refused command %d: %v", i, err)
		}
	}
	if _, err := w.Run(world.Acme, flow.ContactDelete{ID: "X"}); code(err) != registry.DataPolicy {
		t.Errorf("a command after two that were refused: %v", err)
	}
	if _, err := w.Ask(world.Acme, flow.PollRequest{}); code(err) != registry.Completed {
		t.Errorf("a poll: %v", err)
	}
	if _, err := w.Run(world.Acme, flow.PollAck{ID: "1"}); code(err) != registry.DataPolicy {
		t.Errorf("a second poll: %v", err)
	}
}

// A login over its limit is 2502, told only to who has the password, and counts once also where the
// password is changed.
func TestLimitOnLogins(t *testing.T) {
	w := world.New(t, noon)
	limitTo(w, registry.Scope{Command: "login"}, 2, time.Minute)
	login := func(l flow.Login) error {
		l.Registrar, l.From = world.Acme, netip.MustParseAddr("127.0.0.1")
		_, err := w.Service.Login(context.Background(), l)
		return err
	}
	for _, step := range []struct {
		name  string
		login flow.Login
		want  registry.Code
	}{
		{"first", flow.Login{Password: world.Password}, registry.Completed},
		{"the same, to change the password", flow.Login{Password: world.Password, NewPassword: "Nueva-4321", Again: true}, registry.Completed},
		{"second", flow.Login{Password: "Nueva-4321"}, registry.Completed},
		{"wrong password", flow.Login{Password: world.Password}, registry.Authentication},
		{"third", flow.Login{Password: "Nueva-4321"}, registry.SessionLimitClosing},
	} {
		if err := login(step.login); code(err) != step.want {
			t.Errorf("%s: %v, want %s", step.name, err, step.want)
		}
	}
	if err := login(flow.Login{Password: "Nueva-4321"}); !strings.HasSuffix(err.Error(), "hammering; wait 30 seconds") {
		t.Errorf("the refusal is %v, want the wait in it", err)
	}
}

// A limit of the profile holds for all, unless a registrar has one of its own of that scope, or none.
func TestLimitOfTheProfile(t *testing.T) {
	w := world.New(t, noon)
	versions := slices.Clone(w.Service.Profile.Versions)
	versions[0].Terms.Limits.Commands = []policy.DefaultLimit{{Command: "check", Count: 1, Seconds: 1, Why: "the launch"}}
	w.Service.Profile.Versions = versions
	check := flow.DomainCheck{Names: []string{"a.co"}}
	for _, who := range []registry.RegistrarID{world.Acme, world.Other} {
		w.Ask(who, check)
		if _, err := w.Ask(who, check); err == nil || err.Error() != "the registry has limited check of each registrar to 1 a second: the launch; wait 1 second" {
			t.Errorf("%s: %v", who, err)
		}
	}
	w.Do("", flow.RegistrarLimit{Restriction: restriction(world.Acme), Limit: registry.CommandLimit{
		Scope: registry.Scope{Command: "check"}, Unlimited: true,
	}})
	for range 5 {
		if _, err := w.Ask(world.Acme, check); err != nil {
			t.Fatalf("without the profile's limit: %v", err)
		}
	}
}

// Nodes that share a database hold a limit together. They never allow more than the limit and what was
// earned since; in one period of it, a chunk more for each node at most, which it had taken before.
// They ask the database some ten times in a period, however much is asked of them.
func TestLimitOnAllNodes(t *testing.T) {
	const limit, periods, perPeriod = 50, 5, 200
	w := world.New(t, noon)
	limitTo(w, registry.Scope{Command: "check"}, limit, time.Second)
	var trips atomic.Int64
	nodes := make([]*flow.Service, 2)
	for i := range nodes {
		node := *w.Service
		if w.Postgres {
			node.Store = w.Open(nil)
		}
		node.Fairness, node.Buckets = flow.NewFairness(), countedBuckets{node.Store.(flow.Buckets), &trips}
		nodes[i] = &node
	}
	total := 0
	for period := range periods {
		var allowed atomic.Int64
		for range perPeriod / 10 {
			var all sync.WaitGroup
			for i := range 10 {
				all.Go(func() {
					_, err := nodes[i%2].Ask(context.Background(), world.Acme, flow.DomainCheck{Names: []string{"a.co"}})
					if err == nil {
						allowed.Add(1)
					} else if code(err) != registry.DataPolicy {
						t.Error(err)
					}
				})
			}
			all.Wait()
			w.Pass(time.Second / (perPeriod / 10))
		}
		total += int(allowed.Load())
		if chunks := 2 * limit / 10; period > 0 && int(allowed.Load()) > limit+chunks {
			t.Errorf("in period %d, %d were allowed, want at most %d and %d", period, allowed.Load(), limit, chunks)
		}
	}
	if most := limit + periods*limit; total > most || total < most-2*limit/10 {
		t.Errorf("%d were allowed in %d periods, want at most %d and hardly less", total, periods, most)
	}
	if n := trips.Load(); n > 12*(periods+1)*2 {
		t.Errorf("%d trips to the database for %d checks, want some ten in a period and node", n, periods*perPeriod)
	}
}

// countedBuckets count how often they are asked.
type countedBuckets struct {
	flow.Buckets
	trips *atomic.Int64
}

func (b countedBuckets) Spend(ctx context.Context, name string, next func(time.Time) time.Time) error {
	b.trips.Add(1)
	return b.Buckets.Spend(ctx, name, next)
}

// A limit that is set on one node holds on another a second later at most. On SQLite it holds at once.
func TestLimitIsFollowed(t *testing.T) {
	w := world.New(t, noon)
	node := *w.Service
	if w.Postgres {
		node.Store = w.Open(nil)
	}
	node.Fairness = flow.NewFairness()
	check := func() error {
		_, err := node.Ask(context.Background(), world.Acme, flow.DomainCheck{Names: []string{"a.co"}})
		return err
	}
	if err := check(); err != nil {
		t.Fatal(err)
	}
	limitTo(w, registry.Scope{Command: "check"}, 0, 0)
	for set := time.Now(); code(check()) != registry.DataPolicy; {
		if time.Since(set) > 1200*time.Millisecond {
			t.Fatal("the limit does not hold on another node after a second")
		}
	}
}

// Cached answers are old by what was set at most, say so, and are the registrar's own; refusals are cached
// like answers.
func TestCachedAnswers(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "X-H1001")
	w.Do("", flow.RegistrarCache{Restriction: restriction(world.Acme), Age: time.Minute})
	check, info := flow.DomainCheck{Names: []string{"cafe.co"}}, flow.DomainInfo{Name: world.Name("cafe.co")}
	ask := func(who registry.RegistrarID, q flow.Query) (reply flow.Reply, says string) {
		reply, err := w.Ask(who, q)
		if err != nil {
			return nil, err.Error()
		}
		if cached, ok := reply.(flow.Cached); ok {
			return cached.Reply, cached.Says
		}
		return reply, ""
	}
	if _, says := ask(world.Acme, flow.DomainCheck{Names: []string{"cafe.co", "CAFE.co"}}); says != "" {
		t.Errorf("the first check of a name, twice in it, is an old one: %q", says)
	}
	w.Domain(world.Acme, "cafe.co")
	w.Pass(59 * time.Second)
	const told = "this answer is 59 seconds old: the registry caches answers to this registrar for 1m0s since 2026-03-01T12:00:00Z: hammering"
	if reply, says := ask(world.Acme, check); !reply.([]flow.Checked)[0].Available || says != told {
		t.Errorf("a check after the create: %v, %q", reply, says)
	}
	if _, says := ask(world.Acme, info); !strings.HasSuffix(says, "; "+told) {
		t.Errorf("an info after the create: %q", says)
	}
	if reply, says := ask(world.Other, check); reply.([]flow.Checked)[0].Available || says != "" {
		t.Errorf("another registrar: %v, %q", reply, says)
	}
	w.Pass(time.Second)
	if reply, says := ask(world.Acme, check); reply.([]flow.Checked)[0].Available || says != "" {
		t.Errorf("a check when the answer is too old: %v, %q", reply, says)
	}
}

// What a registrar is told of an object is as old as what it was told of it before, however it asks.
func TestCachedAnswersHaveNoWayRound(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "X-H1001")
	w.Domain(world.Acme, "below.co")
	w.Do("", flow.RegistrarCache{Restriction: restriction(world.Acme), Age: time.Minute})
	for _, q := range []flow.Query{
		flow.DomainCheck{Names: []string{"cc1.co", "straße.co"}},
		flow.HostCheck{Names: []string{"ns1.example.net", "ns1.cc1.co"}},
		flow.ContactCheck{IDs: []string{"NEW-1"}},
		flow.DomainInfo{Name: world.Name("below.co"), Hosts: flow.HostsWanted{Subordinate: true}},
	} {
		if _, err := w.Ask(world.Acme, q); err != nil {
			t.Fatalf("%T: %v", q, err)
		}
	}
	w.Domain(world.Acme, "cc1.co")
	w.Host(world.Acme, "ns1.example.net")
	w.Host(world.Acme, "ns1.below.co", "192.0.2.1")
	w.Contact(world.Acme, "new-1")
	w.Pass(30 * time.Second)

	fees := &flow.FeeQuestion{Commands: []flow.FeeCommand{{Name: "create"}}}
	for _, test := range []struct {
		name  string
		query flow.Query
	}{
		{"a check in other case", flow.DomainCheck{Names: []string{"Cc1.co"}}},
		{"a check of more names", flow.DomainCheck{Names: []string{"cc1.co", "more.co"}}},
		{"a check with fees", flow.DomainCheck{Names: []string{"cc1.co"}, Fees: fees}},
		{"a check of a phase", flow.DomainCheck{Names: []string{"cc1.co"}, Launch: flow.LaunchSaid{Phase: "open"}}},
		{"a check of a host in other case, and of more", flow.HostCheck{Names: []string{"NS1.example.net", "ns2.example.net"}}},
		{"a check of a contact in other case, and of more", flow.ContactCheck{IDs: []string{"new-1", "NEW-2"}}},
	} {
		reply, err := w.Ask(world.Acme, test.query)
		cached, ok := reply.(flow.Cached)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v, want what was told before", test.name, reply, err)
			continue
		}
		if first := cached.Reply.([]flow.Checked)[0]; !first.Available || !strings.Contains(cached.Says, "30 seconds old") {
			t.Errorf("%s: %+v, %q", test.name, first, cached.Says)
		}
	}
	for _, test := range []struct {
		name  string
		query flow.Query
		want  registry.Code
	}{
		{"an info", flow.DomainInfo{Name: world.Name("cc1.co")}, registry.ObjectMissing},
		{"an info of another form", flow.DomainInfo{Name: world.Name("cc1.co"), TTL: flow.TTLPolicy}, registry.ObjectMissing},
		{"an info with a wrong authInfo", flow.DomainInfo{Name: world.Name("cc1.co"), AuthInfo: new("x")}, registry.ObjectMissing},
		{"an info of a host", flow.HostInfo{Name: world.Name("ns1.example.net")}, registry.ObjectMissing},
		{"an info of a contact with an authInfo", flow.ContactInfo{ID: "new-1", AuthInfo: new("x")}, registry.ObjectMissing},
		{"an info that is older, with a wrong authInfo", flow.DomainInfo{Name: world.Name("below.co"), AuthInfo: new("x")}, registry.InvalidAuthInfo},
	} {
		if _, err := w.Ask(world.Acme, test.query); code(err) != test.want || !strings.Contains(err.Error(), "30 seconds old") {
			t.Errorf("%s: %v, want %s and how old that is", test.name, err, test.want)
		}
	}
	reply, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{"cc1.co"}, Token: new("a-guess")})
	if e := reply.(flow.Cached).Reply.([]flow.Checked)[0]; err != nil || !strings.HasPrefix(e.Reason, "the name has no allocation token") {
		t.Errorf("a check with a token tells that the name is registered: %+v, %v", e, err)
	}
	reply, err = w.Ask(world.Acme, flow.DomainInfo{Name: world.Name("below.co"), Hosts: flow.HostsWanted{Subordinate: true}})
	if cached, ok := reply.(flow.Cached); err != nil || !ok || len(cached.Reply.(flow.DomainDetails).Subordinate) != 0 {
		t.Errorf("an info tells of a new host: %+v, %v", reply, err)
	}
}

// No more answers are kept than the profile says.
func TestCachedAnswersAreBounded(t *testing.T) {
	w := world.New(t, noon)
	versions := slices.Clone(w.Service.Profile.Versions)
	versions[0].Terms.Limits.CachedAnswers = 2
	w.Service.Profile.Versions = versions
	w.Do("", flow.RegistrarCache{Restriction: restriction(world.Acme), Age: time.Minute})
	for _, step := range []struct {
		name   string
		cached bool
	}{{"a.co", false}, {"b.co", false}, {"a.co", true}, {"c.co", false}, {"b.co", true}, {"c.co", true}, {"a.co", false}} {
		reply, _ := w.Ask(world.Acme, flow.DomainCheck{Names: []string{step.name}})
		if _, cached := reply.(flow.Cached); cached != step.cached {
			t.Errorf("the answer for %s is cached: %t, want %t", step.name, cached, step.cached)
		}
	}
}

// What counts for the additional limit on drop-catching: checks and failed creates of domains, on all
// nodes together; a day is flagged once, and the flag limits nothing.
func TestDaysOfUse(t *testing.T) {
	w := world.New(t, noon)
	versions := slices.Clone(w.Service.Profile.Versions)
	versions[0].Terms.Limits.DropCatchPerName = 10
	w.Service.Profile.Versions = versions
	w.Domain(world.Acme, "taken.co")
	node := *w.Service
	node.Fairness = flow.NewFairness()
	if w.Postgres {
		other := w.Open(nil)
		node.Store, node.Usages = other, other
	}
	services := []*flow.Service{w.Service, &node}
	keep := func() (flagged []registry.DayOfUse) {
		t.Helper()
		for _, s := range services {
			list, err := s.KeepUsage(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			flagged = append(flagged, list...)
		}
		return flagged
	}
	lost := flow.DomainCreate{Name: world.Name("taken.co"), Registrant: "X-H1001"}
	for i := range 10 {
		services[i%2].Ask(context.Background(), world.Acme, flow.DomainCheck{Names: []string{"a.co", "b.co"}})
		w.Ask(world.Acme, flow.HostCheck{Names: []string{"a.co"}})
	}
	if flagged := keep(); len(flagged) != 0 {
		t.Errorf("10 checks for a name are flagged: %+v", flagged)
	}
	if _, err := w.Run(world.Acme, lost); err == nil {
		t.Fatal("a create of a taken name succeeds")
	}
	const flag = "10 checks and 1 failed creates for 1 names registered, more than 10 for each"
	if flagged := keep(); len(flagged) != 1 || flagged[0].Registrar != world.Acme || flagged[0].Flag != flag || !flagged[0].Flagged.Equal(w.Now()) {
		t.Errorf("11 for a name: %+v", flagged)
	}
	w.Ask(world.Acme, flow.DomainCheck{Names: []string{"a.co"}})
	if again := keep(); len(again) != 0 {
		t.Errorf("flagged twice a day: %+v", again)
	}
	w.Pass(12 * time.Hour) // the next UTC day
	w.Ask(world.Acme, flow.DomainCheck{Names: []string{"a.co"}})
	keep()
	days, err := w.Service.UsageOf(context.Background(), world.Acme, 2)
	if err != nil || len(days) != 2 || days[0].Checks != 1 || days[0].Flag != "" || days[1].Checks != 11 || days[1].FailedCreates != 1 || days[1].Registered != 1 || days[1].Flag != flag {
		t.Errorf("the days are %+v, %v", days, err)
	}
	w.Pass(500 * 24 * time.Hour)
	if err := w.Service.SweepUsage(context.Background()); err != nil || w.Rows("SELECT COUNT(*) FROM usage") != "0\n" {
		t.Errorf("after 500 days there are %s days, %v", w.Rows("SELECT COUNT(*) FROM usage"), err)
	}
}

// Days that cannot be kept are counted the next time.
func TestDaysOfUseAreNotLost(t *testing.T) {
	w := world.New(t, noon)
	for range 3 {
		w.Ask(world.Acme, flow.DomainCheck{Names: []string{"a.co"}})
	}
	w.Fault.After(0)
	_, err := w.Service.KeepUsage(context.Background())
	w.Fault.Disarm()
	if err == nil {
		t.Fatal("a fault of the database is no fault")
	}
	if _, err := w.Service.KeepUsage(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := w.Rows("SELECT registrar, checks FROM usage"); got != "H1001 | 3\n" {
		t.Errorf("kept %q", got)
	}
}

// Every query of a registrar says what it counts as: those with an Answer are taken from the source.
func TestQueriesCanBeLimited(t *testing.T) {
	notOfRegistrars := []string{
		"AccessList", "AccessTokenList", "ContactLookup", "DelegationSearch", "DomainSearch", "HostSearch", "RegistrarSearch", "Visit",
		"LinkShow", "PasskeysOf", "UserActList", "UserList", "UserShow",
		"Account", "AsOf", "CameDue", "Delegations", "DelegationsEnd", "DelegationsOf", "DomainLookup", "FirstDue", "History", "HostLookup", "HostsByAddress", "RegistrarLookup", "DeficiencyShow", "HoldList", "MarksAside", "MarksOf", "MoneyList", "MoneyShow", "ReceiptShow", "NameList", "Nameservers", "NextDue", "NameserversOf", "PendingMarks", "Publications", "Published", "RecordsAside", "ZoneDepartures", "ZonePages", "ZoneStates", "ZoneSteps",
		"AddGraceDeletes", "AddGraceUse", "BillingCheck", "InvoiceList", "InvoiceShow", "MonthDraft", "MonthList", "MonthNext", "NewNames", "ProposalList", "RegistrarIDs",
		"Transactions", "MailDue", "MailList", "MailShow", "NoticeList", "OfferList", "OfferShow", "PriceListShow", "PriceLists", "PricePreview", "PromotionList", "PromotionShow", "RegistrarList", "RegistrarShow", "Timeline", "VariantList",
		"Balances", "HeadCheck", "Heads", "LedgerCheck", "SealCheck", "SealDrafted", "Statement", "StatementProof", "ZoneKeyList",
		"DroppingNames", "PostedUntil", "PricedNames", "UnavailableNames",
		"ChildCounts", "ChildList", "ChildShow", "ChildrenDue", "ChildrenMissed",
		"BulkDue", "BulkList", "BulkNames", "BulkShow", "BulkTry", "BulkWaiting",
		"ContactLinks", "ContactList", "HostLinks", "HostList", "MessageList", "MessageShow",
		"AccountHistory", "AccountOutlook", "OpenCharges", "OwnDeposits", "OwnInvoices", "PremiumSearch", "ZonePrices",
	}
	answering, asking := methodsOf(t, "Answer"), methodsOf(t, "Asks")
	for _, name := range answering {
		if slices.Contains(asking, name) == slices.Contains(notOfRegistrars, name) {
			t.Errorf("query %s: it needs a method Asks, or a place in notOfRegistrars", name)
		}
	}
	if len(asking) < 6 {
		t.Errorf("found %v, want more: the test does not find them any more", asking)
	}
}

// methodsOf returns the types of package flow that have a method.
func methodsOf(t *testing.T, method string) (types []string) {
	t.Helper()
	for _, file := range sources(t) {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if ok && f.Recv != nil && f.Name.Name == method {
				types = append(types, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	return types
}

// Whom no limit concerns pays nothing for there being limits: a query allocates no more, and no database
// is asked.
func TestLimitsCostNothing(t *testing.T) {
	w := world.New(t, noon)
	bare := *w.Service
	bare.Fairness = nil
	check := flow.DomainCheck{Names: []string{"libre.co"}}
	ask := func(s *flow.Service) func() {
		return func() { s.Ask(context.Background(), world.Acme, check) }
	}
	ask(w.Service)() // the registrar is remembered, and counted
	without, with := testing.AllocsPerRun(200, ask(&bare)), testing.AllocsPerRun(200, ask(w.Service))
	if with > without {
		t.Errorf("a check allocates %v times, and %v times without limits", with, without)
	}
	eventuallyRemembered(t, w)
	w.Fault.After(0)
	defer w.Fault.Disarm()
	if _, err := w.Ask(world.Acme, check); err != nil {
		t.Errorf("without the database: %v", err)
	}
}

// eventuallyRemembered waits until the world's store remembers a registrar and names.
func eventuallyRemembered(t *testing.T, w *world.World) {
	t.Helper()
	for began := time.Now(); time.Since(began) < 5*time.Second; {
		if _, known := w.DB.Recall(world.Acme); known {
			return
		}
		w.Ask(world.Acme, flow.DomainCheck{Names: []string{"libre.co"}})
	}
	t.Fatal("the store remembers nothing")
}

// What a check costs: where nothing is limited, limited and cached.
func BenchmarkLimits(b *testing.B) {
	w := world.New(b, noon)
	bare := *w.Service
	bare.Fairness = nil
	check := flow.DomainCheck{Names: []string{"libre.co"}}
	run := func(name string, s *flow.Service) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Ask(context.Background(), world.Acme, check); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("none", &bare)
	run("unlimited", w.Service)
	w.Service.Real = time.Now
	w.Do("", flow.RegistrarLimit{Restriction: restriction(world.Acme), Limit: registry.CommandLimit{
		Scope: registry.Scope{Command: "check"}, Count: 1_000_000, Per: time.Second,
	}})
	run("limited", w.Service)
	w.Do("", flow.RegistrarCache{Restriction: restriction(world.Acme), Age: time.Minute})
	run("cached", w.Service)
}
