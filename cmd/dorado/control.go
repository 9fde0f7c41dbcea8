package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictjson"
)

// The control protocol is JSON over HTTP on a Unix socket that only its owner can open: the file's
// mode is the whole of its authentication.

// maxSocketPath is what every Unix takes for the path of a socket: sun_path less its final zero.
const maxSocketPath = 103

// socketPath returns the shortest path of a directory's socket.
func socketPath(dir string) (string, error) {
	path := filepath.Join(dir, socketFile)
	if here, err := os.Getwd(); err == nil && filepath.IsAbs(path) {
		if shorter, err := filepath.Rel(here, path); err == nil && len(shorter) < len(path) {
			path = shorter
		}
	}
	if len(path) > maxSocketPath {
		return "", fmt.Errorf("the path %s is too long for a Unix socket (%d bytes, %d at most); use a shorter --dir", path, len(path), maxSocketPath)
	}
	return path, nil
}

// listenControl opens the socket of a directory whose lock the caller holds, so that a socket that
// is there was left behind.
func listenControl(dir string) (net.Listener, error) {
	path, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	// The directory is closed to others as well, so nobody came in between.
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// controlTime bounds a request from the command line; moving the clock by years takes a while.
const controlTime = 30 * time.Minute

// controlURL stands before a path of the control socket; no name is looked up.
const controlURL = "http://registry"

// controlClient returns a client for the registry that runs in a directory.
func controlClient(dir string) (*http.Client, error) {
	socket, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	return &http.Client{Timeout: controlTime, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		},
	}}, nil
}

// call sends one request to the registry that runs in a directory and decodes its answer.
func call(ctx context.Context, dir, method, path string, request, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, controlURL+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	return exchange(dir, r, answer)
}

// exchange hands a request to the registry that runs in a directory and decodes its answer.
func exchange(dir string, r *http.Request, answer any) error {
	response, err := send(dir, r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return decodeAnswer(response, answer)
}

// send hands a request to the registry that runs in a directory. Whoever sends it closes the answer's body.
func send(dir string, r *http.Request) (*http.Response, error) {
	client, err := controlClient(dir)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(r)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, fmt.Errorf("no registry is running in %s; start it with dorado serve --dir %s or dorado demo --dir %s, or name another --dir", dir, dir, dir)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("the registry in %s belongs to another user of this machine; run this as that user", dir)
	}
	return response, err
}

// maxControlAnswer bounds what the command line keeps of an answer.
const maxControlAnswer = 64 << 20

func decodeAnswer(response *http.Response, answer any) error {
	data, err := io.ReadAll(io.LimitReader(response.Body, maxControlAnswer))
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		var refused struct{ Error string }
		if json.Unmarshal(data, &refused) == nil && refused.Error != "" {
			return errors.New(refused.Error)
		}
		return fmt.Errorf("the registry answers %s", response.Status)
	}
	return json.Unmarshal(data, answer)
}

// answerJSON makes a handler of a function from a request to an answer. An error of the registry's
// rules or of the request is told; any other is logged and told as a fault.
func answerJSON[Q, A any](h *house, do func(context.Context, *http.Request, Q) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var question Q
		if r.Method != http.MethodGet {
			if err := strictjson.Read(r.Body, &question); err != nil {
				writeJSON(w, http.StatusBadRequest, map[string]string{"error": "the request is not the JSON that is expected: " + err.Error()})
				return
			}
		}
		answer, err := do(r.Context(), r, question)
		h.answer(w, r, answer, err)
	}
}

// answer writes an answer or what stands against it.
func (h *house) answer(w http.ResponseWriter, r *http.Request, answer any, err error) {
	var refusal *registry.Error
	var mistake mistake
	switch {
	case err == nil:
		writeJSON(w, http.StatusOK, answer)
	case errors.As(err, &refusal):
		writeJSON(w, http.StatusConflict, map[string]string{"error": refusal.Error()})
	case errors.As(err, &mistake):
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": mistake.Error()})
	default:
		h.log.Error("answer an operator", "path", r.URL.Path, "error", err)
		says := "the registry has a fault; its log says more"
		if away := h.condition(r.Context()).err; away != nil {
			says = away.Error() + "; the registry tries again by itself"
		}
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": says})
	}
}

// A mistake is an error of whoever asked.
type mistake struct{ error }

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // whoever asked may be gone; there is nobody to tell
}

// control returns the handler of the control socket.
func (h *house) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /registrars", answerJSON(h, h.listRegistrars))
	mux.HandleFunc("POST /registrars", answerJSON(h, h.addRegistrar))
	h.money(mux)
	h.holds(mux)
	mux.HandleFunc("GET /registrars/{id}", answerJSON(h, h.showRegistrar))
	mux.HandleFunc("POST /registrars/{id}/limits", answerJSON(h, h.limitRegistrar))
	mux.HandleFunc("POST /registrars/{id}/certificates", answerJSON(h, h.addCertificate))
	mux.HandleFunc("DELETE /registrars/{id}/certificates/{fingerprint}", answerJSON(h, h.removeCertificate))
	mux.HandleFunc("POST /registrars/{id}/poll", answerJSON(h, h.switchPoll))
	mux.HandleFunc("GET /maintenances", answerJSON(h, h.listMaintenances))
	mux.HandleFunc("POST /maintenances", answerJSON(h, h.addMaintenance))
	mux.HandleFunc("POST /maintenances/{id}", answerJSON(h, h.changeMaintenance))
	mux.HandleFunc("DELETE /maintenances/{id}", answerJSON(h, h.cancelMaintenance))
	mux.HandleFunc("POST /log", answerJSON(h, h.readLog))
	mux.HandleFunc("POST /history", answerJSON(h, h.readHistory))
	mux.HandleFunc("POST /history/at", answerJSON(h, h.readPast))
	h.mails(mux)
	h.bills(mux)
	h.notices(mux)
	mux.HandleFunc("GET /names/{name}/timeline", answerJSON(h, h.readTimeline))
	h.offers(mux)
	h.priceLists(mux)
	h.promotions(mux)
	h.accounts(mux)
	h.objects(mux)
	h.ledgers(mux)
	h.publications(mux)
	h.keyRoutes(mux)
	h.transfers(mux)
	h.accessRoutes(mux)
	h.userRoutes(mux)
	h.childZones(mux)
	h.testRoutes(mux)
	mux.HandleFunc("GET /names", answerJSON(h, h.listNames))
	mux.HandleFunc("GET /idn", answerJSON(h, h.showVariants))
	mux.HandleFunc("POST /explain", answerJSON(h, h.explain))
	mux.HandleFunc("GET /nodes", answerJSON(h, h.listNodes))
	mux.HandleFunc("GET /clock", answerJSON(h, h.showClock))
	mux.HandleFunc("POST /clock", answerJSON(h, h.moveClock))
	addProfile(h, mux)
	return mux
}
