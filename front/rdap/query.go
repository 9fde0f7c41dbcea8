package rdap

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/names"
	"example.org/dorado/flow"
)

// The kinds of objects, and help, as the first segment of a path calls them. RFC 9082 section 3.1.
const (
	kindDomain     = "domain"
	kindNameserver = "nameserver"
	kindEntity     = "entity"
	kindHelp       = "help"
)

// A query is what a client asks, and who it is.
type query struct {
	kind    string // what is asked for
	search  string // the parameter that is searched by; empty for a lookup
	name    names.Name
	handle  string        // of an entity, or what a search of entities is for
	partial bool          // handle is a beginning
	pattern names.Pattern // of names of what is searched, or of its name servers
	address netip.Addr    // instead of pattern
	page    pageAsked

	path   string // behind the mount, as it was asked
	asked  string // the whole address as it was asked
	plain  bool   // without parameters
	jscard bool   // cards of RFC 9553 as well

	from   netip.Addr
	caller flow.Caller
}

// keeps reports whether the answer is one that may be kept: of an entity it may come from either of two lookups.
func (q *query) keeps() bool { return q.search == "" && q.plain && q.kind != kindEntity }

// key names the answer among those that are kept. It repeats the address that was asked, as the answer does.
func (q *query) key() flow.PageKey {
	form := "rdap/" + q.kind
	if q.jscard {
		form = "rdap/jscard/" + q.kind
	}
	return flow.PageKey{Form: form, ID: q.path}
}

// What an address may have: the longest name in octets that are all percent-encoded, and parameters of that length.
const (
	maxPath       = 4 * 3 * names.MaxOctets
	maxParameters = 4 * 3 * names.MaxOctets
)

// parse reads the address of a request.
func (h *Handler) parse(r *http.Request) (q query, refusal *problem) {
	if len(r.URL.EscapedPath()) > maxPath || len(r.URL.RawQuery) > maxParameters {
		return q, failed(http.StatusRequestURITooLong, "the address is longer than any name")
	}
	rest, below := strings.CutPrefix(r.URL.Path, h.mount)
	if !below {
		return q, failed(http.StatusNotFound, "the path is not below "+h.mount)
	}
	q.path = strings.TrimPrefix(r.URL.EscapedPath(), h.mount)
	q.plain = r.URL.RawQuery == ""
	q.asked = h.config.Base + q.path
	var parameters url.Values
	if !q.plain {
		q.asked += "?" + r.URL.RawQuery
		var err error
		if parameters, err = url.ParseQuery(r.URL.RawQuery); err != nil {
			return q, failed(http.StatusBadRequest, "the parameters cannot be read; percent-encode what is not a letter or a digit")
		}
	}
	q.jscard = wantsJSCard(r, parameters)
	kind, rest, more := strings.Cut(rest, "/")
	switch {
	case (kind == kindDomain || kind == kindNameserver || kind == kindEntity) && more:
		q.kind = kind
		return q, q.parseLookup(rest)
	case kind == kindHelp && rest == "":
		q.kind = kindHelp
		return q, nil
	case (kind == "domains" || kind == "nameservers" || kind == "entities") && rest == "":
		return q, q.parseSearch(kind, parameters)
	case kind == "ip" || kind == "autnum":
		return q, failed(http.StatusNotImplemented, "this is a registry of names; ask a registry of numbers")
	}
	return q, failed(http.StatusBadRequest, "this is no RDAP query; send domain/NAME, nameserver/NAME, entity/HANDLE, a search, or help")
}

// parseLookup reads what stands behind domain, nameserver or entity.
func (q *query) parseLookup(text string) *problem {
	if q.kind == kindEntity {
		q.handle = text
		return checkHandle(text)
	}
	var err error
	if q.name, err = names.ParseLookup(text); err != nil {
		return failed(http.StatusBadRequest, "this is no name: "+err.Error())
	}
	return nil
}

// maxHandle is how many characters a handle or the name of a registrar may have.
const maxHandle = 255

// checkHandle refuses what no handle or name can be.
func checkHandle(text string) *problem {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if text == "" || !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxHandle || strings.ContainsFunc(text, unprintable) ||
		strings.Contains(text, "/") {
		return failed(http.StatusBadRequest, "this is no handle and no name of a registrar")
	}
	return nil
}

// A searchBy is one way to search: the segment of the path, the parameter, what is found, and how the text is read.
type searchBy struct {
	segment, parameter, kind string
	read                     func(*query, string) *problem
}

// searches are all ways to search. RFC 9082 section 3.2.
func searches() []searchBy {
	return []searchBy{
		{"domains", "name", kindDomain, (*query).readPattern},
		{"domains", "nsLdhName", kindDomain, (*query).readPattern},
		{"domains", "nsIp", kindDomain, (*query).readAddress},
		{"nameservers", "name", kindNameserver, (*query).readPattern},
		{"nameservers", "ip", kindNameserver, (*query).readAddress},
		{"entities", "fn", kindEntity, (*query).readText},
		{"entities", "handle", kindEntity, (*query).readText},
	}
}

// parseSearch reads the parameters of a search. Those that are not known are left alone: RFC 7480 section 4.3.
func (q *query) parseSearch(segment string, parameters url.Values) *problem {
	var by []searchBy
	for _, s := range searches() {
		if s.segment == segment && len(parameters[s.parameter]) > 0 {
			by = append(by, s)
		}
	}
	if len(by) != 1 || len(parameters[by[0].parameter]) != 1 {
		return failed(http.StatusBadRequest, "a search of "+segment+" has one parameter: "+parametersOf(segment))
	}
	q.kind, q.search = by[0].kind, by[0].parameter
	if refusal := by[0].read(q, parameters.Get(q.search)); refusal != nil {
		return refusal
	}
	var refusal *problem
	q.page, refusal = readPage(q, parameters)
	return refusal
}

func parametersOf(segment string) string {
	var list []string
	for _, s := range searches() {
		if s.segment == segment {
			list = append(list, s.parameter)
		}
	}
	return strings.Join(list, ", ")
}

func (q *query) readPattern(text string) *problem {
	var err error
	q.pattern, err = names.ParsePattern(text)
	switch {
	case errors.Is(err, names.ErrPattern):
		return failed(http.StatusUnprocessableEntity, err.Error())
	case err != nil:
		return failed(http.StatusBadRequest, "this is no name: "+err.Error())
	}
	return nil
}

func (q *query) readAddress(text string) *problem {
	var err error
	if q.address, err = netip.ParseAddr(text); err != nil || q.address.Zone() != "" {
		return failed(http.StatusBadRequest, "this is no IPv4 or IPv6 address")
	}
	return nil
}

func (q *query) readText(text string) *problem {
	q.handle = strings.TrimSuffix(text, "*")
	q.partial = q.handle != text
	if strings.Contains(q.handle, "*") || q.handle == "" && q.partial {
		return failed(http.StatusUnprocessableEntity, "an asterisk may stand once, at the end, behind other characters")
	}
	return checkHandle(q.handle)
}
