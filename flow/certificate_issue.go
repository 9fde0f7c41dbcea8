package flow

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A ClientAuthority issues client certificates to registrars. The certificates are those that lead from it to where
// others trust it, its own the first.
type ClientAuthority struct {
	Chain []*x509.Certificate
	Key   crypto.Signer
}

// CertificateIssue issues a client certificate for a request of RFC 2986 that a registrar sends as PEM, and registers it.
// Of the request only the key is taken; what the certificate says is the registry's. The registrar does it. Issue 9.
type CertificateIssue struct {
	Act
	Request string
}

// CertificateIssued is the reply to a CertificateIssue.
type CertificateIssued struct {
	Registrar registry.Registrar
	Issue     registry.Issue
}

// Subject is registrar:certificate-issue.
func (cmd CertificateIssue) Subject() Subject {
	return Subject{Command: "certificate-issue", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run issues the certificate.
func (cmd CertificateIssue) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)
	now, limits, authority := c.realNow(), c.Terms.Limits, c.service.Keys.Clients
	issued, _ := read(c, func() ([]registry.Issue, bool, error) {
		list, err := c.reader.Issues(cmd.Registrar, limits.CertificatesPerYear)
		return list, true, err
	})
	sent := paste(cmd.Request, "CERTIFICATE REQUEST")
	request, unreadable := x509.ParseCertificateRequest(sent.bytes())
	if unreadable != nil {
		request = &x509.CertificateRequest{}
	}

	// Check.
	strong := keyIsStrong(request.PublicKey)
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		c.ownActIsSigned(cmd.Act),
		c.vouched(),
		authorityIsHere(authority, now),
		keyStayedHome(cmd.Request),
		pasteIsOne(sent),
		requestIsReadable(unreadable),
		strong,
		requestIsSigned(request, strong.Refusal == nil),
		certificatesAreFew(limits, len(r.Certificates)+1),
		issuesAreFew(limits, issued, now),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	k, chain, err := authority.issue(cmd.Registrar, request.PublicKey, c.service.Random, validity{now, limits.CertificateDays})
	if err != nil {
		return nil, registry.Changes{}, fmt.Errorf("issue a certificate: %w", err)
	}
	kept := certificateOf(k)
	kept.Serial = k.SerialNumber.Text(16)
	issue := registry.Issue{
		Serial: kept.Serial, Registrar: r.ID, Fingerprint: kept.Fingerprint, Issued: now, NotAfter: kept.NotAfter,
		Author: cmd.Author, PEM: chain,
	}

	// Return.
	reply, changes, err := cmd.put(c, cmd.certified(r, kept, now))
	changes.Issues = []registry.Issue{issue}
	return CertificateIssued{reply.(registry.Registrar), issue}, changes, err
}

// A validity is from when and for how many days a certificate is to hold.
type validity struct {
	now  time.Time
	days policy.Days
}

// serialBytes is how long a serial number is; RFC 5280 section 4.1.2.2 allows 20 octets, and asks for chance in them where
// others choose what is signed.
const serialBytes = 16

// backdated lets a server whose clock is slow accept a new certificate.
const backdated = time.Hour

// issue signs a certificate for a registrar's key. It may be shown to servers as who connects, and for nothing else.
func (a *ClientAuthority) issue(id registry.RegistrarID, key any, random func(int) []byte, v validity) (*x509.Certificate, string, error) {
	serial := random(serialBytes)
	serial[0] = serial[0]&0x7F | 0x40 // positive, and always as long
	ends := v.days.After(v.now)
	if last := a.Chain[0].NotAfter; ends.After(last) {
		ends = last
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), Subject: pkix.Name{CommonName: string(id)},
		NotBefore: v.now.Add(-backdated), NotAfter: ends, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(chance(random), template, a.Chain[0], key, a.Key)
	if err != nil {
		return nil, "", err
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, "", err
	}
	var text bytes.Buffer
	for _, k := range append([]*x509.Certificate{signed}, a.Chain...) {
		if err := pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: k.Raw}); err != nil {
			return nil, "", err
		}
	}
	return signed, text.String(), nil
}

// chance reads what a source of chance gives.
type chance func(n int) []byte

func (c chance) Read(p []byte) (int, error) { return copy(p, c(len(p))), nil }

// authorityIsHere holds where the registry has an authority that is still good.
func authorityIsHere(a *ClientAuthority, now time.Time) Rule {
	return refuseIf("authorityIsHere", a == nil || !now.Before(a.Chain[0].NotAfter), registry.Error{
		Code: registry.UnimplementedService, Field: "pem",
		Reason: "this registry issues no certificates; upload one of your own, or of an authority",
	})
}

// requestIsSigned holds for a request that its own key has signed: whoever sent it has the key. RFC 2986 section 4.2.
func requestIsSigned(request *x509.CertificateRequest, strong bool) Rule {
	return refuseIf("requestIsSigned", strong && request.CheckSignature() != nil, registry.Error{
		Code: registry.ParameterPolicy, Field: "pem",
		Reason: "the signature of the request is not that of its key; make it again with the key that it is for",
	})
}

// issuesAreFew holds for a registrar to which not too many certificates were issued in a year.
func issuesAreFew(l policy.Limits, issued []registry.Issue, now time.Time) Rule {
	n := 0
	for _, k := range issued {
		if now.AddDate(-1, 0, 0).Before(k.Issued) {
			n++
		}
	}
	return refuseIf("issuesAreFew", n >= l.CertificatesPerYear, registry.Error{
		Code: registry.ParameterPolicy, Field: "pem",
		Reason: fmt.Sprintf("%d certificates were issued to this registrar within a year, which is the most; ask the registry", n),
	})
}

// CertificateList asks for the client certificates that were issued to the registrar that asks, the latest first.
type CertificateList struct{}

// Asks says what the query counts as. It is answered anew each time: who was just issued one looks for it.
func (CertificateList) Asks() Question { return Question{Command: "info", Object: "certificate"} }

// Answer returns a []registry.Issue.
func (CertificateList) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar)); err != nil {
		return nil, err
	}
	list, _ := read(c, func() ([]registry.Issue, bool, error) {
		list, err := c.reader.Issues(c.Registrar.ID, c.Terms.Limits.CertificatesPerYear)
		return list, true, err
	})
	return list, nil
}

// CertificateShow asks for a client certificate that was issued to the registrar that asks, by its serial number.
type CertificateShow struct{ Serial string }

// Asks says what the query counts as, as those of the list.
func (CertificateShow) Asks() Question { return Question{Command: "info", Object: "certificate"} }

// Answer returns a registry.Issue.
func (q CertificateShow) Answer(c *Call) (Reply, error) {
	issue, found := read(c, func() (registry.Issue, bool, error) { return c.reader.Issue(q.Serial) })
	if err := c.check(registrarIsActive(c.Registrar), issueIsOwn(c.Registrar, issue, found)); err != nil {
		return nil, err
	}
	return issue, nil
}

// issueIsOwn holds for a certificate that was issued to the registrar. Of others' nobody is told that they exist.
func issueIsOwn(r registry.Registrar, issue registry.Issue, found bool) Rule {
	return refuseIf("issueIsOwn", !found || issue.Registrar != r.ID, registry.Error{
		Code: registry.ObjectMissing, Field: "serial",
		Reason: "no certificate of this serial number was issued to the registrar; look at the list",
	})
}
