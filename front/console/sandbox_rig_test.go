package console

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// testSandboxes are test environments in memory, as the page needs them.
type testSandboxes struct {
	now func() time.Time

	mu        sync.Mutex
	of        map[registry.RegistrarID]*registry.Sandbox
	mails     []registry.SandboxMail
	passwords int   // made
	fails     error // of everything
}

func newTestSandboxes(now func() time.Time) *testSandboxes {
	return &testSandboxes{now: now, of: map[registry.RegistrarID]*registry.Sandbox{}, mails: []registry.SandboxMail{
		{ID: "m2", At: now(), To: "ana@example.com", Subject: "Transfer <requested>", Text: "To: ana@example.com\n\n<script>alert(1)</script> & all"},
	}}
}

func refuse(code registry.Code, field, reason string) error {
	return &registry.Error{Code: code, Field: field, Reason: reason}
}

func (s *testSandboxes) password(id registry.RegistrarID) registry.SandboxPassword {
	s.passwords++
	return registry.SandboxPassword{ID: id, Password: fmt.Sprintf("made-%d-<&>", s.passwords)}
}

func (s *testSandboxes) Sandbox(_ context.Context, who registry.RegistrarID) (registry.Sandbox, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	box := s.of[who]
	if box == nil || s.fails != nil {
		return registry.Sandbox{}, false, s.fails
	}
	b := *box
	b.Now = s.now().Add(b.Offset)
	return b, true, nil
}

func (s *testSandboxes) Make(_ context.Context, who registry.RegistrarID) ([]registry.SandboxPassword, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[who] != nil {
		return nil, refuse(registry.ObjectExists, "", "it is there already")
	}
	name := strings.Replace(string(who), "H", "OTE", 1)
	box := &registry.Sandbox{Name: name, Registrar: who, Made: s.now(), Ticks: map[string]registry.SandboxTick{}}
	var made []registry.SandboxPassword
	for _, letter := range []string{"-A", "-B"} {
		id := registry.RegistrarID(name + letter)
		box.Credentials = append(box.Credentials, registry.SandboxCredential{ID: id, Available: ledger.Money(1_000_00), Changed: s.now()})
		made = append(made, s.password(id))
	}
	s.of[who] = box
	return made, nil
}

func (s *testSandboxes) AddCredential(_ context.Context, who registry.RegistrarID) (registry.SandboxPassword, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	box := s.of[who]
	if len(box.Credentials) == 3 {
		return registry.SandboxPassword{}, refuse(registry.ParameterPolicy, "", "there are as many credentials as there can be")
	}
	id := registry.RegistrarID(box.Name + "-C")
	box.Credentials = append(box.Credentials, registry.SandboxCredential{ID: id, Available: 1_000_00, Changed: s.now()})
	return s.password(id), nil
}

// credential does something to one credential.
func (s *testSandboxes) credential(who, id registry.RegistrarID, do func(*registry.SandboxCredential)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.of[who].Credentials {
		if c := &s.of[who].Credentials[i]; c.ID == id {
			do(c)
			return nil
		}
	}
	return refuse(registry.ObjectMissing, "", "there is no such credential")
}

func (s *testSandboxes) NewPassword(_ context.Context, who, id registry.RegistrarID) (made registry.SandboxPassword, err error) {
	err = s.credential(who, id, func(c *registry.SandboxCredential) {
		c.Changed = c.Changed.Add(time.Second)
		made = s.password(id)
	})
	return made, err
}

func (s *testSandboxes) Refill(_ context.Context, who, id registry.RegistrarID) error {
	return s.credential(who, id, func(c *registry.SandboxCredential) { c.Available = 1_000_00 })
}

func (s *testSandboxes) Move(_ context.Context, who registry.RegistrarID, move registry.SandboxMove) (SandboxMoved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	box := s.of[who]
	by := 46 * 24 * time.Hour
	switch {
	case move.Advance != "" && move.Advance != "46d":
		return SandboxMoved{}, refuse(registry.ParameterSyntax, "advance", "write a length of time such as 46d")
	case move.To != "":
		to, err := time.Parse(time.DateOnly, move.To)
		if err != nil {
			return SandboxMoved{}, refuse(registry.ParameterSyntax, "to", "write an instant such as 2027-06-01")
		}
		by = to.Sub(s.now().Add(box.Offset))
	case move.Next == "nobody.example":
		return SandboxMoved{}, refuse(registry.ObjectMissing, "next", "the name is not registered")
	}
	was := s.now().Add(box.Offset)
	box.Offset += by
	moved := SandboxMoved{Was: was, Now: was.Add(by), Renewed: 3, Charges: 2, Mails: 1}
	if move.Next != "" {
		moved = SandboxMoved{Was: was, Now: was.Add(by), Event: move.Next + " expires"}
	}
	return moved, nil
}

func (s *testSandboxes) Reset(_ context.Context, who registry.RegistrarID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	box := s.of[who]
	box.Offset, box.Made = 0, box.Made.Add(time.Second)
	return nil
}

func (s *testSandboxes) Mails(context.Context, registry.RegistrarID) ([]registry.SandboxMail, error) {
	return s.mails, nil
}

func (s *testSandboxes) Mail(_ context.Context, _ registry.RegistrarID, id string) (registry.SandboxMail, error) {
	for _, m := range s.mails {
		if m.ID == id {
			return m, nil
		}
	}
	return registry.SandboxMail{}, refuse(registry.ObjectMissing, "", "there is no such mail")
}
