package epp

import (
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/flow"
)

func BenchmarkDecode(b *testing.B) {
	for _, bench := range []struct{ name, frame string }{
		{"check", commandFrame(soundDomainCheck)},
		{"create", commandFrame(soundDomainCreate)},
		{"contact", commandFrame(soundContactCreate)},
		{"broken", commandFrame("<frobnicate/>")},
	} {
		b.Run(bench.name, func(b *testing.B) {
			text, limits := []byte(bench.frame), testLimits()
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				decode(text, limits)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	req := &request{clTRID: "ABC-12345", object: nsDomain}
	for _, bench := range []struct {
		name  string
		reply flow.Reply
	}{
		{"check", []flow.Checked{{Object: "shop.co", Available: true}, {Object: "shop.com.co", Reason: "the name is registered; choose another"}}},
		{"create", flow.DomainCreated{Name: names.MustParse("shop.co"), ROID: "D1-CO", Created: noon, Expires: expiry}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			buf := make([]byte, 0, 4096)
			b.ReportAllocs()
			for b.Loop() {
				appendAnswer(buf[:0], answer{req: req, svTRID: "SV-54321", reply: bench.reply, now: noon})
			}
		})
	}
}
