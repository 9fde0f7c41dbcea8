package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictjson"
	"example.org/dorado/front/console"
)

// What the console and the operator ask of the test environment on a node that does not run it goes to the one that does, as
// HTTP over the link. Each request names the lease under which its sender believes the other to be, and is refused under
// another, before anything is done.

// leaseHeader has the number of the lease.
const leaseHeader = "Dorado-Lease"

// actsPath is where the acts of the console are asked for; the operator's are at the paths of the control socket.
const actsPath = "/acts"

// An oteAct is something that the console asks of a registrar's sandbox.
type oteAct struct {
	Act  string
	Who  registry.RegistrarID
	ID   registry.RegistrarID `json:",omitzero"` // of a credential
	Mail string               `json:",omitzero"`
	Move registry.SandboxMove `json:",omitzero"`
}

// An oteAnswer is what became of it: one of the three.
type oteAnswer struct {
	Answer      json.RawMessage `json:",omitempty"`
	Refusal     *registry.Error `json:",omitempty"`
	Unavailable string          `json:",omitempty"`
}

// A shownSandbox is a sandbox that may not have been made.
type shownSandbox struct {
	Sandbox registry.Sandbox
	Made    bool
}

// do does what is asked for.
func (o ownSandboxes) do(ctx context.Context, a oteAct) (any, error) {
	switch a.Act {
	case "show":
		s, made, err := o.Sandbox(ctx, a.Who)
		return shownSandbox{s, made}, err
	case "make":
		return o.Make(ctx, a.Who)
	case "credential":
		return o.AddCredential(ctx, a.Who)
	case "password":
		return o.NewPassword(ctx, a.Who, a.ID)
	case "refill":
		return nil, o.Refill(ctx, a.Who, a.ID)
	case "move":
		return o.Move(ctx, a.Who, a.Move)
	case "reset":
		return nil, o.Reset(ctx, a.Who)
	case "mails":
		return o.Mails(ctx, a.Who)
	case "mail":
		return o.Mail(ctx, a.Who, a.Mail)
	}
	return nil, refuse(registry.UnimplementedCommand, "this node does not know %q: its version is older", a.Act)
}

// answerAct answers another node.
func (h *house) answerAct(w http.ResponseWriter, r *http.Request) {
	var a oteAct
	if err := strictjson.ReadSome(r.Body, &a); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	var said oteAnswer
	answer, err := ownSandboxes{h.ote}.do(r.Context(), a)
	if err == nil {
		said.Answer, err = json.Marshal(answer)
	}
	var refusal *registry.Error
	switch {
	case err == nil:
	case errors.As(err, &refusal):
		said.Refusal = refusal
	case errors.Is(err, registry.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		said.Unavailable = err.Error()
	default:
		h.log.Error("do in a sandbox what another node asks for", "act", a.Act, "registrar", a.Who, "error", err)
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, said)
}

// underLease refuses what is meant for the holder of another lease.
func (t *testNode) underLease(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fence, mine := t.lease()
		if number := strconv.FormatInt(fence.Number, 10); !mine || r.Header.Get(leaseHeader) != number {
			writeJSON(w, http.StatusMisdirectedRequest, map[string]string{"error": errNotTaken.Error()})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// errMidway is of an act whose end is not known.
var errMidway = fmt.Errorf("%w: the node that runs the test environment did not answer to the end; look whether it was done before doing it again",
	registry.ErrUnavailable)

// ask sends a request to the node that runs the test environment. Nothing is sent twice that may have been done.
func (t *testNode) ask(ctx context.Context, method, path string, body []byte) (status int, answer []byte, err error) {
	for {
		finding, cancel := context.WithTimeout(ctx, reachTime)
		conn, holder, err := t.reach(finding, linkTestActs, func(net.Conn) error { return nil })
		cancel()
		if err != nil {
			return 0, nil, fmt.Errorf("%w: %w", registry.ErrUnavailable, err)
		}
		r, err := http.NewRequestWithContext(ctx, method, controlURL+path, bytes.NewReader(body))
		if err != nil {
			return 0, nil, errors.Join(err, conn.Close())
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(leaseHeader, strconv.FormatInt(holder.Number, 10))
		status, answer, err = exchangeOver(conn, r)
		switch {
		case err != nil:
			return 0, nil, fmt.Errorf("%w (%w)", errMidway, err)
		case status != http.StatusMisdirectedRequest:
			return status, answer, nil
		}
		t.forget(holder)
		select {
		case <-ctx.Done():
			return 0, nil, fmt.Errorf("%w: %w", registry.ErrUnavailable, errNotTaken)
		case <-time.After(reachPause):
		}
	}
}

// exchangeOver sends a request over a connection, and reads its answer to the end.
func exchangeOver(conn net.Conn, r *http.Request) (status int, answer []byte, err error) {
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) { return conn, nil }}
	defer conn.Close()
	response, err := transport.RoundTrip(r)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxControlAnswer))
	return response.StatusCode, answer, err
}

// askFor has an act done by the node that runs the test environment.
func askFor[A any](ctx context.Context, t *testNode, a oteAct) (answer A, err error) {
	body, err := json.Marshal(a)
	if err != nil {
		return answer, err
	}
	status, data, err := t.ask(ctx, http.MethodPost, actsPath, body)
	if err != nil {
		return answer, err
	}
	var said oteAnswer
	if status != http.StatusOK {
		return answer, fmt.Errorf("the node that runs the test environment answers %d %s", status, data)
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return answer, err
	}
	switch {
	case said.Refusal != nil:
		return answer, said.Refusal
	case said.Unavailable != "":
		return answer, fmt.Errorf("%w: %s", registry.ErrUnavailable, said.Unavailable)
	case len(said.Answer) == 0:
		return answer, nil
	}
	return answer, json.Unmarshal(said.Answer, &answer)
}

// anySandboxes are the sandboxes wherever they are.
type anySandboxes struct{ tests *testNode }

// doAnywhere does an act here or where the test environment runs.
func doAnywhere[A any](ctx context.Context, t *testNode, a oteAct) (answer A, err error) {
	if !t.mine() {
		return askFor[A](ctx, t, a)
	}
	done, err := ownSandboxes{t.all}.do(ctx, a)
	if typed, ok := done.(A); ok {
		answer = typed
	}
	return answer, err
}

// Sandbox is console.Sandboxes.
func (s anySandboxes) Sandbox(ctx context.Context, who registry.RegistrarID) (registry.Sandbox, bool, error) {
	shown, err := doAnywhere[shownSandbox](ctx, s.tests, oteAct{Act: "show", Who: who})
	return shown.Sandbox, shown.Made, err
}

// Make is console.Sandboxes.
func (s anySandboxes) Make(ctx context.Context, who registry.RegistrarID) ([]registry.SandboxPassword, error) {
	return doAnywhere[[]registry.SandboxPassword](ctx, s.tests, oteAct{Act: "make", Who: who})
}

// AddCredential is console.Sandboxes.
func (s anySandboxes) AddCredential(ctx context.Context, who registry.RegistrarID) (registry.SandboxPassword, error) {
	return doAnywhere[registry.SandboxPassword](ctx, s.tests, oteAct{Act: "credential", Who: who})
}

// NewPassword is console.Sandboxes.
func (s anySandboxes) NewPassword(ctx context.Context, who, id registry.RegistrarID) (registry.SandboxPassword, error) {
	return doAnywhere[registry.SandboxPassword](ctx, s.tests, oteAct{Act: "password", Who: who, ID: id})
}

// Refill is console.Sandboxes.
func (s anySandboxes) Refill(ctx context.Context, who, id registry.RegistrarID) error {
	_, err := doAnywhere[any](ctx, s.tests, oteAct{Act: "refill", Who: who, ID: id})
	return err
}

// Move is console.Sandboxes.
func (s anySandboxes) Move(ctx context.Context, who registry.RegistrarID, m registry.SandboxMove) (console.SandboxMoved, error) {
	return doAnywhere[console.SandboxMoved](ctx, s.tests, oteAct{Act: "move", Who: who, Move: m})
}

// Reset is console.Sandboxes.
func (s anySandboxes) Reset(ctx context.Context, who registry.RegistrarID) error {
	_, err := doAnywhere[any](ctx, s.tests, oteAct{Act: "reset", Who: who})
	return err
}

// Mails is console.Sandboxes.
func (s anySandboxes) Mails(ctx context.Context, who registry.RegistrarID) ([]registry.SandboxMail, error) {
	return doAnywhere[[]registry.SandboxMail](ctx, s.tests, oteAct{Act: "mails", Who: who})
}

// Mail is console.Sandboxes.
func (s anySandboxes) Mail(ctx context.Context, who registry.RegistrarID, id string) (registry.SandboxMail, error) {
	return doAnywhere[registry.SandboxMail](ctx, s.tests, oteAct{Act: "mail", Who: who, Mail: id})
}
