package epp

import (
	"cmp"
	"iter"
	"net/netip"
	"strings"
	"time"
	"unicode"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// The complex types that several commands share, each with the registry's own rules for its value.

// refusal is what a rule of the registry says of a value. The element is added when it is told.
func refusal(code registry.Code, value, reason string) *registry.Error {
	return &registry.Error{Code: code, Value: value, Reason: reason}
}

// advised is what is wrong with a value, and what to do: the usual where the error does not say.
func advised(err error, usual string) string {
	text := err.Error()
	if strings.Contains(text, "; ") {
		return text
	}
	return text + "; " + usual
}

// name reads a name that has to be one.
func name(x *strictxml.Element) names.Name { return strictxml.Convert(x, label, parseName) }

func parseName(s string) (names.Name, error) {
	n, err := names.Parse(s)
	if err != nil {
		return names.Name{}, refusal(registry.ParameterSyntax, s, advised(err, "send another name"))
	}
	return n, nil
}

// subjectName reads the name that the command is about.
func (d *decoder) subjectName(x *strictxml.Element) names.Name {
	d.req.subject.ID = strictxml.Take(x, label)
	return name(x)
}

// texts reads a list of names or ids as they are.
func texts(list iter.Seq[*strictxml.Element], typ func(string) (string, error)) []string {
	all := make([]string, 0, 4)
	for x := range list {
		all = append(all, strictxml.Take(x, typ))
	}
	return all
}

// years reads periodType. Months are not sold. Decisions 3.
func years(x *strictxml.Element) int {
	unit := strictxml.NeedAttr(x, "unit", periodUnit)
	n := strictxml.Take(x, limit99)
	if unit == "m" {
		x.Reject(refusal(registry.ParameterPolicy, "", `a period is in years; write unit="y"`))
	}
	return n
}

// An authInfo is authInfoType of domain-1.0 and contact-1.0: absent, or a pw with the object that it
// belongs to.
type authInfo struct {
	pw   *string
	roid registry.ROID
}

// readAuthInfo reads authInfoType or authInfoChgType, which are a choice. No extension that this
// registry knows gives a meaning to the form ext.
func readAuthInfo(x *strictxml.Element, choice ...string) authInfo {
	if x == nil {
		return authInfo{}
	}
	switch kid := x.Choice(choice...); kid.Name.Local {
	case "pw":
		pw := strictxml.Take(kid, strictxml.NormalizedString)
		return authInfo{&pw, strictxml.Attr(kid, "roid", roid, "")}
	case "null":
		kid.End()
		return authInfo{pw: new(string)}
	case "ext":
		kid.Any().Skip()
		kid.Reject(refusal(registry.ParameterPolicy, "", "this registry knows no authInfo but pw"))
	}
	return authInfo{}
}

// text returns the pw, empty if there is none.
func (a authInfo) text() string {
	if a.pw == nil {
		return ""
	}
	return *a.pw
}

// says is 1 for a part of an update that has anything in it, and 0 for one that is absent or empty.
func says(part *strictxml.Element) int {
	if part.Peek() == nil {
		return 0
	}
	return 1
}

// statuses reads a list of statusType. What it says in words is not kept: nobody would read it.
func statuses(list iter.Seq[*strictxml.Element], typ func(string) (string, error)) []registry.Status {
	var all []registry.Status
	for x := range list {
		all = append(all, registry.Status(strictxml.NeedAttr(x, "s", typ)))
		strictxml.Attr(x, "lang", strictxml.Language, "")
		strictxml.Take(x, strictxml.NormalizedString)
	}
	return all
}

// address reads addrType of host-1.0. RFC 5732 section 2.5.
func address(x *strictxml.Element) netip.Addr {
	ip := strictxml.Attr(x, "ip", ipVersion, "v4")
	parse := parseV4
	if ip == "v6" {
		parse = parseV6
	}
	return strictxml.Convert(x, addrString, parse)
}

func parseV4(s string) (netip.Addr, error) {
	a, err := parseAddress(s)
	if err == nil && !a.Is4() {
		return a, refusal(registry.ParameterSyntax, s, `this is no IPv4 address; write ip="v6"`)
	}
	return a, err
}

func parseV6(s string) (netip.Addr, error) {
	a, err := parseAddress(s)
	if err == nil && !a.Is6() {
		return a, refusal(registry.ParameterSyntax, s, `this is no IPv6 address; write ip="v4"`)
	}
	return a, err
}

func parseAddress(s string) (netip.Addr, error) {
	a, err := flow.ParseAddress(s)
	if err != nil {
		return a, refusal(registry.ParameterSyntax, s, advised(err, "send the address of the name server"))
	}
	return a, nil
}

// date reads xs:date as midnight UTC. RFC 5731 section 3.2.3: only the day is compared.
func date(x *strictxml.Element) time.Time {
	return strictxml.Convert(x, strictxml.Date, func(d strictxml.Day) (time.Time, error) {
		if d.Year < 1 || d.Year > 9999 {
			return time.Time{}, refusal(registry.ParameterRange, "", "no name expires in this year")
		}
		return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC), nil
	})
}

// filled rejects a text in which nothing can be seen, which says as little as an absent element. Decisions
// 2.1.
func filled(x *strictxml.Element, typ func(string) (string, error)) string {
	return strictxml.Convert(x, typ, func(s string) (string, error) {
		if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) {
			return "", refusal(registry.ParameterSyntax, s, "the element is empty; fill it or leave it out")
		}
		return s, nil
	})
}

// lack refuses what this registry does not have. It comes before what the values are.
func (d *decoder) lack(code registry.Code, reason string) {
	d.req.refusal = cmp.Or(d.req.refusal, &registry.Error{Code: code, Reason: reason})
}
