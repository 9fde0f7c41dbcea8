package rdap

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// answerFresh answers a query that is not kept: a search, or anything for somebody who is known.
func (h *Handler) answerFresh(ctx context.Context, w http.ResponseWriter, q query) {
	if q.search == "" {
		object, err := h.lookup(ctx, q)
		if err != nil {
			h.refuseOrFault(w, q, err)
			return
		}
		h.write(w, http.StatusOK, object)
		return
	}
	h.answerSearch(ctx, w, q)
}

// answerSearch answers a page of a search. Each result costs as much of an allowance as a lookup, so that a registry cannot be
// copied by searching it any sooner than by looking its names up; of who has little left the page is short, and the next one
// goes on there.
func (h *Handler) answerSearch(ctx context.Context, w http.ResponseWriter, q query) {
	size, n := 1, 0 // one is paid by the query itself
	size += h.takeResults(q, h.service().Terms().Limits.RDAP.PageSize-1)
	defer func() { h.returnResults(q, size-max(1, min(n, size))) }()
	reply, err := h.service().Ask(ctx, q.caller.Registrar, q.searchQuery(size))
	if err != nil {
		h.refuseOrFault(w, q, err)
		return
	}
	var object any
	object, n = h.searchObject(q, reply)
	if n == 0 && q.page.after == "" && !goesOn(reply) { // RFC 7480 section 5.3
		h.fail(w, http.StatusNotFound, "nothing fits")
		return
	}
	h.write(w, http.StatusOK, object)
}

// searchQuery is what flow is asked for a page of so many results.
func (q *query) searchQuery(size int) flow.Query {
	viewer, after := q.caller.Viewer, q.page.after
	switch q.kind + " " + q.search {
	case "domain name":
		return flow.DomainSearch{Pattern: q.pattern, After: after, Limit: size, Viewer: viewer}
	case "domain nsLdhName", "domain nsIp":
		return flow.DelegationSearch{Hosts: q.pattern, Address: q.address, After: after, Limit: size, Viewer: viewer}
	case "nameserver name":
		return flow.HostSearch{Pattern: q.pattern, After: after, Limit: size}
	case "nameserver ip":
		return flow.HostsByAddress{Address: q.address, After: registry.ROID(after), Limit: size}
	case "entity fn":
		return flow.RegistrarSearch{Name: q.handle, Partial: q.partial, After: after, Limit: size, Viewer: viewer}
	}
	return flow.RegistrarSearch{Handle: q.handle, Partial: q.partial, After: after, Limit: size, Viewer: viewer}
}

// goesOn reports whether a page, be it empty, has one behind it.
func goesOn(reply flow.Reply) bool {
	switch found := reply.(type) {
	case flow.DomainsFound:
		return found.After != ""
	case flow.HostPage:
		return found.After != ""
	case flow.HostsFound:
		return found.After != ""
	}
	return false
}

// The answers to searches. RFC 9083 section 8.
type domainsObject struct {
	searchMeta
	Results []domainObject `json:"domainSearchResults"`
}

type nameserversObject struct {
	searchMeta
	Results []nameserver `json:"nameserverSearchResults"`
}

type entitiesObject struct {
	searchMeta
	Results []entity `json:"entitySearchResults"`
}

// searchObject writes a page of results, and says how many there are on it.
func (h *Handler) searchObject(q query, reply flow.Reply) (object any, n int) {
	switch found := reply.(type) {
	case flow.DomainsFound:
		answer := domainsObject{searchMeta: h.meta(q, len(found.Domains), found.After), Results: []domainObject{}}
		for i, d := range found.Domains {
			answer.Results = append(answer.Results, h.domainResult(q, d, i))
		}
		answer.uses(
			slices.ContainsFunc(answer.Results, func(d domainObject) bool { return len(d.Redacted) > 0 }),
			slices.ContainsFunc(answer.Results, func(d domainObject) bool { return hasJSCard(d.Entities) }),
		)
		return answer, len(found.Domains)
	case flow.HostPage:
		answer := nameserversObject{searchMeta: h.meta(q, len(found.Hosts), found.After), Results: []nameserver{}}
		for _, host := range found.Hosts {
			answer.Results = append(answer.Results, h.nameserverResult(q, host))
		}
		answer.uses(false, slices.ContainsFunc(answer.Results, func(n nameserver) bool { return hasJSCard(n.Entities) }))
		return answer, len(found.Hosts)
	case flow.HostsFound:
		return h.searchObject(q, flow.HostPage{Hosts: found.Hosts, After: flow.Place(found.After)})
	case flow.RegistrarPage:
		answer := entitiesObject{searchMeta: h.meta(q, len(found.Registrars)+len(found.Contacts), found.After), Results: []entity{}}
		for _, r := range found.Registrars {
			answer.Results = append(answer.Results, h.registrarResult(q, r))
		}
		for _, c := range found.Contacts {
			answer.Results = append(answer.Results, h.contactResult(q, c, len(answer.Results)))
		}
		answer.uses(
			slices.ContainsFunc(answer.Results, func(e entity) bool { return len(e.Redacted) > 0 }), hasJSCard(answer.Results),
		)
		return answer, len(answer.Results)
	}
	return nil, 0
}

// uses adds to the conformance of an answer what its results use.
func (m *searchMeta) uses(redacted, jscard bool) {
	if redacted {
		m.Conformance = append(m.Conformance, "redacted")
	}
	if jscard {
		m.Conformance = append(m.Conformance, jscardExtension)
	}
}

// summaryOnly says of a result that a lookup of it answers more. Technical guide 3.6.
func summaryOnly() []notice {
	return []notice{{
		Title: "Incomplete Data", Type: "object truncated due to unexplainable reasons",
		Description: []string{"Summary data only. For complete data, send a specific query for the object."},
	}}
}

// domainResult is one name on a page of results: so much of it as is wanted.
func (h *Handler) domainResult(q query, d flow.DomainFound, i int) domainObject {
	if q.page.fields == fieldsFull {
		return h.domainObject(q, d, "$."+q.results()+"["+strconv.Itoa(i)+"]")
	}
	object := domainObject{
		Class: "domain", LDHName: d.Name.String(), UnicodeName: unicodeOf(d.Name), Remarks: summaryOnly(),
		Links: []link{h.self(q, "domain/"+d.Name.String())},
	}
	if q.page.fields == fieldsBrief {
		object.Handle, object.Status, object.Nameservers = string(d.ROID), statuses(d), nameservers(d.Servers)
		secure := signers(d.DS)
		object.SecureDNS = &secure
	}
	return object
}

func (h *Handler) nameserverResult(q query, host flow.HostFound) nameserver {
	if q.page.fields == fieldsFull {
		return h.nameserver(q, host)
	}
	object := nameserver{
		Class: "nameserver", LDHName: host.Name.String(), UnicodeName: unicodeOf(host.Name), Remarks: summaryOnly(),
		Links: []link{h.self(q, "nameserver/"+host.Name.String())},
	}
	if q.page.fields == fieldsBrief {
		object.Handle, object.Addresses, object.Status = string(host.ROID), inFamilies(host.Addresses), hostStatuses(host)
	}
	return object
}

func (h *Handler) registrarResult(q query, r flow.RegistrarFound) entity {
	switch q.page.fields {
	case fieldsFull:
		return h.registrarEntity(q, r)
	case fieldsBrief:
		e := h.registrar(q, r.PublicRegistrar)
		e.Remarks = summaryOnly()
		return e
	}
	handle := handleOf(r.PublicRegistrar)
	return entity{Class: "entity", Handle: handle, Remarks: summaryOnly(), Links: []link{h.self(q, "entity/"+handle)}}
}

func (h *Handler) contactResult(q query, c flow.ContactFound, i int) entity {
	if q.page.fields == fieldsFull {
		return h.contactEntity(q, c, "$."+q.results()+"["+strconv.Itoa(i)+"]")
	}
	e := entity{Class: "entity", Handle: string(c.Handle), Remarks: summaryOnly(), Links: []link{h.self(q, "entity/"+string(c.Handle))}}
	if q.page.fields == fieldsBrief {
		e.Status = contactStatuses(c)
	}
	return e
}
