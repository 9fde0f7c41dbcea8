package console

import (
	"cmp"
	"encoding/base32"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// contactForm is what the pages show on which a contact is made or changed.
type contactForm struct {
	form
	ID      string       // of one that is changed; empty of a new one
	Preview *flow.Person // what everybody would see
	Locks   []registry.Status
}

// contactFields maps the fields of refusals to those that a form has once; those of an address are found by placePostal.
func contactFields() map[string]string {
	return map[string]string{
		"contact:id": "id", "contact:voice": "voice", "contact:fax": "fax", "contact:email": "email", "contact:status": "lock",
		"contact:authInfo": "authinfo",
	}
}

// contactLocks are the statuses that a registrar sets on its contacts.
func contactLocks() []registry.Status {
	return []registry.Status{registry.ClientDeleteProhibited, registry.ClientTransferProhibited, registry.ClientUpdateProhibited}
}

// refused puts refusals at their fields. What is wrong with an address is at the form of it that holds what was wrong.
func (f *contactForm) refused(e *registry.Error) {
	for _, one := range e.All() {
		f.refusedAt(cmp.Or(f.placePostal(one), f.place(one)), one)
	}
}

// placePostal returns the field of an address that a refusal is about, empty if it is about none. Where both addresses have
// what is wrong, the second refusal is about the second.
func (f *contactForm) placePostal(e *registry.Error) string {
	part, about := strings.CutPrefix(e.Field, "contact:")
	if part == "postalInfo" {
		return "int-name"
	}
	if !about || !slices.Contains(postalParts(), part) && part != "street" {
		return ""
	}
	for _, kind := range []string{"int", "loc"} {
		if !f.hasPostal(kind) {
			continue
		}
		if part != "street" {
			if f.Values.Get(kind+"-"+part) == e.Value && f.Wrong[kind+"-"+part] != f.Why(e) {
				return kind + "-" + part
			}
			continue
		}
		if name := f.placeStreet(kind, e.Value, f.Why(e)); name != "" {
			return name
		}
	}
	return "int-" + strings.Replace(part, "street", "street1", 1)
}

// placeStreet returns the street line of a form of an address that holds a text; without a text, the first if all are
// empty.
func (f *contactForm) placeStreet(kind, value, why string) string {
	empty := true
	for n := range 3 {
		name := kind + "-street" + strconv.Itoa(n+1)
		if value != "" && f.Values.Get(name) == value && f.Wrong[name] != why {
			return name
		}
		empty = empty && f.Values.Get(name) == ""
	}
	if value == "" && empty && f.Wrong[kind+"-street1"] != why {
		return kind + "-street1"
	}
	return ""
}

// postalParts are the parts of an address that it has once.
func postalParts() []string { return []string{"name", "org", "city", "sp", "pc", "cc"} }

// hasPostal reports whether anything of a form of an address is filled in.
func (f form) hasPostal(kind string) bool {
	for name, values := range f.Values {
		if strings.HasPrefix(name, kind+"-") && strings.Join(values, "") != "" {
			return true
		}
	}
	return false
}

// postalSent reads a form of an address; nil if nothing of it is filled in.
func (v *visit) postalSent(kind string) *registry.Postal {
	if !(form{Values: v.values}).hasPostal(kind) {
		return nil
	}
	p := registry.Postal{
		Name: v.sent(kind + "-name"), Org: v.sent(kind + "-org"), City: v.sent(kind + "-city"), Province: v.sent(kind + "-sp"),
		Postcode: v.sent(kind + "-pc"), Country: strings.ToUpper(v.sent(kind + "-cc")),
	}
	for n := range 3 {
		if street := v.sent(kind + "-street" + strconv.Itoa(n+1)); street != "" {
			p.Street = append(p.Street, street)
		}
	}
	return &p
}

// phoneSent reads a telephone number with its extension; nil if neither is filled in.
func (v *visit) phoneSent(name string) *registry.Phone {
	p := registry.Phone{Number: v.sent(name), Extension: v.sent(name + "-x")}
	if p == (registry.Phone{}) {
		return nil
	}
	return &p
}

// disclosedSent reads which attributes are to be shown: each is said.
func (v *visit) disclosedSent() []flow.DiscloseEdit {
	var edits []flow.DiscloseEdit
	for _, d := range registry.Disclosures() {
		edits = append(edits, flow.DiscloseEdit{What: d, Open: slices.Contains(v.values["open"], string(d))})
	}
	return edits
}

// contactSent is the contact that a form describes, to show what everybody would see of it.
func (v *visit) contactSent() registry.Contact {
	k := registry.Contact{ID: v.sent("id"), Int: v.postalSent("int"), Loc: v.postalSent("loc"), Email: v.sent("email")}
	if p := v.phoneSent("voice"); p != nil {
		k.Voice = *p
	}
	if p := v.phoneSent("fax"); p != nil {
		k.Fax = *p
	}
	for _, e := range v.disclosedSent() {
		if e.Open {
			k.Disclose = append(k.Disclose, e.What)
		}
	}
	return k
}

// contactValues are the fields of a contact.
func contactValues(k registry.Contact) url.Values {
	values := url.Values{
		"id": {k.ID}, "voice": {k.Voice.Number}, "voice-x": {k.Voice.Extension}, "fax": {k.Fax.Number}, "fax-x": {k.Fax.Extension},
		"email": {k.Email}, "open": nil, "lock": nil,
	}
	for _, kind := range []string{"int", "loc"} {
		for _, part := range append(postalParts(), "street1", "street2", "street3") {
			values.Set(kind+"-"+part, "")
		}
	}
	for kind, p := range map[string]*registry.Postal{"int": k.Int, "loc": k.Loc} {
		if p == nil {
			continue
		}
		for part, value := range map[string]string{
			"name": p.Name, "org": p.Org, "city": p.City, "sp": p.Province, "pc": p.Postcode, "cc": p.Country,
		} {
			values.Set(kind+"-"+part, value)
		}
		for n, street := range p.Street {
			values.Set(kind+"-street"+strconv.Itoa(n+1), street)
		}
	}
	for _, d := range k.Disclose {
		values.Add("open", string(d))
	}
	for _, s := range k.Statuses {
		if slices.Contains(contactLocks(), s) {
			values.Add("lock", string(s))
		}
	}
	return values
}

// contactNew shows the form of a new contact, with an id that nobody else is likely to have.
func (c *Console) contactNew(v *visit) error {
	id := string(v.visitor.Registrar.ID) + "-" + base32.StdEncoding.EncodeToString(c.config.Service.Random(5))
	page := contactForm{form: v.form(url.Values{"id": {id[:min(len(id), 16)]}}, contactFields())}
	return v.show("contact_form", &page)
}

// contactCreate makes a contact, or only shows what everybody would see of it.
func (c *Console) contactCreate(v *visit) error {
	page := contactForm{form: v.form(nil, contactFields())}
	if v.sent("do") == "preview" {
		return v.previewed(&page)
	}
	_, err := v.run(flow.ContactCreate{
		ID: v.sent("id"), Int: v.postalSent("int"), Loc: v.postalSent("loc"), Voice: v.phoneSent("voice"), Fax: v.phoneSent("fax"),
		Email: v.sent("email"), Disclose: v.disclosedSent(),
	})
	if err != nil {
		return v.refuse("contact_form", &page, err)
	}
	return v.done(pathTo("contacts", v.sent("id")), "The contact %s was made.", v.sent("id"))
}

// previewed shows the form again with what everybody would see.
func (v *visit) previewed(page *contactForm) error {
	person := flow.PublicPerson(v.contactSent())
	page.Preview = &person
	return v.show("contact_form", page)
}

// ownContact asks for a contact of the visitor's registrar; another's is not there.
func (v *visit) ownContact() (flow.ContactDetails, error) {
	reply, err := v.ask(flow.ContactInfo{ID: v.r.PathValue("id")})
	if err != nil {
		return flow.ContactDetails{}, err
	}
	return reply.(flow.ContactDetails), nil
}

// contactEdit shows the form of a contact.
func (c *Console) contactEdit(v *visit) error {
	k, err := v.ownContact()
	if err != nil {
		return err
	}
	page := v.contactEditForm(k)
	person := flow.PublicPerson(k.Contact)
	page.Preview = &person
	return v.show("contact_form", page)
}

// contactEditForm is the form of a contact that there is.
func (v *visit) contactEditForm(k flow.ContactDetails) *contactForm {
	page := &contactForm{form: v.form(contactValues(k.Contact), contactFields()), ID: k.ID, Locks: contactLocks()}
	page.from(k.Version, contactValues(k.Contact))
	return page
}

// contactUpdate changes a contact, or only shows what everybody would see of it.
func (c *Console) contactUpdate(v *visit) error {
	k, err := v.ownContact()
	if err != nil {
		return err
	}
	page := v.contactEditForm(k)
	if v.sent("do") == "preview" {
		return v.previewed(page)
	}
	_, err = v.run(flow.IfUnchanged{Command: v.contactChange(k.Contact), Kind: registry.KindContact, ID: k.ID, Version: v.seen()})
	if err != nil {
		return v.refuse("contact_form", page, err)
	}
	return v.done(pathTo("contacts", k.ID), "The contact %s was changed.", k.ID)
}

// contactChange is the command by which a contact becomes what a form describes.
func (v *visit) contactChange(k registry.Contact) flow.ContactUpdate {
	fax := v.phoneSent("fax")
	if fax == nil && k.Fax != (registry.Phone{}) {
		fax = &registry.Phone{}
	}
	cmd := flow.ContactUpdate{
		ID: k.ID, Int: postalEdit(k.Int, v.postalSent("int")), Loc: postalEdit(k.Loc, v.postalSent("loc")), Fax: fax,
		Voice: v.phoneSent("voice"), Email: new(v.sent("email")), Disclose: v.disclosedSent(),
	}
	if cmd.Voice == nil {
		cmd.Voice = &registry.Phone{}
	}
	for _, s := range contactLocks() {
		switch wanted := slices.Contains(v.values["lock"], string(s)); {
		case wanted && !k.Has(s):
			cmd.Add = append(cmd.Add, s)
		case !wanted && k.Has(s):
			cmd.Remove = append(cmd.Remove, s)
		}
	}
	return cmd
}

// postalEdit replaces a form of an address by what was sent. One that a contact has cannot go.
func postalEdit(had, sent *registry.Postal) *flow.PostalEdit {
	if sent == nil && had == nil {
		return nil
	}
	if sent == nil {
		sent = &registry.Postal{}
	}
	return &flow.PostalEdit{Name: &sent.Name, Org: &sent.Org, Address: sent}
}

// contactAskForm is what the page shows on which a contact of another registrar is asked for.
type contactAskForm struct{ form }

// contactAsk shows the form by which a contact of another registrar is asked for.
func (c *Console) contactAsk(v *visit) error {
	return v.show("contact_transfer", &contactAskForm{v.form(url.Values{"id": {v.query("id")}}, contactFields())})
}

// contactAskSend asks for a contact of another registrar.
func (c *Console) contactAskSend(v *visit) error {
	page := contactAskForm{v.form(nil, contactFields())}
	_, err := v.run(flow.ContactTransfer{ID: v.sent("id"), AuthInfo: new(v.sent("authinfo"))})
	if err != nil {
		return v.refuse("contact_transfer", &page, err)
	}
	return v.done(Path+"contacts", "The transfer of contact %s was requested. Its registrar can answer for five days; then it is yours.", v.sent("id"))
}

// isMissing reports whether a refusal says that something is not there, or not the registrar's to see.
func isMissing(err error) bool {
	var refusal *registry.Error
	return errors.As(err, &refusal) && (refusal.Code == registry.ObjectMissing || refusal.Code == registry.Authorization)
}

// isRefusal reports whether an error is told to the visitor.
func isRefusal(err error) bool {
	var refusal *registry.Error
	return errors.As(err, &refusal)
}
