package crash

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A proxy stands between the registry and PostgreSQL, and breaks what goes through it. It reads the
// messages of the protocol so far that it knows a COMMIT. PostgreSQL manual, chapter 55.
type proxy struct {
	listener net.Listener
	socket   string // of PostgreSQL

	mu     sync.Mutex
	random *rand.Rand
	rough  bool        // whether it breaks anything
	crash  func() bool // kills PostgreSQL and starts it again, unless that was just done; nil if it is not to happen
	silent bool        // whether a connection may die without a word, which takes half a minute to find out
	counts map[breakage]int
	lines  map[*wire]struct{}
	closed bool

	crashing sync.WaitGroup // PostgreSQL is killed or starts again
}

// A breakage is what can go wrong on the way.
type breakage string

const (
	whole      breakage = ""
	swallowed  breakage = "answer of a COMMIT swallowed"
	lost       breakage = "COMMIT lost"
	stalled    breakage = "COMMIT stalled"
	reset      breakage = "connection reset"
	cutShort   breakage = "cut in mid-answer"
	lateAnswer breakage = "answer stalled"
	crashed    breakage = "PostgreSQL killed before a COMMIT came"
	silence    breakage = "answers of a COMMIT and all after it swallowed, connection kept"
)

// How often: one of so many COMMITs, and of so many other messages of the registry.
const (
	perCommits  = 10
	perMessages = 2000
	perSilence  = 3000
	perCrashes  = 60
	longStall   = 200 * time.Millisecond
)

// newProxy listens on the loopback before the PostgreSQL of a dsn, and returns the dsn to use.
func newProxy(t *testing.T, dsn string, seed uint64) (*proxy, string) {
	t.Helper()
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{
		listener: listener, socket: filepath.Join(address.Query().Get("host"), ".s.PGSQL.5432"),
		random: rand.New(rand.NewPCG(seed, 1)), counts: map[breakage]int{}, lines: map[*wire]struct{}{},
	}
	var wait sync.WaitGroup
	wait.Go(func() { p.serve(&wait) })
	t.Cleanup(func() { p.close(); wait.Wait() })
	address.RawQuery = "sslmode=disable"
	address.Host = listener.Addr().String()
	return p, address.String()
}

func (p *proxy) serve(wait *sync.WaitGroup) {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		wait.Go(func() {
			far, err := net.Dial("unix", p.socket)
			if err != nil {
				near.Close()
				return
			}
			w := &wire{proxy: p, near: near, far: far, statements: map[string]string{}}
			if p.enter(w) {
				wait.Go(w.back)
				w.forth()
			}
			w.cut()
			p.leave(w)
		})
	}
}

func (p *proxy) enter(w *wire) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.lines[w] = struct{}{}
	}
	return !p.closed
}

func (p *proxy) leave(w *wire) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.lines, w)
}

func (p *proxy) close() {
	p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for w := range p.lines {
		w.cut()
	}
}

// breaks begins or ends the breaking. At its end PostgreSQL is there.
func (p *proxy) breaks(rough bool) {
	p.mu.Lock()
	p.rough = rough
	p.mu.Unlock()
	if !rough {
		p.crashing.Wait()
	}
}

// killed counts a commit that was lost with PostgreSQL, or without.
func (p *proxy) killed(it bool) {
	p.mu.Lock()
	if it {
		p.counts[crashed]++
	} else {
		p.counts[lost]++
	}
	p.mu.Unlock()
	p.crashing.Done()
}

// draw decides what happens to a message.
func (p *proxy) draw(commit bool) (breakage, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	oneOf, list := perMessages, []breakage{reset, cutShort, lateAnswer}
	if commit {
		oneOf, list = perCommits, []breakage{swallowed, swallowed, lost, stalled, reset, cutShort}
	}
	if p.rough && p.crash != nil && commit && p.random.IntN(perCrashes) == 0 {
		p.crashing.Add(1)
		return crashed, 0
	}
	if p.rough && p.silent && commit && p.random.IntN(perSilence) == 0 {
		p.counts[silence]++
		return silence, 0
	}
	if !p.rough || p.random.IntN(oneOf) > 0 {
		return whole, 0
	}
	b := list[p.random.IntN(len(list))]
	p.counts[b]++
	return b, time.Duration(p.random.Int64N(int64(longStall)))
}

// A wire is one connection through the proxy.
type wire struct {
	proxy      *proxy
	near, far  net.Conn
	statements map[string]string // the text of each prepared statement, by its name

	mu      sync.Mutex
	failing breakage // of the answer
	wait    time.Duration
}

// cut ends both connections.
func (w *wire) cut() {
	w.near.Close()
	w.far.Close()
}

// forth passes on what the registry says.
func (w *wire) forth() {
	started := false
	for {
		m, err := readMessage(w.near, started)
		if err != nil {
			return
		}
		started = true
		b, wait := w.proxy.draw(w.isCommit(m))
		switch b {
		case lost:
			return
		case crashed:
			w.proxy.killed(w.proxy.crash())
			return
		case reset:
			if tcp, ok := w.near.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // a connection that is gone needs no reset
			}
			return
		case stalled:
			time.Sleep(wait)
		case swallowed, silence, cutShort, lateAnswer:
			w.fail(b, wait)
		}
		if _, err := w.far.Write(m); err != nil {
			return
		}
	}
}

// fail says what is to happen to the answers from now on.
func (w *wire) fail(b breakage, wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failing, w.wait = b, wait
}

func (w *wire) failure() (breakage, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	b, wait := w.failing, w.wait
	if b == lateAnswer {
		w.failing = whole
	}
	return b, wait
}

// readyForQuery is the message with which PostgreSQL ends an answer.
const readyForQuery = 'Z'

// back passes on what PostgreSQL says.
func (w *wire) back() {
	defer w.cut()
	for {
		m, err := readMessage(w.far, true)
		if err != nil {
			return
		}
		switch b, wait := w.failure(); b {
		case swallowed: // to the end of the answer, so that it is known that there was one
			if m[0] == readyForQuery {
				return
			}
			continue
		case silence:
			continue
		case cutShort:
			_, _ = w.near.Write(m[:len(m)/2]) // it is cut in any case
			return
		case lateAnswer:
			time.Sleep(wait)
		}
		if _, err := w.near.Write(m); err != nil {
			return
		}
	}
}

// isCommit reports whether a message of the registry runs a COMMIT: as text, or as a statement that was
// prepared before.
func (w *wire) isCommit(m []byte) bool {
	const kind, body = 0, 5
	if len(m) <= body {
		return false
	}
	fields := bytes.SplitN(m[body:], []byte{0}, 3)
	switch {
	case m[kind] == 'Q':
		return isCommit(string(fields[0]))
	case m[kind] == 'P' && len(fields) > 1:
		w.statements[string(fields[0])] = string(fields[1])
	case m[kind] == 'B' && len(fields) > 1:
		return isCommit(w.statements[string(fields[1])])
	}
	return false
}

func isCommit(statement string) bool {
	return strings.EqualFold(strings.TrimSpace(statement), "COMMIT")
}

// maxMessage bounds one message, in octets.
const maxMessage = 64 << 20

// readMessage reads one message: an octet that says what it is, but for the first of a connection, and
// a length that counts itself.
func readMessage(r io.Reader, typed bool) ([]byte, error) {
	header := make([]byte, 4, 512)
	if typed {
		header = header[:5]
	}
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint32(header[len(header)-4:])) - 4
	if length < 0 || length > maxMessage {
		return nil, errors.New("a message of impossible length")
	}
	m := append(header, make([]byte, length)...)
	_, err := io.ReadFull(r, m[len(header):])
	return m, err
}

// broken tells how often each thing went wrong.
func (p *proxy) broken() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprint(p.counts)
}
