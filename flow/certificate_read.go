package flow

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"unicode"

	"example.org/dorado/core/registry"
)

// What people paste is looked at here: a certificate, or a request for one, as PEM of RFC 7468.

// maxPEM bounds a text with one certificate or request. One with a key of 8192 bits and many names has some 4 KiB.
const maxPEM = 16 << 10

// A pasted is a text in which one object of PEM should be.
type pasted struct {
	text  string
	kind  string // of the object, such as "CERTIFICATE"
	block *pem.Block
}

// paste looks for an object in a text.
func paste(text, kind string) pasted {
	p := pasted{text: text, kind: kind}
	if len(text) <= maxPEM {
		p.block, _ = pem.Decode([]byte(text))
	}
	return p
}

// bytes are those of the object; none if there is none.
func (p pasted) bytes() []byte {
	if p.block == nil {
		return nil
	}
	return p.block.Bytes
}

// keyStayedHome holds for a text without a private key. One that was sent has left the place that it should never leave.
func keyStayedHome(text string) Rule {
	return refuseIf("keyStayedHome", strings.Contains(text, "PRIVATE KEY"), registry.Error{
		Code: registry.ParameterPolicy, Field: "pem",
		Reason: "this has a PRIVATE KEY, which nobody but its owner may have; it was not kept, but take it for lost: " +
			"make a new key, and send what is made with it without the key",
	})
}

// pasteIsOne holds for a text that is one object of a kind and nothing else.
func pasteIsOne(p pasted) Rule {
	what := "one " + strings.ToLower(p.kind)
	wrong := ""
	switch {
	case len(p.text) > maxPEM:
		wrong = fmt.Sprintf("this is too long for %s; a PEM text has at most %d characters", what, maxPEM)
	case p.block == nil:
		wrong = "this is not PEM; send the text from -----BEGIN " + p.kind + "----- to -----END " + p.kind + "-----"
	case p.block.Type != p.kind && p.block.Type != "NEW "+p.kind:
		wrong = "this is another thing, as its first line says; send " + what
	case strings.Count(p.text, "-----BEGIN ") > 1:
		wrong = "this is more than " + what + "; send one, without those that lead to it"
	}
	return refuseIf("pasteIsOne", wrong != "", registry.Error{Code: registry.ParameterSyntax, Field: "pem", Reason: wrong})
}

// certificateIsReadable holds for bytes that are a certificate. RFC 5280.
func certificateIsReadable(err error) Rule {
	return refuseIf("certificateIsReadable", err != nil, registry.Error{
		Code: registry.ParameterSyntax, Field: "pem",
		Reason: "this is no certificate as in RFC 5280; make it again, or copy it again",
	})
}

// requestIsReadable holds for bytes that are a request for a certificate. RFC 2986.
func requestIsReadable(err error) Rule {
	return refuseIf("requestIsReadable", err != nil, registry.Error{
		Code: registry.ParameterSyntax, Field: "pem",
		Reason: "this is no certificate request as in RFC 2986; make it again, or copy it again",
	})
}

// The bounds of RSA: less is not safe, and more makes the work of verifying one's own a burden to others.
const (
	leastRSA = 2048
	mostRSA  = 8192
)

// keyIsStrong holds for a key that nobody finds out, of a kind that TLS uses.
func keyIsStrong(key any) Rule {
	called, strong := "of a kind that is not used here", false
	switch k := key.(type) {
	case *rsa.PublicKey:
		called = fmt.Sprintf("RSA with %d bits", k.N.BitLen())
		strong = leastRSA <= k.N.BitLen() && k.N.BitLen() <= mostRSA
	case *ecdsa.PublicKey:
		called = "ECDSA with " + k.Curve.Params().Name
		strong = k.Curve == elliptic.P256() || k.Curve == elliptic.P384()
	case ed25519.PublicKey:
		called, strong = "Ed25519", true
	}
	return refuseIf("keyIsStrong", !strong, registry.Error{
		Code: registry.ParameterPolicy, Field: "pem", Value: called,
		Reason: fmt.Sprintf("the key is %s; make one with ECDSA on P-256 or P-384, Ed25519, or RSA of %d to %d bits", called, leastRSA, mostRSA),
	})
}

// signatureIsSound holds for a certificate that was not signed with a hash that is broken: MD5 or SHA-1.
func signatureIsSound(by x509.SignatureAlgorithm) Rule {
	broken := map[x509.SignatureAlgorithm]bool{
		x509.MD2WithRSA: true, x509.MD5WithRSA: true, x509.SHA1WithRSA: true, x509.DSAWithSHA1: true, x509.DSAWithSHA256: true, x509.ECDSAWithSHA1: true,
	}
	return refuseIf("signatureIsSound", broken[by], registry.Error{
		Code: registry.ParameterPolicy, Field: "pem", Value: by.String(),
		Reason: "the certificate is signed with " + by.String() + ", which is not safe; have one signed with SHA-256 or better",
	})
}

// certificateOf returns what is kept of a certificate. What others wrote into it is shortened, and has nothing that a
// terminal or a page would act on.
func certificateOf(k *x509.Certificate) registry.Certificate {
	sum := sha256.Sum256(k.Raw)
	return registry.Certificate{
		Fingerprint: hex.EncodeToString(sum[:]), Subject: plainly(k.Subject.String()), Issuer: plainly(k.Issuer.String()),
		NotAfter: k.NotAfter.UTC(),
	}
}

// mostOfName is how much is kept of a subject or an issuer, in characters.
const mostOfName = 200

// plainly returns a text that can be shown anywhere.
func plainly(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n++; n > mostOfName {
			break
		}
		if !unicode.IsPrint(r) || isStray(r) {
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
	}
	return b.String()
}
