package registry

import (
	"net/netip"
	"time"
)

// A LoginRecord is what is kept of a registrar's logins over EPP, in real time.
type LoginRecord struct {
	At       time.Time // the last that succeeded, within a minute; zero if none did
	From     netip.Addr
	Agent    UserAgent
	Failures int       // wrong passwords since At
	FailedAt time.Time // the last of them
}

// A UserAgent is what a client says of itself; each part is empty if it says nothing. RFC 8807 section 4.1.
type UserAgent struct {
	App  string `json:",omitzero"` // the client's software
	Tech string `json:",omitzero"` // what that is made with
	OS   string `json:",omitzero"` // what it runs on
}
