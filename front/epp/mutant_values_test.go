package epp

import "strings"

// nasty returns a value that somebody may not have thought of, or one that means something to another
// element, as it stands in XML.
func (m *Mutator) nasty() string {
	if m.r.IntN(12) == 0 {
		return strings.Repeat(nastyValues[m.r.IntN(len(nastyValues))], 1<<m.r.IntN(14)) // a long one
	}
	return nastyValues[m.r.IntN(len(nastyValues))]
}

var nastyValues = []string{
	"", " ", "\n\t", "x", "é", "a\u0301", "\u202e", "\u00a0", "日本語", "😀", "\u200d", "ß", "İ", "%s%n%d", "'; DROP TABLE domain; --",
	"&#0;", "&#x10FFFF;", "&amp;", "]]&gt;", "<!-- -->", "<x/>", "<![CDATA[shop.co]]>", "{{.}}", "$(id)", "../../etc/passwd",
	// Numbers and truths.
	"0", "-1", "+1", "1", "2", "5", "6", "10", "99", "100", "00001", "1.0", "1e3", "NaN", "INF", "65535", "65536", "2147483648",
	"9223372036854775808", "99999999999999999999999999", "-0", "0x10", "true", "false", "1 ", "٣", "20.00", "20", "-20.00", "0.001", "100.00", "USD", "EUR",
	// Dates.
	"2027-04-03", "2027-04-03Z", "2027-04-03T00:00:00Z", "2026-02-30", "0000-01-01", "9999-12-31", "-0001-01-01", "2027-04-03+14:00", "2027-4-3", "PT1H", "P1Y",
	"2026-04-03T12:00:00.0Z", "2026-04-03T24:00:00Z", "2026-04-03T12:00:60Z",
	// Names.
	"shop.co", "SHOP.CO", "free.co", "free.com.co", "taken.co", "co", "com.co", "gov.co", "x.gov.co", "shop.co.", "shop..co", ".co", "-a.co", "a-.co",
	"a_b.co", "ab--cd.co", "xn--caf-dma.co", "xn--80ak6aa92e.co", "xn--.co", "xn--a.co", "café.co", "CAFÉ.co", "ＳＨＯＰ.co", "shop。co", "shop.example", "localhost",
	"ns1.shop.co", "ns5.shop.co", "ns1.taken.co", "ns1.example.net", "ns9.example.net", "ns1.free.co", "a.b.c.d.shop.co", "1.2.3.4", strings.Repeat("a", 63) + ".co",
	strings.Repeat("a", 64) + ".co", strings.Repeat("a.", 126) + "co", "*.co", "es", "es-ES", "und",
	// Addresses.
	"192.0.2.1", "192.0.2.2", "256.1.1.1", "1.2.3", "0.0.0.0", "127.0.0.1", "224.0.0.1", "::", "::1", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1%eth0", "1080:0:0:0:8:800:200C:417A",
	"+57.6015550100", "+57.1", "+1.12345678901234567", "+.1", "00576015550100", "ana@example.co", "a@b", "@", strings.Repeat("a", 65) + "@example.co", "ana@café.co",
	"CO", "UK", "GB", "XX", "co", "USA",
	// Ids, codes, keys.
	"jd1234", "JD1234", "sh8013", "new8013", "OTHERS", "H1001", "H1002", "Abcd1234", "2fooBAR", "secret-1", "C1-CO", "D1-CO", "H1-CO", "ABC-12345", "12345", "D1",
	"AB", "49FD46E6C4B45C55D4AC", strings.Repeat("AB", 32), strings.Repeat("CD", 48), "AwEAAQ==", "AwEAAQ=", "====", "257", "256", "3", "13", "8",
	"ok", "clientHold", "clientDeleteProhibited", "clientUpdateProhibited", "clientTransferProhibited", "clientRenewProhibited", "serverHold", "inactive",
	"pendingDelete", "linked", "admin", "tech", "billing", "owner", "int", "loc", "v4", "v6", "y", "m", "all", "del", "sub", "none", "request", "report", "query", "req", "ack",
	"create", "renew", "transfer", "restore", "update", "standard", "premium", "sunrise", "open", "claims", "custom", "en", "es", "1.0", "2.0",
	"urn:ietf:params:xml:ns:domain-1.0", "urn:ietf:params:xml:ns:host-1.0", "urn:ietf:params:xml:ns:epp:fee-1.0", "urn:q", "http://example.com/?a=1&amp;b=2",
}
