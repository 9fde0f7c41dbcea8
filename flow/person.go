package flow

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// person is who is meant by what somebody says he is called: capital letters, accents written in either way and more
// blanks make no other person.
func person(said string) string {
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(said))), " ")
}
