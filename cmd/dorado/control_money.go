package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What an operator does to the money of registrars, over the control socket: each act with who does it and why.

// money adds the acts on money to the handler of the control socket.
func (h *house) money(mux *http.ServeMux) {
	mux.HandleFunc("POST /registrars/{id}/deposits", answerJSON(h, h.deposit))
	mux.HandleFunc("POST /registrars/{id}/adjustments", answerJSON(h, h.adjust))
	mux.HandleFunc("POST /registrars/{id}/funds", answerJSON(h, h.limitFunds))
	mux.HandleFunc("POST /registrars/{id}/waivers", answerJSON(h, h.waive))
	mux.HandleFunc("POST /reversals", answerJSON(h, h.reverse))
	mux.HandleFunc("GET /money", answerJSON(h, h.listMoney))
	mux.HandleFunc("GET /money/{act}", answerJSON(h, h.showMoney))
	mux.HandleFunc("POST /money/{act}/decision", answerJSON(h, h.decideMoney))
}

// A moneyLine is an act on money as the operator sees it. Amounts are decimal texts.
type moneyLine struct {
	ID         string           `json:"act"`
	Registrar  string           `json:"registrar"`
	Kind       string           `json:"kind"`
	Amount     string           `json:"amount"`
	Currency   string           `json:"currency"`
	State      string           `json:"state"`
	Author     string           `json:"author"`
	Reason     string           `json:"reason,omitempty"`
	Asked      time.Time        `json:"asked"`
	Until      time.Time        `json:"until,omitzero"`
	Second     *measureLine     `json:"second,omitempty"`
	Reference  string           `json:"reference,omitempty"`
	Value      string           `json:"valueDate,omitempty"`
	Reverses   string           `json:"reverses,omitempty"`
	Of         string           `json:"of,omitempty"` // the act that booked it
	ReversedBy string           `json:"reversedBy,omitempty"`
	Entry      string           `json:"entry,omitempty"`
	Balance    string           `json:"balance,omitempty"` // after it
	Limits     *limitsOfRequest `json:"limits,omitempty"`  // that were asked for
	After      *limitsOfRequest `json:"limitsAfter,omitempty"`
}

func moneyLineOf(a registry.MoneyAct) moneyLine {
	l := moneyLine{
		ID: a.ID, Registrar: string(a.Registrar), Kind: string(a.Kind), Amount: a.Amount.String(), Currency: currency,
		State: string(a.State), Author: a.Author, Reason: a.Reason, Asked: a.Asked, Until: a.Until,
		Reference: a.Reference, Reverses: a.Reverses, Of: a.Of, ReversedBy: a.ReversedBy, Entry: a.Entry,
	}
	if !a.Value.IsZero() {
		l.Value = a.Value.Format(time.DateOnly)
	}
	if s := a.Second; !s.Since.IsZero() {
		l.Second = &measureLine{s.Since, s.Author, s.Reason}
	}
	if a.State == registry.MoneyDone {
		l.Balance = a.Balance.String()
	}
	if a.Limits != nil {
		l.Limits = limitsRequested(*a.Limits)
		if after := a.Limits.After; after != nil {
			l.After = limitsRequested(registry.MoneyLimits{
				CreditLimit: &after.CreditLimit, EmergencyCredit: &after.EmergencyCredit, EmergencyUntil: after.EmergencyUntil,
				CreditThreshold: &after.CreditThreshold, MinimumBalance: &after.MinimumBalance,
			})
		}
	}
	return l
}

// A moneyAnswer is an act, and the registrar after it.
type moneyAnswer struct {
	Act       moneyLine     `json:"act"`
	Registrar registrarLine `json:"registrar"`
	Alone     string        `json:"alone"` // what one person decides alone; 0.00: whatever it is

	Held     bool   `json:"held,omitempty"`     // the act put the account on hold
	Fee      string `json:"fee,omitempty"`      // that this cost
	Released bool   `json:"released,omitempty"` // the act ended a hold
	Missing  string `json:"missing,omitempty"`  // until the account is on hold no longer
}

// turned says of an act what became of the account's hold by it.
func (h *house) turned(ctx context.Context, answer *moneyAnswer, a registry.MoneyAct, f ledger.Funds) error {
	if f.IsOnHold() {
		answer.Missing = (f.Floor() - f.CurrentBalance()).String()
	}
	reply, err := h.core.service.Ask(ctx, "", flow.HoldList{Registrar: a.Registrar})
	if err != nil || a.State != registry.MoneyDone {
		return err
	}
	done := a.Asked
	if !a.Second.Since.IsZero() {
		done = a.Second.Since
	}
	done = done.Truncate(time.Microsecond) // as it is stored
	for _, hold := range reply.([]flow.HoldTold) {
		answer.Released = answer.Released || answer.Missing == "" && hold.Until.Equal(done)
		if answer.Missing != "" && hold.Since.Equal(done) {
			answer.Held = true
			if hold.Fee > 0 {
				answer.Fee = hold.Fee.String()
			}
		}
	}
	return nil
}

// doMoney runs an act, logs it, and answers with it.
func (h *house) doMoney(ctx context.Context, cmd flow.Command, more ...any) (moneyAnswer, error) {
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return moneyAnswer{}, err
	}
	a := reply.(registry.MoneyAct)
	said := []any{
		"registrar", a.Registrar, "act", a.ID, "state", a.State, "amount", a.Amount.String(), "currency", currency,
		"author", a.Author, "reason", a.Reason,
	}
	if a.Reference != "" {
		said = append(said, "reference", a.Reference)
	}
	h.log.Info(cmd.Subject().String(), append(said, more...)...)
	shown, err := h.core.service.Ask(ctx, "", flow.RegistrarShow{ID: a.Registrar})
	if err != nil {
		return moneyAnswer{}, err
	}
	account := shown.(flow.RegistrarAccount)
	answer := moneyAnswer{Act: moneyLineOf(a), Registrar: lineOf(account), Alone: h.core.service.Terms().MoneyAlone.String()}
	return answer, h.turned(ctx, &answer, a, account.Funds)
}

// amountOf reads an amount that a person typed.
func amountOf(text string) (ledger.Money, error) {
	amount, err := ledger.ParseMoney(text)
	if err != nil {
		return 0, mistake{fmt.Errorf("%w; write it without a currency and without separators of thousands, such as 1000.00", err)}
	}
	return amount, nil
}

// A depositRequest records money that came in; the reference is the bank's.
type depositRequest struct {
	actRequest
	Amount    string `json:"amount"`
	Reference string `json:"reference"`
	Value     string `json:"valueDate,omitempty"` // such as 2027-01-31; empty: today
}

func (h *house) deposit(ctx context.Context, r *http.Request, q depositRequest) (moneyAnswer, error) {
	amount, err := amountOf(q.Amount)
	if err != nil {
		return moneyAnswer{}, err
	}
	var value time.Time
	if q.Value != "" {
		if value, err = time.Parse(time.DateOnly, q.Value); err != nil {
			return moneyAnswer{}, mistake{fmt.Errorf("%q is no day; write it such as 2027-01-31", q.Value)}
		}
	}
	return h.doMoney(ctx, flow.Deposit{
		Registrar: registry.RegistrarID(r.PathValue("id")), Amount: amount, Reference: q.Reference, Value: value,
		Author: q.Author, Reason: q.Reason,
	})
}

// An adjustmentRequest gives or takes an amount, or writes one off.
type adjustmentRequest struct {
	actRequest
	Kind   string `json:"kind"` // credit, debit or write-off
	Amount string `json:"amount"`
	Yes    bool   `json:"yes,omitempty"` // though it puts the account on hold, as with others below
}

func (h *house) adjust(ctx context.Context, r *http.Request, q adjustmentRequest) (moneyAnswer, error) {
	amount, err := amountOf(q.Amount)
	if err != nil {
		return moneyAnswer{}, err
	}
	return h.doAgreed(ctx, q.Yes, flow.Adjustment{Act: q.act(r), What: registry.MoneyKind(q.Kind), Amount: amount})
}

// A limitsOfRequest are the limits of funds that are to change, as decimal texts; nil leaves one.
type limitsOfRequest struct {
	CreditLimit     *string   `json:"creditLimit,omitempty"`
	EmergencyCredit *string   `json:"emergencyCredit,omitempty"`
	EmergencyUntil  time.Time `json:"emergencyUntil,omitzero"`
	CreditThreshold *string   `json:"creditThreshold,omitempty"`
	MinimumBalance  *string   `json:"minimumBalance,omitempty"`
}

func limitsRequested(l registry.MoneyLimits) *limitsOfRequest {
	text := func(m *ledger.Money) *string {
		if m == nil {
			return nil
		}
		return new(m.String())
	}
	asked := &limitsOfRequest{text(l.CreditLimit), text(l.EmergencyCredit), l.EmergencyUntil, text(l.CreditThreshold), text(l.MinimumBalance)}
	if l.MinimumFollows {
		asked.MinimumBalance = new(minimumFollows)
	}
	return asked
}

// minimumFollows is written in the place of a minimum balance that goes with the credit limit.
const minimumFollows = "follow"

// A fundsRequest changes the limits of funds.
type fundsRequest struct {
	actRequest
	limitsOfRequest
	Yes   bool   `json:"yes,omitempty"`
	Until string `json:"until,omitempty"` // of emergency credit: an instant, or a length of time from now
}

func (h *house) limitFunds(ctx context.Context, r *http.Request, q fundsRequest) (moneyAnswer, error) {
	cmd := flow.RegistrarLimits{Act: q.act(r)}
	for _, limit := range []struct {
		text *string
		to   **ledger.Money
	}{
		{q.CreditLimit, &cmd.CreditLimit},
		{q.EmergencyCredit, &cmd.EmergencyCredit},
		{q.CreditThreshold, &cmd.CreditThreshold},
		{q.MinimumBalance, &cmd.MinimumBalance},
	} {
		if limit.text == nil {
			continue
		}
		if limit.text == q.MinimumBalance && *limit.text == minimumFollows {
			cmd.MinimumFollows = true
			continue
		}
		amount, err := amountOf(*limit.text)
		if err != nil {
			return moneyAnswer{}, err
		}
		*limit.to = &amount
	}
	var err error
	if cmd.EmergencyUntil, err = untilInstant(q.Until, h.core.clock.Now()); err != nil {
		return moneyAnswer{}, mistake{err}
	}
	return h.doAgreed(ctx, q.Yes, cmd)
}

// A waiverRequest takes a fee back.
type waiverRequest struct {
	actRequest
	Charge string `json:"charge"`
}

func (h *house) waive(ctx context.Context, r *http.Request, q waiverRequest) (moneyAnswer, error) {
	return h.doMoney(ctx, flow.FeeWaiver{Act: q.act(r), Charge: q.Charge})
}

// A reversalRequest takes back what an act booked.
type reversalRequest struct {
	actRequest
	Of  string `json:"of"` // the act, or the key of its entry
	Yes bool   `json:"yes,omitempty"`
}

func (h *house) reverse(ctx context.Context, _ *http.Request, q reversalRequest) (moneyAnswer, error) {
	return h.doAgreed(ctx, q.Yes, flow.Reversal{Author: q.Author, Reason: q.Reason, Of: q.Of})
}

// A decisionRequest approves an act that waits, or rejects it.
type decisionRequest struct {
	actRequest
	Approve bool `json:"approve,omitempty"`
	Yes     bool `json:"yes,omitempty"`
}

func (h *house) decideMoney(ctx context.Context, r *http.Request, q decisionRequest) (moneyAnswer, error) {
	cmd := flow.MoneyDecide{ID: r.PathValue("act"), Author: q.Author, Reason: q.Reason, Approve: q.Approve}
	return h.doAgreed(ctx, q.Yes, cmd, "second", q.Author, "decision", q.Reason)
}

func (h *house) listMoney(ctx context.Context, r *http.Request, _ struct{}) ([]moneyLine, error) {
	ask := r.URL.Query()
	reply, err := h.core.service.Ask(ctx, "", flow.MoneyList{MoneyFilter: registry.MoneyFilter{
		Registrar: registry.RegistrarID(ask.Get("registrar")), Pending: ask.Has("pending"),
	}})
	if err != nil {
		return nil, err
	}
	lines := []moneyLine{}
	for _, a := range reply.([]registry.MoneyAct) {
		lines = append(lines, moneyLineOf(a))
	}
	return lines, nil
}

func (h *house) showMoney(ctx context.Context, r *http.Request, _ struct{}) (moneyLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.MoneyShow{ID: r.PathValue("act")})
	if err != nil {
		return moneyLine{}, err
	}
	return moneyLineOf(reply.(registry.MoneyAct)), nil
}
