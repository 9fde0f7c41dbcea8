package flow

import (
	"cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// DomainTransfer asks for a name of another registrar. RFC 5731 section 3.2.4, manual 8.1.3, decisions 3.6.
// Who sponsors it has five days to answer; nobody's answer is an approval.
type DomainTransfer struct {
	Name     names.Name
	Years    int           // by which the name is renewed; 0 means one
	AuthInfo *string       // nil if none was sent
	ROID     registry.ROID // of the object that the authInfo belongs to; empty for the domain itself
	Fee      FeeSaid
	Token    *string // nil unless an allocation token was sent, which a registered name never has. RFC 8495
}

// Subject is domain:transfer.
func (cmd DomainTransfer) Subject() Subject {
	return Subject{"transfer", "domain", cmd.Name.String(), true}
}

// Keys are what the command reads.
func (cmd DomainTransfer) Keys() registry.Keys {
	return registry.Keys{Funds: true, Domains: []names.Name{cmd.Name}}
}

// Run requests the transfer, unless a rule refuses. The price is authorised now, and posts when the grace has
// ended that begins with the transfer itself: at the latest possible instant until somebody answers.
func (cmd DomainTransfer) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	d, found := c.Domain(cmd.Name)
	terms := c.TermsOf(cmd.Name)
	transfer := registry.Transfer{
		Status: registry.TransferPending, Gaining: c.Registrar.ID, Losing: d.Sponsor,
		Requested: c.Now, Answer: terms.TransferAnswer.After(c.Now), Years: cmp.Or(cmd.Years, 1),
	}
	quote := c.quote(cmd.Name, policy.OpTransfer, transfer.Years, c.Offer(cmd.Name))
	funds := c.Funds()

	// Check.
	name := cmd.Name.String()
	if err := c.check(
		registrarIsActive(c.Registrar),
		nameIsRegistered(cmd.Name, found),
		authInfoIsSent("domain", cmd.AuthInfo),
		c.authInfoMoves(d, cmd.AuthInfo, cmd.ROID),
		c.tokenAllocates(registry.Allocation{}, cmd.Token),
		sponsorIsAnother(c.Registrar, d.Sponsor, "domain:name", name),
		holdIsOver(d, c.Now),
		statusAllows(policy.DomainTransfer, lifecycle.Statuses(d), "domain:name", name),
		noTransferIsPending(d.Transfer, "domain:name", name),
		periodIsSold(terms, transfer.Years),
		c.transferFitsTheHorizon(d, transfer),
		premiumFeeIsSaid(quote, cmd.Fee),
		promotionFeeIsSaid(quote, cmd.Fee),
		feeIsRight(quote, cmd.Fee),
		registrarIsNotOnHold(c.Registrar),
		accountIsNotOnHold(funds),
		fundsCover(funds, quote.Total()),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	charges := c.charges(d, "transfer", quote)
	charge := &charges[0] // a transfer has one fee
	charge.PostsAt = c.Profile.TermsOf(cmd.Name, transfer.Answer).TransferGrace.After(transfer.Answer)
	transfer.Charge, transfer.Amount = charge.ID, charge.Amount
	d = d.Next()
	d.Transfer = transfer

	// Return.
	changes := registry.Changes{
		Domains: []registry.Domain{d}, Rescheduled: lifecycle.Decide(d, c.Now), PromotionUses: c.uses(quote, charges),
	}
	changes.Add(c.authorise(charges, funds))
	told := c.transferOf(d)
	changes.Add(c.tellTransfer(told, c.Now))
	return TransferTold{told, true, quote}, changes, nil
}

// transferOf says how the last transfer of a name stands. While it is pending the expiry is that which the name
// would have if it were completed now.
func (c *Call) transferOf(d registry.Domain) registry.TransferNotice {
	notice := d.Transfer.Notice("domain", d.Name.String())
	if d.Transfer.IsPending() {
		notice.Expires = lifecycle.TransferExpiry(d, c.rules(), d.Transfer, c.Now)
	}
	return notice
}

// DomainTransferEnd ends a pending transfer of a name: the gaining side cancels it, the losing side approves or
// rejects it. RFC 5731 section 3.2.4.
type DomainTransferEnd struct {
	Name     names.Name
	How      registry.TransferStatus // clientCancelled, clientApproved or clientRejected
	AuthInfo *string                 // optional; verified if it was sent
	ROID     registry.ROID
}

// Subject is domain:transfer.
func (cmd DomainTransferEnd) Subject() Subject {
	return Subject{"transfer", "domain", cmd.Name.String(), true}
}

// Keys are what the command reads.
func (cmd DomainTransferEnd) Keys() registry.Keys {
	return registry.Keys{Domains: []names.Name{cmd.Name}, Own: true}
}

// Run ends the transfer, unless a rule refuses.
func (cmd DomainTransferEnd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	d, found := c.Domain(cmd.Name)
	name := cmd.Name.String()

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		nameIsRegistered(cmd.Name, found),
		c.authInfoFits(d, cmd.AuthInfo, cmd.ROID),
		transferIsPending(d.Transfer, "domain:name", name),
		sideMayEnd(c.Registrar, d.Transfer, cmd.How, "domain:name", name),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide, return.
	d, changes := c.endTransfer(d, cmd.How)
	return TransferTold{TransferNotice: d.Transfer.Notice("domain", name)}, changes, nil
}

// DomainTransferQuery asks how the last transfer of a name stands. RFC 5731 section 3.1.3.
type DomainTransferQuery struct {
	Name     names.Name
	AuthInfo *string
	ROID     registry.ROID
}

// Asks says what the query counts as.
func (q DomainTransferQuery) Asks() Question {
	return Question{Command: "transfer", Object: "domain", IDs: []string{q.Name.String()}}
}

// Answer looks the transfer up.
func (q DomainTransferQuery) Answer(c *Call) (Reply, error) {
	d, found := c.Domain(q.Name)
	name := q.Name.String()
	if err := c.check(
		registrarIsActive(c.Registrar),
		nameIsRegistered(q.Name, found),
		c.authInfoFits(d, q.AuthInfo, q.ROID),
		transferIsTold(strangerTo(c.Registrar, d.Sponsor, d.Transfer), q.AuthInfo, "domain:name", name),
		transferIsKnown(d.Transfer, "domain:name", name),
	); err != nil {
		return nil, err
	}
	told := TransferTold{TransferNotice: c.transferOf(d)}
	if d.Transfer.IsPending() { // RFC 8748 section 5.1.2
		told.Charged = policy.Quote{
			Operation: policy.OpTransfer, Years: d.Transfer.Years, Currency: c.TermsOf(d.Name).Prices.Currency,
			Fees: []policy.Fee{{Type: ledger.Renewal, Amount: d.Transfer.Amount}},
		}
	}
	return told, nil
}
