//go:build pkcs11

package dns

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/ThalesGroup/crypto11"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// TokenConfig says where a PKCS#11 token is.
type TokenConfig struct {
	Library string // the path of its module
	Token   string // its label
	PIN     string
}

// A tokenVault keeps private keys on a token, which they never leave.
type tokenVault struct{ context *crypto11.Context }

// OpenToken opens a token by its label.
func OpenToken(c TokenConfig) (Vault, error) {
	context, err := crypto11.Configure(&crypto11.Config{Path: c.Library, TokenLabel: c.Token, Pin: c.PIN})
	if err != nil {
		return nil, fmt.Errorf("open the token %s by %s: %w", c.Token, c.Library, err)
	}
	return tokenVault{context}, nil
}

// tokenIDBytes is the length of the ids of our objects.
const tokenIDBytes = 16

// Make makes a key on the token. Its label says what it is for, and its id finds it again.
func (v tokenVault) Make(origin zone.Name, w dnssec.Wish) (registry.ZoneKey, error) {
	id := make([]byte, tokenIDBytes)
	rand.Read(id) // never fails: crypto/rand documents that it ends the program instead
	label := fmt.Appendf(nil, "%s %s %s", origin, w.Role, dnssec.AlgorithmName(w.Algorithm))
	var private crypto.Signer
	var err error
	switch w.Algorithm {
	case dnssec.RSASHA256:
		private, err = v.context.GenerateRSAKeyPairWithLabel(id, label, w.Bits)
	case dnssec.ECDSAP256SHA256:
		private, err = v.context.GenerateECDSAKeyPairWithLabel(id, label, elliptic.P256())
	default:
		err = errors.New("on a token there are keys of algorithms 8 and 13")
	}
	if err != nil {
		return registry.ZoneKey{}, err
	}
	k, err := dnssec.NewKey(w.Role, w.Algorithm, private)
	k.Place, k.Object = registry.KeyToken, hex.EncodeToString(id)
	return k, err
}

// Open finds a private key by its id.
func (v tokenVault) Open(k registry.ZoneKey) (crypto.Signer, error) {
	id, err := hex.DecodeString(k.Object)
	if err != nil || k.Place != registry.KeyToken {
		return nil, fmt.Errorf("the key is in %s %q, and this is a token", k.Place, k.Object)
	}
	return v.context.FindKeyPair(id, nil)
}
