package main

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"example.org/dorado/core/policy"
)

// Of one address so many connections stay, of others too, and of those that are not counted any number; one that ends makes
// room.
func TestGatedListener(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &gatedListener{inner, policy.NewGate(100, 2), []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")}}
	defer l.Close()
	accepted := make(chan net.Conn, 20)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	dial := func(from string) net.Conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := d.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	stays := func(from string) net.Conn {
		t.Helper()
		dial(from)
		select {
		case conn := <-accepted:
			return conn
		case <-time.After(10 * time.Second):
			t.Fatalf("a connection from %s was not let in", from)
		}
		return nil
	}
	goes := func(from string) {
		t.Helper()
		conn := dial(from)
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) || err == nil {
			t.Errorf("one too many from %s stays: %v", from, err)
		} else if !errors.Is(err, io.EOF) {
			t.Logf("it ends with %v", err)
		}
	}
	first := stays("127.0.0.1")
	stays("127.0.0.1")
	goes("127.0.0.1")
	stays("127.0.0.2")
	for range 5 {
		stays("127.0.0.9")
	}
	first.Close()
	first.Close() // makes no more room
	stays("127.0.0.1")
	goes("127.0.0.1")
}
