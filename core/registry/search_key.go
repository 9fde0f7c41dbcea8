package registry

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// searchKeyRunes bounds a search key: whoever knows so much of a text finds it, and an index stays small.
const searchKeyRunes = 48

// SearchKey returns that by which a text is found by its beginning: capital letters, accents and more blanks make no
// difference. The key of a beginning is the beginning of the key, unless it ends inside of a blank.
func SearchKey(text string) string {
	if !isPlainASCII(text) {
		text = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFKD.String(text))
		text = cases.Fold().String(text)
	}
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	end := 0
	for n := 0; n < searchKeyRunes && end < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return text[:end]
}

func isPlainASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
