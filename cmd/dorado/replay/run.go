package replay

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/dorado/cmd/dorado/eppclient"
)

// A Target is the registry that a script is played against.
type Target interface {
	// ID returns the whole id of a credential as a script names it; of "" it is that of the first.
	ID(name string) (string, error)

	// Exchange sends a frame in the session of a credential, which is opened when it is first used.
	Exchange(ctx context.Context, id string, frame []byte) ([]byte, error)

	// Clock returns the registry's time.
	Clock(ctx context.Context, id string) (time.Time, error)

	// Act moves the clock (advance, to, next), or does reset or funds. It returns a JSON object; of a refusal, one with
	// the key error.
	Act(ctx context.Context, id, verb, argument string) ([]byte, error)
}

// ErrNotSent is the error of an Exchange whose frame was not sent, since no session could be opened.
var ErrNotSent = errors.New("nothing was sent")

// A Player plays scripts.
type Player struct {
	Target   Target
	Commands Commands
	Fresh    string        // the value of ${fresh}; empty to make one for each script
	Watch    func(Outcome) // sees each step when it is done; may be nil
}

// A Result is how a script went.
type Result struct {
	File     string
	Fresh    string // the value of ${fresh}
	Outcomes []Outcome
	Took     time.Duration
}

// Failed returns the outcome of the step that failed, or nil.
func (r Result) Failed() *Outcome {
	for i := range r.Outcomes {
		if r.Outcomes[i].Failed() {
			return &r.Outcomes[i]
		}
	}
	return nil
}

// An Outcome is how a step went.
type Outcome struct {
	File string
	Line int
	Text string // as the script has it
	As   string // the credential's whole id

	Sent, Came []byte // of a command the frames, else what was asked and its JSON answer; nil if it did not come to that
	Code       string // the result code; empty if the answer has none
	Message    string
	Faults     []Fault
	Checks     int // that were made
	Took       time.Duration
	Skipped    bool // since a step before it failed
}

// Failed reports whether something did not come as the script says.
func (o Outcome) Failed() bool { return len(o.Faults) > 0 }

// A Fault is a difference between what is expected and what came.
type Fault struct {
	Line           int // of the expectation, or of the step if the script has no line for it
	Expected, Came string
}

// maxKept bounds the value of a variable.
const maxKept = 64 << 10

// Ready looks whether a script can be played: whether there are the credentials that it names.
func (p *Player) Ready(s *Script) error {
	if _, err := p.Target.ID(""); err != nil {
		return err
	}
	var mistakes Mistakes
	for _, u := range s.ids {
		if _, err := p.Target.ID(u.name); err != nil {
			mistakes = append(mistakes, Mistake{s.File, u.line, err.Error()})
		}
	}
	if len(mistakes) > 0 {
		return mistakes
	}
	return nil
}

// Play plays a script up to the first step that fails.
func (p *Player) Play(ctx context.Context, s *Script) Result {
	began := time.Now()
	g := game{player: p, script: s, values: map[string]string{varFresh: p.Fresh}}
	if p.Fresh == "" {
		// A letter first, so that it is also a label; short, so that it can begin the id of a contact.
		g.values[varFresh] = "r" + strings.ToLower(rand.Text()[:freshLetters])
	}
	result := Result{File: s.File, Fresh: g.values[varFresh]}
	failed := false
	for _, st := range s.steps {
		o, shown := g.step(ctx, st, failed)
		if !shown {
			continue
		}
		failed = failed || o.Failed()
		result.Outcomes = append(result.Outcomes, o)
		if p.Watch != nil {
			p.Watch(o)
		}
	}
	result.Took = time.Since(began)
	return result
}

// freshLetters are of 32 each: a script that is played 10,000 times meets one of its labels again once in 700 times.
const freshLetters = 7

// A game is one script while it is played.
type game struct {
	player *Player
	script *Script
	values map[string]string
	id     string // the credential of the step

	clock, read time.Time // what the registry's clock showed, and when
}

// step plays one step. What only sets a variable is shown only if it fails.
func (g *game) step(ctx context.Context, st *step, skip bool) (Outcome, bool) {
	o := Outcome{File: g.script.File, Line: st.line, Text: st.text, Skipped: skip}
	if skip {
		return o, st.verb != verbSet
	}
	began := time.Now()
	err := g.play(ctx, st, &o)
	if err != nil {
		o.Faults = append(o.Faults, Fault{st.line, "that this can be done", err.Error()})
	}
	o.Took = time.Since(began)
	return o, st.verb != verbSet || err != nil
}

func (g *game) play(ctx context.Context, st *step, o *Outcome) error {
	err := ctx.Err()
	if err == nil {
		g.id, err = g.player.Target.ID(st.as)
	}
	if err != nil {
		return err
	}
	o.As = g.id
	var answer *eppclient.Node
	switch st.verb {
	case verbSet:
		g.values[st.name], err = st.words[0].fill(g.source(ctx))
		return err
	case verbDrain:
		answer, err = g.drain(ctx, o)
	case verbCommand, verbFrame:
		answer, err = g.ask(ctx, st, o)
	default:
		answer, err = g.act(ctx, st, o)
	}
	if err != nil {
		return err
	}
	return g.check(ctx, st, answer, o)
}

// source has the values of variables as they are now.
func (g *game) source(ctx context.Context) source {
	return source{
		value: func(name string) (string, bool) {
			if credential, found := strings.CutPrefix(name, prefixID); found {
				id, err := g.player.Target.ID(credential)
				return id, err == nil
			}
			value, found := g.values[name]
			return value, found
		},
		now: func() (time.Time, error) { return g.now(ctx) },
	}
}

// now is the registry's time, which goes on by itself between the steps that move it.
func (g *game) now(ctx context.Context) (time.Time, error) {
	if g.clock.IsZero() {
		at, err := g.player.Target.Clock(ctx, g.id)
		if err != nil {
			return at, err
		}
		g.clock, g.read = at, time.Now()
	}
	return g.clock.Add(time.Since(g.read)), nil
}

// ask sends a command or a frame that is written out.
func (g *game) ask(ctx context.Context, st *step, o *Outcome) (*eppclient.Node, error) {
	frame, err := g.frame(ctx, st)
	if err != nil {
		return nil, err
	}
	o.Sent = frame
	if o.Came, err = g.player.Target.Exchange(ctx, g.id, frame); err != nil {
		if errors.Is(err, ErrNotSent) {
			o.Sent = nil
		}
		return nil, err
	}
	root, err := eppclient.Parse(o.Came)
	if err != nil {
		return nil, fmt.Errorf("the answer is not XML: %w", err)
	}
	result := root.At("response", "result")
	o.Code, o.Message = result.Attr("code"), result.Child("msg").Value()
	return root, nil
}

// frame makes the frame of a step.
func (g *game) frame(ctx context.Context, st *step) ([]byte, error) {
	from := g.source(ctx)
	if st.verb == verbFrame {
		from.quote = escape
		filled, err := st.words[0].fill(from)
		return []byte(filled), err
	}
	words, err := fillAll(st.words, from)
	if err != nil {
		return nil, err
	}
	// A trace that is found in the registry's log leads back to the line of the script.
	clTRID := fmt.Sprintf("%s-LINE-%d", strings.ToUpper(g.values[varFresh]), st.line)
	return g.player.Commands.Frame(words, clTRID, func(name string) (string, error) { return g.expiry(ctx, name) })
}

// expiry asks on which day a name expires. Of one of which that is not told it is today: the answer to the renewal says
// what is wrong.
func (g *game) expiry(ctx context.Context, name string) (string, error) {
	frame, err := eppclient.Frame(eppclient.Info{Object: "domain", Name: name}, eppclient.NewTRID())
	if err != nil {
		return "", err
	}
	came, err := g.player.Target.Exchange(ctx, g.id, frame)
	if err != nil {
		return "", err
	}
	if root, err := eppclient.Parse(came); err == nil {
		if date, _, found := strings.Cut(root.At("response", "resData", "infData", "exDate").Value(), "T"); found {
			return date, nil
		}
	}
	now, err := g.now(ctx)
	return now.UTC().Format(time.DateOnly), err
}

// act moves the clock, or resets a sandbox or its funds.
func (g *game) act(ctx context.Context, st *step, o *Outcome) (*eppclient.Node, error) {
	argument := ""
	if len(st.words) > 0 {
		var err error
		if argument, err = st.words[0].fill(g.source(ctx)); err != nil {
			return nil, err
		}
	}
	o.Sent = []byte(strings.TrimSpace(string(st.verb) + " " + argument))
	var err error
	if o.Came, err = g.player.Target.Act(ctx, g.id, string(st.verb), argument); err != nil {
		return nil, err
	}
	g.clock = time.Time{}
	return readJSON(o.Came)
}

// readJSON makes an answer in JSON look like one in XML, with an element for each key.
func readJSON(data []byte) (*eppclient.Node, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var all map[string]any
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("the answer is no JSON object: %w", err)
	}
	root := &eppclient.Node{}
	root.Name.Local = "answer"
	for key, value := range all {
		values, isList := value.([]any)
		if !isList {
			values = []any{value}
		}
		for _, v := range values {
			child := &eppclient.Node{Text: fmt.Sprint(v)}
			child.Name.Local = key
			root.Children = append(root.Children, child)
		}
	}
	slices.SortFunc(root.Children, func(a, b *eppclient.Node) int { return strings.Compare(a.Name.Local, b.Name.Local) })
	return root, nil
}

// maxDrained bounds the messages that one step acknowledges.
const maxDrained = 1000

// noMessages is the result code of a poll when none wait. RFC 5730 section 3.
const noMessages = "1300"

// drain acknowledges all that waits in the queue. Its answer has the number of messages, as count.
func (g *game) drain(ctx context.Context, o *Outcome) (*eppclient.Node, error) {
	for n := 0; n <= maxDrained; n++ {
		code, id, err := g.pollOnce(ctx, eppclient.PollRequest{}, o)
		if err != nil {
			return nil, err
		}
		if code == noMessages {
			return readJSON(fmt.Appendf(nil, `{"count": %d}`, n))
		}
		if id == "" {
			return nil, fmt.Errorf("the poll was answered %s", code)
		}
		if code, _, err = g.pollOnce(ctx, eppclient.PollAck{ID: id}, o); err != nil || code >= "2" {
			return nil, errors.Join(err, fmt.Errorf("the message %s could not be acknowledged: %s", id, code))
		}
	}
	return nil, fmt.Errorf("more than %d messages wait; reset the sandbox first", maxDrained)
}

// pollOnce sends a poll, and returns its result code and the id of the message.
func (g *game) pollOnce(ctx context.Context, command any, o *Outcome) (code, id string, err error) {
	if o.Sent, err = eppclient.Frame(command, eppclient.NewTRID()); err != nil {
		return "", "", err
	}
	if o.Came, err = g.player.Target.Exchange(ctx, g.id, o.Sent); err != nil {
		return "", "", err
	}
	answer, err := eppclient.ParseAnswer(o.Came)
	return strconv.Itoa(answer.Code), answer.Queue.Attr("id"), err
}

// check holds the answer to what the script says of it.
func (g *game) check(ctx context.Context, st *step, answer *eppclient.Node, o *Outcome) error {
	from := g.source(ctx)
	if !slices.ContainsFunc(st.checks, check.judgesSuccess) {
		o.Checks++
		if fault := mustSucceed(st, answer, *o); fault.Came != "" {
			o.Faults = append(o.Faults, fault)
		}
	}
	for _, c := range st.checks {
		o.Checks++
		if c.kind == isCode {
			if o.Code != c.code {
				o.Faults = append(o.Faults, Fault{c.line, c.code, told(*o)})
			}
			continue
		}
		found, err := c.path.nodes(answer, from)
		if err != nil {
			return err
		}
		values := c.path.values(found)
		if c.keep != "" {
			err = g.keep(c, values, from)
		} else {
			err = c.holds(values, from)
		}
		var d difference
		switch {
		case errors.As(err, &d):
			if c.kind == isValue || c.kind == isLike || c.kind == keepMatch {
				d.came = cmp.Or(c.path.hint(found), d.came)
			}
			o.Faults = append(o.Faults, Fault{c.line, d.expected, d.came})
		case err != nil:
			return err
		}
	}
	return nil
}

// judgesSuccess reports whether a check says itself whether the step may be refused.
func (c check) judgesSuccess() bool {
	return c.kind == isCode || c.path.written == "error"
}

// mustSucceed is what holds of a step of which the script says nothing else.
func mustSucceed(st *step, answer *eppclient.Node, o Outcome) Fault {
	if reason := answer.Child("error").Value(); st.verb != verbFrame && st.verb != verbCommand {
		return Fault{st.line, "success", reason}
	}
	greeting := answer.Child("greeting") != nil
	if greeting || len(o.Code) == 4 && o.Code[0] == '1' {
		return Fault{}
	}
	return Fault{st.line, "success, which is a result code from 1000 to 1999", told(o)}
}

// told is the result of an answer in a line.
func told(o Outcome) string {
	if o.Code == "" {
		return "an answer without a result code"
	}
	return strings.TrimSpace(o.Code + " " + o.Message)
}

// keep gives a variable the first value of a path.
func (g *game) keep(c check, values []string, from source) error {
	if len(values) == 0 {
		return difference{c.path.written + " to keep", "no such element"}
	}
	value := values[0]
	if c.kind == keepMatch {
		e, err := c.expression(from)
		if err != nil {
			return err
		}
		m := e.FindStringSubmatch(value)
		if m == nil {
			return difference{fmt.Sprintf("%s like %s", c.path.written, e), strconv.Quote(value)}
		}
		value = m[min(1, len(m)-1)]
	}
	if len(value) > maxKept {
		return fmt.Errorf("%s has %d octets, and %d are the most that is kept", c.path.written, len(value), maxKept)
	}
	g.values[c.keep] = value
	return nil
}

// A difference is what a check finds.
type difference struct{ expected, came string }

func (d difference) Error() string { return d.came }

// holds compares the values of a path with what is wanted. Of several, one has to be so; with not, none may be.
func (c check) holds(values []string, from source) error {
	want, err := c.want.fill(from)
	if err != nil {
		return err
	}
	same := func(v string) bool { return isSame(v, want) }
	expected, good := "", false
	switch c.kind {
	case isThere:
		expected, good = c.path.written, len(values) > 0
	case isAbsent:
		expected, good = "no "+c.path.written, len(values) == 0
	case isValue:
		expected, good = c.path.written+" "+strconv.Quote(want), slices.ContainsFunc(values, same)
	case isNot:
		expected, good = c.path.written+" not "+strconv.Quote(want), !slices.ContainsFunc(values, same)
	case isCounted:
		expected, good = fmt.Sprintf("%s %s times", c.path.written, want), strconv.Itoa(len(values)) == want
	case isLike:
		e, err := c.expression(from)
		if err != nil {
			return err
		}
		expected, good = fmt.Sprintf("%s like %s", c.path.written, e), slices.ContainsFunc(values, e.MatchString)
	}
	if good {
		return nil
	}
	return difference{expected, shownValues(values)}
}

// isSame compares two values; instants are the same however they are written.
func isSame(came, want string) bool {
	if came == want {
		return true
	}
	a, errA := time.Parse(time.RFC3339Nano, came)
	b, errB := time.Parse(time.RFC3339Nano, want)
	return errA == nil && errB == nil && a.Equal(b)
}

// What a report shows of values: enough to see what is wrong.
const (
	maxShown      = 8
	maxShownBytes = 200
)

func shownValues(values []string) string {
	if len(values) == 0 {
		return "no such element"
	}
	var all []string
	for i, v := range values {
		if i == maxShown {
			all = append(all, fmt.Sprintf("and %d more", len(values)-i))
			break
		}
		all = append(all, strconv.Quote(short(v)))
	}
	return strings.Join(all, ", ")
}

// short is the beginning of a long text.
func short(s string) string {
	if len(s) <= maxShownBytes {
		return s
	}
	s = s[:maxShownBytes]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s + "…"
}
