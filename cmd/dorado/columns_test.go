package main

import (
	"strings"
	"testing"
)

// The last column goes on below itself, and nothing of it is lost.
func TestPrintWrapped(t *testing.T) {
	rows := [][]string{
		{"statuses", "one two three four five six"},
		{"x", "añadido después de la última de estas"},
		{},
		{"one cell that is longer than any other"},
		{"long", strings.Repeat("w", 40) + " tail"},
	}
	for _, test := range []struct {
		name  string
		width int
		want  string
	}{
		{"whole", 0, "statuses  one two three four five six\nx         añadido después de la última de estas\n\n" +
			"one cell that is longer than any other\nlong      " + strings.Repeat("w", 40) + " tail\n"},
		{"narrow", 32, "statuses  one two three four\n          five six\nx         añadido después de la\n          última de estas\n\n" +
			"one cell that is longer than any\nother\nlong      " + strings.Repeat("w", 40) + "\n          tail\n"},
		{"too narrow", 3, "statuses  one two three four\n          five six\nx         añadido después de\n          la última de estas\n\n" +
			"one cell that is\nlonger than any\nother\nlong      " + strings.Repeat("w", 40) + "\n          tail\n"},
	} {
		var b strings.Builder
		printWrapped(&b, test.width, rows)
		if b.String() != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, b.String(), test.want)
		}
	}
}
