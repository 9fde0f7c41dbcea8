package console

import (
	"cmp"
	"errors"
	"net/url"
	"strconv"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// transferList is what the page of transfers shows.
type transferList struct {
	Coming, Leaving           []flow.OwnDomain
	MoreComing, MoreLeaving   string
	CountComing, CountLeaving string
}

// transfers shows the requests that wait for an answer, in both directions.
func (c *Console) transfers(v *visit) error {
	var page transferList
	for _, part := range []struct {
		state       flow.OwnState
		list        *[]flow.OwnDomain
		more, count *string
	}{
		{flow.OwnLeaving, &page.Leaving, &page.MoreLeaving, &page.CountLeaving},
		{flow.OwnComing, &page.Coming, &page.MoreComing, &page.CountComing},
	} {
		reply, err := v.ask(flow.OwnDomains{State: part.state})
		if err != nil {
			return err
		}
		found := reply.(flow.OwnFound)
		*part.list, *part.count = found.Names, v.counted(found)
		if found.After != "" {
			*part.more = Path + "domains?" + url.Values{"state": {string(part.state)}}.Encode()
		}
	}
	return v.show("transfers", page)
}

// transferPage is what the page of one transfer shows.
type transferPage struct {
	form
	Name    names.Name
	Told    flow.TransferTold
	Leaving bool // the name is the visitor's, and asked for
}

// Pending reports whether the transfer waits for its answer.
func (p transferPage) Pending() bool { return p.Told.Status == registry.TransferPending }

// transferPageOf returns the page of the transfer of the name of the address, if the visitor has a part in it.
func (v *visit) transferPageOf() (*transferPage, error) {
	name, err := v.namePath()
	if err != nil {
		return nil, err
	}
	reply, err := v.ask(flow.DomainTransferQuery{Name: name})
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
		return nil, errMissing
	}
	if err != nil {
		return nil, err
	}
	told, me := reply.(flow.TransferTold), v.visitor.Registrar.ID
	if told.Gaining != me && told.Losing != me {
		return nil, errMissing
	}
	page := &transferPage{Name: name, Told: told, Leaving: told.Losing == me, form: v.form(url.Values{}, map[string]string{"domain:name": ""})}
	return page, nil
}

// transfer shows how a transfer stands.
func (c *Console) transfer(v *visit) error {
	page, err := v.transferPageOf()
	if err != nil {
		return err
	}
	return v.show("transfer", page)
}

// transferEnd returns what approves, rejects or cancels a transfer.
func (c *Console) transferEnd(how registry.TransferStatus) func(*visit) error {
	return func(v *visit) error {
		page, err := v.transferPageOf()
		if err != nil {
			return err
		}
		if _, err := v.run(flow.DomainTransferEnd{Name: page.Name, How: how}); err != nil {
			return v.refuse("transfer", page, err)
		}
		switch how {
		case registry.TransferClientApproved:
			return v.done(Path+"transfers", "The transfer of %s was approved.", page.Name.Unicode())
		case registry.TransferClientRejected:
			return v.done(pathTo("domains", page.Name), "The transfer of %s was rejected.", page.Name.Unicode())
		}
		return v.done(Path+"transfers", "The transfer of %s was cancelled, and what it would have cost is available again.", page.Name.Unicode())
	}
}

// transferNewPage is the page on which a name is asked for.
type transferNewPage struct {
	form
	Asked   bool
	Name    names.Name
	Preview flow.Possible
	Terms   []term
}

// transferNew shows the form: first of the name alone, then what its transfer costs.
func (c *Console) transferNew(v *visit) error {
	page, err := v.askedFor(cmp.Or(v.query("name"), v.sent("name")))
	if err != nil {
		return err
	}
	if len(page.Wrong) > 0 {
		return v.wrong("transfer_new", page)
	}
	return v.show("transfer_new", page)
}

// askedFor begins the page of a name that somebody wants to have from another registrar.
func (v *visit) askedFor(text string) (*transferNewPage, error) {
	page := &transferNewPage{Asked: text != "", form: v.form(url.Values{"name": {text}}, map[string]string{
		"domain:name": "name", "domain:authInfo": "code", "domain:period": "term", "fee:fee": "term",
	})}
	if !page.Asked {
		return page, nil
	}
	name, err := names.ParseLookup(text)
	if err != nil {
		page.wrong("name", v.t("This is no domain name."))
		return page, nil
	}
	terms := v.console.config.Service.Terms()
	for years := terms.MinYears; years <= terms.MaxYears; years++ {
		reply, err := v.ask(flow.TransferPreview{Name: name, Years: years})
		if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
			page.refused(refusal)
			return page, nil
		}
		if err != nil {
			return nil, err
		}
		p := reply.(flow.Possible)
		if page.Name.IsZero() || page.Preview.Refusal != nil && p.Refusal == nil {
			page.Preview = p
		}
		page.Name = name
		if p.Refusal == nil {
			page.Terms = append(page.Terms, term{
				Value: strconv.Itoa(years) + ":" + p.Quote.Total().String(), Label: v.t("%s: %s", v.years(years), v.amount(p.Quote.Total())),
			})
		}
	}
	return page, nil
}

// transferRequest asks for a name with its code.
func (c *Console) transferRequest(v *visit) error {
	page, err := v.askedFor(v.sent("name"))
	if err != nil {
		return err
	}
	if page.Name.IsZero() {
		if len(page.Wrong) == 0 {
			page.wrong("name", v.t("This is no domain name."))
		}
		return v.wrong("transfer_new", page)
	}
	years, fee, ok := v.sentTerm()
	if !ok {
		page.wrong("term", v.t("Choose for how long."))
	}
	if v.sent("agree") != "yes" {
		page.wrong("agree", v.t("Say that you agree to the price."))
	}
	if v.values.Get("code") == "" {
		page.wrong("code", v.t("Write the code that the holder of the name has."))
	}
	if len(page.Wrong) > 0 {
		return v.wrong("transfer_new", page)
	}
	code := v.values.Get("code")
	reply, err := v.run(flow.DomainTransfer{Name: page.Name, Years: years, AuthInfo: &code, Fee: fee})
	page.Values.Del("code")
	if err != nil {
		return v.refuse("transfer_new", page, err)
	}
	return v.done(pathTo("transfers", page.Name), "The name was asked for. Without an answer it is yours on %s.", v.instant(reply.(flow.TransferTold).Answer))
}
