package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
)

// measurePublications has the name server tell how long changes take until they are served, here and at secondaries.
func (h *house) measurePublications(c *dns.Config) {
	served := h.metrics.spans("dorado_zone_publication_seconds", "From the commit of a change of a name until it is served here.",
		publicationBuckets(), labelZone)
	arrived := h.metrics.spans("dorado_zone_arrival_seconds", "From the commit of a change of a name until a secondary was seen to serve it.",
		publicationBuckets(), labelSecondary)
	byZone := map[names.Name]prometheus.Observer{}
	for _, z := range c.Service.Profile.Zones {
		byZone[z.Name] = served.WithLabelValues(z.Name.String())
	}
	bySecondary := map[string]prometheus.Observer{}
	for _, s := range c.Transfer.Secondaries {
		bySecondary[s.Name] = arrived.WithLabelValues(s.Name)
	}
	c.Served = func(origin names.Name, after time.Duration) { byZone[origin].Observe(max(after, 0).Seconds()) }
	c.Transfer.Arrived = func(_ zone.Name, secondary string, after time.Duration) {
		bySecondary[secondary].Observe(max(after, 0).Seconds())
	}
}

// measureZones adds what is served, and how far secondaries are with it.
func (h *house) measureZones() {
	perZone := func(value func(dns.Summary) float64) func(sample) {
		return func(tell sample) {
			for _, s := range h.zones.Summaries() {
				tell(value(s), s.Zone.String())
			}
		}
	}
	perSecondary := func(value func(dns.Seen) float64) func(sample) {
		return func(tell sample) {
			for _, s := range h.zones.Seen() {
				if s.Asked {
					tell(value(s), s.Secondary, plainName(s.Zone))
				}
			}
		}
	}
	h.metrics.add(
		gauge("dorado_zone_serial", "The serial that is served.", perZone(func(s dns.Summary) float64 { return float64(s.Serial) }), labelZone),
		gauge("dorado_zone_made_timestamp_seconds", "When that was made.", perZone(func(s dns.Summary) float64 { return float64(s.Made.UnixMilli()) / 1000 }), labelZone),
		gauge("dorado_zone_names", "Names that have records.", perZone(func(s dns.Summary) float64 { return float64(s.Names) }), labelZone),
		gauge("dorado_zone_memory_bytes", "Memory that the zone takes.", perZone(func(s dns.Summary) float64 { return float64(s.Bytes) }), labelZone),
		gauge("dorado_zone_held", "1 if the breaker holds the publication.", perZone(func(s dns.Summary) float64 { return truth(s.Held != nil) }), labelZone),
		gauge("dorado_zone_failing", "1 if the last try of a part of the publisher has failed; its part of /healthz.json says why.", h.tellFailing, "pass"),
		gauge("dorado_zone_marks_waiting", "Changes that wait for publication, up to 1,000; where this node publishes.", h.tellMarks),
		gauge("dorado_secondary_serial", "The serial that a secondary was last seen to serve.", perSecondary(func(s dns.Seen) float64 { return float64(s.Serial) }), labelSecondary, labelZone),
		gauge("dorado_secondary_lag_seconds", "How long ago the oldest change was published that a secondary does not serve yet; 0 if it serves all.",
			h.tellLags, labelSecondary, labelZone),
		gauge("dorado_secondary_answers", "1 if a secondary has answered the last question for its serial.",
			perSecondary(func(s dns.Seen) float64 { return truth(s.LookErr == nil && !s.Looked.IsZero()) }), labelSecondary, labelZone),
		gauge("dorado_secondary_ahead", "1 if a secondary has a serial that was never served here, as after a restore.", h.tellAheads, labelSecondary, labelZone),
	)
}

// tellLags tells how far secondaries are behind, those of which it is known: a node that has just started has asked none.
func (h *house) tellLags(tell sample) {
	for _, s := range h.zones.Seen() {
		if s.Asked && (!s.Looked.IsZero() || s.LookErr != nil) {
			tell(lagOf(s, time.Now()).Seconds(), s.Secondary, plainName(s.Zone))
		}
	}
}

// lagOf is how far a secondary is behind.
func lagOf(s dns.Seen, now time.Time) time.Duration {
	if s.Behind.IsZero() {
		return 0
	}
	return max(now.Sub(s.Behind), 0)
}

// tellAheads tells of each secondary, those that are not asked too: they are seen when they come for more.
func (h *house) tellAheads(tell sample) {
	aheads := h.zones.Aheads()
	for _, s := range h.zones.Seen() {
		_, is := aheadOf(s, aheads)
		tell(truth(is), s.Secondary, plainName(s.Zone))
	}
}

func (h *house) tellFailing(tell sample) {
	failing := map[string]int{}
	for _, pass := range dns.Passes() {
		failing[pass] = 0
	}
	for _, t := range h.zones.Troubles() {
		failing[t.Doing] = 1
	}
	each(failing, tell)
}

// maxMarksCounted bounds what is read to count marks.
const maxMarksCounted = 1_000

func (h *house) tellMarks(tell sample) {
	if _, mine := h.node.lease(zoneLease); !mine {
		return
	}
	if marks, ok := askWithin[[]registry.Mark](h, flow.PendingMarks{Limit: maxMarksCounted}); ok {
		tell(float64(len(marks)))
	}
}

// askWithin asks a query for a metric. Without an answer in time there is no sample.
func askWithin[A any](h *house, q flow.Query) (answer A, ok bool) {
	ctx, cancel := context.WithTimeout(context.Background(), healthTime)
	defer cancel()
	reply, err := h.core.service.Ask(ctx, "", q)
	if err != nil {
		return answer, false
	}
	answer, ok = reply.(A)
	return answer, ok
}
