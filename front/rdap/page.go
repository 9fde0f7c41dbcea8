package rdap

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.org/dorado/flow"
)

// A pageAsked is which page of a search is asked for, and how much of each result. RFC 8977, RFC 8982.
type pageAsked struct {
	after  flow.Place
	sort   string // the order that was asked for; empty: none
	count  bool   // the number of all results is wanted
	fields string // id, brief or full
	asked  bool   // a cursor, an order or a count was asked for
}

// The sets of fields. RFC 8982 section 4.
const (
	fieldsID    = "id"
	fieldsBrief = "brief"
	fieldsFull  = "full"
)

// readPage reads the parameters of a page. The order is that of the index that is searched, which has a name where the
// client can see by what: names by name, registrars by handle.
func readPage(q *query, parameters url.Values) (p pageAsked, refusal *problem) {
	for _, name := range []string{"fieldSet", "cursor", "sort", "count"} {
		if len(parameters[name]) > 1 {
			return p, failed(http.StatusBadRequest, "the parameter "+name+" comes once")
		}
	}
	p.fields, p.sort, p.count = parameters.Get("fieldSet"), parameters.Get("sort"), parameters.Get("count") == "true"
	p.asked = parameters.Has("sort") || parameters.Has("count") || parameters.Has("cursor")
	if p.fields == "" {
		p.fields = fieldsBrief
	}
	order := q.order()
	switch {
	case !slices.Contains([]string{fieldsID, fieldsBrief, fieldsFull}, p.fields):
		return p, failed(http.StatusBadRequest, "there is no such set of fields; the sets are id, brief and full")
	case order != "" && p.sort == order+":d":
		return p, failed(http.StatusBadRequest, "results come in ascending order only; say "+order+", or leave sort out")
	case p.sort != "" && p.sort != order && p.sort != order+":a":
		return p, failed(http.StatusBadRequest, strings.TrimSpace("this search cannot be sorted so; leave sort out "+orIs(order)))
	}
	after, err := base64.RawURLEncoding.DecodeString(parameters.Get("cursor"))
	isNoPlace := func(r rune) bool { return r <= ' ' || r > '~' } // of a name, a ROID or an id
	if err != nil || bytes.ContainsFunc(after, isNoPlace) {
		return p, failed(http.StatusBadRequest, "the cursor is not one that this search gave; begin at the first page")
	}
	p.after = flow.Place(after)
	return p, nil
}

func orIs(order string) string {
	if order == "" {
		return ""
	}
	return "or say " + order
}

// order is by what the results of a search are sorted, empty if that is nothing that a client can see. RFC 8977 section
// 2.3.1.
func (q *query) order() string {
	switch {
	case q.search == "name":
		return "name"
	case q.kind == kindEntity:
		return "handle"
	}
	return ""
}

// results is the member of an answer that has the results, and at what path a property of them is.
func (q *query) results() string { return q.kind + "SearchResults" }

// A pagingMetadata is that of RFC 8977 section 2.1.
type pagingMetadata struct {
	Total    *int   `json:"totalCount,omitempty"`
	PageSize int    `json:"pageSize"`
	Links    []link `json:"links,omitempty"`
}

// A sortingMetadata is that of RFC 8977 section 2.2.
type sortingMetadata struct {
	Current   string          `json:"currentSort"`
	Available []availableSort `json:"availableSorts"`
}

type availableSort struct {
	Property string `json:"property"`
	JSONPath string `json:"jsonPath"`
	Default  bool   `json:"default"`
	Links    []link `json:"links"`
}

// A subsettingMetadata is that of RFC 8982 section 2.1.
type subsettingMetadata struct {
	Current   string         `json:"currentFieldSet"`
	Available []availableSet `json:"availableFieldSets"`
}

type availableSet struct {
	Name        string `json:"name"`
	Default     bool   `json:"default"`
	Description string `json:"description"`
	Links       []link `json:"links"`
}

// searchMeta is what every answer to a search has beside its results.
type searchMeta struct {
	Conformance []string            `json:"rdapConformance"`
	Notices     []notice            `json:"notices"`
	Paging      *pagingMetadata     `json:"paging_metadata,omitempty"`
	Sorting     *sortingMetadata    `json:"sorting_metadata,omitempty"`
	Subsetting  *subsettingMetadata `json:"subsetting_metadata,omitempty"`
}

// meta is what an answer has beside so many results. All are counted only where they are on one page: to count what is
// not read would cost what a page is there to save.
func (h *Handler) meta(q query, results int, next flow.Place) searchMeta {
	m := searchMeta{Notices: h.terms(q.asked)}
	m.Paging = &pagingMetadata{PageSize: results}
	if next != "" {
		cursor := base64.RawURLEncoding.EncodeToString([]byte(next))
		m.Paging.Links = []link{{Value: q.asked, Rel: "next", Href: h.with(q, "cursor", cursor), Title: "the next page", Type: mediaType}}
		m.Notices = append(m.Notices, notice{
			Title: "Search Policy", Type: "result set truncated due to excessive load",
			Description: []string{"There may be more results: the link next in paging_metadata leads to them."},
		})
	}
	if q.page.count && next == "" && q.page.after == "" {
		m.Paging.Total = &results
	}
	extensions := []string{"paging"}
	if order := q.order(); order != "" {
		extensions = append(extensions, "sorting")
		m.Sorting = &sortingMetadata{order, []availableSort{{
			Property: order, Default: true,
			JSONPath: "$." + q.results() + "[*]." + map[string]string{"name": "ldhName", "handle": "handle"}[order],
			Links:    []link{{Value: q.asked, Rel: "alternate", Href: h.with(q, "sort", order), Title: "in order of " + order, Type: mediaType}},
		}}}
	}
	m.Subsetting = &subsettingMetadata{Current: q.page.fields}
	for _, set := range []struct{ name, says string }{
		{fieldsID, "what a result is found by again"}, {fieldsBrief, "what it is, without contacts and events"}, {fieldsFull, "what a lookup of it answers"},
	} {
		m.Subsetting.Available = append(m.Subsetting.Available, availableSet{
			set.name, set.name == fieldsBrief, set.says,
			[]link{{Value: q.asked, Rel: "alternate", Href: h.with(q, "fieldSet", set.name), Title: set.says, Type: mediaType}},
		})
	}
	m.Conformance = conformance(append(extensions, "subsetting")...)
	return m
}

// with is the address of a query with another value of one parameter.
func (h *Handler) with(q query, parameter, value string) string {
	address, err := url.Parse(q.asked)
	if err != nil {
		return q.asked
	}
	parameters := address.Query()
	parameters.Set(parameter, value)
	address.RawQuery = parameters.Encode()
	return address.String()
}
