//go:build openssl

package dns

// #cgo LDFLAGS: -lcrypto
// #include <openssl/err.h>
// #include <openssl/evp.h>
// #include <openssl/rsa.h>
//
// // dorado_read reads a private key of PKCS #1 in DER. It returns NULL for what is none, and why at error.
// static EVP_PKEY *dorado_read(const unsigned char *der, long size, unsigned long *error) {
// 	EVP_PKEY *key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &der, size);
// 	if (key == NULL) {
// 		*error = ERR_peek_last_error();
// 		ERR_clear_error();
// 	}
// 	return key;
// }
//
// // dorado_sign signs a SHA-256 sum as RFC 8017 section 8.2 has it. It returns 0, or what OpenSSL calls the error: errors
// // are kept by thread, and the next call may be on another.
// static unsigned long dorado_sign(EVP_PKEY *key, const unsigned char *sum, size_t sum_size, unsigned char *out, size_t *size) {
// 	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
// 	unsigned long error = 0;
// 	if (context == NULL || EVP_PKEY_sign_init(context) <= 0 || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) <= 0 ||
// 	    EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) <= 0 || EVP_PKEY_sign(context, out, size, sum, sum_size) <= 0) {
// 		error = ERR_peek_last_error();
// 		if (error == 0)
// 			error = 1;
// 		ERR_clear_error();
// 	}
// 	EVP_PKEY_CTX_free(context);
// 	return error;
// }
import "C"

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"runtime"
	"unsafe"
)

// RSABy says what makes RSA signatures: OpenSSL, since this program was built with the tag openssl.
const RSABy = "OpenSSL"

// Fast returns a private key that makes the same signatures faster, where there is a way: an RSA key of this program
// signs by OpenSSL, in some half of the time that Go takes. Other keys are returned as they are: Go signs with those of
// ECDSA and Ed25519 as fast, and those on a token stay there.
func Fast(private crypto.Signer) (crypto.Signer, error) {
	own, ok := private.(*rsa.PrivateKey)
	if !ok {
		return private, nil
	}
	der := x509.MarshalPKCS1PrivateKey(own)
	defer clear(der)
	var code C.ulong
	key := C.dorado_read((*C.uchar)(unsafe.SliceData(der)), C.long(len(der)), &code)
	if key == nil {
		return nil, fmt.Errorf("hand the private key to OpenSSL: %w", opensslError(code))
	}
	k := &opensslKey{public: &own.PublicKey, key: key}
	runtime.AddCleanup(k, func(key *C.EVP_PKEY) { C.EVP_PKEY_free(key) }, key)
	return k, nil
}

// An opensslKey is an RSA key in the memory of OpenSSL, which several goroutines may use at a time.
type opensslKey struct {
	public *rsa.PublicKey
	key    *C.EVP_PKEY
}

// Public returns the public key.
func (k *opensslKey) Public() crypto.PublicKey { return k.public }

// Sign signs a SHA-256 sum with PKCS #1 v1.5, as algorithm 8 wants it, and refuses all else. It takes no randomness.
// RFC 5702 section 3.1.
func (k *opensslKey) Sign(_ io.Reader, sum []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, pss := opts.(*rsa.PSSOptions); pss || opts.HashFunc() != crypto.SHA256 || len(sum) != sha256.Size {
		return nil, errors.New("this key signs SHA-256 sums with PKCS #1 v1.5, and nothing else")
	}
	out := make([]byte, k.public.Size())
	size := C.size_t(len(out))
	code := C.dorado_sign(k.key, (*C.uchar)(unsafe.SliceData(sum)), C.size_t(len(sum)), (*C.uchar)(unsafe.SliceData(out)), &size)
	runtime.KeepAlive(k)
	if code != 0 {
		return nil, fmt.Errorf("sign by OpenSSL: %w", opensslError(code))
	}
	return out[:size], nil
}

// opensslError is an error as OpenSSL describes it.
func opensslError(code C.ulong) error {
	var text [256]C.char
	C.ERR_error_string_n(code, &text[0], C.size_t(len(text)))
	return errors.New(C.GoString(&text[0]))
}
