package epp

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A session is what a connection knows of its client. RFC 5730 section 2.
type session struct {
	server    *Server
	service   *flow.Service // of the registrar, from the login on
	address   netip.Addr
	handshake *handshake
	chain     []*x509.Certificate // what the client showed, verified only when it logs in

	limits    policy.Limits        // those in force when the frame in hand was waited for
	registrar registry.RegistrarID // empty before login and after the end
	announced []string             // the objects and extensions of the login
	free      func()               // counts the session no more
	failures  int                  // of logins
}

// A verdict is how a request ends.
type verdict struct {
	greet     bool // with a greeting; else by reply and err
	reply     flow.Reply
	err       error     // a *registry.Error, or a fault
	notBefore time.Time // the answer waits until then; zero: it does not
	note      string    // stands behind the usual text of a success
}

// closes reports whether the connection ends with the answer. RFC 5730 section 3: 1500 and 25xx.
func (v verdict) closes() bool {
	e, refusal := errors.AsType[*registry.Error](v.err)
	if !refusal {
		_, bye := v.reply.(ended)
		return bye
	}
	switch e.Code {
	case registry.CommandFailedClosing, registry.AuthenticationClosing, registry.SessionLimitClosing:
		return true
	}
	return false
}

// refused is the verdict of a rule.
func refused(e *registry.Error) verdict { return verdict{err: e} }

// ended is the reply to a logout.
type ended struct{}

// Outcome says that the session ends.
func (ended) Outcome() (registry.Code, string) { return registry.EndingSession, "" }

func (s *session) loggedIn() bool { return s.registrar != "" }

// end makes room for another session of the registrar.
func (s *session) end() {
	if s.loggedIn() {
		s.free()
		s.registrar = ""
	}
	s.service = s.server.config.Service
}

// enter goes to the registry of whom a login names.
func (s *session) enter(ctx context.Context, who registry.RegistrarID) error {
	choose := s.server.config.Choose
	if choose == nil {
		return nil
	}
	service, err := choose(ctx, who)
	if err != nil {
		return err
	}
	s.service = service
	return nil
}

// respond answers a frame: the answer is in out when it returns. Faults are logged here, and nowhere
// else.
func (s *session) respond(ctx context.Context, frame []byte, out *buffer) verdict {
	svTRID, start := s.server.config.NewTRID(), time.Now()
	began := s.loggedIn()
	req, v, err := s.answer(ctx, frame, out, svTRID)
	if err != nil {
		if !began {
			s.end() // what a login came to that the client is not told of
		}
		v = verdict{err: err}
		s.encode(out, &request{clTRID: req.clTRID}, svTRID, v)
	}
	if _, refusal := errors.AsType[*registry.Error](v.err); v.err != nil && !refusal {
		s.server.config.Log.Error("EPP command", "svTRID", svTRID, "registrar", s.registrar, "error", v.err)
	}
	took := time.Since(start)
	s.trace(ctx, req, svTRID, v, took)
	s.observe(req, v, svTRID, took)
	if !s.loggedIn() {
		s.service = s.server.config.Service // not that of a login which was refused
	}
	return v
}

// answer decodes a frame, decides on it and writes the answer. A panic on the way is returned as a fault,
// with what was decoded so far. It is the one place where panics are recovered.
func (s *session) answer(ctx context.Context, frame []byte, out *buffer, svTRID string) (req *request, v verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			req, err = cmp.Or(req, &request{kind: kindBroken}), fault(p)
		}
	}()
	req = decode(frame, s.limits)
	v = s.handle(ctx, req, svTRID)
	s.encode(out, req, svTRID, v)
	return req, v, nil
}

// trace tells a developer what was asked and how it ended, at level debug: no values of the frame but
// the names of domains and hosts.
func (s *session) trace(ctx context.Context, req *request, svTRID string, v verdict, took time.Duration) {
	if v.greet || !s.server.config.Log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	object := ""
	if req.subject.Object == "domain" || req.subject.Object == "host" {
		object = req.subject.ID
	}
	told, _ := outcome(answer{req: req, reply: v.reply, err: v.err})
	s.server.config.Log.Debug("EPP answer", "svTRID", svTRID, "registrar", s.registrar,
		"command", req.subject.Command, "object", req.subject.Object, "name", object,
		"code", told.number, "took", took.Round(time.Microsecond))
}

// complain answers a frame that could not be read to its end.
func (s *session) complain(broken *brokenFrame, out *buffer) verdict {
	v := refused(&registry.Error{Code: registry.CommandFailedClosing, Reason: broken.reason})
	s.encode(out, &request{kind: kindBroken}, s.server.config.NewTRID(), v)
	return v
}

// encode writes the answer behind the room for a header.
func (s *session) encode(out *buffer, req *request, svTRID string, v verdict) {
	out.begin()
	if v.greet {
		out.bytes = appendGreeting(out.bytes, s.greeting())
		return
	}
	announced := s.announced
	if req.kind == kindLogin {
		announced = req.login.extURIs // also of one that is refused
	}
	out.bytes = appendAnswer(out.bytes, answer{
		req: req, svTRID: svTRID, reply: v.reply, err: v.err, now: s.now(), announced: announced, note: v.note,
	})
}

// fault makes a fault of a panic. What a panic says may hold what a registrar sent, which must not reach
// the log, unless the runtime says it.
func fault(panicked any) error {
	if err, ok := panicked.(runtime.Error); ok {
		return fmt.Errorf("panic: %w\n%s", err, debug.Stack())
	}
	return fmt.Errorf("panic with a %T\n%s", panicked, debug.Stack())
}

// handle decides on a request. The order of its checks is the precedence of refusals: 2001, 2002,
// 2307 and 2103, what the codec refuses, what the flow refuses.
func (s *session) handle(ctx context.Context, req *request, svTRID string) verdict {
	began := time.Now()
	e := req.invalid
	switch {
	case e != nil:
	case req.kind == kindHello:
		return verdict{greet: true}
	case req.kind == kindLogin:
		return s.login(ctx, req, svTRID, s.limits)
	case !s.loggedIn():
		e = notLoggedIn()
	default:
		expect(req, s.announced)
		e = cmp.Or(isAnnounced(req, s.announced), req.refusal)
	}
	switch {
	case e != nil:
		return s.refuse(ctx, req, svTRID, e)
	case req.kind == kindLogout:
		return verdict{reply: ended{}}
	case req.kind == kindQuery:
		return s.ask(ctx, req.query)
	case req.kind == kindCommand:
		v := s.run(ctx, req, svTRID, req.command)
		if isLostCreate(req, v.err) {
			v.notBefore = began.Add(s.limits.LostCreate())
		}
		return v
	}
	return verdict{err: fmt.Errorf("request of kind %v", req.kind)}
}

// refuse refuses a request before it reaches its flow. A transform command of a session leaves its
// line in the transaction log all the same. Decisions 4.6.
func (s *session) refuse(ctx context.Context, req *request, svTRID string, e *registry.Error) verdict {
	if !s.loggedIn() || !req.subject.Logged {
		return refused(e)
	}
	return s.run(ctx, req, svTRID, flow.Refused{About: req.subject, Error: e})
}

func (s *session) run(ctx context.Context, req *request, svTRID string, cmd flow.Command) verdict {
	reply, err := s.service.Run(ctx, flow.Request{
		Registrar: s.registrar, ClTRID: req.clTRID, SvTRID: svTRID, Command: cmd,
	})
	return verdict{reply: reply, err: err}
}

// ask asks a query. That the answer was given before is told to the client. Manual 9.7.3.
func (s *session) ask(ctx context.Context, q flow.Query) verdict {
	reply, err := s.service.Ask(ctx, s.registrar, q)
	if cached, ok := reply.(flow.Cached); ok {
		return verdict{reply: cached.Reply, note: cached.Says}
	}
	return verdict{reply: reply, err: err}
}

// isLostCreate reports whether a create found that its object exists. Decisions 4.4.
func isLostCreate(req *request, err error) bool {
	e, refusal := errors.AsType[*registry.Error](err)
	return req.subject.Command == "create" && refusal && e.Code == registry.ObjectExists
}

func notLoggedIn() *registry.Error {
	return &registry.Error{Code: registry.CommandUse, Reason: "there is no session; send a login first"}
}

// isAnnounced refuses an object or an extension that is not among the services. RFC 5730 section
// 2.9.1.1.
func isAnnounced(req *request, services []string) *registry.Error {
	if req.object != "" && !slices.Contains(services, req.object) {
		return &registry.Error{
			Code: registry.UnimplementedService, Field: "objURI", Value: req.object,
			Reason: "the login did not announce this object; name it in svcs, if the greeting has it",
		}
	}
	for _, uri := range req.extensions {
		if !slices.Contains(services, uri) {
			return &registry.Error{
				Code: registry.UnimplementedExt, Field: "extURI", Value: uri,
				Reason: "the login did not announce this extension; name it in svcExtension, if the greeting has it",
			}
		}
	}
	return nil
}

// now is registry time.
func (s *session) now() time.Time { return s.service.Clock().UTC() }

// greeting is what the server says of itself. RFC 5730 section 2.4.
func (s *session) greeting() greeting {
	return greeting{
		serverID: s.server.config.ServerID, now: s.now(), languages: languages(),
		objURIs: objectURIs(), extURIs: extensionURIs(),
	}
}
