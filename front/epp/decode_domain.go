package epp

import (
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// domainCheck reads <domain:check>. RFC 5731 section 3.1.1.
func (d *decoder) domainCheck(x *strictxml.Element) {
	d.req.query = flow.DomainCheck{Names: texts(x.Many("name", 1, strictxml.Unbounded), label)}
}

// domainInfo reads <domain:info>. RFC 5731 section 3.1.2.
func (d *decoder) domainInfo(x *strictxml.Element) {
	n := x.One("name")
	hosts := strictxml.Attr(n, "hosts", hostsWanted, "all")
	q := flow.DomainInfo{
		Name: d.subjectName(n),
		Hosts: flow.HostsWanted{
			Delegated:   hosts == "all" || hosts == "del",
			Subordinate: hosts == "all" || hosts == "sub",
		},
	}
	auth := readAuthInfo(x.Opt("authInfo"), "pw", "ext")
	q.AuthInfo, q.ROID = auth.pw, auth.roid
	d.req.query = q
}

// domainCreate reads <domain:create>. RFC 5731 section 3.2.1.
func (d *decoder) domainCreate(x *strictxml.Element) {
	d.req.command = flow.DomainCreate{
		Name:        d.subjectName(x.One("name")),
		Years:       years(x.Opt("period")),
		Nameservers: nameservers(x.Opt("ns")),
		Registrant:  strictxml.Take(x.Opt("registrant"), clID),
		Contacts:    roles(x),
		AuthInfo:    d.needAuthInfo(x).text(),
	}
}

// needAuthInfo takes the <authInfo> that must come next, and says how to write it if it does not.
func (d *decoder) needAuthInfo(x *strictxml.Element) authInfo {
	if x.Peek() == nil && d.doc.Err() == nil {
		prefix := objectPrefix(x.Name.Space)
		d.advice = "add <" + prefix + ":authInfo><" + prefix + ":pw>…</" + prefix + ":pw></" + prefix + ":authInfo>"
	}
	return readAuthInfo(x.One("authInfo"), "pw", "ext")
}

// domainDelete reads <domain:delete>. RFC 5731 section 3.2.2.
func (d *decoder) domainDelete(x *strictxml.Element) {
	d.req.command = flow.DomainDelete{Name: d.subjectName(x.One("name"))}
}

// domainRenew reads <domain:renew>. RFC 5731 section 3.2.3.
func (d *decoder) domainRenew(x *strictxml.Element) {
	d.req.command = flow.DomainRenew{
		Name:          d.subjectName(x.One("name")),
		CurrentExpiry: date(x.One("curExpDate")),
		Years:         years(x.Opt("period")),
	}
}

// domainTransfer reads <domain:transfer>. A period means nothing but in a request. RFC 5731 section 3.2.4.
func (d *decoder) domainTransfer(x *strictxml.Element) {
	name := d.subjectName(x.One("name"))
	period := years(x.Opt("period"))
	auth := readAuthInfo(x.Opt("authInfo"), "pw", "ext")
	switch how, ends := transferEnds[d.op]; {
	case ends:
		d.req.command = flow.DomainTransferEnd{Name: name, How: how, AuthInfo: auth.pw, ROID: auth.roid}
	case d.op == "query":
		d.req.query = flow.DomainTransferQuery{Name: name, AuthInfo: auth.pw, ROID: auth.roid}
	default:
		d.req.command = flow.DomainTransfer{Name: name, Years: period, AuthInfo: auth.pw, ROID: auth.roid}
	}
}

// transferEnds are how a client ends a transfer. RFC 5730 section 2.9.3.4.
var transferEnds = map[string]registry.TransferStatus{
	"approve": registry.TransferClientApproved,
	"cancel":  registry.TransferClientCancelled,
	"reject":  registry.TransferClientRejected,
}

// domainUpdate reads <domain:update>. RFC 5731 section 3.2.5.
func (d *decoder) domainUpdate(x *strictxml.Element) {
	cmd := flow.DomainUpdate{Name: d.subjectName(x.One("name"))}
	add, rem, chg := x.Opt("add"), x.Opt("rem"), x.Opt("chg")
	cmd.Empty = says(add)+says(rem)+says(chg) == 0
	cmd.Add, cmd.Remove = domainEdit(add), domainEdit(rem)
	if registrant := chg.Opt("registrant"); registrant != nil {
		id := strictxml.Take(registrant, chgClID)
		if n := len(id); n == 1 || n == 2 {
			registrant.Reject(refusal(registry.ParameterSyntax, id, "a contact's id has 3 to 16 characters"))
		}
		cmd.Registrant = &id
	}
	cmd.AuthInfo = readAuthInfo(chg.Opt("authInfo"), "pw", "ext", "null").pw
	d.req.command = cmd
}

// domainEdit reads addRemType of domain-1.0.
func domainEdit(x *strictxml.Element) flow.DomainEdit {
	if x == nil {
		return flow.DomainEdit{}
	}
	return flow.DomainEdit{
		Nameservers: nameservers(x.Opt("ns")),
		Contacts:    roles(x),
		Statuses:    statuses(x.Many("status", 0, 11), domainStatus),
	}
}

// nameservers reads nsType. Hosts are objects here. Decisions 2.6.
func nameservers(x *strictxml.Element) []names.Name {
	if x == nil {
		return nil
	}
	if first := x.Peek(); first.Is(nsDomain, "hostAttr") {
		first.Reject(refusal(registry.ParameterPolicy, "", "hosts are objects here; create the host and name it in hostObj"))
		for attr := range x.Many("hostAttr", 1, strictxml.Unbounded) {
			strictxml.Take(attr.One("hostName"), label)
			for addr := range attr.Many("hostAddr", 0, strictxml.Unbounded) {
				strictxml.Attr(addr, "ip", ipVersion, "v4")
				strictxml.Take(addr, addrString)
			}
		}
		return nil
	}
	var hosts []names.Name
	for h := range x.Many("hostObj", 1, strictxml.Unbounded) {
		hosts = append(hosts, name(h))
	}
	return hosts
}

// roles reads the <domain:contact> elements of x. The schema lets the type be absent, and then nobody
// knows what the contact is for.
func roles(x *strictxml.Element) []flow.Role {
	var all []flow.Role
	for c := range x.Many("contact", 0, strictxml.Unbounded) {
		role := strictxml.Attr(c, "type", contactRole, "")
		id := strictxml.Take(c, clID)
		if role == "" {
			c.Reject(refusal(registry.ParameterMissing, id, `the attribute type is missing; write "admin", "tech" or "billing"`))
		}
		all = append(all, flow.Role{Role: role, ID: id})
	}
	return all
}
