// Package rdap owns the lookup over HTTP: it reads a path, asks flow, and writes the answer as
// JSON. It decides nothing about a name. RFC 7480, RFC 7481, RFC 9082, RFC 9083, RFC 9537, RFC 8977, RFC 8982 and the
// gTLD RDAP profile of February 2024; decisions 6.3.
package rdap

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/policy"
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
	Refusal  time.Duration // no wrong credentials are answered sooner; 300 ms
	Log      *slog.Logger  // slog.Default

	Proxies   []netip.Prefix // whose word is believed of where a query comes from; nobody's
	Forwarded string         // the header that they say it in: Forwarded or X-Forwarded-For; the latter
	Allowed   []netip.Prefix // where queries may come from as often as they like; nowhere

	Rate       policy.Rate // of the queries of one IPv4 address or IPv6 /64; zero: any number
	CallerRate policy.Rate // of the queries of one registrar or token; zero: any number

	Searches bool          // whether everybody may search; else those who are known
	Sandbox  bool          // whether it is a sandbox's: its credentials are told as such, and it has no access tokens
	NewTRID  func() string // the transaction id of a record of access; none
}

// A Handler answers RDAP queries. The server it is mounted on bounds sizes, times and connections, and speaks TLS.
type Handler struct {
	config   Config
	mount    string // the path of Base
	visitors *policy.Crowd[visitor]
	bodies   sync.Pool // of *[]byte: copies of pages that get their instant
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
	c.Refusal = cmp.Or(c.Refusal, 300*time.Millisecond)
	c.Log = cmp.Or(c.Log, slog.Default())
	c.Forwarded = cmp.Or(c.Forwarded, "X-Forwarded-For")
	if c.NewTRID == nil {
		c.NewTRID = func() string { return "" }
	}
	return &Handler{
		config: c, mount: base.Path, visitors: policy.NewCrowd[visitor](mostVisitors), bodies: sync.Pool{New: func() any { return new([]byte) }},
	}, nil
}

// ServeHTTP answers one query.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*") // RFC 7480 section 5.6
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-cache") // it may change at any instant; without this, caches choose how long they keep it
	switch r.Method {
	case http.MethodGet, http.MethodHead:
	case http.MethodOptions:
		allowOthers(w)
		return
	default:
		w.Header().Set("Allow", "GET, HEAD, OPTIONS")
		h.refuse(w, h.counted(h.source(r), failed(http.StatusMethodNotAllowed, "this service answers GET and HEAD")))
		return
	}
	q, refusal := h.parse(r)
	if refusal != nil {
		h.refuse(w, h.counted(h.source(r), refusal))
		return
	}
	switch known, refusal := h.admit(w, r, &q); {
	case refusal != nil:
		h.refuse(w, refusal)
	case known:
		w.Header().Set("Cache-Control", "private, no-store")
		h.answerKnown(w, r, q)
	default:
		h.answerAnybody(w, r, q)
	}
}

// allowOthers answers what a browser asks before a page of somebody else sends credentials.
func allowOthers(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Allow", "GET, HEAD, OPTIONS")
	header.Set("Access-Control-Allow-Methods", "GET, HEAD")
	header.Set("Access-Control-Allow-Headers", "Authorization, "+PurposeHeader)
	header.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

// admit counts a query against what may come from where it does, and says who asks if that is somebody known.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request, q *query) (known bool, refusal *problem) {
	q.from = h.source(r)
	if r.Header.Get("Authorization") == "" {
		return false, h.count(q.from, "")
	}
	w.Header().Set("Cache-Control", "private, no-store") // a refusal is nobody else's either
	if refusal := h.identify(r, q); refusal != nil {
		return false, refusal
	}
	return true, h.count(q.from, q.caller.Who)
}

// answerAnybody answers a query of which nothing depends on who asks. What is asked most is kept.
func (h *Handler) answerAnybody(w http.ResponseWriter, r *http.Request, q query) {
	w.Header().Set("Vary", "Authorization, Accept")
	if q.search != "" && !h.config.Searches {
		h.refuse(w, failed(http.StatusUnauthorized, "searches are for those who are known to the registry; send credentials, or ask for one object"))
		return
	}
	if q.kind == kindHelp {
		h.write(w, http.StatusOK, h.help(q))
		return
	}
	if q.keeps() && h.sendKept(w, q) {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), h.config.Deadline)
	defer cancel()
	if !q.keeps() {
		h.answerFresh(ctx, w, q)
		return
	}
	page, err := h.makePage(ctx, q)
	if err != nil {
		h.refuse(w, h.faultOf(q, err))
		return
	}
	h.send(w, page)
}

// answerKnown answers somebody who is known, after it was written down that he asks, and for what.
func (h *Handler) answerKnown(w http.ResponseWriter, r *http.Request, q query) {
	ctx, cancel := context.WithTimeout(r.Context(), h.config.Deadline)
	defer cancel()
	_, err := h.service().Run(ctx, flow.Request{
		Registrar: q.caller.Registrar, SvTRID: h.config.NewTRID(),
		Command: flow.AccessRecord{Caller: q.caller, Address: q.from, Query: strings.TrimPrefix(q.asked, h.config.Base)},
	})
	if err != nil {
		h.refuseOrFault(w, q, err)
		return
	}
	h.config.Log.Info("a lookup by somebody known", "who", q.caller.Who, "role", q.caller.Role, "query", short(q.asked), "purpose", short(q.caller.Purpose))
	if q.kind == kindHelp {
		h.write(w, http.StatusOK, h.help(q))
		return
	}
	h.answerFresh(ctx, w, q)
}

func (h *Handler) service() *flow.Service { return h.config.Service }

// short keeps what a stranger sends from filling the log.
func short(s string) string {
	const most = 200
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
