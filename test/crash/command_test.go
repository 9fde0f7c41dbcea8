package crash

import (
	"strings"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/core/registry"
)

// A command is one that a session sends, with how it has to end.
type command struct {
	verb   string // as the history calls it, such as domain:create
	object string // name or id
	below  bool   // it is about a host below the name that its story is about
	body   any    // of package eppclient
	clTRID string
	want   registry.Code // how it ends, since nobody else touches its object
	svTRID string        // of the answer, or of the log when no answer came
}

// succeeds reports whether the command is to change something.
func (c command) succeeds() bool {
	return c.want == registry.Completed || c.want == registry.CompletedPending
}

// action is the command as the transaction log calls it.
func (c command) action() string {
	_, action, _ := strings.Cut(c.verb, ":")
	return action
}

// class is the class of the object: domain, host or contact.
func (c command) class() string {
	class, _, _ := strings.Cut(c.verb, ":")
	return class
}

// faulted is the result code of a command that the registry could not carry out. RFC 5730 section 3.
const faulted = 2400

// numbers are the result codes of the outcomes that the rigs provoke. RFC 5730 section 3.
var numbers = map[registry.Code]int{
	registry.Completed:        1000,
	registry.CompletedPending: 1001,
	registry.ParameterRange:   2004,
	registry.ObjectMissing:    2303,
	registry.ParameterPolicy:  2306,
}

// expiry returns the date that an answer tells, or "".
func expiry(a eppclient.Answer) string {
	for _, data := range a.Data {
		if date, _, ok := strings.Cut(data.Child("exDate").Value(), "T"); ok {
			return date
		}
	}
	return ""
}
