package policy_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

const priceHead = "domain,tier,create,renew,transfer,restore\n"

var pricesFrom = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// A file is read whole, in order of name, in whatever pieces it comes; its digest is that of its bytes.
func TestReadPrices(t *testing.T) {
	file := priceHead + "oro.co,5,,200.00,,\nXN--CAF-DMA.com.co,10,,,,\ncobre.co,,7,8.5,9.25,1000000\n"
	got, err := builtin(t).ReadPrices(iotest.OneByteReader(strings.NewReader(file)), pricesFrom, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.PriceEntry{
		{Name: names.MustParse("cobre.co"), Create: 7_00, Renew: 8_50, Transfer: 9_25, Restore: 1_000_000_00},
		{Name: names.MustParse("oro.co"), Tier: 5, Renew: 200_00},
		{Name: names.MustParse("xn--caf-dma.com.co"), Tier: 10},
	}
	if !reflect.DeepEqual(got.Entries, want) {
		t.Errorf("the entries are %+v, want %+v", got.Entries, want)
	}
	if len(got.Digest) != 64 {
		t.Errorf("the digest is %q", got.Digest)
	}
	var written bytes.Buffer
	if err := policy.WritePrices(&written, got.Entries); err != nil {
		t.Fatal(err)
	}
	again, err := builtin(t).ReadPrices(&written, pricesFrom, 3)
	if err != nil || !reflect.DeepEqual(again.Entries, want) {
		t.Errorf("what was written is read as %+v, %v", again.Entries, err)
	}
}

// The column of the currency may be there.
func TestReadPricesWithTheirCurrency(t *testing.T) {
	file := "domain,tier,create,renew,transfer,restore,currency\noro.co,5,,,,,USD\n"
	got, err := builtin(t).ReadPrices(strings.NewReader(file), pricesFrom, 1)
	if err != nil || len(got.Entries) != 1 || got.Entries[0].Tier != 5 {
		t.Errorf("it is read as %+v, %v", got, err)
	}
}

// A file with one mistake is refused as a whole, with the line and what to do.
func TestBadPriceFiles(t *testing.T) {
	good := "oro.co,5,,,,\n"
	for _, test := range []struct {
		name, file string
		line       int
		says       string
	}{
		{"empty", "", 0, "the file is empty; its first line is domain,tier,create,renew,transfer,restore"},
		{"only the header", priceHead, 1, "there is no line but the header; write a line for each name, or set names to the standard prices one by one"},
		{"no header", good, 1, "this is not the header; write domain,tier,create,renew,transfer,restore, and ,currency behind it if you like"},
		{"other columns", "domain,tier\noro.co,5\n", 1, "this is not the header; write domain,tier,create,renew,transfer,restore, and ,currency behind it if you like"},
		{"a byte-order mark", "\ufeff" + priceHead + good, 1, "the file begins with a byte-order mark; save it as UTF-8 without one"},
		{"UTF-16", "\xff\xfed\x00o\x00m\x00\n\x00", 1, "this is not UTF-8; save the file as UTF-8"},
		{"CR LF", strings.ReplaceAll(priceHead+good, "\n", "\r\n"), 1, "the line ends with CR LF, or has a CR in it; save the file with line feeds alone, as on Unix"},
		{"CR LF at the end", priceHead + good + "cobre.co,1,,,,\r\n", 3, "the line ends with CR LF, or has a CR in it; save the file with line feeds alone, as on Unix"},
		{"not UTF-8", priceHead + good + "caf\xe9.co,1,,,,\n", 3, "this is not UTF-8; save the file as UTF-8"},
		{"cut off", priceHead + good + "cobre.co,1,,,,", 3, "the last line has no end, so that the file may be cut off; end it with a line feed"},
		{"an empty line", priceHead + "\n" + good, 2, "the line is empty; remove it"},
		{"quotes", priceHead + "\"oro.co\",5,,,,\n", 2, "there is a quote, a space or a semicolon; write cells as they are, with commas between them"},
		{"semicolons", priceHead + "oro.co;5;;;;\n", 2, "there is a quote, a space or a semicolon; write cells as they are, with commas between them"},
		{"a long line", priceHead + strings.Repeat("a", 600) + ".co,5,,,,\n", 2, "the line is too long; a line has one name and at most 512 characters"},
		{"few columns", priceHead + "oro.co,5,,,\n", 2, "there are 5 columns; write 6 as in the header"},
		{"many columns", priceHead + "oro.co,5,,,,,USD\n", 2, "there are 7 columns; write 6 as in the header"},
		{"a thousands separator", priceHead + "oro.co,,1,000.00,,\n", 2, ""},
		{"no name", priceHead + ",5,,,,\n", 2, ""},
		{"a U-label", priceHead + "café.co,5,,,,\n", 2, ""},
		{"an unknown zone", priceHead + "oro.example,5,,,,\n", 2, "oro.example cannot be registered here; write names one label below a zone"},
		{"too deep", priceHead + "a.oro.co,5,,,,\n", 2, "a.oro.co cannot be registered here; write names one label below a zone"},
		{"a zone", priceHead + "com.co,5,,,,\n", 2, "com.co cannot be registered here; write names one label below a zone"},
		{"an unknown tier", priceHead + "oro.co,11,,,,\n", 2, `there is no tier "11"; give 1 to 10, or none`},
		{"tier 0", priceHead + "oro.co,0,,,,\n", 2, `there is no tier "0"; give 1 to 10, or none`},
		{"tier 05", priceHead + "oro.co,05,,,,\n", 2, `there is no tier "05"; give 1 to 10, or none`},
		{"a negative", priceHead + good + "cobre.co,,-5.00,,,\n", 3, "the price -5.00 is not more than zero; leave the cell empty where there is none"},
		{"a zero", priceHead + "cobre.co,,0.00,,,\n", 2, "the price 0.00 is not more than zero; leave the cell empty where there is none"},
		{"three decimals", priceHead + "cobre.co,,,5.001,,\n", 2, `the amount "5.001" is not a number with at most two decimals; write it as 500 or 500.00`},
		{"an exponent", priceHead + "cobre.co,,,,1e3,\n", 2, `the amount "1e3" is not a number with at most two decimals; write it as 500 or 500.00`},
		{"neither tier nor price", priceHead + "cobre.co,,,,,\n", 2, "cobre.co has neither a tier nor a price; give it one, or remove the line"},
		{"another currency", "domain,tier,create,renew,transfer,restore,currency\noro.co,5,,,,,USD\ncobre.co,5,,,,,COP\n", 3, `the currency is "COP"; prices are in USD`},
		{"no currency", "domain,tier,create,renew,transfer,restore,currency\noro.co,5,,,,,\n", 2, `the currency is ""; prices are in USD`},
		{"a duplicate", priceHead + good + "cobre.co,1,,,,\nORO.co,1,,,,\n", 4, "oro.co stands in line 2 already; write each name once"},
		{"the first of two duplicates", priceHead + "zinc.co,1,,,,\nalfa.co,1,,,,\nzinc.co,1,,,,\nalfa.co,1,,,,\n", 4, "zinc.co stands in line 2 already; write each name once"},
		{"too many names", priceHead + strings.Repeat(good, 7), 8, "there are more than 6 names; leave some out"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := builtin(t).ReadPrices(strings.NewReader(test.file), pricesFrom, 6)
			wrong, ok := errors.AsType[*policy.PriceFileError](err)
			if !ok || wrong.Line != test.line || test.says != "" && wrong.Reason != test.says || !strings.Contains(wrong.Reason, "; ") {
				t.Errorf("%q is refused with %v, want line %d: %s", test.file, err, test.line, test.says)
			}
			if got.Entries != nil {
				t.Errorf("it is read as %+v", got)
			}
		})
	}
}

// A million good lines and one fault at the end: the fault is found, with its line.
func TestOneFaultInAMillionLines(t *testing.T) {
	var file bytes.Buffer
	file.WriteString(priceHead)
	const lines = 1_000_000
	for i := range lines {
		fmt.Fprintf(&file, "n%d.co,%d,,,,\n", i, 1+i%10)
	}
	whole := bytes.Clone(file.Bytes())
	file.WriteString("oro.co,5,-1,,,\n")
	if _, err := builtin(t).ReadPrices(&file, pricesFrom, 2*lines); err == nil || err.Error() != "line 1000002: the price -1 is not more than zero; leave the cell empty where there is none" {
		t.Errorf("a fault in the last line: %v", err)
	}
	got, err := builtin(t).ReadPrices(bytes.NewReader(whole), pricesFrom, lines)
	if err != nil || len(got.Entries) != lines {
		t.Errorf("without it %d names are read, %v", len(got.Entries), err)
	}
}

// A fault of whoever reads the file is none of the file.
func TestUnreadablePrices(t *testing.T) {
	_, err := builtin(t).ReadPrices(iotest.ErrReader(errors.New("the disk is gone")), pricesFrom, 1)
	if _, ofFile := errors.AsType[*policy.PriceFileError](err); err == nil || ofFile {
		t.Errorf("it says %v", err)
	}
}

// Whatever is in a file, nothing panics, and what is read can be written and read again.
func FuzzReadPrices(f *testing.F) {
	f.Add(priceHead + "oro.co,5,1.00,2,3.5,\n")
	f.Add("domain,tier,create,renew,transfer,restore,currency\noro.co,,1.00,,,,USD\n")
	f.Add("\ufeff" + priceHead)
	profile := builtin(f)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := profile.ReadPrices(strings.NewReader(text), pricesFrom, 100)
		if err != nil {
			return
		}
		var written bytes.Buffer
		if err := policy.WritePrices(&written, file.Entries); err != nil {
			t.Fatal(err)
		}
		again, err := profile.ReadPrices(&written, pricesFrom, 100)
		if err != nil || !slices.Equal(again.Entries, file.Entries) {
			t.Errorf("%q comes back as %+v, %v", text, again.Entries, err)
		}
	})
}

// The table of the manual, 12.2: what a name of each tier costs. A transfer costs the renewal (12.3.6), and a restore the
// surcharge alone, since its renewal is a charge of its own (decisions 5.3, where 12.2 adds both).
func TestTiersOfTheManual(t *testing.T) {
	terms := builtin(t).At(pricesFrom)
	for i, want := range []ledger.Money{30_00, 50_00, 100_00, 250_00, 500_00, 1000_00, 2500_00, 3750_00, 5000_00, 10000_00} {
		entry := registry.NamePrice{Name: names.MustParse("oro.co"), Tier: i + 1}
		for op, want := range map[policy.Operation]ledger.Money{
			policy.OpCreate: want, policy.OpRenew: want, policy.OpTransfer: want, policy.OpRestore: 40_00,
		} {
			if q := terms.Quote(op, 1, entry); q.Total() != want || !q.IsPremium() || q.Reason() != fmt.Sprintf("tier %d", i+1) {
				t.Errorf("%s in tier %d costs %s of %q, want %s", op, i+1, q, q.Reason(), want)
			}
		}
		if q := terms.Quote(policy.OpCreate, 5, entry); q.Total() != want.Times(5) {
			t.Errorf("five years in tier %d cost %s", i+1, q)
		}
	}
}

func builtin(t testing.TB) policy.Profile {
	t.Helper()
	p, err := policy.BuiltIn("co-2026")
	if err != nil {
		t.Fatal(err)
	}
	return p
}
