package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/lifecycle"
	"example.org/dorado/flow"
)

// A timelineAnswer is what will happen to a name. Amounts are decimal texts of Currency.
type timelineAnswer struct {
	Name    string    `json:"name"`
	ROID    string    `json:"roid"`
	Sponsor string    `json:"sponsor"`
	At      time.Time `json:"at"` // now, as the registry has it
	Expires time.Time `json:"expires"`
	State   []string  `json:"state"` // see stateOf

	SuspendedUntil time.Time `json:"suspendedUntil,omitzero"`

	Currency string      `json:"currency"`
	Ahead    []aheadLine `json:"ahead"`
}

// An aheadLine is one thing that will happen to a name. What is not about it is left out.
type aheadLine struct {
	At            time.Time `json:"at"`
	What          string    `json:"what"`  // such as renewed, grace-ends, purged
	Event         string    `json:"event"` // the same in words
	Grace         string    `json:"grace,omitempty"`
	Credit        string    `json:"credit,omitempty"` // of a deletion before
	Charge        string    `json:"charge,omitempty"`
	Sponsor       string    `json:"sponsor,omitempty"`
	Expires       time.Time `json:"expires,omitzero"`
	Until         time.Time `json:"until,omitzero"`
	RestorableTil time.Time `json:"restorableUntil,omitzero"`
	PurgeAt       time.Time `json:"purgeAt,omitzero"`
}

// readTimeline answers what will happen to a name.
func (h *house) readTimeline(ctx context.Context, r *http.Request, _ struct{}) (timelineAnswer, error) {
	name, err := nameOf(r.PathValue("name"))
	if err != nil {
		return timelineAnswer{}, mistake{err}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.Timeline{Name: name})
	if err != nil {
		return timelineAnswer{}, err
	}
	t := reply.(flow.TimelineFound)
	answer := timelineAnswer{
		Name: t.Name.String(), ROID: string(t.ROID), Sponsor: string(t.Sponsor), At: t.At, Expires: t.Expires, Currency: t.Currency,
		State: stateOf(flow.NameLine{EPPStatuses: t.EPPStatuses, RGPStatuses: t.RGPStatuses}), Ahead: []aheadLine{},
		SuspendedUntil: t.Suspension.Until,
	}
	for _, a := range t.Ahead {
		answer.Ahead = append(answer.Ahead, aheadLine{
			At: a.At, What: string(a.What), Event: tellAhead(a, t.Currency), Grace: string(a.Grace),
			Credit: someMoney(a.Credit), Charge: someMoney(a.Charge), Sponsor: string(a.Sponsor),
			Expires: a.Expires, Until: a.Until, RestorableTil: a.RestorableTil, PurgeAt: a.PurgeAt,
		})
	}
	return answer, nil
}

// someMoney writes an amount, nothing if it is nothing.
func someMoney(m ledger.Money) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

// tellAhead says in words what will happen to a name.
func tellAhead(a flow.Ahead, currency string) string {
	price := ""
	if a.Charge != 0 {
		price = fmt.Sprintf(", for %s %s", thousands(a.Charge.String()), currency)
	}
	restorable := fmt.Sprintf("; it can be restored until %s and is purged at %s", showInstant(a.RestorableTil), showInstant(a.PurgeAt))
	switch a.What {
	case lifecycle.GraceEnds:
		return fmt.Sprintf("the grace period %s ends; a deletion before credits %s %s", a.Grace, thousands(a.Credit.String()), currency)
	case lifecycle.HoldEnds:
		return "the hold on transfers ends; from then on another registrar can request one"
	case lifecycle.RedemptionEnds:
		return "redemption ends and pending delete begins; until then the name can be restored"
	case lifecycle.Purged:
		return "the name is purged and free"
	case lifecycle.Occasion(lifecycle.Renewed):
		return "the registration renews itself until " + a.Expires.Format(time.DateOnly) + price
	case lifecycle.Occasion(lifecycle.RestoreRenewed):
		return "the day of the restore ends and the name renews itself until " + a.Expires.Format(time.DateOnly) + price
	case lifecycle.Occasion(lifecycle.Suspended):
		return "the registration expires and the name is suspended until " + showInstant(a.Until)
	case lifecycle.Occasion(lifecycle.Expired):
		return "the registration expires and redemption begins" + restorable
	case lifecycle.Occasion(lifecycle.RestoreLapsed):
		return "the day of the restore ends without a renewal and the name is deleted again" + restorable
	case lifecycle.Occasion(lifecycle.Transferred):
		return fmt.Sprintf("the transfer is approved by itself; %s sponsors the name, which expires on %s", a.Sponsor, a.Expires.Format(time.DateOnly))
	}
	return string(a.What)
}
