package flow_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// priceFile is a file with entries, which are put in order of name; its digest is that of what it says.
func priceFile(entries ...registry.PriceEntry) flow.PriceImport {
	slices.SortFunc(entries, func(a, b registry.PriceEntry) int { return strings.Compare(a.Name.String(), b.Name.String()) })
	return flow.PriceImport{Act: act(""), PriceFile: policy.PriceFile{Entries: entries, Digest: fmt.Sprint(entries)}}
}

// importPrices makes entries a list from an instant on.
func importPrices(w *world.World, starts string, entries ...registry.PriceEntry) registry.PriceList {
	w.T.Helper()
	file := priceFile(entries...)
	file.Starts, _ = time.Parse(time.RFC3339, starts)
	l, err := flow.ImportPrices(context.Background(), operator(w), file)
	if err != nil {
		w.T.Fatal(err)
	}
	return l
}

// operator runs commands of the operator.
func operator(w *world.World) func(context.Context, flow.Command) (flow.Reply, error) {
	return func(_ context.Context, cmd flow.Command) (flow.Reply, error) { return w.Run("", cmd) }
}

// priceOf is what a check says that a create of one year costs.
func priceOf(t *testing.T, w *world.World, name string) (total string, premium bool) {
	t.Helper()
	reply, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{name}, Fees: &flow.FeeQuestion{Commands: []flow.FeeCommand{{Name: "create"}}}})
	if err != nil {
		t.Fatal(err)
	}
	fees := reply.([]flow.Checked)[0].Fees
	return fees.Commands[0].Quote.Total().String(), fees.Premium
}

// A list holds from its instant, to the second; what it does not have is standard from then; a price that is set for a
// name alone comes before it, until the next list begins. Decisions 5.3.
func TestPriceListsTakeEachOthersPlace(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	gold, iron, tin := world.Name("gold.co"), world.Name("iron.co"), world.Name("tin.co")
	w.Price(9, "tin.co")
	importPrices(w, "2026-04-01T00:00:00Z", registry.PriceEntry{Name: gold, Tier: 5}, registry.PriceEntry{Name: iron, Create: 99_00})
	importPrices(w, "2026-05-01T00:00:00Z", registry.PriceEntry{Name: gold, Tier: 6}, registry.PriceEntry{Name: tin, Tier: 1})
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{
		{Name: gold, From: time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC), Tier: 10}, {Name: iron, From: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Tier: 2},
	}})
	for range 2 { // the second time as after a restart
		for _, test := range []struct {
			at               string
			gold, iron, tin_ string
		}{
			{"2026-03-31T23:59:59Z", "20.00", "20.00", "5000.00"},
			{"2026-04-01T00:00:00Z", "500.00", "99.00", "20.00"},
			{"2026-04-09T23:59:59Z", "500.00", "99.00", "20.00"},
			{"2026-04-10T00:00:00Z", "10000.00", "99.00", "20.00"},
			{"2026-04-30T23:59:59Z", "10000.00", "99.00", "20.00"},
			{"2026-05-01T00:00:00Z", "1000.00", "50.00", "30.00"},
			{"2027-01-01T00:00:00Z", "1000.00", "50.00", "30.00"},
		} {
			w.At(test.at)
			for name, want := range map[string]string{"gold.co": test.gold, "iron.co": test.iron, "tin.co": test.tin_} {
				got, premium := priceOf(t, w, name)
				if got != want || premium == (want == "20.00") {
					t.Errorf("at %s %s costs %s (premium %t), want %s", test.at, name, got, premium, want)
				}
			}
		}
		w.Reopen()
	}
}

// A name renews itself at the price that held then, however late that is written down.
func TestLateRenewalsHaveThePriceOfTheirTime(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Acme, "gold.co")
	importPrices(w, "2027-02-01T00:00:00Z", registry.PriceEntry{Name: world.Name("gold.co"), Tier: 3})
	importPrices(w, "2027-04-01T00:00:00Z", registry.PriceEntry{Name: world.Name("iron.co"), Tier: 1})
	w.At("2027-05-01T00:00:00Z")
	w.Settle()
	if got := w.Rows("SELECT amount, price_of FROM charge WHERE type = 'Auto-Renewal'"); got != "10000 | tier 3 of list 1\n" {
		t.Errorf("the auto-renewal of 1 March is %q", got)
	}
}

// Whatever operation fails, of an import nothing is in force, and nothing is left when the engine has been by; or all is.
func TestImportIsAllOrNothing(t *testing.T) {
	w := world.New(t, noon)
	entries := make([]registry.PriceEntry, 252) // more than one part
	for i := range entries {
		entries[i] = registry.PriceEntry{Name: world.Name(fmt.Sprintf("p%d.co", i)), Tier: 1}
	}
	file := priceFile(entries...)
	for n := 0; ; n += 1 + n/6 {
		w.Fault.After(n)
		l, err := flow.ImportPrices(context.Background(), operator(w), file)
		w.Fault.Disarm()
		if err == nil {
			if got := w.Rows("SELECT COUNT(*) FROM settlement WHERE list = " + fmt.Sprint(l.ID)); got != "252\n" {
				t.Errorf("the list has %q names", got)
			}
			return
		}
		if got := w.Rows("SELECT COUNT(*) FROM settlement"); got != "0\n" {
			t.Fatalf("operation %d failed, and %q prices are in force", n, got)
		}
		w.Pass(time.Hour)
		for w.Do("", flow.PriceListSweep{Limit: 500}).(int) == 500 {
		}
		w.Do("", flow.PriceListSweep{Limit: 500})
		if got := w.Rows("SELECT COUNT(*) FROM price_entry"); got != "0\n" {
			t.Fatalf("operation %d failed, and %q entries are left", n, got)
		}
	}
}

// A crash in the middle of an import leaves nothing in force; until the engine has dropped the list, or the operator, another
// import is told of it.
func TestImportCutOffByACrash(t *testing.T) {
	w := world.New(t, noon)
	gold := registry.PriceEntry{Name: world.Name("gold.co"), Tier: 5}
	l := w.Do("", flow.PriceListBegin{Act: act(""), Names: 2, Digest: "half"}).(registry.PriceList)
	w.Do("", flow.PriceListStage{List: l.ID, Entries: []registry.PriceEntry{gold}})
	w.Crash()()
	if total, premium := priceOf(t, w, "gold.co"); total != "20.00" || premium {
		t.Errorf("half a list makes gold.co cost %s, premium %t", total, premium)
	}
	if _, err := w.Run("", flow.PriceListPublish{List: l.ID}); err == nil {
		t.Error("half a list was made effective")
	}
	if _, err := flow.ImportPrices(context.Background(), operator(w), priceFile(gold)); err == nil || !strings.Contains(err.Error(), "dorado price drop 1") {
		t.Errorf("another import says %v", err)
	}
	w.Pass(15 * time.Minute)
	if got := w.Do("", flow.PriceListSweep{Limit: 5}).(int); got != 0 {
		t.Errorf("%d entries went with the list", got)
	}
	if got := w.Do("", flow.PriceListSweep{Limit: 5}).(int); got != 1 {
		t.Errorf("%d entries went after the list, want 1", got)
	}
	importPrices(w, "", gold)
	w.Pass(time.Minute)
	if total, _ := priceOf(t, w, "gold.co"); total != "500.00" {
		t.Errorf("the next list makes gold.co cost %s", total)
	}
}

// What a preview says is what the import then does, whatever the prices before and in the file.
func TestPreviewSaysWhatTheImportDoes(t *testing.T) {
	for seed := range uint64(4) {
		w := world.New(t, noon)
		r := rand.New(rand.NewPCG(seed, 0))
		some := func() registry.PriceEntry {
			return registry.PriceEntry{
				Name: world.Name(fmt.Sprintf("name%d.co", r.IntN(12))), Tier: r.IntN(4),
				Create: ledger.Money(r.IntN(2) * 77_00), Renew: ledger.Money(r.IntN(2) * 33_00), Transfer: ledger.Money(r.IntN(2) * 11_00),
			}
		}
		list := func() []registry.PriceEntry {
			byName := map[string]registry.PriceEntry{}
			for range 1 + r.IntN(9) {
				if e := some(); !e.IsStandard() {
					byName[e.Name.String()] = e
				}
			}
			byName["fixed.co"] = registry.PriceEntry{Name: world.Name("fixed.co"), Tier: 1}
			var entries []registry.PriceEntry
			for _, e := range byName {
				entries = append(entries, e)
			}
			return entries
		}
		for i := range 4 {
			w.Domain(world.Acme, fmt.Sprintf("name%d.co", 3*i))
		}
		importPrices(w, "", list()...)
		w.Pass(time.Minute)
		for range 3 {
			e := some()
			w.Do("", flow.PriceSet{Prices: []registry.NamePrice{e.From(w.Now(), 0)}})
		}
		previewed(t, w, priceFile(list()...))
	}
}

// previewed compares the preview of a file with the prices before and after its import.
func previewed(t *testing.T, w *world.World, file flow.PriceImport) {
	t.Helper()
	dump := w.Dump()
	reply, err := w.Ask("", flow.PricePreview{PriceImport: file})
	if err != nil {
		t.Fatal(err)
	}
	if w.Dump() != dump {
		t.Error("a preview has stored something")
	}
	got, want := reply.(flow.PriceDifference), flow.PriceDifference{Starts: reply.(flow.PriceDifference).Starts, Names: len(file.Entries)}
	before := allCosts(t, w)
	if _, err := flow.ImportPrices(context.Background(), operator(w), file); err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Minute)
	after := allCosts(t, w)
	for name, a := range after {
		b := before[name]
		switch {
		case a == b && a.premium:
			want.Stay++
			continue
		case a == b:
			continue
		case !b.premium:
			want.Come++
		case !a.premium:
			want.Go++
		case a.costs == b.costs:
			want.Stay++
			continue
		default:
			want.Change++
		}
		want.Before, want.After = want.Before.Plus(b.costs), want.After.Plus(a.costs)
		if a.registered {
			want.Registered++
			want.RenewBefore += b.costs.Renew
			want.RenewAfter += a.costs.Renew
		}
	}
	got.Examples = nil
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the preview says\n%+v, and the import did\n%+v", got, want)
	}
}

type costs struct {
	premium, registered bool
	costs               policy.Costs
}

// allCosts are what the names of the test cost now, by the one pricing function.
func allCosts(t *testing.T, w *world.World) map[string]costs {
	t.Helper()
	list := map[string]costs{}
	for i := range 13 {
		name := fmt.Sprintf("name%d.co", i)
		if i == 12 {
			name = "fixed.co"
		}
		reply, err := w.Ask("", flow.OfferShow{Name: world.Name(name)})
		if err != nil {
			t.Fatal(err)
		}
		quotes := reply.(flow.OfferDetails).Quotes
		list[name] = costs{quotes[0].IsPremium(), w.Exists("domain", "name", name), policy.Costs{
			Create: quotes[0].Total(), Renew: quotes[1].Total(), Transfer: quotes[2].Total(), Restore: quotes[3].Total(),
		}}
	}
	return list
}

// Two imports at once: one is made effective, and the other is told of it.
func TestOneImportAtATime(t *testing.T) {
	w := world.New(t, noon)
	results := make(chan error, 2)
	for i := range 2 {
		go func() {
			_, err := flow.ImportPrices(context.Background(), operator(w), priceFile(registry.PriceEntry{Name: world.Name("gold.co"), Tier: 1 + i}))
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil && !strings.Contains(err.Error(), "is under way; wait for it") {
			if !strings.Contains(err.Error(), "begins then") {
				t.Error(err)
			}
		}
	}
	if got := w.Rows("SELECT COUNT(*) FROM price_list WHERE state = 'staged'"); got != "0\n" {
		t.Errorf("%q lists are left", got)
	}
	if got := w.Rows("SELECT COUNT(*) FROM price_list WHERE state = 'effective'"); got == "0\n" {
		t.Error("no list is effective")
	}
}

// The operator's commands about price lists.
func TestPriceListsPrecedence(t *testing.T) {
	w := world.New(t, noon)
	gold := []registry.PriceEntry{{Name: world.Name("gold.co"), Tier: 5}}
	importPrices(w, "2026-06-01T00:00:00Z", gold...)
	staged := w.Do("", flow.PriceListBegin{Act: act(""), Names: 2, Digest: "half"}).(registry.PriceList).ID
	digest := priceFile(gold...).Digest
	begin := flow.PriceListBegin{Digest: digest, Starts: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	steps := func(begin *flow.PriceListBegin) []step {
		return []step{
			{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
			{func() { begin.Act = act(""); begin.Reason = "" }, registry.ParameterMissing, "this is not done without a reason; say why"},
			{func() { begin.Act = act("") }, registry.ParameterRange, "a price list has 1 to 2000000 names; change the file"},
			{func() { begin.Names = 1 }, registry.StatusProhibits, "the import of list 2 by ana is under way; wait for it, or if it has stopped: dorado price drop 2"},
			{func() { w.Do("", flow.PriceListDrop{Act: act(""), List: staged}) }, registry.ObjectExists, "this file is list 1 already, from 2026-06-01T00:00:00Z; there is nothing to do"},
			{func() { begin.Digest = "another" }, registry.ObjectExists, "list 1 begins then; begin this one at another instant, or drop that one"},
			{func() { begin.Starts = w.Now().Add(9 * time.Second) }, registry.ParameterRange, "a list begins 10 seconds after it is whole or later; begin it later, or leave the instant out"},
		}
	}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", begin }, steps(&begin), func() { begin.Starts = w.Now().Add(10 * time.Second) })

	staged = 3
	stage := flow.PriceListStage{List: 9}
	publish := flow.PriceListPublish{List: 9}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", stage }, []step{
		{func() {}, registry.ObjectMissing, "there is no such price list; dorado price lists shows all"},
		{func() { stage.List = 1 }, registry.StatusProhibits, "the list is effective and stays as it is; import the file again"},
		{func() { stage.List = staged }, registry.ParameterRange, "this is too little or too much at once; name 1 to 1000 names"},
	}, func() { stage.Entries = gold })
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", publish }, []step{
		{func() {}, registry.ObjectMissing, "there is no such price list; dorado price lists shows all"},
		{func() { publish.List = 2 }, registry.StatusProhibits, "the list is dropped and stays as it is; import the file again"},
		{func() {
			w.Do("", flow.PriceListDrop{Act: act(""), List: staged})
			publish.List = w.Do("", flow.PriceListBegin{Act: act(""), Names: 1, Digest: "x", Starts: w.Now().Add(20 * time.Second)}).(registry.PriceList).ID
		}, registry.StatusProhibits, "the list has 0 of its 1 names; import the file again"},
		{func() {
			w.Do("", flow.PriceListStage{List: publish.List, Entries: gold})
			w.Pass(11 * time.Second)
		}, registry.ParameterRange, "a list begins 10 seconds after it is whole or later; begin it later, or leave the instant out"},
	}, func() { w.Pass(-2 * time.Second) })

	drop := flow.PriceListDrop{List: 9}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", drop }, []step{
		{func() {}, registry.ObjectMissing, "there is no such price list; dorado price lists shows all"},
		{func() { drop.List = publish.List; w.Pass(time.Minute) }, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { drop.Act = act("") }, registry.StatusProhibits, "the list is dropped, in force, was, or will be in a moment; only a later one can be dropped, and the next list takes its place"},
	}, func() { drop.List = 1 })

	w.Pass(time.Hour)
	w.Do("", flow.PriceListSweep{Limit: 10})
	w.Do("", flow.PriceListBegin{Act: act(""), Names: 2, Digest: "half"})
	preview := flow.PricePreview{PriceImport: priceFile()}
	preview.Act, preview.Digest, preview.Starts = flow.Act{}, digest, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", preview }, []step{
		{func() {}, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { preview.Act = act("") }, registry.ParameterRange, "a price list has 1 to 2000000 names; change the file"},
		{func() { preview.Entries = gold }, registry.StatusProhibits, "the import of list 5 by ana is under way; wait for it, or if it has stopped: dorado price drop 5"},
		{func() {
			w.Do("", flow.PriceListDrop{Act: act(""), List: 5})
			importPrices(w, "2026-07-01T00:00:00Z", gold...)
			preview.Starts = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
		}, registry.ObjectExists, "this file is list 6 already, from 2026-07-01T00:00:00Z; there is nothing to do"},
		{func() { preview.Digest = "another" }, registry.ObjectExists, "list 6 begins then; begin this one at another instant, or drop that one"},
		{func() { preview.Starts = w.Now() }, registry.ParameterRange, "a list begins 10 seconds after it is whole or later; begin it later, or leave the instant out"},
	}, func() { preview.Starts = time.Time{} })

	show := flow.PriceListShow{List: 9, Limit: 1}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", show }, []step{
		{func() {}, registry.ObjectMissing, "there is no such price list; dorado price lists shows all"},
	}, func() { show.List = publish.List })
}
