package rst

import (
	"slices"
	"testing"
)

// goodDomain returns a domain with all that the registry asks for, by one contact.
func (c *client) goodDomain(name, registrant string) domain {
	d := domain{name: name, years: "1", registrant: registrant}
	for _, role := range requiredContactTypes() {
		d.contacts = append(d.contacts, [2]string{role, registrant})
	}
	return d
}

// registers makes a contact and registers a name by it.
func (c *client) registers(t *testing.T, name string) (registrant string) {
	t.Helper()
	registrant = contactID()
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", newContact(registrant).create())
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", c.goodDomain(name, registrant).create())
	return registrant
}

// badAddrs are no addresses of name servers: not addresses, of the other version, or of nobody.
var badAddrs = []struct {
	version string // in ICANN's names
	addr
}{
	{"IPV4", addr{"v4", none}},
	{"IPV4", addr{"v4", "   "}},
	{"IPV4", addr{"v4", "192.0.2"}},
	{"IPV4", addr{"v4", "192.0.2.1.1"}},
	{"IPV4", addr{"v4", "192.0.2.256"}},
	{"IPV4", addr{"v4", "192.0.2.-1"}},
	{"IPV4", addr{"v4", "192.0.2.1/32"}},
	{"IPV4", addr{"v4", "192.0.2.x"}},
	{"IPV4", addr{"v4", "192.0.02.1"}},
	{"IPV4", addr{"v4", "3221225985"}},
	{"IPV4", addr{"v4", "0xC0.0.2.1"}},
	{"IPV4", addr{"v4", "example.com"}},
	{"IPV4", addr{"v4", "2001:db8::53"}},
	{"IPV4", addr{"", "2001:db8::53"}},
	{"IPV4", addr{"v4", "127.0.0.1"}},
	{"IPV4", addr{"v4", "0.0.0.0"}},
	{"IPV4", addr{"v4", "224.0.0.1"}},
	{"IPV4", addr{"v4", "255.255.255.255"}},
	{"IPV4", addr{"v4", "169.254.0.1"}},
	{"IPV4", addr{"v5", "192.0.2.1"}},
	{"IPv6", addr{"v6", none}},
	{"IPv6", addr{"v6", "2001:db8"}},
	{"IPv6", addr{"v6", "2001:db8::53::1"}},
	{"IPv6", addr{"v6", "2001:db8:0:0:0:0:0:0:53"}},
	{"IPv6", addr{"v6", "2001:db8::g"}},
	{"IPv6", addr{"v6", "2001:db8::12345"}},
	{"IPv6", addr{"v6", "[2001:db8::53]"}},
	{"IPv6", addr{"v6", "2001:db8::53/128"}},
	{"IPv6", addr{"v6", "fe80::1%eth0"}},
	{"IPv6", addr{"v6", "192.0.2.1"}},
	{"IPv6", addr{"v6", "::1"}},
	{"IPv6", addr{"v6", "::"}},
	{"IPv6", addr{"v6", "fe80::1"}},
	{"IPv6", addr{"v6", "ff02::1"}},
	{"IPv6", addr{"v6", "::ffff:192.0.2.1"}},
}

// epp-11: a create of a host takes names and addresses that are right, in and out of the zones, and
// needs an address below them.
func TestEPP11(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	for _, tld := range tlds() {
		parent := label() + "." + tld
		c.registers(t, parent)
		for _, bad := range badLabels {
			for _, name := range []string{bad.label + "." + parent, "ns1." + bad.label + ".example"} {
				c.refuses(t, "EPP_HOST_CREATE_SERVER_ACCEPTS_INVALID_HOSTNAME: "+bad.name, host{name, []addr{{"v4", "192.0.2.1"}}}.create())
			}
		}
		c.refuses(t, "EPP_HOST_CREATE_SERVER_ACCEPTS_INVALID_HOSTNAME: below a name that is free",
			host{"ns1." + label() + "." + tld, []addr{{"v4", "192.0.2.1"}}}.create())
		c.refusesAs(t, "EPP_HOST_CREATE_SERVER_DOES_NOT_REQUIRE_GLUE", 2003, host{name: "ns1." + parent}.create())
		c.makesHosts(t, parent)
	}
}

// makesHosts makes hosts of every kind below a name and elsewhere, and looks at what is stored.
func (c *client) makesHosts(t *testing.T, parent string) {
	t.Helper()
	for _, bad := range badAddrs {
		c.refuses(t, "EPP_HOST_CREATE_SERVER_ACCEPTS_INVALID_"+bad.version+"_ADDRESS: "+bad.text,
			host{"bad." + parent, []addr{{"v4", "192.0.2.1"}, bad.addr}}.create())
	}
	for _, good := range []host{
		{"ns1." + parent, []addr{{"v4", "192.0.2.1"}}},
		{"ns2." + parent, []addr{{"v6", "2001:db8::53"}}},
		{"ns3." + parent, []addr{{"v4", "192.0.2.3"}, {"v6", "2001:db8:0:1::3"}}},
		{"ns4." + parent, []addr{{"", "198.51.100.4"}, {"v4", "203.0.113.4"}}},
		{"a.b.c." + parent, []addr{{"v4", "192.0.2.5"}}},
		{"1." + parent, []addr{{"v4", "192.0.2.6"}}},
		{"ns1." + label() + ".example", nil},
		{"ns1." + label() + ".xn--p1ai", nil},
	} {
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", good.create())
		c.showsHost(t, "EPP_HOST_CREATE_INFO_RESPONSE", good)
	}
}

// showsHost holds for a host that the server has with these addresses.
func (c *client) showsHost(t *testing.T, fault string, want host) info {
	t.Helper()
	answer := c.do(t, named("info", "host", want.name))
	if answer.code() != 1000 {
		t.Fatalf("%s_OBJECT_DOES_NOT_EXIST: %s", fault, answer)
	}
	var got []addr
	for _, a := range answer.Info.Addresses {
		got = append(got, addr{a.IP, a.Text})
	}
	var sent []addr
	for _, a := range want.addrs {
		if a.ip == "" {
			a.ip = "v4"
		}
		sent = append(sent, a)
	}
	order := func(a, b addr) int { return map[bool]int{true: -1, false: 1}[a.text < b.text] }
	slices.SortFunc(got, order)
	slices.SortFunc(sent, order)
	if answer.Info.Name != want.name || !slices.Equal(got, sent) || answer.Info.Sponsor != c.who || answer.Info.ROID == "" {
		t.Errorf("%s_MISSING_OBJECT_PROPERTIES: %+v, want %+v of %s", fault, answer.Info, want, c.who)
	}
	return answer.Info
}

// epp-12: a host is updated by its sponsor alone.
func TestEPP12(t *testing.T) {
	h := newHouse(t)
	one, two := h.session(t, clID01), h.session(t, clID02)
	parent := label() + ".co"
	one.registers(t, parent)
	for _, made := range []host{{"ns1." + parent, []addr{{"v4", "192.0.2.1"}}}, {"ns1." + label() + ".example", nil}} {
		one.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", made.create())
		for _, e := range []edit{
			{add: addr{"v4", "192.0.2.2"}.xml()},
			{add: statusXML("host", "clientUpdateProhibited")},
			{chg: element("host:name", "ns2."+label()+".example")},
		} {
			two.refusesAs(t, "EPP_HOST_UPDATE_AUTHZ_ERROR", 2201, e.of("host", made.name))
		}
		one.showsHost(t, "EPP_HOST_UPDATE_INFO_RESPONSE", made)
	}
}

// epp-13: an update of a host changes its addresses and statuses, and refuses values that are invalid.
func TestEPP13(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	parent := label() + ".co"
	c.registers(t, parent)
	h := host{"ns1." + parent, []addr{{"v4", "192.0.2.1"}}}
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", h.create())
	for _, bad := range badAddrs {
		c.refuses(t, "EPP_HOST_UPDATE_SERVER_ACCEPTS_INVALID_"+bad.version+"_ADDRESS: "+bad.text, edit{add: bad.xml()}.of("host", h.name))
	}
	for _, s := range badStatuses("clientHold", "clientRenewProhibited", "clientTransferProhibited") {
		c.refuses(t, "EPP_HOST_UPDATE_SERVER_ACCEPTS_INVALID_STATUS_CODE: "+s, edit{add: statusXML("host", s)}.of("host", h.name))
	}
	c.showsHost(t, "EPP_HOST_UPDATE_INFO_RESPONSE", h)
	six, four := addr{"v6", "2001:db8::1"}, addr{"v4", "192.0.2.1"}
	for _, step := range []struct {
		e    edit
		want []addr
	}{
		{edit{add: six.xml()}, []addr{four, six}},
		{edit{rem: four.xml()}, []addr{six}},
		{edit{add: four.xml(), rem: six.xml()}, []addr{four}},
	} {
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", step.e.of("host", h.name))
		c.showsHost(t, "EPP_HOST_UPDATE_INFO_RESPONSE", host{h.name, step.want})
	}
	c.refuses(t, "EPP_UNEXPECTED_COMMAND_SUCCESS: the last address", edit{rem: four.xml()}.of("host", h.name))
	for _, s := range []string{"clientDeleteProhibited", "clientUpdateProhibited"} {
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", edit{add: statusXML("host", s)}.of("host", h.name))
		if got := c.showsHost(t, "EPP_HOST_UPDATE_INFO_RESPONSE", h); !has(got.Statuses, s) || has(got.Statuses, "ok") {
			t.Errorf("EPP_HOST_UPDATE_INFO_RESPONSE_MISSING_OBJECT_PROPERTIES: %+v", got.Statuses)
		}
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", edit{rem: statusXML("host", s)}.of("host", h.name))
		if got := c.showsHost(t, "EPP_HOST_UPDATE_INFO_RESPONSE", h); has(got.Statuses, s) || !has(got.Statuses, "ok") {
			t.Errorf("EPP_HOST_UPDATE_INFO_RESPONSE_MISSING_OBJECT_PROPERTIES: %+v", got.Statuses)
		}
	}
}

// epp-23: a host is renamed where its sponsor may have one, and nowhere else.
func TestEPP23(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	parent, second := label()+".co", label()+".com.co"
	c.registers(t, parent)
	c.registers(t, second)
	h := host{"ns1." + parent, []addr{{"v4", "192.0.2.1"}}}
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", h.create())
	rename := func(from, to string) command { return edit{chg: element("host:name", to)}.of("host", from) }
	for _, bad := range badLabels {
		c.refuses(t, "EPP_HOST_RENAME_SERVER_ACCEPTS_INVALID_HOSTNAME: "+bad.name, rename(h.name, bad.label+"."+parent))
		c.refuses(t, "EPP_HOST_RENAME_SERVER_ACCEPTS_INVALID_HOSTNAME: "+bad.name, rename(h.name, "ns1."+bad.label+".example"))
	}
	for _, tld := range tlds() {
		c.refuses(t, "EPP_HOST_RENAME_SERVER_ACCEPTS_RENAME_TO_NONEXISTENT_DOMAIN", rename(h.name, "ns1."+label()+"."+tld))
		available(t, "EPP_DOMAIN_CHECK_REGISTERED_DOMAIN_INCORRECT_AVAIL", c.do(t, named("check", "domain", registeredName(tld))), false)
		c.refuses(t, "EPP_HOST_RENAME_SERVER_ACCEPTS_RENAME_TO_ANOTHER_REGISTRARS_DOMAIN", rename(h.name, "ns2."+registeredName(tld)))
	}
	c.showsHost(t, "EPP_HOST_RENAME_OBJECT_NOT_RENAMED: refused, and changed", h)
	for _, to := range []string{"ns2." + parent, "ns1." + second} {
		c.accepts(t, "EPP_HOST_RENAME_SERVER_UNEXPECTEDLY_REJECTS_RENAME", rename(h.name, to))
		c.refusesAs(t, "EPP_HOST_RENAME_OBJECT_NOT_RENAMED: the old name is still there", 2303, named("info", "host", h.name))
		h.name = to
		c.showsHost(t, "EPP_HOST_RENAME_OBJECT_NOT_RENAMED", h)
	}
	external := "ns1." + label() + ".example"
	c.accepts(t, "EPP_HOST_RENAME_SERVER_REJECTS_OUT_OF_BAILIWICK_NAME", rename(h.name, external))
	c.showsHost(t, "EPP_HOST_RENAME_OBJECT_NOT_RENAMED", host{name: external})
}

// epp-24: a host that nothing links is deleted, and gone.
func TestEPP24(t *testing.T) {
	c := newHouse(t).session(t, clID01)
	parent := label() + ".co"
	c.registers(t, parent)
	for _, h := range []host{{"ns1." + parent, []addr{{"v4", "192.0.2.1"}}}, {"ns1." + label() + ".example", nil}} {
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", h.create())
		answer := c.do(t, named("delete", "host", h.name))
		if answer.code() != 1000 && answer.code() != 1001 {
			t.Errorf("EPP_HOST_DELETE_RESPONSE_NOT_1000_OR_1001: %s", answer)
		}
		if answer.code() == 1000 {
			c.refusesAs(t, "EPP_HOST_DELETE_INFO_RESPONSE_OBJECT_STILL_EXISTS", 2303, named("info", "host", h.name))
		}
	}
}

// epp-25: a host below another registrar's name is refused, so that none can end with a sponsor other
// than the name's; below one's own it is made.
func TestEPP25(t *testing.T) {
	h := newHouse(t)
	one, two := h.session(t, clID01), h.session(t, clID02)
	for _, tld := range tlds() {
		parent := label() + "." + tld
		one.registers(t, parent)
		made := host{"ns1." + parent, []addr{{"v4", "192.0.2.1"}, {"v6", "2001:db8::1"}}}
		two.refusesAs(t, "EPP_UNEXPECTED_HOST_CREATE_SUCCESS", 2201, made.create())
		two.refusesAs(t, "EPP_UNEXPECTED_HOST_CREATE_SUCCESS: a name of neither", 2201, host{"ns2." + registeredName(tld), made.addrs}.create())
		two.refusesAs(t, "EPP_UNEXPECTED_HOST_CREATE_SUCCESS: the name itself", 2201, host{parent, made.addrs}.create())
		one.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", made.create())
		if got := one.showsHost(t, "EPP_HOST_CREATE_INFO_RESPONSE", made); got.Sponsor != clID01 {
			t.Errorf("EPP_HOST_CREATE_INCORRECT_CLID: %s sponsors the host, and %s the name", got.Sponsor, clID01)
		}
	}
}

// epp-26: glue of a host is its sponsor's to change, whoever's names are delegated to it.
func TestEPP26(t *testing.T) {
	h := newHouse(t)
	one, two := h.session(t, clID01), h.session(t, clID02)
	parent, user := label()+".co", label()+".co"
	one.registers(t, parent)
	made := host{"ns1." + parent, []addr{{"v4", "192.0.2.1"}}}
	one.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", made.create())
	registrant := contactID()
	two.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", newContact(registrant).create())
	d := two.goodDomain(user, registrant)
	d.ns = hostObj(made.name)
	two.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE: a name delegated to another's host", d.create())
	for _, cmd := range []command{
		edit{add: addr{"v4", "192.0.2.66"}.xml()}.of("host", made.name),
		edit{add: addr{"v6", "2001:db8::66"}.xml(), rem: made.addrs[0].xml()}.of("host", made.name),
		edit{chg: element("host:name", "ns1."+user)}.of("host", made.name),
		named("delete", "host", made.name),
	} {
		two.refusesAs(t, "EPP_HOST_UPDATE_AUTHZ_ERROR", 2201, cmd)
	}
	two.refusesAs(t, "EPP_UNEXPECTED_HOST_CREATE_SUCCESS: glue below another's name", 2201,
		host{"ns2." + parent, []addr{{"v4", "192.0.2.66"}}}.create())
	one.showsHost(t, "EPP_HOST_UPDATE_INFO_RESPONSE", made)
}

// epp-27: a host without glue below a zone of the registry is made by nobody, so that nobody else can
// give it some.
func TestEPP27(t *testing.T) {
	h := newHouse(t)
	one, two := h.session(t, clID01), h.session(t, clID02)
	parent := label() + ".co"
	registrant := one.registers(t, parent)
	glueless := host{name: "ns1." + parent}
	two.refusesAs(t, "EPP_UNEXPECTED_HOST_CREATE_SUCCESS", 2201, glueless.create())
	one.refusesAs(t, "EPP_HOST_CREATE_SERVER_DOES_NOT_REQUIRE_GLUE", 2003, glueless.create())
	d := one.goodDomain(label()+".co", registrant)
	d.ns = hostObj(glueless.name)
	one.refusesAs(t, "EPP_DOMAIN_CREATE_SERVER_ACCEPTS_NON_EXISTENT_HOST_OBJECT", 2303, d.create())
	for _, c := range []*client{one, two} {
		c.refusesAs(t, "EPP_UNEXPECTED_COMMAND_SUCCESS", 2303, named("info", "host", glueless.name))
	}
}
