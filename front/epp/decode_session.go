package epp

import (
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// login reads <login>. RFC 5730 section 2.9.1.1.
func (d *decoder) login(x *strictxml.Element) {
	l := login{
		clID:  strictxml.Take(x.One("clID"), clID),
		pw:    strictxml.Take(x.One("pw"), password),
		newPW: strictxml.Take(x.Opt("newPW"), password),
	}
	options := x.One("options")
	l.version = strictxml.Take(options.One("version"), version)
	l.lang = strictxml.Take(options.One("lang"), strictxml.Language)
	svcs := x.One("svcs")
	for uri := range svcs.Many("objURI", 1, strictxml.Unbounded) {
		l.objURIs = append(l.objURIs, strictxml.Take(uri, strictxml.AnyURI))
	}
	if ext := svcs.Opt("svcExtension"); ext != nil {
		for uri := range ext.Many("extURI", 1, strictxml.Unbounded) {
			l.extURIs = append(l.extURIs, strictxml.Take(uri, strictxml.AnyURI))
		}
	}
	d.req.kind, d.req.login = kindLogin, l
}

// poll reads <poll>. What a req says in msgID is not looked at: the oldest message is what there is to get.
// RFC 5730 section 2.9.2.3.
func (d *decoder) poll(x *strictxml.Element) {
	op := strictxml.NeedAttr(x, "op", pollOp)
	id := strictxml.Attr(x, "msgID", strictxml.Token, "")
	d.req.subject = flow.Subject{Command: op, Object: "poll", ID: id}
	if op == "req" {
		d.req.kind, d.req.query = kindQuery, flow.PollRequest{}
		return
	}
	d.req.kind, d.req.command = kindCommand, flow.PollAck{ID: id}
}
