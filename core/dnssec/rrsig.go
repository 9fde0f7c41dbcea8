package dnssec

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"time"

	"example.org/dorado/core/zone"
)

// rrsigFixed is what stands before the signer's name in an RRSIG record. RFC 4034 section 3.1.
const rrsigFixed = 2 + 1 + 1 + 4 + 4 + 4 + 2

// A sigHead is the fixed part of an RRSIG record.
type sigHead struct {
	covered               uint16
	algorithm, labels     uint8
	ttl                   uint32
	expiration, inception uint32
	tag                   uint16
}

func (h sigHead) append(to []byte) []byte {
	to = binary.BigEndian.AppendUint16(to, h.covered)
	to = append(to, h.algorithm, h.labels)
	to = binary.BigEndian.AppendUint32(to, h.ttl)
	to = binary.BigEndian.AppendUint32(to, h.expiration)
	to = binary.BigEndian.AppendUint32(to, h.inception)
	return binary.BigEndian.AppendUint16(to, h.tag)
}

// readHead reads the fixed part of an RRSIG record that is whole.
func readHead(rrsig []byte) (h sigHead, ok bool) {
	if len(rrsig) <= rrsigFixed {
		return h, false
	}
	return sigHead{
		covered: binary.BigEndian.Uint16(rrsig), algorithm: rrsig[2], labels: rrsig[3],
		ttl: binary.BigEndian.Uint32(rrsig[4:]), expiration: binary.BigEndian.Uint32(rrsig[8:]),
		inception: binary.BigEndian.Uint32(rrsig[12:]), tag: binary.BigEndian.Uint16(rrsig[16:]),
	}, true
}

// serialTime is an instant as RRSIG records have it: seconds modulo 2^32. RFC 4034 section 3.1.5.
func serialTime(t time.Time) uint32 { return uint32(t.Unix()) }

// since returns how many seconds after b a is, both as serialTime has them. RFC 1982.
func since(a, b uint32) int64 { return int64(int32(a - b)) }

// labelsOf counts the labels of an owner; that of a wildcard does not count. RFC 4034 section 3.1.3.
func labelsOf(owner zone.Name) uint8 {
	n := owner.Labels()
	if len(owner) > 1 && owner[0] == 1 && owner[1] == '*' {
		n--
	}
	return uint8(n)
}

// appendSigned appends what a signature is made over: the RRSIG record without the signature, then the records in
// canonical form and order. RFC 4034 sections 3.1.8.1 and 6.
func appendSigned(to []byte, head sigHead, signer zone.Name, owner zone.Name, s zone.RRset) []byte {
	to = append(head.append(to), signer...)
	for _, data := range s.Data {
		to = append(to, owner...)
		to = binary.BigEndian.AppendUint16(to, s.Type)
		to = binary.BigEndian.AppendUint16(to, zone.ClassIN)
		to = binary.BigEndian.AppendUint32(to, s.TTL)
		to = binary.BigEndian.AppendUint16(to, uint16(len(data)))
		to = append(to, data...)
	}
	return to
}

// sign signs octets as an algorithm wants it. All three are deterministic: RSA by RFC 8017 section 8.2, ECDSA by RFC
// 6979, Ed25519 by RFC 8032.
func sign(private crypto.Signer, algorithm uint8, data []byte) ([]byte, error) {
	switch algorithm {
	case RSASHA256:
		sum := sha256.Sum256(data)
		return private.Sign(nil, sum[:], crypto.SHA256)
	case ECDSAP256SHA256:
		sum := sha256.Sum256(data)
		der, err := private.Sign(nil, sum[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		return flat(der)
	case Ed25519:
		return private.Sign(nil, data, crypto.Hash(0))
	}
	return nil, fmt.Errorf("algorithm %d: %w", algorithm, ErrAlgorithm)
}

// half is the length of each of the two numbers of an ECDSA P-256 signature.
const half = 32

// flat writes an ECDSA signature as RRSIG records have it: both numbers, one behind the other. RFC 6605 section 4.
func flat(der []byte) ([]byte, error) {
	var pair struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &pair); err != nil || len(rest) > 0 || pair.R.BitLen() > 8*half || pair.S.BitLen() > 8*half {
		return nil, errors.New("the signer's answer is no ECDSA P-256 signature")
	}
	out := make([]byte, 2*half)
	pair.R.FillBytes(out[:half])
	pair.S.FillBytes(out[half:])
	return out, nil
}

// ErrBogus is a signature that is not one of the key over the records.
var ErrBogus = errors.New("the signature does not fit the records and the key")

// ErrExpired is a signature outside of its time.
var ErrExpired = errors.New("the signature is not in its time")

// Verify reports what is wrong with an RRSIG record over an RRset by a DNSKEY record of the zone at an instant, nil if
// nothing is. RFC 4035 section 5.3.
func Verify(origin zone.Name, of zone.Job, rrsig, dnskey []byte, now time.Time) error {
	head, ok := readHead(rrsig)
	if !ok || len(dnskey) <= dnskeyFixed {
		return fmt.Errorf("it ends early: %w", ErrBogus)
	}
	name := rrsig[rrsigFixed:]
	if len(name) <= len(origin) || zone.Name(name[:len(origin)]) != origin {
		return fmt.Errorf("its signer is not %s: %w", origin, ErrBogus)
	}
	signature := name[len(origin):]
	switch {
	case head.covered != of.Type || head.ttl != of.TTL || head.labels != labelsOf(of.Owner):
		return fmt.Errorf("its type, TTL or labels are others: %w", ErrBogus)
	case head.tag != tagOf(dnskey) || head.algorithm != dnskey[3]:
		return fmt.Errorf("it is of key %d: %w", head.tag, ErrBogus)
	case since(serialTime(now), head.inception) < 0 || since(head.expiration, serialTime(now)) < 0:
		return fmt.Errorf("from %d to %d: %w", head.inception, head.expiration, ErrExpired)
	}
	public, err := publicKey(dnskey[3], dnskey[dnskeyFixed:])
	if err != nil {
		return err
	}
	return verify(public, appendSigned(nil, head, origin, of.Owner, of.RRset), signature)
}

func verify(public crypto.PublicKey, data, signature []byte) error {
	good := false
	switch key := public.(type) {
	case *rsa.PublicKey:
		sum := sha256.Sum256(data)
		good = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
	case *ecdsa.PublicKey:
		if len(signature) == 2*half {
			sum := sha256.Sum256(data)
			r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
			good = ecdsa.Verify(key, sum[:], r, s)
		}
	case ed25519.PublicKey:
		good = ed25519.Verify(key, data, signature)
	}
	if !good {
		return ErrBogus
	}
	return nil
}
