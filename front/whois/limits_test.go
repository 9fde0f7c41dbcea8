package whois_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pires/go-proxyproto"

	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
	"example.org/dorado/front/whois"
	"example.org/dorado/test/world"
)

var (
	few      = policy.Rate{Burst: 3, Every: 20 * time.Second}
	loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
)

// Who asks too often is told how long to wait, unless it is on the list.
func TestRate(t *testing.T) {
	w := world.New(t, noon)
	for _, test := range []struct {
		name    string
		allowed []netip.Prefix
		want    string
	}{
		{"anybody", nil, "ERROR: too many queries from your address; wait 20 seconds\r\n"},
		{"on the list", loopback, "ERROR: the query is empty"},
	} {
		address := listen(t, whois.New(whois.Config{Service: w.Service, Rate: few, Allowed: test.allowed}))
		for range few.Burst {
			if got := exchange(t, address, "free.co\r\n"); !strings.HasPrefix(got, "NOT FOUND") {
				t.Errorf("%s: within the rate: %q", test.name, got)
			}
		}
		if got := exchange(t, address, "\r\n"); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: above it: %q, want %q", test.name, got, test.want)
		}
	}
}

// What comes by another way is answered in the same words, bounded in length, and counted with the rest of its address.
func TestAsk(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	s := whois.New(whois.Config{Service: w.Service, Rate: few})
	here, there := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.1")
	address := listen(t, s)
	if got, outcome := s.Ask(here, "shop.co"); string(got) != exchange(t, address, "shop.co\r\n") || outcome != whois.OutcomeAnswer {
		t.Errorf("it answers %s %q", outcome, got)
	}
	if got, outcome := s.Ask(here, strings.Repeat("x", 10_000)); !strings.HasPrefix(string(got), "ERROR: the query is too long") || outcome != whois.OutcomeTooLong {
		t.Errorf("a long query is %s %q", outcome, got)
	}
	if got, outcome := s.Ask(here, "shop.co"); !strings.HasPrefix(string(got), "ERROR: too many queries from your address") || outcome != whois.OutcomeLimited {
		t.Errorf("one too many is %s %q", outcome, got)
	}
	if _, outcome := s.Ask(there, "shop.co"); outcome != whois.OutcomeAnswer {
		t.Errorf("another address is %s", outcome)
	}
}

// How long to wait is a whole number of seconds, and long enough.
func TestInSeconds(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		time.Millisecond: "1 second", time.Second: "1 second", time.Second + 1: "2 seconds", time.Minute: "60 seconds",
	} {
		if got := whois.InSeconds(wait); got != want {
			t.Errorf("%v is told as %s, want %s", wait, got, want)
		}
	}
}

// A load balancer says whose its connections are; nobody else is believed. Versions 1 and 2.
func TestProxies(t *testing.T) {
	w := world.New(t, noon)
	for version := range byte(3) {
		s := whois.New(whois.Config{Service: w.Service, Rate: policy.Rate{Burst: 1, Every: time.Minute}, Proxies: loopback, Log: slog.New(slog.DiscardHandler)})
		address := listen(t, s)
		ask := func(from string) string {
			var sent bytes.Buffer
			if version > 0 {
				header := proxyproto.HeaderProxyFromAddrs(version, tcpAddr(t, from), tcpAddr(t, "[2001:db8::43]:43"))
				if strings.Contains(from, ".") {
					header = proxyproto.HeaderProxyFromAddrs(version, tcpAddr(t, from), tcpAddr(t, "192.0.2.43:43"))
				}
				if _, err := header.WriteTo(&sent); err != nil {
					t.Fatal(err)
				}
			}
			return exchange(t, address, sent.String()+"free.co\r\n")
		}
		if version == 0 {
			if got := ask(""); !strings.HasPrefix(got, "ERROR: this address is a proxy's, and has to send a PROXY header first") {
				t.Errorf("without a header: %q", got)
			}
			continue
		}
		for i, test := range []struct{ from, want string }{
			{"192.0.2.1:1000", "NOT FOUND"},
			{"192.0.2.1:1001", "ERROR: too many queries from your address; wait 60 seconds"},
			{"192.0.2.2:1000", "NOT FOUND"},
			{"[2001:db8::1]:1000", "NOT FOUND"},
			{"[2001:db8::2]:1000", "ERROR: too many queries"},
		} {
			if got := ask(test.from); !strings.HasPrefix(got, test.want) {
				t.Errorf("version %d, row %d: %q, want %q", version, i, got, test.want)
			}
		}
	}
	direct := listen(t, whois.New(whois.Config{Service: w.Service}))
	if got := exchange(t, direct, "PROXY TCP4 192.0.2.1 192.0.2.43 1000 43\r\nfree.co\r\n"); !strings.HasPrefix(got, "ERROR: the query has more than one word") {
		t.Errorf("a header of somebody who is no proxy: %q", got)
	}
}

func tcpAddr(t *testing.T, text string) *net.TCPAddr {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Whatever comes gets a clear answer.
func TestGarbage(t *testing.T) {
	w := world.New(t, noon)
	address := listen(t, whois.New(whois.Config{Service: w.Service}))
	for _, test := range []struct{ name, sent, want string }{
		{"a line of a megabyte", strings.Repeat("x", 1<<20) + "\r\n", "ERROR: the query is too long"},
		{"a megabyte of lines", strings.Repeat("free.co\r\n", 1<<17), "NOT FOUND\r\n"},
		{"NUL", "\x00\x00\r\n", "ERROR: the query has control characters"},
		{"no UTF-8", "\xff\xfe\r\n", "ERROR: the query is not UTF-8"},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\n", "ERROR: the query is not UTF-8"},
		{"HTTP", "GET / HTTP/1.1\r\nHost: whois.example\r\n\r\n", "ERROR: the query has more than one word"},
		{"a path", "../../etc/passwd\r\n", "ERROR: this is no domain name"},
	} {
		if got := exchange(t, address, test.sent); !strings.HasPrefix(got, test.want) || !strings.HasSuffix(got, "\r\n") {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Who reads slowly, or not at all, keeps nobody up: its answer is with the kernel.
func TestSlowReaders(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	s := whois.New(whois.Config{Service: w.Service, ConnectionsPerAddress: 1, Deadline: 5 * time.Second})
	address := listen(t, s)
	slow := dial(t, address)
	if _, err := io.WriteString(slow, "shop.co\r\n"); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); ; { // until the place of the slow one is free
		conn := dial(t, address)
		_, _ = io.WriteString(conn, "shop.co\r\n")
		got, _ := io.ReadAll(conn) // of many that are refused at once not all can read why
		if strings.HasPrefix(string(got), "Domain Name: shop.co") {
			break
		}
		if time.Since(start) > 4*time.Second {
			t.Fatalf("beside a slow reader: %q", got)
		}
	}
	if got, err := io.ReadAll(slow); !strings.HasPrefix(string(got), "Domain Name: shop.co") || err != nil {
		t.Errorf("the slow one reads at last %.40q, %v", got, err)
	}
}

// Ten thousand connections of one network at once: memory is bounded, and those above nine tenths of the limit are told so.
// Nobody listens or dials by a socket: what is tested is what we keep of a connection. Those by sockets, and who is served
// beside them, are in test/golden.
func TestTenThousandConnections(t *testing.T) {
	w := world.New(t, noon)
	w.Service.Pages = flow.NewPages(1 << 20)
	const many = 10_000
	s := whois.New(whois.Config{Service: w.Service, Connections: many - 100, ConnectionsPerAddress: many, Deadline: time.Minute})
	l := &pipes{accepted: make(chan net.Conn)}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	before := memory()
	clients := make([]net.Conn, many)
	answers := make(chan string, many)
	for i := range clients {
		var server net.Conn
		clients[i], server = net.Pipe()
		go func() {
			got, _ := io.ReadAll(clients[i])
			answers <- string(got)
		}()
		l.accepted <- server
	}
	if grown := memory() - before; grown > 30<<10*many {
		t.Errorf("%d connections take %d octets each", many, grown/many)
	}
	said := map[string]int{}
	for _, c := range clients {
		_ = c.SetDeadline(time.Now().Add(50 * time.Second))
		go func() { _, _ = io.WriteString(c, "free.co\r\n") }()
	}
	for range clients {
		first, _, _ := strings.Cut(<-answers, ";")
		first, _, _ = strings.Cut(first, "\r")
		said[first]++
	}
	const most = (many - 100) / 10 * 9
	if said["NOT FOUND"] != most || said["ERROR: too many connections are open from your address"] != many-most {
		t.Errorf("the answers are %v", said)
	}
	if err := s.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func memory() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapInuse + m.StackInuse)
}

// pipes is a listener whose connections the test makes.
type pipes struct {
	accepted chan net.Conn
	once     sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	c, ok := <-p.accepted
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.accepted) })
	return nil
}
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }
