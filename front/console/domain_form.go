package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainForm is a page on which something is done with one of one's names.
type domainForm struct {
	form
	flow.OwnShown
	Sentence string
}

// domainForm begins the page of a form about the name of the address.
func (v *visit) domainForm(begin func(flow.OwnShown) url.Values, fields map[string]string) (domainForm, error) {
	shown, err := v.ownDomain()
	if err != nil {
		return domainForm{}, err
	}
	values := url.Values{}
	if begin != nil {
		values = begin(shown)
	}
	f := v.form(values, fields)
	f.from(shown.Domain.Version, values)
	return domainForm{f, shown, v.stateSentence(shown)}, nil
}

// runOn runs a command that was decided on by a name as it was shown.
func (v *visit) runOn(f domainForm, cmd flow.Command) (flow.Reply, error) {
	return v.run(flow.IfUnchanged{Command: cmd, Kind: registry.KindDomain, ID: f.Domain.Name.String(), Version: v.seen()})
}

// wrong answers a form in which something is not right, before the registry is asked.
func (v *visit) wrong(name string, data any) error {
	return v.render(http.StatusUnprocessableEntity, name, data)
}

// wrongBeside answers a form in which something is not right, with all else that its command would be refused for: who
// filled it in is told everything at once. Nothing is run.
func (v *visit) wrongBeside(name string, page interface{ refused(*registry.Error) }, cmd flow.Command) error {
	told, err := v.console.config.Service.Explain(v.r.Context(), flow.Ask{
		Registrar: v.visitor.Registrar.ID, User: v.visitor.User.Login, Command: cmd, Own: true,
	})
	refusal := told.Refusal
	if err != nil && !errors.As(err, &refusal) {
		return err
	}
	if refusal != nil {
		page.refused(refusal)
	}
	return v.wrong(name, page)
}

// here is the page of the name.
func (f domainForm) here() string { return pathTo("domains", f.Domain.Name) }

// agreed is the price that a form says, which its sender has agreed to.
func agreed(text string) flow.FeeSaid {
	amount, err := ledger.ParseMoney(text)
	return flow.FeeSaid{Given: true, Total: amount, Inexact: err != nil, Text: text}
}

// changed returns what has to be removed of a list, and added to it, to make another of it.
func changed[T comparable](have, want []T) (remove, add []T) {
	for _, v := range have {
		if !slices.Contains(want, v) {
			remove = append(remove, v)
		}
	}
	for _, v := range want {
		if !slices.Contains(have, v) {
			add = append(add, v)
		}
	}
	return remove, add
}

// sentTerm reads the number of years that was chosen, with the price that stood beside it.
func (v *visit) sentTerm() (years int, fee flow.FeeSaid, ok bool) {
	number, price, _ := strings.Cut(v.sent("term"), ":")
	years, err := strconv.Atoi(number)
	return years, agreed(price), err == nil
}
