package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/peer"
)

// What the operator sets is shown, told to the registrar, and lifted.
func TestRegistrarLimits(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	added := mustRun(t, "registrar", "add", "R2001", "--dir", dir, "--name", "N", "--email", "e@example.com", "--network", "127.0.0.0/8")
	password := regexp.MustCompile(`(?m)password.*: (\S+)$`).FindStringSubmatch(added)[1]
	has(t, mustRun(t, "registrar", "show", "R2001", "--dir", dir, "--days", "400"), "sessions  100", "profile", "no login yet")
	if _, errs, status := run(t, "", "registrar", "show", "R2001", "--dir", dir, "--days", "0"); status != 1 || !strings.Contains(errs, "number of days") {
		t.Errorf("no days: status %d, %s", status, errs)
	}
	limit := func(args ...string) string {
		t.Helper()
		return mustRun(t, append([]string{"registrar", "limit"}, append(args, "--dir", dir, "--author", "ana")...)...)
	}
	check := func(name string) string {
		t.Helper()
		out, errs, _ := run(t, "", "epp", "--server", eppAddress(t, dir), "--ca", filepath.Join(dir, "ca.pem"),
			"--as", "R2001", "--password", password, "check", "domain", name)
		return out + errs
	}
	has(t, check("libre.co"), "available")
	has(t, mustRun(t, "registrar", "show", "R2001", "--dir", dir), "last login 20", " from 127.0.0.1")
	has(t, limit("set", "R2001", "check", "0", "--name", "Libre.CO", "--reason", "hammering"), "check of libre.co", "closed", "ana", "hammering")
	has(t, check("libre.co"), "the registry has closed check of libre.co to this registrar since", "hammering; ask the registry")
	has(t, check("otra.co"), "available")
	has(t, limit("set", "R2001", "cache", "30s", "--reason", "hammering", "--until", "7d"), "30s")
	has(t, check("otra.co"), "available")
	has(t, limit("set", "R2001", "sessions", "0", "--reason", "hammering"), "sessions")
	has(t, mustRun(t, "registrar", "limit", "list", "R2001", "--dir", dir), "LIMIT", "check of libre.co  closed", "sessions           closed")
	has(t, check("otra.co"), "2502", "begin no session since", "hammering; ask the registry")
	limit("lift", "R2001", "sessions", "--reason", "mended")
	limit("lift", "R2001", "cache", "--reason", "mended")
	if out := limit("lift", "R2001", "check", "--name", "libre.co", "--reason", "mended"); strings.Contains(out, "hammering") {
		t.Errorf("after all was lifted:\n%s", out)
	}
	has(t, check("libre.co"), "available")
	var shown registrarDetails
	if err := json.Unmarshal([]byte(mustRun(t, "registrar", "show", "R2001", "--dir", dir, "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	if len(shown.Limits) != 1 || len(shown.Days) != 1 || shown.Days[0].Checks != 5 {
		t.Errorf("it shows %+v", shown)
	}
	has(t, r.err.String(), "registrar limited", `"author":"ana"`, "registrar's limit lifted", `"reason":"mended"`)
}

// A login is told in a line, and what a client said of itself cannot spoil the terminal.
func TestLastLogin(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for want, l := range map[string]lastLogin{
		"no login yet": {},
		"no login yet; wrong passwords since: 1, the latest at " + showInstant(at): {WrongPasswords: 1, LastWrong: at},
		"last login " + showInstant(at) + ` from 192.0.2.1, "tool 1", "a\x1b[2J"; wrong passwords since: 2, the latest at ` + showInstant(at): {
			At: at, Address: "192.0.2.1", App: "tool 1", OS: "a\x1b[2J", WrongPasswords: 2, LastWrong: at,
		},
	} {
		if got := l.String(); got != want {
			t.Errorf("told: %s\nwant: %s", got, want)
		}
	}
}

// What an operator mistypes is told, with what to write.
func TestRestrictionRefusals(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name string
		q    restrictionRequest
		says string
	}{
		{"pace", restrictionRequest{What: "check", Value: "10"}, "such as 10/s"},
		{"unit", restrictionRequest{What: "check", Value: "10/y"}, "such as 10/s"},
		{"no pace", restrictionRequest{What: "check"}, "such as 10/s"},
		{"no time", restrictionRequest{What: "check", Value: "10/0s"}, "no length of time"},
		{"sessions", restrictionRequest{What: "sessions", Value: "many"}, "no number of sessions"},
		{"cache", restrictionRequest{What: "cache", Value: "long"}, "no length of time"},
		{"cache of an object", restrictionRequest{What: "cache", Value: "1s", Object: "domain"}, "leave --object"},
		{"until", restrictionRequest{What: "check", Value: "1/s", Until: "soon"}, "neither an instant"},
	} {
		if _, err := test.q.command("R2001", now); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.name, err, test.says)
		}
	}
}

func TestRestrictionRequests(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	limit := func(command string, l registry.CommandLimit) flow.Command {
		l.Command = command
		return flow.RegistrarLimit{Restriction: flow.Restriction{Registrar: "R2001"}, Limit: l}
	}
	for _, test := range []struct {
		q    restrictionRequest
		want flow.Command
	}{
		{restrictionRequest{What: "check", Value: "10/s"}, limit("check", registry.CommandLimit{Count: 10, Per: time.Second})},
		{restrictionRequest{What: "all", Value: "600/5m"}, limit("", registry.CommandLimit{Count: 600, Per: 5 * time.Minute})},
		{restrictionRequest{What: "renew", Value: "0"}, limit("renew", registry.CommandLimit{})},
		{restrictionRequest{What: "renew", Value: "unlimited"}, limit("renew", registry.CommandLimit{Unlimited: true})},
		{
			restrictionRequest{What: "sessions", Value: "7", Until: "1d"},
			flow.RegistrarSessions{Restriction: flow.Restriction{Registrar: "R2001", Until: now.Add(24 * time.Hour)}, Most: 7},
		},
		{
			restrictionRequest{What: "cache", Value: "90s", Until: "2026-04-01"},
			flow.RegistrarCache{Restriction: flow.Restriction{Registrar: "R2001", Until: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}, Age: 90 * time.Second},
		},
	} {
		if got, err := test.q.command("R2001", now); err != nil || got != test.want {
			t.Errorf("%+v is %+v, %v, want %+v", test.q, got, err, test.want)
		}
	}
}

// Client certificates that openssl made: one issued by an authority, one by itself, one that has expired
// in the meantime. A registrar changes from one to the other while its sessions go on.
func TestClientCertificatesOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	dir, _ := newRegistry(t)
	certificates := opensslCertificates(t)
	edit(t, dir, `client_ca = "ca.pem"`, `client_ca = "`+certificates("authority.pem")+`"`)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	added := mustRun(t, "registrar", "add", "R2001", "--dir", dir, "--name", "N", "--email", "e@example.com", "--certificate", certificates("issued.pem"))
	password := regexp.MustCompile(`(?m)password.*: (\S+)$`).FindStringSubmatch(added)[1]
	client := func(name string) string {
		t.Helper()
		out, errs, _ := run(t, "", "epp", "--server", eppAddress(t, dir), "--ca", filepath.Join(dir, "ca.pem"),
			"--as", "R2001", "--password", password, "--cert", certificates(name+".pem"), "--key", certificates(name+".key"), "check", "domain", "libre.co")
		return out + errs
	}
	certificate := func(args ...string) string {
		t.Helper()
		return mustRun(t, append([]string{"registrar", "certificate"}, append(args, "--dir", dir)...)...)
	}
	has(t, client("issued"), "available")
	has(t, client("self"), "2200")
	has(t, certificate("add", "R2001", certificates("self.pem")), "CN=self", "CN=issued")
	has(t, client("self"), "available")
	has(t, client("issued"), "available")
	refused := func(says string, args ...string) {
		t.Helper()
		out, errs, status := run(t, "", append([]string{"registrar", "certificate"}, append(args, "--dir", dir)...)...)
		if status == 0 || !strings.Contains(errs, says) {
			t.Errorf("dorado registrar certificate %v: %s%s, want %q", args, out, errs, says)
		}
	}
	refused("at most 2 certificates", "add", "R2001", certificates("third.pem"))
	print := fingerprintIn(t, certificates("issued.pem"))
	certificate("remove", "R2001", strings.ToUpper(print[:12]))
	has(t, client("issued"), "2200")
	has(t, client("self"), "available")
	refused("has expired at", "add", "R2001", certificates("expired.pem"))
	has(t, certificate("list", "R2001"), "CN=self")
	has(t, r.err.String(), "client certificate registered", "client certificate removed")
}

func fingerprintIn(t *testing.T, path string) string {
	t.Helper()
	k, err := certificateOf(path)
	if err != nil {
		t.Fatal(err)
	}
	return k.Fingerprint
}

// opensslCertificates makes a client certificate of each kind, and returns where they are.
func opensslCertificates(t *testing.T) func(string) string {
	t.Helper()
	dir := t.TempDir()
	openssl := func(args ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, "openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	key := []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"}
	for _, name := range []string{"authority", "self", "third"} {
		openssl(append([]string{"req", "-x509", "-days", "30", "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".pem"}, key...)...)
	}
	for _, name := range []string{"issued", "expired"} {
		openssl(append([]string{"req", "-subj", "/CN=" + name, "-keyout", name + ".key", "-out", name + ".csr"}, key...)...)
	}
	openssl("x509", "-req", "-in", "issued.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "30", "-out", "issued.pem")
	if err := os.WriteFile(filepath.Join(dir, "index.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const config = "[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
	if err := os.WriteFile(filepath.Join(dir, "ca.cnf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	openssl("ca", "-batch", "-config", "ca.cnf", "-cert", "authority.pem", "-keyfile", "authority.key", "-startdate", "20200101000000Z",
		"-enddate", "20210101000000Z", "-in", "expired.csr", "-out", "expired.pem", "-notext")
	return func(name string) string { return filepath.Join(dir, name) }
}
