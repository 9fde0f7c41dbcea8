package console

import (
	"errors"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainShow is what the page of one name shows.
type domainShow struct {
	flow.OwnShown
	Sentence string
	Life     lifeLine
	Acts     []actLine
	Past     flow.OwnPast
}

// An actLine is an action with what it costs or why it is not possible.
type actLine struct {
	Action, Label, Path string
	Cost, Why           string
	Possible            bool
}

// domain shows one of one's names. One that was asked for is on the page of its transfer.
func (c *Console) domain(v *visit) error {
	shown, err := v.ownDomain()
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) && refusal.Code == registry.ObjectMissing {
		return v.toTransferOf(err)
	}
	if err != nil {
		return err
	}
	const stepsShown = 5
	past, err := v.ask(flow.OwnHistory{Object: registry.KindDomain, ID: shown.Domain.Name.String(), Limit: stepsShown})
	if err != nil {
		return err
	}
	return v.show("domain", domainShow{
		OwnShown: shown, Sentence: v.stateSentence(shown), Life: v.lifeLine(shown), Acts: v.acts(shown), Past: past.(flow.OwnPast),
	})
}

// toTransferOf goes to the page of a transfer that one has asked for; of any other name nothing is there.
func (v *visit) toTransferOf(missing error) error {
	name, err := v.namePath()
	if err != nil {
		return err
	}
	reply, err := v.ask(flow.DomainTransferQuery{Name: name})
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
		return missing
	}
	if err != nil {
		return err
	}
	if told := reply.(flow.TransferTold); told.Gaining != v.visitor.Registrar.ID || told.Status != registry.TransferPending {
		return missing
	}
	return v.redirect(pathTo("transfers", name))
}

// acts are the actions on a name in the order in which they are needed.
func (v *visit) acts(d flow.OwnShown) []actLine {
	lines := []struct {
		act         flow.Action
		label, path string
	}{
		{flow.ActRenew, v.t("Renew"), "renew"},
		{flow.ActRestore, v.t("Restore"), "restore"},
		{flow.ActUpdate, v.t("Name servers"), "servers"},
		{flow.ActUpdate, v.t("Contacts"), "contacts"},
		{flow.ActUpdate, v.t("DNSSEC"), "ds"},
		{flow.ActUpdate, v.t("Transfer code"), "authinfo"},
		{flow.ActLock, v.t("Locks"), "locks"},
		{flow.ActDelete, v.t("Delete"), "delete"},
	}
	var list []actLine
	for _, l := range lines {
		p := d.Can(l.act)
		if l.act == flow.ActRestore && !d.Domain.Deletion.Active() {
			continue
		}
		line := actLine{Action: string(l.act), Label: l.label, Path: pathTo("domains", d.Domain.Name, l.path), Possible: p.Refusal == nil}
		switch {
		case p.Refusal != nil:
			line.Why = v.why(p.Refusal.Reason)
		case l.act == flow.ActDelete && p.Credited > 0:
			line.Cost = v.t("credits %s", v.amount(p.Credited))
		case l.act == flow.ActRenew:
			line.Cost = v.t("%s for a year", v.amount(p.Quote.Total()))
			if p.Years > 1 {
				line.Cost = v.t("%s for %d years", v.amount(p.Quote.Total()), p.Years)
			}
		case l.act == flow.ActRestore && p.Renewal.Years > 0:
			line.Cost = v.t("%s with its renewal", v.amount(p.Quote.Total()+p.Renewal.Price))
		case len(p.Quote.Fees) > 0:
			line.Cost = v.amount(p.Quote.Total())
		}
		list = append(list, line)
	}
	return together(list)
}

// together makes one line of those that follow each other and are not possible for the same reason.
func together(all []actLine) (list []actLine) {
	for _, line := range all {
		if n := len(list) - 1; n >= 0 && !line.Possible && list[n].Why == line.Why && line.Action != string(flow.ActLock) {
			list[n].Label += ", " + line.Label
			continue
		}
		list = append(list, line)
	}
	return list
}

// amount tells an amount in the registry's currency.
func (v *visit) amount(m ledger.Money) string {
	return money(v.console.config.Service.Terms().Prices.Currency, m)
}

// instant tells an instant in a sentence.
func (v *visit) instant(t time.Time) string {
	return v.words.day(t.UTC()) + ", " + t.UTC().Format("15:04") + " UTC"
}
