// Package ledger owns money: amounts, charges from authorisation to posting, and the double
// entries that record them. It knows no domain and no price; a charge names its object by a
// reference that its maker understands. Decisions section 5.
package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Money is an amount in the minor unit (cents) of the registry's one currency. Decisions 5.1.
type Money int64

// String returns the amount with two decimals and no currency, such as "40.00" or "-700.00".
func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
}

// Times returns the amount n times.
func (m Money) Times(n int) Money { return m * Money(n) }

// ParseMoney reads an amount with at most two decimals, such as "500", "500.0" or "-39601.50".
func ParseMoney(s string) (Money, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" || len(whole) > maxWholeDigits || len(fraction) > 2 || strings.HasSuffix(digits, ".") {
		return 0, fmt.Errorf("the amount %q is not a number with at most two decimals", s)
	}
	minor, err := strconv.ParseUint(whole+(fraction + "00")[:2], 10, 63)
	if err != nil {
		return 0, fmt.Errorf("the amount %q is not a number with at most two decimals", s)
	}
	if negative {
		return -Money(minor), nil
	}
	return Money(minor), nil
}

// maxWholeDigits keeps the sum of a thousand million amounts inside an int64.
const maxWholeDigits = 9

// A Party is whoever an account belongs to; for a registrar it is the registrar's id.
type Party string

// An Account is one side of an Entry.
type Account string

// The accounts of the registry as a whole.
const (
	Bank Account = "bank" // money that came in from outside
)

// Prepaid is the account whose balance a registrar sees as "balance".
func Prepaid(p Party) Account { return Account("prepaid:" + p) }

// Authorised holds what open charges of p have set aside.
func Authorised(p Party) Account { return Account("authorised:" + p) }

// Uncommitted is the contra account of Authorised: what p has not set aside.
func Uncommitted(p Party) Account { return Account("uncommitted:" + p) }

// Revenue is where posted charges of a type go.
func Revenue(t Type) Account { return Account("revenue:" + t) }

// An Entry moves Amount from the Debit account to the Credit account: an account's balance is
// what was credited to it less what was debited. Entries are never changed or removed. Key is
// unique, so that no fact is recorded twice: (charge, what happened to it).
type Entry struct {
	Key           string
	At            time.Time
	Party         Party // whose statement it stands in
	Debit, Credit Account
	Amount        Money
	Charge        string // the Charge it belongs to; empty for a deposit
	Text          string // for a person who reads the statement
}

// A Type is what a charge is for, as the transaction files spell it. Manual 4.3.2, decisions 6.4.
type Type string

// The types of charges.
const (
	Registration Type = "Registration"
	Renewal      Type = "Renewal"
	AutoRenewal  Type = "Auto-Renewal"
	Restore      Type = "Restore"
)

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

// Deposit returns the entry for money that p paid in. The reference is the bank's and makes the
// entry unique.
func Deposit(p Party, amount Money, at time.Time, reference string) Entry {
	return Entry{
		Key: "deposit/" + string(p) + "/" + reference, At: at, Party: p,
		Debit: Bank, Credit: Prepaid(p), Amount: amount, Text: "Deposit " + reference,
	}
}

// Funds are a registrar's kept balances and limits. Manual 6.8, decisions 5.1 and 5.2.
type Funds struct {
	Party           Party
	Balance         Money // the kept balance of Prepaid
	Authorised      Money // the kept balance of Authorised
	CreditLimit     Money
	EmergencyCredit Money
	CreditThreshold Money // below this, available credit is low and a mail goes out
	MinimumBalance  Money // below this, the registrar is on hold
	DueAuthorised   Money // open charges that authorised and whose grace has ended: not yet posted
	DueOther        Money // the same for charges that set nothing aside
}

// CurrentBalance is the balance with everything posted that has come due.
func (f Funds) CurrentBalance() Money { return f.Balance - f.DueAuthorised - f.DueOther }

// Available is what the party may still spend: balance, credit limit and emergency credit, less
// what is set aside. Manual 6.8. It may be negative.
func (f Funds) Available() Money {
	return f.Balance - f.DueOther + f.CreditLimit + f.EmergencyCredit - f.Authorised
}

// Book returns f after an entry of its party; an entry of another changes nothing.
func (f Funds) Book(e Entry) Funds {
	if e.Party != f.Party {
		return f
	}
	for _, side := range [2]struct {
		account Account
		amount  Money
	}{{e.Debit, -e.Amount}, {e.Credit, e.Amount}} {
		switch side.account {
		case Prepaid(f.Party):
			f.Balance += side.amount
		case Authorised(f.Party):
			f.Authorised += side.amount
		}
	}
	return f
}

// Owe returns f with a new charge, which counts as due if it posts at now or before.
func (f Funds) Owe(c Charge, now time.Time) Funds {
	switch {
	case c.Party != f.Party || c.State != Open || c.PostsAt.After(now):
	case c.Authorises:
		f.DueAuthorised += c.Amount
	default:
		f.DueOther += c.Amount
	}
	return f
}
