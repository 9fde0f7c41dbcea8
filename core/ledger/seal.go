package ledger

import (
	"bytes"
	"fmt"
	"time"
)

// A Seal closes a day of one party: the entries of the day, and those of earlier days that were written down too
// late for the seals of those. The seals of a party are a chain: each has the head of the one before.
type Seal struct {
	Party      Party
	Day        time.Time // its beginning, UTC
	Previous   Hash      // the Head of the seal before, or Start
	First      int64     // the number of its first entry; a party's first has 1
	Count      int64     // of entries; a day without one has no seal
	Late       int64     // of these, those of earlier days
	Digest     Hash      // over the hashes of the entries, in order of instant and key
	Balance    Money     // of Prepaid, after all entries that are sealed
	Authorised Money     // of Authorised, the same
	// Prints are the first PrintSize bytes of each entry's hash, in order. They are not hashed again; they tell
	// which entry it is that is not as it was.
	Prints []byte
}

// PrintSize is how many bytes of an entry's hash are kept beside its seal.
const PrintSize = 16

// Start is what the first seal of a party follows.
func Start(p Party) Hash {
	h := newHasher(startLabel)
	h.text(string(p))
	return h.sum()
}

// Head returns the hash that the next seal follows, and that the head of the day vouches for.
func (s Seal) Head() Hash {
	h := newHasher(sealLabel)
	h.hash(s.Previous)
	h.text(string(s.Party))
	h.text(dayText(s.Day))
	h.number(s.First)
	h.number(s.Count)
	h.hash(s.Digest)
	h.number(int64(s.Balance))
	h.number(int64(s.Authorised))
	return h.sum()
}

// Has reports whether an entry of that hash is among those of the seal.
func (s Seal) Has(h Hash) bool { return s.Find(h) >= 0 }

// Find returns which of the entries whose prints s has is of that hash, 0 being the first; -1 if none is.
func (s Seal) Find(h Hash) int {
	for at := 0; at+PrintSize <= len(s.Prints); at += PrintSize {
		if bytes.Equal(s.Prints[at:at+PrintSize], h[:PrintSize]) {
			return at / PrintSize
		}
	}
	return -1
}

// Unsealed is what stands for the last seal of a party that has none.
func Unsealed(p Party) Seal { return Seal{Party: p} }

// isNone reports whether s stands for no seal.
func (s Seal) isNone() bool { return s.Count == 0 }

// next returns the hash that the next seal has as its Previous.
func (s Seal) next() Hash {
	if s.isNone() {
		return Start(s.Party)
	}
	return s.Head()
}

// Follows reports whether s is what can follow the last seal of its party.
func (s Seal) Follows(last Seal) bool {
	return s.Party == last.Party && s.Previous == last.next() && s.First == max(1, last.First+last.Count)
}

// A Sealing makes a seal of entries that are added in order.
type Sealing struct {
	seal   Seal
	funds  Funds
	digest *hasher
	last   Entry
}

// Seal begins the seal that follows s.
func (s Seal) Seal(day time.Time) *Sealing {
	return &Sealing{
		seal:   Seal{Party: s.Party, Day: day, Previous: s.next(), First: max(1, s.First+s.Count)},
		funds:  Funds{Party: s.Party, Balance: s.Balance, Authorised: s.Authorised},
		digest: newHasher(entriesLabel),
	}
}

// Add adds the next entry. Entries come in order of instant and key, none of them after the day.
func (s *Sealing) Add(e Entry) error {
	switch {
	case e.Party != s.seal.Party:
		return fmt.Errorf("the entry %s is of %s, and the seal of %s", e.Key, e.Party, s.seal.Party)
	case !e.At.Before(s.seal.Day.AddDate(0, 0, 1)):
		return fmt.Errorf("the entry %s is of %s, after the day that is sealed", e.Key, e.At.UTC().Format(time.RFC3339))
	case s.seal.Count > 0 && !s.last.Before(e):
		return fmt.Errorf("the entry %s does not come after %s, by instant and key", e.Key, s.last.Key)
	}
	if e.At.Before(s.seal.Day) {
		s.seal.Late++
	}
	h := e.Hash()
	s.digest.hash(h)
	s.seal.Prints = append(s.seal.Prints, h[:PrintSize]...)
	s.seal.Count++
	s.funds = s.funds.Book(e)
	s.last = e
	return nil
}

// End returns the seal, which has no entries if none was added.
func (s *Sealing) End() Seal {
	seal := s.seal
	seal.Digest, seal.Balance, seal.Authorised = s.digest.sum(), s.funds.Balance, s.funds.Authorised
	return seal
}

// Before reports whether e comes before o in a statement: by instant, and by key among those of one.
func (e Entry) Before(o Entry) bool {
	if !e.At.Equal(o.At) {
		return e.At.Before(o.At)
	}
	return e.Key < o.Key
}
