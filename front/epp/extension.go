package epp

import (
	"slices"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// An extension is one that a login can announce: what of it commands can carry, and what it adds to
// answers. Each stands in a file of its own. RFC 5730 section 2.7.
type extension struct {
	uri string
	// read has the elements that a command can carry, by their local names. An element is read after the
	// object that it goes with, and adds to the command that the object made.
	read map[string]func(*decoder, *strictxml.Element)
	// expect changes a request of a session that announced the extension, or refuses it: what it asks of
	// commands, whether or not they carry it. nil if it asks nothing. The request may have no command,
	// where it is refused already.
	expect func(*request)
	// write writes what it adds to an answer of a session that announced it, refusals included. nil if it
	// adds nothing.
	write func(*appendix, answer)
}

// extensions are those of this registry, in the order of the greeting and of answers.
var extensions = []extension{
	extRGP,
	extSecDNS,
	extIDN,
	extTTL,
	extSecureAuthInfo,
	extChangePoll,
	extUnhandled,
	extLoginSec,
	extFee,
	extLaunch,
	extToken,
}

// extensionURIs are the extensions that a login can announce.
func extensionURIs() []string {
	uris := make([]string, len(extensions))
	for i, e := range extensions {
		uris[i] = e.uri
	}
	return uris
}

// extensionDecoder returns what reads an element of an extension, nil if nothing does.
func extensionDecoder(n strictxml.Name) func(*decoder, *strictxml.Element) {
	for _, e := range extensions {
		if e.uri == n.Space {
			return e.read[n.Local]
		}
	}
	return nil
}

// expect lets the extensions that a session announced ask their share of a request.
func expect(req *request, announced []string) {
	for _, e := range extensions {
		if e.expect != nil && slices.Contains(announced, e.uri) {
			e.expect(req)
		}
	}
}

// extend lets an element of an extension add to the command that it goes with, or rejects it beside any
// other.
func extend[C flow.Command](d *decoder, x *strictxml.Element, which string, add func(*C)) {
	cmd, ok := d.req.command.(C)
	if !ok {
		goesWith(x, which)
		return
	}
	add(&cmd)
	d.req.command = cmd
}

// extendQuery does the same for a query.
func extendQuery[Q flow.Query](d *decoder, x *strictxml.Element, which string, add func(*Q)) {
	q, ok := d.req.query.(Q)
	if !ok {
		goesWith(x, which)
		return
	}
	add(&q)
	d.req.query = q
}

// goesWith rejects an extension that stands beside a command that it does not extend.
func goesWith(x *strictxml.Element, command string) {
	x.Reject(refusal(registry.UnimplementedExt, "", "<"+x.Written()+"> goes with "+command))
}

// appendix writes what extensions add to an answer: those that the session announced into <extension>,
// which it begins with the first, and others apart, as unhandled says.
type appendix struct {
	*encoder
	apart string // the namespace of the extension, if the session did not announce it
	begun bool
}

// object begins the element of an extension.
func (w *appendix) object(prefix, uri, local string) {
	switch {
	case w.apart != "":
		w.end()
		w.unhandledBegin()
	case !w.begun:
		w.Start("extension")
	}
	w.begun = true
	w.Start(prefix + ":" + local)
	w.Attr("xmlns:"+prefix, uri)
}

// end ends what object has begun around the elements, if anything.
func (w *appendix) end() {
	switch {
	case !w.begun:
	case w.apart != "":
		w.unhandledEnd(w.apart)
	default:
		w.End()
	}
}

// extension writes <extension> of an answer, if there is anything to say in it. RFC 5730 section 2.7.
func (w *encoder) extension(a answer) {
	x := appendix{encoder: w}
	for _, e := range extensions {
		if e.write != nil && slices.Contains(a.announced, e.uri) {
			e.write(&x, a)
		}
	}
	x.end()
}
