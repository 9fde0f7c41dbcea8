package flow

import (
	"cmp"
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
)

// AccountOutlook asks how the account of the registrar that asks stands, why, and what becomes of it next: a registrar
// that is suspended, too. Manual 6.1, 6.3 and 6.8.
type AccountOutlook struct{}

// An Outlook is what AccountOutlook answers. All of it is as it is now, whenever the engine last ran.
type Outlook struct {
	At       time.Time
	Currency string
	Funds    ledger.Funds

	OnHold      bool
	Missing     ledger.Money // to the minimum balance; 0 unless the account is on hold
	HoldsOfYear int          // that have begun in this calendar year (UTC)
	NextHold    ledger.Money // what another hold in this year would cost

	Next      []ledger.Charge // the open charges that post next, nextPostings at most
	Renewals  registry.Tally  // automatic renewals whose grace runs: nothing is set aside for them
	Proposals []registry.Proposal
}

// nextPostings is how many charges an Outlook names.
const nextPostings = 5

// Answer returns an Outlook.
func (AccountOutlook) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(c.Registrar.ID)
	if err := c.check(registrarExists(c.Registrar.ID, found)); err != nil {
		return nil, err
	}
	f := c.Funds()
	o := Outlook{At: c.Now, Currency: c.Terms.Prices.Currency, Funds: f, OnHold: f.IsOnHold()}
	if o.OnHold {
		o.Missing = f.Floor() - f.CurrentBalance()
	}
	if f.Standing.LastHold.UTC().Year() == c.Now.Year() {
		o.HoldsOfYear = f.Standing.Holds
	}
	if o.HoldsOfYear > 0 {
		o.NextHold = c.reinstatementFee(f.Party, ledger.Turn{At: c.Now, Held: true, HoldsOfYear: o.HoldsOfYear + 1})
	}
	o.Next = c.openCharges(registry.Place{}, nextPostings)
	o.Renewals = c.waitingRenewals()
	for _, p := range c.proposals(0) {
		if p.Registrar == c.Registrar.ID && p.State == registry.Proposed {
			o.Proposals = append(o.Proposals, p)
		}
	}
	return o, nil
}

// SetAside is what open charges of an Outlook have set aside, without those that have come due.
func (o Outlook) SetAside() ledger.Money { return o.Funds.Authorised - o.Funds.DueAuthorised }

// Low reports whether what is available is below the registrar's threshold.
func (o Outlook) Low() bool { return o.Funds.Available() < o.Funds.CreditThreshold }

// OpenCharges asks for the charges of the registrar that asks which are neither posted nor credited, in order of when
// they post: what is set aside, and automatic renewals that set nothing aside. Manual 6.3.
type OpenCharges struct {
	After registry.Place // OpenChargePage.Next of the page before; the zero Place for the first
	Limit int            // policy.Limits.TransactionsPerPage at most, and if it is 0
}

// An OpenChargePage is what OpenCharges answers. A charge posts at its PostsAt; never, if that is ledger.Undecided: a
// transfer decides about it.
type OpenChargePage struct {
	Charges []ledger.Charge
	Next    registry.Place // zero on the last page
}

// Answer returns an OpenChargePage.
func (q OpenCharges) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(c.Registrar.ID)
	if err := c.check(registrarExists(c.Registrar.ID, found)); err != nil {
		return nil, err
	}
	limit := pageLimit(q.Limit, c.Terms.Limits.TransactionsPerPage)
	page := OpenChargePage{Charges: c.openCharges(q.After, limit)}
	if n := len(page.Charges); n == limit {
		last := page.Charges[n-1]
		page.Next = registry.Place{Ended: last.PostsAt, ID: last.ID}
	}
	return page, nil
}

// pageLimit is how long a page is for which a limit was given, or 0.
func pageLimit(limit, most int) int {
	if limit > 0 {
		return min(limit, most)
	}
	return most
}

// openCharges returns charges of the registrar after a place that are open now, those of facts of time that nobody has
// written down among them.
func (c *Call) openCharges(after registry.Place, limit int) []ledger.Charge {
	if first := c.Now.Add(time.Microsecond); after.Ended.Before(first) {
		after = registry.Place{Ended: first}
	}
	made, ended := c.lateCharges()
	list, _ := read(c, func() ([]ledger.Charge, bool, error) {
		list, err := c.reader.OpenCharges(c.Registrar.Party(), after, limit+len(ended))
		return list, true, err
	})
	list = slices.DeleteFunc(list, func(charge ledger.Charge) bool { return ended[charge.ID] })
	for _, charge := range made {
		if charge.PostsAt.After(after.Ended) || charge.PostsAt.Equal(after.Ended) && charge.ID > after.ID {
			list = append(list, charge)
		}
	}
	slices.SortFunc(list, func(a, b ledger.Charge) int {
		return cmp.Or(a.PostsAt.Compare(b.PostsAt), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(len(list), limit)]
}

// lateCharges returns what time did to charges of the registrar and nobody has written down: those that it made and
// that are open, and the ids of those that have ended or post at another time.
func (c *Call) lateCharges() (made []ledger.Charge, ended map[string]bool) {
	ended = map[string]bool{}
	for _, fact := range c.factsOfTime() {
		for _, charge := range fact.Charges {
			made = slices.DeleteFunc(made, func(m ledger.Charge) bool { return m.ID == charge.ID })
			if charge.State != ledger.Open {
				ended[charge.ID] = true
			} else if charge.Party == c.Registrar.Party() && charge.PostsAt.After(c.Now) {
				made = append(made, charge)
			}
		}
		for _, moved := range fact.Rescheduled {
			old, found := c.Charge(moved.ID)
			if !found || old.State != ledger.Open || old.Party != c.Registrar.Party() {
				continue
			}
			ended[moved.ID] = true
			old.PostsAt, old.GraceDays = moved.PostsAt, cmp.Or(moved.GraceDays, old.GraceDays)
			if moved.PostsAt.After(c.Now) {
				made = append(made, old)
			}
		}
	}
	return made, ended
}

// factsOfTime returns what time did to names and nobody has written down, in order of name and instant. It settles
// nothing.
func (c *Call) factsOfTime() []lifecycle.Fact {
	late := c.late()
	c.prefetch(registry.Keys{Domains: late})
	var facts []lifecycle.Fact
	for _, name := range late {
		facts = append(facts, c.lateFacts(name)...)
	}
	return facts
}

// waitingRenewals adds up the automatic renewals of the registrar that are open now and set nothing aside.
func (c *Call) waitingRenewals() registry.Tally {
	kind := registry.TallyWaiting(ledger.AutoRenewal)
	sum := registry.Tally{Registrar: c.Registrar.ID, Kind: kind}
	add := func(t registry.Tally) {
		if t.Kind == kind && t.Registrar == sum.Registrar {
			sum.Count, sum.Amount = sum.Count+t.Count, sum.Amount+t.Amount
		}
	}
	for _, t := range c.tallySums(kind, time.Time{}) {
		add(t)
	}
	facts := c.factsOfTime()
	for _, fact := range facts {
		for _, charge := range fact.Charges {
			for _, t := range registry.TalliesOf(charge) {
				add(t)
			}
		}
	}
	for _, charge := range c.dueCharges(c.Registrar.ID, facts) {
		posted, _ := charge.Post()
		for _, t := range registry.TalliesOf(posted) {
			add(t)
		}
	}
	return sum
}

func (c *Call) tallySums(kind registry.TallyKind, before time.Time) []registry.Tally {
	list, _ := read(c, func() ([]registry.Tally, bool, error) {
		list, err := c.reader.TallySums(c.Registrar.ID, kind, before)
		return list, true, err
	})
	return list
}
