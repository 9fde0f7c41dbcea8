package flow_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// byUser is a command that a user of the console gives in a session.
type byUser struct {
	flow.Command
	login, session string
}

// Run runs it as if the request had said so.
func (cmd byUser) Run(c *flow.Call) (flow.Reply, registry.Changes, error) {
	c.User, c.Session = cmd.login, cmd.session
	return cmd.Command.Run(c)
}

// bare returns the command itself.
func bare(cmd flow.Command) flow.Command {
	if b, ok := cmd.(byUser); ok {
		return b.Command
	}
	return cmd
}

// The users of everyWorld, all of Acme. Ana and Dan have the password hash "hash".
const (
	anaID, anaLogin = "U1-CO", "ana@acme.example"   // the administrator, with all second factors
	evaID, evaLogin = "U2-CO", "eva@acme.example"   // a manager
	danID, danLogin = "U3-CO", "dan@acme.example"   // a domain administrator
	newID, newLogin = "U4-CO", "nadie@acme.example" // a finance administrator who has chosen no password yet
)

// everySession is the token of a session of Ana in everyWorld, and danSession of Dan.
const (
	everySession = "0123456789abcdef.everySessionsSecret"
	everyID      = "0123456789abcdef"
	danSession   = "1123456789abcdef"
)

// everyInstant is when the commands of everyWorld are given.
var everyInstant = time.Date(2027, 4, 30, 12, 0, 0, 0, time.UTC)

// everyLink is a link by which Nadie chooses a password, everyCodeOfAna a recovery code.
var (
	everyLink    = linkOf("00112233445566778899aabbccddeeff")
	everyAnaCode = "aaaaa-bbbbb"
)

// keyedHash is the keyed hash of a registry under test.
func keyedHash(text string) []byte {
	mac := hmac.New(sha256.New, []byte("authInfo key"))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func linkOf(id string) string {
	return id + "." + base64.RawURLEncoding.EncodeToString(keyedHash("\x00user link "+id))
}

// sealed seals a secret of a user as the registry does.
func sealed(secret []byte, purpose string) []byte {
	block, err := aes.NewCipher(keyedHash("\x00key of users' secrets"))
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := make([]byte, 12)
	return aead.Seal(nonce, nonce, secret, []byte(purpose))
}

// challengeAt returns a challenge as the registry made it at an instant.
func challengeAt(at time.Time, purpose string) []byte {
	head := append(binary.BigEndian.AppendUint64(nil, uint64(at.UnixMicro())), make([]byte, 16)...)
	return append(head, keyedHash("\x00challenge for " + purpose + " " + hex.EncodeToString(head))[:16]...)
}

// appSecret is that of authenticator apps in tests.
var appSecret = []byte("12345678901234567890") // RFC 6238 appendix B

// appCode returns what an authenticator app shows at an instant, by somebody else's program.
func appCode(at time.Time, secret []byte) string {
	text, err := totp.GenerateCodeCustom(base32.StdEncoding.EncodeToString(secret), at, totp.ValidateOpts{
		Period: 30, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		panic(err)
	}
	return text
}

// anaKey is a passkey of Ana.
var anaKey = registry.Passkey{ID: []byte("key"), Public: []byte("public"), Name: "laptop", Signs: 4}

// putEveryUser makes the users of everyWorld.
func putEveryUser(w *world.World) {
	w.T.Helper()
	now := everyInstant
	user := func(id registry.UserID, login string, role registry.Role) registry.User {
		return registry.User{
			ID: id, Version: 1, Registrar: world.Acme, Login: login, Name: "Some Body", Role: role, Created: now,
			Secrets: registry.UserSecrets{Password: "hash"},
		}
	}
	ana := user(anaID, anaLogin, registry.RoleAdministrator)
	ana.Secrets.TOTP = sealed(appSecret, "totp of "+anaID)
	ana.Secrets.Passkeys = []registry.Passkey{anaKey}
	ana.Secrets.Recovery = [][]byte{keyedHash("\x00recovery code of " + anaID + " aaaaabbbbb")}
	nadie := user(newID, newLogin, registry.RoleFinanceAdministrator)
	nadie.Secrets.Password = ""
	for _, u := range []registry.User{ana, user(evaID, evaLogin, registry.RoleManager), user(danID, danLogin, registry.RoleDomainAdministrator), nadie} {
		putUser(w, u)
	}
	s := registry.Session{User: anaID, Registrar: world.Acme, Began: now, Seen: now, Ends: now.AddDate(0, 0, 1), Confirmed: now, Factor: now}
	putSession(w, everySession, s)
	s.User, s.Factor = danID, time.Time{}
	putSession(w, danSession+".dansSecret", s)
	write(w, registry.ConsoleChanges{Links: []registry.UserLink{{
		ID: "00112233445566778899aabbccddeeff", User: newID, Kind: registry.LinkInvitation, Made: now, Ends: now.AddDate(0, 0, 7),
	}}})
}

// everyUserCommand has the commands of the console about its users, for everyCommand.
var everyUserCommand = []everyRow{
	{"session:seen", world.Acme, flow.SessionSeen{SessionSeen: registry.SessionSeen{
		ID: everyID, At: everyInstant.Add(time.Hour), Address: netip.MustParseAddr("192.0.2.9"),
	}}},
	{"session:begin", world.Acme, flow.SessionBegin{User: evaID, Password: "hash", From: netip.MustParseAddr("192.0.2.9"), Agent: "a browser"}},
	{"session:begin that owes a factor", world.Acme, flow.SessionBegin{User: anaID, Password: "hash", From: netip.MustParseAddr("192.0.2.9")}},
	{"session:refuse", world.Acme, flow.SessionRefused{User: evaID, From: netip.MustParseAddr("192.0.2.9"), What: "password"}},
	{"session:factor", world.Acme, ana(flow.SessionFactor{Code: everyAnaCode, From: netip.MustParseAddr("192.0.2.9")})},
	{"session:confirm", world.Acme, ana(flow.SessionConfirm{Password: "hash"})},
	{"session:passkey", world.Acme, flow.PasskeySignIn{
		User: anaID, From: netip.MustParseAddr("192.0.2.9"),
		Proof: flow.PasskeyProof{Key: anaKey.ID, Challenge: challengeAt(everyInstant, flow.ChallengeSignIn), Signs: 5, Verified: true},
	}},
	{"session:factor by passkey", world.Acme, ana(flow.SessionPasskey{
		From: netip.MustParseAddr("192.0.2.9"), Proof: flow.PasskeyProof{Key: anaKey.ID, Challenge: challengeAt(everyInstant, everyID), Signs: 5},
	})},
	{"session:end", world.Acme, ana(flow.SessionEnd{})},
	{"user:create", world.Acme, ana(flow.UserCreate{Login: "Luz@acme.example", Name: "Luz", Role: registry.RoleManager})},
	{"user:update", world.Acme, ana(flow.UserUpdate{User: danID, Name: "Dan", Role: registry.RoleFinanceAdministrator})},
	{"user:disable", world.Acme, ana(flow.UserDisable{User: danID})},
	{"user:delete", world.Acme, ana(flow.UserDelete{User: newID})},
	{"user:reset", world.Acme, ana(flow.UserReset{User: danID, Factors: true})},
	{"user:hand-over", world.Acme, ana(flow.UserHandOver{To: evaID})},
	{"user:end-sessions", world.Acme, ana(flow.UserSessionsEnd{User: danID})},
	{"registrar:second-factor", world.Acme, ana(flow.SecondFactorForAll{On: true})},
	{"user:profile", world.Acme, ana(flow.ProfileUpdate{Name: "Ana", Language: registry.Spanish, Zone: "America/Bogota"})},
	{"user:password", world.Acme, ana(flow.UserPassword{From: "hash", To: "another hash"})},
	{"user:add-app", world.Acme, byUser{flow.TOTPAdd{
		Sealed: base64.RawURLEncoding.EncodeToString(sealed(appSecret, "totp offered to "+danID)), Code: appCode(everyInstant, appSecret),
	}, danLogin, danSession}},
	{"user:remove-app", world.Acme, ana(flow.TOTPRemove{})},
	{"user:make-codes", world.Acme, ana(flow.RecoveryMake{})},
	{"user:add-passkey", world.Acme, ana(flow.PasskeyAdd{
		Passkey: registry.Passkey{ID: []byte("other"), Public: []byte("public"), Name: "phone"}, Challenge: challengeAt(everyInstant, everyID),
	})},
	{"user:remove-passkey", world.Acme, ana(flow.PasskeyRemove{Key: anaKey.ID})},
	{"user:use-link", "", flow.UserLinkUse{Link: everyLink, To: "another hash"}},
	{"user:ask-reset", "", flow.UserResetAsked{Login: danLogin, From: netip.MustParseAddr("192.0.2.9")}},
	{"user:add", "", flow.OperatorUserAdd{Act: act(world.Other), Login: "olga@other.example", Name: "Olga", Role: registry.RoleAdministrator}},
	{"user:set-role", "", flow.OperatorUserRole{Act: act(""), Login: evaLogin, Role: registry.RoleAdministrator}},
	{"user:disable by the operator", "", flow.OperatorUserDisable{Act: act(""), Login: anaLogin}},
	{"user:reset by the operator", "", flow.OperatorUserReset{Act: act(""), Login: anaLogin, Factors: true}},
	{"user:remove by the operator", "", flow.OperatorUserRemove{Act: act(""), Login: danLogin}},
}

// ana is a command that Ana gives.
func ana(cmd flow.Command) flow.Command { return byUser{cmd, anaLogin, everyID} }

// A hurdle is a step of a test in which everything is wrong at first: it puts one thing right, and rule is the next that
// does not hold.
type hurdle struct {
	put  func()
	rule string
}

// hurdles runs over them. When right has put the last thing right, the attempt succeeds.
func hurdles(t *testing.T, attempt func() error, list []hurdle, right func()) {
	t.Helper()
	for i, h := range list {
		h.put()
		if err := attempt(); refusal(err) == nil || refusal(err).Rule != h.rule {
			t.Errorf("hurdle %d: %v, want %s", i, err, h.rule)
		}
	}
	right()
	if err := attempt(); err != nil {
		t.Errorf("with the last thing put right: %v", err)
	}
}

// A person is a user of the console with a password, in a world.
type person struct {
	registry.User
	w        *world.World
	password string
	token    string // of the session
	session  string
	device   string
}

const strong = "correct horse battery"

// newPerson makes a user of a registrar with a password.
func newPerson(t *testing.T, w *world.World, who registry.RegistrarID, role registry.Role) *person {
	t.Helper()
	p := &person{w: w, password: strong + " " + string(role)}
	hash, err := w.Service.Passwords.Hash(context.Background(), p.password)
	if err != nil {
		t.Fatal(err)
	}
	added := w.Do("", flow.OperatorUserAdd{
		Act: act(who), Login: string(role) + "@" + strings.ToLower(string(who)) + ".example", Name: string(role), Role: role, Password: hash,
	}).(flow.OperatorUserAdded)
	p.User = added.User
	return p
}

// home is where people sign in from.
var home = netip.MustParseAddr("192.0.2.9")

// signIn begins a session with the password.
func (p *person) signIn() flow.SignedIn {
	p.w.T.Helper()
	in, err := p.w.Service.SignIn(context.Background(), flow.SignIn{Login: p.Login, Password: p.password, From: home, Agent: "a browser"})
	if err != nil {
		p.w.T.Fatal(err)
	}
	p.token, p.session, p.device = in.Token, in.Session, in.Device
	return in
}

// run gives a command in the session, and keeps the token that it gets for that.
func (p *person) run(cmd flow.Command) (flow.Reply, error) {
	reply, err := p.w.Service.Run(context.Background(), flow.Request{
		Registrar: p.Registrar, User: p.Login, Session: p.session, SvTRID: p.w.NewTRID(), Command: cmd,
	})
	if in, ok := reply.(flow.SignedIn); ok {
		p.token = in.Token
	}
	return reply, err
}

// do gives a command that has to succeed.
func (p *person) do(cmd flow.Command) flow.Reply {
	p.w.T.Helper()
	reply, err := p.run(cmd)
	if err != nil {
		p.w.T.Fatalf("%s: %v", cmd.Subject(), err)
	}
	return reply
}

// addApp gives the person an authenticator app.
func (p *person) addApp() flow.SignedIn {
	p.w.T.Helper()
	offer, err := p.w.Service.NewTOTP(p.ID, "")
	if err != nil {
		p.w.T.Fatal(err)
	}
	return p.do(flow.TOTPAdd{Sealed: offer.Sealed, Code: appCode(p.w.Now(), p.appSecret(offer))}).(flow.SignedIn)
}

func (p *person) appSecret(offer flow.TOTPOffer) []byte {
	p.w.T.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(offer.Secret)
	if err != nil {
		p.w.T.Fatal(err)
	}
	return secret
}

// visits asks who the token is of.
func (p *person) visits() (flow.Visitor, error) {
	reply, err := p.w.Ask("", flow.Visit{Token: p.token, From: home})
	if err != nil {
		return flow.Visitor{}, err
	}
	return reply.(flow.Visitor), nil
}
