package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The operator settles what names cost, who may have them and with which code, and sees it; mistakes are told
// before anything is done.
func TestOffers(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	settle := func(args ...string) string {
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

	has(t, settle("price", "set", "Oro.co", "--tier", "5", "--renew", "200"), "oro.co  create    500.00 USD", "oro.co  renew     200.00 USD", "tier 5, renew 200.00 USD")
	has(t, settle("price", "show", "plata.co"), "plata.co  create    20.00 USD", "standard prices")
	settle("price", "set", "plata.co", "--tier", "2", "--transfer", "7", "--from", "2099-01-01")
	has(t, settle("price", "list"), "plata.co", "2099-01-01 00:00:00Z", "tier 2, transfer 7.00 USD", "tier 5, renew 200.00 USD")
	has(t, settle("price", "set", "oro.co", "--standard"), "oro.co  create    20.00 USD")
	refused("give --tier", "price", "set", "oro.co")
	refused("give --tier", "price", "set", "oro.co", "--standard", "--tier", "1")
	refused("there is no such tier", "price", "set", "oro.co", "--tier", "11")
	refused("is no name", "price", "set", "a b.co", "--tier", "1")
	refused("not one label below our zones", "price", "show", "oro.org")
	refused("more than zero", "price", "set", "oro.co", "--create", "-1")
	refused(`line 2: name "oro.org"`, "list", "import", "banned", file("name\noro.org\noro.co\n"), "--reason", "x")
	refused("did you mean reserved?", "list", "show", "reservd")
	has(t, settle("price", "set", "café.co", "--tier", "1", "--from", "7d"), "xn--caf-dma.co  create    20.00 USD")
	has(t, settle("price", "list", "--json"), `"name": "xn--caf-dma.co"`, `"tier": 1`)
	has(t, settle("list", "add", "blocked", "té.co", "--reason", "x", "--until", "7d"), "xn--t-bga.co is blocked.")
	has(t, settle("list", "show", "blocked", "--json"), `"kind": "blocked"`, `"name": "xn--t-bga.co"`)
	has(t, settle("list", "show", "banned"), "No name is there.")

	has(t, settle("list", "add", "reserved", "marca.co", "--reason", "case 14"), "marca.co is reserved.")
	has(t, settle("list", "import", "banned", file("name,reason\nmala.co,a word\npeor.co,\n"), "--reason", "words"), "2 names of", "are banned")
	has(t, settle("allocation", "make", "marca.co"), "The code of marca.co, which is shown only now: ")
	has(t, settle("allocation", "make", "libre.co"), "libre.co is sold only with this code", "It was not reserved", "dorado allocation cancel libre.co")
	has(t, settle("allocation", "make", "libre.co", "--json"), `"replaced": true`, `"code": "`)
	has(t, settle("allocation", "list"), "libre.co  open", "no\n", "marca.co  open", "yes\n")
	has(t, settle("allocation", "cancel", "libre.co"), "The code of libre.co is worth nothing now. It is sold without a code again.")
	refused("dorado allocation list shows those that have", "allocation", "cancel", "libre.co")
	has(t, settle("allocation", "list", "--all", "--json"), `"code": "closed"`)
	refused("the name is banned, which no code lifts; first: dorado list remove banned mala.co", "allocation", "make", "mala.co")
	has(t, settle("list", "show"), "marca.co", "open", "case 14", "mala.co", "a word", "peor.co", "words")
	has(t, settle("list", "remove", "banned", "peor.co"), "peor.co is no longer banned.")
	refused("the list does not have it", "list", "remove", "banned", "peor.co")
	refused("there is no such list as \"odd\"", "list", "add", "odd", "x1.co", "--reason", "x")
	refused("neither an instant such as 2027-01-31 nor a length of time", "list", "add", "banned", "x1.co", "--reason", "x", "--until", "soon")

	settle("registrar", "add", "R2001", "--name", "N", "--email", "e@example.com")
	has(t, settle("registrar", "set", "R2001", "--premiums-are-unavailable"), "premiums-are-unavailable true, idns-are-unavailable false")
	has(t, settle("registrar", "set", "R2001", "--idns-are-unavailable", "--premiums-are-unavailable=false"), "premiums-are-unavailable false, idns-are-unavailable true")
	refused("there is no such registrar", "registrar", "set", "R9", "--idns-are-unavailable")
	has(t, r.err.String(), `"price":"tier 5, renew 200.00 USD"`, `"list":"banned","name":"mala.co","reason":"a word"`, `"author":"`,
		`"msg":"allocation:cancel","name":"libre.co"`)
}
