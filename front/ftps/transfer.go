package ftps

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strconv"
	"time"
)

// next returns the next command: the one that somebody began to wait for beside a transfer, if somebody did.
func (n *session) next() (command, error) {
	if n.reading == nil {
		return readCommand(n.in)
	}
	l := <-n.reading
	n.reading = nil
	return l.command, l.err
}

// listen waits for the next command beside a transfer.
func (n *session) listen() <-chan line {
	if n.reading == nil {
		next := make(chan line, 1)
		n.reading = next
		go func() {
			c, err := readCommand(n.in)
			next <- line{c, err}
		}()
	}
	return n.reading
}

// hold keeps a command until the transfer is over.
func (n *session) hold(l line) {
	n.reading = make(chan line, 1)
	n.reading <- l
}

// restart says from which octet on the next file is sent. RFC 3659 section 5.
func (n *session) restart(arg string) error {
	offset, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || offset < 0 {
		return n.reply(501, "Say REST with a number of octets.")
	}
	n.offset = offset
	return n.reply(350, "The next file is sent from there on.")
}

// retrieve sends a file. It is the one that was there when it was opened, also if another takes its place meanwhile.
func (n *session) retrieve(arg string) error {
	offset := n.offset
	n.offset = 0
	f, info, err := n.open(arg)
	if err != nil {
		return n.reply(550, "There is no such file.")
	}
	defer f.Close()
	if offset > info.Size() {
		return n.reply(554, "The file is shorter.")
	}
	if err := skip(f, offset); err != nil {
		return n.reply(451, "The file cannot be read just now; try again later.")
	}
	return n.send150(func(w io.Writer) error {
		_, err := io.CopyBuffer(w, reader{f}, make([]byte, transferBuffer))
		return err
	})
}

// transferBuffer is how much of a file is sent at once.
const transferBuffer = 64 << 10

// errFile marks that the file, and not the connection, is at fault.
var errFile = errors.New("the file could not be read")

// reader reads a file and marks its faults.
type reader struct{ fs.File }

func (r reader) Read(p []byte) (int, error) {
	k, err := r.File.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w: %w", errFile, err)
	}
	return k, err
}

// open opens a regular file.
func (n *session) open(arg string) (fs.File, fs.FileInfo, error) {
	name, ok := n.resolve(arg)
	if !ok {
		return nil, nil, fs.ErrInvalid
	}
	f, err := n.files.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// skip goes forward in a file.
func skip(f fs.File, offset int64) error {
	if offset == 0 {
		return nil
	}
	if s, can := f.(io.Seeker); can {
		_, err := s.Seek(offset, io.SeekStart)
		return err
	}
	_, err := io.CopyN(io.Discard, f, offset)
	return err
}

// sendText sends a listing.
func (n *session) sendText(text []byte) error {
	return n.send150(func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(text))
		return err
	})
}

// send150 waits for the data connection, and sends what fill writes. Meanwhile it listens for ABOR.
func (n *session) send150(fill func(io.Writer) error) error {
	switch {
	case !n.private:
		return n.reply(521, "Data goes over TLS only; say PBSZ 0 and PROT P first.")
	case n.data == nil:
		return n.reply(425, "Say EPSV or PASV first.")
	}
	raw, err := n.accept()
	n.closeData()
	if err != nil {
		return n.reply(425, "No data connection came from your address.")
	}
	n.mu.Lock()
	n.transfer = raw
	if !n.leaving {
		_ = n.conn.SetDeadline(time.Time{}) // the transfer has deadlines of its own
	}
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.transfer = nil
	}()
	if err := n.reply(150, "Here it comes."); err != nil {
		_ = raw.Close()
		return err
	}
	done := make(chan error, 1)
	go func() { done <- n.sendData(raw, fill) }()
	return n.attend(raw, done)
}

// attend answers what the client says while data is sent, and in the end how that went.
func (n *session) attend(raw net.Conn, done <-chan error) error {
	listening := n.listen()
	for {
		select {
		case err := <-done:
			return n.replyTransfer(err)
		case l := <-listening:
			n.reading = nil
			switch {
			case l.err != nil:
				cut(raw)
				<-done
				return l.err
			case l.verb == "ABOR":
				cut(raw)
				<-done
				if err := n.reply(426, "The transfer was ended."); err != nil {
					return err
				}
				return n.reply(226, "As you wished.")
			case l.verb == "NOOP":
				if err := n.reply(200, "Yes."); err != nil {
					return err
				}
				n.pace()
				listening = n.listen()
			default:
				n.hold(l)
				listening = nil
			}
		}
	}
}

func (n *session) replyTransfer(err error) error {
	n.mu.Lock()
	if !n.leaving {
		_ = n.conn.SetWriteDeadline(time.Now().Add(n.limits.StallTime))
	}
	n.mu.Unlock()
	switch {
	case err == nil:
		return n.reply(226, "That was all of it.")
	case errors.Is(err, errNotResumed):
		return n.reply(522, "The data connection has to resume the TLS session of this one.")
	case errors.Is(err, errInsecure):
		return n.reply(425, "The data connection could not be secured.")
	case errors.Is(err, errFile):
		n.server.config.Log.Error("a file could not be sent", "error", err)
		return n.reply(451, "The file cannot be read just now; try again later.")
	}
	return n.reply(426, "The data connection was lost.")
}

// Why data was not sent at all.
var (
	errInsecure   = errors.New("the data connection could not be secured")
	errNotResumed = errors.New("the data connection did not resume the session")
)

// sendData secures a data connection and sends what fill writes, and says to the client that this was all.
func (n *session) sendData(raw net.Conn, fill func(io.Writer) error) error {
	n.ticket.own = false
	conn := tls.Server(raw, n.server.config4(&n.ticket, false))
	ctx, cancel := context.WithTimeout(context.Background(), n.limits.DataTime)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		return errors.Join(errInsecure, err, raw.Close())
	}
	if n.server.config.Resumed && (!conn.ConnectionState().DidResume || !n.ticket.own) {
		return errors.Join(errNotResumed, conn.Close())
	}
	w := &stallWriter{conn: conn, stall: n.limits.StallTime}
	err := fill(w)
	n.server.config.Sent(w.sent)
	if err != nil {
		cut(raw)
		return err
	}
	if err := conn.CloseWrite(); err != nil {
		return errors.Join(err, raw.Close())
	}
	go linger(raw)
	return nil
}

// cut ends a data connection so that the client sees it broken: not every one misses the end of TLS.
func cut(raw net.Conn) {
	if tcp, is := raw.(*net.TCPConn); is {
		_ = tcp.SetLinger(0)
	}
	_ = raw.Close()
}

// lingerTime is how long a connection on which all is sent waits for the client to close it: what the system
// throws away of a connection that is closed too early, with octets that nobody read, may be what the client has not read yet.
const lingerTime = 5 * time.Second

// mostLingering bounds what a client says on a connection that it should only read.
const mostLingering = 64 << 10

func linger(raw net.Conn) {
	_ = raw.SetDeadline(time.Now().Add(lingerTime))
	_, _ = io.CopyN(io.Discard, raw, mostLingering)
	_ = raw.Close()
}

// A stallWriter gives each piece a deadline, and counts.
type stallWriter struct {
	conn  net.Conn
	stall time.Duration
	sent  int64
}

func (w *stallWriter) Write(p []byte) (int, error) {
	_ = w.conn.SetWriteDeadline(time.Now().Add(w.stall))
	k, err := w.conn.Write(p)
	w.sent += int64(k)
	return k, err
}
