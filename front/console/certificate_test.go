package console

import (
	"bytes"
	"encoding/pem"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// sendFile posts a form with a file.
func (b *browser) sendFile(path, file string, pairs ...string) *reply {
	b.T.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			b.T.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "../../etc/passwd")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err != nil || w.WriteField("token", b.token()) != nil || w.Close() != nil {
		b.T.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "https://console.example"+path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

func TestCertificates(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	b := r.as(world.Acme, registry.RoleManager)
	good := world.Certificate(`evil "><script>alert(1)</script>`, time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC))
	key := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: []byte("a secret of its owner")}))
	upload := Path + "credentials/certificates/upload"
	b.get(upload).is(http.StatusOK)
	b.post(upload, b.seen("pem", good+key)...).is(http.StatusUnprocessableEntity).says("take it for lost").saysNot("BEGIN EC PRIVATE", "BEGIN CERTIFICATE-----\nMI")
	b.sendFile(upload, key, b.seen()...).is(http.StatusUnprocessableEntity).says("take it for lost")
	b.post(upload, b.seen("pem", strings.Repeat("A", 1<<20))...).is(http.StatusRequestEntityTooLarge)
	b.post(upload, b.seen("pem", strings.Repeat("-----BEGIN X-----\n", 2000))...).is(http.StatusUnprocessableEntity)
	b.sendFile(upload, good, b.seen()...).goesTo(Path + "credentials")
	b.get(Path + "credentials").says("A client certificate ends soon.").saysNot("<script>alert")
	b.post(upload, b.seen("pem", good)...).is(http.StatusUnprocessableEntity).says("This certificate is listed already")

	issue := Path + "credentials/certificates/issue"
	b.get(issue).is(http.StatusOK).says("397 days")
	request := world.CertificateRequest("H1002")
	b.post(issue, "pem", request, "seen", "1").is(http.StatusUnprocessableEntity).says("has been changed since")
	b.post(issue, b.seen("pem", request)...).goesTo(Path + "credentials#issued")
	b.post(issue, b.seen("pem", request)...).is(http.StatusUnprocessableEntity).says("You have 2 certificates at most")
	reply, err := r.Ask(world.Acme, flow.CertificateList{})
	if err != nil || len(reply.([]registry.Issue)) != 1 {
		t.Fatalf("issued were %+v, %v", reply, err)
	}
	issued := reply.([]registry.Issue)[0]
	file := Path + "credentials/certificates/issued/" + issued.Serial
	page := b.get(file).is(http.StatusOK)
	if page.Body != issued.PEM || page.Header.Get("Content-Disposition") != `attachment; filename="H1001-`+issued.Serial+`.pem"` {
		t.Errorf("the file is %q, %q", page.Header.Get("Content-Disposition"), page.Body)
	}
	r.as(world.Other, registry.RoleManager).get(file).is(http.StatusNotFound)
	b.get(Path + "credentials/certificates/issued/..%2f..%2fca.key").is(http.StatusNotFound)

	remove := Path + "credentials/certificates/remove/" + issued.Fingerprint
	b.get(remove).is(http.StatusOK).says("CN=H1001")
	b.post(remove, "seen", "1").is(http.StatusUnprocessableEntity).says("has been changed since")
	b.post(remove, b.seen()...).goesTo(Path + "credentials")
	b.post(remove, b.seen()...).is(http.StatusNotFound)
	b.get(Path + "credentials").says(issued.Serial).saysNot(issued.Fingerprint)
	if strings.Contains(r.log.String(), "secret of its owner") || strings.Contains(r.Dump(), "PRIVATE KEY") {
		t.Error("a private key was logged or stored")
	}
}
