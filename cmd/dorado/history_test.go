package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/dorado/flow"
)

// What happened to a name is told with both transaction ids, its past versions are shown as they were, and no
// secret is in any of it.
func TestHistoryCommand(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	mustRun(t, "epp", "--dir", dir, "--cltrid", "MINE-1", "create", "domain", "crónica.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1", "--auth", "Secreto-1-secreto")
	mustRun(t, "clock", "--dir", dir, "advance", "1d")
	mustRun(t, "epp", "--dir", dir, "--cltrid", "MINE-2", "update", "domain", "crónica.co", "--add-status", "clientHold", "--add-ns", "ns1.condor.example", "--auth", "Secreto-2-secreto")
	mustRun(t, "clock", "--dir", dir, "advance", "1d")
	mustRun(t, "epp", "--dir", dir, "--cltrid", "MINE-3", "delete", "domain", "crónica.co")
	mustRun(t, "registrar", "set", "H1001", "--email", "new@condor.example", "--author", "maria", "--reason", "asked by phone", "--dir", dir)
	out := mustRun(t, "history", "crónica.co", "--dir", dir)
	has(t, out, "crónica.co (xn--crnica-cxa.co), D", "until 20", "H1001  domain:delete", "MINE-3", "MINE-2", "statuses      + clientHold", "name servers  + ns1.condor.example", "authInfo      set → changed", "H1001  domain:create", "registrant  CAFE-1")
	if strings.Contains(out, "ecreto") {
		t.Errorf("a secret is told:\n%s", out)
	}
	has(t, mustRun(t, "history", "registrar", "H1001", "--dir", dir, "--limit", "1"), "operator maria  registrar:set", "registry@condor.example → new@condor.example", "reason  asked by phone", "There are older ones; --limit shows more.")

	var steps []stepLine
	decode(t, mustRun(t, "history", "domain", "crónica.co", "--dir", dir, "--json", "--oldest"), &steps)
	var told []string
	for _, s := range steps {
		told = append(told, s.Registrar+" "+s.Command+" "+s.ClTRID)
	}
	if want := []string{"H1001 domain:create MINE-1", "H1001 domain:update MINE-2", "H1001 domain:delete MINE-3"}; !slices.Equal(told, want) || !steps[0].Began || !steps[2].Gone {
		t.Errorf("the steps are %v, want %v", steps, want)
	}
	at := steps[1].At.Format("2006-01-02T15:04:05Z")
	has(t, mustRun(t, "history", "crónica.co", "--at", at, "--dir", dir), "as it was at ", "domain:update by H1001", "statuses      clientHold", "rgpStatuses   addPeriod", "delegation    none", "authInfo      set")
	var then pastAnswer
	decode(t, mustRun(t, "history", "crónica.co", "--at", steps[0].At.Format("2006-01-02T15:04:05Z"), "--dir", dir, "--json"), &then)
	if then.ID != "xn--crnica-cxa.co" || !slices.Equal(then.Statuses, []string{"inactive"}) || then.Since.ClTRID != "MINE-1" {
		t.Errorf("at first it was %+v", then)
	}
	for _, test := range []struct{ line, says string }{
		{"", "give a name, such as shop.co; or host, contact or registrar"},
		{"poll 7", "there is no history of a poll; say domain, host, contact or registrar"},
		{"nobody-has-this.co", `domain "nobody-has-this.co": there is none, and there never was; check its spelling`},
		{"CAFE-1", "there is a contact of that name: dorado history contact CAFE-1"},
		{"cafeazul.co --limit 0", "--limit is 1 or more"},
		{"cafeazul.co --at soon", "--at: \"soon\" is no instant"},
		{"cafeazul.co --at 2001-01-01", "there was none at 2001-01-01T00:00:00Z; its history says when there was"},
		{"cafeazul.co --at 2199-01-01", "the instant is ahead"},
	} {
		_, errs, status := run(t, "", append([]string{"history", "--dir", dir}, strings.Fields(test.line)...)...)
		if status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("history %s: status %d, %s; want %q", test.line, status, errs, test.says)
		}
	}
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
}

// A line fits the terminal unless that is not wanted, and instants in it are written for people.
func TestHistoryLines(t *testing.T) {
	steps := []stepLine{
		{ROID: "D2-CO", Name: "shop.co", Maker: flow.MadeByTime, Did: "purged", Gone: true},
		{ROID: "D2-CO", Name: "shop.co", Maker: flow.MadeByOperator, Author: "maria", Command: "domain:update", SvTRID: "SV-1", ClTRID: "CL-1", Changes: []flow.Difference{
			{Field: "statuses", Removed: []string{"clientHold"}, Added: []string{strings.Repeat("ñ", 300)}},
			{Field: "expires", Before: "2026-03-01T23:59:59Z"},
			{Field: "transfer.charge", After: "D2-CO/transfer/2026-03-01T23:59:59Z"},
		}},
		{ROID: "D1-CO", Name: "shop.co", Maker: flow.MadeByRegistrar, Registrar: "R2001", Command: "domain:create", Began: true, Changes: []flow.Difference{
			{Field: "name", After: "shop.co"}, {Field: "contacts", Added: []string{"admin ANA", "tech ANA"}},
		}},
	}
	const all = `shop.co, D2-CO, until 0001-01-01 00:00:00Z

0001-01-01 00:00:00Z  time  purged

0001-01-01 00:00:00Z  operator maria  domain:update  SV-1 CL-1
  statuses         - clientHold
                   + LONG
  expires          2026-03-01 23:59:59Z → none
  transfer charge  none → D2-CO/transfer/2026-03-01T23:59:59Z

shop.co, D1-CO

0001-01-01 00:00:00Z  R2001  domain:create
  name      shop.co
  contacts  admin ANA
            tech ANA
`
	for _, test := range []struct {
		name string
		form historyForm
		long string
	}{
		{"a file", historyForm{}, strings.Repeat("ñ", 300)},
		{"a terminal", historyForm{width: 80}, strings.Repeat("ñ", 80-21-1) + "…"},
		{"wide", historyForm{width: 80, wide: true}, strings.Repeat("ñ", 300)},
	} {
		var out buffer
		p := &program{out: &out, env: func(string) string { return "" }}
		p.tellHistory(steps, test.form)
		if got, want := out.String(), strings.ReplaceAll(all, "LONG", test.long); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, want)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); test.form.width > 0 && !test.form.wide && n > test.form.width {
				t.Errorf("%s: a line of %d characters", test.name, n)
			}
		}
	}
}
