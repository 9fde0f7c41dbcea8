package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What is settled about names, over the control socket: prices, lists and allocation codes. Amounts are
// decimal texts, instants those of the command line; an empty one is now, or no end.

// offers adds what is settled about names to the handler of the control socket.
func (h *house) offers(mux *http.ServeMux) {
	mux.HandleFunc("POST /registrars/{id}/settings", answerJSON(h, h.setRegistrar))
	mux.HandleFunc("POST /prices", answerJSON(h, h.setPrices))
	mux.HandleFunc("GET /offers", answerJSON(h, h.listOffers))
	mux.HandleFunc("GET /offers/{name}", answerJSON(h, h.showOffer))
	mux.HandleFunc("POST /listings", answerJSON(h, h.addListings))
	mux.HandleFunc("DELETE /listings/{kind}/{name}", answerJSON(h, h.removeListing))
	mux.HandleFunc("POST /allocations/{name}", answerJSON(h, h.makeAllocation))
}

// A priceLine is what a name costs from an instant on.
type priceLine struct {
	Name    string `json:"name"`
	From    string `json:"from,omitempty"`
	Tier    int    `json:"tier,omitempty"`
	Create  string `json:"create,omitempty"`
	Renew   string `json:"renew,omitempty"`
	Restore string `json:"restore,omitempty"`
}

// price reads the texts of a line.
func (l priceLine) price() (registry.NamePrice, error) {
	name, err := nameOf(l.Name)
	p := registry.NamePrice{Name: name, Tier: l.Tier}
	if err == nil {
		p.From, err = optionalInstant(l.From)
	}
	for text, amount := range map[*string]*ledger.Money{&l.Create: &p.Create, &l.Renew: &p.Renew, &l.Restore: &p.Restore} {
		if *text == "" || err != nil {
			continue
		}
		if *amount, err = ledger.ParseMoney(*text); err == nil && *amount <= 0 {
			err = fmt.Errorf("a price of its own is more than zero, and %s has %s", l.Name, *text)
		}
	}
	return p, err
}

// nameOf reads a name as people write it.
func nameOf(text string) (names.Name, error) {
	name, err := names.Parse(strings.ToLower(strings.TrimSpace(text)))
	if err != nil {
		return name, fmt.Errorf("%q is no name: %w", text, err)
	}
	return name, nil
}

func optionalInstant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return parseInstant(text)
}

func lineOfPrice(p registry.NamePrice) priceLine {
	return priceLine{
		Name: p.Name.String(), From: instantText(p.From), Tier: p.Tier,
		Create: ownPrice(p.Create), Renew: ownPrice(p.Renew), Restore: ownPrice(p.Restore),
	}
}

func ownPrice(m ledger.Money) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// A listingLine is one entry of a list.
type listingLine struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
	From   string `json:"from,omitempty"`
	Until  string `json:"until,omitempty"`
}

// listing reads the texts of a line.
func (l listingLine) listing() (registry.Listing, error) {
	name, err := nameOf(l.Name)
	entry := registry.Listing{Name: name, Kind: registry.ListKind(l.Kind), Reason: l.Reason}
	if err == nil {
		entry.Starts, err = optionalInstant(l.From)
	}
	if err == nil {
		entry.Ends, err = optionalInstant(l.Until)
	}
	return entry, err
}

// An offerLine is what is settled about one name. Code is open or used if there is an allocation code;
// Costs are of one year now, and only in the answer about a single name.
type offerLine struct {
	Name     string        `json:"name"`
	Prices   []priceLine   `json:"prices,omitempty"`
	Listings []listingLine `json:"listings,omitempty"`
	Code     string        `json:"code,omitempty"`
	Costs    []costLine    `json:"costs,omitempty"`
}

// A costLine is what one year of an operation costs.
type costLine struct {
	Operation string `json:"operation"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
}

func lineOfOffer(o registry.Offer) offerLine {
	line := offerLine{Name: o.Name.String()}
	for _, p := range o.Prices {
		line.Prices = append(line.Prices, lineOfPrice(p))
	}
	for _, l := range o.Listings {
		line.Listings = append(line.Listings, listingLine{
			l.Name.String(), string(l.Kind), l.Reason, instantText(l.Starts), instantText(l.Ends),
		})
	}
	switch {
	case o.Allocation.Open():
		line.Code = "open"
	case !o.Allocation.IsZero():
		line.Code = "used"
	}
	return line
}

// A settledCount is how many names something was settled about.
type settledCount struct {
	Count int `json:"count"`
}

func (h *house) setPrices(ctx context.Context, _ *http.Request, lines []priceLine) (settledCount, error) {
	var cmd flow.PriceSet
	for _, l := range lines {
		p, err := l.price()
		if err != nil {
			return settledCount{}, mistake{err}
		}
		cmd.Prices = append(cmd.Prices, p)
	}
	return h.settle(ctx, cmd)
}

func (h *house) addListings(ctx context.Context, _ *http.Request, lines []listingLine) (settledCount, error) {
	var cmd flow.ListingAdd
	for _, l := range lines {
		entry, err := l.listing()
		if err != nil {
			return settledCount{}, mistake{err}
		}
		cmd.Listings = append(cmd.Listings, entry)
	}
	return h.settle(ctx, cmd)
}

func (h *house) removeListing(ctx context.Context, r *http.Request, _ struct{}) (settledCount, error) {
	name, err := nameOf(r.PathValue("name"))
	if err != nil {
		return settledCount{}, mistake{err}
	}
	return h.settle(ctx, flow.ListingRemove{Name: name, Kind: registry.ListKind(r.PathValue("kind"))})
}

// settle runs one of the operator's commands that reply a count.
func (h *house) settle(ctx context.Context, cmd flow.Command) (settledCount, error) {
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return settledCount{}, err
	}
	count := reply.(int)
	subject := cmd.Subject()
	h.log.Info("settled about names", "command", subject.String(), "name", subject.ID, "count", count)
	return settledCount{count}, nil
}

// An allocationLine is a name and the code that allocates it.
type allocationLine struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

func (h *house) makeAllocation(ctx context.Context, r *http.Request, _ struct{}) (allocationLine, error) {
	name, err := nameOf(r.PathValue("name"))
	if err != nil {
		return allocationLine{}, mistake{err}
	}
	reply, err := h.core.run(ctx, flow.AllocationMake{Name: name})
	if err != nil {
		return allocationLine{}, err
	}
	made := reply.(flow.Allocated)
	h.log.Info("allocation code made", "name", made.Name.String())
	return allocationLine{made.Name.String(), made.Code}, nil
}

// An offerPage is some of what is settled. Last is the after of the next page; empty when there is none.
type offerPage struct {
	Offers []offerLine `json:"offers"`
	Last   string      `json:"last,omitempty"`
}

func (h *house) listOffers(ctx context.Context, r *http.Request, _ struct{}) (offerPage, error) {
	var after names.Name
	if text := r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = nameOf(text); err != nil {
			return offerPage{}, mistake{err}
		}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.OfferList{After: after, Limit: namesPage})
	if err != nil {
		return offerPage{}, err
	}
	list := reply.([]registry.Offer)
	page := offerPage{Offers: make([]offerLine, len(list))}
	for i, o := range list {
		page.Offers[i] = lineOfOffer(o)
	}
	if len(list) == namesPage {
		page.Last = page.Offers[len(list)-1].Name
	}
	return page, nil
}

func (h *house) showOffer(ctx context.Context, r *http.Request, _ struct{}) (offerLine, error) {
	name, err := nameOf(r.PathValue("name"))
	if err != nil {
		return offerLine{}, mistake{err}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.OfferShow{Name: name})
	if err != nil {
		return offerLine{}, err
	}
	details := reply.(flow.OfferDetails)
	line := lineOfOffer(details.Offer)
	line.Name = name.String()
	for _, q := range details.Quotes {
		line.Costs = append(line.Costs, costLine{string(q.Operation), q.Total().String(), q.Currency})
	}
	return line, nil
}

// registrarSettings are what a registrar wants to be told is unavailable; nil leaves a setting.
type registrarSettings struct {
	PremiumsUnavailable *bool `json:"premiumsUnavailable,omitempty"`
	IDNsUnavailable     *bool `json:"idnsUnavailable,omitempty"`
}

func (h *house) setRegistrar(ctx context.Context, r *http.Request, q registrarSettings) (registrarSettings, error) {
	id := registry.RegistrarID(r.PathValue("id"))
	reply, err := h.core.run(ctx, flow.RegistrarSet{
		Registrar: id, PremiumsUnavailable: q.PremiumsUnavailable, IDNsUnavailable: q.IDNsUnavailable,
	})
	if err != nil {
		return q, err
	}
	set := reply.(registry.Registrar)
	h.log.Info("registrar set", "registrar", string(id))
	return registrarSettings{&set.PremiumsUnavailable, &set.IDNsUnavailable}, nil
}
