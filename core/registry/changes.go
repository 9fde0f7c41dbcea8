package registry

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
)

// Changes is all that one command, or one step of time, writes. The zero Changes writes nothing.
// Package store applies a Changes in one transaction: all of it or nothing.
//
// An object may be put more than once; the puts are its successive versions, each leaves a row of
// history.
type Changes struct {
	Origin Origin
	Fence  Fence // of who acts under a lease, such as the engine

	// Earlier is what time did first to the objects that the command read, each step with its
	// own origin. It is applied before the rest, in order.
	Earlier []Changes

	Registrars []Registrar
	Domains    []Domain
	Hosts      []Host
	Contacts   []Contact

	// What is gone: the version is the one that follows the last, like a put's.
	GoneDomains  []Domain
	GoneHosts    []Host
	Undelegated  []HostLink // that end with GoneHosts and ToldAll; one that is not here stands in the way of the host's end
	GoneContacts []Contact
	// Leaving are hosts that are gone for everybody, at the instant of the origin, while names still have to be
	// told: an Announcement with Gone ends their links.
	Leaving []Host

	// Unlinked are contacts that names of these Changes no longer link.
	Unlinked []Unlinked

	// What is settled about names, each put under its name and its instant.
	Prices      []NamePrice
	Listings    []Listing
	Allocations []Allocation // new ones, or ones that are used now: that holds only while the code is open

	PriceLists    []PriceList // new ones at version 1, others as they are now
	Staged        []StagedEntry
	Cleared       []Clearing
	Promotions    []Promotion // new ones at version 1, others as they are now
	PromotionUses []PromotionUse

	Charges []ledger.Charge // new ones, or ones that ended
	// Rescheduled are open charges that post at another instant than they would have: their ID, PostsAt, and
	// GraceDays unless that stays. One that has ended meanwhile stays as it is.
	Rescheduled []ledger.Charge
	Entries     []ledger.Entry
	Limits      []ledger.Funds // opens an account, or sets its limits; never its balances
	Holds       []AccountHold  // those that began, and those that ended
	Lapses      []Lapse        // emergency credit that ends; before Limits
	MoneyActs   []MoneyAct     // new ones at version 1, others as they are now
	Standings   []Standing     // what the entries and limits of the same Changes did to the standing of accounts
	Seals       []ledger.Seal  // of days that are over
	SealedDays  []SealedDay
	Late        []LateEntry // entries whose day is sealed; new ones, or ones that a seal has now
	Needs       []Need

	Marks     []Mark      // what must be published again; versions are given by the store
	Published []Mark      // marks to remove, each only at the version that was published
	Aside     []MarkAside // to set aside, each at the version that was looked at, which is removed; 0: it is in no row
	NotAside  []Mark      // that were set aside and are published
	Resumed   bool        // all that are set aside are to be published
	ZoneSteps []ZoneStep
	ZonePages []ZonePage
	ZoneBases []ZoneBase // after ZonePages
	Releases  []ZoneRelease
	ZoneHolds []ZoneHold
	Jumps     []ZoneJump

	Poll         []PollMessage
	Acknowledged []PollMessage // to remove; each has to be there still
	Cuts         []QueueCut
	Mail         []Mail // new ones at version 1, others as they are after an attempt
	GoneMail     []Mail // to remove, at the version that follows the last
	Postponed    []Postponement
	Log          []LogRow

	Maintenances []Maintenance
	Announced    []Announcement // new ones at step 0, others with the part that is done now
	ToldAll      []Announcement // to remove at the step that was read
	Withdrawn    []Withdrawal

	Months    []ClosedMonth // new ones, with their invoices and balances
	Invoices  []Invoice
	Balances  []MonthBalance
	Proposals []Proposal // new ones, or decided ones: that holds only while they wait

	Children     []ChildScan // as a scan left them, or new ones that were never scanned
	ChildHints   []ChildHint
	GoneChildren []ChildScan // of registrations that are gone
	ZoneKeys     []ZoneKey   // new ones at version 1, others as they are now

	Issues []Issue // new ones

	Bulk BulkChanges

	AccessTokens []AccessToken // new ones at version 1, others as they are now
	Accesses     []Access
	// ForgetAccesses is before when accesses are too old to be kept; some of them go.
	ForgetAccesses time.Time

	Console ConsoleChanges
}

// Origin says who made a Changes, for the history. Registrar is empty when time did.
type Origin struct {
	At        time.Time
	Registrar RegistrarID
	User      string // the login of its user of the console; empty if it came in another way
	Command   string // such as "domain:create", "operator:deposit" or "time"
	SvTRID    string
	ClTRID    string
}

// A HostLink is that a name is delegated to a host.
type HostLink struct{ Domain, Host ROID }

// An Unlinked is a condition on a contact that a name no longer links: that this was the last link, or that
// others stay. It holds against commands that run at the same moment. Decisions 2.5.
type Unlinked struct {
	Contact ROID
	Last    bool
}

// A Need is a condition on a registrar's funds: after the entries of the same Changes, what is
// available less Due (as in ledger.Funds.DueOther) is not below zero. It holds against commands
// that run at the same moment. Decisions 5.2.
type Need struct {
	Party ledger.Party
	Due   ledger.Money
}

// A Standing is what a Changes makes of the standing of an account. It holds only while the account stands as it
// was read.
type Standing struct {
	Party    ledger.Party
	From, To ledger.Standing
}

// A Lapse is the end of the emergency credit of an account, by time alone.
type Lapse struct {
	Party ledger.Party
	Until time.Time
}

// Add appends what o writes after what c writes. The origin and the fence stay those of c.
func (c *Changes) Add(o Changes) {
	c.Earlier = append(c.Earlier, o.Earlier...)
	c.Registrars = append(c.Registrars, o.Registrars...)
	c.Domains = append(c.Domains, o.Domains...)
	c.Hosts = append(c.Hosts, o.Hosts...)
	c.Contacts = append(c.Contacts, o.Contacts...)
	c.GoneDomains = append(c.GoneDomains, o.GoneDomains...)
	c.GoneHosts = append(c.GoneHosts, o.GoneHosts...)
	c.Undelegated = append(c.Undelegated, o.Undelegated...)
	c.GoneContacts = append(c.GoneContacts, o.GoneContacts...)
	c.Leaving = append(c.Leaving, o.Leaving...)
	c.Unlinked = append(c.Unlinked, o.Unlinked...)
	c.Prices = append(c.Prices, o.Prices...)
	c.Listings = append(c.Listings, o.Listings...)
	c.Allocations = append(c.Allocations, o.Allocations...)
	c.PriceLists = append(c.PriceLists, o.PriceLists...)
	c.Staged = append(c.Staged, o.Staged...)
	c.Cleared = append(c.Cleared, o.Cleared...)
	c.Promotions = append(c.Promotions, o.Promotions...)
	c.PromotionUses = append(c.PromotionUses, o.PromotionUses...)
	c.Charges = append(c.Charges, o.Charges...)
	c.Rescheduled = append(c.Rescheduled, o.Rescheduled...)
	c.Entries = append(c.Entries, o.Entries...)
	c.Limits = append(c.Limits, o.Limits...)
	c.Holds = append(c.Holds, o.Holds...)
	c.Lapses = append(c.Lapses, o.Lapses...)
	c.MoneyActs = append(c.MoneyActs, o.MoneyActs...)
	c.Standings = append(c.Standings, o.Standings...)
	c.Seals = append(c.Seals, o.Seals...)
	c.SealedDays = append(c.SealedDays, o.SealedDays...)
	c.Late = append(c.Late, o.Late...)
	c.Needs = append(c.Needs, o.Needs...)
	c.addZones(o)
	c.Poll = append(c.Poll, o.Poll...)
	c.Acknowledged = append(c.Acknowledged, o.Acknowledged...)
	c.Cuts = append(c.Cuts, o.Cuts...)
	c.Mail = append(c.Mail, o.Mail...)
	c.GoneMail = append(c.GoneMail, o.GoneMail...)
	c.Postponed = append(c.Postponed, o.Postponed...)
	c.Log = append(c.Log, o.Log...)
	c.Maintenances = append(c.Maintenances, o.Maintenances...)
	c.Announced = append(c.Announced, o.Announced...)
	c.ToldAll = append(c.ToldAll, o.ToldAll...)
	c.Withdrawn = append(c.Withdrawn, o.Withdrawn...)
	c.Months = append(c.Months, o.Months...)
	c.Invoices = append(c.Invoices, o.Invoices...)
	c.Balances = append(c.Balances, o.Balances...)
	c.Proposals = append(c.Proposals, o.Proposals...)
	c.Children = append(c.Children, o.Children...)
	c.ChildHints = append(c.ChildHints, o.ChildHints...)
	c.GoneChildren = append(c.GoneChildren, o.GoneChildren...)
	c.ZoneKeys = append(c.ZoneKeys, o.ZoneKeys...)
	c.Issues = append(c.Issues, o.Issues...)
	c.Bulk.add(o.Bulk)
	c.AccessTokens = append(c.AccessTokens, o.AccessTokens...)
	c.Accesses = append(c.Accesses, o.Accesses...)
	if o.ForgetAccesses.After(c.ForgetAccesses) {
		c.ForgetAccesses = o.ForgetAccesses
	}
	c.Console = c.Console.add(o.Console)
}

// addZones appends what o writes of the zones.
func (c *Changes) addZones(o Changes) {
	c.Marks = append(c.Marks, o.Marks...)
	c.Published = append(c.Published, o.Published...)
	c.Aside = append(c.Aside, o.Aside...)
	c.NotAside = append(c.NotAside, o.NotAside...)
	c.Resumed = c.Resumed || o.Resumed
	c.ZoneSteps = append(c.ZoneSteps, o.ZoneSteps...)
	c.ZonePages = append(c.ZonePages, o.ZonePages...)
	c.ZoneBases = append(c.ZoneBases, o.ZoneBases...)
	c.Releases = append(c.Releases, o.Releases...)
	c.ZoneHolds = append(c.ZoneHolds, o.ZoneHolds...)
	c.Jumps = append(c.Jumps, o.Jumps...)
}

// HasMarks reports whether c leaves a mark for the zone.
func (c Changes) HasMarks() bool {
	return len(c.Marks) > 0 || slices.ContainsFunc(c.Earlier, Changes.HasMarks)
}

// A MarkKind says what a Mark names.
type MarkKind string

// A domain is published as a delegation. A host has marks of its own, so that a host that
// 500,000 names share costs one.
const (
	MarkDomain MarkKind = "domain"
	MarkHost   MarkKind = "host"

	// MarkLeft is of the name of a host that has gone or has another one now. The names that are delegated to it are
	// looked at, even if a new host has the name by then.
	MarkLeft MarkKind = "left"
)

// A Mark says that something must go out to the zone again, not what: the publisher looks at how
// it is when its turn comes. Architecture section 1, property 6.
type Mark struct {
	Kind    MarkKind
	Name    names.Name
	Version int64     // never the same twice for one name
	Raised  time.Time // about when, in real time; zero of one that is to be written
}

// A MarkAside is a mark that is set aside, with the records that a zone keeps meanwhile of what it names.
type MarkAside struct {
	Mark
	Records []byte // in wire format without compression; nil if there are none
}

// A LogRow is one line of the transaction log: a transform command, whatever its outcome. Manual
// 9.8, decisions 4.6.
type LogRow struct {
	At        time.Time
	Registrar RegistrarID
	User      string // see Origin.User
	Command   string // create, delete, renew, transfer, update
	Object    string // domain, host, contact
	ID        string // the object's name or id, as the command gave it
	Code      Code
	Message   string
	ClTRID    string
	SvTRID    string
}

// A Reader sees the registry as it is stored, at one moment. What time has done since, the caller
// applies with package lifecycle.
//
// RecentRegistrar, DomainDue and Offer, outside of a command, may be up to a second behind what other nodes
// have written; what this node wrote they see at once.
type Reader interface {
	Ledger
	Accounts

	Registrar(RegistrarID) (Registrar, bool, error)
	// RecentRegistrar is for those who only ask who a client is.
	RecentRegistrar(RegistrarID) (Registrar, bool, error)
	// Funds returns the kept balances of a registrar; now decides which charges are due. Inside a command,
	// of the due charges of all registrars only those that have waited longest count, some thousand: there
	// are more only while the engine catches up, and it posts them then.
	Funds(id RegistrarID, now time.Time) (ledger.Funds, bool, error)
	// Account returns the kept balances of a registrar, and nothing of what is due.
	Account(id RegistrarID) (ledger.Funds, bool, error)

	Domain(names.Name) (Domain, bool, error)
	// DomainDue returns only when time next changes a domain, at most a second too early, for those who
	// ask whether it is there.
	DomainDue(names.Name) (time.Time, bool, error)
	// Variants returns the stored names that have a key of package idn: those that are variants of each
	// other. Outside of a command it may be as far behind as DomainDue.
	Variants(key string) ([]names.Name, error)
	// VariantListings returns the entries of lists whose names have a key of package idn, those that have
	// ended too, in order of name, kind and start. Outside of a command it may be as far behind as Offer.
	VariantListings(key string) ([]Listing, error)
	// Offer returns what is settled about a name; nearly always that is nothing. Its prices are right at the instant
	// that is given, and at others perhaps not there.
	Offer(name names.Name, at time.Time) (Offer, error)
	// Offers returns up to limit names after a name about which something is settled for them alone, in order of
	// name. What price lists have is not in it.
	Offers(after names.Name, limit int) ([]Offer, error)
	// PriceLists returns all price lists in order of id, those that were dropped too; PriceList one of them.
	PriceLists() ([]PriceList, error)
	PriceList(id int64) (PriceList, bool, error)
	// PriceEntries returns up to limit entries of a price list after a name and in order of name, whatever its state.
	PriceEntries(list int64, after names.Name, limit int) ([]PriceEntry, error)
	// PricesAt calls use with every name that is not sold at the standard prices at an instant, by what is stored
	// now, in any order.
	PricesAt(at time.Time, use func(PriceEntry) error) error
	// Promotions returns the promotions that end after an instant, in order of id, with how often a registrar has
	// used those whose uses are limited. They are shared and not to be changed. Outside of a command it may be
	// as far behind as Offer.
	Promotions(who RegistrarID, endAfter time.Time) ([]Promotion, error)
	// Promotion returns one promotion, ended or not.
	Promotion(id string) (Promotion, bool, error)
	// PromotionUses returns up to limit uses of the promotion of one use that come after it, in order of registrar
	// and number.
	PromotionUses(after PromotionUse, limit int) ([]PromotionUse, error)
	Host(names.Name) (Host, bool, error)
	// HostByROID finds a host whatever it is called now.
	HostByROID(ROID) (Host, bool, error)
	// HostsAt returns up to limit hosts that have an address, those after a ROID, in order of ROID.
	HostsAt(address netip.Addr, after ROID, limit int) ([]Host, error)
	// Contact finds a contact without regard to the case of its id.
	Contact(id string) (Contact, bool, error)
	Charge(id string) (ledger.Charge, bool, error)
	// Entry reports whether the ledger has an entry of that key.
	Entry(key string) (bool, error)
	// EntryByKey returns an entry of the ledger.
	EntryByKey(key string) (ledger.Entry, bool, error)

	// MoneyAct returns an act of the operator on a registrar's money.
	MoneyAct(id string) (MoneyAct, bool, error)
	// MoneyActOf returns the act that booked an entry.
	MoneyActOf(entry string) (MoneyAct, bool, error)
	// MoneyActClaiming returns the act that claims a bank's reference, whosever money it is about; see MoneyAct.Claims.
	MoneyActClaiming(reference string) (MoneyAct, bool, error)
	// LastMoneyAct returns the number of the latest act on a registrar; 0 if there is none.
	LastMoneyAct(RegistrarID) (int64, error)
	// MoneyActs returns up to limit acts that a filter selects, the latest first.
	MoneyActs(f MoneyFilter, limit int) ([]MoneyAct, error)

	// LinkedByOther reports whether a domain of another sponsor links a host.
	LinkedByOther(host ROID, sponsor RegistrarID) (bool, error)
	// NextNumber returns a number for a ROID that no object has had.
	NextNumber() (int64, error)

	// SubordinateHosts returns the hosts at and below a registered name, in order of name.
	SubordinateHosts(names.Name) ([]Host, error)
	// DelegatedTo returns up to limit names that link a host.
	DelegatedTo(host ROID, limit int) ([]names.Name, error)
	// LinkedTo returns up to limit names that link a contact.
	LinkedTo(contact ROID, limit int) ([]names.Name, error)

	// Prefetch reads together what keys name, where each would cost a round trip. It is advice, like the
	// Keys of a transaction.
	Prefetch(Keys) error

	// DueDomains returns up to limit names whose Due is not after now, the earliest first, but for those of some
	// registrars. The same holds for the lists after it.
	DueDomains(now time.Time, limit int, but ...RegistrarID) ([]DueName, error)
	// DueContacts returns up to limit contacts that time changes at or before now, the earliest first.
	DueContacts(now time.Time, limit int, but ...RegistrarID) ([]DueContact, error)
	// DueChargesOf returns up to limit open charges of a registrar that post at or before now, earliest first.
	DueChargesOf(id RegistrarID, now time.Time, limit int) ([]ledger.Charge, error)
	// DueCharges returns up to limit open charges that post at or before now, earliest first.
	DueCharges(now time.Time, limit int, but ...RegistrarID) ([]ledger.Charge, error)
	// Holds returns up to limit holds of a registrar, the latest first.
	Holds(id RegistrarID, limit int) ([]AccountHold, error)
	// PostedCharges returns up to limit charges of a registrar that were posted, the latest first.
	PostedCharges(id RegistrarID, limit int) ([]ledger.Charge, error)
	// DueLapses returns up to limit accounts whose emergency credit has lapsed at or before now, the earliest first.
	DueLapses(now time.Time, limit int, but ...RegistrarID) ([]Lapse, error)
	// NextDue returns the earliest instant at which time alone changes something that is stored;
	// zero if there is none.
	NextDue() (time.Time, error)

	// Domains returns up to limit domains after a name, in order of name.
	Domains(after names.Name, limit int) ([]Domain, error)

	// PageEnd returns the ROID of the last of up to limit domains after a ROID, in order of ROID; empty
	// if there is none.
	PageEnd(after ROID, limit int) (ROID, error)
	// Outlines calls use with the domains of a Span, in order, each with what package lifecycle looks at
	// to say how it is delegated and no more: ROID, Name, Sponsor, Expires, Statuses, Graces, Deletion, Suspension,
	// Transfer, RenewBy, DS, TTL, and of its name servers the ROIDs.
	Outlines(span Span, use func(Domain)) error
	// DueOutlines calls use with the outlines of the domains whose stored Due is after one instant and not after
	// another, in any order.
	DueOutlines(after, until time.Time, use func(Domain)) error
	// DeletedOutlines calls use with the outlines of the domains, without their name servers, that wait for their purge
	// and whose stored Due is not after an instant, and of those whose Due is not after now; in the order of the octets
	// of their names. It stops at the first error of use.
	DeletedOutlines(now, until time.Time, use func(Domain) error) error
	// Glue returns up to limit hosts after a ROID, in order of ROID.
	Glue(after ROID, limit int) ([]Glue, error)

	// OldestMessage returns the message that has waited longest in a registrar's queue.
	OldestMessage(RegistrarID) (PollMessage, bool, error)
	// HasMessage reports whether a message waits in a registrar's queue.
	HasMessage(id RegistrarID, message int64) (bool, error)
	// CountMessages counts the messages in a registrar's queue, up to a limit.
	CountMessages(id RegistrarID, limit int) (int, error)
	// OldMessages returns up to limit messages of all queues from before an instant, oldest first, without
	// their notices.
	OldMessages(before time.Time, limit int) ([]PollMessage, error)

	// Mail returns a mail of the outbox.
	Mail(id int64) (Mail, bool, error)
	// CountMail counts the mails of a registrar in the outbox, up to a limit.
	CountMail(id RegistrarID, limit int) (int, error)
	// DueMail returns up to limit mails whose next attempt is due, those that have waited longest first.
	DueMail(now time.Time, limit int) ([]Mail, error)
	// SpentMail returns up to limit mails that are tried since before an instant, or failed before another.
	SpentMail(since, failed time.Time, limit int) ([]Mail, error)
	// Mails returns up to limit mails that a filter selects, oldest first, those after an id.
	Mails(f MailFilter, after int64, limit int) ([]Mail, error)

	// Maintenance returns a maintenance, cancelled ones too.
	Maintenance(id string) (Maintenance, bool, error)
	// Maintenances returns up to limit maintenances that end after an instant, in order of their ends.
	Maintenances(endAfter time.Time, limit int) ([]Maintenance, error)

	// DueAnnouncement returns the announcement that has been due longest.
	DueAnnouncement(now time.Time) (Announcement, bool, error)
	// DelegatedAfter returns up to limit names that are delegated to a host, those whose ROID comes after one,
	// in order of ROID.
	DelegatedAfter(host, after ROID, limit int) ([]Delegated, error)

	// Log returns up to limit rows that a filter selects among so many rows before a place.
	Log(f LogFilter, before LogPlace, limit, look int) (LogPage, error)

	// Lives returns up to limit objects that a filter selects. A registrar has one life, which is not over.
	Lives(f LifeFilter, limit int) ([]Life, error)
	// LifeAt returns the object that went later and may have had a name or id at an instant, if there is one; of
	// hosts, the one that was last written under the name.
	LifeAt(kind ObjectKind, id string, at time.Time) (ROID, bool, error)
	// Versions returns up to limit versions of an object that a filter selects.
	Versions(f VersionFilter, limit int) ([]Past, error)
	// VersionAt returns the version of an object that was in force at an instant, the one with which it went, too.
	VersionAt(kind ObjectKind, roid ROID, at time.Time) (Past, bool, error)

	// Child returns what is known of the child zone of a name.
	Child(names.Name) (ChildScan, bool, error)
	// DueChildren returns up to limit child zones below a zone that are due to be scanned, what has waited longest first.
	DueChildren(zone names.Name, now time.Time, limit int) ([]ChildScan, error)
	// ChildrenIn returns the child zones of a span, without what is known of them.
	ChildrenIn(Span) ([]ChildScan, error)
	// Children returns up to limit child zones that a filter selects.
	Children(f ChildFilter, limit int) ([]ChildScan, error)
	// CountChildren counts the child zones by zone and result.
	CountChildren() ([]ChildCount, error)

	Books
	Zones
	Portfolio
	Searches
	Users
	Certificates
	Owned
	Bulks

	// ZoneKeys returns all keys of a zone in order of their numbers, those of which nothing is left too.
	ZoneKeys(zone names.Name) ([]ZoneKey, error)

	// Marks returns up to limit marks, those that have waited longest first.
	Marks(limit int) ([]Mark, error)
	// MarksAside returns up to limit marks that are set aside, those that have waited longest first.
	MarksAside(limit int) ([]Mark, error)
	// RecordsAside returns up to limit marks after a name that were set aside with records, in order of name.
	RecordsAside(after names.Name, limit int) ([]MarkAside, error)
	// MarksOf returns the marks of a name, those that are set aside last.
	MarksOf(name names.Name) ([]WaitingMark, error)
	// Registrars returns all registrars in order of id.
	Registrars() ([]Registrar, error)
}

// A DueName is a stored name and when time next changes it.
type DueName struct {
	Name    names.Name
	Sponsor RegistrarID
	Due     time.Time
}

// A DueContact is a contact that time changes, and when.
type DueContact struct {
	ID      string
	Sponsor RegistrarID
	Due     time.Time
}

// A Span is the ROIDs after one, up to another and with it. The order is that of a database; objects
// that came one after the other stand together in it, mostly.
type Span struct{ After, Last ROID }

// A Glue is a host as far as the zone needs it. Addresses is empty for an external host.
type Glue struct {
	HostRef
	Addresses []netip.Addr
	TTL       TTLs
}

// Keys name what a transaction is known to read before it runs, so that a store can fetch it all at
// once. They are advice: what else is read is fetched when it is read.
type Keys struct {
	Registrar RegistrarID  // whose command it is; empty for the operator and for time
	Funds     bool         // of that registrar, and which names time has changed
	Late      bool         // which names time has changed
	Now       time.Time    // when it will run, about; for Funds and Late
	Domains   []names.Name // with what is settled about them
	Variants  []string     // keys of package idn, with the lists that have names of them
	Hosts     []names.Name
	Contacts  []string
	Below     []names.Name // registered names whose subordinate hosts are asked for
	Linked    []ROID       // contacts of which is asked which names link them: the first FewLinking
	Own       bool         // the account of the registrar, without what is due
	Accounts  []RegistrarID
}

// FewLinking is how many of the names that link a contact are read with Keys.
const FewLinking = 4

// A Store runs a function in one transaction. Update applies the Changes that the function
// returns, and runs the function again if another transaction won; so the function must have no
// effect of its own.
type Store interface {
	View(context.Context, func(Reader) error) error
	Update(context.Context, Keys, func(Reader) (Changes, error)) error
}
