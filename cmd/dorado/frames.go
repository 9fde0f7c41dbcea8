package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/console"
	"example.org/dorado/front/epp"
)

// judge says for the console what is to be said of a frame of a registrar: the console knows no EPP, and EPP no console.
func (r *registryCore) judge(ctx context.Context, who registry.RegistrarID, frame []byte) (console.FrameVerdict, error) {
	told, err := epp.Judge(ctx, r.service, who, frame)
	if err != nil {
		return console.FrameVerdict{}, err
	}
	v := console.FrameVerdict{
		Masked: epp.Mask(strings.ToValidUTF8(string(frame), "\uFFFD")), Valid: told.Valid, Line: told.Line, Column: told.Column,
		Means: told.Means, Extensions: told.Extensions, Code: told.Code, Message: told.Message,
		Good: told.Refusal == nil, Remedy: remediesOf(told.Refusal.All()), Changes: ownChanges(told.Changes, who),
	}
	if told.Refusal != nil {
		v.Refusals = append(v.Refusals, told.Refusal.Reason)
	}
	for _, rule := range told.Rules {
		if rule.Refusal != nil {
			v.Refusals = append(v.Refusals, rule.Refusal.Reason)
		}
	}
	var prices []priceRow
	checked, isCheck := told.Reply.([]flow.Checked)
	for _, c := range checked {
		v.Objects = append(v.Objects, console.FrameObject{Object: c.Object, Available: c.Available, Reason: c.Reason})
		prices = append(prices, pricesOfChecked(c)...)
	}
	if !isCheck {
		for _, q := range told.Prices {
			prices = append(prices, rowOfPrice(q))
		}
	}
	for _, p := range prices {
		v.Prices = append(v.Prices, console.FramePrice{Object: p.Object, Operation: p.Operation, Total: p.Total, Why: p.Why, Years: p.Years, Fees: p.Fees})
	}
	return v, nil
}

// ownChanges says what a command would store, as far as it is about the registrar that sends it: of others, and of what
// the registry notes for itself, it is told nothing.
func ownChanges(c registry.Changes, who registry.RegistrarID) []string {
	var lines []string
	for _, d := range c.Domains {
		if d.Sponsor == who || d.Transfer.Gaining == who {
			lines = append(lines, domainLine(d))
		}
	}
	for _, h := range c.Hosts {
		if h.Sponsor == who {
			lines = append(lines, fmt.Sprintf("host %s, version %d", h.Name, h.Version))
		}
	}
	for _, contact := range c.Contacts {
		if contact.Sponsor == who || contact.Transfer.Gaining == who {
			lines = append(lines, fmt.Sprintf("contact %s, version %d%s", contact.ID, contact.Version, transferText(contact.Transfer)))
		}
	}
	lines = append(lines, goneOf(c, who)...)
	lines = append(lines, ownCharges(c, who)...)
	for _, m := range c.Poll {
		if m.Registrar == who {
			lines = append(lines, "a message in the queue of this registrar")
		}
	}
	for _, m := range c.Mail {
		if m.Registrar == who {
			lines = append(lines, fmt.Sprintf("a mail to %s: %s", m.To, m.Event))
		}
	}
	return lines
}

// goneOf are the registrar's objects that would be gone.
func goneOf(c registry.Changes, who registry.RegistrarID) []string {
	var lines []string
	for _, d := range c.GoneDomains {
		if d.Sponsor == who {
			lines = append(lines, fmt.Sprintf("domain %s is gone", d.Name))
		}
	}
	for _, h := range c.GoneHosts {
		if h.Sponsor == who {
			lines = append(lines, fmt.Sprintf("host %s is gone", h.Name))
		}
	}
	for _, contact := range c.GoneContacts {
		if contact.Sponsor == who {
			lines = append(lines, fmt.Sprintf("contact %s is gone", contact.ID))
		}
	}
	return lines
}

// ownCharges are the registrar's charges, each as it is in the end.
func ownCharges(c registry.Changes, who registry.RegistrarID) []string {
	c.Charges = slices.DeleteFunc(slices.Clone(c.Charges), func(charge ledger.Charge) bool { return charge.Party != ledger.Party(who) })
	c.PromotionUses = slices.DeleteFunc(slices.Clone(c.PromotionUses), func(u registry.PromotionUse) bool { return u.Registrar != who })
	c.Rescheduled = nil
	return chargeLines(c)
}
