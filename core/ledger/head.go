package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A DayHead is what the registry signs of a day: the root of the tree of all parties' heads. The heads of days are a
// chain, too. It can be published: it names nobody.
type DayHead struct {
	Day       time.Time // its beginning, UTC
	Leaves    int64
	Root      Hash
	Previous  Hash // of the head of the day before; zero for the first
	KeyID     string
	Signature []byte // Ed25519 over Text
}

// headTitle is the first line of a head.
const headTitle = "dorado ledger head 1"

// Text returns what is signed: six lines, each ended by a line feed.
func (d DayHead) Text() string {
	previous := "-"
	if d.Previous != (Hash{}) {
		previous = d.Previous.String()
	}
	return fmt.Sprintf("%s\nday %s\nregistrars %d\nroot %s\nprevious %s\nkey %s\n",
		headTitle, dayText(d.Day), d.Leaves, d.Root, previous, d.KeyID)
}

// Hash is what the head of the next day has as its Previous.
func (d DayHead) Hash() Hash {
	h := newHasher(headLabel)
	h.Write([]byte(d.Text()))
	return h.sum()
}

// KeyID names a public key: the first 16 hexadecimal digits of its SHA-256 hash.
func KeyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}

// Signed returns d with the id of a key and its signature. RFC 8032.
func (d DayHead) Signed(key ed25519.PrivateKey) DayHead {
	d.KeyID = KeyID(key.Public().(ed25519.PublicKey))
	d.Signature = ed25519.Sign(key, []byte(d.Text()))
	return d
}

// SignedBy says why a key has not signed d; nil if it has.
func (d DayHead) SignedBy(public ed25519.PublicKey) error {
	switch {
	case len(public) != ed25519.PublicKeySize:
		return fmt.Errorf("a public key has %d bytes, and this one %d", ed25519.PublicKeySize, len(public))
	case d.KeyID != KeyID(public):
		return fmt.Errorf("the head of %s names the key %s, which is not the key %s", dayText(d.Day), d.KeyID, KeyID(public))
	case !ed25519.Verify(public, []byte(d.Text()), d.Signature):
		return fmt.Errorf("the signature under the head of %s is not by the key %s: the head or the signature was changed, or forged", dayText(d.Day), d.KeyID)
	}
	return nil
}

// ParseHead reads what Text writes, and nothing else.
func ParseHead(text string) (d DayHead, err error) {
	var day, leaves, root, previous string
	lines := strings.Split(text, "\n")
	if len(lines) != 7 || lines[0] != headTitle || lines[6] != "" {
		return d, errors.New("this is not the head of a day, of six lines")
	}
	for i, field := range []struct {
		name string
		into *string
	}{{"day ", &day}, {"registrars ", &leaves}, {"root ", &root}, {"previous ", &previous}, {"key ", &d.KeyID}} {
		value, found := strings.CutPrefix(lines[i+1], field.name)
		if !found {
			return d, fmt.Errorf("line %d of the head does not say its %s", i+2, strings.TrimSpace(field.name))
		}
		*field.into = value
	}
	var errs [4]error
	d.Day, errs[0] = time.Parse(time.DateOnly, day)
	d.Leaves, errs[1] = strconv.ParseInt(leaves, 10, 32)
	d.Root, errs[2] = ParseHash(root)
	if previous != "-" {
		d.Previous, errs[3] = ParseHash(previous)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return d, fmt.Errorf("the head of a day: %w", err)
	}
	if d.Text() != text {
		return d, errors.New("the head of a day is not written as it has to be")
	}
	return d, nil
}
