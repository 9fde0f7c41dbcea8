package rdap

// The objects of RFC 9083, as far as a domain lookup needs them. The order of the fields is the
// order in the JSON.

type domainObject struct {
	Conformance []string     `json:"rdapConformance"`
	Notices     []notice     `json:"notices"`
	Class       string       `json:"objectClassName"`
	Handle      string       `json:"handle"`
	LDHName     string       `json:"ldhName"`
	UnicodeName string       `json:"unicodeName,omitempty"`
	Status      []string     `json:"status"`
	Remarks     []notice     `json:"remarks,omitempty"`
	Events      []event      `json:"events"`
	Nameservers []nameserver `json:"nameservers,omitempty"`
	SecureDNS   secureDNS    `json:"secureDNS"`
	Entities    []entity     `json:"entities"`
	Links       []link       `json:"links"`
	Port43      string       `json:"port43,omitempty"`
	Redacted    []redaction  `json:"redacted,omitempty"`
}

type helpObject struct {
	Conformance []string `json:"rdapConformance"`
	Notices     []notice `json:"notices"`
}

type errorObject struct {
	Conformance []string `json:"rdapConformance"`
	Code        int      `json:"errorCode"`
	Title       string   `json:"title"`
	Description []string `json:"description"`
}

type notice struct {
	Title       string   `json:"title"`
	Description []string `json:"description"`
	Links       []link   `json:"links,omitempty"`
}

type link struct {
	Value string `json:"value"`
	Rel   string `json:"rel"`
	Href  string `json:"href"`
	Type  string `json:"type,omitempty"`
}

type event struct {
	Action string `json:"eventAction"`
	Date   string `json:"eventDate"`
}

type nameserver struct {
	Class       string     `json:"objectClassName"`
	Handle      string     `json:"handle"`
	LDHName     string     `json:"ldhName"`
	UnicodeName string     `json:"unicodeName,omitempty"`
	Addresses   *addresses `json:"ipAddresses,omitempty"`
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
	Class     string     `json:"objectClassName"`
	Handle    string     `json:"handle,omitempty"`
	Roles     []string   `json:"roles"`
	PublicIDs []publicID `json:"publicIds,omitempty"`
	VCard     []any      `json:"vcardArray,omitempty"`
	Entities  []entity   `json:"entities,omitempty"`
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

// conformance names what every answer keeps to. RFC 9083 section 4.1.
func conformance() []string {
	return []string{
		"rdap_level_0", "icann_rdap_response_profile_1",
		"icann_rdap_technical_implementation_guide_1", "redacted",
	}
}
