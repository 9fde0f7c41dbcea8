package main

// measureKept adds how many answers to lookups are kept, and what good that does.
func (h *house) measureKept() {
	pages := h.core.service.Pages
	if pages == nil {
		return
	}
	h.metrics.add(
		counted("dorado_lookup_answers_total", "Lookups of WHOIS and RDAP that may be kept: kept ones that were still right, and made ones.", func(tell sample) {
			n := pages.Count()
			tell(float64(n.Found), "kept")
			tell(float64(n.Asked-n.Found), "made")
		}, "from"),
		gauge("dorado_lookup_kept_answers", "Answers that are kept.", func(tell sample) { tell(float64(pages.Count().Pages)) }),
		gauge("dorado_lookup_kept_bytes", "What they take of lookup.cache_mib.", func(tell sample) { tell(float64(pages.Count().Bytes)) }),
	)
}
