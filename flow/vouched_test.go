package flow_test

import (
	"net/netip"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// TestCredentialsNeedConfirmation: whoever has found a session open changes none of the ways in, whatever page he sends it
// from; the operator and programs have shown in other ways who they are.
func TestCredentialsNeedConfirmation(t *testing.T) {
	w, of := crew(t)
	ana := of[manager]
	act := flow.Act{Registrar: world.Acme, Author: ana.Login}
	w.Do("", flow.CertificateAdd{Registrar: world.Acme, Certificate: certificate("ab")})
	network := netip.MustParsePrefix("203.0.113.0/24")
	list := []struct {
		name string
		cmd  flow.Command
	}{
		{"a password of EPP", flow.RegistrarPassword{Act: act, To: "a hash"}},
		{"a password of FTPS", flow.RegistrarPassword{Act: act, To: "a hash", Files: true}},
		{"a network", flow.RegistrarNetwork{Act: act, Network: network}},
		{"a network less", flow.RegistrarNetwork{Act: act, Network: network, Remove: true}},
		{"a certificate", flow.CertificateUpload{Act: act, PEM: world.Certificate("a", noonNextYear)}},
		{"a certificate less", flow.CertificateRemove{Registrar: world.Acme, Author: act.Author, Fingerprint: certificate("ab").Fingerprint}},
		{"a request", flow.CertificateIssue{Act: act, Request: world.CertificateRequest("a")}},
	}
	w.Pass(20 * time.Minute)
	for _, test := range list {
		_, err := ana.run(test.cmd)
		if e := refusal(err); e == nil || e.Rule != "userIsConfirmed" || e.Code != registry.Authentication {
			t.Errorf("%s, long after the password was given: %v", test.name, err)
		}
		nobody := *ana
		nobody.session = of[finance].session
		if _, err := nobody.run(test.cmd); refusal(err) == nil || refusal(err).Rule != "userIsConfirmed" {
			t.Errorf("%s, in the session of somebody else: %v", test.name, err)
		}
	}
	ana.signIn()
	for _, test := range list {
		if _, err := ana.run(test.cmd); err != nil {
			t.Errorf("%s, confirmed: %v", test.name, err)
		}
	}
	w.Pass(20 * time.Minute)
	if _, err := w.Run(world.Acme, flow.RegistrarPassword{Act: act, To: "another hash"}); err != nil {
		t.Errorf("a program of the registrar: %v", err)
	}
	if _, err := w.Run("", flow.RegistrarPassword{Act: flow.Act{Registrar: world.Acme, Author: "eva", Reason: "lost"}, To: "a third"}); err != nil {
		t.Errorf("the operator: %v", err)
	}
}

// TestFirstFilesPasswordHasADate: a registrar that begins with a password for FTPS is told since when it holds.
func TestFirstFilesPasswordHasADate(t *testing.T) {
	w := world.New(t, morning)
	for id, password := range map[registry.RegistrarID]string{"H7001": "a hash", "H7002": ""} {
		w.Do("", flow.RegistrarCreate{Registrar: registry.Registrar{ID: id, Name: "New", FilesPassword: password}})
		r := answer(t, w, id, flow.Account{}).(flow.RegistrarAccount).Registrar
		if r.FilesChanged.IsZero() != (password == "") {
			t.Errorf("the password of %s is of %v", id, r.FilesChanged)
		}
	}
}
