package flow

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// RegistrarPassword puts another password in the place of one of a registrar's. The operator does it where one was
// lost, the registrar whenever it likes. Manual 4.3.1, 9.6.
type RegistrarPassword struct {
	Act
	To    string // its hash; see Service.HashPassword
	Files bool   // the password for FTPS, else that for EPP
}

// Subject is registrar:replace-password or registrar:replace-files-password.
func (cmd RegistrarPassword) Subject() Subject {
	s := Subject{Command: "replace-password", Object: "registrar", ID: string(cmd.Registrar)}
	if cmd.Files {
		s.Command = "replace-files-password"
	}
	return s
}

// Run replaces the password. Sessions that are open go on.
func (cmd RegistrarPassword) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)

	// Check.
	if err := c.check(registrarExists(cmd.Registrar, found), c.ownActIsExplained(cmd.Act), c.vouched()); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	if cmd.Files {
		r.FilesPassword, r.FilesChanged = cmd.To, c.Now
	} else {
		r.Password, r.PasswordChanged = cmd.To, c.Now
	}

	// Return.
	return cmd.put(c, r)
}

// HashPassword judges a new password of a registrar, for FTPS or for EPP, and returns its hash for RegistrarPassword.
// It must not be the other one: each opens one door. Manual 9.6.
func (s *Service) HashPassword(ctx context.Context, r registry.Registrar, password string, files bool) (string, error) {
	other := r.FilesPassword
	if files {
		other = r.Password
	}
	if err := check(passwordIsLegal(s.Terms().Limits, password)); err != nil {
		return "", err
	}
	same := false
	if other != "" {
		var err error
		if same, err = s.Passwords.Matches(ctx, password, other); err != nil {
			return "", err
		}
	}
	if err := check(passwordIsAnother(same)); err != nil {
		return "", err
	}
	return s.Passwords.Hash(ctx, password)
}

// NewPassword returns a password of letters and digits that are not mistaken for each other, as long as clients take it
// that know nothing of RFC 8807, with more than 90 bits of chance.
func (s *Service) NewPassword() string {
	const letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	var b strings.Builder
	for b.Len() < maxPassword {
		for _, chance := range s.Random(maxPassword) {
			if int(chance) < 256/len(letters)*len(letters) && b.Len() < maxPassword {
				b.WriteByte(letters[int(chance)%len(letters)])
			}
		}
	}
	return b.String()
}

// passwordIsLegal holds for a password that is long enough, that programs can send, and that EPP takes.
func passwordIsLegal(limits policy.Limits, password string) Rule {
	length := utf8.RuneCountInString(password)
	unprintable := func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }
	illegal := length < limits.PasswordLeast || length > limits.PasswordCharacters || strings.ContainsFunc(password, unprintable) ||
		strings.TrimSpace(password) != password || strings.Contains(password, "  ") || password == PasswordElsewhere
	return refuseIf("passwordIsLegal", illegal, registry.Error{
		Code: registry.ParameterSyntax, Field: "password",
		Reason: fmt.Sprintf("this cannot be a password; one has %d to %d characters that can be printed, no blank at its ends or beside another, and is not %s",
			limits.PasswordLeast, limits.PasswordCharacters, PasswordElsewhere),
	})
}

// passwordIsAnother holds for a password that opens no other door of the registrar. Manual 9.6.
func passwordIsAnother(same bool) Rule {
	return refuseIf("passwordIsAnother", same, registry.Error{
		Code: registry.ParameterPolicy, Field: "password",
		Reason: "EPP and FTPS have passwords of their own; choose another",
	})
}
