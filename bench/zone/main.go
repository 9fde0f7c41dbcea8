// Command zone measures a zone of many delegations without a registry around it: it fills and signs one, writes it as a
// zone file for other programs, keeps it as pages and reads them back, and changes it. bench/zone/run has dnssec-signzone
// sign the same file beside it.
package main

import (
	"bufio"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

type options struct {
	names, share, bits int
	algorithm          int
	file               string
	changes            int
}

func main() {
	var o options
	flag.IntVar(&o.names, "names", 1_000_000, "how many delegations, each to two of 2,000 name servers")
	flag.IntVar(&o.share, "signed", 20, "one of so many has DS")
	flag.IntVar(&o.algorithm, "algorithm", int(dnssec.RSASHA256), "of the keys")
	flag.IntVar(&o.bits, "bits", 2048, "of RSA keys")
	flag.IntVar(&o.changes, "changes", 2000, "how many changes are timed, one at a time")
	flag.StringVar(&o.file, "file", "", "write the unsigned zone there as a zone file")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "zone:", err)
		os.Exit(1)
	}
}

// A report is what was measured. Times are in seconds.
type report struct {
	RSABy        string // what makes RSA signatures
	Names, Links int
	Fill, Sign   float64
	Signatures   int
	PackedMB     int // records and signatures
	HeapMB       int // what the program has in memory for them
	Read         float64
	Insecure     [3]float64 // milliseconds at p50, p99 and most of a change of a delegation without DS
	Secure       [3]float64 // likewise with another DS
	Records      float64    // to walk all records once
}

func run(o options) error {
	r := report{RSABy: dns.RSABy}
	began := time.Now()
	v, err := fill(o)
	if err != nil {
		return err
	}
	r.Fill = time.Since(began).Seconds()
	if o.file != "" {
		if err := write(v, o.file); err != nil {
			return err
		}
	}
	signer, apex, err := keys(o)
	if err != nil {
		return err
	}
	runtime.GC()
	began = time.Now()
	e := zone.NewEditor(v)
	if err := take(e, zone.Update{Changes: apex, Serial: 1, Signer: signer, LookAll: true}); err != nil {
		return err
	}
	r.Sign = time.Since(began).Seconds()
	v = nil
	measureSize(e.Version(), &r)
	if err := measureRead(e.Version(), &r); err != nil {
		return err
	}
	if r.Insecure, err = change(e, o, signer, false); err != nil {
		return err
	}
	if r.Secure, err = change(e, o, signer, true); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

func take(e *zone.Editor, u zone.Update) error {
	step, err := e.Next(u)
	if err != nil {
		return err
	}
	if step == nil {
		return fmt.Errorf("serial %d: nothing differs", u.Serial)
	}
	e.Take(step)
	return nil
}

func name(text string) zone.Name {
	n, err := zone.ParseName(text)
	if err != nil {
		panic(err) // it is one of ours
	}
	return n
}

// nth returns the n-th name: of the lengths that names have.
func nth(n int) zone.Name {
	words := []string{"tienda", "cafe-de-", "hotel", "viajes-", "mi", "abogados-en-"}
	return name(words[n%len(words)] + strconv.Itoa(n) + ".co")
}

func delegation(n, more int) zone.Change {
	set := zone.RRset{Type: zone.TypeNS, TTL: 3600}
	for i := range 2 {
		host := name(fmt.Sprintf("ns%d.hosting%d.example.net", i+1, (n+more)%1000))
		set.Data = append(set.Data, []byte(host))
	}
	return zone.Change{Owner: nth(n), RRset: set}
}

func ds(n, more int) zone.Change {
	data := append([]byte{byte(n >> 8), byte(n), 13, 2}, fmt.Sprintf("%032d", n+more)...)
	return zone.Change{Owner: nth(n), RRset: zone.RRset{Type: zone.TypeDS, TTL: 3600, Data: [][]byte{data}}}
}

func fill(o options) (*zone.Version, error) {
	f := zone.NewFiller(name("co"))
	soa := append([]byte(name("ns1.nic.co")+name("hostmaster.nic.co")), make([]byte, 20)...)
	for i, n := range []uint32{1800, 900, 1209600, 900} {
		soa[len(soa)-16+4*i+2], soa[len(soa)-16+4*i+3] = byte(n>>8), byte(n)
		soa[len(soa)-16+4*i+1] = byte(n >> 16)
	}
	list := []zone.Change{
		{Owner: name("co"), RRset: zone.RRset{Type: zone.TypeSOA, TTL: 900, Data: [][]byte{soa}}},
		{Owner: name("co"), RRset: zone.RRset{Type: zone.TypeNS, TTL: 86400, Data: [][]byte{[]byte(name("ns1.nic.co"))}}},
		{Owner: name("ns1.nic.co"), RRset: zone.RRset{Type: zone.TypeA, TTL: 86400, Data: [][]byte{{192, 0, 2, 1}}}},
	}
	for n := range o.names {
		if list = append(list, delegation(n, 0)); n%o.share == 0 {
			list = append(list, ds(n, 0))
		}
		for _, c := range list {
			if err := f.Put(c); err != nil {
				return nil, err
			}
		}
		list = list[:0]
	}
	return f.Version()
}

// keys makes a KSK and a ZSK, and returns what they put at the apex.
func keys(o options) (*dnssec.Signer, []zone.Change, error) {
	policy := dnssec.DefaultPolicy()
	policy.Algorithm, policy.Bits = uint8(o.algorithm), o.bits
	private := map[string]crypto.Signer{}
	at := registry.Presence{State: registry.There, Since: time.Now().Add(-time.Hour)}
	var list []registry.ZoneKey
	for i, role := range []registry.KeyRole{registry.KSK, registry.ZSK} {
		p, err := dnssec.Generate(rand.Reader, policy.Algorithm, policy.Bits)
		if err != nil {
			return nil, nil, err
		}
		k, err := dnssec.NewKey(role, policy.Algorithm, p)
		if err != nil {
			return nil, nil, err
		}
		k.Number, k.Record, k.Signatures = int64(i+1), at, at
		if private[k.ID()], err = dns.Fast(p); err != nil {
			return nil, nil, err
		}
		list = append(list, k)
	}
	signer, err := dnssec.NewSigner(dnssec.SignerConfig{
		Origin: name("co"), Keys: list, Policy: policy, Now: time.Now, Workers: runtime.GOMAXPROCS(0),
		Private: func(k registry.ZoneKey) (crypto.Signer, error) { return private[k.ID()], nil },
	})
	return signer, dnssec.Apex(name("co"), list, policy), err
}

func measureSize(v *zone.Version, r *report) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.Names, r.Links = v.Names(), v.Links()
	r.PackedMB, r.HeapMB = v.Bytes()>>20, int(m.HeapAlloc>>20)
	began := time.Now()
	v.Records(func(record zone.Record) bool {
		if record.Type == zone.TypeRRSIG {
			r.Signatures++
		}
		return true
	})
	r.Records = time.Since(began).Seconds()
}

// measureRead reads the zone back from its pages, with what an editor needs to know.
func measureRead(v *zone.Version, r *report) error {
	var pages [zone.Pages][]byte
	for number := range pages {
		pages[number] = v.Page(number)
	}
	began := time.Now()
	reader := zone.NewReader(v.Origin(), v.Serial())
	for number, page := range pages {
		if err := reader.Page(number, v.Serial(), page); err != nil {
			return err
		}
	}
	again, err := reader.Version()
	if err != nil {
		return err
	}
	zone.NewEditor(again)
	r.Read = time.Since(began).Seconds()
	if again.Names() != v.Names() || again.Links() != v.Links() {
		return fmt.Errorf("read back it has %d names and %d NSEC3 records", again.Names(), again.Links())
	}
	return nil
}

// change times the making of one version after the other.
func change(e *zone.Editor, o options, signer zone.Signer, secure bool) ([3]float64, error) {
	var times []float64
	for i := range o.changes {
		n := (i*7919 + 1) % o.names
		c := delegation(n, 1+i%998)
		if secure {
			c = ds(n-n%o.share, i+1)
		}
		began := time.Now()
		old := e.Version()
		if err := take(e, zone.Update{Changes: []zone.Change{c}, Serial: old.Serial() + 1, Signer: signer}); err != nil {
			return [3]float64{}, err
		}
		zone.Difference(old, e.Version())
		times = append(times, float64(time.Since(began).Microseconds())/1000)
	}
	slices.Sort(times)
	return [3]float64{times[len(times)/2], times[len(times)*99/100], times[len(times)-1]}, nil
}

// write writes the zone for programs of others.
func write(v *zone.Version, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(file, 1<<20)
	v.Records(func(r zone.Record) bool {
		_, err = fmt.Fprintf(out, "%s %d IN %s\n", r.Owner, r.TTL, text(r))
		return err == nil
	})
	if err == nil {
		err = out.Flush()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}

func text(r zone.Record) string {
	switch r.Type {
	case zone.TypeSOA:
		return "SOA ns1.nic.co. hostmaster.nic.co. 1 1800 900 1209600 900"
	case zone.TypeNS:
		return "NS " + zone.Name(r.Data).String()
	case zone.TypeA:
		return fmt.Sprintf("A %d.%d.%d.%d", r.Data[0], r.Data[1], r.Data[2], r.Data[3])
	case zone.TypeDS:
		return fmt.Sprintf("DS %d %d %d %s", int(r.Data[0])<<8|int(r.Data[1]), r.Data[2], r.Data[3], strings.ToUpper(hex.EncodeToString(r.Data[4:])))
	}
	return fmt.Sprintf("TYPE%d \\# %d %x", r.Type, len(r.Data), r.Data)
}
