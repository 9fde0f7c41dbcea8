package flow

import (
	"fmt"
	"math"

	"example.org/dorado/core/registry"
)

// authInfoBits is how hard an authInfo has to be to guess, and leastDistinct how many different characters
// it has to have, which a random one of that strength has. RFC 9154 section 4.1.
const (
	authInfoBits  = 128
	leastDistinct = 8
)

// authInfoIsStrong holds for an authInfo that is not set, is cleared, or is as hard to guess as RFC 9154
// section 4.1 asks; and for every one where the session did not announce that it wants that, or that is the
// allocation code of the name that it registers. Decisions 3.9.
func authInfoIsStrong(object string, authInfo *string, announced bool) Rule {
	field := object + ":authInfo"
	if !announced || authInfo == nil || *authInfo == "" {
		return holds("authInfoIsStrong", field, "")
	}
	bits, distinct := strength(*authInfo)
	return refuseIf("authInfoIsStrong", bits < authInfoBits || distinct < leastDistinct, registry.Error{
		Code: registry.InvalidAuthInfo, Field: field,
		Reason: fmt.Sprintf("the login announced secure authInfo and this one is weaker than %d bits; "+
			"send 22 random letters and digits, 20 random printable characters, or none", authInfoBits),
	})
}

// strength estimates how many bits a text has if it is random: its length times the bits of a character of
// the smallest alphabet that it can be from. It also returns how many different characters there are.
func strength(text string) (bits float64, distinct int) {
	var lower, upper, digit, other bool
	seen := map[rune]bool{}
	length := 0
	for _, r := range text {
		length++
		seen[r] = true
		switch {
		case 'a' <= r && r <= 'z':
			lower = true
		case 'A' <= r && r <= 'Z':
			upper = true
		case '0' <= r && r <= '9':
			digit = true
		default:
			other = true
		}
	}
	alphabet := 0
	for _, part := range []struct {
		used bool
		size int
	}{{lower, 26}, {upper, 26}, {digit, 10}, {other, 33}} {
		if part.used {
			alphabet += part.size
		}
	}
	return float64(length) * math.Log2(float64(max(alphabet, 1))), len(seen)
}
