package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// hurry is how many times shorter the deadlines of the HTTPS server are in a test.
const hurry = 20

// A slow is a server of HTTPS whose answer to /big is larger than what is on its way can be, and how its handler ended.
type slow struct {
	address string
	ended   chan error
}

func newSlow(t *testing.T) slow {
	t.Helper()
	s := slow{ended: make(chan error, 10)}
	mux := http.NewServeMux()
	mux.HandleFunc("/small", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "small") })
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for chunk := bytes.Repeat([]byte("x"), 64<<10); err == nil; {
			_, err = w.Write(chunk)
		}
		s.ended <- err
	})
	mux.HandleFunc("/read", func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		s.ended <- err
	})
	server := newHTTP(mux, slog.New(slog.DiscardHandler))
	for _, deadline := range []*time.Duration{&server.ReadHeaderTimeout, &server.ReadTimeout, &server.WriteTimeout, &server.IdleTimeout} {
		*deadline /= hurry
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	made := httptest.NewTLSServer(nil) // for its certificate
	defer made.Close()
	var box certificateBox
	box.pair.Store(&made.TLS.Certificates[0])
	s.address = l.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(box.listener(l, nil)) }()
	t.Cleanup(func() {
		server.Close()
		<-ended
	})
	return s
}

// secure makes a connection that speaks a protocol over TLS.
func (s slow) secure(t *testing.T, protocol string) net.Conn {
	t.Helper()
	conn, err := tls.Dial("tcp", s.address, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{protocol}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// dribble sends a text an octet at a time, and stops when nobody takes it any more.
func dribble(conn net.Conn, text string) {
	tick := time.NewTicker(time.Second / hurry)
	defer tick.Stop()
	for i := 0; i < len(text); i++ {
		<-tick.C
		if _, err := conn.Write([]byte{text[i]}); err != nil {
			return
		}
	}
}

// slowPatience is far longer than any deadline of the server in a hurry.
const slowPatience = 20 * time.Second

// ends fails the test unless the server ends a connection.
func ends(t *testing.T, what string, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(slowPatience))
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s: the connection is still open after %s", what, slowPatience)
	}
}

// Who says nothing, sends an octet a second or never reads holds on to a connection for a while and no longer, and keeps
// nobody else from being answered.
func TestSlowClients(t *testing.T) {
	s := newSlow(t)
	handlerEnds := func(what string) {
		t.Helper()
		select {
		case err := <-s.ended:
			if err == nil {
				t.Errorf("%s: the handler ended without an error", what)
			}
		case <-time.After(slowPatience):
			t.Errorf("%s: the handler still waits after %s", what, slowPatience)
		}
	}
	small := func(what string) {
		t.Helper()
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}, Timeout: slowPatience}
		defer client.CloseIdleConnections()
		got, err := client.Get("https://" + s.address + "/small")
		if err != nil {
			t.Errorf("beside %s: %v", what, err)
			return
		}
		got.Body.Close()
	}
	long := "GET /small HTTP/1.1\r\nHost: rdap.example\r\nX-Long: " + strings.Repeat("x", 10_000)
	for _, test := range []struct {
		name string
		do   func(t *testing.T, beside func())
	}{
		{"nothing at all", func(t *testing.T, beside func()) {
			conn, err := net.Dial("tcp", s.address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			beside()
			ends(t, "nothing at all", conn)
		}},
		{"nothing after the handshake", func(t *testing.T, beside func()) {
			conn := s.secure(t, "http/1.1")
			beside()
			ends(t, "nothing after the handshake", conn)
		}},
		{"a header an octet at a time", func(t *testing.T, beside func()) {
			conn := s.secure(t, "http/1.1")
			go dribble(conn, long)
			beside()
			ends(t, "a header", conn)
		}},
		{"a body an octet at a time", func(t *testing.T, beside func()) {
			conn := s.secure(t, "http/1.1")
			if _, err := io.WriteString(conn, "POST /read HTTP/1.1\r\nHost: rdap.example\r\nContent-Length: 10000\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			go dribble(conn, long)
			beside()
			handlerEnds("a body")
			ends(t, "a body", conn)
		}},
		{"an answer that is not read", func(t *testing.T, beside func()) {
			conn := s.secure(t, "http/1.1")
			if _, err := io.WriteString(conn, "GET /big HTTP/1.1\r\nHost: rdap.example\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			beside()
			handlerEnds("an answer that is not read")
		}},
		{"an answer of HTTP/2 that has no window", func(t *testing.T, beside func()) {
			askWithoutWindow(t, s.secure(t, "h2"))
			beside()
			handlerEnds("an answer that has no window")
		}},
	} {
		t.Run(test.name, func(t *testing.T) { test.do(t, func() { small(test.name) }) })
	}
}

// Clients are answered in each protocol that they may offer in the handshake, and those that offer none. RFC 7301.
func TestProtocols(t *testing.T) {
	s := newSlow(t)
	for offered, version := range map[string]string{"http/1.1": "1.1", "http/1.0": "1.0", "": "1.0"} {
		config := &tls.Config{InsecureSkipVerify: true}
		if offered != "" {
			config.NextProtos = []string{offered}
		}
		conn, err := tls.Dial("tcp", s.address, config)
		if err != nil {
			t.Errorf("%q: %v", offered, err)
			continue
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET /small HTTP/"+version+"\r\nHost: rdap.example\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(conn); err != nil || !strings.HasSuffix(string(got), "\r\n\r\nsmall") {
			t.Errorf("%q is answered %q, %v", offered, got, err)
		}
	}
}

// askWithoutWindow asks for /big by HTTP/2, and lets nothing of the answer be sent. RFC 9113 section 6.9.2.
func askWithoutWindow(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(conn, conn)
	var header bytes.Buffer
	encoder := hpack.NewEncoder(&header)
	for _, field := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", "rdap.example"}, {":path", "/big"}} {
		if err := encoder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(
		framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}),
		framer.WriteSettingsAck(),
		framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header.Bytes(), EndStream: true, EndHeaders: true}),
	); err != nil {
		t.Fatal(err)
	}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		if settings, ok := frame.(*http2.SettingsFrame); ok && !settings.IsAck() {
			if most, told := settings.Value(http2.SettingMaxConcurrentStreams); !told || most != httpStreams {
				t.Errorf("at a time there may be %d streams, %t", most, told)
			}
			return
		}
	}
}
