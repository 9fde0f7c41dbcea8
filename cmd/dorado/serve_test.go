package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
)

// newRegistry makes a registry on free ports of 127.0.0.1.
func newRegistry(t *testing.T) (dir, base string) {
	t.Helper()
	dir, base = filepath.Join(shortDir(t), "r"), portBase(t)
	mustRun(t, "init", "--dir", dir)
	edit(t, dir, `address = ""`, `address = "127.0.0.1"`)
	edit(t, dir, "port_base = 0", "port_base = "+base)
	return dir, base
}

// edit replaces text in the configuration.
func edit(t *testing.T, dir, old, fresh string) {
	t.Helper()
	path := filepath.Join(dir, configFile)
	text := readAll(t, path)
	if !strings.Contains(text, old) {
		t.Fatalf("the configuration has no %q", old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(text, old, fresh, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// eppAddress is where a registry that newRegistry made speaks EPP.
func eppAddress(t *testing.T, dir string) string {
	t.Helper()
	c, err := loadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c.Listen.address(serviceEPP)
}

// A registry that init made can be run, let a registrar in, and be used by it.
func TestInitServeRegistrar(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir)
	defer r.stop()
	has(t, mustRun(t, "registrar", "list", "--dir", dir), "There is no registrar yet")
	added := mustRun(t, "registrar", "add", "R2001", "--dir", dir, "--name", "Example Names", "--email", "tech@example.com", "--network", "127.0.0.0/8")
	has(t, added, "Registrar R2001 is open.", "shown only now: ", "It has no funds yet")
	password := strings.Fields(added[strings.Index(added, "only now: ")+len("only now: "):])[0]
	has(t, mustRun(t, "registrar", "deposit", "R2001", "100.00", "BANK-1", "--dir", dir), "balance of 100.00")
	has(t, mustRun(t, "registrar", "list", "--dir", dir), "R2001", "100.00", "127.0.0.0/8")
	has(t, mustRun(t, "registrar", "list", "--dir", dir, "--json"), `"balance": "100.00"`)

	epp := []string{"epp", "--server", eppAddress(t, dir), "--ca", filepath.Join(dir, "ca.pem"), "--as", "R2001", "--password"}
	has(t, mustRun(t, append(epp, password, "check", "domain", "free.co")...), "available")
	out, _, status := run(t, "", append(epp, "wrong-one", "check", "domain", "free.co")...)
	has(t, r.err.String(), `"registrar":"R2001"`, `"check":"wrong password"`)
	if strings.Contains(r.err.String(), `"agent":{}`) {
		t.Error("the log tells of an agent that said nothing")
	}
	other := slices.Clone(epp)
	other[len(other)-2] = "R2999"
	run(t, "", append(other, "wrong-one", "check", "domain", "free.co")...)
	has(t, r.err.String(), `"registrar":"R2999"`, `"check":"unknown registrar id"`)
	if has(t, out, "2200"); status != 22 {
		t.Errorf("a refused login ends with status %d, want 22", status)
	}
	if strings.Contains(r.err.String(), password) {
		t.Error("the log has the password")
	}
	out, errs, status := run(t, "", "clock", "--dir", dir, "advance", "1d")
	if has(t, errs, "only the clock of dorado demo can be moved"); status != 1 {
		t.Errorf("moving the clock of serve ends with status %d: %s", status, out)
	}
}

// An init that does not succeed leaves nothing behind.
func TestInitLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	_, errs, status := run(t, "", "init", "--dir", dir, "--database", "postgres://127.0.0.1:1/none?sslmode=disable")
	if has(t, errs, "open the database", "check that the server runs", "database.dsn"); status != 1 || strings.Count(errs, "\n") != 1 {
		t.Errorf("status %d, want 1", status)
	}
	if exists(dir) {
		t.Errorf("%s was left behind", dir)
	}
}

// What init cannot do is told before anything is made, and demo likewise.
func TestNewRefusals(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		says string
	}{
		{"host", []string{"init", "--hostname", "bad host"}, `--hostname: "bad host" is neither an IP address nor a host name`},
		{"database of init", []string{"init", "--database", "mysql://x"}, "mysql:// is no database"},
		{"database of demo", []string{"demo", "--database", "mysql://x"}, "mysql:// is no database"},
		{"no place", []string{"demo", "--port-base", portBase(t), "--database", "nowhere/x.db"}, "nowhere/x.db cannot be written"},
		{"no server", []string{"demo", "--port-base", portBase(t), "--database", "postgres://127.0.0.1:1/none?sslmode=disable"}, "open the database"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(shortDir(t), "new")
			_, errs, status := run(t, "", append(test.args, "--dir", dir)...)
			if has(t, errs, test.says); status != 1 || exists(dir) {
				t.Errorf("status %d, and a directory: %v", status, exists(dir))
			}
		})
	}
}

// What an operator mistypes is one sentence with status 1.
func TestOperatorRefusals(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "epp,engine")
	defer r.stop()
	add := []string{"registrar", "add", "R2001", "--dir", dir, "--name", "N", "--email", "e@example.com"}
	mustRun(t, add...)
	mustRun(t, "registrar", "deposit", "R2001", "1.00", "BANK-1", "--dir", dir)
	for _, test := range []struct {
		name string
		args []string
		says string
	}{
		{"twice", add, "a registrar of this id exists; choose another"},
		{"no name", []string{"registrar", "add", "R2002", "--dir", dir}, "give --name and --email"},
		{"bad id", []string{"registrar", "add", "x", "--dir", dir, "--name", "N", "--email", "e@example.com"}, "3 to 16 letters"},
		{"bad e-mail", append(add, "--email", "tech at example"), "--email: "},
		{"bad abuse", append(add, "--abuse", "Ana <a@b.co>"), "--abuse: "},
		{"bad voice", append(add, "--voice", "555 0100"), "--voice: "},
		{"bad id of IANA", append(add, "--iana-id=-3"), "--iana-id: -3"},
		{"bad site", append(add, "--website", "example"), "--website: "},
		{"bad network", append(add, "--network", "10.1.2.3/8"), "did you mean 10.0.0.0/8?"},
		{"no network", append(add, "--network", "home"), "is no network"},
		{"bad credit", append(add, "--credit-limit", "much"), "is no amount"},
		{"no certificate", append(add, "--certificate", filepath.Join(dir, configFile)), "no certificate in PEM"},
		{"same reference", []string{"registrar", "deposit", "R2001", "1.00", "BANK-1", "--dir", dir}, "recorded already"},
		{"no amount", []string{"registrar", "deposit", "R2001", "x", "BANK-2", "--dir", dir}, "not a number"},
		{"no such registrar", []string{"registrar", "deposit", "R9", "1.00", "BANK-2", "--dir", dir}, "no such registrar"},
		{"nothing runs", []string{"registrar", "list", "--dir", filepath.Join(dir, "no")}, "no registry is running in"},
		{"init again", []string{"init", "--dir", dir}, "is"},
		{"no registry", []string{"serve", "--dir", filepath.Join(dir, "no")}, "make one with dorado init"},
		{"no registry, and files", []string{"serve", "--dir", filepath.Dir(dir)}, "which has other files"},
		{"no role", []string{"serve", "--dir", dir, "--roles", "ftp"}, `there is no role "ftp"`},
		{"no command", []string{"serv"}, `there is no command "serv"; did you mean serve?`},
		{"no command below", []string{"registrar", "lst"}, `there is no command "lst" below dorado registrar; did you mean list?`},
		{"no clock command", []string{"clock", "advanec", "1d"}, "did you mean advance?"},
		{"no topic", []string{"help", "nosuch"}, `there is no command "nosuch"`},
		{"no topic below", []string{"help", "epp", "nosuch"}, "below dorado epp"},
		{"negative span", []string{"clock", "advance", "-3d"}, "-3d begins with a hyphen; no argument of dorado clock advance is negative"},
		{"negative deposit", []string{"registrar", "deposit", "R2001", "-5", "B2"}, "no argument of dorado registrar deposit is negative"},
		{"directory as argument", []string{"init", "/tmp/x"}, "did you mean --dir /tmp/x?"},
		{"no directory", []string{"serve"}, "give --dir"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, errs, status := run(t, "", test.args...)
			if status != 1 || !strings.Contains(errs, test.says) {
				t.Errorf("status %d, %s%s; want 1 and %q", status, out, errs, test.says)
			}
			if strings.Contains(out+errs, "Usage:") {
				t.Errorf("the mistake is answered with the usage:\n%s%s", out, errs)
			}
		})
	}
}

// SIGHUP brings a new certificate and the live keys into force, names what waits, and leaves a
// session alone. A configuration that is wrong changes nothing.
func TestReload(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir)
	defer r.stop()
	added := mustRun(t, "registrar", "add", "R2001", "--dir", dir, "--name", "N", "--email", "e@example.com", "--network", "127.0.0.1")
	password := strings.Fields(added[strings.Index(added, "only now: ")+len("only now: "):])[0]
	options := eppOptions{server: eppAddress(t, dir), ca: filepath.Join(dir, "ca.pem"), as: "R2001", password: password, timeout: 10 * time.Second}
	session, answer, err := options.login(t.Context(), "")
	if err != nil || session == nil {
		t.Fatalf("log in: %v, %+v", err, answer)
	}
	old := serial(t, options)

	replaceServerCertificate(t, dir)
	edit(t, dir, `level = "info"`, `level = "debug"`)
	edit(t, dir, `server_id = "Dorado"`, `server_id = "Other"`)
	r.hangups <- syscall.SIGHUP
	eventually(t, func() bool { return strings.Contains(r.err.String(), "wait for a restart") })
	has(t, r.err.String(), `"changed":["log.level"]`, `"keys":["registry.server_id"]`)
	if fresh := serial(t, options); fresh == old {
		t.Error("new connections see the old certificate")
	}
	if answer, err := session.Do(eppclient.Check{Object: "domain", Names: []string{"free.co"}}, "T-1"); err != nil || !answer.OK() {
		t.Errorf("the session that was open is gone: %v, %+v", err, answer)
	}

	edit(t, dir, `level = "debug"`, `leve = "debug"`)
	r.hangups <- syscall.SIGHUP
	eventually(t, func() bool { return strings.Contains(r.err.String(), "nothing reloaded") })
	has(t, r.err.String(), "there is no key log.leve; did you mean log.level?")
	if err := session.Close(); err != nil {
		t.Error(err)
	}
}

// serial returns the serial number of the certificate that a new connection is shown.
func serial(t *testing.T, o eppOptions) string {
	t.Helper()
	pool, err := loadPool(o.ca)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", o.server, &tls.Config{RootCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
}

// replaceServerCertificate makes a new server certificate of the registry's own authority.
func replaceServerCertificate(t *testing.T, dir string) {
	t.Helper()
	ca, err := readAuthority(keyPair{
		[]byte(readAll(t, filepath.Join(dir, authorityFile))), []byte(readAll(t, filepath.Join(dir, authorityKeyFile))),
	})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.server(serverHosts(nil))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"server.pem": pair.certificate, "server.key": pair.key} {
		if err := replaceFile(filepath.Join(dir, name), data); err != nil {
			t.Fatal(err)
		}
	}
}

// A start says what the world could not ask.
func TestNameserverWarnings(t *testing.T) {
	dir, _ := newRegistry(t)
	r := start(t, "serve", "--dir", dir, "--roles", "engine")
	has(t, r.err.String(), "zone.nameservers is still the example")
	r.stop()
	edit(t, dir, `nameservers = ["ns1.registry.example", "ns2.registry.example"]`, `nameservers = ["ns1.nic.co", "ns2.nic.co 192.0.2.1", "ns.example.net"]`)
	r = start(t, "serve", "--dir", dir, "--roles", "engine")
	has(t, r.err.String(), "has no address", `"name":"ns1.nic.co"`)
	if said := r.err.String(); strings.Contains(said, "ns2.nic.co") || strings.Contains(said, "ns.example.net") || strings.Contains(said, "still the example") {
		t.Errorf("it warns of what is right:\n%s", said)
	}
	r.stop()
}

// The process itself: real signals, JSON in the log, and a clean end.
func TestProcess(t *testing.T) {
	dir, _ := newRegistry(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "serve", "--dir", dir)
	cmd.Env = append(os.Environ(), "DORADO_TEST_AS_PROGRAM=1")
	log := &buffer{}
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != readyLine+"\n" {
		t.Fatalf("standard output begins with %q, %v\n%s", line, err, log)
	}
	for _, step := range []struct {
		signal os.Signal
		says   string
	}{{syscall.SIGHUP, "reloaded the certificates"}, {syscall.SIGTERM, "stopping"}} {
		if err := cmd.Process.Signal(step.signal); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { return strings.Contains(log.String(), step.says) })
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v\n%s", err, log)
	}
	for line := range strings.Lines(log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a line of the log is no JSON: %s", line)
		}
	}
}

// A registry whose clock a demo has moved does not run on real time.
func TestServeRefusesMovedClock(t *testing.T) {
	dir, demo := aDemo(t)
	mustRun(t, "clock", "--dir", dir, "advance", "1d")
	demo.stop()
	_, errs, status := run(t, "", "serve", "--dir", dir)
	if has(t, errs, "run it with dorado demo"); status != 1 {
		t.Errorf("status %d, want 1", status)
	}
}
