package dns_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/secondary"
)

const secret = "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvZiB0cmFuc2ZlcnM="

// aKey returns a key of an algorithm.
func aKey(t testing.TB, algorithm string) dns.Key {
	t.Helper()
	k, err := dns.ParseKey(algorithm + ":secondary." + algorithm + ":" + secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func zoneName(t testing.TB, text string) zone.Name {
	t.Helper()
	n, err := zone.ParseName(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// newPrimary returns a primary with a signed zone test. of some names, whose secondaries have keys of all algorithms.
func newPrimary(t testing.TB, names int) (*dns.Primary, *secondary.Changes) {
	t.Helper()
	var transfer dns.Transfer
	for _, algorithm := range []string{"hmac-sha256", "hmac-sha384", "hmac-sha512"} {
		transfer.Secondaries = append(transfer.Secondaries, dns.Secondary{Name: algorithm, Key: aKey(t, algorithm)})
	}
	p := dns.NewPrimary(t, transfer)
	return p, publishFirst(t, p, names)
}

// publishFirst publishes the first version of the zone test.
func publishFirst(t testing.TB, p *dns.Primary, names int) *secondary.Changes {
	t.Helper()
	origin := zoneName(t, "test")
	signer, err := secondary.NewSigner(origin, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	p.Sign(origin, signer)
	changes := secondary.NewChanges("test", names, 1)
	first := slices.Concat(changes.Apex(), signer.Keys())
	for range names {
		first = append(first, changes.Next()...)
	}
	p.Publish(t, origin, 1, first)
	return changes
}

// records are those of a version as text, in order.
func recordsOf(t testing.TB, v *zone.Version) []string {
	t.Helper()
	text, err := secondary.Text(v)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(lines)
	return lines
}

// The zone that comes over is the one that is served, under keys of all algorithms, to a client of others that verifies
// each signature.
func TestTransferToOthers(t *testing.T) {
	p, _ := newPrimary(t, 400)
	want := recordsOf(t, p.Version(zoneName(t, "test")))
	for _, algorithm := range []string{"hmac-sha256", "hmac-sha384", "hmac-sha512"} {
		t.Run(algorithm, func(t *testing.T) {
			m := new(mdns.Msg).SetAxfr("test.")
			m.SetTsig("secondary."+algorithm+".", algorithm+".", 300, time.Now().Unix())
			tr := &mdns.Transfer{TsigSecret: map[string]string{"secondary." + algorithm + ".": secret}}
			messages, err := tr.In(m, p.Address)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			count := 0
			for e := range messages {
				if e.Error != nil {
					t.Fatal(e.Error)
				}
				count++
				for _, rr := range e.RR {
					got = append(got, rr.String())
				}
			}
			if count < 3 {
				t.Errorf("%d messages, too few to see that each is bound to the one before", count)
			}
			compareRecords(t, got, want)
		})
	}
}

// compareRecords compares what came over, with the SOA at both ends.
func compareRecords(t *testing.T, got, want []string) {
	t.Helper()
	if len(got) < 2 || got[0] != got[len(got)-1] || !strings.Contains(got[0], "SOA") {
		t.Fatalf("%d records, from %q to %q", len(got), got[0], got[len(got)-1])
	}
	got = slices.Clone(got[1:])
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%d records came over, %d are served", len(got), len(want))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("got %s\nwant %s", got[i], want[i])
			}
		}
	}
}

// dig verifies a transfer, and an answer that is none, and tells what is wrong with others.
func TestTransferToDig(t *testing.T) {
	p, _ := newPrimary(t, 300)
	want := recordsOf(t, p.Version(zoneName(t, "test")))
	host, port, _ := strings.Cut(p.Address, ":")
	dig := func(args ...string) string {
		args = append([]string{"@" + host, "-p", port, "+time=5", "+tries=1"}, args...)
		out, _ := exec.Command(peer.Need(t, "dig"), args...).CombinedOutput() // how it ends, it says
		return string(out)
	}
	key := "hmac-sha256:secondary.hmac-sha256:" + secret
	out := dig("-y", key, "test", "AXFR")
	if size := fmt.Sprintf("XFR size: %d records", len(want)+1); !strings.Contains(out, size) {
		t.Errorf("want %s of dig:\n%s", size, out)
	}
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"a query under a key", []string{"-y", key, "test", "SOA"}, "TSIG PSEUDOSECTION"},
		{"the same by TCP", []string{"-y", key, "+tcp", "test", "SOA"}, "TSIG PSEUDOSECTION"},
		{"a transfer without a key", []string{"test", "AXFR"}, "Transfer failed"},
		{"an unknown key", []string{"-y", "hmac-sha256:other:" + secret, "test", "SOA"}, "BADKEY"},
		{"another algorithm", []string{"-y", "hmac-sha512:secondary.hmac-sha256:" + secret, "test", "SOA"}, "BADKEY"},
		{"another secret", []string{"-y", "hmac-sha256:secondary.hmac-sha256:" + base64.StdEncoding.EncodeToString(make([]byte, 32)), "test", "SOA"}, "BADSIG"},
		{"an incremental one that is up to date", []string{"-y", key, "test", "IXFR=1"}, "XFR size: 1 records"},
		{"a zone that is not ours", []string{"-y", key, "other.test", "AXFR"}, "Transfer failed"},
	} {
		if out := dig(test.args...); !strings.Contains(out, test.want) || strings.Contains(out, "verify failure") {
			t.Errorf("%s: dig says\n%s\nwant %q", test.name, out, test.want)
		}
	}
	if c := p.TransferCounts(); c.Full != 1 || c.Unsigned != 1 || c.BadKey != 2 || c.BadSig != 1 {
		t.Errorf("counts %+v", c)
	}
}

// fetch transfers the zone test with our own client.
func fetch(t testing.TB, q dns.Fetch) ([]string, error) {
	t.Helper()
	var got []string
	err := q.Records(context.Background(), func(r zone.Record) error {
		rr, _, err := mdns.UnpackRR(r.Append(nil), 0)
		if err == nil {
			got = append(got, rr.String())
		}
		return err
	})
	return got, err
}

// Our own client gets the zone, and sees what is wrong with an answer.
func TestFetch(t *testing.T) {
	p, _ := newPrimary(t, 300)
	key := aKey(t, "hmac-sha384")
	q := dns.Fetch{Server: p.Address, Zone: zoneName(t, "test"), Key: &key}
	got, err := fetch(t, q)
	if err != nil {
		t.Fatal(err)
	}
	compareRecords(t, append(got, got[0]), recordsOf(t, p.Version(zoneName(t, "test"))))

	other := key
	other.Secret = make([]byte, 32)
	for _, test := range []struct {
		name  string
		query dns.Fetch
		want  string
	}{
		{"no key", dns.Fetch{Server: p.Address, Zone: q.Zone}, "REFUSED"},
		{"another secret", dns.Fetch{Server: p.Address, Zone: q.Zone, Key: &other}, "BADSIG"},
		{"a clock an hour ahead", dns.Fetch{
			Server: p.Address, Zone: q.Zone, Key: &key,
			Now: func() time.Time { return time.Now().Add(time.Hour) },
		}, "BADTIME"},
		{"another zone", dns.Fetch{Server: p.Address, Zone: zoneName(t, "other"), Key: &key}, "NOTAUTH"},
	} {
		if _, err := fetch(t, test.query); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
	stop := errors.New("enough")
	err = q.Records(context.Background(), func(zone.Record) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("an error of the caller: %v", err)
	}
}

// ixfr asks for what is new since a serial, and returns the records of the answer.
func ixfr(t testing.TB, p *dns.Primary, network string, serial uint32) []string {
	t.Helper()
	m := new(mdns.Msg).SetIxfr("test.", serial, ".", ".")
	m.SetEdns0(dns.MaxUDP, false)
	m.SetTsig("secondary.hmac-sha256.", mdns.HmacSHA256, 300, time.Now().Unix())
	conn, err := (&mdns.Client{Net: network}).Dial(p.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	secrets := map[string]string{"secondary.hmac-sha256.": secret}
	conn.TsigSecret, conn.UDPSize = secrets, dns.MaxUDP
	if network == "udp" {
		if err := conn.WriteMsg(m); err != nil {
			t.Fatal(err)
		}
		reply, err := conn.ReadMsg()
		if err != nil {
			t.Fatal(err)
		}
		return texts(reply.Answer)
	}
	messages, err := (&mdns.Transfer{Conn: conn, TsigSecret: secrets}).In(m, p.Address)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for e := range messages {
		if e.Error != nil {
			t.Fatal(e.Error)
		}
		got = append(got, texts(e.RR)...)
	}
	return got
}

func texts(list []mdns.RR) []string {
	var all []string
	for _, rr := range list {
		all = append(all, rr.String())
	}
	return all
}

// What is new since each serial leads from what was served at that serial to what is served now; where it is not kept,
// or longer than the zone, the zone comes whole.
func TestIncremental(t *testing.T) {
	p, changes := newPrimary(t, 900)
	origin := zoneName(t, "test")
	had := map[uint32][]string{1: recordsOf(t, p.Version(origin))}
	last := uint32(1)
	for serial := uint32(2); serial <= 60; serial++ {
		v := p.Publish(t, origin, serial, changes.Next()) // some changes change nothing
		last = v.Serial()
		had[last] = recordsOf(t, v)
	}
	for serial := range had {
		if serial == last {
			continue
		}
		if got := applied(t, had[serial], ixfr(t, p, "tcp", serial)); !slices.Equal(got, had[last]) {
			t.Fatalf("from serial %d: what came over does not lead to what is served", serial)
		}
	}
	before := p.TransferCounts()
	if before.Full != 0 || before.Incremental != uint64(len(had)-1) || len(had) < 50 {
		t.Errorf("counts %+v, want %d incremental", before, len(had)-1)
	}
	if got := ixfr(t, p, "tcp", last); len(got) != 1 || !strings.Contains(got[0], fmt.Sprintf(" %d ", last)) {
		t.Errorf("nothing new: %q", got)
	}
	p.Forget(origin, 10)
	compareRecords(t, ixfr(t, p, "tcp", 5), had[last])
	eventually(t, func() bool { return p.TransferCounts().Full == 1 }) // it is counted after it was sent
}

// applied returns the records that an incremental transfer makes of those that were there.
func applied(t testing.TB, had, answer []string) []string {
	t.Helper()
	have := map[string]bool{}
	for _, r := range had {
		have[r] = true
	}
	adding := true
	for _, r := range answer[1 : len(answer)-1] {
		if strings.Contains(r, "\tSOA\t") {
			adding = !adding
		}
		if have[r] == adding {
			t.Fatalf("adding is %t, and the record is there or not: %s", adding, r)
		}
		if adding {
			have[r] = true
		} else {
			delete(have, r)
		}
	}
	var list []string
	for r := range have {
		list = append(list, r)
	}
	slices.Sort(list)
	return list
}

// By UDP an answer is whole or the SOA alone.
func TestIncrementalByUDP(t *testing.T) {
	p, changes := newPrimary(t, 300)
	origin := zoneName(t, "test")
	before := recordsOf(t, p.Version(origin))
	small := []zone.Change{{Owner: zoneName(t, "x.test"), RRset: zone.RRset{Type: zone.TypeNS, TTL: 60, Data: [][]byte{[]byte(zoneName(t, "ns.example"))}}}}
	after := recordsOf(t, p.Publish(t, origin, 2, small))
	if got := applied(t, before, ixfr(t, p, "udp", 1)); !slices.Equal(got, after) {
		t.Error("what came over does not lead to what is served")
	}
	for serial := uint32(3); serial < 10; serial++ {
		p.Publish(t, origin, serial, changes.Next())
	}
	if got := ixfr(t, p, "udp", 1); len(got) != 1 || !strings.Contains(got[0], fmt.Sprint(" ", 9, " ")) {
		t.Errorf("what has no room: %d records, first %q", len(got), got[0])
	}
}
