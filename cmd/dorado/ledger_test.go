package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A finance person sees what a registrar's balance is made of, in each form, and the books are right. What was
// sealed is written to a file, which verifies when the registry is gone, and no longer when a byte of it is another.
func TestLedger(t *testing.T) {
	dir, demo := aDemo(t)
	in := func(words ...string) []string { return append(append([]string{"ledger"}, words...), "--dir", dir) }
	mustRun(t, "registrar", "deposit", "H1001", "250.00", "BANK-7", "--dir", dir)
	mustRun(t, "clock", "--dir", dir, "advance", "3d")

	table := mustRun(t, in("statement", "--registrar", "H1001")...)
	has(t, table, "Statement of H1001 in USD\nOpening balance 0.00, set aside 0.00\n", "TIME ", "received", "Deposit BANK-7", "Closing balance ")
	end := regexp.MustCompile(`Closing balance (\S+), set aside (\S+), after ([\d,]+) entries`).FindStringSubmatch(table)

	rows, err := csv.NewReader(strings.NewReader(mustRun(t, in("statement", "--registrar", "H1001", "--csv")...))).ReadAll()
	if err != nil || rows[len(rows)-1][6] != end[1] || rows[len(rows)-1][7] != end[2] || strings.Count(table, "Z  ") != len(rows)-1 {
		t.Errorf("the CSV ends with %v in %d rows, and the table with %v: %v", rows[len(rows)-1], len(rows), end, err)
	}
	var whole struct {
		Opening, Closing balances
		Entries          []statementLine
	}
	if err := json.Unmarshal([]byte(mustRun(t, in("statement", "--registrar", "H1001", "--json")...)), &whole); err != nil ||
		whole.Closing.Balance != end[1] || len(whole.Entries) != len(rows)-1 || whole.Entries[0].Key != rows[1][9] {
		t.Errorf("the JSON has %d entries and ends with %v: %v", len(whole.Entries), whole.Closing, err)
	}
	has(t, mustRun(t, in("balance")...), "ACCOUNT, at ", "prepaid:H1001", "0.00  together")
	has(t, mustRun(t, in("balance", "--registrar", "H1001")...), end[1]+"  prepaid:H1001")
	has(t, mustRun(t, in("check")...), "The books are right, and what was sealed is as it was.", "The last head is ")

	heads := strings.Split(strings.TrimSpace(mustRun(t, in("heads")...)), "\n")
	has(t, mustRun(t, in("heads", "--limit", "1")...), heads[0])
	public := strings.Fields(mustRun(t, in("key")...))[0]
	has(t, mustRun(t, in("key")...), heads[len(heads)-1][len(heads[0])-16:])

	file := filepath.Join(dir, "h1001.jsonl")
	has(t, mustRun(t, in("statement", "--registrar", "H1001", "--signed", file)...), file+" has ", " of H1001, sealed from ", " and signed on "+heads[len(heads)-1][:10])
	_, errs, status := run(t, "", in("statement", "--registrar", "H1001", "--signed", file, "--from", "2026-01-01T00:00:00Z")...)
	if has(t, errs, "a signed statement is of whole days"); status != 1 {
		t.Errorf("status %d of an instant, want 1", status)
	}
	_, errs, status = run(t, "", in("statement", "--registrar", "H9", "--signed", file+"2")...)
	if has(t, errs, "there is no such registrar"); status != 1 || exists(file+"2") {
		t.Errorf("status %d of nobody, want 1 and no file", status)
	}
	demo.stop()

	has(t, mustRun(t, "ledger", "verify", file, "--key", public), "This is what the registry signed of H1001.", "It begins with the registrar's first entry.")
	has(t, mustRun(t, "ledger", "verify", file), "Compare the key with the one that the registry publishes")
	var good verifiedAnswer
	if err := json.Unmarshal([]byte(mustRun(t, "ledger", "verify", file, "--json")), &good); err != nil || good.Registrar != "H1001" || good.Key != public || good.KeyIsGiven {
		t.Errorf("it verifies as %+v, %v", good, err)
	}
	text := readAll(t, file)
	if err := os.WriteFile(file, []byte(strings.Replace(text, "250.00", "260.00", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, status := run(t, "", "ledger", "verify", file, "--key", public)
	if has(t, out, "This statement is not what the registry signed.", "are not those that were sealed"); status != 1 {
		t.Errorf("status %d of a changed statement, want 1", status)
	}
	for _, wrong := range [][]string{{"--key", "zz"}, {"--head", "12"}} {
		if _, errs, status := run(t, "", append([]string{"ledger", "verify", file}, wrong...)...); status != 1 || !strings.Contains(errs, wrong[0]+": ") {
			t.Errorf("%v: status %d, %s", wrong, status, errs)
		}
	}

	// A new key signs from the next start on.
	other := strings.Fields(mustRun(t, in("key", "--new")...))[0]
	demo = start(t, "demo", "--dir", dir)
	mustRun(t, "clock", "--dir", dir, "advance", "2d")
	has(t, mustRun(t, in("check")...), "The books are right")
	mustRun(t, in("statement", "--registrar", "H1001", "--signed", file)...)
	has(t, mustRun(t, "ledger", "verify", file, "--key", public, "--key", other), "by the key "+other)
	if out, _, status := run(t, "", "ledger", "verify", file, "--key", public); status != 1 || !strings.Contains(out, "or the registry has another key now") {
		t.Errorf("with the old key: status %d, %s", status, out)
	}
	demo.stop()
}

// A check that finds something says so, and ends with status 1.
func TestLedgerCheckFinds(t *testing.T) {
	var out buffer
	p := &program{out: &out}
	p.tellCheck(checkAnswer{Faults: []string{"H1001: the entry x"}, Registrars: 1, Entries: 2, Seals: 1, Heads: 3, Last: "ab"})
	has(t, out.String(), "wrong: H1001: the entry x", "Checked 1 registrar, with 2 sealed entries in 1 seal, and 3 heads of days.", "1 fault found.")
}

// A text that a stranger wrote is no formula in a spreadsheet.
func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "-2": "'-2", "@x": "'@x", "Deposit": "Deposit", "": ""} {
		if got := harmless(text); got != want {
			t.Errorf("harmless(%q) = %q, want %q", text, got, want)
		}
	}
}
