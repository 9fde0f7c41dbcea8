package registry

import (
	"time"

	"example.org/dorado/core/names"
)

// An Announcement is a Notice on its way into many queues. It is put with what it tells, and handed out
// a part at a time when it is due, so that nobody waits for thousands of messages.
type Announcement struct {
	ID     int64 // given by the store at the first put
	Topic  string
	Due    time.Time
	Notice Notice

	// Host, if there is one, makes it go to those who sponsor a name that is delegated to the host, but for
	// Except. Without it, it goes to all registrars.
	Host   ROID
	Except RegistrarID
	// Gone says that the host was purged, at Due: the names lose it as their sponsors are told. It ends with the
	// last link to the host.
	Gone bool

	// After is how far it has come: the last registrar, or the last domain that is delegated to Host.
	After string
	Told  []RegistrarID // who has it, where After does not say so
	Step  int64         // counts the parts; an Announcement moves on only from the step that was read
}

// A Delegated is a name that is delegated to a host, with its sponsor.
type Delegated struct {
	Domain  ROID
	Name    names.Name
	Sponsor RegistrarID
}

// A Withdrawal removes the announcements of a topic that are due after an instant.
type Withdrawal struct {
	Topic string
	After time.Time
}
