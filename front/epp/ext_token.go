package epp

import (
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// allocationToken-1.0. RFC 8495, decisions 1.5. The same code can stand in <domain:pw>.

var extToken = extension{
	uri: nsToken,
	read: map[string]func(*decoder, *strictxml.Element){
		"allocationToken": (*decoder).allocationToken,
		"info":            (*decoder).allocationTokenInfo,
	},
}

// allocationToken reads <allocationToken:allocationToken>. RFC 8495 sections 3.1.1, 3.2.1 and 3.2.4.
func (d *decoder) allocationToken(x *strictxml.Element) {
	code := strictxml.Take(x, token)
	q, isCheck := d.req.query.(flow.DomainCheck)
	cmd, isCreate := d.req.command.(flow.DomainCreate)
	transfer, isTransfer := d.req.command.(flow.DomainTransfer)
	switch {
	case isCheck:
		q.Token = &code
		d.req.query = q
	case isCreate:
		cmd.Token = &code
		d.req.command = cmd
	case isTransfer:
		transfer.Token = &code
		d.req.command = transfer
	default:
		goesWith(x, "a check or create of domains, or the request of a transfer")
	}
}

// allocationTokenInfo reads <allocationToken:info>. RFC 8495 section 3.1.2.
func (d *decoder) allocationTokenInfo(x *strictxml.Element) {
	x.Empty()
	extendQuery(d, x, "an info of a domain", func(q *flow.DomainInfo) { q.Token = true })
}
