package dnssec

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// Private keys as files are those of BIND 9, which others read and write, too: K<zone>+<algorithm>+<tag>.private beside
// a .key with the DNSKEY record.

// FileName returns the name of a key's files without what follows the dot at its end.
func FileName(origin zone.Name, k registry.ZoneKey) string {
	return fmt.Sprintf("K%s+%03d+%05d", origin, k.Algorithm, Tag(k))
}

// PrivateText writes a private key as a .private file.
func PrivateText(algorithm uint8, private crypto.Signer) (string, error) {
	text := fmt.Sprintf("Private-key-format: v1.3\nAlgorithm: %d (%s)\n", algorithm, AlgorithmName(algorithm))
	put := func(key string, data []byte) { text += key + ": " + base64.StdEncoding.EncodeToString(data) + "\n" }
	switch key := private.(type) {
	case *rsa.PrivateKey:
		if len(key.Primes) != 2 {
			return "", errors.New("an RSA key of more than two primes")
		}
		put("Modulus", key.N.Bytes())
		put("PublicExponent", big.NewInt(int64(key.E)).Bytes())
		put("PrivateExponent", key.D.Bytes())
		put("Prime1", key.Primes[0].Bytes())
		put("Prime2", key.Primes[1].Bytes())
		put("Exponent1", key.Precomputed.Dp.Bytes())
		put("Exponent2", key.Precomputed.Dq.Bytes())
		put("Coefficient", key.Precomputed.Qinv.Bytes())
	case *ecdsa.PrivateKey:
		data, err := key.Bytes()
		if err != nil {
			return "", err
		}
		put("PrivateKey", data)
	case ed25519.PrivateKey:
		put("PrivateKey", key.Seed())
	default:
		return "", fmt.Errorf("a private key of type %T is in no file", private)
	}
	return text, nil
}

// ParsePrivate reads a .private file.
func ParsePrivate(text string) (algorithm uint8, private crypto.Signer, err error) {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, found := strings.Cut(strings.TrimSpace(line), ":"); found {
			fields[key] = strings.TrimSpace(value)
		}
	}
	if !strings.HasPrefix(fields["Private-key-format"], "v1.") {
		return 0, nil, errors.New("this is no private key as BIND writes it (Private-key-format: v1.3)")
	}
	number, _, _ := strings.Cut(fields["Algorithm"], " ")
	n, err := strconv.ParseUint(number, 10, 8)
	if err != nil || !IsKnown(uint8(n)) {
		return 0, nil, fmt.Errorf("algorithm %q: %w", fields["Algorithm"], ErrAlgorithm)
	}
	if algorithm = uint8(n); algorithm == RSASHA256 {
		private, err = rsaOf(fields)
		return algorithm, private, err
	}
	data, err := base64.StdEncoding.DecodeString(fields["PrivateKey"])
	switch {
	case err != nil || len(data) != 32:
		return 0, nil, errors.New("PrivateKey: it has 32 octets in base64")
	case algorithm == Ed25519:
		return algorithm, ed25519.NewKeyFromSeed(data), nil
	}
	private, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), data)
	return algorithm, private, err
}

func rsaOf(fields map[string]string) (crypto.Signer, error) {
	number := map[string]*big.Int{}
	for _, key := range []string{"Modulus", "PublicExponent", "PrivateExponent", "Prime1", "Prime2"} {
		data, err := base64.StdEncoding.DecodeString(fields[key])
		if err != nil || len(data) == 0 {
			return nil, fmt.Errorf("%s: it is a number in base64", key)
		}
		number[key] = new(big.Int).SetBytes(data)
	}
	if !number["PublicExponent"].IsInt64() || number["Modulus"].BitLen() > MaxBits {
		return nil, errors.New("the RSA key is too large")
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: number["Modulus"], E: int(number["PublicExponent"].Int64())},
		D:         number["PrivateExponent"], Primes: []*big.Int{number["Prime1"], number["Prime2"]},
	}
	if err := key.Validate(); err != nil {
		return nil, fmt.Errorf("the RSA key is damaged: %w", err)
	}
	key.Precompute()
	return key, nil
}

// KeyText writes a key as a .key file.
func KeyText(origin zone.Name, k registry.ZoneKey) string {
	what := "zone-signing"
	if k.Role == registry.KSK {
		what = "key-signing"
	}
	return fmt.Sprintf("; This is a %s key, keyid %d, for %s\n%s IN DNSKEY %s\n", what, Tag(k), origin, origin, DNSKEYText(DNSKEY(k)))
}

// ParseKey reads a .key file: the zone, and of the key role, algorithm and public key.
func ParseKey(text string) (origin zone.Name, k registry.ZoneKey, err error) {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, ";")
		words := strings.Fields(line)
		at := slices.Index(words, "DNSKEY")
		if at < 1 || len(words) < at+5 {
			continue
		}
		if origin, err = zone.ParseName(words[0]); err != nil {
			return "", k, err
		}
		switch words[at+1] {
		case "257":
			k.Role = registry.KSK
		case "256":
			k.Role = registry.ZSK
		default:
			return "", k, fmt.Errorf("the flags are %s; a KSK has 257 and a ZSK 256", words[at+1])
		}
		number, err := strconv.ParseUint(words[at+3], 10, 8)
		if err != nil {
			return "", k, fmt.Errorf("algorithm %q: %w", words[at+3], ErrAlgorithm)
		}
		k.Algorithm = uint8(number)
		if k.Public, err = base64.StdEncoding.DecodeString(strings.Join(words[at+4:], "")); err != nil {
			return "", k, fmt.Errorf("the public key: %w", err)
		}
		return origin, k, CheckPublic(k)
	}
	return "", k, errors.New("there is no DNSKEY record")
}
