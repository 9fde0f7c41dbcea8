package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// asked is what a query answers that has to.
func asked[T any](w *world.World, who registry.RegistrarID, q flow.Query) T {
	w.T.Helper()
	reply, err := w.Ask(who, q)
	if err != nil {
		w.T.Fatal(err)
	}
	return reply.(T)
}

// busyWorld is a registry in which names of two registrars were made, renewed, transferred, deleted and left to time, and
// nobody has written down what time did since some day.
func busyWorld(t *testing.T) *world.World {
	w := world.New(t, "2026-03-10T12:00:00Z")
	for _, name := range []string{"keeps.co", "undone.co", "moves.co", "asked.co", "goes.co", "restored.co"} {
		w.Domain(world.Acme, name)
	}
	w.Domain(world.Deleter, "lapses.co")
	w.Domain(world.Other, "others.co")
	w.At("2026-03-12T12:00:00Z")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("undone.co")})
	w.At("2026-05-20T12:00:00Z")
	w.Settle()
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("goes.co")})
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("restored.co")})
	w.Do(world.Acme, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("restored.co"), Empty: true}})
	for _, name := range []string{"moves.co", "asked.co"} {
		w.Do(world.Other, flow.DomainTransfer{Name: world.Name(name), AuthInfo: new("domain-secret")})
	}
	w.Do(world.Acme, flow.DomainTransferEnd{Name: world.Name("moves.co"), How: registry.TransferClientApproved})
	return w
}

// The figures of an account are the same wherever they are asked for, and whether the engine has worked or not.
func TestAccountFiguresAgree(t *testing.T) {
	w := busyWorld(t)
	for _, at := range []string{
		"2026-05-20T12:00:01Z", "2026-05-26T00:00:00Z", "2026-07-30T00:00:00Z", "2027-03-11T00:00:00Z", "2027-04-28T00:00:00Z", "2027-07-01T00:00:00Z",
	} {
		w.At(at)
		for _, who := range []registry.RegistrarID{world.Acme, world.Other, world.Deleter, world.Held} {
			late := accountFigures(w, who)
			if at == "2027-03-11T00:00:00Z" && who == world.Acme && !strings.Contains(late, "renewals 1 of 20.00") {
				t.Errorf("a name has renewed itself, but the figures are\n%s", late)
			}
			w.Settle()
			if diff := cmp.Diff(late, accountFigures(w, who)); diff != "" {
				t.Errorf("%s at %s, before and after the engine has settled:\n%s", who, at, diff)
			}
		}
	}
	w.CheckInvariants()
}

// accountFigures asks for everything that shows how an account stands, fails where two disagree, and tells it.
func accountFigures(w *world.World, who registry.RegistrarID) string {
	w.T.Helper()
	outlook := asked[flow.Outlook](w, who, flow.AccountOutlook{})
	account := asked[flow.RegistrarAccount](w, who, flow.Account{})
	operators := asked[flow.RegistrarAccount](w, "", flow.RegistrarShow{ID: who})
	_, _, end := statementOf(w, flow.Statement{Registrar: who})
	f := outlook.Funds
	for _, other := range []ledger.Funds{account.Funds, operators.Funds} {
		if other.CurrentBalance() != f.CurrentBalance() || other.Available() != f.Available() {
			w.T.Errorf("%s at %s: %s and %s are available here, and elsewhere %s and %s", who, w.Now(), f.CurrentBalance(), f.Available(),
				other.CurrentBalance(), other.Available())
		}
	}
	if end.Balance != f.CurrentBalance() || end.Authorised != outlook.SetAside() {
		w.T.Errorf("%s at %s: the statement ends with %v, and the account has %s, %s set aside", who, w.Now(), end, f.CurrentBalance(), outlook.SetAside())
	}
	open := openCharges(w, who, 0)
	var aside, renewals ledger.Money
	count := int64(0)
	var list []string
	for _, c := range open {
		if c.Authorises {
			aside += c.Amount
		} else {
			renewals, count = renewals+c.Amount, count+1
		}
		list = append(list, fmt.Sprintf("%s %s %s %s", c.PostsAt.Format(time.DateTime), c.Type, c.Subject, c.Amount))
	}
	if aside != outlook.SetAside() || renewals != outlook.Renewals.Amount || count != outlook.Renewals.Count {
		w.T.Errorf("%s at %s: open charges set aside %s, with %d renewals of %s, and the account has %s and %+v:\n%s", who, w.Now(), aside, count, renewals,
			outlook.SetAside(), outlook.Renewals, strings.Join(list, "\n"))
	}
	for limit := 1; limit < 4; limit++ {
		if diff := cmp.Diff(open, openCharges(w, who, limit)); diff != "" {
			w.T.Errorf("%s at %s, in pages of %d:\n%s", who, w.Now(), limit, diff)
		}
	}
	if n := min(len(open), len(outlook.Next)); len(open) > n && n < 5 || !cmp.Equal(open[:n], outlook.Next[:n]) {
		w.T.Errorf("%s at %s: next is %+v of\n%s", who, w.Now(), outlook.Next, strings.Join(list, "\n"))
	}
	return fmt.Sprintf("balance %s, set aside %s, available %s, renewals %d of %s, open %s, history %s", f.CurrentBalance(), outlook.SetAside(), f.Available(),
		outlook.Renewals.Count, outlook.Renewals.Amount, strings.Join(list, "; "), historyText(w, who))
}

// openCharges asks for all open charges, in pages.
func openCharges(w *world.World, who registry.RegistrarID, limit int) (list []ledger.Charge) {
	w.T.Helper()
	for q := (flow.OpenCharges{Limit: limit}); ; {
		page := asked[flow.OpenChargePage](w, who, q)
		list = append(list, page.Charges...)
		if q.After = page.Next; page.Next == (registry.Place{}) {
			return list
		}
	}
}

// historyText tells the months of an account in which there was something.
func historyText(w *world.World, who registry.RegistrarID) string {
	var parts []string
	for _, p := range asked[[]flow.AccountPeriod](w, who, flow.AccountHistory{Periods: 24}) {
		if p.Created+p.Gone+p.In+p.Out > 0 || len(p.Lines) > 0 {
			parts = append(parts, fmt.Sprintf("%s: +%d -%d in %d out %d = %d, %s", p.From.Format("2006-01"), p.Created, p.Gone, p.In, p.Out, p.Names, p.Total()))
		}
	}
	return strings.Join(parts, "; ")
}

// What an account has spent in a month is what its invoice says; the names that it had are those that it has, less what
// came since; and weeks make the same sums.
func TestAccountHistory(t *testing.T) {
	w := busyWorld(t)
	w.At("2027-07-01T00:02:00Z")
	before := historyText(w, world.Acme) + historyText(w, world.Other) + historyText(w, world.Deleter)
	closeMonths(t, w)
	if diff := cmp.Diff(before, historyText(w, world.Acme)+historyText(w, world.Other)+historyText(w, world.Deleter)); diff != "" {
		t.Errorf("before and after the months were closed:\n%s", diff)
	}
	for who, want := range map[registry.RegistrarID]string{
		world.Acme: "2026-03: +6 -1 in 0 out 0 = 5, 100.00; 2026-05: +0 -0 in 0 out 2 = 3, 60.00; 2026-06: +0 -1 in 0 out 0 = 2, 0.00; " +
			"2027-04: +0 -0 in 0 out 0 = 2, 20.00",
		world.Other: "2026-03: +1 -0 in 0 out 0 = 1, 20.00; 2026-05: +0 -0 in 2 out 0 = 3, 40.00; 2027-04: +0 -0 in 0 out 0 = 3, 20.00",
	} {
		if got := historyText(w, who); got != want {
			t.Errorf("the history of %s is\n%s\nwant\n%s", who, got, want)
		}
		months := asked[[]flow.AccountPeriod](w, who, flow.AccountHistory{Periods: 24})
		for _, i := range asked[flow.OwnInvoicePage](w, who, flow.OwnInvoices{}).Invoices {
			at := slices.IndexFunc(months, func(p flow.AccountPeriod) bool { return p.From.Equal(i.Month.From()) })
			if at < 0 || months[at].Total() != i.Total {
				t.Errorf("the invoice of %s is of %s, and the history has %+v", i.Month, i.Total, months[at])
			}
		}
		var sums [2]ledger.Money
		for n, list := range [][]flow.AccountPeriod{months, asked[[]flow.AccountPeriod](w, who, flow.AccountHistory{Weeks: true, Periods: 60})} {
			for _, p := range list {
				if p.From.Before(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)) {
					continue
				}
				sums[n] += p.Total()
			}
			if got := fmt.Sprint(list[len(list)-1].Names); !strings.HasSuffix(w.Rows("SELECT COUNT(*) FROM domain WHERE sponsor = $1", who), got+"\n") {
				t.Errorf("now %s has %s names", who, got)
			}
		}
		if sums[0] != sums[1] || sums[0] == 0 {
			t.Errorf("months make %s, and weeks %s", sums[0], sums[1])
		}
	}
	wantBooks(t, w)
	w.Exec("UPDATE account_day SET amount = amount + 1 WHERE kind = 'posted:Restore'")
	done := asked[flow.BillingChecked](w, "", flow.BillingCheck{})
	if len(done.Faults) != 1 || !strings.Contains(done.Faults[0], "counted day by day 1 Auto-Renewal of 20.00, 1 Restore of 40.01") {
		t.Errorf("a wrong count is found as %q", done.Faults)
	}
}

// A statement that begins with the latest entry is the same one the other way round; one of what moved the balance has
// the same balances; and what opens one is what all entries before it make, wherever a day is sealed.
func TestStatementNewest(t *testing.T) {
	w := busyWorld(t)
	w.At("2027-04-28T00:00:00Z")
	check := func(when string) {
		t.Helper()
		for _, span := range []flow.Statement{
			{Registrar: world.Acme},
			{Registrar: world.Acme, Since: march(13), Until: march(16)},
			{Registrar: world.Acme, Since: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC), Until: time.Date(2027, 4, 20, 0, 0, 0, 0, time.UTC)},
			{Registrar: world.Acme, Since: time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)},
		} {
			for _, moved := range []bool{false, true} {
				span.Moved, span.Newest, span.Limit = moved, false, 0
				want, opening, closing := statementOf(w, span)
				slices.Reverse(want)
				for _, limit := range []int{1, 3, 100} {
					span.Newest, span.Limit = true, limit
					var got []string
					first := flow.StatementPage{}
					for q := span; ; {
						page := asked[flow.StatementPage](w, "", q)
						if q.After == "" {
							first = page
						}
						for _, l := range page.Lines {
							got = append(got, fmt.Sprintf("%s %s %s %s: %s, %s", l.At.Format(time.DateTime), l.Text, l.Change.Balance, l.Change.Authorised, l.After.Balance, l.After.Authorised))
						}
						if q.After = page.Next; q.After == "" {
							if page.Opening != opening || first.Closing != closing {
								t.Errorf("%s, %+v: from %v to %v, want %v to %v", when, span, page.Opening, first.Closing, opening, closing)
							}
							break
						}
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s, %+v:\n%s", when, span, diff)
					}
				}
			}
		}
	}
	check("before the engine has settled")
	w.Settle()
	check("after it has")
	sealAll(w)
	check("after days are sealed")
	for day := march(9); day.Before(w.Now()); day = day.AddDate(0, 0, 7) {
		page := asked[flow.StatementPage](w, world.Acme, flow.Statement{Since: day, Limit: 1})
		var want flow.StatementBalances
		for _, b := range asked[flow.BalancesAt](w, "", flow.Balances{Registrar: world.Acme, At: day.Add(-time.Microsecond)}).Accounts {
			switch b.Account {
			case ledger.Prepaid("H1001"):
				want.Balance = b.Balance
			case ledger.Authorised("H1001"):
				want.Authorised = b.Balance
			}
		}
		if page.Opening != want {
			t.Errorf("on %s the statement opens with %v, and all entries make %v", day, page.Opening, want)
		}
	}
}

// A hold is told with what it takes to end it, and what the next one costs.
func TestOutlookOfAHold(t *testing.T) {
	w := world.New(t, noon)
	move := func(what registry.MoneyKind, amount ledger.Money) {
		w.T.Helper()
		w.Do("", flow.Adjustment{Act: flow.Act{Registrar: world.Poor, Author: "ana", Reason: "a test"}, What: what, Amount: amount})
	}
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"at first", func() {}, "false, lacks 0.00, 0 this year, next 0.00"},
		{"below the minimum", func() { move(registry.MoneyDebit, 10_00) }, "true, lacks 10.00, 1 this year, next 1000.00"},
		{"paid", func() { move(registry.MoneyCredit, 10_00) }, "false, lacks 0.00, 1 this year, next 1000.00"},
		{"below it again", func() { move(registry.MoneyDebit, 1_00) }, "true, lacks 1001.00, 2 this year, next 1000.00"},
		{"a new year", func() { w.At("2027-01-01T00:00:00Z") }, "true, lacks 1001.00, 0 this year, next 0.00"},
	} {
		step.do()
		o := asked[flow.Outlook](w, world.Poor, flow.AccountOutlook{})
		if got := fmt.Sprintf("%t, lacks %s, %d this year, next %s", o.OnHold, o.Missing, o.HoldsOfYear, o.NextHold); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}

// Who asks has to be a registrar.
func TestAccountQueriesPrecedence(t *testing.T) {
	w := world.New(t, noon)
	const nobody = "there is no such registrar; dorado registrar list shows all"
	who, history := world.Stranger, flow.AccountHistory{Periods: 61}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, history }, []step{
		{func() {}, registry.ObjectMissing, nobody},
		{func() { who = world.Acme }, registry.ParameterRange, "the history has 1 to 60 months or weeks; ask for fewer"},
	}, func() { history.Periods = 60 })
	who, search := world.Stranger, flow.PremiumSearch{After: "x", Prices: registry.PriceSpan{From: 2, To: 1}}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, search }, []step{
		{func() {}, registry.ObjectMissing, nobody},
		{func() { who = world.Acme }, registry.ParameterSyntax, "this names no page; give the Next of the page before as it was"},
		{func() { search.After = "1.1.gold.co" }, registry.ParameterRange, "the highest price is below the lowest, or one is below zero; give two amounts, the lower one first"},
	}, func() { search.Prices.To = 0 })
	for _, q := range []flow.Query{flow.AccountOutlook{}, flow.OpenCharges{}, flow.ZonePrices{}, flow.OwnInvoices{}, flow.OwnDeposits{}} {
		who = world.Stranger
		questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, q }, []step{
			{func() {}, registry.ObjectMissing, nobody},
		}, func() { who = world.Acme })
	}
}
