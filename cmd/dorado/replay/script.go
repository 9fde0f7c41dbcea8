// Package replay owns the scripts that registrars keep beside their own programs: steps that are sent to a test
// registry, and what has to be answered. It reads them, plays them and tells how that went. It knows neither
// sockets nor files, and of EPP only that an answer is an XML document with a result code.
package replay

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MaxBytes is the size of the largest script.
const MaxBytes = 1 << 20

// What else a script may grow to. A year of a name's life takes some 60 steps; a frame is refused by the server long before
// these.
const (
	maxLine     = 64 << 10
	maxSteps    = 10_000
	maxMistakes = 20      // that are told of one script
	maxText     = 1 << 20 // of a text once its variables are filled in
)

// A verb is what a step does.
type verb string

// The verbs that are no EPP commands.
const (
	verbFrame   verb = "<"
	verbCommand verb = "command"
	verbAdvance verb = "advance"
	verbTo      verb = "to"
	verbNext    verb = "next"
	verbReset   verb = "reset"
	verbFunds   verb = "funds"
	verbDrain   verb = "drain"
	verbSet     verb = "set"
)

// moves are the verbs that take one argument and move the clock.
var moves = []verb{verbAdvance, verbTo, verbNext}

// Commands is how a script's commands become frames.
type Commands struct {
	// Names are the first words of commands, such as create.
	Names []string

	// Split splits a line into words, as a shell does.
	Split func(line string) ([]string, error)

	// Frame makes the frame of a command. Expiry tells the day on which a name expires, for a renewal that does not say
	// it.
	Frame func(words []string, clTRID string, expiry func(name string) (string, error)) ([]byte, error)

	// Move looks at the argument of advance, to or next.
	Move func(verb, argument string) error
}

// A Script is a file that was read and found sound.
type Script struct {
	File  string
	steps []*step
	ids   []used // the credentials, each where it is first named
}

// Steps returns how many steps the script has.
func (s *Script) Steps() int {
	n := 0
	for _, st := range s.steps {
		if st.verb != verbSet {
			n++
		}
	}
	return n
}

// A used credential is named by a line.
type used struct {
	line int
	name string
}

// A step is one thing that is done, and what has to come of it.
type step struct {
	line   int    // of its beginning, from 1
	text   string // as it is written; of a frame its first line
	as     string // the credential, as the script names it; empty for the first there is
	verb   verb
	words  []text // of a command; of a frame its text, of another verb its argument
	name   string // of the variable that is set
	checks []check
}

// A check is something that has to hold of an answer, or a value of it that is kept.
type check struct {
	line int
	text string // as it is written
	kind kind
	code string
	path path
	want text
	keep string // the variable; for kinds keep and keepMatch
}

// A kind is how an answer is looked at.
type kind int

const (
	isCode kind = iota
	isThere
	isAbsent
	isValue
	isNot
	isLike
	isCounted
	keepValue
	keepMatch
)

// A Mistake is what is wrong with a line of a script.
type Mistake struct {
	File   string
	Line   int
	Reason string
}

func (m Mistake) Error() string { return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Reason) }

// Mistakes are all that was found in one script.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// samples stand for values that only an answer has, when a command is looked at before anything is sent. What one of
// them makes sense of may make sense; what none does, and for the same reason each time, is a mistake of the script.
var samples = []string{"1", "sample.example", "2026-03-01", "12345 13 2 0A"}

// A reader reads one script.
type reader struct {
	commands Commands
	script   *Script
	as       string
	known    []map[string]string // the variables so far, for each sample
	mistakes Mistakes
}

// Read reads a script. The error is of type Mistakes; nothing is sent that has one.
func Read(file string, data []byte, c Commands) (*Script, error) {
	r := &reader{commands: c, script: &Script{File: file}}
	for range samples {
		r.known = append(r.known, map[string]string{})
	}
	if len(data) > MaxBytes {
		return nil, Mistakes{{file, 1, fmt.Sprintf("a script has at most %d octets, and this has %d; divide it", MaxBytes, len(data))}}
	}
	lines := strings.Split(strings.TrimPrefix(string(data), "\uFEFF"), "\n")
	for i := 0; i < len(lines) && len(r.mistakes) < maxMistakes; {
		i += r.take(lines, i)
	}
	if len(r.mistakes) == 0 && r.script.Steps() == 0 {
		r.mistake(1, errors.New("the script has no step"))
	}
	if len(r.mistakes) > 0 {
		return nil, r.mistakes
	}
	return r.script, nil
}

func (r *reader) mistake(line int, err error) {
	r.mistakes = append(r.mistakes, Mistake{r.script.File, line, err.Error()})
}

// take reads what begins at a line, and returns how many lines that are.
func (r *reader) take(lines []string, at int) int {
	first := strings.TrimSpace(lines[at])
	if strings.HasPrefix(first, "<") {
		return r.frame(lines, at)
	}
	n := 1
	line := first
	for strings.HasSuffix(line, `\`) && at+n < len(lines) && len(line) <= maxLine {
		line = strings.TrimSuffix(line, `\`) + " " + strings.TrimSpace(lines[at+n])
		n++
	}
	if len(line) > maxLine {
		r.mistake(at+1, fmt.Errorf("the line has %d octets, and %d is the most", len(line), maxLine))
		return n
	}
	if err := r.line(at+1, line); err != nil {
		r.mistake(at+1, err)
	}
	return n
}

// endOfFrame is where a frame that is written out ends.
const endOfFrame = "</epp>"

// frame reads a frame that is written out, up to the line with its end.
func (r *reader) frame(lines []string, at int) int {
	var frame strings.Builder
	for n := at; n < len(lines) && frame.Len() <= maxText; n++ {
		frame.WriteString(strings.TrimSuffix(lines[n], "\r") + "\n")
		before, after, ends := strings.Cut(lines[n], endOfFrame)
		if !ends {
			continue
		}
		if strings.TrimSpace(after) != "" {
			r.mistake(n+1, fmt.Errorf("after %s%s the line goes on; begin a new one", strings.TrimSpace(before), endOfFrame))
		}
		body, err := readText(strings.TrimSpace(frame.String()))
		if err == nil {
			err = r.knows(body)
		}
		if err != nil {
			r.mistake(at+1, err)
		}
		r.add(&step{line: at + 1, text: strings.TrimSpace(lines[at]), verb: verbFrame, words: []text{body}})
		return n - at + 1
	}
	r.mistake(at+1, errors.New("the frame that begins here has no "+endOfFrame))
	return len(lines) - at
}

// line reads one line that is no frame.
func (r *reader) line(number int, line string) error {
	word, rest := cutWord(line)
	switch {
	case line == "" || line[0] == '#':
		return nil
	case word == "=":
		return r.expect(number, line, uncomment(rest))
	case word == "keep":
		return r.keep(number, line, uncomment(rest))
	case word == "set":
		return r.set(number, line, uncomment(rest))
	case word == "as":
		return r.changeAs(number, uncomment(rest))
	case slices.Contains(moves, verb(word)):
		return r.move(number, line, uncomment(rest))
	case word == string(verbReset) || word == string(verbFunds) || word == string(verbDrain):
		if uncomment(rest) != "" {
			return fmt.Errorf("%s stands alone on its line", word)
		}
		r.add(&step{line: number, text: word, verb: verb(word)})
		return nil
	case slices.Contains(r.commands.Names, word):
		return r.command(number, line)
	case strings.HasPrefix(word, "="):
		return fmt.Errorf("put a blank after =: = %s", strings.TrimPrefix(line, "="))
	}
	return fmt.Errorf("%q is no step; a line begins with as, set, keep, =, advance, to, next, reset, funds, drain, a frame (<), or a command: %s",
		word, strings.Join(r.commands.Names, ", "))
}

func (r *reader) add(s *step) {
	if len(r.script.steps) == maxSteps {
		r.mistake(s.line, fmt.Errorf("a script has at most %d steps; divide it", maxSteps))
		return
	}
	s.as = r.as
	r.script.steps = append(r.script.steps, s)
}

// changeAs reads as NAME.
func (r *reader) changeAs(number int, name string) error {
	if !credentialName.MatchString(name) {
		return fmt.Errorf("write who speaks from here on, such as as B or as OTE1001-B, and not as %s", name)
	}
	r.as = name
	r.uses(number, name)
	return nil
}

// uses notes that a credential is named.
func (r *reader) uses(line int, name string) {
	if !slices.ContainsFunc(r.script.ids, func(u used) bool { return u.name == name }) {
		r.script.ids = append(r.script.ids, used{line, name})
	}
}

// credentialName is what a credential can be called. RFC 5730 section 4.2, clIDType.
var credentialName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,16}$`)

// move reads advance, to or next.
func (r *reader) move(number int, line, rest string) error {
	word, _ := cutWord(line)
	if rest == "" {
		return fmt.Errorf("%s needs an argument: advance 46d, to 2027-06-01T12:00:00Z or next cafe.example", word)
	}
	argument, err := r.text(rest)
	if err != nil {
		return err
	}
	if err := r.try(func(values map[string]string) error {
		filled, err := argument.fill(r.sampled(values))
		if err != nil {
			return err
		}
		return r.commands.Move(word, filled)
	}); err != nil {
		return err
	}
	r.add(&step{line: number, text: uncomment(line), verb: verb(word), words: []text{argument}})
	return nil
}

// set reads set NAME VALUE.
func (r *reader) set(number int, line, rest string) error {
	name, value := cutWord(rest)
	if err := r.mayBeSet(name); err != nil {
		return err
	}
	written, err := r.text(unquote(value))
	if err != nil {
		return err
	}
	for _, values := range r.known {
		if values[name], err = written.fill(r.sampled(values)); err != nil {
			return err
		}
	}
	r.add(&step{line: number, text: line, verb: verbSet, name: name, words: []text{written}})
	return nil
}

// command reads a command and has its frame made, as if the values that only answers have were known.
func (r *reader) command(number int, line string) error {
	split, err := r.commands.Split(line)
	if err != nil {
		return err
	}
	words := make([]text, len(split))
	for i, word := range split {
		if words[i], err = r.text(word); err != nil {
			return err
		}
	}
	if err := r.try(func(values map[string]string) error {
		filled, err := fillAll(words, r.sampled(values))
		if err != nil {
			return err
		}
		_, err = r.commands.Frame(filled, "", func(string) (string, error) { return samples[2], nil })
		return err
	}); err != nil {
		return err
	}
	r.add(&step{line: number, text: line, verb: verbCommand, words: words})
	return nil
}

// try does something with each of the samples. It is a mistake only if it fails with each of them, and in the same way.
func (r *reader) try(do func(values map[string]string) error) error {
	var first error
	for i, values := range r.known {
		err := do(values)
		switch {
		case err == nil || i > 0 && err.Error() != first.Error():
			return nil
		case i == 0:
			first = err
		}
	}
	return first
}

// expect reads what has to hold of the answer to the step above.
func (r *reader) expect(number int, line, rest string) error {
	c := check{line: number, text: line}
	if resultCode.MatchString(rest) {
		c.kind, c.code = isCode, rest
		return r.addCheck(c)
	}
	var err error
	if c.path, rest, err = readPath(rest); err != nil {
		return err
	}
	word, value := cutWord(rest)
	switch {
	case rest == "":
		c.kind = isThere
	case rest == "absent":
		c.kind = isAbsent
	case word == "~":
		c.kind = isLike
	case word == "not":
		c.kind = isNot
	case word == "count":
		c.kind = isCounted
		n, err := strconv.ParseUint(value, 10, 16)
		if err != nil {
			return fmt.Errorf("count needs a number, and %q is none", value)
		}
		value = strconv.FormatUint(n, 10)
	default:
		c.kind, value = isValue, rest
	}
	if c.want, err = r.text(unquote(value)); err != nil {
		return err
	}
	if err := r.compiles(c); err != nil {
		return err
	}
	return r.addCheck(c)
}

var resultCode = regexp.MustCompile(`^[12][0-9]{3}$`)

// compiles looks at the regular expression of a check, and at what its path asks for.
func (r *reader) compiles(c check) error {
	for _, t := range c.path.texts() {
		if err := r.knows(t); err != nil {
			return err
		}
	}
	if c.kind != isLike && c.kind != keepMatch {
		return nil
	}
	if len(c.want) == 0 {
		return errors.New("after ~ stands a regular expression")
	}
	_, err := c.expression(r.sampled(r.known[0]))
	return err
}

// keep reads keep NAME PATH, perhaps with ~ and an expression of which the first group is kept.
func (r *reader) keep(number int, line, rest string) error {
	name, rest := cutWord(rest)
	if err := r.mayBeSet(name); err != nil {
		return err
	}
	c := check{line: number, text: line, kind: keepValue, keep: name}
	var err error
	if c.path, rest, err = readPath(rest); err != nil {
		return err
	}
	if rest != "" {
		tilde, expression := cutWord(rest)
		if tilde != "~" {
			return fmt.Errorf("after the path stands nothing, or ~ and a regular expression, and not %q", rest)
		}
		c.kind = keepMatch
		if c.want, err = r.text(unquote(expression)); err != nil {
			return err
		}
	}
	if err := r.compiles(c); err != nil {
		return err
	}
	if err := r.addCheck(c); err != nil {
		return err
	}
	for i, values := range r.known {
		values[name] = samples[i]
	}
	return nil
}

// addCheck gives a check to the step above it.
func (r *reader) addCheck(c check) error {
	last := len(r.script.steps) - 1
	if last < 0 || r.script.steps[last].verb == verbSet {
		return errors.New("there is no step above this line whose answer could be looked at")
	}
	s := r.script.steps[last]
	if c.kind == isCode && s.verb != verbFrame && s.verb != verbCommand {
		return fmt.Errorf("%s has no result code; look at the keys of its answer, such as = purged 1", s.verb)
	}
	s.checks = append(s.checks, c)
	return nil
}
