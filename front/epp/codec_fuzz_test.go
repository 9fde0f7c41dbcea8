package epp

import (
	"reflect"
	"testing"

	"example.org/dorado/core/strictxml"
)

// FuzzDecode holds that no frame makes the decoder panic, that a frame is decoded alike each time, that
// a request is either broken, refused or whole, and that the answer to it is XML.
func FuzzDecode(f *testing.F) {
	const everyNth = 25 // the whole corpus would take the time of a short run to read in
	for i, k := range readCorpus(f) {
		if i%everyNth == 0 {
			f.Add([]byte(k.text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		req := decode(text, testLimits())
		if again := decode(text, testLimits()); !reflect.DeepEqual(req, again) {
			t.Fatalf("%q is\n%+v and then\n%+v", text, req, again)
		}
		whole := req.command != nil || req.query != nil
		switch {
		case req.invalid != nil && (req.kind != kindBroken || whole || req.refusal != nil):
			t.Fatalf("%q is broken and %+v", text, req)
		case req.invalid == nil && req.kind == kindBroken:
			t.Fatalf("%q is broken, and nothing says why", text)
		case req.refusal != nil && whole:
			t.Fatalf("%q is refused and %+v", text, req)
		case (req.kind == kindCommand) && req.refusal == nil && req.object != "" && objectPrefix(req.object) != "" && req.command == nil:
			t.Fatalf("%q is a command, and none is there", text)
		}
		err := req.refusal
		if req.invalid != nil {
			err = req.invalid
		}
		a := answer{req: req, svTRID: "SV-54321"}
		if err != nil {
			a.err = err
		}
		var d strictxml.Document
		if _, err := d.Parse(appendAnswer(nil, a), frameLimits(1<<20)); err != nil {
			t.Fatalf("the answer to %q: %v", text, err)
		}
	})
}
