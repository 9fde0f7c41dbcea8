package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"time"
)

// A Hash is a SHA-256 hash of the sealed ledger. docs/ledger.md says what is hashed, byte for byte.
type Hash [sha256.Size]byte

// String returns the hash as 64 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText is String.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what String writes.
func (h *Hash) UnmarshalText(text []byte) error {
	parsed, err := ParseHash(string(text))
	*h = parsed
	return err
}

// ParseHash reads 64 hexadecimal digits.
func ParseHash(s string) (h Hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return Hash{}, fmt.Errorf("%q is not a hash of %d hexadecimal digits", s, 2*len(h))
	}
	return Hash(b), nil
}

// What is hashed begins with what it is, so that no bytes mean one thing here and another there. The number is the
// version of the encoding: another one hashes something else.
const (
	entryLabel   = "dorado ledger 1 entry\n"
	startLabel   = "dorado ledger 1 start\n"
	entriesLabel = "dorado ledger 1 entries\n"
	sealLabel    = "dorado ledger 1 seal\n"
	saltLabel    = "dorado ledger 1 salt\n"
	leafLabel    = "dorado ledger 1 leaf\n"
	nodeLabel    = "dorado ledger 1 node\n"
	headLabel    = "dorado ledger 1 head\n"
)

// A hasher writes the canonical encoding: of a text its length in four bytes and its bytes, of a number eight
// bytes, both big-endian and a number below zero in two's complement; of a hash its bytes.
type hasher struct {
	hash.Hash
	scratch []byte
}

func newHasher(label string) *hasher {
	h := &hasher{Hash: sha256.New()}
	h.Write([]byte(label))
	return h
}

func (h *hasher) text(s string) {
	h.scratch = append(binary.BigEndian.AppendUint32(h.scratch[:0], uint32(len(s))), s...)
	h.Write(h.scratch)
}

func (h *hasher) number(n int64) {
	h.scratch = binary.BigEndian.AppendUint64(h.scratch[:0], uint64(n))
	h.Write(h.scratch)
}

func (h *hasher) hash(o Hash) { h.Write(o[:]) }

func (h *hasher) sum() (sum Hash) {
	h.Sum(sum[:0])
	return sum
}

// Canonical returns the bytes of an entry that its hash is made of, with what they are before them.
func (e Entry) Canonical() []byte {
	size := len(entryLabel) + 6*4 + 2*8 + len(e.Key) + len(e.Party) + len(e.Debit) + len(e.Credit) + len(e.Charge) + len(e.Text)
	b := append(make([]byte, 0, size), entryLabel...)
	text := func(s string) { b = append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...) }
	text(e.Key)
	text(string(e.Party))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	text(string(e.Debit))
	text(string(e.Credit))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Amount))
	text(e.Charge)
	text(e.Text)
	return b
}

// Hash returns the hash of an entry.
func (e Entry) Hash() Hash { return sha256.Sum256(e.Canonical()) }

// DayOf returns the beginning of the UTC day of an instant.
func DayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// dayText writes a day as it is hashed.
func dayText(day time.Time) string { return day.UTC().Format(time.DateOnly) }
