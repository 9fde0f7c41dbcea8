package main

import (
	"encoding/json"
	"io"
	"os"

	"golang.org/x/term"
)

// isTerminal reports whether a person looks at w.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminalWidth is how many characters a line of a terminal has; 0 for what is none.
func terminalWidth(w any) int {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
}

// cut shortens a line to a width, with a mark at its end that says so. Width 0 leaves it.
func cut(line string, width int) string {
	if runes := []rune(line); width > 0 && len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return line
}

// A style writes text for people: with weight and colour on a terminal, plain elsewhere.
type style struct{ on bool }

// styleFor returns the style of w. The variable NO_COLOR turns it off. See no-color.org.
func (p *program) styleFor(w io.Writer) style {
	return style{isTerminal(w) && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb"}
}

func (s style) bold(text string) string  { return s.in("1", text) }
func (s style) faint(text string) string { return s.in("2", text) }
func (s style) good(text string) string  { return s.in("32", text) }
func (s style) bad(text string) string   { return s.in("31", text) }

func (s style) in(code, text string) string {
	if !s.on {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// printJSON writes a value for programs, indented so that people can read it, too.
func (p *program) printJSON(v any) error {
	out := json.NewEncoder(p.out)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
