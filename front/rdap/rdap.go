// Package rdap owns the lookup over HTTP: it reads a path, asks flow, and writes the answer as
// JSON. It decides nothing about a name. RFC 7480, RFC 9082, RFC 9083, RFC 9537 and the gTLD RDAP
// profile of February 2024; decisions 6.3.
package rdap

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Config is what a Handler needs. What is zero from Port43 on takes what stands beside it.
type Config struct {
	Service *flow.Service

	// Base is the public address of the service, such as "https://rdap.example/rdap/". The
	// Handler answers for the paths below its path.
	Base string

	Port43   string        // host of the WHOIS service; not shown
	Terms    string        // address of the terms of service; the help
	Deadline time.Duration // for one answer; 10 s
	Log      *slog.Logger  // slog.Default
}

// A Handler answers RDAP queries. It holds no state; the server it is mounted on bounds sizes,
// times and connections.
type Handler struct {
	config Config
	mount  string // the path of Base
}

// New returns a Handler. It refuses a Base that is no http or https address.
func New(c Config) (*Handler, error) {
	base, err := url.Parse(c.Base)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, errors.New("rdap: the base " + c.Base + " is no http or https address")
	}
	base = base.JoinPath("/")
	c.Base = base.String()
	c.Terms = cmp.Or(c.Terms, c.Base+"help")
	c.Deadline = cmp.Or(c.Deadline, 10*time.Second)
	c.Log = cmp.Or(c.Log, slog.Default())
	return &Handler{config: c, mount: base.Path}, nil
}

// ServeHTTP answers one query.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*") // RFC 7480 section 5.6
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		h.fail(w, http.StatusMethodNotAllowed, "this service answers GET and HEAD")
		return
	}
	path, below := strings.CutPrefix(r.URL.Path, h.mount)
	kind, rest, more := strings.Cut(path, "/")
	switch {
	case !below:
		h.fail(w, http.StatusNotFound, "the path is not below "+h.mount)
	case kind == "domain" && more:
		h.domain(w, r, rest)
	case kind == "help" && rest == "":
		h.write(w, http.StatusOK, h.help(r))
	case isQueryType(kind):
		h.fail(w, http.StatusNotImplemented, "this service answers domain lookups; send domain/NAME")
	default:
		h.fail(w, http.StatusBadRequest, "this is no RDAP query; send domain/NAME or help")
	}
}

// isQueryType reports whether a path segment is one that RFC 9082 section 3 defines.
func isQueryType(segment string) bool {
	switch segment {
	case "ip", "autnum", "nameserver", "entity", "domains", "nameservers", "entities":
		return true
	}
	return false
}

// domain answers domain/NAME. RFC 9082 section 3.1.3.
func (h *Handler) domain(w http.ResponseWriter, r *http.Request, text string) {
	name, err := names.ParseLookup(text)
	if err != nil {
		h.fail(w, http.StatusBadRequest, "this is no domain name: "+err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), h.config.Deadline)
	defer cancel()
	reply, err := h.config.Service.Ask(ctx, "", flow.DomainLookup{Name: name})
	var refusal *registry.Error
	switch {
	case err == nil:
		h.write(w, http.StatusOK, h.domainObject(r, reply.(flow.DomainFound)))
	case errors.As(err, &refusal):
		h.fail(w, statusOf(refusal.Code), refusal.Reason)
	case errors.Is(err, registry.ErrUnavailable):
		h.config.Log.Warn("a query was not answered", "query", name.String(), "err", err)
		w.Header().Set("Retry-After", strconv.Itoa(retrySeconds)) // RFC 9110 section 10.2.3
		h.fail(w, http.StatusServiceUnavailable, fmt.Sprintf("the registry is temporarily unavailable; try again in %d seconds", retrySeconds))
	default:
		h.config.Log.Error("a query was not answered", "query", name.String(), "err", err)
		h.fail(w, http.StatusInternalServerError, "the registry cannot answer now; try again later")
	}
}

// retrySeconds is when a client may ask again that found the registry away: as long as another node takes to
// do the work of one that died, and a little.
const retrySeconds = 10

// statusOf returns the HTTP status of a refusal. A name that this registry does not run is not
// found, like one that nobody has registered; anything else a lookup never says.
func statusOf(code registry.Code) int {
	switch code {
	case registry.ObjectMissing, registry.ParameterSyntax:
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}

// requested is the address that the client asked, as the links' value has to repeat it.
func (h *Handler) requested(r *http.Request) string {
	asked := h.config.Base + strings.TrimPrefix(r.URL.EscapedPath(), h.mount)
	if r.URL.RawQuery != "" {
		asked += "?" + r.URL.RawQuery
	}
	return asked
}

// fail answers with an error object. RFC 9083 section 6.
func (h *Handler) fail(w http.ResponseWriter, status int, reason string) {
	h.write(w, status, errorObject{
		Conformance: conformance(), Code: status,
		Title: http.StatusText(status), Description: []string{reason},
	})
}

func (h *Handler) write(w http.ResponseWriter, status int, object any) {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(object); err != nil {
		h.config.Log.Error("an answer was not encoded", "err", err)
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
