package registry

import "time"

// An ObjectKind is a kind of object that has a history.
type ObjectKind string

// The kinds of objects with a history.
const (
	KindDomain    ObjectKind = "domain"
	KindHost      ObjectKind = "host"
	KindContact   ObjectKind = "contact"
	KindRegistrar ObjectKind = "registrar"
)

// ObjectKinds lists every ObjectKind.
func ObjectKinds() []ObjectKind {
	return []ObjectKind{KindDomain, KindHost, KindContact, KindRegistrar}
}

// A Past is one version of one object as the history keeps it: who made it, and what the object was from then
// on. The order of the versions of an object is the order in which they came about; the instant of one is that
// of the fact, however late it was written down.
type Past struct {
	Kind    ObjectKind
	ROID    ROID // of a registrar its id
	Version int64
	Name    string // what the object was called from then on
	Origin  Origin
	Gone    bool // the object went with this version, and Object is what it was last
	Object  any  // a Domain, Host, Contact or Registrar
}

// A Life is one of the objects that had a name one after the other.
type Life struct {
	ROID  ROID
	Until time.Time // when it went; of a host, when it was last changed under the name
}

// A LifeFilter selects objects that had a name in the past. A host had it that was called otherwise later.
type LifeFilter struct {
	Kind   ObjectKind
	ID     string // the name or id; an id in whatever case
	Except ROID   // is left out
	Oldest bool   // the oldest first, else the newest
	After  Life   // in that order; from the first on if zero
}

// A VersionFilter selects versions of one object.
type VersionFilter struct {
	Kind   ObjectKind
	ROID   ROID
	Oldest bool  // the oldest first, else the newest
	After  int64 // in that order; from the first on if 0
}
