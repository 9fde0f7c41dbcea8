package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestContactCreatePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Other, "Taken-1")
	who := world.Suspended
	long := strings.Repeat("ñ", 256)
	cmd := flow.ContactCreate{ID: "a\u202Eb"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Acme }, registry.ParameterSyntax, "not a valid contact id; write 3 to 16 visible ASCII characters without blanks"},
		{func() { cmd.ID = "TAKEN-1" }, registry.ObjectExists, "a contact of this id exists; ids are the same in upper and lower case"},
		{func() { cmd.ID = "Free-1" }, registry.ParameterMissing, "a contact needs a postal address; send postalInfo as int, loc or both"},
		{func() { cmd.Int = &registry.Postal{Name: long, City: "Bogotá", Country: "XX"} }, registry.ParameterMissing, "a contact needs a street; send one to three street lines"},
		{func() { cmd.Int.Street = []string{"a", "b", "c", "d"} }, registry.ParameterPolicy, "a contact has at most three street lines; send fewer"},
		{func() { cmd.Int.Street = []string{"a", "b", "c"} }, registry.ParameterSyntax, "a name has at most 255 characters; send a shorter one"},
		{func() { cmd.Int.Name = long[:2*255] }, registry.ParameterSyntax, "the int form is 7-bit ASCII only; send this name in the loc form"},
		{func() { cmd.Int.Name = "Ana Pena" }, registry.ParameterSyntax, "the int form is 7-bit ASCII only; send this city in the loc form"},
		{func() { cmd.Loc, cmd.Int = cmd.Int, nil }, registry.ParameterMissing, "a contact needs a postcode; send one"},
		{func() { cmd.Loc.Postcode = "12345678901234567" }, registry.ParameterSyntax, "a postcode has at most 16 characters; send a shorter one"},
		{func() { cmd.Loc.Postcode = "110221" }, registry.ParameterSyntax, "this is no assigned country code; send two letters of ISO 3166-1"},
		{func() { cmd.Loc.Country = "" }, registry.ParameterMissing, "a contact needs a country; send its two letters in cc"},
		{func() { cmd.Loc.Country = "uk" }, registry.ParameterMissing, "a contact needs a telephone number; send voice"},
		{func() { cmd.Voice = &registry.Phone{} }, registry.ParameterSyntax, "this is no telephone number; write +CC.NUMBER, such as +57.6015550100, in at most 17 characters"},
		{func() {
			cmd.Voice.Number = "+57.6015550100"
			cmd.Voice.Extension = strings.Repeat("9", 17)
		}, registry.ParameterSyntax, "an extension has at most 16 characters; send a shorter one"},
		{func() {
			cmd.Voice.Extension = "9"
			cmd.Fax = &registry.Phone{Number: "57.6015550100"}
		}, registry.ParameterSyntax, "this is no telephone number; write +CC.NUMBER, such as +57.6015550100, in at most 17 characters"},
		{func() { cmd.Fax = nil }, registry.ParameterMissing, "a contact needs an e-mail address; send email"},
		{func() { cmd.Email = strings.Repeat("a", 65) + "@example.com" }, registry.ParameterSyntax, "this is no e-mail address; write LOCAL@DOMAIN in at most 84 characters"},
		{func() {
			cmd.Email = strings.Repeat("a", 64) + "@example.com"
			cmd.AuthInfo, cmd.Announced.SecureAuthInfo = "2fooBAR", true
		}, registry.InvalidAuthInfo, weakAuthInfo},
	}, func() { cmd.AuthInfo = "" })

	details := contactInfo(t, w, "FREE-1")
	if details.ID != "Free-1" || details.Loc.Country != "GB" || details.Int != nil || len(details.Disclose) != 0 {
		t.Errorf("stored %+v: want the id as first written, GB for UK, only loc, and nothing disclosed", details.Contact)
	}
}

func TestEmailAddresses(t *testing.T) {
	w := world.New(t, noon)
	for address, legal := range map[string]bool{
		"ana@example.com": true, "a.b+c_d@sub.example.co": true, "a@b.co": true,
		"":       false,
		"ana":    false,
		"ana@co": false, "@example.com": false, "ana@": false, ".ana@example.com": false, "ana.@example.com": false,
		"a..b@example.com": false, "ana@-example.com": false, "ana @example.com": false, "ana@exa_mple.com": false,
		"ana@example.com\r\nBcc: x@example.com": false, "ána@example.com": false,
		strings.Repeat("a", 60) + "@" + strings.Repeat("b", 30) + ".com": false,
	} {
		_, err := w.Run(world.Acme, flow.ContactCreate{
			ID: "C" + strings.Map(func(r rune) rune {
				if r > ' ' && r < 127 {
					return r
				}
				return -1
			}, address), Voice: &registry.Phone{Number: "+57.1"}, Email: address,
			Int: &registry.Postal{Name: "A", Street: []string{"s"}, City: "c", Postcode: "1", Country: "CO"},
		})
		if (err == nil) != legal {
			t.Errorf("contact with e-mail %q: %v, want legal %t", address, err, legal)
		}
	}
}

// What nobody can read is in no text of a contact; what scripts need is.
func TestContactTexts(t *testing.T) {
	w := world.New(t, noon)
	for name, put := range map[string]func(*flow.ContactCreate, string){
		"contact:name":   func(c *flow.ContactCreate, s string) { c.Loc.Name = s },
		"contact:org":    func(c *flow.ContactCreate, s string) { c.Loc.Org = s },
		"contact:street": func(c *flow.ContactCreate, s string) { c.Loc.Street[0] = s },
		"contact:city":   func(c *flow.ContactCreate, s string) { c.Loc.City = s },
		"contact:sp":     func(c *flow.ContactCreate, s string) { c.Loc.Province = s },
		"contact:pc":     func(c *flow.ContactCreate, s string) { c.Loc.Postcode = s },
		"contact:email":  func(c *flow.ContactCreate, s string) { c.Email = s },
		"contact:voice":  func(c *flow.ContactCreate, s string) { c.Voice.Extension = s },
		"contact:fax":    func(c *flow.ContactCreate, s string) { c.Fax.Extension = s },
	} {
		for _, r := range []rune{
			0x07, 0x7F, 0x80, 0x85, 0x9F, 0x2028, 0x2029, 0x202A, 0x202D, 0x202E, 0x2066, 0x2069, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF,
		} {
			cmd := plainContact("STRAY")
			put(&cmd, "1"+string(r))
			_, err := w.Run(world.Acme, cmd)
			e := refusal(err)
			if e == nil || e.Code != registry.ParameterSyntax || e.Field != name || !strings.Contains(e.Reason, fmt.Sprintf("%U; leave it out", r)) {
				t.Errorf("%s with %U: %v", name, r, err)
			}
		}
	}
	for i, legal := range []string{"مریم\u200cها", "क्\u200dष", "Pen\u0303a", "O\u2019Brien", "שלום \u200e1", "𝒜𠀀", "\u00A0x"} {
		cmd := plainContact(fmt.Sprintf("LEGAL-%d", i))
		cmd.Loc.Name = legal
		w.Do(world.Acme, cmd)
		if got := contactInfo(t, w, cmd.ID).Loc.Name; got != legal {
			t.Errorf("the name %+q is stored as %+q", legal, got)
		}
	}
}

func plainContact(id string) flow.ContactCreate {
	return flow.ContactCreate{
		ID: id, Voice: &registry.Phone{Number: "+57.1"}, Fax: &registry.Phone{Number: "+57.2"}, Email: "ana@example.com",
		Loc: &registry.Postal{Name: "A", Street: []string{"s"}, City: "c", Postcode: "1", Country: "CO"},
	}
}

// Ids of new contacts are visible ASCII, in a check as in a create.
func TestContactIDs(t *testing.T) {
	w := world.New(t, noon)
	for id, legal := range map[string]bool{
		"SH8013": true, "a-b_c.d": true, "!~1": true, "[#@]": true,
		"a\u202Eb": false, "A B": false, "HC_é": false, "А-1": false, "a\u00A0b": false, "a\u200Bb": false, "a\x7Fb": false, "": false,
	} {
		reply, err := w.Ask(world.Acme, flow.ContactCheck{IDs: []string{id}})
		if err != nil {
			t.Fatal(err)
		}
		answer := reply.([]flow.Checked)[0]
		_, err = w.Run(world.Acme, plainContact(id))
		if answer.Available != legal || (err == nil) != legal || !legal && code(err) != registry.ParameterSyntax {
			t.Errorf("id %+q: check says %+v, create %v, want legal %t", id, answer, err, legal)
		}
		if short, _, _ := strings.Cut(answer.Reason, ";"); len(short) > 32 {
			t.Errorf("EPP has no room for %q", short)
		}
	}
}

// Another registrar's contact is answered only with its authInfo. Manual 9.5.3, decisions 2.4.
func TestContactInfo(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C1")
	for _, test := range []struct {
		name string
		who  registry.RegistrarID
		id   string
		pw   *string
		want registry.Code
	}{
		{"own", world.Acme, "c1", nil, registry.Completed},
		{"own with its authInfo", world.Acme, "C1", new("contact-secret"), registry.Completed},
		{"own with a wrong authInfo", world.Acme, "C1", new("wrong"), registry.InvalidAuthInfo},
		{"another's", world.Other, "C1", nil, registry.Authorization},
		{"another's with its authInfo", world.Other, "C1", new("contact-secret"), registry.Completed},
		{"another's with a wrong authInfo", world.Other, "C1", new("wrong"), registry.InvalidAuthInfo},
		{"another's with an empty authInfo", world.Other, "C1", new(""), registry.InvalidAuthInfo},
		{"none", world.Acme, "C2", nil, registry.ObjectMissing},
	} {
		if _, err := w.Ask(test.who, flow.ContactInfo{ID: test.id, AuthInfo: test.pw}); code(err) != test.want {
			t.Errorf("info of %s contact: %v, want %s", test.name, err, test.want)
		}
	}
}

func TestContactUpdatePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C1")
	w.Do(world.Acme, flow.ContactUpdate{ID: "C1", Add: []registry.Status{registry.ClientUpdateProhibited}})
	who := world.Suspended
	cmd := flow.ContactUpdate{ID: "C9", Empty: true}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such contact; check its id"},
		{func() { cmd.ID = "C1" }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the object has the status clientUpdateProhibited; remove it first"},
		{func() { cmd.Remove = []registry.Status{registry.ClientUpdateProhibited} }, registry.ParameterMissing, "the update has neither add, rem nor chg; send one of them"},
		{func() { cmd.Empty = false; cmd.Add = []registry.Status{registry.ClientHold} }, registry.ParameterPolicy, "only the registry sets or removes this status; leave it out"},
		{func() { cmd.Add = nil; cmd.Int = &flow.PostalEdit{Name: new("Ana")} }, registry.ParameterMissing, "a contact needs a street; send one to three street lines"},
		{func() {
			cmd.Int.Address = &registry.Postal{Name: "ignored", Street: []string{"Calle 10"}, City: "Bogota", Postcode: "1", Country: "CO"}
			cmd.Voice = &registry.Phone{}
		}, registry.ParameterSyntax, "this is no telephone number; write +CC.NUMBER, such as +57.6015550100, in at most 17 characters"},
		{func() { cmd.Voice.Number = "+57.1"; cmd.Email = new("") }, registry.ParameterMissing, "a contact needs an e-mail address; send email"},
		{func() {
			cmd.Email = new("eva@example.com")
			cmd.AuthInfo, cmd.Announced.SecureAuthInfo = new("2fooBAR"), true
		}, registry.InvalidAuthInfo, weakAuthInfo},
	}, func() { cmd.Announced.SecureAuthInfo = false })
	c := contactInfo(t, w, "C1")
	if c.Int.Name != "Ana" || c.Loc.Name != "Ana Peña" || c.Email != "eva@example.com" || c.Voice.Number != "+57.1" {
		t.Errorf("after the update: %+v", c.Contact)
	}
}

// Parts that an update does not name stay; an address is replaced whole; a fax can be removed.
func TestContactUpdateParts(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C1")
	w.Do(world.Acme, flow.ContactUpdate{
		ID: "C1", Fax: &registry.Phone{Number: "+57.2", Extension: "7"},
		Loc: &flow.PostalEdit{Org: new("Tienda"), Address: &registry.Postal{Street: []string{"Carrera 7"}, City: "Cali", Postcode: "2", Country: "co"}},
	})
	c := contactInfo(t, w, "C1")
	if c.Loc.Name != "Ana Peña" || c.Loc.Org != "Tienda" || c.Loc.City != "Cali" || c.Loc.Country != "CO" || c.Fax.Extension != "7" {
		t.Errorf("after the update: %+v %+v", c.Loc, c.Fax)
	}
	w.Do(world.Acme, flow.ContactUpdate{ID: "C1", Fax: &registry.Phone{}, Loc: &flow.PostalEdit{Org: new("")}})
	if c := contactInfo(t, w, "C1"); c.Fax != (registry.Phone{}) || c.Loc.Org != "" {
		t.Errorf("after the removal: %+v %+v", c.Loc, c.Fax)
	}
}

// Everything is closed by default; flag 1 opens what is named, flag 0 closes it. Manual 9.5.3.
func TestDisclosure(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C1")
	for _, test := range []struct {
		edits []flow.DiscloseEdit
		open  []registry.Disclosure
	}{
		{nil, nil},
		{[]flow.DiscloseEdit{{registry.DiscloseEmail, true}, {registry.DiscloseNameLoc, true}}, []registry.Disclosure{registry.DiscloseNameLoc, registry.DiscloseEmail}},
		{[]flow.DiscloseEdit{{registry.DiscloseVoice, true}}, []registry.Disclosure{registry.DiscloseNameLoc, registry.DiscloseVoice, registry.DiscloseEmail}},
		{[]flow.DiscloseEdit{{registry.DiscloseNameLoc, false}, {registry.DiscloseFax, false}}, []registry.Disclosure{registry.DiscloseVoice, registry.DiscloseEmail}},
	} {
		w.Do(world.Acme, flow.ContactUpdate{ID: "C1", Disclose: test.edits})
		if c := contactInfo(t, w, "C1"); !slices.Equal(c.Disclose, test.open) {
			t.Errorf("after %v open is %v, want %v", test.edits, c.Disclose, test.open)
		}
	}
}

func TestContactDeletePrecedence(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "C2")
	w.Domain(world.Acme, "shop.co")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Contacts: []flow.Role{{Role: "billing", ID: "c2"}}}})
	w.Do(world.Acme, flow.ContactUpdate{ID: "C2", Add: []registry.Status{registry.ClientDeleteProhibited}})
	who := world.Suspended
	cmd := flow.ContactDelete{ID: "C9"}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return who, cmd }, []step{
		{func() {}, registry.Authorization, "the registrar is not active; ask the registry"},
		{func() { who = world.Other }, registry.ObjectMissing, "there is no such contact; check its id"},
		{func() { cmd.ID = "C2" }, registry.Authorization, "another registrar sponsors the object; ask that registrar"},
		{func() { who = world.Acme }, registry.StatusProhibits, "the object has the status clientDeleteProhibited; remove it first"},
		{func() {
			w.Do(world.Acme, flow.ContactUpdate{ID: "C2", Remove: []registry.Status{registry.ClientDeleteProhibited}})
		}, registry.AssociationProhibits, "names use the object; remove it from them first"},
		{func() {
			w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: flow.DomainEdit{Contacts: []flow.Role{{Role: "billing", ID: "C2"}}}})
		}, registry.StatusProhibits, "the object has the status pendingDelete; link it to a name again, or wait for its purge"},
	}, func() {
		w.Contact(world.Acme, "C3")
		cmd.ID = "C3"
	})
}

func TestContactCheck(t *testing.T) {
	w := world.New(t, noon)
	w.Contact(world.Acme, "Taken-1")
	reply, err := w.Ask(world.Other, flow.ContactCheck{IDs: []string{"taken-1", "free-1"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := reply.([]flow.Checked); got[0].Available || !got[1].Available || got[0].Object != "taken-1" {
		t.Errorf("check = %+v", got)
	}
}

func contactInfo(t *testing.T, w *world.World, id string) flow.ContactDetails {
	t.Helper()
	reply, err := w.Ask(world.Acme, flow.ContactInfo{ID: id})
	if err != nil {
		t.Fatalf("info %s: %v", id, err)
	}
	return reply.(flow.ContactDetails)
}
