package policy

import (
	"net/netip"
	"slices"

	"example.org/dorado/core/registry"
)

// An AccreditationGroup is a part of the accreditation's list.
type AccreditationGroup string

// The groups.
const (
	AccreditSession    AccreditationGroup = "session"
	AccreditDomains    AccreditationGroup = "domains"
	AccreditHosts      AccreditationGroup = "hosts"
	AccreditContacts   AccreditationGroup = "contacts"
	AccreditTransfers  AccreditationGroup = "transfers"
	AccreditEnd        AccreditationGroup = "end"
	AccreditMessages   AccreditationGroup = "messages"
	AccreditExtensions AccreditationGroup = "extensions"
	AccreditRefusals   AccreditationGroup = "refusals" // that a client must live with
)

// AccreditationGroups returns the groups in the order of the list.
func AccreditationGroups() []AccreditationGroup {
	return []AccreditationGroup{
		AccreditSession, AccreditContacts, AccreditHosts, AccreditDomains, AccreditTransfers, AccreditEnd, AccreditMessages,
		AccreditExtensions, AccreditRefusals,
	}
}

// An AccreditationItem is a thing that a registrar's client should show in its sandbox that it can do. The list is what
// the manual has a client do (manual 9.4, 9.11, 9.12, 12) and what registries ask before they let one into production.
type AccreditationItem struct {
	ID       string // never changes: sandboxes keep it
	Group    AccreditationGroup
	Required bool   // else it is recommended
	Text     string // in English

	marks []mark // each of which ticks it
}

// Features are what of a request and its answer matters to the accreditation, beyond command and result.
type Features uint32

// The features.
const (
	FeatureNewPassword  Features = 1 << iota // a login changed the password
	FeatureSeveral                           // a check asked for several objects
	FeatureSeveralYears                      // a period beyond one year
	FeatureHosts                             // name servers of a domain, given, added or removed
	FeatureContacts                          // contacts of a domain, changed, or its registrant
	FeatureAuthInfo                          // a transfer code, shown or replaced
	FeatureSetStatus                         // a status was set
	FeatureAddresses                         // of a host, given, added or removed
	FeatureDS                                // DNSSEC. RFC 5910
	FeatureIDN                               // an internationalised name with its table or tag
	FeatureFee                               // a fee was said or asked for. RFC 8748
	FeaturePremium                           // what was charged is a price of the name's own
	FeatureRestore                           // the request of a restore. RFC 3915
	FeaturePurged                            // a deletion took effect at once
	FeatureTransfer                          // a message about a transfer
	FeatureRenewed                           // a name was seen that time had renewed
	FeatureRedeem                            // a name was seen in redemption, or beyond
	FeatureForeign                           // what was seen is another registrar's
)

// An Act is what a sandbox saw: a request of EPP that was answered.
type Act struct {
	Registrar registry.RegistrarID // empty if nobody had logged in
	SvTRID    string
	Object    string // domain, host, contact, maint, poll or session
	Command   string // such as check, login or ack
	Op        string // of a transfer: request, query, approve, reject or cancel
	Name      string // of the domain that it is about; empty of anything else
	Code      registry.Code
	Features  Features
	From      netip.Addr // whose connection it came by
}

// A mark says which acts tick an item. An empty field fits every act.
type mark struct {
	object, command, op string
	codes               []registry.Code
	with, without       Features
	again               bool // of a name whose deletion was seen before
	stranger            bool // which anybody can bring about: it ticks once the same address has logged in
}

// fits reports whether an act ticks. Deleted says that its name was seen being deleted, and not at once.
func (m mark) fits(a Act, deleted bool) bool {
	return !m.stranger && m.matches(a, deleted)
}

// matches reports whether an act is what the mark wants, whoever brought it about.
func (m mark) matches(a Act, deleted bool) bool {
	return (m.object == "" || m.object == a.Object) && (m.command == "" || m.command == a.Command) &&
		(m.op == "" || m.op == a.Op) && slices.Contains(m.codes, a.Code) &&
		a.Features&m.with == m.with && a.Features&m.without == 0 && (!m.again || deleted)
}

// done is a mark of a command that was carried out.
func done(object, command string, with, without Features) mark {
	return mark{object: object, command: command, codes: []registry.Code{registry.Completed, registry.CompletedPending}, with: with, without: without}
}

// moved is a mark of a transfer command that was carried out.
func moved(object, op string) mark {
	m := done(object, "transfer", 0, 0)
	m.op = op
	return m
}

// refusedWith is a mark of a refusal, whatever the command was.
func refusedWith(codes ...registry.Code) mark { return mark{codes: codes} }

// Accreditation returns the list, group by group. It is the caller's.
func Accreditation() []AccreditationItem {
	return slices.Concat(
		accreditSession(), accreditContacts(), accreditHosts(), accreditDomains(), accreditTransfers(), accreditEnd(),
		accreditMessages(), accreditExtensions(), accreditRefusals(),
	)
}

// item returns a part of the list.
func item(group AccreditationGroup, required bool, id, text string, marks ...mark) AccreditationItem {
	return AccreditationItem{ID: id, Group: group, Required: required, Text: text, marks: marks}
}

// What an item of the list is.
const (
	required    = true
	recommended = false
)

func accreditSession() []AccreditationItem {
	const g = AccreditSession
	return []AccreditationItem{
		item(g, required, "hello", "Ask for a greeting with hello", mark{object: "session", command: "hello", codes: []registry.Code{""}}),
		item(g, required, "login", "Log in", done("session", "login", 0, 0)),
		item(g, required, "new-password", "Change the password with a login", done("session", "login", FeatureNewPassword, 0)),
		item(g, required, "logout", "Log out", mark{object: "session", command: "logout", codes: []registry.Code{registry.EndingSession}}),
	}
}

func accreditContacts() []AccreditationItem {
	const g = AccreditContacts
	return []AccreditationItem{
		item(g, required, "contact-create", "Create a contact", done("contact", "create", 0, 0)),
		item(g, required, "contact-info", "Look at a contact", done("contact", "info", 0, 0)),
		item(g, required, "contact-update", "Change a contact", done("contact", "update", 0, 0)),
		item(g, required, "contact-delete", "Delete a contact", done("contact", "delete", 0, 0)),
	}
}

func accreditHosts() []AccreditationItem {
	const g = AccreditHosts
	return []AccreditationItem{
		item(g, required, "host-create", "Create a host", done("host", "create", 0, 0)),
		item(g, required, "host-info", "Look at a host", done("host", "info", 0, 0)),
		item(g, required, "host-update", "Change the addresses of a host", done("host", "update", FeatureAddresses, 0)),
		item(g, required, "host-delete", "Delete a host", done("host", "delete", 0, 0)),
	}
}

func accreditDomains() []AccreditationItem {
	const g = AccreditDomains
	return []AccreditationItem{
		item(g, required, "domain-check", "Check several names at once", done("domain", "check", FeatureSeveral, 0)),
		item(g, required, "domain-create", "Create a name without name servers", done("domain", "create", 0, FeatureHosts)),
		item(g, required, "domain-create-hosts", "Create a name with name servers", done("domain", "create", FeatureHosts, 0)),
		item(g, required, "domain-create-years", "Create a name for more than one year", done("domain", "create", FeatureSeveralYears, 0)),
		item(g, required, "domain-info", "Look at a name", done("domain", "info", 0, 0)),
		item(g, required, "domain-update-hosts", "Change the name servers of a name", done("domain", "update", FeatureHosts, 0)),
		item(g, required, "domain-update-contacts", "Change the contacts of a name", done("domain", "update", FeatureContacts, 0)),
		item(g, required, "domain-update-code", "Replace the transfer code of a name", done("domain", "update", FeatureAuthInfo, 0)),
		item(g, required, "domain-lock", "Set a status on a name, such as clientTransferProhibited", done("domain", "update", FeatureSetStatus, 0)),
		item(g, required, "domain-renew", "Renew a name", done("domain", "renew", 0, 0)),
	}
}

func accreditTransfers() []AccreditationItem {
	const g = AccreditTransfers
	return []AccreditationItem{
		item(g, recommended, "transfer-code", "Look at a name of another registrar with its transfer code",
			done("domain", "info", FeatureAuthInfo|FeatureForeign, 0)),
		item(g, required, "transfer-request", "Request the transfer of a name", moved("domain", "request")),
		item(g, required, "transfer-query", "Ask how a transfer stands", moved("domain", "query")),
		item(g, required, "transfer-approve", "Approve a transfer", moved("domain", "approve")),
		item(g, required, "transfer-reject", "Reject a transfer", moved("domain", "reject")),
		item(g, required, "transfer-cancel", "Cancel a transfer", moved("domain", "cancel")),
		item(g, required, "transfer-message", "Read a message about a transfer",
			mark{object: "poll", command: "req", codes: []registry.Code{registry.AckToDequeue}, with: FeatureTransfer}),
	}
}

func accreditEnd() []AccreditationItem {
	const g = AccreditEnd
	return []AccreditationItem{
		item(g, required, "delete-at-once", "Delete a name within its add grace period", done("domain", "delete", FeaturePurged, 0)),
		item(g, recommended, "see-renewed", "Look at a name that was renewed by itself", done("domain", "info", FeatureRenewed, 0)),
		item(g, required, "delete", "Delete a name later, so that it goes into redemption", done("domain", "delete", 0, FeaturePurged)),
		item(g, recommended, "see-redemption", "Look at a name in redemption", done("domain", "info", FeatureRedeem, 0)),
		item(g, required, "restore", "Restore a name", done("domain", "update", FeatureRestore, 0)),
		item(g, recommended, "create-again", "Create a name again that was deleted and purged", mark{
			object: "domain", command: "create", codes: []registry.Code{registry.Completed, registry.CompletedPending}, again: true,
		}),
	}
}

func accreditMessages() []AccreditationItem {
	const g = AccreditMessages
	poll := func(command string, code registry.Code) mark {
		return mark{object: "poll", command: command, codes: []registry.Code{code}}
	}
	return []AccreditationItem{
		item(g, required, "poll", "Read a message", poll("req", registry.AckToDequeue)),
		item(g, required, "poll-ack", "Acknowledge a message", poll("ack", registry.Completed)),
		item(g, recommended, "poll-empty", "Ask for messages when there are none", poll("req", registry.NoMessages)),
	}
}

func accreditExtensions() []AccreditationItem {
	const g = AccreditExtensions
	return []AccreditationItem{
		item(g, required, "ds", "Secure a name with DS records, at its creation or later",
			done("domain", "create", FeatureDS, 0), done("domain", "update", FeatureDS, 0)),
		item(g, required, "fee-check", "Ask for prices with a check", done("domain", "check", FeatureFee, 0)),
		item(g, required, "premium", "Create a premium name, with its fee", done("domain", "create", FeaturePremium|FeatureFee, 0)),
		item(g, recommended, "idn", "Create an internationalised name", done("domain", "create", FeatureIDN, 0)),
	}
}

func accreditRefusals() []AccreditationItem {
	const g = AccreditRefusals
	return []AccreditationItem{
		item(g, recommended, "refused-login", "Log in with a wrong password (2200), and then with the right one",
			mark{object: "session", command: "login", codes: []registry.Code{registry.Authentication, registry.AuthenticationClosing}, stranger: true}),
		item(g, required, "refused-exists", "Create a name that is taken (2302)",
			mark{object: "domain", command: "create", codes: []registry.Code{registry.ObjectExists}}),
		item(g, required, "refused-missing", "Ask for an object that does not exist (2303)", refusedWith(registry.ObjectMissing)),
		item(g, required, "refused-funds", "Run out of funds (2104)", refusedWith(registry.BillingFailure)),
		item(g, required, "refused-foreign", "Touch an object of another registrar (2201)", refusedWith(registry.Authorization)),
		item(g, required, "refused-code", "Request a transfer with a wrong transfer code (2202)",
			mark{command: "transfer", codes: []registry.Code{registry.InvalidAuthInfo}}),
		item(g, required, "refused-status", "Meet a status that forbids a command (2304)", refusedWith(registry.StatusProhibits)),
		item(g, recommended, "refused-linked", "Delete a host or contact that is in use (2305)",
			mark{command: "delete", codes: []registry.Code{registry.AssociationProhibits}}),
	}
}
