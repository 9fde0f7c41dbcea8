package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// certificate is one with nothing wrong with it; its fingerprint repeats two digits.
func certificate(digits string) registry.Certificate {
	return registry.Certificate{
		Fingerprint: strings.Repeat(digits, 32), Subject: "CN=client", Author: "ana",
		NotAfter: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

func TestCertificateRefusals(t *testing.T) {
	w := world.New(t, noon)
	add := flow.CertificateAdd{Certificate: registry.Certificate{Fingerprint: "AB", NotAfter: w.Now()}}
	adding := func() flow.Command { return add }
	wantPrecedence(t, w, adding, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { add.Registrar = world.Acme }, registry.ParameterSyntax, "64 lower-case"},
		{"fingerprint", func() { add.Certificate.Fingerprint = strings.Repeat("ab", 32) }, registry.ParameterRange, "has expired at 2026"},
	})
	add.Certificate = certificate("ab")
	w.Do("", add)
	wantPrecedence(t, w, adding, []refusedStep{{"all", func() {}, registry.ObjectExists, "already"}})
	add.Certificate = certificate("ac")
	w.Do("", add)
	wantPrecedence(t, w, adding, []refusedStep{
		{"a third", func() { add.Certificate = certificate("cd") }, registry.ParameterPolicy, "remove the one that is not used any more"},
	})
	remove := flow.CertificateRemove{Fingerprint: "ff"}
	wantPrecedence(t, w, func() flow.Command { return remove }, []refusedStep{
		{"everything", func() {}, registry.ObjectMissing, "no such registrar"},
		{"registrar", func() { remove.Registrar = world.Acme }, registry.ObjectMissing, "look at the list"},
		{"nothing", func() { remove.Fingerprint = "" }, registry.ObjectMissing, "look at the list"},
		{"fingerprint", func() { remove.Fingerprint = "a" }, registry.ParameterPolicy, "several"},
	})
	remove.Fingerprint = "aba"
	r := w.Do("", remove).(registry.Registrar)
	if want := []string{strings.Repeat("ac", 32)}; !slices.Equal(r.Certificates, want) || len(r.Certified) != 1 || r.Certified[0].Fingerprint != want[0] {
		t.Errorf("what is left is %v, %v, want %v", r.Certificates, r.Certified, want)
	}
	w.Do("", add) // there is room again
	_, err := w.Run("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: "H8003", Certificates: []string{"a", "b", "c"}}})
	if code(err) != registry.ParameterPolicy {
		t.Errorf("an account with three certificates: %v", err)
	}
}
