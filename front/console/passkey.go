package console

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A ceremony is what passkeys.js asks a browser for, and where the answer goes. W3C Web Authentication level 3.
type ceremony struct {
	Action  string // of the form
	Options string // of navigator.credentials, as JSON
}

// A party is the site that passkeys are of.
type party struct{ id, origin string }

// relyingParty is the site that passkeys are of: the console's own name. An address has none, but for that of this
// machine, which is called localhost.
func (v *visit) relyingParty() (party, bool) {
	base, err := url.Parse(v.console.config.Base)
	if err != nil {
		return party{}, false
	}
	p := party{base.Hostname(), v.console.origin}
	if a, err := netip.ParseAddr(p.id); err == nil {
		if !a.IsLoopback() {
			return party{}, false
		}
		p.id, p.origin = "localhost", "https://localhost"
		if port := base.Port(); port != "" {
			p.origin += ":" + port
		}
	}
	here := url.URL{Host: v.r.Host}
	return p, here.Hostname() == p.id
}

// passkeyTime is how long a browser waits for its user, in milliseconds.
const passkeyTime = 5 * 60 * 1000

// signInCeremony is by which somebody signs in with a passkey alone; nil where that cannot be.
func (v *visit) signInCeremony() *ceremony {
	p, ok := v.relyingParty()
	if !ok {
		return nil
	}
	return newCeremony("sign-in/passkey", protocol.PublicKeyCredentialRequestOptions{
		Challenge: v.console.config.Service.NewChallenge(flow.ChallengeSignIn), RelyingPartyID: p.id, Timeout: passkeyTime,
		UserVerification: protocol.VerificationRequired,
	})
}

// proofCeremony is by which a visitor shows that it is he, with one of his passkeys.
func (v *visit) proofCeremony(found flow.PasskeysFound, action string) *ceremony {
	p, ok := v.relyingParty()
	if !ok {
		return nil
	}
	return newCeremony(action, protocol.PublicKeyCredentialRequestOptions{
		Challenge: v.console.config.Service.NewChallenge(v.visitor.Session.ID), RelyingPartyID: p.id, Timeout: passkeyTime,
		AllowedCredentials: described(found.Passkeys), UserVerification: protocol.VerificationPreferred,
	})
}

// addCeremony is by which a visitor adds a passkey.
func (v *visit) addCeremony(found flow.PasskeysFound) *ceremony {
	p, ok := v.relyingParty()
	if !ok {
		return nil
	}
	u := v.visitor.User
	return newCeremony("profile/passkeys/new", protocol.PublicKeyCredentialCreationOptions{
		RelyingParty: protocol.RelyingPartyEntity{CredentialEntity: protocol.CredentialEntity{Name: v.t("Registrar console")}, ID: p.id},
		User: protocol.UserEntity{
			CredentialEntity: protocol.CredentialEntity{Name: u.Login}, DisplayName: u.Name, ID: protocol.URLEncodedBase64(u.ID),
		},
		Challenge:  v.console.config.Service.NewChallenge(v.visitor.Session.ID),
		Parameters: keyKinds(),
		Timeout:    passkeyTime, CredentialExcludeList: described(found.Passkeys),
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred,
		},
		Attestation: protocol.PreferNoAttestation,
	})
}

// keyKinds are the kinds of keys that passkeys may have: W3C Web Authentication level 3, section 5.4, recommends these.
func keyKinds() (list []protocol.CredentialParameter) {
	for _, a := range []webauthncose.COSEAlgorithmIdentifier{webauthncose.AlgES256, webauthncose.AlgEdDSA, webauthncose.AlgRS256} {
		list = append(list, protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: a})
	}
	return list
}

func newCeremony(action string, options any) *ceremony {
	text, err := json.Marshal(options)
	if err != nil {
		panic(err) // they are values of ours
	}
	return &ceremony{Path + action, string(text)}
}

// described lists passkeys for a browser.
func described(keys []registry.Passkey) []protocol.CredentialDescriptor {
	var list []protocol.CredentialDescriptor
	for _, k := range keys {
		d := protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: k.ID}
		for _, t := range k.Transports {
			d.Transport = append(d.Transport, protocol.AuthenticatorTransport(t))
		}
		list = append(list, d)
	}
	return list
}

// passkeys are those of the visitor.
func (v *visit) passkeys() (flow.PasskeysFound, error) { return v.passkeysOf(v.visitor.User.ID) }

func (v *visit) passkeysOf(id registry.UserID) (flow.PasskeysFound, error) {
	reply, err := v.console.config.Service.Ask(v.r.Context(), "", flow.PasskeysOf{User: id})
	if err != nil {
		return flow.PasskeysFound{}, err
	}
	return reply.(flow.PasskeysFound), nil
}

// errPasskey is what a browser sent that proves nothing.
var errPasskey = &registry.Error{Code: registry.Authentication, Rule: "passkeyIsRight", Field: "passkey", Reason: "this passkey is not one of this console; use another"}

// mostAnswer bounds what a browser sends of a passkey.
const mostAnswer = 16 << 10

// A holder is a user as the library wants him.
type holder struct{ flow.PasskeysFound }

func (h holder) WebAuthnID() []byte          { return []byte(h.User.ID) }
func (h holder) WebAuthnName() string        { return h.User.Login }
func (h holder) WebAuthnDisplayName() string { return h.User.Name }

func (h holder) WebAuthnCredentials() []webauthn.Credential {
	var list []webauthn.Credential
	for _, k := range h.Passkeys {
		list = append(list, webauthn.Credential{
			ID: k.ID, PublicKey: k.Public, Flags: webauthn.CredentialFlags{BackupEligible: k.Eligible, BackupState: k.Copied},
			Authenticator: webauthn.Authenticator{AAGUID: k.AAGUID, SignCount: k.Signs},
		})
	}
	return list
}

// verifier returns what verifies the passkeys of a site.
func verifier(p party) (*webauthn.WebAuthn, error) {
	w, err := webauthn.New(&webauthn.Config{RPID: p.id, RPDisplayName: p.id, RPOrigins: []string{p.origin}})
	if err != nil {
		return nil, fmt.Errorf("console: passkeys of %s: %w", p.id, err)
	}
	return w, nil
}

// proof reads and verifies what a browser has sent of a passkey: whose it is, or of the visitor if there is one. That the
// challenge is ours is for the flow to say.
func (v *visit) proof() (registry.UserID, flow.PasskeyProof, error) {
	none := flow.PasskeyProof{}
	p, ok := v.relyingParty()
	text := v.values.Get("answer")
	if !ok || len(text) > mostAnswer {
		return "", none, errPasskey
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(text))
	if err != nil {
		return "", none, errPasskey
	}
	id := registry.UserID(parsed.Response.UserHandle)
	if v.known() {
		id = v.visitor.User.ID
	}
	found, err := v.passkeysOf(id)
	if err != nil {
		return "", none, err
	}
	w, err := verifier(p)
	if err != nil {
		return "", none, err
	}
	key, err := w.ValidateLogin(holder{found}, webauthn.SessionData{
		Challenge: parsed.Response.CollectedClientData.Challenge, RelyingPartyID: p.id, UserID: []byte(found.User.ID),
		UserVerification: protocol.VerificationPreferred,
	}, parsed)
	if err != nil || found.User.ID == "" {
		return "", none, errPasskey
	}
	challenge, err := base64.RawURLEncoding.DecodeString(parsed.Response.CollectedClientData.Challenge)
	if err != nil {
		return "", none, errPasskey
	}
	return found.User.ID, flow.PasskeyProof{
		Key: key.ID, Challenge: challenge, Signs: key.Authenticator.SignCount, Copied: key.Flags.BackupState,
		Verified: parsed.Response.AuthenticatorData.Flags.HasUserVerified(),
	}, nil
}

// newPasskey reads and verifies a passkey that a browser has made for the visitor.
func (v *visit) newPasskey() (cmd flow.PasskeyAdd, err error) {
	p, ok := v.relyingParty()
	text := v.values.Get("answer")
	if !ok || len(text) > mostAnswer {
		return cmd, errPasskey
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(text))
	if err != nil {
		return cmd, errPasskey
	}
	w, err := verifier(p)
	if err != nil {
		return cmd, err
	}
	challenge := parsed.Response.CollectedClientData.Challenge
	key, err := w.CreateCredential(holder{flow.PasskeysFound{User: v.visitor.User}}, webauthn.SessionData{
		Challenge: challenge, RelyingPartyID: p.id, UserID: []byte(v.visitor.User.ID), UserVerification: protocol.VerificationPreferred,
		CredParams: keyKinds(),
	}, parsed)
	if err != nil {
		return cmd, errPasskey
	}
	if cmd.Challenge, err = base64.RawURLEncoding.DecodeString(challenge); err != nil {
		return cmd, errPasskey
	}
	cmd.Passkey = registry.Passkey{
		ID: key.ID, Public: key.PublicKey, Name: v.sent("name"), Signs: key.Authenticator.SignCount, Eligible: key.Flags.BackupEligible,
		Copied: key.Flags.BackupState, AAGUID: key.Authenticator.AAGUID,
	}
	for _, t := range key.Transport {
		cmd.Passkey.Transports = append(cmd.Passkey.Transports, string(t))
	}
	return cmd, nil
}

// signInByPasskey begins a session by a passkey alone.
func (c *Console) signInByPasskey(v *visit) error {
	page := v.doorPage()
	in, err := func() (flow.SignedIn, error) {
		v.token = "" // of whomever this browser was before
		id, proof, err := v.proof()
		if err != nil {
			return flow.SignedIn{}, err
		}
		return c.config.Service.SignInByPasskey(v.r.Context(), flow.PasskeySignIn{User: id, Proof: proof, From: v.from(), Agent: v.agent()}, v.trid)
	}()
	if err != nil {
		page.Passkey = v.signInCeremony()
		return v.refuse("sign_in", page, v.spoken(err))
	}
	return v.came(in, page)
}

// giveFactorByPasskey takes a passkey as the second factor, or to confirm.
func (c *Console) giveFactorByPasskey(v *visit) error {
	page, name, action := v.doorPage(), "second_factor", "second-factor/passkey"
	if v.visitor.Needs != flow.NeedsFactor {
		name, action = "confirm", "confirm/passkey"
	}
	_, proof, err := v.proof()
	if err != nil {
		return v.again(name, page, action, err)
	}
	reply, err := v.run(flow.SessionPasskey{Proof: proof, From: v.from()})
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
		return v.again(name, page, action, err)
	}
	if err != nil {
		return err
	}
	return v.came(reply.(flow.SignedIn), page)
}
