package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// What registrars did and what they were refused is in the log with both transaction ids, and is found by
// every filter; queries and creates of what exists are not there.
func TestLogCommand(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	send := func(who string, words ...string) {
		run(t, "", append([]string{"epp", "--dir", dir, "--as", who}, words...)...)
	}
	logged := func(words ...string) []logLine {
		t.Helper()
		var lines []logLine
		if err := json.Unmarshal([]byte(mustRun(t, append([]string{"log", "--dir", dir, "--json"}, words...)...)), &lines); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	before := logged("--limit", "1000")
	send("H1001", "--cltrid", "MINE-1", "create", "domain", "bitacora.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1")
	send("H1001", "--cltrid", "MINE-2", "delete", "contact", "CAFE-1")
	send("H1002", "--cltrid", "MINE-3", "delete", "domain", "bitacora.co")
	send("H1001", "--cltrid", "MINE-4", "info", "domain", "bitacora.co")
	send("H1001", "--cltrid", "MINE-5", "poll")
	send("H1001", "--cltrid", "MINE-6", "create", "domain", "bitacora.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1")
	all := logged("--limit", "1000")
	got := all[:len(all)-len(before)]
	var told []string
	for _, l := range got {
		told = append(told, strings.Join([]string{l.Registrar, l.Command, l.Object, l.ID, l.Code, l.ClTRID}, " "))
		if !regexp.MustCompile(`^[A-Z0-9-]+-[0-9A-V]{26}$`).MatchString(l.SvTRID) || l.Message == "" {
			t.Errorf("%+v lacks a server transaction id or a message", l)
		}
	}
	want := []string{"H1002 delete domain bitacora.co 2201 MINE-3", "H1001 delete contact CAFE-1 2305 MINE-2", "H1001 create domain bitacora.co 1000 MINE-1"}
	if !slices.Equal(told, want) {
		t.Errorf("the log has\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	for _, test := range []struct {
		filter string
		want   string // client transactions
	}{
		{"--registrar H1002", "MINE-3"},
		{"--command create --id BITACORA.co", "MINE-1"},
		{"--object contact", "MINE-2"},
		{"--code 2305 --code 2201", "MINE-3 MINE-2"},
		{"--cltrid MINE-2", "MINE-2"},
		{"--svtrid " + got[2].SvTRID, "MINE-1"},
		{"--limit 1", "MINE-3"},
	} {
		var found []string
		for _, l := range logged(append(strings.Fields(test.filter), "--since", before[0].At.Add(time.Second).Format(time.RFC3339))...) {
			found = append(found, l.ClTRID)
		}
		if strings.Join(found, " ") != test.want {
			t.Errorf("log %s finds %v, want %s", test.filter, found, test.want)
		}
	}
	has(t, mustRun(t, "log", "--dir", dir, "--limit", "1", "--ids"), "2201", "MINE-3", "There may be older ones")
	has(t, mustRun(t, "log", "--dir", dir, "--until", "2001-01-01"), "No command in the log fits.")
	for _, test := range []struct{ line, says string }{
		{"--registrar NOPE", `registrar "NOPE": there is no such registrar; dorado registrar list shows all`},
		{"--code 2999", `there is no result code "2999"`},
		{"--command login", `the log has no command "login"; it has create, delete`},
		{"--since soon", "--since: \"soon\" is no instant"},
		{"--limit 0", "--limit is 1 or more"},
		{"--since 2026-02-01 --until 2026-01-01", "give a later end"},
	} {
		_, errs, status := run(t, "", append([]string{"log", "--dir", dir}, strings.Fields(test.line)...)...)
		if status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("log %s: status %d, %s; want %q", test.line, status, errs, test.says)
		}
	}
}

// One long message leaves no gaps in other rows, and is cut to the terminal's width unless that is not wanted.
func TestLogWidth(t *testing.T) {
	lines := []logLine{
		{Registrar: "R2001", Command: "create", Object: "domain", ID: "a.co", Code: "2306", Message: strings.Repeat("ñ", 300), SvTRID: "SV-1", ClTRID: "CL-1"},
		{Registrar: "R2001", Command: "create", Object: "domain", ID: "b.co", Code: "1000", Message: "done", SvTRID: "SV-2"},
	}
	for _, test := range []struct {
		name    string
		form    logForm
		longest int
		shortIs string // the end of the row of the short message
	}{
		{"a terminal", logForm{width: 90}, 90, "1000  done"},
		{"a file", logForm{}, 361, "1000  done"},
		{"a terminal, with ids", logForm{width: 90, ids: true}, 90, "1000  SV-2          done"},
		{"wide", logForm{width: 90, wide: true}, 375, "1000  SV-2          done"},
	} {
		var out buffer
		p := &program{out: &out}
		if err := p.tellLog(lines, false, test.form); err != nil {
			t.Fatal(err)
		}
		rows := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		longest := 0
		for _, row := range rows {
			longest = max(longest, utf8.RuneCountInString(row))
		}
		if longest != test.longest || !strings.HasSuffix(rows[2], test.shortIs) || test.form.width > 0 && !test.form.wide && !strings.HasSuffix(rows[1], "…") {
			t.Errorf("%s: %d characters at most, want %d:\n%s", test.name, longest, test.longest, out.String())
		}
	}
}

// Nodes of one registry, also after a restart, make no server transaction id twice, even in the same
// instant; ids sort by time, and each is one that RFC 5730 allows.
func TestServerTransactionIDs(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	const nodes, each = 4, 20_000 // each node twice: before and after its restart
	ids := make([][]string, 2*nodes)
	var group sync.WaitGroup
	for i := range ids {
		node, err := newTRIDs("DORADO-", now, random)
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			for range each {
				ids[i] = append(ids[i], node())
			}
		})
	}
	group.Wait()
	all := slices.Concat(ids...)
	slices.Sort(all)
	if unique := len(slices.Compact(slices.Clone(all))); unique != 2*nodes*each {
		t.Errorf("%d ids, %d of them unique", 2*nodes*each, unique)
	}
	last := all[len(all)-1]
	at = at.Add(time.Millisecond)
	later, err := newTRIDs("DORADO-", now, random)
	if err != nil {
		t.Fatal(err)
	}
	if id := later(); id <= last || len(id) > maxTRID || len(id) < 3 {
		t.Errorf("a millisecond later an id is %s, after %s", id, last)
	}
	if _, err := newTRIDs(strings.Repeat("X", 33), now, random); err == nil {
		t.Error("a prefix of 33 characters is taken")
	}
}
