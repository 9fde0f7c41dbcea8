package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every command of the client does what it says, on a demo, one after the other.
func TestEPPCommands(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	for _, test := range []struct {
		line   string // what follows dorado epp; words as in a shell
		shows  string
		status int
	}{
		{"hello", "urn:ietf:params:xml:ns:domain-1.0", 0},
		{`create contact ANA-1 --name "Ana Torres" --street "Calle 12 # 3-45" --city Bogota --pc 110111 --cc CO --voice +57.6015550100x42 --email ana@example.com --disclose email`, "ANA-1", 0},
		{"info contact ANA-1", "extension 42", 0},
		{"update contact ANA-1 --email ana@example.net --add-status clientDeleteProhibited", "1000", 0},
		{"info contact ANA-1", "ana@example.net", 0},
		{"delete contact ANA-1", "clientDeleteProhibited", 23},
		{"update contact ANA-1 --rem-status clientDeleteProhibited --org Torres", "1000", 0},
		{"create domain mio.com.co --registrant ANA-1 --admin ANA-1 --tech TEC-1 --years 2", "MIO.COM.CO created", 0},
		{"create host ns1.mio.com.co --addr 192.0.2.7 --addr 2001:db8::7", "ns1.mio.com.co", 0},
		{"update host ns1.mio.com.co --rem-addr 192.0.2.7 --add-addr 192.0.2.8", "1000", 0},
		{"update domain mio.com.co --add-ns ns1.mio.com.co --add-contact billing=ANA-1 --add-status clientHold --auth Secret-12", "1000", 0},
		{"info host ns1.mio.com.co", "192.0.2.8", 0},
		{"info domain mio.com.co --auth Secret-12", "clientHold", 0},
		{"info domain mio.com.co --auth wrong", "2202", 22},
		{"update host ns1.mio.com.co --rename ns9.mio.com.co", "1000", 0},
		{"renew mio.com.co --years 1", "expires", 0},
		{"renew domain mio.com.co --expires 2020-01-01", "2004", 20},
		{"delete contact ANA-1", "2305", 23},
		{"delete domain mio.com.co", "1001", 0},
		{"info domain mio.com.co", "2303", 23},
		{"check host ns9.mio.com.co ns1.condor.example", "not available  the host exists", 0},
		{"--as H1002 delete domain cafeazul.co", "2201", 22},
		{"poll", "No name links contact ANA-1 any more", 0},
		{"ack 1", "no such message waits", 23},
		{"--as H1002 poll", "no messages", 0},
		{"info domain cafeazul.co --xml", "<domain:name>", 0},
		{"--cltrid MINE-1 --xml check domain a-b.co", "<clTRID>MINE-1</clTRID>", 0},
		{"--sent check domain a-b.co", "<domain:check", 0},
	} {
		words, err := splitWords(test.line)
		if err != nil {
			t.Fatal(err)
		}
		out, errs, status := run(t, "", append([]string{"epp", "--dir", dir}, words...)...)
		if status != test.status || !strings.Contains(out, test.shows) {
			t.Errorf("dorado epp %s: status %d, want %d, and %q in\n%s%s", test.line, status, test.status, test.shows, out, errs)
		}
	}
}

// Mistakes are told without a connection, and without the usage.
func TestEPPMistakes(t *testing.T) {
	for _, test := range []struct{ line, says string }{
		{"check", "say which object"},
		{"check name a.co", "say which object"},
		{"info domain", "say which domain"},
		{"--dir nowhere check domain a.co", "name a server with --server"},
		{"--server 127.0.0.1:1 --as X1 --password secret check domain a.co", "nothing listens at 127.0.0.1:1; is the registry running, and is that its port for EPP"},
		{"--server nowhere.invalid:700 --as X1 --password secret hello", "the host of nowhere.invalid:700 cannot be found"},
		{"--server 127.0.0.1:1 check domain a.co", "say who logs in"},
		{"--server 127.0.0.1:1 --as X1 check domain a.co", "give the password of X1 in DORADO_EPP_PASSWORD"},
		{"--server 127.0.0.1:1 --as X1 --password abc check domain a.co", "the password of X1 has 3 characters; a password has 6 to 128 characters"},
		{"--server 127.0.0.1 check domain a.co --as X1 --password secret", "write HOST:PORT"},
		{"--server :700 hello", "write HOST:PORT"},
		{"chekc domain a.co", `there is no command "chekc" below dorado epp; did you mean check?`},
		{"crate domain a.co --registrant X", "did you mean create?"},
		{"create domian a.co --registrant X", `there is no command "domian" below dorado epp create; did you mean domain?`},
		{"ack", "give one argument: the id of a message, as poll shows it"},
		{"transfer", "say which object, its name, and what to do"},
		{"transfer host ns1.a.co query", "say which object, its name"},
		{"transfer domain", "say which domain"},
		{"transfer domain request a.co", "the name comes first: transfer domain NAME request"},
		{"transfer domain request", "the name comes first"},
		{"transfer domain a.co", "say what to do after the name: request, query, cancel, approve or reject"},
		{"transfer domain a.co accept", "a transfer has no \"accept\"; say request"},
		{"transfer domain a.co query b.co", `"b.co" is one too many`},
		{"--server 127.0.0.1:1 transfer domain a.co approve --fee 20", "--fee goes with transfer domain NAME request"},
		{"--server 127.0.0.1:1 transfer contact A-1 request --auth x --years 1", "--years goes with transfer domain NAME request"},
		{"--server 127.0.0.1:1 transfer domain a.co request --auth x --years 0", "--years is 1 to 99"},
		{"--server 127.0.0.1:1 transfer domain a.co request --auth x --currency USD", "--currency goes with --fee"},
		{"restore", "say which domain to restore, one at a time"},
		{"--server 127.0.0.1:1 restore a.co --currency USD", "--currency goes with --fee"},
		{"--server 127.0.0.1:1 restore a.co --deleted 2026-04-01", "--deleted, --restored, --before and --after go with --report"},
		{"--server 127.0.0.1:1 restore a.co --report why", "say when the name was deleted and restored"},
		{"--server 127.0.0.1:1 restore a.co --report why --deleted soon --restored 2026-04-01", `"soon" is no instant`},
		{"create domain a.co", "give --registrant, --admin and --tech"},
		{"create contact A-1 --name A --city B", "give --street, --pc, --cc, --voice and --email"},
		{"--server 127.0.0.1:1 create domain a.co --registrant A --admin A --tech A --years 0", "--years is 1 to 99, and 0 is not"},
		{"create domain a.co --registrant A --admin A --tech A --years two", `--years is a whole number, and "two" is none`},
		{"--server 127.0.0.1:1 renew a.co --years 0", "--years is 1 to 99"},
		{"--timeout soon hello", `--timeout is a length of time such as 30s or 2m, and "soon" is none`},
		{"info domain a.co b.co", `info takes one domain at a time; "b.co" is one too many`},
		{"delete domain a.co b.co", "one too many"},
		{"--server 127.0.0.1:1 update domain a.co", "say what to change: --add-contact, --add-ds, --add-ns"},
		{"--server 127.0.0.1:1 update host ns1.a.co", "say what to change: --add-addr"},
		{"--server 127.0.0.1:1 update contact A-1", "say what to change: --add-status"},
		{"update domain a.co --add-statsu x", "there is no flag --add-statsu; did you mean --add-status?"},
		{"renew a.co --years", "--years needs a value after it: years to add"},
		{"--server 127.0.0.1:1 --as X1 --password x check domain a.co", "the password of X1 has 1 character;"},
		{"--server 127.0.0.1:1 check host ns1.a.co --fee", "--fee goes with check domain"},
		{"--server 127.0.0.1:1 check contact A-1 --token T", "--token goes with check domain"},
		{"--server 127.0.0.1:1 check domain a.co --years 2", "--years goes with --fee"},
		{"--server 127.0.0.1:1 check domain a.co --fee --years 100", "--years is 1 to 99"},
		{"--server 127.0.0.1:1 renew a.co --currency USD", "--currency goes with --fee"},
		{"--server 127.0.0.1:1 create domain a.co --registrant A --admin A --tech A --currency USD", "--currency goes with --fee"},
		{"--server 127.0.0.1:1 create domain a.co --registrant A --admin A --tech A --ds 12345", `write a DS record as "TAG ALG TYPE DIGEST"`},
		{"--server 127.0.0.1:1 update domain a.co --add-ds 12345", "write a DS record"},
		{"--server 127.0.0.1:1 update domain a.co --rem-ds every", "write a DS record"},
		{"--server 127.0.0.1:1 update host ns1.a.co --ttl 3600", "write a time to live as TYPE=SECONDS"},
		{"--server 127.0.0.1:1 create host ns1.a.co --ttl =3600", "write a time to live as TYPE=SECONDS"},
		{"info maintenance", "say which maintenance"},
		{"check maintenance M-1", "say which object: check domain, host, contact"},
		{"raw", "say which files to send"},
		{"--server 127.0.0.1:1 --ca nowhere.pem hello", "read the authority of the server"},
		{"--server 127.0.0.1:1 update domain a.co --add-contact TEC-1", "ROLE=ID"},
		{"--server 127.0.0.1:1 create contact A-1 --name A --street S --city B --pc 1 --cc CO --voice +57.6015550100 --email a@example.com --disclose shoe", `no "shoe" to disclose`},
	} {
		words, err := splitWords(test.line)
		if err != nil {
			t.Fatal(err)
		}
		out, errs, status := run(t, "", append([]string{"epp"}, words...)...)
		if status != 1 || !strings.Contains(errs, test.says) || strings.Contains(out+errs, "Usage:") {
			t.Errorf("dorado epp %s: status %d, %s%s; want 1 and %q", test.line, status, out, errs, test.says)
		}
	}
}

// Who speaks to a demo that was stopped is told how to start it.
func TestEPPStoppedDemo(t *testing.T) {
	dir, demo := aDemo(t)
	demo.stop()
	for _, command := range [][]string{{"epp", "hello"}, {"epp", "check", "domain", "free.co"}, {"epp", "raw", "-"}} {
		_, errs, status := run(t, "<epp/>", append(command, "--dir", dir)...)
		if has(t, errs, "nothing listens at 127.0.0.1:", "start the demo with dorado demo --dir "+dir); status != 1 {
			t.Errorf("%v: status %d, want 1", command, status)
		}
	}
}

// A server whose authority is not named is not trusted, and the person is told how to name it.
func TestEPPUnknownAuthority(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"hello", "--as H1001 --password secret check domain a.co"} {
		_, errs, status := run(t, "", append([]string{"epp", "--server", file.Production.EPP}, strings.Fields(line)...)...)
		if has(t, errs, "is by an authority that is not trusted here", "--ca FILE"); status != 1 {
			t.Errorf("%s: status %d, want 1", line, status)
		}
	}
}

// A shell runs a script in one session, and goes on after a refusal.
func TestEPPShell(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	script := `# a remark
check domain free.co
info domain nobody-has-this.co
create contact X-1 --name "A B
nonsense
hello
quit
check domain never.co
`
	out, _, status := run(t, script, "epp", "--dir", dir, "shell")
	if status != 1 {
		t.Errorf("the last mistake gives status %d, want 1", status)
	}
	has(t, out, "free.co  available", "2303", "is not closed", `there is no command "nonsense"`, "server     Dorado")
	if strings.Contains(out, "never.co") {
		t.Error("it went on after quit")
	}
}

// Frames go out as they are, after a login or without one.
func TestEPPRaw(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	const check = `<?xml version="1.0" encoding="UTF-8"?><epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><check><domain:check xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>a-b.co</domain:name></domain:check></check><clTRID>RAW-1</clTRID></command></epp>`
	out, _, status := run(t, check, "epp", "--dir", dir, "raw", "-")
	if has(t, out, "RAW-1", `code="1000"`); status != 0 {
		t.Errorf("status %d, want 0", status)
	}
	out, _, status = run(t, check, "epp", "--dir", dir, "raw", "--no-login", "-")
	if has(t, out, `code="2002"`); status != 20 {
		t.Errorf("without a login: status %d, want 20", status)
	}
	path := filepath.Join(t.TempDir(), "broken.xml")
	if err := os.WriteFile(path, []byte("<epp"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, status = run(t, "", "epp", "--dir", dir, "raw", path)
	if has(t, out, `code="2001"`); status != 20 {
		t.Errorf("a broken frame: status %d, want 20", status)
	}
}

// A password that passwd has set is the one that counts from then on.
func TestEPPPasswd(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	if out, errs, status := run(t, "New-Secret-12\n", "epp", "--dir", dir, "passwd"); status != 0 {
		t.Fatalf("status %d, %s%s", status, out, errs)
	}
	mustRun(t, "epp", "--dir", dir, "check", "domain", "a-b.co") // demo.json has the new one
	mustRun(t, "epp", "--dir", dir, "--password", "New-Secret-12", "check", "domain", "a-b.co")
	path := filepath.Join(dir, demoFileName)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s has the mode %v, %v", path, info.Mode(), err)
	}
	before := readAll(t, path)
	in := "Other-Secret-1\n"
	if out, errs, status := run(t, in, "epp", "--dir", dir, "--password", "New-Secret-12", "passwd"); status != 0 {
		t.Fatalf("status %d, %s%s", status, out, errs)
	}
	if readAll(t, path) != before {
		t.Errorf("a password from elsewhere was changed in %s", path)
	}
	out, _, status := run(t, "", "epp", "--dir", dir, "check", "domain", "a-b.co")
	if has(t, out, "2200", "The password is the one in "+path); status != 22 {
		t.Errorf("the old password gives status %d, want 22", status)
	}
}
