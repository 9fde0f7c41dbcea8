package policy

import (
	"strings"
	"testing"
)

// What everybody tries first is no password, however long it is, and what is long and one's own is one.
func TestWeakPassword(t *testing.T) {
	for _, test := range []struct{ name, password, says string }{
		{"short", "kT9!xq", "fewer than 12"},
		{"short in characters, not in octets", "ñññññññññññ", "fewer than 12"},
		{"too long", strings.Repeat("correct horse ", 30), "more than 256"},
		{"with a control character", "correct horse\x00battery", "more than 256"},
		{"the login", "ana@condor.example", "e-mail address"},
		{"the login in capitals", "ANA@Condor.Example", "e-mail address"},
		{"of the login", "anabel2026!!", "e-mail address"},
		{"the commonest", "password1234", "tried first"},
		{"the commonest in disguise", "P4ssw0rd2026!", "tried first"},
		{"two of the commonest", "AdminPassword1", "tried first"},
		{"a row of the keyboard", "qwertyuiop12", "tried first"},
		{"digits in order", "123456789012", "tried first"},
		{"digits in the other order", "987654321098", "tried first"},
		{"one sign", "aaaaaaaaaaaaaaa", "tried first"},
		{"two signs", "abababababab", "tried first"},
		{"words", "correct horse battery staple", ""},
		{"a word of the commonest among others", "dominio verde canela", ""},
		{"of a generator", "kT9xqWv2LmZ7", ""},
		{"digits", "493027561883", ""},
		{"of other letters", "пароль которого нет", ""},
	} {
		login := "ana@condor.example"
		if test.name == "of the login" {
			login = "anabel@condor.example"
		}
		got := WeakPassword(test.password, login, 12)
		if (got == "") != (test.says == "") || !strings.Contains(got, test.says) {
			t.Errorf("%s: %q: %q, want %q", test.name, test.password, got, test.says)
		}
	}
}
