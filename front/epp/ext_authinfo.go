package epp

import "example.org/dorado/flow"

// Secure authInfo has a namespace and no elements: who announces it wants weak authInfo refused. RFC 9154,
// decisions 3.9.

var extSecureAuthInfo = extension{
	uri:    nsSecureAuth,
	expect: wantStrongAuthInfo,
}

func wantStrongAuthInfo(req *request) {
	switch cmd := req.command.(type) {
	case flow.DomainCreate:
		cmd.Announced.SecureAuthInfo = true
		req.command = cmd
	case flow.DomainUpdate:
		cmd.Announced.SecureAuthInfo = true
		req.command = cmd
	case flow.ContactCreate:
		cmd.Announced.SecureAuthInfo = true
		req.command = cmd
	case flow.ContactUpdate:
		cmd.Announced.SecureAuthInfo = true
		req.command = cmd
	}
}
