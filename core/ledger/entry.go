package ledger

import (
	"strconv"
	"strings"
	"time"
)

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

// Deposit returns the entry for money that p paid in. The reference is the bank's and makes the
// entry unique.
func Deposit(p Party, amount Money, at time.Time, reference string) Entry {
	return Entry{
		Key: DepositKey(p, reference, 1), At: at, Party: p,
		Debit: Bank, Credit: Prepaid(p), Amount: amount, Text: "Deposit " + reference,
	}
}

// DepositKey is the key of the time-th deposit of a reference, 1 being the first: each but the last was reversed,
// since it was recorded wrong.
func DepositKey(p Party, reference string, time int) string {
	kind := "deposit"
	if time > 1 {
		kind += "-" + strconv.Itoa(time)
	}
	return kind + "/" + string(p) + "/" + reference
}

// Adjustment returns the entry by which the operator gives p an amount, or takes it where the amount is below zero.
// The act is the operator's, and makes the entry unique.
func Adjustment(p Party, amount Money, at time.Time, act string) Entry {
	e := Entry{Key: "adjustment/" + act, At: at, Party: p, Debit: Adjustments, Credit: Prepaid(p), Amount: amount, Text: "Credit " + act}
	if amount < 0 {
		e.Debit, e.Credit, e.Amount, e.Text = e.Credit, e.Debit, -amount, "Debit "+act
	}
	return e
}

// WriteOff returns the entry by which the registry gives up an amount that p owes and will not pay.
func WriteOff(p Party, amount Money, at time.Time, act string) Entry {
	return Entry{
		Key: "write-off/" + act, At: at, Party: p, Debit: WriteOffs, Credit: Prepaid(p), Amount: amount, Text: "Write-off " + act,
	}
}

// Reversal returns the entry that takes e back at an instant: the same amount the other way, and once, as its key
// says.
func (e Entry) Reversal(at time.Time) Entry {
	r := e
	r.Key, r.At, r.Debit, r.Credit, r.Text = ReversalKey(e.Key), at, e.Credit, e.Debit, "Reversal of "+e.Text
	return r
}

// ReversalKey is the key of the entry that takes back the one of a key.
func ReversalKey(key string) string { return reversal + key }

// IsReversal reports whether e takes another entry back.
func (e Entry) IsReversal() bool { return strings.HasPrefix(e.Key, reversal) }

// reversal begins the keys of reversals, and no other.
const reversal = "reversal/"
