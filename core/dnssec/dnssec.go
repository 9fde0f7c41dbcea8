// Package dnssec owns keys and signatures of zones: the records of a key, making and checking signatures, which
// signatures have to be made again, and the life of keys from the making to the last trace in a cache. It knows no file,
// no token, no clock and no source of randomness: these are passed in. RFC 4034, RFC 5702, RFC 6605, RFC 8080, RFC 7583.
package dnssec

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"

	"example.org/dorado/core/registry"
)

// The algorithms that we sign with. RFC 8624 section 3.1.
const (
	RSASHA256       uint8 = 8
	ECDSAP256SHA256 uint8 = 13
	Ed25519         uint8 = 15
)

// The bounds of RSA keys. RFC 5702 section 2.1 has 512 to 4096; below 2048 is too little by now.
const (
	MinBits     = 2048
	MaxBits     = 4096
	DefaultBits = 2048
)

// ErrAlgorithm is an algorithm that is not one of ours.
var ErrAlgorithm = errors.New("only algorithms 8 (RSA/SHA-256), 13 (ECDSA P-256) and 15 (Ed25519) are known")

// AlgorithmName returns what people call an algorithm.
func AlgorithmName(algorithm uint8) string {
	switch algorithm {
	case RSASHA256:
		return "RSASHA256"
	case ECDSAP256SHA256:
		return "ECDSAP256SHA256"
	case Ed25519:
		return "ED25519"
	}
	return strconv.Itoa(int(algorithm))
}

// IsKnown reports whether an algorithm is one of ours.
func IsKnown(algorithm uint8) bool {
	return algorithm == RSASHA256 || algorithm == ECDSAP256SHA256 || algorithm == Ed25519
}

// Generate makes a private key with the randomness that is passed in. Bits count for RSA alone.
func Generate(random io.Reader, algorithm uint8, bits int) (crypto.Signer, error) {
	switch algorithm {
	case RSASHA256:
		if bits < MinBits || bits > MaxBits {
			return nil, fmt.Errorf("an RSA key of %d bits; choose %d to %d", bits, MinBits, MaxBits)
		}
		return rsa.GenerateKey(random, bits)
	case ECDSAP256SHA256:
		return ecdsa.GenerateKey(elliptic.P256(), random)
	case Ed25519:
		_, private, err := ed25519.GenerateKey(random)
		return private, err
	}
	return nil, fmt.Errorf("algorithm %d: %w", algorithm, ErrAlgorithm)
}

// PublicOf returns a public key as a DNSKEY record has it. RFC 3110 section 2, RFC 6605 section 4, RFC 8080 section 3.
func PublicOf(algorithm uint8, public crypto.PublicKey) ([]byte, error) {
	switch key := public.(type) {
	case *rsa.PublicKey:
		if algorithm == RSASHA256 && key.E > 0 {
			exponent := big.NewInt(int64(key.E)).Bytes()
			return append(append([]byte{byte(len(exponent))}, exponent...), key.N.Bytes()...), nil
		}
	case *ecdsa.PublicKey:
		if algorithm == ECDSAP256SHA256 && key.Curve == elliptic.P256() {
			point, err := key.Bytes() // 4, x, y
			if err != nil {
				return nil, err
			}
			return point[1:], nil
		}
	case ed25519.PublicKey:
		if algorithm == Ed25519 {
			return append([]byte(nil), key...), nil
		}
	}
	return nil, fmt.Errorf("a key of type %T is none of algorithm %d", public, algorithm)
}

// publicKey is the reverse of PublicOf.
func publicKey(algorithm uint8, data []byte) (crypto.PublicKey, error) {
	switch algorithm {
	case RSASHA256:
		return rsaKey(data)
	case ECDSAP256SHA256:
		if len(data) != 64 {
			return nil, fmt.Errorf("an ECDSA P-256 key of %d octets; it has 64", len(data))
		}
		return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append([]byte{4}, data...))
	case Ed25519:
		if len(data) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("an Ed25519 key of %d octets; it has %d", len(data), ed25519.PublicKeySize)
		}
		return ed25519.PublicKey(data), nil
	}
	return nil, fmt.Errorf("algorithm %d: %w", algorithm, ErrAlgorithm)
}

// CheckPublic reports what is wrong with the role, the algorithm and the public key of a key.
func CheckPublic(k registry.ZoneKey) error {
	if k.Role != registry.KSK && k.Role != registry.ZSK {
		return fmt.Errorf("%q is no role of a key", k.Role)
	}
	_, err := publicKey(k.Algorithm, k.Public)
	return err
}

// rsaKey reads the public key of RFC 3110 section 2.
func rsaKey(data []byte) (*rsa.PublicKey, error) {
	short := errors.New("an RSA key that ends early")
	if len(data) < 3 {
		return nil, short
	}
	n, at := int(data[0]), 1
	if n == 0 {
		n, at = int(data[1])<<8|int(data[2]), 3
	}
	if n == 0 || n > 4 || len(data) <= at+n {
		return nil, short
	}
	exponent := 0
	for _, b := range data[at : at+n] {
		exponent = exponent<<8 | int(b)
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(data[at+n:]), E: exponent}
	if bits := key.N.BitLen(); bits < 512 || bits > MaxBits || exponent < 3 {
		return nil, fmt.Errorf("an RSA key of %d bits with the exponent %d", bits, exponent)
	}
	return key, nil
}

// flagsOf are those of a DNSKEY record. RFC 4034 section 2.1.1.
func flagsOf(role registry.KeyRole) uint16 {
	if role == registry.KSK {
		return 257
	}
	return 256
}
