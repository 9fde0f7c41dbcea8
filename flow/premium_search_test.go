package flow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// premium asks for all that a search finds, in pages, each as its name and price.
func premium(w *world.World, q flow.PremiumSearch) (list []string) {
	w.T.Helper()
	for {
		page := asked[flow.PremiumPage](w, world.Acme, q)
		for _, n := range page.Names {
			list = append(list, fmt.Sprintf("%s %s", n.Name, n.Create.Total()))
		}
		if q.After = page.Next; q.After == "" {
			return list
		}
	}
}

// Premium names are found by how they begin and by what they cost, at the instant, in pages of any size; what was set for a
// name alone is in the place of what the list has; and each costs what a check says.
func TestPremiumSearch(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	entry := func(name string, tier int, create ledger.Money) registry.PriceEntry {
		return registry.PriceEntry{Name: world.Name(name), Tier: tier, Create: create}
	}
	w.Price(3, "before.co") // the list does not have it
	importPrices(w, "2026-04-01T00:00:00Z",
		entry("gold.co", 5, 0), entry("gold.com.co", 5, 0), entry("golf.co", 4, 0), entry("iron.co", 0, 99_00), entry("ivory.co", 2, 250_00),
		entry("silver.co", 1, 0), entry("tin.co", 0, 99_00), entry("goat.co", 10, 0),
		registry.PriceEntry{Name: world.Name("renewal.co"), Renew: 77_00})
	if got := premium(w, flow.PremiumSearch{}); len(got) != 1 {
		t.Errorf("before the list there are %q", got)
	}
	w.At("2026-04-02T00:00:00Z")
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{
		{Name: world.Name("golf.co"), Create: 120_00},
		{Name: world.Name("silver.co")},
		{Name: world.Name("alone.co"), Tier: 5},
		{Name: world.Name("tin.co"), Tier: 1, From: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
	}})
	tiers := w.Service.Profile.At(w.Now()).Prices.Tiers
	tier := func(n int) string { return tiers[n-1].Create.String() }
	byPrice := []string{"renewal.co 20.00"}
	for _, n := range []struct {
		name  string
		price ledger.Money
	}{
		{"gold.co", tiers[4].Create},
		{"gold.com.co", tiers[4].Create},
		{"alone.co", tiers[4].Create},
		{"iron.co", 99_00},
		{"tin.co", 99_00},
		{"golf.co", 120_00},
		{"ivory.co", 250_00},
		{"goat.co", tiers[9].Create},
	} {
		byPrice = append(byPrice, n.name+" "+n.price.String())
	}
	all := premium(w, flow.PremiumSearch{})
	if sorted, want := sortedCopy(all), sortedCopy(byPrice); !slices.Equal(sorted, want) {
		t.Errorf("all are %q, want %q", sorted, want)
	}
	for limit := 1; limit < 5; limit++ {
		if diff := cmp.Diff(all, premium(w, flow.PremiumSearch{Limit: limit})); diff != "" {
			t.Errorf("in pages of %d:\n%s", limit, diff)
		}
	}
	for _, test := range []struct {
		name string
		q    flow.PremiumSearch
		want []string
	}{
		{"a beginning", flow.PremiumSearch{Prefix: "GO"}, []string{"goat.co " + tier(10), "gold.co " + tier(5), "gold.com.co " + tier(5), "golf.co 120.00"}},
		{"in a zone", flow.PremiumSearch{Prefix: "go", Zone: world.Name("com.co")}, []string{"gold.com.co " + tier(5)}},
		{"a span of prices", flow.PremiumSearch{Prices: registry.PriceSpan{From: 90_00, To: 120_00}}, []string{"iron.co 99.00", "tin.co 99.00", "golf.co 120.00"}},
		{"one price", flow.PremiumSearch{Prices: registry.PriceSpan{From: 250_00, To: 250_00}}, []string{"ivory.co 250.00"}},
		{"a beginning and prices", flow.PremiumSearch{Prefix: "go", Prices: registry.PriceSpan{From: 119_00, To: 121_00}}, []string{"golf.co 120.00"}},
		{"nothing", flow.PremiumSearch{Prefix: "zz"}, nil},
	} {
		for _, limit := range []int{0, 1, 2} {
			test.q.Limit = limit
			if got := premium(w, test.q); !slices.Equal(got, test.want) {
				t.Errorf("%s, in pages of %d: %q, want %q", test.name, limit, got, test.want)
			}
		}
	}
	for _, n := range asked[flow.PremiumPage](w, world.Acme, flow.PremiumSearch{}).Names {
		if total, _ := priceOf(t, w, n.Name.String()); total != n.Create.Total().String() {
			t.Errorf("%s costs %s by the search, and %s by a check", n.Name, n.Create.Total(), total)
		}
	}
}

func sortedCopy(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// What the zones cost is what checks and creates say, promotions with it, and only those are shown that are for the
// registrar.
func TestZonePrices(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	promote(w, registry.Promotion{ID: "spring", Percent: 50, Operations: []string{"create"}, Zones: []names.Name{world.Name("com.co")}, Uses: 2})
	promote(w, registry.Promotion{ID: "others", Percent: 90, Operations: []string{"create", "renew"}, Registrars: []registry.RegistrarID{world.Other}})
	promote(w, registry.Promotion{ID: "later", Fixed: 5_00, Operations: []string{"renew"}, Years: []int{2}, From: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)})
	shown := asked[flow.PricesShown](w, world.Acme, flow.ZonePrices{})
	var ids []string
	for _, p := range shown.Promotions {
		ids = append(ids, fmt.Sprint(p.ID, p.Left))
	}
	if !slices.Equal(ids, []string{"later0", "spring2"}) {
		t.Errorf("promotions are %q", ids)
	}
	if len(shown.Zones) != 4 || len(shown.Tiers) != 10 || shown.Currency != "USD" {
		t.Errorf("%d zones, %d tiers in %s", len(shown.Zones), len(shown.Tiers), shown.Currency)
	}
	w.Contact(world.Acme, "X-H1001")
	for i, zone := range shown.Zones {
		for _, y := range zone.Years {
			name := fmt.Sprintf("n%d-%d.%s", i, y.Years, zone.Zone)
			made := w.Do(world.Acme, creation(name, y.Years)).(flow.DomainCreated)
			if made.Charged.Total() != y.Create.Total() && made.Charged.Promotion != nil == (y.Create.Promotion != nil) {
				t.Errorf("%d years in %s cost %s here, and a create %s", y.Years, zone.Zone, y.Create.Total(), made.Charged.Total())
			}
		}
		if got := zone.Restore.Total(); got != 40_00 {
			t.Errorf("a restore in %s costs %s", zone.Zone, got)
		}
	}
	for _, p := range asked[flow.PricesShown](w, world.Acme, flow.ZonePrices{}).Promotions {
		if p.ID == "spring" {
			t.Errorf("a promotion that is used up is shown: %+v", p)
		}
	}
}

// A registrar has its own papers, and another's are not there.
func TestOwnPapers(t *testing.T) {
	w := world.New(t, "2026-03-10T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Other, "other.co")
	w.Deposit(world.Acme, 12_00, "B-7")
	wrong := w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 5_00, Reference: "B-8"}).(registry.MoneyAct)
	w.Do("", flow.Reversal{Author: "ana", Reason: "wrong", Of: wrong.ID})
	w.Do("", flow.Adjustment{Act: flow.Act{Registrar: world.Acme, Author: "ana", Reason: "a gift"}, What: registry.MoneyCredit, Amount: 1_00})
	w.At("2026-04-02T00:00:00Z")
	closeMonths(t, w)
	own := asked[flow.OwnInvoicePage](w, world.Acme, flow.OwnInvoices{Limit: 1})
	if len(own.Invoices) != 1 || own.Invoices[0].To.ID != world.Acme || own.Next != "2026-03" {
		t.Fatalf("its invoices are %+v", own)
	}
	if rest := asked[flow.OwnInvoicePage](w, world.Acme, flow.OwnInvoices{Before: own.Next}); len(rest.Invoices) != 0 || rest.Next != "" {
		t.Errorf("behind the first are %+v", rest)
	}
	for n := int64(0); n < 5; n++ {
		_, err := w.Ask(world.Acme, flow.InvoiceShow{Series: "INV-", Number: n})
		if mine := n == own.Invoices[0].Number; mine != (err == nil) {
			t.Errorf("the invoice %d: %v", n, err)
		}
	}
	var told []string
	var list []flow.OwnDeposit
	for q := (flow.OwnDeposits{Limit: 1}); ; {
		page := asked[flow.OwnDepositPage](w, world.Acme, q)
		list = append(list, page.Deposits...)
		if q.Before = page.Next; q.Before == 0 {
			break
		}
	}
	for _, d := range list {
		told = append(told, fmt.Sprintf("%s %s %t", d.Reference, d.Amount, d.Reversed))
		if _, err := w.Ask(world.Acme, flow.ReceiptShow{ID: d.Receipt}); (err == nil) == d.Reversed {
			t.Errorf("the receipt %s: %v", d.Receipt, err)
		}
		_, err := w.Ask(world.Other, flow.ReceiptShow{ID: d.Receipt})
		wantRefusal(t, err, registry.ObjectMissing, "there is no such act; dorado money list shows all, and dorado money pending those that wait")
	}
	if want := []string{"B-8 5.00 true", "B-7 12.00 false", "opening 100000.00 false"}; !slices.Equal(told, want) {
		t.Errorf("deposits are %q, want %q", told, want)
	}
}

// What the list of deposits and a receipt say of the balance is what the statement says, whatever order the entries were
// written in: several of one instant, and one of a node whose clock is behind.
func TestDepositsAgreeWithTheStatement(t *testing.T) {
	w := world.New(t, noon)
	w.At("2026-05-01T12:00:00Z")
	for _, reference := range []string{"B-opening", "A-names"} { // the keys sort the other way round
		w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 10_00, Reference: reference})
	}
	w.Domain(world.Acme, "shop.co")
	w.Pass(6 * day)
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 7_00, Reference: "C-ahead"})
	w.Pass(-20 * time.Millisecond)
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 5_00, Reference: "D-behind"})
	w.Pass(time.Hour)
	after := map[string]ledger.Money{}
	for _, line := range asked[flow.StatementPage](w, world.Acme, flow.Statement{}).Lines {
		after[line.Key] = line.After.Balance
	}
	deposits := asked[flow.OwnDepositPage](w, world.Acme, flow.OwnDeposits{}).Deposits
	for _, d := range deposits {
		want, known := after[ledger.DepositKey(ledger.Party(world.Acme), d.Reference, 1)]
		receipt := asked[registry.Receipt](w, world.Acme, flow.ReceiptShow{ID: d.Receipt})
		if !known || d.Balance != want || receipt.Balance != want {
			t.Errorf("after %s the balance is %s, on the receipt %s, in the statement %s", d.Reference, d.Balance, receipt.Balance, want)
		}
	}
	if len(deposits) != 5 {
		t.Errorf("there are %d deposits", len(deposits))
	}
}
