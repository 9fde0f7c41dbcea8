package zone

import (
	"crypto/sha1"
	"fmt"
	"strings"
)

// A Name is an absolute domain name in wire format, letters in lower case: each label with its length before it, and
// the root's empty label last. It is at most 255 octets long. RFC 1035 section 3.1, RFC 4034 section 6.2.
type Name string

// Root is the name without labels.
const Root Name = "\x00"

// maxName is the length of the longest name in octets. RFC 1035 section 2.3.4.
const maxName = 255

// ParseName reads a name of letters, digits, hyphens and underscores with dots between its labels. A final dot may
// be there.
func ParseName(text string) (Name, error) {
	text = strings.TrimSuffix(text, ".")
	if text == "" {
		return Root, nil
	}
	wire := make([]byte, 0, len(text)+2)
	for label := range strings.SplitSeq(text, ".") {
		if len(label) == 0 || len(label) > 63 {
			return "", fmt.Errorf("%q has a label of %d octets; write labels of 1 to 63", text, len(label))
		}
		wire = append(wire, byte(len(label)))
		for _, c := range []byte(label) {
			if !isHostOctet(c) {
				return "", fmt.Errorf("%q has %q in a label; write letters, digits, hyphens and underscores", text, c)
			}
			wire = append(wire, lower(c))
		}
	}
	if wire = append(wire, 0); len(wire) > maxName {
		return "", fmt.Errorf("%q is %d octets long; a name has at most %d", text, len(wire), maxName)
	}
	return Name(wire), nil
}

func isHostOctet(c byte) bool {
	return 'a' <= lower(c) && lower(c) <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// String returns the name with a dot behind each label. Octets that are neither letters, digits, hyphens nor
// underscores are escaped. RFC 1035 section 5.1.
func (n Name) String() string {
	if n == Root || n == "" {
		return "."
	}
	text := make([]byte, 0, len(n)+8)
	for i := 0; i < len(n) && n[i] != 0; i += 1 + int(n[i]) {
		for _, c := range []byte(n[i+1 : i+1+int(n[i])]) {
			switch {
			case c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' || c == ')' || c == '@' || c == '$':
				text = append(text, '\\', c)
			case c <= ' ' || c >= 0x7f:
				text = fmt.Appendf(text, "\\%03d", c)
			default:
				text = append(text, c)
			}
		}
		text = append(text, '.')
	}
	return string(text)
}

// Parent returns the name without its first label. That of the root is the root.
func (n Name) Parent() Name {
	if n == Root {
		return Root
	}
	return n[1+int(n[0]):]
}

// Labels returns how many labels the name has, the root's not counted. RFC 4034 section 3.1.3.
func (n Name) Labels() int {
	count := 0
	for i := 0; n[i] != 0; i += 1 + int(n[i]) {
		count++
	}
	return count
}

// IsBelow reports whether the name is below o, and is not o.
func (n Name) IsBelow(o Name) bool {
	for n != Root && len(n) > len(o) {
		if n = n.Parent(); n == o {
			return true
		}
	}
	return false
}

// A Hash is the owner of an NSEC3 record: SHA-1 over the name, without salt and without further iterations. RFC 5155
// section 5, RFC 9276 section 3.1. A version keeps its names in the order of their hashes.
type Hash [sha1.Size]byte

// Hash returns where the name is in the order of the zone.
func (n Name) Hash() Hash { return sha1.Sum([]byte(n)) }

// HashOf is Hash for a name in wire format and lower case.
func HashOf(name []byte) Hash { return sha1.Sum(name) }

// base32 is the alphabet of NSEC3 owners, whose order is that of the hashes. RFC 4648 section 7.
const base32 = "0123456789abcdefghijklmnopqrstuv"

// labelBytes is the length of a hash as a label.
const labelBytes = sha1.Size * 8 / 5

// AppendLabel appends the hash as a label with its length before it. RFC 5155 section 3.
func (h Hash) AppendLabel(to []byte) []byte {
	to = append(to, labelBytes)
	for i := 0; i < len(h); i += 5 {
		bits := uint64(h[i])<<32 | uint64(h[i+1])<<24 | uint64(h[i+2])<<16 | uint64(h[i+3])<<8 | uint64(h[i+4])
		for shift := 35; shift >= 0; shift -= 5 {
			to = append(to, base32[bits>>shift&31])
		}
	}
	return to
}

// Owner returns the owner of the NSEC3 record of that hash in a zone.
func (h Hash) Owner(origin Name) Name {
	return Name(append(h.AppendLabel(make([]byte, 0, 1+labelBytes+len(origin))), origin...))
}
