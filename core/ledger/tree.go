package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"time"
)

// The heads of all parties are the leaves of a tree, whose root is signed each day. It has the shape of RFC 6962
// section 2.1: the left side has the largest power of two of leaves that leaves some for the right side. A leaf is
// made with a salt that only its party is told, so that nobody learns from the way to his own leaf what another's
// head is, or whether it has changed.

// Salt returns the salt of a party's leaf on a day, under a key that the registry keeps to itself.
func Salt(key []byte, p Party, day time.Time) (salt Hash) {
	mac := hmac.New(sha256.New, key)
	h := hasher{Hash: mac}
	h.Write([]byte(saltLabel))
	h.text(string(p))
	h.text(dayText(day))
	return h.sum()
}

// A Leaf is what a party has in the tree of a day.
type Leaf struct {
	Party Party
	Day   time.Time
	Salt  Hash
	Head  Hash // of its last seal, of that day or before
}

// Hash returns the hash of a leaf.
func (l Leaf) Hash() Hash {
	h := newHasher(leafLabel)
	h.hash(l.Salt)
	h.text(string(l.Party))
	h.text(dayText(l.Day))
	h.hash(l.Head)
	return h.sum()
}

func node(left, right Hash) Hash {
	h := newHasher(nodeLabel)
	h.hash(left)
	h.hash(right)
	return h.sum()
}

// Root returns the root of a tree; of one without leaves, the hash of no bytes.
func Root(leaves []Hash) Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := split(len(leaves))
	return node(Root(leaves[:k]), Root(leaves[k:]))
}

// Path returns what has to be hashed with leaf i, from it to the root. RFC 6962 section 2.1.1.
func Path(leaves []Hash, i int) []Hash {
	if len(leaves) <= 1 {
		return nil
	}
	k := split(len(leaves))
	if i < k {
		return append(Path(leaves[:k], i), Root(leaves[k:]))
	}
	return append(Path(leaves[k:], i-k), Root(leaves[:k]))
}

// Climb returns the root that leaf i of n leaves leads to by a path; false if the path does not have the length
// that it has to have.
func Climb(leaf Hash, i, n int64, path []Hash) (Hash, bool) {
	if i < 0 || i >= n {
		return Hash{}, false
	}
	if n == 1 {
		return leaf, len(path) == 0
	}
	if len(path) == 0 {
		return Hash{}, false
	}
	top, rest := path[len(path)-1], path[:len(path)-1]
	k := int64(split(int(n)))
	if i < k {
		left, ok := Climb(leaf, i, k, rest)
		return node(left, top), ok
	}
	right, ok := Climb(leaf, i-k, n-k, rest)
	return node(top, right), ok
}

// split returns the largest power of two below n, which is above 1.
func split(n int) int {
	k := 1
	for 2*k < n {
		k *= 2
	}
	return k
}
