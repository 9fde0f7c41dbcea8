package flow

import (
	"strconv"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// NewNames asks which registrars registered fewer names in a calendar year than they have to, by the registry's own
// terms at its end. Names that were undone in the year do not count; the year is over and settled. Decisions 5.5.
type NewNames struct{ Year int }

// Answer returns a []registry.Proposal in order of registrar.
func (q NewNames) Answer(c *Call) (Reply, error) {
	span := registry.Times{
		From: time.Date(q.Year, time.January, 1, 0, 0, 0, 0, time.UTC),
		To:   time.Date(q.Year+1, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	minimum := c.Profile.At(span.To.Add(-time.Second)).MinimumNewNames
	open := c.openRegistrations(span)
	var list []registry.Proposal
	for _, r := range c.registrars() {
		required, months := minimum.Required(q.Year, c.accredited(r.ID))
		if required == 0 {
			continue
		}
		count := readBooks(c, func(b registry.Books) (int64, error) {
			return b.CountEndedRegistrations(r.Party(), span, false, required)
		})
		if count < required {
			count += open()[r.Party()]
		}
		if count < required {
			list = append(list, registry.Proposal{
				Year: q.Year, Registrar: r.ID, Names: count, Required: required, Months: months, Amount: minimum.Fee,
				State: registry.Proposed,
			})
		}
	}
	return list, nil
}

// accredited returns when a registrar's account was opened.
func (c *Call) accredited(id registry.RegistrarID) time.Time {
	list, _ := read(c, func() ([]registry.Past, bool, error) {
		list, err := c.reader.Versions(registry.VersionFilter{Kind: registry.KindRegistrar, ROID: registry.ROID(id), Oldest: true}, 1)
		return list, true, err
	})
	if len(list) == 0 {
		return time.Time{}
	}
	return list[0].Origin.At
}

// ProposalList asks for the minimum new registration fees that were proposed for a year; 0: for all.
type ProposalList struct{ Year int }

// Answer returns a []registry.Proposal in order of year and registrar.
func (q ProposalList) Answer(c *Call) (Reply, error) {
	return c.proposals(q.Year), nil
}

func (c *Call) proposals(year int) []registry.Proposal {
	return readBooks(c, func(b registry.Books) ([]registry.Proposal, error) { return b.Proposals(year) })
}

// ProposalDecide charges a fee that was proposed, or waives it. It is the operator's. Decisions 5.5.
type ProposalDecide struct {
	Act
	Year  int
	Waive bool
}

// Subject is registrar:confirm-fee or registrar:waive-fee.
func (cmd ProposalDecide) Subject() Subject {
	s := Subject{Command: "confirm-fee", Object: "registrar", ID: string(cmd.Registrar)}
	if cmd.Waive {
		s.Command = "waive-fee"
	}
	return s
}

// Run decides; it replies a registry.Proposal.
func (cmd ProposalDecide) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	due, all := c.postDue(cmd.Registrar)
	var p registry.Proposal
	for _, proposal := range c.proposals(cmd.Year) {
		if proposal.Registrar == r.ID && proposal.Year == cmd.Year {
			p = proposal
		}
	}

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		actIsExplained(cmd.Act),
		feeIsProposed(cmd, p),
		proposalWaits(p),
		chargesAreFew(cmd.Registrar, all),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	p.State, p.Decided = registry.Confirmed, cmd.measure(c.realNow())
	changes := registry.Changes{}
	if cmd.Waive {
		p.State = registry.Waived
	} else {
		changes = postAtOnce([]ledger.Charge{minimumFee(p, c.Now)})
		changes.Earlier = []registry.Changes{due}
		notice := c.feeNotice(p, registry.EventFeeCharged)
		notice.Balance, notice.Available = notice.Balance-p.Amount, notice.Available-p.Amount
		changes.Add(c.notify(r.ID, c.Now, notice))
	}
	changes.Proposals = []registry.Proposal{p}

	// Return.
	return p, changes, nil
}

// waivedProposals returns what was proposed, and is waived with the fee that a waiver takes back.
func (c *Call) waivedProposals(m moneyCase) []registry.Proposal {
	charge, _ := c.Charge(m.target.Charge)
	year, err := strconv.Atoi(charge.Subject)
	if charge.Type != ledger.MinimumRegistrations || err != nil {
		return nil
	}
	var list []registry.Proposal
	for _, p := range c.proposals(year) {
		if p.Registrar == m.act.Registrar && p.State == registry.Confirmed {
			p.State, p.Decided = registry.Waived, registry.Measure{Since: c.realNow(), Author: m.act.Author, Reason: m.act.Reason}
			list = append(list, p)
		}
	}
	return list
}

// feeNotice tells of a fee that is proposed or charged.
func (c *Call) feeNotice(p registry.Proposal, step registry.Event) registry.AccountNotice {
	f, _ := read(c, func() (ledger.Funds, bool, error) { return c.reader.Account(p.Registrar) })
	return registry.AccountNotice{
		Step: step, At: c.Now, Balance: f.Balance, Available: f.Available(), Minimum: f.Floor(), Amount: p.Amount,
		Fee: ledger.MinimumRegistrations, Period: strconv.Itoa(p.Year), Names: int(p.Names), NamesDue: int(p.Required),
	}
}

// minimumFee is the charge of a proposal that is confirmed.
func minimumFee(p registry.Proposal, now time.Time) ledger.Charge {
	year := strconv.Itoa(p.Year)
	return ledger.Charge{
		ID: string(p.Registrar) + "/minimum-registrations/" + year, Party: ledger.Party(p.Registrar),
		Object: string(p.Registrar), Subject: year, Type: ledger.MinimumRegistrations, Amount: p.Amount,
		At: now, PostsAt: now, State: ledger.Open,
	}
}

// feeIsProposed holds for a registrar and a year of which a fee was proposed.
func feeIsProposed(cmd ProposalDecide, p registry.Proposal) Rule {
	return refuseIf("feeIsProposed", p.State == "", registry.Error{
		Code: registry.ObjectMissing, Field: "year", Value: strconv.Itoa(cmd.Year),
		Reason: "no fee is proposed for the registrar and the year; dorado billing proposals shows all",
	})
}

// proposalWaits holds for a proposal that nobody has decided.
func proposalWaits(p registry.Proposal) Rule {
	return refuseIf("proposalWaits", p.State != registry.Proposed, registry.Error{
		Code: registry.StatusProhibits, Field: "year", Value: strconv.Itoa(p.Year),
		Reason: "the fee is " + string(p.State) + " by " + p.Decided.Author + "; it stays so",
	})
}
