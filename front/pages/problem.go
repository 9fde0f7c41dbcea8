package pages

import (
	"errors"
	"fmt"
	"strings"

	"example.org/dorado/core/names"
)

// whyNoName says what is wrong with a text that is no name. Package names says it in English, for those who send EPP; what
// another language has no words for of its own is told in general ones.
func (w words) whyNoName(err error) string {
	var wrong *names.Error
	if !errors.As(err, &wrong) {
		return ""
	}
	what := wrong.Problem
	if w.Language != "en" {
		what = w.problem(what)
	}
	if wrong.Label == "" {
		return fmt.Sprintf(w.inName, what)
	}
	return fmt.Sprintf(w.inLabel, wrong.Label, what)
}

// problem is a problem in the language: the one that begins so.
func (w words) problem(english string) string {
	for begins, said := range w.problems {
		if begins != "" && strings.HasPrefix(english, begins) {
			return said
		}
	}
	return w.problems[""]
}
