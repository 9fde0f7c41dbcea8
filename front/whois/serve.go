package whois

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/pires/go-proxyproto"

	"example.org/dorado/core/policy"
)

const (
	tooMany      = "too many connections are open; try again later"
	tooManyOfOne = "too many connections are open from your address; try again later"
)

// A buffer holds a query and its answer; connections use them in turns.
type buffer struct{ query, answer []byte }

// mostKept is the largest answer whose room is used again.
const mostKept = 64 << 10

// serve answers the one query of a connection.
func (s *Server) serve(conn net.Conn, from netip.Addr) {
	b := s.buffers.Get().(*buffer)
	defer s.buffers.Put(b)
	until := time.Now().Add(s.config.Deadline)
	s.await(conn, until)
	room := s.config.Service.Terms().Limits.WhoisQueryBytes + 2 // CR and LF
	if b.query = slices.Grow(b.query[:0], room); cap(b.query) > mostKept {
		b.query = make([]byte, 0, room)
	}
	line, more, err := readLine(conn, b.query[:room])
	began := time.Now()
	var outcome Outcome
	if b.answer, outcome = s.reply(b.answer[:0], from, received{line, err}, until); outcome == "" {
		return // nobody waits for an answer
	}
	_ = conn.SetWriteDeadline(time.Now().Add(s.config.Deadline))
	_, err = conn.Write(b.answer)
	if err != nil {
		outcome = OutcomeUnwritten
	}
	s.observe(outcome, time.Since(began))
	if err == nil && more {
		linger(conn)
	}
	if cap(b.answer) > mostKept {
		b.answer = nil
	}
}

// A received is a query, or why there is none.
type received struct {
	line []byte
	err  error
}

// reply returns what a query is answered, in a buffer if it has room, and what became of it; no outcome where there was no
// query.
func (s *Server) reply(to []byte, from netip.Addr, query received, until time.Time) ([]byte, Outcome) {
	switch wait := s.spend(from, query.err); {
	case wait > 0:
		return append(to, failure("too many queries from your address; wait "+inSeconds(wait))...), OutcomeLimited
	case query.err == nil:
		return s.answer(to, query.line, until), OutcomeAnswer
	case errors.Is(query.err, errTooLong):
		return append(to, failure(query.err.Error())...), OutcomeTooLong
	}
	return to, ""
}

// Ask answers a query that came by another way than port 43: in the same words, and counted with those of its address.
func (s *Server) Ask(from netip.Addr, query string) ([]byte, Outcome) {
	asked := received{line: []byte(query)}
	if len(query) > s.config.Service.Terms().Limits.WhoisQueryBytes {
		asked.err = errTooLong
	}
	began := time.Now()
	answer, outcome := s.reply(nil, from, asked, began.Add(s.config.Deadline))
	s.observe(outcome, time.Since(began))
	return answer, outcome
}

// spend counts a query of an address, if there was one, and says how long it has to wait if it is one too many.
func (s *Server) spend(from netip.Addr, err error) time.Duration {
	if err != nil && !errors.Is(err, errTooLong) || within(s.config.Allowed, from) {
		return 0
	}
	return s.rates.Spend(policy.Network(from), s.config.Rate, time.Now())
}

// inSeconds tells a time, and rounds up, so that who waits so long has waited long enough.
func inSeconds(d time.Duration) string {
	if d <= time.Second {
		return "1 second"
	}
	return strconv.Itoa(int((d+time.Second-1)/time.Second)) + " seconds"
}

// serveProxied serves a connection of a proxy, which has to say first whose it is (the PROXY protocol, 1 and 2). One that
// it makes for itself, to see whether we live, is its own.
func (s *Server) serveProxied(conn net.Conn) {
	headed := proxyproto.NewConn(conn, proxyproto.WithPolicy(proxyproto.REQUIRE), proxyproto.SetReadHeaderTimeout(s.config.Deadline))
	if headed.ProxyHeader() == nil {
		s.config.Log.Warn("a connection of a proxy has no PROXY header; see whois.proxies", "address", addressOf(conn).String())
		s.say(conn, "this address is a proxy's, and has to send a PROXY header first")
		return
	}
	from := addressOf(headed)
	if !s.enter(from) {
		s.observe(OutcomeUnserved, 0)
		s.say(conn, tooManyOfOne)
		return
	}
	defer s.leave(from)
	s.serve(headed, from)
}

// refuse tells a client why it is not served. It is given the time to send its query and read the answer, as long as not
// too many are refused so at once.
func (s *Server) refuse(conn net.Conn, why string) {
	s.observe(OutcomeUnserved, 0)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.refusing) < cap(s.refusing) && !s.isClosed() {
		s.refusing <- struct{}{} // nobody else adds one meanwhile
		s.finished.Go(func() {
			defer func() { <-s.refusing; _ = conn.Close() }()
			s.say(conn, why)
		})
		return
	}
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = io.WriteString(conn, failure(why))
	_ = conn.Close()
}

// say answers whatever is asked with one line.
func (s *Server) say(conn net.Conn, why string) {
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	if _, err := io.WriteString(conn, failure(why)); err == nil {
		linger(conn)
	}
}

// lingerTime and lingerBytes bound what is read of a client that sends more than a query: enough for a clear answer to
// somebody who has sent a file by mistake.
const (
	lingerTime  = time.Second
	lingerBytes = 4 << 20
)

// linger ends our side first and reads what is still on its way, since an unread octet at the
// close would make the kernel throw our answer away.
func linger(conn net.Conn) {
	if headed, ok := conn.(*proxyproto.Conn); ok {
		conn = headed.Raw()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
		_ = conn.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.CopyN(io.Discard, conn, lingerBytes)
	}
}

// enter lets a connection from an address in, or does not. Who entered leaves.
func (s *Server) enter(from netip.Addr) bool {
	return within(s.config.Allowed, from) || s.gate.Enter(from)
}

func (s *Server) leave(from netip.Addr) {
	if !within(s.config.Allowed, from) {
		s.gate.Leave(from)
	}
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// addressOf is where a connection comes from; the zero Addr for whatever has no address, such as a pipe.
func addressOf(conn net.Conn) netip.Addr {
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return policy.Address(conn.RemoteAddr().String())
}
