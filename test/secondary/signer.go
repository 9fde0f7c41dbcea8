package secondary

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/big"
	"time"

	"example.org/dorado/core/zone"
)

// A Signer signs zones with one ECDSA key for all, as core/zone asks for it. What is served is signed by others; this
// one lets tests of the zone and of transfers have signatures that the programs of others verify. RFC 4034 section 3.1,
// RFC 6605.
type Signer struct {
	origin           zone.Name
	key              *ecdsa.PrivateKey
	public           []byte // RDATA of the DNSKEY
	inception, until uint32
}

const (
	algorithm = 13  // ECDSAP256SHA256. RFC 6605 section 6
	keyFlags  = 257 // a zone key and secure entry point. RFC 4034 section 2.1.1
	coordSize = 32  // of a coordinate or a half of a signature, in octets
)

// NewSigner returns a signer of a zone, whose signatures are valid around now.
func NewSigner(origin zone.Name, now time.Time) (*Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	public := append([]byte{keyFlags >> 8, keyFlags & 0xff, 3, algorithm}, point[1:]...) // without the form of the point
	return &Signer{
		origin: origin, key: key, public: public,
		inception: uint32(now.Add(-24 * time.Hour).Unix()), until: uint32(now.Add(30 * 24 * time.Hour).Unix()),
	}, nil
}

// Keys returns the DNSKEY RRset and the NSEC3PARAM, which belong to the apex.
func (s *Signer) Keys() []zone.Change {
	return []zone.Change{
		{Owner: s.origin, RRset: zone.RRset{Type: zone.TypeDNSKEY, TTL: 3600, Data: [][]byte{s.public}}},
		{Owner: s.origin, RRset: zone.RRset{Type: zone.TypeNSEC3PARAM, TTL: 0, Data: [][]byte{zone.Param()}}},
	}
}

// Tag returns the key's tag. RFC 4034 appendix B.
func (s *Signer) Tag() uint16 {
	var sum uint32
	for i, b := range s.public {
		if i&1 == 0 {
			sum += uint32(b) << 8
		} else {
			sum += uint32(b)
		}
	}
	return uint16(sum + sum>>16)
}

// Sign implements zone.Signer.
func (s *Signer) Sign(jobs []zone.Job) error {
	for i, job := range jobs {
		sig, err := s.sign(job)
		if err != nil {
			return err
		}
		jobs[i].Sigs = [][]byte{sig}
	}
	return nil
}

// Good implements zone.Signer: the signatures of a test outlive it.
func (s *Signer) Good(_ zone.Name, set zone.RRset) bool { return len(set.Sigs) == 1 }

// sign returns the RDATA of an RRSIG record.
func (s *Signer) sign(job zone.Job) ([]byte, error) {
	if len(job.Data) == 0 {
		return nil, errors.New("an RRset without records is to be signed")
	}
	sig := binary.BigEndian.AppendUint16(nil, job.Type)
	sig = append(sig, algorithm, byte(job.Owner.Labels()))
	sig = binary.BigEndian.AppendUint32(sig, job.TTL)
	sig = binary.BigEndian.AppendUint32(sig, s.until)
	sig = binary.BigEndian.AppendUint32(sig, s.inception)
	sig = binary.BigEndian.AppendUint16(sig, s.Tag())
	sig = append(sig, s.origin...)
	text := append([]byte(nil), sig...)
	for _, data := range job.Data {
		text = zone.Record{Owner: job.Owner, Type: job.Type, TTL: job.TTL, Data: data}.Append(text)
	}
	sum := sha256.Sum256(text)
	r, v, err := ecdsa.Sign(rand.Reader, s.key, sum[:])
	if err != nil {
		return nil, err
	}
	return append(append(sig, half(r)...), half(v)...), nil
}

func half(n *big.Int) []byte { return n.FillBytes(make([]byte, coordSize)) }
