package registry

import "cmp"

// TTLs are the times to live in seconds that a registrar chose for the records of an object. 0 is none:
// the registry's default holds. RFC 9803.
type TTLs struct {
	NS   uint32 `json:",omitzero"` // of a domain
	DS   uint32 `json:",omitzero"`
	A    uint32 `json:",omitzero"` // of a host
	AAAA uint32 `json:",omitzero"`
}

// Get returns the TTL of records of a type, such as "NS".
func (t TTLs) Get(kind string) uint32 {
	if place := t.of(kind); place != nil {
		return *place
	}
	return 0
}

// With returns t with another TTL of records of a type. A type that has no place is left out.
func (t TTLs) With(kind string, seconds uint32) TTLs {
	if place := t.of(kind); place != nil {
		*place = seconds
	}
	return t
}

func (t *TTLs) of(kind string) *uint32 {
	switch kind {
	case "NS":
		return &t.NS
	case "DS":
		return &t.DS
	case "A":
		return &t.A
	case "AAAA":
		return &t.AAAA
	}
	return nil
}

// Or returns t with the TTLs of o where t has none.
func (t TTLs) Or(o TTLs) TTLs {
	return TTLs{cmp.Or(t.NS, o.NS), cmp.Or(t.DS, o.DS), cmp.Or(t.A, o.A), cmp.Or(t.AAAA, o.AAAA)}
}
