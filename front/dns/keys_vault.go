package dns

import (
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// SealedVault keeps private keys in the database, sealed under a secret that is not there.
type SealedVault struct {
	Secret []byte
	Before [][]byte // the secrets that Secret took the place of
}

// Make makes a key and seals it.
func (v SealedVault) Make(origin zone.Name, w dnssec.Wish) (registry.ZoneKey, error) {
	private, err := dnssec.Generate(rand.Reader, w.Algorithm, w.Bits)
	if err != nil {
		return registry.ZoneKey{}, err
	}
	return v.Keep(KeyPair{origin, w.Role, w.Algorithm, private})
}

// Keep seals a private key that was made elsewhere.
func (v SealedVault) Keep(p KeyPair) (registry.ZoneKey, error) {
	k, err := dnssec.NewKey(p.Role, p.Algorithm, p.Private)
	if err != nil {
		return k, err
	}
	return v.seal(k, p.Private)
}

func (v SealedVault) seal(k registry.ZoneKey, private crypto.Signer) (registry.ZoneKey, error) {
	nonce := make([]byte, dnssec.NonceBytes)
	rand.Read(nonce) // never fails: crypto/rand documents that it ends the program instead
	return dnssec.Seal(v.Secret, nonce, k, private)
}

// ErrNoSecret is a key that nothing here opens.
var ErrNoSecret = errors.New("no secret here opens the key; put secrets.toml back from the backup that goes with the database")

// Open unseals a private key.
func (v SealedVault) Open(k registry.ZoneKey) (crypto.Signer, error) {
	if k.Place != registry.KeySealed {
		return nil, fmt.Errorf("the key is in %s, and this is the database", k.Place)
	}
	for _, secret := range append([][]byte{v.Secret}, v.Before...) {
		if secret != nil && dnssec.SecretID(secret) == k.SealedBy {
			return dnssec.Unseal(secret, k)
		}
	}
	return nil, fmt.Errorf("it was sealed under %s: %w", k.SealedBy, ErrNoSecret)
}

// Reseal seals a key anew that is sealed under a secret of before. It reports false for another.
func (v SealedVault) Reseal(k registry.ZoneKey) (registry.ZoneKey, bool, error) {
	if k.Place != registry.KeySealed || v.Secret == nil || !k.Gone.IsZero() || k.SealedBy == dnssec.SecretID(v.Secret) {
		return k, false, nil
	}
	private, err := v.Open(k)
	if err != nil {
		return k, false, err
	}
	k, err = v.seal(k, private)
	return k, err == nil, err
}
