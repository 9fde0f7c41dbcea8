package flow

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// PremiumSearch asks for names that are not sold at the standard prices, as they cost the registrar that asks: by how
// they begin, in order of name; or without that by what a year of their create costs, in order of price. Manual 12.2.
//
// A page is filled from a bounded part of one index. Where that ends before the page is full, the page is shorter, and the
// next one goes on there.
type PremiumSearch struct {
	Prefix string // how names begin; empty: in order of price
	Zone   names.Name
	Prices registry.PriceSpan // of the first year of a create, without promotions; a To of 0: without bound
	After  string             // PremiumPage.Next of the page before; empty for the first
	Limit  int                // premiumPage at most, and if it is 0
}

const (
	premiumPage   = 100  // names on one page
	premiumLooked = 2000 // names that are looked at for one page
)

// A PremiumPage is what PremiumSearch answers.
type PremiumPage struct {
	Currency string
	Names    []PremiumName
	Next     string // for the page that follows; empty if there is none
}

// A PremiumName is a name with what one year of each operation costs it now.
type PremiumName struct {
	registry.PriceEntry
	Regular                          ledger.Money // of a create, without promotions
	Create, Renew, Transfer, Restore policy.Quote
	Reason                           string // why the registrar cannot create it; empty if it can
}

// Answer returns a PremiumPage.
func (q PremiumSearch) Answer(c *Call) (Reply, error) {
	place, known := parsePricePlace(q.After)
	_, found := c.RegistrarByID(c.Registrar.ID)
	if err := c.check(
		registrarExists(c.Registrar.ID, found),
		pageIsKnown(q.After, known),
		pricesAreForward(q.Prices),
	); err != nil {
		return nil, err
	}
	limit := pageLimit(q.Limit, premiumPage)
	q.Prefix = strings.ToLower(q.Prefix)
	page := PremiumPage{Currency: c.Terms.Prices.Currency}
	list := c.premium(q, place)
	for i, e := range list {
		if cost := c.createCost(e); q.fits(e, cost) {
			page.Names = append(page.Names, c.premiumName(e, cost))
		}
		more := i+1 < len(list) || len(list) == premiumLooked
		if (len(page.Names) == limit || i+1 == len(list)) && more {
			page.Next = pricePlaceText(registry.PricePlace{Price: c.createCost(e), Tier: e.Tier, Name: e.Name})
		}
		if len(page.Names) == limit {
			break
		}
	}
	return page, nil
}

// fits reports whether a name is asked for.
func (q PremiumSearch) fits(e registry.PriceEntry, cost ledger.Money) bool {
	return !e.Name.IsZero() && (q.Zone.IsZero() || e.Name.Parent() == q.Zone) && cost >= q.Prices.From && (q.Prices.To == 0 || cost <= q.Prices.To)
}

// createCost is what the first year of a create costs without promotions.
func (c *Call) createCost(e registry.PriceEntry) ledger.Money {
	return c.TermsOf(e.Name).CostsOf(e.From(c.Now, 0)).Create
}

func (c *Call) premiumName(e registry.PriceEntry, cost ledger.Money) PremiumName {
	offer := c.Offer(e.Name)
	p := PremiumName{
		PriceEntry: e, Regular: cost,
		Create: c.quote(e.Name, policy.OpCreate, 1, offer), Renew: c.quote(e.Name, policy.OpRenew, 1, offer),
		Transfer: c.quote(e.Name, policy.OpTransfer, 1, offer), Restore: c.quote(e.Name, policy.OpRestore, 1, offer),
	}
	p.Reason = checked(e.Name.String(), c.canCreate(e.Name, nil)).Reason
	return p
}

// premium reads what may be on a page, premiumLooked names at most, in its order.
func (c *Call) premium(q PremiumSearch, after registry.PricePlace) []registry.PriceEntry {
	if q.Prefix != "" {
		return c.entriesOfPrices(func() ([]registry.PriceEntry, error) {
			return c.reader.PremiumNames(c.Now, q.Prefix, after.Name, premiumLooked)
		})
	}
	span := q.Prices
	if span.To == 0 {
		span.To = mostPrice
	}
	list := c.entriesOfPrices(func() ([]registry.PriceEntry, error) { return c.reader.PremiumOwn(c.Now, span, after, premiumLooked) })
	for tier := range len(c.Terms.Prices.Tiers) + 1 {
		list = append(list, c.ofTier(tier, span, after)...)
	}
	slices.SortFunc(list, func(a, b registry.PriceEntry) int {
		return comparePlaces(registry.PricePlace{Price: c.createCost(a), Tier: a.Tier, Name: a.Name}, registry.PricePlace{Price: c.createCost(b), Tier: b.Tier, Name: b.Name})
	})
	return list[:min(len(list), premiumLooked)]
}

// mostPrice is above all prices that an amount can have.
const mostPrice = ledger.Money(1e17)

// ofTier reads the names of a tier whose create costs what the tier says, if that is within a span of prices, after a
// place.
func (c *Call) ofTier(tier int, span registry.PriceSpan, after registry.PricePlace) []registry.PriceEntry {
	cost := c.Terms.CostsOf(registry.NamePrice{Tier: tier}).Create
	if cost < span.From || cost > span.To {
		return nil
	}
	from := after.Name
	switch cmp.Or(cmp.Compare(cost, after.Price), cmp.Compare(tier, after.Tier)) {
	case -1:
		return nil
	case 1:
		from = names.Name{}
	}
	return c.entriesOfPrices(func() ([]registry.PriceEntry, error) { return c.reader.PremiumTier(c.Now, tier, from, premiumLooked) })
}

func (c *Call) entriesOfPrices(get func() ([]registry.PriceEntry, error)) []registry.PriceEntry {
	list, _ := read(c, func() ([]registry.PriceEntry, bool, error) {
		list, err := get()
		return list, true, err
	})
	return list
}

func comparePlaces(a, b registry.PricePlace) int {
	return cmp.Or(cmp.Compare(a.Price, b.Price), cmp.Compare(a.Tier, b.Tier), strings.Compare(a.Name.String(), b.Name.String()))
}

// pricePlaceText writes a place so that parsePricePlace reads it.
func pricePlaceText(p registry.PricePlace) string {
	return strconv.FormatInt(int64(p.Price), 10) + "." + strconv.Itoa(p.Tier) + "." + p.Name.String()
}

// parsePricePlace reads a place. An empty text is that of the first page.
func parsePricePlace(text string) (p registry.PricePlace, known bool) {
	if text == "" {
		return p, true
	}
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return p, false
	}
	price, err1 := strconv.ParseInt(parts[0], 10, 64)
	tier, err2 := strconv.Atoi(parts[1])
	name, err3 := names.Parse(parts[2])
	p = registry.PricePlace{Price: ledger.Money(price), Tier: tier, Name: name}
	return p, cmp.Or(err1, err2, err3) == nil && price >= 0 && tier >= 0
}

// pricesAreForward holds for a span of prices that has some.
func pricesAreForward(s registry.PriceSpan) Rule {
	return refuseIf("pricesAreForward", s.From < 0 || s.To < 0 || s.To > 0 && s.To < s.From, registry.Error{
		Code: registry.ParameterRange, Field: "price", Value: s.From.String() + " to " + s.To.String(),
		Reason: "the highest price is below the lowest, or one is below zero; give two amounts, the lower one first",
	})
}
