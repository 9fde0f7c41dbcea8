package paper_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/paper"
)

// invoice returns an invoice with so many types in so many zones.
func invoice(language registry.Language, types, zones int) registry.Invoice {
	i := registry.Invoice{
		Series: "DOR-", Number: 42, Month: "2026-10", Currency: "USD",
		Issuer: registry.Issuer{
			Name: "Registro de Ejemplo S.A.S.", Address: []string{"Calle 10 # 20-30, oficina 401", "Ciudad de Ejemplo"},
			TaxID: "NIT 900.000.000-0", Contact: "billing@registry.example",
		},
		To: registry.Recipient{ID: "H1001", Name: "Cóndor Registrations Ltd.", Language: language, Postal: registry.Postal{
			Street: []string{"1 Harbour Street", "2nd floor"}, City: "Port Example", Postcode: "1000", Country: "IE",
		}},
		Opening: 3_960_150, Paid: 1_000_000,
	}
	known := []ledger.Type{ledger.Registration, ledger.Renewal, ledger.AutoRenewal, ledger.Restore}
	for n := range types {
		typ := ledger.Type(fmt.Sprintf("Type %d", n+1))
		if n < len(known) {
			typ = known[n]
		}
		for z := range zones {
			line := registry.InvoiceLine{Type: typ, Zone: "co", Count: int64(1234*n + z + 1), Amount: ledger.Money(123_456*n + 7*z + 2000)}
			if z > 0 {
				line.Zone = fmt.Sprintf("zone%d.co", z)
			}
			i.Lines = append(i.Lines, line)
			i.Total += line.Amount
		}
	}
	i.Closing = i.Opening + i.Paid - i.Total
	return i
}

// pdf prints a sheet.
func pdf(t testing.TB, s paper.Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// text reads a PDF as a program of others does.
func text(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (Debian's poppler-utils): %v\n%s", err, out)
	}
	return string(out)
}

// What is printed can be read again, in the words and figures of each language.
func TestInvoiceReads(t *testing.T) {
	long := invoice("es", 4, 30)
	long.To.Name = "Compañía Internacional de Registros y Servicios de Nombres de Dominio de las Américas, Sociedad por Acciones Simplificada"
	long.To.Postal.Org = "日本😀 " + strings.Repeat("without_a_blank_", 12)
	for _, test := range []struct {
		name    string
		invoice registry.Invoice
		pages   string
		want    []string
	}{
		{"one type in English", invoice("en", 1, 1), "Page 1 of 1", []string{
			"Registro de Ejemplo S.A.S.", "NIT 900.000.000-0", "Informative invoice", "DOR-000042", "31 October 2026",
			"1–31 October 2026", "Ireland", "Cóndor Registrations Ltd.", "Registrar H1001", "Port Example, 1000",
			"Registrations", "39,601.50 USD", "Payments", "10,000.00 USD", "−20.00 USD", "49,581.50 USD", "No payment is due",
		}},
		{"one type in Spanish", invoice("es", 1, 1), "Página 1 de 1", []string{
			"Factura informativa", "31 de octubre de 2026", "Registros", "39.601,50 USD", "−20,00 USD", "49.581,50 USD",
			"No hay nada que pagar", "Registrador H1001", "1 al 31 de octubre de 2026", "Irlanda",
		}},
		{"twelve types", invoice("en", 12, 1), "Page 1 of 1", []string{"Automatic renewals", "Type 12", "81,456", "81,720.96"}},
		{"zones", invoice("en", 3, 4), "Page 1 of 2", []string{"By zone", "zone3.co", "14,838"}},
		{"owed in English", owing("en"), "Page 1 of 1", []string{"3,020.00 USD are owed", "−3,020.00 USD", "Reinstatement fee"}},
		{"owed in Spanish", owing("es"), "Página 1 de 1", []string{"Se adeudan 3.020,00 USD", "Cargo por reactivación"}},
		{"adjusted", adjusted("en", true), "Page 1 of 1", []string{"Credits and corrections", "4.00 USD", "Written off", "30.00 USD", "Fees waived", "500.00 USD"}},
		{"adjusted in Spanish", adjusted("es", true), "Página 1 de 1", []string{"Abonos y correcciones", "Deuda dada de baja", "Cargos condonados"}},
		{"adjusted before parts were kept", adjusted("en", false), "Page 1 of 1", []string{"Adjustments", "534.00 USD"}},
		{"many zones and a long name", long, "Página 5 de 5", []string{
			"Compañía Internacional", "Simplificada", "zone29.co", "−175.141,10 USD", "□□□",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := text(t, pdf(t, paper.Invoice(test.invoice)))
			for _, want := range append(test.want, test.pages) {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			if settled := "No payment is due"; test.invoice.Closing < 0 && strings.Contains(got, settled) {
				t.Errorf("%q is in\n%s", settled, got)
			}
			if strings.Contains(got, "…") {
				t.Errorf("something does not fit in\n%s", got)
			}
		})
	}
}

// owing is the invoice of an account that ends its month below zero.
func owing(language registry.Language) registry.Invoice {
	i := invoice(language, 1, 1)
	fee := registry.InvoiceLine{Type: ledger.Reinstatement, Count: 1, Amount: 1_000_00}
	i.Lines, i.Total = append(i.Lines, fee), i.Total+fee.Amount
	i.Opening, i.Paid = -2_000_00, 0
	i.Closing = i.Opening - i.Total
	return i
}

// adjusted is an invoice with adjustments, whose parts are known or not.
func adjusted(language registry.Language, known bool) registry.Invoice {
	i := invoice(language, 1, 1)
	i.Adjusted = 534_00
	i.Closing += i.Adjusted
	if known {
		i.Credited, i.WrittenOff, i.Waived = 4_00, 30_00, 500_00
	}
	return i
}

// receipt is one in a language.
func receipt(language registry.Language) registry.Receipt {
	i := invoice(language, 1, 1)
	return registry.Receipt{
		Number: "H1001-17", Dated: time.Date(2026, 10, 5, 14, 3, 0, 0, time.UTC), Issuer: i.Issuer, To: i.To, Amount: 12_500_00,
		Currency: "USD", Reference: "BANK-2026-0042", Value: time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC), Balance: -39_601_50,
	}
}

// A receipt reads the same on a terminal as on paper, and is the same file each time.
func TestReceiptReads(t *testing.T) {
	for language, want := range map[registry.Language][]string{
		"en": {"Receipt", "H1001-17", "5 October 2026, 14:03:00 UTC", "Reference BANK-2026-0042", "2 October 2026", "12,500.00 USD", "−39,601.50 USD", "Registro de Ejemplo S.A.S."},
		"es": {"Recibo", "5 de octubre de 2026", "Referencia BANK-2026-0042", "12.500,00 USD", "Saldo resultante", "−39.601,50 USD", "Importe (USD)"},
	} {
		sheet := paper.Receipt(receipt(language))
		var plain bytes.Buffer
		if err := sheet.WriteText(&plain); err != nil {
			t.Fatal(err)
		}
		for _, got := range []string{plain.String(), text(t, pdf(t, sheet))} {
			for _, part := range want {
				if !strings.Contains(got, part) {
					t.Errorf("%q is not in\n%s", part, got)
				}
			}
		}
		if !bytes.Equal(pdf(t, sheet), pdf(t, paper.Receipt(receipt(language)))) {
			t.Error("another print of the same receipt differs")
		}
	}
}

// The same invoice is the same file at any time, and says of time only its own day.
func TestSameBytes(t *testing.T) {
	first := pdf(t, paper.Invoice(invoice("es", 12, 4)))
	for range 20 {
		if !bytes.Equal(pdf(t, paper.Invoice(invoice("es", 12, 4))), first) {
			t.Fatal("another print of the same invoice differs")
		}
	}
	if !bytes.Contains(first, []byte("D:20261031000000")) {
		t.Error("the file is not dated by its invoice")
	}
}

// Amounts, counts and days are written as each language has them.
func TestFigures(t *testing.T) {
	for _, test := range []struct {
		language             registry.Language
		amount, minus, count string
	}{
		{"en", "1,234,567.80 USD", "−0.05", "1,000"},
		{"es", "1.234.567,80 USD", "−0,05", "1.000"},
		{"", "1,234,567.80 USD", "−0.05", "1,000"},
	} {
		say := paper.WordsIn(test.language)
		if got := say.Amount(123_456_780, "USD"); got != test.amount {
			t.Errorf("%s: an amount is %q, want %q", test.language, got, test.amount)
		}
		if got := say.Money(-5); got != test.minus {
			t.Errorf("%s: less than nothing is %q, want %q", test.language, got, test.minus)
		}
		if got := say.Count(1000); got != test.count {
			t.Errorf("%s: a thousand is %q, want %q", test.language, got, test.count)
		}
	}
}

// Every type of the ledger has its words in every language.
func TestTypesHaveWords(t *testing.T) {
	for _, language := range registry.Languages() {
		for _, typ := range ledger.Types() {
			if paper.WordsIn(language).Type(typ) == string(typ) {
				t.Errorf("%s has no words for %s", language, typ)
			}
		}
	}
}

// The file of an invoice is that of the month with more columns; names and amounts stand as they are.
func TestTransactionFiles(t *testing.T) {
	at := time.Date(2026, 10, 2, 3, 4, 5, 0, time.UTC)
	list := []flow.Transaction{
		{At: at, Domain: "shop.com.co", Type: ledger.Registration, GraceDays: 5, Currency: "USD", Amount: 20_00, Posted: at.AddDate(0, 0, 5), Charge: "D1-CO/x"},
		{At: at, Type: ledger.Reinstatement, Currency: "USD", Amount: 1000_00, Posted: at, Charge: "H1001/hold"},
	}
	for _, test := range []struct {
		name  string
		begin func(io.Writer) (*paper.TransactionFile, error)
		want  string
	}{
		{"of the month", paper.NewTransactionFile, "Timestamp,Domain,Type,Grace Period,Currency,Amount\n" +
			"2026-10-02T03:04:05Z,shop.com.co,Registration,5,USD,20.00\n" +
			"2026-10-02T03:04:05Z,,Reinstatement,0,USD,1000.00\n"},
		{
			"of an invoice", func(w io.Writer) (*paper.TransactionFile, error) { return paper.NewInvoiceFile(w, invoice("en", 1, 1)) },
			"Timestamp,Domain,Type,Grace Period,Currency,Amount,Posted,Zone,Invoice,Charge\n" +
				"2026-10-02T03:04:05Z,shop.com.co,Registration,5,USD,20.00,2026-10-07T03:04:05Z,com.co,DOR-000042,D1-CO/x\n" +
				"2026-10-02T03:04:05Z,,Reinstatement,0,USD,1000.00,2026-10-02T03:04:05Z,,DOR-000042,H1001/hold\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			f, err := test.begin(&b)
			if err != nil {
				t.Fatal(err)
			}
			for _, tr := range list {
				if err := f.Add(tr); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Flush(); err != nil || b.String() != test.want {
				t.Errorf("%v, and the file is\n%s\nwant\n%s", err, b.String(), test.want)
			}
		})
	}
}

func BenchmarkInvoice(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(float64(len(pdf(b, paper.Invoice(invoice("en", 4, 4))))), "bytes")
	}
}
