package registry

import (
	"net/netip"
	"time"
)

// A UserID is the permanent id of a user of the console, such as "U7-CO".
type UserID string

// A User is a person who signs in to the registrar console. Instants are of real time. Manual 4.1.1.
type User struct {
	ID        UserID
	Version   int64 // see Domain.Version
	Registrar RegistrarID
	Login     string // an e-mail address in lower case; no two users of a registry have the same
	Name      string
	Role      Role
	Language  Language `json:",omitzero"` // empty: that of the registrar
	Zone      string   `json:",omitzero"` // a time zone of IANA's database; empty: UTC alone

	Created   time.Time
	Creator   string  // the login of the user, or the operator, who made it
	Disabled  Measure `json:",omitzero"` // by whom and why; zero: the user may sign in
	MustEnrol bool    `json:",omitzero"` // reaches nothing without a second factor, whatever the registrar asks of all

	SignedIn time.Time  `json:",omitzero"` // the last time, with all factors
	From     netip.Addr `json:",omitzero"`
	// Networks are those from which the user has signed in, the latest last: what strangers guess does not lock the
	// user out there.
	Networks []netip.Prefix `json:",omitzero"`

	Secrets UserSecrets `json:"-"` // kept apart from the rest
}

// UserSecrets are what a user proves to be himself by.
type UserSecrets struct {
	Password        string    `json:",omitzero"` // argon2id in PHC form; empty: none was chosen yet
	PasswordChanged time.Time `json:",omitzero"`

	TOTP      []byte    `json:",omitzero"` // the sealed secret of an authenticator app; empty: none. RFC 6238
	TOTPSince time.Time `json:",omitzero"`
	TOTPStep  int64     `json:",omitzero"` // of the last code that was taken: older ones are not taken again

	Recovery [][]byte  `json:",omitzero"` // keyed hashes of the codes that are not used yet
	Passkeys []Passkey `json:",omitzero"`
}

// HasFactor reports whether a user has a second factor.
func (s UserSecrets) HasFactor() bool { return len(s.TOTP) > 0 || len(s.Passkeys) > 0 }

// A Passkey is a public key credential of a user. W3C Web Authentication level 3.
type Passkey struct {
	ID         []byte // of the credential
	Public     []byte // the key as COSE has it. RFC 9052 section 7
	Name       string // as the user calls it
	Signs      uint32 `json:",omitzero"` // how often it has signed, by its own counter; 0: it does not count
	Eligible   bool   `json:",omitzero"` // it can be copied to other devices; that never changes
	Copied     bool   `json:",omitzero"` // it was
	AAGUID     []byte `json:",omitzero"` // the kind of authenticator
	Transports []string
	Added      time.Time
	Used       time.Time `json:",omitzero"`
}

// Next returns u as its own next version.
func (u User) Next() User { u.Version++; return u }

// Joined reports whether u has chosen a password, ever. Until then he is one who was invited, and the login is not his alone.
func (u User) Joined() bool { return u.Secrets.Password != "" }

// A Session is a browser of a user who has signed in, or has given a password and not yet the second factor. Instants
// are of real time.
type Session struct {
	ID        string // tells sessions apart, and is no secret
	Version   int64  // see Domain.Version
	User      UserID
	Registrar RegistrarID
	Hash      []byte `json:"-"` // of the secret that the browser has
	Began     time.Time
	Seen      time.Time  `json:"-"` // within a minute
	Ends      time.Time  // whatever it does
	Factor    time.Time  `json:",omitzero"` // when a second factor was given; zero: none was
	Confirmed time.Time  // when the user last gave a password or a factor
	Address   netip.Addr `json:"-"`         // from which it was seen last
	Agent     string     `json:",omitzero"` // as the browser calls itself
}

// Next returns s as its own next version.
func (s Session) Next() Session { s.Version++; return s }

// A SessionSeen is that a session was used.
type SessionSeen struct {
	ID      string
	At      time.Time
	Address netip.Addr
}

// A SessionEnd ends the session of an id, or all of a user but one.
type SessionEnd struct {
	ID     string
	User   UserID // if ID is empty
	Except string // a session of the user that goes on
}

// A UserLinkKind is what a UserLink is for.
type UserLinkKind string

// The kinds: a new user chooses a password, one who forgot it chooses another, and a challenge that a passkey has
// signed is not taken twice.
const (
	LinkInvitation UserLinkKind = "invitation"
	LinkReset      UserLinkKind = "reset"
	LinkChallenge  UserLinkKind = "challenge"
)

// A UserLink can be used once. Its secret follows from its id under a key of the registry, and is nowhere kept.
type UserLink struct {
	ID   string
	User UserID
	Kind UserLinkKind
	Made time.Time
	Ends time.Time
}

// A UserAct is that a user signed in, or tried to, or that something was done to a user. It is kept for some time.
type UserAct struct {
	ID        int64     `json:"-"` // rises with time; given by the store
	At        time.Time // of real time
	Registrar RegistrarID
	User      UserID // to whom it was done
	Login     string // of that user then
	What      UserDeed
	By        string     `json:",omitzero"` // the login of who did it, or the operator; empty: the user himself
	Reason    string     `json:",omitzero"` // of the operator's act
	Note      string     `json:",omitzero"` // what of it is worth knowing, such as the new role
	Address   netip.Addr `json:",omitzero"`
	Agent     string     `json:",omitzero"`
}

// A UserDeed says what a UserAct is.
type UserDeed string

// The deeds.
const (
	DeedSignedIn        UserDeed = "signed-in"
	DeedSignInRefused   UserDeed = "sign-in-refused" // the password or the factor was wrong
	DeedSignedOut       UserDeed = "signed-out"
	DeedSessionsEnded   UserDeed = "sessions-ended"
	DeedCreated         UserDeed = "created"
	DeedChanged         UserDeed = "changed"
	DeedRoleChanged     UserDeed = "role-changed"
	DeedHandedOver      UserDeed = "handed-over" // the role of administrator
	DeedDisabled        UserDeed = "disabled"
	DeedEnabled         UserDeed = "enabled"
	DeedDeleted         UserDeed = "deleted"
	DeedInvited         UserDeed = "invited"
	DeedResetAsked      UserDeed = "reset-asked"
	DeedPasswordChanged UserDeed = "password-changed"
	DeedAppAdded        UserDeed = "app-added"
	DeedAppRemoved      UserDeed = "app-removed"
	DeedPasskeyAdded    UserDeed = "passkey-added"
	DeedPasskeyRemoved  UserDeed = "passkey-removed"
	DeedCodesMade       UserDeed = "recovery-codes-made"
	DeedCodeUsed        UserDeed = "recovery-code-used"
	DeedFactorsRemoved  UserDeed = "factors-removed" // by another, who let the user enrol anew
	DeedEnforced        UserDeed = "second-factor-enforced"
)

// UserDeeds lists every UserDeed.
func UserDeeds() []UserDeed {
	return []UserDeed{
		DeedSignedIn, DeedSignInRefused, DeedSignedOut, DeedSessionsEnded, DeedCreated, DeedChanged, DeedRoleChanged,
		DeedHandedOver, DeedDisabled, DeedEnabled, DeedDeleted, DeedInvited, DeedResetAsked, DeedPasswordChanged, DeedAppAdded,
		DeedAppRemoved, DeedPasskeyAdded, DeedPasskeyRemoved, DeedCodesMade, DeedCodeUsed, DeedFactorsRemoved, DeedEnforced,
	}
}

// A UserActFilter selects acts: of a registrar's users, of one of them, and before an id. What is zero selects nothing out.
type UserActFilter struct {
	Registrar RegistrarID
	User      UserID
	Before    int64
}

// ConsoleChanges are what a Changes writes of the console's users.
type ConsoleChanges struct {
	Users     []User // new ones at version 1, others as they are now; in their order
	GoneUsers []User // with their sessions and links, at the version that follows the last

	Sessions []Session // new ones at version 1, others as they are now
	Seen     []SessionSeen
	Ended    []SessionEnd // before Sessions

	Links     []UserLink
	UsedLinks []UserLink // to remove; each has to be there still

	Acts []UserAct
	// Forget is before when sessions and links have ended, and ForgetActs before when acts are too old to be kept; some
	// of them go.
	Forget, ForgetActs time.Time
}

// add returns what c writes and then what o writes.
func (c ConsoleChanges) add(o ConsoleChanges) ConsoleChanges {
	c.Users = append(c.Users, o.Users...)
	c.GoneUsers = append(c.GoneUsers, o.GoneUsers...)
	c.Sessions = append(c.Sessions, o.Sessions...)
	c.Seen = append(c.Seen, o.Seen...)
	c.Ended = append(c.Ended, o.Ended...)
	c.Links = append(c.Links, o.Links...)
	c.UsedLinks = append(c.UsedLinks, o.UsedLinks...)
	c.Acts = append(c.Acts, o.Acts...)
	if o.Forget.After(c.Forget) {
		c.Forget = o.Forget
	}
	if o.ForgetActs.After(c.ForgetActs) {
		c.ForgetActs = o.ForgetActs
	}
	return c
}

// Users are what may be read of the console's users.
type Users interface {
	User(UserID) (User, bool, error)
	// UserByLogin returns the user of a login: who has joined, or else one of those who were invited.
	UserByLogin(login string) (User, bool, error)
	// UserOf returns the user of a registrar and a login, one who was only invited too.
	UserOf(id RegistrarID, login string) (User, bool, error)
	// UsersOf returns up to limit users of a registrar whose login comes after one, in order of login.
	UsersOf(id RegistrarID, after string, limit int) ([]User, error)
	// CountUsers counts the users of a registrar, up to a limit.
	CountUsers(id RegistrarID, limit int) (int, error)
	// Administrator returns the user of a registrar who has that role.
	Administrator(RegistrarID) (User, bool, error)

	// Session returns a session, one that has ended too while it is kept.
	Session(id string) (Session, bool, error)
	// SessionsOf returns up to limit sessions of a user, those that were seen last first.
	SessionsOf(id UserID, limit int) ([]Session, error)

	// UserLink returns a link that was not used, one that has ended too while it is kept.
	UserLink(id string) (UserLink, bool, error)
	// UserLinks returns up to limit links of a user and a kind, the latest first.
	UserLinks(id UserID, kind UserLinkKind, limit int) ([]UserLink, error)

	// UserActs returns up to limit acts that a filter selects, the latest first.
	UserActs(f UserActFilter, limit int) ([]UserAct, error)
}
