package store

import "example.org/dorado/core/registry"

// issues writes client certificates that were issued.
func (w *writer) issues(changes registry.Changes) {
	for _, k := range changes.Issues {
		w.exec("put the certificate "+k.Serial, insertIssue,
			k.Serial, k.Registrar, k.Fingerprint, micros(k.Issued), micros(k.NotAfter), k.Author, k.PEM)
	}
}

const insertIssue = `
INSERT INTO issue (serial, registrar, fingerprint, issued, not_after, author, pem)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

// Issue returns a certificate that was issued, by its serial number.
func (r *reader) Issue(serial string) (registry.Issue, bool, error) {
	return one(r, scanIssue, issueBySerial, serial)
}

const issueBySerial = `
SELECT serial, registrar, fingerprint, issued, not_after, author, pem
FROM   issue
WHERE  serial = $1`

// Issues returns up to limit certificates that were issued to a registrar, the latest first.
func (r *reader) Issues(id registry.RegistrarID, limit int) ([]registry.Issue, error) {
	return many(r, scanIssue, issuesOf, id, limit)
}

const issuesOf = `
SELECT serial, registrar, fingerprint, issued, not_after, author, pem
FROM   issue
WHERE  registrar = $1
ORDER  BY issued DESC, serial
LIMIT  $2`

func scanIssue(row row) (k registry.Issue, err error) {
	var issued, notAfter int64
	err = row.Scan(&k.Serial, &k.Registrar, &k.Fingerprint, &issued, &notAfter, &k.Author, &k.PEM)
	k.Issued, k.NotAfter = instant(issued), instant(notAfter)
	return k, err
}
