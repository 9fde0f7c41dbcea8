package rst

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The digests of DS that these tests send, of as many bytes as their types have. RFC 4034, 4509, 6605.
const (
	sha1Digest   = "2BB183AF5F22588179A53B0A98631FAD1A292118"
	sha256Digest = "D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A"
	sha384Digest = "72D7B62976CE06438E9C0BF319013CF801F09ECC84B8D7E9495F27E305C6A9B0563A9B5F4D288405C3008A946DF983D6"
)

// badDS are DS data with one thing wrong. IANA: DNS Security Algorithm Numbers, DS digest algorithms.
func badDS() []ds {
	good := ds{"12345", "13", "2", sha256Digest}
	var all []ds
	for _, tag := range []string{none, "-1", "65536", "99999", "abc", "1.5"} {
		all = append(all, ds{tag, good.Alg, good.DigestType, good.Digest})
	}
	for _, alg := range []string{none, "-1", "0", "1", "2", "4", "9", "11", "99", "252", "253", "254", "255", "256", "rsa"} {
		all = append(all, ds{good.KeyTag, alg, good.DigestType, good.Digest})
	}
	for _, kind := range []string{none, "-1", "0", "7", "99", "255", "256", "sha"} {
		all = append(all, ds{good.KeyTag, good.Alg, kind, good.Digest})
	}
	for _, digest := range []string{none, "XYZ", sha256Digest[:63], sha256Digest[:62], sha256Digest + "00", sha256Digest[:63] + "G", sha1Digest} {
		all = append(all, ds{good.KeyTag, good.Alg, "2", digest})
	}
	return append(all, ds{good.KeyTag, good.Alg, "1", sha256Digest}, ds{good.KeyTag, good.Alg, "4", sha256Digest})
}

// goodDS are DS data with the algorithms of today. RFC 8624 section 3.
func goodDS() []ds {
	return []ds{
		{"12345", "8", "2", sha256Digest}, {"0", "13", "2", sha256Digest}, {"65535", "13", "4", sha384Digest}, {"1", "15", "2", sha256Digest},
	}
}

// badPeriods are those that a create may not take.
func badPeriods() [][2]string {
	return [][2]string{
		{none, "y"},
		{"0", "y"},
		{"-1", "y"},
		{strconv.Itoa(maxYears + 1), "y"},
		{"11", "y"},
		{"99", "y"},
		{"100", "y"},
		{"one", "y"},
		{"1.5", "y"},
		{"12", "m"},
		{"1", "d"},
		{"1", "Y"},
		{"1", "x"},
	}
}

// epp-14: a create of a domain refuses what is invalid, and an info shows what was made. Both accounts
// create, in every TLD.
func TestEPP14(t *testing.T) {
	h := newHouse(t)
	for _, who := range []string{clID01, clID02} {
		c := h.session(t, who)
		registrant := contactID()
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", newContact(registrant).create())
		external := host{name: "ns1." + label() + ".example"}
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", external.create())
		for _, tld := range tlds() {
			for years := 1; years <= maxYears; years++ {
				d := c.goodDomain(label()+"."+tld, registrant)
				d.years, d.ns = strconv.Itoa(years), hostObj(external.name)
				c.makesDomain(t, d, nil)
			}
		}
		for _, signer := range goodDS() {
			d := c.goodDomain(label()+".co", registrant)
			d.ds = signer.xml()
			c.makesDomain(t, d, []ds{signer})
		}
		d := c.goodDomain(label()+".co", registrant)
		d.years = "" // the server's choice
		c.makesDomain(t, d, nil)
		c.refusesDomains(t, registrant, external.name)
		c.takesAuthInfo(t, registrant)
	}
}

// roids are what RFC 5730 section 4 calls roidType.
var roids = regexp.MustCompile(`^\w{1,80}-` + repositoryID + `$`)

// makesDomain creates a domain, and holds if an info shows all of it.
func (c *client) makesDomain(t *testing.T, d domain, signers []ds) {
	t.Helper()
	begun := time.Now().Truncate(time.Second)
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", d.create())
	got := c.accepts(t, "EPP_DOMAIN_CREATE_INFO_RESPONSE_MISSING_OBJECT_PROPERTIES", named("info", "domain", d.name))
	if !roids.MatchString(got.Info.ROID) {
		t.Errorf("EPP_DOMAIN_CREATE_INFO_RESPONSE_INVALID_ROID: %q", got.Info.ROID)
	}
	years, err := strconv.Atoi(d.years)
	if err != nil {
		years = 1
	}
	var roles [][2]string
	for _, k := range got.Info.Contacts {
		roles = append(roles, [2]string{k.Type, k.ID})
	}
	slices.SortFunc(roles, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	for what, right := range map[string]bool{
		"crDate":     !got.Info.Created.Before(begun) && time.Since(got.Info.Created) < time.Minute,
		"exDate":     sameDay(got.Info.Expires, later(got.Info.Created, years)),
		"crID":       got.Info.Creator == c.who,
		"clID":       got.Info.Sponsor == c.who,
		"registrant": got.Info.Registrant == d.registrant,
		"contact":    slices.Equal(roles, d.contacts),
		"ns":         hostObj(got.Info.Hosts...) == d.ns,
		"secDNS":     slices.Equal(got.Extension.SecDNS.DS, signers),
	} {
		if !right {
			t.Errorf("EPP_DOMAIN_CREATE_INFO_RESPONSE_MISSING_OBJECT_PROPERTIES: %s of %+v, for %+v", what, got.Info, d)
		}
	}
}

// later is a day some years later, the 28th for a 29 February that is not.
func later(day time.Time, years int) time.Time {
	then := day.AddDate(years, 0, 0)
	if then.Day() != day.Day() {
		then = then.AddDate(0, 0, -1)
	}
	return then
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// refusesDomains tries all that is wrong with a create.
func (c *client) refusesDomains(t *testing.T, registrant, external string) {
	t.Helper()
	attr := func(name string, addresses ...string) string {
		all := element("domain:hostName", name)
		for _, a := range addresses {
			all += element(`domain:hostAddr ip="v4"`, a)
		}
		return "<domain:hostAttr>" + all + "</domain:hostAttr>"
	}
	var rows []spoiltDomain
	for _, bad := range badLabels {
		rows = append(rows,
			spoiltDomain{"ACCEPTS_INVALID_DOMAIN_NAME: " + bad.name, func(d *domain) { d.name = bad.label + ".co" }},
			spoiltDomain{"ACCEPTS_INVALID_HOST_OBJECT: " + bad.name, func(d *domain) { d.ns = hostObj("ns1." + bad.label + ".example") }},
		)
	}
	for _, p := range badPeriods() {
		rows = append(rows, spoiltDomain{"ACCEPTS_INVALID_PERIOD: " + p[0] + p[1], func(d *domain) { d.years, d.unit = p[0], p[1] }})
	}
	for _, bad := range badDS() {
		rows = append(rows, spoiltDomain{"ACCEPTS_INVALID_DNSSEC_DATA", func(d *domain) { d.ds = bad.xml() }})
	}
	rows = append(rows,
		spoiltDomain{"ACCEPTS_INVALID_DNSSEC_DATA: twice", func(d *domain) { d.ds = goodDS()[0].xml() + goodDS()[0].xml() }},
		spoiltDomain{"ACCEPTS_NON_EXISTENT_REGISTRANT", func(d *domain) { d.registrant = contactID() }},
		spoiltDomain{"ACCEPTS_NON_EXISTENT_REGISTRANT: as admin", func(d *domain) { d.contacts = [][2]string{{"admin", contactID()}, d.contacts[1]} }},
		spoiltDomain{"ACCEPTS_MISSING_REGISTRANT", func(d *domain) { d.registrant = none }},
		spoiltDomain{"ACCEPTS_NO_REGISTRANT_FOR_THICK_REGISTRY", func(d *domain) { d.registrant = "" }},
		spoiltDomain{"ACCEPTS_NO_REGISTRANT_FOR_THICK_REGISTRY: no contacts", func(d *domain) { d.contacts = nil }},
		spoiltDomain{"ACCEPTS_NON_EXISTENT_HOST_OBJECT", func(d *domain) { d.ns = hostObj("ns1." + label() + ".example") }},
		spoiltDomain{"ACCEPTS_NON_EXISTENT_HOST_OBJECT: one of two", func(d *domain) { d.ns = hostObj(external, "ns2."+label()+".example") }},
		spoiltDomain{"ACCEPTS_INVALID_HOST_OBJECT: twice", func(d *domain) { d.ns = hostObj(external, external) }},
		spoiltDomain{"ACCEPTS_INVALID_HOST_OBJECT: empty", func(d *domain) { d.ns = hostObj("") }},
		spoiltDomain{"INCORRECTLY_ACCEPTS_HOST_ATTRIBUTES", func(d *domain) { d.ns = attr(external) }},
		spoiltDomain{"ACCEPTS_HOST_ATTRIBUTES_WITHOUT_GLUE", func(d *domain) { d.ns = attr("ns1." + d.name) }},
		spoiltDomain{"ACCEPTS_HOST_ATTRIBUTES_WITH_INVALID_GLUE", func(d *domain) { d.ns = attr("ns1."+d.name, "192.0.2.256") }},
		spoiltDomain{"ACCEPTS_INVALID_DOMAIN_NAME: of another registry", func(d *domain) { d.name = label() + ".example" }},
		spoiltDomain{"ACCEPTS_INVALID_DOMAIN_NAME: two labels", func(d *domain) { d.name = label() + "." + label() + ".co" }},
	)
	for _, row := range rows {
		d := c.goodDomain(label()+".co", registrant)
		name := d.name
		row.spoil(&d)
		c.refuses(t, "EPP_DOMAIN_CREATE_SERVER_"+row.fault, d.create())
		if d.name == name {
			available(t, "a create that was refused left something", c.do(t, named("check", "domain", name)), true)
		}
	}
}

// A spoiltDomain is one thing wrong with a domain, and the end of ICANN's name for a server that takes it.
type spoiltDomain struct {
	fault string
	spoil func(*domain)
}

// takesAuthInfo holds for a server of RFC 9154 that takes an empty authInfo and no weak one.
func (c *client) takesAuthInfo(t *testing.T, registrant string) {
	t.Helper()
	if !c.offers(nsAuthInfo) {
		return
	}
	d := c.goodDomain(label()+".co", registrant)
	d.pw = none
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE: an empty authInfo", d.create())
	for _, weak := range weakSecrets() {
		d := c.goodDomain(label()+".co", registrant)
		d.pw = weak
		c.refuses(t, "EPP_DOMAIN_CREATE_SERVER_ACCEPTS_AUTHINFO: "+weak, d.create())
	}
}

// weakSecrets are authInfo with less than 128 bits. RFC 9154 section 4.1.
func weakSecrets() []string { return []string{"a", "abc123", "foo2bar", "Abcd1234", "aZ9!aZ9!"} }

// epp-15: what a domain links cannot be deleted.
func TestEPP15(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	name := label() + ".co"
	registrant := c.registers(t, name)
	internal, external := host{"ns1." + name, []addr{{"v4", "192.0.2.1"}}}, host{name: "ns1." + label() + ".example"}
	admin := contactID()
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", newContact(admin).create())
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", internal.create())
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", external.create())
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", edit{
		add: "<domain:ns>" + hostObj(internal.name, external.name) + "</domain:ns>" + element(`domain:contact type="admin"`, admin),
		rem: element(`domain:contact type="admin"`, registrant),
	}.of("domain", name))
	for _, id := range []string{registrant, admin} {
		c.refusesAs(t, "EPP_INTEGRITY_SERVER_ACCEPTS_DELETE_FOR_LINKED_CONTACT_OBJECT", 2305, named("delete", "contact", id))
		if got := c.do(t, named("info", "contact", id)); !got.ok() || !has(got.Info.Statuses, "linked") {
			t.Errorf("the contact %s is linked and shows %s %+v", id, got, got.Info.Statuses)
		}
	}
	for _, h := range []host{internal, external} {
		c.refusesAs(t, "EPP_INTEGRITY_SERVER_ACCEPTS_DELETE_FOR_LINKED_HOST_OBJECT", 2305, named("delete", "host", h.name))
		if got := c.showsHost(t, "EPP_HOST_CREATE_INFO_RESPONSE", h); !has(got.Statuses, "linked") {
			t.Errorf("the host %s is linked and shows %+v", h.name, got.Statuses)
		}
	}
}

// epp-16: an update of a domain changes statuses, name servers, registrant and DNSSEC data, refuses what
// is invalid, and is for the sponsor alone.
func TestEPP16(t *testing.T) {
	h := newHouse(t)
	c, other := h.session(t, clID01), h.session(t, clID02)
	name := label() + ".co"
	registrant := c.registers(t, name)
	c.changesStatuses(t, name)
	c.changesNameServers(t, name)
	c.changesRegistrant(t, name, registrant)
	c.changesDNSSEC(t, name)
	for _, e := range []edit{
		{add: statusXML("domain", "clientHold")},
		{chg: element("domain:registrant", registeredContacts()[0])},
		{chg: "<domain:authInfo>" + element("domain:pw", secret()) + "</domain:authInfo>"},
	} {
		other.refusesAs(t, "EPP_UNEXPECTED_COMMAND_SUCCESS: by another registrar", 2201, e.of("domain", name))
		c.refusesAs(t, "EPP_UNEXPECTED_COMMAND_SUCCESS: by another registrar", 2201, e.of("domain", registeredName("co")))
	}
}

func (c *client) changesStatuses(t *testing.T, name string) {
	t.Helper()
	all := []string{"clientDeleteProhibited", "clientHold", "clientRenewProhibited", "clientTransferProhibited", "clientUpdateProhibited"}
	step := func(e edit, want ...string) {
		t.Helper()
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", e.of("domain", name))
		got := c.accepts(t, "EPP_DOMAIN_UPDATE_INFO_RESPONSE_MISSING_STATUS_CODE", named("info", "domain", name)).Info.Statuses
		for _, s := range all {
			switch {
			case has(got, s) && !slices.Contains(want, s):
				t.Errorf("EPP_DOMAIN_UPDATE_INFO_RESPONSE_UNEXPECTED_STATUS_CODE: %s in %+v", s, got)
			case !has(got, s) && slices.Contains(want, s):
				t.Errorf("EPP_DOMAIN_UPDATE_INFO_RESPONSE_MISSING_STATUS_CODE: %s in %+v", s, got)
			}
		}
	}
	for _, s := range all {
		step(edit{add: statusXML("domain", s)}, s)
		step(edit{rem: statusXML("domain", s)})
	}
	step(edit{add: statusXML("domain", all...)}, all...)
	step(edit{rem: statusXML("domain", all...)})
	for _, s := range badStatuses("inactive", "pendingRenew", "serverHold", "serverRenewProhibited", "clientProhibited") {
		c.refuses(t, "EPP_DOMAIN_UPDATE_SERVER_ACCEPTS_INVALID_STATUS_CODE: "+s, edit{add: statusXML("domain", s)}.of("domain", name))
	}
}

func (c *client) changesNameServers(t *testing.T, name string) {
	t.Helper()
	hosts := []string{"ns1." + name, "ns1." + label() + ".example", "ns2." + label() + ".example"}
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", host{hosts[0], []addr{{"v4", "192.0.2.1"}, {"v6", "2001:db8::1"}}}.create())
	for _, n := range hosts[1:] {
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", host{name: n}.create())
	}
	ns := func(content string) string { return "<domain:ns>" + content + "</domain:ns>" }
	for _, step := range []struct {
		e    edit
		want []string
	}{
		{edit{add: ns(hostObj(hosts[0], hosts[1]))}, []string{hosts[0], hosts[1]}},
		{edit{add: ns(hostObj(hosts[2])), rem: ns(hostObj(hosts[0]))}, []string{hosts[1], hosts[2]}},
		{edit{rem: ns(hostObj(hosts[1], hosts[2]))}, nil},
		{edit{add: ns(hostObj(hosts...))}, hosts},
	} {
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", step.e.of("domain", name))
		got := c.accepts(t, "EPP_DOMAIN_UPDATE_INFO_RESPONSE_MISSING_HOST_OBJECT", named("info", "domain", name)).Info.Hosts
		slices.Sort(got)
		want := slices.Sorted(slices.Values(step.want))
		if !slices.Equal(got, want) {
			t.Errorf("EPP_DOMAIN_UPDATE_INFO_RESPONSE_MISSING_HOST_OBJECT or …_UNEXPECTED_…: %q, want %q", got, want)
		}
	}
	for _, bad := range []struct{ fault, content string }{
		{"ACCEPTS_NON_EXISTENT_HOST_OBJECT", hostObj("ns1." + label() + ".example")},
		{"ACCEPTS_NON_EXISTENT_HOST_OBJECT: internal", hostObj("ns9." + name)},
		{"ACCEPTS_NON_EXISTENT_HOST_OBJECT: invalid", hostObj("-bad-.example")},
		{"INCORRECTLY_ACCEPTS_HOST_ATTRIBUTES", "<domain:hostAttr>" + element("domain:hostName", hosts[1]) + "</domain:hostAttr>"},
		{"ACCEPTS_HOST_ATTRIBUTES_WITHOUT_GLUE", "<domain:hostAttr>" + element("domain:hostName", "ns5."+name) + "</domain:hostAttr>"},
		{"ACCEPTS_INVALID_HOST_ATTRIBUTES", "<domain:hostAttr>" + element("domain:hostName", "-bad-.example") + "</domain:hostAttr>"},
	} {
		c.refuses(t, "EPP_DOMAIN_UPDATE_SERVER_"+bad.fault, edit{add: ns(bad.content)}.of("domain", name))
	}
}

func (c *client) changesRegistrant(t *testing.T, name, registrant string) {
	t.Helper()
	second := contactID()
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", newContact(second).create())
	for _, id := range []string{second, registrant} {
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", edit{chg: element("domain:registrant", id)}.of("domain", name))
		if got := c.do(t, named("info", "domain", name)).Info.Registrant; got != id {
			t.Errorf("EPP_DOMAIN_UPDATE_INFO_RESPONSE_UNEXPECTED_REGISTRANT: %q, want %q", got, id)
		}
	}
	for _, e := range []edit{
		{chg: element("domain:registrant", contactID())},
		{chg: "<domain:registrant/>"},
		{add: element(`domain:contact type="billing"`, contactID())},
		{rem: element(`domain:contact type="tech"`, registrant)}, // required
	} {
		c.refuses(t, "EPP_DOMAIN_UPDATE_SERVER_ACCEPTS_NON_EXISTENT_CONTACT_OBJECT", e.of("domain", name))
	}
}

func (c *client) changesDNSSEC(t *testing.T, name string) {
	t.Helper()
	update := func(add, rem string) command {
		cmd := edit{}.of("domain", name)
		cmd.extension = `<secDNS:update xmlns:secDNS="` + nsSecDNS + `">`
		if rem != "" {
			cmd.extension += "<secDNS:rem>" + rem + "</secDNS:rem>"
		}
		if add != "" {
			cmd.extension += "<secDNS:add>" + add + "</secDNS:add>"
		}
		cmd.extension += "</secDNS:update>"
		return cmd
	}
	one, two, three := goodDS()[0], goodDS()[1], goodDS()[2]
	for _, step := range []struct {
		add, rem string
		want     []ds
	}{
		{one.xml() + two.xml(), "", []ds{one, two}},
		{three.xml(), one.xml(), []ds{two, three}},
		{"", two.xml(), []ds{three}},
		{one.xml(), "<secDNS:all>true</secDNS:all>", []ds{one}},
		{"", "<secDNS:all>1</secDNS:all>", nil},
	} {
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", update(step.add, step.rem))
		got := c.accepts(t, "EPP_DOMAIN_UPDATE_INFO_RESPONSE_MISSING_DNSSEC_DATA", named("info", "domain", name)).Extension.SecDNS.DS
		order := func(a, b ds) int { return strings.Compare(a.xml(), b.xml()) }
		slices.SortFunc(got, order)
		slices.SortFunc(step.want, order)
		if !slices.Equal(got, step.want) {
			t.Errorf("EPP_DOMAIN_UPDATE_INFO_RESPONSE_MISSING_DNSSEC_DATA or …_UNEXPECTED_…: %v, want %v", got, step.want)
		}
	}
	for _, bad := range badDS() {
		c.refuses(t, "EPP_DOMAIN_UPDATE_SERVER_ACCEPTS_INVALID_DNSSEC_DATA", update(bad.xml(), ""))
	}
	c.refuses(t, "EPP_DOMAIN_UPDATE_SERVER_ACCEPTS_INVALID_DNSSEC_DATA: not there", update("", one.xml()))
}

// epp-18: a renewal moves the expiry by its period, shows renewPeriod, and goes no further than the
// longest registration.
func TestEPP18(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	name := label() + ".co"
	c.registers(t, name)
	expires := c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", named("info", "domain", name)).Info.Expires
	current := func() string { return expires.Format(time.DateOnly) }
	for _, p := range badPeriods() {
		c.refuses(t, "EPP_RENEW_SERVER_ACCEPTS_INVALID_PERIOD: "+p[0]+p[1], renew(name, current(), p[0], p[1]))
	}
	for _, wrong := range []string{
		expires.AddDate(0, 0, -1).Format(time.DateOnly), expires.AddDate(0, 0, 1).Format(time.DateOnly),
		expires.AddDate(1, 0, 0).Format(time.DateOnly), "2001-01-01", "today", "", expires.Format(time.RFC3339),
	} {
		c.refuses(t, "EPP_RENEW_SERVER_ACCEPTS_INVALID_CURRENT_EXPIRY_DATE: "+wrong, renew(name, wrong, "1", "y"))
	}
	for _, years := range []int{1, maxYears - 2} {
		was := current()
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", renew(name, was, strconv.Itoa(years), "y"))
		got := c.accepts(t, "EPP_RENEW_INFO_RESPONSE_UNEXPECTED_EXPIRY_DATE", named("info", "domain", name))
		if want := later(expires, years); !got.Info.Expires.Equal(want) {
			t.Errorf("EPP_RENEW_INFO_RESPONSE_UNEXPECTED_EXPIRY_DATE: %s, want %s", got.Info.Expires, want)
		}
		if !has(got.Extension.RGP.Statuses, "renewPeriod") {
			t.Errorf("EPP_RENEW_INFO_RESPONSE_MISSING_OR_INVALID_RGP_STATUS: %+v", got.Extension.RGP.Statuses)
		}
		expires = got.Info.Expires
		c.refuses(t, "EPP_RENEW_SERVER_ACCEPTS_INVALID_CURRENT_EXPIRY_DATE: sent twice", renew(name, was, "1", "y"))
	}
	for _, years := range []string{"1", "2", strconv.Itoa(maxYears)} {
		c.refuses(t, "EPP_RENEW_SERVER_ACCEPTS_INVALID_PERIOD: past the longest registration", renew(name, current(), years, "y"))
	}
	if got := c.do(t, named("info", "domain", name)).Info.Expires; !got.Equal(expires) {
		t.Errorf("EPP_RENEW_INFO_RESPONSE_UNEXPECTED_EXPIRY_DATE: %s after refusals, want %s", got, expires)
	}
}

// epp-21: a domain is deleted. Within its add grace it is gone at once, with its hosts.
func TestEPP21(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	name := label() + ".co"
	registrant := c.registers(t, name)
	internal, external := "ns1."+name, "ns1."+label()+".example"
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", host{internal, []addr{{"v4", "192.0.2.1"}}}.create())
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", host{name: external}.create())
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", edit{add: "<domain:ns>" + hostObj(internal, external) + "</domain:ns>"}.of("domain", name))

	deleted := c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", named("delete", "domain", name))
	got := c.do(t, named("info", "domain", name))
	switch {
	case deleted.code() == 1000 && got.code() != 2303:
		t.Errorf("EPP_DOMAIN_DELETE_INFO_RESPONSE_OBJECT_STILL_EXISTS: %s", got)
	case got.code() != 2303 && !has(got.Info.Statuses, "pendingDelete"):
		t.Errorf("EPP_DOMAIN_DELETE_INFO_RESPONSE_OBJECT_NOT_PENDING_DELETE: %s %+v", got, got.Info.Statuses)
	}
	c.refusesAs(t, "EPP_HOST_DELETE_INFO_RESPONSE_OBJECT_STILL_EXISTS: the subordinate host", 2303, named("info", "host", internal))
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", named("delete", "host", external))
	c.refusesAs(t, "EPP_HOST_DELETE_INFO_RESPONSE_OBJECT_STILL_EXISTS", 2303, named("info", "host", external))
	if got := c.do(t, named("info", "contact", registrant)); !has(got.Info.Statuses, "pendingDelete") || has(got.Info.Statuses, "linked") {
		t.Errorf("a contact that lost its last link has %v, want pendingDelete: it goes by itself", got.Info.Statuses)
	}
}
