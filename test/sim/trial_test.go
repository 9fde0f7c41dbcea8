package sim

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A trial is one life of the model and of real registries beside each other, until they differ.
type trial struct {
	m      *model
	stages []*stage
	acts   []act
}

// A quiet keeps to itself what fails, so that a life can be played again and again to find the shortest that does.
type quiet struct {
	testing.TB
	said   []string
	ending []func()
}

// stopped is what a quiet panics with where a test would end.
type stopped struct{}

func (q *quiet) Helper()             {}
func (q *quiet) Log(...any)          {}
func (q *quiet) Logf(string, ...any) {}
func (q *quiet) Failed() bool        { return len(q.said) > 0 }
func (q *quiet) Cleanup(f func())    { q.ending = append(q.ending, f) }
func (q *quiet) Error(args ...any)   { q.said = append(q.said, fmt.Sprint(args...)) }
func (q *quiet) Errorf(format string, args ...any) {
	q.said = append(q.said, fmt.Sprintf(format, args...))
}
func (q *quiet) Fatal(args ...any)                 { q.Error(args...); panic(stopped{}) }
func (q *quiet) Fatalf(format string, args ...any) { q.Errorf(format, args...); panic(stopped{}) }

func (q *quiet) TempDir() string {
	folder, err := os.MkdirTemp("", "sim")
	if err != nil {
		q.Fatal(err)
	}
	q.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// quietly plays a life, and returns all that was played and what failed, "" if nothing did.
func quietly(t testing.TB, life func(*trial)) (acts []act, failure string) {
	q := &quiet{TB: t}
	tr := &trial{}
	defer func() {
		for _, end := range slices.Backward(q.ending) {
			end()
		}
	}()
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(stopped{}) {
				panic(fmt.Sprintf("%v\nafter\n%s", r, script(tr.acts)))
			}
		}()
		tr.m, tr.stages = newModel(), []*stage{newStage(q, true), newStage(q, false)}
		life(tr)
		for _, s := range tr.stages {
			s.checkWhole(tr.m, everything)
		}
		tr.same(q)
	}()
	return tr.acts, strings.Join(q.said, "\n")
}

// again is a life that has been lived.
func again(acts []act) func(*trial) {
	return func(tr *trial) {
		for _, a := range acts {
			tr.play(a)
		}
	}
}

// fromSeed is a new life.
func fromSeed(seed uint64, steps int) func(*trial) {
	return func(tr *trial) {
		c := chance{rand.New(rand.NewPCG(seed, 0)), tr.m}
		for _, a := range c.opening() {
			tr.play(a)
		}
		for range steps {
			tr.play(c.next())
		}
	}
}

// outside are the acts that nobody outside can notice: the model does not know them.
var outside = []string{"settle", "crash", "reopen", "publish", "poll", "audit"}

// play plays one act everywhere.
func (tr *trial) play(a act) {
	tr.acts = append(tr.acts, a)
	predicted := !slices.Contains(outside, a.do)
	var want result
	if predicted {
		want = tr.m.do(a)
	}
	shown := tr.m.shows(everything)
	for _, s := range tr.stages {
		s.step = len(tr.acts)
		if got := s.do(a); predicted && got != want {
			s.T.Fatalf("%s: it ends in %s, want %s", s.called(), got, want)
		}
		if a.do == "audit" && s.engine {
			s.checkWhole(tr.m, everything)
		}
		if s.step%s.looks() > 0 {
			continue
		}
		seen := s.shows(tr.m, everything)
		for _, about := range slices.Sorted(maps.Keys(seen)) {
			if got, want := seen[about], shown[about]; got != want {
				s.T.Errorf("%s: %s is\n  %s, want\n  %s", s.called(), about, got, want)
			}
		}
		if s.T.Failed() {
			panic(stopped{})
		}
	}
}

// looks is after how many acts everything is looked at: on PostgreSQL that takes ten times as long as the act.
func (s *stage) looks() int {
	if s.Postgres {
		return 5
	}
	return 1
}

func (s *stage) called() string {
	if s.engine {
		return "with the engine"
	}
	return "without the engine"
}

// roid finds ROIDs of objects.
var roid = regexp.MustCompile(`\b[DHC]([0-9]+)-CO\b`)

// hostRef finds what a name keeps of a host. Delegations follow a host by its ROID; the name in a version is what the
// host was called when that was written down, which a rename may have changed since it came to be.
var hostRef = regexp.MustCompile(`{"ROID":"(H[0-9]+-CO)","Name":"[^"]*"}`)

// normal returns a text with every ROID replaced by its kind and the rank of its number, since numbers have gaps
// after a crash.
func (s *stage) normal(text string) string {
	all := strings.Fields(s.Rows("SELECT DISTINCT roid FROM history WHERE kind <> 'registrar'"))
	number := func(roid string) int {
		n, _ := strconv.Atoi(roid[1:strings.Index(roid, "-")])
		return n
	}
	slices.SortFunc(all, func(a, b string) int { return number(a) - number(b) })
	text = hostRef.ReplaceAllString(text, `{"ROID":"$1"}`)
	return roid.ReplaceAllStringFunc(text, func(found string) string {
		return fmt.Sprintf("%c#%d", found[0], slices.Index(all, found))
	})
}

// same holds what is kept where the engine ran against what is kept where it did not. Not compared are the order
// in which messages came, which is that of their commits; marks, which count what is written; and what the last
// version of an object was that is gone, since hosts and contacts that went later may be missing in it.
func (tr *trial) same(q *quiet) {
	for _, query := range []string{
		"SELECT id, body FROM registrar",
		"SELECT party, balance, authorised, hold_since, holds, last_hold FROM funds",
		"SELECT name, roid, version, sponsor, created, expires, due, body FROM domain",
		"SELECT name, roid, version, sponsor, COALESCE(superordinate, ''), body FROM host",
		"SELECT address, host FROM host_address",
		"SELECT id, roid, version, sponsor, body FROM contact",
		"SELECT domain, host, position FROM domain_host",
		"SELECT domain, role, contact FROM domain_contact",
		"SELECT id, party, object, subject, type, amount, at, posts_at, grace_days, state, ended FROM charge",
		"SELECT entry_key, party, at, debit, credit, amount, charge, text FROM entry",
		"SELECT at, registrar, command, object, object_id, code, message, svtrid FROM log",
		"SELECT roid, version, kind, name, at, registrar, command, cltrid, svtrid, CASE WHEN gone THEN 1 ELSE 0 END, CASE WHEN gone THEN '' ELSE body END FROM history",
	} {
		if diff := difference(tr.stages[1].normal(tr.stages[1].Rows(query)), tr.stages[0].normal(tr.stages[0].Rows(query))); diff != "" {
			q.Errorf("with the engine (+) and without (-) differ in\n%s:\n%s", query, beginningOf(diff))
		}
	}
}

// beginningOf is enough of a text to see what it is about.
func beginningOf(text string) string {
	if len(text) < 3000 {
		return text
	}
	return text[:3000] + "…"
}

// shrunk leaves acts out of a life that fails, as long as it still does and time allows.
func shrunk(t testing.TB, acts []act, failure string, until time.Time) ([]act, string) {
	for size := len(acts) / 2; size > 0; size /= 2 {
		for from := len(acts) - size; from >= 0 && time.Now().Before(until); from -= size {
			fewer := slices.Delete(slices.Clone(acts), from, from+size)
			if played, why := quietly(t, again(fewer)); firstLine(why) == firstLine(failure) {
				acts, failure = played, why
				from = min(from, len(acts))
			}
		}
	}
	return acts, failure
}

// firstLine tells one failure from another.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// script is a life as one reads it.
func script(acts []act) string {
	var b strings.Builder
	for i, a := range acts {
		fmt.Fprintf(&b, "%4d %s\n", i+1, a)
	}
	return b.String()
}
