package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// What an operator sees of secondaries, and asks of other servers, over the control socket.

// transfers adds that to the handler of the control socket.
func (h *house) transfers(mux *http.ServeMux) {
	mux.HandleFunc("GET /secondaries", answerJSON(h, h.listSecondaries))
	mux.HandleFunc("POST /zones/compare", answerJSON(h, h.compareZones))
}

// A secondaryLine is what a secondary has of a zone, as far as it is known. Instants are real time.
type secondaryLine struct {
	Secondary   string    `json:"secondary"`
	Zone        string    `json:"zone"`
	Asked       bool      `json:"asked"` // whether it is asked what it serves
	Serial      uint32    `json:"serial,omitempty"`
	Since       time.Time `json:"since,omitzero"` // when it was first seen to serve that
	SeenAt      time.Time `json:"seenAt,omitzero"`
	Silence     string    `json:"silence,omitempty"` // why it did not say when last asked
	Published   uint32    `json:"published,omitempty"`
	LagSeconds  float64   `json:"lagSeconds"`
	Ahead       uint32    `json:"ahead,omitempty"` // by how much its serial is beyond ours: it has what we do not know
	Told        uint32    `json:"told,omitempty"`
	ToldAt      time.Time `json:"toldAt,omitzero"`
	NotTold     string    `json:"notTold,omitempty"`
	Transferred uint32    `json:"transferred,omitempty"`
	At          time.Time `json:"transferredAt,omitzero"`
	Whole       bool      `json:"whole,omitempty"`
	Records     int       `json:"records,omitempty"`
	Bytes       int       `json:"bytes,omitempty"`
}

// errElsewhere is told where another node publishes the zones.
var errElsewhere = errors.New("this node does not publish the zones; dorado nodes shows which one has the lease dns")

// publishes returns the server of the zones, if this node answers for them.
func (h *house) publishes() (*dns.Server, error) {
	if h.zones == nil || !h.zones.Loaded() {
		return nil, mistake{errElsewhere}
	}
	return h.zones, nil
}

func (h *house) listSecondaries(_ context.Context, _ *http.Request, _ struct{}) ([]secondaryLine, error) {
	server, err := h.publishes()
	if err != nil {
		return nil, err
	}
	lines := []secondaryLine{}
	now := time.Now()
	for _, s := range server.Seen() {
		line := secondaryLine{
			Secondary: s.Secondary, Zone: plainName(s.Zone), Asked: s.Asked, Serial: s.Serial, Since: s.At, SeenAt: s.Looked,
			Published: s.Published, Told: s.Notified, ToldAt: s.NotifyAt,
			Transferred: s.Transferred.Serial, At: s.Transferred.At, Whole: s.Transferred.Full,
			Records: s.Transferred.Records, Bytes: s.Transferred.Bytes,
		}
		line.LagSeconds = lagOf(s, now).Seconds()
		for _, a := range server.Aheads() {
			if a.Zone == s.Zone && a.Secondary == s.Secondary {
				line.Ahead = a.Serial - a.Served
			}
		}
		if s.LookErr != nil {
			line.Silence = s.LookErr.Error()
		}
		if s.NotifyErr != nil {
			line.NotTold = s.NotifyErr.Error()
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// plainName is a zone as people write it.
func plainName(n zone.Name) string { return strings.TrimSuffix(n.String(), ".") }

// A comparisonRequest says what is held against what.
type comparisonRequest struct {
	Secondary string   `json:"secondary,omitempty"` // of the configuration, whose address, key and zones stand for those left out
	Server    string   `json:"server,omitempty"`    // empty: only what is served here, against the database
	TSIG      string   `json:"tsig,omitempty"`      // a key, or the name of one of the configuration
	TLS       bool     `json:"tls,omitempty"`
	TLSName   string   `json:"tlsName,omitempty"`   // of its certificate
	Authority string   `json:"authority,omitempty"` // in PEM
	Zones     []string `json:"zones,omitempty"`     // none: all
	Served    bool     `json:"served,omitempty"`    // the database is not read
}

// A comparisonPage is what came of it.
type comparisonPage struct {
	Database bool             `json:"database"` // whether it was read
	Wrong    []string         `json:"wrong"`    // names that were published otherwise than the database says, and are put right
	Held     []heldLine       `json:"held"`     // what waits, which is no difference
	Server   string           `json:"server,omitempty"`
	Zones    []comparisonLine `json:"zones"`
}

// A comparisonLine is one zone of another server, held against what is served.
type comparisonLine struct {
	Zone      string   `json:"zone"`
	Serial    uint32   `json:"serial"`
	Served    uint32   `json:"served"`
	Known     bool     `json:"known"`
	Same      bool     `json:"same"`
	Records   int      `json:"records"`
	Missing   int      `json:"missing"`
	Extra     int      `json:"extra"`
	Different int      `json:"different"`
	Lines     []string `json:"lines,omitempty"`
	Error     string   `json:"error,omitempty"` // why it could not be transferred
}

// differs reports whether anything is not as it should be.
func (p comparisonPage) differs() bool {
	return len(p.Wrong) > 0 || slices.ContainsFunc(p.Zones, func(l comparisonLine) bool { return !l.Same })
}

func (h *house) compareZones(ctx context.Context, _ *http.Request, q comparisonRequest) (comparisonPage, error) {
	page := comparisonPage{Wrong: []string{}, Zones: []comparisonLine{}}
	server, err := h.publishes()
	if err != nil {
		return page, err
	}
	if err := h.ofSecondary(&q); err != nil {
		return page, mistake{err}
	}
	zones, err := h.comparedZones(q)
	if err != nil {
		return page, err
	}
	fetch, err := h.fetch(q)
	if err != nil {
		return page, mistake{err}
	}
	if !q.Served {
		wrong, err := server.Compare(ctx)
		if err != nil {
			return page, err
		}
		page.Database = true
		for _, d := range wrong {
			page.Wrong = append(page.Wrong, d.Mark.Name.String())
		}
	}
	states, err := h.zoneStates(ctx)
	if err != nil {
		return page, err
	}
	if page.Held, err = h.heldZones(ctx, states); err != nil {
		return page, err
	}
	if q.Server == "" {
		return page, nil
	}
	page.Server = q.Server
	for _, origin := range zones {
		fetch.Zone = origin
		c, err := server.CompareWith(ctx, fetch)
		line := comparisonLine{
			Zone: plainName(origin), Serial: c.Theirs, Served: c.Ours, Known: c.Known, Same: err == nil && c.Same(),
			Records: c.Records, Missing: c.Missing, Extra: c.Extra, Different: c.Different, Lines: c.Lines,
		}
		if err != nil {
			line.Error = err.Error()
		}
		page.Zones = append(page.Zones, line)
	}
	return page, nil
}

// ofSecondary fills in what a comparison with a secondary of the configuration leaves open.
func (h *house) ofSecondary(q *comparisonRequest) error {
	if q.Secondary == "" {
		return nil
	}
	h.reloading.Lock()
	list := h.config.Zone.Secondaries
	h.reloading.Unlock()
	at := slices.IndexFunc(list, func(c secondaryConfig) bool { return c.Name == q.Secondary })
	if at < 0 {
		var known []string
		for _, c := range list {
			known = append(known, c.Name)
		}
		return fmt.Errorf("no [[zone.secondary]] has the name %q; there are: %s", q.Secondary, cmp.Or(strings.Join(known, ", "), "none"))
	}
	c := list[at]
	s, err := c.secondary("")
	if err != nil {
		return err
	}
	if q.Server == "" {
		where := s.Asks()
		if !where.IsValid() {
			return fmt.Errorf("the secondary %s has neither notify nor ask, so its address is not known; say --server", c.Name)
		}
		if q.Server = where.String(); q.TLS {
			q.Server = where.Addr().String()
		}
	}
	q.TSIG = cmp.Or(q.TSIG, c.TSIG)
	if len(q.Zones) == 0 {
		q.Zones = c.Zones
	}
	return nil
}

// comparedZones returns those that are asked for, or all.
func (h *house) comparedZones(q comparisonRequest) ([]zone.Name, error) {
	var all, list []zone.Name
	for _, z := range h.core.service.Profile.Zones {
		origin, err := zone.ParseName(z.Name.String())
		if err != nil {
			return nil, err
		}
		all = append(all, origin)
	}
	for _, text := range q.Zones {
		name, err := names.Parse(text)
		if err != nil {
			return nil, mistake{fmt.Errorf("%q is no zone: %w", text, err)}
		}
		origin, err := zone.ParseName(name.String())
		if err != nil || !slices.Contains(all, origin) {
			return nil, mistake{fmt.Errorf("%s is no zone of this registry; dorado zone list shows them", name)}
		}
		list = append(list, origin)
	}
	if len(list) == 0 {
		return all, nil
	}
	return list, nil
}

// fetch returns how zones come from the other server.
func (h *house) fetch(q comparisonRequest) (f dns.Fetch, err error) {
	if q.Server == "" {
		return f, nil
	}
	host, port, err := net.SplitHostPort(q.Server)
	if err != nil {
		host, port = strings.Trim(q.Server, "[]"), map[bool]string{false: "53", true: "853"}[q.TLS]
	}
	f.Server = net.JoinHostPort(host, port)
	if q.TSIG != "" {
		key, err := h.tsigKey(q.TSIG)
		if err != nil {
			return f, err
		}
		f.Key = &key
	}
	if !q.TLS {
		return f, nil
	}
	f.TLS = &tls.Config{ServerName: cmp.Or(q.TLSName, host), MinVersion: tls.VersionTLS13}
	if q.Authority != "" {
		f.TLS.RootCAs = x509.NewCertPool()
		if !f.TLS.RootCAs.AppendCertsFromPEM([]byte(q.Authority)) {
			return f, errors.New("--ca has no certificate in PEM")
		}
	}
	return f, nil
}

// tsigKey reads a key, or finds the one of the configuration that has that name.
func (h *house) tsigKey(text string) (dns.Key, error) {
	if strings.Contains(text, ":") {
		return dns.ParseKey(text)
	}
	h.reloading.Lock()
	keys := h.config.Zone.TSIG
	h.reloading.Unlock()
	for _, k := range keys {
		if strings.EqualFold(k.Name, text) {
			return k.key(h.dir)
		}
	}
	return dns.Key{}, fmt.Errorf("no [[zone.tsig]] has the name %q; name one, or write the key as hmac-sha256:NAME:SECRET", text)
}
