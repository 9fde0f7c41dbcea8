package dnssec

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"

	"example.org/dorado/core/registry"
)

// SecretBytes is the length of a secret that seals private keys: that of a key of AES-256.
const SecretBytes = 32

// NonceBytes is the length of the random number that each sealing takes. NIST SP 800-38D section 8.2.2.
const NonceBytes = 12

// ErrSealed is a private key that a secret does not open.
var ErrSealed = errors.New("the secret does not open the private key")

// SecretID tells secrets apart without saying anything of them.
func SecretID(secret []byte) string {
	sum := sha256.Sum256(append([]byte("dorado zone key secret "), secret...))
	return hex.EncodeToString(sum[:6])
}

// Seal returns a key with its private key in it, under AES-256-GCM. It opens only beside its public key.
func Seal(secret, nonce []byte, k registry.ZoneKey, private crypto.Signer) (registry.ZoneKey, error) {
	aead, err := sealing(secret)
	if err != nil {
		return k, err
	}
	if len(nonce) != NonceBytes {
		return k, fmt.Errorf("a nonce of %d octets; it has %d", len(nonce), NonceBytes)
	}
	plain, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return k, fmt.Errorf("write the private key: %w", err)
	}
	k.Place, k.SealedBy, k.Object = registry.KeySealed, SecretID(secret), ""
	k.Sealed = aead.Seal(append([]byte(nil), nonce...), nonce, plain, DNSKEY(k))
	return k, nil
}

// Unseal returns the private key of a key that was sealed under a secret.
func Unseal(secret []byte, k registry.ZoneKey) (crypto.Signer, error) {
	aead, err := sealing(secret)
	if err != nil {
		return nil, err
	}
	if len(k.Sealed) < NonceBytes {
		return nil, ErrSealed
	}
	plain, err := aead.Open(nil, k.Sealed[:NonceBytes], k.Sealed[NonceBytes:], DNSKEY(k))
	if err != nil {
		return nil, ErrSealed
	}
	private, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, fmt.Errorf("read the private key: %w", err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a private key of type %T signs nothing", private)
	}
	return signer, Fits(k, signer)
}

func sealing(secret []byte) (cipher.AEAD, error) {
	if len(secret) != SecretBytes {
		return nil, fmt.Errorf("a secret of %d octets; it has %d", len(secret), SecretBytes)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Fits reports whether a private key is that of a key.
func Fits(k registry.ZoneKey, private crypto.Signer) error {
	public, err := PublicOf(k.Algorithm, private.Public())
	if err != nil {
		return err
	}
	if string(public) != string(k.Public) {
		return errors.New("the private key is not that of the public one")
	}
	return nil
}

// NewKey returns the key of a private key, for a role.
func NewKey(role registry.KeyRole, algorithm uint8, private crypto.Signer) (registry.ZoneKey, error) {
	k := registry.ZoneKey{Role: role, Algorithm: algorithm}
	var err error
	if k.Public, err = PublicOf(algorithm, private.Public()); err != nil {
		return k, err
	}
	if algorithm == RSASHA256 {
		public, err := rsaKey(k.Public)
		if err != nil {
			return k, err
		}
		k.Bits = public.N.BitLen()
	}
	return k, nil
}
