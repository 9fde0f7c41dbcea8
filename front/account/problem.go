package account

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"example.org/dorado/core/registry"
)

// A problem is an error for a program to read. RFC 9457 section 3.1; its type is about:blank, which need not be said.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func problemOf(status int, detail string) answer {
	return answer{status: status, body: problem{http.StatusText(status), status, detail}}
}

// retryUnavailable is when a client may ask again that found the registry away, or too busy.
const retryUnavailable = 10 * time.Second

// refused returns the answer to a request that flow refused or could not answer. A wrong id and a wrong password are
// told in one and the same way.
func refused(err error) answer {
	e, isRefusal := errors.AsType[*registry.Error](err)
	switch {
	case !isRefusal && (errors.Is(err, registry.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)):
		a := problemOf(http.StatusServiceUnavailable, "the registry cannot answer now; try again in 10 seconds")
		a.retry, a.fault = retryUnavailable, errors.Join(registry.ErrUnavailable, err)
		return a
	case !isRefusal:
		a := problemOf(http.StatusInternalServerError, "the registry cannot answer now; try again later")
		a.fault = err
		return a
	}
	status, detail := statusOf(e), e.Reason
	if e.Rule == "credentialsAreRight" { // which speaks of addresses, too; they do not matter here
		detail = "the registrar id or the password is wrong; send the registrar id and the EPP password"
	}
	a := problemOf(status, detail)
	a.retry, a.check = e.Wait, cmp.Or(e.Private, e.Reason)
	return a
}

// statusOf returns the HTTP status of a refusal. Nothing but credentials is refused here.
func statusOf(e *registry.Error) int {
	switch {
	case e.Wait > 0:
		return http.StatusTooManyRequests
	case e.Code == registry.Authentication:
		return http.StatusUnauthorized
	}
	return http.StatusForbidden
}
