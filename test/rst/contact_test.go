package rst

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// long returns so many characters.
func long(n int) string { return strings.Repeat("a", n) }

// alone spoils the first form of a contact, and the only one, so that the other is not to blame.
func alone(spoil func(*form)) func(*contact) {
	return func(c *contact) {
		c.forms = c.forms[:1]
		spoil(&c.forms[0])
	}
}

// A spoilt is one thing wrong with a contact, and the end of ICANN's name for a server that accepts it:
// what follows EPP_CONTACT_CREATE_SERVER_ACCEPTS_ or …UPDATE…
type spoilt struct {
	fault, name string
	spoil       func(*contact)
}

// badContacts are the values that neither a create nor an update may take.
func badContacts() []spoilt {
	all := slices.Concat(badPostal(), badCountries(), badDialled(), badEmails())
	return append(all,
		spoilt{"INVALID_POSTALINFO_TYPE", "unknown", alone(func(f *form) { f.kind = "xxx" })},
		spoilt{"INVALID_POSTALINFO_TYPE", "empty", alone(func(f *form) { f.kind = "" })},
		spoilt{"INVALID_POSTALINFO_TYPE", "upper case", alone(func(f *form) { f.kind = "INT" })},
		spoilt{"INVALID_POSTALINFO_TYPE", "twice", func(c *contact) { c.forms[1] = c.forms[0] }},
	)
}

func badPostal() []spoilt {
	var all []spoilt
	for _, part := range []struct {
		fault string
		max   int
		of    func(*form) *string
	}{
		{"NAME", 255, func(f *form) *string { return &f.name }},
		{"ORG", 255, func(f *form) *string { return &f.org }},
		{"STREET", 255, func(f *form) *string { return &f.street[0] }},
		{"CITY", 255, func(f *form) *string { return &f.city }},
		{"SP", 255, func(f *form) *string { return &f.sp }},
		{"PC", 16, func(f *form) *string { return &f.pc }},
	} {
		set := func(to string) func(*contact) { return alone(func(f *form) { *part.of(f) = to }) }
		all = append(all,
			spoilt{"INVALID_" + part.fault, "too long", set(long(part.max + 1))},
			spoilt{"INVALID_" + part.fault, "not ASCII in int", set("Bogotá")},
		)
		if part.fault == "NAME" || part.fault == "CITY" {
			all = append(all,
				spoilt{"EMPTY_" + part.fault, "empty", set(none)},
				spoilt{"EMPTY_" + part.fault, "blanks", set("   ")},
			)
		}
	}
	return append(all,
		spoilt{"INVALID_STREET", "four lines", alone(func(f *form) { f.street = []string{"a", "b", "c", "d"} })},
		spoilt{"INVALID_STREET", "an empty line", alone(func(f *form) { f.street = []string{none} })},
	)
}

func badCountries() []spoilt {
	all := []spoilt{
		{"EMPTY_CC", "empty", alone(func(f *form) { f.cc = none })},
	}
	for _, cc := range []string{"XX", "ZZ", "AA", "QM", "EU", "SU", "AN", "YU", "C", "COL", "12", "C1", "--", "ÑÑ"} {
		all = append(all, spoilt{"INVALID_CC", cc, alone(func(f *form) { f.cc = cc })})
	}
	return all
}

func badDialled() []spoilt {
	var all []spoilt
	for _, number := range []string{
		"1", "+1", "+57", "+57.", "+.6015550100", "57.6015550100", "+57-6015550100", "+57 6015550100", "+57.601 555 0100",
		"+57.601-555-0100", "+5700.6015550100", "+57.123456789012345", "+57.601555010x", "tel:+57.6015550100", "++57.6015550100",
		"+57..6015550100", "+AB.6015550100", "0057.6015550100", "+57.٦٠١٥٥٥",
	} {
		all = append(all,
			spoilt{"INVALID_VOICE", number, func(c *contact) { c.voice = number }},
			spoilt{"INVALID_FAX", number, func(c *contact) { c.fax = number }},
		)
	}
	return append(all,
		spoilt{"EMPTY_VOICE", "empty", func(c *contact) { c.voice = none }},
		spoilt{"INVALID_VOICE", "an extension that is too long", func(c *contact) { c.voiceExt = long(256) }},
		spoilt{"INVALID_FAX", "an extension that is too long", func(c *contact) { c.faxExt = long(256) }},
	)
}

func badEmails() []spoilt {
	all := []spoilt{
		{"EMPTY_EMAIL", "empty", func(c *contact) { c.email = none }},
		{"EMPTY_EMAIL", "blanks", func(c *contact) { c.email = "  " }},
	}
	for _, email := range []string{
		"ana", "ana@", "@example.com", "ana@@example.com", "ana@b@example.com", "ana example.com", "ana b@example.com",
		"ana@example..com", "ana@.example.com", "ana@example.com.", ".ana@example.com", "ana.@example.com", "an..a@example.com",
		"ana@-example.com", "ana@example-.com", "ana@exa_mple.com", "ana@exa mple.com", "ana@example,com", "Ana <ana@example.com>",
		"ana@example.com, b@example.com", "mailto:ana@example.com", "ana(x@example.com", "ana@[192.0.2.1",
		long(65) + "@example.com", "ana@" + long(64) + ".com", "ana@" + strings.Repeat(long(50)+".", 6) + "com",
	} {
		all = append(all, spoilt{"INVALID_EMAIL", email, func(c *contact) { c.email = email }})
	}
	return all
}

// absences are what a create may not leave out, while an update may, and empty elements that are an
// absence in an update.
func absences() []spoilt {
	return []spoilt{
		{"INVALID_POSTALINFO_TYPE", "no form", func(c *contact) { c.forms = nil }},
		{"EMPTY_NAME", "absent", alone(func(f *form) { f.name = "" })},
		{"INVALID_STREET", "no line", alone(func(f *form) { f.street = nil })},
		{"EMPTY_CITY", "absent", alone(func(f *form) { f.city = "" })},
		{"EMPTY_CC", "absent", alone(func(f *form) { f.cc = "" })},
		{"EMPTY_EMAIL", "absent", func(c *contact) { c.email = "" }},
		{"EMPTY_VOICE", "absent", func(c *contact) { c.voice, c.voiceExt = "", "" }},
		{"EMPTY_FAX", "empty", func(c *contact) { c.fax, c.faxExt = none, "" }},
	}
}

// goodContacts are values that a create has to take, and an info to show as they came.
func goodContacts() []spoilt {
	return []spoilt{
		{"", "both forms, every element", func(*contact) {}},
		{"", "int alone", func(c *contact) { c.forms = c.forms[:1] }},
		{"", "loc alone", func(c *contact) { c.forms = c.forms[1:] }},
		{"", "as little as the registry lets", alone(func(f *form) { f.org, f.sp, f.street = "", "", f.street[:1] })},
		{"", "no fax", func(c *contact) { c.fax, c.faxExt = "", "" }},
		{"", "no extensions of numbers", func(c *contact) { c.voiceExt, c.faxExt = "", "" }},
		{"", "as long as may be", alone(func(f *form) {
			f.name, f.org, f.city, f.sp, f.pc = long(255), long(255), long(255), long(255), long(16)
			f.street = []string{long(255), long(255), long(255)}
		})},
		{"", "characters that XML writes otherwise", alone(func(f *form) { f.name, f.org = "Conan O'Neil & Sons", `<"R&D">` })},
		{"", "a short number", func(c *contact) { c.voice = "+1.2" }},
		{"", "the longest number", func(c *contact) { c.voice, c.fax = "+574.123456789012", "+1.12345678901234" }},
		{"", "an address with a tag", func(c *contact) { c.email = "ana+rst.dot_x-y@sub.example.co.uk" }},
		{"", "the longest local part", func(c *contact) { c.email = long(64) + "@example.com" }},
		{"", "an IDN as an A-label", func(c *contact) { c.email = "ana@xn--maana-pta.com" }},
		{"", "another country", alone(func(f *form) { f.cc, f.pc = "DE", "10115" })},
	}
}

// epp-07: a create of a contact refuses each invalid value, and what it takes is stored as it came.
func TestEPP07(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	for _, bad := range badIDs {
		k := newContact(bad.id)
		c.refuses(t, "EPP_CONTACT_CREATE_SERVER_ACCEPTS_INVALID_ID: "+bad.name, k.create())
	}
	for _, bad := range badContacts() {
		k := newContact(contactID())
		bad.spoil(&k)
		c.refuses(t, "EPP_CONTACT_CREATE_SERVER_ACCEPTS_"+bad.fault+": "+bad.name, k.create())
		available(t, "a create that was refused left something", c.do(t, named("check", "contact", k.id)), true)
	}
	for _, bad := range absences() {
		k := newContact(contactID())
		bad.spoil(&k)
		c.refuses(t, "EPP_CONTACT_CREATE_SERVER_ACCEPTS_"+bad.fault+": "+bad.name, k.create())
	}
	for _, good := range goodContacts() {
		k := newContact(contactID())
		good.spoil(&k)
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE: "+good.name, k.create())
		c.shows(t, "EPP_CONTACT_CREATE_INFO_RESPONSE", k)
	}
}

// shows holds for a contact that the server has as it was sent.
func (c *client) shows(t *testing.T, fault string, want contact) info {
	t.Helper()
	answer := c.do(t, named("info", "contact", want.id))
	if answer.code() != 1000 {
		t.Fatalf("%s_NOT_1000: %s", fault, answer)
	}
	got := answer.Info
	differ := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s_MISSING_OR_INCORRECT_%s: %q, want %q", fault, what, got, want)
		}
	}
	differ("ID", got.ID, want.id)
	differ("EMAIL", got.Email, want.email)
	differ("VOICE", got.Voice.Number, want.voice)
	differ("VOICE_EXT", got.Voice.Ext, want.voiceExt)
	if want.fax == "" && got.Fax != nil {
		t.Errorf("%s_MISSING_OR_INCORRECT_FAX: %+v", fault, got.Fax)
	}
	if want.fax != "" && got.Fax != nil {
		differ("FAX", got.Fax.Number, want.fax)
		differ("FAX_EXT", got.Fax.Ext, want.faxExt)
	} else if want.fax != "" {
		t.Errorf("%s_MISSING_OR_INCORRECT_FAX: absent", fault)
	}
	if len(got.Postal) != len(want.forms) {
		t.Fatalf("%s_MISSING_OR_INCORRECT_POSTALINFO_TYPE: %d forms, want %d", fault, len(got.Postal), len(want.forms))
	}
	for i, p := range got.Postal {
		f := want.forms[i]
		for _, part := range [][3]string{
			{"POSTALINFO_TYPE", p.Type, f.kind},
			{"NAME", p.Name, f.name},
			{"ORG", p.Org, f.org},
			{"STREET", fmt.Sprintf("%q", p.Street), fmt.Sprintf("%q", f.street)},
			{"CITY", p.City, f.city},
			{"SP", p.SP, f.sp},
			{"PC", p.PC, f.pc},
			{"CC", p.CC, f.cc},
		} {
			differ(part[0], part[1], part[2])
		}
	}
	return got
}

// epp-08: a contact's info and update are for its sponsor.
func TestEPP08(t *testing.T) {
	h := newHouse(t)
	one, two := h.session(t, clID01), h.session(t, clID02)
	k := newContact(contactID())
	one.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", k.create())
	two.refusesAs(t, "EPP_CONTACT_INFO_RESPONSE_NOT_REJECTED", 2201, named("info", "contact", k.id))
	withPW := named("info", "contact", k.id)
	withPW.body = strings.Replace(withPW.body, "</contact:info>",
		"<contact:authInfo>"+element("contact:pw", secret())+"</contact:authInfo></contact:info>", 1)
	two.refusesAs(t, "EPP_CONTACT_INFO_RESPONSE_NOT_REJECTED: with a wrong authInfo", 2202, withPW)
	changed := k
	changed.email = "somebody.else@example.com"
	two.refusesAs(t, "EPP_CONTACT_UPDATE_RESPONSE_NOT_REJECTED", 2201, changed.change())
	two.refusesAs(t, "EPP_CONTACT_UPDATE_RESPONSE_NOT_REJECTED: a status", 2201,
		edit{add: statusXML("contact", "clientUpdateProhibited")}.of("contact", k.id))
	two.refusesAs(t, "EPP_CONTACT_UPDATE_RESPONSE_NOT_REJECTED: delete", 2201, named("delete", "contact", k.id))
	one.shows(t, "EPP_CONTACT_UPDATE_INFO_RESPONSE", k)
}

func statusXML(prefix string, list ...string) string {
	all := ""
	for _, s := range list {
		all += fmt.Sprintf(`<%s:status s="%s"/>`, prefix, escaped(s))
	}
	return all
}

// badStatuses are those that no registrar sets: the server's, those that time sets, another object's,
// and words that are none. RFC 5731 section 2.3, RFC 5732 section 2.3, RFC 5733 section 2.2.
func badStatuses(others ...string) []string {
	return append(others, "", "ok", "linked", "pendingCreate", "pendingDelete", "pendingTransfer", "pendingUpdate", "serverDeleteProhibited",
		"serverUpdateProhibited", "serverTransferProhibited", "CLIENTUPDATEPROHIBITED", "clientupdateprohibited", "invalid", "client")
}

// epp-09: an update of a contact refuses each invalid value and status, and what it takes is stored.
func TestEPP09(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	k := newContact(contactID())
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", k.create())
	for _, bad := range badContacts() {
		changed := newContact(k.id)
		bad.spoil(&changed)
		c.refuses(t, "EPP_CONTACT_UPDATE_SERVER_ACCEPTS_"+bad.fault+": "+bad.name, changed.change())
	}
	c.shows(t, "EPP_CONTACT_UPDATE_INFO_RESPONSE", k)
	for _, good := range goodChanges() {
		good.spoil(&k)
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE: "+good.name, k.change())
		if k.fax == none {
			k.fax = ""
		}
		if k.forms[0].org == none {
			k.forms[0].org = ""
		}
		if got := c.shows(t, "EPP_CONTACT_UPDATE_INFO_RESPONSE", k); got.Updater != clID01 {
			t.Errorf("EPP_CONTACT_UPDATE_INFO_RESPONSE_MISSING_OR_INCORRECT_ID: updated by %q", got.Updater)
		}
	}
	c.changesContactStatuses(t, k.id)
}

// goodChanges are changes of one contact, one after another.
func goodChanges() []spoilt {
	return []spoilt{
		{"", "name", func(c *contact) { c.forms[0].name, c.forms[1].name = "Luis Mora", "Luís Mora" }},
		{"", "org", func(c *contact) { c.forms[0].org, c.forms[1].org = "Otra Ltda.", "Otra Compañía Ltda." }},
		{"", "street", func(c *contact) {
			c.forms[0].street, c.forms[1].street = []string{"Carrera 7"}, []string{"Cra 7", "Apto 2"}
		}},
		{"", "city", func(c *contact) { c.forms[0].city, c.forms[1].city = "Medellin", "Medellín" }},
		{"", "sp", func(c *contact) { c.forms[0].sp, c.forms[1].sp = "Antioquia", "Antioquía" }},
		{"", "pc", func(c *contact) { c.forms[0].pc, c.forms[1].pc = "050001", "050002" }},
		{"", "cc", func(c *contact) { c.forms[0].cc, c.forms[1].cc = "EC", "PE" }},
		{"", "voice and its extension", func(c *contact) { c.voice, c.voiceExt = "+593.22222222", "5" }},
		{"", "voice without one", func(c *contact) { c.voice, c.voiceExt = "+51.11111111", "" }},
		{"", "fax and its extension", func(c *contact) { c.fax, c.faxExt = "+593.23333333", "6" }},
		{"", "no fax", func(c *contact) { c.fax, c.faxExt = none, "" }},
		{"", "email", func(c *contact) { c.email = "luis.mora+rst@example.org" }},
		{"", "no org", func(c *contact) { c.forms[0].org = none }},
	}
}

// changesContactStatuses sets and lifts each status of a registrar, and tries all others.
func (c *client) changesContactStatuses(t *testing.T, id string) {
	t.Helper()
	for _, s := range []string{"clientDeleteProhibited", "clientTransferProhibited", "clientUpdateProhibited"} {
		for _, step := range []struct {
			e    edit
			want bool
		}{{edit{add: statusXML("contact", s)}, true}, {edit{rem: statusXML("contact", s)}, false}} {
			c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE: "+s, step.e.of("contact", id))
			answer := c.accepts(t, "EPP_CONTACT_UPDATE_INFO_RESPONSE_NOT_1000", named("info", "contact", id))
			if has(answer.Info.Statuses, s) != step.want || has(answer.Info.Statuses, "ok") == step.want {
				t.Errorf("EPP_CONTACT_UPDATE_INFO_RESPONSE_MISSING_OR_INCORRECT_STATUS: %+v", answer.Info.Statuses)
			}
		}
	}
	for _, s := range badStatuses("clientHold", "clientRenewProhibited", "inactive") {
		c.refuses(t, "EPP_CONTACT_UPDATE_SERVER_ACCEPTS_INVALID_STATUS_CODE: "+s, edit{add: statusXML("contact", s)}.of("contact", id))
	}
}

// epp-10: a contact that nothing links is deleted, and gone.
func TestEPP10(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	for range 3 {
		id := contactID()
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", newContact(id).create())
		answer := c.do(t, named("delete", "contact", id))
		if answer.code() != 1000 && answer.code() != 1001 {
			t.Errorf("EPP_CONTACT_DELETE_RESPONSE_NOT_1000_OR_1001: %s", answer)
		}
		if answer.code() == 1000 {
			c.refusesAs(t, "EPP_CONTACT_DELETE_OBJECT_STILL_EXISTS", 2303, named("info", "contact", id))
		}
	}
}
