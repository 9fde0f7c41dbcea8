package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Promotions over the control socket.

func (h *house) promotions(mux *http.ServeMux) {
	mux.HandleFunc("POST /promotions", answerJSON(h, h.addPromotion))
	mux.HandleFunc("GET /promotions", answerJSON(h, h.listPromotions))
	mux.HandleFunc("GET /promotions/{id}", answerJSON(h, h.showPromotion))
	mux.HandleFunc("DELETE /promotions/{id}", answerJSON(h, h.endPromotion))
}

// A promotionLine is one promotion. Instants are those of the command line.
type promotionLine struct {
	actRequest
	ID          string        `json:"id"`
	Reduction   string        `json:"reduction,omitempty"` // in words; only in answers
	State       string        `json:"state,omitempty"`     // coming, in force or ended; only in answers
	Percent     int           `json:"percent,omitempty"`
	Price       string        `json:"price,omitempty"`
	Operations  []string      `json:"operations"`
	Zones       []string      `json:"zones,omitempty"`
	Registrars  []string      `json:"registrars,omitempty"`
	Years       []int         `json:"years,omitempty"`
	Premium     bool          `json:"premium,omitempty"`
	FeeRequired bool          `json:"feeRequired,omitempty"`
	Uses        int           `json:"uses,omitempty"`
	From        string        `json:"from,omitempty"`
	Until       string        `json:"until,omitempty"`
	EndedBy     string        `json:"endedBy,omitempty"`
	EndedFor    string        `json:"endedFor,omitempty"`
	Used        []promotedUse `json:"used,omitempty"` // only in the answer about a single one
}

// A promotedUse is one use of a promotion that limits them.
type promotedUse struct {
	Registrar string `json:"registrar"`
	Number    int    `json:"number"`
	At        string `json:"at"`
	Charge    string `json:"charge"`
}

// promotion reads the texts of a line, at an instant from which lengths of time count.
func (l promotionLine) promotion(now time.Time) (registry.Promotion, error) {
	p := registry.Promotion{
		ID: l.ID, Percent: l.Percent, Operations: l.Operations, Years: l.Years, Premium: l.Premium, FeeSaid: l.FeeRequired,
		Uses: l.Uses, Author: l.Author, Reason: l.Reason,
	}
	var err error
	if p.From, err = optionalInstant(l.From, now); err != nil {
		return p, err
	}
	if p.Until, err = optionalInstant(l.Until, now); err != nil {
		return p, err
	}
	if l.Price != "" {
		if p.Fixed, err = ledger.ParseMoney(l.Price); err != nil {
			return p, err
		}
	}
	for _, zone := range l.Zones {
		name, err := names.Parse(zone)
		if err != nil {
			return p, fmt.Errorf("%q is no zone: %w", zone, err)
		}
		p.Zones = append(p.Zones, name)
	}
	for _, id := range l.Registrars {
		p.Registrars = append(p.Registrars, registry.RegistrarID(id))
	}
	return p, nil
}

func lineOfPromotion(p registry.Promotion, now time.Time) promotionLine {
	line := promotionLine{
		actRequest: actRequest{p.Author, p.Reason}, ID: p.ID, Reduction: reduction(p), State: "in force", Percent: p.Percent,
		Operations: p.Operations, Years: p.Years, Premium: p.Premium, FeeRequired: p.FeeSaid, Uses: p.Uses,
		From: instantText(p.From), Until: instantText(p.Until), EndedBy: p.Ended.Author, EndedFor: p.Ended.Reason,
	}
	switch {
	case !p.Until.IsZero() && !p.Until.After(now):
		line.State = "ended"
	case p.From.After(now):
		line.State = "coming"
	}
	if p.Percent == 0 {
		line.Price = p.Fixed.String()
	}
	for _, zone := range p.Zones {
		line.Zones = append(line.Zones, zone.String())
	}
	for _, id := range p.Registrars {
		line.Registrars = append(line.Registrars, string(id))
	}
	return line
}

// reduction says in words what a promotion makes of a year's price.
func reduction(p registry.Promotion) string {
	if p.Percent > 0 {
		return fmt.Sprintf("%d%% off", p.Percent)
	}
	return p.Fixed.String() + " " + currency + " a year"
}

func (h *house) addPromotion(ctx context.Context, _ *http.Request, q promotionLine) (promotionLine, error) {
	now := h.core.clock.Now()
	p, err := q.promotion(now)
	if err != nil {
		return promotionLine{}, mistake{err}
	}
	reply, err := h.core.run(ctx, flow.PromotionAdd{Promotion: p})
	if err != nil {
		return promotionLine{}, err
	}
	line := lineOfPromotion(reply.(registry.Promotion), now)
	h.log.Info("promotion:add", "promotion", line.ID, "reduction", line.Reduction, "operations", line.Operations, "registrars", line.Registrars,
		"from", line.From, "until", line.Until, "author", line.Author, "reason", line.Reason)
	return line, nil
}

func (h *house) listPromotions(ctx context.Context, r *http.Request, _ struct{}) ([]promotionLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.PromotionList{All: r.URL.Query().Get("all") != ""})
	if err != nil {
		return nil, err
	}
	lines := []promotionLine{}
	for _, p := range reply.([]registry.Promotion) {
		lines = append(lines, lineOfPromotion(p, h.core.clock.Now()))
	}
	return lines, nil
}

// usesShown is how many uses of a promotion are shown.
const usesShown = 1000

func (h *house) showPromotion(ctx context.Context, r *http.Request, _ struct{}) (promotionLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.PromotionShow{ID: r.PathValue("id"), Limit: usesShown})
	if err != nil {
		return promotionLine{}, err
	}
	details := reply.(flow.PromotionDetails)
	line := lineOfPromotion(details.Promotion, h.core.clock.Now())
	for _, u := range details.Uses {
		line.Used = append(line.Used, promotedUse{string(u.Registrar), u.Number, instantText(u.At), u.Charge})
	}
	return line, nil
}

func (h *house) endPromotion(ctx context.Context, r *http.Request, q actRequest) (promotionLine, error) {
	reply, err := h.core.run(ctx, flow.PromotionEnd{ID: r.PathValue("id"), Author: q.Author, Reason: q.Reason})
	if err != nil {
		return promotionLine{}, err
	}
	line := lineOfPromotion(reply.(registry.Promotion), h.core.clock.Now())
	h.log.Info("promotion:end", "promotion", line.ID, "author", q.Author, "reason", q.Reason)
	return line, nil
}
