package console

import (
	"net/http"
	"net/url"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// contactRoutes are the pages of contacts. Those that are about none stand beside them, since a contact can have any id.
func (c *Console) contactRoutes() []route {
	get := func(path string, handle func(*visit) error) route {
		return route{method: http.MethodGet, path: Path + path, area: policy.AreaNames, handle: handle}
	}
	post := func(path string, handle func(*visit) error) route {
		return route{method: http.MethodPost, path: Path + path, area: policy.AreaNames, handle: handle}
	}
	return []route{
		get("contacts", c.contacts),
		get("contact-new", c.contactNew), post("contact-new", c.contactCreate),
		get("contact-transfer", c.contactAsk), post("contact-transfer", c.contactAskSend),
		get("contacts/{id}", c.contact),
		get("contacts/{id}/edit", c.contactEdit), post("contacts/{id}/edit", c.contactUpdate),
		get("contacts/{id}/delete", c.contactEnd), post("contacts/{id}/delete", c.contactDelete),
		post("contacts/{id}/authinfo", c.contactAuthInfo),
		post("contacts/{id}/transfer", c.contactAnswer),
	}
}

// contactList is what the page of one's contacts shows.
type contactList struct {
	form
	Found    flow.ContactsListed
	Filtered bool
	Pager    pager
}

// contacts shows one's contacts.
func (c *Console) contacts(v *visit) error {
	page := contactList{form: form{Values: url.Values{}, fields: map[string]string{"cursor": ""}}}
	for _, name := range []string{"by", "q", "links"} {
		page.Values.Set(name, v.query(name))
	}
	page.Filtered = v.query("q") != "" || v.query("links") != ""
	reply, err := v.ask(flow.ContactList{
		By: registry.ContactOrder(v.query("by")), Prefix: v.query("q"), Links: linksOf(v.query("links")), After: flow.Place(v.r.URL.Query().Get("page")),
	})
	if err != nil {
		return v.refuse("contact_list", &page, err)
	}
	page.Found = reply.(flow.ContactsListed)
	page.Pager = v.pager(string(page.Found.After), v.inAll(page.Found.Count))
	return v.show("contact_list", &page)
}

// linksOf reads a filter by links; what it does not know selects nothing out.
func linksOf(text string) registry.Links {
	switch l := registry.Links(text); l {
	case registry.AnyLink, registry.NoLink:
		return l
	}
	return ""
}

// inAll says how many there are, of which no more than a limit are counted.
func (v *visit) inAll(n int) string {
	switch {
	case n >= v.console.config.Service.Terms().Limits.Lists.Counted:
		return v.t("%s or more", number(n))
	case n == 0:
		return ""
	}
	return v.t("%s in all", number(n))
}

// postalOf is the address of a contact that a list shows.
func postalOf(k registry.Contact) registry.Postal {
	switch {
	case k.Int != nil:
		return *k.Int
	case k.Loc != nil:
		return *k.Loc
	}
	return registry.Postal{}
}

// A contactRow is a contact with the address that a list shows of it.
type contactRow struct {
	flow.ContactDetails
	Postal registry.Postal
}

// Rows are the contacts of a list.
func (l contactList) Rows() []contactRow {
	rows := make([]contactRow, len(l.Found.Contacts))
	for i, k := range l.Found.Contacts {
		rows[i] = contactRow{k, postalOf(k.Contact)}
	}
	return rows
}
