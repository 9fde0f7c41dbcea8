package rst

import (
	"strings"
	"testing"
)

// badNames are labels with which a name is no host name. RFC 1123 section 2.1, RFC 1035 section 2.3.4.
var badLabels = []struct{ name, label string }{
	{"hyphen first", "-" + "rstbad"},
	{"hyphen last", "rstbad-"},
	{"only a hyphen", "-"},
	{"underscore", "rst_bad"},
	{"blank", "rst bad"},
	{"exclamation mark", "rst!bad"},
	{"at sign", "rst@bad"},
	{"asterisk", "*"},
	{"slash", "rst/bad"},
	{"ampersand", "rst&bad"},
	{"percent sign", "rst%20bad"},
	{"a letter beyond ASCII", "rstmañana"},
	{"64 characters", strings.Repeat("a", 64)},
	{"empty label", ""},
	{"two dots", "rst..bad"},
	{"dot first", ".rstbad"},
	{"no IDN, hyphens at 3 and 4", "rs--bad"},
	{"an A-label that decodes to nothing", "xn--"},
	{"an A-label that does not decode", "xn--rst-bad-99999999a"},
}

// unavailable holds for what a check of something invalid may be answered: not available, or 2001,
// 2004 or 2005.
func unavailable(t *testing.T, what string, answer frame) {
	t.Helper()
	switch answer.code() {
	case 2001, 2004, 2005:
	case 1000:
		if len(answer.Checked) != 1 || answer.Checked[0].Name.free() || answer.Checked[0].ID.free() {
			t.Errorf("%s: %+v", what, answer.Checked)
		}
	default:
		t.Errorf("%s: the check is answered %s", what, answer)
	}
}

// available holds for a check of one object that is as available as it should be.
func available(t *testing.T, what string, answer frame, want bool) {
	t.Helper()
	if !answer.ok() {
		t.Fatalf("EPP_UNEXPECTED_COMMAND_FAILURE: %s", answer)
	}
	if n := len(answer.Checked); n != 1 {
		t.Fatalf("%s: %d objects in the answer", what, n)
	}
	c := answer.Checked[0].Name
	if c.Text == "" {
		c = answer.Checked[0].ID
	}
	if c.free() != want {
		t.Errorf("%s: %s has avail=%q", what, c.Text, c.Avail)
	}
}

// epp-04: check of names that are invalid, registered, and free, in every TLD.
func TestEPP04(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	for _, tld := range tlds() {
		for _, bad := range badLabels {
			unavailable(t, "EPP_DOMAIN_CHECK_INVALID_DOMAIN_INCORRECT_AVAIL: "+bad.name, c.do(t, named("check", "domain", bad.label+"."+tld)))
		}
		available(t, "EPP_DOMAIN_CHECK_REGISTERED_DOMAIN_INCORRECT_AVAIL",
			c.do(t, named("check", "domain", registeredName(tld))), false)
		for _, free := range []string{label(), label() + "-" + label(), strings.ToUpper(label()), strings.Repeat("r", 51) + label()[3:]} {
			available(t, "EPP_DOMAIN_CHECK_VALID_DOMAIN_INCORRECT_AVAIL", c.do(t, named("check", "domain", free+"."+tld)), true)
		}
	}
	mixed := c.do(t, named("check", "domain", registeredName("co"), label()+".co", "-bad.co"))
	if len(mixed.Checked) != 3 || mixed.Checked[0].Name.free() || !mixed.Checked[1].Name.free() || mixed.Checked[2].Name.free() {
		t.Errorf("EPP_DOMAIN_CHECK_VALID_DOMAIN_INCORRECT_AVAIL: of three at once: %+v", mixed.Checked)
	}
}

// epp-05: check of hosts.
func TestEPP05(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	for _, tld := range append(tlds(), "example") {
		for _, bad := range badLabels {
			unavailable(t, "EPP_HOST_CHECK_INVALID_HOST_INCORRECT_AVAIL: "+bad.name,
				c.do(t, named("check", "host", "ns1."+bad.label+"."+tld)))
		}
		if tld != "example" {
			available(t, "EPP_HOST_CHECK_REGISTERED_HOST_INCORRECT_AVAIL",
				c.do(t, named("check", "host", registeredNameserver(tld))), false)
		}
		for _, free := range []string{"ns1." + label(), label() + "." + label(), "NS9." + strings.ToUpper(label())} {
			available(t, "EPP_HOST_CHECK_VALID_HOST_INCORRECT_AVAIL", c.do(t, named("check", "host", free+"."+tld)), true)
		}
	}
	tooLong := strings.Repeat(strings.Repeat("a", 49)+".", 5) + "example"
	unavailable(t, "EPP_HOST_CHECK_INVALID_HOST_INCORRECT_AVAIL: 257 characters", c.do(t, named("check", "host", tooLong)))
}

// badIDs are no ids of contacts: clIDType has 3 to 16 characters. RFC 5730 section 4.
var badIDs = []struct{ name, id string }{
	{"empty", ""},
	{"one character", "r"},
	{"two characters", "rs"},
	{"17 characters", "RST45678901234567"},
	{"only blanks", "    "},
	{"two characters between blanks", "  rs  "},
}

// epp-06: check of contacts.
func TestEPP06(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	for _, bad := range badIDs {
		unavailable(t, "EPP_CONTACT_CHECK_INVALID_CONTACT_ID_INCORRECT_AVAIL: "+bad.name, c.do(t, named("check", "contact", bad.id)))
	}
	for _, id := range registeredContacts() {
		for _, written := range []string{id, strings.ToLower(id)} { // ids have no case here
			available(t, "EPP_CONTACT_CHECK_REGISTERED_CONTACT_ID_INCORRECT_AVAIL",
				c.do(t, named("check", "contact", written)), false)
		}
	}
	for _, id := range []string{contactID(), contactID()[:3] + contactID()[10:], contactID() + "XYZ"} {
		available(t, "EPP_CONTACT_CHECK_VALID_CONTACT_ID_INCORRECT_AVAIL", c.do(t, named("check", "contact", id)), true)
	}
}
