package dns

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

const testSecret = "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvZiBzaWduYXR1cmVz"

func testKey(t testing.TB, algorithm string) Key {
	t.Helper()
	k, err := ParseKey(algorithm + ":Key.Example:" + testSecret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var testTime = time.Unix(1_790_000_000, 0)

// signedQuery returns a query that was signed by the library of others.
func signedQuery(t testing.TB, k Key, at time.Time) (message []byte, mac string) {
	t.Helper()
	m := new(mdns.Msg).SetQuestion("test.", mdns.TypeSOA)
	m.SetEdns0(1232, true)
	m.SetTsig(k.Name.String(), k.Algorithm+".", fudge, at.Unix())
	message, mac, err := mdns.TsigGenerate(m, testSecret, "", false)
	if err != nil {
		t.Fatal(err)
	}
	return message, mac
}

func algorithms() []string { return []string{"hmac-sha256", "hmac-sha384", "hmac-sha512"} }

// What others sign we verify, and they verify what we answer, the first message and those that follow.
func TestSignaturesOfOthers(t *testing.T) {
	for _, algorithm := range algorithms() {
		t.Run(algorithm, func(t *testing.T) {
			k := testKey(t, algorithm)
			now := time.Now()
			message, mac := signedQuery(t, k, now)
			q, found, err := verifyRequest(message, map[zone.Name]Key{k.Name: k}, now)
			if err != nil || !found || q.fault != 0 {
				t.Fatalf("found %t, fault %v, %v", found, q.fault, err)
			}
			var plain mdns.Msg
			if err := plain.Unpack(q.plain); err != nil || plain.IsTsig() != nil || plain.IsEdns0() == nil {
				t.Fatalf("without its signature: %v, %v", plain, err)
			}
			for i := range 3 {
				out := questionAlone(q.plain, 0)
				size := len(out) + q.signatureBytes()
				out = q.sign(out, now)
				if len(out) > size {
					t.Errorf("the signature is longer than is said: %d, not %d", len(out), size)
				}
				var reply mdns.Msg
				if err := reply.Unpack(out); err != nil {
					t.Fatal(err)
				}
				if err := mdns.TsigVerify(out, testSecret, mac, i > 0); err != nil { // which takes it apart
					t.Fatalf("message %d: %v", i, err)
				}
				mac = reply.IsTsig().MAC
			}
		})
	}
}

// respoil changes a signed message that has one TSIG record of a key with an HMAC of that size.
func respoil(message []byte, change func(r *tsigRecord)) []byte {
	plain, r, _, _ := cutTSIG(message)
	change(&r)
	return r.append(plain)
}

// What is wrong with a signature is told in the order of RFC 8945 section 5.2, and the answer is signed where it may be.
func TestWrongSignatures(t *testing.T) {
	k := testKey(t, "hmac-sha256")
	keys := map[zone.Name]Key{k.Name: k}
	message, mac := signedQuery(t, k, testTime)
	late, lateMAC := signedQuery(t, k, testTime.Add(-fudge*time.Second-time.Second))
	for _, test := range []struct {
		name    string
		message []byte
		fault   tsigCode
		signed  string // the MAC that the answer is bound to, in hex; empty if it has none
	}{
		{"good", message, 0, ""},
		{"another key", respoil(message, func(r *tsigRecord) { r.key = "\x05other\x00" }), badKey, ""},
		{"another algorithm", respoil(message, func(r *tsigRecord) { r.algorithm = "\x0bhmac-sha512\x00" }), badKey, ""},
		{"another MAC", respoil(message, func(r *tsigRecord) { r.mac = make([]byte, 32) }), badSig, ""},
		{"another message", append([]byte{message[0], message[1], message[2] ^ flagRD}, message[3:]...), badSig, ""},
		{"another time in the record", respoil(message, func(r *tsigRecord) { r.signed++ }), badSig, ""},
		{"too old", late, badTime, lateMAC},
		{"cut to what is still taken as true", respoil(message, func(r *tsigRecord) { r.mac = r.mac[:16] }), badTrunc, mac[:32]},
		{"cut and false", respoil(message, func(r *tsigRecord) { r.mac = make([]byte, 16) }), badSig, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			q, found, err := verifyRequest(test.message, keys, testTime)
			if err != nil || !found || q.fault != test.fault {
				t.Fatalf("found %t, %v, %v; want %v", found, q.fault, err, test.fault)
			}
			if test.fault == 0 {
				return
			}
			out := q.refuse(testTime)
			var reply mdns.Msg
			if err := reply.Unpack(out); err != nil {
				t.Fatal(err)
			}
			r := reply.IsTsig()
			if reply.Rcode != mdns.RcodeNotAuth || r == nil || r.Error != uint16(test.fault) || len(reply.Question) != 1 {
				t.Errorf("the answer is %v", reply)
			}
			if (r.MACSize > 0) != (test.signed != "") {
				t.Errorf("the answer is signed or not: %v", r)
			}
			if test.signed != "" && !boundTo(t, k, test.signed, out) {
				t.Error("the answer is not bound to the request")
			}
			if test.fault == badTime && r.OtherData != hex.EncodeToString(appendUint48(nil, uint64(testTime.Unix()))) {
				t.Errorf("the server's time is %s", r.OtherData)
			}
		})
	}
}

// boundTo reports whether a message is signed and bound to a MAC.
func boundTo(t testing.TB, k Key, mac string, message []byte) bool {
	t.Helper()
	raw, err := hex.DecodeString(mac)
	if err != nil {
		t.Fatal(err)
	}
	plain, r, _, err := cutTSIG(message)
	if err != nil {
		t.Fatal(err)
	}
	c := newConversation(k, raw)
	c.take(plain)
	return bytes.Equal(c.sum(r, true), r.mac)
}

// A record that is not as it has to be is no signature, but a message that is not well formed.
func TestMalformedSignatures(t *testing.T) {
	k := testKey(t, "hmac-sha256")
	good, _ := signedQuery(t, k, testTime)
	at, _, err := lastRecord(good)
	if err != nil {
		t.Fatal(err)
	}
	class := at + len(k.Name) + 2
	second := respoil(append([]byte(nil), good...), func(*tsigRecord) {})
	_, r, _, _ := cutTSIG(good)
	for _, test := range []struct {
		name    string
		message []byte
	}{
		{"of another class", append(append(append([]byte(nil), good[:class]...), 0, 1), good[class+2:]...)},
		{"twice", r.append(second)},
		{"a MAC of no octets", respoil(good, func(r *tsigRecord) { r.mac = nil })},
		{"a MAC of nine octets", respoil(good, func(r *tsigRecord) { r.mac = r.mac[:9] })},
		{"a MAC longer than the hash", respoil(good, func(r *tsigRecord) { r.mac = make([]byte, 33) })},
		{"cut off", good[:len(good)-1]},
		{"followed by octets", append(append([]byte(nil), good...), 0)},
	} {
		if _, _, err := verifyRequest(test.message, map[zone.Name]Key{k.Name: k}, testTime); !errors.Is(err, errFormat) {
			t.Errorf("%s: %v, want that it is not well formed", test.name, err)
		}
	}
}

// A longer answer may have messages without a signature between those that have one, not too many, and not the first.
func TestUnsignedBetweenSigned(t *testing.T) {
	k := testKey(t, "hmac-sha512")
	message := func(n int) []byte {
		m := binary.BigEndian.AppendUint16(nil, 7)
		return append(m, flagQR, 0, 0, 0, 0, 0, 0, 0, 0, byte(0*n))
	}
	start := func() (server, client *conversation) {
		client = newConversation(k, nil)
		asked := client.sign(message(0), testTime)
		q, _, err := verifyRequest(asked, map[zone.Name]Key{k.Name: k}, testTime)
		if err != nil || q.fault != 0 {
			t.Fatal(err, q.fault)
		}
		return q.conversation, client
	}
	server, client := start()
	if _, err := client.verifyAnswer(server.sign(message(1), testTime), testTime); err != nil {
		t.Fatal(err)
	}
	for i := range maxUnsigned {
		server.take(message(i))
		if _, err := client.verifyAnswer(message(i), testTime); err != nil {
			t.Fatalf("message %d without signature: %v", i, err)
		}
	}
	if _, err := client.verifyAnswer(server.sign(message(1), testTime), testTime); err != nil || client.unsigned != 0 {
		t.Errorf("the signature over all: %v, %d unsigned", err, client.unsigned)
	}
	for i := range maxUnsigned + 1 {
		if _, err := client.verifyAnswer(message(i), testTime); (err != nil) != (i == maxUnsigned) {
			t.Errorf("message %d without signature: %v", i, err)
		}
	}
	_, client = start()
	if _, err := client.verifyAnswer(message(1), testTime); !errors.Is(err, errUnsigned) {
		t.Errorf("the first without signature: %v", err)
	}
	server, client = start()
	first := server.sign(message(1), testTime)
	first[3] |= 5 // another outcome
	if _, err := client.verifyAnswer(first, testTime); !errors.Is(err, errForged) {
		t.Errorf("a message that was changed: %v", err)
	}
	server, client = start()
	if _, err := client.verifyAnswer(server.sign(message(1), testTime), testTime.Add(time.Hour)); !errors.Is(err, errStale) {
		t.Errorf("a message of an hour ago: %v", err)
	}
}

// A key reads as it prints, and what cannot be one is refused.
func TestParseKey(t *testing.T) {
	for _, algorithm := range algorithms() {
		k := testKey(t, algorithm)
		if text := k.String(); text != algorithm+":key.example:"+testSecret {
			t.Errorf("%s prints as %s", algorithm, text)
		}
	}
	for text, want := range map[string]string{
		"key":                               "write it as",
		"hmac-md5:key:" + testSecret:        "no algorithm",
		"hmac-sha256:key:%":                 "base64",
		"hmac-sha256:key:c2hvcnQ=":          "5 octets",
		"hmac-sha256::" + testSecret:        "no name",
		"hmac-sha256:a..b:" + testSecret:    "label",
		"hmac-sha256:key:" + testSecret[1:]: "base64",
	} {
		if _, err := ParseKey(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// FuzzSigned gives what reads signatures and records any octets: none makes it fail, and what it takes off is what was put
// on.
func FuzzSigned(f *testing.F) {
	k := testKey(f, "hmac-sha256")
	signed, _ := signedQuery(f, k, testTime)
	f.Add(signed)
	f.Add(signed[:40])
	loop := append([]byte(nil), signed[:headerBytes]...)
	f.Add(append(loop, 0xc0, headerBytes, 0, 6, 0, 1))
	f.Fuzz(func(t *testing.T, message []byte) {
		isSpecial(message)
		before := append([]byte(nil), message...)
		q, found, err := verifyRequest(message, map[zone.Name]Key{k.Name: k}, testTime)
		if !bytes.Equal(before, message) {
			t.Fatal("the message is not as it was")
		}
		if err == nil && found {
			again := q.tsig.append(append([]byte(nil), q.plain...))
			if _, r, _, err := cutTSIG(again); err != nil || !bytes.Equal(r.mac, q.tsig.mac) || r.signed != q.tsig.signed {
				t.Fatalf("%v: %+v is not %+v", err, r, q.tsig)
			}
		}
		if len(q.plain) >= headerBytes {
			r := transferRequest{plain: q.plain}
			_ = r.read()
			in := fetching{Fetch: Fetch{Zone: "\x04test\x00"}, f: func(zone.Record) error { return nil }}
			_ = in.records(q.plain)
		}
	})
}
