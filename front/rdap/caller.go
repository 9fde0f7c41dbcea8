package rdap

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// PurposeHeader is the header in which somebody who is known says what for he asks.
const PurposeHeader = "RDAP-Purpose"

// identify verifies the credentials of a request: a registrar's id and EPP password, or an access token. RFC 7481 section
// 3.2, RFC 7617, RFC 6750. Wrong ones are answered no sooner than a while, and count as a stranger's query; so do those that
// cannot be verified now. The log hears of no more than that.
func (h *Handler) identify(r *http.Request, q *query) *problem {
	begun := time.Now()
	var err error
	id, password, basic := r.BasicAuth()
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case len(r.Header.Values("Authorization")) != 1 || r.TLS == nil && !h.behindProxy(r):
		return h.counted(q.from, failed(http.StatusBadRequest, "credentials come once, and over TLS"))
	case basic:
		k := flow.Credentials{Registrar: registry.RegistrarID(id), Password: password, From: q.from}
		q.caller, err = h.service().CallerByPassword(r.Context(), k)
	case strings.EqualFold(scheme, "Bearer") && !h.config.Sandbox: // RFC 9110 section 11.1
		q.caller, err = h.service().CallerByToken(r.Context(), strings.TrimSpace(token))
	default:
		return h.counted(q.from, failed(http.StatusUnauthorized, h.words().send))
	}
	q.caller.Purpose = strings.TrimSpace(r.Header.Get(PurposeHeader))
	if err == nil {
		return nil
	}
	var refusal *registry.Error
	refused := errors.As(err, &refusal)
	if refused {
		pause(r, h.config.Refusal-time.Since(begun))
	}
	if tooMany := h.count(q.from, ""); tooMany != nil {
		return tooMany
	}
	if !refused {
		return h.faultOf(*q, err)
	}
	h.config.Log.Warn("credentials for a lookup were refused", "address", q.from, "id", short(id), "reason", refusal.Private)
	switch {
	case refusal.Wait > 0: // the right ones would be refused as well. RFC 6585 section 4
		return &problem{http.StatusTooManyRequests, refusal.Reason, refusal.Wait}
	case h.config.Sandbox:
		return failed(http.StatusUnauthorized, "the credential's id or its password is wrong")
	}
	return failed(http.StatusUnauthorized, refusal.Reason)
}

// A credentialWords says what credentials are taken.
type credentialWords struct {
	send       string
	challenges []string // RFC 9110 section 11.6.1
}

func (h *Handler) words() credentialWords {
	if h.config.Sandbox {
		return credentialWords{
			"send a credential's id, such as OTE1001-A, and its EPP password, by HTTP Basic authentication",
			[]string{`Basic realm="credential of the test environment and its EPP password", charset="UTF-8"`},
		}
	}
	return credentialWords{
		"send a registrar's id and EPP password by HTTP Basic authentication, or an access token as Bearer",
		[]string{`Basic realm="registrar id and EPP password", charset="UTF-8"`, `Bearer realm="access token of the registry"`},
	}
}

// behindProxy reports whether a request came through a proxy of ours, which has taken the TLS off.
func (h *Handler) behindProxy(r *http.Request) bool {
	return within(h.config.Proxies, policy.Address(r.RemoteAddr))
}

// pause waits, or until nobody waits for the answer any more.
func pause(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// challenge says what credentials are taken.
func (h *Handler) challenge(w http.ResponseWriter) {
	for _, c := range h.words().challenges {
		w.Header().Add("WWW-Authenticate", c)
	}
}
