package main

import (
	"context"
	"net/http"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A nameLine is one name as the operator's list shows it.
type nameLine struct {
	Name    string    `json:"name"`
	Sponsor string    `json:"sponsor"`
	Expires time.Time `json:"expires"`
	State   []string  `json:"state"` // EPP statuses, then RGP statuses; see stateOf

	SuspendedUntil time.Time `json:"suspendedUntil,omitzero"`
}

// A namePage is some of the names. Last is the after of the next page; empty when there is none.
type namePage struct {
	Names []nameLine `json:"names"`
	Last  string     `json:"last,omitempty"`
}

// namesPage is how many names one answer has.
const namesPage = 1000

func (h *house) listNames(ctx context.Context, r *http.Request, _ struct{}) (namePage, error) {
	var after names.Name
	if text := r.URL.Query().Get("after"); text != "" {
		var err error
		if after, err = names.Parse(text); err != nil {
			return namePage{}, mistake{err}
		}
	}
	return h.core.names(ctx, after, namesPage)
}

// names returns up to limit names after a name.
func (r *registryCore) names(ctx context.Context, after names.Name, limit int) (namePage, error) {
	reply, err := r.service.Ask(ctx, "", flow.NameList{After: after, Limit: limit})
	if err != nil {
		return namePage{}, err
	}
	found := reply.(flow.NamePage)
	page := namePage{Names: make([]nameLine, len(found.Names)), Last: found.Last.String()}
	for i, n := range found.Names {
		page.Names[i] = nameLine{n.Name.String(), string(n.Sponsor), n.Expires, stateOf(n), n.Suspension.Until}
	}
	return page, nil
}

// stateOf joins the statuses of a name. The word ok is left out beside a grace period, and
// pendingDelete said once.
func stateOf(n flow.NameLine) []string {
	var state []string
	for _, s := range n.EPPStatuses {
		if len(n.RGPStatuses) == 0 || s != registry.OK {
			state = append(state, string(s))
		}
	}
	for _, s := range n.RGPStatuses {
		if s != registry.RGPPendingDelete {
			state = append(state, string(s))
		}
	}
	return state
}
