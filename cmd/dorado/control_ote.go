package main

import (
	"context"
	"net/http"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// testRoutes adds what the operator asks of the test environment, on whichever node it runs.
func (h *house) testRoutes(mux *http.ServeMux) {
	all := h.testsAnywhere(h.testMux())
	mux.Handle("/ote", all)
	mux.Handle("/ote/", all)
}

// testMux answers on the node that runs the test environment.
func (h *house) testMux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ote", answerJSON(h, h.listSandboxes))
	mux.HandleFunc("POST /ote", answerJSON(h, h.makeSandbox))
	mux.HandleFunc("GET /ote/{id}", answerJSON(h, h.showSandbox))
	mux.HandleFunc("POST /ote/{id}/clock", answerJSON(h, h.moveSandbox))
	mux.HandleFunc("POST /ote/{id}/credentials", answerJSON(h, h.addSandboxCredential))
	mux.HandleFunc("POST /ote/{id}/password", answerJSON(h, h.newSandboxPassword))
	mux.HandleFunc("POST /ote/{id}/funds", answerJSON(h, h.refillSandbox))
	mux.HandleFunc("POST /ote/{id}/reset", answerJSON(h, h.resetSandbox))
	mux.HandleFunc("DELETE /ote/{id}", answerJSON(h, h.dropSandbox))
	return mux
}

// A sandboxLine is one sandbox as the operator's list shows it.
type sandboxLine struct {
	Name      string    `json:"name"`
	Registrar string    `json:"registrar"`
	Made      time.Time `json:"made"`
	Open      bool      `json:"open"`
	Missing   string    `json:"missing,omitempty"` // why it is not available, if its files are not

	Accreditation policy.AccreditationState `json:"accreditation"`
}

// A sandboxState is a sandbox as the operator is shown it.
type sandboxState struct {
	Name        string                  `json:"name"`
	Registrar   string                  `json:"registrar"`
	Made        time.Time               `json:"made"`
	Now         time.Time               `json:"now"`
	Offset      string                  `json:"offset"`
	Names       int                     `json:"names"`
	Credentials []sandboxCredentialLine `json:"credentials"`

	Accreditation sandboxAccreditation `json:"accreditation"`
}

// A sandboxAccreditation is how far a sandbox has come with the accreditation's list, and the list.
type sandboxAccreditation struct {
	policy.AccreditationState
	Items []policy.AccreditationLine `json:"items"`
}

type sandboxCredentialLine struct {
	ID        string `json:"id"`
	Available string `json:"available"`
}

// A sandboxSecret is a new password, which is shown once.
type sandboxSecret struct {
	ID       string `json:"id"`
	Password string `json:"eppPassword"`
}

// A sandboxOwner asks for the sandbox of a registrar.
type sandboxOwner struct {
	Registrar string `json:"registrar"`
}

// errNoTests is for a process without the role.
var errNoTests = mistake{errNoRole("this process does not run the test environment, and no other shares its database: give it the role ote")}

type errNoRole string

func (e errNoRole) Error() string { return string(e) }

// environment returns the sandboxes, if this process has them.
func (h *house) environment() (*sandboxes, error) {
	if h.ote == nil {
		return nil, errNoTests
	}
	return h.ote, nil
}

// sandboxOf returns the sandbox that a request is about.
func (h *house) sandboxOf(r *http.Request) (*sandbox, error) {
	all, err := h.environment()
	if err != nil {
		return nil, err
	}
	return all.find(r.PathValue("id"))
}

func (h *house) listSandboxes(context.Context, *http.Request, struct{}) ([]sandboxLine, error) {
	all, err := h.environment()
	if err != nil {
		return nil, err
	}
	lines := []sandboxLine{}
	for _, s := range all.list() {
		k := s.kept()
		lines = append(lines, sandboxLine{s.name, string(k.Registrar), k.Made, s.isOpen(), "", policy.AccreditationOf(k.Ticks)})
	}
	for _, m := range all.lacks() {
		lines = append(lines, sandboxLine{Name: m.name, Registrar: string(m.registrar), Missing: m.why})
	}
	return lines, nil
}

func (h *house) makeSandbox(ctx context.Context, _ *http.Request, q sandboxOwner) ([]sandboxSecret, error) {
	all, err := h.environment()
	if err != nil {
		return nil, err
	}
	made, err := all.Make(ctx, registry.RegistrarID(q.Registrar))
	return secretsOf(made...), err
}

func secretsOf(list ...registry.SandboxPassword) []sandboxSecret {
	lines := make([]sandboxSecret, len(list))
	for i, p := range list {
		lines[i] = sandboxSecret{string(p.ID), p.Password}
	}
	return lines
}

func (h *house) showSandbox(ctx context.Context, r *http.Request, _ struct{}) (sandboxState, error) {
	s, err := h.sandboxOf(r)
	if err != nil {
		return sandboxState{}, err
	}
	t, err := s.tell(ctx)
	state := sandboxState{t.Name, string(t.Registrar), t.Made, t.Now, t.Offset.String(), t.Names, nil, sandboxAccreditation{policy.AccreditationOf(t.Ticks), policy.AccreditationLines(t.Ticks)}}
	for _, c := range t.Credentials {
		state.Credentials = append(state.Credentials, sandboxCredentialLine{string(c.ID), c.Available.String()})
	}
	return state, err
}

func (h *house) moveSandbox(ctx context.Context, r *http.Request, m clockMove) (clockState, error) {
	s, err := h.sandboxOf(r)
	if err != nil {
		return clockState{}, err
	}
	return s.move(ctx, m)
}

func (h *house) addSandboxCredential(ctx context.Context, r *http.Request, _ struct{}) (sandboxSecret, error) {
	s, err := h.sandboxOf(r)
	if err != nil {
		return sandboxSecret{}, err
	}
	password, err := s.addCredential(ctx)
	return secretsOf(password)[0], err
}

func (h *house) newSandboxPassword(ctx context.Context, r *http.Request, _ struct{}) (sandboxSecret, error) {
	s, err := h.sandboxOf(r)
	if err != nil {
		return sandboxSecret{}, err
	}
	id, err := s.credential(r.PathValue("id"))
	if err != nil {
		return sandboxSecret{}, err
	}
	password, err := s.newPassword(ctx, id)
	return secretsOf(password)[0], err
}

func (h *house) refillSandbox(ctx context.Context, r *http.Request, _ struct{}) (sandboxState, error) {
	s, err := h.sandboxOf(r)
	if err != nil {
		return sandboxState{}, err
	}
	id, _ := s.credential(r.PathValue("id")) // all of them where none is named
	if err := s.refill(ctx, id); err != nil {
		return sandboxState{}, err
	}
	return h.showSandbox(ctx, r, struct{}{})
}

func (h *house) resetSandbox(ctx context.Context, r *http.Request, _ struct{}) (sandboxState, error) {
	s, err := h.sandboxOf(r)
	if err != nil {
		return sandboxState{}, err
	}
	if err := s.reset(ctx); err != nil {
		return sandboxState{}, err
	}
	return h.showSandbox(ctx, r, struct{}{})
}

func (h *house) dropSandbox(ctx context.Context, r *http.Request, _ struct{}) (struct{}, error) {
	all, err := h.environment()
	if err != nil {
		return struct{}{}, err
	}
	if m, is := all.isMissing(r.PathValue("id")); is {
		return struct{}{}, all.dropMissing(ctx, m)
	}
	s, err := all.find(r.PathValue("id"))
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, all.drop(ctx, s)
}
