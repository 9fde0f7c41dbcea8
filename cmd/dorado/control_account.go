package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What an operator changes of a registrar's account, over the control socket: each with who does it and why.

// accounts adds the changes of accounts to the handler of the control socket.
func (h *house) accounts(mux *http.ServeMux) {
	mux.HandleFunc("POST /registrars/{id}/settings", answerJSON(h, h.setRegistrar))
	mux.HandleFunc("POST /registrars/{id}/password", answerJSON(h, h.replacePassword))
	mux.HandleFunc("POST /registrars/{id}/networks", answerJSON(h, h.changeNetworks))
	mux.HandleFunc("POST /registrars/{id}/suspension", answerJSON(h, h.suspendRegistrar))
}

// An actRequest says who does it and why.
type actRequest struct {
	Author string `json:"author"`
	Reason string `json:"reason,omitempty"`
}

func (q actRequest) act(r *http.Request) flow.Act {
	return flow.Act{Registrar: registry.RegistrarID(r.PathValue("id")), Author: q.Author, Reason: q.Reason}
}

// changeAccount runs a command on an account, logs it with more about it, and answers with the registrar.
func (h *house) changeAccount(ctx context.Context, a flow.Act, cmd flow.Command, more ...any) (registrarDetails, error) {
	if _, err := h.core.run(ctx, cmd); err != nil {
		return registrarDetails{}, err
	}
	h.log.Info(cmd.Subject().String(), append([]any{"registrar", a.Registrar, "author", a.Author, "reason", a.Reason}, more...)...)
	return h.registrarDetails(ctx, a.Registrar, daysShown)
}

// registrarSettings change what is known of a registrar, and what it wants to be told is unavailable; nil
// leaves a setting.
type registrarSettings struct {
	actRequest
	Name                *string `json:"name,omitempty"`
	Email               *string `json:"email,omitempty"`
	Voice               *string `json:"voice,omitempty"`
	Website             *string `json:"website,omitempty"`
	Abuse               *string `json:"abuse,omitempty"`
	Billing             *string `json:"billing,omitempty"`
	Transfers           *string `json:"transfers,omitempty"`
	Operator            *string `json:"operator,omitempty"`
	Legal               *string `json:"legal,omitempty"`
	Language            *string `json:"language,omitempty"`
	MailsOfTransfers    *bool   `json:"emailNotifications,omitempty"`
	PremiumsUnavailable *bool   `json:"premiumsUnavailable,omitempty"`
	IDNsUnavailable     *bool   `json:"idnsUnavailable,omitempty"`
	AutoRenew           *bool   `json:"autoRenewEnabled,omitempty"`
	ContactPurge        *bool   `json:"contactPurgeEnabled,omitempty"`
}

// changed lists what is set: the settings with their values, of the rest only what it is.
func (q registrarSettings) changed() []string {
	what := []string{}
	for name, text := range map[string]*string{
		"name": q.Name, "email": q.Email, "voice": q.Voice, "website": q.Website, "abuse": q.Abuse,
		"billing": q.Billing, "transfers": q.Transfers, "operator": q.Operator, "legal": q.Legal, "language": q.Language,
	} {
		if text != nil {
			what = append(what, name)
		}
	}
	for name, on := range map[string]*bool{
		"premiums-are-unavailable": q.PremiumsUnavailable, "idns-are-unavailable": q.IDNsUnavailable,
		"email-notifications": q.MailsOfTransfers, "contact-purge-enabled": q.ContactPurge,
		"auto-renew-enabled": q.AutoRenew,
	} {
		if on != nil {
			what = append(what, name+"="+strconv.FormatBool(*on))
		}
	}
	slices.Sort(what)
	return what
}

func (h *house) setRegistrar(ctx context.Context, r *http.Request, q registrarSettings) (registrarDetails, error) {
	changed := q.changed()
	if len(changed) == 0 {
		return registrarDetails{}, mistake{errors.New("nothing is to be changed; give a flag, such as --email")}
	}
	known := newRegistrar{Name: text(q.Name), Email: text(q.Email), Voice: text(q.Voice), Website: text(q.Website), Abuse: text(q.Abuse)}
	if err := known.wellFormed(); err != nil {
		return registrarDetails{}, mistake{err}
	}
	act := q.act(r)
	return h.changeAccount(ctx, act, flow.RegistrarSet{
		Act: act, Name: q.Name, Email: q.Email, Voice: q.Voice, Website: q.Website, Abuse: q.Abuse,
		Billing: q.Billing, Transfers: q.Transfers, Operator: q.Operator, Legal: q.Legal,
		Language: (*registry.Language)(q.Language), MailsOfTransfers: q.MailsOfTransfers,
		PremiumsUnavailable: q.PremiumsUnavailable, IDNsUnavailable: q.IDNsUnavailable,
		AutoRenew: q.AutoRenew, ContactPurge: q.ContactPurge,
	}, "changed", changed)
}

func text(given *string) string {
	if given == nil {
		return ""
	}
	return *given
}

// A passwordRequest replaces a password.
type passwordRequest struct {
	actRequest
	Password string `json:"password"`
}

func (h *house) replacePassword(ctx context.Context, r *http.Request, q passwordRequest) (registrarDetails, error) {
	if err := passwordIsPossible("the password", q.Password, eppclient.MaxPassword); err != nil {
		return registrarDetails{}, mistake{err}
	}
	hash, err := h.core.service.Passwords.Hash(ctx, q.Password)
	if err != nil {
		return registrarDetails{}, err
	}
	act := q.act(r)
	return h.changeAccount(ctx, act, flow.RegistrarPassword{Act: act, To: hash})
}

// A networkRequest adds or removes a network, in CIDR form.
type networkRequest struct {
	actRequest
	Network string `json:"network"`
	Remove  bool   `json:"remove,omitempty"`
}

func (h *house) changeNetworks(ctx context.Context, r *http.Request, q networkRequest) (registrarDetails, error) {
	network, err := parseNetwork(q.Network)
	if err != nil {
		return registrarDetails{}, mistake{err}
	}
	act := q.act(r)
	return h.changeAccount(ctx, act, flow.RegistrarNetwork{Act: act, Network: network, Remove: q.Remove}, "network", network)
}

// A suspensionRequest suspends a registrar, or lets it in again.
type suspensionRequest struct {
	actRequest
	Resume bool `json:"resume,omitempty"`
}

func (h *house) suspendRegistrar(ctx context.Context, r *http.Request, q suspensionRequest) (registrarDetails, error) {
	act := q.act(r)
	return h.changeAccount(ctx, act, flow.RegistrarSuspend{Act: act, Resume: q.Resume})
}
