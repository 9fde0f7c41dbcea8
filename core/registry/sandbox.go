package registry

import (
	"time"

	"example.org/dorado/core/ledger"
)

// A Sandbox is the test environment of one registrar, as it is told to people: a registry of its own, with own data and a
// clock that moves when told. Architecture section 4.
type Sandbox struct {
	Name      string      // what the ids of its credentials begin with, such as "OTE1001"
	Registrar RegistrarID // whose it is, in production
	Made      time.Time   // real time: when it was made or last reset
	Now       time.Time   // what its clock shows
	Offset    time.Duration

	Credentials []SandboxCredential // in order of id
	Names       int                 // registered ones; counted up to SandboxNamesCounted

	// Ticks are when the sandbox first saw what is on the accreditation's list, by the item's id.
	Ticks map[string]SandboxTick
}

// SandboxNamesCounted is up to how many names of a sandbox are counted.
const SandboxNamesCounted = 1000

// A SandboxCredential is a registrar of a sandbox, as whom a program logs in. There are several, so that transfers can
// be tried.
type SandboxCredential struct {
	ID        RegistrarID // such as "OTE1001-A"
	Available ledger.Money
	Changed   time.Time // of the password, by the sandbox's clock
}

// A SandboxTick is when something of the accreditation's list was first seen, by real time, and in which transaction.
type SandboxTick struct {
	At     time.Time   `json:"at"`
	Who    RegistrarID `json:"who"`
	SvTRID string      `json:"svTRID"`
}

// A SandboxPassword is a credential's new password, which is kept nowhere and shown once.
type SandboxPassword struct {
	ID       RegistrarID
	Password string
}

// A SandboxMail is a mail that a sandbox would have sent. It sends none.
type SandboxMail struct {
	ID      string // of its file
	At      time.Time
	To      string
	Subject string
	Text    string // the whole of it; empty in a list
}

// A SandboxMove asks a sandbox's clock for one movement: exactly one is set.
type SandboxMove struct {
	Advance string `json:"advance,omitempty"` // a length of time such as "46d" or "1d12h"
	To      string `json:"to,omitempty"`      // an instant
	Next    string `json:"next,omitempty"`    // a name: to the next thing that time does to it
}
