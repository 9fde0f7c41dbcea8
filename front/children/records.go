package children

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
)

const (
	// mostRecords bounds the records of one type that are looked at, and mostSigs the signatures over them: each signature
	// is tried with each key of its tag, which a hostile zone has many of. CVE-2023-50387.
	mostRecords = 32
	mostSigs    = 8
	mostTries   = 8
)

// An rrset is the records of one type at one name, with their signatures. One without records is that there are none.
type rrset struct {
	records []mdns.RR
	sigs    []*mdns.RRSIG
}

// errNoName says that a name server does not know the zone that it should have.
var errNoName = errors.New("the server says that the name does not exist")

// readSet returns what an answer says of a name and a type. An answer that does not say it is an error: a referral, a
// failure, one of a server that has not the zone.
func readSet(m *mdns.Msg, name string, kind uint16) (rrset, error) {
	switch {
	case m.Rcode == mdns.RcodeNameError:
		return rrset{}, errNoName
	case m.Rcode != mdns.RcodeSuccess:
		return rrset{}, fmt.Errorf("the server answers %s", rcodeText(m.Rcode))
	}
	var set rrset
	for _, rr := range m.Answer {
		h := rr.Header()
		if h.Class != mdns.ClassINET || !strings.EqualFold(h.Name, name) {
			continue
		}
		sig, isSig := rr.(*mdns.RRSIG)
		switch {
		case isSig && sig.TypeCovered == kind:
			set.sigs = append(set.sigs, sig)
		case h.Rrtype == kind:
			set.records = append(set.records, rr)
		}
	}
	if len(set.records) > mostRecords {
		return rrset{}, fmt.Errorf("there are %d %s records, and %d is the most", len(set.records), mdns.TypeToString[kind], mostRecords)
	}
	set.records = mdns.Dedup(set.records, nil)
	return set, nil
}

func rcodeText(rcode int) string {
	if text, known := mdns.RcodeToString[rcode]; known {
		return text
	}
	return fmt.Sprintf("RCODE %d", rcode)
}

// texts returns the RDATA of the records as text, in order: two sets that say the same have the same.
func (s rrset) texts() []string {
	list := make([]string, len(s.records))
	for i, rr := range s.records {
		switch rr := rr.(type) {
		case *mdns.CDS:
			list[i] = dsOf(&rr.DS).String()
		case *mdns.CDNSKEY:
			list[i] = keyText(&rr.DNSKEY)
		case *mdns.DNSKEY:
			list[i] = keyText(rr)
		}
	}
	slices.Sort(list)
	return list
}

func keyText(k *mdns.DNSKEY) string {
	return fmt.Sprintf("%d %d %d %s", k.Flags, k.Protocol, k.Algorithm, k.PublicKey)
}

func dsOf(d *mdns.DS) registry.DS {
	return registry.DS{KeyTag: d.KeyTag, Algorithm: d.Algorithm, DigestType: d.DigestType, Digest: strings.ToUpper(d.Digest)}
}

// keys returns the zone keys of a DNSKEY set: neither revoked ones nor those of another protocol. RFC 4034 section 2.1, RFC
// 5011 section 2.1.
func (s rrset) keys() []*mdns.DNSKEY {
	var keys []*mdns.DNSKEY
	for _, rr := range s.records {
		if k, ok := rr.(*mdns.DNSKEY); ok && k.Flags&mdns.ZONE != 0 && k.Flags&mdns.REVOKE == 0 && k.Protocol == 3 {
			keys = append(keys, k)
		}
	}
	return keys
}

// signedBy verifies the set with keys of a zone, and returns when the latest good signature was made. RFC 4035 section 5.3.
func (s rrset) signedBy(keys []*mdns.DNSKEY, zone string, now time.Time) (time.Time, error) {
	var latest time.Time
	why := errors.New("it is not signed")
	tries := 0
	for _, sig := range s.sigs[:min(len(s.sigs), mostSigs)] {
		switch {
		case !strings.EqualFold(sig.SignerName, zone), int(sig.Labels) != mdns.CountLabel(sig.Hdr.Name):
			why = errors.New("its signature is of another zone or of a wildcard")
			continue
		case !sig.ValidityPeriod(now):
			why = fmt.Errorf("its signature by key %d is not valid now", sig.KeyTag)
			continue
		}
		for _, k := range keys {
			if k.KeyTag() != sig.KeyTag || k.Algorithm != sig.Algorithm {
				continue
			}
			if tries++; tries > mostTries {
				return latest, errors.New("too many of its keys have one tag")
			}
			if err := sig.Verify(k, s.records); err != nil {
				why = fmt.Errorf("its signature by key %d does not verify", sig.KeyTag)
				continue
			}
			if made := signedAt(sig, now); made.After(latest) {
				latest = made
			}
		}
		if latest.IsZero() && tries == 0 {
			why = fmt.Errorf("it is signed by key %d, which is not one that counts", sig.KeyTag)
		}
	}
	if latest.IsZero() {
		return latest, why
	}
	return latest, nil
}

// signedAt is when a signature was made, of the instants that its number of 32 bits can mean the one nearest to now. RFC
// 4034 section 3.1.5.
func signedAt(sig *mdns.RRSIG, now time.Time) time.Time {
	return now.Add(time.Duration(int32(sig.Inception-uint32(now.Unix()))) * time.Second).Truncate(time.Second)
}

// believed are the digests by which a DS proves a key: those that resolvers take. The present DS may be of SHA-1 still. RFC
// 8624 section 3.3.
func believed(present bool) []uint8 {
	if present {
		return []uint8{mdns.SHA1, mdns.SHA256, mdns.SHA384}
	}
	return []uint8{mdns.SHA256, mdns.SHA384}
}

// vouchedFor returns those of keys that DS prove. Each DS is held to a few keys at most.
func vouchedFor(keys []*mdns.DNSKEY, list []registry.DS, digests []uint8) []*mdns.DNSKEY {
	var good []*mdns.DNSKEY
	tries := 0
	for _, k := range keys {
		tag := k.KeyTag()
		for _, ds := range list {
			if ds.KeyTag != tag || ds.Algorithm != k.Algorithm || !slices.Contains(digests, ds.DigestType) {
				continue
			}
			if tries++; tries > 4*mostTries {
				return good
			}
			if made := k.ToDS(ds.DigestType); made != nil && strings.EqualFold(made.Digest, ds.Digest) {
				good = append(good, k)
				break
			}
		}
	}
	return good
}

// A wish is what CDS and CDNSKEY records ask for. RFC 7344 section 3, RFC 8078 section 4.
type wish struct {
	ds     []registry.DS // sorted; none: no DS any more
	exists bool          // it asks for something
}

// deletion is the RDATA of a CDS that asks for no DS, and keyDeletion that of a CDNSKEY. RFC 8078 section 4.
const (
	deletion    = "0 0 0 00"
	keyDeletion = "0 3 0 AA=="
)

// wishOf reads what both sets ask for together. Where both are there they have to say the same. RFC 7344 section 4.
func wishOf(cds, cdnskey rrset) (wish, error) {
	inCDS, inKeys := len(cds.records) > 0, len(cdnskey.records) > 0
	cdsGone, errCDS := isDeletion(cds, deletion)
	keysGone, errKeys := isDeletion(cdnskey, keyDeletion)
	switch err := cmp.Or(errCDS, errKeys); {
	case err != nil:
		return wish{}, err
	case !inCDS && !inKeys:
		return wish{}, nil
	case inCDS && inKeys && cdsGone != keysGone:
		return wish{}, errors.New("its CDS and its CDNSKEY records disagree on whether it wants DS")
	case cdsGone || keysGone:
		return wish{exists: true}, nil
	}
	list, err := dsAsked(cds, cdnskey)
	slices.SortFunc(list, compareDS)
	return wish{ds: slices.Compact(list), exists: err == nil}, err
}

// isDeletion reports whether a set asks for no DS. Such a record stands alone.
func isDeletion(s rrset, record string) (bool, error) {
	list := s.texts()
	if !slices.Contains(list, record) {
		return false, nil
	}
	if len(list) > 1 {
		return false, errors.New("the record that asks for no DS does not stand alone (RFC 8078 section 4)")
	}
	return true, nil
}

// dsAsked returns the DS that both sets ask for: the CDS, or where there are none DS of SHA-256 of the keys.
func dsAsked(cds, cdnskey rrset) ([]registry.DS, error) {
	keys, err := keysAsked(cdnskey)
	if err != nil {
		return nil, err
	}
	var list []registry.DS
	if len(cds.records) == 0 {
		for _, k := range keys {
			made := k.ToDS(mdns.SHA256)
			if made == nil {
				return nil, errors.New("one of its CDNSKEY records is no key")
			}
			list = append(list, dsOf(made))
		}
		return list, nil
	}
	for _, rr := range cds.records {
		c, ok := rr.(*mdns.CDS)
		if !ok || c.Algorithm == 0 || c.Digest == "" {
			return nil, errors.New("one of its CDS records has no algorithm or no digest")
		}
		list = append(list, dsOf(&c.DS))
	}
	if len(keys) > 0 {
		return list, agree(list, keys)
	}
	return list, nil
}

// keysAsked returns the keys of CDNSKEY records. RFC 4034 section 2.1.
func keysAsked(cdnskey rrset) ([]*mdns.DNSKEY, error) {
	var keys []*mdns.DNSKEY
	for _, rr := range cdnskey.records {
		k, ok := rr.(*mdns.CDNSKEY)
		if !ok || k.Flags&mdns.ZONE == 0 || k.Protocol != 3 || k.Algorithm == 0 || k.PublicKey == "" {
			return nil, errors.New("one of its CDNSKEY records is no key of a zone")
		}
		key := k.DNSKEY
		key.Hdr.Rrtype = mdns.TypeDNSKEY
		keys = append(keys, &key)
	}
	return keys, nil
}

// agree holds where each key has a DS, and each DS of a digest that can be made is of one of the keys.
func agree(list []registry.DS, keys []*mdns.DNSKEY) error {
	proven := make([]bool, len(list))
	for _, k := range keys {
		found := false
		for i, ds := range list {
			if ds.KeyTag != k.KeyTag() || ds.Algorithm != k.Algorithm {
				continue
			}
			made := k.ToDS(ds.DigestType)
			if made == nil || strings.EqualFold(made.Digest, ds.Digest) { // a digest that we cannot make is the profile's to refuse
				proven[i], found = true, true
			}
		}
		if !found {
			return fmt.Errorf("its CDNSKEY record of key %d has no CDS record", k.KeyTag())
		}
	}
	if i := slices.Index(proven, false); i >= 0 {
		return fmt.Errorf("its CDS record of key %d has no CDNSKEY record", list[i].KeyTag)
	}
	return nil
}

// compareDS is the order in which the registry keeps DS.
func compareDS(a, b registry.DS) int {
	return cmp.Or(
		cmp.Compare(a.KeyTag, b.KeyTag), cmp.Compare(a.Algorithm, b.Algorithm),
		cmp.Compare(a.DigestType, b.DigestType), cmp.Compare(a.Digest, b.Digest),
	)
}

// sameDS reports whether two lists have the same DS, in whatever order.
func sameDS(a, b []registry.DS) bool {
	a, b = slices.SortedFunc(slices.Values(a), compareDS), slices.SortedFunc(slices.Values(b), compareDS)
	return slices.Equal(a, b)
}

// absolute returns a name as messages have it.
func absolute(name string) string { return mdns.Fqdn(name) }
