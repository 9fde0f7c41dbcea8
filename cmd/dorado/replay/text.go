package replay

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A text is what stands in a script, with its variables to be filled in.
type text []part

// A part is words as they are or, where variable is set, what is to be put there.
type part struct {
	words    string
	variable string // its name
	sign     int    // of a date: 1 or -1 for what is added or taken
	years    int
	span     time.Duration
}

// What fills in itself.
const (
	varFresh = "fresh" // a label that no earlier run had
	varToday = "today" // the day, and the instant, by the registry's clock
	varNow   = "now"
	varYear  = "year" // of today
	prefixID = "id."  // and a credential's name: its whole id
)

// ofClock are those that the registry's clock fills in.
var ofClock = []string{varToday, varNow, varYear}

var (
	variableName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
	shiftedYear  = regexp.MustCompile(`^year([+-])([0-9]{1,3})$`)
	shifted      = regexp.MustCompile(`^(today|now)([+-])(?:([0-9]{1,3})y)?(?:([0-9]{1,4})w)?(?:([0-9]{1,5})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,9})s)?$`)
)

// readText reads a text with ${VARIABLES}; $${ stands for ${ itself.
func readText(s string) (text, error) {
	var t text
	for s != "" {
		before, after, found := strings.Cut(s, "${")
		if found && strings.HasSuffix(before, "$") {
			t, s = append(t, part{words: before[:len(before)-1] + "${"}), after
			continue
		}
		if before != "" {
			t = append(t, part{words: before})
		}
		if !found {
			break
		}
		inside, rest, closed := strings.Cut(after, "}")
		if !closed {
			return nil, errors.New("${ has no }; write $${ for the two signs themselves")
		}
		p, err := readVariable(inside)
		if err != nil {
			return nil, err
		}
		t, s = append(t, p), rest
	}
	return t, nil
}

// readVariable reads what stands between ${ and }.
func readVariable(inside string) (part, error) {
	if name, found := strings.CutPrefix(inside, prefixID); found && credentialName.MatchString(name) {
		return part{variable: inside}, nil
	}
	if variableName.MatchString(inside) {
		return part{variable: inside}, nil
	}
	if m := shiftedYear.FindStringSubmatch(inside); m != nil {
		p := part{variable: varYear, sign: signs[m[1]]}
		p.years, _ = strconv.Atoi(m[2]) // digits
		return p, nil
	}
	m := shifted.FindStringSubmatch(inside)
	if m == nil || strings.HasSuffix(inside, m[2]) {
		return part{}, fmt.Errorf("${%s} is no variable; write a name, or a date such as ${today+1y}, ${today-3d}, ${now+5d12h} or ${year+1}", inside)
	}
	p := part{variable: m[1], sign: signs[m[2]]}
	units := []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}
	p.years, _ = strconv.Atoi(m[3])
	for i, unit := range units {
		n, _ := strconv.Atoi(m[4+i]) // some digits or none
		p.span += time.Duration(n) * unit
	}
	return p, nil
}

var signs = map[string]int{"+": 1, "-": -1}

// A source has the values of variables.
type source struct {
	value func(name string) (string, bool)
	now   func() (time.Time, error)
	quote func(string) string // applied to each value; nil for none
}

// fill puts the values in place.
func (t text) fill(from source) (string, error) {
	var b strings.Builder
	for _, p := range t {
		value, err := p.fill(from)
		if err != nil {
			return "", err
		}
		if p.variable != "" && from.quote != nil {
			value = from.quote(value)
		}
		b.WriteString(value)
		if b.Len() > maxText {
			return "", fmt.Errorf("with its variables filled in, the text has more than %d octets", maxText)
		}
	}
	return b.String(), nil
}

func (p part) fill(from source) (string, error) {
	if p.variable == "" {
		return p.words, nil
	}
	if !slices.Contains(ofClock, p.variable) {
		value, found := from.value(p.variable)
		if !found {
			return "", fmt.Errorf("${%s} has no value here: set it, or keep it from an answer above", p.variable)
		}
		return value, nil
	}
	at, err := from.now()
	if err != nil {
		return "", err
	}
	at = addYears(at.UTC(), p.sign*p.years).Add(time.Duration(p.sign) * p.span)
	switch p.variable {
	case varToday:
		return at.Format(time.DateOnly), nil
	case varYear:
		return at.Format("2006"), nil
	}
	return at.Format(time.RFC3339), nil
}

// addYears keeps the day, as the registry does: 29 February falls to 28.
func addYears(t time.Time, n int) time.Time {
	moved := t.AddDate(n, 0, 0)
	if moved.Day() != t.Day() {
		return moved.AddDate(0, 0, -moved.Day())
	}
	return moved
}

func fillAll(texts []text, from source) ([]string, error) {
	filled := make([]string, len(texts))
	for i, t := range texts {
		var err error
		if filled[i], err = t.fill(from); err != nil {
			return nil, err
		}
	}
	return filled, nil
}

// escape makes a value fit for a frame.
func escape(value string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(value)) // a Builder takes all
	return b.String()
}

// expression is the regular expression of a check; values in it stand for themselves.
func (c check) expression(from source) (*regexp.Regexp, error) {
	from.quote = regexp.QuoteMeta
	filled, err := c.want.fill(from)
	if err != nil {
		return nil, err
	}
	e, err := regexp.Compile(filled)
	if err != nil {
		return nil, fmt.Errorf("%q is no regular expression: %w", filled, err)
	}
	return e, nil
}

// text reads a text all of whose variables are known by now.
func (r *reader) text(s string) (text, error) {
	t, err := readText(s)
	if err != nil {
		return nil, err
	}
	return t, r.knows(t)
}

// knows refuses a text with a variable that nothing above has set.
func (r *reader) knows(t text) error {
	for _, p := range t {
		if p.variable == "" || slices.Contains(ofClock, p.variable) {
			continue
		}
		if _, found := r.sampled(r.known[0]).value(p.variable); !found {
			return fmt.Errorf("${%s} is not set above; set %s VALUE, or keep %s PATH below the step whose answer has it", p.variable, p.variable, p.variable)
		}
		if name, found := strings.CutPrefix(p.variable, prefixID); found {
			r.uses(len(r.script.steps), name)
		}
	}
	return nil
}

// sampled has values as they could be.
func (r *reader) sampled(values map[string]string) source {
	return source{
		value: func(name string) (string, bool) {
			if name == varFresh || strings.HasPrefix(name, prefixID) {
				return "fresh", true
			}
			value, found := values[name]
			return value, found
		},
		now: func() (time.Time, error) { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), nil },
	}
}

// mayBeSet refuses names that variables cannot have.
func (r *reader) mayBeSet(name string) error {
	switch {
	case !variableName.MatchString(name):
		return fmt.Errorf("%q is no name of a variable: letters, digits and _, beginning with a letter", name)
	case name == varFresh || slices.Contains(ofClock, name):
		return fmt.Errorf("${%s} has a value of its own; choose another name", name)
	}
	return nil
}

// uncomment cuts a remark off a line: # at its beginning or after a blank, outside of double quotes.
func uncomment(line string) string {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == '#' && !quoted && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return strings.TrimSpace(line[:i])
		}
	}
	return strings.TrimSpace(line)
}

// unquote takes the double quotes off a value that has them around it.
func unquote(value string) string {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return value[1 : len(value)-1]
	}
	return value
}

// cutWord cuts the first word off a line.
func cutWord(line string) (word, rest string) {
	at := strings.IndexAny(line, " \t")
	if at < 0 {
		return line, ""
	}
	return line[:at], strings.TrimSpace(line[at:])
}
