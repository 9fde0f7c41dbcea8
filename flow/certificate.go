package flow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// CertificateAdd registers a client certificate of a registrar, issued by an authority or by itself. It
// may then show it to connect from anywhere. It is the operator's; a registrar uploads what it has with
// CertificateUpload, which looks at it. Manual 9.6, decisions 4.1.
type CertificateAdd struct {
	Registrar   registry.RegistrarID
	Certificate registry.Certificate // Added is ignored
}

// Subject is registrar:certificate-add.
func (cmd CertificateAdd) Subject() Subject {
	return Subject{Command: "certificate-add", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run registers the certificate.
func (cmd CertificateAdd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	now := c.realNow()

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		c.actIsOperators(),
		fingerprintIsLegal(cmd.Certificate.Fingerprint),
		certificateIsValid(cmd.Certificate, now),
		certificateIsNew(r, cmd.Certificate.Fingerprint),
		certificatesAreFew(c.Terms.Limits, len(r.Certificates)+1),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	kept := cmd.Certificate
	kept.Added = now
	r.Version++
	r.Certificates = append(slices.Clone(r.Certificates), kept.Fingerprint)
	r.Certified = append(slices.Clone(r.Certified), kept)

	// Return.
	return r, registry.Changes{Registrars: []registry.Registrar{r}}, nil
}

// CertificateRemove takes a client certificate off a registrar's list. Sessions that began with it go on;
// none begins with it any more. The operator does it, or the registrar itself.
type CertificateRemove struct {
	Registrar   registry.RegistrarID
	Fingerprint string // or its beginning, if no other begins so
	Author      string // who does it; the operator may leave it out
}

// Subject is registrar:certificate-remove.
func (cmd CertificateRemove) Subject() Subject {
	return Subject{Command: "certificate-remove", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run removes the certificate.
func (cmd CertificateRemove) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	var meant []string
	for _, f := range r.Certificates {
		if cmd.Fingerprint != "" && strings.HasPrefix(f, cmd.Fingerprint) {
			meant = append(meant, f)
		}
	}

	// Check.
	act := Act{Registrar: cmd.Registrar, Author: cmd.Author}
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		c.ownActIsAnybodys(act),
		c.vouched(),
		certificateIsRegistered(cmd.Fingerprint, len(meant)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	r.Certificates = slices.DeleteFunc(slices.Clone(r.Certificates), func(f string) bool { return f == meant[0] })
	r.Certified = slices.DeleteFunc(slices.Clone(r.Certified), func(k registry.Certificate) bool { return k.Fingerprint == meant[0] })

	// Return.
	return act.putUnsigned(c, r)
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// fingerprintIsLegal holds for a SHA-256 in 64 lower-case hexadecimal digits.
func fingerprintIsLegal(fingerprint string) Rule {
	return refuseIf("fingerprintIsLegal", !sha256Hex.MatchString(fingerprint), registry.Error{
		Code: registry.ParameterSyntax, Field: "certificate", Value: fingerprint,
		Reason: "not a SHA-256; write it in 64 lower-case hexadecimal digits",
	})
}

// certificateIsValid holds for a certificate that has not expired.
func certificateIsValid(k registry.Certificate, now time.Time) Rule {
	return refuseIf("certificateIsValid", !now.Before(k.NotAfter), registry.Error{
		Code: registry.ParameterRange, Field: "certificate", Value: k.Fingerprint,
		Reason: "the certificate has expired at " + k.NotAfter.UTC().Format(time.RFC3339) + "; register its successor",
	})
}

// certificateIsNew holds for a certificate that the registrar does not have yet.
func certificateIsNew(r registry.Registrar, fingerprint string) Rule {
	return refuseIf("certificateIsNew", slices.Contains(r.Certificates, fingerprint), registry.Error{
		Code: registry.ObjectExists, Field: "certificate", Value: fingerprint,
		Reason: "the certificate is registered for this registrar already; there is nothing to do",
	})
}

// certificatesAreFew holds for as many as a rollover needs: the old one and the new one.
func certificatesAreFew(l policy.Limits, n int) Rule {
	return refuseIf("certificatesAreFew", n > l.CertificatesPerRegistrar, registry.Error{
		Code: registry.ParameterPolicy, Field: "certificate",
		Reason: fmt.Sprintf("a registrar has at most %d certificates, the old one and the new one of a change; "+
			"remove the one that is not used any more", l.CertificatesPerRegistrar),
	})
}

// certificateIsRegistered holds for a fingerprint, or the beginning of one, that one certificate of the
// registrar has.
func certificateIsRegistered(fingerprint string, meant int) Rule {
	return allOf("certificateIsRegistered",
		refuseIf("certificateIsRegistered", meant == 0, registry.Error{
			Code: registry.ObjectMissing, Field: "certificate", Value: fingerprint,
			Reason: "the registrar has no such certificate; look at the list of those that it has",
		}),
		refuseIf("certificateIsRegistered", meant > 1, registry.Error{
			Code: registry.ParameterPolicy, Field: "certificate", Value: fingerprint,
			Reason: "several certificates begin so; give more of the fingerprint",
		}),
	)
}
