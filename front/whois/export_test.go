package whois

import (
	"io"
	"time"
)

// Answer answers one query without a socket.
func (s *Server) Answer(query string) string {
	return string(s.answer(nil, []byte(query), time.Now().Add(10*time.Second)))
}

// ReadLine reads one query of up to limit octets.
func ReadLine(r io.Reader, limit int) (string, error) {
	line, _, err := readLine(r, make([]byte, limit+2))
	return string(line), err
}

// Parse returns the form and the canonical name of what a query asks for.
func Parse(query string) (form, id string, err error) {
	asked, err := parse(query)
	return asked.key.Form, asked.key.ID, err
}

// InSeconds tells a time as a refusal does.
func InSeconds(d time.Duration) string { return inSeconds(d) }
