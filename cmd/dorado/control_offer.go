package main

import (
	"context"
	"errors"
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
	mux.HandleFunc("POST /prices", answerJSON(h, h.setPrices))
	mux.HandleFunc("GET /offers", answerJSON(h, h.listOffers))
	mux.HandleFunc("GET /offers/{name}", answerJSON(h, h.showOffer))
	mux.HandleFunc("POST /listings", answerJSON(h, h.addListings))
	mux.HandleFunc("DELETE /listings/{kind}/{name}", answerJSON(h, h.removeListing))
	mux.HandleFunc("POST /allocations/{name}", answerJSON(h, h.makeAllocation))
	mux.HandleFunc("DELETE /allocations/{name}", answerJSON(h, h.cancelAllocation))
}

// A priceLine is what a name costs from an instant on.
type priceLine struct {
	Line     int    `json:"line,omitempty"` // of the file that it was read from
	Name     string `json:"name"`
	From     string `json:"from,omitempty"`
	Tier     int    `json:"tier,omitempty"`
	Create   string `json:"create,omitempty"`
	Renew    string `json:"renew,omitempty"`
	Transfer string `json:"transfer,omitempty"`
	Restore  string `json:"restore,omitempty"`
	List     int64  `json:"list,omitempty"`  // the price list that it is of
	Until    string `json:"until,omitempty"` // when a price list begins
}

// price reads the texts of a line, at an instant from which lengths of time count.
func (l priceLine) price(now time.Time) (registry.NamePrice, error) {
	name, err := nameOf(l.Name)
	p := registry.NamePrice{Name: name, Tier: l.Tier}
	if err == nil {
		p.From, err = optionalInstant(l.From, now)
	}
	for text, amount := range map[*string]*ledger.Money{&l.Create: &p.Create, &l.Renew: &p.Renew, &l.Transfer: &p.Transfer, &l.Restore: &p.Restore} {
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

// optionalInstant reads an instant, or a length of time from now on; nothing is the zero instant.
func optionalInstant(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if span, err := parseSpan(text); err == nil {
		return now.Add(span).Truncate(time.Second), nil
	}
	at, err := parseInstant(text)
	if err != nil {
		return at, fmt.Errorf("%q is neither an instant such as 2027-01-31 nor a length of time such as 7d", text)
	}
	return at, nil
}

func lineOfPrice(p registry.NamePrice) priceLine {
	return priceLine{
		Name: p.Name.String(), From: instantText(p.From), Tier: p.Tier,
		Create: ownPrice(p.Create), Renew: ownPrice(p.Renew), Transfer: ownPrice(p.Transfer), Restore: ownPrice(p.Restore),
		List: p.List, Until: instantText(p.Until),
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
	Line   int    `json:"line,omitempty"` // of the file that it was read from
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
	From   string `json:"from,omitempty"`
	Until  string `json:"until,omitempty"`
}

// listing reads the texts of a line, at an instant from which lengths of time count.
func (l listingLine) listing(now time.Time) (registry.Listing, error) {
	name, err := nameOf(l.Name)
	entry := registry.Listing{Name: name, Kind: registry.ListKind(l.Kind), Reason: l.Reason}
	if err == nil {
		entry.Starts, err = optionalInstant(l.From, now)
	}
	if err == nil {
		entry.Ends, err = optionalInstant(l.Until, now)
	}
	return entry, err
}

// An offerLine is what is settled about one name. Code is open, or closed once it was used or cancelled, if
// there is an allocation code;
// Costs are of one year now, and only in the answer about a single name.
type offerLine struct {
	Name     string        `json:"name"`
	Prices   []priceLine   `json:"prices,omitempty"`
	Listings []listingLine `json:"listings,omitempty"`
	Code     string        `json:"code,omitempty"`
	CodeMade string        `json:"codeMade,omitempty"`
	Reserved bool          `json:"reserved,omitempty"` // now
	Costs    []costLine    `json:"costs,omitempty"`

	NotForSale string `json:"notForSale,omitempty"` // why; only in the answer about a single name
}

// A costLine is what one year of an operation costs.
type costLine struct {
	Operation string `json:"operation"`
	Amount    string `json:"amount"`
	Currency  string `json:"currency"`
}

func lineOfOffer(o registry.Offer, now time.Time) offerLine {
	line := offerLine{Name: o.Name.String(), CodeMade: instantText(o.Allocation.Made)}
	_, line.Reserved = o.ListedAt(now, registry.Reserved)
	for _, p := range o.Prices {
		line.Prices = append(line.Prices, lineOfPrice(p))
	}
	for _, l := range o.Listings {
		line.Listings = append(line.Listings, listingLine{
			Name: l.Name.String(), Kind: string(l.Kind), Reason: l.Reason, From: instantText(l.Starts), Until: instantText(l.Ends),
		})
	}
	switch {
	case o.Allocation.Open():
		line.Code = "open"
	case !o.Allocation.IsZero():
		line.Code = "closed"
	}
	return line
}

// A settlement is something about names that is settled at once, by whom.
type settlement[L any] struct {
	actRequest
	Lines []L `json:"lines"`
}

// A settledCount is how many names something was settled about, and which of them are registered.
type settledCount struct {
	Count      int      `json:"count"`
	Registered []string `json:"registered,omitempty"`
}

func (h *house) setPrices(ctx context.Context, _ *http.Request, q settlement[priceLine]) (settledCount, error) {
	var cmd flow.PriceSet
	at := map[string]int{}
	for _, l := range q.Lines {
		p, err := l.price(h.core.clock.Now())
		if err != nil {
			return settledCount{}, mistake{err}
		}
		at[p.Name.String()] = l.Line
		cmd.Prices = append(cmd.Prices, p)
	}
	if _, err := h.core.run(ctx, cmd); err != nil {
		return settledCount{}, inLine(at, err)
	}
	for _, p := range cmd.Prices {
		h.log.Info("price:set", "name", p.Name.String(), "price", tellPrice(lineOfPrice(p)), "from", instantText(p.From), "author", q.Author, "reason", q.Reason)
	}
	return settledCount{Count: len(cmd.Prices)}, nil
}

// inLine says in which line of a file the name stands that a refusal is about.
func inLine(lines map[string]int, err error) error {
	if refusal, ok := errors.AsType[*registry.Error](err); ok && lines[refusal.Value] > 0 {
		return mistake{fmt.Errorf("line %d: %w", lines[refusal.Value], err)}
	}
	return err
}

func (h *house) addListings(ctx context.Context, _ *http.Request, q settlement[listingLine]) (settledCount, error) {
	var cmd flow.ListingAdd
	at := map[string]int{}
	for _, l := range q.Lines {
		entry, err := l.listing(h.core.clock.Now())
		if err != nil {
			return settledCount{}, mistake{err}
		}
		at[entry.Name.String()] = l.Line
		cmd.Listings = append(cmd.Listings, entry)
	}
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return settledCount{}, inLine(at, err)
	}
	for _, l := range cmd.Listings {
		h.log.Info("listing:add", "list", l.Kind, "name", l.Name.String(), "reason", l.Reason,
			"from", instantText(l.Starts), "until", instantText(l.Ends), "author", q.Author)
	}
	done := reply.(flow.Listed)
	answer := settledCount{Count: done.Count}
	for _, n := range done.Registered {
		answer.Registered = append(answer.Registered, n.String())
	}
	return answer, nil
}

func (h *house) removeListing(ctx context.Context, r *http.Request, q actRequest) (settledCount, error) {
	name, err := nameOf(r.PathValue("name"))
	if err != nil {
		return settledCount{}, mistake{err}
	}
	kind := registry.ListKind(r.PathValue("kind"))
	reply, err := h.core.run(ctx, flow.ListingRemove{Name: name, Kind: kind})
	if err != nil {
		return settledCount{}, err
	}
	h.log.Info("listing:remove", "list", kind, "name", name.String(), "author", q.Author, "reason", q.Reason)
	return settledCount{Count: reply.(int)}, nil
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
		page.Offers[i] = lineOfOffer(o, h.core.clock.Now())
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
	line := lineOfOffer(details.Offer, h.core.clock.Now())
	line.Name, line.NotForSale = name.String(), details.NotForSale
	for _, q := range details.Quotes {
		line.Costs = append(line.Costs, costLine{string(q.Operation), q.Total().String(), q.Currency})
	}
	return line, nil
}
