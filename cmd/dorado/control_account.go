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
	Name        *string `json:"name,omitempty"`
	TradingName *string `json:"tradingName,omitempty"`
	IANAID      *int    `json:"ianaID,omitempty"` // 0: it has none
	Email       *string `json:"email,omitempty"`
	Voice       *string `json:"voice,omitempty"`
	Fax         *string `json:"fax,omitempty"`
	Website     *string `json:"website,omitempty"`
	Port43      *string `json:"port43,omitempty"`
	RDAP        *string `json:"rdap,omitempty"`
	Abuse       *string `json:"abuse,omitempty"`
	postalSettings
	Billing             *string `json:"billing,omitempty"`
	Transfers           *string `json:"transfers,omitempty"`
	Operator            *string `json:"operator,omitempty"`
	Legal               *string `json:"legal,omitempty"`
	Language            *string `json:"language,omitempty"`
	MailsOfTransfers    *bool   `json:"emailNotifications,omitempty"`
	PremiumsUnavailable *bool   `json:"premiumsUnavailable,omitempty"`
	ClaimsUnavailable   *bool   `json:"claimsUnavailable,omitempty"`
	IDNsUnavailable     *bool   `json:"idnsUnavailable,omitempty"`
	AutoRenew           *bool   `json:"autoRenewEnabled,omitempty"`
	ContactPurge        *bool   `json:"contactPurgeEnabled,omitempty"`
}

// postalSettings change parts of a postal address.
type postalSettings struct {
	Street   *[]string `json:"street,omitempty"`
	City     *string   `json:"city,omitempty"`
	Province *string   `json:"sp,omitempty"`
	Postcode *string   `json:"pc,omitempty"`
	Country  *string   `json:"cc,omitempty"`
}

// changed lists what is set: the settings with their values, of the rest only what it is.
func (q registrarSettings) changed() []string {
	what := []string{}
	for name, text := range map[string]*string{
		"name": q.Name, "trading-name": q.TradingName, "email": q.Email, "voice": q.Voice, "fax": q.Fax, "website": q.Website,
		"port43": q.Port43, "rdap": q.RDAP, "abuse": q.Abuse, "city": q.City, "sp": q.Province, "pc": q.Postcode, "cc": q.Country,
		"billing": q.Billing, "transfers": q.Transfers, "operator": q.Operator, "legal": q.Legal, "language": q.Language,
	} {
		if text != nil {
			what = append(what, name)
		}
	}
	for name, on := range map[string]*bool{
		"premiums-are-unavailable": q.PremiumsUnavailable, "claims-are-unavailable": q.ClaimsUnavailable, "idns-are-unavailable": q.IDNsUnavailable,
		"email-notifications": q.MailsOfTransfers, "contact-purge-enabled": q.ContactPurge,
		"auto-renew-enabled": q.AutoRenew,
	} {
		if on != nil {
			what = append(what, name+"="+strconv.FormatBool(*on))
		}
	}
	if q.IANAID != nil {
		what = append(what, "iana-id")
	}
	if q.Street != nil {
		what = append(what, "street")
	}
	slices.Sort(what)
	return what
}

func (h *house) setRegistrar(ctx context.Context, r *http.Request, q registrarSettings) (registrarDetails, error) {
	changed := q.changed()
	if len(changed) == 0 {
		return registrarDetails{}, mistake{errors.New("nothing is to be changed; give a flag, such as --email")}
	}
	known := newRegistrar{
		Name: given(q.Name), TradingName: given(q.TradingName), IANAID: given(q.IANAID), Email: given(q.Email), Voice: given(q.Voice),
		Fax: given(q.Fax), Website: given(q.Website), Port43: given(q.Port43), Abuse: given(q.Abuse),
	}
	if err := known.wellFormed(); err != nil {
		return registrarDetails{}, mistake{err}
	}
	act := q.act(r)
	return h.changeAccount(ctx, act, flow.RegistrarSet{
		Act: act, Name: q.Name, TradingName: q.TradingName, IANAID: q.IANAID, Email: q.Email, Voice: q.Voice, Fax: q.Fax,
		Website: q.Website, Port43: q.Port43, RDAP: q.RDAP, Abuse: q.Abuse, Postal: flow.PostalSet(q.postalSettings),
		Billing: q.Billing, Transfers: q.Transfers, Operator: q.Operator, Legal: q.Legal,
		Language: (*registry.Language)(q.Language), MailsOfTransfers: q.MailsOfTransfers,
		PremiumsUnavailable: q.PremiumsUnavailable, ClaimsUnavailable: q.ClaimsUnavailable, IDNsUnavailable: q.IDNsUnavailable,
		AutoRenew: q.AutoRenew, ContactPurge: q.ContactPurge,
	}, "changed", changed)
}

// given returns what is given, and nothing for what is not.
func given[T any](setting *T) (value T) {
	if setting != nil {
		value = *setting
	}
	return value
}

// A passwordRequest replaces a password.
type passwordRequest struct {
	actRequest
	Password string `json:"password"`
	Files    bool   `json:"files,omitempty"` // the password for FTPS, else that for EPP
}

func (h *house) replacePassword(ctx context.Context, r *http.Request, q passwordRequest) (registrarDetails, error) {
	if err := passwordIsPossible("the password", q.Password, eppclient.MaxPassword); err != nil {
		return registrarDetails{}, mistake{err}
	}
	act := q.act(r)
	reply, err := h.core.service.Ask(ctx, "", flow.RegistrarShow{ID: act.Registrar})
	if err != nil {
		return registrarDetails{}, err
	}
	hash, err := h.core.service.HashPassword(ctx, reply.(flow.RegistrarAccount).Registrar, q.Password, q.Files)
	if err != nil {
		return registrarDetails{}, err
	}
	return h.changeAccount(ctx, act, flow.RegistrarPassword{Act: act, To: hash, Files: q.Files})
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
