package epp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// A buffer takes what arrives, in pieces of whatever size, and no byte of the next frame.
func TestFill(t *testing.T) {
	for _, size := range []int{1, smallBuffer - 1, smallBuffer, smallBuffer + 1, 65532} {
		document := bytes.Repeat([]byte("frame"), size/5+1)[:size]
		for _, pieces := range []struct {
			name string
			read func(io.Reader) io.Reader
		}{
			{"whole", func(r io.Reader) io.Reader { return r }},
			{"bytes", iotest.OneByteReader},
			{"halves", iotest.HalfReader},
			{"the end with the last bytes", iotest.DataErrReader},
		} {
			b := lend()
			if err := b.fill(pieces.read(strings.NewReader(string(document)+"next")), size); err != nil {
				t.Errorf("fill %d bytes in %s: %v", size, pieces.name, err)
			}
			if !bytes.Equal(b.bytes, document) {
				t.Errorf("fill %d bytes in %s: they differ from what was sent", size, pieces.name)
			}
			b.giveBack()
		}
	}
}

// An announcement costs no more memory than the bytes that follow it.
func TestFillKeepsWithinWhatArrives(t *testing.T) {
	for _, arrived := range []int{0, 10, smallBuffer, 3 * smallBuffer} {
		b := &buffer{make([]byte, 0, smallBuffer)}
		if err := b.fill(strings.NewReader(strings.Repeat("x", arrived)), 1<<30); !errors.Is(err, io.EOF) {
			t.Errorf("after %d bytes fill returns %v, want EOF", arrived, err)
		}
		if most := max(smallBuffer, 3*arrived); cap(b.bytes) > most {
			t.Errorf("after %d bytes the buffer holds %d, want at most %d", arrived, cap(b.bytes), most)
		}
	}
}

// A frame that is written has its own length in front, and nothing of the one before.
func TestBufferFinish(t *testing.T) {
	b := lend()
	defer b.giveBack()
	for _, document := range []string{"a longer document", "short"} {
		b.begin()
		b.bytes = append(b.bytes, document...)
		b.finish()
		if got := binary.BigEndian.Uint32(b.bytes); int(got) != len(b.bytes) || string(b.bytes[headerBytes:]) != document {
			t.Errorf("the frame is %q, want its length and %q", b.bytes, document)
		}
	}
}

// A buffer that is given back keeps nothing of its frame, and a large one is not kept.
func TestGiveBack(t *testing.T) {
	b := lend()
	b.bytes = append(b.bytes, "secret"...)
	kept := b.bytes
	b.giveBack()
	if string(kept) == "secret" {
		t.Error("the frame is still in the buffer")
	}
}
