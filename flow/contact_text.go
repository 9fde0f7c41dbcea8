package flow

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/registry"
)

// strays are the characters that no text of a contact needs and that harm whoever reads it: controls, which
// a terminal or an old mail system acts on; the separators of lines and paragraphs; and what turns the
// direction of the text around it, so that it reads as what it is not (UTR 36 section 2.5). The joiners stay
// legal, since Persian and Indic names are spelt with them, and so does every normalization form.
var strays = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0000, Hi: 0x001F, Stride: 1},
		{Lo: 0x007F, Hi: 0x009F, Stride: 1},
		{Lo: 0x2028, Hi: 0x202E, Stride: 1}, // separators, embeddings and overrides
		{Lo: 0x2066, Hi: 0x2069, Stride: 1}, // isolates
		{Lo: 0xFDD0, Hi: 0xFDEF, Stride: 1}, // noncharacters, as are the last two of each plane
	},
	LatinOffset: 2,
}

// isStray reports whether a character cannot stand in the text of a contact.
func isStray(r rune) bool { return unicode.Is(strays, r) || r&0xFFFE == 0xFFFE }

// textIsPlain holds for the text of a contact without characters that are there to be acted on and not to
// be read. Authorization information needs no such rule: it is hashed, never shown.
func textIsPlain(name, called, text string) Rule {
	at := strings.IndexFunc(text, isStray)
	if at < 0 {
		return holds("textIsPlain", name, text)
	}
	stray, _ := utf8.DecodeRuneInString(text[at:])
	return refuse("textIsPlain", registry.Error{
		Code: registry.ParameterSyntax, Field: name, Value: text,
		Reason: fmt.Sprintf("a %s cannot have the invisible character %U; leave it out", called, stray),
	})
}

// contactIDIsLegal holds for an id of a new contact in visible ASCII without blanks. Ids that look alike, or
// like nothing, would be one registrar's trap for another. RFC 5733 section 2.1 leaves it to the registry.
func contactIDIsLegal(id string) Rule {
	foreign := strings.ContainsFunc(id, func(r rune) bool { return r < '!' || r > '~' })
	return refuseIf("contactIDIsLegal", foreign || id == "", registry.Error{
		Code: registry.ParameterSyntax, Field: "contact:id", Value: id,
		Reason: "not a valid contact id; write 3 to 16 visible ASCII characters without blanks",
	})
}
