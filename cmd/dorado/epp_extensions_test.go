package main

import (
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/cmd/dorado/eppclient"
)

const digestOfTests = "49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE49FD46E6C4B45C55D4AC69CB"

// Every flag for an extension does what it says, on a demo, one after the other; what answers hold of
// extensions is told in words.
func TestEPPExtensions(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	const who = " --registrant CAFE-1 --admin CAFE-1 --tech CAFE-1"
	ds := `"cafemio.co. IN DS 12345 13 2 ` + digestOfTests[:8] + " " + digestOfTests[8:] + `"`
	for _, test := range []struct {
		line   string
		shows  []string // with runs of spaces as one
		status int
	}{
		{"check domain free.co plata.co --fee", []string{
			"class create renew transfer restore USD", "free.co available standard 20.00 20.00 20.00 40.00", "plata.co available premium 500.00 200.00 200.00 40.00",
		}, 0},
		{"check domain plata.co --fee --years 2 --currency USD", []string{"create 2 y renew 2 y", "premium 700.00 400.00"}, 0},
		{"check domain free.co --fee --currency EUR", []string{"free.co available prices are in USD"}, 0},
		{"create domain plata.co" + who, []string{"2003", "500.00 USD"}, 20},
		{"create domain plata.co --fee 20" + who, []string{"2004", "500.00 USD"}, 20},
		{"create domain plata.co --fee 500 --currency USD" + who, []string{"1000", "cost 500.00 USD Registration fee, credited if undone within 5 days"}, 0},
		{"renew plata.co", []string{"2003"}, 20},
		{"renew plata.co --fee 200", []string{"cost 200.00 USD"}, 0},
		{"delete domain plata.co", []string{"credited 700.00 USD"}, 0},
		{"create domain signed.co --ttl NS=900,ds=1200 --ds " + ds + who, []string{"1000"}, 0},
		{"info domain signed.co", []string{"DS 12345 13 2 " + digestOfTests, "TTL of NS 900 s", "TTL of DS 1200 s", "grace period addPeriod"}, 0},
		{`update domain signed.co --rem-ds ` + ds + ` --add-ds "12346 13 2 ` + digestOfTests + `" --ttl NS=`, []string{"1000"}, 0},
		{"info domain signed.co --ttl", []string{"DS 12346 13 2 ", "TTL of NS 3600 s 300 to 172800, if not chosen 3600", "TTL of DS 1200 s"}, 0},
		{"update domain signed.co --rem-ds all", []string{"1000"}, 0},
		{"update domain signed.co --rem-ds " + ds, []string{"23"}, 23},
		{"create host ns1.signed.co --addr 192.0.2.7 --ttl A=900", []string{"1000"}, 0},
		{"update host ns1.signed.co --ttl AAAA=1200", []string{"1000"}, 0},
		{"info host ns1.signed.co", []string{"TTL of A 900 s", "TTL of AAAA 1200 s"}, 0},
		{"create domain mañana.co --idn-table ja" + who, []string{"2306"}, 23},
		{"create domain mañana.co --idn-table es" + who, []string{"1000"}, 0},
		{"info domain mañana.co", []string{"IDN table es", "as people read it mañana.co"}, 0},
		{"create domain registro.co --token WRONG-CODE" + who, []string{"2308", "only an allocation code of the registry lifts that"}, 23},
		{"check domain registro.co --token WRONG-CODE", []string{"registro.co not available"}, 0},
		{"maintenances", []string{"no maintenance is ahead"}, 0},
		{"info maintenance M-1", []string{"2303"}, 23},
	} {
		words, err := splitWords(test.line)
		if err != nil {
			t.Fatal(err)
		}
		out, errs, status := run(t, "", append([]string{"epp", "--dir", dir}, words...)...)
		flat := strings.Join(strings.Fields(out), " ")
		for _, shows := range test.shows {
			if status != test.status || !strings.Contains(flat, shows) {
				t.Errorf("dorado epp %s: status %d, want %d, and %q in\n%s%s", test.line, status, test.status, shows, out, errs)
			}
		}
	}
	code := mustRun(t, "allocation", "make", "registro.co", "--dir", dir)
	_, code, _ = strings.Cut(code, "only now: ")
	code, _, _ = strings.Cut(code, "\n")
	if out, _, status := run(t, "", append([]string{"epp", "--dir", dir, "create", "domain", "registro.co", "--token", "WRONG-CODE"}, strings.Fields(who)...)...); status != 22 {
		t.Errorf("a wrong code gives status %d, want 22\n%s", status, out)
	}
	has(t, mustRun(t, "epp", "--dir", dir, "check", "domain", "registro.co", "--token", code), "registro.co  available")
	has(t, mustRun(t, append([]string{"epp", "--dir", dir, "create", "domain", "registro.co", "--token", code}, strings.Fields(who)...)...), "1000")
}

// A shell that has not announced what a line needs sends that line in a session of its own.
func TestEPPShellWithTable(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	script := "create domain ñandu.co --registrant CAFE-1 --admin CAFE-1 --tech CAFE-1 --idn-table es\n" +
		"create domain caña.co --registrant CAFE-1 --admin CAFE-1 --tech CAFE-1\n"
	out, errs, status := run(t, script, "epp", "--dir", dir, "shell")
	if strings.Count(out, "created successfully") != 2 || status != 0 {
		t.Errorf("status %d, want 0 and two names\n%s%s", status, out, errs)
	}
}

// The extensions can be explained, and each price says of what it is.
func TestExplainExtensions(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	out := mustRun(t, "explain", "--dir", dir, "check", "domain", "free.co", "plata.co", "--fee")
	has(t, out, "free.co, create for 1 year: 20.00 USD", "plata.co, create for 1 year: 500.00 USD", "plata.co, renew for 1 year: 200.00 USD")
	who := []string{"explain", "--dir", dir, "create", "domain", "plata.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "CAFE-1"}
	has(t, mustRun(t, append(who, "--fee", "500", "--ttl", "NS=900")...), "1000", "holds  feeIsRight")
	out, _, status := run(t, "", append(who, "--fee", "20")...)
	if has(t, out, "2004", "broken feeIsRight"); status != 20 {
		t.Errorf("a wrong fee gives status %d, want 20", status)
	}
	help := mustRun(t, "explain", "create", "domain", "--help") + mustRun(t, "explain", "create", "--help")
	if has(t, help, "--fee 500", "Common flags:", "Flags of all these commands:"); strings.Contains(help, "two seconds") {
		t.Errorf("explain waits for nobody, and says\n%s", help)
	}
}

// A password with more than 16 characters works, as does one in the place of it, and wrong ones are told
// at the next login.
func TestEPPLongPassword(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	long := strings.Repeat("A long sentence. ", 7) + "!"
	in := func(password string) (string, string, int) {
		return run(t, password+"\n", "epp", "--dir", dir, "passwd")
	}
	if out, errs, status := in(long); status != 0 {
		t.Fatalf("%d characters: status %d, %s%s", len(long), status, out, errs)
	}
	mustRun(t, "epp", "--dir", dir, "check", "domain", "free.co") // demo.json has it
	if _, errs, status := in(strings.Repeat("p", 129)); status != 1 || !strings.Contains(errs, "has 129 characters; a password has 6 to 128") {
		t.Errorf("129 characters: status %d, %s", status, errs)
	}
	var o, e buffer
	leftOver := func(name string) string { return map[string]string{"DORADO_EPP_PASSWORD": "left-over"}[name] }
	p := &program{in: strings.NewReader(""), out: &o, err: &e, env: leftOver}
	status := p.run(t.Context(), []string{"epp", "--dir", dir, "check", "domain", "free.co"})
	if has(t, o.String(), "2200", "the environment's DORADO_EPP_PASSWORD, which comes before that in", "unset DORADO_EPP_PASSWORD"); status != 22 {
		t.Errorf("a wrong password: status %d, want 22", status)
	}
	_, errs, _ := run(t, "", "epp", "--dir", dir, "check", "domain", "free.co")
	has(t, errs, "warning: Wrong passwords since the last login: 1")
	has(t, mustRun(t, "registrar", "show", "H1001", "--dir", dir), `"dorado `+version()+`"`)
	if out, errs, status := in("Short-again-1"); status != 0 {
		t.Errorf("13 characters: status %d, %s%s", status, out, errs)
	}
	mustRun(t, "epp", "--dir", dir, "--password", "Short-again-1", "check", "domain", "free.co")
}

// Whoever speaks to something else is told that it is no EPP server, and where one is.
func TestEPPNoServer(t *testing.T) {
	secure, ca := strangerTLS(t)
	for _, test := range []struct {
		name   string
		answer func(net.Conn)
		says   string
	}{
		{"plain text", func(c net.Conn) { c.Write([]byte("% this is whois\r\n")) }, "does not speak TLS, so it is no EPP server"},
		{"at once the end", func(c net.Conn) { c.Read(make([]byte, 1024)) }, "ends the connection at once; is it an EPP server, and does it admit this address?"},
		{"silence", nil, "does not answer within 300ms; is it an EPP server?"},
		{"silence in TLS", func(c net.Conn) {
			tls.Server(c, secure).Handshake()
			c.Read(make([]byte, 1024))
			c.Read(make([]byte, 1024))
		}, "sends no EPP greeting, so it is no EPP server"},
		{"mail in TLS", func(c net.Conn) { tls.Server(c, secure).Write([]byte("* OK IMAP4 is ready for you\r\n")) }, "sends no EPP greeting"},
		{"another frame in TLS", func(c net.Conn) { tls.Server(c, secure).Write([]byte("\x00\x00\x00\x09hello")) }, "sends no EPP greeting"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, errs, status := run(t, "", "epp", "--server", stranger(t, test.answer), "--ca", ca,
				"--as", "X1", "--password", "secret", "--timeout", "300ms", "check", "domain", "a.co")
			if has(t, errs, test.says, "at port 700"); status != 1 {
				t.Errorf("status %d, want 1", status)
			}
		})
	}
}

// stranger listens until the test ends, and answers each connection in its way; nil answers none.
func stranger(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			if answer != nil {
				answer(c)
				c.Close()
			}
		}
	}()
	return listener.Addr().String()
}

// What servers other than this one may say of extensions is told in words, too.
func TestRowsOfExtensions(t *testing.T) {
	for _, test := range []struct{ name, data, want string }{
		{"balance", `<f:creData xmlns:f="urn:ietf:params:xml:ns:epp:fee-1.0"><f:currency>USD</f:currency><f:balance>5.00</f:balance><f:creditLimit>9.00</f:creditLimit></f:creData>`, "balance 5.00 USD credit limit 9.00 USD"},
		{"key", `<s:infData xmlns:s="urn:ietf:params:xml:ns:secDNS-1.1"><s:maxSigLife>60</s:maxSigLife><s:dsData><s:keyTag>1</s:keyTag><s:alg>13</s:alg><s:digestType>2</s:digestType><s:digest>AB</s:digest><s:keyData><s:flags>257</s:flags><s:protocol>3</s:protocol><s:alg>13</s:alg><s:pubKey>AQ==</s:pubKey></s:keyData></s:dsData></s:infData>`, "signatures live 60 DS 1 13 2 AB its key 257 3 13 AQ=="},
		{"TTL of the registry", `<t:infData xmlns:t="urn:ietf:params:xml:ns:epp:ttl-1.0"><t:ttl for="custom" custom="DELEG"/></t:infData>`, "TTL of DELEG left to the registry"},
		{"change", `<c:changeData xmlns:c="urn:ietf:params:xml:ns:changePoll-1.0" state="after"><c:operation op="rename">update</c:operation><c:date>2026-01-01T00:00:00Z</c:date><c:svTRID>D-1</c:svTRID><c:who>registry</c:who><c:caseId type="udrp">7</c:caseId><c:reason>why</c:reason></c:changeData>`, "operation update rename changed 2026-01-01T00:00:00Z in transaction D-1 changed by registry case 7 udrp reason why"},
		{"maintenance", `<m:infData xmlns:m="urn:ietf:params:xml:ns:epp:maintenance-1.0"><m:item><m:id name="Title">M-1</m:id><m:pollType>courtesy</m:pollType><m:systems><m:system><m:name>EPP</m:name><m:host>epp.example</m:host><m:impact>partial</m:impact></m:system></m:systems><m:environment type="production"/><m:intervention><m:connection>false</m:connection><m:implementation>true</m:implementation></m:intervention></m:item></m:infData>`, "maintenance M-1 title Title news a reminder: it begins system EPP is partly away, at epp.example environment production to be changed by you implementation"},
		{"list", `<m:infData xmlns:m="urn:ietf:params:xml:ns:epp:maintenance-1.0"><m:list><m:listItem><m:id name="Title">M-1</m:id><m:start>A</m:start><m:end>B</m:end></m:listItem></m:list></m:infData>`, "M-1 A to B Title"},
		{"event", `<l:loginSecData xmlns:l="urn:ietf:params:xml:ns:epp:loginSec-1.0"><l:event type="password" level="warning" exDate="2026-01-01T00:00:00Z"/><l:event type="stat" name="failedLogins" level="warning" value="3"/></l:loginSecData>`, "warning: the password expires (2026-01-01T00:00:00Z) warning: stat failedLogins 3"},
		{"not done", `<d:panData xmlns:d="urn:ietf:params:xml:ns:domain-1.0"><d:name paResult="0">a.co</d:name></d:panData>`, "name a.co not done"},
		{"amounts", `<d:chkData xmlns:d="urn:ietf:params:xml:ns:domain-1.0"><d:cd><d:name avail="1">a.co</d:name></d:cd></d:chkData><f:chkData xmlns:f="urn:ietf:params:xml:ns:epp:fee-1.0"><f:currency>EUR</f:currency><f:cd><f:objID>a.co</f:objID><f:command name="create"><f:fee>1.5</f:fee><f:fee>0.255</f:fee></f:command><f:command name="renew"><f:fee>1e9</f:fee></f:command><f:command name="restore"/></f:cd></f:chkData>`, "class create renew restore EUR a.co available 1.755 - -"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, err := eppclient.ParseAnswer([]byte(`<epp><response><result code="1000"><msg>m</msg></result><resData>` + test.data + `</resData></response></epp>`))
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			printAnswer(&b, style{}, a)
			if got := strings.TrimPrefix(strings.Join(strings.Fields(b.String()), " "), "1000 m "); got != test.want {
				t.Errorf("it is told as\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// strangerTLS returns the TLS of a server that is no registry's, and the file of its authority.
func strangerTLS(t *testing.T) (config *tls.Config, ca string) {
	t.Helper()
	authority, pair, err := newAuthority("strangers")
	if err != nil {
		t.Fatal(err)
	}
	server, err := authority.server([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := tls.X509KeyPair(server.certificate, server.key)
	if err != nil {
		t.Fatal(err)
	}
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pair.certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}}, ca
}
