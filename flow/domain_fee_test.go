package flow_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// createOf is a create with nothing unusual about it, and a fee.
func createOf(w *world.World, name string, years int, fee flow.FeeSaid) flow.DomainCreate {
	if !w.Exists("contact", "id", "C") {
		w.Contact(world.Acme, "C")
	}
	return flow.DomainCreate{
		Name: world.Name(name), Years: years, Registrant: "C", Fee: fee,
		Contacts: []flow.Role{{Role: "admin", ID: "C"}, {Role: "tech", ID: "C"}},
	}
}

func fee(total ledger.Money) flow.FeeSaid {
	return flow.FeeSaid{Given: true, Currency: "USD", Total: total}
}

// The life of a premium name with the manual's prices: created for 500, renewed for 200, deleted within both
// graces for a credit of 700. Manual 12.3.
func TestPremiumLife(t *testing.T) {
	w := world.New(t, noon)
	name := world.Name("1126premium-5.co")
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: name, Tier: 5, Renew: 200_00}}})
	before := w.Funds(world.Acme).Available()
	created := w.Do(world.Acme, createOf(w, name.String(), 1, fee(500_00))).(flow.DomainCreated)
	if created.Charged.String() != "500.00 USD" || !created.Charged.IsPremium() || created.Charged.Entry.Tier != 5 {
		t.Errorf("charged %+v", created.Charged)
	}
	renewed := w.Do(world.Acme, flow.DomainRenew{Name: name, CurrentExpiry: created.Expires, Fee: fee(200_00)}).(flow.DomainRenewed)
	if renewed.Charged.String() != "200.00 USD" {
		t.Errorf("the renewal costs %s", renewed.Charged)
	}
	if left := before - w.Funds(world.Acme).Available(); left != 700_00 {
		t.Errorf("both cost %s", left)
	}
	deleted := w.Do(world.Acme, flow.DomainDelete{Name: name}).(flow.DomainDeleted)
	if deleted.Credited != 700_00 || deleted.Currency != "USD" || w.Funds(world.Acme).Available() != before {
		t.Errorf("credited %s %s, and %s is missing", deleted.Credited, deleted.Currency, before-w.Funds(world.Acme).Available())
	}
	w.CheckInvariants()
}

// Time renews a premium name for its own price of that moment, whoever looks first and however late.
func TestPremiumRenewsItself(t *testing.T) {
	w := world.New(t, noon)
	name := world.Name("gold.co")
	w.Price(3, "gold.co")
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: name, Tier: 4, From: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)}}})
	w.Do(world.Acme, createOf(w, "gold.co", 1, fee(100_00)))
	w.At("2029-02-02T00:00:00Z")
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: name, Tier: 1}}})
	w.Settle()
	if got := w.Rows("SELECT amount FROM charge WHERE type = 'Auto-Renewal' ORDER BY at"); strings.ReplaceAll(got, "\n", " ") != "25000 25000 " {
		t.Errorf("the renewals of 2027 and 2028 cost %q, want 250.00 each", got)
	}
	w.CheckInvariants()
}

// Prices are dated: the one in force at the moment of the command counts, until the name is standard again.
func TestPricesAreDated(t *testing.T) {
	w := world.New(t, noon)
	name := world.Name("gold.co")
	at := func(hours int) time.Time { return w.Now().Add(time.Duration(hours) * time.Hour) }
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{
		{Name: name, From: at(2), Tier: 1}, {Name: name, From: at(4), Create: 9_00}, {Name: name, From: at(6)},
	}})
	for hour, want := range []string{"20.00", "20.00", "30.00", "30.00", "9.00", "9.00", "20.00"} {
		answer := feesOf(t, w, &flow.FeeQuestion{Commands: []flow.FeeCommand{{Name: "create"}}}, "gold.co")[0]
		if got := answer.Commands[0].Quote.Total().String(); got != want || answer.Premium != (want != "20.00") {
			t.Errorf("after %d hours a create costs %s, premium %t, want %s", hour, got, answer.Premium, want)
		}
		w.Pass(time.Hour)
	}
}

func feesOf(t *testing.T, w *world.World, q *flow.FeeQuestion, list ...string) []*flow.FeeAnswer {
	t.Helper()
	reply, err := w.Ask(world.Acme, flow.DomainCheck{Names: list, Fees: q})
	if err != nil {
		t.Fatal(err)
	}
	var answers []*flow.FeeAnswer
	for _, c := range reply.([]flow.Checked) {
		answers = append(answers, c.Fees)
	}
	return answers
}

// What a check says of fees: of names that are free, taken, premium, held and none; and of commands that there
// are not. RFC 8748 section 5.1.1.
func TestFeeCheck(t *testing.T) {
	w := world.New(t, noon)
	w.Price(5, "gold.co", "ab.co")
	w.Price(2, "taken-gold.co")
	w.Do(world.Other, createOf(w, "taken-gold.co", 1, fee(50_00)))
	w.Domain(world.Other, "taken.co")
	q := &flow.FeeQuestion{Commands: []flow.FeeCommand{
		{Name: "create", Years: 3}, {Name: "renew", Years: 2}, {Name: "transfer"}, {Name: "restore", Years: 1}, {Name: "delete"}, {Name: "update"},
	}}
	for _, test := range []struct {
		name    string
		premium bool
		amounts string
		reason  string
	}{
		{"free.co", false, "60.00 40.00 20.00 40.00 0.00 0.00", ""},
		{"taken.co", false, "60.00 40.00 20.00 40.00 0.00 0.00", ""},
		{"gold.co", true, "1500.00 1000.00 500.00 40.00 0.00 0.00", ""},
		{"taken-gold.co", true, "150.00 100.00 50.00 40.00 0.00 0.00", ""},
		{"ab.co", true, "1500.00 1000.00 500.00 40.00 0.00 0.00", ""},
		{"xy.co", false, "", "the registry withholds this name; choose another"},
		{"free.org", false, "", "not one label below our zones; they are co, com.co, net.co, nom.co, org.co, edu.co, gov.co, mil.co"},
		{"-a.co", false, "", `not a valid domain name; the label "-a" begins with a hyphen`},
	} {
		answer := feesOf(t, w, q, test.name)[0]
		var amounts []string
		for _, c := range answer.Commands {
			amounts = append(amounts, c.Quote.Total().String())
		}
		if got := strings.Join(amounts, " "); got != test.amounts || answer.Premium != test.premium || answer.Reason != test.reason ||
			answer.IsPriced() != (test.reason == "") || answer.Currency != "USD" {
			t.Errorf("%s costs %s, %+v, want %+v", test.name, got, answer, test)
		}
	}
}

// A command that cannot be priced says why, and takes the name's fees along; the question as a whole is
// refused where it asks for phases that there are not. RFC 8748 sections 3.8 and 5.1.1.
func TestFeeCheckOfOddCommands(t *testing.T) {
	w := world.New(t, noon)
	for _, test := range []struct {
		command flow.FeeCommand
		reason  string
	}{
		{flow.FeeCommand{Name: "create", Phase: "open"}, ""},
		{flow.FeeCommand{Name: "restore", Years: 9, Months: true}, ""},
		{flow.FeeCommand{Name: "custom", Custom: "flip"}, "there is no such command; leave it out"},
		{flow.FeeCommand{Name: "create", Years: 6}, "no such period is sold; a period is 1 to 5 years"},
		{flow.FeeCommand{Name: "renew", Years: 1, Months: true}, "a period is in years; ask for years"},
	} {
		answer := feesOf(t, w, &flow.FeeQuestion{Commands: []flow.FeeCommand{test.command}}, "free.co")[0]
		if answer.Commands[0].Reason != test.reason || answer.IsPriced() != (test.reason == "") {
			t.Errorf("%+v: %+v, want %q", test.command, answer, test.reason)
		}
	}
	if answer := feesOf(t, w, &flow.FeeQuestion{Currency: "EUR", Commands: []flow.FeeCommand{{Name: "create"}}}, "free.co")[0]; answer.Reason != "prices are in USD; ask for them in that currency" || answer.Currency != "USD" {
		t.Errorf("in EUR: %+v", answer)
	}
	for _, test := range []struct {
		commands []flow.FeeCommand
		want     registry.Code
	}{
		{[]flow.FeeCommand{{Name: "create", Phase: "sunrise"}}, registry.ParameterRange},
		{[]flow.FeeCommand{{Name: "create", Phase: "open", Subphase: "x"}}, registry.ParameterRange},
		{[]flow.FeeCommand{{Name: "create", Subphase: "x"}}, registry.ParameterMissing},
		{make([]flow.FeeCommand, 21), registry.ParameterPolicy},
		{make([]flow.FeeCommand, 20), registry.Completed},
	} {
		_, err := w.Ask(world.Acme, flow.DomainCheck{Names: []string{"free.co"}, Fees: &flow.FeeQuestion{Commands: test.commands}})
		if code(err) != test.want {
			t.Errorf("%+v: %v, want %s", test.commands, err, test.want)
		}
	}
}

// A standard name needs no fee, but one that is said must be right; an update costs nothing.
func TestFeeOfStandardNames(t *testing.T) {
	w := world.New(t, noon)
	for _, test := range []struct {
		name string
		fee  flow.FeeSaid
		want registry.Code
	}{
		{"a1.com.co", flow.FeeSaid{}, registry.Completed},
		{"a2.com.co", fee(60_00), registry.Completed},
		{"a3.com.co", flow.FeeSaid{Given: true, Total: 60_00}, registry.Completed},
		{"a4.com.co", fee(20_00), registry.ParameterRange},
		{"a5.com.co", fee(60_01), registry.ParameterRange},
		{"a6.com.co", fee(-60_00), registry.ParameterRange},
		{"a7.com.co", flow.FeeSaid{Given: true, Currency: "EUR", Total: 60_00}, registry.ParameterRange},
	} {
		if _, err := w.Run(world.Acme, createOf(w, test.name, 3, test.fee)); code(err) != test.want {
			t.Errorf("%+v: %v, want %s", test.fee, err, test.want)
		}
	}
	update := flow.DomainUpdate{
		Name: world.Name("a1.com.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientHold}}, Fee: fee(1),
	}
	if _, err := w.Run(world.Acme, update); code(err) != registry.ParameterRange {
		t.Errorf("an update for 0.01: %v", err)
	}
	update.Fee = fee(0)
	w.Do(world.Acme, update)
}

// The operator sees what is settled about a name, and what it costs.
func TestOfferShow(t *testing.T) {
	w := world.New(t, noon)
	w.Price(5, "gold.co")
	reply, err := w.Ask("", flow.OfferShow{Name: world.Name("gold.co")})
	if err != nil {
		t.Fatal(err)
	}
	details := reply.(flow.OfferDetails)
	var costs []string
	for _, q := range details.Quotes {
		costs = append(costs, string(q.Operation)+" "+q.String())
	}
	if want := []string{"create 500.00 USD", "renew 500.00 USD", "transfer 500.00 USD", "restore 40.00 USD"}; !reflect.DeepEqual(costs, want) {
		t.Errorf("it costs %v, want %v", costs, want)
	}
	if _, err := w.Ask("", flow.OfferShow{Name: world.Name("gold.org")}); code(err) != registry.ParameterSyntax {
		t.Errorf("a foreign name: %v", err)
	}
}
