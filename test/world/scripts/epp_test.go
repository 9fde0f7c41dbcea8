package scripts

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"example.org/dorado/test/world"
)

// A session is a connection of a registrar that has logged in.
type session struct {
	conn *tls.Conn
	sent int
}

// session returns the session of a registrar, which begins when it is needed first. One that is written
// H1001/plain announced no extension.
func (h *house) session(who string) (*session, error) {
	if s := h.sessions[who]; s != nil {
		return s, nil
	}
	s, answer, err := h.login(who)
	if err == nil && answer.code != "1000" {
		err = fmt.Errorf("%s cannot log in: %s", who, answer)
	}
	if err == nil {
		h.sessions[who] = s
	}
	return s, err
}

// login connects, reads the greeting and logs in.
func (h *house) login(who string) (*session, expectation, error) {
	dialer := &net.Dialer{Timeout: patience}
	conn, err := tls.DialWithDialer(dialer, "tcp", h.eppPort, &tls.Config{RootCAs: h.roots, ServerName: "epp.example"})
	if err != nil {
		return nil, expectation{}, err
	}
	h.t.Cleanup(func() { conn.Close() })
	s := &session{conn: conn}
	greeting, err := s.next()
	if err != nil {
		return nil, expectation{}, err
	}
	id, plain := strings.CutSuffix(who, "/plain")
	_, offered, _ := strings.Cut(greeting, "<svcMenu>")
	offered, _, _ = strings.Cut(offered, "</svcMenu>")
	objects := offered[strings.Index(offered, "<objURI>"):]
	if plain {
		objects, _, _ = strings.Cut(objects, "<svcExtension>")
	}
	document, err := s.ask("<login><clID>"+id+"</clID><pw>"+world.Password+"</pw><options><version>1.0</version>"+
		"<lang>en</lang></options><svcs>"+objects+"</svcs></login>", "")
	if err != nil {
		return nil, expectation{}, err
	}
	answer, err := answerOf(document)
	return s, answer, err
}

// ask sends a command with what extends it, and returns the answer.
func (s *session) ask(command, extension string) (document string, err error) {
	if extension != "" {
		extension = "<extension>" + extension + "</extension>"
	}
	s.sent++
	frame := fmt.Sprintf(`<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command>%s%s<clTRID>LIFE-%04d</clTRID></command></epp>`,
		command, extension, s.sent)
	if err := s.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	if _, err := s.conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(frame)+4)), frame...)); err != nil {
		return "", err
	}
	return s.next()
}

// next reads a frame.
func (s *session) next() (string, error) {
	var header [4]byte
	if _, err := io.ReadFull(s.conn, header[:]); err != nil {
		return "", fmt.Errorf("read an answer: %w", err)
	}
	body := make([]byte, binary.BigEndian.Uint32(header[:])-4)
	_, err := io.ReadFull(s.conn, body)
	return string(body), err
}
