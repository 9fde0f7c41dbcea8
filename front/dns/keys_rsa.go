//go:build !openssl

package dns

import "crypto"

// RSABy says what makes RSA signatures: Go itself, since this program was built without the tag openssl.
const RSABy = "Go"

// Fast returns a private key that makes the same signatures faster, where there is a way: by OpenSSL, in a program
// that was built with the tag openssl. Here the key is the fastest that there is.
func Fast(private crypto.Signer) (crypto.Signer, error) { return private, nil }
