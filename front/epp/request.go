package epp

import (
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A kind says what a frame asks for.
type kind int

const (
	kindBroken  kind = iota // not a valid frame; request.invalid says why
	kindHello               // <hello>
	kindLogin               // <login>
	kindLogout              // <logout>
	kindCommand             // a transform command
	kindQuery               // a query: check, info, poll, transfer op="query"
)

// A request is one frame, decoded as far as it could be.
type request struct {
	kind    kind
	clTRID  string // "" if absent; of a broken frame too, if it could be read safely
	login   login
	command flow.Command // of kindCommand, unless invalid or refusal says why not
	query   flow.Query   // of kindQuery, likewise
	subject flow.Subject // as far as it is known; Logged for transform commands

	op         string   // of a transfer, such as request
	object     string   // namespace of the object that the command is about; "" if there is none
	extensions []string // namespaces of the elements in <extension>

	// invalid says that the frame is not valid by the schemas. It comes before everything.
	// Decisions 4.2.
	invalid      *registry.Error
	line, column int // of what is not valid; they count from 1, and are 0 if nothing is to blame
	// refusal is the first mistake against a rule of this registry in a valid frame. It comes after
	// what the session has to say: no login, object or extension not announced.
	refusal *registry.Error
}

// element is the element of the command, such as "domain:create".
func (r *request) element() string {
	switch {
	case r.kind == kindLogin:
		return "login"
	case objectPrefix(r.object) != "":
		return objectPrefix(r.object) + ":" + r.subject.Command
	}
	return "command"
}

// A login is what <login> holds. RFC 5730 section 2.9.1.1.
type login struct {
	clID, pw, newPW, version, lang string
	objURIs, extURIs               []string

	sec    *loginSec         // nil unless the login carries it
	events []flow.LoginEvent // what the answer tells of the login
}

// A greeting is what <greeting> tells. RFC 5730 section 2.4.
type greeting struct {
	serverID                    string
	now                         time.Time
	languages, objURIs, extURIs []string
}

// An answer is how a request ended: with a reply, or with an error, which is a *registry.Error unless
// it is a fault.
type answer struct {
	req       *request
	svTRID    string
	reply     flow.Reply
	err       error
	now       time.Time
	announced []string // what the session announced
	note      string   // stands behind the usual text of a success
}
