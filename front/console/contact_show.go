package console

import (
	"encoding/base64"
	"net/url"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// contactPage is what the page of one contact shows.
type contactPage struct {
	form
	flow.ContactDetails
	Public flow.Person
	Links  flow.LinksOfContact
	Pager  pager
	Secret string // that was made just now
	Asked  bool   // another registrar wants it, and it can be answered
	Coming bool   // it is another registrar's, and asked for by the visitor's
	Own    registry.RegistrarID
}

// contact shows one contact, with what everybody sees of it and the names that link it.
func (c *Console) contact(v *visit) error {
	page, err := v.contactPage()
	if err != nil {
		return err
	}
	return v.show("contact_show", page)
}

// contactPage reads what the page of a contact shows.
func (v *visit) contactPage() (*contactPage, error) {
	k, err := v.ownContact()
	if isMissing(err) {
		return v.contactComing(err)
	}
	if err != nil {
		return nil, err
	}
	reply, err := v.ask(flow.ContactLinks{ID: k.ID, After: registry.ROID(v.query("page"))})
	if err != nil {
		return nil, err
	}
	links := reply.(flow.LinksOfContact)
	return &contactPage{
		form: form{Values: url.Values{}}, ContactDetails: k, Public: flow.PublicPerson(k.Contact), Links: links, Pager: v.pager(string(links.After), ""),
		Asked: k.Transfer.IsPending(), Own: v.visitor.Registrar.ID,
	}, nil
}

// contactComing is what is shown of a contact that the visitor's registrar has asked for: its transfer and nothing else.
func (v *visit) contactComing(missing error) (*contactPage, error) {
	id := v.r.PathValue("id")
	reply, err := v.ask(flow.ContactTransferQuery{ID: id})
	told, ok := reply.(flow.TransferTold)
	if !ok || told.Gaining != v.visitor.Registrar.ID || told.Status != registry.TransferPending {
		if err != nil && !isMissing(err) && !isRefusal(err) {
			return nil, err
		}
		return nil, missing
	}
	k := registry.Contact{ID: told.Name, Transfer: registry.Transfer{
		Status: told.Status, Gaining: told.Gaining, Losing: told.Losing, Requested: told.Requested, Answer: told.Answer,
	}}
	return &contactPage{form: form{Values: url.Values{}}, ContactDetails: flow.ContactDetails{Contact: k}, Coming: true, Own: v.visitor.Registrar.ID}, nil
}

// contactEnd asks whether a contact is to be deleted.
func (c *Console) contactEnd(v *visit) error {
	k, err := v.ownContact()
	if err != nil {
		return err
	}
	page := &contactPage{form: v.form(url.Values{}, contactFields()), ContactDetails: k}
	page.from(k.Version, nil)
	return v.show("contact_delete", page)
}

// contactDelete deletes a contact.
func (c *Console) contactDelete(v *visit) error {
	k, err := v.ownContact()
	if err != nil {
		return err
	}
	page := &contactPage{form: v.form(nil, map[string]string{"contact:id": ""}), ContactDetails: k}
	page.from(k.Version, nil)
	cmd := flow.IfUnchanged{Command: flow.ContactDelete{ID: k.ID}, Kind: registry.KindContact, ID: k.ID, Version: v.seen()}
	if _, err = v.run(cmd); err != nil {
		return v.refuse("contact_delete", page, err)
	}
	return v.done(Path+"contacts", "The contact %s was deleted.", k.ID)
}

// contactAuthInfo gives a contact a new authInfo, and shows it once. Sent twice, it makes another one.
func (c *Console) contactAuthInfo(v *visit) error {
	page, err := v.contactPage()
	if err != nil {
		return err
	}
	if page.Coming {
		return errMissing
	}
	page.form = v.form(nil, map[string]string{"contact:id": ""})
	secret := base64.RawURLEncoding.EncodeToString(c.config.Service.Random(18))
	if _, err := v.run(flow.ContactUpdate{ID: page.ID, AuthInfo: &secret}); err != nil {
		return v.refuse("contact_show", page, err)
	}
	page.Secret = secret
	return v.show("contact_show", page)
}

// contactAnswer answers a request to transfer a contact, or takes one back.
func (c *Console) contactAnswer(v *visit) error {
	page, err := v.contactPage()
	if err != nil {
		return err
	}
	page.form = v.form(nil, map[string]string{"contact:id": ""})
	how := registry.TransferStatus(v.sent("how"))
	if _, err := v.run(flow.ContactTransferEnd{ID: page.ID, How: how}); err != nil {
		return v.refuse("contact_show", page, err)
	}
	switch how {
	case registry.TransferClientApproved:
		return v.done(Path+"contacts", "The transfer of contact %s was approved; it is the other registrar's now.", page.ID)
	case registry.TransferClientRejected:
		return v.done(pathTo("contacts", page.ID), "The transfer of contact %s was rejected.", page.ID)
	}
	return v.done(Path+"contacts", "The request for contact %s was taken back.", page.ID)
}
