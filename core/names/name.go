// Package names owns domain names: how a text becomes a name, the one form in which a name is
// kept, the rules for its labels, and which A-labels IDNA2008 allows.
//
// A Name is in canonical form: lower-case letters, digits and hyphens, every internationalized
// label as its A-label, no final dot. Two names are the same name exactly when they are ==.
//
// The package knows no zone, list or price, and no policy: whether a valid name may be
// registered is decided elsewhere.
package names

import (
	"cmp"
	"strings"
)

// A Name is a domain name in canonical form, such as "shop.com.co". It is made by Parse and
// ParseLookup only, so a Name that is not zero is valid. The zero Name is "no name".
type Name struct{ s string }

// IsZero reports whether n is "no name".
func (n Name) IsZero() bool { return n.s == "" }

// String returns the canonical form of n, and "" for the zero Name.
func (n Name) String() string { return n.s }

// Label returns the leftmost label: "shop" of "shop.com.co".
func (n Name) Label() string {
	label, _, _ := strings.Cut(n.s, ".")
	return label
}

// Parent returns what follows the leftmost label: "com.co" of "shop.com.co". The parent of a
// name of one label is the zero Name.
func (n Name) Parent() Name {
	_, parent, _ := strings.Cut(n.s, ".")
	return Name{parent}
}

// Labels returns the labels of n from left to right, none for the zero Name.
func (n Name) Labels() []string {
	if n.IsZero() {
		return nil
	}
	return strings.Split(n.s, ".")
}

// IsBelow reports whether o is an ancestor of n: "ns1.shop.co" is below "shop.co" and "co". No
// name is below itself, and nothing is below the zero Name.
func (n Name) IsBelow(o Name) bool {
	dot := len(n.s) - len(o.s) - 1
	return !o.IsZero() && dot > 0 && n.s[dot] == '.' && n.s[dot+1:] == o.s
}

// IsSubordinateTo reports whether n is o or below it. A host that has the name of a domain is
// subordinate to it just as one below it is.
func (n Name) IsSubordinateTo(o Name) bool {
	return !o.IsZero() && n == o || n.IsBelow(o)
}

// IsIDN reports whether a label of n is an A-label.
func (n Name) IsIDN() bool { return hasALabel(n.s) }

// Unicode returns n with every A-label as its U-label (RFC 5890 section 2.3.2.1), for display.
// ParseLookup reads it back as n.
func (n Name) Unicode() string {
	if !n.IsIDN() {
		return n.s
	}
	labels := n.Labels()
	for i, label := range labels {
		if u, err := uLabel(label); err == nil {
			labels[i] = u
		}
	}
	return strings.Join(labels, ".")
}

// Compare orders names as the DNS does (RFC 4034 section 6.1): label by label from the right,
// labels as strings of octets, an ancestor before what is below it. It returns -1, 0 or +1; 0
// means ==. The zero Name comes first.
func (n Name) Compare(o Name) int {
	a, b := n.s, o.s
	for a != "" && b != "" {
		var x, y string
		a, x = cutLast(a)
		b, y = cutLast(b)
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// cutLast separates the rightmost label from what is before it.
func cutLast(s string) (before, label string) {
	dot := strings.LastIndexByte(s, '.')
	return s[:max(dot, 0)], s[dot+1:]
}

// MarshalText returns the canonical form of n, and no octets for the zero Name.
func (n Name) MarshalText() ([]byte, error) { return []byte(n.s), nil }

// UnmarshalText sets n to what Parse makes of text. An empty text is the zero Name.
func (n *Name) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*n = Name{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*n = parsed
	return nil
}
