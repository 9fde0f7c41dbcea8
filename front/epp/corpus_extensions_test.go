package epp

import "strings"

// The frames of the extensions of money, grace periods, launches and tokens, from which the corpus is made.
// RFC 3915, RFC 8334, RFC 8495, RFC 8748.

const (
	headRGP    = `xmlns:rgp="urn:ietf:params:xml:ns:rgp-1.0"`
	headFee    = `xmlns:fee="urn:ietf:params:xml:ns:epp:fee-1.0"`
	headLaunch = `xmlns:launch="urn:ietf:params:xml:ns:launch-1.0"`
	headToken  = `xmlns:allocationToken="urn:ietf:params:xml:ns:allocationToken-1.0"`
)

// The commands that the extensions go with, with as little in them as can be.
const (
	plainCheck  = "\n<check>\n<domain:check " + headDomain + ">\n<domain:name>shop.co</domain:name>\n</domain:check>\n</check>"
	plainInfo   = "\n<info>\n<domain:info " + headDomain + ">\n<domain:name>shop.co</domain:name>\n</domain:info>\n</info>"
	plainCreate = "\n<create>\n<domain:create " + headDomain + ">\n<domain:name>shop.co</domain:name>\n" +
		"<domain:authInfo>\n<domain:pw>2fooBAR</domain:pw>\n</domain:authInfo>\n</domain:create>\n</create>"
	plainRenew = "\n<renew>\n<domain:renew " + headDomain + ">\n<domain:name>shop.co</domain:name>\n" +
		"<domain:curExpDate>2027-03-01</domain:curExpDate>\n</domain:renew>\n</renew>"
	plainUpdate   = "\n<update>\n<domain:update " + headDomain + ">\n<domain:name>shop.co</domain:name>\n</domain:update>\n</update>"
	plainDelete   = "\n<delete>\n<domain:delete " + headDomain + ">\n<domain:name>shop.co</domain:name>\n</domain:delete>\n</delete>"
	plainTransfer = "\n<transfer op=\"request\">\n<domain:transfer " + headDomain + ">\n<domain:name>shop.co</domain:name>\n</domain:transfer>\n</transfer>"
)

// extended puts an extension behind a command.
func extended(command, extension string) string {
	return command + "\n<extension>\n" + extension + "\n</extension>"
}

var soundRestoreReport = extended(plainUpdate, `<rgp:update `+headRGP+`>
<rgp:restore op="report">
<rgp:report>
<rgp:preData>Before: <b xmlns="urn:q" c="d">all</b></rgp:preData>
<rgp:postData>After</rgp:postData>
<rgp:delTime>2026-07-10T22:00:00.0Z</rgp:delTime>
<rgp:resTime>2026-07-20T22:00:00-05:00</rgp:resTime>
<rgp:resReason lang="en">An error.</rgp:resReason>
<rgp:statement lang="es-CO">No se usa.</rgp:statement>
<rgp:statement>It is true.</rgp:statement>
<rgp:other>More.</rgp:other>
</rgp:report>
</rgp:restore>
</rgp:update>`)

var soundFeeCheck = extended(plainCheck, `<fee:check `+headFee+`>
<fee:currency>USD</fee:currency>
<fee:command name="create" phase="open">
<fee:period unit="y">2</fee:period>
</fee:command>
<fee:command name="custom" customName="flip" phase="claims" subphase="x"/>
</fee:check>`)

var soundFeeCreate = extended(plainCreate, `<fee:create `+headFee+`>
<fee:currency>USD</fee:currency>
<fee:fee description="Registration" lang="en" refundable="1" grace-period="P5D" applied="immediate">500.00</fee:fee>
<fee:fee>10</fee:fee>
<fee:credit description="Promotion" lang="es">-10.00</fee:credit>
</fee:create>`)

var soundFeeRenew = extended(plainRenew, `<fee:renew `+headFee+`>
<fee:fee>5.00</fee:fee>
</fee:renew>`)

var soundFeeTransfer = extended(plainTransfer, `<fee:transfer `+headFee+`>
<fee:currency>USD</fee:currency>
<fee:fee>5.00</fee:fee>
</fee:transfer>`)

var soundFeeUpdate = extended(plainUpdate, `<rgp:update `+headRGP+`>
<rgp:restore op="request"/>
</rgp:update>
<fee:update `+headFee+`>
<fee:fee>40.00</fee:fee>
</fee:update>`)

var soundLaunchCheck = extended(plainCheck, `<launch:check `+headLaunch+` type="avail">
<launch:phase name="idn">open</launch:phase>
</launch:check>`)

var soundLaunchClaims = extended(plainCheck, `<launch:check `+headLaunch+`/>`)

var soundLaunchCreate = extended(plainCreate, `<launch:create `+headLaunch+` type="registration">
<launch:phase name="idn">open</launch:phase>
<launch:notice>
<launch:noticeID validatorID="tmch">370d0b7c9223372036854775807</launch:noticeID>
<launch:notAfter>2026-06-19T10:00:00.0Z</launch:notAfter>
<launch:acceptedDate>2026-06-19T09:00:00.0Z</launch:acceptedDate>
</launch:notice>
</launch:create>`)

var soundLaunchMarks = extended(plainCreate, `<launch:create `+headLaunch+`>
<launch:phase>sunrise</launch:phase>
<launch:codeMark>
<launch:code validatorID="sample">49FD46E6C4B45C55D4AC</launch:code>
</launch:codeMark>
<launch:codeMark>
<mark:mark xmlns:mark="urn:ietf:params:xml:ns:mark-1.0">
<mark:trademark>
<mark:id>1234-2</mark:id>
<mark:markName>Example One</mark:markName>
<mark:holder entitlement="owner">
<mark:org>Example Inc.</mark:org>
<mark:addr>
<mark:street>123 Example Dr.</mark:street>
<mark:city>Cali</mark:city>
<mark:cc>CO</mark:cc>
</mark:addr>
</mark:holder>
<mark:jurisdiction>CO</mark:jurisdiction>
<mark:goodsAndServices>Shoes.</mark:goodsAndServices>
<mark:regNum>234235</mark:regNum>
<mark:regDate>2009-08-16T09:00:00.0Z</mark:regDate>
</mark:trademark>
</mark:mark>
</launch:codeMark>
</launch:create>`)

var soundLaunchSigned = extended(plainCreate, `<launch:create `+headLaunch+`>
<launch:phase>sunrise</launch:phase>
<smd:signedMark xmlns:smd="urn:ietf:params:xml:ns:signedMark-1.0" id="a">
<smd:id>1</smd:id>
</smd:signedMark>
</launch:create>`)

var soundLaunchEncoded = extended(plainCreate, `<launch:create `+headLaunch+`>
<launch:phase>sunrise</launch:phase>
<smd:encodedSignedMark xmlns:smd="urn:ietf:params:xml:ns:signedMark-1.0">AQPJ</smd:encodedSignedMark>
</launch:create>`)

var soundLaunchInfo = extended(plainInfo, `<launch:info `+headLaunch+` includeMark="true">
<launch:phase>open</launch:phase>
<launch:applicationID>abc123</launch:applicationID>
</launch:info>`)

var soundLaunchUpdate = extended(plainUpdate, `<launch:update `+headLaunch+`>
<launch:phase>open</launch:phase>
<launch:applicationID>abc123</launch:applicationID>
</launch:update>`)

var soundLaunchDelete = extended(plainDelete, `<launch:delete `+headLaunch+`>
<launch:phase>open</launch:phase>
<launch:applicationID/>
</launch:delete>`)

var (
	soundToken         = `<allocationToken:allocationToken ` + headToken + `>abc123</allocationToken:allocationToken>`
	soundTokenCreate   = extended(plainCreate, soundToken)
	soundTokenCheck    = extended(plainCheck, soundToken)
	soundTokenTransfer = extended(plainTransfer, soundToken)
	soundTokenInfo     = extended(plainInfo, `<allocationToken:info `+headToken+`/>`)
)

// extensionEdges are values at and beyond the edge of the simple types of these extensions, by the local name
// of their element.
func extensionEdges() map[string][]string {
	r := strings.Repeat
	return map[string][]string{
		"fee":      {"", "0", "-0", "-1", "+1", "1.", ".5", ".", "5.001", "1e3", " 5 ", "5,00", r("9", 18), r("9", 30), "0.00000000000000000000001", "NaN"},
		"credit":   {"0", "-0.00", "1", "-", "-.5", "--1"},
		"currency": {"", "usd", "USDX", " USD ", "US", "ÉÉÉ"},
		"phase":    {"", "sunrise", "landrush", "claims", " open ", "custom", "Open", "x"},
		"delTime":  {"2026-07-10", "2026-07-10T22:00:00", "2026-07-10T24:00:00Z", " 2026-07-10T22:00:00Z ", "2026-07-10T22:00:00.123456789123Z", "-0001-07-10T22:00:00Z"},
		"noticeID": {"", " ", "a b"}, "code": {"", " "}, "applicationID": {"", " a  b "},
		"allocationToken": {"", " ", " a  b ", r("x", 2000)},
	}
}

// extensionAttributeEdges are values of attributes, likewise.
func extensionAttributeEdges() map[string][]string {
	return map[string][]string{
		"name":       {"create", "delete", "renew", "update", "transfer", "restore", "custom", " create ", "Create", "x y"},
		"refundable": {"0", "true", "FALSE"}, "grace-period": {"P1Y2M", "5D", "P", "-P1D", "PT1.5S", " P5D ", "P5DT"},
		"applied": {"delayed", "later", " delayed "}, "customName": {"", " a  b "}, "subphase": {"", "a b"},
		"description": {"", strings.Repeat("x", 300), "a&#10;b"}, "includeMark": {"1", "no"}, "validatorID": {"", " "},
	}
}
