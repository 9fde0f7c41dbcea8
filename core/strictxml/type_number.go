package strictxml

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxDigits is how many significant digits libxml2 takes in a number. The
// recommendation asks for at least 18. Section 3.2.3.
const maxDigits = 24

// Boolean is xs:boolean. Section 3.2.2.
func Boolean(s string) (bool, error) {
	switch collapse(s) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, errors.New("it must be true, false, 1 or 0")
}

// UnsignedByte is xs:unsignedByte. Section 3.3.24.
func UnsignedByte(s string) (uint8, error) {
	n, err := unsigned(s, 8)
	return uint8(n), err
}

// UnsignedShort is xs:unsignedShort. Section 3.3.23.
func UnsignedShort(s string) (uint16, error) {
	n, err := unsigned(s, 16)
	return uint16(n), err
}

// UnsignedLong is xs:unsignedLong. Section 3.3.21.
func UnsignedLong(s string) (uint64, error) { return unsigned(s, 64) }

// unsigned reads digits without a sign. As libxml2 does, the integer types
// refuse white space, which the recommendation would collapse.
func unsigned(s string, bits int) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, bits)
	if err != nil || !isDigits(s) {
		return 0, fmt.Errorf("it must be a whole number from 0 to %d", uint64(1)<<bits-1)
	}
	return n, nil
}

// Int is xs:int. Section 3.3.17.
func Int(s string) (int32, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0, errors.New("it must be a whole number from -2147483648 to 2147483647")
	}
	return int32(n), nil
}

// Integer is xs:integer. It returns the number in its shortest form, since it
// may have 24 digits. Section 3.3.13.
func Integer(s string) (string, error) {
	s = collapse(s)
	sign, digits := cutSign(s)
	digits, ok := significant(digits)
	if !ok {
		return "", errors.New("it must be a whole number")
	}
	if digits == "0" {
		sign = ""
	}
	return sign + digits, nil
}

// NonNegativeInteger is xs:nonNegativeInteger, in the form of Integer. Section
// 3.3.20.
func NonNegativeInteger(s string) (string, error) {
	n, err := Integer(s)
	if err != nil || n[0] == '-' {
		return "", errors.New("it must be a whole number that is not negative")
	}
	return n, nil
}

// A Dec is the value of an xs:decimal: Digits × 10^-Scale, negative if
// Negative. Digits has no leading zeros and is empty for zero, which is never
// Negative; Scale counts all the digits behind the point as written.
type Dec struct {
	Negative bool
	Digits   string
	Scale    int
}

// Decimal is xs:decimal. Digits may be missing before or after the point, not
// both. Section 3.2.3.
func Decimal(s string) (Dec, error) {
	sign, digits := cutSign(collapse(s))
	whole, fraction, _ := strings.Cut(digits, ".")
	bad := errors.New(`it must be a decimal number such as "10.00"`)
	if whole+fraction == "" || whole+fraction != "" && !isDigits(whole+fraction) {
		return Dec{}, bad
	}
	stripped := strings.TrimLeft(whole, "0")
	if len(stripped)+len(fraction) > maxDigits {
		return Dec{}, errors.New("it has too many digits")
	}
	d := Dec{Digits: strings.TrimLeft(stripped+fraction, "0"), Scale: len(fraction)}
	d.Negative = sign == "-" && d.Digits != ""
	return d, nil
}

// cutSign cuts a leading sign off; a plus is dropped.
func cutSign(s string) (sign, rest string) {
	switch {
	case strings.HasPrefix(s, "-"):
		return "-", s[1:]
	case strings.HasPrefix(s, "+"):
		return "", s[1:]
	}
	return "", s
}

// significant strips leading zeros and reports whether s is a number that
// libxml2 can hold.
func significant(s string) (string, bool) {
	if !isDigits(s) {
		return "", false
	}
	s = strings.TrimLeft(s, "0")
	if s == "" {
		s = "0"
	}
	return s, len(s) <= maxDigits
}
