package flow_test

import (
	"context"
	"errors"
	"fmt"
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

// closer closes the months of a world.
func closer(w *world.World) flow.Closer {
	return flow.Closer{
		Service: w.Service, Series: "INV-", First: 1, Issuer: registry.Issuer{Name: "A registry"},
		Do: func(_ context.Context, cmd flow.Command) (flow.Reply, error) { return w.Run("", cmd) },
	}
}

// closeMonths settles what is due and closes every month that is over.
func closeMonths(t *testing.T, w *world.World) []registry.ClosedMonth {
	t.Helper()
	w.Settle()
	closed, err := closer(w).Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return closed
}

// graceLimit sets the add-grace limit of a world.
func graceLimit(w *world.World, l policy.AddGraceLimit) {
	w.Service.Profile.Versions[0].Terms.AddGraceLimit = l
}

// invoices returns what a registrar's invoices say, each with its month.
func invoices(t *testing.T, w *world.World, who registry.RegistrarID) []string {
	t.Helper()
	reply, err := w.Ask("", flow.InvoiceList{InvoiceFilter: registry.InvoiceFilter{Registrar: who}})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, i := range reply.(flow.InvoicePage).Invoices {
		text := fmt.Sprintf("%s %s:", i.Name(), i.Month)
		for _, l := range i.Lines {
			text += fmt.Sprintf(" %d %s in %s %s,", l.Count, l.Type, l.Zone, l.Amount)
		}
		list = append(list, fmt.Sprintf("%s of %s from %s to %s", text, i.Total, i.Opening, i.Closing))
	}
	return list
}

// wantBooks holds if every closed month adds up.
func wantBooks(t *testing.T, w *world.World) flow.BillingChecked {
	t.Helper()
	reply, err := w.Ask("", flow.BillingCheck{})
	if err != nil {
		t.Fatal(err)
	}
	done := reply.(flow.BillingChecked)
	for _, fault := range done.Faults {
		t.Error(fault)
	}
	return done
}

// A month is closed when it is over, with everything that was posted in it and nothing else: a registration in the
// month in which its grace ended, a restore in that of its command. A month without a posting has no invoice.
func TestMonthsAreClosed(t *testing.T) {
	w := world.New(t, "2026-03-10T12:00:00Z")
	w.Domain(world.Acme, "march.co")
	w.Domain(world.Other, "others.com.co")
	w.At("2026-03-29T12:00:00Z")
	w.Domain(world.Acme, "late.co") // posts in April
	w.Domain(world.Acme, "restored.com.co")
	w.At("2026-04-01T00:00:59Z")
	if closed := closeMonths(t, w); closed != nil {
		t.Errorf("a minute is not over, and closed is %+v", closed)
	}
	w.At("2026-04-05T00:00:00Z")
	if closed := closeMonths(t, w); len(closed) != 1 || closed[0].Month != "2026-03" || closed[0].First != 1 || closed[0].Last != 2 {
		t.Fatalf("closed is %+v", closed)
	}
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("restored.com.co")})
	w.Do(world.Acme, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("restored.com.co"), Empty: true}})
	w.At("2026-07-15T00:00:00Z")
	closeMonths(t, w)
	for who, want := range map[registry.RegistrarID][]string{
		world.Acme: {
			"INV-000001 2026-03: 1 Registration in co 20.00, of 20.00 from 0.00 to 99980.00",
			"INV-000003 2026-04: 1 Registration in co 20.00, 1 Registration in com.co 20.00, 1 Auto-Renewal in com.co 20.00, 1 Restore in com.co 40.00, of 100.00 from 99980.00 to 99880.00",
		},
		world.Other: {"INV-000002 2026-03: 1 Registration in com.co 20.00, of 20.00 from 0.00 to 99980.00"},
		world.Poor:  nil,
	} {
		if got := invoices(t, w, who); !slices.Equal(got, want) {
			t.Errorf("the invoices of %s are\n%s\nwant\n%s", who, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	done := wantBooks(t, w)
	if done.Months != 4 || done.Invoices != 3 || done.Charges != 6 || done.Sum != 140_00 {
		t.Errorf("checked are %+v", done)
	}
	w.CheckInvariants()
}

// What changes later does not change an invoice.
func TestInvoicesStay(t *testing.T) {
	w := world.New(t, "2026-03-10T12:00:00Z")
	w.Domain(world.Acme, "march.co")
	w.At("2026-04-05T00:00:00Z")
	closeMonths(t, w)
	before := w.Rows("SELECT * FROM invoice")
	w.Do("", flow.RegistrarSet{Act: act(world.Acme), Name: new("Another name"), Language: new(registry.Spanish)})
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("march.co")})
	w.At("2026-06-05T00:00:00Z")
	w.Settle()
	reply, err := w.Ask("", flow.InvoiceShow{Series: "INV-", Number: 1})
	if err != nil {
		t.Fatal(err)
	}
	if i := reply.(registry.Invoice); i.To.Name != "Registrar H1001" || i.Issuer.Name != "A registry" {
		t.Errorf("the invoice has become %+v", i)
	}
	if after := w.Rows("SELECT * FROM invoice"); after != before {
		t.Errorf("the invoice is\n%s\nand was\n%s", after, before)
	}
}

// The latest deletes above the limit of the month in which they were made are charged again: what was credited for
// the registration, and nothing for the years after the first. Decisions 5.4.
func TestAddGraceLimit(t *testing.T) {
	w := world.New(t, "2026-03-30T12:00:00Z")
	graceLimit(w, policy.AddGraceLimit{Names: 2, Percent: 10})
	w.Price(5, "premium.co") // 500.00
	for _, name := range []string{"a.com.co", "b.com.co", "c.com.co", "d.com.co", "kept.com.co"} {
		w.Domain(world.Acme, name)
	}
	contacts := []flow.Role{{Role: "admin", ID: "X-H1001"}, {Role: "tech", ID: "X-H1001"}}
	w.Do(world.Acme, flow.DomainCreate{
		Name: world.Name("premium.co"), Years: 3, Registrant: "X-H1001", Contacts: contacts, Fee: flow.FeeSaid{Given: true, Total: 1500_00},
	})
	for _, name := range []string{"a.com.co", "b.com.co", "premium.co"} { // one more than two
		w.Pass(time.Minute)
		w.Do(world.Acme, flow.DomainDelete{Name: world.Name(name)})
	}
	w.At("2026-04-02T12:00:00Z")
	for _, name := range []string{"c.com.co", "d.com.co"} { // of April
		w.Do(world.Acme, flow.DomainDelete{Name: world.Name(name)})
	}
	w.At("2026-05-02T12:00:00Z")
	closeMonths(t, w)
	want := []string{
		"INV-000001 2026-03: 1 Add-Grace-Limit in co 500.00, of 500.00 from 0.00 to 99500.00",
		"INV-000002 2026-04: 1 Registration in com.co 20.00, of 20.00 from 99500.00 to 99480.00",
	}
	if got := invoices(t, w, world.Acme); !slices.Equal(got, want) {
		t.Errorf("the invoices are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	wantBooks(t, w)
	w.CheckInvariants()
}

// Ten percent of the month's registrations are more than the least number, rounded down: those undone count, and those
// that can still be undone.
func TestAddGraceLimitPercent(t *testing.T) {
	w := world.New(t, "2026-03-30T12:00:00Z")
	graceLimit(w, policy.AddGraceLimit{Names: 1, Percent: 50})
	for i := range 7 { // of which 3 are allowed
		w.Domain(world.Acme, fmt.Sprintf("name-%d.co", i))
	}
	for i := range 4 {
		w.Pass(time.Minute)
		w.Do(world.Acme, flow.DomainDelete{Name: world.Name(fmt.Sprintf("name-%d.co", i))})
	}
	w.At("2026-04-01T00:01:00Z") // the others are in add grace
	closeMonths(t, w)
	want := "name-3.co | 2026-03-31T23:59:59Z\n"
	got := ""
	reply, err := w.Ask("", flow.Transactions{Registrar: world.Acme, Span: registry.TimesOf("2026-03")})
	if err != nil {
		t.Fatal(err)
	}
	for _, charge := range reply.(flow.TransactionPage).Transactions {
		got += charge.Domain + " | " + charge.At.Format(time.RFC3339) + "\n"
	}
	if got != want {
		t.Errorf("charged again is %s, want %s", got, want)
	}
}

// Fewer names than required are a proposal, which the operator confirms or waives, once. Decisions 5.5.
func TestMinimumRegistrations(t *testing.T) {
	w := world.New(t, "2026-03-10T12:00:00Z") // nine months are left
	w.Service.Profile.Versions[0].Terms.MinimumNewNames = policy.MinimumNewNames{Year: 2, Month: 1, Fee: 500_00}
	for i := range 9 {
		w.Domain(world.Acme, fmt.Sprintf("acme-%d.co", i))
	}
	for i := range 9 {
		w.Domain(world.Other, fmt.Sprintf("other-%d.co", i))
	}
	w.Do(world.Other, flow.DomainDelete{Name: world.Name("other-8.co")})
	w.At("2026-12-30T00:00:00Z")
	w.Domain(world.Deleter, "young.co")
	w.At("2027-01-01T00:01:00Z")
	w.Do(world.Deleter, flow.DomainDelete{Name: world.Name("young.co")}) // of the next year
	closeMonths(t, w)
	reply, err := w.Ask("", flow.ProposalList{Year: 2026})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range reply.([]registry.Proposal) {
		got = append(got, fmt.Sprintf("%s %d of %d in %d", p.Registrar, p.Names, p.Required, p.Months))
	}
	want := []string{"H1002 8 of 9 in 9", "H1003 0 of 9 in 9", "H1004 0 of 9 in 9", "H1005 0 of 9 in 9", "H1006 1 of 9 in 9"}
	if !slices.Equal(got, want) {
		t.Errorf("proposed are %q, want %q", got, want)
	}
	before := w.Funds(world.Other).Balance
	w.Do("", flow.ProposalDecide{Act: act(world.Other), Year: 2026})
	if after := w.Funds(world.Other).Balance; after != before-500_00 {
		t.Errorf("the balance went from %s to %s", before, after)
	}
	w.Do("", flow.ProposalDecide{Act: act(world.Poor), Year: 2026, Waive: true})
	if balance := w.Funds(world.Poor).Balance; balance != 0 {
		t.Errorf("a fee that was waived cost %s", -balance)
	}
	w.At("2027-02-01T00:01:00Z")
	closeMonths(t, w)
	const invoice = "2027-01: 1 Minimum-Registrations in  500.00, of 500.00"
	if list := invoices(t, w, world.Other); !strings.Contains(list[len(list)-1], invoice) {
		t.Errorf("the last invoice is %s, want %s", list[len(list)-1], invoice)
	}
	wantBooks(t, w)
	w.CheckInvariants()
}

// Months are closed one after the other, each when it is over and settled.
func TestMonthPrecedence(t *testing.T) {
	w := everyWorld(t)
	undone := "TRIED"
	w.At("2026-03-20T00:00:00Z")
	w.Exec("UPDATE charge SET state = 'open' WHERE id = (SELECT MIN(id) FROM charge WHERE state = 'posted')")
	month := ledger.Month("2026-07")
	settled := func() { w.Exec("UPDATE charge SET state = 'posted' WHERE state = 'open' AND ended > 0") }
	steps := func() []step {
		return []step{
			{func() {}, registry.ParameterPolicy, "months are closed one after the other; close 2026-03 first"},
			{func() { month = "2026-03" }, registry.ParameterPolicy, "the month is not over; wait until its end"},
			{func() { w.At("2026-04-01T00:01:00Z") }, registry.StatusProhibits, "something that was due at 2026-03-06T12:00:00Z is not settled; the engine settles it first"},
		}
	}
	charge := func() (registry.RegistrarID, flow.Command) {
		return "", flow.AddGraceCharge{Month: month, Charges: []string{undone}}
	}
	undone = "NOBODY"
	precedence(t, w, charge, append(steps(), step{
		settled, registry.ParameterPolicy, "this is no registration that was credited in the month; charge only those again",
	}), func() { undone = "TRIED" })
	w.At("2026-03-20T00:00:00Z")
	w.Exec("UPDATE charge SET state = 'open' WHERE id = (SELECT MIN(id) FROM charge WHERE state = 'posted' AND id <> 'TRIED/add-grace-limit')")
	month = "2026-07"
	precedence(t, w, func() (registry.RegistrarID, flow.Command) {
		return "", flow.MonthClose{Month: month, Series: "INV-", First: 1}
	}, steps(), settled)
}

// The operator decides a fee that was proposed, with a reason and once.
func TestProposalDecidePrecedence(t *testing.T) {
	w := everyWorld(t)
	cmd := flow.ProposalDecide{Act: flow.Act{Registrar: world.Stranger}, Year: 2024}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return "", cmd }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { cmd.Registrar = world.Acme }, registry.ParameterMissing, "there is no author; name who decided it"},
		{func() { cmd.Author = "ana" }, registry.ParameterMissing, "this is not done without a reason; say why"},
		{func() { cmd.Reason = "a test" }, registry.ObjectMissing, "no fee is proposed for the registrar and the year; dorado billing proposals shows all"},
	}, func() { cmd.Year = 2025 })
	_, err := w.Run("", cmd)
	wantRefusal(t, err, registry.StatusProhibits, "the fee is confirmed by ana; it stays so")
}

// The queries about months and invoices.
func TestBillingQueriesPrecedence(t *testing.T) {
	w := everyWorld(t)
	who := world.Stranger
	for _, query := range []func() flow.Query{
		func() flow.Query { return flow.Transactions{Registrar: who, Span: registry.TimesOf("2026-03")} },
		func() flow.Query { return flow.MonthDraft{Registrar: who, Month: "2026-03"} },
	} {
		who = world.Stranger
		questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", query() }, []step{
			{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		}, func() { who = world.Acme })
	}
	show := flow.InvoiceShow{Series: "OLD-", Number: 8}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", show }, []step{
		{func() {}, registry.ObjectMissing, "there is no such invoice; the list of invoices shows those that there are"},
	}, func() { show.Number = 7 })
	check := flow.BillingCheck{Month: "2026-03"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", check }, []step{
		{func() {}, registry.ObjectMissing, "the month is not closed; dorado billing months shows those that are"},
	}, func() { check.Month = "2026-02" })
}

// No charge ends in a month that is closed. One that comes late is posted in the next, and a command that comes late
// is done at a later instant.
func TestClosedMonthsStayClosed(t *testing.T) {
	w := world.New(t, "2026-03-10T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	w.At("2026-04-02T00:00:00Z")
	closeMonths(t, w)
	w.Domain(world.Acme, "other.co")
	w.Exec("UPDATE charge SET posts_at = $1 WHERE state = 'open'", time.Date(2026, 3, 31, 23, 59, 59, 0, time.UTC).UnixMicro())
	w.At("2026-05-02T00:00:00Z")
	closeMonths(t, w)
	want := []string{
		"INV-000001 2026-03: 1 Registration in co 20.00, of 20.00 from 0.00 to 99980.00",
		"INV-000002 2026-04: 1 Registration in co 20.00, of 20.00 from 99980.00 to 99960.00",
	}
	if got := invoices(t, w, world.Acme); !slices.Equal(got, want) {
		t.Errorf("the invoices are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	wantBooks(t, w)

	w.Domain(world.Acme, "third.co")
	w.At("2026-04-30T23:59:59Z") // by the clock of a node that is behind
	if _, err := w.Run(world.Acme, flow.DomainDelete{Name: world.Name("third.co")}); err == nil || refusal(err) != nil {
		t.Errorf("a delete in a closed month: %v, want a fault", err)
	}
}

// Whatever is done to the books by hand, the check says so, and the month that is closed next is told as a fault.
func TestBillingCheckFails(t *testing.T) {
	for _, test := range []struct{ name, spoil, says string }{
		{"a posting more", "INSERT INTO charge SELECT 'X', party, object, subject, type, amount, at, posts_at, grace_days, authorises, state, ended, price_of FROM charge WHERE party = 'H1001'", "posted is 2 Registration of 40.00, and on the invoice 1 Registration of 20.00"},
		{"a posting less", "DELETE FROM charge WHERE party = 'H1001'", "H1001: posted is nothing"},
		{"another amount", "UPDATE charge SET amount = 1999 WHERE party = 'H1001'", "posted is 1 Registration of 19.99"},
		{"a type", "UPDATE charge SET type = 'Renewal' WHERE party = 'H1001'", "posted is 1 Renewal of 20.00"},
		{"an invoice less", "DELETE FROM invoice WHERE number = 1", "on the invoice nothing"},
		{"a gap", "UPDATE invoice SET number = 3 WHERE number = 2", "has the numbers 1 to 3 and 2 invoices"},
		{"a balance", "UPDATE month_balance SET balance = balance + 1 WHERE party = 'H1001'", "its last balance is 99980.00"},
		{"an early posting", "UPDATE charge SET ended = 1 WHERE party = 'H1001'", "before 2026-03, the first month that was closed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world.New(t, "2026-03-10T12:00:00Z")
			w.Domain(world.Acme, "shop.co")
			w.Domain(world.Other, "other.co")
			w.At("2026-04-02T00:00:00Z")
			months := closeMonths(t, w)
			wantBooks(t, w)
			w.Exec(test.spoil)
			err := closer(w).Check(t.Context(), flow.BillingCheck{Month: months[0].Month})
			if !errors.Is(err, flow.ErrBooks) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the check says %v, want %q", err, test.says)
			}
		})
	}
}

// The transactions of a span come in pages or one after the other, each once and in order of when they were posted.
func TestTransactions(t *testing.T) {
	w := world.New(t, "2026-03-10T12:00:00Z")
	for i := range 7 {
		w.Domain(world.Acme, fmt.Sprintf("name-%d.com.co", i))
		if i%3 == 0 {
			w.Pass(time.Hour)
		}
	}
	w.At("2026-04-02T00:00:00Z")
	w.Settle()
	q := flow.Transactions{Registrar: world.Acme, Span: registry.TimesOf("2026-03"), Limit: 2}
	var all []flow.Transaction
	if err := w.Service.EachTransaction(t.Context(), q, func(tr flow.Transaction) error { all = append(all, tr); return nil }); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, tr := range all {
		seen[tr.Domain] = true
		if i > 0 && tr.Posted.Before(all[i-1].Posted) {
			t.Errorf("%s comes too late", tr.Domain)
		}
		if tr.Posted.Sub(tr.At) != 5*24*time.Hour || tr.GraceDays != 5 || tr.Currency != "USD" || tr.Amount != 20_00 || tr.Zone() != "com.co" {
			t.Errorf("a transaction is %+v", tr)
		}
	}
	if len(all) != 7 || len(seen) != 7 {
		t.Errorf("%d transactions of %d names, want 7 of 7", len(all), len(seen))
	}
	q.Span.To = all[3].Posted
	reply, err := w.Ask("", flow.Transactions{Registrar: q.Registrar, Span: q.Span})
	if err != nil || len(reply.(flow.TransactionPage).Transactions) > 3 {
		t.Errorf("before the fourth were posted %+v, %v", reply, err)
	}
}

// An invoice tells what of a balance was credited, written off or waived: a fee that was taken back stays a line of it.
func TestInvoiceTellsAdjustments(t *testing.T) {
	w := world.New(t, "2026-03-10T12:00:00Z")
	w.Service.Profile.Versions[0].Terms.MinimumNewNames = policy.MinimumNewNames{Year: 2, Month: 1, Fee: 500_00}
	w.At("2027-01-10T00:00:00Z")
	closeMonths(t, w)
	w.Do("", flow.ProposalDecide{Act: act(world.Poor), Year: 2026})
	for _, a := range []flow.Adjustment{
		{What: registry.MoneyWriteOff, Amount: 30_00}, {What: registry.MoneyCredit, Amount: 5_00}, {What: registry.MoneyDebit, Amount: 1_00},
	} {
		a.Act = act(world.Poor)
		w.Do("", a)
	}
	fee := strings.TrimSpace(w.Rows("SELECT id FROM charge WHERE type = 'Minimum-Registrations'"))
	w.Do("", flow.FeeWaiver{Act: act(world.Poor), Charge: fee})
	w.At("2027-02-02T00:00:00Z")
	closeMonths(t, w)
	reply, err := w.Ask("", flow.InvoiceList{InvoiceFilter: registry.InvoiceFilter{Registrar: world.Poor}})
	if err != nil {
		t.Fatal(err)
	}
	i := reply.(flow.InvoicePage).Invoices[0]
	if i.Total != 500_00 || i.Adjusted != 534_00 || i.Credited != 4_00 || i.WrittenOff != 30_00 || i.Waived != 500_00 || i.Closing != 34_00 {
		t.Errorf("the invoice is %+v", i)
	}
	wantBooks(t, w)
	body := w.Rows("SELECT body FROM invoice WHERE party = 'H1003'")
	w.Exec("UPDATE invoice SET body = '" + strings.Replace(strings.TrimSpace(body), `"Waived":50000`, `"Waived":50001`, 1) + "' WHERE party = 'H1003'")
	reply, err = w.Ask("", flow.BillingCheck{})
	if err != nil {
		t.Fatal(err)
	}
	if faults := reply.(flow.BillingChecked).Faults; len(faults) != 1 || !strings.Contains(faults[0], "parts") {
		t.Errorf("faults %q", faults)
	}
}

// An account that was on hold in the new year already is charged for the old one when that is closed: it goes on hold
// again from then on, once, and everybody's months are closed. Decisions 5.4, 5.5.
func TestMonthIsClosedAfterAHoldOfTheNext(t *testing.T) {
	for _, before := range []bool{true, false} { // a hold of the old year, too
		t.Run(fmt.Sprintf("before %t", before), func(t *testing.T) {
			w := world.New(t, "2026-12-10T12:00:00Z")
			graceLimit(w, policy.AddGraceLimit{Names: 1})
			w.Contact(world.Poor, "C")
			deposits := 0
			deposit := func(amount ledger.Money) {
				t.Helper()
				deposits++
				w.Do("", flow.Deposit{Author: "ana", Registrar: world.Poor, Amount: amount, Reference: fmt.Sprint("R-", deposits)})
			}
			debit := func(amount ledger.Money) {
				t.Helper()
				w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyDebit, Amount: amount})
			}
			deposit(100_00)
			for i := range 4 { // three above the limit: 60.00 at the close
				name := fmt.Sprintf("name-%d.co", i)
				w.Do(world.Poor, poorCreate(name))
				w.Do(world.Poor, flow.DomainDelete{Name: world.Name(name)})
			}
			if before {
				debit(100_01)
				deposit(100_01)
			}
			w.At("2027-01-01T00:00:05Z")
			debit(100_01)
			deposit(1_01) // 1.00 is left, and the hold is over
			w.At("2027-01-01T00:02:00Z")
			closeMonths(t, w)
			wantBooks(t, w)
			const held = "2 | 1798761720000000 | 1798761720000000 | -105900\n" // with the fee of the second hold
			if got := w.Rows("SELECT holds, hold_since, last_hold, balance FROM funds WHERE party = 'H1003'"); got != held {
				t.Errorf("the account is %s, want %s", got, held)
			}
			deposit(2000_00)
			debit(1000_00)
			w.At("2027-02-02T00:00:00Z")
			closeMonths(t, w)
			wantBooks(t, w)
			w.CheckInvariants()
		})
	}
}
