package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a command would come to is told with its rules, and asking leaves nothing behind.
func TestExplain(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	frame := filepath.Join(t.TempDir(), "frame.xml")
	if err := os.WriteFile(frame, []byte(`<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><check/></command></epp>`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		line   string // what follows dorado explain; words as in a shell
		shows  []string
		status int
	}{
		{
			"create domain nuevo.co --registrant CAFE-1 --admin CAFE-1 --tech CAFE-1",
			[]string{"1000", "holds  fundsCover", "20.00 of", "create for 1 year: 20.00 USD (the standard price under the terms since", "Registration 20.00, credited if undone within 5 days", "charge Registration 20.00 of H1001"},
			0,
		},
		{
			"create domain cafeazul.co --registrant CAFE-1 --admin CAFE-1 --tech CAFE-1",
			[]string{"2302", "broken nameIsFree", "What would make it work: choose another."},
			23,
		},
		{"--as H1002 delete domain cafeazul.co", []string{"2201", "broken registrarSponsors"}, 22},
		{"--at 2099-01-01 check domain nuevo.co", []string{"by H1001 at 2099-01-01T00:00:00Z", "nuevo.co  available"}, 0},
		{"renew cafeazul.co --expires 2020-01-01", []string{"2004", "broken expiryMatches", "domain:curExpDate 2020-01-01"}, 20},
		{"renew cafeazul.co --expires 2020-01-01 --years 9", []string{"What would make it work: send 20", "; and a period is 1 to 5 years"}, 20},
		{"renew cafeazul.co", []string{"1000", "holds  expiryMatches", "renew for 1 year: 20.00 USD"}, 0},
		{"--at 2029-06-01 renew cafeazul.co", []string{"holds  expiryMatches"}, 0},
		{"renew nuevo.co", []string{"2303", "broken nameIsRegistered"}, 23},
		{"frame " + frame, []string{"2001", "Command syntax error"}, 20},
	} {
		words, err := splitWords(test.line)
		if err != nil {
			t.Fatal(err)
		}
		out, errs, status := run(t, "", append([]string{"explain", "--dir", dir}, words...)...)
		if status != test.status {
			t.Errorf("dorado explain %s: status %d, want %d\n%s%s", test.line, status, test.status, out, errs)
		}
		for _, shows := range test.shows {
			if !strings.Contains(out, shows) {
				t.Errorf("dorado explain %s: want %q in\n%s%s", test.line, shows, out, errs)
			}
		}
	}
	var told explanation
	if err := json.Unmarshal([]byte(mustRun(t, "explain", "--dir", dir, "--json", "check", "domain", "nuevo.co")), &told); err != nil {
		t.Fatal(err)
	}
	if told.Code != "1000" || len(told.Rules) == 0 || len(told.Answers) != 1 || !told.Answers[0].Available {
		t.Errorf("as JSON: %+v, want a name that is still free, and its rules", told)
	}
}

// Mistakes are told with what to do.
func TestExplainMistakes(t *testing.T) {
	for _, test := range []struct{ line, says string }{
		{"--dir nowhere check domain a.co", "no registry is running in nowhere"},
		{"renew --dir nowhere a.co", "no registry is running in nowhere"},
		{"--at soon check domain a.co", "soon"},
		{"frame", "the file of the frame"},
	} {
		words, err := splitWords(test.line)
		if err != nil {
			t.Fatal(err)
		}
		_, errs, status := run(t, "", append([]string{"explain"}, words...)...)
		if status == 0 || !strings.Contains(errs, test.says) {
			t.Errorf("dorado explain %s: status %d, %s; want %q", test.line, status, errs, test.says)
		}
	}
}
