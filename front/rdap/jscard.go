package rdap

import (
	"net/http"
	"net/url"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// jscardExtension is how the extension calls itself with which entities have cards of RFC 9553, and what the parameter is
// called that asks for them. draft-ietf-regext-rdap-jscontact.
const jscardExtension = "jscard"

// wantsJSCard reports whether a request asks for cards of RFC 9553 beside those of RFC 7095: by the parameter, or by a media
// type with the extension.
func wantsJSCard(r *http.Request, parameters url.Values) bool {
	switch parameters.Get(jscardExtension) {
	case "1", "true":
		return true
	}
	accepted := r.Header.Get("Accept")
	return strings.Contains(accepted, "extensions=") && strings.Contains(accepted, jscardExtension)
}

// A jscard is a Card of RFC 9553, as far as contacts need one. What is closed is not in it. The UID is the handle, and so
// empty where that is not shown.
type jscard struct {
	Type          string                    `json:"@type"`
	Version       string                    `json:"version"`
	UID           string                    `json:"uid"`
	Kind          string                    `json:"kind,omitempty"`
	Name          *cardName                 `json:"name,omitempty"`
	Organizations map[string]cardName       `json:"organizations,omitempty"`
	Addresses     map[string]cardAddress    `json:"addresses,omitempty"`
	Phones        map[string]cardPhone      `json:"phones,omitempty"`
	Emails        map[string]cardEmail      `json:"emails,omitempty"`
	Links         map[string]cardConnection `json:"links,omitempty"`
}

type cardName struct {
	Full string `json:"full,omitempty"` // of a card
	Name string `json:"name,omitempty"` // of an organization
}

type cardAddress struct {
	Components  []cardComponent `json:"components,omitempty"`
	CountryCode string          `json:"countryCode,omitempty"`
}

type cardComponent struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type cardPhone struct {
	Features map[string]bool `json:"features"`
	Number   string          `json:"number"`
}

type cardEmail struct {
	Address string `json:"address"`
}

type cardConnection struct {
	Kind string `json:"kind,omitempty"`
	URI  string `json:"uri"`
}

func newCard(uid string) *jscard { return &jscard{Type: "Card", Version: "1.0", UID: uid} }

// personCard is the card of a contact, with where to reach its registrar in the place of an address that is closed; empty if
// there is none.
func personCard(p flow.Person, contact string) *jscard {
	c := newCard(string(p.Handle))
	if contact != "" {
		c.Links = map[string]cardConnection{"contact": {Kind: "contact", URI: contact}}
	}
	if p.Name.Value != "" {
		c.Name = &cardName{Full: p.Name.Value}
	}
	if p.Org.Value != "" {
		c.Organizations = map[string]cardName{"org": {Name: p.Org.Value}}
	}
	c.phone("voice", p.Voice.Value)
	c.phone("fax", p.Fax.Value)
	return c.reachable("", "", p.Email.Value, "").at(p.Address.Value)
}

// organizationCard is the card of a registrar, or of its abuse contact.
func organizationCard(name string) *jscard {
	c := newCard("")
	c.Kind, c.Name = "org", &cardName{Full: name}
	return c
}

func (c *jscard) phone(feature string, p registry.Phone) {
	if p.Number == "" {
		return
	}
	if c.Phones == nil {
		c.Phones = map[string]cardPhone{}
	}
	c.Phones[feature] = cardPhone{map[string]bool{feature: true}, telURI(p)}
}

// reachable adds ways to reach whom the card is of; empty ones are none.
func (c *jscard) reachable(voice, fax, email, website string) *jscard {
	if voice != "" {
		c.phone("voice", registry.Phone{Number: voice})
	}
	if fax != "" {
		c.phone("fax", registry.Phone{Number: fax})
	}
	if email != "" {
		c.Emails = map[string]cardEmail{"email": {email}}
	}
	if isWebAddress(website) {
		c.Links = map[string]cardConnection{"url": {URI: website}}
	}
	return c
}

// at adds an address, part by part. RFC 9553 section 2.5.1.
func (c *jscard) at(p registry.Postal) *jscard {
	var a cardAddress
	for _, street := range p.Street {
		a.Components = append(a.Components, cardComponent{"name", street})
	}
	for _, part := range []cardComponent{{"locality", p.City}, {"region", p.Province}, {"postcode", p.Postcode}} {
		if part.Value != "" {
			a.Components = append(a.Components, part)
		}
	}
	a.CountryCode = p.Country
	if len(a.Components) > 0 || a.CountryCode != "" {
		c.Addresses = map[string]cardAddress{"addr": a}
	}
	return c
}
