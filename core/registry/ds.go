package registry

import "fmt"

// A DS is a delegation signer: it ties a name to the key of its zone. RFC 4034 section 5. Two are the
// same if all four fields are. RFC 5910 section 5.2.5.
type DS struct {
	KeyTag     uint16
	Algorithm  uint8
	DigestType uint8
	Digest     string // hexadecimal, upper case
}

// String is the form of a zone file.
func (d DS) String() string {
	return fmt.Sprintf("%d %d %d %s", d.KeyTag, d.Algorithm, d.DigestType, d.Digest)
}

// A DSRecord is a DS of a domain, with the key that came along. The key is kept and not used. Manual
// 9.12.2.
type DSRecord struct {
	DS
	Key DNSKEY `json:",omitzero"`
}

// A DNSKEY is a public key as a registrar sent it. RFC 4034 section 2.
type DNSKEY struct {
	Flags     uint16
	Protocol  uint8
	Algorithm uint8
	PublicKey string // base64
}
