package epp

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// An Answered is a request that was answered, for who measures or keeps what was seen. Object, Command and Op are of few
// values, whatever a client sends.
type Answered struct {
	Object  string // domain, host, contact, maint, poll, or session for what is about none
	Command string // such as check or login; other for what is none
	Op      string // of a transfer: request, query, approve, reject or cancel
	Code    string // such as "1000"
	Result  registry.Code
	Took    time.Duration

	// Registrar is whose session it is, and of a login that was refused whom it named; empty before a login.
	Registrar  registry.RegistrarID
	SvTRID     string
	Name       string          // of the domain that it is about; empty of anything else
	Extensions []string        // namespaces: of what the command carries, or what a login announces; not to be changed
	Features   policy.Features // of what is not refused before it reaches the registry
	From       netip.Addr      // whose connection it came by
}

// Act is what matters of it to the accreditation.
func (a Answered) Act() policy.Act {
	return policy.Act{
		Registrar: a.Registrar, SvTRID: a.SvTRID, Object: a.Object, Command: a.Command, Op: a.Op, Name: a.Name, Code: a.Result,
		Features: a.Features, From: a.From,
	}
}

// What has a name in an Answered.
var (
	measuredObjects = []string{"domain", "host", "contact", "maint", "poll"}
	measured        = []string{"check", "info", "create", "delete", "renew", "transfer", "update", "req", "ack"}
)

// observe tells who measures of an answer.
func (s *session) observe(req *request, v verdict, svTRID string, took time.Duration) {
	if s.server.config.Answered == nil {
		return
	}
	a := Answered{
		Object: "session", Command: "other", Result: resultOf(v), Took: took,
		Registrar: s.registrar, SvTRID: svTRID, Extensions: req.extensions, From: s.address,
	}
	a.Code = results[a.Result].number
	switch req.kind {
	case kindHello:
		a.Command = "hello"
	case kindLogin:
		a.Command, a.Extensions = "login", req.login.extURIs
		if !s.loggedIn() {
			a.Registrar = registry.RegistrarID(req.login.clID)
		}
	case kindLogout:
		a.Command = "logout"
	case kindBroken, kindCommand, kindQuery:
		if slices.Contains(measuredObjects, req.subject.Object) && slices.Contains(measured, req.subject.Command) {
			a.Object, a.Command, a.Op = req.subject.Object, req.subject.Command, req.op
		}
		if a.Object == "domain" {
			a.Name = strings.ToLower(req.subject.ID)
		}
	}
	a.Features = featuresOf(req) | s.featuresSeen(v.reply)
	s.server.config.Answered(a)
}

// resultOf is the result of an answer; that of a greeting, which has none, is empty.
func resultOf(v verdict) registry.Code {
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
	if _, known := results[code]; known {
		return code
	}
	return registry.CommandFailed
}

// have returns the features whose conditions hold.
func have(conditions ...feature) policy.Features {
	var all policy.Features
	for _, c := range conditions {
		if c.holds {
			all |= c.is
		}
	}
	return all
}

// A feature is one that a request has if its condition holds.
type feature struct {
	is    policy.Features
	holds bool
}

// featuresOf tells what a request asked for.
func featuresOf(req *request) policy.Features {
	if req.kind == kindLogin {
		_, newPassword, _ := req.login.effective()
		return have(feature{policy.FeatureNewPassword, newPassword != ""})
	}
	switch cmd := req.command.(type) {
	case flow.DomainCreate:
		return have(
			feature{policy.FeatureSeveralYears, cmd.Years > 1}, feature{policy.FeatureHosts, len(cmd.Nameservers) > 0},
			feature{policy.FeatureDS, len(cmd.DS) > 0}, feature{policy.FeatureIDN, cmd.IDN != nil}, feature{policy.FeatureFee, cmd.Fee.Given},
		)
	case flow.DomainUpdate:
		return have(
			feature{policy.FeatureHosts, len(cmd.Add.Nameservers)+len(cmd.Remove.Nameservers) > 0},
			feature{policy.FeatureContacts, len(cmd.Add.Contacts)+len(cmd.Remove.Contacts) > 0 || cmd.Registrant != nil},
			feature{policy.FeatureAuthInfo, cmd.AuthInfo != nil}, feature{policy.FeatureSetStatus, len(cmd.Add.Statuses) > 0},
			feature{policy.FeatureDS, len(cmd.DS.Add) > 0},
		)
	case flow.DomainRestore:
		return have(feature{policy.FeatureRestore, cmd.Report == nil})
	case flow.DomainRenew:
		return have(feature{policy.FeatureSeveralYears, cmd.Years > 1}, feature{policy.FeatureFee, cmd.Fee.Given})
	case flow.DomainTransfer:
		return have(feature{policy.FeatureAuthInfo, cmd.AuthInfo != nil}, feature{policy.FeatureFee, cmd.Fee.Given})
	case flow.HostCreate:
		return have(feature{policy.FeatureAddresses, len(cmd.Addresses) > 0})
	case flow.HostUpdate:
		return have(feature{policy.FeatureAddresses, len(cmd.Add.Addresses)+len(cmd.Remove.Addresses) > 0})
	}
	switch q := req.query.(type) {
	case flow.DomainCheck:
		return have(feature{policy.FeatureSeveral, len(q.Names) > 1}, feature{policy.FeatureFee, q.Fees != nil})
	case flow.DomainInfo:
		return have(feature{policy.FeatureAuthInfo, q.AuthInfo != nil})
	}
	return 0
}

// featuresSeen tells what a client could see in an answer.
func (s *session) featuresSeen(reply flow.Reply) policy.Features {
	switch r := reply.(type) {
	case flow.DomainDetails:
		return have(
			feature{policy.FeatureForeign, r.Sponsor != s.registrar},
			feature{policy.FeatureRenewed, slices.Contains(r.RGPStatuses, registry.RGPStatus(registry.AutoRenewGrace))},
			feature{policy.FeatureRedeem, slices.Contains(r.RGPStatuses, registry.RGPRedemption) ||
				slices.Contains(r.RGPStatuses, registry.RGPPendingDelete)},
		)
	case flow.DomainCreated:
		return have(feature{policy.FeaturePremium, r.Charged.IsPremium()})
	case flow.DomainDeleted:
		return have(feature{policy.FeaturePurged, r.Purged})
	case flow.Polled:
		_, about := r.Message.Notice.(registry.TransferNotice)
		return have(feature{policy.FeatureTransfer, about})
	}
	return 0
}
