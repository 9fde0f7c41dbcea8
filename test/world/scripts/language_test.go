package scripts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Every form of a line is read as the README says.
func TestLanguage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "life.txt")
	if err := os.WriteFile(path, []byte(`# A life.
follow nom.co co-2026 from 2027-03-10T00:00:00Z
2026-03-01T12:00:00Z
  H1001  create life.co 1y -> 1000 expires 2027-03-01 says "a b"

+1d+1s  settle
# in between
around 2027-03-01T23:59:59Z-45d
	whois life.co -> found status ok | found status renewPeriod
	dns life.co -> NXDOMAIN
`), 0o600); err != nil {
		t.Fatal(err)
	}
	s := read(t, path)
	var got strings.Builder
	for _, l := range s.lines {
		got.WriteString(strings.Join([]string{stamp(l.at), l.who, strings.Join(l.what, " "), l.before.String(), l.want.String()}, " / ") + "\n")
	}
	const want = `2026-03-01T12:00:00Z / H1001 / create life.co 1y / 1000 expires 2027-03-01 says "a b" / 1000 expires 2027-03-01 says "a b"
2026-03-02T12:00:01Z / settle /  /  / 
2027-01-15T23:59:59Z / whois / life.co / found status ok / found status renewPeriod
2027-01-15T23:59:59Z / dns / life.co / NXDOMAIN / NXDOMAIN
`
	if got.String() != want {
		t.Errorf("the lines are\n%swant\n%s", got.String(), want)
	}
	if len(s.follows) != 1 || s.follows[0].zone != "nom.co" || s.follows[0].profile != "co-2026" {
		t.Errorf("zones follow %v", s.follows)
	}
}

// What cannot be read is refused.
func TestLanguageRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, says string }{
		{"no instant", "tomorrow H1001 poll -> 1300", "no instant"},
		{"a unit that there is not", "+1y H1001 poll -> 1300", "no instant"},
		{"a question beside around", "around +1d whois life.co -> missing", "lines below it"},
		{"two sides of no boundary", "+1d whois life.co -> missing | found", "below around"},
		{"half a follow", "follow nom.co co-2026", "follow ZONE"},
	} {
		at, around := time.Time{}, false
		err := new(script).add(1, test.text, &at, &around)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %q: %v, want %q", test.name, test.text, err, test.says)
		}
	}
}

// A wrong line is shown as it should be: only what it speaks of is compared and corrected, and what is not in the
// answer is none.
func TestWrongLine(t *testing.T) {
	answer := expectation{code: "1000", facts: []fact{{"status", "ok"}, {"expires", "2027-03-01"}, {"says", "all is well"}}}
	for _, test := range []struct{ name, line, want string }{
		{"right", "H1001 info a.co -> 1000 expires 2027-03-01", "H1001 info a.co -> 1000 expires 2027-03-01"},
		{"a part of a sentence", `H1001 info a.co -> 1000 says "is well"`, `H1001 info a.co -> 1000 says "is well"`},
		{"another value", "H1001 info a.co -> 1000 expires 2028-03-01", "H1001 info a.co -> 1000 expires 2027-03-01"},
		{"another code", "H1001 info a.co -> 2303", "H1001 info a.co -> 1000"},
		{"what is not there", "H1001 info a.co -> 1000 rgp addPeriod status ok", "H1001 info a.co -> 1000 rgp none status ok"},
		{"nothing expected yet", "H1001 info a.co ->", "H1001 info a.co -> 1000 status ok expires 2027-03-01 says all is well"},
	} {
		s := &script{path: "life.txt", text: []string{"  " + test.line}}
		at, around := time.Time{}, false
		if err := s.add(1, s.text[0], &at, &around); err != nil {
			t.Fatal(err)
		}
		seen := s.lines[0].want.seen(answer)
		if got := strings.TrimSpace(s.written(s.lines[0], seen, seen)); got != test.want {
			t.Errorf("%s: the line should be %q, want %q", test.name, got, test.want)
		}
		if right := seen.String() == s.lines[0].want.String(); right != (test.line == test.want) {
			t.Errorf("%s: the line is right: %t", test.name, right)
		}
	}
}
