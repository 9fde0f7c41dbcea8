package flow

import (
	"slices"

	"example.org/dorado/core/registry"
)

// A Person is a contact as a viewer may see it: the value of what is closed to him is not in it, so nothing that is made
// of a Person can tell it. Manual 9.5.3, decisions 2.3.
type Person struct {
	Role   string        // registrant, admin, tech or billing of a name; empty of one that is looked up by itself
	Handle registry.ROID // empty while nothing of the contact is open

	Name, Org, Email Shown[string]
	Address          Shown[registry.Postal] // from its street lines to its country
	Voice, Fax       Shown[registry.Phone]
}

// A Shown is an attribute that is open to a viewer, with its value, which may be empty, or closed.
type Shown[T any] struct {
	Open  bool
	Value T
}

func shownIf[T any](open bool, value T) Shown[T] {
	if !open {
		return Shown[T]{}
	}
	return Shown[T]{true, value}
}

// shown returns what a viewer may see of a contact: what its registrar has opened to everybody, or all. Of an attribute
// that is there in both postal forms, and open in both, it is the international one.
func shown(role string, c registry.Contact, v Viewer) Person {
	all := v.sees(c)
	opens := func(what registry.Disclosure) bool { return all || slices.Contains(c.Disclose, what) }
	name, nameOpen := postalForm(c, opens(registry.DiscloseNameInt), opens(registry.DiscloseNameLoc))
	org, orgOpen := postalForm(c, opens(registry.DiscloseOrgInt), opens(registry.DiscloseOrgLoc))
	addr, addrOpen := postalForm(c, opens(registry.DiscloseAddrInt), opens(registry.DiscloseAddrLoc))
	addr.Name, addr.Org = "", ""
	p := Person{
		Role:    role,
		Name:    shownIf(nameOpen, name.Name),
		Org:     shownIf(orgOpen, org.Org),
		Address: shownIf(addrOpen, addr),
		Voice:   shownIf(opens(registry.DiscloseVoice), c.Voice),
		Fax:     shownIf(opens(registry.DiscloseFax), c.Fax),
		Email:   shownIf(opens(registry.DiscloseEmail), c.Email),
	}
	if all || len(c.Disclose) > 0 {
		p.Handle = c.ROID
	}
	return p
}

// postalForm returns the first postal form of a contact that is both open and there, the international one before the local.
func postalForm(c registry.Contact, openInt, openLoc bool) (registry.Postal, bool) {
	switch {
	case c.Int != nil && openInt:
		return *c.Int, true
	case c.Loc != nil && openLoc:
		return *c.Loc, true
	}
	return registry.Postal{}, false
}

// PublicPerson is what everybody may see of a contact, whether or not it is stored: what WHOIS and RDAP show of it.
func PublicPerson(c registry.Contact) Person { return shown("", c, Viewer{}) }
