package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Price lists over the control socket. A file comes as it is, as the body of the request, since it may have a million
// lines; who imports it, why and from when stand in the query.

func (h *house) priceLists(mux *http.ServeMux) {
	mux.HandleFunc("POST /pricelists", h.importPrices)
	mux.HandleFunc("GET /pricelists", answerJSON(h, h.listPriceLists))
	mux.HandleFunc("GET /pricelists/{id}", answerJSON(h, h.showPriceList))
	mux.HandleFunc("DELETE /pricelists/{id}", answerJSON(h, h.dropPriceList))
}

// A priceListLine is one price list.
type priceListLine struct {
	ID     int64  `json:"id"`
	State  string `json:"state"` // staged, coming, in force, past, dropped
	From   string `json:"from,omitempty"`
	Names  int    `json:"names"`
	Digest string `json:"sha256"`
	Author string `json:"author"`
	Reason string `json:"reason"`
	Made   string `json:"made"`
}

func lineOfList(l registry.PriceList) priceListLine {
	return priceListLine{
		ID: l.ID, State: string(l.State), From: instantText(l.Starts), Names: l.Names, Digest: l.Digest,
		Author: l.Author, Reason: l.Reason, Made: instantText(l.Made),
	}
}

// A pricePreview is what a file of prices would change. Amounts are decimal texts.
type pricePreview struct {
	From                    string           `json:"from"`
	Names                   int              `json:"names"`
	Come                    int              `json:"come"`
	Go                      int              `json:"go"`
	Change                  int              `json:"change"`
	Stay                    int              `json:"stay"`
	CreateBefore            string           `json:"createBefore"`
	CreateAfter             string           `json:"createAfter"`
	RenewBefore             string           `json:"renewBefore"`
	RenewAfter              string           `json:"renewAfter"`
	Registered              int              `json:"registered"`
	RegisteredRenewalBefore string           `json:"registeredRenewalsBefore"`
	RegisteredRenewalAfter  string           `json:"registeredRenewalsAfter"`
	NotForSale              int              `json:"notForSale"`
	Examples                []previewExample `json:"examples,omitempty"`
}

// A previewExample is one name that a file changes, with the prices of a create and of a renewal.
type previewExample struct {
	Name         string `json:"name"`
	Change       string `json:"change"`
	CreateBefore string `json:"createBefore"`
	CreateAfter  string `json:"createAfter"`
	RenewBefore  string `json:"renewBefore"`
	RenewAfter   string `json:"renewAfter"`
	Registered   bool   `json:"registered,omitempty"`
	NotForSale   string `json:"notForSale,omitempty"` // why
}

func previewOf(d flow.PriceDifference) pricePreview {
	p := pricePreview{
		From: instantText(d.Starts), Names: d.Names, Come: d.Come, Go: d.Go, Change: d.Change, Stay: d.Stay,
		CreateBefore: d.Before.Create.String(), CreateAfter: d.After.Create.String(),
		RenewBefore: d.Before.Renew.String(), RenewAfter: d.After.Renew.String(),
		Registered: d.Registered, RegisteredRenewalBefore: d.RenewBefore.String(), RegisteredRenewalAfter: d.RenewAfter.String(), NotForSale: d.NotForSale,
	}
	for _, e := range d.Examples {
		p.Examples = append(p.Examples, previewExample{
			e.Name.String(), string(e.Kind), e.Before.Create.String(), e.After.Create.String(),
			e.Before.Renew.String(), e.After.Renew.String(), e.Registered, e.NotForSale,
		})
	}
	return p
}

// importPrices makes a list of a file, or says what that would change.
func (h *house) importPrices(w http.ResponseWriter, r *http.Request) {
	answer, err := h.importFile(r)
	debug.FreeOSMemory()               // a million names are some hundred megabytes, and come once a year
	_, _ = io.Copy(io.Discard, r.Body) // whoever sends it reads no answer before
	h.answer(w, r, answer, err)
}

// importPercent is how much of the time an import stages; the rest is left to the commands of registrars.
const importPercent = 50

// stage runs a command of an import, and rests after one that many will follow.
func (h *house) stage(ctx context.Context, cmd flow.Command) (flow.Reply, error) {
	began := time.Now()
	reply, err := h.core.run(ctx, cmd)
	if _, many := cmd.(flow.PriceListStage); many && err == nil {
		err = rest(ctx, time.Since(began), importPercent)
	}
	return reply, err
}

func (h *house) importFile(r *http.Request) (any, error) {
	q := r.URL.Query()
	what := flow.PriceImport{Act: flow.Act{Author: q.Get("author"), Reason: q.Get("reason")}}
	now := h.core.clock.Now()
	var err error
	if what.Starts, err = optionalInstant(q.Get("from"), now); err != nil {
		return nil, mistake{err}
	}
	at := now
	if what.Starts.After(now) {
		at = what.Starts
	}
	if !h.importing.TryLock() {
		return nil, mistake{errors.New("another file of prices is being read; wait until that has ended")}
	}
	defer h.importing.Unlock()
	what.PriceFile, err = h.core.service.Profile.ReadPrices(r.Body, at, h.core.service.Terms().Limits.PriceListNames)
	if wrong, ok := errors.AsType[*policy.PriceFileError](err); ok {
		return nil, mistake{wrong}
	}
	if err != nil {
		return nil, err
	}
	if q.Get("preview") != "" {
		reply, err := h.core.service.Ask(r.Context(), "", flow.PricePreview{PriceImport: what})
		if err != nil {
			return nil, err
		}
		return previewOf(reply.(flow.PriceDifference)), nil
	}
	l, err := flow.ImportPrices(r.Context(), h.stage, what)
	if err != nil {
		return nil, err
	}
	h.log.Info("price:import", "list", l.ID, "names", l.Names, "from", instantText(l.Starts), "sha256", l.Digest, "author", l.Author, "reason", l.Reason)
	return lineOfList(l), nil
}

func (h *house) listPriceLists(ctx context.Context, _ *http.Request, _ struct{}) ([]priceListLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.PriceLists{})
	if err != nil {
		return nil, err
	}
	lists := reply.([]registry.PriceList)
	lines := make([]priceListLine, len(lists))
	for i, l := range lists {
		lines[i] = lineOfList(l)
		if l.State == registry.ListEffective {
			lines[i].State = stateAt(lists, l, h.core.clock.Now())
		}
	}
	return lines, nil
}

// stateAt says whether an effective list is in force, was or will be.
func stateAt(lists []registry.PriceList, l registry.PriceList, now time.Time) string {
	if l.Starts.After(now) {
		return "coming"
	}
	for _, o := range lists {
		if o.State == registry.ListEffective && o.Starts.After(l.Starts) && !o.Starts.After(now) {
			return "past"
		}
	}
	return "in force"
}

// A priceListPage is some entries of a list; Last is the name to go on after, empty at the end.
type priceListPage struct {
	List   priceListLine `json:"list"`
	Prices []priceLine   `json:"prices"`
	Last   string        `json:"last,omitempty"`
}

// entriesPage is how many entries of a list one answer has.
const entriesPage = 5000

func (h *house) showPriceList(ctx context.Context, r *http.Request, _ struct{}) (priceListPage, error) {
	q := flow.PriceListShow{Limit: entriesPage}
	var err error
	if q.List, err = listIDOf(r); err != nil {
		return priceListPage{}, err
	}
	if after := r.URL.Query().Get("after"); after != "" {
		if q.After, err = names.Parse(after); err != nil {
			return priceListPage{}, mistake{err}
		}
	}
	reply, err := h.core.service.Ask(ctx, "", q)
	if err != nil {
		return priceListPage{}, err
	}
	page := reply.(flow.PriceListPage)
	answer := priceListPage{List: lineOfList(page.PriceList)}
	for _, e := range page.Entries {
		answer.Prices = append(answer.Prices, lineOfPrice(e.From(page.Starts, page.ID)))
	}
	if n := len(page.Entries); n == entriesPage {
		answer.Last = page.Entries[n-1].Name.String()
	}
	return answer, nil
}

func listIDOf(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, mistake{errors.New("\"" + r.PathValue("id") + "\" is no number of a price list; dorado price lists shows them")}
	}
	return id, nil
}

func (h *house) dropPriceList(ctx context.Context, r *http.Request, q actRequest) (priceListLine, error) {
	id, err := listIDOf(r)
	if err != nil {
		return priceListLine{}, err
	}
	reply, err := h.core.run(ctx, flow.PriceListDrop{Act: q.act(r), List: id})
	if err != nil {
		return priceListLine{}, err
	}
	l := reply.(registry.PriceList)
	h.log.Info("price:drop", "list", l.ID, "names", l.Names, "from", instantText(l.Starts), "author", q.Author, "reason", q.Reason)
	return lineOfList(l), nil
}
