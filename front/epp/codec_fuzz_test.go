package epp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"reflect"
	"testing"
	"testing/iotest"

	"example.org/dorado/core/strictxml"
	"example.org/dorado/test/schema"
)

// FuzzDecode holds that no frame makes the decoder panic, that a frame is decoded alike each time, that
// a request is either broken, refused or whole, and that the answer to it is XML; one in judgedNth is held to
// the published schemas.
func FuzzDecode(f *testing.F) {
	const judgedNth = 8 // libxml2 takes as long as all the rest
	for _, s := range sounds() {
		f.Add([]byte(s.frame))
	}
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
		a := answer{req: req, svTRID: "SV-54321", now: noon, announced: extensionURIs()}
		if err != nil {
			a.err = err
		}
		frame := appendAnswer(nil, a)
		var d strictxml.Document
		if _, err := d.Parse(frame, frameLimits(1<<20)); err != nil {
			t.Fatalf("the answer to %q: %v", text, err)
		}
		if crc32.ChecksumIEEE(text)%judgedNth == 0 {
			schema.Want(t, string(frame))
		}
	})
}

// FuzzFrames holds that the frames of a stream are its bytes, in order and whole, however few come at once;
// that nothing longer than the limit is read; and that what announces itself wrong is a broken frame.
func FuzzFrames(f *testing.F) {
	const most = 200
	for _, stream := range []string{
		"", "\x00", "\x00\x00\x00\x00", "\x00\x00\x00\x04", "\x00\x00\x00\x05x\x00\x00\x00\x06yz", "\x00\x00\x00\x09half",
		"\xff\xff\xff\xff", "\x00\x00\x00\xc8" + string(make([]byte, 196)), "\x00\x00\x00\xc9" + string(make([]byte, 197)),
	} {
		f.Add([]byte(stream))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		rest, in := stream, io.Reader(iotest.OneByteReader(bytes.NewReader(stream)))
		for {
			var header [headerBytes]byte
			if _, err := io.ReadFull(in, header[:]); err != nil {
				if len(rest) >= headerBytes {
					t.Fatalf("%q: no header of %d bytes: %v", stream, len(rest), err)
				}
				return
			}
			whole := binary.BigEndian.Uint32(header[:])
			size, err := bodyLength(whole, most)
			if legal := whole > headerBytes && whole <= most; legal != (err == nil) {
				t.Fatalf("%q: the length %d: %v", stream, whole, err)
			}
			if broken := (*brokenFrame)(nil); err != nil {
				if !errors.As(err, &broken) {
					t.Fatalf("%q: %v is no broken frame", stream, err)
				}
				return
			}
			b := lend()
			err = b.fill(in, size)
			if got := headerBytes + len(b.bytes); err == nil && (got != int(whole) || !bytes.Equal(b.bytes, rest[headerBytes:got])) {
				t.Fatalf("%q: the frame is %q", stream, b.bytes)
			}
			if (err == nil) != (len(rest) >= int(whole)) {
				t.Fatalf("%q: a frame of %d with %d bytes left: %v", stream, whole, len(rest), err)
			}
			b.giveBack()
			if err != nil {
				return
			}
			rest = rest[whole:]
		}
	})
}
