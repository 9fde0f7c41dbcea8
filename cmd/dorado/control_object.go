package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What an operator does to names, hosts and contacts, over the control socket: each with who does it and why.

// objects adds the operator's commands on objects to the handler of the control socket.
func (h *house) objects(mux *http.ServeMux) {
	mux.HandleFunc("GET /domains/{id}", answerJSON(h, h.showDomain))
	mux.HandleFunc("POST /domains/{id}/statuses", answerJSON(h, h.setDomainStatuses))
	mux.HandleFunc("POST /hosts/{id}/statuses", answerJSON(h, h.setHostStatuses))
	mux.HandleFunc("POST /contacts/{id}/statuses", answerJSON(h, h.setContactStatuses))
	mux.HandleFunc("POST /domains/{id}/deletion", answerJSON(h, h.deleteDomain))
	mux.HandleFunc("POST /domains/{id}/transfer", answerJSON(h, h.decideDomainTransfer))
	mux.HandleFunc("POST /contacts/{id}/transfer", answerJSON(h, h.decideContactTransfer))
}

// A deedRequest says who does something to an object and why, and what its sponsor is told.
type deedRequest struct {
	actRequest
	Tell string `json:"tell,omitempty"`
	Case string `json:"case,omitempty"` // KIND:ID, such as udrp:D2026-0001
}

func (q deedRequest) deed() flow.Deed {
	kind, id, _ := strings.Cut(q.Case, ":")
	return flow.Deed{Author: q.Author, Reason: q.Reason, Told: q.Tell, CaseType: strings.TrimSpace(kind), CaseID: strings.TrimSpace(id)}
}

// do runs a command on an object and logs it with more about it.
func (h *house) do(ctx context.Context, q deedRequest, cmd flow.Command, more ...any) (flow.Reply, error) {
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return nil, err
	}
	s := cmd.Subject()
	said := []any{s.Object, s.ID, "author", q.Author, "reason", q.Reason}
	if q.Case != "" {
		said = append(said, "case", q.Case)
	}
	h.log.Info(s.String(), append(said, more...)...)
	return reply, nil
}

// A statusRequest sets and removes statuses of the operator's.
type statusRequest struct {
	deedRequest
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
	Lock   bool     `json:"lock,omitempty"`   // those of a lock that the object does not have
	Unlock bool     `json:"unlock,omitempty"` // those of a lock that it has
}

func (q statusRequest) edit() flow.StatusEdit {
	return flow.StatusEdit{Add: statusesNamed(q.Add), Remove: statusesNamed(q.Remove), Lock: q.Lock, Unlock: q.Unlock}
}

// statusesNamed reads statuses in whatever case.
func statusesNamed(words []string) []registry.Status {
	list := make([]registry.Status, len(words))
	for i, word := range words {
		list[i] = registry.Status(word)
		for _, s := range policy.OperatorStatuses("domain") { // the others have some of these
			if strings.EqualFold(word, string(s)) {
				list[i] = s
			}
		}
	}
	return list
}

// A statusAnswer says which statuses an object has now, of those that somebody set.
type statusAnswer struct {
	ID       string   `json:"id"`
	Statuses []string `json:"statuses"`
	Stays    string   `json:"stays,omitempty"` // why a name that was put on hold is not out of the zone yet
}

func newStatusAnswer(id string, statuses []registry.Status) statusAnswer {
	a := statusAnswer{ID: id, Statuses: []string{}}
	for _, s := range statuses {
		a.Statuses = append(a.Statuses, string(s))
	}
	return a
}

func (h *house) setDomainStatuses(ctx context.Context, r *http.Request, q statusRequest) (statusAnswer, error) {
	name, err := nameNamed(r)
	if err != nil {
		return statusAnswer{}, err
	}
	reply, err := h.do(ctx, q.deedRequest, flow.DomainStatusSet{Deed: q.deed(), StatusEdit: q.edit(), Name: name}, q.said()...)
	if err != nil {
		return statusAnswer{}, err
	}
	a := newStatusAnswer(name.String(), reply.(registry.Domain).Statuses)
	if slices.Contains(q.edit().Add, registry.ServerHold) {
		if a.Stays, err = h.staysInZone(ctx, name); err != nil {
			h.log.Warn("a name was put on hold, and whether it waits for its zone is not known", "name", name, "error", err) // it is done
		}
	}
	return a, nil
}

func (h *house) setHostStatuses(ctx context.Context, r *http.Request, q statusRequest) (statusAnswer, error) {
	name, err := nameNamed(r)
	if err != nil {
		return statusAnswer{}, err
	}
	reply, err := h.do(ctx, q.deedRequest, flow.HostStatusSet{Deed: q.deed(), StatusEdit: q.edit(), Name: name}, q.said()...)
	if err != nil {
		return statusAnswer{}, err
	}
	return newStatusAnswer(name.String(), reply.(registry.Host).Statuses), nil
}

func (h *house) setContactStatuses(ctx context.Context, r *http.Request, q statusRequest) (statusAnswer, error) {
	reply, err := h.do(ctx, q.deedRequest, flow.ContactStatusSet{Deed: q.deed(), StatusEdit: q.edit(), ID: r.PathValue("id")}, q.said()...)
	if err != nil {
		return statusAnswer{}, err
	}
	contact := reply.(registry.Contact)
	return newStatusAnswer(contact.ID, contact.Statuses), nil
}

// said is what the log tells of a request.
func (q statusRequest) said() []any {
	switch {
	case q.Lock:
		return []any{"set", "lock"}
	case q.Unlock:
		return []any{"removed", "lock"}
	}
	return []any{"set", q.Add, "removed", q.Remove}
}

func nameNamed(r *http.Request) (names.Name, error) {
	name, err := names.Parse(r.PathValue("id"))
	if err != nil {
		return name, mistake{err}
	}
	return name, nil
}

// A deletionRequest deletes a name.
type deletionRequest struct {
	deedRequest
	EndTransfer bool `json:"endTransfer,omitempty"`
}

// A deletionAnswer says what was credited for a name that was deleted, and how it stands.
type deletionAnswer struct {
	Name     string        `json:"name"`
	Credited string        `json:"credited"`
	Currency string        `json:"currency"`
	Stands   *domainAnswer `json:"stands,omitempty"` // nil if it is gone
}

func (h *house) deleteDomain(ctx context.Context, r *http.Request, q deletionRequest) (deletionAnswer, error) {
	name, err := nameNamed(r)
	if err != nil {
		return deletionAnswer{}, err
	}
	reply, err := h.do(ctx, q.deedRequest, flow.OperatorDelete{Deed: q.deed(), Name: name, EndTransfer: q.EndTransfer}, "endTransfer", q.EndTransfer)
	if err != nil {
		return deletionAnswer{}, err
	}
	deleted := reply.(flow.DomainDeleted)
	a := deletionAnswer{Name: name.String(), Credited: deleted.Credited.String(), Currency: deleted.Currency}
	stands, err := h.showDomain(ctx, r, struct{}{})
	var gone *registry.Error
	switch {
	case err == nil:
		a.Stands = &stands
	case !errors.As(err, &gone):
		return a, err
	}
	return a, nil
}

// A transferRequest approves or rejects a pending transfer.
type transferRequest struct {
	actRequest
	Approve bool `json:"approve"`
}

// A transferAnswer says how a transfer ended.
type transferAnswer struct {
	ID      string    `json:"id"`
	Status  string    `json:"status"`
	Gaining string    `json:"gaining"`
	Losing  string    `json:"losing"`
	Expires time.Time `json:"expires,omitzero"`
}

func (h *house) decideDomainTransfer(ctx context.Context, r *http.Request, q transferRequest) (transferAnswer, error) {
	name, err := nameNamed(r)
	if err != nil {
		return transferAnswer{}, err
	}
	deed := deedRequest{actRequest: q.actRequest}
	return h.decide(ctx, deed, flow.DomainTransferDecide{Deed: deed.deed(), Name: name, Approve: q.Approve})
}

func (h *house) decideContactTransfer(ctx context.Context, r *http.Request, q transferRequest) (transferAnswer, error) {
	deed := deedRequest{actRequest: q.actRequest}
	return h.decide(ctx, deed, flow.ContactTransferDecide{Deed: deed.deed(), ID: r.PathValue("id"), Approve: q.Approve})
}

func (h *house) decide(ctx context.Context, q deedRequest, cmd flow.Command) (transferAnswer, error) {
	reply, err := h.do(ctx, q, cmd)
	if err != nil {
		return transferAnswer{}, err
	}
	t := reply.(flow.TransferTold)
	return transferAnswer{t.Name, string(t.Status), string(t.Gaining), string(t.Losing), t.Expires}, nil
}
