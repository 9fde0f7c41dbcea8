package console

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A lifeEvent is a point on the line of a name's life.
type lifeEvent struct {
	At            time.Time
	Title, Detail string
	Kind          string // past, now, ahead, bad
	Ends          registry.GraceKind
}

// A lifeLine is the life of a name as it is drawn, with the same in words.
type lifeLine struct {
	Events []lifeEvent
	Title  string
	SVG    template.HTML
}

// lifeLine draws what was and what will be of a name, if nobody does anything.
func (v *visit) lifeLine(d flow.OwnShown) lifeLine {
	line := lifeLine{Events: v.lifeEvents(d), Title: v.t("The life of %s", d.Domain.Name.Unicode())}
	line.SVG = v.drawn(line, d)
	return line
}

// lifeEvents are those of the past that are known, now, and those that are coming.
func (v *visit) lifeEvents(d flow.OwnShown) []lifeEvent {
	var list []lifeEvent
	past := func(at time.Time, title string) {
		if !at.IsZero() && !at.After(d.At) {
			list = append(list, lifeEvent{At: at, Title: title, Kind: "past"})
		}
	}
	past(d.Domain.Created, v.t("Registered"))
	past(d.Domain.Transferred, v.t("Transferred to you"))
	past(d.Domain.Restored, v.t("Restored"))
	past(d.Domain.Suspension.At, v.t("Expired and suspended"))
	past(d.Domain.Deletion.At, v.t("Deleted"))
	if d.Domain.Transfer.IsPending() {
		past(d.Domain.Transfer.Requested, v.t("Transfer requested by %s", d.Domain.Transfer.Gaining))
	}
	slices.SortStableFunc(list, func(a, b lifeEvent) int { return a.At.Compare(b.At) })
	list = append(list, lifeEvent{At: d.At, Title: v.t("Today"), Kind: "now"})
	for _, a := range d.Ahead {
		list = append(list, v.ahead(a))
	}
	return list
}

// ahead tells one thing that will happen.
func (v *visit) ahead(a flow.Ahead) lifeEvent {
	e := lifeEvent{At: a.At, Kind: "ahead"}
	switch a.What {
	case lifecycle.GraceEnds:
		e.Ends = a.Grace
		e.Title = v.t("%s ends", v.t(graceLabel(a.Grace)))
		e.Detail = v.t("A deletion before credits %s.", v.amount(a.Credit))
	case lifecycle.HoldEnds:
		e.Title, e.Detail = v.t("Transfers become possible"), v.t("Other registrars can ask for the name.")
	case lifecycle.RedemptionEnds:
		e.Title, e.Detail, e.Kind = v.t("Redemption ends"), v.t("Until then the name can be restored."), "bad"
	case lifecycle.Purged:
		e.Title, e.Detail, e.Kind = v.t("Purged"), v.t("Anybody can register the name again."), "bad"
	case lifecycle.Occasion(lifecycle.Expired):
		e.Title, e.Kind = v.t("Expires and is deleted"), "bad"
		e.Detail = v.t("It can be restored until %s.", v.words.day(a.RestorableTil.UTC()))
	case lifecycle.Occasion(lifecycle.RestoreLapsed):
		e.Title, e.Kind = v.t("Deleted again, unless it is renewed"), "bad"
		e.Detail = v.t("It can be restored until %s.", v.words.day(a.RestorableTil.UTC()))
	case lifecycle.Occasion(lifecycle.Suspended):
		e.Title, e.Kind = v.t("Expires and is suspended"), "bad"
		e.Detail = v.t("It renews itself on %s.", v.words.day(a.Until.UTC()))
	case lifecycle.Occasion(lifecycle.Transferred):
		e.Title, e.Detail = v.t("Moves to %s", a.Sponsor), v.t("Unless you reject that before.")
	default:
		e.Title = v.t("Renews itself until %s", v.words.day(a.Expires.UTC()))
		e.Detail = v.t("That costs %s.", v.amount(a.Charge))
	}
	return e
}

// The measures of the drawing, in pixels of a narrow phone.
const (
	lifeWidth, lifeRow  = 360, 48
	lifeAxis, lifeWords = 86, 108
)

// drawn is the line as a picture: one row for each event, now marked, and each grace period that runs a bar from now to
// its end. Readers of the screen are told the list instead.
func (v *visit) drawn(line lifeLine, d flow.OwnShown) template.HTML {
	var b strings.Builder
	height := lifeRow*len(line.Events) + 10
	fmt.Fprintf(&b, `<svg class="chart life" viewBox="0 0 %d %d" width="%d" height="%d" aria-hidden="true" focusable="false">`, lifeWidth, height, lifeWidth, height)
	now := slices.IndexFunc(line.Events, func(e lifeEvent) bool { return e.Kind == "now" })
	y := func(row int) int { return row*lifeRow + 20 }
	fmt.Fprintf(&b, `<line class="axis done" x1="%d" x2="%d" y1="%d" y2="%d"/>`, lifeAxis, lifeAxis, y(0), y(now))
	fmt.Fprintf(&b, `<line class="axis ahead" x1="%d" x2="%d" y1="%d" y2="%d"/>`, lifeAxis, lifeAxis, y(now), y(len(line.Events)-1))
	bars := 0
	for row, e := range line.Events {
		if e.Ends != "" && lifeRuns(d, e) {
			fmt.Fprintf(&b, `<rect class="s%d" x="%d" y="%d" width="4" height="%d" rx="2"/>`, 1+bars%5, lifeAxis+7+6*(bars%2), y(now), y(row)-y(now))
			bars++
		}
	}
	for row, e := range line.Events {
		v.drawEvent(&b, e, y(row))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// lifeRuns reports whether the grace period that ends runs now; others begin with what is coming.
func lifeRuns(d flow.OwnShown, e lifeEvent) bool {
	return slices.ContainsFunc(lifecycle.Running(d.Domain, d.At), func(g registry.Grace) bool {
		return g.Kind == e.Ends && g.Until.Equal(e.At)
	})
}

// drawEvent draws a row.
func (v *visit) drawEvent(b *strings.Builder, e lifeEvent, y int) {
	radius := map[string]int{"now": 7}[e.Kind]
	if radius == 0 {
		radius = 5
	}
	fmt.Fprintf(b, `<circle class="dot-%s" cx="%d" cy="%d" r="%d"/>`, e.Kind, lifeAxis, y, radius)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, lifeAxis-12, y+4, template.HTMLEscapeString(v.words.day(e.At.UTC())))
	fmt.Fprintf(b, `<text class="strong" x="%d" y="%d">%s</text>`, lifeWords, y+4, template.HTMLEscapeString(e.Title))
	if e.Detail != "" {
		fmt.Fprintf(b, `<text x="%d" y="%d">%s</text>`, lifeWords, y+21, template.HTMLEscapeString(e.Detail))
	}
}
