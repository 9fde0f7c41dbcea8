package flow

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// What the operator settles about names, registered or not: prices and lists.

// maxSettled bounds how many names one command settles something about. Longer lists come in parts.
const maxSettled = 1000

// PriceSet sets what names cost, each from its instant on: now, if that is zero. It is the operator's.
// Decisions 5.3.
type PriceSet struct{ Prices []registry.NamePrice }

// Subject is price:set.
func (cmd PriceSet) Subject() Subject {
	s := Subject{Command: "set", Object: "price"}
	if len(cmd.Prices) == 1 {
		s.ID = cmd.Prices[0].Name.String()
	}
	return s
}

// Run sets the prices.
func (cmd PriceSet) Run(c *Call) (Reply, registry.Changes, error) {
	rules := []Rule{settledFit(len(cmd.Prices))}
	prices := make([]registry.NamePrice, len(cmd.Prices))
	for i, p := range cmd.Prices {
		if p.From.IsZero() {
			p.From = c.Now
		}
		p.Until, p.List = time.Time{}, 0
		prices[i] = p
		for _, r := range []Rule{nameIsRegistrable(c.Profile, p.Name), priceIsLegal(c.Terms, p.Entry()), beginsInTime(p.Name, p.From, c.Now)} {
			rules = append(rules, r.among(len(cmd.Prices), p.Name))
		}
	}
	if err := c.check(rules...); err != nil {
		return nil, registry.Changes{}, err
	}
	return len(prices), registry.Changes{Prices: prices}, nil
}

// among returns a rule whose refusal says which of several names it is about.
func (r Rule) among(several int, n names.Name) Rule {
	if r.Refusal == nil || several < 2 {
		return r
	}
	e := *r.Refusal
	if e.Value != n.String() {
		e.Reason = fmt.Sprintf("%s %q: %s", e.Field, e.Value, e.Reason)
	}
	e.Field, e.Value, r.Refusal = "name", n.String(), &e
	return r
}

// settledFit bounds how many names one command settles something about.
func settledFit(n int) Rule {
	return refuseIf("settledFit", n == 0 || n > maxSettled, registry.Error{
		Code: registry.ParameterRange, Field: "name", Value: strconv.Itoa(n),
		Reason: "this is too little or too much at once; name 1 to " + strconv.Itoa(maxSettled) + " names",
	})
}

// priceIsLegal holds for a tier that there is and amounts that are none below zero.
func priceIsLegal(t *policy.Terms, p registry.PriceEntry) Rule {
	tiers := len(t.Prices.Tiers)
	return allOf("priceIsLegal",
		refuseIf("priceIsLegal", p.Tier < 0 || p.Tier > tiers, registry.Error{
			Code: registry.ParameterRange, Field: "tier", Value: strconv.Itoa(p.Tier),
			Reason: "there is no such tier; there are " + strconv.Itoa(tiers),
		}),
		refuseIf("priceIsLegal", min(p.Create, p.Renew, p.Transfer, p.Restore) < 0, registry.Error{
			Code: registry.ParameterRange, Field: "price", Value: p.Name.String(),
			Reason: "a price is below zero; give none, or more",
		}),
	)
}

// beginsInTime holds for what does not begin in the past: what has been charged or refused stays so.
func beginsInTime(name names.Name, from, now time.Time) Rule {
	return refuseIf("beginsInTime", from.Before(now), registry.Error{
		Code: registry.ParameterRange, Field: "from", Value: from.Format(time.RFC3339),
		Reason: "for " + name.String() + " this is in the past; begin it now or later",
	})
}

// ListingAdd puts names on lists, from now on if they have no start. A name that stands on the list
// already gets the new reason and the new end. It is the operator's. Decisions 1.4.
type ListingAdd struct{ Listings []registry.Listing }

// Subject is listing:add.
func (cmd ListingAdd) Subject() Subject {
	s := Subject{Command: "add", Object: "listing"}
	if len(cmd.Listings) == 1 {
		s.ID = cmd.Listings[0].Name.String()
	}
	return s
}

// Run puts the names on the lists.
func (cmd ListingAdd) Run(c *Call) (Reply, registry.Changes, error) {
	rules := []Rule{settledFit(len(cmd.Listings))}
	listings := make([]registry.Listing, len(cmd.Listings))
	done := Listed{Count: len(listings)}
	for i, l := range cmd.Listings {
		if l.Starts.IsZero() {
			l.Starts = c.Now
		}
		for _, r := range []Rule{nameIsRegistrable(c.Profile, l.Name), listingIsLegal(l), beginsInTime(l.Name, l.Starts, c.Now)} {
			rules = append(rules, r.among(len(cmd.Listings), l.Name))
		}
		if stands, ok := c.Offer(l.Name).ListedAt(l.Starts, l.Kind); ok {
			l.Starts = stands.Starts
		}
		listings[i] = l
	}
	if err := c.check(rules...); err != nil {
		return nil, registry.Changes{}, err
	}
	for _, l := range listings {
		if _, registered := c.Domain(l.Name); registered {
			done.Registered = append(done.Registered, l.Name)
		}
	}
	return done, registry.Changes{Listings: listings}, nil
}

// Listed is what ListingAdd replies.
type Listed struct {
	Count      int
	Registered []names.Name // those that stay so: a list concerns the next registration
}

// listingIsLegal holds for a list that there is, an entry that says why it stands there, and one that ends
// after it begins.
func listingIsLegal(l registry.Listing) Rule {
	return allOf("listingIsLegal",
		listExists(l.Kind),
		refuseIf("listingIsLegal", l.Reason == "", registry.Error{
			Code: registry.ParameterMissing, Field: "reason", Value: l.Name.String(),
			Reason: "there is no reason; say why the name stands there",
		}),
		refuseIf("listingIsLegal", !l.Ends.IsZero() && !l.Ends.After(l.Starts), registry.Error{
			Code: registry.ParameterRange, Field: "until", Value: l.Ends.Format(time.RFC3339),
			Reason: "the entry of " + l.Name.String() + " ends before it begins; end it later",
		}),
	)
}

// listExists holds for the kind of a list.
func listExists(kind registry.ListKind) Rule {
	for _, k := range registry.ListKinds() {
		if k == kind {
			return holds("listExists", "kind", string(kind))
		}
	}
	return refuse("listExists", registry.Error{
		Code: registry.ParameterRange, Field: "kind", Value: string(kind),
		Reason: "there is no such list; there are banned, blocked and reserved",
	})
}

// ListingRemove takes a name off a list, as of now. It is the operator's.
type ListingRemove struct {
	Name names.Name
	Kind registry.ListKind
}

// Subject is listing:remove.
func (cmd ListingRemove) Subject() Subject {
	return Subject{Command: "remove", Object: "listing", ID: cmd.Name.String()}
}

// Run ends the entries of the name that have not ended; one that has not begun never holds.
func (cmd ListingRemove) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	var listings []registry.Listing
	for _, l := range c.Offer(cmd.Name).Listings {
		if l.Kind != cmd.Kind || !l.Ends.IsZero() && !l.Ends.After(c.Now) {
			continue
		}
		l.Ends = c.Now
		if l.Starts.After(c.Now) {
			l.Ends = l.Starts
		}
		listings = append(listings, l)
	}

	// Check.
	if err := c.check(
		listExists(cmd.Kind),
		nameIsListed(cmd.Name, len(listings)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return len(listings), registry.Changes{Listings: listings}, nil
}

// nameIsListed holds for a name with entries in the list that have not ended.
func nameIsListed(n names.Name, entries int) Rule {
	return refuseIf("nameIsListed", entries == 0, registry.Error{
		Code: registry.ObjectMissing, Field: "name", Value: n.String(),
		Reason: "the list does not have it; look at what it has",
	})
}

// OfferList asks for names about which something is settled for them alone, for the operator.
type OfferList struct {
	After names.Name
	Limit int
}

// Answer returns a []registry.Offer in order of name.
func (q OfferList) Answer(c *Call) (Reply, error) {
	list, _ := read(c, func() ([]registry.Offer, bool, error) {
		list, err := c.reader.Offers(q.After, q.Limit)
		return list, true, err
	})
	return list, nil
}

// OfferShow asks what is settled about one name, and what it costs now, for the operator.
type OfferShow struct{ Name names.Name }

// OfferDetails is what OfferShow answers: the quotes are those of one year, in the order of operations.
type OfferDetails struct {
	registry.Offer
	Quotes     []policy.Quote
	NotForSale string // why nobody can register it, whatever it costs; empty if that can be
}

// Answer returns OfferDetails.
func (q OfferShow) Answer(c *Call) (Reply, error) {
	if err := c.check(nameIsRegistrable(c.Profile, q.Name)); err != nil {
		return nil, err
	}
	details := OfferDetails{Offer: c.Offer(q.Name)}
	for _, op := range []policy.Operation{policy.OpCreate, policy.OpRenew, policy.OpTransfer, policy.OpRestore} {
		details.Quotes = append(details.Quotes, c.quote(q.Name, op, 1, details.Offer))
	}
	price := details.PriceAt(c.Now)
	price.Name = q.Name
	details.NotForSale = c.whyNotForSale(price, details.Offer)
	return details, nil
}

// whyNotForSale says why the name of a price cannot be registered under it: that its zone is not sold or withholds it,
// or what is settled about it; empty if it can.
func (c *Call) whyNotForSale(price registry.NamePrice, offer registry.Offer) string {
	for _, r := range []Rule{
		zoneIsSold(c.Profile, price.Name), nameIsOffered(c.Profile, price.Name, price), nameIsUnlisted(price.Name, offer, c.Now),
	} {
		if r.Refusal != nil {
			why, _, _ := strings.Cut(r.Refusal.Reason, ";")
			return why
		}
	}
	return ""
}
