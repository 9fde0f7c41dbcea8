package flow

import "strings"

// InertCell returns a text as a cell of a CSV file that no spreadsheet takes for a formula: one that begins like a formula is
// made a text by the sign that spreadsheets have for it. It is for texts that somebody else may have written; an amount is a
// number and has to stay one. OWASP, "CSV Injection".
func InertCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(text[0])) {
		return "'" + text
	}
	return text
}
