package policy

import "time"

// Minutes is a whole number of minutes.
type Minutes int

// Duration returns m as a duration.
func (m Minutes) Duration() time.Duration { return time.Duration(m) * time.Minute }

// ConsoleLimits bound the users of the registrar console, their sessions and what is kept of them.
type ConsoleLimits struct {
	Users         int `json:"users"`         // of one registrar. Manual 4.1.1: any number
	UsersPerPage  int `json:"usersPerPage"`  // of a list
	Sessions      int `json:"sessions"`      // of one user; one more ends the one that was not seen for longest
	Passkeys      int `json:"passkeys"`      // of one user
	RecoveryCodes int `json:"recoveryCodes"` // that are made at once
	Networks      int `json:"networks"`      // of a user, from which he has signed in and is no stranger
	Links         int `json:"links"`         // of a user, of one kind, that can still be used

	IdleMinutes    Minutes `json:"idleMinutes"`    // after which a session ends that nobody uses
	SessionMinutes Minutes `json:"sessionMinutes"` // after which a session ends in any case
	FactorMinutes  Minutes `json:"factorMinutes"`  // from the password to the second factor
	ConfirmMinutes Minutes `json:"confirmMinutes"` // for which a password or a factor vouches for acts on users and credentials
	ResetMinutes   Minutes `json:"resetMinutes"`   // that a link to choose another password holds
	InvitationDays Days    `json:"invitationDays"` // that a link of a new user holds

	PasswordCharacters int `json:"passwordCharacters"` // of a password, at least

	// NetworkGuesses are wrong passwords and asked-for links from one IPv4 address or IPv6 /64, for all users together,
	// before the next has to wait so many seconds.
	NetworkGuesses        int     `json:"networkGuesses"`
	NetworkGuessSeconds   Seconds `json:"networkGuessSeconds"`
	WrongFactors          int     `json:"wrongFactors"` // of one user, before the next has to wait
	WrongFactorSeconds    Seconds `json:"wrongFactorSeconds"`
	ActDays               Days    `json:"actDays"` // that it is kept who signed in and what was done to users
	ActsPerPage           int     `json:"actsPerPage"`
	AgentCharacters       int     `json:"agentCharacters"` // that are kept of what a browser says of itself
	UserNameCharacters    int     `json:"userNameCharacters"`
	PasskeyNameCharacters int     `json:"passkeyNameCharacters"`
}

func (l ConsoleLimits) legal() bool {
	return min(
		l.Users, l.UsersPerPage, l.Sessions, l.Passkeys, l.RecoveryCodes, l.Networks, l.Links,
		int(l.IdleMinutes), int(l.SessionMinutes), int(l.FactorMinutes), int(l.ConfirmMinutes), int(l.ResetMinutes),
		int(l.InvitationDays), l.PasswordCharacters, l.NetworkGuesses, int(l.NetworkGuessSeconds), l.WrongFactors,
		int(l.WrongFactorSeconds), int(l.ActDays), l.ActsPerPage, l.AgentCharacters, l.UserNameCharacters, l.PasskeyNameCharacters,
	) >= 1
}

// Guesses is how often somebody may be wrong about users from one network.
func (l ConsoleLimits) Guesses() Rate {
	return Rate{l.NetworkGuesses, l.NetworkGuessSeconds.Duration()}
}

// Factors is how often the second factor of a user may be guessed wrong.
func (l ConsoleLimits) Factors() Rate { return Rate{l.WrongFactors, l.WrongFactorSeconds.Duration()} }
