package epp

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
)

// The simple types of epp-1.0, eppcom-1.0, domain-1.0, host-1.0 and contact-1.0. What they refuse is
// not valid by the schema.

// trID is trIDStringType. RFC 5730 section 4.1.
func trID(s string) (string, error) { return strictxml.TokenLen(s, 3, 64) }

// password is pwType. RFC 5730 section 4.1.
func password(s string) (string, error) { return strictxml.TokenLen(s, 6, 16) }

// version is versionType without its enumeration, whose only value is 1.0: that this server lacks
// another version has a code of its own, 2100. RFC 5730 sections 3 and 4.1.
func version(s string) (string, error) {
	s, _ = strictxml.Token(s)
	major, minor, dot := strings.Cut(s, ".")
	if !dot || major == "" || minor == "" || strings.Trim(major, "123456789") != "" || strings.Trim(minor, "0123456789") != "" {
		return "", errors.New(`it must be a version such as "1.0"`)
	}
	return s, nil
}

func transferOp(s string) (string, error) {
	return strictxml.TokenOf(s, "approve", "cancel", "query", "reject", "request")
}

func pollOp(s string) (string, error) { return strictxml.TokenOf(s, "ack", "req") }

// clID is clIDType. RFC 5730 section 4.2.
func clID(s string) (string, error) { return strictxml.TokenLen(s, 3, 16) }

// label is labelType, which is a whole name. RFC 5730 section 4.2.
func label(s string) (string, error) { return strictxml.TokenLen(s, 1, 255) }

// token is minTokenType. RFC 5730 section 4.2.
func token(s string) (string, error) { return strictxml.TokenLen(s, 1, 0) }

// roid is roidType, with the pattern (\w|_){1,80}-\w{1,8}. RFC 5730 section 4.2.
func roid(s string) (registry.ROID, error) {
	s, _ = strictxml.Token(s)
	before, after, _ := strings.Cut(s, "-")
	isOther := func(r rune) bool { return r != '_' && !strictxml.Word(r) }
	isNoWord := func(r rune) bool { return !strictxml.Word(r) }
	if !within(before, 1, 80) || strings.ContainsFunc(before, isOther) ||
		!within(after, 1, 8) || strings.ContainsFunc(after, isNoWord) {
		return "", errors.New(`it must be an object's ROID, such as "D1-EXAMPLE"`)
	}
	return registry.ROID(s), nil
}

func within(s string, min, max int) bool {
	n := utf8.RuneCountInString(s)
	return min <= n && n <= max
}

// limit99 is pLimitType. RFC 5731 section 4.
func limit99(s string) (int, error) {
	n, err := strictxml.UnsignedShort(s)
	if err != nil || n < 1 || n > 99 {
		return 0, errors.New("it must be a whole number from 1 to 99")
	}
	return int(n), nil
}

func periodUnit(s string) (string, error) { return strictxml.TokenOf(s, "y", "m") }

func contactRole(s string) (string, error) { return strictxml.TokenOf(s, "admin", "billing", "tech") }

func hostsWanted(s string) (string, error) {
	return strictxml.TokenOf(s, "all", "del", "none", "sub")
}

// chgClID is clIDChgType. RFC 5731 section 4.
func chgClID(s string) (string, error) { return strictxml.TokenLen(s, 0, 16) }

func domainStatus(s string) (string, error) {
	return strictxml.TokenOf(s, "clientDeleteProhibited", "clientHold", "clientRenewProhibited",
		"clientTransferProhibited", "clientUpdateProhibited", "inactive", "ok", "pendingCreate", "pendingDelete",
		"pendingRenew", "pendingTransfer", "pendingUpdate", "serverDeleteProhibited", "serverHold",
		"serverRenewProhibited", "serverTransferProhibited", "serverUpdateProhibited")
}

func hostStatus(s string) (string, error) {
	return strictxml.TokenOf(s, "clientDeleteProhibited", "clientUpdateProhibited", "linked", "ok",
		"pendingCreate", "pendingDelete", "pendingTransfer", "pendingUpdate", "serverDeleteProhibited",
		"serverUpdateProhibited")
}

func contactStatus(s string) (string, error) {
	return strictxml.TokenOf(s, "clientDeleteProhibited", "clientTransferProhibited",
		"clientUpdateProhibited", "linked", "ok", "pendingCreate", "pendingDelete", "pendingTransfer",
		"pendingUpdate", "serverDeleteProhibited", "serverTransferProhibited", "serverUpdateProhibited")
}

// addrString is addrStringType. RFC 5732 section 4.
func addrString(s string) (string, error) { return strictxml.TokenLen(s, 3, 45) }

func ipVersion(s string) (string, error) { return strictxml.TokenOf(s, "v4", "v6") }

// cc, pc, postalLine and optPostalLine are the types of the same names. RFC 5733 section 4.
func cc(s string) (string, error) { return strictxml.TokenLen(s, 2, 2) }

func pc(s string) (string, error) { return strictxml.TokenLen(s, 0, 16) }

func postalLine(s string) (string, error) { return strictxml.NormalizedLen(s, 1, 255) }

func optPostalLine(s string) (string, error) { return strictxml.NormalizedLen(s, 0, 255) }

func postalType(s string) (string, error) { return strictxml.TokenOf(s, "loc", "int") }

// e164 is e164StringType, with the pattern (\+[0-9]{1,3}\.[0-9]{1,14})? and at most 17 characters.
// RFC 5733 section 4.
func e164(s string) (string, error) {
	s, _ = strictxml.Token(s)
	if s == "" {
		return s, nil
	}
	country, number, _ := strings.Cut(strings.TrimPrefix(s, "+"), ".")
	const digits = "0123456789"
	if s[0] != '+' || len(s) > 17 || len(country) < 1 || len(country) > 3 || len(number) < 1 ||
		len(number) > 14 || strings.Trim(country, digits) != "" || strings.Trim(number, digits) != "" {
		return "", fmt.Errorf("it must be +CC.NUMBER with at most 17 characters, such as +57.6015550100")
	}
	return s, nil
}
