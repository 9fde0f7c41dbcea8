package dnssec

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// dnskeyFixed is what stands before the key in a DNSKEY record: flags, protocol, algorithm. RFC 4034 section 2.1.
const dnskeyFixed = 4

// dnskeyProtocol is the only one there is. RFC 4034 section 2.1.2.
const dnskeyProtocol = 3

// DNSKEY returns the RDATA of a key's DNSKEY record, and of its CDNSKEY record. RFC 4034 section 2.1, RFC 7344
// section 3.2.
func DNSKEY(k registry.ZoneKey) []byte {
	data := make([]byte, 0, dnskeyFixed+len(k.Public))
	data = binary.BigEndian.AppendUint16(data, flagsOf(k.Role))
	return append(append(data, dnskeyProtocol, k.Algorithm), k.Public...)
}

// Tag returns the key tag of a key. RFC 4034 appendix B.
func Tag(k registry.ZoneKey) uint16 { return tagOf(DNSKEY(k)) }

func tagOf(dnskey []byte) uint16 {
	var sum uint32
	for i, b := range dnskey {
		if i&1 == 0 {
			sum += uint32(b) << 8
		} else {
			sum += uint32(b)
		}
	}
	return uint16(sum + sum>>16)
}

// The digests of DS records. RFC 4509, RFC 6605 section 2.
const (
	DigestSHA256 uint8 = 2
	DigestSHA384 uint8 = 4
)

// DS returns the RDATA of a key's DS record, and of its CDS record. RFC 4034 section 5.1, RFC 7344 section 3.1.
func DS(origin zone.Name, k registry.ZoneKey, digest uint8) []byte {
	dnskey := DNSKEY(k)
	data := binary.BigEndian.AppendUint16(nil, tagOf(dnskey))
	data = append(data, k.Algorithm, digest)
	of := append([]byte(origin), dnskey...)
	if digest == DigestSHA384 {
		sum := sha512.Sum384(of)
		return append(data, sum[:]...)
	}
	sum := sha256.Sum256(of)
	return append(data, sum[:]...)
}

// DSText returns the RDATA of a DS or CDS record as zone files have it. RFC 4034 section 5.3.
func DSText(ds []byte) string {
	return fmt.Sprintf("%d %d %d %s", binary.BigEndian.Uint16(ds), ds[2], ds[3], strings.ToUpper(hex.EncodeToString(ds[4:])))
}

// DNSKEYText returns the RDATA of a DNSKEY or CDNSKEY record as zone files have it. RFC 4034 section 2.2.
func DNSKEYText(dnskey []byte) string {
	return fmt.Sprintf("%d %d %d %s", binary.BigEndian.Uint16(dnskey), dnskey[2], dnskey[3],
		base64.StdEncoding.EncodeToString(dnskey[dnskeyFixed:]))
}

// Apex returns what a zone's own name has to have now because of its keys: DNSKEY, CDS, CDNSKEY and NSEC3PARAM, each as
// an RRset without records if there is nothing of it.
func Apex(origin zone.Name, keys []registry.ZoneKey, p Policy) []zone.Change {
	dnskey := zone.RRset{Type: zone.TypeDNSKEY, TTL: p.seconds(p.KeyTTL)}
	cds := zone.RRset{Type: zone.TypeCDS, TTL: p.seconds(p.KeyTTL)}
	cdnskey := zone.RRset{Type: zone.TypeCDNSKEY, TTL: p.seconds(p.KeyTTL)}
	for _, k := range keys {
		if isShown(k.Record) {
			dnskey.Data = append(dnskey.Data, DNSKEY(k))
		}
		if k.Role == registry.KSK && isShown(k.DS) {
			cds.Data = append(cds.Data, DS(origin, k, DigestSHA256))
			cdnskey.Data = append(cdnskey.Data, DNSKEY(k))
		}
	}
	if asksForNoDS(keys) {
		cds.Data, cdnskey.Data = [][]byte{{0, 0, 0, 0, 0}}, [][]byte{{0, 0, dnskeyProtocol, 0, 0}}
	}
	param := zone.RRset{Type: zone.TypeNSEC3PARAM}
	if len(dnskey.Data) > 0 || isSigned(keys) {
		param.Data = [][]byte{zone.Param()}
	}
	changes := make([]zone.Change, 0, 4)
	for _, set := range []zone.RRset{dnskey, cds, cdnskey, param} {
		changes = append(changes, zone.Change{Owner: origin, RRset: set})
	}
	return changes
}

// ParentDS returns the DS RRset that the zone above should have now; none before the keys are known everywhere.
func ParentDS(origin zone.Name, keys []registry.ZoneKey, p Policy) zone.RRset {
	set := zone.RRset{Type: zone.TypeDS, TTL: p.seconds(p.ParentTTL)}
	for _, k := range keys {
		if k.Role == registry.KSK && isShown(k.DS) {
			for _, digest := range p.digests() {
				set.Data = append(set.Data, DS(origin, k, digest))
			}
		}
	}
	return set
}

// asksForNoDS reports whether a zone tells the zone above, by the records that ask for that, to take its DS away. RFC 8078
// section 4.
func asksForNoDS(keys []registry.ZoneKey) bool {
	for _, k := range keys {
		if k.Role == registry.KSK && k.Unsigning() && !k.Handed && isShown(k.Record) {
			return true
		}
	}
	return false
}

// isShown reports whether a piece is published.
func isShown(p registry.Presence) bool {
	return p.State == registry.Coming || p.State == registry.There
}

// isSigned reports whether a key signs the zone.
func isSigned(keys []registry.ZoneKey) bool {
	for _, k := range keys {
		if k.Role == registry.ZSK && isShown(k.Signatures) {
			return true
		}
	}
	return false
}
