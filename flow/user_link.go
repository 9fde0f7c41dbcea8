package flow

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A link is an id and a secret that follows from it under a key of the registry. So what is kept, in the database and in
// the outbox, opens nothing by itself.

// linkIDBytes are the octets of chance in the id of a link.
const linkIDBytes = 16

// linkSecret returns the secret of a link.
func (s *Service) linkSecret(id string) string {
	return base64.RawURLEncoding.EncodeToString(keyed(s.Keys.AuthInfo, "\x00user link "+id))
}

// Link returns what a mail has of a link: its id and its secret.
func (s *Service) Link(id string) string { return id + "." + s.linkSecret(id) }

// linkID returns the id of a link, if the secret is its own.
func (s *Service) linkID(link string) (string, bool) {
	id, secret, _ := strings.Cut(link, ".")
	octets, err := hex.DecodeString(id)
	right := hmac.Equal([]byte(s.linkSecret(id)), []byte(secret))
	return id, right && err == nil && len(octets) == linkIDBytes
}

// link makes a link for a user and the mail that brings it.
func (c *Call) link(u registry.User, kind registry.UserLinkKind) (link string, changes registry.Changes) {
	limits, now := c.Terms.Limits.Console, c.realNow()
	l := registry.UserLink{ID: hex.EncodeToString(c.service.Random(linkIDBytes)), User: u.ID, Kind: kind, Made: now}
	n := registry.UserNotice{Step: registry.EventUserReset, Link: l.ID, By: c.User}
	l.Ends = now.Add(limits.ResetMinutes.Duration())
	if kind == registry.LinkInvitation {
		n.Step = registry.EventUserInvited
		l.Ends = limits.InvitationDays.After(now)
	}
	n.Ends = l.Ends
	changes.Console.Links = []registry.UserLink{l}
	changes.Mail = c.mailUser(u, n)
	return c.service.Link(l.ID), changes
}

// linksOf returns the links of a user that can still be used, as many as there may be at most.
func (c *Call) linksOf(u registry.User, kind registry.UserLinkKind) []registry.UserLink {
	list, _ := read(c, func() ([]registry.UserLink, bool, error) {
		list, err := c.reader.UserLinks(u.ID, kind, c.Terms.Limits.Console.Links)
		return list, true, err
	})
	open := list[:0]
	for _, l := range list {
		if c.realNow().Before(l.Ends) && l.Made.After(u.Secrets.PasswordChanged) {
			open = append(open, l)
		}
	}
	return open
}

// A ResetAsk is that somebody says to have forgotten the password of a login.
type ResetAsk struct {
	Login  string
	From   netip.Addr
	SvTRID string
}

// AskReset sends the user of a login a link to choose another password. Whether there is one, nobody learns: neither from
// the answer nor from how long it takes. Who asks too often from one network has to wait.
func (s *Service) AskReset(ctx context.Context, q ResetAsk) error {
	if err := s.spendGuess(ctx, q.From); err != nil {
		return err
	}
	_, err := s.Run(ctx, Request{SvTRID: q.SvTRID, Command: UserResetAsked{Login: loginOf(q.Login), From: q.From.Unmap()}})
	return err
}

// spendGuess counts what somebody asks about users without having signed in.
func (s *Service) spendGuess(ctx context.Context, from netip.Addr) error {
	b, now := s.networkBucket(from), s.Real()
	wait, err := s.waitOf(ctx, b, now, false)
	if err != nil {
		return err
	}
	if err := check(asksAreFew(wait)); err != nil {
		return err
	}
	return s.spendBuckets(ctx, []guessBucket{b}, s.buckets(), now)
}

// asksAreFew holds unless too much was asked or guessed about users just now, from one network.
func asksAreFew(wait time.Duration) Rule {
	if wait <= 0 {
		return holds("asksAreFew", "", "")
	}
	return refuse("asksAreFew", registry.Error{
		Code: registry.Authentication, Wait: wait,
		Reason: fmt.Sprintf("too much was tried from your network; wait %d seconds", int(wait.Seconds())+1),
	})
}

// networkSlots is over how many buckets networks are spread: there are more networks than a registry can count, and two
// seldom share one.
const networkSlots = 1 << 16

// networkBucket is where counts what comes from a network, whichever user it is about.
func (s *Service) networkBucket(from netip.Addr) guessBucket {
	return s.sourceBucket(policy.Network(from).String())
}

func (s *Service) sourceBucket(network string) guessBucket {
	return guessBucket{"console network " + strconv.Itoa(s.slot(network)), s.Terms().Limits.Console.Guesses()}
}

// slot spreads texts over networkSlots numbers that nobody foresees.
func (s *Service) slot(text string) int {
	sum := keyed(s.Keys.Spread, "\x00slot "+text)
	return (int(sum[0])<<8 | int(sum[1])) % networkSlots
}

// UserResetAsked sends a link to the user of a login, if there is one and it may be. It always writes something, so that
// it takes its time. Service.AskReset runs it.
type UserResetAsked struct {
	Login string
	From  netip.Addr
}

// Subject is user:ask-reset.
func (cmd UserResetAsked) Subject() Subject {
	return Subject{Command: "ask-reset", Object: objectUser, ID: cmd.Login}
}

// Run replies nothing, whatever it did.
func (cmd UserResetAsked) Run(c *Call) (Reply, registry.Changes, error) {
	u, found := c.userByLogin(cmd.Login)
	nothing := registry.Changes{Console: c.acts(registry.Session{})}
	if !found || !u.Disabled.Since.IsZero() || len(c.linksOf(u, linkFor(u))) >= c.Terms.Limits.Console.Links {
		return nil, nothing, nil
	}
	_, changes := c.link(u, linkFor(u))
	c.User = u.Login
	changes.Console = withActs(changes.Console, c.acts(registry.Session{Address: cmd.From}, deed{registry.DeedResetAsked, u, ""}))
	return nil, changes, nil
}

// LinkShow asks what a link is for. It is asked for nobody.
type LinkShow struct{ Link string }

// A LinkFound is what LinkShow answers.
type LinkFound struct {
	Kind        registry.UserLinkKind
	Login, Name string
	Registrar   string // its name
}

// Answer returns a LinkFound.
func (q LinkShow) Answer(c *Call) (Reply, error) {
	l, u, good := c.usableLink(q.Link)
	if err := c.check(linkIsGood(good), c.loginIsNobodys(u)); err != nil {
		return nil, err
	}
	r, _ := c.RegistrarByID(u.Registrar)
	return LinkFound{l.Kind, u.Login, u.Name, r.Name}, nil
}

// usableLink returns what a link is and whose, if it can be used. A password that was chosen since ends all links that
// were on their way: whoever has read a mail of before opens nothing with it.
func (c *Call) usableLink(link string) (l registry.UserLink, u registry.User, good bool) {
	id, right := c.service.linkID(link)
	if !right {
		return l, u, false
	}
	l, found := read(c, func() (registry.UserLink, bool, error) { return c.reader.UserLink(id) })
	if !found || l.Kind == registry.LinkChallenge || !c.realNow().Before(l.Ends) {
		return l, u, false
	}
	u, found = c.user(l.User)
	stands := l.Kind == linkFor(u) && l.Made.After(u.Secrets.PasswordChanged)
	return l, u, found && stands && u.Disabled.Since.IsZero()
}

// linkIsGood holds for a link that was not used and has not ended.
func linkIsGood(good bool) Rule {
	return refuseIf("linkIsGood", !good, registry.Error{
		Code: registry.Authentication, Field: "link", Reason: "the link is wrong, was used or has ended; ask for another",
	})
}

// UseLink sets the password of the user of a link, which ends with it. All sessions of the user end.
func (s *Service) UseLink(ctx context.Context, link, password string) error {
	reply, err := s.Ask(ctx, "", LinkShow{link})
	if err != nil {
		return err
	}
	if err := check(passwordIsStrong(password, reply.(LinkFound).Login, s.Terms().Limits.Console)); err != nil {
		return err
	}
	hash, err := s.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = s.Run(ctx, Request{Command: UserLinkUse{Link: link, To: hash}})
	return err
}

// UserLinkUse sets the password of the user of a link. Service.UseLink runs it.
type UserLinkUse struct {
	Link string
	To   string // the hash of the password
}

// Subject is user:use-link.
func (cmd UserLinkUse) Subject() Subject { return Subject{Command: "use-link", Object: objectUser} }

// Run replies the registry.User.
func (cmd UserLinkUse) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	l, u, good := c.usableLink(cmd.Link)

	// Check.
	if err := c.check(linkIsGood(good), c.loginIsNobodys(u)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	c.User = u.Login
	u = u.Next()
	u.Secrets.Password, u.Secrets.PasswordChanged = cmd.To, c.realNow()
	changes := c.told(registry.Session{}, deed{registry.DeedPasswordChanged, u, string(l.Kind)})
	if l.Kind == registry.LinkInvitation {
		changes.Mail = nil // it is what he was told to do
	}
	changes.Console.Users, changes.Console.UsedLinks = []registry.User{u}, []registry.UserLink{l}
	changes.Console.Ended = []registry.SessionEnd{{User: u.ID}}
	return u, changes, nil
}

// passwordIsStrong holds for a password that is long and not among those that are tried first.
func passwordIsStrong(password, login string, limits policy.ConsoleLimits) Rule {
	weak := policy.WeakPassword(password, login, limits.PasswordCharacters)
	if weak == "" {
		return holds("passwordIsStrong", "password", "")
	}
	return refuse("passwordIsStrong", registry.Error{
		Code: registry.ParameterPolicy, Field: "password", Reason: "this is no good password; " + weak,
	})
}
