package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/flow"
	"example.org/dorado/front/console"
)

// Several nodes of one registry on PostgreSQL, real ones: the first is a process of its own that can be killed, the second has
// the same directory of sandboxes, the third another. What a client, a person at the console or an operator asks of any of them
// is done by the one that has the lease.

// An oteCluster is a registry on PostgreSQL with its nodes.
type oteCluster struct {
	*cluster
	first    string // the directory that init made
	password string // of the first credential
}

func newOTECluster(t *testing.T) *oteCluster {
	t.Helper()
	c := &oteCluster{cluster: newCluster(t), first: filepath.Join(shortDir(t), "a")}
	mustRun(t, "init", "--dir", c.first, "--database", c.dsn)
	edit(t, c.first, `address = ""`, `address = "127.0.0.1"`)
	edit(t, c.first, "port_base = 0", "port_base = "+portBase(t))
	edit(t, c.first, `level = "info"`, `level = "debug"`)
	return c
}

// another makes the directory of another node, with the sandboxes of the first or with none.
func (c *oteCluster) another(shared bool) string {
	t := c.t
	t.Helper()
	dir := filepath.Join(shortDir(t), "b")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{configFile, secretsFile, authorityFile, authorityKeyFile, "server.pem", "server.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(readAll(t, filepath.Join(c.first, name))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old, err := loadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	edit(t, dir, fmt.Sprintf("port_base = %d", old.Listen.PortBase), "port_base = "+portBase(t))
	if shared {
		if err := os.Symlink(filepath.Join(c.first, sandboxDirectory), filepath.Join(dir, sandboxDirectory)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// process starts a node as a process of its own.
func (c *oteCluster) process(dir string, roles string) (*exec.Cmd, *buffer) {
	t := c.t
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, os.Args[0], "serve", "--dir", dir, "--roles", roles)
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
	t.Cleanup(func() { cancel(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != readyLine+"\n" {
		t.Fatalf("standard output begins with %q, %v\n%s", line, err, log)
	}
	return cmd, log
}

// addressOf returns where a node has a service.
func addressOf(t *testing.T, dir string, s service) string {
	t.Helper()
	c, err := loadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c.Listen.address(s)
}

// epp runs a command in the sandbox by a node.
func (c *oteCluster) epp(dir string, args ...string) (string, int) {
	c.t.Helper()
	out, errs, status := run(c.t, "", append([]string{
		"epp", "--server", addressOf(c.t, dir, serviceTestEPP), "--ca", filepath.Join(dir, "ca.pem"), "--as", "OTE2001-A", "--password", c.password,
	}, args...)...)
	return out + errs, status
}

// ask sends a request to a node's HTTPS of the test environment, from an address.
func (c *oteCluster) ask(dir, from, method, path, password, body string) (int, string) {
	t := c.t
	t.Helper()
	client := browserOf(t, dir)
	transport := client.Transport.(*http.Transport)
	transport.DialContext = (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).DialContext
	r, err := http.NewRequestWithContext(t.Context(), method, "https://"+addressOf(t, dir, serviceTestHTTPS)+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("OTE2001-A", password)
	r.Header.Set("Content-Type", "application/json")
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(data)
}

// clock moves the clock of the sandbox by a node, or shows it.
func (c *oteCluster) clock(dir, move string) (state clockState) {
	c.t.Helper()
	method := http.MethodPost
	if move == "" {
		method = http.MethodGet
	}
	status, text := c.ask(dir, "127.0.0.1", method, "/json/ote/clock", c.password, move)
	if err := json.Unmarshal([]byte(text), &state); status != http.StatusOK || err != nil {
		c.t.Fatalf("the clock answers %d %s", status, text)
	}
	return state
}

// isAhead fails unless a clock has been moved by so many days, less what the movements took of real time: a clock is moved to an
// instant.
func (c *oteCluster) isAhead(clock clockState, days int) {
	c.t.Helper()
	ahead, err := time.ParseDuration(clock.Offset)
	if most := time.Duration(days) * 24 * time.Hour; err != nil || ahead > most || ahead < most-time.Minute {
		c.t.Errorf("the clock is ahead by %s, want %d days", clock.Offset, days)
	}
}

func (c *oteCluster) health(dir, role string) (int, string) {
	c.t.Helper()
	response, err := http.Get("http://" + addressOf(c.t, dir, serviceHealth) + "/healthz/" + role)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode, string(data)
}

// pass lets the leases of a node end that is gone, as time would.
func (c *oteCluster) pass(dir string) {
	c.t.Helper()
	var left nodeTrace
	if err := json.Unmarshal([]byte(readAll(c.t, filepath.Join(dir, nodeFile))), &left); err != nil {
		c.t.Fatal(err)
	}
	c.exec(`UPDATE lease SET until = 1 WHERE holder = $1`, left.Node)
}

// runs waits until a node runs the test environment.
func runs(t *testing.T, c *oteCluster, dir string) {
	t.Helper()
	eventually(t, func() bool {
		status, says := c.health(dir, "ote")
		return status == http.StatusOK && !strings.Contains(says, "passes on")
	})
}

func TestOTEOnSeveralNodes(t *testing.T) {
	c := newOTECluster(t)
	a := c.first
	killed, log := c.process(a, "ote,engine")
	b := c.another(true)
	second := start(t, "serve", "--dir", b, "--roles", "ote,console")
	mustRun(t, "registrar", "add", "R2001", "--dir", a, "--name", "Example Names", "--email", "tech@example.com", "--network", "127.0.0.0/8")

	made := strings.Fields(mustRun(t, "ote", "make", "R2001", "--dir", b)) // an operator's command on another node
	c.password = made[len(made)-3]
	if !exists(filepath.Join(a, "ote", "OTE2001", sandboxDatabase)) || !strings.Contains(log.String(), `"made a sandbox"`) {
		t.Fatalf("the sandbox was not made by the node that has the lease\n%s", log)
	}
	for _, args := range [][]string{
		{"create", "contact", "TEST-1", "--name", "Ana", "--street", "Calle 1", "--city", "Bogota", "--cc", "CO", "--pc", "110111", "--voice", "+57.6015550100", "--email", "ana@example.com"},
		{"create", "domain", "passed.co", "--registrant", "TEST-1", "--admin", "TEST-1", "--tech", "TEST-1"},
	} {
		if out, status := c.epp(b, args...); status != 0 {
			t.Fatalf("by the other node %s is %d %s", args, status, out)
		}
	}
	if out, status := c.epp(a, "info", "domain", "passed.co"); status != 0 {
		t.Errorf("what came by the other node is not there: %s", out)
	}
	c.isAhead(c.clock(b, `{"advance": "20d"}`), 20)
	if status, says := c.health(b, "ote"); status != http.StatusOK || !strings.Contains(says, "passes on to ") {
		t.Errorf("the health of the node that passes on is %d %s", status, says)
	}
	if status, says := c.health(a, "ote"); status != http.StatusOK || !strings.HasPrefix(says, "ready") {
		t.Errorf("the health of the node that has the lease is %d %s", status, says)
	}
	t.Run("addresses", func(t *testing.T) { c.passesAddresses(t, b, log) })
	t.Run("strangers", func(t *testing.T) { c.refusesStrangers(t, a, b, log) })
	t.Run("console", func(t *testing.T) { c.servesTheConsole(t, b) })

	// The node with the lease dies; the other takes over and goes on where it was.
	open := c.open(t, b)
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	if _, err := open.Do(eppclient.Check{Object: "domain", Names: []string{"free.co"}}, "T-1"); err == nil {
		t.Error("a session to a node that is dead answers")
	}
	c.pass(a)
	runs(t, c, b)
	if out, status := c.epp(b, "info", "domain", "passed.co"); status != 0 {
		t.Errorf("after the takeover the name is gone: %s", out)
	}
	c.isAhead(c.clock(b, ""), 20)
	has(t, second.err.String(), "runs the test environment")

	// The first comes back, and passes on.
	first := start(t, "serve", "--dir", a, "--roles", "ote")
	if out, status := c.epp(a, "info", "domain", "passed.co"); status != 0 {
		t.Errorf("by the node that came back the name is %d %s", status, out)
	}
	has(t, mustRun(t, "ote", "show", "OTE2001", "--dir", a), "OTE2001-A", "20 days ahead")
	c.loses(t, a, b)
	first.stop() // in order: who comes now waits for the other, which takes the lease with its next beat
	if out, status := c.epp(b, "info", "domain", "passed.co"); status != 0 {
		t.Errorf("after a stop in order the name is %d %s", status, out)
	}
	c.withoutTheDirectory(t, second)
}

// loses gives the lease of the second node to the first, as if the second had been cut off: what it has open ends, and what comes
// to it is passed on.
func (c *oteCluster) loses(t *testing.T, a, b string) {
	t.Helper()
	var left nodeTrace
	if err := json.Unmarshal([]byte(readAll(t, filepath.Join(a, nodeFile))), &left); err != nil {
		t.Fatal(err)
	}
	direct, passed := c.open(t, b), c.open(t, a)
	c.exec(`UPDATE lease SET holder = $1, fence = fence + 1, until = until + 10000000 WHERE name = 'ote'`, left.Node)
	runs(t, c, a)
	for name, session := range map[string]*eppclient.Session{"of a client": direct, "that was passed on": passed} {
		if _, err := session.Do(eppclient.Check{Object: "domain", Names: []string{"free.co"}}, "T-1"); err == nil {
			t.Errorf("a session %s goes on at a node that has lost the lease", name)
		}
	}
	if out, status := c.epp(b, "info", "domain", "passed.co"); status != 0 {
		t.Errorf("by a node that has lost the lease the name is %d %s", status, out)
	}
	if status, says := c.health(b, "ote"); status != http.StatusOK || !strings.Contains(says, "passes on to "+left.Node) {
		t.Errorf("a node that has lost the lease is %d %s", status, says)
	}
}

// open opens a session by a node.
func (c *oteCluster) open(t *testing.T, dir string) *eppclient.Session {
	t.Helper()
	o := eppOptions{server: addressOf(t, dir, serviceTestEPP), ca: filepath.Join(dir, "ca.pem"), as: "OTE2001-A", password: c.password, timeout: 10 * time.Second}
	s, answer, err := o.login(t.Context(), "")
	if err != nil || s == nil {
		t.Fatalf("log in: %v %v", answer, err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// passesAddresses looks that the node with the lease knows clients by their own addresses, in its log and in its limits.
func (c *oteCluster) passesAddresses(t *testing.T, b string, log *buffer) {
	if status, text := c.ask(b, "127.0.0.9", http.MethodGet, "/json/ote", "wrong", ""); status != http.StatusUnauthorized {
		t.Errorf("a wrong password is answered %d %s", status, text)
	}
	eventually(t, func() bool { return strings.Contains(log.String(), `"address":"127.0.0.9:`) })

	knock := func(from string) *tls.Conn {
		t.Helper()
		dialer := tls.Dialer{
			NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}, Config: &tls.Config{InsecureSkipVerify: true},
		}
		conn, err := dialer.DialContext(t.Context(), "tcp", addressOf(t, b, serviceTestEPP))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := io.ReadFull(conn, make([]byte, 100)); err != nil { // of the greeting
			t.Fatalf("%s is not greeted: %v", from, err)
		}
		return conn.(*tls.Conn)
	}
	other, first := knock("127.0.0.10"), knock("127.0.0.11")
	for range 100 { // connectionsBeforeLoginPerAddress
		knock("127.0.0.11")
	}
	_ = first.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.Copy(io.Discard, first); isTimeout(err) {
		t.Error("the first of 101 connections of one address, that waits for a login, is not dropped")
	}
	_ = other.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := io.Copy(io.Discard, other); !isTimeout(err) {
		t.Errorf("the connection of another address has ended: %v", err)
	}
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// refusesStrangers looks that nobody but a node gets in at the port of the nodes, and that nobody says where he comes from.
func (c *oteCluster) refusesStrangers(t *testing.T, a, b string, log *buffer) {
	ca, err := readAuthority(keyPair{[]byte(readAll(t, filepath.Join(a, authorityFile))), []byte(readAll(t, filepath.Join(a, authorityKeyFile)))})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.client("R2001") // of the registry's own authority, as registrars have
	if err != nil {
		t.Fatal(err)
	}
	registrar, err := tls.X509KeyPair(pair.certificate, pair.key)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := newLink(flow.Keys{AuthInfo: random(secretBytes), Spread: random(secretBytes)})
	if err != nil {
		t.Fatal(err)
	}
	for name, certificates := range map[string][]tls.Certificate{"no certificate": nil, "a registrar": {registrar}, "a node of another registry": {foreign.certificate}} {
		conn, err := tls.Dial("tcp", addressOf(t, a, serviceNodes), &tls.Config{InsecureSkipVerify: true, Certificates: certificates, NextProtos: []string{linkTestActs}})
		if err == nil {
			_, _ = io.WriteString(conn, "GET /ote HTTP/1.1\r\nHost: registry\r\n\r\n")
			_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			var said []byte
			said, err = io.ReadAll(conn)
			if len(said) > 0 || isTimeout(err) {
				t.Errorf("%s is answered %q", name, said)
			}
			conn.Close()
		}
		if err == nil {
			t.Errorf("%s gets in at the port of the nodes", name)
		}
	}
	has(t, log.String(), "somebody who is no node was refused")

	keys, err := loadSecrets(a)
	if err != nil {
		t.Fatal(err)
	}
	link, err := newLink(keys)
	if err != nil {
		t.Fatal(err)
	}
	if conn, err := link.dial(t.Context(), addressOf(t, a, serviceTestEPP), linkTestEPP); err == nil { // a public port is no way in, either
		conn.Close()
		t.Error("a node is let in by a port of clients")
	}
	// A node that believes in another lease has nothing done.
	conn, err := link.dial(t.Context(), addressOf(t, a, serviceNodes), linkTestActs)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, controlURL+"/ote/OTE2001", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(leaseHeader, "999")
	if status, answer, err := exchangeOver(conn, r); status != http.StatusMisdirectedRequest || err != nil || !exists(filepath.Join(a, "ote", "OTE2001")) {
		t.Errorf("under another lease the answer is %d %s, %v", status, answer, err)
	}
	for _, dir := range []string{a, b} {
		for _, forged := range []string{"PROXY TCP4 192.0.2.66 127.0.0.1 1 2\r\n", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x42\x7f\x00\x00\x01\x00\x01\x00\x02"} {
			raw, err := net.Dial("tcp", addressOf(t, dir, serviceTestEPP))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(raw, forged)
			conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			if err := conn.Handshake(); err == nil {
				t.Errorf("a client's own PROXY header is taken by %s", dir)
			}
			raw.Close()
		}
	}
	if strings.Contains(log.String(), "192.0.2.66") {
		t.Errorf("a client says where he comes from:\n%s", log)
	}
}

// servesTheConsole goes through the page of the test environment and its acts on a node that has not the lease.
func (c *oteCluster) servesTheConsole(t *testing.T, b string) {
	added := mustRun(t, "user", "add", "R2001", "ana@example.com", "--name", "Ana", "--role", "administrator", "--generate", "--dir", b)
	password := added[strings.LastIndex(added, ": ")+2:]
	at := "https://" + addressOf(t, b, serviceHTTPS)
	browser := browserOf(t, b)
	pageOf(t)(browser.PostForm(at+console.Path+"sign-in", url.Values{"login": {"ana@example.com"}, "password": {strings.TrimSpace(password)}}))
	see := func(path string) string { t.Helper(); return pageOf(t)(browser.Get(at + console.Path + path)) }
	send := func(on, action string, values ...string) string {
		t.Helper()
		form := regexp.MustCompile(`<form[^>]*action="` + console.Path + action + `".*?</form>`).FindString(see(on))
		if form == "" {
			t.Fatalf("there is no form %s on %s:\n%s", action, on, see(on))
		}
		sent := url.Values{}
		for _, hidden := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
			sent.Set(hidden[1], hidden[2])
		}
		for i := 0; i < len(values); i += 2 {
			sent.Set(values[i], values[i+1])
		}
		return pageOf(t)(browser.PostForm(at+console.Path+action, sent))
	}
	if page := see("sandbox"); !strings.Contains(page, "OTE2001-A") {
		t.Fatalf("the page of the test environment is\n%s", page)
	}
	has(t, send("sandbox", "sandbox/move", "how", "advance", "advance", "400d"), "OTE2001")
	c.isAhead(c.clock(b, ""), 20+400)
	has(t, send("sandbox", "sandbox/move", "how", "advance", "advance", "5000d"), "11 years at most")
	has(t, send("sandbox", "sandbox/credentials"), "OTE2001-C")
	has(t, send("sandbox/credentials/OTE2001-B/password", "sandbox/credentials/OTE2001-B/password"), "OTE2001-B")
	has(t, send("sandbox", "sandbox/credentials/OTE2001-A/refill"), "OTE2001-A has its funds again.")
	mails := see("sandbox/mails")
	mail := regexp.MustCompile(`/console/(sandbox/mails/[^"]+)"`).FindStringSubmatch(mails)
	if mail == nil {
		t.Fatalf("there are no mails:\n%s", mails)
	}
	has(t, see(mail[1]), "tech@example.com")
	has(t, send("sandbox/reset", "sandbox/reset", "sure", "yes"), "begins anew")
	if now := c.clock(b, ""); now.Offset != "0s" {
		t.Errorf("after a reset in the console the clock is ahead by %s", now.Offset)
	}
	for _, args := range [][]string{ // for what follows
		{"create", "contact", "TEST-1", "--name", "Ana", "--street", "Calle 1", "--city", "Bogota", "--cc", "CO", "--pc", "110111", "--voice", "+57.6015550100", "--email", "ana@example.com"},
		{"create", "domain", "passed.co", "--registrant", "TEST-1", "--admin", "TEST-1", "--tech", "TEST-1"},
	} {
		if out, status := c.epp(b, args...); status != 0 {
			t.Fatalf("%d %s", status, out)
		}
	}
	c.clock(b, `{"advance": "20d"}`)
}

// withoutTheDirectory looks that a node whose directory has not the sandboxes does not take the test environment over, and says
// why; and that one that has it and lacks a sandbox tells whoever asks for that one.
func (c *oteCluster) withoutTheDirectory(t *testing.T, second *running) {
	bare := c.another(false)
	third := start(t, "serve", "--dir", bare, "--roles", "ote")
	defer third.stop()
	has(t, third.err.String(), "this node could not take the test environment over", "OTE2001")
	if out, status := c.epp(bare, "info", "domain", "passed.co"); status != 0 {
		t.Errorf("a node without the directory does not pass on: %d %s", status, out)
	}
	mustRun(t, "registrar", "add", "R2002", "--dir", bare, "--name", "Other Names", "--email", "tech@example.net")
	mustRun(t, "ote", "make", "R2002", "--dir", bare)
	second.stop()
	var status int
	var says, out string
	eventually(t, func() bool {
		status, says = c.health(bare, "ote")
		return status == http.StatusServiceUnavailable && strings.Contains(says, "OTE2001, OTE2002")
	})
	has(t, says, "no node runs it, and this one cannot", filepath.Join(bare, sandboxDirectory))
	var all sync.WaitGroup // each waits for a node for some seconds
	var list string
	var eppStatus, dropStatus int
	all.Go(func() { list, _, _ = run(t, "", "ote", "list", "--dir", bare) })
	all.Go(func() { _, eppStatus = c.epp(bare, "check", "domain", "free.co") })
	all.Go(func() { _, _, dropStatus = run(t, "", "ote", "drop", "OTE2002", "--yes", "--dir", bare) })
	if status, text := c.ask(bare, "127.0.0.1", http.MethodGet, "/json/ote", c.password, ""); status != http.StatusServiceUnavailable || !strings.Contains(text, "no node runs it") {
		t.Errorf("while no node runs it HTTPS answers %d %s", status, text)
	}
	all.Wait()
	if eppStatus == 0 {
		t.Error("while no node runs it EPP answers")
	}
	has(t, third.err.String(), "they cannot be passed on", errNobodyRuns.Error())
	has(t, list, "OTE2001  R2001", "missing")

	// A sandbox whose directory was lost is given up, and one that comes back is run.
	if dropStatus != 0 {
		t.Errorf("while no node runs it a sandbox is not given up: status %d", dropStatus)
	}
	if err := os.CopyFS(filepath.Join(bare, sandboxDirectory), os.DirFS(filepath.Join(c.first, sandboxDirectory))); err != nil {
		t.Fatal(err)
	}
	c.keepAnother(t)
	runs(t, c, bare)
	if out, status := c.epp(bare, "info", "domain", "passed.co"); status != 0 {
		t.Errorf("in a directory that was put back the name is %d %s", status, out)
	}
	if exists(filepath.Join(bare, sandboxDirectory, "OTE2002")) {
		t.Error("of a sandbox that was dropped files are there")
	}
	_, says = c.health(bare, "ote")
	has(t, says, "ready; missing in ", "OTE7 (its files are not there)")
	out, _, eppStatus = run(t, "", "epp", "--server", addressOf(t, bare, serviceTestEPP), "--ca", filepath.Join(bare, "ca.pem"), "--as", "OTE7-A", "--password", "some-password", "check", "domain", "free.co")
	if has(t, out, "2400", "the test environment OTE7 is not available: its files are not there"); eppStatus == 0 {
		t.Error("somebody logs in to a sandbox whose files are missing")
	}
	_, errs, _ := run(t, "", "ote", "make", "R7", "--dir", bare)
	has(t, errs, "OTE7 is not available")
	mustRun(t, "ote", "drop", "OTE7", "--yes", "--dir", bare)
	if _, says := c.health(bare, "ote"); strings.Contains(says, "missing") {
		t.Errorf("after it was given up the health is %s", says)
	}
}

// keepAnother has the database know a sandbox whose files are nowhere.
func (c *oteCluster) keepAnother(t *testing.T) {
	t.Helper()
	c.exec(`INSERT INTO sandbox (name, registrar, made, dropped) VALUES ('OTE7', 'R7', 1, 0)`)
}
