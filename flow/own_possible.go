package flow

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// An Action is what a registrar can do with a name, as its console offers it.
type Action string

// The actions. Of a lock there is one for each status that the registrar may set: it is set, or removed if it is there.
const (
	ActRenew    Action = "renew"
	ActDelete   Action = "delete"
	ActRestore  Action = "restore"
	ActUpdate   Action = "update" // name servers, contacts, DS and authInfo
	ActLock     Action = "lock"
	ActApprove  Action = "approve"
	ActReject   Action = "reject"
	ActCancel   Action = "cancel"
	ActTransfer Action = "transfer" // to the registrar that asks
)

// Possible is what an action would come to now, by the command itself with everything right that its sender could have
// put right. Nothing of it has happened.
type Possible struct {
	Action Action
	Status registry.Status // of a lock
	Remove bool            // of a lock: the status is there, and would be removed
	Years  int             // of a renewal and of a transfer

	Refusal *registry.Error // nil if it is possible
	Quote   policy.Quote    // what it costs; without fees if it costs nothing

	Expires  time.Time         // of a renewal: from then on
	Credited ledger.Money      // of a deletion
	Deletion registry.Deletion // of a deletion: with its dates. Of a name that is purged at once it is zero
	RenewBy  time.Time         // of a restore: until when the name has to be renewed then; zero if it need not be
	Renewal  Renewal           // of a restore: that renewal; zero if there need be none
}

// Renewal is the renewal without which a restored name does not stay. Decisions 3.5.
type Renewal struct {
	Years   int
	Price   ledger.Money
	Expires time.Time // the name, from then on
	Itself  bool      // the name renews itself when RenewBy comes; otherwise its registrar has to

	Refusal *registry.Error // why the registrar could not renew it once it is restored, such as for want of credit; nil if it could
}

// possible are the actions of the registrar that asks on a name that it sponsors.
func (c *Call) possible(d registry.Domain) []Possible {
	var list []Possible
	terms := c.TermsOf(d.Name)
	for years := terms.MinYears; years <= terms.MaxYears; years++ {
		list = append(list, c.renewal(d, years))
	}
	list = append(list, c.deletion(d), c.restoring(d), c.attempt(Possible{Action: ActUpdate}, DomainUpdate{Name: d.Name}))
	for _, status := range policy.SettableStatuses("domain") {
		edit, lock := DomainEdit{Statuses: []registry.Status{status}}, DomainUpdate{Name: d.Name}
		if d.Has(status) {
			lock.Remove = edit
		} else {
			lock.Add = edit
		}
		list = append(list, c.attempt(Possible{Action: ActLock, Status: status, Remove: d.Has(status)}, lock))
	}
	if !d.Transfer.IsPending() {
		return list
	}
	return append(
		list,
		c.attempt(Possible{Action: ActApprove}, DomainTransferEnd{Name: d.Name, How: registry.TransferClientApproved}),
		c.attempt(Possible{Action: ActReject}, DomainTransferEnd{Name: d.Name, How: registry.TransferClientRejected}),
	)
}

// tried is what a command came to that was tried out.
type tried struct {
	reply   Reply
	changes registry.Changes
	refusal *registry.Error
	rules   []Rule
}

// try runs a command as Explain does, in a call of its own at the same instant: it writes nothing.
func (c *Call) try(cmd Command) tried {
	sub := c.service.callAt(c.reader, c.Registrar.ID, c.Now)
	sub.trail, sub.command = &Trail{}, cmd.Subject().String()
	var t tried
	var err error
	t.reply, t.changes, err = cmd.Run(sub)
	t.rules = sub.trail.Rules
	if sub.fault == nil && err != nil && !errors.As(err, &t.refusal) {
		sub.fault = err
	}
	c.fault = cmp.Or(c.fault, sub.fault)
	return t
}

// attempt fills in what a command comes to that costs nothing.
func (c *Call) attempt(p Possible, cmd Command) Possible {
	p.Refusal = c.try(cmd).refusal
	return p
}

func (c *Call) renewal(d registry.Domain, years int) Possible {
	quote := c.quote(d.Name, policy.OpRenew, years, c.Offer(d.Name))
	t := c.try(DomainRenew{Name: d.Name, CurrentExpiry: d.Expires, Years: years, Fee: agreed(quote)})
	p := Possible{Action: ActRenew, Years: years, Refusal: t.refusal, Quote: quote}
	if renewed, ok := t.reply.(DomainRenewed); ok {
		p.Expires = renewed.Expires
	}
	return p
}

func (c *Call) deletion(d registry.Domain) Possible {
	t := c.try(DomainDelete{Name: d.Name})
	p := Possible{Action: ActDelete, Refusal: t.refusal}
	if deleted, ok := t.reply.(DomainDeleted); ok {
		p.Credited, p.Quote.Currency = deleted.Credited, deleted.Currency
	}
	for _, put := range t.changes.Domains {
		if put.ROID == d.ROID {
			p.Deletion = put.Deletion
		}
	}
	return p
}

func (c *Call) restoring(d registry.Domain) Possible {
	quote := c.quote(d.Name, policy.OpRestore, 1, c.Offer(d.Name))
	t := c.try(DomainRestore{Update: DomainUpdate{Name: d.Name, Empty: true, Fee: agreed(quote)}})
	p := Possible{Action: ActRestore, Refusal: t.refusal, Quote: quote}
	if restored, ok := t.reply.(DomainRestored); ok && !restored.RenewBy.IsZero() {
		p.RenewBy, p.Renewal = restored.RenewBy, c.renewalAfter(t.changes)
	}
	return p
}

// renewalAfter tries out the renewal that a restore calls for: what time does at the end of the day or, if time deletes the
// name again, the command that keeps it.
func (c *Call) renewalAfter(restore registry.Changes) Renewal {
	d := restore.Domains[0]
	_, facts, _ := lifecycle.Advance(d, c.rules(), d.RenewBy)
	if len(facts) > 0 && facts[0].Step == lifecycle.RestoreRenewed {
		renewed, charge := facts[0].Domains[0], facts[0].Charges[0]
		return Renewal{Years: renewed.Expires.Year() - d.Expires.Year(), Price: charge.Amount, Expires: renewed.Expires, Itself: true}
	}
	years := lifecycle.YearsBeyond(d.Expires, d.RenewBy)
	quote := c.quote(d.Name, policy.OpRenew, years, c.Offer(d.Name))
	after := *c
	after.reader = &asRestored{c.reader, restore}
	t := after.try(DomainRenew{Name: d.Name, CurrentExpiry: d.Expires, Years: years, Fee: agreed(quote)})
	c.fault = cmp.Or(c.fault, after.fault)
	return Renewal{Years: years, Price: quote.Total(), Expires: lifecycle.AddYears(d.Expires, years), Refusal: t.refusal}
}

// An asRestored reads as if a restore had been written: the name is back, and paid for.
type asRestored struct {
	registry.Reader
	changes registry.Changes
}

func (r *asRestored) Domain(name names.Name) (registry.Domain, bool, error) {
	if d := r.changes.Domains[0]; d.Name == name {
		return d, true, nil
	}
	return r.Reader.Domain(name)
}

func (r *asRestored) Funds(id registry.RegistrarID, now time.Time) (ledger.Funds, bool, error) {
	f, found, err := r.Reader.Funds(id, now)
	return afterFacts(f, []lifecycle.Fact{{Changes: r.changes}}, now), found, err
}

// agreed is the fee of a command whose sender knows what it costs.
func agreed(q policy.Quote) FeeSaid {
	return FeeSaid{Given: true, Currency: q.Currency, Total: q.Total(), Text: q.Total().String()}
}

// TransferPreview asks what a transfer of a name to the registrar would cost and why it would be refused, but for the
// authInfo, which is not asked for yet.
type TransferPreview struct {
	Name  names.Name
	Years int // 0 means one
}

// Asks says what the query counts as.
func (q TransferPreview) Asks() Question {
	return Question{Command: "info", Object: "domain", IDs: []string{q.Name.String()}}
}

// Answer returns a Possible.
func (q TransferPreview) Answer(c *Call) (Reply, error) {
	// Load.
	_, found := c.Domain(q.Name)

	// Check.
	if err := c.check(registrarIsActive(c.Registrar), nameIsRegistered(q.Name, found)); err != nil {
		return nil, err
	}

	// Return.
	years := cmp.Or(q.Years, 1)
	quote := c.quote(q.Name, policy.OpTransfer, years, c.Offer(q.Name))
	p := Possible{Action: ActTransfer, Years: years, Quote: quote}
	t := c.try(DomainTransfer{Name: q.Name, Years: years, Fee: agreed(quote)})
	broken := slices.IndexFunc(t.rules, func(r Rule) bool { return r.Refusal != nil && r.Name != "authInfoIsSent" })
	if broken >= 0 {
		p.Refusal = t.rules[broken].Refusal
	}
	return p, nil
}
