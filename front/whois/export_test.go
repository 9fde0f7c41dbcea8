package whois

import "context"

// Answer answers one query without a socket.
func (s *Server) Answer(query string) string { return s.answer(context.Background(), query) }

// ReadLine and Parse are the two steps from octets to a name.
var (
	ReadLine = readLine
	Parse    = parse
)
