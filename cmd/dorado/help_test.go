package main

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// The help of every command fits a terminal, says how to write it, and has no example that a shell
// would not take.
func TestHelp(t *testing.T) {
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		text := helpOf(cmd)
		has(t, text, "Usage:\n  dorado")
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > helpWidth {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), n, line)
			}
		}
		for line := range strings.Lines(strings.ReplaceAll(cmd.Example, "\\\n", " ")) {
			words, err := splitWords(strings.TrimSpace(line))
			if err != nil || words[0] != "dorado" {
				t.Errorf("%s: the example %q cannot be pasted: %v", cmd.CommandPath(), line, err)
				continue
			}
			if found, _, err := cmd.Root().Find(words[1:]); err != nil || !strings.HasPrefix(found.CommandPath(), cmd.CommandPath()) {
				t.Errorf("%s: the example %q is of another command", cmd.CommandPath(), line)
			}
		}
		for _, c := range cmd.Commands() {
			look(c)
		}
	}
	p := &program{env: func(string) string { return "" }}
	root := p.root()
	look(root)
	out := mustRun(t, "help", "epp", "create", "domain")
	has(t, out, "dorado epp create domain cafemio.co", "--registrant", "(required)", "two seconds, on purpose")
	has(t, mustRun(t, "clock", "--help"), "A SPAN is", "An INSTANT is", "2027-06-01T12:00:00Z")
	if out, want := mustRun(t, "--version"), "dorado "+version()+"\n"; out != want {
		t.Errorf("--version says %q, want %q", out, want)
	}
	out = mustRun(t, "serve", "--help")
	for _, r := range allRoles {
		has(t, out, "\n  "+string(r)+" ")
	}
	for _, alone := range []string{"", "epp", "registrar"} {
		has(t, mustRun(t, strings.Fields(alone)...), "Usage:", "Commands:")
	}
}

// A word that is no command is refused wherever commands stand below another, and the nearest is proposed.
func TestMistypedCommands(t *testing.T) {
	p := &program{env: func(string) string { return "" }}
	var look func(*cobra.Command)
	look = func(cmd *cobra.Command) {
		for _, c := range cmd.Commands() {
			if !c.IsAvailableCommand() || c.HasSubCommands() {
				look(c)
				continue
			}
			words := strings.Fields(cmd.CommandPath() + " " + c.Name() + "x")[1:]
			_, errs, status := run(t, "", words...)
			if has(t, errs, "there is no command "+strconv.Quote(c.Name()+"x"), "did you mean "); status != 1 {
				t.Errorf("dorado %s: status %d, want 1", strings.Join(words, " "), status)
			}
		}
	}
	look(p.root())
	_, errs, _ := run(t, "", "bench", "eep")
	has(t, errs, `there is no command "eep" below dorado bench; did you mean epp?`)
}

func TestWrap(t *testing.T) {
	long := strings.Repeat("word ", 20)
	for _, test := range []struct{ name, text, indent, want string }{
		{"short", "a b", "", "a b"},
		{"joined", "a\nb", "", "a b"},
		{"paragraphs", "a\n\nb", "", "a\n\nb"},
		{"kept", "a\n  x  y\nb", "", "a\n  x  y\nb"},
		{"indented", "a b", "  ", "  a b"},
		{"long", long, "", strings.TrimSpace(strings.Repeat("word ", 16)) + "\n" + strings.TrimSpace(strings.Repeat("word ", 4))},
	} {
		if got := wrap(test.text, test.indent); got != test.want {
			t.Errorf("%s: wrap gives %q, want %q", test.name, got, test.want)
		}
	}
}

// A line of the shell has flags of its own, a failure its number, and help no program's name.
func TestShellLines(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	script := `check domain free.co --xml
check domain free.co --sent --cltrid MINE-1

info domain nobody-has-this.co
check domain free.co --as H1002
help check
check domain niño.co
`
	out, errs, status := run(t, script, "epp", "--dir", dir, "shell")
	if status != 1 {
		t.Errorf("status %d, want 1", status)
	}
	has(t, out, "<domain:cd>", "<clTRID>MINE-1</clTRID>", "this shell is logged in to", "leave it to use --as", "Usage:\n  check domain|host|contact NAME…", "xn--nio-8ma.co  available")
	has(t, errs, "line 4: refused", "line 5: not run", "niño.co is sent as xn--nio-8ma.co")
	if strings.Count(out, "<domain:check ") != 1 || strings.Contains(out, "dorado") {
		t.Errorf("one line's flags count for others, or help speaks of dorado:\n%s", out)
	}
}
