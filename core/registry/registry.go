// Package registry owns the nouns: the objects that a registry keeps, what a command may read of
// them (Reader) and all that it can write (Changes). It holds no rule and no wire form.
package registry

import (
	"net/netip"
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
)

// A ROID is an object's permanent id, such as "D1-CO". RFC 5730 section 2.8, decisions 4.12.
type ROID string

// RegistrarID is a registrar's id, the clID of EPP, such as "H1001".
type RegistrarID string

// A Registrar is an accredited client: it sponsors objects and pays for them.
type Registrar struct {
	ID      RegistrarID `json:",omitzero"`
	Version int64       `json:",omitzero"` // see Domain.Version
	Name    string      `json:",omitzero"`
	Email   string      `json:",omitzero"`
	Voice   string      `json:",omitzero"`
	Fax     string      `json:",omitzero"`
	Website string      `json:",omitzero"`
	Abuse   string      `json:",omitzero"` // address for abuse reports, shown in WHOIS and RDAP
	WHOIS   string      `json:",omitzero"` // the registrar's own WHOIS server, if any
	RDAP    string      `json:",omitzero"` // the base URL of the registrar's own RDAP server, if any
	IANAID  int         `json:",omitzero"` // 0 if it has none
	Postal  Postal      `json:",omitzero"` // its street lines to its country

	TradingName string `json:",omitzero"` // under which it is known, if that is not its Name

	Password        string         `json:"-"` // argon2id in PHC form, of the EPP password
	PasswordChanged time.Time      `json:",omitzero"`
	FilesPassword   string         `json:"-"`         // likewise, of the password for FTPS; empty: none was set. Manual 4.3.1
	FilesChanged    time.Time      `json:",omitzero"` // when FilesPassword was set
	Networks        []netip.Prefix `json:",omitzero"` // where EPP and FTPS connections may come from
	Certificates    []string       `json:",omitzero"` // SHA-256 fingerprints, lower-case hex, of client certificates

	// Certified says more about those of Certificates that were added one by one.
	Certified []Certificate `json:",omitzero"`

	Suspended  bool    `json:",omitzero"` // by the operator: no login at all
	Suspension Measure `json:",omitzero"` // by whom and why, if Suspended and a command did it
	Hold       Hold    `json:",omitzero"` // lack of funds: no command that costs money. Decisions 5.5

	// Changed is the last change of the account itself, by the operator or by a user of the registrar, so that each
	// version in the history says who made it and why. FairUse has its own.
	Changed Measure `json:",omitzero"`

	// PollOff says that the registrar wants no messages: none is queued, and those that wait are not shown.
	// Manual 9.11.
	PollOff bool `json:",omitzero"`
	// What the registrar wants to be told is unavailable. Manual 6.9, decisions 4.14. ClaimsUnavailable is about names
	// that somebody claims; while there is no service of claims (policy.Launch) there are none.
	PremiumsUnavailable bool `json:",omitzero"`
	ClaimsUnavailable   bool `json:",omitzero"`
	IDNsUnavailable     bool `json:",omitzero"`

	Mailing Mailing `json:",omitzero"`
	// Wishes are where it wants to be told otherwise than the profile has it.
	Wishes map[Event]Wish `json:",omitzero"`

	// RenewModel is what happens to its names at expiry, dated, so that a late reader applies
	// the setting that held at the instant of expiry. Manual 6.2.
	RenewModel []DatedRenewModel `json:",omitzero"`

	// ContactPurge says whether its contacts go that lost their last link, dated like RenewModel; without
	// any they do. Manual 6.8, contact-purge-enabled; decisions 2.5.
	ContactPurge []DatedContactPurge `json:",omitzero"`

	FairUse *FairUse `json:",omitzero"` // nil: the profile alone limits the registrar

	// SecondFactorForAll says that no user of the registrar reaches anything in the console without a second factor.
	// Manual 4.1.1.
	SecondFactorForAll bool `json:",omitzero"`
}

// Party is the registrar as the ledger knows it.
func (r Registrar) Party() ledger.Party { return ledger.Party(r.ID) }

// AutoRenewsAt reports whether names of r that expire at t renew themselves. Auto-renew is the
// default. Manual 6.2.
func (r Registrar) AutoRenewsAt(t time.Time) bool {
	renews := true
	for _, m := range r.RenewModel {
		if !m.From.After(t) {
			renews = m.AutoRenew
		}
	}
	return renews
}

// A DatedRenewModel is auto-renew (true) or auto-delete (false) from an instant on.
type DatedRenewModel struct {
	From      time.Time
	AutoRenew bool
}

// PurgesContactsAt reports whether contacts of r go that lose their last link at t. Decisions 2.5.
func (r Registrar) PurgesContactsAt(t time.Time) bool {
	purges := true
	for _, p := range r.ContactPurge {
		if !p.From.After(t) {
			purges = p.Enabled
		}
	}
	return purges
}

// A DatedContactPurge switches the purge of contacts on or off from an instant on.
type DatedContactPurge struct {
	From    time.Time
	Enabled bool
}

// A Hold is the fact that a registrar lacks funds. The zero Hold is none.
type Hold struct {
	Since  time.Time `json:",omitzero"`
	Reason string    `json:",omitzero"`
}

// Active reports whether the hold stands.
func (h Hold) Active() bool { return !h.Since.IsZero() }

// A ContactRef names a contact that another object links to.
type ContactRef struct {
	ROID ROID
	ID   string
}

// A DomainContact is a contact with its role for a domain: admin, tech or billing.
type DomainContact struct {
	Role string
	ContactRef
}

// A HostRef names a host that a domain is delegated to.
type HostRef struct {
	ROID ROID
	Name names.Name

	// SuperordinateDue is when time next changes the registered name above the host, derived on
	// reading: from then on the host may have gone with it. Zero for an external host.
	SuperordinateDue time.Time `json:"-"`
	// Gone is when the host was purged with the name above it, while the domain was not told yet; derived on
	// reading. Its name may be another's by now, and is not given.
	Gone time.Time `json:"-"`
}

// A DomainRef names a registration: the ROID tells it from a later one of the same name.
type DomainRef struct {
	ROID ROID
	Name names.Name
}

// IsZero reports whether there is none.
func (r DomainRef) IsZero() bool { return r == DomainRef{} }

// A Domain is one registration. RFC 5731.
//
// It keeps facts with their instants; what statuses follow from them at an instant is for package
// lifecycle to say. Decisions 3.1.
//
// The json tags of the nouns are how package store and the history keep them.
type Domain struct {
	ROID ROID       `json:",omitzero"`
	Name names.Name `json:",omitzero"`

	// Version numbers the states of one object: 1 at creation, one more with each change. A
	// Changes that puts version n applies only while version n-1 is stored.
	Version int64 `json:",omitzero"`

	Sponsor     RegistrarID `json:",omitzero"`
	Creator     RegistrarID `json:",omitzero"`
	Created     time.Time   `json:",omitzero"`
	Updater     RegistrarID `json:",omitzero"` // empty until the first update
	Updated     time.Time   `json:",omitzero"`
	Transferred time.Time   `json:",omitzero"`
	Expires     time.Time   `json:",omitzero"` // always 23:59:59Z of its day, but for imported names

	Registrant  ContactRef      `json:",omitzero"`
	Contacts    []DomainContact `json:",omitzero"` // sorted by role, then id
	Nameservers []HostRef       `json:",omitzero"` // in the order given
	Statuses    []Status        `json:",omitzero"` // those that somebody set: client… and server…
	DS          []DSRecord      `json:",omitzero"` // sorted
	AuthInfo    []byte          `json:",omitzero"` // keyed hash; empty: nothing matches
	TTL         TTLs            `json:",omitzero"` // of NS and DS
	IDNTable    string          `json:",omitzero"` // the table that an internationalized label is in. Decisions 1.6

	Graces     []Grace    `json:",omitzero"` // running or ended; see lifecycle.Running
	Deletion   Deletion   `json:",omitzero"` // zero while registered
	Suspension Suspension `json:",omitzero"` // zero unless it has expired and waits to renew itself
	Transfer   Transfer   `json:",omitzero"` // the last that was requested; zero if none ever was
	HoldUntil  time.Time  `json:",omitzero"` // no transfer may be requested before. Manual 8.1.6

	// Restored is when the name last came back from redemption. RenewBy is until when it must be renewed for
	// that, and zero when it need not be any more. Decisions 3.5.
	Restored time.Time `json:",omitzero"`
	RenewBy  time.Time `json:",omitzero"`

	Changed Measure `json:",omitzero"` // the operator's last change of it; registrars are not told
}

// Ref is how a host names the registration above it.
func (d Domain) Ref() DomainRef { return DomainRef{d.ROID, d.Name} }

// Has reports whether somebody set the status on d.
func (d Domain) Has(s Status) bool { return slices.Contains(d.Statuses, s) }

// Next returns d as its own next version.
func (d Domain) Next() Domain { d.Version++; return d }

// A GraceKind is one of the four grace periods of RFC 3915 section 3.1.
type GraceKind string

// The grace periods, spelt as RGP statuses.
const (
	AddGrace       GraceKind = "addPeriod"
	RenewGrace     GraceKind = "renewPeriod"
	AutoRenewGrace GraceKind = "autoRenewPeriod"
	TransferGrace  GraceKind = "transferPeriod"
)

// A Grace is a time in which a paid operation can be undone for a credit. It remembers the charge
// that a deletion credits and the expiry that it brings back. Decisions 3.3.
type Grace struct {
	Kind    GraceKind    `json:",omitzero"`
	Until   time.Time    `json:",omitzero"` // half-open: it has ended at this instant
	Expires time.Time    `json:",omitzero"` // the expiry before the operation; of a registration the day of its creation
	Years   int          `json:",omitzero"` // that the operation added; 0 if that is less than it costs, as at the horizon
	Charge  string       `json:",omitzero"` // the ledger.Charge that it credits
	Amount  ledger.Money `json:",omitzero"`
}

// A Deletion is the fact that a name was deleted and waits for its purge. The zero Deletion is
// none. Every instant is fixed when it is made. Decisions 3.2.
type Deletion struct {
	At            time.Time   `json:",omitzero"`
	RestorableTil time.Time   `json:",omitzero"` // end of redemption
	PendingUntil  time.Time   `json:",omitzero"` // end of pending delete
	PurgeAt       time.Time   `json:",omitzero"`
	By            RegistrarID `json:",omitzero"` // empty when time or the operator deleted it
	ClTRID        string      `json:",omitzero"` // of the delete command, for the purge message. Manual 9.11.5
	SvTRID        string      `json:",omitzero"`
}

// Active reports whether there is a deletion.
func (d Deletion) Active() bool { return !d.At.IsZero() }

// ByOperator reports whether the operator deleted the name: time has no transaction.
func (d Deletion) ByOperator() bool { return d.By == "" && d.SvTRID != "" }

// A Suspension is the fact that a name has expired and is neither renewed nor deleted yet: it is delegated to
// the registry's page meanwhile. Both instants are fixed when it is made. Policies of 2011, decisions section 3.
type Suspension struct {
	At    time.Time `json:",omitzero"` // the expiry
	Until time.Time `json:",omitzero"` // when the name renews itself
}

// Active reports whether there is a suspension.
func (s Suspension) Active() bool { return !s.At.IsZero() }

// A Transfer is the last transfer of a domain or a contact, pending or ended. The zero Transfer is none.
// RFC 5730 section 2.9.3.4, decisions 3.6.
type Transfer struct {
	Status    TransferStatus `json:",omitzero"`
	Gaining   RegistrarID    `json:",omitzero"`
	Losing    RegistrarID    `json:",omitzero"`
	Requested time.Time      `json:",omitzero"`
	// Answer is when it is approved by itself, while it is pending, and when it ended afterwards.
	Answer time.Time `json:",omitzero"`

	// Of a domain: for how many years it is renewed, what that costs, and when it expires since; that is zero
	// while the transfer is pending, as time can change it, and for one that came to nothing.
	Years   int          `json:",omitzero"`
	Charge  string       `json:",omitzero"`
	Amount  ledger.Money `json:",omitzero"`
	Expires time.Time    `json:",omitzero"`
}

// IsPending reports whether the transfer waits for its answer.
func (t Transfer) IsPending() bool { return t.Status == TransferPending }

// IsZero reports whether there is none.
func (t Transfer) IsZero() bool { return t.Status == "" }

// Notice returns what messages tell of the transfer of an object: "domain" or "contact", and its name or id.
func (t Transfer) Notice(object, name string) TransferNotice {
	return TransferNotice{
		Object: object, Name: name, Status: t.Status, Gaining: t.Gaining, Requested: t.Requested,
		Losing: t.Losing, Answer: t.Answer, Expires: t.Expires,
	}
}

// A Host is a name server. RFC 5732.
type Host struct {
	ROID          ROID         `json:",omitzero"`
	Name          names.Name   `json:",omitzero"`
	Version       int64        `json:",omitzero"` // see Domain.Version
	Sponsor       RegistrarID  `json:",omitzero"`
	Creator       RegistrarID  `json:",omitzero"`
	Created       time.Time    `json:",omitzero"`
	Updater       RegistrarID  `json:",omitzero"`
	Updated       time.Time    `json:",omitzero"`
	Transferred   time.Time    `json:",omitzero"` // with the name above it
	Addresses     []netip.Addr `json:",omitzero"`
	Statuses      []Status     `json:",omitzero"`
	TTL           TTLs         `json:",omitzero"` // of A and AAAA
	Changed       Measure      `json:",omitzero"` // see Domain.Changed
	Superordinate DomainRef    `json:",omitzero"` // the registered name it is at or below; zero for an external host
	Linked        bool         `json:"-"`         // some domain is delegated to it; derived on reading
}

// Ref is how a domain names the host.
func (h Host) Ref() HostRef { return HostRef{ROID: h.ROID, Name: h.Name} }

// Has reports whether somebody set the status on h.
func (h Host) Has(s Status) bool { return slices.Contains(h.Statuses, s) }

// Next returns h as its own next version.
func (h Host) Next() Host { h.Version++; return h }

// A Contact is a person or an organisation. RFC 5733.
type Contact struct {
	ROID    ROID        `json:",omitzero"`
	ID      string      `json:",omitzero"` // as first written; unique without regard to case. Manual 9.5.2
	Version int64       `json:",omitzero"` // see Domain.Version
	Sponsor RegistrarID `json:",omitzero"`
	Creator RegistrarID `json:",omitzero"`
	Created time.Time   `json:",omitzero"`
	Updater RegistrarID `json:",omitzero"`
	Updated time.Time   `json:",omitzero"`

	Transferred time.Time `json:",omitzero"`
	Transfer    Transfer  `json:",omitzero"` // the last that was requested; zero if none ever was
	// PurgeAt is when a contact goes that has lost its last link; zero if it stays. Manual 8.2.2.
	PurgeAt time.Time `json:",omitzero"`

	Int      *Postal      `json:",omitzero"` // 7-bit ASCII form; nil if not given
	Loc      *Postal      `json:",omitzero"` // local form; nil if not given
	Voice    Phone        `json:",omitzero"`
	Fax      Phone        `json:",omitzero"` // zero if not given
	Email    string       `json:",omitzero"`
	AuthInfo []byte       `json:",omitzero"` // keyed hash
	Disclose []Disclosure `json:",omitzero"` // what WHOIS and RDAP may show; closed by default. Decisions 2.3
	Statuses []Status     `json:",omitzero"`
	Changed  Measure      `json:",omitzero"` // see Domain.Changed
	Linked   bool         `json:"-"`         // some domain links it; derived on reading
}

// Ref is how a domain names the contact.
func (c Contact) Ref() ContactRef { return ContactRef{c.ROID, c.ID} }

// Has reports whether somebody set the status on c.
func (c Contact) Has(s Status) bool { return slices.Contains(c.Statuses, s) }

// Next returns c as its own next version.
func (c Contact) Next() Contact { c.Version++; return c }

// A Postal is one form of a postal address with the names that go with it.
type Postal struct {
	Name     string   `json:",omitzero"`
	Org      string   `json:",omitzero"` // optional
	Street   []string `json:",omitzero"`
	City     string   `json:",omitzero"`
	Province string   `json:",omitzero"` // optional
	Postcode string   `json:",omitzero"`
	Country  string   `json:",omitzero"` // ISO 3166-1 alpha-2, upper case
}

// A Phone is an E.164 number such as "+57.6015550100" with an optional extension.
type Phone struct {
	Number    string `json:",omitzero"`
	Extension string `json:",omitzero"`
}

// A Disclosure is one attribute of a contact that its registrar has opened to the public. RFC
// 5733 section 2.9.
type Disclosure string

// The attributes that can be opened.
const (
	DiscloseNameInt Disclosure = "name/int"
	DiscloseNameLoc Disclosure = "name/loc"
	DiscloseOrgInt  Disclosure = "org/int"
	DiscloseOrgLoc  Disclosure = "org/loc"
	DiscloseAddrInt Disclosure = "addr/int"
	DiscloseAddrLoc Disclosure = "addr/loc"
	DiscloseVoice   Disclosure = "voice"
	DiscloseFax     Disclosure = "fax"
	DiscloseEmail   Disclosure = "email"
)

// Disclosures lists every Disclosure in the order of RFC 5733's schema.
func Disclosures() []Disclosure {
	return []Disclosure{
		DiscloseNameInt, DiscloseNameLoc, DiscloseOrgInt, DiscloseOrgLoc,
		DiscloseAddrInt, DiscloseAddrLoc, DiscloseVoice, DiscloseFax, DiscloseEmail,
	}
}
