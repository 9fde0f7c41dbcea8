package epp

import (
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// idn-1.0: the table of an internationalized name. Manual 9.12.3, decisions 1.6, draft-obispo-epp-idn.

var extIDN = extension{
	uri:    nsIDN,
	read:   map[string]func(*decoder, *strictxml.Element){"data": (*decoder).idnData},
	expect: wantIDNTable,
	write:  (*appendix).idn,
}

// idnData reads <idn:data>, which goes with the create of a name.
func (d *decoder) idnData(x *strictxml.Element) {
	said := &flow.IDN{Table: strictxml.Take(x.One("table"), token)}
	if uname := x.Opt("uname"); uname != nil {
		said.Uname = strictxml.Take(uname, label)
	}
	extend(d, x, "a create of a domain", func(cmd *flow.DomainCreate) { cmd.IDN = said })
}

func wantIDNTable(req *request) {
	if cmd, ok := req.command.(flow.DomainCreate); ok {
		cmd.Announced.IDN = true
		req.command = cmd
	}
}

// idn writes <idn:data> of a name that has a table, with the name as people read it.
func (w *appendix) idn(a answer) {
	r, ok := a.reply.(flow.DomainDetails)
	if !ok || r.IDNTable == "" {
		return
	}
	w.object("idn", nsIDN, "data")
	w.Element("idn:table", r.IDNTable)
	w.Element("idn:uname", r.Name.Unicode())
	w.End()
}
