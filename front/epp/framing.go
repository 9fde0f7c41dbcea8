package epp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"example.org/dorado/core/policy"
)

// A frame is a header of 4 bytes, which holds the length of the whole in network byte order, and an
// XML document. RFC 5734 section 4.
const headerBytes = 4

// A buffer holds one frame. It is lent: an idle connection holds none.
type buffer struct{ bytes []byte }

var buffers = sync.Pool{New: func() any { return &buffer{make([]byte, 0, smallBuffer)} }}

const (
	smallBuffer = 4 << 10  // most frames; grows with what arrives, not with what is announced
	largeBuffer = 64 << 10 // what is larger is not kept
)

// lend returns an empty buffer.
func lend() *buffer { return buffers.Get().(*buffer) }

// giveBack ends the use of a buffer and of all that points into it.
func (b *buffer) giveBack() {
	if cap(b.bytes) <= largeBuffer {
		clear(b.bytes) // what a registrar sent does not wait in memory for the next one's frame
		b.bytes = b.bytes[:0]
		buffers.Put(b)
	}
}

// begin makes room for the header of a frame that is written next.
func (b *buffer) begin() { b.bytes = append(b.bytes[:0], 0, 0, 0, 0) }

// finish fills the header in.
func (b *buffer) finish() { binary.BigEndian.PutUint32(b.bytes, uint32(len(b.bytes))) }

// A brokenFrame is a frame that ends the connection: where the next one would begin is not known.
type brokenFrame struct{ reason string }

func (e *brokenFrame) Error() string { return e.reason }

// bodyLength returns the length of the document in a frame of that whole length.
func bodyLength(whole uint32, most int) (int, error) {
	switch {
	case whole <= headerBytes:
		return 0, &brokenFrame{fmt.Sprintf("the frame announces a length of %d bytes; the length counts "+
			"its own %d bytes and the document behind them", whole, headerBytes)}
	case int64(whole) > int64(most):
		return 0, &brokenFrame{fmt.Sprintf("the frame announces a length of %d bytes; send at most %d", whole, most)}
	}
	return int(whole) - headerBytes, nil
}

// fill reads until b holds size bytes. It grows b as bytes arrive, so that an announcement alone
// costs nothing.
func (b *buffer) fill(r io.Reader, size int) error {
	for len(b.bytes) < size {
		if held := len(b.bytes); held == cap(b.bytes) {
			b.bytes = slices.Grow(b.bytes, min(held, size-held))
		}
		held := len(b.bytes)
		n, err := r.Read(b.bytes[held:min(cap(b.bytes), size)])
		b.bytes = b.bytes[:held+n]
		if err != nil && len(b.bytes) < size {
			return err
		}
	}
	return nil
}

// lateFrame makes of a deadline that passed inside a frame a frame that is broken.
func lateFrame(err error, within policy.Seconds) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &brokenFrame{fmt.Sprintf("the frame was not complete after %d seconds", within)}
	}
	return err
}
