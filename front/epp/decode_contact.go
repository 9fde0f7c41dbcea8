package epp

import (
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// contactCheck reads <contact:check>. RFC 5733 section 3.1.1.
func (d *decoder) contactCheck(x *strictxml.Element) {
	d.req.query = flow.ContactCheck{IDs: texts(x.Many("id", 1, strictxml.Unbounded), clID)}
}

// contactInfo reads <contact:info>. RFC 5733 section 3.1.2.
func (d *decoder) contactInfo(x *strictxml.Element) {
	q := flow.ContactInfo{ID: d.subjectID(x.One("id"))}
	auth := readAuthInfo(x.Opt("authInfo"), "pw", "ext")
	q.AuthInfo, q.ROID = auth.pw, auth.roid
	d.req.query = q
}

// subjectID reads the id that the command is about.
func (d *decoder) subjectID(x *strictxml.Element) string {
	d.req.subject.ID = strictxml.Take(x, clID)
	return d.req.subject.ID
}

// contactCreate reads <contact:create>. RFC 5733 section 3.2.1.
func (d *decoder) contactCreate(x *strictxml.Element) {
	cmd := flow.ContactCreate{ID: d.subjectID(x.One("id"))}
	for info := range x.Many("postalInfo", 1, 2) {
		put(info, &cmd.Int, &cmd.Loc, postal(info))
	}
	cmd.Voice = givenPhone(x.Opt("voice"))
	cmd.Fax = givenPhone(x.Opt("fax"))
	cmd.Email = strictxml.Take(x.One("email"), token)
	cmd.AuthInfo = d.needAuthInfo(x).text()
	cmd.Disclose = disclose(x.Opt("disclose"))
	d.req.command = cmd
}

// put keeps a postal form in the place that its type says. The same type twice is refused by 2306:
// each form is well written, but a contact has one of each.
func put[T any](x *strictxml.Element, asInt, asLoc **T, form *T) {
	place := asInt
	if strictxml.NeedAttr(x, "type", postalType) == "loc" {
		place = asLoc
	}
	if *place != nil {
		x.Reject(refusal(registry.ParameterPolicy, "", "the contact has two postal forms of this type; send one int, one loc, or one of each"))
		return
	}
	*place = form
}

// postal reads postalInfoType.
func postal(x *strictxml.Element) *registry.Postal {
	n := filled(x.One("name"), postalLine)
	org := filled(x.Opt("org"), optPostalLine)
	p := postalAddress(x.One("addr"))
	p.Name, p.Org = n, org
	return p
}

// postalAddress reads addrType of contact-1.0.
func postalAddress(x *strictxml.Element) *registry.Postal {
	p := &registry.Postal{}
	for street := range x.Many("street", 0, 3) {
		p.Street = append(p.Street, filled(street, optPostalLine))
	}
	p.City = filled(x.One("city"), postalLine)
	p.Province = filled(x.Opt("sp"), optPostalLine)
	p.Postcode = filled(x.Opt("pc"), pc)
	p.Country = strictxml.Take(x.One("cc"), cc)
	return p
}

// phone reads e164Type.
func phone(x *strictxml.Element) *registry.Phone {
	if x == nil {
		return nil
	}
	extension := strictxml.Attr(x, "x", strictxml.Token, "")
	return &registry.Phone{Number: strictxml.Take(x, e164), Extension: extension}
}

// givenPhone is phone for a number that must not be empty.
func givenPhone(x *strictxml.Element) *registry.Phone {
	p := phone(x)
	if p != nil && p.Number == "" {
		x.Reject(refusal(registry.ParameterSyntax, "", "the element is empty; fill it or leave it out"))
	}
	return p
}

// disclose reads discloseType. RFC 5733 section 2.9, manual 9.5.3.
func disclose(x *strictxml.Element) []flow.DiscloseEdit {
	if x == nil {
		return nil
	}
	open := strictxml.NeedAttr(x, "flag", strictxml.Boolean)
	var edits []flow.DiscloseEdit
	for _, what := range []string{"name", "org", "addr"} {
		for kid := range x.Many(what, 0, 2) {
			form := strictxml.NeedAttr(kid, "type", postalType)
			kid.Empty()
			edits = append(edits, flow.DiscloseEdit{What: registry.Disclosure(what + "/" + form), Open: open})
		}
	}
	for _, what := range []string{"voice", "fax", "email"} {
		if kid := x.Opt(what); kid != nil {
			kid.End()
			edits = append(edits, flow.DiscloseEdit{What: registry.Disclosure(what), Open: open})
		}
	}
	return edits
}

// contactDelete reads <contact:delete>. RFC 5733 section 3.2.2.
func (d *decoder) contactDelete(x *strictxml.Element) {
	d.req.command = flow.ContactDelete{ID: d.subjectID(x.One("id"))}
}

// contactTransfer reads <contact:transfer>. RFC 5733 section 3.2.4.
func (d *decoder) contactTransfer(x *strictxml.Element) {
	id := d.subjectID(x.One("id"))
	auth := readAuthInfo(x.Opt("authInfo"), "pw", "ext")
	switch how, ends := transferEnds[d.op]; {
	case ends:
		d.req.command = flow.ContactTransferEnd{ID: id, How: how, AuthInfo: auth.pw, ROID: auth.roid}
	case d.op == "query":
		d.req.query = flow.ContactTransferQuery{ID: id, AuthInfo: auth.pw, ROID: auth.roid}
	default:
		d.req.command = flow.ContactTransfer{ID: id, AuthInfo: auth.pw, ROID: auth.roid}
	}
}

// contactUpdate reads <contact:update>. RFC 5733 section 3.2.5.
func (d *decoder) contactUpdate(x *strictxml.Element) {
	cmd := flow.ContactUpdate{ID: d.subjectID(x.One("id"))}
	add, rem, chg := x.Opt("add"), x.Opt("rem"), x.Opt("chg")
	cmd.Empty = says(add)+says(rem)+says(chg) == 0
	cmd.Add = statuses(add.Many("status", 1, 7), contactStatus)
	cmd.Remove = statuses(rem.Many("status", 1, 7), contactStatus)
	for info := range chg.Many("postalInfo", 0, 2) {
		put(info, &cmd.Int, &cmd.Loc, postalEdit(info))
	}
	cmd.Voice = givenPhone(chg.Opt("voice"))
	cmd.Fax = phone(chg.Opt("fax"))
	if email := chg.Opt("email"); email != nil {
		address := strictxml.Take(email, token)
		cmd.Email = &address
	}
	cmd.AuthInfo = readAuthInfo(chg.Opt("authInfo"), "pw", "ext").pw
	cmd.Disclose = disclose(chg.Opt("disclose"))
	d.req.command = cmd
}

// postalEdit reads chgPostalInfoType. An empty <org> removes it, since nothing else could.
func postalEdit(x *strictxml.Element) *flow.PostalEdit {
	var edit flow.PostalEdit
	if n := x.Opt("name"); n != nil {
		text := filled(n, postalLine)
		edit.Name = &text
	}
	if org := x.Opt("org"); org != nil {
		text := strictxml.Take(org, optPostalLine)
		edit.Org = &text
	}
	if addr := x.Opt("addr"); addr != nil {
		edit.Address = postalAddress(addr)
	}
	return &edit
}
