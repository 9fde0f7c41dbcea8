package ledger

import (
	"slices"
	"time"
)

// A Type is what a charge is for, as the transaction files spell it. Manual 4.3.2, decisions 6.4.
type Type string

// The types of charges.
const (
	Registration Type = "Registration"
	Renewal      Type = "Renewal"
	AutoRenewal  Type = "Auto-Renewal"
	Restore      Type = "Restore"

	// Reinstatement is the fee of the second and every later hold of a calendar year. Decisions 5.5.
	Reinstatement Type = "Reinstatement"
	// AddGraceLimit is the price of a registration that was credited in its add grace period and is charged again, as
	// there were too many in its month. Decisions 5.4.
	AddGraceLimit Type = "Add-Grace-Limit"
	// MinimumRegistrations is the fee of a year with too few registrations. Decisions 5.5.
	MinimumRegistrations Type = "Minimum-Registrations"
)

// IsFee reports whether a charge of the type is a fee for the account itself, which the operator may waive.
// Decisions 5.5.
func (t Type) IsFee() bool { return t == Reinstatement || t == MinimumRegistrations }

// A State is how far a charge has come.
type State string

// A charge is open until its grace period ends, and then posted, unless it was credited before.
const (
	Open     State = "open"
	Posted   State = "posted"
	Released State = "released"
)

// A Charge is one amount that a party owes from the moment At, and that lowers its balance at
// PostsAt, when the grace period has ended. Manual 4.3.2, 6.3; decisions 5.1.
type Charge struct {
	ID         string // unique: object, event and instant
	Party      Party
	Object     string // the permanent id (ROID) of what it is about
	Subject    string // the name that a person knows it by
	Type       Type
	Amount     Money
	PriceOf    string // why it is as high as it is, in a few words; empty: the standard price
	At         time.Time
	PostsAt    time.Time
	GraceDays  int
	Authorises bool // false for auto-renewals, which set nothing aside until they post
	State      State
	Ended      time.Time // when it was posted or released
}

// Undecided is when a charge posts that a pending transfer will decide about: never, unless somebody
// reschedules it. Were it to post when its grace ends, a registry that writes down late that the transfer
// was completed before would show another balance meanwhile. Decisions 3.6.
func Undecided() time.Time { return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) }

// Authorise returns the entry that sets the amount of c aside, and none if c sets nothing aside.
func (c Charge) Authorise() []Entry {
	if !c.Authorises {
		return nil
	}
	return []Entry{c.entry("authorise", c.At, Uncommitted(c.Party), Authorised(c.Party))}
}

// Post returns c as posted and the entries that record it. It posts at PostsAt whenever it is
// written down. Posting is never refused.
func (c Charge) Post() (Charge, []Entry) {
	entries := c.unauthorise(c.PostsAt)
	c.State, c.Ended = Posted, c.PostsAt
	return c, append(entries, c.entry("post", c.PostsAt, Prepaid(c.Party), Revenue(c.Type)))
}

// PostKey is the key of the entry by which c was posted.
func (c Charge) PostKey() string { return c.ID + "/post" }

// Release returns c as released at an instant, and the entries that record it: the credit of a
// charge whose grace period still runs.
func (c Charge) Release(at time.Time) (Charge, []Entry) {
	c.State, c.Ended = Released, at
	return c, c.unauthorise(at)
}

// unauthorise gives back what Authorise set aside.
func (c Charge) unauthorise(at time.Time) []Entry {
	if !c.Authorises {
		return nil
	}
	return []Entry{c.entry("unauthorise", at, Authorised(c.Party), Uncommitted(c.Party))}
}

func (c Charge) entry(what string, at time.Time, debit, credit Account) Entry {
	return Entry{
		Key: c.ID + "/" + what, At: at, Party: c.Party, Debit: debit, Credit: credit,
		Amount: c.Amount, Charge: c.ID, Text: string(c.Type) + " " + c.Subject,
	}
}

// Types returns all types, in the order in which papers show them.
func Types() []Type {
	return []Type{Registration, Renewal, AutoRenewal, Restore, AddGraceLimit, Reinstatement, MinimumRegistrations}
}

// Rank is where a type stands in Types; one that is not there comes last.
func (t Type) Rank() int {
	if i := slices.Index(Types(), t); i >= 0 {
		return i
	}
	return len(Types())
}
