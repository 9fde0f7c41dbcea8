package main

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What the operator announces, changes and cancels reaches a registrar's queue, as does its begin; while a
// queue is off it looks empty.
func TestMaintenanceCommands(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	// A year that is ahead, and not far: for every day up to there the ledger is sealed.
	in := func(text string) string { return strings.ReplaceAll(text, "{year}", strconv.Itoa(time.Now().Year()+2)) }
	operate := func(words ...string) string { return mustRun(t, append(words, "--dir", dir)...) }
	// next acknowledges the next message of H1001 about a maintenance, for which it waits, and returns it.
	next := func() string {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
			if out := takeMessage(t, dir, "H1001"); strings.Contains(out, "aintenance") {
				return out
			}
		}
		t.Fatal("no message comes")
		return ""
	}
	has(t, operate("maintenance", "list"), "No maintenance is ahead.")
	said := operate("maintenance", "add", "--start", in("{year}-01-31T02:00"), "--end", in("{year}-01-31T04:00"),
		"--system", "EPP@epp.example.com=full", "--system", "WHOIS=partial", "--name", "New switches", "--zone", "co")
	id := regexp.MustCompile(`Announced as (\S+):`).FindStringSubmatch(said)[1]
	has(t, next(), in("Registry maintenance announced: New switches, from {year}-01-31T02:00:00Z to {year}-01-31T04:00:00Z."), "news         announced", "epp.example.com")
	has(t, operate("maintenance", "list"), id, "EPP full, WHOIS partial")
	operate("maintenance", "change", id, "--end", in("{year}-01-31T05:00"), "--emergency")
	has(t, next(), "Registry maintenance changed", "emergency", "New switches")
	var lines []maintenanceLine
	if err := json.Unmarshal([]byte(operate("maintenance", "list", "--json")), &lines); err != nil || len(lines) != 1 || !lines[0].Emergency || lines[0].End.Hour() != 5 {
		t.Errorf("the list is %+v, %v", lines, err)
	}
	operate("clock", "to", in("{year}-01-31T02:00"))
	operate("maintenance", "cancel", id)
	has(t, next(), "Registry maintenance begins", "a reminder: it begins")
	has(t, next(), "Registry maintenance cancelled", "news         cancelled")
	has(t, operate("registrar", "poll", "H1001", "off"), "The message queue of H1001 is off.")
	has(t, operate("registrar", "show", "H1001"), "message queue off")
	operate("maintenance", "add", "--end", in("{year}-03-01"), "--system", "EPP=none")
	has(t, mustRun(t, "epp", "--dir", dir, "--as", "H1001", "poll"), "no messages")
	has(t, operate("registrar", "poll", "H1001", "on"), "The message queue of H1001 is on.")
}

// takeMessage acknowledges the message of a registrar that has waited longest, and returns it; empty if none waits.
func takeMessage(t *testing.T, dir, who string) string {
	t.Helper()
	out, _, _ := run(t, "", "epp", "--dir", dir, "--as", who, "poll")
	id := regexp.MustCompile(`message (\d+) of`).FindStringSubmatch(out)
	if id == nil {
		return ""
	}
	// When the clock has moved by years, the engine may remove a message as too old just before its ack.
	if said, _, status := run(t, "", "epp", "--dir", dir, "--as", who, "ack", id[1]); status != 0 {
		has(t, said, "2303")
		return ""
	}
	return out
}

// What an operator mistypes is told, with what to write.
func TestMaintenanceMistakes(t *testing.T) {
	for _, test := range []struct{ line, says string }{
		{"maintenance add --end 2099-01-01", "--system"},
		{"maintenance add --end soon --system EPP=full", "--end: \"soon\" is no instant"},
		{"maintenance add --end 2099-01-01 --system EPP", "write it such as EPP=full"},
		{"maintenance cancel", "give one argument: the id of a maintenance"},
		{"registrar poll R2001", "and on or off"},
		{"registrar poll R2001 maybe", "\"maybe\" is no switch"},
	} {
		_, errs, status := run(t, "", strings.Fields(test.line)...)
		if status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("dorado %s: status %d, %s; want %q", test.line, status, errs, test.says)
		}
	}
}
