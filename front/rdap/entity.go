package rdap

import (
	"slices"
	"strconv"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// handleOf is how a registrar is called: by its IANA id where ICANN has accredited it, else by our own id. Response
// profile 2.4.2 and 2.4.3.
func handleOf(r flow.PublicRegistrar) string {
	if r.IANAID > 0 {
		return strconv.Itoa(r.IANAID)
	}
	return string(r.ID)
}

// registrar is the sponsor of an object with its abuse contact. Response profile 2.4.
func (h *Handler) registrar(q query, r flow.PublicRegistrar) entity {
	e := entity{
		Class: "entity", Handle: handleOf(r), Roles: []string{"registrar"},
		VCard: vcard{}.text("fn", r.Name).array(),
		Links: append([]link{h.self(q, "entity/"+handleOf(r))}, about(r)...),
	}
	if r.IANAID > 0 {
		e.PublicIDs = []publicID{{"IANA Registrar ID", e.Handle}}
	}
	if r.Abuse != "" || r.Voice != "" {
		card := vcard{}.text("fn", "Abuse contact of "+r.Name).tel("voice", registry.Phone{Number: r.Voice})
		if r.Abuse != "" {
			card = card.text("email", r.Abuse)
		}
		e.Entities = []entity{{Class: "entity", Roles: []string{"abuse"}, VCard: card.array()}}
	}
	if q.jscard {
		e.JSCard = organizationCard(r.Name)
		for i := range e.Entities {
			e.Entities[i].JSCard = organizationCard("Abuse contact of "+r.Name).reachable(r.Voice, "", r.Abuse, "")
		}
	}
	return e
}

// about leads to the registrar's own RDAP, where it has said where. Response profile 2.4.6.
func about(r flow.PublicRegistrar) []link {
	if r.RDAP == "" {
		return nil
	}
	return []link{{Value: r.RDAP, Rel: "about", Href: r.RDAP, Type: mediaType}}
}

// registrarEntity is everything that is public about a registrar. Response profile 3.1.
func (h *Handler) registrarEntity(q query, r flow.RegistrarFound) entity {
	e := h.registrar(q, r.PublicRegistrar)
	card := vcard{}.text("fn", r.Name)
	if r.TradingName != "" {
		card = card.text("org", r.TradingName)
	}
	card = card.address(r.Postal).tel("voice", registry.Phone{Number: r.Voice}).tel("fax", registry.Phone{Number: r.Fax})
	if r.Email != "" {
		card = card.text("email", r.Email)
	}
	if isWebAddress(r.Website) {
		card = append(card, []any{"url", struct{}{}, "uri", r.Website})
	}
	e.VCard = card.array()
	if q.jscard {
		e.JSCard = organizationCard(r.Name).reachable(r.Voice, r.Fax, r.Email, r.Website).at(r.Postal)
	}
	e.Status, e.Port43 = []string{"active"}, h.config.Port43
	if !r.Updated.IsZero() {
		e.Events = append(e.Events, event{lastChanged, stamp(r.Updated)})
	}
	e.Events = append(e.Events, h.lastUpdate())
	return e
}

// contactEntity is what the caller may see of a contact that stands at a path of the answer.
func (h *Handler) contactEntity(q query, c flow.ContactFound, at string) entity {
	d := drafted{role: role{prefix: "Contact"}, at: at, person: c.Person}
	e := h.card(q, &d, c.Sponsored)
	e.Redacted, e.Status, e.Port43 = d.redacted, contactStatuses(c), h.config.Port43
	e.Events = append(e.Events, event{"registration", stamp(c.Created)})
	if !c.LastChanged.IsZero() {
		e.Events = append(e.Events, event{lastChanged, stamp(c.LastChanged)})
	}
	e.Events = append(e.Events, h.lastUpdate())
	e.Entities = []entity{h.registrar(q, c.Sponsored)}
	return e
}

// contactStatuses are in order of the alphabet; one contact may be both active and associated. RFC 8056 section 2.
func contactStatuses(c flow.ContactFound) []string { return mapped(c.EPPStatuses) }

func hostStatuses(host flow.HostFound) []string { return mapped(host.EPPStatuses) }

func mapped(statuses []registry.Status) []string {
	var list []string
	for _, s := range statuses {
		list = append(list, rdapStatus[string(s)])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// nameserver is everything that is public about a host. RFC 9083 section 5.2, response profile 4.
func (h *Handler) nameserver(q query, host flow.HostFound) nameserver {
	object := nameserver{
		Class: "nameserver", Handle: string(host.ROID), LDHName: host.Name.String(), UnicodeName: unicodeOf(host.Name),
		Addresses: inFamilies(host.Addresses), Status: hostStatuses(host),
		Events:   []event{{"registration", stamp(host.Created)}},
		Entities: []entity{h.registrar(q, host.Sponsored)},
		Links:    []link{h.self(q, "nameserver/"+host.Name.String())},
		Port43:   h.config.Port43,
	}
	if changed := later(host.Updated, host.Transferred); !changed.IsZero() {
		object.Events = append(object.Events, event{lastChanged, stamp(changed)})
	}
	object.Events = append(object.Events, h.lastUpdate())
	return object
}
