package cluster

import (
	"fmt"
	"time"
)

// A kind is what a command does.
type kind string

const (
	create  kind = "create"
	remove  kind = "delete"
	renew   kind = "renew"
	hold    kind = "hold"    // an update that adds clientHold
	release kind = "release" // an update that removes it
	info    kind = "info"
	check   kind = "check"
)

// An input is what a client asks for.
type input struct {
	kind      kind
	name      string
	registrar string
	expires   string // of a renew: the date on which the client believes that the name expires
}

func (in input) isQuery() bool { return in.kind == info || in.kind == check }

// succeeds returns the code of success.
func (in input) succeeds() int {
	if in.kind == remove {
		return 1001
	}
	return 1000
}

// String tells the command.
func (in input) String() string {
	return fmt.Sprintf("%s %s %s by %s", in.kind, in.name, in.expires, in.registrar)
}

// String tells the answer.
func (e entry) String() string {
	if e.in.kind == check {
		return fmt.Sprintf("%s: free %t", e.in, e.free)
	}
	return fmt.Sprintf("%s: %d %s %s held %t", e.in, e.code, e.roid, e.expires, e.held)
}

// A domain is the model's state of one name; the zero domain is a name that is free. Names here are so
// young that a delete frees them at once.
type domain struct {
	roid, sponsor, expires string
	held                   bool
}

// wrongROID is the ROID of no domain: the answer cannot be.
const wrongROID = "?"

// do returns what a command has to be answered, and the state after it.
func (d domain) do(in input, e entry) (code int, next domain) {
	taken, mine := d.roid != "", d.sponsor == in.registrar
	switch {
	case in.kind == check:
		return 1000, d
	case in.kind == create && taken:
		return 2302, d
	case in.kind == create:
		return 1000, domain{roid: e.roid, sponsor: in.registrar, expires: e.expires}
	case !taken:
		return 2303, d
	case in.kind == info:
		return 1000, d
	case !mine:
		return 2201, d
	case in.kind == remove:
		return 1001, domain{}
	case in.kind == renew:
		return d.renew(in, e)
	case (in.kind == hold) == d.held:
		return 2306, d
	}
	next = d
	next.held = in.kind == hold
	return 1000, next
}

// mostYears is how far ahead of today a name may expire.
const mostYears = 5

// renew adds a year if the client knows when the name expires and that is not too far ahead.
func (d domain) renew(in input, e entry) (code int, next domain) {
	if in.expires != d.expires {
		return 2004, d
	}
	expires, err := time.Parse(time.DateOnly, d.expires)
	if err != nil {
		return 0, d
	}
	expires = expires.AddDate(1, 0, 0)
	if expires.After(time.Now().UTC().Truncate(24*time.Hour).AddDate(mostYears, 0, 0)) {
		return 2105, d
	}
	next = d
	next.expires = expires.Format(time.DateOnly)
	if e.expires != next.expires {
		next.roid = wrongROID
	}
	return 1000, next
}

// explains reports whether an answer that changes nothing is the one that this state gets.
func (d domain) explains(e entry) bool {
	code, next := d.do(e.in, e)
	switch {
	case code != e.code || next != d:
		return false
	case e.in.kind == check:
		return e.free == (d.roid == "")
	case e.in.kind == info && code == 1000:
		return d == domain{e.roid, e.sponsor, e.expires, e.held}
	default:
		return true
	}
}
