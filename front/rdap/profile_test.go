package rdap_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/rdap"
	"example.org/dorado/test/world"
)

// An object is a JSON object of an answer, and said one of its members that is a text.
type object map[string]any

func (o object) said(name string) string { text, _ := o[name].(string); return text }

func (o object) list(name string) (list []object) {
	all, _ := o[name].([]any)
	for _, one := range all {
		if member, ok := one.(map[string]any); ok {
			list = append(list, member)
		}
	}
	return list
}

func (o object) texts(name string) (list []string) {
	all, _ := o[name].([]any)
	for _, one := range all {
		text, _ := one.(string)
		list = append(list, text)
	}
	return list
}

// in returns the members of a list of which one member has a text, be it in a list.
func (o object) in(list, name, text string) (found []object) {
	for _, one := range o.list(list) {
		if one.said(name) == text || slices.Contains(one.texts(name), text) {
			found = append(found, one)
		}
	}
	return found
}

// property returns the properties of a card of one name.
func (o object) property(name string) (found [][]any) {
	card, _ := o["vcardArray"].([]any)
	if len(card) != 2 {
		return nil
	}
	properties, _ := card[1].([]any)
	for _, one := range properties {
		if property, _ := one.([]any); len(property) >= 4 && property[0] == name {
			found = append(found, property)
		}
	}
	return found
}

// redacted returns the redaction of one type, with its method.
func (o object) redacted(kind string) string {
	for _, r := range o.list("redacted") {
		if name, _ := r["name"].(map[string]any); name["type"] == kind {
			return r.said("method")
		}
	}
	return ""
}

// profiled are the answers that the rules of the profile are held to.
type profiled struct {
	closed, open, nameserver, registrar, help, missing object
	page                                               object // of a search that goes on
	headers                                            http.Header
	head                                               int
	asked                                              string // the address of closed
}

// profile asks for them, in a registry whose registrar has an RDAP server of its own.
func profile(t *testing.T) profiled {
	w := shops(t)
	w.Do("", flow.RegistrarSet{
		Act: flow.Act{Registrar: world.Acme, Author: "ana"}, RDAP: new("https://rdap.h1001.example/"), Website: new("https://h1001.example"),
		Email:  new("info@h1001.example"),
		Postal: flow.PostalSet{Street: &[]string{"Calle 1"}, City: new("Bogota"), Postcode: new("110221"), Country: new("CO")},
	})
	w.Do(world.Acme, flow.DomainUpdate{
		Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{registry.ClientTransferProhibited}},
	})
	for i := range 26 { // one more than a page
		w.Domain(world.Acme, fmt.Sprintf("many%02d.co", i))
	}
	h := newHandler(t, rdap.Config{Service: w.Service, Port43: "whois.example"})
	read := func(path string) (o object) {
		t.Helper()
		if err := json.Unmarshal(get(h, "GET", path).Body.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		return o
	}
	return profiled{
		closed: read("domain/shop.co"), open: read("domain/caf%C3%A9.com.co"), nameserver: read("nameserver/ns1.shop.co"),
		page:      read("domains?name=many*"),
		registrar: read("entity/9001"), help: read("help"), missing: read("domain/not-a-domain.invalid"),
		headers: get(h, "GET", "domain/shop.co").Header(), head: get(h, "HEAD", "domain/shop.co").Code,
		asked: "https://rdap.example/rdap/domain/shop.co",
	}
}

// all are the answers that are objects or help.
func (p profiled) all() []object {
	return []object{p.closed, p.open, p.nameserver, p.registrar, p.help}
}

func every(list []object, holds func(object) bool) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(o object) bool { return !holds(o) })
}

var handle = regexp.MustCompile(`^\w{1,80}-\w{1,8}$`)

// The rules of the gTLD RDAP response profile (RP) and technical implementation guide (TIG) of February 2024 that a registry's
// server can keep, one row each, with the number that each has there. What is not its own to keep stands in notOurs.
//
// The two texts themselves were not at hand. What each block was checked with:
//   - TIG 1.3 to 3.4, 4.1, 6.1 and 7, RP 1.2 to 2.7.6, 2.10, 3.3, 4.1 to 4.4 and the rules of statuses: the documents of ICANN's
//     conformance tool (github.com/icann/rdap-conformance-tool, docs/2024_gtld and, for what docs/2024_gtld/from_2019.md takes
//     over, docs/2019_gtld); the numbers in brackets are its test cases.
//   - TIG 3.5 and 3.6, RP 4.2: the comments of Nomulus, which follows the same texts.
//   - RP 3.1, and that name servers and secureDNS stand between contacts and 2.10: validator.rdap.org.
//
// In the profile of 2019 name servers are 2.9 and secureDNS is 2.10, and what was 2.11 is 2.10 in 2024; so these two have one
// number less each, too, if nothing else moved. Their rows say both.
func TestProfile(t *testing.T) {
	p := profile(t)
	registrarOf := func(o object) object {
		if list := o.in("entities", "roles", "registrar"); len(list) == 1 {
			return list[0]
		}
		return object{}
	}
	contacts := func(o object) (list []object) {
		for _, e := range o.list("entities") {
			if !slices.Contains(e.texts("roles"), "registrar") {
				list = append(list, e)
			}
		}
		return list
	}
	registrant := p.closed.in("entities", "roles", "registrant")[0]
	tech := p.closed.in("entities", "roles", "technical")[0]
	adr := func(e object, part int) any { return e.property("adr")[0][3].([]any)[part] }
	hasEvent := func(o object, action string) bool { return len(o.in("events", "eventAction", action)) == 1 }
	linked := func(o object, rel, href string) bool {
		return every(o.in("links", "rel", rel), func(l object) bool { return l.said("href") == href })
	}
	noticed := func(title, says, rel, href string) bool {
		return every(p.closed.in("notices", "title", title), func(n object) bool {
			return slices.Contains(n.texts("description"), says) && linked(n, rel, href) && n.list("links")[0].said("value") == p.asked
		})
	}
	for _, rule := range []struct {
		number, what string
		holds        bool
	}{
		{"TIG 1.3", "every answer names the guide", every(append(p.all(), p.missing), func(o object) bool {
			return slices.Contains(o.texts("rdapConformance"), "icann_rdap_technical_implementation_guide_1")
		})},
		{"TIG 1.4", "links to the service are https", every(p.all(), func(o object) bool {
			return every(append(o.in("links", "rel", "self"), p.help.list("notices")[0].list("links")...), func(l object) bool {
				return strings.HasPrefix(l.said("href"), "https://")
			})
		})},
		{"TIG 1.6", "HEAD is answered like GET", p.head == 200},
		{"TIG 1.14", "any page may read what is answered", p.headers.Get("Access-Control-Allow-Origin") == "*"},
		{"TIG 3.2", "a name leads to itself at its registrar, from the address that was asked", linked(p.closed, "related", "https://rdap.h1001.example/domain/shop.co") &&
			p.closed.in("links", "rel", "related")[0].said("value") == p.asked},
		{"TIG 3.3", "a notice leads to the terms of service", every(p.all(), func(o object) bool {
			return slices.ContainsFunc(o.list("notices"), func(n object) bool {
				return every(n.in("links", "rel", "terms-of-service"), func(l object) bool { return strings.HasPrefix(l.said("href"), "https://") && l.said("value") != "" })
			})
		})},
		{"TIG 3.4", "help is answered", len(p.help.list("notices")) > 1},
		{"TIG 3.5", "results that go on say so", p.page.in("notices", "type", "result set truncated due to excessive load") != nil},
		{"TIG 3.6", "a result that is not whole says so", every(p.page.list("domainSearchResults"), func(o object) bool {
			return len(o.in("remarks", "type", "object truncated due to unexplainable reasons")) == 1
		})},
		{"TIG 4.1 (-20800)", "addresses are in seven parts, with several streets in a list", every(contacts(p.open), func(e object) bool {
			streets, _ := e.property("adr")[0][3].([]any)[2].([]any)
			return len(e.property("adr")[0][3].([]any)) == 7 && len(streets) == 2
		})},
		{"TIG 6.1", "a registrar has its IANA id, a number", registrarOf(p.closed).in("publicIds", "type", "IANA Registrar ID")[0].said("identifier") == "9001"},
		{"TIG 7.1, 7.2", "each tel says whether it is voice or fax", every(contacts(p.open), func(e object) bool {
			return !slices.ContainsFunc(e.property("tel"), func(tel []any) bool { kind := tel[1].(map[string]any)["type"]; return kind != "voice" && kind != "fax" })
		})},
		{"RP 1.2", "every answer names the profile", every(append(p.all(), p.missing), func(o object) bool {
			return slices.Contains(o.texts("rdapConformance"), "icann_rdap_response_profile_1") && slices.Contains(o.texts("rdapConformance"), "rdap_level_0")
		})},
		{"RP 1.2", "an answer with redactions says so, and one without does not", slices.Contains(p.closed.texts("rdapConformance"), "redacted") &&
			!slices.Contains(p.nameserver.texts("rdapConformance"), "redacted")},
		{"RP 1.4", "the country of an address is a code beside it, and empty in it", every(contacts(p.open)[:1], func(e object) bool {
			return e.property("adr")[0][1].(map[string]any)["cc"] == "CO" && adr(e, 6) == ""
		})},
		{"RP 2.1", "a name has its A-labels, and its U-labels if it has any", p.closed.said("ldhName") == "shop.co" && p.closed["unicodeName"] == nil &&
			p.open.said("ldhName") == "xn--caf-dma.com.co" && p.open.said("unicodeName") == "café.com.co"},
		{"RP 2.2", "a name has its ROID, so it is not redacted", handle.MatchString(p.closed.said("handle")) && p.closed.redacted("Registry Domain ID") == ""},
		{"RP 2.3.1.1", "when it was registered", hasEvent(p.closed, "registration")},
		{"RP 2.3.1.2", "when it expires", hasEvent(p.closed, "expiration")},
		{"RP 2.3.1.3", "as of when the answer is", hasEvent(p.closed, "last update of RDAP database")},
		{"RP 2.3.2", "when it was last changed, if it was", hasEvent(p.closed, "last changed") && !hasEvent(p.open, "last changed")},
		{"RP 2.3.2", "when it was transferred, if it was", !hasEvent(p.closed, "transfer")},
		{"RP 2.4.1", "one registrar with its name", every(registrarOf(p.closed).list("entities"), func(object) bool { return true }) && len(registrarOf(p.closed).property("fn")) == 1},
		{"RP 2.4.2, 2.4.3", "whose handle is its IANA id", registrarOf(p.closed).said("handle") == "9001"},
		{"RP 2.4.5", "with an abuse contact that has a telephone and an e-mail address", every(registrarOf(p.closed).in("entities", "roles", "abuse"), func(e object) bool {
			return len(e.property("tel")) == 1 && len(e.property("email")) == 1
		})},
		{"RP 2.4.6 (-47700 to -47703)", "that leads to the registrar's own RDAP", linked(registrarOf(p.closed), "about", "https://rdap.h1001.example/")},
		{"RP 2.6.1", "one status at least", len(p.closed.texts("status")) > 0 && len(p.open.texts("status")) > 0},
		{"RP 2.6.2", "of RFC 8056, in words", slices.Contains(p.closed.texts("status"), "client transfer prohibited")},
		{"RP 2.6.3 (-46601 to -46606)", "a notice explains the statuses", noticed("Status Codes", "For more information on domain status codes, please visit https://icann.org/epp", "glossary", "https://icann.org/epp")},
		{"RP 2.7.1", "at most one contact of each role", every([]object{p.open}, func(o object) bool {
			for _, role := range []string{"registrant", "administrative", "technical", "billing"} {
				if len(o.in("entities", "roles", role)) != 1 {
					return false
				}
			}
			return true
		})},
		{"RP 2.7.2, 2.7.3", "contacts have their ROIDs", every(contacts(p.open), func(e object) bool { return handle.MatchString(e.said("handle")) })},
		{"RP 2.7.2", "or it is said that they are redacted", registrant["handle"] == nil && p.closed.redacted("Registry Registrant ID") == "removal" &&
			p.closed.redacted("Registry Tech ID") == "removal"},
		{"RP 2.7.4.1", "a closed name is empty", registrant.property("fn")[0][3] == "" && p.closed.redacted("Registrant Name") == "emptyValue"},
		{"RP 2.7.4.2", "a closed organization is removed", len(registrant.property("org")) == 0 && p.closed.redacted("Registrant Organization") == "removal"},
		{"RP 2.7.4.3", "a closed street is empty", adr(registrant, 2) == "" && p.closed.redacted("Registrant Street") == "emptyValue"},
		{"RP 2.7.4.4", "a closed city is empty", adr(registrant, 3) == "" && p.closed.redacted("Registrant City") == "emptyValue"},
		{"RP 2.7.4.6", "a closed postal code is empty", adr(registrant, 5) == "" && p.closed.redacted("Registrant Postal Code") == "emptyValue"},
		{"RP 2.7.4.8", "a closed telephone is removed", len(registrant.property("tel")) == 0 && p.closed.redacted("Registrant Phone") == "removal"},
		{"RP 2.7.4.9", "a closed e-mail address is replaced by where to write to", len(registrant.property("email")) == 0 &&
			registrant.property("contact-uri")[0][3] == "https://h1001.example" && p.closed.redacted("Registrant Email") == "replacementValue"},
		{"RP 2.7.5.1", "the extension of a closed telephone is removed", p.closed.redacted("Registrant Phone Ext") == "removal"},
		{"RP 2.7.5.2", "a closed fax is removed", p.closed.redacted("Registrant Fax") == "removal"},
		{"RP 2.7.5.3", "and its extension", p.closed.redacted("Registrant Fax Ext") == "removal"},
		{"RP 2.7.6.1", "a closed name of the technical contact is empty", tech.property("fn")[0][3] == "" && p.closed.redacted("Tech Name") == "emptyValue"},
		{"RP 2.7.6.2", "its telephone is removed", len(tech.property("tel")) == 0 && p.closed.redacted("Tech Phone") == "removal"},
		{"RP 2.7.6.3", "its e-mail address is replaced", len(tech.property("email")) == 0 && len(tech.property("contact-uri")) == 1 && p.closed.redacted("Tech Email") == "replacementValue"},
		{"RP 2.7", "an open contact has everything, and nothing is redacted", p.open.list("redacted") == nil && every(contacts(p.open), func(e object) bool {
			return len(e.property("email")) == 1 && e.property("fn")[0][3] == "Jane Roe"
		})},
		{"RP 2.9; of 2019 2.10 (-46800 to -46802)", "whether it is signed, and the DS if it is", p.closed["secureDNS"].(map[string]any)["delegationSigned"] == false &&
			p.open["secureDNS"].(map[string]any)["delegationSigned"] == true && len(object(p.open["secureDNS"].(map[string]any)).list("dsData")) == 1},
		{"RP 2.8.1, 2.8.2; of 2019 2.9.1, 2.9.2 (-47200 to -47205)", "name servers have a name and a ROID, and no status that RFC 5732 forbids", every(p.closed.list("nameservers"), func(o object) bool {
			return o.said("ldhName") != "" && handle.MatchString(o.said("handle"))
		})},
		{"RP 2.10 (-46701 to -46706)", "a notice leads to the complaint form", noticed("RDDS Inaccuracy Complaint Form", "URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf", "help", "https://icann.org/wicf")},
		{"RP 3.1", "a registrar has handle, name, address, telephone and e-mail address", p.registrar.said("handle") == "9001" && slices.Contains(p.registrar.texts("roles"), "registrar") &&
			len(p.registrar.property("fn")) == 1 && len(p.registrar.property("tel")) > 0 && len(p.registrar.property("email")) == 1 && adr(p.registrar, 2) == "Calle 1" && adr(p.registrar, 3) == "Bogota"},
		{"RP 3.3", "as of when the answer is", hasEvent(p.registrar, "last update of RDAP database")},
		{"RP 4.1", "a name server has its name and ROID", p.nameserver.said("ldhName") == "ns1.shop.co" && handle.MatchString(p.nameserver.said("handle"))},
		{"RP 4.2", "and all its addresses", fmt.Sprint(p.nameserver["ipAddresses"]) == "map[v4:[192.0.2.1] v6:[2001:db8::1]]"},
		{"RP 4.3", "its registrar goes by the IANA id", registrarOf(p.nameserver).said("handle") == "9001" && len(registrarOf(p.nameserver).list("publicIds")) == 1},
		{"RP 4.4", "as of when the answer is", hasEvent(p.nameserver, "last update of RDAP database")},
		{"RFC 5732", "a name server is associated, and active beside it only", slices.Equal(p.nameserver.texts("status"), []string{"active", "associated"})},
		{"RFC 7480 5.3", "what is nobody's is not found", p.missing["errorCode"] == float64(404)},
		{"RFC 7480 4.2", "the type is that of RDAP", p.headers.Get("Content-Type") == "application/rdap+json"},
		{"RFC 9083 4.2", "each link has the address that was asked", every(p.closed.list("links"), func(l object) bool { return l.said("value") == p.asked })},
	} {
		if !rule.holds {
			t.Errorf("%s: %s: that does not hold", rule.number, rule.what)
		}
	}
	if t.Failed() {
		text, _ := json.MarshalIndent(p.closed, "", " ")
		t.Logf("a closed name is\n%s", text)
	}
	for number, why := range notOurs() {
		if why == "" {
			t.Errorf("%s: why is it not ours?", number)
		}
	}
}

// notOurs are the rules that are for others than the program, or held elsewhere.
func notOurs() map[string]string {
	return map[string]string{
		"TIG 1.5":    "TLS 1.2 and 1.3, and the suites of 1.2: TestRDAPByTLS of test/golden",
		"TIG 1.8":    "IPv4 and IPv6: of where it listens, which is everywhere unless configured",
		"TIG 1.11.1": "the base address stands at IANA: the operator's",
		"TIG 1.12.1": "of registrars",
		"RP 2.3.2":   "registrar expiration: of registrars, as the registry knows of no other date",
		"RP 2.5":     "resellers: the registry knows none",
		"RP 2.7.4.5": "a province may be left out, and is redacted with the rest of the address",
	}
}

// The statuses of a name are none that RFC 5731 and RFC 3915 forbid together, through a life.
func TestStatusesGoTogether(t *testing.T) {
	w := shops(t)
	h := newHandler(t, rdap.Config{Service: w.Service})
	check := func(when string) {
		t.Helper()
		var o object
		if err := json.Unmarshal(get(h, "GET", "domain/shop.co").Body.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		list := o.texts("status")
		has := func(s string) bool { return slices.Contains(list, s) }
		pending := 0
		for _, s := range list {
			if strings.HasPrefix(s, "pending ") && s != "pending restore" {
				pending++
			}
		}
		for wrong, is := range map[string]bool{
			"active with another":           has("active") && len(list) > 1,
			"two that are pending":          pending > 1,
			"redemption, nothing pending":   has("redemption period") && !has("pending delete"),
			"deleted despite a prohibition": has("pending delete") && (has("client delete prohibited") || has("server delete prohibited")),
			"none":                          len(list) == 0,
			"one twice":                     len(slices.Compact(slices.Clone(list))) != len(list),
		} {
			if is {
				t.Errorf("%s: %s: %q", when, wrong, list)
			}
		}
	}
	check("registered")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Add: flow.DomainEdit{Statuses: []registry.Status{
		registry.ClientHold, registry.ClientUpdateProhibited,
	}}})
	check("held")
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), Remove: flow.DomainEdit{Statuses: []registry.Status{
		registry.ClientHold, registry.ClientUpdateProhibited,
	}}})
	w.At("2026-06-01T00:00:00Z")
	check("two months later")
	w.Do(world.Other, flow.DomainTransfer{Name: world.Name("shop.co"), AuthInfo: new("domain-secret")})
	check("asked for")
	w.Do(world.Acme, flow.DomainTransferEnd{Name: world.Name("shop.co"), How: registry.TransferClientApproved})
	check("transferred")
	w.At("2026-08-01T00:00:00Z")
	w.Do(world.Other, flow.DomainDelete{Name: world.Name("shop.co")})
	check("deleted")
	w.At(fmt.Sprintf("2026-%02d-02T00:00:00Z", 9))
	check("not redeemable")
}
