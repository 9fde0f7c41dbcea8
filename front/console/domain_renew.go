package console

import (
	"strconv"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainPay is the page of something that moves money: a renewal or a deletion.
type domainPay struct {
	domainForm
	Terms []term
	Cost  flow.Possible // of a deletion
}

// A term is a number of years that can be bought, with what it costs and until when the name runs then; or why not.
type term struct {
	Value, Label, Why string
}

// terms are the renewals of a name.
func (v *visit) terms(d flow.OwnShown) (list []term) {
	for _, p := range d.Possible {
		switch {
		case p.Action != flow.ActRenew:
		case p.Refusal != nil:
			list = append(list, term{Label: v.years(p.Years), Why: v.why(p.Refusal.Reason)})
		default:
			list = append(list, term{
				Value: strconv.Itoa(p.Years) + ":" + p.Quote.Total().String(),
				Label: v.t("%s: %s, until %s", v.years(p.Years), v.amount(p.Quote.Total()), v.words.day(p.Expires.UTC())),
			})
		}
	}
	return list
}

// years tells a number of years.
func (v *visit) years(n int) string {
	if n == 1 {
		return v.t("1 year")
	}
	return v.t("%d years", n)
}

// Buyable reports whether any of the terms can be bought.
func (p domainPay) Buyable() bool {
	for _, t := range p.Terms {
		if t.Value != "" {
			return true
		}
	}
	return false
}

// domainRenew renews a name for as many years as were chosen, at the price that stood beside them.
func (c *Console) domainRenew(v *visit) error {
	f, err := v.domainForm(nil, map[string]string{
		"domain:period": "term", "fee:fee": "term", "domain:curExpDate": "", "version": "",
	})
	if err != nil {
		return err
	}
	page := &domainPay{domainForm: f, Terms: v.terms(f.OwnShown)}
	if !v.isForm() {
		return v.show("domain_renew", page)
	}
	years, fee, ok := v.sentTerm()
	if !ok {
		page.wrong("term", v.t("Choose for how long."))
	}
	if v.sent("agree") != "yes" {
		page.wrong("agree", v.t("Say that you agree to the price."))
	}
	if len(page.Wrong) > 0 {
		return v.wrong("domain_renew", page)
	}
	reply, err := v.runOn(f, flow.DomainRenew{
		Name: f.Domain.Name, CurrentExpiry: f.Domain.Expires, Years: years, Fee: fee,
	})
	if err != nil {
		return v.refuse("domain_renew", page, err)
	}
	renewed := reply.(flow.DomainRenewed)
	return v.done(f.here(), "The name was renewed until %s, for %s.", v.words.day(renewed.Expires.UTC()), v.amount(renewed.Charged.Total()))
}

// domainRestorePage is the page of a restore: what it costs with the renewal that has to follow, and what happens then.
type domainRestorePage struct {
	domainForm
	Cost flow.Possible

	visit *visit
}

// Whole is the price of the restore and of the renewal.
func (p domainRestorePage) Whole() ledger.Money { return p.Cost.Quote.Total() + p.Cost.Renewal.Price }

// YearsOf tells a number of years.
func (p domainRestorePage) YearsOf(n int) string { return p.visit.years(n) }

// Agreement is what is ticked: where the name renews itself, nobody is asked again for that price.
func (p domainRestorePage) Agreement() string {
	if p.Cost.Renewal.Itself {
		return p.visit.t("I agree to both prices")
	}
	return p.visit.t("I agree to the price")
}

// domainRestore restores a name from redemption.
func (c *Console) domainRestore(v *visit) error {
	f, err := v.domainForm(nil, map[string]string{"fee:fee": "agree", "version": ""})
	if err != nil {
		return err
	}
	page := &domainRestorePage{domainForm: f, Cost: f.Can(flow.ActRestore), visit: v}
	if !v.isForm() {
		return v.show("domain_restore", page)
	}
	if v.sent("agree") != "yes" {
		page.wrong("agree", v.t("Say that you agree to the price."))
		return v.wrong("domain_restore", page)
	}
	reply, err := v.runOn(f, flow.DomainRestore{Update: flow.DomainUpdate{
		Name: f.Domain.Name, Empty: true, Fee: agreed(v.sent("fee")),
	}})
	if err != nil {
		return v.refuse("domain_restore", page, err)
	}
	restored := reply.(flow.DomainRestored)
	paid := v.amount(restored.Charged.Total())
	switch renewal := page.Cost.Renewal; {
	case restored.RenewBy.IsZero():
		return v.done(f.here(), "The name was restored for %s.", paid)
	case renewal.Itself:
		return v.done(f.here(), "The name was restored for %s. It renews itself on %s, for %s.", paid, v.instant(restored.RenewBy), v.amount(renewal.Price))
	}
	return v.done(pathTo("domains", f.Domain.Name, "renew"), "The name was restored for %s. Renew it by %s, or it is deleted again.", paid, v.instant(restored.RenewBy))
}

// domainDelete deletes a name, after it was told what that comes to.
func (c *Console) domainDelete(v *visit) error {
	f, err := v.domainForm(nil, map[string]string{"version": ""})
	if err != nil {
		return err
	}
	page := &domainPay{domainForm: f, Cost: f.Can(flow.ActDelete)}
	if !v.isForm() {
		return v.show("domain_delete", page)
	}
	if v.sent("agree") != "yes" {
		page.wrong("agree", v.t("Say that the name is to be deleted."))
		return v.wrong("domain_delete", page)
	}
	reply, err := v.runOn(f, flow.DomainDelete{Name: f.Domain.Name})
	if err != nil {
		return v.refuse("domain_delete", page, err)
	}
	credited := reply.(flow.DomainDeleted).Credited
	path := f.here()
	if page.Cost.Deletion == (registry.Deletion{}) { // it is gone
		path = Path + "domains"
	}
	if credited > 0 {
		return v.done(path, "%s was deleted, and %s credited.", f.Domain.Name.Unicode(), v.amount(credited))
	}
	return v.done(path, "%s was deleted.", f.Domain.Name.Unicode())
}
