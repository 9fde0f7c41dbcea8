package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// accessRoutes adds who may look up what is closed, and who has, to the handler of the control socket.
func (h *house) accessRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /tokens", answerJSON(h, h.listTokens))
	mux.HandleFunc("POST /tokens", answerJSON(h, h.issueToken))
	mux.HandleFunc("POST /tokens/{id}/revoke", answerJSON(h, h.revokeToken))
	mux.HandleFunc("GET /accesses", answerJSON(h, h.listAccesses))
}

// A tokenLine is an access token as an operator sees it.
type tokenLine struct {
	ID        string    `json:"id"`
	Role      string    `json:"role"`
	Registrar string    `json:"registrar,omitempty"`
	Holder    string    `json:"holder"`
	Issued    time.Time `json:"issued"`
	Author    string    `json:"author"`
	Reason    string    `json:"reason"`
	Ends      time.Time `json:"ends"`
	Revoked   time.Time `json:"revoked,omitzero"`
	RevokedBy string    `json:"revokedBy,omitempty"`
	Because   string    `json:"because,omitempty"`
	Secret    string    `json:"secret,omitempty"` // when it is issued, and never again
}

func lineOfToken(t registry.AccessToken) tokenLine {
	return tokenLine{
		ID: t.ID, Role: string(t.Role), Registrar: string(t.Registrar), Holder: t.Holder,
		Issued: t.Issued.Since, Author: t.Issued.Author, Reason: t.Issued.Reason, Ends: t.Ends(),
		Revoked: t.Revoked.Since, RevokedBy: t.Revoked.Author, Because: t.Revoked.Reason,
	}
}

// A tokenRequest says for whom a token is.
type tokenRequest struct {
	actRequest
	Role      string `json:"role"`
	Registrar string `json:"registrar,omitempty"`
	Holder    string `json:"holder"`
	Days      int    `json:"days"`
}

func (h *house) issueToken(ctx context.Context, _ *http.Request, q tokenRequest) (tokenLine, error) {
	reply, err := h.core.run(ctx, flow.AccessTokenIssue{
		Act:  flow.Act{Registrar: registry.RegistrarID(q.Registrar), Author: q.Author, Reason: q.Reason},
		Role: registry.AccessRole(q.Role), Holder: q.Holder, Days: q.Days,
	})
	if err != nil {
		return tokenLine{}, err
	}
	issued := reply.(flow.AccessTokenIssued)
	h.log.Info("access-token:issue", "token", issued.ID, "role", issued.Role, "holder", issued.Holder, "author", q.Author, "reason", q.Reason)
	line := lineOfToken(issued.AccessToken)
	line.Secret = issued.Secret
	return line, nil
}

func (h *house) revokeToken(ctx context.Context, r *http.Request, q actRequest) (tokenLine, error) {
	id := r.PathValue("id")
	reply, err := h.core.run(ctx, flow.AccessTokenRevoke{Act: flow.Act{Author: q.Author, Reason: q.Reason}, ID: id})
	if err != nil {
		return tokenLine{}, err
	}
	h.log.Info("access-token:revoke", "token", id, "author", q.Author, "reason", q.Reason)
	return lineOfToken(reply.(registry.AccessToken)), nil
}

func (h *house) listTokens(ctx context.Context, r *http.Request, _ struct{}) ([]tokenLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.AccessTokenList{Ended: r.URL.Query().Has("ended")})
	if err != nil {
		return nil, err
	}
	lines := []tokenLine{}
	for _, t := range reply.([]registry.AccessToken) {
		lines = append(lines, lineOfToken(t))
	}
	return lines, nil
}

// An accessLine is one look at what is closed.
type accessLine struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Role    string    `json:"role"`
	Holder  string    `json:"holder,omitempty"`
	Address string    `json:"address,omitempty"`
	Query   string    `json:"query"`
	Purpose string    `json:"purpose,omitempty"`
}

func (h *house) listAccesses(ctx context.Context, r *http.Request, _ struct{}) ([]accessLine, error) {
	filter, err := accessFilter(r)
	if err != nil {
		return nil, err
	}
	reply, err := h.core.service.Ask(ctx, "", flow.AccessList{AccessFilter: filter})
	if err != nil {
		return nil, err
	}
	lines := []accessLine{}
	for _, a := range reply.([]registry.Access) {
		line := accessLine{
			ID: strconv.FormatInt(a.ID, 10), At: a.At, Who: a.Who, Role: string(a.Role), Holder: a.Holder, Query: a.Query, Purpose: a.Purpose,
		}
		if a.Address.IsValid() {
			line.Address = a.Address.String()
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// accessFilter reads which accesses an operator wants to see.
func accessFilter(r *http.Request) (registry.AccessFilter, error) {
	asked := r.URL.Query()
	filter := registry.AccessFilter{Who: asked.Get("who")}
	var err error
	if text := asked.Get("since"); text != "" {
		if filter.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return filter, mistake{fmt.Errorf("since: %w", err)}
		}
	}
	if text := asked.Get("before"); text != "" {
		if filter.Before, err = strconv.ParseInt(text, 10, 64); err != nil {
			return filter, mistake{fmt.Errorf("%q is no id of an access", text)}
		}
	}
	return filter, nil
}
