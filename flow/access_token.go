package flow

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// AccessTokenIssue gives somebody the right to look up what is closed to the public. Whoever bears the secret has it,
// until it ends or is revoked. Act.Registrar is whose contacts a registrar's token shows. It is the operator's. RFC 7481
// section 3.2.
type AccessTokenIssue struct {
	Act
	Role   registry.AccessRole
	Holder string // who gets it, as the operator calls him
	Days   int
}

// AccessTokenIssued is what AccessTokenIssue replies. The secret is told this once: only its keyed hash is kept.
type AccessTokenIssued struct {
	registry.AccessToken
	Secret string // what the holder presents: the id, a dot, and 32 characters
}

// Subject is access-token:issue.
func (cmd AccessTokenIssue) Subject() Subject {
	return Subject{Command: "issue", Object: "access-token", ID: cmd.Holder}
}

// The octets of chance in the id and in the secret of a token: the id tells tokens apart, the secret is what nobody
// guesses.
const (
	tokenIDBytes     = 8
	tokenSecretBytes = 24
)

// Run replies an AccessTokenIssued.
func (cmd AccessTokenIssue) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	limits, now := c.Terms.Limits.RDAP, c.realNow()
	_, found := c.RegistrarByID(cmd.Registrar)
	there := c.accessTokens(now, limits.Tokens)

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		accessRoleIsKnown(cmd.Role),
		accessFits(cmd.Role, cmd.Registrar, found),
		holderIsNamed(cmd.Holder),
		accessEnds(cmd.Days, limits),
		accessTokensAreFew(len(there), limits),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	secret := base64.RawURLEncoding.EncodeToString(c.service.Random(tokenSecretBytes))
	t := registry.AccessToken{
		ID: hex.EncodeToString(c.service.Random(tokenIDBytes)), Version: 1,
		Role: cmd.Role, Registrar: cmd.Registrar, Holder: strings.TrimSpace(cmd.Holder), Issued: cmd.measure(now),
	}
	t.Issued.Until = now.AddDate(0, 0, cmd.Days)
	t.Hash = c.Hash(tokenText(t.ID, secret))

	// Return.
	return AccessTokenIssued{t, t.ID + "." + secret}, registry.Changes{AccessTokens: []registry.AccessToken{t}}, nil
}

// tokenText is what the hash of a token is made of: no authInfo begins so.
func tokenText(id, secret string) string { return "\x00access token " + id + "." + secret }

func (c *Call) accessTokens(endAfter time.Time, limit int) []registry.AccessToken {
	list, _ := read(c, func() ([]registry.AccessToken, bool, error) {
		list, err := c.reader.AccessTokens(endAfter, limit)
		return list, true, err
	})
	return list
}

// AccessTokenRevoke ends a token at once. It is the operator's.
type AccessTokenRevoke struct {
	Act
	ID string
}

// Subject is access-token:revoke.
func (cmd AccessTokenRevoke) Subject() Subject {
	return Subject{Command: "revoke", Object: "access-token", ID: cmd.ID}
}

// Run replies the registry.AccessToken as it is now.
func (cmd AccessTokenRevoke) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	now := c.realNow()
	t, found := read(c, func() (registry.AccessToken, bool, error) { return c.reader.AccessToken(cmd.ID) })

	// Check.
	if err := c.check(
		actIsExplained(cmd.Act),
		accessTokenExists(cmd.ID, found),
		accessTokenStands(t, now),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	t = t.Next()
	t.Revoked = cmd.measure(now)
	return t, registry.Changes{AccessTokens: []registry.AccessToken{t}}, nil
}

// AccessTokenList asks for the tokens, the latest first.
type AccessTokenList struct{ Ended bool } // with those that have ended

// Answer returns a []registry.AccessToken without their hashes.
func (q AccessTokenList) Answer(c *Call) (Reply, error) {
	var after time.Time
	if !q.Ended {
		after = c.realNow()
	}
	list := c.accessTokens(after, c.Terms.Limits.RDAP.Listed)
	for i := range list {
		list[i].Hash = nil
	}
	return list, nil
}

// accessRoleIsKnown holds for a role that tokens can have.
func accessRoleIsKnown(role registry.AccessRole) Rule {
	known := role == registry.AccessRegistrar || role == registry.AccessOperator || role == registry.AccessLaw
	return refuseIf("accessRoleIsKnown", !known, registry.Error{
		Code: registry.ParameterRange, Field: "role", Value: string(role),
		Reason: "there is no such role; the roles are registrar, operator and law-enforcement",
	})
}

// accessFits holds for a registrar's token that names the registrar, and for others that name none.
func accessFits(role registry.AccessRole, id registry.RegistrarID, found bool) Rule {
	if role == registry.AccessRegistrar {
		if id == "" {
			return refuse("accessFits", registry.Error{
				Code: registry.ParameterMissing, Field: "registrar",
				Reason: "a token of the role registrar shows the contacts of one registrar; give --registrar",
			})
		}
		return allOf("accessFits", registrarExists(id, found))
	}
	return refuseIf("accessFits", id != "", registry.Error{
		Code: registry.ParameterPolicy, Field: "registrar", Value: string(id),
		Reason: "only a token of the role registrar is for one registrar; leave the registrar out",
	})
}

// maxHolder is how many characters the name of a holder may have: a line of a table.
const maxHolder = 100

// holderIsNamed holds for a holder that can be shown in a line.
func holderIsNamed(holder string) Rule {
	text := strings.TrimSpace(holder)
	bad := text == "" || utf8.RuneCountInString(text) > maxHolder || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	return refuseIf("holderIsNamed", bad, registry.Error{
		Code: registry.ParameterSyntax, Field: "holder", Value: holder,
		Reason: fmt.Sprintf("a token needs a holder; say in 1 to %d printable characters who gets it", maxHolder),
	})
}

// accessEnds holds for a token that ends within what policy allows.
func accessEnds(days int, limits policy.RDAPLimits) Rule {
	if days >= 1 && days <= int(limits.TokenDays) {
		return holds("accessEnds", "days", "")
	}
	return refuse("accessEnds", registry.Error{
		Code: registry.ParameterRange, Field: "days", Value: fmt.Sprint(days),
		Reason: fmt.Sprintf("every token ends; choose 1 to %d days", limits.TokenDays),
	})
}

// accessTokensAreFew holds while there is room for one more token that has not ended.
func accessTokensAreFew(there int, limits policy.RDAPLimits) Rule {
	if there < limits.Tokens {
		return holds("accessTokensAreFew", "access-token", "")
	}
	return refuse("accessTokensAreFew", registry.Error{
		Code: registry.ParameterPolicy, Field: "access-token",
		Reason: fmt.Sprintf("there are %d tokens that have not ended; revoke one first", there),
	})
}

// accessTokenExists holds for the id of a token.
func accessTokenExists(id string, found bool) Rule {
	return refuseIf("accessTokenExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "access-token", Value: id, Reason: "there is no such token; list them",
	})
}

// accessTokenStands holds for a token that has not ended.
func accessTokenStands(t registry.AccessToken, now time.Time) Rule {
	return refuseIf("accessTokenStands", !now.Before(t.Ends()), registry.Error{
		Code: registry.StatusProhibits, Field: "access-token", Value: t.ID, Reason: "the token has ended already; nothing is left to revoke",
	})
}
