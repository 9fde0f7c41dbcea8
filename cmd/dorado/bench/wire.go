package bench

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"
)

// A wire is a TLS connection that exchanges frames, with one buffer for what comes in and one for
// what goes out. It is for one goroutine.
type wire struct {
	conn    net.Conn
	in, out []byte
}

// What a wire reads at once, and the most that an answer may take.
const (
	wireBytes = 16 << 10
	maxAnswer = 1 << 20
)

func dial(ctx context.Context, address string, config *tls.Config) (*wire, error) {
	dialer := tls.Dialer{Config: config}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	return &wire{conn: conn, in: make([]byte, wireBytes), out: make([]byte, 0, wireBytes)}, nil
}

// exchange sends what is in out and returns the answer, which is good until the next call.
func (w *wire) exchange() ([]byte, error) {
	if _, err := w.conn.Write(w.out); err != nil {
		return nil, err
	}
	return w.read()
}

// read reads one frame. Nothing comes that was not asked for, so what is there belongs to it.
func (w *wire) read() ([]byte, error) {
	have, want := 0, headerBytes
	for have < want {
		n, err := w.conn.Read(w.in[have:])
		have += n
		if have >= headerBytes && want == headerBytes {
			want = int(binary.BigEndian.Uint32(w.in))
			if want <= headerBytes || want > maxAnswer {
				return nil, fmt.Errorf("the server announces a frame of %d octets", want)
			}
			if want > len(w.in) {
				w.in = append(w.in, make([]byte, want-len(w.in))...)
			}
		}
		if err != nil && have < want {
			return nil, err
		}
	}
	if have > want {
		return nil, errors.New("the server sends more than it was asked for")
	}
	return w.in[headerBytes:want], nil
}

// send exchanges a frame that is already written, for what is not measured.
func (w *wire) send(text []byte) ([]byte, error) {
	w.out = binary.BigEndian.AppendUint32(w.out[:0], uint32(headerBytes+len(text)))
	w.out = append(w.out, text...)
	return w.exchange()
}

// patience bounds how long a server may take beyond the time that a phase lasts.
const patience = 30 * time.Second

// expect lets all that is read and written from now on fail after a time.
func (w *wire) expect(within time.Duration) error {
	return w.conn.SetDeadline(time.Now().Add(within + patience))
}
