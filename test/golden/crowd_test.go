package golden

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// A crowd is a registry as init makes it, which counts its own machine's connections as a demo does not, and what the test
// knows of its process.
type crowd struct {
	dir   string
	base  int
	pid   int
	conns []net.Conn
	// reached is how many others have looked whether they are served.
	reached int
}

// A stranger is an address of this machine's that nobody else has.
func stranger(i int) net.IP { return net.IPv4(127, 1, byte(i>>8), byte(i)) }

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{dir: filepath.Join(t.TempDir(), "registry"), base: peer.RegistryBase(t)}
	program := filepath.Join(t.TempDir(), "dorado")
	schema.Build(t, program)
	run(t, program, "init", "--dir", c.dir, "--dnssec-algorithm", "13")
	file := filepath.Join(c.dir, "dorado.toml")
	config, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer("\naddress = \"\"\n", "\naddress = \"127.0.0.1\"\n", "\nport_base = 0\n", "\nport_base = "+strconv.Itoa(c.base)+"\n").Replace(string(config))
	if err := os.WriteFile(file, []byte(here), 0o600); err != nil {
		t.Fatal(err)
	}
	serve := exec.Command(program, "serve", "--dir", c.dir)
	peer.Start(t, serve).Await(t, "dorado: ready", time.Minute)
	c.pid = serve.Process.Pid
	t.Cleanup(c.leave)
	return c
}

func (c *crowd) leave() {
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

// dial connects from a stranger's address to a port.
func (c *crowd) dial(t *testing.T, from, wellKnown int) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: stranger(from)}, Timeout: 10 * time.Second}
	conn, err := d.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.base+wellKnown)))
	if err != nil {
		t.Fatalf("connection %d: %v", len(c.conns), err)
	}
	c.conns = append(c.conns, conn)
	return conn
}

// resident is the memory of the process in octets.
func (c *crowd) resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", c.pid))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// grows fails the test if the process has taken more memory since than it may.
func (c *crowd) grows(t *testing.T, before, mebibytes int) {
	t.Helper()
	grown := (c.resident(t) - before) >> 20
	t.Logf("%d connections: %d MiB more than before", len(c.conns), grown)
	if grown > mebibytes {
		t.Errorf("%d connections take %d MiB, want at most %d", len(c.conns), grown, mebibytes)
	}
}

// soon is how long a connection may take that is one too many, before it has been told so.
const soon = 3 * time.Second

// fillUp makes so many connections of each of some networks, which say nothing, and returns with what words they ended at once.
// Of each network it looks at those behind the first ones, which may stay, before any of these has stayed for too long.
func (c *crowd) fillUp(t *testing.T, networks, each, stay, wellKnown int) (ended map[string]int) {
	t.Helper()
	ended = map[string]int{}
	for from := range networks {
		c.fill(t, from, stay, wellKnown)
		more := c.fill(t, from, each-stay, wellKnown)
		c.reach(t, wellKnown)
		until := time.Now().Add(soon)
		for _, conn := range more {
			conn.SetReadDeadline(until)
			said, err := io.ReadAll(conn)
			first, _, _ := strings.Cut(string(said), ";")
			if errors.Is(err, os.ErrDeadlineExceeded) {
				first = "not at once"
			}
			ended[first]++
		}
	}
	return ended
}

// fill makes so many connections of a network, which say nothing.
func (c *crowd) fill(t *testing.T, from, count, wellKnown int) []net.Conn {
	t.Helper()
	for range count {
		c.dial(t, from, wellKnown)
	}
	return c.conns[len(c.conns)-count:]
}

// reach returns when a connection of another network is served: all that were made before have been looked at then, however
// busy the machine is.
func (c *crowd) reach(t *testing.T, wellKnown int) {
	t.Helper()
	c.reached++
	conn := c.dial(t, 4000+c.reached, wellKnown)
	conn.SetDeadline(time.Now().Add(time.Minute))
	var err error
	if wellKnown == 443 {
		err = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).Handshake()
	} else if _, err = io.WriteString(conn, "help\r\n"); err == nil {
		_, err = io.ReadAll(conn)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Ten thousand connections to port 43 that say nothing: some thousands stay, the others are told at once that they are too many,
// memory is bounded, and who has nothing to do with it is answered.
func TestWHOISStandsACrowd(t *testing.T) {
	pg.Same(t)
	c := newCrowd(t)
	before := c.resident(t)
	ended := c.fillUp(t, 200, 50, 20, 43) // so many of each network may stay
	if told := ended["ERROR: too many connections are open from your address"]; told != 200*30 || len(ended) != 1 {
		t.Errorf("of 6,000 that are too many %d are told so: %v", told, ended)
	}
	c.grows(t, before, 200)
	for query, want := range map[string]string{"free.co": "NOT FOUND", "help": "This is the WHOIS service"} {
		conn := c.dial(t, 5000, 43)
		conn.SetDeadline(time.Now().Add(time.Minute))
		if _, err := io.WriteString(conn, query+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if said, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(said), want) {
			t.Errorf("in the middle of it %s is answered %q, %v", query, said, err)
		}
	}
	if said := run(t, "whois", "-h", "127.0.0.1", "-p", strconv.Itoa(c.base+43), "free.co"); !strings.Contains(said, "NOT FOUND") {
		t.Errorf("Debian's client is told\n%s", said)
	}
}

// Ten thousand connections to HTTPS: those that say nothing, that send an octet a time and that read nothing of what they asked
// for. Those of a network that has enough end at once, memory is bounded, and who has nothing to do with it is answered.
func TestRDAPStandsTenThousand(t *testing.T) {
	pg.Same(t)
	peer.Need(t, "curl")
	c := newCrowd(t)
	before := c.resident(t)
	for i := range 400 { // of other networks, beside those that say nothing
		conn := tls.Client(c.dial(t, 1000+i/8, 443), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
		conn.SetDeadline(time.Now().Add(time.Minute))
		if err := conn.Handshake(); err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		request := "GET /rdap/help HTTP/1.1\r\nHost: rdap.example\r\n\r\n"
		if i%2 == 0 {
			request = request[:1+i%30] // and an octet from time to time
		} else {
			request = strings.Repeat(request, 80) // and no answer is read
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
	}
	ended := c.fillUp(t, 6, 600, 512, 443) // so many of each network may stay, and these are not too many together
	if ended[""] != 6*88 || len(ended) != 1 {
		t.Errorf("of %d that are too many these ended: %v", 6*88, ended)
	}
	for network := 6; network < 16; network++ { // what stays of these is as much as others leave when their time is over
		c.fill(t, network, 600, 443)
	}
	c.reach(t, 443)
	c.grows(t, before, 400)
	for path, want := range map[string]string{"domain/free.co": "404", "help": "200"} {
		address := fmt.Sprintf("https://127.0.0.1:%d/rdap/%s", c.base+443, path)
		said := run(t, "curl", "-sSk", "--max-time", "60", "--interface", "127.0.0.2", "-o", filepath.Join(t.TempDir(), "answer"), "-w", "%{http_code}", address)
		if said != want {
			t.Errorf("in the middle of it %s is %s, want %s", path, said, want)
		}
	}
}
