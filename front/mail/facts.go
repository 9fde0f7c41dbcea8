package mail

import (
	"cmp"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// facts are what a template can say of a letter. One notice is set, by its kind.
type facts struct {
	letter flow.Letter
	say    words

	Registry string
	Console  string // where the balance can be seen at any time; empty if nobody said
	Billing  string // where to ask about invoices; empty if nobody said
	Text     string // of the letter, for the layout

	Transfer    registry.TransferNotice
	Pending     registry.PendingActionNotice
	Change      registry.ChangeNotice
	Maintenance registry.MaintenanceNotice
	Certificate registry.CertificateNotice
	Words       string // of a notice that is a sentence
	User        registry.UserNotice
	Link        string // by which a user goes on
	low         registry.LowBalanceNotice
	account     registry.AccountNotice
}

// Registrar is how the addressee is called.
func (f *facts) Registrar() string {
	if f.letter.Addressee.Name != "" {
		return f.letter.Addressee.Name
	}
	return f.RegistrarID()
}

// RegistrarID is the addressee's id.
func (f *facts) RegistrarID() string { return string(f.letter.Registrar) }

// UserDeed is what was done to a user, in words.
func (f *facts) UserDeed() string { return f.say["user "+string(f.User.What)] }

// UserBy is who did it; empty if it was the user.
func (f *facts) UserBy() string { return cmp.Or(f.say[f.User.By], f.User.By) }

// UserFrom is the address from which it was done; empty if it is not known.
func (f *facts) UserFrom() string {
	if !f.User.Address.IsValid() {
		return ""
	}
	return f.User.Address.String()
}

// Desk is which of its addresses the letter goes to.
func (f *facts) Desk() string { return f.say[string(policy.Desk(f.letter.Notice))] }

// Event is what the letter is about.
func (f *facts) Event() registry.Event { return f.letter.Event }

// At is when that was.
func (f *facts) At() time.Time { return f.letter.At }

// Name is the name or id of the object that the letter is about.
func (f *facts) Name() string {
	switch {
	case f.Transfer.Name != "":
		return f.Transfer.Name
	case f.Pending.Name != "":
		return f.Pending.Name
	case f.Change.Domain != nil:
		return f.Change.Domain.Name.String()
	case f.Change.Host != nil:
		return f.Change.Host.Name.String()
	case f.Change.Contact != nil:
		return f.Change.Contact.ID
	}
	return ""
}

// Object is the kind of that object in words.
func (f *facts) Object() string {
	switch {
	case f.Transfer.Object != "":
		return f.say[f.Transfer.Object]
	case f.Change.Host != nil:
		return f.say["host"]
	case f.Change.Contact != nil:
		return f.say["contact"]
	}
	return f.say["domain"]
}

// Gaining reports whether the letter goes to the gaining side of a transfer.
func (f *facts) Gaining() bool { return f.letter.Registrar == f.Transfer.Gaining }

// ByRegistry reports whether neither side of a transfer ended it.
func (f *facts) ByRegistry() bool { return f.Transfer.Status.IsServer() }

// ByTime reports whether a transfer ended as nobody had answered.
func (f *facts) ByTime() bool { return f.Transfer.By == registry.EndedByTime }

// ByOperator reports whether the operator ended a transfer.
func (f *facts) ByOperator() bool { return f.Transfer.By == registry.EndedByOperator }

// IsContact reports whether a contact is transferred.
func (f *facts) IsContact() bool { return f.Transfer.Object == string(registry.KindContact) }

// Deed is what was done to an object by the registry.
func (f *facts) Deed() string {
	operation := f.Change.Operation
	return cmp.Or(f.say[strings.TrimSpace(operation+" "+f.Change.Detail)], f.say[operation], operation)
}

// Deleted reports whether that was a deletion.
func (f *facts) Deleted() bool { return f.Change.Operation == "delete" }

// AtOnce reports whether nothing of the object is left.
func (f *facts) AtOnce() bool { return f.Deleted() && f.RestorableTil().IsZero() }

// Author is who did it.
func (f *facts) Author() string { return cmp.Or(f.say[f.Change.Who], f.Change.Who) }

// CaseType is the kind of the case that it was done in, before the case's id; empty for one without a name.
func (f *facts) CaseType() string { return f.say[f.Change.CaseType] }

// Renewed is why a domain renewed itself, at the end of a sentence.
func (f *facts) Renewed() string { return f.say["by "+string(f.Change.Renewal)] }

// Lapses reports whether a suspended domain will be deleted if nobody renews it.
func (f *facts) Lapses() bool { return f.Change.Renewal == registry.NotRenewed }

// WaitsForTransfer reports whether a transfer of the domain is pending, with which it cannot be deleted.
func (f *facts) WaitsForTransfer() bool { return f.domain().Transfer.IsPending() }

// Taker is who asked for that transfer.
func (f *facts) Taker() registry.RegistrarID { return f.domain().Transfer.Gaining }

// DeleteLocked reports whether the registry has set that the domain cannot be deleted.
func (f *facts) DeleteLocked() bool { return f.domain().Has(registry.ServerDeleteProhibited) }

// Expires is the expiry of the domain, as are the others its dates; zero if it has none.
func (f *facts) Expires() time.Time { return f.domain().Expires }

// RestorableTil is when its redemption ends.
func (f *facts) RestorableTil() time.Time { return f.domain().Deletion.RestorableTil }

// PurgeAt is when it is free.
func (f *facts) PurgeAt() time.Time { return f.domain().Deletion.PurgeAt }

// SuspendedUntil is when its suspension ends.
func (f *facts) SuspendedUntil() time.Time { return f.domain().Suspension.Until }

// Restored is when it was restored last.
func (f *facts) Restored() time.Time { return f.domain().Restored }

// Signers are the DS of the domain.
func (f *facts) Signers() []registry.DSRecord { return f.domain().DS }

func (f *facts) domain() registry.Domain {
	if f.Change.Domain == nil {
		return registry.Domain{}
	}
	return *f.Change.Domain
}

// A grace is a running grace period.
type grace struct {
	Until  time.Time
	Amount amount
}

// AutoRenewGrace is the domain's grace period of that kind; nil if it has none, as with RenewGrace.
func (f *facts) AutoRenewGrace() *grace { return f.grace(registry.AutoRenewGrace) }

// RenewGrace is the domain's grace period of that kind.
func (f *facts) RenewGrace() *grace { return f.grace(registry.RenewGrace) }

func (f *facts) grace(kind registry.GraceKind) *grace {
	for _, g := range f.domain().Graces {
		if g.Kind == kind && g.Until.After(f.Change.At) {
			return &grace{g.Until, f.amount(g.Amount)}
		}
	}
	return nil
}

func (f *facts) amount(m ledger.Money) amount { return amount{m, f.letter.Currency} }

// A balance is what a registrar has, and what it wants to have at least.
type balance struct{ Available, Threshold amount }

// Balance is what a notice of a low balance tells.
func (f *facts) Balance() balance {
	return balance{f.amount(f.low.Available), f.amount(f.low.Threshold)}
}

// An account is how a registrar's account stands.
type account struct {
	Balance, Available, Minimum, Amount amount
	HasAmount, HasMinimum               bool
	Missing                             amount // what has to be paid in to release it
	OnHold, Spendable                   bool   // Spendable: something is available
	Owes                                bool   // the balance is below zero
	Owed                                amount // by how much
	Reference                           string
	Holds                               int // of the calendar year

	Fee, Period     string
	Act             string // of a correction, in words
	Taken           bool   // it lowered the balance
	Names, NamesDue int
}

// Account is what a notice of a registrar's account tells.
func (f *facts) Account() account {
	n := f.account
	missing := max(n.Minimum-n.Balance, 0)
	return account{
		Balance: f.amount(n.Balance), Available: f.amount(n.Available), Minimum: f.amount(n.Minimum), Amount: f.amount(n.Amount),
		HasAmount: n.Amount != 0, HasMinimum: n.Minimum != 0, Missing: f.amount(missing), OnHold: missing > 0, Spendable: n.Available > 0,
		Owes: n.Balance < 0, Owed: f.amount(-n.Balance),
		Reference: n.Reference, Holds: n.HoldsOfYear,
		Fee: cmp.Or(f.say[string(n.Fee)], string(n.Fee)), Period: n.Period,
		Act: cmp.Or(f.say[string(n.Act)], string(n.Act)), Taken: n.Taken, Names: n.Names, NamesDue: n.NamesDue,
	}
}

// Above is the name above a host; empty for an external one.
func (f *facts) Above() string {
	if f.Change.Host == nil || f.Change.Host.Superordinate.IsZero() {
		return ""
	}
	return f.Change.Host.Superordinate.Name.String()
}

// ContactGoes is when a contact will be removed.
func (f *facts) ContactGoes() time.Time {
	if f.Change.Contact == nil {
		return time.Time{}
	}
	return f.Change.Contact.PurgeAt
}
