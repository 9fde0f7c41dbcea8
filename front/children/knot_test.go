package children_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/test/peer"
)

// The children of these tests are zones of one Knot, and what is outside our zones is asked of one Unbound, which validates
// oper.example. Both are started when the first test needs them, and end with the tests.

// patience is how long a server may take to do what it was told.
const patience = 20 * time.Second

// zonesOfKnot are its zones with the policies that it signs them by; "" leaves a zone unsigned.
var zonesOfKnot = map[string]string{
	"oper.example": "plain", "boot.co": "always", "half.co": "always", "slow.co": "always", "roll.co": "always", "lock.co": "always", "forged.co": "always",
	"off.co": "delete", "bare.co": "",
}

const knotConf = `
server:
    rundir: %[1]s
    listen: 127.0.0.1@%[2]s
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: %[1]s
log:
  - target: %[1]s/log
    any: info
policy:
  - id: always
    algorithm: ecdsap256sha256
    dnskey-ttl: 1
    zone-max-ttl: 1
    propagation-delay: 0
    cds-cdnskey-publish: always
  - id: delete
    algorithm: ecdsap256sha256
    cds-cdnskey-publish: delete-dnssec
  - id: plain
    algorithm: ecdsap256sha256
    cds-cdnskey-publish: none
template:
  - id: default
    storage: %[1]s
    file: "%%s.zone"
    zonefile-sync: -1
    journal-content: all
    zonefile-load: difference-no-serial
zone:
`

const childZone = `$TTL 1
@ SOA ns1.oper.example. hostmaster.oper.example. 1 3600 900 86400 1
@ NS ns1.oper.example.
@ NS ns2.oper.example.
`

const operZone = childZone + `ns1 A 192.0.2.1
ns2 A 192.0.2.2
`

const unboundConf = `
server:
    directory: "%[1]s"
    username: ""
    chroot: ""
    pidfile: ""
    use-syslog: no
    logfile: "%[1]s/unbound.log"
    do-daemonize: no
    interface: 127.0.0.1@%[2]s
    access-control: 127.0.0.0/8 allow
    do-not-query-localhost: no
    num-threads: 1
    cache-max-ttl: 0
    cache-max-negative-ttl: 0
    module-config: "validator iterator"
    trust-anchor: "%[4]s"
stub-zone:
    name: "oper.example"
    stub-addr: 127.0.0.1@%[3]s
remote-control:
    control-enable: no
`

// servers are the programs of these tests.
type servers struct {
	dir           string
	knot, unbound string // where they answer
	running       []*exec.Cmd
	signalling    sync.Mutex
	err           error
}

// those are the servers, which the first test that asks starts for all.
var those struct {
	sync.Mutex
	*servers
}

func TestMain(m *testing.M) {
	code := m.Run()
	if those.servers != nil {
		those.stop()
	}
	os.Exit(code)
}

// counterparts returns the servers.
func counterparts(t *testing.T) *servers {
	t.Helper()
	those.Lock()
	defer those.Unlock()
	if those.servers == nil {
		s := new(servers)
		those.servers = s
		if s.dir, s.err = os.MkdirTemp("", "children-"); s.err == nil {
			s.err = s.startAll(strconv.Itoa(peer.Port(t)), strconv.Itoa(peer.Port(t)))
		}
	}
	if those.err != nil {
		t.Fatal(those.err)
	}
	return those.servers
}

// startAll starts Knot and Unbound at ports of the loopback.
func (s *servers) startAll(port, resolver string) error {
	s.knot = net.JoinHostPort("127.0.0.1", port)
	conf := fmt.Sprintf(knotConf, s.dir, port)
	for zone, policy := range zonesOfKnot {
		text := childZone
		if zone == "oper.example" {
			text = operZone
		}
		if err := os.WriteFile(filepath.Join(s.dir, zone+".zone"), []byte(text), 0o600); err != nil {
			return err
		}
		conf += "  - domain: " + zone + "\n"
		if policy != "" {
			conf += "    dnssec-signing: on\n    dnssec-policy: " + policy + "\n"
		}
	}
	if err := s.run("knot.conf", conf, "knotd", "-c"); err != nil {
		return err
	}
	var anchor string
	for zone, policy := range zonesOfKnot {
		m, err := s.until(s.knot, zone, mdns.TypeSOA, func(m *mdns.Msg) bool { return len(m.Answer) > 1 || policy == "" && len(m.Answer) == 1 })
		if err != nil {
			return fmt.Errorf("knot does not answer for %s: %w", zone, err)
		}
		_ = m
	}
	keys, err := s.until(s.knot, "oper.example", mdns.TypeDNSKEY, func(m *mdns.Msg) bool { return len(m.Answer) > 1 })
	if err != nil {
		return err
	}
	for _, rr := range keys.Answer {
		if k, ok := rr.(*mdns.DNSKEY); ok && k.Flags&mdns.SEP != 0 {
			anchor = strings.ReplaceAll(k.ToDS(mdns.SHA256).String(), "\t", " ")
		}
	}
	s.unbound = net.JoinHostPort("127.0.0.1", resolver)
	if err := s.run("unbound.conf", fmt.Sprintf(unboundConf, s.dir, resolver, port, anchor), "unbound", "-d", "-c"); err != nil {
		return err
	}
	_, err = s.until(s.unbound, "ns1.oper.example", mdns.TypeA, func(m *mdns.Msg) bool { return m.AuthenticatedData && len(m.Answer) > 0 })
	return err
}

// run starts a program with a configuration of its own.
func (s *servers) run(file, conf, program string, args ...string) error {
	path := filepath.Join(s.dir, file)
	if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
		return err
	}
	cmd := exec.Command(program, append(args, path)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w; scripts/install installs it", program, err)
	}
	s.running = append(s.running, cmd)
	return nil
}

func (s *servers) stop() {
	for _, cmd := range s.running {
		if err := cmd.Process.Kill(); err != nil {
			log.Print(err)
		}
		_ = cmd.Wait()
	}
	os.RemoveAll(s.dir)
}

// until asks until an answer is as it should be.
func (s *servers) until(server, name string, kind uint16, good func(*mdns.Msg) bool) (*mdns.Msg, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		m, err := ask(ctx, server, name, kind)
		if err == nil && good(m) {
			return m, nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("%s of %s at %s: %w, last %v", mdns.TypeToString[kind], name, server, ctx.Err(), m)
		}
	}
}

// ask asks once.
func ask(ctx context.Context, server, name string, kind uint16) (*mdns.Msg, error) {
	m := new(mdns.Msg).SetQuestion(mdns.Fqdn(name), kind)
	m.SetEdns0(1232, true)
	return mdns.ExchangeContext(ctx, m, server)
}

// knotc tells Knot something.
func (s *servers) knotc(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("knotc", append([]string{"-b", "-c", filepath.Join(s.dir, "knot.conf")}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("knotc %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// records returns the records of a type that Knot has at a name.
func (s *servers) records(t *testing.T, name string, kind uint16) []mdns.RR {
	t.Helper()
	m, err := s.until(s.knot, name, kind, func(m *mdns.Msg) bool { return len(m.Answer) > 1 })
	if err != nil {
		t.Fatal(err)
	}
	var list []mdns.RR
	for _, rr := range m.Answer {
		if rr.Header().Rrtype == kind {
			list = append(list, rr)
		}
	}
	return list
}

// signal has a name server's operator vouch for a child until the test ends.
func (s *servers) signal(t *testing.T, child, ns string) {
	t.Helper()
	name := "_dsboot." + child + "._signal." + ns
	s.edit(t, func() {
		for _, kind := range []uint16{mdns.TypeCDS, mdns.TypeCDNSKEY} {
			for _, rr := range s.records(t, child, kind) {
				rdata := strings.TrimPrefix(rr.String(), rr.Header().String())
				s.knotc(t, append([]string{"zone-set", "oper.example", name + ".", "1", mdns.TypeToString[kind]}, strings.Fields(rdata)...)...)
			}
		}
	})
	t.Cleanup(func() { s.edit(t, func() { s.knotc(t, "zone-unset", "oper.example", name+".") }) })
	if _, err := s.until(s.unbound, name, mdns.TypeCDNSKEY, func(m *mdns.Msg) bool { return m.AuthenticatedData && len(m.Answer) > 0 }); err != nil {
		t.Fatal(err)
	}
}

// edit changes oper.example. Knot has one transaction of a zone at a time.
func (s *servers) edit(t *testing.T, change func()) {
	t.Helper()
	s.signalling.Lock()
	defer s.signalling.Unlock()
	s.knotc(t, "zone-begin", "oper.example")
	change()
	s.knotc(t, "zone-commit", "oper.example")
}
