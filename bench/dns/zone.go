package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

// origin is the zone that is measured.
const origin zone.Name = "\x02co\x00"

// A registry's zone, roughly: most names are at the name servers of a few thousand operators, one in thirty has its own.
const (
	operators  = 2_000
	everyGlue  = 33 // one name in so many has name servers of its own
	everyDS    = 20
	ttl        = 3600
	serial     = 1
	signature  = 256 // octets of RSA 2048
	keyTag     = 4711
	algorithm  = 8
	perChanges = 50_000
)

// delegated returns the name of a number, "name-0000017.co".
func delegated(i int) zone.Name { return wire(fmt.Sprintf("name-%07d.co", i)) }

func wire(text string) zone.Name {
	n, err := zone.ParseName(text)
	if err != nil {
		panic(err) // it is made of a number
	}
	return n
}

// randomly signs with octets of chance: for who does not validate they are as long as those of a key.
type randomly struct{ *rand.ChaCha8 }

func (r randomly) Sign(jobs []zone.Job) error {
	for i, j := range jobs {
		sig := make([]byte, 18, 18+len(origin)+signature)
		binary.BigEndian.PutUint16(sig, j.Type)
		sig[2], sig[3] = algorithm, byte(j.Owner.Labels())
		binary.BigEndian.PutUint32(sig[4:], j.TTL)
		binary.BigEndian.PutUint32(sig[8:], 1_900_000_000)
		binary.BigEndian.PutUint32(sig[12:], 1_700_000_000)
		binary.BigEndian.PutUint16(sig[16:], keyTag)
		sig = append(sig, origin...)
		sig = sig[:len(sig)+signature]
		_, _ = r.Read(sig[len(sig)-signature:]) // never fails
		jobs[i].Sigs = [][]byte{sig}
	}
	return nil
}

func (randomly) Good(zone.Name, zone.RRset) bool { return true }

// build makes the zone with so many names.
func build(count int) (*zone.Version, error) {
	e := zone.NewEditor(zone.Empty(origin))
	signer := randomly{rand.NewChaCha8([32]byte{})}
	changes := apex(signer)
	for i := range count {
		changes = append(changes, delegation(i, signer)...)
		if len(changes) < perChanges && i < count-1 {
			continue
		}
		step, err := e.Next(zone.Update{Changes: changes, Serial: serial, Signer: signer})
		if err != nil {
			return nil, err
		}
		e.Take(step)
		changes = changes[:0]
	}
	return e.Version(), nil
}

func change(at zone.Name, kind uint16, data ...[]byte) zone.Change {
	return zone.Change{Owner: at, RRset: zone.RRset{Type: kind, TTL: ttl, Data: data}}
}

func apex(r randomly) []zone.Change {
	soa := append([]byte(wire("ns1.nic.co")+wire("hostmaster.nic.co")), make([]byte, 20)...)
	for i, n := range []uint32{serial, 1800, 900, 1209600, 900} {
		binary.BigEndian.PutUint32(soa[len(soa)-20+4*i:], n)
	}
	key := append([]byte{1, 1, 3, algorithm, 3, 1, 0, 1}, make([]byte, signature)...)
	_, _ = r.Read(key[8:])
	return []zone.Change{
		change(origin, zone.TypeSOA, soa),
		change(origin, zone.TypeNS, []byte(wire("ns1.nic.co")), []byte(wire("ns2.nic.co"))),
		change(origin, zone.TypeDNSKEY, key),
		change(origin, zone.TypeNSEC3PARAM, zone.Param()),
		change(wire("ns1.nic.co"), zone.TypeA, []byte{192, 0, 2, 1}),
		change(wire("ns2.nic.co"), zone.TypeA, []byte{192, 0, 2, 2}),
	}
}

// delegation returns what a number's name has.
func delegation(i int, r randomly) []zone.Change {
	name := delegated(i)
	var list []zone.Change
	if i%everyGlue == 0 {
		one, other := zone.Name("\x03ns1")+name, zone.Name("\x03ns2")+name
		list = append(list, change(name, zone.TypeNS, []byte(one), []byte(other)),
			change(one, zone.TypeA, []byte{10, byte(i >> 16), byte(i >> 8), byte(i)}),
			change(other, zone.TypeA, []byte{10, byte(i >> 16), byte(i >> 8), byte(i) ^ 0xff}))
	} else {
		operator := i * 7919 % operators
		list = append(list, change(name, zone.TypeNS,
			[]byte(wire(fmt.Sprintf("ns1.operator%d.example.net", operator))), []byte(wire(fmt.Sprintf("ns2.operator%d.example.net", operator)))))
	}
	if i%everyDS == 0 {
		ds := append(binary.BigEndian.AppendUint16(nil, uint16(i)), 13, 2)
		ds = append(ds, make([]byte, 32)...)
		_, _ = r.Read(ds[4:])
		list = append(list, change(name, zone.TypeDS, ds))
	}
	return list
}

// write writes a zone as text, for others to load.
func write(out io.Writer, v *zone.Version) error {
	w := bufio.NewWriterSize(out, 1<<20)
	var failed error
	v.Records(func(r zone.Record) bool {
		rr, _, err := mdns.UnpackRR(r.Append(nil), 0)
		if err == nil {
			_, err = fmt.Fprintln(w, rr)
		}
		failed = err
		return err == nil
	})
	if failed != nil {
		return failed
	}
	return w.Flush()
}
