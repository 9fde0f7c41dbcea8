package strictxml

import "strings"

// declaration reads the XML declaration, if there is one. Production 23. As the
// fifth edition asks in section 2.8, any version 1.x is read as 1.0.
func (p *scanner) declaration() bool {
	const begin = "<?xml"
	if !p.looking(begin) || len(p.src) == len(begin) || classes[p.src[len(begin)]]&space == 0 {
		return true
	}
	p.i = len(begin)
	version, at, ok := p.pseudo("version")
	if !ok {
		return p.fail(Syntax, p.i, "the XML declaration must begin <?xml version=\"1.0\"")
	}
	if digits, one := strings.CutPrefix(version, "1."); !one || !isDigits(digits) {
		return p.fail(Syntax, at, "XML version %s is not supported; write version=\"1.0\"",
			excerpt(version))
	}
	if name, at, ok := p.pseudo("encoding"); ok {
		if !isEncodingName(name) {
			return p.fail(Syntax, at, "%s is no name of an encoding", excerpt(name))
		}
		if !p.label(name, at) {
			return false
		}
	}
	if value, at, ok := p.pseudo("standalone"); ok && value != "yes" && value != "no" {
		return p.fail(Syntax, at, "standalone is \"yes\" or \"no\", not %s", excerpt(value))
	}
	p.blanks()
	if !p.looking("?>") {
		return p.fail(Syntax, p.i, "the XML declaration has version, encoding and standalone, "+
			"in this order, and ends with \"?>\"")
	}
	p.i += len("?>")
	return true
}

// pseudo reads white space, name, "=" and a quoted value. Without them it reads
// nothing.
func (p *scanner) pseudo(name string) (value string, at int, ok bool) {
	before := p.i
	blank := p.blanks()
	if rest, found := strings.CutPrefix(p.src[p.i:], name); found && blank {
		rest = strings.TrimLeft(rest, " \t\r\n")
		rest, equals := strings.CutPrefix(rest, "=")
		rest = strings.TrimLeft(rest, " \t\r\n")
		if equals && rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			if n := strings.IndexByte(rest[1:], rest[0]); n >= 0 {
				at = len(p.src) - len(rest) + 1
				p.i = at + n + 1
				return rest[1 : 1+n], at, true
			}
		}
	}
	p.i = before
	return "", before, false
}

// isEncodingName reports whether s matches production 81.
func isEncodingName(s string) bool {
	for i := range len(s) {
		letter := s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z'
		if !letter && (i == 0 || classes[s[i]]&nameChar == 0) {
			return false
		}
	}
	return s != ""
}
