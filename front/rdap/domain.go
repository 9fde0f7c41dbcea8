package rdap

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

const mediaType = "application/rdap+json"

// domainObject is everything that is public about a name. RFC 9083 section 5.3.
func (h *Handler) domainObject(r *http.Request, d flow.DomainFound) domainObject {
	asked := h.requested(r)
	object := domainObject{
		Conformance: conformance(),
		Notices:     h.notices(asked),
		Class:       "domain",
		Handle:      string(d.ROID),
		LDHName:     d.Name.String(),
		Status:      statuses(d),
		Remarks:     remarks(d.Suspension),
		Events:      h.events(d.Domain),
		Nameservers: nameservers(d.Servers),
		SecureDNS:   signers(d.DS),
		Entities:    []entity{registrar(d.Sponsored)},
		Links: []link{
			{Value: asked, Rel: "self", Href: h.config.Base + "domain/" + d.Name.String(), Type: mediaType},
		},
		Port43: h.config.Port43,
	}
	if d.Name.IsIDN() {
		object.UnicodeName = d.Name.Unicode()
	}
	for _, p := range onePerRole(d.People) {
		e, redacted := contact(p, d.Sponsored)
		object.Entities = append(object.Entities, e)
		object.Redacted = append(object.Redacted, redacted...)
	}
	return object
}

// onePerRole keeps the first contact of each role: the profile allows one, and the paths of the
// redactions tell entities apart by their role.
func onePerRole(people []flow.Person) []flow.Person {
	var kept []flow.Person
	for _, p := range people {
		if !slices.ContainsFunc(kept, func(k flow.Person) bool { return k.Role == p.Role }) {
			kept = append(kept, p)
		}
	}
	return kept
}

// notices are those of the technical guide 3.3 and the response profile 2.6.3 and 2.10.
func (h *Handler) notices(asked string) []notice {
	return append(h.terms(asked),
		notice{
			Title:       "Status Codes",
			Description: []string{"For more information on domain status codes, please visit https://icann.org/epp"},
			Links:       []link{{Value: asked, Rel: "glossary", Href: "https://icann.org/epp", Type: "text/html"}},
		},
		notice{
			Title:       "RDDS Inaccuracy Complaint Form",
			Description: []string{"URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf"},
			Links:       []link{{Value: asked, Rel: "help", Href: "https://icann.org/wicf", Type: "text/html"}},
		})
}

func (h *Handler) terms(asked string) []notice {
	kind := "text/html"
	if h.config.Terms == h.config.Base+"help" {
		kind = mediaType
	}
	return []notice{{
		Title:       "Terms of Service",
		Description: []string{"The data is for learning about single registrations. It is not for collecting, and not for reaching people with offers."},
		Links:       []link{{Value: asked, Rel: "terms-of-service", Href: h.config.Terms, Type: kind}},
	}}
}

// help answers the help query. RFC 9082 section 3.1.6.
func (h *Handler) help(r *http.Request) helpObject {
	return helpObject{conformance(), append(h.terms(h.requested(r)), notice{
		Title: "Help",
		Description: []string{
			"Send GET or HEAD " + h.config.Base + "domain/NAME, where NAME is a name below a zone of this registry.",
			"A name may be given in A-labels or, percent-encoded, in U-labels.",
		},
	})}
}

func signers(list []registry.DSRecord) secureDNS {
	s := secureDNS{DelegationSigned: len(list) > 0}
	for _, ds := range list {
		s.DS = append(s.DS, dsRecord{ds.KeyTag, ds.Algorithm, ds.Digest, ds.DigestType})
	}
	return s
}

func (h *Handler) events(d registry.Domain) []event {
	list := []event{
		{"registration", stamp(d.Created)},
		{"expiration", stamp(d.Expires)},
	}
	if changed := later(d.Updated, d.Transferred); !changed.IsZero() { // as WHOIS has it
		list = append(list, event{"last changed", stamp(changed)})
	}
	if !d.Transferred.IsZero() {
		list = append(list, event{"transfer", stamp(d.Transferred)})
	}
	return append(list, event{"last update of RDAP database", stamp(h.config.Service.Clock())})
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// rdapStatus maps statuses of EPP and of the grace period mapping. RFC 8056 section 2.
var rdapStatus = map[string]string{
	"addPeriod":                "add period",
	"autoRenewPeriod":          "auto renew period",
	"clientDeleteProhibited":   "client delete prohibited",
	"clientHold":               "client hold",
	"clientRenewProhibited":    "client renew prohibited",
	"clientTransferProhibited": "client transfer prohibited",
	"clientUpdateProhibited":   "client update prohibited",
	"inactive":                 "inactive",
	"linked":                   "associated",
	"ok":                       "active",
	"pendingCreate":            "pending create",
	"pendingDelete":            "pending delete",
	"pendingRenew":             "pending renew",
	"pendingRestore":           "pending restore",
	"pendingTransfer":          "pending transfer",
	"pendingUpdate":            "pending update",
	"redemptionPeriod":         "redemption period",
	"renewPeriod":              "renew period",
	"serverDeleteProhibited":   "server delete prohibited",
	"serverHold":               "server hold",
	"serverRenewProhibited":    "server renew prohibited",
	"serverTransferProhibited": "server transfer prohibited",
	"serverUpdateProhibited":   "server update prohibited",
	"transferPeriod":           "transfer period",
}

// statuses are in order of the alphabet. "active" stands only alone, since RDAP has one list for
// what EPP has two for. Response profile 2.6.
func statuses(d flow.DomainFound) []string {
	var list []string
	for _, s := range d.RGPStatuses {
		list = append(list, rdapStatus[string(s)])
	}
	for _, s := range d.EPPStatuses {
		if s != registry.OK {
			list = append(list, rdapStatus[string(s)])
		}
	}
	if len(list) == 0 {
		return []string{rdapStatus[string(registry.OK)]}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// remarks say in words what no status of RFC 8056 does: that a name is suspended. Policies of 2011.
func remarks(s registry.Suspension) []notice {
	if !s.Active() {
		return nil
	}
	return []notice{{Title: "Suspended", Description: []string{
		"The registration expired on " + stamp(s.At) + " and waits for its renewal until " + stamp(s.Until) + ".",
		"Its name servers are not in the zone meanwhile.",
	}}}
}

// nameservers are those of the registration, with the addresses of those below our zones.
func nameservers(servers []flow.Nameserver) []nameserver {
	list := make([]nameserver, len(servers))
	for i, ns := range servers {
		list[i] = nameserver{Class: "nameserver", Handle: string(ns.ROID), LDHName: ns.Name.String()}
		if ns.Name.IsIDN() {
			list[i].UnicodeName = ns.Name.Unicode()
		}
		if len(ns.Addresses) > 0 {
			list[i].Addresses = inFamilies(ns.Addresses)
		}
	}
	return list
}

func inFamilies(list []netip.Addr) *addresses {
	var a addresses
	for _, ip := range list {
		if ip = ip.Unmap(); ip.Is4() {
			a.V4 = append(a.V4, ip.String())
		} else {
			a.V6 = append(a.V6, ip.String())
		}
	}
	return &a
}

// registrar is the sponsor with its abuse contact. Response profile 2.4: one that ICANN has
// accredited goes by its IANA id.
func registrar(r registry.Registrar) entity {
	e := entity{
		Class: "entity", Handle: string(r.ID), Roles: []string{"registrar"},
		VCard: vcard{}.text("fn", r.Name).array(),
	}
	if r.IANAID > 0 {
		e.Handle = strconv.Itoa(r.IANAID)
		e.PublicIDs = []publicID{{"IANA Registrar ID", e.Handle}}
	}
	if r.Abuse != "" || r.Voice != "" {
		card := vcard{}.text("fn", "Abuse contact of "+r.Name).tel("voice", registry.Phone{Number: r.Voice})
		if r.Abuse != "" {
			card = card.text("email", r.Abuse)
		}
		e.Entities = []entity{{Class: "entity", Roles: []string{"abuse"}, VCard: card.array()}}
	}
	return e
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
