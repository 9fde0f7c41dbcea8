package names

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// checkBidi refuses a name with a right-to-left label unless every label satisfies the Bidi rule
// of RFC 5893 section 2. decoded has the labels as they are displayed. The rule concerns the whole
// name, since a neighbour such as "1a" is drawn in the wrong place beside a right-to-left label.
func checkBidi(labels []string, decoded [][]rune) error {
	classes := make([][]bidi.Class, len(decoded))
	found := false
	for i, label := range decoded {
		classes[i] = bidiClasses(label)
		found = found || slices.ContainsFunc(classes[i], isRightToLeft)
	}
	if !found {
		return nil
	}
	for i, label := range labels {
		if problem := bidiProblem(classes[i]); problem != "" {
			return &Error{label, problem + " (Bidi rule, RFC 5893)"}
		}
	}
	return nil
}

func bidiClasses(label []rune) []bidi.Class {
	classes := make([]bidi.Class, len(label))
	for i, r := range label {
		properties, _ := bidi.LookupRune(r)
		classes[i] = properties.Class()
	}
	return classes
}

// isRightToLeft reports whether a character of class c makes its name a Bidi domain name. RFC 5893
// section 1.4.
func isRightToLeft(c bidi.Class) bool { return c == bidi.R || c == bidi.AL || c == bidi.AN }

// isNeutral reports whether the Bidi rule allows c inside a label of either direction.
func isNeutral(c bidi.Class) bool {
	switch c {
	case bidi.EN, bidi.ES, bidi.CS, bidi.ET, bidi.ON, bidi.BN, bidi.NSM:
		return true
	}
	return false
}

// bidiProblem returns which of the six conditions of RFC 5893 section 2 the label breaks, and ""
// if none. The label is not empty.
func bidiProblem(label []bidi.Class) string {
	last := len(label) - 1
	for last > 0 && label[last] == bidi.NSM {
		last--
	}
	switch label[0] {
	case bidi.L:
		return leftToRightProblem(label, label[last])
	case bidi.R, bidi.AL:
		return rightToLeftProblem(label, label[last])
	}
	return "begins with a character that has no direction of its own" // condition 1
}

// leftToRightProblem tests conditions 5 and 6. last is the class before final non-spacing marks.
func leftToRightProblem(label []bidi.Class, last bidi.Class) string {
	for _, c := range label {
		if c != bidi.L && !isNeutral(c) {
			return "is left-to-right and has a right-to-left character"
		}
	}
	if last != bidi.L && last != bidi.EN {
		return "is left-to-right and ends with neither a letter nor a digit"
	}
	return ""
}

// rightToLeftProblem tests conditions 2 to 4. last is the class before final non-spacing marks.
func rightToLeftProblem(label []bidi.Class, last bidi.Class) string {
	for _, c := range label {
		if !isRightToLeft(c) && !isNeutral(c) {
			return "is right-to-left and has a left-to-right character"
		}
	}
	if !isRightToLeft(last) && last != bidi.EN {
		return "is right-to-left and ends with neither a letter nor a digit"
	}
	if slices.Contains(label, bidi.EN) && slices.Contains(label, bidi.AN) {
		return "mixes European and Arabic-Indic digits"
	}
	return ""
}
