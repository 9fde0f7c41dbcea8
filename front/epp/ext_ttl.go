package epp

import (
	"errors"
	"strconv"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// ttl-1.0: the times to live of what is published for names and hosts. RFC 9803.

var extTTL = extension{
	uri: nsTTL,
	read: map[string]func(*decoder, *strictxml.Element){
		"create": (*decoder).ttlCreate,
		"update": (*decoder).ttlUpdate,
		"info":   (*decoder).ttlInfo,
	},
	write: (*appendix).ttl,
}

// ttlCreate reads <ttl:create>. RFC 9803 section 3.2.1.
func (d *decoder) ttlCreate(x *strictxml.Element) {
	edits := d.ttls(x)
	switch cmd := d.req.command.(type) {
	case flow.DomainCreate:
		cmd.TTL = edits
		d.req.command = cmd
	case flow.HostCreate:
		cmd.TTL = edits
		d.req.command = cmd
	default:
		goesWith(x, "a create of a domain or a host")
	}
}

// ttlUpdate reads <ttl:update>. RFC 9803 section 3.2.2.
func (d *decoder) ttlUpdate(x *strictxml.Element) {
	edits := d.ttls(x)
	switch cmd := d.req.command.(type) {
	case flow.DomainUpdate:
		cmd.TTL, cmd.Empty = edits, false
		d.req.command = cmd
	case flow.HostUpdate:
		cmd.TTL, cmd.Empty = edits, false
		d.req.command = cmd
	default:
		goesWith(x, "an update of a domain or a host")
	}
}

// ttlInfo reads <ttl:info>. RFC 9803 section 3.1.1.
func (d *decoder) ttlInfo(x *strictxml.Element) {
	wanted := flow.TTLChosen
	if strictxml.Attr(x, "policy", strictxml.Boolean, false) {
		wanted = flow.TTLPolicy
	}
	switch q := d.req.query.(type) {
	case flow.DomainInfo:
		q.TTL = wanted
		d.req.query = q
	case flow.HostInfo:
		q.TTL = wanted
		d.req.query = q
	default:
		goesWith(x, "an info of a domain or a host")
	}
}

// ttls reads commandContainer, in which a type stands once.
func (d *decoder) ttls(x *strictxml.Element) []flow.TTLEdit {
	var edits []flow.TTLEdit
	kinds := map[string]bool{}
	for e := range x.Many("ttl", 1, strictxml.Unbounded) {
		kind := strictxml.NeedAttr(e, "for", rrType)
		if kinds[kind] {
			d.refuse(e, registry.Syntax, `the TTL for="`+kind+`" is given twice`)
		}
		kinds[kind] = true
		edits = append(edits, ttl(e, kind))
	}
	return edits
}

// ttl reads commandTTLType. The attribute custom names the type where for cannot.
func ttl(x *strictxml.Element, kind string) flow.TTLEdit {
	custom := strictxml.Attr(x, "custom", customRRType, "")
	seconds := strictxml.Take(x, ttlOrNull)
	switch {
	case kind == "custom" && custom == "":
		x.Reject(refusal(registry.ParameterMissing, "", `for="custom" goes with the attribute custom, which names the type; add it`))
	case kind == "custom":
		kind = custom
	case custom != "":
		x.Reject(refusal(registry.ParameterPolicy, custom, `the attribute custom goes with for="custom"`))
	}
	return flow.TTLEdit{For: kind, Seconds: seconds}
}

func rrType(s string) (string, error) {
	return strictxml.TokenOf(s, "NS", "DS", "DNAME", "A", "AAAA", "custom")
}

// customRRType has the pattern A|[A-Z][A-Z0-9\-]*[A-Z0-9].
func customRRType(s string) (string, error) {
	s, _ = strictxml.Token(s)
	ok := s == "A" || len(s) > 1 && isCapital(s[0]) && s[len(s)-1] != '-'
	for i := range len(s) {
		ok = ok && (isCapital(s[i]) || '0' <= s[i] && s[i] <= '9' || s[i] == '-')
	}
	if !ok {
		return "", errors.New("it must be a type of DNS records, such as NS")
	}
	return s, nil
}

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }

// ttlOrNull is the union of emptyValue and ttlValue: nil for the registry's default.
func ttlOrNull(s string) (*uint32, error) {
	if empty, _ := strictxml.Token(s); empty == "" {
		return nil, nil
	}
	text, err := strictxml.NonNegativeInteger(s)
	n, tooLarge := strconv.ParseInt(text, 10, 32)
	if err != nil || tooLarge != nil {
		return nil, errors.New("it must be empty or a whole number from 0 to 2147483647")
	}
	seconds := uint32(n)
	return &seconds, nil
}

// ttl writes <ttl:infData>, if the info asked for it and there is anything to say. RFC 9803 sections 3.1.1.1
// and 3.1.1.2.
func (w *appendix) ttl(a answer) {
	var details []flow.TTLDetail
	var wanted flow.TTLWanted
	switch r := a.reply.(type) {
	case flow.DomainDetails:
		details, wanted = r.TTLs, r.TTLWanted
	case flow.HostDetails:
		details, wanted = r.TTLs, r.TTLWanted
	}
	if len(details) == 0 {
		return
	}
	w.object("ttl", nsTTL, "infData")
	for _, d := range details {
		w.Start("ttl:ttl")
		w.Attr("for", d.For)
		if wanted == flow.TTLPolicy {
			w.Attr("min", decimal(d.Range.Min))
			w.Attr("default", decimal(d.Range.Default))
			w.Attr("max", decimal(d.Range.Max))
		}
		w.Text(decimal(d.Seconds))
		w.End()
	}
	w.End()
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
