package names

import "strconv"

// An Error says why a text is not a name, in words for whoever sent it.
type Error struct {
	Label   string // the label at fault, in lower case; empty if it is the name as a whole
	Problem string // what is wrong and what to do, as a predicate: "begins with a hyphen"
}

// Error returns a sentence such as `the label "-a" begins with a hyphen`.
func (e *Error) Error() string {
	if e.Label == "" {
		return "the name " + e.Problem
	}
	return "the label " + strconv.Quote(e.Label) + " " + e.Problem
}
