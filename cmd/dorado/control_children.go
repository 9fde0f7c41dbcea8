package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/children"
)

// A childLine is one child zone as the operator sees it. Times are real ones.
type childLine struct {
	Name     string    `json:"name"`
	Result   string    `json:"result,omitempty"` // empty: not scanned yet
	Since    time.Time `json:"since,omitzero"`
	Why      string    `json:"why,omitempty"`
	Scanned  time.Time `json:"scanned,omitzero"`
	Notified time.Time `json:"notified,omitzero"`
	Next     time.Time `json:"next,omitzero"`
	Taken    time.Time `json:"taken,omitzero"` // when its DS were last taken from it

	// Of one name that is asked for.
	Sponsor string   `json:"sponsor,omitempty"`
	Stops   string   `json:"stops,omitempty"` // why its DS do not follow
	DS      []string `json:"ds,omitempty"`
	Asked   []string `json:"asked,omitempty"` // waits for a delay to pass
	Until   string   `json:"until,omitempty"`
}

// A childrenPage is some child zones, or how many there are. Next is the after of the page that follows.
type childrenPage struct {
	Zones    []string     `json:"zones"` // below which DS follow
	Counts   []childCount `json:"counts"`
	Children []childLine  `json:"children,omitempty"`
	Next     string       `json:"next,omitempty"`
}

type childCount struct {
	Zone   string `json:"zone"`
	Result string `json:"result"`
	Count  int    `json:"count"`
}

func lineOfChild(c registry.ChildScan) childLine {
	return childLine{
		Name: c.Name.String(), Result: string(c.Result), Since: c.Since, Why: c.Why, Scanned: c.Began, Notified: c.Notified,
		Next: c.Due, Taken: c.Taken, Asked: textsOf(c.Asked),
	}
}

func textsOf(list []registry.DS) []string {
	var texts []string
	for _, ds := range list {
		texts = append(texts, ds.String())
	}
	return texts
}

// childZones adds what the operator asks of child zones.
func (h *house) childZones(mux *http.ServeMux) {
	mux.HandleFunc("GET /children", answerJSON(h, h.listChildren))
	mux.HandleFunc("GET /children/{name}", answerJSON(h, h.showChild))
	mux.HandleFunc("POST /children/{name}/scan", answerJSON(h, h.scanChild))
}

func (h *house) listChildren(ctx context.Context, r *http.Request, _ struct{}) (childrenPage, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.ChildCounts{})
	if err != nil {
		return childrenPage{}, err
	}
	counted := reply.(flow.ChildrenCounted)
	page := childrenPage{Zones: []string{}, Counts: []childCount{}}
	for _, z := range counted.Zones {
		page.Zones = append(page.Zones, z.String())
	}
	for _, c := range counted.Counts {
		page.Counts = append(page.Counts, childCount{c.Zone, string(c.Result), c.Count})
	}
	query := r.URL.Query()
	if query.Get("result") == "" {
		return page, nil
	}
	q := flow.ChildList{ChildFilter: registry.ChildFilter{Result: registry.ChildResult(query.Get("result"))}}
	for key, into := range map[string]*names.Name{"zone": &q.Zone, "after": &q.After} {
		if text := query.Get(key); text != "" {
			if *into, err = names.Parse(text); err != nil {
				return childrenPage{}, mistake{err}
			}
		}
	}
	if reply, err = h.core.service.Ask(ctx, "", q); err != nil {
		return childrenPage{}, err
	}
	found := reply.(flow.ChildrenFound)
	for _, c := range found.Children {
		page.Children = append(page.Children, lineOfChild(c))
	}
	page.Next = found.Next.String()
	return page, nil
}

func (h *house) showChild(ctx context.Context, r *http.Request, _ struct{}) (childLine, error) {
	name, err := names.Parse(r.PathValue("name"))
	if err != nil {
		return childLine{}, mistake{err}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.ChildShow{Name: name})
	if err != nil {
		return childLine{}, err
	}
	c := reply.(flow.Child)
	line := lineOfChild(c.ChildScan)
	line.Sponsor, line.Stops, line.DS = string(c.Sponsor), c.Stops, textsOf(c.DS)
	if !c.AskedSince.IsZero() && c.Automation.AcceptAfter > 0 {
		line.Until = showInstant(c.AskedSince.Add(c.Automation.AcceptAfter.Duration()))
	}
	return line, nil
}

// A scanRequest asks for a scan of a name; Only to see what it would come to.
type scanRequest struct {
	Only bool `json:"only"`
}

// A scanReport is what a scan came to.
type scanReport struct {
	Name    string     `json:"name"`
	Steps   []scanStep `json:"steps"`
	Result  string     `json:"result"`
	Why     string     `json:"why"`
	Asked   []string   `json:"asked,omitempty"`
	Changed bool       `json:"changed"`
	Next    time.Time  `json:"next,omitzero"`
}

type scanStep struct {
	Where string `json:"where"`
	Says  string `json:"says"`
}

func (h *house) scanChild(ctx context.Context, r *http.Request, q scanRequest) (scanReport, error) {
	name, err := names.Parse(r.PathValue("name"))
	if err != nil {
		return scanReport{}, mistake{err}
	}
	report, err := h.children.Scan(ctx, name, q.Only)
	switch {
	case errors.Is(err, children.ErrNotHere), errors.Is(err, registry.ErrFenced):
		return scanReport{}, mistake{errors.New("another node has the lease of the engine, and scans: ask that one, or look only, with --dry-run")}
	case err != nil:
		return scanReport{}, err
	}
	told := scanReport{
		Name: report.Name.String(), Steps: []scanStep{}, Result: string(report.Result), Why: report.Why, Asked: textsOf(report.DS),
		Changed: report.Changed, Next: report.Next,
	}
	for _, s := range report.Steps {
		told.Steps = append(told.Steps, scanStep{s.Where, s.Says})
	}
	return told, nil
}
