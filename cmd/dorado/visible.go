package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// A visibleWriter writes text of which some came from a server: what a terminal would take for a command, or would hide or
// turn around, is written as it is called in Unicode.
type visibleWriter struct{ to io.Writer }

// Write is io.Writer. Each call has whole characters.
func (w visibleWriter) Write(data []byte) (int, error) {
	_, err := io.WriteString(w.to, visible(string(data)))
	return len(data), err
}

// visible returns a text without characters that are no text.
func visible(text string) string {
	hidden := func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
	}
	if strings.IndexFunc(text, hidden) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04X`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
