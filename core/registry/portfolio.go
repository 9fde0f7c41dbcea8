package registry

import (
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/names"
)

// A Trait is something of a name that its registrar looks for: what stands out of a million names that are as they
// should be. A set of traits is their sum. A store keeps the set of each name, as it was last written, to find names
// by it; what time has made of it since is for the caller to see.
type Trait int64

// The traits.
const (
	TraitDeleted      Trait = 1 << iota // in redemption or pending delete
	TraitHeld                           // on hold, by its registrar or by the registry
	TraitLocked                         // with a status that prohibits something
	TraitSuspended                      // at its expiry
	TraitInactive                       // without name servers
	TraitSigned                         // with DS
	TraitTransferring                   // with a transfer that waits for its answer
)

// Traits returns each trait once.
func Traits() []Trait {
	return []Trait{
		TraitDeleted, TraitHeld, TraitLocked, TraitSuspended, TraitInactive, TraitSigned, TraitTransferring,
	}
}

// Has reports whether a set has all of another.
func (t Trait) Has(all Trait) bool { return t&all == all }

// Traits are those of a domain by its facts.
func (d Domain) Traits() Trait {
	prohibited := func(s Status) bool { return strings.HasSuffix(string(s), "Prohibited") }
	var set Trait
	for _, t := range []struct {
		trait Trait
		holds bool
	}{
		{TraitDeleted, d.Deletion.Active()},
		{TraitHeld, d.Has(ClientHold) || d.Has(ServerHold)},
		{TraitLocked, slices.ContainsFunc(d.Statuses, prohibited)},
		{TraitSuspended, d.Suspension.Active()},
		{TraitInactive, len(d.Nameservers) == 0},
		{TraitSigned, len(d.DS) > 0},
		{TraitTransferring, d.Transfer.IsPending()},
	} {
		if t.holds {
			set |= t.trait
		}
	}
	return set
}

// IsZero reports whether all instants are in it.
func (t Times) IsZero() bool { return t.From.IsZero() && t.To.IsZero() }

// Contains reports whether an instant is in it; To itself is not.
func (t Times) Contains(at time.Time) bool {
	return !at.Before(t.From) && (t.To.IsZero() || at.Before(t.To))
}

// An OwnFilter selects names of a registrar: all that it sponsors, or all that it has asked for and that are others'.
// What is zero selects nothing out.
type OwnFilter struct {
	Registrar RegistrarID
	Gaining   bool       // those that the registrar has asked for, instead of those that it sponsors
	Spans     []NameSpan // in one of them; a way in order of name is read with one at most
	Zone      string
	Has       Trait // all of them
	Lacks     Trait // none of them
	Expires   Times
	Created   Times
	Contact   ROID // a contact that they link
	Host      ROID // a host that they are delegated to

	Deletions bool // tell of each how it is deleted; selects nothing
}

// A NameSpan is the names from a text and before another, in the order of their octets; an empty To is behind all.
type NameSpan struct{ From, To string }

// A Way is an index along which a registrar's names are read, each in an order of its own.
type Way string

// The ways. By a trait, a contact, a host and by requests only those are read that have it.
const (
	ByName     Way = "name"     // in order of name
	ByTrait    Way = "trait"    // in order of name: those with the lowest of OwnFilter.Has
	ByRequest  Way = "request"  // in order of name: OwnFilter.Gaining
	ByExpiry   Way = "expiry"   // in order of expiry, then ROID
	ByCreation Way = "creation" // in order of creation, then ROID
	ByContact  Way = "contact"  // in order of ROID
	ByHost     Way = "host"     // in order of ROID
)

// An OwnPlace is where a name stands on any way. The zero OwnPlace is before all.
type OwnPlace struct {
	Name string
	At   time.Time // its expiry or its creation
	ROID ROID
}

// An OwnKey is what a name of a registrar is found and sorted by, as it was last written.
type OwnKey struct {
	ROID     ROID
	Name     names.Name
	Created  time.Time
	Expires  time.Time
	Due      time.Time // when time next changes it
	Deletion Deletion  // if OwnFilter.Deletions asks for it
}

// OwnPage is a part of a way. More says that it goes on behind End, the last place that was looked at.
type OwnPage struct {
	Names []OwnKey
	End   OwnPlace
	More  bool
}

// A Portfolio is what the console of a registrar reads of its names.
type Portfolio interface {
	// Own returns up to limit names that a filter selects among so many on a way behind a place, in its order.
	Own(f OwnFilter, way Way, after OwnPlace, limit, look int) (OwnPage, error)
	// CountOwn counts what there is to read on a way, up to a limit: with its own part of the filter only.
	CountOwn(f OwnFilter, way Way, limit int) (int, error)
	// Named returns those of some names that are registered, in no order.
	Named(list []names.Name) ([]Domain, error)
	// DueOwn returns names that a registrar sponsors or has asked for and whose Due is not after now: up to limit
	// among so many that are due, and whether there may be more.
	DueOwn(id RegistrarID, now time.Time, limit, look int) (list []Domain, more bool, err error)
}
