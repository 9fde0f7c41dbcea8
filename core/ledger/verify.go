package ledger

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A Trust is what whoever verifies a statement knows from elsewhere.
type Trust struct {
	Keys []ed25519.PublicKey // of the registry; none: the key that the statement names is taken for it
	Head *Hash               // the head of an earlier statement, which this one has to go on from; nil: none is known
}

// A Verified is what a statement proves.
type Verified struct {
	Party               Party
	First, Last         time.Time // days of the first and the last seal; zero if there is none
	Entries, Late       int64
	Opening, Closing    Money // of the prepaid account
	Authorised          Money // at the end
	FromStart           bool  // the statement begins with the first entry of the party
	After, Head         Hash  // the heads that it goes on from and comes to
	Signed              time.Time
	Key                 ed25519.PublicKey
	KeyGiven, HeadGiven bool // by Trust
}

// A Flaw is what is wrong with a statement, and in which line that was seen.
type Flaw struct {
	Line   int
	Reason string
}

func (f *Flaw) Error() string { return fmt.Sprintf("line %d: %s", f.Line, f.Reason) }

// maxProofLine bounds a line in bytes: the way in a tree of any size, and the text of any entry, fit in.
const maxProofLine = 64 << 10

// Verify reads a signed statement and says what it proves, or returns a *Flaw. It needs nothing but the statement,
// and memory for one line of it. An error of r is returned as it is.
func Verify(r io.Reader, trust Trust) (Verified, error) {
	v := &verifier{lines: bufio.NewReaderSize(r, maxProofLine), trust: trust}
	err := v.run()
	if v.fault != nil {
		return Verified{}, v.fault
	}
	if err != nil {
		return Verified{}, &Flaw{v.line, err.Error()}
	}
	return v.found, nil
}

type verifier struct {
	lines *bufio.Reader
	line  int
	trust Trust
	fault error // of reading
	found Verified

	last    Seal     // the one that was read last and whose entries all were
	said    Seal     // the one whose entries are read
	head    Hash     // of said, as the file has it
	sealing *Sealing // of said; nil between two seals
}

// run reads the whole file.
func (v *verifier) run() error {
	header, err := v.next("its first line")
	if err != nil {
		return err
	}
	if err := v.begin(header); err != nil {
		return err
	}
	for {
		l, err := v.next("the registry's signature")
		switch {
		case err != nil:
			return err
		case l.Entry != nil:
			err = v.entry(*l.Entry)
		case l.Seal != nil:
			err = v.seal(*l.Seal)
		case l.Way != nil:
			return v.end(*l.Way)
		default:
			err = errors.New("an entry, a seal or the inclusion has to stand here")
		}
		if err != nil {
			return err
		}
	}
}

// next reads a line, which is there before something.
func (v *verifier) next(before string) (l proofLine, err error) {
	text, err := v.lines.ReadSlice('\n')
	v.line++
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return l, fmt.Errorf("the line is longer than %d bytes", maxProofLine)
	case errors.Is(err, io.EOF):
		return l, fmt.Errorf("the file is truncated: it ends before %s", before)
	case err != nil:
		v.fault = err
		return l, err
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return l, fmt.Errorf("this is no line of a signed statement: %w", err)
	}
	if !l.isOne() {
		return l, errors.New("this is no line of a signed statement: it has to be a statement, an entry, a seal, an inclusion or a head, and one of them")
	}
	again, err := l.bytes()
	if err != nil || !bytes.Equal(again, text) {
		return l, errors.New("the line was changed: it is not written as the registry writes it")
	}
	return l, nil
}

// isOne reports whether a line is one thing.
func (l proofLine) isOne() bool {
	n := 0
	for _, is := range []bool{l.Header != nil, l.Entry != nil, l.Seal != nil, l.Way != nil, l.Head != nil} {
		if is {
			n++
		}
	}
	return n == 1
}

func (v *verifier) begin(l proofLine) error {
	if l.Header == nil || l.Header.Format != ProofFormat {
		return fmt.Errorf("this is not a signed statement of the format %s", ProofFormat)
	}
	v.last = Unsealed(l.Header.Party)
	v.found.Party, v.found.FromStart = l.Header.Party, l.Header.After == nil
	if after := l.Header.After; after != nil {
		s, err := after.read(l.Header.Party)
		if err != nil {
			return err
		}
		if s.Head() != after.Head {
			return errors.New("the head of the seal that the statement goes on from is not the hash of what it says: it was changed")
		}
		v.last = s
	}
	v.found.After, v.found.Head, v.found.Opening = v.last.next(), v.last.next(), v.last.Balance
	if known := v.trust.Head; known != nil && *known != v.found.After {
		return fmt.Errorf("the statement does not go on from the head that you know: it follows %s", v.found.After)
	}
	v.found.HeadGiven = v.trust.Head != nil
	return nil
}

// read reads a seal without its prints.
func (s proofSeal) read(p Party) (Seal, error) {
	day, err := time.Parse(time.DateOnly, s.Day)
	switch {
	case err != nil:
		return Seal{}, fmt.Errorf("%q is not a day", s.Day)
	case s.First < 1 || s.Count < 1 || s.First+s.Count < s.First:
		return Seal{}, fmt.Errorf("a seal of %d entries from number %d on cannot be", s.Count, s.First)
	}
	return Seal{
		Party: p, Day: day, Previous: s.Previous, First: s.First, Count: s.Count, Digest: s.Digest,
		Balance: Money(s.Balance), Authorised: Money(s.Authorised),
	}, nil
}

// seal begins a seal, whose entries follow.
func (v *verifier) seal(p proofSeal) error {
	s, err := p.read(v.found.Party)
	if err != nil {
		return err
	}
	if err := v.whole(); err != nil {
		return err
	}
	switch first := max(1, v.last.First+v.last.Count); {
	case !v.last.isNone() && !s.Day.After(v.last.Day):
		return fmt.Errorf("the seal of %s stands behind that of %s: the days are out of order", p.Day, dayText(v.last.Day))
	case s.Previous != v.last.next():
		return fmt.Errorf("the seal of %s does not follow the one before it: a day was removed, or one of the two was changed", p.Day)
	case s.First != first:
		return fmt.Errorf("the seal of %s begins with number %d, and %d has to follow", p.Day, s.First, first)
	}
	v.said, v.head, v.sealing = s, p.Head, v.last.Seal(s.Day)
	return nil
}

// whole says that entries of a seal are missing, if they are.
func (v *verifier) whole() error {
	if v.sealing == nil {
		return nil
	}
	missing := v.said.Count - v.sealing.seal.Count
	return fmt.Errorf("the last entries of the seal of %s are missing, %d of %d", dayText(v.said.Day), missing, v.said.Count)
}

// entry reads an entry of the seal before it.
func (v *verifier) entry(p proofEntry) error {
	if v.sealing == nil {
		return fmt.Errorf("entry %d was added: the seal before it has no more entries", p.Number)
	}
	e := Entry{p.Key, p.At, v.found.Party, p.Debit, p.Credit, Money(p.Amount), p.Charge, p.Text}
	want := v.said.First + v.sealing.seal.Count
	switch other := otherParty(e); {
	case p.Number > want:
		return fmt.Errorf("entry %d is missing: number %d stands in its place", want, p.Number)
	case p.Number < want:
		return fmt.Errorf("number %d stands where entry %d has to: entries were repeated or are out of order", p.Number, want)
	case other != "":
		return fmt.Errorf("entry %d is of an account of %s, and the statement is of %s", p.Number, other, v.found.Party)
	}
	if err := v.sealing.Add(e); err != nil {
		return fmt.Errorf("entry %d: %w: entries were changed or are out of order", p.Number, err)
	}
	v.sealing.seal.Prints = v.sealing.seal.Prints[:0]
	if v.sealing.seal.Count < v.said.Count {
		return nil
	}
	return v.close()
}

// close holds a seal to its entries.
func (v *verifier) close() error {
	s, made, day := v.said, v.sealing.End(), dayText(v.said.Day)
	switch {
	case s.Digest != made.Digest:
		return fmt.Errorf("the entries of the seal of %s, which end here, are not those that were sealed: one of them was changed, or the seal", day)
	case s.Balance != made.Balance || s.Authorised != made.Authorised:
		return fmt.Errorf("after %s the balance is said to be %s, with %s set aside; the entries make %s, with %s",
			day, s.Balance, s.Authorised, made.Balance, made.Authorised)
	case s.Head() != v.head:
		return fmt.Errorf("the head of the seal of %s is not the hash of what it says", day)
	}
	if v.found.First.IsZero() {
		v.found.First = s.Day
	}
	v.found.Entries += s.Count
	v.found.Late += made.Late
	v.found.Last, v.found.Head, v.last, v.sealing = s.Day, v.head, s, nil
	return nil
}

// otherParty returns whose account an entry is of, if it is not its party's nor the registry's.
func otherParty(e Entry) string {
	for _, a := range []Account{e.Debit, e.Credit} {
		for _, kind := range []Account{Prepaid(""), Authorised(""), Uncommitted("")} {
			if of, is := strings.CutPrefix(string(a), string(kind)); is && of != string(e.Party) {
				return of
			}
		}
	}
	return ""
}

// end holds the last seal to the signed head of a day, behind which nothing may stand.
func (v *verifier) end(way proofWay) error {
	if err := v.whole(); err != nil {
		return err
	}
	if v.last.isNone() {
		return errors.New("the statement has no seal")
	}
	l, err := v.next("the head of a day")
	if err != nil {
		return err
	}
	if l.Head == nil {
		return errors.New("the head of a day has to stand here")
	}
	head, err := ParseHead(l.Head.Text)
	if err != nil {
		return err
	}
	head.Signature = l.Head.Signature
	if head.Day.Before(v.last.Day) {
		return fmt.Errorf("the head is of %s, before the last seal", dayText(head.Day))
	}
	leaf := Leaf{v.found.Party, head.Day, way.Salt, v.last.Head()}
	root, fits := Climb(leaf.Hash(), way.Index, head.Leaves, way.Path)
	if !fits || root != head.Root {
		return fmt.Errorf("the last seal is not in the head of %s: the statement is not what the registry signed, or the inclusion was changed", dayText(head.Day))
	}
	if err := v.signature(head, ed25519.PublicKey(l.Head.Key)); err != nil {
		return err
	}
	if _, err := v.lines.ReadByte(); err == nil {
		v.line++
		return errors.New("something stands behind the end of the statement")
	} else if !errors.Is(err, io.EOF) {
		v.fault = err
		return err
	}
	v.found.Closing, v.found.Authorised, v.found.Signed = v.last.Balance, v.last.Authorised, head.Day
	return nil
}

// signature holds a head to the key that it names, and that key to those that are known.
func (v *verifier) signature(head DayHead, named ed25519.PublicKey) error {
	if err := head.SignedBy(named); err != nil {
		return err
	}
	v.found.Key = named
	if len(v.trust.Keys) == 0 {
		return nil
	}
	for _, known := range v.trust.Keys {
		if named.Equal(known) {
			v.found.KeyGiven = true
			return nil
		}
	}
	return fmt.Errorf("the head is signed by the key %s, and not by the registry's key %s: it is forged, or the registry has another key now",
		KeyID(named), KeyID(v.trust.Keys[0]))
}
