package replay

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// ask is the only command of these tests: ask NAME YEARS, with a number of years.
func testCommands() Commands {
	return Commands{
		Names: []string{"ask"},
		Split: func(line string) ([]string, error) {
			if strings.Count(line, `"`)%2 == 1 {
				return nil, errors.New("a quote is not closed")
			}
			before, _, _ := strings.Cut(line, " #")
			return strings.Fields(before), nil
		},
		Frame: func(words []string, clTRID string, _ func(string) (string, error)) ([]byte, error) {
			if len(words) != 3 {
				return nil, errors.New("ask takes a name and years")
			}
			if !slices.Contains([]string{"1", "2"}, words[2]) {
				return nil, fmt.Errorf("%q is no number of years", words[2])
			}
			return []byte("<ask>" + words[1] + "/" + words[2] + "/" + clTRID + "</ask>"), nil
		},
		Move: func(verb, argument string) error {
			if verb == "advance" && !strings.HasSuffix(argument, "d") {
				return fmt.Errorf("%q is no length of time", argument)
			}
			return nil
		},
	}
}

// A table answers frames and acts from a table, and notes what came.
type table struct {
	answers map[string]string // by what the frame or the act begins with
	got     []string
	now     time.Time
}

func (t *table) ID(name string) (string, error) {
	if name == "C" {
		return "", errors.New("there is no credential C; there are T-A and T-B")
	}
	if name == "" {
		name = "A"
	}
	return "T-" + name, nil
}

func (t *table) Exchange(_ context.Context, id string, frame []byte) ([]byte, error) {
	t.got = append(t.got, id+" "+string(frame))
	for prefix, answer := range t.answers {
		if strings.HasPrefix(string(frame), prefix) {
			return []byte(answer), nil
		}
	}
	return nil, errors.New("the connection is closed")
}

func (t *table) Clock(context.Context, string) (time.Time, error) { return t.now, nil }

func (t *table) Act(_ context.Context, id, verb, argument string) ([]byte, error) {
	t.got = append(t.got, id+" "+verb+" "+argument)
	return []byte(t.answers[verb]), nil
}

// What is wrong with a script is told with its line before anything is sent, all of it at once.
func TestMistakes(t *testing.T) {
	for _, test := range []struct{ name, script, want string }{
		{"empty", "# nothing\n\n", "f:1: the script has no step"},
		{"no verb", "askk a 1", `f:1: "askk" is no step; a line begins with as`},
		{"command", "ask a", "f:1: ask takes a name and years"},
		{"value", "ask a b", `f:1: "b" is no number of years`},
		{"quote", `ask "a 1`, "f:1: a quote is not closed"},
		{"two", "ask a\n\nask b", "f:1: ask takes a name and years\nf:3: ask takes a name and years"},
		{"variable", "ask ${name} 1", "f:1: ${name} is not set above; set name VALUE"},
		{"later", "ask ${name} 1\nset name x", "f:1: ${name} is not set above"},
		{"open variable", "ask ${name 1", "f:1: ${ has no }"},
		{"odd variable", "ask ${to-day} 1", "f:1: ${to-day} is no variable; write a name, or a date"},
		{"no span", "ask ${today+} 1", "f:1: ${today+} is no variable"},
		{"set what is", "set today x", "f:1: ${today} has a value of its own"},
		{"set nothing", "set 1 x", `f:1: "1" is no name of a variable`},
		{"expects before", "= 1000", "f:1: there is no step above"},
		{"expects of set", "set a b\n= 1000", "f:2: there is no step above"},
		{"no blank", "ask a 1\n=1000", "f:2: put a blank after =: = 1000"},
		{"nothing expected", "ask a 1\n=", "f:2: write what has to be so"},
		{"path", "ask a 1\n= a//b", "f:2: an element's name is missing in the path"},
		{"brackets", "ask a 1\n= a[b x", "f:2: the brackets cannot be read"},
		{"attribute", "ask a 1\n= a@", "f:2: an attribute's name is missing"},
		{"in brackets", "ask a 1\n= a[b=${c}] x", "f:2: ${c} is not set above"},
		{"expression", "ask a 1\n= a ~ (", "f:2: \"(\" is no regular expression"},
		{"no expression", "ask a 1\n= a ~", "f:2: after ~ stands a regular expression"},
		{"count", "ask a 1\n= a count x", `f:2: count needs a number, and "x" is none`},
		{"keep", "ask a 1\nkeep b a c", `f:2: after the path stands nothing, or ~`},
		{"code of a move", "advance 1d\n= 1000", "f:2: advance has no result code"},
		{"advance", "advance", "f:1: advance needs an argument"},
		{"span", "advance 1", `f:1: "1" is no length of time`},
		{"reset", "reset now", "f:1: reset stands alone on its line"},
		{"as", "as", "f:1: write who speaks from here on"},
		{"frame", "ask a 1\n<epp>\n", "f:2: the frame that begins here has no </epp>"},
		{"after a frame", "<epp></epp> more", "f:1: after <epp></epp> the line goes on"},
		{"long line", "set a " + strings.Repeat("x", maxLine), "f:1: the line has 65542 octets, and 65536 is the most"},
		{"large", strings.Repeat("#\n", MaxBytes/2+1), "f:1: a script has at most 1048576 octets, and this has 1048578"},
		{"steps", strings.Repeat("reset\n", maxSteps+1), "f:10001: a script has at most 10000 steps"},
		{"doubled", "set a " + strings.Repeat("x", 60000) + strings.Repeat("\nset a ${a}${a}", 6), "f:6: with its variables filled in, the text has more than 1048576 octets"},
	} {
		_, err := Read("f", []byte(test.script), testCommands())
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: Read(%.60q) = %v, want %q", test.name, test.script, err, test.want)
		}
	}
	_, err := Read("f", []byte(strings.Repeat("wrong\n", 100)), testCommands())
	var all Mistakes
	if !errors.As(err, &all) || len(all) != maxMistakes {
		t.Errorf("100 mistakes are told as %d, want %d", len(all), maxMistakes)
	}
}

// A value that only an answer will have stands against no script.
func TestKeptValuesAreUnknown(t *testing.T) {
	for _, script := range []string{
		"ask a 1\nkeep n answer\nask a ${n}",         // the sample 1 makes sense
		"ask a 1\nkeep n answer\nadvance ${n}",       // the samples fail, each in its own way
		"ask a 1\nkeep n answer\n= other ~ ^${n}[a-", // which an expression cannot be read for
	} {
		_, err := Read("f", []byte(script), testCommands())
		if wrong := strings.HasSuffix(script, "[a-"); (err != nil) != wrong {
			t.Errorf("Read(%q) = %v", script, err)
		}
	}
}

const (
	good = `<epp><response><result code="1000"><msg>Done</msg></result><resData><infData><name>a</name>` +
		`<status s="ok"/><status s="hold"/><contact type="admin">X</contact><contact type="tech">Y</contact><exDate>2027-03-01T23:59:59.0Z</exDate>` +
		`<cd><n>1</n><fee>20.00</fee></cd><cd><n>2</n><fee>40.00</fee></cd></infData></resData></response></epp>`
	bad = `<epp><response><result code="2303"><msg>Nothing</msg></result></response></epp>`
)

func play(t *testing.T, target *table, script string) Result {
	t.Helper()
	s, err := Read("f", []byte(script), testCommands())
	if err != nil {
		t.Fatal(err)
	}
	p := &Player{Target: target, Commands: testCommands(), Fresh: "fresh1"}
	if err := p.Ready(s); err != nil {
		t.Fatal(err)
	}
	return p.Play(t.Context(), s)
}

func aTable() *table {
	return &table{now: time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC), answers: map[string]string{
		"<ask>a": good, "<ask>b": bad, "<ask>c": "no XML", "<epp>": good, "advance": `{"purged": 3, "event": "gone", "list": ["x", "y"]}`, "next": `{"error": "there is no such name"}`,
		"<?xml": `<epp><response><result code="1300"/></response></epp>`,
	}}
}

// What is expected of an answer holds, or is told with its line and what came instead.
func TestExpectations(t *testing.T) {
	for _, test := range []struct{ step, expect, want string }{
		{"ask a 1", "= 1000", ""},
		{"ask a 1", "= 2303", "2303, came 1000 Done"},
		{"ask b 1", "= 2303", ""},
		{"ask b 1", "= msg Nothing", "success, which is a result code from 1000 to 1999, came 2303 Nothing"},
		{"ask a 1", "= infData/name a", ""},
		{"ask a 1", "= name a # a remark", ""},
		{"ask a 1", "= resData/name", "resData/name, came no such element"},
		{"ask a 1", "= name b", `name "b", came "a"`},
		{"ask a 1", "= status@s hold", ""},
		{"ask a 1", "= status@s not hold", `status@s not "hold", came "ok", "hold"`},
		{"ask a 1", "= status@s not gone", ""},
		{"ask a 1", "= status count 02", ""},
		{"ask a 1", "= status count 1", `status 1 times, came "", ""`},
		{"ask a 1", "= status hold", `status "hold", came there is such an element, without a text; it has @s=ok, @s=hold: write status@s`},
		{"ask a 1", "= status ~ ^hold", `status like ^hold, came there is such an element, without a text; it has @s=ok, @s=hold: write status@s`},
		{"ask a 1", "keep x status ~ ^hold", `status like ^hold, came there is such an element, without a text; it has @s=ok, @s=hold: write status@s`},
		{"ask a 1", "= cd 40.00", `cd "40.00", came there is such an element, without a text; it has n, fee: write cd/n`},
		{"ask a 1", "= status@x absent", ""},
		{"ask a 1", "= name absent", `no name, came "a"`},
		{"ask a 1", "= contact[@type=tech] Y", ""},
		{"ask a 1", "= contact[@type=tech] X", `contact[@type=tech] "X", came "Y"`},
		{"ask a 1", "= cd[n=2]/fee 40.00", ""},
		{"ask a 1", "= cd[n=2]/fee[.=20.00] absent", ""},
		{"ask a 1", "= exDate 2027-03-01T23:59:59Z", ""},
		{"ask a 1", "= exDate ~ ^2027-..-01T", ""},
		{"ask a 1", "= exDate ~ ^2028", `exDate like ^2028, came "2027-03-01T23:59:59.0Z"`},
		{"ask a 1", `= msg "Done"`, ""},
		{"ask c 1", "= 1000", "that this can be done, came the answer is not XML"},
		{"ask d 1", "= 1000", "that this can be done, came the connection is closed"},
		{"<epp>${fresh}\n</epp>", "= 1000", ""},
		{"advance 1d", "= purged 3", ""},
		{"advance ${fresh}d", "= list y", ""},
		{"next a", "= purged 3", "success, came there is no such name"},
		{"next a", "= error ~ such", ""},
		{"drain", "= count 0", ""},
	} {
		r := play(t, aTable(), test.step+"\n"+test.expect)
		got := ""
		if f := r.Failed(); f != nil {
			got = f.Faults[0].Expected + ", came " + f.Faults[0].Came
		}
		if got != test.want && (test.want == "" || !strings.HasPrefix(got, test.want)) {
			t.Errorf("%s / %s: %q, want %q", test.step, test.expect, got, test.want)
		}
	}
}

// Variables are what the registry's clock, an answer or a line made of them; in a frame they are escaped.
func TestVariables(t *testing.T) {
	target := aTable()
	r := play(t, target, `set who "Ana & <Luz>"
<epp>${who}</epp>
keep day exDate ~ ^(.{10})
as B
ask a${day}-${fresh} 2 # remark
ask a${today+1y}/${today-1d}/${year+2}/${now+1d2h}/${id.B}/$${x} 1
`)
	if f := r.Failed(); f != nil {
		t.Fatal(Explain(*f))
	}
	for i, want := range []string{
		"T-A <epp>Ana &amp; &lt;Luz&gt;</epp>",
		"T-B <ask>a2027-03-01-fresh1/2/FRESH1-LINE-5</ask>",
		"T-B <ask>a2029-02-28/2028-02-28/2030/2028-03-01T14:00:00Z/T-B/${x}/1/FRESH1-LINE-6</ask>",
	} {
		if target.got[i] != want {
			t.Errorf("sent %q, want %q", target.got[i], want)
		}
	}
}

// A credential that there is not is told with the line that names it, before anything is sent.
func TestCredentials(t *testing.T) {
	s, err := Read("f", []byte("ask a 1\nas C\nask a 1"), testCommands())
	if err != nil {
		t.Fatal(err)
	}
	target := aTable()
	p := &Player{Target: target, Commands: testCommands()}
	if err := p.Ready(s); err == nil || err.Error() != "f:2: there is no credential C; there are T-A and T-B" || len(target.got) > 0 {
		t.Errorf("Ready = %v after %q", err, target.got)
	}
}

// After a step that fails nothing is sent; the reports say so, each in its form.
func TestReports(t *testing.T) {
	target := aTable()
	failed := play(t, target, "ask a 1\nask b 1 # with #\n= msg ~ ^N\nask a 2")
	if len(target.got) != 2 {
		t.Errorf("sent %q, want nothing after what failed", target.got)
	}
	results := []Result{failed, play(t, aTable(), "ask a 1")}

	var told, tap, junit bytes.Buffer
	Tell(&told, results[0])
	Tell(&told, results[1])
	for _, want := range []string{
		"FAIL  f: step 2 of 3,", "f:2: ask b 1 # with # (as T-A)\n  line 2\n    expected  success, which is a result code from 1000 to 1999\n    came      2303 Nothing\n",
		"  sent\n    <ask>b/1/FRESH1-LINE-2</ask>\n  answered\n    <epp>\n      <response>\n        <result code=\"2303\">\n          <msg>Nothing</msg>\n        </result>\n", "ok    f: 1 steps, 1 checks,",
	} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("told:\n%s\nwant %q in it", told.String(), want)
		}
	}
	TAP(&tap, results)
	for _, want := range []string{"TAP version 13\n1..4\nok 1 - f:1 ask a 1\nnot ok 2 - f:2 ask b 1 \\# with \\#\n# f:2:", "\nok 3 - f:4 ask a 2 # SKIP a step before it failed\nok 4 - f:1 ask a 1\n"} {
		if !strings.Contains(tap.String(), want) {
			t.Errorf("TAP:\n%s\nwant %q in it", tap.String(), want)
		}
	}
	if err := JUnit(&junit, results); err != nil {
		t.Fatal(err)
	}
	var read junitSuites
	if err := xml.Unmarshal(junit.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Tests != 4 || read.Failures != 1 || read.Skipped != 1 || len(read.Suites) != 2 || !strings.Contains(read.Suites[0].Cases[1].Failure.Text, "2303 Nothing") {
		t.Errorf("JUnit:\n%s", junit.String())
	}
}

// Interrupted, a script ends and does not count as played.
func TestInterrupted(t *testing.T) {
	s, err := Read("f", []byte("ask a 1"), testCommands())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	target := aTable()
	r := (&Player{Target: target, Commands: testCommands()}).Play(ctx, s)
	if f := r.Failed(); f == nil || !strings.Contains(f.Faults[0].Came, "canceled") || len(target.got) > 0 {
		t.Errorf("played %+v, sent %q", r, target.got)
	}
}

// Whatever a script holds, reading it ends with steps or with mistakes.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"ask a 1\n= 1000\n= a/b[c=${fresh}]@d ~ ^x$\nkeep x y", "<epp>\n</epp>", "to ${today+1y2d}\\\n\nset a ${a}${b}", "= \\\n${"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		s, err := Read("f", []byte(script), testCommands())
		if (err == nil) != (s != nil) {
			t.Fatalf("Read gives %v and %v", s, err)
		}
		var all Mistakes
		if err != nil && (!errors.As(err, &all) || len(all) == 0) {
			t.Fatalf("the error is %T %v", err, err)
		}
	})
}
