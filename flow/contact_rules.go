package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// The lengths of contact fields, in characters. Manual 8.2.
const (
	maxText     = 255
	maxPostcode = 16
	maxEmail    = 84
	maxPhone    = 17
	maxDialled  = 16 // of an extension; RFC 5733 sets no limit
	maxStreets  = 3
)

// canonical returns the postal form as it is stored: with an upper-case country.
func canonical(p *registry.Postal) *registry.Postal {
	if p == nil {
		return nil
	}
	stored := *p
	stored.Street = slices.Clone(p.Street)
	if country, ok := policy.Country(p.Country); ok {
		stored.Country = country
	}
	return &stored
}

// postalIsGiven holds for a contact with an address in one form at least. Decisions 2.2.
func postalIsGiven(c registry.Contact) Rule {
	return refuseIf("postalIsGiven", c.Int == nil && c.Loc == nil, registry.Error{
		Code: registry.ParameterMissing, Field: "contact:postalInfo",
		Reason: "a contact needs a postal address; send postalInfo as int, loc or both",
	})
}

// A field is one text of a postal form with what holds for it.
type field struct {
	name, called, value string
	max                 int
	mandatory           bool
}

func postalFields(p registry.Postal) []field {
	fields := []field{
		{"contact:name", "name", p.Name, maxText, true},
		{"contact:org", "company name", p.Org, maxText, false},
	}
	for _, street := range p.Street {
		fields = append(fields, field{"contact:street", "street line", street, maxText, true})
	}
	return append(fields,
		field{"contact:city", "city", p.City, maxText, true},
		field{"contact:sp", "province", p.Province, maxText, false},
		field{"contact:pc", "postcode", p.Postcode, maxPostcode, true},
	)
}

// postalIsWellFormed holds for a postal form that is complete, short enough, with an assigned
// country, and in 7-bit ASCII if it is the international one. Manual 8.2 and 9.2, decisions 2.1
// and 2.2.
func postalIsWellFormed(form string, p *registry.Postal) Rule {
	if p == nil {
		return holds("postalIsWellFormed", "contact:postalInfo", form)
	}
	parts := []Rule{streetsFit(*p)}
	for _, f := range postalFields(*p) {
		parts = append(parts, fieldIsGiven(f), fieldFits(f), textIsPlain(f.name, f.called, f.value), fieldIsASCII(form, f))
	}
	_, assigned := policy.Country(p.Country)
	return allOf("postalIsWellFormed", append(parts,
		refuseIf("postalIsWellFormed", p.Country == "", registry.Error{
			Code: registry.ParameterMissing, Field: "contact:cc",
			Reason: "a contact needs a country; send its two letters in cc",
		}),
		refuseIf("postalIsWellFormed", !assigned, registry.Error{
			Code: registry.ParameterSyntax, Field: "contact:cc", Value: p.Country,
			Reason: "this is no assigned country code; send two letters of ISO 3166-1",
		}),
	)...)
}

// streetsFit holds for one to three street lines. Decisions 2.1.
func streetsFit(p registry.Postal) Rule {
	return allOf("streetsFit",
		refuseIf("streetsFit", len(p.Street) == 0, registry.Error{
			Code: registry.ParameterMissing, Field: "contact:street",
			Reason: "a contact needs a street; send one to three street lines",
		}),
		refuseIf("streetsFit", len(p.Street) > maxStreets, registry.Error{
			Code: registry.ParameterPolicy, Field: "contact:street",
			Reason: "a contact has at most three street lines; send fewer",
		}),
	)
}

// fieldIsGiven holds for the mandatory parts of an address, if they are not empty. Decisions 2.1.
func fieldIsGiven(f field) Rule {
	return refuseIf("fieldIsGiven", f.mandatory && f.value == "", registry.Error{
		Code: registry.ParameterMissing, Field: f.name,
		Reason: "a contact needs a " + f.called + "; send one",
	})
}

// fieldFits holds for a text that is not too long. Manual 8.2.
func fieldFits(f field) Rule {
	return refuseIf("fieldFits", utf8.RuneCountInString(f.value) > f.max, registry.Error{
		Code: registry.ParameterSyntax, Field: f.name, Value: f.value,
		Reason: fmt.Sprintf("a %s has at most %d characters; send a shorter one", f.called, f.max),
	})
}

// fieldIsASCII holds for the int form in 7-bit ASCII. Manual 9.2, decisions 2.2.
func fieldIsASCII(form string, f field) Rule {
	foreign := strings.ContainsFunc(f.value, func(r rune) bool { return r > 0x7E || r < 0x20 })
	return refuseIf("fieldIsASCII", form == "int" && foreign, registry.Error{
		Code: registry.ParameterSyntax, Field: f.name, Value: f.value,
		Reason: "the int form is 7-bit ASCII only; send this " + f.called + " in the loc form",
	})
}

// voiceIsGiven holds for a contact with a telephone number. Decisions 2.1.
func voiceIsGiven(voice *registry.Phone) Rule {
	return refuseIf("voiceIsGiven", voice == nil, registry.Error{
		Code: registry.ParameterMissing, Field: "contact:voice",
		Reason: "a contact needs a telephone number; send voice",
	})
}

// phone is +CC.NUMBER as in ITU-T E.164: a country code of one to three digits, at most fifteen
// digits in all. RFC 5733 section 2.5.
var phone = regexp.MustCompile(`^\+[0-9]{1,3}\.[0-9]{1,14}$`)

// phoneIsWellFormed holds for a number as in E.164, with a short extension. RFC 5733 section 2.5,
// decisions 2.1.
func phoneIsWellFormed(name string, p *registry.Phone) Rule {
	if p == nil {
		return holds("phoneIsWellFormed", name, "")
	}
	return allOf("phoneIsWellFormed",
		refuseIf("phoneIsWellFormed", len(p.Number) > maxPhone || !phone.MatchString(p.Number), registry.Error{
			Code: registry.ParameterSyntax, Field: name, Value: p.Number,
			Reason: "this is no telephone number; write +CC.NUMBER, such as +57.6015550100, in at most 17 characters",
		}),
		refuseIf("phoneIsWellFormed", utf8.RuneCountInString(p.Extension) > maxDialled, registry.Error{
			Code: registry.ParameterSyntax, Field: name, Value: p.Number,
			Reason: "an extension has at most 16 characters; send a shorter one",
		}),
		textIsPlain(name, "extension", p.Extension),
	)
}

// email is the mailbox of RFC 5321 section 4.1.2 with a dot-string local part and a domain name, which has more
// than one label.
var email = regexp.MustCompile(`^([A-Za-z0-9!#$%&'*+/=?^_{|}~.` + "`" + `-]+)@([A-Za-z0-9.-]+)$`)

func isMailDomain(text string) bool {
	name, err := names.Parse(text)
	return err == nil && !name.Parent().IsZero()
}

// maxLocalPart is of RFC 5321 section 4.5.3.1.1.
const maxLocalPart = 64

// isEmail reports whether a text is an address as in RFC 5321.
func isEmail(address string) bool {
	parts := email.FindStringSubmatch(address)
	return parts != nil && len(parts[1]) <= maxLocalPart && isMailDomain(parts[2]) &&
		!strings.HasPrefix(parts[1], ".") && !strings.HasSuffix(parts[1], ".") && !strings.Contains(parts[1], "..")
}

// emailIsWellFormed holds for an address as in RFC 5321 that is not too long. Manual 8.2, decisions 2.1.
func emailIsWellFormed(address string) Rule {
	bad := len(address) > maxEmail || !isEmail(address)
	return allOf("emailIsWellFormed",
		refuseIf("emailIsWellFormed", address == "", registry.Error{
			Code: registry.ParameterMissing, Field: "contact:email",
			Reason: "a contact needs an e-mail address; send email",
		}),
		textIsPlain("contact:email", "e-mail address", address),
		refuseIf("emailIsWellFormed", bad, registry.Error{
			Code: registry.ParameterSyntax, Field: "contact:email", Value: address,
			Reason: "this is no e-mail address; write LOCAL@DOMAIN in at most 84 characters",
		}),
	)
}

// disclosed returns what is open after edits, in the order of registry.Disclosures.
func disclosed(open []registry.Disclosure, edits []DiscloseEdit) []registry.Disclosure {
	var after []registry.Disclosure
	for _, d := range registry.Disclosures() {
		isOpen := slices.Contains(open, d)
		for _, e := range edits {
			if e.What == d {
				isOpen = e.Open
			}
		}
		if isOpen {
			after = append(after, d)
		}
	}
	return after
}
