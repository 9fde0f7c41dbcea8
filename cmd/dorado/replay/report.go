package replay

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
)

// Tell writes in a few lines how a script went, and of a failure what was sent, expected and answered.
func Tell(w io.Writer, r Result) {
	steps, checks := 0, 0
	for _, o := range r.Outcomes {
		if !o.Skipped {
			steps++
			checks += o.Checks
		}
	}
	failed := r.Failed()
	if failed == nil {
		fmt.Fprintf(w, "ok    %s: %d steps, %d checks, %s\n", r.File, steps, checks, r.Took.Round(time.Millisecond))
		return
	}
	fmt.Fprintf(w, "FAIL  %s: step %d of %d, %s\n\n%s\n", r.File, steps, len(r.Outcomes), r.Took.Round(time.Millisecond), Explain(*failed))
}

// Explain says what is wrong with a step.
func Explain(o Outcome) string {
	var b strings.Builder
	who := ""
	if o.As != "" {
		who = " (as " + o.As + ")"
	}
	fmt.Fprintf(&b, "%s:%d: %s%s\n", o.File, o.Line, short(o.Text), who)
	for _, f := range o.Faults {
		fmt.Fprintf(&b, "  line %d\n    expected  %s\n    came      %s\n", f.Line, f.Expected, f.Came)
	}
	section(&b, "sent", o.Sent)
	section(&b, "answered", o.Came)
	return b.String()
}

// section adds a frame, set in.
func section(b *strings.Builder, title string, body []byte) {
	if len(body) == 0 {
		return
	}
	fmt.Fprintf(b, "  %s\n", title)
	for line := range strings.Lines(indented(strings.TrimSpace(string(body)))) {
		b.WriteString("    " + strings.TrimRight(line, "\r\n") + "\n")
	}
}

var (
	gap   = regexp.MustCompile(`>\s*<`)
	alone = regexp.MustCompile(`^<([^\s/>]+)[^>]*>[^<]*</([^\s>]+)>$`)
)

// indented gives each element of a document that has all of it in one line a line of its own. Elements that hold a text
// alone stay together; other texts are left as they are.
func indented(document string) string {
	if strings.Contains(document, "\n") || !strings.HasPrefix(document, "<") {
		return document
	}
	tags := strings.Split(gap.ReplaceAllString(document, ">\n<"), "\n")
	var b strings.Builder
	depth := 0
	for _, tag := range tags {
		closes := strings.HasPrefix(tag, "</")
		if closes {
			depth = max(0, depth-1)
		}
		b.WriteString(strings.Repeat("  ", depth) + tag + "\n")
		if !closes && !strings.HasPrefix(tag, "<?") && !strings.HasSuffix(tag, "/>") && !alone.MatchString(tag) {
			depth++
		}
	}
	return b.String()
}

// Frames writes what was sent and answered in a step.
func Frames(w io.Writer, o Outcome) {
	var b strings.Builder
	section(&b, "sent", o.Sent)
	section(&b, "answered", o.Came)
	fmt.Fprint(w, b.String())
}

// Line writes a step in one line: its place, what came, and the step.
func Line(w io.Writer, o Outcome) {
	came := o.Code
	switch {
	case o.Skipped:
		came = "skip"
	case o.Failed():
		came = "FAIL"
	case came == "":
		came = "ok"
	}
	fmt.Fprintf(w, "%-4s  %s:%d  %s\n", came, o.File, o.Line, short(o.Text))
}

// TAP writes results for programs that read the Test Anything Protocol, version 13: each step is a test.
func TAP(w io.Writer, results []Result) {
	n := 0
	for _, r := range results {
		n += len(r.Outcomes)
	}
	fmt.Fprintf(w, "TAP version 13\n1..%d\n", n)
	n = 0
	for _, r := range results {
		for _, o := range r.Outcomes {
			n++
			verdict, more := "ok", ""
			switch {
			case o.Skipped:
				more = " # SKIP a step before it failed"
			case o.Failed():
				verdict = "not ok"
			}
			fmt.Fprintf(w, "%s %d - %s:%d %s%s\n", verdict, n, o.File, o.Line, strings.ReplaceAll(short(o.Text), "#", `\#`), more)
			if o.Failed() {
				for line := range strings.Lines(Explain(o)) {
					fmt.Fprintf(w, "# %s\n", strings.TrimRight(line, "\n"))
				}
			}
		}
	}
}

// The elements of a report as JUnit has it, which CI servers read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
		Skipped *struct{}     `xml:"skipped"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes results for CI servers: each script is a suite, each step a case.
func JUnit(w io.Writer, results []Result) error {
	var all junitSuites
	var took time.Duration
	for _, r := range results {
		s := junitSuite{Name: r.File, Tests: len(r.Outcomes), Time: seconds(r.Took)}
		for _, o := range r.Outcomes {
			c := junitCase{Name: fmt.Sprintf("line %d: %s", o.Line, short(o.Text)), Class: r.File, Time: seconds(o.Took)}
			switch {
			case o.Skipped:
				s.Skipped++
				c.Skipped = &struct{}{}
			case o.Failed():
				s.Failures++
				f := o.Faults[0]
				c.Failure = &junitFailure{Message: fmt.Sprintf("expected %s, came %s", f.Expected, f.Came), Text: Explain(o)}
			}
			s.Cases = append(s.Cases, c)
		}
		took += r.Took
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Skipped += s.Skipped
		all.Suites = append(all.Suites, s)
	}
	all.Time = seconds(took)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
