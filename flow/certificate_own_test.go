package flow_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

const (
	keyLost = "this has a PRIVATE KEY, which nobody but its owner may have; it was not kept, but take it for lost: " +
		"make a new key, and send what is made with it without the key"
	tooMany = "a registrar has at most 2 certificates, the old one and the new one of a change; remove the one that is not used any more"
)

// weakKey says what is wrong with a key.
func weakKey(called string) string {
	return "the key is " + called + "; make one with ECDSA on P-256 or P-384, Ed25519, or RSA of 2048 to 8192 bits"
}

// Everything is wrong with the first certificate. Each step puts one thing right.
func TestCertificateUploadRefusals(t *testing.T) {
	w := world.New(t, noon)
	good := world.Certificate("a client", noonNextYear)
	cmd := flow.CertificateUpload{Act: own(world.Acme)}
	put := func(text string) func() { return func() { cmd.PEM = text } }
	object := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, cmd }, []step{
		{put(good + object("EC PRIVATE KEY", []byte("secret"))), registry.ParameterPolicy, keyLost},
		{put("-----BEGIN PRIVATE KEY-----\nbroken"), registry.ParameterPolicy, keyLost},
		{put(strings.Repeat("x", 1<<20)), registry.ParameterSyntax, "this is too long for one certificate; a PEM text has at most 16384 characters"},
		{put(strings.Repeat(good, 60)), registry.ParameterSyntax, "this is too long for one certificate; a PEM text has at most 16384 characters"},
		{put("a text"), registry.ParameterSyntax, "this is not PEM; send the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"},
		{put(world.CertificateRequest("a client")), registry.ParameterSyntax, "this is another thing, as its first line says; send one certificate"},
		{put(good + good), registry.ParameterSyntax, "this is more than one certificate; send one, without those that lead to it"},
		{put(object("CERTIFICATE", []byte("DER"))), registry.ParameterSyntax, "this is no certificate as in RFC 5280; make it again, or copy it again"},
		{put(signed(t, rsaKey(t, 1024), noonNextYear)), registry.ParameterPolicy, weakKey("RSA with 1024 bits")},
		{put(signed(t, curveKey(t, elliptic.P521()), noonNextYear)), registry.ParameterPolicy, weakKey("ECDSA with P-521")},
		{put(withSHA1(t, signed(t, rsaKey(t, 2048), noonNextYear))), registry.ParameterPolicy, "the certificate is signed with SHA1-RSA, which is not safe; have one signed with SHA-256 or better"},
		{put(world.Certificate("a client", w.Now())), registry.ParameterRange, "the certificate has expired at 2026-03-01T12:00:00Z; register its successor"},
	}, put(good))
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, cmd }, []step{
		{func() {}, registry.ObjectExists, "the certificate is registered for this registrar already; there is nothing to do"},
	}, put(signed(t, rsaKey(t, 2048), noonNextYear)))
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, cmd }, []step{
		{put(signed(t, curveKey(t, elliptic.P384()), noonNextYear)), registry.ParameterPolicy, tooMany},
	}, func() {
		w.Do(world.Acme, flow.CertificateRemove{Registrar: world.Acme, Fingerprint: fingerprintOf(good), Author: "eva"})
	})
}

// A certificate that is uploaded is the one that EPP sees, and what it says of itself does no harm.
func TestCertificateUpload(t *testing.T) {
	w := world.New(t, noon)
	text := world.Certificate("evil\x1b[2J\u202e<script>"+strings.Repeat("x", 300), noonNextYear)
	r := w.Do(world.Acme, flow.CertificateUpload{Act: own(world.Acme), PEM: "Bag Attributes\n" + text}).(registry.Registrar)
	if len(r.Certified) != 1 || !slices.Equal(r.Certificates, []string{fingerprintOf(text)}) {
		t.Fatalf("the registrar has %v, %+v", r.Certificates, r.Certified)
	}
	k := r.Certified[0]
	if strings.ContainsAny(k.Subject, "\x1b\u202e") || len([]rune(k.Subject)) > 200 || k.Author != "eva@h1001.example" || !k.NotAfter.Equal(noonNextYear) {
		t.Errorf("of the certificate is kept %+v", k)
	}
}

// Everything is wrong with the first request. Each step puts one thing right.
func TestCertificateIssueRefusals(t *testing.T) {
	w := world.New(t, noon)
	good := world.CertificateRequest("somebody else")
	cmd := flow.CertificateIssue{Act: own(world.Acme), Request: good + "-----BEGIN RSA PRIVATE KEY-----"}
	put := func(text string) func() { return func() { cmd.Request = text } }
	w.Service.Keys.Clients = nil
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, cmd }, []step{
		{func() {}, registry.UnimplementedService, "this registry issues no certificates; upload one of your own, or of an authority"},
		{func() { w.Service.Keys.Clients = world.Authority() }, registry.ParameterPolicy, keyLost},
		{put(world.Certificate("a client", noonNextYear)), registry.ParameterSyntax, "this is another thing, as its first line says; send one certificate request"},
		{put("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"), registry.ParameterSyntax, "this is no certificate request as in RFC 2986; make it again, or copy it again"},
		{put(request(t, rsaKey(t, 1024))), registry.ParameterPolicy, weakKey("RSA with 1024 bits")},
		{put(forged(t)), registry.ParameterPolicy, "the signature of the request is not that of its key; make it again with the key that it is for"},
	}, put(good))
	w.Do(world.Acme, cmd)
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, cmd }, []step{
		{func() {}, registry.ParameterPolicy, tooMany},
	}, func() { removeAll(w) })
	for range 17 {
		removeAll(w)
		w.Do(world.Acme, cmd)
	}
	removeAll(w)
	precedence(t, w, func() (registry.RegistrarID, flow.Command) { return world.Acme, cmd }, []step{
		{func() {}, registry.ParameterPolicy, "20 certificates were issued to this registrar within a year, which is the most; ask the registry"},
	}, func() { w.Pass(367 * day) })
}

// removeAll takes all certificates off Acme's list.
func removeAll(w *world.World) {
	w.T.Helper()
	reply, err := w.Ask("", flow.RegistrarShow{ID: world.Acme})
	if err != nil {
		w.T.Fatal(err)
	}
	for _, f := range reply.(flow.RegistrarAccount).Certificates {
		w.Do(world.Acme, flow.CertificateRemove{Registrar: world.Acme, Fingerprint: f, Author: "eva"})
	}
}

// A certificate that is issued is the registrar's, whatever the request asks for; it leads to the authority, opens EPP,
// and stays on record when it is removed, for its registrar alone.
func TestCertificateIssue(t *testing.T) {
	w := world.New(t, noon)
	done := w.Do(world.Acme, flow.CertificateIssue{Act: own(world.Acme), Request: world.CertificateRequest("H1002")}).(flow.CertificateIssued)
	block, rest := pem.Decode([]byte(done.Issue.PEM))
	k, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(world.Authority().Chain[0])
	usage := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if _, err := k.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: w.Now(), KeyUsages: usage}); err != nil {
		t.Errorf("the certificate does not lead to the authority: %v", err)
	}
	switch {
	case k.Subject.String() != "CN=H1001", k.IsCA, !slices.Equal(k.ExtKeyUsage, usage), k.KeyUsage != x509.KeyUsageDigitalSignature:
		t.Errorf("the certificate says %s, %v, %v, %v", k.Subject, k.IsCA, k.ExtKeyUsage, k.KeyUsage)
	case !k.NotAfter.Equal(w.Now().AddDate(0, 0, 397)), len(k.SerialNumber.Bytes()) != 16, k.SerialNumber.Text(16) != done.Issue.Serial:
		t.Errorf("the certificate ends %s and has the number %s", k.NotAfter, k.SerialNumber.Text(16))
	case !bytes.Equal(k.PublicKey.(ed25519.PublicKey), world.ClientKey().Public().(ed25519.PublicKey)):
		t.Error("the certificate is for another key")
	case !bytes.Contains(rest, []byte("BEGIN CERTIFICATE")):
		t.Error("the certificate of the authority is not with it")
	}
	if f := fingerprintOf(done.Issue.PEM); done.Issue.Fingerprint != f || !slices.Contains(done.Registrar.Certificates, f) {
		t.Errorf("the fingerprint is %s, registered are %v", f, done.Registrar.Certificates)
	}
	removeAll(w)
	reply, err := w.Ask(world.Acme, flow.CertificateList{})
	if list, ok := reply.([]registry.Issue); err != nil || !ok || len(list) != 1 || list[0] != done.Issue {
		t.Errorf("issued were %+v, %v", reply, err)
	}
	if reply, err := w.Ask(world.Acme, flow.CertificateShow{Serial: done.Issue.Serial}); err != nil || reply != flow.Reply(done.Issue) {
		t.Errorf("it is shown as %+v, %v", reply, err)
	}
}

func TestIssuesRefusals(t *testing.T) {
	w := world.New(t, noon)
	serial := w.Do(world.Acme, flow.CertificateIssue{Act: own(world.Acme), Request: world.CertificateRequest("a")}).(flow.CertificateIssued).Issue.Serial
	who := world.Suspended
	const suspended = "the registrar is not active; ask the registry"
	show := flow.CertificateShow{Serial: "'; DROP TABLE issue"}
	const none = "no certificate of this serial number was issued to the registrar; look at the list"
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, show }, []step{
		{func() {}, registry.Authorization, suspended},
		{func() { who = world.Other }, registry.ObjectMissing, none},
		{func() { show.Serial = serial }, registry.ObjectMissing, none},
	}, func() { who = world.Acme })
	who = world.Suspended
	questions(t, w, func() (registry.RegistrarID, flow.Query) { return who, flow.CertificateList{} }, []step{
		{func() {}, registry.Authorization, suspended},
	}, func() { who = world.Acme })
}

// Registrars are told of what ends soon once for each number of days, as they wish, and those whose certificates go on
// are not.
func TestCertificatesAreWarnedOf(t *testing.T) {
	w := world.New(t, noon)
	ends := w.Now().AddDate(0, 0, 40)
	w.Do(world.Acme, flow.CertificateUpload{Act: own(world.Acme), PEM: world.Certificate("soon", ends)})
	w.Do(world.Acme, flow.CertificateUpload{Act: own(world.Acme), PEM: world.Certificate("later", ends.AddDate(1, 0, 0))})
	w.Do(world.Other, flow.CertificateUpload{Act: own(world.Other), PEM: world.Certificate("soon", ends)})
	for _, step := range []struct {
		days, told int
	}{{9, 0}, {1, 1}, {22, 0}, {1, 1}, {6, 0}, {2, 0}} {
		w.Pass(time.Duration(step.days) * day)
		for range 2 {
			for w.Do("", flow.CertificateWarn{Limit: 1}).(int) == 1 {
			}
		}
		var texts []string
		for _, m := range w.Take(world.Acme) {
			texts = append(texts, fmt.Sprint(m.Notice))
		}
		if len(texts) != step.told || step.told > 0 && !strings.Contains(texts[0], "soon") {
			t.Errorf("%d days before the end it is told %v, want %d", int(ends.Sub(w.Now())/day), texts, step.told)
		}
	}
	if got := w.Rows("SELECT recipient FROM mail WHERE template = 'certificate-ends'"); strings.Count(got, "\n") != 4 {
		t.Errorf("mails\n%s", got)
	}
}

func fingerprintOf(text string) string {
	block, _ := pem.Decode([]byte(text))
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:])
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func curveKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signed is a certificate that has signed itself with a key, as PEM.
func signed(t *testing.T, key any, ends time.Time) string {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "a client"}, NotBefore: ends.AddDate(-1, 0, 0), NotAfter: ends,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, publicOf(key), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func publicOf(key any) any {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return k.Public()
	case *ecdsa.PrivateKey:
		return k.Public()
	}
	return nil
}

// withSHA1 has a certificate of RSA say that it is signed with SHA-1, in both places.
func withSHA1(t *testing.T, text string) string {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	const sha256WithRSA, sha1WithRSA = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"
	if bytes.Count(block.Bytes, []byte(sha256WithRSA)) != 2 {
		t.Fatal("the certificate names its signature elsewhere")
	}
	block.Bytes = bytes.ReplaceAll(block.Bytes, []byte(sha256WithRSA), []byte(sha1WithRSA))
	return string(pem.EncodeToMemory(block))
}

// request is a request with a key of one's own, as PEM.
func request(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "a"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

// forged is a request with the key of somebody else.
func forged(t *testing.T) string {
	t.Helper()
	block, _ := pem.Decode([]byte(world.CertificateRequest("a")))
	key := []byte(world.ClientKey().Public().(ed25519.PublicKey))
	other := []byte(ed25519.NewKeyFromSeed(bytes.Repeat([]byte("else"), 8)).Public().(ed25519.PublicKey))
	block.Bytes = bytes.Replace(block.Bytes, key, other, 1)
	return string(pem.EncodeToMemory(block))
}
