package flow

import (
	"crypto/x509"
	"slices"
	"time"

	"example.org/dorado/core/registry"
)

// CertificateUpload registers a client certificate that a registrar sends as PEM: its own, or one that an authority has
// issued to it. The registrar does it. Manual 9.6.
type CertificateUpload struct {
	Act
	PEM string
}

// Subject is registrar:certificate-upload.
func (cmd CertificateUpload) Subject() Subject {
	return Subject{Command: "certificate-upload", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run registers the certificate.
func (cmd CertificateUpload) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	now := c.realNow()
	sent := paste(cmd.PEM, "CERTIFICATE")
	parsed, unreadable := x509.ParseCertificate(sent.bytes())
	if unreadable != nil {
		parsed = &x509.Certificate{}
	}
	kept := certificateOf(parsed)

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		c.ownActIsSigned(cmd.Act),
		c.vouched(),
		keyStayedHome(cmd.PEM),
		pasteIsOne(sent),
		certificateIsReadable(unreadable),
		keyIsStrong(parsed.PublicKey),
		signatureIsSound(parsed.SignatureAlgorithm),
		certificateIsValid(kept, now),
		certificateIsNew(r, kept.Fingerprint),
		certificatesAreFew(c.Terms.Limits, len(r.Certificates)+1),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return cmd.put(c, cmd.certified(r, kept, now))
}

// certified returns a registrar with one more certificate.
func (a Act) certified(r registry.Registrar, k registry.Certificate, now time.Time) registry.Registrar {
	k.Added, k.Author = now, a.Author
	r.Certificates = append(slices.Clone(r.Certificates), k.Fingerprint)
	r.Certified = append(slices.Clone(r.Certified), k)
	return r
}
