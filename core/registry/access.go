package registry

import (
	"net/netip"
	"time"

	"example.org/dorado/core/names"
)

// An AccessRole says as what somebody looks up what is closed to the public.
type AccessRole string

// The roles. A registrar sees the contacts that it sponsors, the others see everything and say for what.
const (
	AccessRegistrar AccessRole = "registrar"
	AccessOperator  AccessRole = "operator"
	AccessLaw       AccessRole = "law-enforcement"
)

// An AccessToken is the right of whoever bears its secret to look up what is closed to the public. Instants are of
// real time.
type AccessToken struct {
	ID        string
	Version   int64
	Role      AccessRole
	Registrar RegistrarID `json:",omitzero"` // of the role registrar
	Holder    string      // to whom it was given
	Hash      []byte      `json:"-"` // of the secret; in a column of its own, so that no listing has it
	Issued    Measure     // Until is when it ends by itself
	Revoked   Measure     `json:",omitzero"`
}

// Ends is when the token is worth nothing any more.
func (t AccessToken) Ends() time.Time {
	if !t.Revoked.Since.IsZero() && t.Revoked.Since.Before(t.Issued.Until) {
		return t.Revoked.Since
	}
	return t.Issued.Until
}

// Next returns t as its own next version.
func (t AccessToken) Next() AccessToken { t.Version++; return t }

// An Access is one look of somebody who is known: who, as what, at what and for what.
type Access struct {
	ID      int64     `json:"-"` // rises with time; given by the store
	At      time.Time // of real time
	Who     string    // the id of a token, or of a registrar that gave its password
	Role    AccessRole
	Holder  string     `json:",omitzero"` // of a token
	Address netip.Addr `json:",omitzero"`
	Query   string     // such as "domain/shop.example"
	Purpose string     `json:",omitzero"`
}

// An AccessFilter selects accesses: of somebody, since an instant, and before an id. What is zero selects nothing out.
type AccessFilter struct {
	Who    string
	Since  time.Time
	Before int64
}

// Searches are what a search of names, hosts and contacts may read.
type Searches interface {
	// NamesFrom returns up to limit registered names that begin with a text and come after a name, in order of name.
	NamesFrom(prefix string, after names.Name, limit int) ([]names.Name, error)
	// HostsFrom returns up to limit names of hosts in the same way.
	HostsFrom(prefix string, after names.Name, limit int) ([]names.Name, error)
	// ContactID returns the id of the contact of a ROID.
	ContactID(ROID) (string, bool, error)

	// AccessToken returns a token, one that has ended too.
	AccessToken(id string) (AccessToken, bool, error)
	// AccessTokens returns up to limit tokens that end after an instant, the latest first.
	AccessTokens(endAfter time.Time, limit int) ([]AccessToken, error)
	// Accesses returns up to limit accesses that a filter selects, the latest first.
	Accesses(f AccessFilter, limit int) ([]Access, error)
}
