package main

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// raise makes a database look as if a newer program had migrated it.
func raise(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
}

func TestParseSpan(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		text string
		want time.Duration
	}{
		{"46d", 46 * day},
		{"1d12h", 36 * time.Hour},
		{"2w", 14 * day},
		{"90m", 90 * time.Minute},
		{"1s", time.Second},
		{"", 0},
		{"46", 0},
		{"d", 0},
		{"-1d", 0},
		{"1.5d", 0},
		{"1y", 0},
		{"0d", 0},
		{"999999999d", longestSpan},
		{"36500d36500d36500d36500d", longestSpan},
		{"15250w15250w15250w15250w1d", longestSpan},
		{"1d x", 0},
	} {
		got, err := parseSpan(test.text)
		if got != test.want || (err == nil) != (test.want > 0) {
			t.Errorf("parseSpan(%q) = %s, %v; want %s", test.text, got, err, test.want)
		}
	}
}

// Years keep the day, as those of a registration do; the rest is as long as it is.
func TestParsePassage(t *testing.T) {
	from := time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct{ text, want string }{
		{"46d", "2028-04-15T12:00:00Z"},
		{"1y", "2029-02-28T12:00:00Z"},
		{"4y", "2032-02-29T12:00:00Z"},
		{"11y1d12h", "2039-03-02T00:00:00Z"},
		{"999999999y", "2129-02-28T12:00:00Z"}, // which the clock refuses
		{"0y", ""},
		{"0y0d", ""},
		{"y", ""},
		{"1d1y", ""},
		{"1y1y", ""},
		{"-1y", ""},
		{"1.5y", ""},
		{"1yx", ""},
		{"", ""},
		{"1y -1d", ""},
	} {
		to, err := parsePassage(test.text, from)
		if got := to.Format(time.RFC3339); err == nil && got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("parsePassage(%q) = %s, %v; want %s", test.text, got, err, test.want)
		}
	}
}

func TestParseInstant(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"2027-06-01", "2027-06-01T00:00:00Z"},
		{"2027-06-01 12:30:00", "2027-06-01T12:30:00Z"},
		{"2027-06-01 12:30:00Z", "2027-06-01T12:30:00Z"},
		{"2027-06-01T12:30:56", "2027-06-01T12:30:56Z"},
		{"2027-06-01T12:30Z", "2027-06-01T12:30:00Z"},
		{"2027-06-01 12:30", "2027-06-01T12:30:00Z"},
		{"2027-06-01T12:30", "2027-06-01T12:30:00Z"},
		{"2027-06-01T12:30:00-05:00", "2027-06-01T17:30:00Z"},
		{"tomorrow", ""},
		{"", ""},
		{"2027-13-01", ""},
	} {
		got, err := parseInstant(test.text)
		if (err == nil) != (test.want != "") || err == nil && got.Format(time.RFC3339) != test.want {
			t.Errorf("parseInstant(%q) = %s, %v; want %s", test.text, got, err, test.want)
		}
	}
}

// A clock goes forward only, keeps its offset, and takes up what was kept.
func TestClock(t *testing.T) {
	ctx, kept := t.Context(), &memory{map[string]string{}}
	c := new(clock)
	if err := c.load(ctx, kept); err != nil || c.Offset() != 0 {
		t.Fatalf("a new clock has the offset %s, %v", c.Offset(), err)
	}
	if err := c.moveTo(ctx, kept, c.Now().Add(48*time.Hour)); err != nil || c.Offset() != 48*time.Hour {
		t.Errorf("two days on it has the offset %s, %v", c.Offset(), err)
	}
	if err := c.moveTo(ctx, kept, time.Now().Add(time.Hour)); err == nil {
		t.Error("it went back")
	}
	for _, years := range []int{101, 250, 292, 294, 400, 1000, 8000} {
		at, before := c.Now().AddDate(years, 0, 0), c.Offset()
		err := c.moveTo(ctx, kept, at)
		if err == nil || !strings.Contains(err.Error(), time.Now().UTC().Add(maxOffset).Format(time.DateOnly)) || c.Offset() != before {
			t.Errorf("to %s: %v, and the offset is %s; want the latest date, and %s", at, err, c.Offset(), before)
		}
	}
	far, own := new(clock), &memory{map[string]string{}}
	if err := errors.Join(far.load(ctx, own), far.moveTo(ctx, own, time.Now().Add(maxOffset-time.Minute))); err != nil {
		t.Errorf("to the latest date: %v", err)
	}
	again := new(clock)
	if err := again.load(ctx, kept); err != nil || again.Offset() != 48*time.Hour {
		t.Errorf("taken up, it has the offset %s, %v", again.Offset(), err)
	}
	kept.kept[clockSetting] = "-1h"
	if err := again.load(ctx, kept); err == nil {
		t.Error("it took up an offset that is none")
	}
}

func TestTRIDs(t *testing.T) {
	next, err := newTRIDs("DORADO-", time.Now, random)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 10_000 {
		id := next()
		if seen[id] || len(id) < 3 || len(id) > 64 || !tridPrefix.MatchString(id[:7]) {
			t.Fatalf("the id %q comes twice or is no trIDStringType", id)
		}
		seen[id] = true
	}
	early, _ := newTRIDs("D-", func() time.Time { return time.UnixMilli(1) }, random)
	if a, b := early(), next(); a[2:12] >= b[7:17] {
		t.Errorf("%s is not before %s", a, b)
	}
	for _, prefix := range []string{"", "a", "-X", "A B", strings.Repeat("A", 33)} {
		if _, err := newTRIDs(prefix, time.Now, random); err == nil {
			t.Errorf("the prefix %q is accepted", prefix)
		}
	}
}

// Certificates of the authority are accepted for what they are for, and nothing else.
func TestAuthority(t *testing.T) {
	ca, pair, err := newAuthority("test")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pair.certificate)
	server, err := ca.server([]string{"epp.example", "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := ca.client("H1001")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		pair  keyPair
		host  string
		usage x509.ExtKeyUsage
		ok    bool
	}{
		{"server by name", server, "epp.example", x509.ExtKeyUsageServerAuth, true},
		{"server by address", server, "192.0.2.1", x509.ExtKeyUsageServerAuth, true},
		{"server of another name", server, "other.example", x509.ExtKeyUsageServerAuth, false},
		{"server as client", server, "", x509.ExtKeyUsageClientAuth, false},
		{"client", client, "", x509.ExtKeyUsageClientAuth, true},
		{"client as server", client, "", x509.ExtKeyUsageServerAuth, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			loaded, err := tls.X509KeyPair(test.pair.certificate, test.pair.key)
			if err != nil {
				t.Fatal(err)
			}
			_, err = loaded.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: test.host, KeyUsages: []x509.ExtKeyUsage{test.usage}})
			if (err == nil) != test.ok {
				t.Errorf("Verify: %v, want success %t", err, test.ok)
			}
		})
	}
	if print, err := fingerprint(client.certificate); err != nil || len(print) != 64 {
		t.Errorf("the fingerprint is %q, %v", print, err)
	}
}

func TestSplitWords(t *testing.T) {
	for _, test := range []struct {
		line string
		want []string
		bad  bool
	}{
		{"", nil, false},
		{"  check  domain a.co ", []string{"check", "domain", "a.co"}, false},
		{`--name "Ana Torres" x`, []string{"--name", "Ana Torres", "x"}, false},
		{`'a "b" \ c'`, []string{`a "b" \ c`}, false},
		{`a\ b \"c`, []string{"a b", `"c`}, false},
		{`--street "Calle 12 # 3-45" # remark`, []string{"--street", "Calle 12 # 3-45"}, false},
		{`x ""`, []string{"x", ""}, false},
		{`"open`, nil, true},
		{`open\`, nil, true},
	} {
		got, err := splitWords(test.line)
		if (err != nil) != test.bad || !reflect.DeepEqual(got, test.want) {
			t.Errorf("splitWords(%q) = %q, %v; want %q", test.line, got, err, test.want)
		}
	}
}

// What quoteWord writes, splitWords reads.
func TestQuoteWord(t *testing.T) {
	for _, word := range []string{"demo", "", "a b", "it's", `\`, "$HOME", "#x", "é"} {
		if got, err := splitWords(quoteWord(word)); err != nil || len(got) != 1 || got[0] != word {
			t.Errorf("%q is quoted as %s and read as %q, %v", word, quoteWord(word), got, err)
		}
	}
}

func TestPasswords(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		password := newPassword()
		if len(password) != generatedPassword || seen[password] || strings.ContainsAny(password, "l1IO0o") {
			t.Fatalf("the password %q is short, comes twice or can be misread", password)
		}
		seen[password] = true
	}
}

func TestShowSpan(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{24 * time.Hour, "1 day"},
		{46*24*time.Hour + 90*time.Minute, "46 days 1h30m"},
		{12 * time.Hour, "12h0m0s"},
		{48*time.Hour + time.Second, "2 days"},
		{132*24*time.Hour - time.Second, "132 days"},
		{24*time.Hour - time.Second, "23h59m59s"},
		{24*time.Hour - time.Millisecond, "1 day"},
	} {
		if got := showSpan(test.d); got != test.want {
			t.Errorf("showSpan(%s) = %q, want %q", test.d, got, test.want)
		}
	}
}

func TestSocketPath(t *testing.T) {
	if _, err := socketPath(filepath.Join("/", strings.Repeat("long/", 30))); err == nil {
		t.Error("a path that no socket can have is accepted")
	}
	if path, err := socketPath("demo"); err != nil || path != filepath.Join("demo", socketFile) {
		t.Errorf("socketPath(demo) = %s, %v", path, err)
	}
}
