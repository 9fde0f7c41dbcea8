package main

import (
	"context"
	"net/http"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A pastQuestion asks for the history of an object, or with At for what it was like at an instant.
type pastQuestion struct {
	Object string    `json:"object"` // domain, host, contact, registrar
	ID     string    `json:"id"`
	At     time.Time `json:"at,omitzero"`
	Oldest bool      `json:"oldest,omitempty"`
	Page   string    `json:"page,omitempty"` // the next of an answer
	Limit  int       `json:"limit,omitempty"`
}

// A historyAnswer is a page of a history. Next is the page that follows; empty when there is none.
type historyAnswer struct {
	Steps []stepLine `json:"steps"`
	Next  string     `json:"next,omitempty"`
}

// A stepLine is one version of an object.
type stepLine struct {
	At        time.Time         `json:"at"`
	Maker     flow.Maker        `json:"maker"` // registrar, operator or time
	Registrar string            `json:"registrar,omitempty"`
	User      string            `json:"user,omitempty"` // of the registrar, in the console
	Author    string            `json:"author,omitempty"`
	Reason    string            `json:"reason,omitempty"`
	Told      string            `json:"told,omitempty"` // to the sponsor, instead of the reason
	Case      string            `json:"case,omitempty"` // such as udrp:D2026-0001
	Command   string            `json:"command"`        // domain:restore is an update for EPP
	Cost      ledger.Money      `json:"cost,omitzero"`  // of a restore
	Did       string            `json:"did,omitempty"`  // of time: what it did
	ROID      string            `json:"roid"`
	Version   int64             `json:"version"`
	Name      string            `json:"name"` // what the object was called from then on
	Began     bool              `json:"began,omitempty"`
	Gone      bool              `json:"gone,omitempty"`
	ClTRID    string            `json:"clTRID,omitempty"`
	SvTRID    string            `json:"svTRID,omitempty"`
	Changes   []flow.Difference `json:"changes"`
}

func lineOfStep(s flow.Step) stepLine {
	line := stepLine{
		At: s.At, Maker: s.Maker, Registrar: string(s.Registrar), User: s.User, Author: s.Author, Reason: s.Reason, Told: s.Told, Case: s.Case,
		Command: s.Command, Cost: s.Cost, Did: s.Did,
		ROID: string(s.ROID), Version: s.Version, Name: s.Name, Began: s.Began, Gone: s.Gone,
		ClTRID: s.ClTRID, SvTRID: s.SvTRID, Changes: s.Differences,
	}
	if line.Changes == nil {
		line.Changes = []flow.Difference{}
	}
	return line
}

// readHistory answers a question about what happened.
func (h *house) readHistory(ctx context.Context, _ *http.Request, q pastQuestion) (historyAnswer, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.History{
		Object: registry.ObjectKind(q.Object), ID: q.ID, Oldest: q.Oldest, Page: q.Page, Limit: q.Limit,
	})
	if err != nil {
		return historyAnswer{}, err
	}
	found := reply.(flow.HistoryFound)
	answer := historyAnswer{Steps: make([]stepLine, len(found.Steps)), Next: found.Next}
	for i, s := range found.Steps {
		answer.Steps[i] = lineOfStep(s)
	}
	return answer, nil
}

// A pastAnswer is an object as it was at an instant.
type pastAnswer struct {
	At          time.Time       `json:"at"`
	Object      string          `json:"object"`
	ID          string          `json:"id"`
	Statuses    []string        `json:"statuses,omitempty"`    // with those that followed
	RGPStatuses []string        `json:"rgpStatuses,omitempty"` // RFC 3915
	Delegation  string          `json:"delegation,omitempty"`  // own, registry or nothing
	Fields      []flow.Property `json:"fields"`
	Since       stepLine        `json:"since"` // the version that was in force
}

// readPast answers what an object was like at an instant.
func (h *house) readPast(ctx context.Context, _ *http.Request, q pastQuestion) (pastAnswer, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.AsOf{Object: registry.ObjectKind(q.Object), ID: q.ID, At: q.At})
	if err != nil {
		return pastAnswer{}, err
	}
	then := reply.(flow.WasThen)
	answer := pastAnswer{At: then.At, Object: q.Object, ID: then.Last.Name, Delegation: string(then.Delegation), Fields: then.Properties, Since: lineOfStep(then.Last)}
	for _, s := range then.EPPStatuses {
		answer.Statuses = append(answer.Statuses, string(s))
	}
	for _, s := range then.RGPStatuses {
		answer.RGPStatuses = append(answer.RGPStatuses, string(s))
	}
	return answer, nil
}
