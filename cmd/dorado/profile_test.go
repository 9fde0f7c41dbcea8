package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bothProfiles is the built-in profile with nom.co under the policies of 2011.
func bothProfiles(t *testing.T) string {
	t.Helper()
	out := mustRun(t, "profile", "file", "co-2026")
	changed := strings.Replace(out, `{"name": "nom.co", "sold": true}`,
		`{"name": "nom.co", "sold": true, "follows": [{"from": "2026-01-01T00:00:00Z", "profile": "co-2011", "why": "a test"}]}`, 1)
	if changed == out {
		t.Fatal("the profile has no zone nom.co")
	}
	return changed
}

// setProfile names the profile of a registry that does not run.
func setProfile(t *testing.T, dir, profile string) {
	t.Helper()
	path := filepath.Join(dir, configFile)
	text := strings.Replace(readAll(t, path), `profile = "co-2026"`, `profile = "`+profile+`"`, 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func writeProfile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A registry takes its rules from a file, which init copies; what they are is shown, with every version's reason.
func TestProfileFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.json")
	writeProfile(t, file, bothProfiles(t))
	dir := filepath.Join(shortDir(t), "r")
	mustRun(t, "init", "--dir", dir, "--profile", file)
	has(t, readAll(t, filepath.Join(dir, configFile)), `profile = "profile.json"`)
	if readAll(t, filepath.Join(dir, profileFile)) != bothProfiles(t) {
		t.Error("the file was not copied")
	}
	out := mustRun(t, "profile", "show", "--dir", dir)
	has(t, out, "operations manual 3.00.00", "this machine's clock", "co, com.co and net.co:\n", "nom.co:\n", "suspended for 45 days",
		"renewed or deleted", "nom.co  co-2011", "transfer answer   5 days",
		"prices of a year in co", "USD       CREATE", "standard  20.00      20.00      20.00      40.00", "tier 6    1,000.00", "to 100,000.00 USD",
		"14 days", "1,000.00 USD", "50 names, or 10%", "500.00 USD")
	for line := range strings.Lines(out) {
		if line = strings.TrimSuffix(line, "\n"); len(line) > helpWidth {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	for _, test := range []struct{ profile, text, says string }{
		{"none.json", "", "registry.profile: there is no file " + filepath.Join(dir, "none.json") + "; dorado profile file co-2026 prints one"},
		{"bad.json", `{"id": "x", "colour": 1}`, `bad.json: profile: json: unknown field "colour"`},
		{"co-1999", "", `there is no built-in profile "co-1999"; built in are co-2011 and co-2026`},
	} {
		if test.text != "" {
			writeProfile(t, filepath.Join(dir, test.profile), test.text)
		}
		other := filepath.Join(t.TempDir(), "r")
		if _, errs, status := run(t, "", "init", "--dir", other, "--profile", test.profile); status != 1 || !strings.Contains(errs, "--profile: ") || exists(other) {
			t.Errorf("init with %s: status %d, %s", test.profile, status, errs)
		}
		text := readAll(t, filepath.Join(dir, configFile))
		writeProfile(t, filepath.Join(dir, configFile), strings.Replace(text, `"profile.json"`, `"`+test.profile+`"`, 1))
		if _, errs, status := run(t, "", "serve", "--dir", dir); status != 1 || !strings.Contains(errs, test.says) {
			t.Errorf("serve with %s: status %d, %s; want %q", test.profile, status, errs, test.says)
		}
		writeProfile(t, filepath.Join(dir, configFile), text)
	}
	if _, errs, status := run(t, "", "profile", "file", "co-1999"); status != 1 || !strings.Contains(errs, "there are co-2011 and co-2026") {
		t.Errorf("a profile that there is not: %d, %s", status, errs)
	}
}

// A profile without a zone that has names is refused; one without a zone that has none is not, and the zone may
// come back.
func TestProfileKeepsZones(t *testing.T) {
	dir, demo := aDemo(t)
	demo.stop()
	whole := mustRun(t, "profile", "file", "co-2026")
	setProfile(t, dir, profileFile)
	without := func(zone string) string {
		head, tail, found := strings.Cut(whole, `  {"name": "`+zone+`",`)
		_, tail, _ = strings.Cut(tail, "\n")
		if !found {
			t.Fatalf("the profile has no zone %s", zone)
		}
		return head + tail
	}
	writeProfile(t, filepath.Join(dir, profileFile), without("com.co"))
	_, errs, status := run(t, "", "demo", "--dir", dir)
	if status != 1 || !strings.Contains(errs, "the profile co-2026 has no zone com.co, and there are names below it; put the zone back") {
		t.Errorf("without com.co: status %d, %s", status, errs)
	}
	for _, text := range []string{without("gov.co"), whole} {
		writeProfile(t, filepath.Join(dir, profileFile), text)
		start(t, "demo", "--dir", dir).stop()
	}
}

// What is in force is told by the clock of a registry that runs.
func TestProfileShowHasTheRegistrysClock(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	mustRun(t, "clock", "--dir", dir, "to", "2031-05-06T07:08")
	has(t, mustRun(t, "profile", "show", "--dir", dir), "Profile co-2026 at 2031-05-06 07:08:", "(the registry's clock)")
}
