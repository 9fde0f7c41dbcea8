package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
	"example.org/dorado/store"
)

// Two ends of a passage over a real link on loopback, without a database: what is passed on, with whose address, and when it ends.

// A passing is a node that passes on, and the one to which it does.
type passing struct {
	t           *testing.T
	here, there *passage
	has         bool // whether the other takes what comes
	holder      store.Holder
	at          string // where clients come
}

func newPassing(t *testing.T, kind string) *passing {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	l, err := newLink(flow.Keys{AuthInfo: random(secretBytes), Spread: random(secretBytes)})
	if err != nil {
		t.Fatal(err)
	}
	listen := func() net.Listener {
		socket, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return socket
	}
	p := &passing{t: t, has: true, holder: store.Holder{Node: "other", Number: 1}}
	idle := func() time.Duration { return time.Minute }
	end := &testNode{log: log, idle: idle}
	p.there = newPassage(end, listen(), kind)
	p.there.mine = func() bool { return p.has }
	board := newSwitchboard(l, listen(), log)
	board.answer[kind] = p.there.receive
	p.here = newPassage(end, listen(), kind)
	p.here.mine = func() bool { return false }
	p.here.reach = func(ctx context.Context, kind string, greet func(net.Conn) error) (net.Conn, store.Holder, error) {
		conn, err := l.dial(ctx, board.socket.Addr().String(), kind)
		if err == nil {
			err = greet(conn)
		}
		return conn, p.holder, err
	}
	p.at = p.here.Addr().String()
	go board.serve()
	t.Cleanup(func() { p.here.Close(); p.there.Close(); _ = board.stop(t.Context()) })
	return p
}

// connect comes as a client.
func (p *passing) connect() net.Conn {
	p.t.Helper()
	p.here.begin()
	conn, err := net.Dial("tcp", p.at)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	p.t.Cleanup(func() { conn.Close() })
	return conn
}

// ends looks that a connection is closed by the other side.
func (p *passing) ends(conn net.Conn, what string) {
	p.t.Helper()
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		p.t.Errorf("%s: the connection goes on", what)
	}
}

// Each side hears what the other says, and that it has said all; the other node sees whose connection it is.
func TestPassage(t *testing.T) {
	p := newPassing(t, linkTestEPP)
	client := p.connect()
	server, err := p.there.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if got := server.RemoteAddr().String(); got != client.LocalAddr().String() {
		t.Errorf("the client is %s there, and is %s", got, client.LocalAddr())
	}
	_, _ = io.WriteString(client, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nhello")
	_ = client.(*net.TCPConn).CloseWrite()
	if said, err := io.ReadAll(server); err != nil || string(said) != "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nhello" {
		t.Errorf("the other node hears %q, %v", said, err)
	}
	_, _ = io.WriteString(server, "answer")
	_ = server.(interface{ CloseWrite() error }).CloseWrite()
	if said, err := io.ReadAll(client); err != nil || string(said) != "answer" {
		t.Errorf("the client hears %q, %v", said, err)
	}
	eventually(t, func() bool { return p.here.count() == 0 })
}

// What cannot be passed on is closed, or answered here where that can be said.
func TestNotPassedOn(t *testing.T) {
	p := newPassing(t, linkTestEPP)
	p.has = false
	p.ends(p.connect(), "the other node has lost the lease")

	web := newPassing(t, linkTestHTTPS)
	web.has = false
	client := web.connect()
	server, err := web.here.Accept()
	if err != nil || server.RemoteAddr().String() != client.LocalAddr().String() {
		t.Errorf("a connection that cannot be passed on comes here as %v, %v", server, err)
	}
}

// What is passed on ends when the lease has passed to another node, when the node stops, and when the other node is gone.
func TestPassedOnEnds(t *testing.T) {
	p := newPassing(t, linkTestEPP)
	open := func() (client, server net.Conn) {
		t.Helper()
		client = p.connect()
		server, err := p.there.Accept()
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { return p.here.count() == 1 })
		return client, server
	}
	client, server := open()
	p.here.cut(func(one *pass) bool { return one.holder.Number != 2 })
	p.ends(client, "the lease has passed on")
	p.ends(server, "the lease has passed on, at the other end")
	eventually(t, func() bool { return p.here.count() == 0 })

	client, server = open()
	server.Close()
	p.ends(client, "the other node is gone")
	client.Close() // or it ends after passLinger
	eventually(t, func() bool { return p.here.count() == 0 })

	// A node that stops waits for the answer to what was asked, and not for one who asks nothing; nothing more is taken.
	asks, answers := open()
	_, _ = io.WriteString(asks, "question")
	if _, err := io.ReadFull(answers, make([]byte, len("question"))); err != nil {
		t.Fatal(err)
	}
	quiet := p.connect()
	if _, err := p.there.Accept(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return p.here.count() == 2 })
	drained := make(chan error)
	go func() { drained <- p.here.drain(t.Context()) }()
	p.ends(quiet, "this node stops")
	_, _ = io.WriteString(asks, "another question")
	_, _ = io.WriteString(answers, "answer")
	if said, err := io.ReadAll(asks); string(said) != "answer" {
		t.Errorf("who waits for an answer hears %q, %v", said, err)
	}
	if said, _ := io.ReadAll(answers); len(said) > 0 {
		t.Errorf("of a node that stops the other takes %q", said)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

// One network has so many connections passed on, and others still get in.
func TestPassageIsBounded(t *testing.T) {
	p := newPassing(t, linkTestEPP)
	p.here.gate = policy.NewGate(10, 2)
	for range 2 {
		p.connect()
		if _, err := p.there.Accept(); err != nil {
			t.Fatal(err)
		}
	}
	p.ends(p.connect(), "the third of one network")
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
	other, err := dialer.Dial("tcp", p.at)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if server, err := p.there.Accept(); err != nil || server.RemoteAddr().String() != other.LocalAddr().String() {
		t.Errorf("another network is not passed on: %v %v", server, err)
	}
}

// A node talks to nodes alone: to somebody with another key it says nothing of whose connection it is.
func TestLinkKnowsNodes(t *testing.T) {
	ours, err := newLink(flow.Keys{AuthInfo: random(secretBytes), Spread: random(secretBytes)})
	if err != nil {
		t.Fatal(err)
	}
	other, err := newLink(flow.Keys{AuthInfo: random(secretBytes), Spread: random(secretBytes)})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		config *tls.Config
		lets   bool
	}{{"a node", ours.server(), true}, {"a stranger", other.server(), false}} {
		socket, err := tls.Listen("tcp", "127.0.0.1:0", test.config)
		if err != nil {
			t.Fatal(err)
		}
		heard := make(chan error, 1)
		go func() {
			conn, err := socket.Accept()
			if err == nil {
				_, err = conn.Read(make([]byte, 1))
				conn.Close()
			}
			heard <- err
		}()
		conn, err := ours.dial(t.Context(), socket.Addr().String(), linkTestActs)
		if (err == nil) != test.lets {
			t.Errorf("%s is called: %v", test.name, err)
		}
		if err == nil {
			_, _ = conn.Write([]byte("x"))
			conn.Close()
		}
		if err := <-heard; (err == nil) != test.lets {
			t.Errorf("%s hears %v", test.name, err)
		}
		socket.Close()
	}
}
