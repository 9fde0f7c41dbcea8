// Package ledger owns money: amounts, charges from authorisation to posting, and the double
// entries that record them. It knows no domain and no price; a charge names its object by a
// reference that its maker understands. Decisions section 5.
package ledger

import (
	"fmt"
	"strconv"
	"strings"
)

// Money is an amount in the minor unit (cents) of the registry's one currency. Decisions 5.1.
type Money int64

// String returns the amount with two decimals and no currency, such as "40.00" or "-700.00".
func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
}

// Times returns the amount n times.
func (m Money) Times(n int) Money { return m * Money(n) }

// ParseMoney reads an amount with at most two decimals, such as "500", "500.0" or "-39601.50".
func ParseMoney(s string) (Money, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" || len(whole) > maxWholeDigits || len(fraction) > 2 || strings.HasSuffix(digits, ".") {
		return 0, fmt.Errorf("the amount %q is not a number with at most two decimals", s)
	}
	minor, err := strconv.ParseUint(whole+(fraction + "00")[:2], 10, 63)
	if err != nil {
		return 0, fmt.Errorf("the amount %q is not a number with at most two decimals", s)
	}
	if negative {
		return -Money(minor), nil
	}
	return Money(minor), nil
}

// maxWholeDigits keeps the sum of a thousand million amounts inside an int64.
const maxWholeDigits = 9
