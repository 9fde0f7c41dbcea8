package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// The engine closes months as the clock goes on. What the operator sees of them adds up: the months, the invoices, the
// files of an invoice and the transactions of the month.
func TestBilling(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	mustRun(t, "clock", "--dir", dir, "advance", "70d")
	has(t, mustRun(t, "billing", "check", "--dir", dir), "everything adds up")
	has(t, mustRun(t, "billing", "close", "--dir", dir), "There was no month to close.", "which is not over")

	var months []monthLine
	readJSON(t, mustRun(t, "billing", "months", "--dir", dir, "--json"), &months)
	var list []registry.Invoice
	readJSON(t, mustRun(t, "billing", "invoices", "--dir", dir, "--json"), &list)
	if len(months) == 0 || len(list) == 0 {
		t.Fatalf("%d months and %d invoices", len(months), len(list))
	}
	i := list[len(list)-1]
	has(t, mustRun(t, "billing", "months", "--dir", dir), string(i.Month), i.Name(), " USD ")
	has(t, mustRun(t, "billing", "invoices", "--dir", dir, "--registrar", string(i.To.ID)), i.Name(), i.Total.String()+" USD")
	has(t, mustRun(t, "billing", "show", "--dir", dir, i.Name()), i.To.Name, i.Total.String()+" USD", "balance after "+i.Closing.String())

	out := t.TempDir()
	pdf, table := filepath.Join(out, "i.pdf"), filepath.Join(out, "i.csv")
	has(t, mustRun(t, "billing", "show", "--dir", dir, i.Name(), "--pdf", pdf, "--csv", table), i.Name()+" is in "+pdf, " is in "+table)
	has(t, mustRun(t, "billing", "files", "--dir", dir, "--month", string(i.Month), "--out", filepath.Join(out, "all")), "invoice")
	for _, pair := range [][2]string{{pdf, ".pdf"}, {table, ".csv"}} {
		one, other := contents(t, pair[0]), contents(t, filepath.Join(out, "all", i.Name()+pair[1]))
		if !bytes.Equal(one, other) || len(one) == 0 {
			t.Errorf("%s: another time the file has other bytes, or none", pair[1])
		}
	}
	if !bytes.HasPrefix(contents(t, pdf), []byte("%PDF-")) {
		t.Error("the PDF is none")
	}
	var fetched bytes.Buffer // as the console sends it
	if err := (papers{}).InvoicePDF(&fetched, i); err != nil || !bytes.Equal(fetched.Bytes(), contents(t, pdf)) {
		t.Errorf("the console sends another PDF than the operator has, %v", err)
	}
	rows, err := csv.NewReader(bytes.NewReader(contents(t, table))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	month := strings.Split(mustRun(t, "billing", "transactions", "--dir", dir, "--registrar", string(i.To.ID), "--month", string(i.Month), "--csv"), "\n")
	if len(rows) != int(i.Count())+1 || len(month) != len(rows)+1 || !strings.HasPrefix(month[0], "Timestamp,Domain,Type,Grace Period,Currency,Amount") {
		t.Fatalf("the file of %d transactions has %d rows, and that of the month %d", i.Count(), len(rows), len(month))
	}
	for n, row := range rows {
		if strings.Join(row[:6], ",") != month[n] {
			t.Errorf("row %d is %q in the invoice and %q in the month", n, row, month[n])
		}
	}
	ask := []string{"billing", "transactions", "--dir", dir, "--registrar", string(i.To.ID), "--month"}
	has(t, mustRun(t, append(ask, string(i.Month))...), "TIMESTAMP", "GRACE DAYS", " 20.00 USD\n")
	has(t, mustRun(t, append(ask, string(i.Month), "--json")...), `"timestamp": "`, `"amount": "20.00"`, `"charge": "`)
	has(t, mustRun(t, append(ask, "2019-01")...), "Nothing of "+string(i.To.ID)+" was posted in 2019-01.")
	next := string(months[0].Month.Next())
	for _, test := range []struct {
		name, want string
		args       []string
	}{
		{"no number", "no number of an invoice", []string{"show", "INV-x"}},
		{"no folder", "write " + filepath.Join(out, "no", "i.pdf") + ": no such file", []string{"show", i.Name(), "--pdf", filepath.Join(out, "no", "i.pdf")}},
		{"no month", `the month "october" is none`, []string{"transactions", "--registrar", "H1001", "--month", "october"}},
		{"no registrar", "H9999", []string{"transactions", "--registrar", "H9999", "--month", next}},
		{"no registrar, as CSV", "H9999", []string{"transactions", "--registrar", "H9999", "--month", next, "--csv"}},
		{"an open month", next + " is not closed", []string{"files", "--month", next, "--out", filepath.Join(out, "open")}},
	} {
		said, errs, status := run(t, "", append(append([]string{"billing"}, test.args...), "--dir", dir)...)
		if has(t, errs, test.want); status != 1 || said != "" {
			t.Errorf("%s: status %d and %q", test.name, status, said)
		}
	}
}

// A fee that was proposed is confirmed or waived with a reason.
func TestBillingProposals(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	mustRun(t, "clock", "--dir", dir, "advance", "800d") // over the end of a whole year
	var list []registry.Proposal
	readJSON(t, mustRun(t, "billing", "proposals", "--dir", dir, "--json"), &list)
	if len(list) < 2 {
		t.Fatalf("proposed are %+v", list)
	}
	first, second := list[0], list[1]
	year := func(p registry.Proposal) string { return strconv.Itoa(p.Year) }
	has(t, mustRun(t, "billing", "confirm", "--dir", dir, string(first.Registrar), "--year", year(first), "--reason", "as agreed"), "500.00 is confirmed")
	has(t, mustRun(t, "billing", "waive", "--dir", dir, string(second.Registrar), "--year", year(second), "--reason", "a gift"), "500.00 is waived")
	has(t, mustRun(t, "billing", "proposals", "--dir", dir), "confirmed", "as agreed", "waived", "a gift")
}

func readJSON(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// An engine whose books do not add up says so, loudly, until they do; what is due goes on.
func TestEngineWithWrongBooks(t *testing.T) { world.Both(t, noon, engineWithWrongBooks) }

func engineWithWrongBooks(t *testing.T, w *world.World) {
	w.Domain(world.Acme, "shop.co")
	w.At("2026-04-02T00:00:00Z")
	e, logged := newWorldEngine(w, noLease)
	if _, err := e.settle(t.Context()); err != nil || e.books.fault() != nil {
		t.Fatalf("%v, %v", err, e.books.fault())
	}
	has(t, logged.String(), "closed a month", "month=2026-03", "invoices=1")
	w.Exec("UPDATE charge SET amount = amount + 1 WHERE state = 'posted'")
	e, logged = newWorldEngine(w, noLease) // the process has begun anew
	w.At("2026-04-03T00:00:00Z")
	if _, err := e.settle(t.Context()); err != nil || !errors.Is(e.books.fault(), flow.ErrBooks) {
		t.Errorf("%v, %v", err, e.books.fault())
	}
	has(t, logged.String(), "the books do not add up", "20.01")
	w.Exec("UPDATE charge SET amount = amount - 1 WHERE state = 'posted'")
	if _, err := e.closeNow(t.Context()); !errors.Is(err, flow.ErrBooks) {
		t.Errorf("before the next look: %v", err)
	}
	e.books.audited = e.books.audited.Add(-auditAgain)
	if _, err := e.closeNow(t.Context()); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// Invoices that are not what was posted make the engine unhealthy, and the operator hears of it from each side.
func TestHealthOfWrongBooks(t *testing.T) {
	dir, demo := aDemo(t)
	mustRun(t, "clock", "--dir", dir, "advance", "70d")
	wantHealth(t, dir, "/healthz/engine", 200, "ready\n")
	demo.stop()
	db, err := sql.Open("sqlite", filepath.Join(dir, "dorado.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`UPDATE charge SET amount = amount + 1 WHERE id =
		(SELECT id FROM charge WHERE state = 'posted' AND ended < (SELECT MAX(until) FROM billing_month) ORDER BY ended DESC LIMIT 1)`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	mustRun(t, "clock", "--dir", dir, "advance", "1s") // after which the engine has looked
	if status, text := askHealth(t, dir, "/healthz/engine"); status != 503 || !strings.Contains(text, "invoices are not what was posted") {
		t.Errorf("the engine's health is %d, %s", status, text)
	}
	out, errs, status := run(t, "", "billing", "check", "--dir", dir)
	if has(t, out+errs, "they do not add up", "posted is"); status != 1 {
		t.Errorf("the check ends with %d", status)
	}
	has(t, demo.err.String(), "the books do not add up")
}

func TestBillingConfigRefuses(t *testing.T) {
	for _, test := range []struct {
		key  string
		edit func(*billingConfig)
	}{
		{"billing.name", func(c *billingConfig) { c.Name = "" }},
		{"billing.name", func(c *billingConfig) { c.Name = "a\nb" }},
		{"billing.address", func(c *billingConfig) { c.Address = make([]string, 7) }},
		{"billing.address", func(c *billingConfig) { c.Address = []string{"\x1b"} }},
		{"billing.tax_id", func(c *billingConfig) { c.TaxID = strings.Repeat("x", 101) }},
		{"billing.contact", func(c *billingConfig) { c.Contact = "\x00" }},
		{"billing.series", func(c *billingConfig) { c.Series = "inv-" }},
		{"billing.series", func(c *billingConfig) { c.Series = "INV2026" }},
		{"billing.first", func(c *billingConfig) { c.First = 0 }},
		{"billing.deposit", func(c *billingConfig) { c.Deposit = strings.Repeat("x", 4001) }},
		{"billing.deposit_spanish", func(c *billingConfig) { c.DepositSpanish = "a\x00" }},
	} {
		c := defaultBilling()
		test.edit(&c)
		if err := c.check(); err == nil || !strings.HasPrefix(err.Error(), test.key+":") {
			t.Errorf("%+v: %v, want one of %s", c, err, test.key)
		}
	}
	if err := defaultBilling().check(); err != nil {
		t.Error(err)
	}
}
