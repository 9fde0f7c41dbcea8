package registry

import "time"

// A Certificate is what is kept of a client certificate that a registrar may show.
type Certificate struct {
	Fingerprint string    `json:",omitzero"` // SHA-256, lower-case hex
	Subject     string    `json:",omitzero"`
	Issuer      string    `json:",omitzero"`
	NotAfter    time.Time `json:",omitzero"`
	Added       time.Time `json:",omitzero"` // real time
	Author      string    `json:",omitzero"`
	Serial      string    `json:",omitzero"` // of one that the registry itself has issued; see Issue
	Warned      int       `json:",omitzero"` // the fewest days before NotAfter for which the registrar was warned
}

// An Issue is a client certificate that the registry's own authority has issued to a registrar. It stays when the
// registrar has removed the certificate from its list.
type Issue struct {
	Serial      string // lower-case hex
	Registrar   RegistrarID
	Fingerprint string
	Issued      time.Time // real time
	NotAfter    time.Time
	Author      string
	PEM         string // the certificate, and those of the authority that lead to it
}

// A CertificateNotice tells that a client certificate of a registrar is about to expire.
type CertificateNotice struct {
	Fingerprint string
	Subject     string `json:",omitzero"`
	NotAfter    time.Time
}

// Kind is NoticeCertificate.
func (CertificateNotice) Kind() NoticeKind { return NoticeCertificate }

// Event is EventCertificateEnds.
func (CertificateNotice) Event() Event { return EventCertificateEnds }

// Certificates are what can be read of client certificates that the registry has issued.
type Certificates interface {
	// Issue returns a certificate that was issued, by its serial number.
	Issue(serial string) (Issue, bool, error)
	// Issues returns up to limit certificates that were issued to a registrar, the latest first.
	Issues(id RegistrarID, limit int) ([]Issue, error)
}
