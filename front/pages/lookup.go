package pages

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// StylePath is where the style of the lookup page is. The page itself is at "/".
const StylePath = "/style.css"

// retrySeconds is when somebody may ask again who found the registry away: as long as another node takes to do the work
// of one that died, and a little.
const retrySeconds = 10

// LookupConfig is what the lookup page needs. What is zero from RDAP on is not shown, or takes what stands beside it.
type LookupConfig struct {
	Service *flow.Service
	Zones   []string // in which names can be had

	RDAP   string // base address of the RDAP service
	WHOIS  string // host of the WHOIS service
	Tables bool   // the IDN tables are beside the page

	// Count counts a query of who asks, and says how long he has to wait if it is one too many; nil: nobody has to.
	Count func(*http.Request) (wait time.Duration)

	Deadline time.Duration // for one answer; 10 s
	Log      *slog.Logger  // slog.Default
}

// A lookup answers for the lookup page.
type lookup struct {
	config LookupConfig
	page   *template.Template
	style  []byte
}

// Lookup returns a handler for the page at "/", where everybody can look up a name, a name server, an address or a
// registrar. It reads what WHOIS and RDAP read.
func Lookup(c LookupConfig) (http.Handler, error) {
	c.Deadline = cmp.Or(c.Deadline, 10*time.Second)
	c.Log = cmp.Or(c.Log, slog.Default())
	page, err := parse("lookup.html", template.FuncMap{"machine": machineTime, "args": registrarIn})
	if err != nil {
		return nil, err
	}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	l := &lookup{c, page, style}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", l.show)
	mux.HandleFunc("GET "+StylePath, func(w http.ResponseWriter, r *http.Request) { lasting(w, r, kindCSS, l.style) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "There is nothing here; names are looked up at /.", http.StatusNotFound)
	})
	return mux, nil
}

// A view is what the page shows.
type view struct {
	Words words
	Other words // the language that the page can be had in as well
	Query string
	Zones []string
	At    time.Time // as of when the answer is

	Problem   string   // what to say instead of a result, in the language of the page
	Hint      string   // and what it could mean
	Reason    string   // why it is no name
	Suggested []string // names that could be meant

	Domain     *domainView // one of these is what was found
	Hosts      []hostView
	Registrars []registrarView

	RDAP, WHOIS string
	Tables      bool
}

// found reports whether there is something to show.
func (v *view) found() bool { return v.Domain != nil || len(v.Hosts) > 0 || len(v.Registrars) > 0 }

// show answers with the page, and with a result if the address has a query.
func (l *lookup) show(w http.ResponseWriter, r *http.Request) {
	say := choose(r)
	v := view{
		Words: say, Other: otherThan(say), Query: legible(r.URL.Query().Get("q")), Zones: l.config.Zones,
		At: l.config.Service.Clock(), RDAP: l.config.RDAP, WHOIS: l.config.WHOIS, Tables: l.config.Tables,
	}
	status := http.StatusOK
	if v.Query != "" {
		status = l.answer(w, r, &v)
	}
	var body bytes.Buffer
	if err := l.page.Execute(&body, v); err != nil {
		l.config.Log.Error("the lookup page was not made", "err", err)
		http.Error(w, "The page cannot be shown.", http.StatusInternalServerError)
		return
	}
	h := headers(w, kindHTML)
	h.Set("Cache-Control", "no-store") // what it shows may change at any instant
	h.Set("Content-Language", say.Language)
	h.Set("Vary", "Accept-Language")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

// legible returns a query without space around it, with a sign in the place of what is no text: that is found nowhere.
func legible(query string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(query), string(unicode.ReplacementChar)))
}

// answer answers the query of a view, unless too many came, and returns the status of the answer.
func (l *lookup) answer(w http.ResponseWriter, r *http.Request, v *view) (status int) {
	if l.config.Count != nil {
		if wait := l.config.Count(r); wait > 0 {
			seconds := int((wait + time.Second - 1) / time.Second)
			v.Problem = v.Words.tooMany(seconds)
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
			return http.StatusTooManyRequests
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), l.config.Deadline)
	defer cancel()
	status = l.find(ctx, v)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retrySeconds))
	}
	return status
}

// find looks up what the query asks, puts what is found into the view, and returns the status of the answer.
func (l *lookup) find(ctx context.Context, v *view) (status int) {
	if len(v.Query) > l.config.Service.Terms().Limits.WhoisQueryBytes {
		v.Query, v.Problem = "", v.Words.TooLong
		return http.StatusBadRequest
	}
	err := l.ask(ctx, v)
	var refusal *registry.Error
	switch {
	case err == nil && v.found():
		return http.StatusOK
	case errors.Is(err, registry.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		v.Problem = v.Words.Unavailable
		return http.StatusServiceUnavailable
	case err != nil && !errors.As(err, &refusal):
		l.config.Log.Error("a query of the page was not answered", "err", err)
		v.Problem = v.Words.Fault
		return http.StatusInternalServerError
	}
	v.Problem = cmp.Or(v.Problem, v.Words.NotFound)
	return http.StatusNotFound
}

// ask tells by its form what a query asks for: an address, a name, or else a registrar.
func (l *lookup) ask(ctx context.Context, v *view) error {
	if address, err := netip.ParseAddr(v.Query); err == nil {
		return l.askAddress(ctx, v, address)
	}
	name, err := names.ParseLookup(hostIn(v.Query))
	if err != nil {
		if strings.Contains(v.Query, ".") && !strings.Contains(v.Query, " ") {
			v.Problem, v.Reason = v.Words.NoName, v.Words.whyNoName(err)
		}
		return l.askRegistrar(ctx, v)
	}
	if !l.config.Service.Profile.InZone(name) {
		return l.askOutside(ctx, v, name)
	}
	registrable, ok := l.config.Service.Profile.Registrable(name)
	if !ok {
		v.Problem = v.Words.IsZone
		return nil
	}
	if name != registrable {
		if err := l.askHost(ctx, v, name); err == nil || !isMissing(err) {
			return err
		}
		v.Hint = v.Words.Part
	}
	return l.askDomain(ctx, v, registrable)
}

// askOutside looks up a name in none of our zones: that of a host, or a word, which may be a registrar, or a name whose
// zone was left out.
func (l *lookup) askOutside(ctx context.Context, v *view, name names.Name) error {
	if err := l.askHost(ctx, v, name); err == nil || !isMissing(err) {
		return err
	}
	if !name.Parent().IsZero() {
		v.Hint = v.Words.Elsewhere
	} else if len(l.config.Zones) > 0 {
		v.Hint = v.Words.WithoutZone
		for _, zone := range l.config.Zones {
			v.Suggested = append(v.Suggested, name.Unicode()+"."+zone)
		}
	}
	return l.askRegistrar(ctx, v)
}

// hostIn returns the host of what somebody has copied from the address field of a browser, or the text as it is.
func hostIn(text string) string {
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text, _, _ = strings.Cut(rest, "/")
	}
	return strings.TrimSuffix(text, "/")
}

func isMissing(err error) bool {
	var refusal *registry.Error
	return errors.As(err, &refusal)
}

func (l *lookup) askDomain(ctx context.Context, v *view, name names.Name) error {
	reply, err := l.config.Service.Ask(ctx, "", flow.DomainLookup{Name: name})
	if err != nil {
		switch {
		case flow.IsOwn(err):
			v.Problem = v.Words.ownUse(name.Unicode())
		case flow.IsWithheld(err):
			v.Problem = v.Words.notOffered(name.Unicode())
		case isMissing(err):
			v.Problem = v.Words.notRegistered(name.Unicode())
		}
		return err
	}
	// A name that goes between the two questions is shown without what is ahead of it.
	ahead, err := l.config.Service.Ask(ctx, "", flow.Timeline{Name: name})
	if err != nil && !isMissing(err) {
		return err
	}
	timeline, _ := ahead.(flow.TimelineFound)
	v.Domain = v.Words.domain(reply.(flow.DomainFound), timeline.Ahead, v.At)
	return nil
}

func (l *lookup) askHost(ctx context.Context, v *view, name names.Name) error {
	reply, err := l.config.Service.Ask(ctx, "", flow.HostLookup{Name: name})
	if err != nil {
		return err
	}
	v.Hosts, v.Hint = []hostView{v.Words.host(reply.(flow.HostFound))}, ""
	return nil
}

func (l *lookup) askAddress(ctx context.Context, v *view, address netip.Addr) error {
	reply, err := l.config.Service.Ask(ctx, "", flow.HostsByAddress{Address: address})
	if err != nil {
		return err
	}
	found := reply.(flow.HostsFound)
	if len(found.Hosts) == 0 {
		v.Problem = v.Words.NoHostThere
		return nil
	}
	if found.After != "" {
		v.Hint = v.Words.More
	}
	for _, h := range found.Hosts {
		v.Hosts = append(v.Hosts, v.Words.host(h))
	}
	return nil
}

// askRegistrar looks for a registrar by the whole query, or by what stands behind the word that WHOIS has for that.
func (l *lookup) askRegistrar(ctx context.Context, v *view) error {
	reply, err := l.config.Service.Ask(ctx, "", flow.RegistrarLookup{Handle: v.Query, Name: v.Query})
	word, rest, several := strings.Cut(v.Query, " ")
	if rest = strings.TrimSpace(rest); several && isMissing(err) && (strings.EqualFold(word, "registrar") || strings.EqualFold(word, v.Words.Registrar)) {
		reply, err = l.config.Service.Ask(ctx, "", flow.RegistrarLookup{Handle: rest, Name: rest})
	}
	if err != nil {
		return err
	}
	for _, r := range reply.([]flow.RegistrarFound) {
		v.Registrars = append(v.Registrars, newRegistrarView(r.PublicRegistrar))
	}
	v.Problem, v.Hint, v.Reason, v.Suggested = "", "", "", nil
	return nil
}
