package strictxml

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
)

// HexBinary is xs:hexBinary. Section 3.2.15.
func HexBinary(s string) ([]byte, error) {
	b, err := hex.DecodeString(collapse(s))
	if err != nil {
		return nil, errors.New("it must be an even number of hexadecimal digits")
	}
	return b, nil
}

// Base64Binary is xs:base64Binary. As RFC 2045 section 6.8 allows and libxml2
// does, characters outside the alphabet are ignored. Section 3.2.16.
func Base64Binary(s string) ([]byte, error) {
	bad := errors.New("it must be base64 with its padding")
	digits := make([]byte, 0, len(s)+2)
	pad := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '=':
			pad++
		case c != '+' && c != '/' && !isAlnum(s[i:i+1], true):
		case pad > 0:
			return nil, bad
		default:
			digits = append(digits, c)
		}
	}
	if pad > 2 || (len(digits)+pad)%4 != 0 {
		return nil, bad
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	if _, err := base64.RawStdEncoding.Strict().Decode(out, digits); err != nil {
		return nil, bad
	}
	return out, nil
}
