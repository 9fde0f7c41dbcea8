package dns_test

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/secondary"
)

// long signs with what is as long as RSA with 2048 bits, and takes no time.
type long struct{}

func (long) Sign(jobs []zone.Job) error {
	for i, job := range jobs {
		sig := binary.BigEndian.AppendUint16(nil, job.Type)
		sig = append(sig, 8, byte(job.Owner.Labels()))
		sig = append(sig, make([]byte, 4+4+4+2)...)
		sig = append(sig, "\x04test\x00"...)
		jobs[i].Sigs = [][]byte{append(sig, make([]byte, 256)...)}
	}
	return nil
}

func (long) Good(_ zone.Name, s zone.RRset) bool { return len(s.Sigs) == 1 }

// benchNames is how many delegations the zone has: BENCH_NAMES, or what a short run can make.
func benchNames(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("BENCH_NAMES"))
	if err != nil {
		return 100_000
	}
	return n
}

// large returns a version with so many delegations, each to two hosts of a few hundred, one in twenty with DS.
func large(b testing.TB, names int) *zone.Version {
	b.Helper()
	origin := zoneName(b, "test")
	e := zone.NewEditor(zone.Empty(origin))
	changes := secondary.NewChanges("test", 1, 1).Apex()
	for i := range names {
		host := func(n int) []byte { return []byte(zoneName(b, fmt.Sprintf("ns%d.provider%d.example", n, i*i%500))) }
		owner := zoneName(b, fmt.Sprintf("name-%07d.test", i))
		changes = append(changes, zone.Change{Owner: owner, RRset: zone.RRset{Type: zone.TypeNS, TTL: 86400, Data: [][]byte{host(1), host(2)}}})
		if i%20 == 0 {
			ds := append([]byte{0, 1, 8, 2}, make([]byte, 32)...)
			changes = append(changes, zone.Change{Owner: owner, RRset: zone.RRset{Type: zone.TypeDS, TTL: 86400, Data: [][]byte{ds}}})
		}
	}
	s, err := e.Next(zone.Update{Changes: changes, Serial: 1, Signer: long{}})
	if err != nil {
		b.Fatal(err)
	}
	return s.New
}

// BenchmarkTransferOut is a whole zone to a reader that looks at nothing, over loopback, signed with TSIG: from this
// server, and with BENCH_PEERS set from Knot and NSD, which got it from this one.
func BenchmarkTransferOut(b *testing.B) {
	r := newRig(b, "test")
	p := dns.NewPrimary(b, r.transfer)
	p.Set(large(b, benchNames(b)))
	servers := map[string]string{"dorado": p.Address}
	if os.Getenv("BENCH_PEERS") != "" {
		r.start(b, p.Address)
		p.Follow(b, zoneName(b, "test"))
		r.await(b, 1)
		for program, at := range r.at {
			servers[program] = at.String()
		}
	}
	buf := make([]byte, 1<<20)
	for _, name := range slices.Sorted(maps.Keys(servers)) {
		whole := drain(b, askWhole(b, servers[name], r.key), buf)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(whole))
			for range b.N {
				conn := askWhole(b, servers[name], r.key)
				for n := 0; n < whole; {
					read, err := conn.Read(buf)
					if err != nil {
						b.Fatal(err)
					}
					n += read
				}
				conn.Close()
			}
		})
	}
}

// askWhole asks a server for the whole zone.
func askWhole(b *testing.B, server string, key dns.Key) net.Conn {
	b.Helper()
	m := new(mdns.Msg).SetAxfr("test.")
	m.SetTsig(key.Name.String(), mdns.HmacSHA256, 300, time.Now().Unix())
	request, _, err := mdns.TsigGenerate(m, secret, "", false)
	if err != nil {
		b.Fatal(err)
	}
	conn, err := net.Dial("tcp", server)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(request))), request...)); err != nil {
		b.Fatal(err)
	}
	return conn
}

// drain returns how many octets come before nothing more does.
func drain(b *testing.B, conn net.Conn, buf []byte) int {
	b.Helper()
	defer conn.Close()
	whole := 0
	for {
		if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			b.Fatal(err)
		}
		n, err := conn.Read(buf)
		whole += n
		if err != nil {
			return whole
		}
	}
}
