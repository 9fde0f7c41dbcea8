package policy

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxPassword is how many octets a password of a user may have: more are no safer, and somebody has to hash them.
const MaxPassword = 256

// commonWords are what the commonest passwords are made of, in letters alone.
const commonWords = " password passwort passwd contrasena clave secreto secret admin administrator administrador root user usuario guest " +
	"qwerty qwertyuiop qwertz azerty asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qwer abc abcd abcdef abcdefgh abcdefghijkl " +
	"letmein welcome bienvenido hello hola login master dragon monkey football futbol baseball basketball superman batman " +
	"iloveyou teamo princess sunshine shadow michael jordan charlie daniel jessica ashley freedom whatever trustno starwars " +
	"computer internet google facebook samsung pokemon minecraft colombia bogota medellin registrar registrador registry registro " +
	"domain dominio console consola changeme default temporal temp test prueba demo sample example ejemplo summer winter spring " +
	"autumn verano invierno january february march april june july august september october november december "

// WeakPassword says why a text is no password for a user of a login, and what to do; empty if it is one. It has to be long, since that is
// what makes guessing hopeless, and not of what everybody tries first; nothing is asked of its signs. NIST SP 800-63B
// section 3.1.1.
func WeakPassword(password, login string, least int) string {
	low := strings.ToLower(password)
	local, _, _ := strings.Cut(login, "@")
	letters := lettersOf(low)
	switch {
	case utf8.RuneCountInString(password) < least:
		return fmt.Sprintf("it has fewer than %d characters: choose a longer one, such as four or five words", least)
	case len(password) > MaxPassword || !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return fmt.Sprintf("it has more than %d octets or a character that nobody can type: choose another", MaxPassword)
	case low == login || len(local) > 2 && letters != "" && strings.ReplaceAll(letters, lettersOf(local), "") == "":
		return "it is the e-mail address, or a part of it: choose another"
	case fewSigns(low) || common(letters) || letters == "" && inOrder(low):
		return "it is one of those that are tried first: choose another, such as four or five words"
	}
	return ""
}

// lettersOf returns the letters of a text, with the digits and signs that stand for letters.
func lettersOf(text string) string {
	text = strings.Trim(text, "0123456789 !?.*#-_+")
	text = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s").Replace(text)
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text)
}

// common reports whether letters are one of the common words, or some of them one after the other.
func common(letters string) bool {
	for letters != "" {
		longest := 0
		for word := range strings.FieldsSeq(commonWords) {
			if len(word) > longest && strings.HasPrefix(letters, word) {
				longest = len(word)
			}
		}
		if longest == 0 {
			return false
		}
		if letters = letters[longest:]; letters == "" {
			return true
		}
	}
	return false
}

// fewSigns reports whether a text is of fewer than five different characters.
func fewSigns(text string) bool {
	signs := map[rune]bool{}
	for _, r := range text {
		signs[r] = true
	}
	return len(signs) < 5
}

// inOrder reports whether each character of a text follows the one before it, upward or downward, or it goes round:
// 12345678901234.
func inOrder(text string) bool {
	runes := []rune(text)
	steps := map[rune]int{}
	for i := range len(runes) - 1 {
		steps[(runes[i+1]-runes[i]+10)%10]++
	}
	for _, n := range steps {
		if n >= len(runes)-2 {
			return true
		}
	}
	return false
}
