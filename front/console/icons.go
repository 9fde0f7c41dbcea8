package console

import "html/template"

// icon returns a small picture that says nothing which its text does not: readers of the screen pass over it.
func icon(name string) template.HTML {
	shape, ok := icons()[name]
	if !ok {
		shape = icons()["dot"]
	}
	return `<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.75" ` +
		`stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">` + shape + `</svg>`
}

// icons returns the shapes, in a square of 24.
func icons() map[string]template.HTML {
	return map[string]template.HTML{
		"home":     `<path d="M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z"/>`,
		"globe":    `<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c2.5 2.4 3.6 5.2 3.6 8.500s-1.100 6.100-3.600 8.500c-2.500-2.400-3.600-5.200-3.600-8.500s1.100-6.100 3.600-8.500z"/>`,
		"swap":     `<path d="M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4"/>`,
		"person":   `<circle cx="12" cy="8" r="3.750"/><path d="M4.500 20c.8-3.800 3.700-5.700 7.500-5.700s6.700 1.900 7.500 5.700"/>`,
		"people":   `<circle cx="9" cy="8.500" r="3.250"/><path d="M2.800 19.500c.6-3.300 3-5 6.200-5s5.600 1.700 6.200 5M15.500 5.600a3.250 3.250 0 0 1 0 5.800M17.500 14.900c2 .6 3.300 2.200 3.700 4.600"/>`,
		"server":   `<rect x="4" y="4.500" width="16" height="6" rx="1.500"/><rect x="4" y="13.500" width="16" height="6" rx="1.500"/><path d="M7.500 7.500h.01M7.500 16.500h.01"/>`,
		"stack":    `<path d="M12 4l8 4-8 4-8-4zM4 12l8 4 8-4M4 16l8 4 8-4"/>`,
		"mail":     `<rect x="3.500" y="5.500" width="17" height="13" rx="1.500"/><path d="M4 7l8 6 8-6"/>`,
		"coins":    `<ellipse cx="12" cy="7" rx="7" ry="3"/><path d="M5 7v5c0 1.700 3.100 3 7 3s7-1.300 7-3V7M5 12v5c0 1.700 3.100 3 7 3s7-1.300 7-3v-5"/>`,
		"tag":      `<path d="M4 12V5a1 1 0 0 1 1-1h7l8 8-8 8z"/><path d="M8.500 8.500h.01"/>`,
		"folder":   `<path d="M3.500 7a1.500 1.500 0 0 1 1.500-1.500h4.500l2 2.500H19A1.500 1.500 0 0 1 20.500 9.500V17a1.500 1.500 0 0 1-1.500 1.500H5A1.500 1.500 0 0 1 3.500 17z"/>`,
		"list":     `<path d="M9 6.500h11M9 12h11M9 17.500h11M4.500 6.500h.01M4.500 12h.01M4.500 17.500h.01"/>`,
		"code":     `<path d="M8.500 7L3.500 12l5 5M15.500 7l5 5-5 5M13.500 5l-3 14"/>`,
		"flask":    `<path d="M9.500 4h5M10.500 4v6L5 18.500A1 1 0 0 0 5.900 20h12.200a1 1 0 0 0 .9-1.500L13.500 10V4M8 15h8"/>`,
		"building": `<path d="M5 20V5a1 1 0 0 1 1-1h8a1 1 0 0 1 1 1v15M15 9h3a1 1 0 0 1 1 1v10M3.500 20h17M8.500 8h3M8.500 12h3M8.500 16h3"/>`,
		"key":      `<circle cx="8" cy="15.500" r="4"/><path d="M11 12.500L19.500 4M16 7.500l3 3"/>`,
		"search":   `<circle cx="11" cy="11" r="6.500"/><path d="M16 16l4.500 4.500"/>`,
		"plus":     `<path d="M12 5v14M5 12h14"/>`,
		"down":     `<path d="M12 4v12M7 11.500l5 5 5-5M5 20h14"/>`,
		"lock":     `<rect x="5.500" y="10.500" width="13" height="9" rx="1.500"/><path d="M8.500 10.500V8a3.500 3.500 0 0 1 7 0v2.500"/>`,
		"warning":  `<path d="M12 4.500l8.500 15h-17zM12 10v4.500M12 17h.01"/>`,
		"check":    `<path d="M5 12.500l4.500 4.500L19 7.500"/>`,
		"clock":    `<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.500 2"/>`,
		"out":      `<path d="M14 5H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h8M11 12h9M16.500 8l4 4-4 4"/>`,
		"menu":     `<path d="M4 7h16M4 12h16M4 17h16"/>`,
		"close":    `<path d="M6 6l12 12M18 6L6 18"/>`,
		"chevron":  `<path d="M7 10l5 5 5-5"/>`,
		"dot":      `<circle cx="12" cy="12" r="3"/>`,
	}
}
