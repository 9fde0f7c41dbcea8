package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What an operator sees of the zones and does to them, over the control socket.

// publications adds the zones to the handler of the control socket.
func (h *house) publications(mux *http.ServeMux) {
	mux.HandleFunc("GET /zones", answerJSON(h, h.listZones))
	mux.HandleFunc("GET /zones/names/{name}", answerJSON(h, h.showPublication))
	h.zoneActs(mux)
}

// A zoneLine is a zone as the list shows it. What is served is known where the zones are published.
type zoneLine struct {
	Zone      string    `json:"zone"`
	Serial    uint32    `json:"serial"`
	Published time.Time `json:"published"` // that serial, in real time
	Times     int64     `json:"times"`     // that it was published
	Names     int       `json:"names,omitempty"`
	Links     int       `json:"nsec3,omitempty"`
	Bytes     int       `json:"bytes,omitempty"`
	Held      *heldLine `json:"held,omitempty"`

	Released      time.Time `json:"released,omitzero"` // until when names may leave it by a release
	ReleasedNames int       `json:"releasedNames,omitempty"`
}

func (h *house) listZones(ctx context.Context, _ *http.Request, _ struct{}) ([]zoneLine, error) {
	states, err := h.zoneStates(ctx)
	if err != nil {
		return nil, err
	}
	held, err := h.heldZones(ctx, states)
	if err != nil {
		return nil, err
	}
	lines := []zoneLine{}
	for _, state := range states {
		line := zoneLine{Zone: state.Origin.String(), Serial: state.Serial, Published: state.Made, Times: state.Position}
		if h.zones != nil {
			for _, s := range h.zones.Summaries() {
				if s.Zone == state.Origin {
					line.Names, line.Links, line.Bytes = s.Names, s.Links, s.Bytes
				}
			}
		}
		for _, l := range held {
			if l.Zone == line.Zone {
				line.Held = &l
			}
		}
		if state.Release.IsOpen(time.Now()) {
			line.Released, line.ReleasedNames = state.Release.Until, state.Release.Names
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// A publicationPage is what is published of a name, and when it changed.
type publicationPage struct {
	Name    string            `json:"name"`
	Here    bool              `json:"here"` // whether this node publishes, and Records is known
	Records []string          `json:"records"`
	Waits   string            `json:"waits,omitempty"` // what is not published yet, and why
	Times   []publicationLine `json:"times"`           // the latest first
}

// A publicationLine says when what is published of a name changed. Instants are real time.
type publicationLine struct {
	Zone      string    `json:"zone"`
	Serial    uint32    `json:"serial"`
	Committed time.Time `json:"committed"`
	Served    time.Time `json:"served"`

	Secondaries []arrivalLine `json:"secondaries"` // those that are asked what they serve
}

// An arrivalLine says whether a secondary has a change, and since when. That is not known of what it had already when
// this process asked for the first time.
type arrivalLine struct {
	Secondary string    `json:"secondary"`
	Has       bool      `json:"has"`
	Seen      time.Time `json:"seen,omitzero"`
}

// after says how long after its commit a change was seen there.
func (a arrivalLine) after(committed time.Time) string {
	switch {
	case !a.Has:
		return a.Secondary + " not yet"
	case a.Seen.IsZero():
		return a.Secondary + " unknown (it had this before the node's start)"
	}
	return a.Secondary + " " + showDelay(a.Seen.Sub(committed))
}

// mostPublications is how many changes of a name are shown.
const mostPublications = 20

func (h *house) showPublication(ctx context.Context, r *http.Request, _ struct{}) (publicationPage, error) {
	name, err := names.ParseLookup(r.PathValue("name"))
	if err != nil {
		return publicationPage{}, mistake{fmt.Errorf("%q is no name that a registry has: %w; ask the name server for other names of the zones", r.PathValue("name"), err)}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.Publications{Name: name, Limit: mostPublications})
	if err != nil {
		return publicationPage{}, err
	}
	page := publicationPage{Name: name.String(), Records: []string{}, Times: []publicationLine{}}
	if page.Waits, err = h.waitingOf(ctx, name); err != nil {
		return publicationPage{}, err
	}
	if h.zones != nil && h.zones.Loaded() {
		page.Here, page.Records = true, append(page.Records, h.zones.Records(name)...)
	}
	for _, receipt := range reply.([]registry.ZoneReceipt) {
		line := publicationLine{receipt.Origin.String(), receipt.Serial, receipt.Changed, receipt.Made, []arrivalLine{}}
		if page.Here {
			for _, a := range h.zones.Arrivals(receipt.Origin, receipt.Serial) {
				line.Secondaries = append(line.Secondaries, arrivalLine{a.Secondary, a.Has, a.At})
			}
		}
		page.Times = append(page.Times, line)
	}
	return page, nil
}
