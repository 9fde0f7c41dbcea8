package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// examples are the scripts of docs/replay that can be played where nothing can be reset.
func examples(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../docs/replay/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("docs/replay has %q: %v", files, err)
	}
	return slices.DeleteFunc(files, func(file string) bool { return strings.Contains("\n"+readAll(t, file), "\nfunds\n") })
}

// The examples pass in a sandbox, twice in a row without a reset between. Each is whole lives of names, and takes no more
// of real time than the test environment promises for a year of one.
func TestReplayExamples(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	files, err := filepath.Glob("../../docs/replay/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("docs/replay has %q: %v", files, err)
	}
	for range 2 {
		for _, file := range files {
			began := time.Now()
			out := mustRun(t, "ote", "run", "--dir", dir, file)
			if has(t, out, "ok    "+file); time.Since(began) > 10*time.Second {
				t.Errorf("%s took %s", file, time.Since(began))
			}
		}
	}
	out, errs, status := run(t, "as B\nreset\nfunds\ncheck domain ${fresh}.co\nadvance 1d\n", "ote", "run", "--dir", dir, "--verbose", "-")
	if status != 0 {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	has(t, out, "ok    -:2  reset", "ok    -:3  funds", "1000  -:4  check domain")
}

// The examples pass in the production part of a demo too.
func TestReplayExamplesInProduction(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	files := examples(t)
	out := mustRun(t, append([]string{"ote", "run", "--production", "--dir", dir}, files...)...)
	if n := strings.Count(out, "ok    "); n != len(files) {
		t.Errorf("%d of %d scripts are told to be ok:\n%s", n, len(files), out)
	}
}

// A script that fails is told with its line and both frames, and the reports have it; what follows in the file is not sent.
func TestReplayFails(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	where := t.TempDir()
	script := filepath.Join(where, "wrong.txt")
	write(t, script, "check domain ${fresh}.co\n= cd/name@avail 0\ninfo domain ${fresh}.co\n")
	report := filepath.Join(where, "report.xml")
	out, errs, status := run(t, "", "ote", "run", "--production", "--dir", dir, "--junit", report, "--fresh", "cafe1", script)
	if status != 1 || errs != "" {
		t.Errorf("status %d, want 1; errors %q", status, errs)
	}
	has(t, out, "FAIL  "+script+": step 1 of 2", script+":1: check domain ${fresh}.co (as H1001)", "line 2", `expected  cd/name@avail "0"`, `came      "1"`,
		"<domain:name>cafe1.co</domain:name>", `<domain:name avail="1">cafe1.co</domain:name>`, "<clTRID>CAFE1-LINE-1</clTRID>")
	has(t, readAll(t, report), `<testsuites tests="2" failures="1" skipped="1"`, "expected cd/name@avail")
	out, _, status = run(t, "", "ote", "run", "--production", "--dir", dir, "--tap", script)
	if has(t, out, "TAP version 13\n1..2\nnot ok 1 - "+script+":1", "ok 2 - "+script+":3 info domain ${fresh}.co # SKIP"); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	out, _, _ = run(t, "hello\n", "ote", "run", "--production", "--dir", dir, "-")
	if out != "" {
		t.Errorf("a script with a mistake prints %q", out)
	}
}

// Steps are printed when that is asked for; --check sends nothing and needs no registry.
func TestReplayShowsSteps(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	script := "check domain a.co # as one types it\nas B\ninfo domain nobody-has-this.co\n= 2303\n"
	out, errs, status := run(t, script, "ote", "run", "--production", "--dir", dir, "--xml", "-")
	if status != 0 {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	has(t, out, "1000  -:1  check domain a.co", "2303  -:3  info domain nobody-has-this.co", "<domain:name>a.co</domain:name>", "ok    -: 2 steps, 2 checks")
	out, _, _ = run(t, script, "ote", "run", "--check", "--dir", "/nowhere", "-")
	if out != "ok    -: 2 steps\n" {
		t.Errorf("--check prints %q", out)
	}
}

// What cannot begin says what to do, and sends nothing.
func TestReplayMistakes(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	credentials := filepath.Join(t.TempDir(), "sandbox.json")
	write(t, credentials, `{"epp": "127.0.0.1:1", "https": "https://127.0.0.1:1", "registrars": [{"id": "OTE1001-A"}]}`)
	for _, test := range []struct {
		name, script string
		args         []string
		want         string
	}{
		{"command", "create domain ${fresh}.co", nil, "dorado: -:1: give --registrant, --admin and --tech"},
		{"flag", "info domain a.co --hsts all", nil, "-:1: there is no flag --hsts; did you mean --hosts?"},
		{"of the program", "check domain a.co --dir x", nil, "-:1: "},
		{"help", "create domain --help", nil, "-:1: this sends nothing"},
		{"span", "advance a year", nil, `-:1: "a year" is no length of time; write years, weeks`},
		{"credential", "as C\ncheck domain a.co", nil, "-:1: there is no credential C; there are H1001 and H1002"},
		{"of a variable", "check domain a.co\n= name ${id.C}", nil, "there is no credential C"},
		{"as", "check domain a.co", []string{"--as", "H9"}, "there is no credential H9; there are H1001 and H1002"},
		{"fresh", "check domain a.co", []string{"--fresh", "No"}, "--fresh is a letter and up to 11 letters"},
		{"password", "check domain a.co", []string{"--credentials", credentials}, `the credential "OTE1001-A" has no id or no eppPassword`},
		{"https", "check domain a.co", []string{"--https", "http://x"}, `"http://x" is no address of the JSON interface`},
	} {
		out, errs, status := run(t, test.script, append([]string{"ote", "run", "--production", "--dir", dir, "-"}, test.args...)...)
		if out != "" || status != 1 || !strings.Contains(errs, test.want) {
			t.Errorf("%s: status %d, %q, %q; want %q", test.name, status, out, errs, test.want)
		}
	}
	write(t, credentials, `{"epp": "127.0.0.1:1", "https": "https://127.0.0.1:1", "registrars": [{"id": "OTE1001-A", "eppPassword": "secret-1"}]}`)
	unsent, _, status := run(t, "check domain a.co", "ote", "run", "--credentials", credentials, "-")
	if has(t, unsent, "nothing was sent: nothing listens at 127.0.0.1:1"); status != 1 || strings.Contains(unsent, "<check>") {
		t.Errorf("where nothing listens: status %d, and this is told to be sent:\n%s", status, unsent)
	}
	_, errs, _ := run(t, "check domain a.co", "ote", "run", "--dir", t.TempDir(), "-")
	has(t, errs, "there is no demo in ", "name one with --dir, or a registry with --server or --credentials")
	_, errs, _ = run(t, "", "ote", "run")
	has(t, errs, "say which scripts to play, or - for standard input")
	out, _, status := run(t, "funds", "ote", "run", "--production", "--dir", dir, "-")
	if has(t, out, "funds is for sandboxes, and this is the production part of a demo"); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
}

// Without a demo, the registry and the credentials come from flags and the environment, or from a file.
func TestReplayTarget(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	first, second := file.Production.Registrars[0], file.Production.Registrars[1]
	env := map[string]string{
		"DORADO_EPP_SERVER": file.Production.EPP, "DORADO_OTE_HTTPS": file.Production.HTTPS, "DORADO_EPP_CA": filepath.Join(dir, file.CA),
		"DORADO_EPP_ID": string(first.ID), "DORADO_EPP_PASSWORD": first.EPPPassword,
	}
	var o, e buffer
	p := &program{in: strings.NewReader("check domain free.co\n= cd/name@avail 1"), out: &o, err: &e, env: func(name string) string { return env[name] }}
	if status := p.run(t.Context(), []string{"ote", "run", "-"}); status != 0 {
		t.Errorf("status %d: %s%s", status, &o, &e)
	}
	data, err := json.Marshal(sandboxFile{
		EPP: file.Production.EPP, HTTPS: file.Production.HTTPS, CA: file.CA,
		Registrars: []sandboxCredential{{string(first.ID), first.EPPPassword}, {string(second.ID), second.EPPPassword}},
	})
	if err != nil {
		t.Fatal(err)
	}
	credentials := filepath.Join(dir, "sandbox.json") // beside the authority that it names
	write(t, credentials, string(data))
	out, errs, status := run(t, "as "+string(second.ID)+"\npoll\n= 1300\nas A\npoll\n= 1300", "ote", "run", "--credentials", credentials, "-")
	if status != 0 {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}

// The credential of a sandbox is named by its end, and that of the sandbox that comes first is meant.
func TestCredentialNames(t *testing.T) {
	of := func(ids ...string) *replayTarget {
		target := &replayTarget{}
		for _, id := range ids {
			target.Registrars = append(target.Registrars, sandboxCredential{id, "secret"})
		}
		return target
	}
	sandboxes := of("OTE1001-A", "OTE1001-B", "OTE1002-A", "OTE1002-C")
	production := of("H1001", "H1002")
	for _, test := range []struct {
		target     *replayTarget
		name, want string
	}{
		{sandboxes, "", "OTE1001-A"},
		{sandboxes, "B", "OTE1001-B"},
		{sandboxes, "OTE1002-A", "OTE1002-A"},
		{sandboxes, "C", ""},
		{production, "", "H1001"},
		{production, "B", "H1002"},
		{production, "C", ""},
		{production, "H1002", "H1002"},
	} {
		id, err := test.target.ID(test.name)
		if id != test.want || (err == nil) != (test.want != "") {
			t.Errorf("ID(%q) = %q, %v, want %q", test.name, id, err, test.want)
		}
	}
	target := &replayTarget{}
	env := map[string]string{"DORADO_EPP_PASSWORD": "one", "DORADO_EPP_PASSWORD_B": "two"}
	if err := target.fromEnvironment("OTE1001-A", func(name string) string { return env[name] }); err != nil {
		t.Fatal(err)
	}
	if want := []sandboxCredential{{"OTE1001-A", "one"}, {"OTE1001-B", "two"}}; !slices.Equal(target.Registrars, want) {
		t.Errorf("the environment has %v, want %v", target.Registrars, want)
	}
	if _, err := target.ID("C"); err == nil || !strings.Contains(err.Error(), "give the password of OTE1001-C in DORADO_EPP_PASSWORD_C") {
		t.Errorf("of a credential without a password it is said %v", err)
	}
}

// write makes a file.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
