package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// leastColumn is the width in characters below which the last column of a table is not pressed: on a terminal that
// narrow the terminal breaks its lines.
const leastColumn = 20

// printWrapped writes rows whose columns are aligned. The last cell of a row is broken between words at a width in
// characters and goes on below itself, so that nothing is lost; width 0 leaves the lines whole. What a row ends with
// has no blanks behind it.
func printWrapped(w io.Writer, width int, rows [][]string) {
	var widths []int
	for _, cells := range rows {
		for i, cell := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(cells)-1 { // the last is as wide as it likes
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
	}
	for _, cells := range rows {
		head := ""
		for i, cell := range cells[:max(0, len(cells)-1)] {
			head += pad(cell, widths[i]) + "  "
		}
		last := ""
		if len(cells) > 0 {
			last = cells[len(cells)-1]
		}
		indent := strings.Repeat(" ", utf8.RuneCountInString(head))
		for i, line := range broken(last, width, len(indent)) {
			if i > 0 {
				head = indent
			}
			fmt.Fprintln(w, strings.TrimRight(head+line, " "))
		}
	}
}

// printFigures is printWrapped for a table some of whose columns are aligned on the right, as amounts and counts are.
func printFigures(w io.Writer, rows [][]string, columns ...int) {
	for _, column := range columns {
		width := 0
		for _, cells := range rows {
			width = max(width, utf8.RuneCountInString(cells[column]))
		}
		for _, cells := range rows {
			cells[column] = strings.Repeat(" ", width-utf8.RuneCountInString(cells[column])) + cells[column]
		}
	}
	printWrapped(w, terminalWidth(w), rows)
}

// broken breaks a text between words into lines that fit behind an indent in a width; one word is never broken.
func broken(text string, width, indent int) []string {
	room := max(width-indent, leastColumn)
	if width == 0 || utf8.RuneCountInString(text) <= room {
		return []string{text}
	}
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > room {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// pageWidth is how wide what is told of one thing is: as a terminal is, and elsewhere as help is.
func (p *program) pageWidth() int {
	if width := terminalWidth(p.out); width > 0 {
		return width
	}
	return helpWidth
}
