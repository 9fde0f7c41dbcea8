package flow_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// statementOf returns all of a statement, asked for in pages of some entries.
func statementOf(w *world.World, q flow.Statement) (lines []string, opening, closing flow.StatementBalances) {
	w.T.Helper()
	for first := true; first || q.After != ""; first = false {
		reply, err := w.Ask("", q)
		if err != nil {
			w.T.Fatal(err)
		}
		page := reply.(flow.StatementPage)
		if first {
			opening = page.Opening
		} else if page.Opening != closing {
			w.T.Errorf("a page begins with %v, and the one before ended with %v", page.Opening, closing)
		}
		for _, l := range page.Lines {
			lines = append(lines, fmt.Sprintf("%s %s %s %s: %s, %s", l.At.Format(time.DateTime), l.Text, l.Change.Balance, l.Change.Authorised, l.After.Balance, l.After.Authorised))
		}
		closing, q.After = page.Closing, page.Next
	}
	return lines, opening, closing
}

// A statement has every entry of its period with what it did, in pages of any size, whether or not the engine has
// written down what came due; and the balances at an instant are those of the statement up to it.
func TestStatement(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 50_00, Reference: "R-9"})
	w.Domain(world.Other, "other.co")
	w.At("2026-03-06T12:00:00Z")
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 1_00, Reference: "R-10"})
	want := []string{
		"2026-03-01 12:00:00 Registration shop.co 0.00 20.00: 100000.00, 20.00",
		"2026-03-01 12:00:00 Deposit R-9 50.00 0.00: 100050.00, 20.00",
		"2026-03-01 12:00:00 Deposit opening 100000.00 0.00: 200050.00, 20.00",
		"2026-03-06 12:00:00 Registration shop.co -20.00 0.00: 0.00, 0.00",
	}
	whole, opening, closing := statementOf(w, flow.Statement{Registrar: world.Acme})
	if len(whole) != 6 || opening != (flow.StatementBalances{}) {
		t.Fatalf("the statement is\n%s\nafter %v", strings.Join(whole, "\n"), opening)
	}
	for _, line := range want {
		what, _, _ := strings.Cut(line, ": ")
		if !strings.Contains(strings.Join(whole, "\n"), what) {
			t.Errorf("no line %q in\n%s", what, strings.Join(whole, "\n"))
		}
	}
	funds := w.Funds(world.Acme)
	if closing.Balance != funds.CurrentBalance() || closing.Authorised != funds.Authorised-funds.DueAuthorised {
		t.Errorf("it ends with %v, and the funds are %+v", closing, funds)
	}
	check := func(when string) {
		for limit := 1; limit < 8; limit++ {
			lines, _, end := statementOf(w, flow.Statement{Registrar: world.Acme, Limit: limit})
			if diff := cmp.Diff(whole, lines); diff != "" || end != closing {
				t.Errorf("%s, in pages of %d: ends with %v\n%s", when, limit, end, diff)
			}
		}
	}
	check("before the engine has settled")
	w.Settle()
	check("after it has")

	sixth := time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)
	before, _, middle := statementOf(w, flow.Statement{Registrar: world.Acme, Until: sixth})
	after, opening, end := statementOf(w, flow.Statement{Registrar: world.Acme, Since: sixth})
	if diff := cmp.Diff(whole, append(before, after...)); diff != "" || opening != middle || end != closing {
		t.Errorf("in two periods: %v, %v, %v\n%s", middle, opening, end, diff)
	}
	for _, test := range []struct {
		of   registry.RegistrarID
		at   time.Time
		want string
	}{
		{world.Acme, sixth, "authorised:H1001 20.00, bank -100050.00, prepaid:H1001 100050.00, uncommitted:H1001 -20.00, "},
		{world.Acme, time.Time{}, "authorised:H1001 0.00, bank -100051.00, prepaid:H1001 100031.00, revenue:Registration 20.00, uncommitted:H1001 0.00, "},
	} {
		reply, err := w.Ask("", flow.Balances{Registrar: test.of, At: test.at})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, b := range reply.(flow.BalancesAt).Accounts {
			got += fmt.Sprintf("%s %s, ", b.Account, b.Balance)
		}
		if got != test.want {
			t.Errorf("the balances at %s are %s\nwant %s", test.at, got, test.want)
		}
	}
	reply, err := w.Ask("", flow.Balances{})
	var sum ledger.Money
	for _, b := range reply.(flow.BalancesAt).Accounts {
		sum += b.Balance
	}
	if err != nil || sum != 0 {
		t.Errorf("all accounts make %s, %v", sum, err)
	}
}

// What is asked of the ledger is refused in this order.
func TestLedgerPrecedence(t *testing.T) {
	w := world.New(t, noon)
	who, q := world.Other, flow.Statement{
		Registrar: "H9", Limit: 5000, Since: w.Now(), Until: w.Now(), After: "x",
	}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, q }, []step{
		{func() {}, registry.Authorization, "the statement is another registrar's; ask for your own"},
		{func() { who = "" }, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { q.Registrar = world.Acme }, registry.ParameterPolicy, "a page has 1 to 1000 entries; ask for the next one with its Next"},
		{func() { q.Limit = 10 }, registry.ParameterRange, "the span of time ends before it begins; give a later end"},
		{func() { q.Until = w.Now().Add(1) }, registry.ParameterSyntax, "this names no page; give the Next of the page before as it was"},
	}, func() { q.After = "1.2.3.key" })

	balances := flow.Balances{Registrar: "H9", At: w.Now().Add(time.Hour)}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", balances }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { balances.Registrar = world.Acme }, registry.ParameterRange, "the instant is ahead, and what will be is not known; give one that has been"},
	}, func() { balances.At = time.Time{} })

	heads := flow.Heads{Limit: -1}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", heads }, []step{
		{func() {}, registry.ParameterPolicy, "a page has 1 to 1000 days; ask for the next one from the day after its last"},
	}, func() { heads.Limit = 1 })

	check := flow.SealCheck{Registrar: "H9"}
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", check }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
	}, func() { check.Registrar = world.Acme })

	proof := flow.StatementProof{Registrar: "H9", From: march(5), To: march(4), Begin: nowhere}
	const unsealed = "this day of the ledger is not sealed; dorado ledger heads lists those that are, and a day follows soon after its end"
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return "", proof }, []step{
		{func() {}, registry.ObjectMissing, "there is no such registrar; dorado registrar list shows all"},
		{func() { proof.Registrar = world.Acme }, registry.ObjectMissing, unsealed},
		{func() { w.At("2026-03-04T00:01:00Z"); sealAll(w) }, registry.ObjectMissing, unsealed},
		{func() { proof.To = march(3) }, registry.ObjectMissing, "nothing of the registrar was sealed in these days; ask for others, or for a statement without a signature"},
	}, func() { proof.From = march(1) })
}

// march returns a day of March 2026.
func march(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }

// proofOf returns a signed statement.
func proofOf(w *world.World, q flow.StatementProof) []byte {
	w.T.Helper()
	var out bytes.Buffer
	q.Begin = func() (io.Writer, error) { return &out, nil }
	if _, err := w.Ask("", q); err != nil {
		w.T.Fatal(err)
	}
	return out.Bytes()
}

// A signed statement verifies, of any days, and goes on from an earlier one.
func TestStatementProof(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.At("2026-03-10T00:01:00Z")
	w.Settle()
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 50_00, Reference: "R-9"})
	w.At("2026-03-12T00:01:00Z")
	sealAll(w)
	first, err := ledger.Verify(bytes.NewReader(proofOf(w, flow.StatementProof{Registrar: world.Acme, To: march(8)})), ledger.Trust{})
	if err != nil || !first.FromStart || first.Closing != 99_980_00 || !first.Signed.Equal(march(8)) || !first.Last.Equal(march(6)) {
		t.Fatalf("the first days: %+v, %v", first, err)
	}
	next, err := ledger.Verify(bytes.NewReader(proofOf(w, flow.StatementProof{Registrar: world.Acme, From: march(9)})), ledger.Trust{Head: &first.Head})
	if err != nil || next.Opening != first.Closing || next.Closing != 100_030_00 || next.Entries != 1 || !next.Signed.Equal(march(11)) {
		t.Errorf("the next: %+v, %v", next, err)
	}
	whole, err := ledger.Verify(bytes.NewReader(proofOf(w, flow.StatementProof{Registrar: world.Acme})), ledger.Trust{})
	if err != nil || whole.Head != next.Head || whole.Closing != next.Closing || whole.Entries != first.Entries+1 {
		t.Errorf("the whole: %+v, %v", whole, err)
	}
	_, err = w.Ask("", flow.StatementProof{Registrar: world.Acme, Begin: func() (io.Writer, error) { return nil, errors.New("no room") }})
	if err == nil || refusal(err) != nil {
		t.Errorf("without room for it: %v", err)
	}
}
