package sim

import (
	"fmt"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// An act is one thing that happens to a registry. It says all of itself, so that a list of acts is a life
// that can be played again, whole or in part.
type act struct {
	do    string   // what happens: a line of model.do, or of stage.do for what no answer depends on
	who   string   // the registrar that does it; empty for the operator and for time
	name  string   // what it is about: a domain, a host, a contact or a registrar
	other string   // a contact, a host, a status or a secret
	hosts []string // of a new name
	count int      // years, cents, or how many
	at    int64    // an instant, in seconds since 1970
	off   bool     // removes, or switches off

	// Of the operations of the database so many go well; one fails, and then the act is tried again. -1: all go well.
	fails int
	dies  bool // with the one that fails the process dies
}

// String is the line of a script.
func (a act) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-6s %-16s %s", a.who, a.do, a.name)
	for _, part := range []struct {
		said  bool
		label string
		value any
	}{
		{a.other != "", "", a.other},
		{len(a.hosts) > 0, "hosts ", a.hosts},
		{a.at != 0, "", instant(a.at)},
		{a.count != 0, "", a.count},
		{a.off, "", "off"},
		{a.fails >= 0, "fails after ", a.fails},
		{a.dies, "", "dies"},
	} {
		if part.said {
			fmt.Fprintf(&b, " · %s%v", part.label, part.value)
		}
	}
	return b.String()
}

func instant(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }

// A result is how an act ends, and of a success what is said of expiry and money.
type result struct {
	code    registry.Code
	expires int64
	cents   int // charged or credited
}

func (r result) String() string {
	if r.expires == 0 {
		return fmt.Sprintf("%s, %d cents", r.code, r.cents)
	}
	return fmt.Sprintf("%s, expires %s, %d cents", r.code, instant(r.expires), r.cents)
}

func refused(code registry.Code) result { return result{code: code} }
