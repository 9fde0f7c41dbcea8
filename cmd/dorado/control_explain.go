package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
)

// A question asks what a frame would be answered.
type question struct {
	Registrar string    `json:"registrar"`
	Frame     string    `json:"frame"`
	At        time.Time `json:"at,omitzero"`
}

// An explanation is what a frame would be answered, and why. Amounts are decimal texts.
type explanation struct {
	At         time.Time  `json:"at"`
	Registrar  string     `json:"registrar"`
	Command    string     `json:"command"`
	Object     string     `json:"object"`
	Code       string     `json:"code"`
	Message    string     `json:"message"`
	Expires    time.Time  `json:"expires,omitzero"`    // of an info of a domain
	Terms      string     `json:"terms,omitempty"`     // why those in force for the name are as they are; none if its names have different ones
	TermsSince time.Time  `json:"termsSince,omitzero"` // since when
	Rules      []ruleLine `json:"rules,omitempty"`     // in their order
	Prices     []priceRow `json:"prices,omitempty"`    // that were asked for, with why
	Writes     []string   `json:"writes,omitempty"`    // what would be stored
	Answers    []checkRow `json:"objects,omitempty"`   // of a check
	Remedy     string     `json:"remedy,omitempty"`    // what would make it work
}

// A ruleLine is one rule with what it looked at, and what stands against it.
type ruleLine struct {
	Rule   string `json:"rule"`
	Holds  bool   `json:"holds"`
	Field  string `json:"field,omitempty"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason,omitempty"`
	Remedy string `json:"remedy,omitempty"`
}

// A priceRow is one price with its fees and why it is what it is.
type priceRow struct {
	Object    string   `json:"object,omitempty"` // where a check asks about several
	Operation string   `json:"operation"`
	Years     int      `json:"years"`
	Total     string   `json:"total"` // with the currency
	Fees      []string `json:"fees"`
	Why       string   `json:"why"`
}

// A checkRow is one object of a check.
type checkRow struct {
	Object    string `json:"object"`
	Available bool   `json:"available"`
	Reason    string `json:"reason,omitempty"`
}

func (h *house) explain(ctx context.Context, _ *http.Request, q question) (explanation, error) {
	return h.core.explain(ctx, q)
}

// explain asks the flow of a frame what it would do.
func (r *registryCore) explain(ctx context.Context, q question) (explanation, error) {
	told, err := epp.Explain(ctx, r.service, registry.RegistrarID(q.Registrar), []byte(q.Frame), q.At)
	if err != nil {
		return explanation{}, err
	}
	e := explanation{
		At: told.At, Registrar: q.Registrar, Command: told.Command, Object: strings.TrimSpace(told.Object),
		Code: told.Code, Message: told.Message, Terms: told.Terms.Why, TermsSince: told.Terms.From,
		Writes: written(told.Changes),
	}
	for _, rule := range told.Rules {
		e.Rules = append(e.Rules, lineOfRule(rule))
	}
	e.Remedy = remedies(told)
	if info, ok := told.Reply.(flow.DomainDetails); ok {
		e.Expires = info.Expires
	}
	checked, isCheck := told.Reply.([]flow.Checked)
	for _, c := range checked {
		e.Answers = append(e.Answers, checkRow{c.Object, c.Available, c.Reason})
		e.Prices = append(e.Prices, pricesOfChecked(c)...)
	}
	if !isCheck {
		for _, q := range told.Prices {
			e.Prices = append(e.Prices, rowOfPrice(q))
		}
	}
	return e, nil
}

// remedies are what would make a refused command work: all that the rules which do not hold ask for.
func remedies(told epp.Explanation) string {
	refusals := told.Refusal.All()
	for _, rule := range told.Rules {
		if rule.Refusal != nil {
			refusals = append(refusals, rule.Refusal)
		}
	}
	return remediesOf(refusals)
}

// remediesOf are what refusals ask for, each once.
func remediesOf(refusals []*registry.Error) string {
	var list []string
	for _, e := range refusals {
		_, remedy, _ := strings.Cut(e.Reason, "; ")
		if remedy != "" && !slices.Contains(list, remedy) {
			list = append(list, remedy)
		}
	}
	return strings.Join(list, "; and ")
}

func lineOfRule(r flow.Rule) ruleLine {
	line := ruleLine{Rule: r.Name, Holds: r.Refusal == nil, Field: r.Field, Value: r.Value}
	if r.Refusal != nil {
		line.Reason, line.Remedy, _ = strings.Cut(r.Refusal.Reason, "; ")
	}
	return line
}

// pricesOfChecked are the prices that a check asked for.
func pricesOfChecked(c flow.Checked) []priceRow {
	var rows []priceRow
	if c.Fees == nil {
		return nil
	}
	for _, command := range c.Fees.Commands {
		if len(command.Quote.Fees) > 0 {
			row := rowOfPrice(command.Quote)
			row.Object = c.Object
			rows = append(rows, row)
		}
	}
	return rows
}

func rowOfPrice(q policy.Quote) priceRow {
	row := priceRow{
		Operation: string(q.Operation), Years: q.Years, Total: q.String(),
		Why: "the standard price under the terms since " + q.Since.Format(time.DateOnly),
	}
	switch {
	case q.Entry.Tier > 0:
		row.Why = fmt.Sprintf("premium, tier %d, by %s", q.Entry.Tier, entryText(q.Entry))
	case q.IsPremium():
		row.Why = "premium, prices of its own, by " + entryText(q.Entry)
	}
	if q.Promotion != nil {
		row.Why += fmt.Sprintf("; instead of %s by the promotion %s: %s", q.Regular, q.Promotion.ID, reduction(*q.Promotion))
	}
	for _, fee := range q.Fees {
		text := string(fee.Type) + " " + fee.Amount.String()
		if fee.Grace > 0 {
			text += fmt.Sprintf(", credited if undone within %d days", fee.Grace)
		}
		row.Fees = append(row.Fees, text)
	}
	return row
}

// entryText says where the price of a name stands.
func entryText(e registry.NamePrice) string {
	since := e.From.Format(time.DateOnly)
	if e.List > 0 {
		return fmt.Sprintf("price list %d, which holds since %s", e.List, since)
	}
	return "the name's entry since " + since
}

// written says what a command would store, a line for each thing.
func written(c registry.Changes) []string {
	var lines []string
	for _, earlier := range c.Earlier {
		for _, line := range written(earlier) {
			lines = append(lines, "first, what time did: "+line)
		}
	}
	for _, d := range c.Domains {
		lines = append(lines, domainLine(d))
	}
	for _, h := range c.Hosts {
		lines = append(lines, fmt.Sprintf("host %s, version %d", h.Name, h.Version))
	}
	for _, contact := range c.Contacts {
		lines = append(lines, fmt.Sprintf("contact %s, version %d%s", contact.ID, contact.Version, transferText(contact.Transfer)))
	}
	for _, d := range c.GoneDomains {
		lines = append(lines, fmt.Sprintf("domain %s is gone", d.Name))
	}
	for _, h := range c.GoneHosts {
		lines = append(lines, fmt.Sprintf("host %s is gone", h.Name))
	}
	for _, contact := range c.GoneContacts {
		lines = append(lines, fmt.Sprintf("contact %s is gone", contact.ID))
	}
	lines = append(lines, chargeLines(c)...)
	for _, m := range c.Marks {
		if m.Kind != registry.MarkLeft { // beside a mark of the same name
			lines = append(lines, fmt.Sprintf("the zone looks at %s again", m.Name))
		}
	}
	for _, m := range c.Poll {
		lines = append(lines, fmt.Sprintf("a message to %s", m.Registrar))
	}
	for _, m := range c.Mail {
		lines = append(lines, fmt.Sprintf("a mail to %s at %s: %s", m.Registrar, m.To, m.Event))
	}
	return lines
}

// chargeLines are the charges, each as it is in the end.
func chargeLines(c registry.Changes) []string {
	var lines []string
	for i, charge := range c.Charges {
		later := c.Charges[i+1:]
		if !slices.ContainsFunc(later, func(l ledger.Charge) bool { return l.ID == charge.ID }) {
			lines = append(lines, fmt.Sprintf("charge %s %s of %s, %s", charge.Type, charge.Amount, charge.Party, chargeState(charge)))
		}
	}
	for _, u := range c.PromotionUses {
		lines = append(lines, fmt.Sprintf("use %d of the promotion %s by %s", u.Number, u.Promotion, u.Registrar))
	}
	for _, charge := range c.Rescheduled {
		text := "posts at " + charge.PostsAt.Format(time.RFC3339)
		if charge.PostsAt.Equal(ledger.Undecided()) {
			text = "posts when the transfer has ended, unless that credits it"
		}
		lines = append(lines, "a charge that was made before "+text)
	}
	return lines
}

// transferText says how a transfer of an object stands.
func transferText(t registry.Transfer) string {
	switch {
	case t.IsZero():
		return ""
	case t.IsPending():
		return fmt.Sprintf(", to be transferred from %s to %s by %s", t.Losing, t.Gaining, t.Answer.Format(time.RFC3339))
	}
	return fmt.Sprintf(", its transfer from %s to %s %s at %s", t.Losing, t.Gaining, t.Status, t.Answer.Format(time.RFC3339))
}

// domainLine is a domain as it would be stored.
func domainLine(d registry.Domain) string {
	line := fmt.Sprintf("domain %s, version %d, expires %s", d.Name, d.Version, d.Expires.Format(time.RFC3339))
	if len(d.Statuses) > 0 {
		line += fmt.Sprintf(", with %s", d.Statuses)
	}
	if d.Deletion.Active() {
		line += fmt.Sprintf(", deleted: to be restored until %s, free at %s",
			d.Deletion.RestorableTil.Format(time.RFC3339), d.Deletion.PurgeAt.Format(time.RFC3339))
	}
	if !d.RenewBy.IsZero() {
		line += ", to be renewed by " + d.RenewBy.Format(time.RFC3339)
	}
	return line + transferText(d.Transfer)
}

func chargeState(c ledger.Charge) string {
	if c.State == ledger.Open {
		return "posts at " + c.PostsAt.Format(time.RFC3339)
	}
	return string(c.State)
}
