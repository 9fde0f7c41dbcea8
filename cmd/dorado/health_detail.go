package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.org/dorado/front/dns"
)

// A healthPage is what /healthz.json answers, with the status of /healthz. Instants are real time.
type healthPage struct {
	Status string       `json:"status"` // ok, or what the node does not do, or why nothing should be sent to it
	Roles  []rolePage   `json:"roles"`
	Zones  *zonesHealth `json:"zones,omitempty"` // of a node with the role dns
}

// A rolePage is how a role of the node is.
type rolePage struct {
	Role  role   `json:"role"`
	Ready bool   `json:"ready"`
	Says  string `json:"says"`
}

// A zonesHealth is how the publication of the zones is.
type zonesHealth struct {
	Publishes   bool              `json:"publishes"` // whether this node does; what follows is of what it has
	Zones       []zoneHealth      `json:"zones"`
	Troubles    []troubleLine     `json:"troubles"`    // what the publisher could not do when it last tried
	Secondaries []secondaryHealth `json:"secondaries"` // those that lack something or do not answer
}

// A zoneHealth is what is served of a zone.
type zoneHealth struct {
	Zone   string    `json:"zone"`
	Serial uint32    `json:"serial"`
	Made   time.Time `json:"made"`
	Held   string    `json:"held,omitempty"` // why its publication stands still
}

// A troubleLine is a part of the publisher that fails.
type troubleLine struct {
	Doing string    `json:"doing"`
	Error string    `json:"error"`
	Since time.Time `json:"since"`
}

// A secondaryHealth is a secondary that lacks something of a zone, or has what was never served here.
type secondaryHealth struct {
	Secondary  string  `json:"secondary"`
	Zone       string  `json:"zone"`
	Serial     uint32  `json:"serial,omitempty"`
	LagSeconds float64 `json:"lagSeconds"`
	Ahead      uint32  `json:"ahead,omitempty"`   // by so much its serial is beyond what is served
	Silence    string  `json:"silence,omitempty"` // why it did not say what it serves
}

// tellDetail answers /healthz.json.
func (h *house) tellDetail(w http.ResponseWriter, r *http.Request) {
	c := h.condition(r.Context())
	page, status := healthPage{Status: c.says(), Roles: []rolePage{}}, http.StatusOK
	if err := c.well(); err != nil {
		page.Status, status = err.Error(), http.StatusServiceUnavailable
	}
	for _, state := range c.roles {
		line := rolePage{Role: state.role, Ready: state.err == nil, Says: state.ready()}
		if state.err != nil {
			line.Says = state.err.Error()
		}
		page.Roles = append(page.Roles, line)
	}
	if h.zones != nil {
		page.Zones = h.zonesHealth(time.Now())
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, page)
}

func (h *house) zonesHealth(now time.Time) *zonesHealth {
	_, mine := h.node.lease(zoneLease)
	page := &zonesHealth{Publishes: mine, Zones: []zoneHealth{}, Troubles: []troubleLine{}, Secondaries: []secondaryHealth{}}
	for _, s := range h.zones.Summaries() {
		line := zoneHealth{Zone: s.Zone.String(), Serial: s.Serial, Made: s.Made.UTC()}
		if s.Held != nil {
			line.Held = s.Held.String()
		}
		page.Zones = append(page.Zones, line)
	}
	for _, t := range h.zones.Troubles() {
		page.Troubles = append(page.Troubles, troubleLine{t.Doing, t.Err.Error(), t.Since.UTC()})
	}
	page.Secondaries = append(page.Secondaries, secondariesHealth(h.zones.Seen(), h.zones.Aheads(), now)...)
	return page
}

// secondariesHealth tells of the secondaries that lack something, do not answer or are ahead.
func secondariesHealth(seen []dns.Seen, aheads []dns.Ahead, now time.Time) (list []secondaryHealth) {
	for _, s := range seen {
		lag := lagOf(s, now)
		ahead, is := aheadOf(s, aheads)
		if !is && (!s.Asked || lag == 0 && s.LookErr == nil) {
			continue
		}
		line := secondaryHealth{Secondary: s.Secondary, Zone: plainName(s.Zone), Serial: s.Serial, LagSeconds: lag.Seconds()}
		if is {
			line.Serial, line.Ahead = ahead.Serial, ahead.Serial-ahead.Served
		}
		if s.LookErr != nil {
			line.Silence = s.LookErr.Error()
		}
		list = append(list, line)
	}
	return list
}

// aheadOf is how a secondary is ahead, if it is.
func aheadOf(s dns.Seen, aheads []dns.Ahead) (dns.Ahead, bool) {
	at := slices.IndexFunc(aheads, func(a dns.Ahead) bool { return a.Zone == s.Zone && a.Secondary == s.Secondary })
	if at < 0 {
		return dns.Ahead{}, false
	}
	return aheads[at], true
}

// mentionedSecondaryLag is how far a secondary may be behind without a word in /healthz: it may be restarted.
const mentionedSecondaryLag = 5 * time.Minute

// zonesNote says in a line what of the publication is not as it should be; "" if all is. It does not keep the node from
// answering.
func (h *house) zonesNote(now time.Time) string {
	note := ""
	for _, s := range h.zones.Summaries() {
		if s.Held != nil {
			note = joined(note, s.Held.String())
		}
	}
	for _, t := range h.zones.Troubles() {
		note = joined(note, fmt.Sprintf("the zones are not up to date since %s (%s): %v", t.Since.UTC().Format(time.RFC3339), t.Doing, t.Err))
	}
	late := map[string]time.Duration{}
	var order []string
	for _, s := range h.zones.Seen() {
		lag := lagOf(s, now)
		if lag < mentionedSecondaryLag {
			continue
		}
		if _, known := late[s.Secondary]; !known {
			order = append(order, s.Secondary)
		}
		late[s.Secondary] = max(late[s.Secondary], lag)
	}
	for _, name := range order {
		note = joined(note, fmt.Sprintf("the secondary %s is %s behind", name, showSpan(late[name].Truncate(time.Second))))
	}
	return joined(note, h.aheadNote())
}
