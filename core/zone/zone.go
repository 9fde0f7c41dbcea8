// Package zone owns what a DNS zone says: its records in wire format as immutable versions, each made from the one
// before, with the chain of NSEC3 records, the signatures, and the difference between the two. It answers what a
// version says to a question. It knows no message, no socket, no key and no clock: who signs is passed in. RFC 1034
// section 4.3.2, RFC 4034, RFC 4035, RFC 5155.
package zone

// The types of records that a registry's zone has or that are asked for by name. RFC 1035 section 3.2.2 and the
// registry of DNS parameters.
const (
	TypeA          uint16 = 1
	TypeNS         uint16 = 2
	TypeCNAME      uint16 = 5
	TypeSOA        uint16 = 6
	TypeTXT        uint16 = 16
	TypeAAAA       uint16 = 28
	TypeDS         uint16 = 43
	TypeRRSIG      uint16 = 46
	TypeNSEC       uint16 = 47
	TypeDNSKEY     uint16 = 48
	TypeNSEC3      uint16 = 50
	TypeNSEC3PARAM uint16 = 51
	TypeCDS        uint16 = 59
	TypeCDNSKEY    uint16 = 60
	TypeANY        uint16 = 255
)

// ClassIN is the only class that a zone of ours has.
const ClassIN uint16 = 1

// TypeDSYNC is where a parent wants to be notified of changes of a child. RFC 9859.
const TypeDSYNC uint16 = 66
