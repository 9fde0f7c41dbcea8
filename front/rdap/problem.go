package rdap

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.org/dorado/core/registry"
)

// A problem is why a query is not answered: a status of HTTP, a sentence, and when it may be asked again.
type problem struct {
	status int
	says   string
	retry  time.Duration
}

func failed(status int, says string) *problem { return &problem{status: status, says: says} }

// refuse answers with a problem.
func (h *Handler) refuse(w http.ResponseWriter, p *problem) {
	if p.status == http.StatusUnauthorized {
		h.challenge(w)
	}
	if p.retry > 0 {
		w.Header().Set("Access-Control-Expose-Headers", "Retry-After")                        // to scripts of other pages, too
		w.Header().Set("Retry-After", strconv.Itoa(int((p.retry+time.Second-1)/time.Second))) // RFC 9110 section 10.2.3
	}
	h.fail(w, p.status, p.says)
}

// fail answers with an error object. RFC 9083 section 6.
func (h *Handler) fail(w http.ResponseWriter, status int, reason string) {
	h.write(w, status, errorObjectOf(status, reason))
}

func errorObjectOf(status int, reason string) errorObject {
	return errorObject{
		Conformance: conformance(), Code: status,
		Title: http.StatusText(status), Description: []string{reason},
	}
}

// retrySeconds is when a client may ask again that found the registry away: as long as another node takes to
// do the work of one that died, and a little.
const retrySeconds = 10

// faultOf is what is told of a fault, which only the log knows more of.
func (h *Handler) faultOf(q query, err error) *problem {
	unavailable := &problem{
		http.StatusServiceUnavailable, fmt.Sprintf("the registry is temporarily unavailable; try again in %d seconds", retrySeconds),
		retrySeconds * time.Second,
	}
	switch {
	case errors.Is(err, context.Canceled): // the client has gone, which is no fault
		h.config.Log.Debug("a query was not answered", "query", short(q.asked), "err", err)
		return unavailable
	case errors.Is(err, registry.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		h.config.Log.Warn("a query was not answered", "query", short(q.asked), "err", err)
		return unavailable
	}
	h.config.Log.Error("a query was not answered", "query", short(q.asked), "err", err)
	return failed(http.StatusInternalServerError, "the registry cannot answer now; try again later")
}

// refuseOrFault answers an error of flow.
func (h *Handler) refuseOrFault(w http.ResponseWriter, q query, err error) {
	var refusal *registry.Error
	if !errors.As(err, &refusal) {
		h.refuse(w, h.faultOf(q, err))
		return
	}
	h.refuse(w, problemOf(q, refusal))
}

// problemOf returns what a refusal is in HTTP. What this registry does not run is not found, like what nobody has
// registered. RFC 9082 section 4.1 has 422 for a search of a style that is not served.
func problemOf(q query, refusal *registry.Error) *problem {
	status := http.StatusInternalServerError
	switch refusal.Code {
	case registry.ObjectMissing:
		status = http.StatusNotFound
	case registry.ParameterSyntax:
		status = http.StatusNotFound
		if q.search != "" || refusal.Field == "purpose" {
			status = http.StatusBadRequest
		}
	case registry.ParameterMissing:
		status = http.StatusForbidden
	case registry.ParameterPolicy, registry.ParameterRange:
		status = http.StatusUnprocessableEntity
	case registry.Authentication, registry.Authorization:
		status = http.StatusUnauthorized
	}
	return &problem{status, reasonOf(refusal), refusal.Wait}
}

// reasonOf is what is wrong in the words of HTTP: a purpose comes in a header.
func reasonOf(refusal *registry.Error) string {
	if refusal.Code == registry.ParameterMissing && refusal.Field == "purpose" {
		return refusal.Reason + " in the header " + PurposeHeader
	}
	return refusal.Reason
}
