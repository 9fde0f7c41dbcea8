package flow_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// promote makes a promotion.
func promote(w *world.World, p registry.Promotion) {
	w.T.Helper()
	p.Author, p.Reason = "ana", "a test"
	w.Do("", flow.PromotionAdd{Promotion: p})
}

// creation is a create of a name with what is needed.
func creation(name string, years int) flow.DomainCreate {
	return flow.DomainCreate{
		Name: world.Name(name), Years: years, Registrant: "X-H1001",
		Contacts: []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}},
	}
}

// A promotion counts from its first instant until the one before its end; of a create it is about the first year; the
// class stays standard; the charge says why it is less, and a delete in the grace credits that. Decisions 5.3.
func TestPromotionOfACreate(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	promote(w, registry.Promotion{
		ID: "spring", Percent: 33, Operations: []string{"create"}, From: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
	})
	w.Contact(world.Acme, "X-H1001")
	for i, test := range []struct{ at, total string }{
		{"2026-03-31T23:59:59Z", "60.00"}, {"2026-04-01T00:00:00Z", "53.40"}, {"2026-04-30T23:59:59Z", "53.40"}, {"2026-05-01T00:00:00Z", "60.00"},
	} {
		w.At(test.at)
		name := fmt.Sprintf("name%d.co", i)
		if total, premium := priceOf(t, w, name); premium || (total == "13.40") != (test.total == "53.40") {
			t.Errorf("at %s a check says %s, premium %t", test.at, total, premium)
		}
		reply := w.Do(world.Acme, creation(name, 3)).(flow.DomainCreated)
		if got := reply.Charged.Total().String(); got != test.total || reply.Charged.IsPremium() {
			t.Errorf("at %s three years cost %s, want %s", test.at, got, test.total)
		}
	}
	if got := w.Rows("SELECT type, amount, price_of FROM charge WHERE subject = 'name2.co' ORDER BY type"); got != "Registration | 1340 | promotion spring\nRenewal | 4000 | \n" {
		t.Errorf("the charges are\n%s", got)
	}
	w.At("2026-05-02T00:00:00Z")
	if got := w.Do(world.Acme, flow.DomainDelete{Name: world.Name("name2.co")}).(flow.DomainDeleted).Credited; got != 53_40 {
		t.Errorf("the credit is %s, want 53.40", got)
	}
}

// Which promotion counts for which command: by registrar, zone, operation, years and class, and of several the best.
func TestPromotionsAreForSome(t *testing.T) {
	for _, test := range []struct {
		name string
		list []registry.Promotion
		cmd  flow.Command
		want ledger.Money
		of   string
	}{
		{"none", nil, creation("new.co", 1), 20_00, ""},
		{"another registrar's", []registry.Promotion{{ID: "aa", Percent: 50, Registrars: []registry.RegistrarID{world.Other}}}, creation("new.co", 1), 20_00, ""},
		{"this registrar's", []registry.Promotion{{ID: "aa", Percent: 50, Registrars: []registry.RegistrarID{world.Other, world.Acme}}}, creation("new.co", 1), 10_00, "promotion aa"},
		{"another zone's", []registry.Promotion{{ID: "aa", Percent: 50, Zones: []names.Name{world.Name("com.co")}}}, creation("new.co", 1), 20_00, ""},
		{"this zone's", []registry.Promotion{{ID: "aa", Percent: 50, Zones: []names.Name{world.Name("com.co")}}}, creation("new.com.co", 1), 10_00, "promotion aa"},
		{"other years'", []registry.Promotion{{ID: "aa", Percent: 50, Years: []int{2, 3}}}, creation("new.co", 1), 20_00, ""},
		{"these years'", []registry.Promotion{{ID: "aa", Percent: 50, Years: []int{2, 3}}}, creation("new.co", 2), 30_00, "promotion aa"},
		{"a premium name", []registry.Promotion{{ID: "aa", Percent: 50}}, creation("gold.co", 1), 500_00, "tier 5"},
		{"of premium names too", []registry.Promotion{{ID: "aa", Percent: 50, Premium: true}}, creation("gold.co", 1), 250_00, "tier 5, promotion aa"},
		{"a price instead", []registry.Promotion{{ID: "aa", Fixed: 1_99}}, creation("new.co", 1), 1_99, "promotion aa"},
		{"nothing", []registry.Promotion{{ID: "aa", Percent: 100}}, creation("new.co", 2), 20_00, "promotion aa"},
		{"a price that is more", []registry.Promotion{{ID: "aa", Fixed: 25_00}}, creation("new.co", 1), 20_00, ""},
		{"the best", []registry.Promotion{{ID: "aa", Percent: 10}, {ID: "bb", Fixed: 12_00}, {ID: "cc", Percent: 30}}, creation("new.co", 1), 12_00, "promotion bb"},
		{"two of the same", []registry.Promotion{{ID: "aa", Percent: 10, Uses: 1}, {ID: "cc", Percent: 10}, {ID: "dd", Percent: 10}}, creation("new.co", 1), 18_00, "promotion cc"},
		{"half a cent", []registry.Promotion{{ID: "aa", Percent: 15, Premium: true}}, creation("odd.co", 1), 16_99, "prices of its own, promotion aa"},
		{"a renewal, every year", []registry.Promotion{{ID: "aa", Fixed: 5_00, Operations: []string{"renew"}}}, flow.DomainRenew{Name: world.Name("shop.co"), CurrentExpiry: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), Years: 3}, 15_00, "promotion aa"},
		{"a transfer", []registry.Promotion{{ID: "aa", Percent: 25, Operations: []string{"transfer"}}}, flow.DomainTransfer{Name: world.Name("other.co"), AuthInfo: new("domain-secret"), Years: 2}, 30_00, "promotion aa"},
		{"a restore", []registry.Promotion{{ID: "aa", Fixed: 0, Operations: []string{"restore"}}}, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("gone.co"), Empty: true}}, 0, "promotion aa"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world.New(t, "2026-03-01T12:00:00Z")
			w.Price(5, "gold.co")
			w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name("odd.co"), Create: 19_99}}})
			w.Domain(world.Acme, "shop.co")
			w.Domain(world.Acme, "gone.co")
			w.Domain(world.Other, "other.co")
			w.At("2026-09-01T12:00:00Z")
			w.Do(world.Acme, flow.DomainDelete{Name: world.Name("gone.co")})
			for _, p := range test.list {
				if p.Operations == nil {
					p.Operations = []string{"create"}
				}
				promote(w, p)
			}
			w.At("2026-09-02T12:00:00Z")
			if c, ok := test.cmd.(flow.DomainCreate); ok {
				c.Fee = flow.FeeSaid{Given: true, Total: test.want}
				test.cmd = c
			}
			w.Do(world.Acme, test.cmd)
			if got := w.Rows("SELECT SUM(amount), MAX(price_of) FROM charge WHERE at > 1788300000000000"); got != fmt.Sprintf("%d | %s\n", int64(test.want), test.of) {
				t.Errorf("charged %q, want %d of %q", got, test.want, test.of)
			}
			w.CheckInvariants()
		})
	}
}

// A promotion that is for one use of each registrar is used once, however many commands of however many connections ask
// for it at once; the others pay the price. A restart does not give it back, nor does a delete.
func TestPromotionIsUsedOnce(t *testing.T) {
	w := world.New(t, noon)
	promote(w, registry.Promotion{ID: "welcome", Fixed: 1_00, Operations: []string{"create"}, Uses: 2})
	w.Contact(world.Acme, "X-H1001")
	stores := []registry.Store{w.DB}
	if w.Postgres {
		stores = append(stores, w.Open(nil), w.Open(nil))
	}
	var all sync.WaitGroup
	for i := range 40 {
		service := *w.Service
		service.Store = stores[i%len(stores)]
		all.Go(func() {
			who := []registry.RegistrarID{world.Acme, world.Other}[i%2]
			if _, err := service.Run(t.Context(), flow.Request{Registrar: who, SvTRID: w.NewTRID(), Command: creation(fmt.Sprintf("race%d.co", i), 1)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	const paid = "SELECT party, amount, COUNT(*) FROM charge GROUP BY party, amount ORDER BY party, amount"
	const want = "H1001 | 100 | 2\nH1001 | 2000 | 18\nH1002 | 100 | 2\nH1002 | 2000 | 18\n"
	if got := w.Rows(paid); got != want {
		t.Errorf("paid were\n%swant\n%s", got, want)
	}
	used := w.Rows("SELECT subject FROM charge WHERE amount = 100 AND party = 'H1001' ORDER BY subject LIMIT 1")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name(used[:len(used)-1])})
	w.Reopen()
	if total, _ := priceOf(t, w, "after.co"); total != "20.00" {
		t.Errorf("after both uses a check says %s", total)
	}
	reply, err := w.Ask("", flow.PromotionShow{ID: "welcome", Limit: 10})
	if err != nil || len(reply.(flow.PromotionDetails).Uses) != 4 {
		t.Errorf("the uses are %+v, %v", reply, err)
	}
	w.CheckInvariants()
}

// A promotion that asks for the fee: without it 2003, with another 2004, with the right one it is done.
func TestPromotionFeePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "X-H1001")
	promote(w, registry.Promotion{ID: "said", Percent: 50, Operations: []string{"create"}, FeeSaid: true})
	cmd := creation("new.co", 1)
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, cmd }, []step{
		{func() {}, registry.ParameterMissing, "the promotion said makes this cost 10.00 USD; send the fee with the extension fee-1.0"},
		{func() { cmd.Fee = flow.FeeSaid{Given: true, Total: 20_00, Text: "20"} }, registry.ParameterRange, "this is not the fee; send 10.00 USD"},
	}, func() { cmd.Fee.Total = 10_00 })
}

// What is renewed by itself costs what it costs: promotions are for commands. Manual 6.6.
func TestAutoRenewalHasNoPromotion(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	promote(w, registry.Promotion{ID: "renewal", Percent: 50, Operations: []string{"renew", "create"}})
	w.Domain(world.Acme, "shop.co")
	w.At("2027-03-02T12:00:00Z")
	w.Settle()
	if got := w.Rows("SELECT amount, price_of FROM charge WHERE type = 'Auto-Renewal'"); got != "2000 | \n" {
		t.Errorf("the auto-renewal is %q", got)
	}
}

// The operator's commands about promotions.
func TestPromotionsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	promote(w, registry.Promotion{ID: "taken", Percent: 1, Operations: []string{"create"}})
	for i := range 99 {
		promote(w, registry.Promotion{ID: fmt.Sprintf("many-%d", i), Percent: 1, Operations: []string{"create"}})
	}
	p := registry.Promotion{
		ID: "T", Percent: 101, Fixed: 1, Uses: -1, Operations: []string{"update"}, Years: []int{6}, From: w.Now().Add(-time.Hour), Until: w.Now().Add(-time.Hour),
		Zones: []names.Name{world.Name("example")}, Registrars: []registry.RegistrarID{world.Stranger},
	}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", flow.PromotionAdd{Promotion: p} }, []step{
		{func() {}, registry.ParameterSyntax, "this is no id of a promotion; it has 2 to 32 lower-case letters, digits and hyphens, such as spring-2027"},
		{func() { p.ID = "taken" }, registry.ObjectExists, "a promotion of this id exists, or did; choose another"},
		{func() { p.ID = "new" }, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { p.Author = "ana" }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { p.Reason = "a test" }, registry.ParameterRange, "this is no percentage off; give 1 to 100"},
		{func() { p.Percent = 50 }, registry.ParameterRange, "a promotion is a percentage off, or a price that is not below zero; give one of them"},
		{func() { p.Fixed = 0 }, registry.ParameterRange, "this is no number of uses; give 1 or more, or none for no limit"},
		{func() { p.Uses = 1 }, registry.ParameterRange, "names are not sold for so many years; give 1 to 5"},
		{func() { p.Years = nil }, registry.ParameterRange, "there is no such operation that costs something; there are create, renew, transfer and restore"},
		{func() { p.Operations = nil }, registry.ParameterMissing, "the promotion is for no operation; give create, renew, transfer or restore"},
		{func() { p.Operations = []string{"create"} }, registry.ParameterRange, "this is in the past; begin the promotion now or later"},
		{func() { p.From = w.Now() }, registry.ParameterRange, "the promotion ends before it begins; end it later"},
		{func() { p.Until = time.Time{} }, registry.ParameterPolicy, "there are as many promotions as can be at once; end one"},
		{func() { w.Do("", flow.PromotionEnd{ID: "taken", Author: "ana", Reason: "a test"}) }, registry.ParameterRange, "the registry has no such zone; there are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"},
		{func() { p.Zones = nil }, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
	}, func() { p.Registrars = nil })

	end := flow.PromotionEnd{ID: "nothing"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", end }, []step{
		{func() {}, registry.ObjectMissing, "there is no such promotion; dorado promotion list --all shows them"},
		{func() { end.ID = "taken" }, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { end.Author, end.Reason = "ana", "a test" }, registry.StatusProhibits, "the promotion has ended; there is nothing to do"},
	}, func() { end.ID = "new" })

	show := flow.PromotionShow{ID: "nothing"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", show }, []step{
		{func() {}, registry.ObjectMissing, "there is no such promotion; dorado promotion list --all shows them"},
	}, func() { show.ID = "new" })
}
