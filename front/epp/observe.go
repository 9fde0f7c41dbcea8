package epp

import (
	"errors"
	"slices"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// An Answered is a request that was answered, for who measures. Object and Command are of few values, whatever a client
// sends.
type Answered struct {
	Object  string // domain, host, contact, maint, poll, or session for what is about none
	Command string // such as check or login; other for what is none
	Code    string // such as "1000"
	Took    time.Duration
}

// What has a name in an Answered.
var (
	measuredObjects = []string{"domain", "host", "contact", "maint", "poll"}
	measured        = []string{"check", "info", "create", "delete", "renew", "transfer", "update", "req", "ack"}
)

// observe tells who measures of an answer.
func (s *session) observe(req *request, v verdict, took time.Duration) {
	if s.server.config.Answered == nil {
		return
	}
	a := Answered{Object: "session", Command: "other", Code: number(v), Took: took}
	switch req.kind {
	case kindHello:
		a.Command = "hello"
	case kindLogin:
		a.Command = "login"
	case kindLogout:
		a.Command = "logout"
	case kindBroken, kindCommand, kindQuery:
		if slices.Contains(measuredObjects, req.subject.Object) && slices.Contains(measured, req.subject.Command) {
			a.Object, a.Command = req.subject.Object, req.subject.Command
		}
	}
	s.server.config.Answered(a)
}

// number is the result code of an answer; that of a greeting, which has none, is empty.
func number(v verdict) string {
	code := registry.Completed
	said, speaks := v.reply.(flow.Said)
	var refusal *registry.Error
	switch {
	case v.greet:
		return ""
	case errors.As(v.err, &refusal):
		code = refusal.Code
	case v.err != nil:
		code = registry.CommandFailed
	case speaks:
		code, _ = said.Outcome()
	}
	if r, known := results[code]; known {
		return r.number
	}
	return results[registry.CommandFailed].number
}
