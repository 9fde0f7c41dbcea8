package main

import "example.org/dorado/front/dns"

// measureDNS adds what the name server answers, sends and refuses.
func (h *house) measureDNS() {
	h.metrics.add(
		counted("dorado_dns_queries_total", "Messages that came, by transport; tcp is with TLS.", func(tell sample) {
			c := h.zones.Counts()
			tell(float64(c.ByTCP), "tcp")
			tell(float64(c.Received-min(c.ByTCP, c.Received)), "udp")
		}, "transport"),
		counted("dorado_dns_answers_total", "Answers, by what they said.", func(tell sample) { each(answersByKind(h.zones.Counts()), tell) }, "kind"),
		counted("dorado_dns_truncated_total", "Of those, with TC since not all fitted.", func(tell sample) { tell(float64(h.zones.Counts().Truncated)) }),
		counted("dorado_dns_dropped_total", "Messages without an answer: ignored (no query), or held (too many answers alike to one network).", func(tell sample) {
			c := h.zones.Counts()
			each(map[string]uint64{"ignored": c.Ignored, "held": c.Held}, tell)
		}, "reason"),
		counted("dorado_dns_transfers_total", "Requests for transfers and signed messages, by what became of them.",
			func(tell sample) { each(transfersByResult(h.zones.TransferCounts()), tell) }, "result"),
		gauge("dorado_dns_connections", "Connections by TCP.", func(tell sample) {
			c := h.zones.ConnectionCounts()
			each(map[string]int{"strangers": c.Strangers, "secondaries": c.Secondaries}, tell)
		}, "of"),
		counted("dorado_dns_connections_closed_total", "Connections that had to go: displaced (idle longest when another came), or turned-away (over the bound of a network).", func(tell sample) {
			c := h.zones.ConnectionCounts()
			each(map[string]uint64{"displaced": c.Displaced, "turned-away": c.TurnedAway}, tell)
		}, "reason"),
	)
}

func answersByKind(c dns.Counts) map[string]uint64 {
	return map[string]uint64{
		"answer": c.Answered, "referral": c.Referred, "nodata": c.NoData, "nxdomain": c.NoName, "formerr": c.Malformed,
		"notimp": c.NotImplemented, "refused": c.Refused, "servfail": c.Failed, "badvers": c.BadVersion, "badcookie": c.BadCookie,
		"cookie": c.Cookies, "slip": c.Slipped, "notify": c.Notified, "special": c.Special,
	}
}

func transfersByResult(c dns.TransferCounts) map[string]uint64 {
	return map[string]uint64{
		"full": c.Full, "incremental": c.Incremental, "current": c.Current, "unsigned": c.Unsigned, "bad-key": c.BadKey, "bad-signature": c.BadSig,
		"bad-time": c.BadTime, "foreign": c.Foreign, "busy": c.Busy, "broken": c.Broken, "outdated": c.Outdated,
	}
}
