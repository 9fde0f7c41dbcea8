package epp

import (
	"net/netip"

	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// hostCheck reads <host:check>. RFC 5732 section 3.1.1.
func (d *decoder) hostCheck(x *strictxml.Element) {
	d.req.query = flow.HostCheck{Names: texts(x.Many("name", 1, strictxml.Unbounded), label)}
}

// hostInfo reads <host:info>. RFC 5732 section 3.1.2.
func (d *decoder) hostInfo(x *strictxml.Element) {
	d.req.query = flow.HostInfo{Name: d.subjectName(x.One("name"))}
}

// hostCreate reads <host:create>. RFC 5732 section 3.2.1.
func (d *decoder) hostCreate(x *strictxml.Element) {
	d.req.command = flow.HostCreate{
		Name:      d.subjectName(x.One("name")),
		Addresses: addresses(x),
	}
}

// hostDelete reads <host:delete>. RFC 5732 section 3.2.2.
func (d *decoder) hostDelete(x *strictxml.Element) {
	d.req.command = flow.HostDelete{Name: d.subjectName(x.One("name"))}
}

// hostUpdate reads <host:update>. RFC 5732 section 3.2.5.
func (d *decoder) hostUpdate(x *strictxml.Element) {
	cmd := flow.HostUpdate{Name: d.subjectName(x.One("name"))}
	add, rem, chg := x.Opt("add"), x.Opt("rem"), x.Opt("chg")
	cmd.Empty = says(add)+says(rem)+says(chg) == 0
	cmd.Add, cmd.Remove = hostEdit(add), hostEdit(rem)
	cmd.NewName = name(chg.One("name"))
	d.req.command = cmd
}

// hostEdit reads addRemType of host-1.0.
func hostEdit(x *strictxml.Element) flow.HostEdit {
	if x == nil {
		return flow.HostEdit{}
	}
	return flow.HostEdit{
		Addresses: addresses(x),
		Statuses:  statuses(x.Many("status", 0, 7), hostStatus),
	}
}

// addresses reads the <host:addr> elements of x.
func addresses(x *strictxml.Element) []netip.Addr {
	var all []netip.Addr
	for a := range x.Many("addr", 0, strictxml.Unbounded) {
		all = append(all, address(a))
	}
	return all
}
