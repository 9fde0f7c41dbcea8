package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
	"example.org/dorado/front/rdap"
	"example.org/dorado/front/whois"
)

// Where the lookups of the test environment are. All of them take a credential, which says whose sandbox is asked.
const (
	rdapPath       = "/rdap/"        // as production answers a registrar that says who it is
	publicRDAPPath = "/public/rdap/" // as it answers strangers
	whoisPath      = "/whois"
)

// testLookups answers lookups from sandboxes, with the front-ends of production and its limits, which count in each sandbox
// by themselves.
type testLookups struct {
	house  *house
	base   string          // the address of the server
	nobody *sandboxLookups // of credentials that there are not
}

// sandboxLookups are the front-ends of one sandbox. They are made when somebody asks first, and hold no more than what counts
// queries.
type sandboxLookups struct {
	known, public *rdap.Handler
	whois         *whois.Server
}

// newTestLookups returns the lookups. It refuses a configuration that makes no RDAP.
func (h *house) newTestLookups() (*testLookups, error) {
	l := &testLookups{house: h, base: h.publicWeb(serviceTestHTTPS)}
	var err error
	l.nobody, err = l.of(h.ote.nobody)
	return l, err
}

// of makes the front-ends of a registry.
func (l *testLookups) of(service *flow.Service) (*sandboxLookups, error) {
	log := l.house.log.With("role", "ote")
	c := l.house.config.RDAP.handler()
	c.Service, c.Log, c.NewTRID, c.Port43 = service, log, l.house.core.trid, ""
	c.Base, c.Sandbox = l.base+rdapPath, true
	known, err := rdap.New(c)
	if err != nil {
		return nil, fmt.Errorf("RDAP of the test environment: %w", err)
	}
	c.Base = l.base + publicRDAPPath
	public, err := rdap.New(c)
	if err != nil {
		return nil, fmt.Errorf("RDAP of the test environment: %w", err)
	}
	w := l.house.config.WHOIS.server()
	w.Service, w.Log = service, log
	return &sandboxLookups{known, public, whois.New(w)}, nil
}

// find returns the front-ends of the sandbox of a credential; of one that there is not, those of a registry without any.
func (l *testLookups) find(ctx context.Context, who registry.RegistrarID) (*sandboxLookups, error) {
	service, err := l.house.ote.service(ctx, who)
	if err != nil {
		return nil, err
	}
	s := l.house.ote.ofCredential(who)
	if s == nil || service != s.service {
		return l.nobody, nil
	}
	if made := s.lookups.Load(); made != nil {
		return made, nil
	}
	made, err := l.of(service)
	if err != nil {
		return nil, err
	}
	s.lookups.CompareAndSwap(nil, made)
	return s.lookups.Load(), nil
}

// known answers RDAP to who says who he is, which it verifies itself. Without that nobody knows which sandbox is meant.
func (l *testLookups) known(w http.ResponseWriter, r *http.Request) {
	id, _, given := r.BasicAuth()
	if !given && r.Method != http.MethodOptions {
		w.Header().Set("WWW-Authenticate", `Basic realm="credential of the test environment and its EPP password", charset="UTF-8"`)
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "send a credential's id, such as OTE1001-A, and its EPP password, by HTTP Basic authentication: they say which sandbox is asked"})
		return
	}
	l.answer(w, r, registry.RegistrarID(id), func(made *sandboxLookups, w http.ResponseWriter) { made.known.ServeHTTP(w, r) })
}

// public answers RDAP as strangers are answered, to a credential that was verified.
func (l *testLookups) public(w http.ResponseWriter, r *http.Request, who registry.RegistrarID) {
	r = r.Clone(r.Context())
	r.Header.Del("Authorization")
	l.answer(w, r, who, func(made *sandboxLookups, w http.ResponseWriter) {
		made.public.ServeHTTP(w, r)
	})
}

// whois answers a query of WHOIS, to a credential that was verified.
func (l *testLookups) whois(w http.ResponseWriter, r *http.Request, who registry.RegistrarID) {
	asked := r.URL.Query()
	wrong := 0
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		wrong = http.StatusMethodNotAllowed
	case !asked.Has("q"):
		wrong = http.StatusBadRequest
	}
	if wrong != 0 {
		http.Error(w, "Ask with GET "+whoisPath+"?q=NAME; q=help tells the forms of a query.", wrong)
		return
	}
	l.answer(w, r, who, func(made *sandboxLookups, w http.ResponseWriter) {
		text, outcome := made.whois.Ask(policy.Address(r.RemoteAddr), asked.Get("q"))
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if outcome == whois.OutcomeLimited {
			w.WriteHeader(http.StatusTooManyRequests)
		}
		_, _ = w.Write(text) // whoever asked may be gone
	})
}

// answer has the front-ends of a credential's sandbox answer, and counts those who were refused for asking too often.
func (l *testLookups) answer(w http.ResponseWriter, r *http.Request, who registry.RegistrarID, tell func(*sandboxLookups, http.ResponseWriter)) {
	made, err := l.find(r.Context(), who)
	if err != nil {
		l.house.log.Warn("a lookup in the test environment was not answered", "role", "ote", "error", err)
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "the test environment does not answer just now; try again"})
		return
	}
	noted := &statusWriter{ResponseWriter: w}
	tell(made, noted)
	if noted.status == http.StatusTooManyRequests {
		l.house.ote.counts.refused[refusedRate].Add(1)
	}
}

// A zoneView is what the zones would hold of a sandbox now.
type zoneView struct {
	At    time.Time      `json:"at"` // by the sandbox's clock
	Names []zoneViewName `json:"names"`
	Next  string         `json:"next,omitempty"` // what to ask with as after, for the names that follow
}

// A zoneViewName is one name of it.
type zoneViewName struct {
	Name    string   `json:"name"`
	Records []string `json:"records"`       // as lines of a zone file, without signatures
	Why     string   `json:"why,omitempty"` // why there are none
}

// zoneViewNames is how many names are shown at once.
const zoneViewNames = 500

// zone returns what the zones would hold now for one name, or for names after another. There is no name server for a sandbox.
func (s *sandbox) zone(ctx context.Context, name, after string) (zoneView, error) {
	q := flow.Published{Limit: zoneViewNames}
	for _, given := range []struct {
		field, text string
		into        *names.Name
	}{{"name", name, &q.Name}, {"after", after, &q.After}} {
		if given.text == "" {
			continue
		}
		parsed, err := names.ParseLookup(strings.TrimSuffix(given.text, "."))
		if err != nil {
			refusal := refuse(registry.ParameterSyntax, "this is no domain name: %v", err)
			refusal.Field = given.field
			return zoneView{}, refusal
		}
		*given.into = parsed
	}
	reply, err := s.service.Ask(ctx, "", q)
	if err != nil {
		return zoneView{}, err
	}
	page := reply.(flow.PublishedPage)
	view := zoneView{At: page.At, Names: []zoneViewName{}}
	if !page.Next.IsZero() {
		view.Next = page.Next.String()
	}
	ttls := s.service.Terms().DefaultTTLs()
	for _, n := range page.Names {
		view.Names = append(view.Names, zoneViewName{n.Name.String(), append([]string{}, dns.Lines(n.Delegation, ttls)...), n.Why})
	}
	return view, nil
}
