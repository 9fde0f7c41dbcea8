package flow

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/registry"
)

// A Caller is somebody who has shown who he is before a lookup. The zero Caller is anybody.
type Caller struct {
	Viewer
	Who    string // the id of the token, or of the registrar that gave its password; empty for anybody
	Role   registry.AccessRole
	Holder string // of the token
}

// CallerByPassword verifies a registrar's id and EPP password, with the limits on wrong ones that a login has.
func (s *Service) CallerByPassword(ctx context.Context, k Credentials) (Caller, error) {
	r, err := s.Authenticate(ctx, k)
	if err != nil {
		return Caller{}, err
	}
	return Caller{
		Viewer: Viewer{Kind: ByRegistrar, Registrar: r.ID}, Who: string(r.ID), Role: registry.AccessRegistrar, Holder: r.Name,
	}, nil
}

// CallerByToken verifies the secret of an access token. One that is wrong, has ended or was revoked is refused in one
// and the same way. That of a registrar is worth nothing while the registrar is suspended.
func (s *Service) CallerByToken(ctx context.Context, secret string) (Caller, error) {
	id, rest, _ := strings.Cut(secret, ".")
	var t registry.AccessToken
	var r registry.Registrar
	found := false
	err := s.Store.View(ctx, func(reader registry.Reader) error {
		var err error
		if octets, err := hex.DecodeString(id); err != nil || len(octets) != tokenIDBytes {
			return nil
		}
		if t, found, err = reader.AccessToken(id); err != nil || t.Role != registry.AccessRegistrar {
			return err
		}
		r, _, err = reader.Registrar(t.Registrar)
		return err
	})
	if err != nil {
		return Caller{}, fmt.Errorf("read an access token: %w", err)
	}
	fits := found && hmac.Equal(keyed(s.Keys.AuthInfo, tokenText(id, rest)), t.Hash) && s.Real().Before(t.Ends())
	if err := check(tokenIsRight(fits), tokenIsOfActive(t, r)); err != nil {
		return Caller{}, err
	}
	viewer := Viewer{Registrar: t.Registrar, Kind: map[registry.AccessRole]ViewerKind{
		registry.AccessRegistrar: ByRegistrar, registry.AccessOperator: ByOperator, registry.AccessLaw: ByAuthority,
	}[t.Role]}
	return Caller{Viewer: viewer, Who: t.ID, Role: t.Role, Holder: t.Holder}, nil
}

// tokenIsRight holds for the secret of a token that has not ended.
func tokenIsRight(right bool) Rule {
	return refuseIf("tokenIsRight", !right, registry.Error{
		Code: registry.Authentication, Field: "token", Reason: "the token is not valid; ask the registry for another",
	})
}

// tokenIsOfActive holds for the token of a registrar that the operator has not suspended, and for one that is no registrar's.
func tokenIsOfActive(t registry.AccessToken, r registry.Registrar) Rule {
	if t.Role != registry.AccessRegistrar {
		return holds("tokenIsOfActive", "", "")
	}
	return allOf("tokenIsOfActive", registrarIsActive(r))
}

// AccessRecord keeps that somebody looks something up, before it is shown: what cannot be kept is not shown. Records
// that are too old go by the way.
type AccessRecord struct {
	Caller  Caller
	Address netip.Addr
	Query   string // such as "domain/shop.example"
}

// Subject is access:record.
func (cmd AccessRecord) Subject() Subject {
	return Subject{Command: "record", Object: "access", ID: cmd.Caller.Who}
}

// Run replies the registry.Access.
func (cmd AccessRecord) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	now, purpose := c.realNow(), strings.TrimSpace(cmd.Caller.Purpose)

	// Check.
	if err := c.check(purposeIsStated(cmd.Caller.Viewer), purposeIsLegible(purpose)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	a := registry.Access{
		At: now, Who: cmd.Caller.Who, Role: cmd.Caller.Role, Holder: cmd.Caller.Holder, Address: cmd.Address,
		Query: firstRunes(cmd.Query, maxQueryKept), Purpose: purpose,
	}
	return a, registry.Changes{
		Accesses: []registry.Access{a}, ForgetAccesses: now.AddDate(0, 0, -int(c.Terms.Limits.RDAP.AccessDays)),
	}, nil
}

// What is kept of a lookup: the longest name in four octets a character fits, and a sentence or two.
const (
	maxQueryKept = 300
	maxPurpose   = 300
)

// purposeIsLegible holds for a purpose that fits into a line of a record and can be shown there.
func purposeIsLegible(purpose string) Rule {
	bad := !utf8.ValidString(purpose) || utf8.RuneCountInString(purpose) > maxPurpose || strings.ContainsFunc(purpose, func(r rune) bool { return !unicode.IsPrint(r) })
	return refuseIf("purposeIsLegible", bad, registry.Error{
		Code: registry.ParameterSyntax, Field: "purpose",
		Reason: fmt.Sprintf("the purpose cannot be kept; say it in at most %d printable characters", maxPurpose),
	})
}

// firstRunes returns the beginning of a text, in valid UTF-8.
func firstRunes(text string, most int) string {
	text = strings.ToValidUTF8(text, "?")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// AccessList asks who has looked up what is closed to the public: those that a filter selects, the latest first.
type AccessList struct {
	registry.AccessFilter
	Limit int // 0, or more than there may be: as many as there may be
}

// Answer returns a []registry.Access.
func (q AccessList) Answer(c *Call) (Reply, error) {
	limit := c.Terms.Limits.RDAP.Listed
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	list, _ := read(c, func() ([]registry.Access, bool, error) {
		list, err := c.reader.Accesses(q.AccessFilter, limit)
		return list, true, err
	})
	return list, nil
}
