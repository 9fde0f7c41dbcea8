// Package eppclient owns the client's side of EPP: the connection, the frames that a registrar
// sends, and a readable form of the answers. It is for people and scripts, so it knows the
// protocol and no rule of any registry.
package eppclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// maxAnswer bounds what a server can make the client keep, in octets.
const maxAnswer = 4 << 20

// headerBytes is the length field before each frame. RFC 5734 section 4.
const headerBytes = 4

// A Server is where to connect, and how to know that it is the right one.
type Server struct {
	Address     string           // host:port
	Roots       *x509.CertPool   // nil for the system's
	Certificate *tls.Certificate // of the client; nil for none
	Timeout     time.Duration    // for the connection and for each answer
}

// A Conn is one connection. It is not safe for use by several goroutines.
type Conn struct {
	conn     *tls.Conn
	timeout  time.Duration
	greeting []byte
}

// What Dial finds where no EPP server is. RFC 5734 sections 2 and 9: TLS is first, and then the server greets.
var (
	ErrNoTLS      = errors.New("it does not speak TLS")
	ErrNoGreeting = errors.New("it sends no EPP greeting")
)

// Dial connects and reads the greeting.
func Dial(ctx context.Context, s Server) (*Conn, error) {
	config := &tls.Config{RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	if s.Certificate != nil {
		config.Certificates = []tls.Certificate{*s.Certificate}
	}
	dialer := tls.Dialer{NetDialer: &net.Dialer{Timeout: s.Timeout}, Config: config}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	raw, err := dialer.DialContext(ctx, "tcp", s.Address)
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) {
		err = fmt.Errorf("%w: %w", ErrNoTLS, err)
	}
	if err != nil {
		return nil, fmt.Errorf("connect to the EPP server: %w", err)
	}
	c := &Conn{conn: raw.(*tls.Conn), timeout: s.Timeout}
	if c.greeting, err = c.readGreeting(); err != nil {
		raw.Close()
		return nil, fmt.Errorf("read the greeting of %s: %w", s.Address, err)
	}
	return c, nil
}

// readGreeting reads the first frame. An alert of TLS, such as about the client's certificate, stays what it is.
func (c *Conn) readGreeting() ([]byte, error) {
	frame, err := c.read()
	var alert *net.OpError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded) || err != nil && !errors.As(err, &alert):
		return nil, fmt.Errorf("%w: %w", ErrNoGreeting, err)
	case err != nil:
		return nil, err
	}
	if root, err := Parse(frame); err != nil || root.Name.Local != "epp" {
		return nil, ErrNoGreeting
	}
	return frame, nil
}

// Greeting returns the frame with which the server began.
func (c *Conn) Greeting() []byte { return c.greeting }

// Exchange sends one frame and returns the frame that answers it.
func (c *Conn) Exchange(frame []byte) ([]byte, error) {
	if err := c.conn.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return nil, err
	}
	message := binary.BigEndian.AppendUint32(nil, uint32(headerBytes+len(frame)))
	if _, err := c.conn.Write(append(message, frame...)); err != nil {
		return nil, fmt.Errorf("send the frame: %w", err)
	}
	answer, err := c.read()
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return answer, nil
}

// Close ends the connection without a word.
func (c *Conn) Close() error { return c.conn.Close() }

// read reads one frame.
func (c *Conn) read() ([]byte, error) {
	if err := c.conn.SetReadDeadline(time.Now().Add(c.timeout)); err != nil {
		return nil, err
	}
	var header [headerBytes]byte
	if _, err := io.ReadFull(c.conn, header[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the server closed the connection")
		}
		return nil, err
	}
	length := binary.BigEndian.Uint32(header[:])
	if length <= headerBytes || length > maxAnswer {
		return nil, fmt.Errorf("the server announces a frame of %d octets", length)
	}
	frame := make([]byte, length-headerBytes)
	_, err := io.ReadFull(c.conn, frame)
	return frame, err
}
