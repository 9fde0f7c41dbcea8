package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.org/dorado/test/peer"
)

// Every command that the demo tells people to try works when it is pasted: those of this program
// in this process, those of others as they are.
func TestDemoTips(t *testing.T) {
	for _, program := range []string{"dig", "whois", "curl"} {
		peer.Need(t, program)
	}
	dir, demo := newDemo(t)
	defer demo.stop()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{}
	shows := []string{ // in the order of the tips
		"cafemio.co   available", "CAFEMIO.CO created successfully", "ns1.condor.example", "Registrar: Condor Names",
		`"ldhName":"cafemio.co"`, "2201", "", "pendingDelete", "Fell due and is done", "domain:create", "renews itself until", "Caribe Dominios",
	}
	tips := p.tips(dir, file, "cafemio.co", "cafeazul.co")
	if len(tips) != len(shows) {
		t.Fatalf("there are %d tips, this test knows %d", len(tips), len(shows))
	}
	for i, tip := range tips {
		has(t, demo.out.String(), tip.command)
		var out string
		shown := func() bool {
			out = paste(t, p.name(), tip.command)
			return strings.Contains(strings.ReplaceAll(out, `": "`, `":"`), shows[i])
		}
		if strings.HasPrefix(tip.command, "dig ") { // a name is in the zone a moment after its answer
			eventually(t, shown)
		} else if !shown() {
			t.Errorf("%s\nshows no %q:\n%s", tip.command, shows[i], out)
		}
	}
}

// paste runs a command line as a shell would.
func paste(t *testing.T, me, command string) string {
	t.Helper()
	words, err := splitWords(strings.ReplaceAll(command, "\\\n", " "))
	if err != nil {
		t.Fatal(err)
	}
	if words[0] == me {
		out, errs, _ := run(t, "", words[1:]...)
		return out + errs
	}
	out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v", command, err)
	}
	return string(out)
}

// demo.json has exactly the keys of the services that run, for each registrar all of them.
func TestDemoFile(t *testing.T) {
	dir, demo := newDemo(t)
	defer demo.stop()
	var file map[string]any
	if err := json.Unmarshal([]byte(readAll(t, filepath.Join(dir, demoFileName))), &file); err != nil {
		t.Fatal(err)
	}
	production := file["production"].(map[string]any)
	keys := func(m map[string]any) string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }
	if got, want := keys(file)+": "+keys(production), "ca ote production: consolePath contacts dns epp ftps health hosts https metrics names rdap registrars tsig whois"; got != want {
		t.Errorf("the keys are %s, want %s", got, want)
	}
	tests := file["ote"].(map[string]any)
	if got, want := keys(tests), "epp https registrars"; got != want {
		t.Errorf("the keys of the test environment are %s, want %s", got, want)
	}
	for i, r := range tests["registrars"].([]any) {
		r := r.(map[string]any)
		if got, want := keys(r)+" "+r["id"].(string), "eppPassword id OTE1001-"+string("AB"[i]); got != want {
			t.Errorf("a credential of the test environment has %s, want %s", got, want)
		}
	}
	for _, r := range production["registrars"].([]any) {
		r := r.(map[string]any)
		if got, want := keys(r), "cert console eppPassword ftpPassword id key"; got != want {
			t.Errorf("the keys of %v are %s, want %s", r["id"], got, want)
		}
		for _, file := range []string{"cert", "key"} {
			if _, err := os.Stat(filepath.Join(dir, r[file].(string))); err != nil {
				t.Error(err)
			}
		}
	}
	examples, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]bool{}
	for _, n := range examples.Production.Names {
		states[strings.Join(n.State, " ")] = true
	}
	if p := examples.Production; len(p.Names) < 8 || len(states) != len(p.Names) || !slices.Contains(p.Contacts, "CAFE-1") || !slices.Contains(p.Hosts, "ns1.condor.example") {
		t.Errorf("the examples are %+v", p)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, others can read it", e.Name(), info.Mode())
		}
	}
}

// A demo goes on where it was: with its names, its passwords, its ports and its clock.
func TestDemoGoesOn(t *testing.T) {
	dir, demo := aDemo(t)
	before := readAll(t, filepath.Join(dir, demoFileName))
	has(t, mustRun(t, "clock", "--dir", dir, "advance", "46d"), "46 days ahead of real time", "purged 4")
	has(t, mustRun(t, "epp", "--dir", dir, "create", "host", "ns9.other.example"), "1000")
	demo.stop()

	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	if after := readAll(t, filepath.Join(dir, demoFileName)); after != before {
		t.Errorf("demo.json has changed from\n%s\nto\n%s", before, after)
	}
	has(t, mustRun(t, "clock", "--dir", dir), "46 days ahead of real time")
	has(t, mustRun(t, "epp", "--dir", dir, "info", "host", "ns9.other.example"), "1000")
}

// Each name of the demo is in the state that its line says.
func TestDemoStates(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	for _, test := range []struct{ name, shows string }{
		{"cafeazul.co", "clientTransferProhibited"},
		{"ceramicaelbarro.co", "pendingDelete"},
		{"lluviaenmayo.co", "redemptionPeriod"},
		{"relojesdelnorte.com.co", "clientHold"},
		{"mariamejia.nom.co", "inactive"},
		{"nuevobarista.co", "addPeriod"},
		{"elcolibri.co", "renewPeriod"},
		{"esmeraldaviva.co", "Registry Expiry Date"},
		{"xn--caf-dma.co", "1000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := mustRun(t, "epp", "--dir", dir, "info", "domain", test.name)
			lookup := paste(t, "", "whois -h 127.0.0.1 -p "+port(t, dir)+" "+test.name)
			has(t, out+lookup, test.shows)
		})
	}
}

// port returns the WHOIS port of a demo.
func port(t *testing.T, dir string) string {
	t.Helper()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	return file.Production.WHOIS[strings.LastIndex(file.Production.WHOIS, ":")+1:]
}

// What goes wrong at the start is one sentence that says what to do, and nothing is left behind.
func TestDemoRefusals(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	full := shortDir(t)
	if err := os.WriteFile(filepath.Join(full, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(shortDir(t), "new")
	for _, test := range []struct {
		name string
		args []string
		says string
	}{
		{"running", []string{"demo", "--dir", dir}, "; stop it first, or choose another --dir"},
		{"served", []string{"serve", "--dir", dir}, "is running already"},
		{"ports", []string{"demo", "--dir", fresh, "--port-base", demoBase(t, dir)}, "for epp is in use by another program; stop that, or choose other ports with listen.port_base in dorado.toml (dorado demo: --port-base)"},
		{"not empty", []string{"demo", "--dir", full}, "is not empty: it has letter.txt"},
		{"a file", []string{"demo", "--dir", filepath.Join(full, "letter.txt")}, "choose another with --dir"},
		{"too many names", []string{"demo", "--dir", fresh, "--seed-names", "30000000"}, "--seed-names is 0 to"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, errs, status := run(t, "", test.args...)
			if status != 1 || out != "" || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, test.says) {
				t.Errorf("status %d, %s%s; want 1 and one line with %q", status, out, errs, test.says)
			}
			if _, err := os.Stat(fresh); err == nil {
				t.Errorf("%s was left behind", fresh)
			}
		})
	}
}

// demoBase returns the port base of a demo.
func demoBase(t *testing.T, dir string) string {
	t.Helper()
	return regexp.MustCompile(`port_base = (\d+)`).FindStringSubmatch(readAll(t, filepath.Join(dir, configFile)))[1]
}

// A first run that was cut short is begun again.
func TestDemoBeginsAgain(t *testing.T) {
	dir := shortDir(t)
	for _, name := range []string{unfinishedFile, configFile, "dorado.db", "dorado.db-wal"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, "demo", "--dir", dir, "--port-base", portBase(t), "--seed-names", "60").stop()
	if _, err := os.Stat(filepath.Join(dir, unfinishedFile)); err == nil {
		t.Error("it is still marked as unfinished")
	}
}

// The list of names has as many as the default of --seed-names says.
func TestDemoNames(t *testing.T) {
	data, err := loadDemoData()
	if err != nil {
		t.Fatal(err)
	}
	if len(data.Names) != demoNames {
		t.Errorf("there are %d names, and the default of --seed-names is %d", len(data.Names), demoNames)
	}
}

// A demo with made-up names has as many as were asked for, serves them, and registers more.
func TestDemoSeedNames(t *testing.T) {
	dir := shortDir(t)
	demo := start(t, "demo", "--dir", dir, "--port-base", portBase(t), "--seed-names", "150")
	defer demo.stop()
	has(t, demo.err.String(), "made a registry with 150 names")
	var domains []nameLine
	if err := json.Unmarshal([]byte(mustRun(t, "names", "--dir", dir, "--json")), &domains); err != nil {
		t.Fatal(err)
	}
	if len(domains) != 150 {
		t.Fatalf("there are %d names", len(domains))
	}
	for _, d := range domains[100:110] {
		has(t, paste(t, "", "whois -h 127.0.0.1 -p "+port(t, dir)+" "+d.Name), "Domain Name: "+d.Name)
	}
	has(t, mustRun(t, "epp", "--dir", dir, "create", "domain", "cafemio.co", "--registrant", "CAFE-1",
		"--admin", "CAFE-1", "--tech", "TEC-1"), "1000")
	has(t, mustRun(t, "clock", "--dir", dir, "advance", "400d"), "renewed", "purged")
}

// On a terminal a bar grows in one line; elsewhere each tenth is a line, where it takes a while.
func TestProgress(t *testing.T) {
	var out strings.Builder
	bar := &progress{out: &out, bar: true, total: 1_000_000}
	for _, n := range []int{2, 1_000_000} {
		bar.at(n)
	}
	has(t, out.String(), "░ 2 of 1,000,000, begun", "1,000,000 of 1,000,000, writing the indexes")
	bar.draw(500_000, "about 1m0s left")
	has(t, out.String(), "███████████████░░░░░░░░░░░░░░░ 500,000 of 1,000,000, about 1m0s left")
	bar.end()
	if strings.Contains(out.String(), "\n") || !strings.HasSuffix(out.String(), "\r\x1b[K") {
		t.Errorf("the bar is %q", out.String())
	}
	for _, test := range []struct {
		name         string
		total, lines int
	}{{"many", 20_000, 10}, {"few", 2000, 0}} {
		out.Reset()
		lines := &progress{out: &out, total: test.total}
		for n := 0; n <= test.total; n += 7 {
			lines.at(n)
		}
		lines.at(test.total)
		if got := strings.Count(out.String(), "\n"); got != test.lines {
			t.Errorf("%s: %d lines, want %d:\n%s", test.name, got, test.lines, out.String())
		}
	}
}

// How long it takes is said when names have been made for a second, and counted from the first of them: what
// came before took its own time.
func TestProgressLeft(t *testing.T) {
	began := time.Now()
	p := &progress{total: 101_000, began: began, from: 1_000}
	for _, test := range []struct {
		after time.Duration
		made  int
		want  string
	}{
		{0, 1_000, "begun"},
		{900 * time.Millisecond, 2_000, "begun"},
		{2 * time.Second, 1_000, "begun"},
		{2 * time.Second, 3_000, "about 1m38s left"},
		{time.Minute, 51_000, "about 1m0s left"},
		{2 * time.Minute, 101_000, "writing the indexes"},
	} {
		if got := p.left(test.made, began.Add(test.after)); got != test.want {
			t.Errorf("after %s and %d names: %q, want %q", test.after, test.made, got, test.want)
		}
	}
}

// The first screen fits a terminal where the demo is in its usual directory, and a second start
// proposes a name that is free.
func TestDemoWelcome(t *testing.T) {
	t.Chdir(shortDir(t))
	demo := start(t, "demo", "--port-base", portBase(t))
	for line := range strings.Lines(demo.out.String() + mustRun(t, "registrar", "list") + mustRun(t, "names")) {
		line = strings.ReplaceAll(strings.TrimRight(line, "\n"), (&program{}).name(), "bin/dorado")
		if n := utf8.RuneCountInString(line); n > helpWidth {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	has(t, demo.out.String(), "zones   co, com.co, net.co, nom.co; not sold: ", "UDP and TCP", "/healthz", "stop it, then rm -r demo", "check domain cafemio.co cafeazul.co")
	mustRun(t, "epp", "create", "domain", "cafemio.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1")
	demo.stop()
	demo = start(t, "demo")
	defer demo.stop()
	has(t, demo.out.String(), "check domain cafemio2.co", "dig @127.0.0.1")
}

// Every name is listed as it is now, for people and for programs.
func TestNamesCommand(t *testing.T) {
	dir, demo := newDemo(t)
	defer demo.stop()
	out := mustRun(t, "names", "--dir", dir)
	if n := strings.Count(out, "\n"); n != demoNames+1 {
		t.Errorf("there are %d lines, want %d", n, demoNames+1)
	}
	has(t, out, "NAME", "cafeazul.co", "clientTransferProhibited", "redemptionPeriod", "addPeriod", "H1002")
	var list []nameLine
	if err := json.Unmarshal([]byte(mustRun(t, "names", "--dir", dir, "--json")), &list); err != nil || len(list) != demoNames {
		t.Errorf("JSON has %d names, %v", len(list), err)
	}
	mustRun(t, "clock", "--dir", dir, "next", "lluviaenmayo.co")
	mustRun(t, "clock", "--dir", dir, "next", "lluviaenmayo.co")
	if out := mustRun(t, "names", "--dir", dir); strings.Contains(out, "lluviaenmayo.co") {
		t.Errorf("a purged name is listed:\n%s", out)
	}
}
