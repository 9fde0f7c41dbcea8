package cluster

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// The answers about a name are linearizable if there is an order of its commands that explains them all,
// in which each stands between being sent and being answered. In which order the writes were committed
// the database knows, so all that is to be found is when: every write has a window, and every answer that
// shows a state, or refuses for one, narrows the windows of the writes before and after that state.
//
// Porcupine finds an order without being told one, and takes for ever where hundreds of answers show the
// same state and a check may be a second old.

// A timeline is one name's writes in the order of their commits.
type timeline struct {
	writes []entry
	states []domain // states[k] is what the first k writes leave
	// The k-th write, counted from one, took effect in first[k] to last[k]. Before the first and after the
	// last there is one more, at the ends of time.
	first, last []time.Duration
}

// linearizable fails t unless the answers about each name are.
func (j *journal) linearizable(t testing.TB) {
	t.Helper()
	for _, disorder := range j.disorders() {
		t.Error(disorder)
	}
}

// disorders says of each name what is wrong with the answers about it, if anything is.
func (j *journal) disorders() []string {
	byName := map[string][]entry{}
	for _, e := range j.entries {
		byName[e.in.name] = append(byName[e.in.name], e)
	}
	var disorders []string
	for name, entries := range byName {
		if wrong := disorder(entries); wrong != "" {
			disorders = append(disorders, fmt.Sprintf("the answers to the %d commands on %s are those of no order: %s\n%s",
				len(entries), name, wrong, tell(entries)))
		}
	}
	return disorders
}

// disorder says what is wrong with the answers about one name, or nothing.
func disorder(entries []entry) string {
	var writes, reads []entry
	for _, e := range entries {
		if e.in.isQuery() || e.code != e.in.succeeds() {
			reads = append(reads, e.shown())
		} else {
			writes = append(writes, e)
		}
	}
	slices.SortFunc(writes, func(a, b entry) int { return a.commit.compare(b.commit) })
	line, wrong := newTimeline(writes)
	if wrong != "" {
		return wrong
	}
	return line.explain(reads)
}

// shown returns an entry with the time in which the state was that it shows.
func (e entry) shown() entry {
	if e.in.kind == check {
		e.call -= staleness
	}
	return e
}

// staleness is how old what a node remembers of names may be.
const staleness = time.Second

// newTimeline returns the states that writes leave, or says which of them cannot have been answered so.
func newTimeline(writes []entry) (line timeline, wrong string) {
	line = timeline{
		writes: writes, states: []domain{{}},
		first: []time.Duration{math.MinInt64}, last: []time.Duration{math.MinInt64},
	}
	for i, w := range writes {
		code, next := line.states[i].do(w.in, w)
		if code != w.code || next.roid == wrongROID {
			return line, fmt.Sprintf("%s, as the write number %d, has to be answered %d", w, i+1, code)
		}
		end := w.end
		if w.lost {
			end = math.MaxInt64 // nobody was told when
		}
		line.states, line.first, line.last = append(line.states, next), append(line.first, w.call), append(line.last, end)
	}
	line.first, line.last = append(line.first, math.MaxInt64), append(line.last, math.MaxInt64)
	if k := line.narrow(); k > 0 {
		return line, fmt.Sprintf("%s was committed before another that had been answered when it was sent", writes[k-1])
	}
	return line, ""
}

// narrow makes windows agree with the order, and returns the number of a write for which there is none
// left, or 0.
func (l timeline) narrow() int {
	for k := 1; k < len(l.first); k++ {
		l.first[k] = max(l.first[k], l.first[k-1])
	}
	for k := len(l.last) - 2; k >= 0; k-- {
		l.last[k] = min(l.last[k], l.last[k+1])
	}
	for k := 1; k < len(l.first)-1; k++ {
		if l.first[k] > l.last[k] {
			return k
		}
	}
	return 0
}

// A run is a row of states, from one to another, all of which explain an answer.
type run struct{ from, to int }

// runs returns what explains an answer, as far as the windows allow it.
func (l timeline) runs(e entry) []run {
	var runs []run
	for k := 0; k < len(l.states); k++ {
		if !l.states[k].explains(e) {
			continue
		}
		r := run{k, k}
		for r.to+1 < len(l.states) && l.states[r.to+1].explains(e) {
			r.to++
		}
		if k = r.to; l.first[r.from] <= e.end && l.last[r.to+1] >= e.call {
			runs = append(runs, r)
		}
	}
	return runs
}

// explain finds when the writes took effect so that all answers are explained, or says which is not.
func (l timeline) explain(reads []entry) string {
	for {
		var open []entry
		for _, e := range reads {
			switch runs := l.runs(e); len(runs) {
			case 0:
				return fmt.Sprintf("%s from %.4f to %.4f shows no state of that time", e, e.call.Seconds(), e.end.Seconds())
			case 1:
				if wrong := l.hold(e, runs[0]); wrong != "" {
					return wrong
				}
			default:
				open = append(open, e)
			}
		}
		if len(open) == 0 {
			return ""
		}
		if len(open) == len(reads) {
			return l.try(open)
		}
		reads = open
	}
}

// hold narrows the windows to those with which a run explains an answer.
func (l timeline) hold(e entry, r run) string {
	l.last[r.from] = min(l.last[r.from], e.end)
	l.first[r.to+1] = max(l.first[r.to+1], e.call)
	if k := l.narrow(); k > 0 {
		return fmt.Sprintf("%s from %.4f to %.4f cannot be, since of the others", e, e.call.Seconds(), e.end.Seconds())
	}
	return ""
}

// try explains the first answer by one run after the other, until the rest is explained as well.
func (l timeline) try(reads []entry) string {
	wrong := ""
	for _, r := range l.runs(reads[0]) {
		branch := l
		branch.first, branch.last = slices.Clone(l.first), slices.Clone(l.last)
		if wrong = branch.hold(reads[0], r); wrong == "" {
			wrong = branch.explain(reads[1:])
		}
		if wrong == "" {
			return ""
		}
	}
	return wrong
}

// tell lists commands in the order in which they were sent.
func tell(entries []entry) string {
	slices.SortFunc(entries, func(a, b entry) int { return int(a.call - b.call) })
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%9.4f %9.4f client %d node %d: %s\n", e.call.Seconds(), e.end.Seconds(), e.client, e.node, e)
	}
	return b.String()
}
