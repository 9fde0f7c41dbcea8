package flow

import (
	"reflect"
	"slices"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A PostalSet changes parts of a registrar's postal address; nil leaves one.
type PostalSet struct {
	Street                            *[]string
	City, Province, Postcode, Country *string
}

// over returns an address as it is after the change.
func (e PostalSet) over(p registry.Postal) registry.Postal {
	if e.Street != nil {
		p.Street = slices.Clone(*e.Street)
	}
	put(&p.City, e.City)
	put(&p.Province, e.Province)
	put(&p.Postcode, e.Postcode)
	put(&p.Country, e.Country)
	return *canonical(&p)
}

// registrarIsSomewhere holds for a registrar whose postal address, if it changes, has lines that can be printed and are
// short enough, and an assigned country. It may be incomplete. Manual 6.9.
func registrarIsSomewhere(before, after registry.Registrar) Rule {
	p := after.Postal
	if reflect.DeepEqual(before.Postal, p) {
		return holds("registrarIsSomewhere", "registrar", string(after.ID))
	}
	parts := []Rule{
		refuseIf("registrarIsSomewhere", len(p.Street) > maxStreets, registry.Error{
			Code: registry.ParameterPolicy, Field: "street",
			Reason: "an address has at most three street lines; join some",
		}),
	}
	fields := []field{
		{"city", "city", p.City, maxText, false},
		{"sp", "province", p.Province, maxText, false},
		{"pc", "postcode", p.Postcode, maxPostcode, false},
	}
	for _, street := range p.Street {
		fields = append(fields, field{"street", "street line", street, maxText, false})
	}
	for _, f := range fields {
		parts = append(parts, fieldFits(f), textIsPlain(f.name, f.called, f.value))
	}
	_, assigned := policy.Country(p.Country)
	return allOf("registrarIsSomewhere", append(parts,
		refuseIf("registrarIsSomewhere", slices.Contains(p.Street, ""), registry.Error{
			Code: registry.ParameterSyntax, Field: "street",
			Reason: "a street line is empty; leave it out",
		}),
		refuseIf("registrarIsSomewhere", p.Country != "" && !assigned, registry.Error{
			Code: registry.ParameterSyntax, Field: "cc", Value: p.Country,
			Reason: "this is no assigned country code; send two letters of ISO 3166-1",
		}),
	)...)
}
