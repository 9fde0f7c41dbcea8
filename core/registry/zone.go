package registry

import (
	"time"

	"example.org/dorado/core/names"
)

// A ZoneState is where the publication of a zone stands.
type ZoneState struct {
	Origin   names.Name
	Position int64       // how often it was published
	Serial   uint32      // of the SOA
	Made     time.Time   // of that serial, in real time
	RightAt  time.Time   // registry time as of which it is right: what time has done since is to be looked at
	Base     int64       // the pages and the steps after this position are the zone
	Basis    string      // what it was made under, such as the TTLs of who chose none
	Release  ZoneRelease // what an operator last let leave it
	Hold     ZoneHold    // why names wait; zero if none does
	Jump     *uint32     // the serial that an operator wants next; nil: none is wanted
	Whole    *uint32     // who has this serial or an older one gets the zone whole; nil: as the differences are kept
}

// A ZoneStep is one publication of a zone: State is as it is after it, and Removed and Added are the records of a
// zone.Diff. It holds only while the zone is at the position before.
type ZoneStep struct {
	State          ZoneState
	Removed, Added []byte
	Receipts       []ZoneReceipt
	Jumped         *uint32 // the jump that is made by it

	Left, Back []names.Name // that left the zone, beside a release, and that had and are in it again
	Uncounted  time.Time    // what left before then need not be known any longer; looked at with Left
}

// A ZoneDeparture is a name that left a zone and is still away.
type ZoneDeparture struct {
	Name names.Name
	At   time.Time // real time
}

// A ZoneReceipt says that what was published of a name changed, and when: committed, about, and served, both in real
// time.
type ZoneReceipt struct {
	Name     names.Name
	Origin   names.Name
	Position int64
	Serial   uint32
	Changed  time.Time
	Made     time.Time
}

// A ZonePage is a part of a zone as it was at a serial.
type ZonePage struct {
	Origin names.Name
	Number int
	Serial uint32
	Body   []byte
}

// A ZoneBase says that the pages of a zone are all of a position or later. Steps up to Drop, and receipts up to
// Forget, are not kept any longer.
type ZoneBase struct {
	Origin       names.Name
	Base         int64
	Drop, Forget int64
	RightAt      time.Time
}

// A ZoneRelease lets so many names leave a zone within a span of real time, beside those that always may.
type ZoneRelease struct {
	Origin      names.Name
	From, Until time.Time
	Names       int
	Gone        int // how many have left by it
}

// IsOpen reports whether names may leave by it.
func (r ZoneRelease) IsOpen(now time.Time) bool { return !now.Before(r.From) && now.Before(r.Until) }

// A ZoneHold says why names of a zone wait to be published: those that would leave it, since they are more than may
// within a span; or all, by a fault. The zero value says that none does.
type ZoneHold struct {
	Origin  names.Name `json:"-"`
	Since   time.Time  // real time
	Waiting int        `json:",omitzero"` // names that would leave the zone
	Away    int        `json:",omitzero"` // that left it within the span
	Allowed int        `json:",omitzero"` // that may
	Fault   string     `json:",omitzero"` // why nothing of the zone can be published; empty: it is the names that would leave
}

// Holds reports whether names wait.
func (h ZoneHold) Holds() bool { return !h.Since.IsZero() }

// A ZoneJump asks for the serial that a zone has next.
type ZoneJump struct {
	Origin names.Name
	To     uint32
}

// A WaitingMark is a mark that is not published yet. One that is set aside waits until what holds its zone is over.
type WaitingMark struct {
	Mark
	Aside bool
}

// A Zones is what a Reader knows of what was published.
type Zones interface {
	// ZoneStates returns where each zone stands that was ever published.
	ZoneStates() ([]ZoneState, error)
	// ZonePages returns up to limit pages of a zone from a number on, in order.
	ZonePages(origin names.Name, from, limit int) ([]ZonePage, error)
	// ZoneSteps returns up to limit steps of a zone after a position, in order.
	ZoneSteps(origin names.Name, after int64, limit int) ([]ZoneStep, error)
	// ZoneDepartures returns the names that left a zone after an instant and are still away, in order of time.
	ZoneDepartures(origin names.Name, after time.Time) ([]ZoneDeparture, error)
	// Publications returns the last receipts of a name, up to limit, the latest first.
	Publications(name names.Name, limit int) ([]ZoneReceipt, error)
}
