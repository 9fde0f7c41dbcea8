package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/cmd/dorado/bench"
)

// A bench of a second: everything succeeds, every kind and both ceilings are there, and nothing of
// the scratch store is left. How fast it is, no test can say.
func TestBench(t *testing.T) {
	t.Setenv("DORADO_TEST_AS_PROGRAM", "1") // the echo is this program, started again
	dir, demo := aDemo(t)
	defer demo.stop()
	profile := filepath.Join(t.TempDir(), "cpu.pprof")
	out := mustRun(t, "bench", "epp", "--dir", dir, "--sessions", "8", "--seconds", "0.3", "--rounds", "2",
		"--mix", "check=4,info=2,create=2,update=2", "--profile", profile, "--json")
	var r bench.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	counts := map[string]uint64{}
	for _, l := range append(r.Commands, r.Ceilings...) {
		counts[l.Name] = l.Count
		if len(l.Errors) > 0 || len(l.Rates) != 2 || l.P50 > l.P95 || l.P95 > l.P99 || l.P99 > l.Max {
			t.Errorf("the line is %+v", l)
		}
	}
	for _, l := range append(r.Ceilings, r.Commands[len(r.Commands)-1]) {
		if l.Cost <= 0 {
			t.Errorf("%s costs %g µs", l.Name, l.Cost)
		}
	}
	for _, name := range []string{"check", "info", "create", "update", "all", "TLS echo", "bare store"} {
		if counts[name] == 0 {
			t.Errorf("no %s succeeded", name)
		}
	}
	if sum := counts["check"] + counts["info"] + counts["create"] + counts["update"]; sum != counts["all"] {
		t.Errorf("all are %d, and their sum is %d", counts["all"], sum)
	}
	// Of the demo's names at least forty exist, and each session has made ten.
	if r.Taken < 40+80 || r.Database != engineSQLite || r.Registrars != 2 {
		t.Errorf("%d names exist, the database is %s, %d registrars", r.Taken, r.Database, r.Registrars)
	}
	if gzip := []byte{0x1f, 0x8b}; !bytes.HasPrefix([]byte(readAll(t, profile)), gzip) {
		t.Error("the profile is not compressed as pprof's are")
	}
	left, err := filepath.Glob(filepath.Join(dir, "bench-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the scratch store is left: %v, %v", left, err)
	}
}

// A rate is kept: as many commands as are due, and none before its time.
func TestBenchRate(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	report := filepath.Join(t.TempDir(), "report.json")
	text := mustRun(t, "bench", "epp", "--dir", dir, "--sessions", "2", "--seconds", "0.5", "--rate", "40",
		"--mix", "check=1", "--no-echo", "--report", report)
	has(t, text, "40 a second", "check")
	var r bench.Report
	if err := json.Unmarshal([]byte(readAll(t, report)), &r); err != nil {
		t.Fatal(err)
	}
	if n := r.Commands[0].Count; n == 0 || n > 20 {
		t.Errorf("%d commands in half a second, want up to 20", n)
	}
	if len(r.Ceilings) != 0 || len(r.Ratios) != 0 {
		t.Errorf("there are ceilings: %+v", r.Ceilings)
	}
}

// What is wrong is said before anything is measured.
func TestBenchRefuses(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	used := filepath.Join(dir, "dorado.db")
	for _, test := range []struct {
		name string
		args []string
		says string
	}{
		{"no demo", []string{"--dir", filepath.Join(dir, "no")}, "is no demo"},
		{"no time", []string{"--seconds", "0"}, "--seconds is"},
		{"no rounds", []string{"--rounds", "0"}, "--rounds is"},
		{"no sessions", []string{"--sessions", "0"}, "--sessions is"},
		{"a rate backwards", []string{"--rate", "-1"}, "--rate is"},
		{"a report nowhere", []string{"--report", filepath.Join(dir, "no", "r.json")}, "no/r.json cannot be written: no such file or directory; name a file elsewhere"},
		{"a report in place of a directory", []string{"--report", dir}, "is a directory; name a file"},
		{"a profile nowhere", []string{"--profile", filepath.Join(dir, "no", "p")}, "--profile: "},
		{"a mix of nothing", []string{"--mix", "x"}, "no part of a mix"},
		{"more sessions than two registrars may have", []string{"--sessions", "201"}, "100 for each registrar"},
		{"a zone of others", []string{"--sessions", "1", "--zone", "example"}, "before the run: the server answers 2005"},
		{"a database that is in use", []string{"--sessions", "1", "--mix", "create=1", "--no-echo", "--scratch", used}, "another process uses"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, errs, status := run(t, "", append([]string{"bench", "epp", "--dir", dir}, test.args...)...)
			if status != 1 || !strings.Contains(errs, test.says) || out != "" {
				t.Errorf("status %d, %s%s; want 1 and %q", status, out, errs, test.says)
			}
		})
	}
}

// The profile is for who may open the control socket, and nowhere else.
func TestProfileNeedsRegistry(t *testing.T) {
	if err := fetchProfile(t.Context(), t.TempDir(), 1, os.Stdout); err == nil {
		t.Error("a directory without a registry has a profile")
	}
}

// Much falls due at once, in one second, and commands go on meanwhile.
func TestBenchTime(t *testing.T) {
	for _, test := range []struct{ expiry, reached string }{
		{expireRenew, "renewed "}, {expireDelete, "deleted "},
	} {
		dir := filepath.Join(shortDir(t), "demo")
		demo := start(t, "demo", "--dir", dir, "--port-base", portBase(t), "--seed-names", "142", "--seed-expiry", test.expiry)
		defer demo.stop()
		report := filepath.Join(t.TempDir(), "report.json")
		text := mustRun(t, "bench", "time", "--dir", dir, "--sessions", "4", "--seconds", "0.3", "--rate", "40",
			"--profile", filepath.Join(t.TempDir(), "cpu.pprof"), "--report", report, "336d")
		has(t, text, test.reached, "== before ==", "== meanwhile ==", "names and charges a second")
		var r timeReport
		if err := json.Unmarshal([]byte(readAll(t, report)), &r); err != nil {
			t.Fatal(err)
		}
		if done := r.Settled.Renewed + r.Settled.Deleted; done < 80 || r.Seconds <= 0 || r.PerSecond <= 0 {
			t.Errorf("%s: %+v in %g s", test.expiry, r.Settled, r.Seconds)
		}
		if r.Before.Failures()+r.Meanwhile.Failures() > 0 || r.Before.Commands[0].Count == 0 || r.Meanwhile.Commands[0].Count == 0 {
			t.Errorf("%s: before %+v, meanwhile %+v", test.expiry, r.Before.Commands, r.Meanwhile.Commands)
		}
	}
	_, errs, status := run(t, "", "demo", "--dir", filepath.Join(shortDir(t), "demo"), "--seed-expiry", "never")
	if status != 1 || !strings.Contains(errs, "--seed-expiry is renew or delete") {
		t.Errorf("status %d, %s", status, errs)
	}
}
