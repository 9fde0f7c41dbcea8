package registry

import (
	"time"

	"example.org/dorado/core/names"
)

// A ChildScan is what is known of the child zone of a delegated name: what its name servers said of the DS that it
// wants when they were asked last, and when they are asked again. All instants are of real time. RFC 7344, RFC 8078.
type ChildScan struct {
	Name names.Name
	ROID ROID // of the registration that was looked at; what is known of another one is worth nothing

	Due      time.Time // when it is asked again
	Notified time.Time // when somebody last said that there is something to see; zero if nobody ever did
	Began    time.Time // when it was last asked; zero before the first time
	Since    time.Time // since when Result is what it is
	Result   ChildResult
	ChildNews
}

// ChildNews is what came of a scan.
type ChildNews struct {
	Why string `json:",omitzero"` // a sentence for people

	// Asked is what the child zone asks for without anybody else saying so, since an instant: it may be taken after a
	// delay. RFC 8078 section 3.3.
	Asked      []DS      `json:",omitzero"`
	AskedSince time.Time `json:",omitzero"`

	// Signed is when the CDS were signed that were taken last: older ones are not taken. RFC 7344 section 6.2.
	Signed time.Time `json:",omitzero"`
	// Taken is when that was; zero if none ever were.
	Taken time.Time `json:",omitzero"`

	// Told is why its sponsor was last told that it is refused, and ToldAt when: the same is told once.
	Told   string    `json:",omitzero"`
	ToldAt time.Time `json:",omitzero"`
}

// A ChildResult is what a scan of a child zone came to.
type ChildResult string

// The results.
const (
	ChildSilent      ChildResult = "silent"      // it asks for nothing
	ChildInStep      ChildResult = "in-step"     // it asks for what is published
	ChildChanged     ChildResult = "changed"     // it asked for something else, and has it now
	ChildWaits       ChildResult = "waits"       // it asks for its first DS, and nobody vouches for them
	ChildRefused     ChildResult = "refused"     // it asks for what it cannot have
	ChildUnreachable ChildResult = "unreachable" // its name servers do not answer, or cannot be found
	ChildStopped     ChildResult = "stopped"     // it was not asked: its name is not delegated, or locked
)

// ChildResults lists every ChildResult, in the order in which they are told.
func ChildResults() []ChildResult {
	return []ChildResult{ChildSilent, ChildInStep, ChildChanged, ChildWaits, ChildRefused, ChildUnreachable, ChildStopped}
}

// A ChildHint asks for a scan of a name soon, unless it was asked for after Unless.
type ChildHint struct {
	ChildScan // Name, ROID, and Notified: the instant of the hint
	Unless    time.Time
}

// A ChildFilter selects child zones, in order of name.
type ChildFilter struct {
	Zone   names.Name // zero: of all zones
	Result ChildResult
	After  names.Name
}

// A ChildCount is how many child zones of a zone had a result.
type ChildCount struct {
	Zone   string
	Result ChildResult // empty: not scanned yet
	Count  int
}
