package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
)

// What operators do about what the breaker holds and about serials, and what waits, over the control socket.

// zoneActs adds that to the handler of the control socket.
func (h *house) zoneActs(mux *http.ServeMux) {
	mux.HandleFunc("POST /zones/{zone}/release", answerJSON(h, h.releaseZone))
	mux.HandleFunc("POST /zones/{zone}/jump", answerJSON(h, h.jumpZone))
}

// mostWaiting is how many names that wait are shown of a zone.
const mostWaiting = 20

// lookAtWaiting is how many marks are read to find these.
const lookAtWaiting = 10_000

// A heldLine is a zone of which names wait.
type heldLine struct {
	Zone  string    `json:"zone"`
	Since time.Time `json:"since"`
	Why   string    `json:"why"`
	Names []string  `json:"names"` // the first ones
	More  bool      `json:"more,omitempty"`
}

// String says it in two sentences.
func (l heldLine) String() string {
	text := fmt.Sprintf("Since %s %s.", showInstant(l.Since), l.Why)
	if len(l.Names) > 0 {
		text += "\nWaiting: " + strings.Join(l.Names, ", ")
		if l.More {
			text += " and more"
		}
		text += "."
	}
	return text
}

// heldZones returns the zones of which names wait, whatever node publishes them.
func (h *house) heldZones(ctx context.Context, states []registry.ZoneState) ([]heldLine, error) {
	lines := []heldLine{}
	if !slices.ContainsFunc(states, func(s registry.ZoneState) bool { return s.Hold.Holds() }) {
		return lines, nil
	}
	reply, err := h.core.service.Ask(ctx, "", flow.MarksAside{Limit: lookAtWaiting})
	if err != nil {
		return nil, err
	}
	for _, state := range states {
		if !state.Hold.Holds() {
			continue
		}
		line := heldLine{Zone: state.Origin.String(), Since: state.Hold.Since, Why: dns.Held{Zone: state.Origin, ZoneHold: state.Hold}.String(), Names: []string{}}
		for _, m := range reply.([]registry.Mark) {
			if m.Name.Parent() != state.Origin || slices.Contains(line.Names, m.Name.String()) {
				continue
			}
			if line.More = len(line.Names) == mostWaiting; line.More {
				break
			}
			line.Names = append(line.Names, m.Name.String())
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (h *house) zoneStates(ctx context.Context) ([]registry.ZoneState, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.ZoneStates{})
	if err != nil {
		return nil, err
	}
	return reply.([]registry.ZoneState), nil
}

// waitingOf says that a change of a name waits to be published and why, or nothing.
func (h *house) waitingOf(ctx context.Context, name names.Name) (string, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.MarksOf{Name: name})
	if err != nil {
		return "", err
	}
	marks := reply.([]registry.WaitingMark)
	if len(marks) == 0 {
		return "", nil
	}
	since := ""
	if first := marks[0].Raised; !first.IsZero() {
		since = " since " + showInstant(first)
	}
	at := slices.IndexFunc(marks, func(m registry.WaitingMark) bool { return m.Aside })
	if at < 0 {
		return "a change waits" + since + " to be published next", nil
	}
	states, err := h.zoneStates(ctx)
	if err != nil {
		return "", err
	}
	held, is := holding(states, name)
	if !is {
		return "a change waits" + since + "; dorado zone list tells why", nil
	}
	return "a change waits" + since + ": " + held.String(), nil
}

// holding is the deepest zone above a name that is held.
func holding(states []registry.ZoneState, name names.Name) (held dns.Held, is bool) {
	for _, state := range states {
		if state.Hold.Holds() && name.IsBelow(state.Origin) && (!is || state.Origin.IsBelow(held.Zone)) {
			held, is = dns.Held{Zone: state.Origin, ZoneHold: state.Hold}, true
		}
	}
	return held, is
}

// staysInZone says why a name that was just put on hold is in its zone still, and will be, or nothing. A breaker that opens
// only by this hold does so moments later, and is not known yet.
func (h *house) staysInZone(ctx context.Context, name names.Name) (string, error) {
	states, err := h.zoneStates(ctx)
	if err != nil {
		return "", err
	}
	held, is := holding(states, name)
	if !is {
		return "", nil
	}
	reply, err := h.core.service.Ask(ctx, "", flow.MarksOf{Name: name})
	if err != nil || len(reply.([]registry.WaitingMark)) == 0 {
		return "", err
	}
	return held.String(), nil
}

// A releaseRequest says how many names may leave a zone, and for how long.
type releaseRequest struct {
	actRequest
	Names   int   `json:"names,omitempty"`
	Seconds int64 `json:"seconds,omitempty"`
	End     bool  `json:"end,omitempty"`
}

// A releaseLine says how many names may leave a zone, and until when.
type releaseLine struct {
	Zone  string    `json:"zone"`
	Names int       `json:"names"`
	Until time.Time `json:"until"`
}

// zoneNamed is the zone that a request is about.
func zoneNamed(r *http.Request) (names.Name, error) {
	origin, err := names.Parse(r.PathValue("zone"))
	if err != nil {
		return origin, mistake{fmt.Errorf("%q is no zone: %w; give one such as co", r.PathValue("zone"), err)}
	}
	return origin, nil
}

func (h *house) releaseZone(ctx context.Context, r *http.Request, q releaseRequest) (releaseLine, error) {
	origin, err := zoneNamed(r)
	if err != nil {
		return releaseLine{}, err
	}
	reply, err := h.core.run(ctx, flow.ZoneRelease{
		Act: flow.Act{Author: q.Author, Reason: q.Reason}, Zone: origin, Names: q.Names, For: time.Duration(q.Seconds) * time.Second, End: q.End,
	})
	if err != nil {
		return releaseLine{}, err
	}
	release := reply.(registry.ZoneRelease)
	h.log.Info("zone:release", "zone", origin, "names", release.Names, "until", release.Until, "end", q.End, "author", q.Author, "reason", q.Reason)
	if h.zones != nil {
		h.zones.Wake()
	}
	return releaseLine{release.Origin.String(), release.Names, release.Until}, nil
}

// A jumpRequest says to which serial a zone jumps; nil: beyond all that is known.
type jumpRequest struct {
	actRequest
	To *uint32 `json:"to,omitempty"`
}

// A jumpLine says what became of it.
type jumpLine struct {
	Zone string `json:"zone"`
	To   uint32 `json:"to"`
	Made bool   `json:"made"` // else the node that publishes makes it within a second
}

func (h *house) jumpZone(ctx context.Context, r *http.Request, q jumpRequest) (jumpLine, error) {
	origin, err := zoneNamed(r)
	if err != nil {
		return jumpLine{}, err
	}
	_, mine := h.node.lease(zoneLease)
	here := mine && h.zones != nil && h.zones.Loaded()
	if !here && q.To == nil {
		return jumpLine{}, mistake{fmt.Errorf("%w; ask that one, or say --to", errElsewhere)}
	}
	cmd := flow.ZoneJump{Act: flow.Act{Author: q.Author, Reason: q.Reason}, Zone: origin, To: q.To}
	if here {
		cmd.Seen = h.seenSerials(origin)
	}
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return jumpLine{}, err
	}
	jump := reply.(registry.ZoneJump)
	h.log.Info("zone:jump", "zone", origin, "to", jump.To, "author", q.Author, "reason", q.Reason)
	line := jumpLine{Zone: origin.String(), To: jump.To, Made: here}
	if here {
		err = h.zones.Attend(ctx)
	}
	return line, err
}

// seenSerials are the serials of a zone that secondaries are known to have.
func (h *house) seenSerials(origin names.Name) (list []uint32) {
	wire, err := zone.ParseName(origin.String())
	if err != nil {
		return nil
	}
	for _, s := range h.zones.Seen() {
		if s.Zone == wire && !s.Looked.IsZero() {
			list = append(list, s.Serial)
		}
	}
	for _, a := range h.zones.Aheads() {
		if a.Zone == wire {
			list = append(list, a.Serial)
		}
	}
	return list
}

// aheadNote says which secondaries have serials that this registry has not served, or nothing.
func (h *house) aheadNote() string {
	var list []string
	for _, a := range h.zones.Aheads() {
		list = append(list, a.Secondary+" of "+plainName(a.Zone))
	}
	if list == nil {
		return ""
	}
	return "secondaries have serials that this registry has not served (dorado zone jump): " + strings.Join(list, ", ")
}
