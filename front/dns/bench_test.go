package dns_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// constant signs with the same octets, as many as those of RSA 2048.
type constant struct{}

func (constant) Sign(jobs []zone.Job) error {
	for i, j := range jobs {
		sig := append(binary.BigEndian.AppendUint16(nil, j.Type), make([]byte, 16)...)
		jobs[i].Sigs = [][]byte{append(append(sig, "\x02co\x00"...), make([]byte, 256)...)}
	}
	return nil
}

func (constant) Good(zone.Name, zone.RRset) bool { return true }

// BenchmarkDesk measures what an answer costs without the kernel, of a zone of 100,000 names, 5 % of them with DS.
func BenchmarkDesk(b *testing.B) {
	const names = 100_000
	name := func(text string) zone.Name {
		n, err := zone.ParseName(text)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	changes := changesOf(b, "co.", parentText)
	for i := range names {
		owner := name(fmt.Sprintf("name-%07d.co", i))
		host := []byte(name(fmt.Sprintf("ns1.operator%d.example.net", i%2000)))
		changes = append(changes, zone.Change{Owner: owner, RRset: zone.RRset{Type: zone.TypeNS, TTL: 3600, Data: [][]byte{host}}})
		if i%20 == 0 {
			ds := append([]byte{0, 1, 13, 2}, make([]byte, 32)...)
			changes = append(changes, zone.Change{Owner: owner, RRset: zone.RRset{Type: zone.TypeDS, TTL: 3600, Data: [][]byte{ds}}})
		}
	}
	e := zone.NewEditor(zone.Empty(name("co")))
	step, err := e.Next(zone.Update{Changes: changes, Serial: 1, Signer: constant{}})
	if err != nil {
		b.Fatal(err)
	}
	d := dns.NewDesk(dns.DeskConfig{Versions: []*zone.Version{step.New}, Now: instant(), Size: 4096})
	for _, test := range []struct{ name, ask string }{
		{"referral", "www.name-%07d.co. A"}, {"missing", "missing-%07d.co. A"}, {"outside", "name-%07d.net. A"},
	} {
		messages := make([][]byte, 1000)
		for i := range messages {
			m := question(b, fmt.Sprintf(test.ask, i*97))
			m.SetEdns0(4096, true)
			if messages[i], err = m.Pack(); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				d.RespondTo(messages[i%len(messages)], someone(), false)
			}
		})
	}
}
