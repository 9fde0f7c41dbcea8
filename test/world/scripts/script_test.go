package scripts

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A script is one file: a life.
type script struct {
	path    string
	text    []string // its lines, as they stand
	follows []follow
	lines   []line
}

// A follow lets a zone have the terms of another profile from an instant on.
type follow struct {
	zone, profile string
	from          time.Time
}

// A line is one thing that somebody does or asks, and what has to come of it.
type line struct {
	number int       // in the file, from 1
	at     time.Time // the instant, or the boundary that the line is around
	around bool
	who    string
	what   []string
	before expectation // what comes before the boundary; only where the line is around one
	want   expectation
	bare   bool // nothing is expected: settle
	sides  bool // the two are written apart
}

// An expectation is a first word, such as a result code, and facts, each a key with its values.
type expectation struct {
	code  string
	facts []fact
}

type fact struct{ key, value string }

// keys are what can be expected. The README says what each means.
var keys = strings.Fields(`status rgp expires sponsor ns hosts created updated transferred state gaining losing requested
	answer fee credit avail object message says glue posted authorised registrant purged class to`)

func isKey(word string) bool { return slices.Contains(keys, word) }

// read reads a script.
func read(t *testing.T, path string) *script {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{path: path, text: strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")}
	var at time.Time
	around := false
	for i, text := range s.text {
		if trimmed := strings.TrimSpace(text); trimmed == "" || trimmed[0] == '#' {
			continue
		}
		if err := s.add(i+1, text, &at, &around); err != nil {
			t.Fatalf("%s:%d: %v\n%s", filepath.Base(path), i+1, err, text)
		}
	}
	if len(s.lines) == 0 || !strings.HasPrefix(s.text[0], "# ") {
		t.Fatalf("%s: a life begins with a comment that says what it shows, and has lines", path)
	}
	return s
}

// add reads one line. Its instant is that of the line before unless it begins with one.
func (s *script) add(number int, text string, at *time.Time, around *bool) error {
	doing, expected, isExpecting := strings.Cut(text, "->")
	words := words(doing)
	if words[0] == "follow" {
		return s.follow(words)
	}
	if text[0] != ' ' && text[0] != '\t' {
		if *around = words[0] == "around"; *around {
			words = words[1:]
		}
		next, err := instant(*at, words[0])
		if err != nil {
			return err
		}
		*at = next
		words = words[1:]
		if *around || len(words) == 0 {
			if len(words) > 0 {
				return fmt.Errorf("what is asked around an instant stands in the lines below it")
			}
			return nil
		}
	}
	l := line{number: number, at: *at, around: *around, who: words[0], what: words[1:], bare: !isExpecting}
	before, after, sides := strings.Cut(expected, " | ")
	if sides && !*around {
		return fmt.Errorf("what comes before and after stands in lines below around")
	}
	if l.sides = sides; !sides {
		after = before
	}
	l.before, l.want = expect(before), expect(after)
	s.lines = append(s.lines, l)
	return nil
}

// follow reads "follow ZONE PROFILE from INSTANT".
func (s *script) follow(words []string) error {
	if len(words) != 5 || words[3] != "from" {
		return fmt.Errorf("want follow ZONE PROFILE from INSTANT")
	}
	from, err := instant(time.Time{}, words[4])
	s.follows = append(s.follows, follow{words[1], words[2], from})
	return err
}

var quoted = regexp.MustCompile(`"[^"]*"|\S+`)

// words splits at blanks; a text in quotes is one word, and keeps them.
func words(text string) []string { return quoted.FindAllString(text, -1) }

var (
	absolute = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z`)
	span     = regexp.MustCompile(`^([+-])(\d+)([dhms])`)
)

// instant reads an instant with spans added to it, or spans alone, which count from the instant before.
func instant(before time.Time, text string) (time.Time, error) {
	at, rest := before, text
	if found := absolute.FindString(rest); found != "" {
		parsed, err := time.Parse(time.RFC3339, found)
		if err != nil {
			return at, err
		}
		at, rest = parsed, rest[len(found):]
	}
	units := map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}
	for rest != "" {
		m := span.FindStringSubmatch(rest)
		if m == nil {
			return at, fmt.Errorf("%q is no instant; want 2026-03-01T12:00:00Z, +5d or both", text)
		}
		n, err := strconv.Atoi(m[1] + m[2])
		if err != nil {
			return at, err
		}
		at, rest = at.Add(time.Duration(n)*units[m[3]]), rest[len(m[0]):]
	}
	return at, nil
}

// expect reads an expectation: a first word that is no key, then keys with their values.
func expect(text string) expectation {
	var e expectation
	for i, word := range words(text) {
		switch {
		case isKey(word):
			e.facts = append(e.facts, fact{key: word})
		case i == 0:
			e.code = word
		case len(e.facts) == 0:
			e.code += " " + word
		default:
			last := &e.facts[len(e.facts)-1]
			last.value = strings.TrimSpace(last.value + " " + word)
		}
	}
	return e
}

func (e expectation) String() string {
	words := []string{e.code}
	for _, f := range e.facts {
		words = append(words, f.key, f.value)
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// seen returns of an answer what an expectation speaks of, in its order; everything if it says nothing.
func (e expectation) seen(answer expectation) expectation {
	if e.code == "" && len(e.facts) == 0 {
		return answer
	}
	seen := expectation{code: answer.code}
	for _, f := range e.facts {
		got := fact{f.key, "none"}
		if i := slices.IndexFunc(answer.facts, func(a fact) bool { return a.key == f.key }); i >= 0 {
			got = answer.facts[i]
		}
		if f.key == "says" && strings.Contains(got.value, strings.Trim(f.value, `"`)) {
			got = f // a part of the sentence is enough
		}
		seen.facts = append(seen.facts, got)
	}
	return seen
}

// written returns the line as it stands with other expectations.
func (s *script) written(l line, before, want expectation) string {
	text := s.text[l.number-1]
	doing, _, _ := strings.Cut(text, "->")
	if !strings.Contains(text, "->") {
		doing += " "
	}
	if before.String() == want.String() {
		return doing + "-> " + want.String()
	}
	return doing + "-> " + before.String() + " | " + want.String()
}
