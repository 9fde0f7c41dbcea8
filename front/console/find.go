package console

import (
	"errors"
	"net/url"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// find goes to what a name or an id is, if it is one of the registrar's own; else to the names that begin so.
func (c *Console) find(v *visit) error {
	text := v.query("q")
	if text == "" {
		return v.redirect(Path + "domains")
	}
	list := Path + "domains?q=" + url.QueryEscape(text)
	if name, err := names.ParseLookup(text); err == nil {
		reply, err := v.own(flow.DomainInfo{Name: name})
		if d, ok := reply.(flow.DomainDetails); err != nil || ok && d.Sponsor == v.visitor.Registrar.ID {
			return v.orElse(err, pathTo("domains", name))
		}
		reply, err = v.own(flow.HostInfo{Name: name})
		if h, ok := reply.(flow.HostDetails); err != nil || ok && h.Sponsor == v.visitor.Registrar.ID {
			return v.orElse(err, pathTo("hosts", name))
		}
	}
	reply, err := v.own(flow.ContactInfo{ID: text})
	if k, ok := reply.(flow.ContactDetails); err != nil || ok && k.Sponsor == v.visitor.Registrar.ID {
		return v.orElse(err, pathTo("contacts", k.ID))
	}
	return v.redirect(list)
}

// own asks for an object; that it is not there, or not to be seen, is no error but no reply.
func (v *visit) own(q flow.Query) (flow.Reply, error) {
	reply, err := v.ask(q)
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
		return nil, nil
	}
	return reply, err
}

// orElse goes to a path unless there is an error.
func (v *visit) orElse(err error, path string) error {
	if err != nil {
		return err
	}
	return v.redirect(path)
}
