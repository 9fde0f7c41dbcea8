package rdap

import (
	"net/netip"
	"slices"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainObject is everything that the caller may see of a name, to stand at a path of the answer. RFC 9083 section 5.3.
func (h *Handler) domainObject(q query, d flow.DomainFound, at string) domainObject {
	secure := signers(d.DS)
	object := domainObject{
		Class:       "domain",
		Handle:      string(d.ROID),
		LDHName:     d.Name.String(),
		UnicodeName: unicodeOf(d.Name),
		Status:      statuses(d),
		Remarks:     remarks(d.Suspension),
		Events:      h.domainEvents(d.Domain),
		Nameservers: nameservers(d.Servers),
		SecureDNS:   &secure,
		Entities:    []entity{h.registrar(q, d.Sponsored)},
		Links:       append([]link{h.self(q, "domain/"+d.Name.String())}, related(q, d)...),
		Port43:      h.config.Port43,
	}
	for _, p := range d.OnePerRole() {
		e, redacted := h.contact(q, p, d.Sponsored, at)
		object.Entities = append(object.Entities, e)
		object.Redacted = append(object.Redacted, redacted...)
	}
	return object
}

// outermostDomain returns a name as the whole of an answer.
func (h *Handler) outermostDomain(q query, d flow.DomainFound) domainObject {
	object := h.domainObject(q, d, "$")
	object.top = &top{conformance(extensionsOf(object.Redacted, object.Entities...)...), h.domainNotices(q.asked)}
	return object
}

// self is the link of an object to itself.
func (h *Handler) self(q query, path string) link {
	return link{Value: q.asked, Rel: "self", Href: h.config.Base + path, Type: mediaType}
}

// related leads to the same name at its registrar, where the registrar has said where. Technical guide 3.2.
func related(q query, d flow.DomainFound) []link {
	if d.Sponsored.RDAP == "" {
		return nil
	}
	return []link{{Value: q.asked, Rel: "related", Href: d.Sponsored.RDAP + "domain/" + d.Name.String(), Type: mediaType}}
}

func unicodeOf(n names.Name) string {
	if !n.IsIDN() {
		return ""
	}
	return n.Unicode()
}

// domainNotices are those of the technical guide 3.3 and the response profile 2.6.3 and 2.10.
func (h *Handler) domainNotices(asked string) []notice {
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

func signers(list []registry.DSRecord) secureDNS {
	s := secureDNS{DelegationSigned: len(list) > 0}
	for _, ds := range list {
		s.DS = append(s.DS, dsRecord{ds.KeyTag, ds.Algorithm, ds.Digest, ds.DigestType})
	}
	return s
}

func (h *Handler) domainEvents(d registry.Domain) []event {
	list := []event{
		{"registration", stamp(d.Created)},
		{"expiration", stamp(d.Expires)},
	}
	if changed := later(d.Updated, d.Transferred); !changed.IsZero() { // as WHOIS has it
		list = append(list, event{lastChanged, stamp(changed)})
	}
	if !d.Transferred.IsZero() {
		list = append(list, event{"transfer", stamp(d.Transferred)})
	}
	return append(list, h.lastUpdate())
}

const lastChanged = "last changed"

// lastUpdate says as of when the answer is: now, as there is no other database than the registry's own. Response profile
// 2.3.1.3.
func (h *Handler) lastUpdate() event { return event{lastUpdated, stamp(h.service().Clock())} }

const lastUpdated = "last update of RDAP database"

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
		list[i] = nameserver{
			Class: "nameserver", Handle: string(ns.ROID), LDHName: ns.Name.String(), UnicodeName: unicodeOf(ns.Name),
			Addresses: inFamilies(ns.Addresses),
		}
	}
	return list
}

// inFamilies returns addresses as RFC 9083 section 5.2 parts them, nil if there are none.
func inFamilies(list []netip.Addr) *addresses {
	if len(list) == 0 {
		return nil
	}
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

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
