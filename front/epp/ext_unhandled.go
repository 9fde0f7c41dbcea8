package epp

import "slices"

// Unhandled namespaces. RFC 9038.
//
// A session gets nothing in a namespace that it did not announce. One that announced this extension is told
// it in the result, each element in an <extValue> with the namespace as the reason; for others it is left
// out. That goes for messages, which were queued before anybody knew who would read them, and for what
// extensions add to answers.

var extUnhandled = extension{uri: nsUnhandled}

// unhandled writes what the session did not announce. RFC 9038 section 3.
func (w *encoder) unhandled(a answer) {
	if a.err != nil || !slices.Contains(a.announced, nsUnhandled) {
		return
	}
	if d := replyData(a); d.write != nil && !d.isAnnounced(a) {
		w.unhandledBegin()
		d.write(w)
		w.unhandledEnd(d.uri)
	}
	for _, e := range extensions {
		if e.write != nil && !slices.Contains(a.announced, e.uri) {
			x := appendix{encoder: w, apart: e.uri}
			e.write(&x, a)
			x.end()
		}
	}
}

// unhandledBegin begins the place of one element.
func (w *encoder) unhandledBegin() {
	w.Start("extValue")
	w.Start("value")
}

// unhandledEnd ends it, with the reason in the words of RFC 9038 section 3.
func (w *encoder) unhandledEnd(uri string) {
	w.End()
	w.Element("reason", uri+" not in login services")
	w.End()
}
