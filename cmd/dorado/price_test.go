package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const priceHead = "domain,tier,create,renew,transfer,restore\n"

// A file of prices is shown, imported, listed, printed again as it was, and dropped; what is wrong with one is told
// with its line and nothing is stored; promotions are made, shown, explained and ended.
func TestPriceListsAndPromotions(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	do := func(args ...string) string {
		t.Helper()
		return mustRun(t, append(args, "--dir", dir)...)
	}
	refused := func(says string, args ...string) {
		t.Helper()
		out, errs, status := run(t, "", append(args, "--dir", dir)...)
		if status == 0 {
			t.Errorf("dorado %v succeeds", args)
		}
		has(t, out+errs, says)
	}
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "names.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const rows = "cobre.co,1,,,,\noro.co,5,,200.00,,\nplata.co,,7.00,8.00,9.00,10.00\n"
	list := file(priceHead + rows)

	has(t, do("price", "lists"), "There is no price list")
	do("price", "set", "cobre.co", "--tier", "1")
	do("price", "set", "zinc.co", "--tier", "2")
	has(t, do("price", "import", list, "--reason", "a test", "--preview"), "2 names come, 1 goes, 0 change, 1 stays.",
		"creates of these names, a year each    90.00   527.00 USD", "renewals of the 0 that are registered",
		"oro.co    comes  20.00 → 500.00  20.00 → 200.00", "zinc.co   goes ")
	has(t, do("price", "lists"), "There is no price list")
	refused("nothing was imported; --yes imports without a question", "price", "import", list, "--reason", "a test")
	has(t, do("price", "import", list, "--reason", "a test", "--yes", "--author", "ana"), "List 1, of 3 names, holds from 20")
	has(t, do("price", "list"), "tier 2 (until list 1, 20")
	refused("this file is list 1 already", "price", "import", list, "--reason", "a test", "--yes")
	refused("line 1: the file begins with a byte-order mark", "price", "import", file("\ufeff"+priceHead+rows), "--reason", "a test", "--yes")
	refused("line 3: there is no tier \"11\"; give 1 to 10, or none", "price", "import", file(priceHead+"a1b.co,1,,,,\nb2c.co,11,,,,\n"), "--reason", "a test", "--yes")
	refused("line 500001: the amount \"1.234\"", "price", "import", file(priceHead+manyPrices(499_999)+"a1b.co,,1.234,,,\n"), "--reason", "a test", "--yes")
	refused("no such file", "price", "import", filepath.Join(dir, "nothing.csv"), "--reason", "a test", "--yes")
	if got := do("price", "list-show", "1"); got != priceHead+rows {
		t.Errorf("list 1 is printed as\n%s", got)
	}
	has(t, do("price", "import", file(priceHead+"arts.co,1,,,,\n"), "--from", "2098-01-01", "--reason", "a test", "--preview"), "1 name comes, 3 go, 0 change, 0 stay.",
		"1 name of the file is not for sale, whatever the price", "not for sale: the registry withholds this name")
	has(t, do("price", "show", "arts.co"), "arts.co is not for sale: the registry withholds this name.")
	refused("there is no such price list", "price", "list-show", "2")
	refused("is no number of a price list", "price", "drop", "one", "--reason", "x")
	do("price", "import", file(priceHead+"oro.co,6,,,,\n"), "--from", "2099-01-01", "--reason", "later", "--yes")
	has(t, do("price", "lists"), "2     2099-01-01 00:00:00Z  1      coming", "later")
	has(t, do("price", "drop", "2", "--reason", "the wrong file"), "List 2 is dropped.")
	has(t, do("price", "lists", "--json"), `"state": "dropped"`, `"author": "ana"`)

	do("registrar", "add", "R2001", "--name", "N", "--email", "e@example.com")
	has(t, do("promotion", "list"), "There is no promotion.")
	refused("give --percent, or --price", "promotion", "add", "spring", "--for", "create", "--reason", "x")
	has(t, do("promotion", "add", "spring", "--percent", "50", "--for", "create,renew", "--zone", "co", "--years", "1,2", "--registrar", "R2001", "--uses", "1",
		"--fee-required", "--premium", "--until", "30d", "--reason", "x"), "spring", "in force", "50% off: create of the first year, renew", "in co; for R2001; 1, 2 years; 1× each registrar; fee required; premium names too")
	do("promotion", "add", "gift", "--price", "1.50", "--for", "create", "--reason", "x")
	has(t, do("explain", "check", "domain", "nuevo.co", "--fee", "--as", "R2001"), "create for 1 year: 1.50 USD", "instead of 20.00 by the promotion gift: 1.50 USD a year")
	has(t, do("promotion", "show", "spring"), "made by    ", "what       50% off: create of the first year, renew")
	has(t, do("promotion", "end", "spring", "--reason", "enough", "--author", "eva"), "The promotion spring has ended.")
	has(t, do("promotion", "show", "spring", "--json"), `"endedFor": "enough"`, `"state": "ended"`)
	has(t, do("promotion", "list", "--all"), "gift", "spring")
	refused("there is no such promotion", "promotion", "show", "autumn")
	has(t, r.err.String(), `"msg":"price:import","list":1,"names":3`, `"msg":"price:drop","list":2`, `"msg":"promotion:add","promotion":"spring"`, `"msg":"promotion:end"`)
}

// manyPrices are lines of a file for so many names.
func manyPrices(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("p")
		for ; i > 0; i /= 26 {
			b.WriteByte(byte('a' + i%26))
		}
		b.WriteString("z.co,1,,,,\n")
	}
	return b.String()
}
