package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What the ledger tells, over the control socket. Amounts are decimal numbers in strings.

// ledgers adds the questions of the ledger to the handler of the control socket.
func (h *house) ledgers(mux *http.ServeMux) {
	mux.HandleFunc("POST /ledger/statement", answerJSON(h, h.readStatement))
	mux.HandleFunc("POST /ledger/balances", answerJSON(h, h.readBalances))
	mux.HandleFunc("POST /ledger/heads", answerJSON(h, h.readHeads))
	mux.HandleFunc("POST /ledger/check", answerJSON(h, h.checkLedger))
	mux.HandleFunc("GET /ledger/proof", h.writeProof)
}

// A statementQuestion asks for a page of a registrar's statement.
type statementQuestion struct {
	Registrar string    `json:"registrar"`
	From      time.Time `json:"from,omitzero"`
	To        time.Time `json:"to,omitzero"` // the first instant that is not asked for
	After     string    `json:"after,omitempty"`
	Limit     int       `json:"limit,omitempty"`
}

// A statementAnswer is a page. Next is the after of the page that follows; empty if there is none.
type statementAnswer struct {
	Registrar string          `json:"registrar"`
	Currency  string          `json:"currency"`
	Opening   balances        `json:"opening"`
	Entries   []statementLine `json:"entries"`
	Closing   balances        `json:"closing"`
	Next      string          `json:"next,omitempty"`
}

// balances are those of a registrar at a place of its statement.
type balances struct {
	Balance    string `json:"balance"`
	Authorised string `json:"authorised"`
}

// A statementLine is an entry, with what it did to the balances and what they are after it.
type statementLine struct {
	At       time.Time `json:"at"`
	Key      string    `json:"key"`
	Text     string    `json:"text"`
	Debit    string    `json:"debit"`
	Credit   string    `json:"credit"`
	Amount   string    `json:"amount"`
	Charge   string    `json:"charge,omitempty"`
	Change   balances  `json:"change"`
	Balances balances  `json:"balances"`
}

func balancesOf(s flow.StatementBalances) balances {
	return balances{s.Balance.String(), s.Authorised.String()}
}

func (h *house) readStatement(ctx context.Context, _ *http.Request, q statementQuestion) (statementAnswer, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.Statement{
		Registrar: registry.RegistrarID(q.Registrar), Since: q.From, Until: q.To, After: q.After, Limit: q.Limit,
	})
	if err != nil {
		return statementAnswer{}, err
	}
	page := reply.(flow.StatementPage)
	answer := statementAnswer{
		Registrar: string(page.Registrar), Currency: h.core.service.Terms().Prices.Currency,
		Opening: balancesOf(page.Opening), Closing: balancesOf(page.Closing), Next: page.Next,
		Entries: make([]statementLine, len(page.Lines)),
	}
	for i, l := range page.Lines {
		answer.Entries[i] = statementLine{
			l.At, l.Key, l.Text, string(l.Debit), string(l.Credit), l.Amount.String(), l.Charge,
			balancesOf(l.Change), balancesOf(l.After),
		}
	}
	return answer, nil
}

// A balanceQuestion asks for the balances of accounts.
type balanceQuestion struct {
	Registrar string    `json:"registrar,omitempty"` // empty for all accounts
	At        time.Time `json:"at,omitzero"`
}

// A balanceAnswer has accounts in order, and their sum.
type balanceAnswer struct {
	At       time.Time        `json:"at"`
	Currency string           `json:"currency"`
	Accounts []accountBalance `json:"accounts"`
	Sum      string           `json:"sum"`
}

type accountBalance struct {
	Account string `json:"account"`
	Balance string `json:"balance"`
}

func (h *house) readBalances(ctx context.Context, _ *http.Request, q balanceQuestion) (balanceAnswer, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.Balances{Registrar: registry.RegistrarID(q.Registrar), At: q.At})
	if err != nil {
		return balanceAnswer{}, err
	}
	found := reply.(flow.BalancesAt)
	answer := balanceAnswer{At: found.At, Currency: h.core.service.Terms().Prices.Currency, Accounts: []accountBalance{}}
	var sum ledger.Money
	for _, b := range found.Accounts {
		sum += b.Balance
		answer.Accounts = append(answer.Accounts, accountBalance{string(b.Account), b.Balance.String()})
	}
	answer.Sum = sum.String()
	return answer, nil
}

// A headsQuestion asks for the heads of days.
type headsQuestion struct {
	From  time.Time `json:"from,omitzero"`
	Limit int       `json:"limit,omitempty"`
}

// A dayHead is the signed head of a day. Text is what is signed; the rest says what stands in it.
type dayHead struct {
	Day        string `json:"day"`
	Registrars int64  `json:"registrars"`
	Root       string `json:"root"`
	KeyID      string `json:"keyID"`
	Key        string `json:"key"`
	Text       string `json:"text"`
	Signature  string `json:"signature"`
}

func (h *house) readHeads(ctx context.Context, _ *http.Request, q headsQuestion) ([]dayHead, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.Heads{From: q.From, Limit: q.Limit})
	if err != nil {
		return nil, err
	}
	list := []dayHead{}
	for _, d := range reply.([]registry.SealedDay) {
		list = append(list, dayHead{
			d.Day.Format(time.DateOnly), d.Leaves, d.Root.String(), d.KeyID, hex.EncodeToString(d.Key), d.Text(), hex.EncodeToString(d.Signature),
		})
	}
	return list, nil
}

// A checkAnswer is what a check of the ledger found.
type checkAnswer struct {
	Faults     []string `json:"faults"`
	Registrars int      `json:"registrars"`
	Entries    int64    `json:"entries"` // that are sealed
	Seals      int      `json:"seals"`
	Heads      int      `json:"heads"`
	Last       string   `json:"last,omitempty"` // the hash of the last head
}

// checkLedger checks the books, then each registrar's seals, then the heads: each at a moment of its own, so that no
// look at the database takes all the time.
func (h *house) checkLedger(ctx context.Context, _ *http.Request, _ struct{}) (checkAnswer, error) {
	answer := checkAnswer{Faults: []string{}}
	reply, err := h.core.service.Ask(ctx, "", flow.LedgerCheck{})
	if err != nil {
		return answer, err
	}
	for _, f := range reply.(flow.LedgerReport).Faults {
		answer.Faults = append(answer.Faults, f.Law+", but not here: "+f.At)
	}
	if reply, err = h.core.service.Ask(ctx, "", flow.RegistrarList{}); err != nil {
		return answer, err
	}
	for _, r := range reply.([]flow.RegistrarAccount) {
		reply, err := h.core.service.Ask(ctx, "", flow.SealCheck{Registrar: r.ID})
		if err != nil {
			return answer, err
		}
		report := reply.(flow.SealReport)
		answer.Faults = append(answer.Faults, report.Faults...)
		answer.Registrars++
		answer.Entries += report.Entries
		answer.Seals += report.Days
	}
	if reply, err = h.core.service.Ask(ctx, "", flow.HeadCheck{}); err != nil {
		return answer, err
	}
	heads := reply.(flow.SealReport)
	answer.Faults = append(answer.Faults, heads.Faults...)
	if answer.Heads = heads.Days; heads.Days > 0 {
		answer.Last = heads.Last.String()
	}
	return answer, nil
}

// writeProof writes a signed statement as it is read: it may be long. A fault in the middle cuts the answer off,
// which whoever asked sees.
func (h *house) writeProof(w http.ResponseWriter, r *http.Request) {
	begun := false
	q := flow.StatementProof{Registrar: registry.RegistrarID(r.FormValue("registrar")), Begin: func() (io.Writer, error) {
		if begun { // the database was away for a moment: what is written cannot be taken back
			return nil, errors.New("the statement was begun already")
		}
		begun = true
		w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
		return w, nil
	}}
	var errs [2]error
	q.From, errs[0] = dayIn(r, "from")
	q.To, errs[1] = dayIn(r, "to")
	err := errors.Join(errs[:]...)
	if err == nil {
		_, err = h.core.service.Ask(r.Context(), "", q)
	}
	switch {
	case err == nil:
	case !begun:
		h.answer(w, r, nil, err)
	default:
		h.log.Error("write a signed statement", "error", err)
		panic(http.ErrAbortHandler) // as net/http has it
	}
}

// dayIn reads a day of a request; zero if it has none.
func dayIn(r *http.Request, name string) (time.Time, error) {
	text := r.FormValue(name)
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, mistake{fmt.Errorf("%q is no day, such as 2026-03-01", text)}
	}
	return day, nil
}

// proofPath is where a signed statement is asked for.
func proofPath(registrar string, from, to time.Time) string {
	values := url.Values{"registrar": {registrar}}
	for name, day := range map[string]time.Time{"from": from, "to": to} {
		if !day.IsZero() {
			values.Set(name, day.Format(time.DateOnly))
		}
	}
	return "/ledger/proof?" + values.Encode()
}
