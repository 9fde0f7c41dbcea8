package main

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What an operator sees of months and invoices and does about fees, over the control socket.

// bills adds months, invoices and fees to the handler of the control socket.
func (h *house) bills(mux *http.ServeMux) {
	mux.HandleFunc("GET /billing/transactions", answerJSON(h, h.listTransactions))
	mux.HandleFunc("GET /billing/months", answerJSON(h, h.listMonths))
	mux.HandleFunc("POST /billing/months", answerJSON(h, h.closeMonths))
	mux.HandleFunc("GET /billing/invoices", answerJSON(h, h.listInvoices))
	mux.HandleFunc("GET /billing/invoices/{number}", answerJSON(h, h.showInvoice))
	mux.HandleFunc("GET /billing/check", answerJSON(h, h.checkBilling))
	mux.HandleFunc("GET /billing/proposals", answerJSON(h, h.listProposals))
	mux.HandleFunc("POST /billing/proposals/{id}", answerJSON(h, h.decideProposal))
}

// A transactionPage is some of a registrar's billable transactions. Next is the after of the next page; empty on the
// last.
type transactionPage struct {
	Transactions []flow.Transaction `json:"transactions"`
	Next         string             `json:"next,omitempty"`
}

func (h *house) listTransactions(ctx context.Context, r *http.Request, _ struct{}) (transactionPage, error) {
	asked := r.URL.Query()
	month, err := ledger.ParseMonth(asked.Get("month"))
	if err != nil {
		return transactionPage{}, mistake{err}
	}
	after, err := parsePlace(asked.Get("after"))
	if err != nil {
		return transactionPage{}, mistake{err}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.Transactions{
		Registrar: registry.RegistrarID(asked.Get("registrar")), Span: registry.TimesOf(month), After: after,
	})
	if err != nil {
		return transactionPage{}, err
	}
	page := reply.(flow.TransactionPage)
	return transactionPage{page.Transactions, placeText(page.Next)}, nil
}

// placeText writes where a list goes on: microseconds, a space and an id.
func placeText(p registry.Place) string {
	if p == (registry.Place{}) {
		return ""
	}
	return strconv.FormatInt(p.Ended.UnixMicro(), 10) + " " + p.ID
}

// parsePlace reads what placeText wrote.
func parsePlace(text string) (p registry.Place, err error) {
	if text == "" {
		return p, nil
	}
	at, id, _ := strings.Cut(text, " ")
	micros, err := strconv.ParseInt(at, 10, 64)
	return registry.Place{Ended: time.UnixMicro(micros).UTC(), ID: id}, err
}

// A monthLine is a closed month.
type monthLine struct {
	registry.ClosedMonth
	Closed   time.Time `json:"Closed"`
	Invoices int64     `json:"Invoices"`
	Total    string    `json:"Total"`
	Currency string    `json:"Currency"`
}

func monthLines(months []registry.ClosedMonth, currency string) []monthLine {
	lines := []monthLine{}
	for _, m := range months {
		lines = append(lines, monthLine{m, m.Closed, m.Count(), m.Total().String(), currency})
	}
	return lines
}

// currency is that of the registry's prices.
func (h *house) currency() string { return h.core.service.Terms().Prices.Currency }

func (h *house) listMonths(ctx context.Context, r *http.Request, _ struct{}) ([]monthLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.MonthList{Before: ledger.Month(r.URL.Query().Get("before"))})
	if err != nil {
		return nil, err
	}
	return monthLines(reply.([]registry.ClosedMonth), h.currency()), nil
}

// A monthsClosed is which months were closed just now, and what the next one waits for.
type monthsClosed struct {
	Closed []monthLine    `json:"closed"`
	Next   flow.NextMonth `json:"next"`
}

func (h *house) closeMonths(ctx context.Context, _ *http.Request, _ struct{}) (monthsClosed, error) {
	closed, err := h.engine.closeNow(ctx)
	if err != nil {
		return monthsClosed{}, err
	}
	reply, err := h.core.service.Ask(ctx, "", flow.MonthNext{})
	if err != nil {
		return monthsClosed{}, err
	}
	return monthsClosed{monthLines(closed, h.currency()), reply.(flow.NextMonth)}, nil
}

// An invoicePage is some of the invoices. Next is the after of the next page; empty on the last.
type invoicePage struct {
	Invoices []registry.Invoice `json:"invoices"`
	Next     string             `json:"next,omitempty"`
}

func (h *house) listInvoices(ctx context.Context, r *http.Request, _ struct{}) (invoicePage, error) {
	asked := r.URL.Query()
	f := registry.InvoiceFilter{
		Registrar: registry.RegistrarID(asked.Get("registrar")), Month: ledger.Month(asked.Get("month")),
	}
	if month, number, found := strings.Cut(asked.Get("after"), " "); found {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return invoicePage{}, mistake{err}
		}
		f.After = registry.InvoicePlace{Month: ledger.Month(month), Number: n}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.InvoiceList{InvoiceFilter: f})
	if err != nil {
		return invoicePage{}, err
	}
	found := reply.(flow.InvoicePage)
	page := invoicePage{Invoices: found.Invoices}
	if found.Next != (registry.InvoicePlace{}) {
		page.Next = string(found.Next.Month) + " " + strconv.FormatInt(found.Next.Number, 10)
	}
	return page, nil
}

func (h *house) showInvoice(ctx context.Context, r *http.Request, _ struct{}) (registry.Invoice, error) {
	q, err := parseInvoiceName(r.PathValue("number"))
	if err != nil {
		return registry.Invoice{}, mistake{err}
	}
	reply, err := h.core.service.Ask(ctx, "", q)
	if err != nil {
		return registry.Invoice{}, err
	}
	return reply.(registry.Invoice), nil
}

func (h *house) checkBilling(ctx context.Context, r *http.Request, _ struct{}) (flow.BillingChecked, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.BillingCheck{Month: ledger.Month(r.URL.Query().Get("month"))})
	if err != nil {
		return flow.BillingChecked{}, err
	}
	return reply.(flow.BillingChecked), nil
}

// A proposalLine is a fee that was proposed.
type proposalLine struct {
	registry.Proposal
	Currency string `json:"Currency"`
}

func (h *house) listProposals(ctx context.Context, r *http.Request, _ struct{}) ([]proposalLine, error) {
	year := 0
	if text := r.URL.Query().Get("year"); text != "" {
		var err error
		if year, err = strconv.Atoi(text); err != nil {
			return nil, mistake{err}
		}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.ProposalList{Year: year})
	if err != nil {
		return nil, err
	}
	lines := []proposalLine{}
	for _, f := range reply.([]registry.Proposal) {
		lines = append(lines, proposalLine{f, h.currency()})
	}
	return lines, nil
}

// A proposalRequest decides a fee that was proposed.
type proposalRequest struct {
	actRequest
	Year  int  `json:"year"`
	Waive bool `json:"waive,omitempty"`
	Yes   bool `json:"yes,omitempty"` // though it puts the account on hold
}

func (h *house) decideProposal(ctx context.Context, r *http.Request, q proposalRequest) (registry.Proposal, error) {
	cmd := flow.ProposalDecide{Act: q.act(r), Year: q.Year, Waive: q.Waive}
	if err := h.agreed(ctx, cmd, q.Yes); err != nil {
		return registry.Proposal{}, err
	}
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return registry.Proposal{}, err
	}
	p := reply.(registry.Proposal)
	h.log.Info(cmd.Subject().String(), "registrar", p.Registrar, "year", p.Year, "amount", p.Amount.String(),
		"author", q.Author, "reason", q.Reason)
	return p, nil
}
