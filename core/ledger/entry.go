package ledger

import "time"

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
		Key: "deposit/" + string(p) + "/" + reference, At: at, Party: p,
		Debit: Bank, Credit: Prepaid(p), Amount: amount, Text: "Deposit " + reference,
	}
}
