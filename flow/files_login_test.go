package flow_test

import (
	"context"
	"net/netip"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// filesPassword is what Acme fetches files with, and listedAddress an address of its list.
const filesPassword = "Files-pass-1"

var listedAddress = netip.MustParseAddr("127.0.0.1")

// withFiles gives Acme a password for files.
func withFiles(t *testing.T, w *world.World) {
	t.Helper()
	hash, err := w.Service.Passwords.Hash(context.Background(), filesPassword)
	if err != nil {
		t.Fatal(err)
	}
	w.Do("", flow.RegistrarPassword{Act: flow.Act{Registrar: world.Acme, Author: "ana", Reason: "the first"}, To: hash, Files: true})
}

// fetch logs in for files.
func fetch(w *world.World, l flow.FilesLogin) error {
	_, err := w.Service.FilesLogin(context.Background(), l)
	return err
}

// Only the registrar's password for files opens them, from an address of its list, and every refusal says the same.
func TestFilesLogin(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	good := flow.FilesLogin{Registrar: world.Acme, Password: filesPassword, From: listedAddress}
	var first string
	if err := fetch(w, flow.FilesLogin{Registrar: world.Acme, From: listedAddress}); err == nil {
		t.Error("a registrar without a password for files is let in")
	}
	withFiles(t, w)
	if err := fetch(w, good); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		change func(*flow.FilesLogin)
	}{
		{"the EPP password", func(l *flow.FilesLogin) { l.Password = world.Password }},
		{"no password", func(l *flow.FilesLogin) { l.Password = "" }},
		{"an address of nobody", func(l *flow.FilesLogin) { l.From = netip.MustParseAddr("198.51.100.7") }},
		{"no address", func(l *flow.FilesLogin) { l.From = netip.Addr{} }},
		{"a registrar that there is not", func(l *flow.FilesLogin) { l.Registrar = world.Stranger }},
		{"no registrar", func(l *flow.FilesLogin) { l.Registrar = "" }},
		{"a registrar that is suspended", func(l *flow.FilesLogin) { l.Registrar = world.Suspended }},
		{"another registrar", func(l *flow.FilesLogin) { l.Registrar = world.Other }},
	} {
		l := good
		test.change(&l)
		err := fetch(w, l)
		e := refusal(err)
		if e == nil || e.Code != registry.Authentication {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if first == "" {
			first = e.Reason
		}
		if e.Reason != first {
			t.Errorf("%s is told %q, others %q", test.name, e.Reason, first)
		}
	}
	if err := fetch(w, good); err != nil {
		t.Errorf("after all that the right one is told %v", err)
	}
}

// Wrong passwords for files slow guessing down, and keep nobody from EPP.
func TestFilesGuesses(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	withFiles(t, w)
	for range w.Service.Terms().Limits.WrongPasswordsAtOnce + 1 {
		_ = fetch(w, flow.FilesLogin{Registrar: world.Acme, Password: "wrong", From: listedAddress})
	}
	err := fetch(w, flow.FilesLogin{Registrar: world.Acme, Password: filesPassword, From: listedAddress})
	if e := refusal(err); e == nil || e.Wait == 0 {
		t.Errorf("guessing goes on: %v", err)
	}
	if _, err := w.Service.Login(context.Background(), flow.Login{Registrar: world.Acme, Password: world.Password, From: listedAddress}); err != nil {
		t.Errorf("EPP is shut by wrong passwords for files: %v", err)
	}
	if last, err := w.DB.LastLogin(context.Background(), world.Acme); err != nil || last.Failures != 0 {
		t.Errorf("of wrong passwords for files, %d are told at the next login over EPP: %v", last.Failures, err)
	}
}
