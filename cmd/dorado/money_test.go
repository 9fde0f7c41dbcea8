package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// An operator records, corrects and reverses; what is large waits for a second person, who is another; all of it is
// told with numbers that the next command takes, and stands in the log.
func TestMoney(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	mustRun(t, "registrar", "add", "R2001", "--name", "N", "--email", "e@example.com", "--credit-limit", "500.00", "--dir", dir)
	ana := func(line string) string {
		t.Helper()
		return mustRun(t, append(words(t, line), "--author", "ana", "--dir", dir)...)
	}
	show := func(line string) string {
		t.Helper()
		return mustRun(t, append(words(t, line), "--dir", dir)...)
	}
	has(t, show("money list"), "Nothing was done to the money of registrars yet.")
	has(t, show("money pending"), "Nothing waits for a second person.")
	has(t, ana("registrar deposit R2001 1500.00 BANK-1 --value-date 2026-01-30"), "Recorded as R2001-1. R2001 now has a balance of 1500.00 USD and may spend 2000.00 USD.")
	has(t, ana(`money credit R2001 5.00 --reason "case 14"`), "Recorded as R2001-2.", "balance of 1505.00 USD")
	wantAsked(t, dir, `money debit R2001 2005.01 --reason "their cheque"`, "this puts R2001 on hold: ", "transfers no more; nothing was done; if that is meant, say so with --yes")
	has(t, ana(`money debit R2001 2005.01 --reason "their cheque" --yes`), "balance of -500.01 USD", "It is on hold.\nThis put the account on hold", "Until its release 0.01 USD are missing.")
	has(t, ana(`money write-off R2001 500.01 --reason "bankrupt"`), "Recorded as R2001-4.", "balance of 0.00 USD", "This released the account from its hold.")
	wantAsked(t, dir, `money reverse R2001-1 --reason "it was another's"`, "and would be charged a reinstatement fee of 1000.00 USD; nothing was done")
	has(t, ana(`money reverse R2001-1 --reason "it was another's" --yes`), "Recorded as R2001-5.", "balance of -2500.00 USD", "reinstatement fee of 1000.00 USD", "Until its release 2000.00 USD are missing.") // with the fee of a second hold
	has(t, show("money show R2001-1"), "done, reversed by R2001-5", "value date        2026-01-30", "balance after it  1500.00 USD")

	has(t, ana("registrar deposit R2001 100000.01 BANK-1"), "Nothing is booked yet: 100000.01 USD is more than the 100000.00 USD that one person decides alone.", "R2001-6 waits until ", "dorado money approve R2001-6")
	has(t, show("money pending"), "R2001-6", "100000.01", "BANK-1")
	_, errs, _ := run(t, "", "money", "approve", "R2001-6", "--reason", "x", "--author", "ANA", "--dir", dir)
	has(t, errs, "who asked for an act does not approve it; somebody else has to")
	has(t, show(`money approve R2001-6 --reason "on the statement" --author eva`), "Recorded as R2001-6.", "balance of 97500.01 USD")
	ana(`registrar limits R2001 --credit-limit 200000.00 --reason "contract"`)
	has(t, show(`money reject R2001-7 --reason "too much" --author eva`), "R2001-7 is rejected; nothing was booked.")
	ana(`registrar limits R2001 --emergency-credit 100.00 --until 3d --credit-threshold 99.00 --reason "their bank is closed"`)
	has(t, show("registrar show R2001"), "credit limit 500.00, emergency credit 100.00 until ", "warned below 99.00, on hold below -500.00")
	has(t, show("money list --registrar R2001"), "R2001-8  ", "emergency credit", "their bank is")

	ana(`registrar limits R2001 --minimum-balance 0.00 --reason "a try"`)
	has(t, ana(`registrar limits R2001 --minimum-balance follow --reason "no more"`), "Its limits are now: credit limit 500.00, ", "minimum balance -500.00.")

	wantAsked(t, dir, `registrar limits R2001 --minimum-balance 99000.00 --reason "a try"`, "this puts R2001 on hold: ")
	holdsAndReceipts(t, dir)

	var acts []moneyLine
	if err := json.Unmarshal([]byte(show("money list --json")), &acts); err != nil || len(acts) != 11 ||
		!slices.ContainsFunc(acts, func(a moneyLine) bool { return a.ID == "R2001-6" && a.Second.Author == "eva" }) {
		t.Errorf("as JSON: %+v, %v", acts, err)
	}
	has(t, r.err.String(), `"msg":"registrar:deposit","registrar":"R2001","act":"R2001-1","state":"done","amount":"1500.00","currency":"USD","author":"ana"`,
		`"msg":"money:approve"`, `"second":"eva"`, `"reason":"bankrupt"`)
}

// holdsAndReceipts looks at the holds of R2001, of which the second cost a fee that is waived, at what it lacks, and at
// the receipt of its last deposit.
func holdsAndReceipts(t *testing.T, dir string) {
	t.Helper()
	show := func(line string) string {
		t.Helper()
		return mustRun(t, append(words(t, line), "--dir", dir)...)
	}
	holds := show("registrar holds R2001")
	has(t, holds, "1000.00  R2001/hold/", "1 of ", "2 of ")
	charge := regexp.MustCompile(`R2001/hold/\S+`).FindString(holds)
	has(t, show("money waive R2001 "+charge+` --reason "our bank's fault" --author ana`), "balance of 98500.01 USD")
	has(t, show("registrar holds R2001"), "1000.00, waived  "+charge)
	has(t, show("registrar deficiency R2001 --preview"), "there is nothing to delete")

	// What follows one another within a second stands in the statement in the order of the keys; the receipt agrees with it.
	stated := regexp.MustCompile(`"key":"deposit-2/R2001/BANK-1".*"balances":\{"balance":"(\d+)(\d{3}\.\d\d)"`).FindStringSubmatch(show("ledger statement --registrar R2001 --json"))
	if stated == nil {
		t.Fatal("the statement has no deposit-2/R2001/BANK-1")
	}
	has(t, show("registrar receipt R2001-6"), "Receipt R2001-6", "100,000.01 USD", "Reference BANK-1", "Balance after it  "+stated[1]+","+stated[2]+" USD")
	has(t, show("registrar receipt R2001-6 --language es"), "Recibo R2001-6", "100.000,01 USD")
	files := [2]string{filepath.Join(t.TempDir(), "a.pdf"), filepath.Join(t.TempDir(), "b.pdf")}
	for _, file := range files {
		has(t, show("registrar receipt R2001-6 --pdf "+file), "The receipt R2001-6 is in ")
	}
	if first := readAll(t, files[0]); !strings.HasPrefix(first, "%PDF") || first != readAll(t, files[1]) {
		t.Error("a receipt is printed twice and differs, or is no PDF")
	}
	for line, says := range map[string]string{
		"registrar receipt R2001-1":                                "only a deposit that was booked and not reversed has a receipt",
		"registrar deficiency R2001 --delete abc":                  "say so with --yes, and why with --reason",
		"registrar deficiency R2001 --delete abc --preview":        "--preview deletes nothing",
		"registrar deficiency R2001 --delete abc --yes --reason x": "the account is not on hold",
		"registrar holds R9":                                       "dorado registrar list shows all",
	} {
		_, errs, _ := run(t, "", append(words(t, line), "--dir", dir)...)
		has(t, errs, says)
	}
}

// words splits a command line.
func words(t *testing.T, line string) []string {
	t.Helper()
	list, err := splitWords(line)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What an operator mistypes about money is told, with what to write.
func TestMoneyRefusals(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	mustRun(t, "registrar", "add", "R2001", "--name", "N", "--email", "e@example.com", "--dir", dir)
	for _, test := range []struct{ line, says string }{
		{"registrar deposit R2001 1.00", "give 3 arguments: the registrar's id, the amount such as 1500.00, and the bank's reference"},
		{"registrar deposit R2001 1.00 B-1 --value-date yesterday", "write it such as 2027-01-31"},
		{"money credit R2001 1,000.00 --reason x", "without separators of thousands, such as 1000.00"},
		{"money credit R2001 1.00", "give --reason"},
		{"money credit R9 1.00 --reason x", "dorado registrar list shows all"},
		{"money list --registrar R9", "dorado registrar list shows all"},
		{"money show R2001-1", "dorado money list shows all"},
		{"money approve R2001-1 --reason x", "dorado money pending those that wait"},
		{"money reverse R2001-1 --reason x", "dorado money list shows those that have"},
		{"money waive R2001 X --reason x", "dorado registrar holds shows those of its holds"},
		{"registrar limits R2001 --reason x", "nothing is to be changed; give a limit, such as --credit-limit"},
		{"registrar limits R2001 --credit-limit much --reason x", `the amount "much"`},
		{"registrar limits R2001 --emergency-credit 5 --reason x", "give --until"},
		{"registrar limits R2001 --emergency-credit 5 --until soon --reason x", "--until: \"soon\" is neither an instant"},
	} {
		out, errs, status := run(t, "", append(words(t, test.line), "--dir", dir)...)
		if status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("%s: status %d, %s%s; want %q", test.line, status, out, errs, test.says)
		}
	}
}

// wantAsked holds if an act is not done, since it would put an account on hold and nobody has said yes to that.
func wantAsked(t *testing.T, dir, line string, says ...string) {
	t.Helper()
	before := mustRun(t, "money", "list", "--json", "--dir", dir)
	_, errs, status := run(t, "", append(words(t, line), "--author", "ana", "--dir", dir)...)
	if has(t, errs, says...); status != 1 {
		t.Errorf("%s: status %d, want 1", line, status)
	}
	if after := mustRun(t, "money", "list", "--json", "--dir", dir); after != before {
		t.Errorf("%s: the acts are\n%s\nand were\n%s", line, after, before)
	}
}
