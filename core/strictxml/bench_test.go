package strictxml

import (
	"encoding/xml"
	"strings"
	"testing"
)

// frame is a domain create of about 1.4 KB, as registrars print it.
const frame = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<epp xmlns="urn:ietf:params:xml:ns:epp-1.0">
  <command>
    <create>
      <domain:create xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">
        <domain:name>example-name.co</domain:name>
        <domain:period unit="y">2</domain:period>
        <domain:ns>
          <domain:hostObj>ns1.example.net</domain:hostObj>
          <domain:hostObj>ns2.example.net</domain:hostObj>
        </domain:ns>
        <domain:registrant>jd1234</domain:registrant>
        <domain:contact type="admin">sh8013</domain:contact>
        <domain:contact type="tech">sh8013</domain:contact>
        <domain:authInfo>
          <domain:pw>2fooBAR-2fooBAR</domain:pw>
        </domain:authInfo>
      </domain:create>
    </create>
    <extension>
      <secDNS:create xmlns:secDNS="urn:ietf:params:xml:ns:secDNS-1.1">
        <secDNS:dsData>
          <secDNS:keyTag>12345</secDNS:keyTag>
          <secDNS:alg>8</secDNS:alg>
          <secDNS:digestType>2</secDNS:digestType>
          <secDNS:digest>49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC1234</secDNS:digest>
        </secDNS:dsData>
      </secDNS:create>
    </extension>
    <clTRID>ABC-12345-2026-01-31T12:00:00</clTRID>
  </command>
</epp>
`

func BenchmarkParse(b *testing.B) {
	doc, limits := []byte(frame), roomy()
	var d Document
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Parse(doc, limits); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead parses, takes every element in order and finishes.
func BenchmarkRead(b *testing.B) {
	doc, limits := []byte(frame), roomy()
	var d Document
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		root, err := d.Parse(doc, limits)
		if err != nil {
			b.Fatal(err)
		}
		if readFrame(root); d.Finish() != nil {
			b.Fatal(d.Err())
		}
	}
}

func readFrame(root *Element) {
	command := root.One("command")
	x := command.One("create").Other()
	Take(x.One("name"), labelType)
	period := x.Opt("period")
	NeedAttr(period, "unit", Token)
	Take(period, UnsignedShort)
	for h := range x.One("ns").Many("hostObj", 0, Unbounded) {
		Take(h, labelType)
	}
	Take(x.Opt("registrant"), labelType)
	for c := range x.Many("contact", 0, Unbounded) {
		Attr(c, "type", Token, "")
		Take(c, labelType)
	}
	Take(x.One("authInfo").Choice("pw", "ext"), NormalizedString)
	for ext := range command.Opt("extension").Others(1) {
		for ds := range ext.Many("dsData", 1, Unbounded) {
			Take(ds.One("keyTag"), UnsignedShort)
			Take(ds.One("alg"), UnsignedByte)
			Take(ds.One("digestType"), UnsignedByte)
			Take(ds.One("digest"), Token)
			ds.Opt("keyData")
		}
	}
	Take(command.Opt("clTRID"), Token)
}

func labelType(s string) (string, error) { return TokenLen(s, 1, 255) }

func BenchmarkEncodingXML(b *testing.B) {
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		dec := xml.NewDecoder(strings.NewReader(frame))
		for {
			token, err := dec.Token()
			if token == nil {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	var w Writer
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		w.Reset(buf[:0])
		answer(&w)
		out, err := w.Bytes()
		if err != nil {
			b.Fatal(err)
		}
		buf = out
	}
	b.SetBytes(int64(len(buf)))
}

// answer writes an info answer of about 1 KB.
func answer(w *Writer) {
	w.Declare()
	w.Start("epp")
	w.Attr("xmlns", "urn:ietf:params:xml:ns:epp-1.0")
	w.Start("response")
	w.Start("result")
	w.Attr("code", "1000")
	w.Element("msg", "Command completed successfully")
	w.End()
	w.Start("resData")
	w.Start("domain:infData")
	w.Attr("xmlns:domain", "urn:ietf:params:xml:ns:domain-1.0")
	w.Element("domain:name", "example-name.co")
	w.Element("domain:roid", "D1-CO")
	w.Start("domain:status")
	w.Attr("s", "ok")
	w.End()
	for _, c := range []string{"admin", "tech", "billing"} {
		w.Start("domain:contact")
		w.Attr("type", c)
		w.Text("sh8013")
		w.End()
	}
	w.Start("domain:ns")
	for _, h := range []string{"ns1.example.net", "ns2.example.net"} {
		w.Element("domain:hostObj", h)
	}
	w.End()
	for _, name := range []string{"domain:crDate", "domain:upDate", "domain:exDate"} {
		w.Element(name, "2025-12-15T07:20:51.0Z")
	}
	w.End()
	w.End()
	w.Start("trID")
	w.Element("clTRID", "ABC-12345")
	w.Element("svTRID", "54321-XYZ")
	for range 3 {
		w.End()
	}
}
