package registry

import (
	"time"

	"example.org/dorado/core/ledger"
)

// A MoneyAct is what the operator does to a registrar's money: who did it and why, who agreed to it, and what came of
// it. Acts are kept for ever; one changes while it waits for a second person, and once more if what it has booked is
// reversed. Decisions 5.1.
type MoneyAct struct {
	ID        string      // the registrar and Number, such as "R2001-17"; of a deposit it is the receipt's number
	Registrar RegistrarID `json:",omitzero"`
	Number    int64       `json:",omitzero"` // counts the acts of the registrar from 1
	Version   int64       `json:",omitzero"` // see Domain.Version
	Kind      MoneyKind
	Amount    ledger.Money // what it moves; of other limits, by how much the one changes that changes most
	State     MoneyState

	Author string    // the operator
	Reason string    `json:",omitzero"` // registrars are not told
	Asked  time.Time // when the author did it; without a second person it was booked then
	Until  time.Time `json:",omitzero"` // when it lapses, if it waited for a second person
	Second Measure   `json:",omitzero"` // when it was approved or rejected, by whom and why

	Reference string       `json:",omitzero"` // of a deposit: the bank's
	Value     time.Time    `json:",omitzero"` // of a deposit: the day (UTC) on which the bank had the money
	Reverses  string       `json:",omitzero"` // the key of the entry that it takes back
	Of        string       `json:",omitzero"` // the ID of the act that booked that; empty if none did, as with fees
	Limits    *MoneyLimits `json:",omitzero"`

	// What it did, once it was done.
	Entry      string       `json:",omitzero"` // the key of its entry
	Balance    ledger.Money `json:",omitzero"` // of the registrar after it
	ReversedBy string       `json:",omitzero"` // the ID of the act that took its entry back
}

// A MoneyKind says what a MoneyAct does.
type MoneyKind string

// The kinds of acts.
const (
	MoneyDeposit   MoneyKind = "deposit"   // money has come in
	MoneyCredit    MoneyKind = "credit"    // the registrar is given an amount
	MoneyDebit     MoneyKind = "debit"     // an amount is taken from the registrar
	MoneyWriteOff  MoneyKind = "write-off" // the registry gives up what the registrar owes
	MoneyReversal  MoneyKind = "reversal"  // an earlier act is taken back exactly
	MoneyWaiver    MoneyKind = "waiver"    // a fee is taken back
	MoneyNewLimits MoneyKind = "limits"    // the registrar gets other limits
)

// A MoneyState is how far a MoneyAct has come.
type MoneyState string

// An act is done at once, or pending until a second person decides or its time is over.
const (
	MoneyPending  MoneyState = "pending"
	MoneyDone     MoneyState = "done"
	MoneyRejected MoneyState = "rejected"
	MoneyLapsed   MoneyState = "lapsed"
)

// At returns the act as it is at an instant: one that has waited too long has lapsed, whoever wrote that down.
func (a MoneyAct) At(now time.Time) MoneyAct {
	if a.State == MoneyPending && !now.Before(a.Until) {
		a.State = MoneyLapsed
	}
	return a
}

// Claims returns the bank's reference that nobody else may record while a stands.
func (a MoneyAct) Claims() string {
	if a.State == MoneyPending || a.State == MoneyDone && a.ReversedBy == "" {
		return a.Reference
	}
	return ""
}

// MoneyLimits are other limits of a registrar: nil leaves one as it is.
type MoneyLimits struct {
	CreditLimit     *ledger.Money `json:",omitzero"`
	EmergencyCredit *ledger.Money `json:",omitzero"`
	EmergencyUntil  time.Time     `json:",omitzero"` // when EmergencyCredit lapses
	CreditThreshold *ledger.Money `json:",omitzero"`
	MinimumBalance  *ledger.Money `json:",omitzero"`
	MinimumFollows  bool          `json:",omitzero"` // the minimum balance is minus the credit limit again, and goes with it

	// Before and After are the limits when the act was done.
	Before, After *ledger.Limits `json:",omitzero"`
}

// A MoneyFilter selects acts.
type MoneyFilter struct {
	Registrar RegistrarID // empty: of all
	Pending   bool        // only those that wait for a second person
}

// An AccountHold is one time in which the account of a registrar was on hold, since its balance was below its minimum.
// Decisions 5.5.
type AccountHold struct {
	Party  ledger.Party
	Year   int       // the calendar year (UTC) in which it began
	Number int       // counts the holds of the year from 1
	Since  time.Time // when the balance fell
	Until  time.Time // when it rose again; zero while it goes on
	Charge string    // of its fee; empty if it costs nothing
}
