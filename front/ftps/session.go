package ftps

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"
)

// A session is one control connection.
type session struct {
	server *Server
	from   netip.Addr
	limits Limits

	mu       sync.Mutex // guards what others than the session's own goroutine touch
	conn     net.Conn   // TLS once it has begun
	transfer net.Conn   // of the data that is sent just now; nil if none is
	data     *dataPort
	leaving  bool // it ends with the transfer

	in       *bufio.Reader
	reading  chan line // gets the next command, which somebody began to wait for beside a transfer; nil: nobody did
	handlers map[string]handler
	allowed  float64   // commands that may come at once
	counted  time.Time // when allowed was right

	ticket   ticket // of its TLS session
	secure   bool
	private  bool // PROT P
	id       string
	login    string // guarded by the server's lock
	files    fs.FS  // nil before the login
	failures int
	dir      string // as fs.FS has it: "." or without slashes at its ends
	offset   int64  // of REST, for the next transfer
	epsvOnly bool   // after EPSV ALL
	answered int    // the code of the last reply
}

// A line is a command that was read, or why none was.
type line struct {
	command
	err error
}

func newSession(s *Server, conn net.Conn, from netip.Addr) *session {
	return &session{
		server: s, from: from, limits: s.config.Limits, conn: conn, in: bufio.NewReaderSize(conn, maxLine),
		handlers: handlers(), dir: ".", ticket: ticket{id: rand.Text()},
		allowed: float64(s.config.Limits.Commands * commandsAtOnce), counted: time.Now(),
	}
}

// end closes the connection, whatever it is doing.
func (n *session) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.leaving = true
	_ = n.conn.SetDeadline(time.Unix(1, 0)) // whoever reads or writes stops
	if n.data != nil {
		n.data.stop()
	}
	if n.transfer != nil {
		cut(n.transfer)
	}
}

// endWhenIdle ends the session after the transfer that runs, or at once.
func (n *session) endWhenIdle() {
	n.mu.Lock()
	busy := n.transfer != nil
	n.leaving = true
	n.mu.Unlock()
	if !busy {
		n.end()
	}
}

func (n *session) isLeaving() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.leaving
}

// errEnd ends a session that has been told why.
var errEnd = errors.New("the session has ended")

// serve answers commands until the client leaves or is sent away.
func (n *session) serve() {
	defer func() {
		n.closeData()
		_ = n.conn.Close()
	}()
	defer n.recover()
	_ = n.conn.SetDeadline(time.Now().Add(n.limits.LoginTime))
	err := n.reply(220, "Files for registrars. Say AUTH TLS first.")
	for err == nil && !n.isLeaving() {
		n.await()
		var c command
		if c, err = n.next(); err == nil {
			n.pace()
			err = n.answer(c)
		}
	}
	switch {
	case errors.Is(err, errTooLong):
		_ = n.reply(500, "The line is too long.")
		if half, is := n.conn.(interface{ CloseWrite() error }); is {
			_ = half.CloseWrite()
		}
		linger(n.conn)
	case errors.Is(err, os.ErrDeadlineExceeded):
		_ = n.conn.SetWriteDeadline(time.Now().Add(refusalTime))
		_ = n.reply(421, "The connection was idle for too long, or had to make place for others.")
	}
}

// recover makes of a panic the end of one session.
func (n *session) recover() {
	if p := recover(); p != nil {
		n.server.config.Log.Error("a session of FTPS has ended", "error", fmt.Sprintf("panic: %v", p), "from", n.from)
	}
}

// await sets until when the next command has to be there: a login has one deadline for all of it.
func (n *session) await() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.files != nil && !n.leaving {
		_ = n.conn.SetDeadline(time.Now().Add(n.limits.IdleTime))
	}
}

// pace waits where commands come faster than they may for long.
func (n *session) pace() {
	now := time.Now()
	rate := float64(n.limits.Commands)
	n.allowed = min(rate*commandsAtOnce, n.allowed+now.Sub(n.counted).Seconds()*rate)
	n.counted = now
	if n.allowed--; n.allowed < 0 {
		time.Sleep(time.Duration(-n.allowed / rate * float64(time.Second)))
	}
}

// answer has one command answered, if the session has come as far as that needs.
func (n *session) answer(c command) error {
	h, known := n.handlers[c.verb]
	name := c.verb
	var err error
	switch {
	case known && h.before < stageNone && !n.secure:
		err = n.reply(530, "This goes over TLS only; say AUTH TLS first.")
	case known && h.before < stageTLS && n.files == nil:
		err = n.reply(530, "Log in first.")
	case known:
		err = h.run(n, c.arg)
	case contains(writes[:], c.verb):
		err = n.reply(550, "The files are for reading only.")
	case contains(active[:], c.verb):
		err = n.reply(502, "The server never connects to a client; say EPSV or PASV.")
	default:
		name = Other
		err = n.reply(500, "There is no such command here; HELP lists all.")
	}
	n.server.config.Answered(name, n.answered)
	return err
}

func contains(list []string, verb string) bool {
	for _, v := range list {
		if v == verb {
			return true
		}
	}
	return false
}

// reply sends one line. The client's own octets are never in it but after a check.
func (n *session) reply(code int, text string) error {
	return n.send(code, fmt.Sprintf("%d %s\r\n", code, text))
}

// send sends a reply that may have several lines.
func (n *session) send(code int, text string) error {
	n.answered = code
	_, err := n.conn.Write([]byte(text))
	return err
}

// auth begins TLS. What came after the command in the clear was sent by somebody in between, and ends the session.
// RFC 4217 section 4.
func (n *session) auth(arg string) error {
	switch {
	case n.secure:
		return n.reply(503, "TLS has begun already.")
	case arg != "TLS" && arg != "tls" && arg != "TLS-C" && arg != "tls-c":
		return n.reply(504, "Say AUTH TLS.")
	case n.in.Buffered() > 0:
		_ = n.reply(421, "Nothing comes between AUTH TLS and TLS.")
		return errEnd
	}
	if err := n.reply(234, "Begin TLS."); err != nil {
		return err
	}
	conn := tls.Server(n.conn, n.server.config4(&n.ticket, true))
	ctx, cancel := context.WithTimeout(context.Background(), n.limits.DataTime)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	n.mu.Lock()
	n.conn = conn
	n.mu.Unlock()
	n.in = bufio.NewReaderSize(conn, maxLine)
	n.secure = true
	return nil
}

// user takes the registrar's id. RFC 959 section 5.4.
func (n *session) user(arg string) error {
	if n.files != nil {
		return n.reply(530, "You have logged in already.")
	}
	n.id = arg
	return n.reply(331, "Now the password for files.")
}

// pass verifies id and password. A wrong one is answered after a while, and a few end the session.
func (n *session) pass(arg string) error {
	switch {
	case n.files != nil:
		return n.reply(503, "You have logged in already.")
	case n.id == "":
		return n.reply(503, "Say USER first.")
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), n.limits.LoginTime)
	defer cancel()
	id := n.id
	n.id = ""
	files, err := n.server.config.Login(ctx, id, arg, n.from)
	var refused Refused
	switch {
	case errors.As(err, &refused):
		n.failures++
		time.Sleep(n.limits.RefusalTime - time.Since(began))
		if err := n.reply(530, refused.Reason); err != nil || n.failures < n.limits.LoginFailures {
			return err
		}
		_ = n.reply(421, "That were too many wrong passwords for one connection.")
		return errEnd
	case err != nil:
		n.server.config.Log.Error("a login by FTPS could not be judged", "error", err, "from", n.from)
		_ = n.reply(421, "The registry cannot be reached for a moment; try again later.")
		return errEnd
	case !n.server.admit(n, id):
		_ = n.reply(421, fmt.Sprintf("There are %d sessions of yours already; end one first.", n.limits.SessionsPerLogin))
		return errEnd
	}
	n.files = files
	return n.reply(230, "You are logged in.")
}

// protectionBuffer takes the one size that TLS has. RFC 4217 section 8.
func (n *session) protectionBuffer(string) error { return n.reply(200, "PBSZ=0") }

// protect takes the one protection of data that there is here. RFC 4217 section 9.
func (n *session) protect(arg string) error {
	switch arg {
	case "P", "p":
		n.private = true
		return n.reply(200, "Data goes over TLS.")
	case "C", "c", "S", "s", "E", "e":
		return n.reply(536, "Data goes over TLS only; say PROT P.")
	}
	return n.reply(504, "Say PROT P.")
}

func (n *session) noop(string) error { return n.reply(200, "Yes.") }

func (n *session) quit(string) error {
	_ = n.reply(221, "Goodbye.")
	return errEnd
}

// system says of which kind the paths and listings are. RFC 959 section 4.1.3.
func (n *session) system(string) error { return n.reply(215, "UNIX Type: L8") }

// features lists what is not in RFC 959. RFC 2389.
func (n *session) features(string) error {
	const list = "211-Here is also:\r\n AUTH TLS\r\n EPSV\r\n MDTM\r\n MLST type*;size*;modify*;perm*;\r\n PASV\r\n PBSZ\r\n PROT\r\n" +
		" REST STREAM\r\n SIZE\r\n TVFS\r\n UTF8\r\n211 That is all.\r\n"
	return n.send(211, list)
}

// help lists the commands.
func (n *session) help(string) error {
	text := "214-These commands are answered:\r\n"
	for _, verb := range Commands() {
		if _, known := n.handlers[verb]; known {
			text += " " + verb + "\r\n"
		}
	}
	return n.send(214, text+"214 docs/files.md says more.\r\n")
}

// options takes what is so anyway. RFC 2389 section 4.
func (n *session) options(arg string) error {
	switch verb, how := cutFold(arg); verb {
	case "UTF8":
		if how != "" && !strings.EqualFold(how, "ON") {
			return n.reply(501, "All names are ASCII, and so UTF-8; that is never off.")
		}
		return n.reply(200, "All names are ASCII, and so UTF-8.")
	case "MLST":
		return n.reply(200, "MLST OPTS type;size;modify;perm;")
	}
	return n.reply(501, "There is no such option.")
}

// setType takes ASCII and image; files are sent as they are in both. RFC 959 section 3.1.1.
func (n *session) setType(arg string) error {
	switch strings.ToUpper(strings.Join(strings.Fields(arg), " ")) {
	case "A", "A N", "I":
		return n.reply(200, "Files are sent as they are, octet by octet.")
	case "L 8":
		return n.reply(200, "Files are sent as they are, in octets of eight bits.")
	}
	return n.reply(504, "Say TYPE I.")
}

// setMode and setStructure take the only ones that clients use. RFC 959 sections 3.1.2 and 3.4.
func (n *session) setMode(arg string) error {
	if arg == "S" || arg == "s" {
		return n.reply(200, "Data is a stream.")
	}
	return n.reply(504, "Say MODE S.")
}

func (n *session) setStructure(arg string) error {
	if arg == "F" || arg == "f" {
		return n.reply(200, "Files have no structure.")
	}
	return n.reply(504, "Say STRU F.")
}

// abort has nothing to end when no transfer runs. RFC 959 section 4.1.3.
func (n *session) abort(string) error { return n.reply(226, "No transfer runs.") }

// status tells of the session. RFC 959 section 4.1.3.
func (n *session) status(arg string) error {
	if arg != "" {
		return n.reply(504, "Listings go over a data connection; say LIST or MLST.")
	}
	return n.send(211, "211-The session is over TLS.\r\n Logged in as "+n.login+"\r\n211 That is all.\r\n")
}
