package ftps

import (
	"crypto/tls"
	"slices"
)

// A client that opens a data connection mostly resumes the TLS session of its control connection. A ticket that such a
// session was given bears the id of the control connection, so that it can be told whether a data connection resumes
// that one and no other: then whoever is at the other end has the keys of who logged in. RFC 4217 section 7.
type ticket struct {
	id    string
	known []string // ids of the session that the control connection itself has resumed
	own   bool     // the last data connection has resumed it
}

// ticketMark begins what tickets bear.
const ticketMark = "dorado ftps "

// config4 is the TLS of a control connection, or of a data connection of it.
func (s *Server) config4(t *ticket, control bool) *tls.Config {
	c := s.tls.Clone()
	c.WrapSession = func(state tls.ConnectionState, session *tls.SessionState) ([]byte, error) {
		mark := []byte(ticketMark + t.id)
		session.Extra = append(slices.DeleteFunc(session.Extra, isMark), mark)
		return s.tls.EncryptTicket(state, session)
	}
	c.UnwrapSession = func(identity []byte, state tls.ConnectionState) (*tls.SessionState, error) {
		session, err := s.tls.DecryptTicket(identity, state)
		if err != nil || session == nil {
			return nil, err
		}
		for _, extra := range session.Extra {
			switch {
			case !isMark(extra):
			case control:
				t.known = append(t.known, string(extra))
			case string(extra) == ticketMark+t.id || slices.Contains(t.known, string(extra)):
				t.own = true
			}
		}
		return session, nil
	}
	return c
}

func isMark(extra []byte) bool {
	return len(extra) > len(ticketMark) && string(extra[:len(ticketMark)]) == ticketMark
}
