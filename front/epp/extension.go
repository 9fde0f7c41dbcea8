package epp

import (
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
)

// An extension of a command is read after the object that it goes with, and adds to the command that the
// object made. Each stands in a file of its own, with what it adds to answers.

// extensionDecoders has every element of the extensions that a command can carry.
var extensionDecoders = map[strictxml.Name]func(*decoder, *strictxml.Element){
	{Space: nsSecDNS, Local: "create"}: (*decoder).secDNSCreate,
	{Space: nsSecDNS, Local: "update"}: (*decoder).secDNSUpdate,
}

// goesWith rejects an extension that stands beside a command that it does not extend.
func goesWith(x *strictxml.Element, command string) {
	x.Reject(refusal(registry.UnimplementedExt, "", "<"+x.Written()+"> goes with "+command))
}

// appendix writes what the extensions that the session announced add to the data of a reply. It begins
// <extension> with the first.
type appendix struct {
	*encoder
	begun bool
}

// object begins the element of an extension.
func (w *appendix) object(prefix, uri, local string) {
	if !w.begun {
		w.begun = true
		w.Start("extension")
	}
	w.Start(prefix + ":" + local)
	w.Attr("xmlns:"+prefix, uri)
}

// extension writes <extension> of an answer, if there is anything to say in it. RFC 5730 section 2.7.
func (w *encoder) extension(a answer) {
	x := appendix{encoder: w}
	if announced(a, nsSecDNS) {
		x.secDNS(a.reply)
	}
	if x.begun {
		w.End()
	}
}
