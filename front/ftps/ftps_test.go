package ftps_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"example.org/dorado/front/ftps"
)

// Every command of a session that reads, with the code of its answer.
func TestSession(t *testing.T) {
	c := newRig(t, nil).in()
	for _, step := range []struct{ command, want string }{
		{"SYST", "215 UNIX"},
		{"FEAT", "211-"},
		{"HELP", "214-"},
		{"OPTS UTF8 ON", "200"},
		{"OPTS MLST type;size;", "200"},
		{"OPTS UTF8", "200"},
		{"OPTS UTF8 OFF", "501"},
		{"OPTS ODD", "501"},
		{"NOOP", "200"},
		{"noop", "200"},
		{"\xff\xf4\xff\xf2ABOR", "226"},
		{"STAT", "211-"},
		{"STAT prices", "504"},
		{"PWD", `257 "/"`},
		{"CWD prices", `250 "/prices"`},
		{"PWD", `257 "/prices"`},
		{"SIZE co.csv", "213 51"},
		{"MDTM co.csv", "213 20260301123000"},
		{"MLST co.csv", "250-Facts:\r\n type=file;size=51;modify=20260301123000;perm=r; /prices/co.csv\r\n"},
		{"MLST /prices", "250-Facts:\r\n type=dir;perm=el; /prices\r\n"},
		{"CWD ../transactions/daily", `250 "/transactions/daily"`},
		{"CDUP", `250 "/transactions"`},
		{"CWD ../../../..", `250 "/"`},
		{"CWD /nothing", "550"},
		{"CWD prices/co.csv", "550"},
		{"SIZE prices", "550"},
		{"MDTM nothing", "550"},
		{"MLST nothing", "550"},
		{"TYPE A", "200"},
		{"TYPE I", "200"},
		{"TYPE A N", "200"},
		{"TYPE A T", "504"},
		{"TYPE I 8", "504"},
		{"TYPE L 8", "200"},
		{"TYPE L 16", "504"},
		{"TYPE L", "504"},
		{"TYPE E", "504"},
		{"MODE S", "200"},
		{"MODE B", "504"},
		{"STRU F", "200"},
		{"STRU R", "504"},
		{"REST x", "501"},
		{"REST -1", "501"},
		{"RETR prices/co.csv", "425"}, // no port is open
		{"RETR nothing", "550"},
		{"RETR prices", "550"},
		{"EPSV 1", "229"},
		{"EPSV 2", "522"}, // by IPv4
		{"EPSV 3", "522"},
		{"AUTH TLS", "503"},
		{"PROT C", "536"},
		{"PROT X", "504"},
		{"USER other", "530"},
		{"PASS other", "503"},
		{"CCC", "500"},
		{"", "500"},
		{"EPSV ALL", "200"},
		{"PASV", "501"},
		{"QUIT", "221"},
	} {
		c.say(step.command, step.want)
	}
	if reply := c.reply(); reply != "(EOF)" {
		t.Errorf("after QUIT there is %q", reply)
	}
}

// What is listed, and what is sent.
func TestTransfers(t *testing.T) {
	c := newRig(t, nil).in()
	for _, step := range []struct{ command, want string }{
		{"RETR prices/co.csv", string(files()["prices/co.csv"].Data)},
		{"RETR /lordn/co.txt.gz", string(files()["lordn/co.txt.gz"].Data)},
		{"NLST", "droplist\r\nlordn\r\nprices\r\ntransactions\r\n"},
		{"NLST transactions/daily", "transactions/daily/2026-03-01.csv\r\n"},
		{"NLST prices/co.csv", "prices/co.csv\r\n"},
		{"MLSD prices", "type=file;size=51;modify=20260301123000;perm=r; co.csv\r\n"},
		{"MLSD /", "type=dir;perm=el; droplist\r\ntype=dir;perm=el; lordn\r\ntype=dir;perm=el; prices\r\ntype=dir;perm=el; transactions\r\n"},
	} {
		if got := c.fetch(step.command); got != step.want {
			t.Errorf("%s sends %.200q, want %.200q", step.command, got, step.want)
		}
	}
	list := c.fetch("LIST -la prices")
	if !strings.HasPrefix(list, "-r--r--r-- 1 registry registry           51 Mar  1") || !strings.HasSuffix(list, " co.csv\r\n") {
		t.Errorf("LIST sends %q", list)
	}
	c.say("REST 23", "350")
	if got := c.fetch("RETR prices/co.csv"); got != "gold.co,Registration,500.00\n" {
		t.Errorf("from octet 23 on it sends %q", got)
	}
	if got := c.fetch("RETR prices/co.csv"); len(got) != 51 {
		t.Errorf("REST holds for more than one file: %q", got)
	}
	c.say("REST 52", "350")
	c.passive()
	c.say("RETR prices/co.csv", "554")
}

// What goes in the clear, and what would write, connect elsewhere or leave the files, is refused.
func TestRefused(t *testing.T) {
	r := newRig(t, nil)
	clear := r.dial()
	clear.want("220")
	for _, command := range []string{"USER " + id, "PASS " + password, "RETR prices/co.csv", "LIST", "PASV", "EPSV", "PROT P", "PWD"} {
		clear.say(command, "530")
	}
	clear.say("AUTH SSL", "504")

	strange := r.secured()
	for _, command := range []string{"RETR prices/co.csv", "LIST", "PASV", "EPSV", "PWD", "CWD /", "SIZE prices/co.csv", "STAT"} {
		strange.say(command, "530")
	}

	c := r.in()
	for _, command := range []string{
		"STOR a", "STOU", "APPE a", "DELE prices/co.csv", "RMD prices", "MKD a", "RNFR prices/co.csv", "RNTO a", "SITE CHMOD 777 prices",
		"MFMT 20260101000000 prices/co.csv", "ALLO 1",
	} {
		c.say(command, "550")
	}
	c.say("PORT 127,0,0,1,0,22", "502")
	c.say("EPRT |1|127.0.0.1|22|", "502")
	for _, path := range []string{
		"../../etc/passwd", "/../../../etc/passwd", "..", "prices/../../etc/passwd", "/etc/passwd", "//etc//passwd", "prices/./../..//etc/passwd",
		"~/x", "prices/co.csv\x00", "\xff\xfe", `..\..\etc\passwd`, strings.Repeat("a/", 400), "prices/co.csv/..",
	} {
		c.say("RETR "+path, "550")
	}
}

// Data goes over TLS or not at all, and only to where the control connection comes from.
func TestDataIsSecured(t *testing.T) {
	r := newRig(t, nil)
	c := r.secured()
	c.say("USER "+id, "331")
	c.say("PASS "+password, "230")
	c.passive()
	c.say("RETR prices/co.csv", "521") // PROT was not said

	c = r.in()
	raw := c.passive()
	c.say("RETR prices/co.csv", "150")
	_, _ = io.WriteString(raw, "this is no TLS\r\n")
	c.want("425")
}

// A data connection from another address is not let near the file; that of the client is waited for.
func TestDataFromElsewhere(t *testing.T) {
	r := newRig(t, func(c *ftps.Config) { c.Limits.DataTime = 2 * time.Second })
	c := r.in()
	reply := c.say("PASV", "227")
	inner := reply[strings.Index(reply, "(")+1 : strings.Index(reply, ")")]
	parts := strings.Split(inner, ",")
	if strings.Join(parts[:4], ".") != "127.0.0.1" {
		t.Fatalf("PASV says %q", reply)
	}
	port := c.portOf(parts)
	elsewhere := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	thief, err := elsewhere.Dial("tcp", port)
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	c.send("RETR prices/co.csv")
	c.want("425")
	_ = thief.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := thief.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !isReset(err) {
		t.Errorf("a connection from elsewhere reads %v", err)
	}
}

func isReset(err error) bool { return err != nil && strings.Contains(err.Error(), "reset") }

// portOf is the address that the six numbers of PASV say.
func (c *client) portOf(parts []string) string {
	high, low := 0, 0
	for _, p := range []struct {
		text string
		to   *int
	}{{parts[4], &high}, {parts[5], &low}} {
		for _, digit := range p.text {
			*p.to = *p.to*10 + int(digit-'0')
		}
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(high<<8|low)).String()
}

// Where a data connection has to resume the session of its control connection, that of another one does not do, with
// either version of TLS.
func TestResumption(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			r := newRig(t, func(c *ftps.Config) { c.Resumed = true })
			limit := func(c *client) *client { c.tls.MaxVersion = version; return c }
			begin := func(cache tls.ClientSessionCache) *client {
				c := limit(r.dial())
				c.tls.ClientSessionCache = cache
				c.want("220")
				c.say("AUTH TLS", "234")
				conn := tls.Client(c.conn, c.tls)
				if err := conn.Handshake(); err != nil {
					t.Fatal(err)
				}
				c.conn = conn
				c.in.Reset(conn)
				c.say("USER "+id, "331")
				c.say("PASS "+password, "230")
				c.say("PROT P", "200")
				return c
			}
			cache := tls.NewLRUClientSessionCache(10)
			c := begin(cache)
			for range 3 {
				if got := c.fetch("RETR prices/co.csv"); len(got) != 51 {
					t.Errorf("with the session resumed it sends %q", got)
				}
			}
			again := begin(cache) // the control connection itself resumes
			if got := again.fetch("RETR prices/co.csv"); len(got) != 51 {
				t.Errorf("after a reconnection it sends %q", got)
			}
			for _, test := range []struct {
				name  string
				cache tls.ClientSessionCache
			}{{"none", nil}, {"another", foreignSession(t, r, version)}} {
				c := begin(tls.NewLRUClientSessionCache(10))
				c.tls = c.tls.Clone()
				c.tls.ClientSessionCache = test.cache
				raw := c.passive()
				c.say("RETR prices/co.csv", "150")
				conn := tls.Client(raw, c.tls)
				if data, err := io.ReadAll(conn); len(data) > 0 {
					t.Errorf("with the session of %s it sends %q, %v", test.name, data, err)
				}
				c.want("522")
			}
		})
	}
}

// foreignSession returns the tickets of another control connection.
func foreignSession(t *testing.T, r *rig, version uint16) tls.ClientSessionCache {
	t.Helper()
	cache := tls.NewLRUClientSessionCache(10)
	c := r.dial()
	c.tls.MaxVersion, c.tls.ClientSessionCache = version, cache
	c.want("220")
	c.say("AUTH TLS", "234")
	conn := tls.Client(c.conn, c.tls)
	if err := conn.Handshake(); err != nil {
		t.Fatal(err)
	}
	c.conn = conn
	c.in.Reset(conn)
	c.say("NOOP", "200")
	return cache
}

// What is sent in the clear after AUTH TLS, by somebody in between, is never taken for the client's.
func TestNothingIsInjected(t *testing.T) {
	c := newRig(t, nil).dial()
	c.want("220")
	c.send("AUTH TLS\r\nUSER " + id + "\r\nPASS " + password)
	c.want("421")
}

// A wrong password is told a few times, and then no more.
func TestWrongPasswords(t *testing.T) {
	c := newRig(t, nil).secured()
	c.say("PASS x", "503")
	for range 3 {
		c.say("USER "+id, "331")
		c.say("PASS wrong", "530")
	}
	c.want("421") // which says why the connection ends
	if reply := c.reply(); reply != "(EOF)" {
		t.Errorf("after three wrong passwords there is %q", reply)
	}
}

// A login that cannot be judged is no refusal.
func TestLoginFault(t *testing.T) {
	r := newRig(t, func(c *ftps.Config) {
		c.Login = func(context.Context, string, string, netip.Addr) (fs.FS, error) {
			return nil, errors.New("the database is away")
		}
	})
	c := r.secured()
	c.say("USER "+id, "331")
	if reply := c.say("PASS "+password, "421"); strings.Contains(reply, "database") {
		t.Errorf("a stranger is told %q", reply)
	}
}

// A thousand connections that do nothing do not keep a registrar from its files, nor do they all stay.
func TestIdleConnections(t *testing.T) {
	r := newRig(t, func(c *ftps.Config) {
		c.Limits.Connections, c.Limits.ConnectionsPerNetwork, c.Limits.ConnectionsStrange = 150, 2000, 100
	})
	for range 1000 {
		conn, err := net.Dial("tcp", r.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	tries := 0
	for c := r.dial(); !strings.HasPrefix(c.reply(), "220"); c = r.dial() { // until those that were sent away have gone
		if tries++; tries > 10_000 {
			t.Fatal("nobody gets in")
		}
	}
	c := r.in()
	if got := c.fetch("RETR prices/co.csv"); len(got) != 51 {
		t.Errorf("beside a thousand idle connections it sends %q", got)
	}
	if connections, logins := r.server.Sessions(); connections > 150 || logins != 1 {
		t.Errorf("there are %d connections, %d logged in", connections, logins)
	}
}

// One network has so many connections, and one login so many sessions.
func TestLimits(t *testing.T) {
	r := newRig(t, func(c *ftps.Config) { c.Limits.ConnectionsPerNetwork, c.Limits.SessionsPerLogin = 4, 2 })
	r.in()
	r.in()
	third := r.secured()
	third.say("USER "+id, "331")
	third.say("PASS "+password, "421")
	r.dial().want("220")
	r.dial().want("")
}

// Who says nothing is sent away: before the login after one time, after it after another.
func TestIdleTime(t *testing.T) {
	r := newRig(t, func(c *ftps.Config) { c.Limits.LoginTime, c.Limits.IdleTime = time.Second, 100*time.Millisecond })
	strange := r.dial()
	strange.want("220")
	in := r.in()
	if reply := in.reply(); !strings.HasPrefix(reply, "421") {
		t.Errorf("an idle session is told %q", reply)
	}
	if reply := strange.reply(); !strings.HasPrefix(reply, "421") {
		t.Errorf("an idle stranger is told %q", reply)
	}
}

// A line without end ends the session.
func TestLongLine(t *testing.T) {
	c := newRig(t, nil).secured()
	c.send("USER " + strings.Repeat("a", 5000))
	c.want("500")
	if reply := c.reply(); !strings.HasPrefix(reply, "(") {
		t.Errorf("after a long line there is %q", reply)
	}
}

// Commands that come too fast wait.
func TestPace(t *testing.T) {
	c := newRig(t, func(c *ftps.Config) { c.Limits.Commands = 100 }).secured()
	began := time.Now()
	for range 1050 {
		c.send("NOOP")
	}
	for range 1050 {
		c.want("200")
	}
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("1,050 commands took %s", took)
	}
}

// ABOR ends a transfer whose client takes nothing; NOOP is answered beside it, and what else comes waits.
func TestAbort(t *testing.T) {
	r := newRig(t, func(c *ftps.Config) {
		c.Login = func(context.Context, string, string, netip.Addr) (fs.FS, error) { return endless{}, nil }
	})
	c := r.in()
	raw := c.passive()
	c.say("RETR endless", "150")
	conn := tls.Client(raw, c.tls)
	if _, err := io.ReadFull(conn, make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	c.say("NOOP", "200")
	c.say("ABOR", "426")
	c.want("226")
	if _, err := io.Copy(io.Discard, conn); err == nil {
		t.Error("a transfer that was ended looks whole")
	}
	c.say("PWD", "257")

	raw = c.passive()
	c.say("RETR endless", "150")
	c.send("PWD") // waits for the end of the transfer
	_ = raw.Close()
	if reply := c.reply(); !strings.HasPrefix(reply, "426") && !strings.HasPrefix(reply, "425") {
		t.Errorf("a lost data connection is told as %q", reply)
	}
	c.want("257")
}

// endless has a file that does not end.
type endless struct{}

func (endless) Open(string) (fs.File, error) { return endlessFile{}, nil }

type endlessFile struct{}

func (endlessFile) Stat() (fs.FileInfo, error) { return endlessInfo{}, nil }
func (endlessFile) Read(p []byte) (int, error) { return len(p), nil }
func (endlessFile) Close() error               { return nil }

type endlessInfo struct{}

func (endlessInfo) Name() string       { return "endless" }
func (endlessInfo) Size() int64        { return 1 << 40 }
func (endlessInfo) Mode() fs.FileMode  { return 0o444 }
func (endlessInfo) ModTime() time.Time { return time.Unix(0, 0) }
func (endlessInfo) IsDir() bool        { return false }
func (endlessInfo) Sys() any           { return nil }

// The ports for data are those of the range, and when all are taken that is said.
func TestPorts(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := netip.MustParseAddrPort(free.Addr().String()).Port()
	_ = free.Close()
	r := newRig(t, func(c *ftps.Config) {
		c.Ports = ftps.Ports{First: port, Last: port}
		c.Public = netip.MustParseAddr("192.0.2.21")
	})
	first, second := r.in(), r.in()
	if reply := first.say("PASV", "227"); !strings.Contains(reply, "(192,0,2,21,") {
		t.Errorf("PASV says %q", reply)
	}
	second.say("EPSV", "421")
	first.say("EPSV", "229") // its own port makes place
	first.say("QUIT", "221")
	_ = first.reply()
	second.say("EPSV", "229")
}

// A shutdown lets a transfer that runs come to its end, and ends who waits.
func TestShutdown(t *testing.T) {
	r := newRig(t, nil)
	idle, busy := r.in(), r.in()
	raw := busy.passive()
	busy.say("RETR lordn/co.txt.gz", "150")
	stopped := make(chan error, 1)
	go func() { stopped <- r.server.Shutdown(context.Background()) }()
	_ = idle.reply() // its end
	conn := tls.Client(raw, busy.tls)
	data, err := io.ReadAll(conn)
	if err != nil || string(data) != string(files()["lordn/co.txt.gz"].Data) {
		t.Errorf("a transfer at a shutdown sends %d octets, %v", len(data), err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if conn, err := net.Dial("tcp", r.address); err == nil {
		_ = conn.Close()
		t.Error("a server that has stopped is still there")
	}
}
