package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// testPapers write what a test can read.
type testPapers struct{}

func (testPapers) InvoicePDF(w io.Writer, i registry.Invoice) error {
	_, err := fmt.Fprintf(w, "PDF of %s to %s of %s", i.Name(), i.To.ID, i.Total)
	return err
}

func (testPapers) InvoiceCSV(w io.Writer, i registry.Invoice, each func(func(flow.Transaction) error) error) error {
	return each(func(t flow.Transaction) error {
		_, err := fmt.Fprintf(w, "%s,%s,%s\n", i.Name(), t.Domain, t.Amount)
		return err
	})
}

func (testPapers) ReceiptPDF(w io.Writer, r registry.Receipt) error {
	_, err := fmt.Fprintf(w, "Receipt %s to %s in %s", r.Number, r.To.ID, r.To.Language)
	return err
}

// moneyRig is a console over a registry in which two registrars have spent for two months, and whose months are closed.
func moneyRig(t *testing.T) *rig {
	r := newRig(t, "2026-03-10T12:00:00Z")
	for _, name := range []string{"one.co", "two.co", "three.com.co"} {
		r.Domain(world.Acme, name)
	}
	r.Domain(world.Other, "others.co")
	r.Deposit(world.Acme, 12_00, "=1+<script>alert(7)</script>")
	wrong := r.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 5_00, Reference: "WRONG"}).(registry.MoneyAct)
	r.Do("", flow.Reversal{Author: "ana", Reason: "it was another's", Of: wrong.ID})
	r.At("2026-04-20T12:00:00Z")
	r.Domain(world.Acme, "four.co")
	r.At("2026-05-02T12:00:00Z")
	r.Settle()
	closer := flow.Closer{
		Service: r.Service, Series: "INV-", First: 1, Issuer: registry.Issuer{Name: "A registry"},
		Do: func(_ context.Context, cmd flow.Command) (flow.Reply, error) { return r.Run("", cmd) },
	}
	if _, err := closer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Domain(world.Acme, "five.co")
	return r
}

// Every page of money is for those roles that have money, by its address too.
func TestMoneyIsForFinance(t *testing.T) {
	r := moneyRig(t)
	for role, want := range map[registry.Role]int{
		registry.RoleAdministrator: http.StatusOK, registry.RoleManager: http.StatusOK,
		registry.RoleFinanceAdministrator: http.StatusOK, registry.RoleDomainAdministrator: http.StatusForbidden,
	} {
		b := r.as(world.Acme, role)
		for _, path := range []string{
			"billing", "billing/statement", "billing/statement.csv", "billing/open", "billing/invoices", "billing/invoices/INV-000001",
			"billing/invoices/INV-000001/INV-000001.pdf", "billing/invoices/INV-000001/INV-000001.csv", "billing/deposits",
			"billing/deposits/H1001-1/receipt.pdf", "billing/history", "prices", "prices/premium",
		} {
			b.get(Path + path).is(want)
		}
	}
}

// The figures of the page are those that the account has everywhere else, and negative ones have a sign.
func TestBillingPage(t *testing.T) {
	r := moneyRig(t)
	b := r.as(world.Acme, registry.RoleFinanceAdministrator)
	reply, err := r.Ask(world.Acme, flow.Account{})
	if err != nil {
		t.Fatal(err)
	}
	f := reply.(flow.RegistrarAccount).Funds
	usd := func(m ledger.Money) string { return strings.ReplaceAll(money("USD", m), "\u00a0", " ") }
	b.get(Path+"billing").is(200).says("Balance "+usd(f.CurrentBalance()), "Available credit "+usd(f.Available()), "Set aside USD 20.00",
		"Registration five.co 7 May 2026, 12:00 UTC").saysNot("On hold", "is low")
	r.Do("", flow.Adjustment{Act: flow.Act{Registrar: world.Poor, Author: "ana", Reason: "a test"}, What: registry.MoneyDebit, Amount: 12_34})
	poor := r.as(world.Poor, registry.RoleAdministrator)
	poor.get(Path+"billing").is(200).says("The account is on hold.", "until USD 12.34 is paid in", "Balance \u2212USD 12.34", "the next one would cost USD 1,000.00")
	poor.spanish = true
	poor.get(Path+"billing").is(200).says("La cuenta está en espera.", "Saldo \u2212USD 12.34")
}

// A statement is read page by page to its end, in both orders, and as a file; what people wrote into it is text there.
func TestStatementPage(t *testing.T) {
	r := moneyRig(t)
	b := r.as(world.Acme, registry.RoleAdministrator)
	for i := range 30 {
		r.Domain(world.Acme, fmt.Sprintf("more%02d.co", i))
	}
	next := regexp.MustCompile(`<a class="button quiet" href="([^"]*)" rel="next">`)
	listed := map[string][]string{}
	line := regexp.MustCompile(`(?s)<tr><th scope.*?</tr>`)
	for order, last := range map[string]string{"newest": "Deposit opening", "oldest": "Registration · more29.co"} {
		pages, rows, path, text := 0, 0, Path+"billing/statement?order="+order, ""
		for path != "" && pages < 9 {
			page := b.get(path).is(200)
			pages++
			rows += strings.Count(page.Body, "<tr><th scope")
			listed[order] = append(listed[order], line.FindAllString(page.Body, -1)...)
			if path, text = "", page.text(); next.MatchString(page.Body) {
				path = html.UnescapeString(next.FindStringSubmatch(page.Body)[1])
			}
		}
		// three registrations and four.co: 3 entries each; five.co and thirty more: one; deposits: 4 with the reversal
		if rows != 4*3+31+4 || pages != 1+rows/statementRows || !strings.Contains(text, last) {
			t.Errorf("%s first: %d rows on %d pages, the last of which has no %q: %s", order, rows, pages, last, text)
		}
	}
	slices.Reverse(listed["oldest"])
	if !slices.Equal(listed["newest"], listed["oldest"]) {
		t.Errorf("the two orders list other rows, or others at the ends of pages:\n%q\n%q", listed["newest"], listed["oldest"])
	}
	page := b.get(Path+"billing/statement?show=balance").is(200).says("Taken back", "=1+<script>alert(7)</script>", "+USD 12.00", "\u2212USD 20.00", "Charged Registration · one.co")
	if strings.Contains(page.Body, "<script>alert") || strings.Contains(page.text(), "Set aside no longer") {
		t.Errorf("the page has a script, or what does not move the balance: %s", page.Body)
	}
	b.get(Path + "billing/statement?from=2026-04-01&to=2026-03-01").is(422).says("The last day is before the first.")
	b.get(Path + "billing/statement?from=april").is(422).says("This is no day such as 2026-10-31.")
	b.get(Path + "billing/statement?page=zz").is(422).says("This page of the list is not there any more")
	b.get(Path + "billing/statement?from=2020-01-01&to=2020-01-31").is(200).says("No entries in this time")

	file := b.get(Path + "billing/statement.csv").is(200)
	if got := file.Header.Get("Content-Disposition"); got != `attachment; filename="statement-H1001.csv"` {
		t.Errorf("the file is sent as %s", got)
	}
	cells, err := csv.NewReader(strings.NewReader(file.Body)).ReadAll()
	if err != nil || len(cells) != 1+4*3+31+4 {
		t.Fatalf("%d rows, %v", len(cells), err)
	}
	balance := ledger.Money(0)
	for _, row := range cells[1:] {
		change, _ := ledger.ParseMoney(row[3])
		after, err := ledger.ParseMoney(row[4])
		if balance += change; err != nil || after != balance || strings.ContainsAny(row[1][:1], "=+@") {
			t.Errorf("the row %q does not follow, %v", row, err)
		}
	}
	if got := r.Funds(world.Acme).CurrentBalance(); got != balance {
		t.Errorf("the file ends with %s, and the balance is %s", balance, got)
	}
	b.get(Path + "billing/statement.csv?from=zz").is(404)
}

// An invoice is there for its registrar, under one address, and for nobody else: whatever number or path is tried.
func TestInvoicesAreOnesOwn(t *testing.T) {
	r := moneyRig(t)
	acme, other := r.as(world.Acme, registry.RoleAdministrator), r.as(world.Other, registry.RoleAdministrator)
	seen := map[string]int{}
	for n := range 12 {
		name := fmt.Sprintf("INV-%06d", n)
		for who, b := range map[registry.RegistrarID]*browser{world.Acme: acme, world.Other: other} {
			for _, path := range []string{"", "/" + name + ".pdf", "/" + name + ".csv"} {
				page := b.get(Path + "billing/invoices/" + name + path)
				if page.Code != 200 && page.Code != 404 {
					t.Errorf("%s: %d", page.about, page.Code)
				}
				if page.Code == 200 {
					seen[string(who)+path[strings.LastIndex(path, ".")+1:]]++
				}
				if strings.HasSuffix(path, "pdf") && page.Code == 200 && !strings.Contains(page.Body, "to "+string(who)) {
					t.Errorf("%s is another's: %s", page.about, page.Body)
				}
			}
		}
	}
	if fmt.Sprint(seen) != "map[H1001:2 H1001csv:2 H1001pdf:2 H1002:1 H1002csv:1 H1002pdf:1]" {
		t.Errorf("invoices were seen so often: %v", seen)
	}
	acme.get(Path+"billing/invoices").is(200).says("INV-000001", "INV-000003", "2026-03", "USD 60.00").saysNot("INV-000002")
	acme.get(Path+"billing/invoices/INV-000001").is(200).says("Registration co 2 USD 40.00", "Registration com.co 1 USD 20.00", "Paid in +USD 100,012.00")
	if got := acme.get(Path + "billing/invoices/INV-000003/INV-000003.csv").Body; got != "INV-000003,four.co,20.00\n" {
		t.Errorf("the file has %q", got)
	}
	for _, path := range []string{
		"INV-1", "INV-0000001", "INV--1", "inv-000001", "INV-000001.pdf", "INV-000001/INV-000002.pdf", "INV-000001/INV-000001.PDF",
		"INV-000001/INV-000001.pdf%00", "INV-000001/..%2f..%2fINV-000002.pdf", "..%2f..%2fdorado.db", "INV-000001%0d%0aSet-Cookie:%20a=b",
		"INV-99999999999999999999", "%2e%2e/INV-000002/INV-000002.pdf", "INV-000001/", "INV-000001/x.csv",
	} {
		page := acme.get(Path + "billing/invoices/" + path)
		if page.Code/100 == 2 || page.Code/100 == 5 || strings.Contains(page.Body, "INV-000002 to") || page.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d\n%s", path, page.Code, page.text())
		}
	}
	acme.get(Path+"billing/deposits").is(200).says("H1001-1 PDF", "Taken back", "Account 42-1")
	if got := acme.get(Path + "billing/deposits/H1001-1/receipt.pdf").is(200).Body; got != "Receipt H1001-1 to H1001 in en" {
		t.Errorf("the receipt is %q", got)
	}
	for _, path := range []string{"H1001-3/receipt.pdf", "H1002-1/receipt.pdf", "..%2fx/receipt.pdf", "H1001-1/other.pdf", "9/receipt.pdf"} {
		acme.get(Path + "billing/deposits/" + path).is(404)
	}
	acme.get(Path + "billing/deposits?page=x").is(404)
	acme.get(Path + "billing/invoices?page=x").is(404)
}

// Charges that are open are listed to the last, with when each is charged.
func TestOpenChargesPage(t *testing.T) {
	r := moneyRig(t)
	b := r.as(world.Acme, registry.RoleManager)
	for i := range statementRows {
		r.Domain(world.Acme, fmt.Sprintf("more%02d.co", i))
	}
	first := b.get(Path+"billing/open").is(200).says("Set aside USD 1,020.00", "five.co", "7 May 2026")
	next := regexp.MustCompile(`href="([^"]*)" rel="next"`).FindStringSubmatch(first.Body)
	if next == nil {
		t.Fatal("there is no next page")
	}
	second := b.get(html.UnescapeString(next[1])).is(200)
	if n, m := strings.Count(first.Body, "<tr><th scope"), strings.Count(second.Body, "<tr><th scope"); n != statementRows || m != 1 {
		t.Errorf("the pages have %d and %d rows", n, m)
	}
	b.get(Path + "billing/open?page=x").is(404)
}

// Pictures say what they show, have round numbers on their axes, and no attribute that the policy forbids.
func TestPictures(t *testing.T) {
	r := moneyRig(t)
	b := r.as(world.Acme, registry.RoleAdministrator)
	page := b.get(Path+"billing/history").is(200).says("Mar 2026", "USD 60.00", "3 registered", "in all; most in Mar 2026", "0 at first, 5 now.")
	for _, part := range []string{
		`role="img"`, "<title id=", "<desc id=", `class="s1"`, ">20</text>", ">60</text>", "Mar 2026, Registration: USD\u00a060.00",
	} {
		if !strings.Contains(page.Body, part) {
			t.Errorf("the page has no %s", part)
		}
	}
	if n := strings.Count(page.Body, `<circle class="s1"`); n != 24 {
		t.Errorf("%d points for twelve months, drawn twice", n)
	}
	b.get(Path+"billing/history?by=weeks&count=52").is(200).says("by week", "9 Mar – 15 Mar 2026")
	if got := b.get(Path + "billing/history?count=99999").is(200); strings.Count(got.Body, `<circle class="s1"`) != 24 {
		t.Error("a number of months that cannot be chosen is taken")
	}
	for _, test := range []struct {
		p              picture
		from, to, step int64
	}{
		{picture{cents: true}, 0, 400, 100},
		{picture{cents: true, columns: columnsOf(123_45)}, 0, 125_00 + 25_00, 50_00},
		{picture{line: true, columns: columnsOf(0, 3)}, 0, 4, 1},
		{picture{line: true, columns: columnsOf(1_000_000, 1_003_000)}, 1_000_000, 1_003_000, 1000},
		{picture{line: true, columns: columnsOf(7, 7)}, 7, 11, 1},
		{picture{columns: columnsOf(99_999_999)}, 0, 100_000_000, 20_000_000},
	} {
		if from, to, step := test.p.scale(); from != test.from || to != test.to || step != test.step {
			t.Errorf("%+v has an axis from %d to %d by %d", test.p.columns, from, to, step)
		}
	}
}

func columnsOf(values ...int64) (list []column) {
	for _, v := range values {
		list = append(list, column{Parts: []part{{Value: v}}})
	}
	return list
}

// Prices are those of the registrar that looks, with its promotions and no others; premium names are found by how they
// begin and by price.
func TestPricesPages(t *testing.T) {
	r := newRig(t, "2026-03-10T12:00:00Z")
	promote := func(p registry.Promotion) {
		p.Author, p.Reason = "ana", "a secret"
		r.Do("", flow.PromotionAdd{Promotion: p})
	}
	promote(registry.Promotion{ID: "spring", Percent: 50, Operations: []string{"create"}, Zones: []names.Name{world.Name("com.co")}, Until: r.Now().Add(720 * time.Hour)})
	promote(registry.Promotion{ID: "secret-deal", Percent: 90, Operations: []string{"create"}, Registrars: []registry.RegistrarID{world.Other}})
	r.Price(5, "gold.co", "golf.co")
	r.Price(1, "tin.co")
	r.Domain(world.Other, "silver.co")
	b := r.as(world.Acme, registry.RoleFinanceAdministrator)
	b.get(Path+"prices").is(200).says(".co, .net.co, .nom.co", ".com.co", "USD 10.00 instead of USD 20.00: spring", "50% off", "9 Apr 2026", "Restoring: USD 40.00").
		saysNot("secret-deal", "a secret", "ana")
	b.get(Path+"prices/premium").is(200).says("gold.co", "tin.co", "USD 500.00", "Available")
	b.get(Path+"prices/premium?q=GO").is(200).says("gold.co", "golf.co").saysNot("tin.co")
	b.get(Path + "prices/premium?least=10&most=1,00").is(200).says("tin.co").saysNot("gold.co")
	b.get(Path + "prices/premium?zone=com.co").is(200).says("No premium name fits")
	b.get(Path + "prices/premium?least=abc").is(422).says("This is no amount such as 150 or 1500.00.")
	b.get(Path + "prices/premium?least=9&most=1").is(422).says("The highest price is below the lowest")
	b.get(Path + "prices/premium?page=zz").is(422).says("This page of the list is not there any more")
	b.get(Path + "prices/premium?zone=" + url.QueryEscape("a b")).is(404)
	evil := b.get(Path + "prices/premium?" + query("q", `"><script>alert(1)</script>`)).is(200)
	if strings.Contains(evil.Body, "<script>alert") {
		t.Error("what was asked for is on the page as it was sent")
	}
	b.spanish = true
	b.get(Path+"prices").is(200).says("Promociones para usted", "50% menos")
}

// Who wrote no bank details has the page say so; in Spanish there is the English text where there is no other.
func TestDepositTexts(t *testing.T) {
	for _, test := range []struct {
		text           DepositText
		language, want string
	}{
		{DepositText{}, "en", ""},
		{DepositText{English: "E"}, "es", "E in en"},
		{DepositText{"E", "S"}, "es", "S in es"},
		{DepositText{"E", "S"}, "en", "E in en"},
		{DepositText{Spanish: "S"}, "en", "S in es"},
	} {
		got, written := test.text.in(test.language)
		if got != "" {
			got += " in " + written
		}
		if got != test.want {
			t.Errorf("%+v in %s is %q, want %q", test.text, test.language, got, test.want)
		}
	}
	r := newRig(t, "2026-03-10T12:00:00Z")
	r.console.config.Deposit = DepositText{}
	r.as(world.Acme, registry.RoleAdministrator).get(Path+"billing/deposits").is(200).says("The registry has not written its bank details here.", "H1001")
}

// TestYearsHaveRoom: years below the columns do not run into each other, however few columns the first one has.
func TestYearsHaveRoom(t *testing.T) {
	for first := 1; first <= 12; first++ {
		p := picture{line: true}
		for n := range 13 {
			c := column{Label: "Mar", Year: 2025, Parts: []part{{Value: int64(n)}}}
			if n >= first {
				c.Year = 2026
			}
			p.columns = append(p.columns, c)
		}
		p.draw()
		for _, d := range p.Drawings {
			var years []float64
			for _, m := range d.Labels {
				x, err := strconv.ParseFloat(m.X, 64)
				if m.Strong && err == nil {
					years = append(years, x)
				}
			}
			if len(years) == 0 || len(years) > 1 && years[1]-years[0] < yearWidth || first == 6 && len(years) != 2 {
				t.Errorf("with %d columns of the first year, %s has years at %v", first, d.Class, years)
			}
		}
	}
}
