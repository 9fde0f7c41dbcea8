package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A domainAnswer is what an operator sees of a name: its facts, and what follows from them now.
type domainAnswer struct {
	Name        string            `json:"name"`
	ROID        string            `json:"roid"`
	Sponsor     string            `json:"sponsor"`
	Statuses    []string          `json:"statuses"` // EPP's, then those of the grace period mapping
	Published   string            `json:"published"`
	Nameservers []string          `json:"nameservers"`
	Created     time.Time         `json:"created"`
	Updated     time.Time         `json:"updated,omitzero"`
	Transferred time.Time         `json:"transferred,omitzero"`
	Expires     time.Time         `json:"expires"`
	Graces      []graceLine       `json:"graces,omitempty"`
	HoldUntil   time.Time         `json:"holdUntil,omitzero"` // no transfer before
	RenewBy     time.Time         `json:"renewBy,omitzero"`
	Suspended   *suspensionLine   `json:"suspended,omitempty"`
	Deleted     *deletionLine     `json:"deleted,omitempty"`
	Transfer    *transferLine     `json:"transfer,omitempty"` // that is pending
	Last        *endedLine        `json:"lastTransfer,omitempty"`
	Contacts    map[string]string `json:"contacts"` // ids by role, parted by blanks
	Changed     *deedLine         `json:"changed,omitempty"`
	Waits       string            `json:"waits,omitempty"` // what is not published yet, and why
}

type graceLine struct {
	Kind  string    `json:"kind"`
	Until time.Time `json:"until"`
}

type suspensionLine struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
}

type deletionLine struct {
	At            time.Time `json:"at"`
	By            string    `json:"by"` // a registrar's id, operator or time
	RestorableTil time.Time `json:"restorableUntil"`
	PurgeAt       time.Time `json:"purgeAt"`
}

type transferLine struct {
	Gaining   string    `json:"gaining"`
	Requested time.Time `json:"requested"`
	Answer    time.Time `json:"answer"` // approved by itself then
}

// An endedLine is how the last transfer of a name ended.
type endedLine struct {
	Status  string    `json:"status"` // RFC 5730's
	Gaining string    `json:"gaining"`
	Losing  string    `json:"losing"`
	At      time.Time `json:"at"`
}

// A deedLine is the operator's last change of an object.
type deedLine struct {
	At     time.Time `json:"at"`
	Author string    `json:"author"`
	Reason string    `json:"reason"`
}

func (h *house) showDomain(ctx context.Context, r *http.Request, _ struct{}) (domainAnswer, error) {
	name, err := nameNamed(r)
	if err != nil {
		return domainAnswer{}, err
	}
	reply, err := h.core.service.Ask(ctx, "", flow.DomainLookup{Name: name})
	if err != nil {
		return domainAnswer{}, err
	}
	a := newDomainAnswer(reply.(flow.DomainFound), h.core.clock.Now())
	a.Waits, err = h.waitingOf(ctx, name)
	return a, err
}

func newDomainAnswer(d flow.DomainFound, now time.Time) domainAnswer {
	a := domainAnswer{
		Name: d.Name.String(), ROID: string(d.ROID), Sponsor: string(d.Sponsor), Published: string(d.Published),
		Nameservers: []string{}, Created: d.Created, Updated: d.Updated, Transferred: d.Transferred, Expires: d.Expires,
		RenewBy: d.RenewBy, Contacts: map[string]string{},
		Statuses: stateOf(flow.NameLine{EPPStatuses: d.EPPStatuses, RGPStatuses: d.RGPStatuses}),
	}
	for _, ns := range d.Nameservers {
		a.Nameservers = append(a.Nameservers, ns.Name.String())
	}
	if d.Registrant.ID != "" {
		a.Contacts["registrant"] = d.Registrant.ID
	}
	for _, contact := range d.Contacts {
		a.Contacts[contact.Role] = strings.TrimSpace(a.Contacts[contact.Role] + " " + contact.ID)
	}
	for _, g := range d.Graces {
		if g.Until.After(now) {
			a.Graces = append(a.Graces, graceLine{string(g.Kind), g.Until})
		}
	}
	if d.HoldUntil.After(now) {
		a.HoldUntil = d.HoldUntil
	}
	a.addFacts(d.Domain)
	return a
}

// addFacts adds what stands of a name only at times.
func (a *domainAnswer) addFacts(d registry.Domain) {
	if s := d.Suspension; s.Active() {
		a.Suspended = &suspensionLine{s.At, s.Until}
	}
	if x := d.Deletion; x.Active() {
		a.Deleted = &deletionLine{x.At, deleterOf(x), x.RestorableTil, x.PurgeAt}
	}
	switch t := d.Transfer; {
	case t.IsPending():
		a.Transfer = &transferLine{string(t.Gaining), t.Requested, t.Answer}
	case !t.IsZero():
		a.Last = &endedLine{string(t.Status), string(t.Gaining), string(t.Losing), t.Answer}
	}
	if m := d.Changed; m.Author != "" {
		a.Changed = &deedLine{m.Since, m.Author, m.Reason}
	}
}

// deleterOf says who deleted a name.
func deleterOf(d registry.Deletion) string {
	switch {
	case d.By != "":
		return string(d.By)
	case d.ByOperator():
		return "operator"
	}
	return "time"
}
