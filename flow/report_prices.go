package flow

import (
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// PricedNames reads the names that are not sold at the standard prices now, in the order of their octets, registered or
// not. See UnavailableNames for Begin. Manual 4.3.2, 12.2.
type PricedNames struct {
	Begin func(at time.Time) error
	Use   func(PricedName) error
}

// A PricedName is what one year of a name costs without any promotion.
type PricedName struct {
	Name     names.Name
	Costs    policy.Costs
	Currency string
}

// Answer returns nil when every name was used.
func (q PricedNames) Answer(c *Call) (Reply, error) {
	if err := q.Begin(c.Now); err != nil {
		return nil, err
	}
	listed := pricesOfList{call: c, list: c.listInForce()}
	use := func(name names.Name, price registry.NamePrice) error {
		if price.IsStandard() {
			return nil
		}
		terms := c.TermsOf(name)
		return q.Use(PricedName{name, terms.CostsOf(price), terms.Prices.Currency})
	}
	for after, more := (names.Name{}), true; more; {
		page, _ := read(c, func() ([]registry.Offer, bool, error) {
			list, err := c.reader.Offers(after, reportPage)
			return list, true, err
		})
		if more = len(page) == reportPage; len(page) > 0 {
			after = page[len(page)-1].Name
		}
		for _, offer := range page {
			price, alone := aloneAt(offer, c.Now)
			if !alone {
				continue
			}
			if err := listed.before(offer.Name, use); err != nil {
				return nil, err
			}
			if err := use(offer.Name, price); err != nil {
				return nil, err
			}
		}
	}
	return nil, listed.before(names.Name{}, use)
}

// aloneAt returns what a name costs for itself at an instant, unless a price list that began later has overtaken that.
func aloneAt(offer registry.Offer, at time.Time) (price registry.NamePrice, found bool) {
	for _, p := range offer.Prices {
		if !p.From.After(at) {
			price, found = p, true
		}
	}
	return price, found && (price.Until.IsZero() || price.Until.After(at))
}

// listInForce returns the id of the price list that is in force; 0 if none is.
func (c *Call) listInForce() (id int64) {
	var began time.Time
	for _, l := range c.priceLists() {
		if l.State == registry.ListEffective && !l.Starts.After(c.Now) && !l.Starts.Before(began) {
			id, began = l.ID, l.Starts
		}
	}
	return id
}

// pricesOfList are the entries of a price list in order of name, read page after page.
type pricesOfList struct {
	call  *Call
	list  int64 // 0: there is none
	page  []registry.PriceEntry
	after names.Name
	ended bool
}

// before uses every entry whose name comes before one, and drops the entry of that name itself; all that are left if
// the name is zero.
func (l *pricesOfList) before(name names.Name, use func(names.Name, registry.NamePrice) error) error {
	for {
		if len(l.page) == 0 && !l.ended {
			l.load()
		}
		if l.call.fault != nil {
			return l.call.fault
		}
		if len(l.page) == 0 || !name.IsZero() && l.page[0].Name.String() > name.String() {
			return nil
		}
		e := l.page[0]
		l.page = l.page[1:]
		if e.Name == name {
			return nil
		}
		price := registry.NamePrice{
			Name: e.Name, List: l.list, Tier: e.Tier, Create: e.Create, Renew: e.Renew, Transfer: e.Transfer, Restore: e.Restore,
		}
		if err := use(e.Name, price); err != nil {
			return err
		}
	}
}

func (l *pricesOfList) load() {
	if l.ended = l.list == 0; l.ended {
		return
	}
	l.page, _ = read(l.call, func() ([]registry.PriceEntry, bool, error) {
		list, err := l.call.reader.PriceEntries(l.list, l.after, reportPage)
		return list, true, err
	})
	if l.ended = len(l.page) < reportPage; len(l.page) > 0 {
		l.after = l.page[len(l.page)-1].Name
	}
}
