package registry

import (
	"crypto/ed25519"
	"time"

	"example.org/dorado/core/ledger"
)

// A SealedDay is a day of the ledger that is closed, with the key whose signature it has.
type SealedDay struct {
	ledger.DayHead
	Key  ed25519.PublicKey
	Made time.Time // when it was sealed, in real time; nothing that is signed
}

// A LateEntry is an entry that was written down when its day was sealed already.
type LateEntry struct {
	ledger.Entry
	Sealed time.Time // the day with which it is sealed; zero: it waits for the next one
}

// An EntryPlace is a place in a statement, which is in order of instant and key.
type EntryPlace struct {
	At  time.Time
	Key string
}

// An EntryFilter selects entries of one party.
type EntryFilter struct {
	Party        ledger.Party
	Since, Until time.Time  // from the one on and before the other; zero: without bound
	After        EntryPlace // the zero place is before all

	// Newest is the other order, in which After is behind what comes; the zero place is before all.
	Newest bool
	// Of is an account that the entries move; empty: any.
	Of ledger.Account
}

// An AccountBalance is what was credited to an account less what was debited.
type AccountBalance struct {
	Account ledger.Account
	Balance ledger.Money
}

// A PartyCount is how many entries a party has.
type PartyCount struct {
	Party ledger.Party
	Count int64
}

// A Ledger is what a Reader tells of the ledger as a whole: its entries, and the days of it that are sealed. Days
// are their beginnings, in UTC.
type Ledger interface {
	// Entries returns up to limit entries that a filter selects, in order of instant and key, or the other way round.
	Entries(f EntryFilter, limit int) ([]ledger.Entry, error)
	// EachEntry calls use with all entries that a filter selects, in order of instant only.
	EachEntry(f EntryFilter, use func(ledger.Entry) error) error
	// FirstEntry returns the instant of the earliest entry.
	FirstEntry() (time.Time, bool, error)
	// CountEntries counts the entries of each party that has any from an instant on and before another.
	CountEntries(since, until time.Time) ([]PartyCount, error)
	// Balances returns the balances of all accounts, or those that entries of one party touch, with the entries up to an
	// instant and those of it, in order of account.
	Balances(p ledger.Party, at time.Time) ([]AccountBalance, error)

	// LastSealedDay returns the last day that is sealed whole.
	LastSealedDay() (SealedDay, bool, error)
	// SealedDays returns up to limit sealed days from one on, in order.
	SealedDays(from time.Time, limit int) ([]SealedDay, error)
	// DaysSealedSince returns the days that were sealed at an instant of real time or later, in order.
	DaysSealedSince(made time.Time) ([]SealedDay, error)
	// LastSeals returns the last seal of each party of a day or before, without prints, in order of party.
	LastSeals(day time.Time) ([]ledger.Seal, error)
	// SealsOf returns up to limit seals of a party after a day, in order.
	SealsOf(p ledger.Party, after time.Time, limit int) ([]ledger.Seal, error)
	// EachSeal calls use with the seals of all parties, without prints, in order of day and party.
	EachSeal(use func(ledger.Seal) error) error
	// CountSealed counts the entries of a day that each party has sealed, with that day or later.
	CountSealed(day time.Time) ([]PartyCount, error)
	// UnsealedLate returns up to limit late entries that no seal has yet.
	UnsealedLate(limit int) ([]LateEntry, error)
	// LateEntries returns the late entries of a party.
	LateEntries(p ledger.Party) ([]LateEntry, error)

	// LedgerFaults returns what of the books contradicts itself, up to limit for each law that is broken.
	LedgerFaults(limit int) ([]LedgerFault, error)
}

// A LedgerFault is one place where the books are wrong.
type LedgerFault struct {
	Law string // what has to hold, as a sentence
	At  string // where it does not: a registrar, a charge or an entry, with figures
}
