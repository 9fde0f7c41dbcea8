package scripts

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite what the lines expect; review the difference against the decisions")

// An engine is how often what time has done is written down while a life is played.
type engine string

const (
	settling engine = "settling" // whenever the clock has moved
	never    engine = "never"    // but for the lines that say so
)

// TestScripts plays every life twice: with an engine that writes down at once what time does, and without one.
// Everybody has to be told the same.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no lives: %v", err)
	}
	for _, path := range paths {
		for _, e := range []engine{settling, never} {
			t.Run(strings.TrimSuffix(path, ".txt")+"/"+string(e), func(t *testing.T) {
				t.Parallel()
				play(t, read(t, path), e)
			})
		}
	}
}

// play plays a life from its first line to its last, and looks for contradictions in what it leaves behind.
func play(t *testing.T, s *script, e engine) {
	h := open(t, s, e)
	changed := false
	for i := 0; i < len(s.lines); {
		n := i + 1
		for n < len(s.lines) && s.lines[i].around && s.lines[n].around && s.lines[n].at.Equal(s.lines[i].at) {
			n++
		}
		for k, ok := range h.block(s.lines[i:n]) {
			if !ok.right {
				changed = true
				s.text[s.lines[i+k].number-1] = ok.should
			}
		}
		i = n
	}
	h.world.Settle()
	h.world.CheckInvariants()
	if *update && changed && e == settling {
		if err := os.WriteFile(s.path, []byte(strings.Join(s.text, "\n")+"\n"), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// A verdict is how a line did, and how it should be written if it was wrong.
type verdict struct {
	right  bool
	should string
}

// offsets are when the lines around a boundary are asked.
var offsets = []time.Duration{-24 * time.Hour, -time.Second, 0, time.Second}

// block plays lines of one instant: one line, or all that are around one boundary.
func (h *house) block(lines []line) []verdict {
	if !lines[0].around {
		l := lines[0]
		h.at(l.at)
		got := l.want.seen(h.run(l))
		return []verdict{h.judge(l, got, got)}
	}
	got := make([][]expectation, len(lines))
	for _, offset := range offsets {
		h.at(lines[0].at.Add(offset))
		for i, l := range lines {
			side := l.want
			if offset < 0 {
				side = l.before
			}
			got[i] = append(got[i], side.seen(h.run(l)))
		}
	}
	verdicts := make([]verdict, len(lines))
	for i, l := range lines {
		for pair := range 2 {
			if a, b := got[i][2*pair], got[i][2*pair+1]; a.String() != b.String() {
				h.t.Errorf("%s: the answer changes between %s and %s:\n%s\n%s", h.place(l),
					stamp(l.at.Add(offsets[2*pair])), stamp(l.at.Add(offsets[2*pair+1])), a, b)
			}
		}
		verdicts[i] = h.judge(l, got[i][1], got[i][2])
	}
	return verdicts
}

// judge compares a line with what came before and after its boundary, which is the same where it has none.
func (h *house) judge(l line, before, after expectation) verdict {
	if l.bare || l.before.String() == before.String() && l.want.String() == after.String() {
		return verdict{right: true}
	}
	should := h.script.written(l, before, after)
	if !*update {
		h.t.Errorf("%s: at %s\n%s\nthe whole answer is: %s", h.place(l), stamp(l.at), h.script.complaint(l, should), h.last)
	}
	return verdict{false, should}
}

// complaint shows a line that is wrong and the line that would be right.
func (s *script) complaint(l line, should string) string {
	_, came, _ := strings.Cut(should, "->")
	_, wanted, _ := strings.Cut(s.text[l.number-1], "->")
	return "want" + wanted + "\ngot " + came + "\nthe line would be right as\n" + should
}
