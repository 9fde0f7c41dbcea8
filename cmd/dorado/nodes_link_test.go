package main

import (
	"crypto/tls"
	"log/slog"
	"net"
	"sync"
	"testing"

	"example.org/dorado/flow"
)

// Strangers that open connections and say nothing, as many as are waited for, do not keep a node out: the oldest of whoever
// has most gives way.
func TestStrangersKeepNoNodeOut(t *testing.T) {
	l, err := newLink(flow.Keys{AuthInfo: random(secretBytes), Spread: random(secretBytes)})
	if err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var came sync.WaitGroup
	board := newSwitchboard(l, socket, slog.New(slog.DiscardHandler))
	board.answer[linkTestActs] = func(conn *tls.Conn) { t.Cleanup(func() { conn.Close() }); came.Done() }
	go board.serve()
	defer board.stop(t.Context())

	var dialer net.Dialer
	silent := func(network, count int) {
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+network/200), byte(1+network%200))}
		for range count {
			conn, err := dialer.DialContext(t.Context(), "tcp4", socket.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { conn.Close() })
		}
	}
	for network := range linkStrangers / linkPerNetwork {
		silent(network, linkPerNetwork)
	}
	for network := range linkStrangers / 8 { // and the room that is kept for those that have none yet
		silent(100+network, 1)
	}
	const nodes = 20 // whose clients come back all at once
	came.Add(nodes)
	failed := make(chan error, nodes)
	for range nodes {
		go func() {
			conn, err := l.dial(t.Context(), socket.Addr().String(), linkTestActs)
			if err == nil {
				t.Cleanup(func() { conn.Close() })
			}
			failed <- err
		}()
	}
	for range nodes {
		if err := <-failed; err != nil {
			t.Fatalf("a node is not let in: %v", err)
		}
	}
	came.Wait()
}
