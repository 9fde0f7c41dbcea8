package rdap

import "example.org/dorado/core/registry"

// A vcard is the properties of a jCard after its version. RFC 7095.
type vcard []any

// array is the form in which an entity holds it.
func (v vcard) array() []any {
	properties := append([]any{[]any{"version", struct{}{}, "text", "4.0"}}, v...)
	return []any{"vcard", properties}
}

func (v vcard) text(name, value string) vcard {
	return append(v, []any{name, struct{}{}, "text", value})
}

// tel adds a telephone number; none if it is empty. RFC 3966 has the extension as a parameter.
func (v vcard) tel(kind string, p registry.Phone) vcard {
	if p.Number == "" {
		return v
	}
	return append(v, []any{"tel", map[string]string{"type": kind}, "uri", telURI(p)})
}

func telURI(p registry.Phone) string {
	uri := "tel:" + p.Number
	if p.Extension != "" {
		uri += ";ext=" + p.Extension
	}
	return uri
}

// address adds a structured address: several street lines are a list. RFC 7095 section 3.3.1.3.
func (v vcard) address(p registry.Postal) vcard {
	parameters := map[string]string{}
	if p.Country != "" {
		parameters["cc"] = p.Country
	}
	var street any = ""
	switch len(p.Street) {
	case 0:
	case 1:
		street = p.Street[0]
	default:
		street = p.Street
	}
	return append(v, []any{"adr", parameters, "text", []any{"", "", street, p.City, p.Province, p.Postcode, ""}})
}
