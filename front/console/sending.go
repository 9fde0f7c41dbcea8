package console

import (
	"net/http"
	"sync"

	"example.org/dorado/core/registry"
)

// How many files are on their way at once, of those that are read while they are sent: to one user, and to all of one
// registrar. One takes a connection to the database again and again for up to longestFile.
const (
	filesOfUser      = 3
	filesOfRegistrar = 10
)

// sending counts the files that are on their way.
type sending struct {
	mu         sync.Mutex
	users      map[registry.UserID]int
	registrars map[registry.RegistrarID]int
}

// begin reports whether one more file may be sent to a user; end says that it was.
func (s *sending) begin(u registry.User) (end func(), may bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[u.ID] >= filesOfUser || s.registrars[u.Registrar] >= filesOfRegistrar {
		return nil, false
	}
	if s.users == nil {
		s.users, s.registrars = map[registry.UserID]int{}, map[registry.RegistrarID]int{}
	}
	s.users[u.ID]++
	s.registrars[u.Registrar]++
	return func() { s.ended(u) }, true
}

func (s *sending) ended(u registry.User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[u.ID]--; s.users[u.ID] == 0 {
		delete(s.users, u.ID)
	}
	if s.registrars[u.Registrar]--; s.registrars[u.Registrar] == 0 {
		delete(s.registrars, u.Registrar)
	}
}

// crowded answers that too many files are on their way to the visitor already.
func (v *visit) crowded() error {
	v.headers().Set("Retry-After", "10")
	v.problem(http.StatusTooManyRequests, v.t("Too many files at once"),
		v.t("Files are on their way to you already. Wait until one has come, and ask for this one again."))
	return nil
}
