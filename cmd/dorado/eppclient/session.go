package eppclient

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
)

// A Session is a connection that has logged in.
type Session struct {
	conn      *Conn
	announced []string // namespaces of extensions
	// Sent and Received, if set, see every frame of a command. The login is not shown: it holds a
	// password.
	Sent, Received func(frame []byte)
}

// demanding are the extensions that ask something of commands that do not carry them: a session that
// announces them has to be ready for that.
var demanding = []string{
	idnURI,    // a table with every internationalized name
	strongURI, // a strong authInfo
}

// Open connects and logs in. It announces every object and extension that the server offers, but of those
// that are demanding only what it is told to. Unless the login succeeds the Session is nil; the Answer is that
// to the login, and the error is of the connection.
func Open(ctx context.Context, server Server, login Login, demanded ...string) (*Session, Answer, error) {
	conn, err := Dial(ctx, server)
	if err != nil {
		return nil, Answer{}, err
	}
	s := &Session{conn: conn}
	answer, err := s.login(login, demanded)
	if err != nil || !answer.OK() {
		conn.Close()
		return nil, answer, err
	}
	return s, answer, nil
}

func (s *Session) login(login Login, demanded []string) (Answer, error) {
	greeting, err := Parse(s.conn.Greeting())
	if err != nil {
		return Answer{}, err
	}
	services := greeting.At("greeting", "svcMenu")
	for _, uri := range services.All("objURI") {
		login.Objects = append(login.Objects, uri.Text)
	}
	for _, uri := range services.At("svcExtension").All("extURI") {
		if !slices.Contains(demanding, uri.Text) || slices.Contains(demanded, uri.Text) {
			login.Extensions = append(login.Extensions, uri.Text)
		}
	}
	s.announced = login.Extensions
	if !slices.Contains(s.announced, loginSecURI) {
		login.Agent = ""
		if login.NeedsLoginSec() {
			return Answer{}, fmt.Errorf("the server does not offer loginSec-1.0 (RFC 8807): a password has at most %d characters there", MaxPassword)
		}
	}
	frame, err := Frame(login, NewTRID())
	if err != nil {
		return Answer{}, err
	}
	answer, err := s.conn.Exchange(frame)
	if err != nil {
		return Answer{}, err
	}
	return ParseAnswer(answer)
}

// Announced reports whether the login announced all of these namespaces of extensions.
func (s *Session) Announced(uris ...string) bool {
	for _, uri := range uris {
		if !slices.Contains(s.announced, uri) {
			return false
		}
	}
	return true
}

// AsksTTL reports whether an info can ask for TTLs in this session.
func (s *Session) AsksTTL() bool { return s.Announced(ttlURI) }

// Do sends a command of this package and reads its answer.
func (s *Session) Do(command any, clTRID string) (Answer, error) {
	frame, err := Frame(command, clTRID)
	if err != nil {
		return Answer{}, err
	}
	answer, err := s.Exchange(frame)
	if err != nil {
		return Answer{}, err
	}
	return ParseAnswer(answer)
}

// Exchange sends a frame as it is and returns the frame that answers it.
func (s *Session) Exchange(frame []byte) ([]byte, error) {
	if s.Sent != nil {
		s.Sent(frame)
	}
	answer, err := s.conn.Exchange(frame)
	if err == nil && s.Received != nil {
		s.Received(answer)
	}
	return answer, err
}

// Close logs out and ends the connection.
func (s *Session) Close() error {
	frame, err := Frame(Logout{}, NewTRID())
	if err == nil {
		_, err = s.conn.Exchange(frame)
	}
	s.conn.Close()
	return err
}

// NewTRID returns a client transaction id that no other command has. RFC 5730 section 4.2,
// trIDStringType: 3 to 64 characters.
func NewTRID() string { return "CLI-" + strings.ToUpper(rand.Text()[:16]) }
