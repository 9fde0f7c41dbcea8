package paper

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// WriteText prints the sheet as lines of plain text, for a terminal or a mail.
func (s Sheet) WriteText(w io.Writer) error {
	say := WordsIn(s.Language)
	lines := append([]string{s.Title + " " + s.Number, "", s.From.Name}, s.From.Address...)
	for _, line := range []string{s.From.TaxID, s.From.Contact} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	lines = append(lines, "", say.to+" "+s.To.Name+", "+strings.ToLower(say.registrar)+" "+string(s.To.ID))
	lines = append(lines, postalLines(s.To.Postal, say)...)
	lines = append(lines, "")
	lines = append(lines, labelled(s.Facts)...)
	for _, t := range s.Tables {
		lines = append(lines, "")
		for _, row := range t.Rows {
			facts := make([]Line, len(row))
			for i, cell := range row {
				facts[i] = Line{Label: t.Columns[i].Title, Value: cell}
			}
			lines = append(lines, labelled(facts)...)
		}
	}
	lines = append(append(lines, ""), labelled(s.Sums)...)
	for _, note := range s.Notes {
		lines = append(lines, "", note)
	}
	if _, err := io.WriteString(w, strings.Join(lines, "\n")+"\n"); err != nil {
		return fmt.Errorf("write %s %s: %w", s.Title, s.Number, err)
	}
	return nil
}

// labelled writes labels and values in two columns.
func labelled(list []Line) []string {
	width := 0
	for _, l := range list {
		width = max(width, utf8.RuneCountInString(l.Label))
	}
	lines := make([]string, len(list))
	for i, l := range list {
		lines[i] = l.Label + strings.Repeat(" ", width-utf8.RuneCountInString(l.Label)+2) + l.Value
	}
	return lines
}
