package flow

import (
	"time"

	"example.org/dorado/core/registry"
)

// useCode makes an open allocation code that of a new name until an update changes it, and used. Decisions
// 1.5.
func useCode(d *registry.Domain, code registry.Allocation, now time.Time) []registry.Allocation {
	if !code.Open() {
		return nil
	}
	d.AuthInfo = code.Code
	code.Used = now
	return []registry.Allocation{code}
}

// isCode reports whether an authInfo is the open allocation code of a name, which the registry chose.
func (c *Call) isCode(a registry.Allocation, authInfo string) bool {
	return a.Open() && c.Matches(authInfo, a.Code)
}

// codeAllocates holds for a name without an allocation code, and for a create that has its code: as a
// token if it sends one, else as authInfo. Manual 9.5.1, decisions 1.5; RFC 8495 section 3.2.1.
func (c *Call) codeAllocates(a registry.Allocation, token *string, authInfo string) Rule {
	if token != nil {
		return allOf("codeAllocates", c.tokenAllocates(a, token))
	}
	return refuseIf("codeAllocates", a.Open() && !c.isCode(a, authInfo), registry.Error{
		Code: registry.InvalidAuthInfo, Field: "domain:authInfo",
		Reason: "the name is allocated by a code, and this is not it; send it as authInfo or as allocation token",
	})
}

// tokenAllocates holds without a token, and with the one of the name. RFC 8495 sections 3.1.1 and 3.2.1.
func (c *Call) tokenAllocates(a registry.Allocation, token *string) Rule {
	switch {
	case token == nil:
		return holds("tokenAllocates", "allocationToken:allocationToken", "")
	case !a.Open():
		return refuse("tokenAllocates", registry.Error{
			Code: registry.Authorization, Field: "allocationToken:allocationToken",
			Reason: "the name has no allocation token; leave it out",
		})
	}
	return refuseIf("tokenAllocates", !c.Matches(*token, a.Code), registry.Error{
		Code: registry.Authorization, Field: "allocationToken:allocationToken",
		Reason: "this is not the name's token; ask the registry for it",
	})
}

// tokenIsTold holds where nobody asks for the allocation code. It is kept as a hash, so that nobody can be
// told. RFC 8495 section 3.1.2.
func tokenIsTold(r registry.Registrar, d registry.Domain, asked bool) Rule {
	return allOf("tokenIsTold",
		refuseIf("tokenIsTold", asked && d.Sponsor != r.ID, registry.Error{
			Code: registry.Authorization, Field: "domain:name", Value: d.Name.String(),
			Reason: "another registrar sponsors the name; only the sponsor may ask for its allocation token",
		}),
		refuseIf("tokenIsTold", asked, registry.Error{
			Code: registry.ObjectMissing, Field: "domain:name", Value: d.Name.String(),
			Reason: "there is no allocation token to return; leave allocationToken:info out: the registry keeps no code in clear",
		}),
	)
}
