package rdap

import "slices"

// The objects of RFC 9083, as far as a registry of names needs them. The order of the fields is the
// order in the JSON. What only the outermost object of an answer has is in a top, which is nil in all others.

type top struct {
	Conformance []string `json:"rdapConformance"`
	Notices     []notice `json:"notices"`
}

type domainObject struct {
	*top
	Class       string       `json:"objectClassName"`
	Handle      string       `json:"handle,omitempty"`
	LDHName     string       `json:"ldhName"`
	UnicodeName string       `json:"unicodeName,omitempty"`
	Status      []string     `json:"status,omitempty"`
	Remarks     []notice     `json:"remarks,omitempty"`
	Events      []event      `json:"events,omitempty"`
	Nameservers []nameserver `json:"nameservers,omitempty"`
	SecureDNS   *secureDNS   `json:"secureDNS,omitempty"`
	Entities    []entity     `json:"entities,omitempty"`
	Links       []link       `json:"links"`
	Port43      string       `json:"port43,omitempty"`
	Redacted    []redaction  `json:"redacted,omitempty"`
}

type errorObject struct {
	Conformance []string `json:"rdapConformance"`
	Code        int      `json:"errorCode"`
	Title       string   `json:"title"`
	Description []string `json:"description"`
}

type notice struct {
	Title       string   `json:"title"`
	Type        string   `json:"type,omitempty"`
	Description []string `json:"description"`
	Links       []link   `json:"links,omitempty"`
}

type link struct {
	Value string `json:"value"`
	Rel   string `json:"rel"`
	Href  string `json:"href"`
	Title string `json:"title,omitempty"`
	Type  string `json:"type,omitempty"`
}

type event struct {
	Action string `json:"eventAction"`
	Date   string `json:"eventDate"`
}

type nameserver struct {
	*top
	Class       string     `json:"objectClassName"`
	Handle      string     `json:"handle,omitempty"`
	LDHName     string     `json:"ldhName"`
	UnicodeName string     `json:"unicodeName,omitempty"`
	Addresses   *addresses `json:"ipAddresses,omitempty"`
	Status      []string   `json:"status,omitempty"`
	Remarks     []notice   `json:"remarks,omitempty"`
	Events      []event    `json:"events,omitempty"`
	Entities    []entity   `json:"entities,omitempty"`
	Links       []link     `json:"links,omitempty"`
	Port43      string     `json:"port43,omitempty"`
}

type addresses struct {
	V4 []string `json:"v4,omitempty"`
	V6 []string `json:"v6,omitempty"`
}

// secureDNS is that of RFC 9083 section 5.3.
type secureDNS struct {
	DelegationSigned bool       `json:"delegationSigned"`
	DS               []dsRecord `json:"dsData,omitempty"`
}

type dsRecord struct {
	KeyTag     uint16 `json:"keyTag"`
	Algorithm  uint8  `json:"algorithm"`
	Digest     string `json:"digest"`
	DigestType uint8  `json:"digestType"`
}

type entity struct {
	*top
	Class     string      `json:"objectClassName"`
	Handle    string      `json:"handle,omitempty"`
	Roles     []string    `json:"roles,omitempty"`
	PublicIDs []publicID  `json:"publicIds,omitempty"`
	VCard     []any       `json:"vcardArray,omitempty"`
	JSCard    *jscard     `json:"jscard,omitempty"`
	Status    []string    `json:"status,omitempty"`
	Remarks   []notice    `json:"remarks,omitempty"`
	Events    []event     `json:"events,omitempty"`
	Entities  []entity    `json:"entities,omitempty"`
	Links     []link      `json:"links,omitempty"`
	Port43    string      `json:"port43,omitempty"`
	Redacted  []redaction `json:"redacted,omitempty"`
}

// hasJSCard reports whether any of some entities has a card of RFC 9553.
func hasJSCard(list []entity) bool {
	return slices.ContainsFunc(list, func(e entity) bool { return e.JSCard != nil || hasJSCard(e.Entities) })
}

type publicID struct {
	Type       string `json:"type"`
	Identifier string `json:"identifier"`
}

// A redaction says what is not shown and how. RFC 9537 section 4.2.
type redaction struct {
	Name            redactedName `json:"name"`
	PrePath         string       `json:"prePath,omitempty"`
	PostPath        string       `json:"postPath,omitempty"`
	ReplacementPath string       `json:"replacementPath,omitempty"`
	PathLang        string       `json:"pathLang"`
	Method          string       `json:"method"`
	Reason          reason       `json:"reason"`
}

// A redactedName has a type where one is registered with IANA, else a description.
type redactedName struct {
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
}

type reason struct {
	Description string `json:"description"`
}

// conformance names what an answer keeps to, and the extensions that it uses. RFC 9083 section 4.1.
func conformance(extensions ...string) []string {
	return append([]string{
		"rdap_level_0", "icann_rdap_response_profile_1", "icann_rdap_technical_implementation_guide_1",
	}, extensions...)
}

// extensionsOf are those that an object with redactions and entities uses.
func extensionsOf(redacted []redaction, entities ...entity) []string {
	var list []string
	if len(redacted) > 0 {
		list = append(list, "redacted")
	}
	if hasJSCard(entities) {
		list = append(list, jscardExtension)
	}
	return list
}
