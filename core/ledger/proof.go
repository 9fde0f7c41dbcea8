package ledger

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// A signed statement is a file that a registrar keeps, and that anybody verifies without the registry: lines of JSON,
// of which docs/ledger.md describes each. A line is written in one way only, so that every byte counts.

// ProofFormat is the format of a signed statement, which its first line names.
const ProofFormat = "dorado-ledger-statement-1"

// A proofLine is one line of the file; it has one of these.
type proofLine struct {
	Header *proofHeader `json:"statement,omitempty"`
	Entry  *proofEntry  `json:"entry,omitempty"`
	Seal   *proofSeal   `json:"seal,omitempty"`
	Way    *proofWay    `json:"inclusion,omitempty"`
	Head   *proofHead   `json:"head,omitempty"`
}

// A proofHeader begins the file: whose statement it is and the seal before those that follow, if there is one.
type proofHeader struct {
	Format string     `json:"format"`
	Party  Party      `json:"registrar"`
	After  *proofSeal `json:"after,omitempty"`
}

// A proofEntry is an entry with its number in the chain.
type proofEntry struct {
	Number int64     `json:"number"`
	Key    string    `json:"key"`
	At     time.Time `json:"at"`
	Debit  Account   `json:"debit"`
	Credit Account   `json:"credit"`
	Amount exact     `json:"amount"`
	Charge string    `json:"charge"`
	Text   string    `json:"text"`
}

// A proofSeal stands before its entries.
type proofSeal struct {
	Day        string `json:"day"`
	Previous   Hash   `json:"previous"`
	First      int64  `json:"first"`
	Count      int64  `json:"count"`
	Digest     Hash   `json:"entries"`
	Balance    exact  `json:"balance"`
	Authorised exact  `json:"authorised"`
	Head       Hash   `json:"head"`
}

// A proofWay is how the last head is found in the tree of a day.
type proofWay struct {
	Salt  Hash   `json:"salt"`
	Index int64  `json:"index"`
	Path  []Hash `json:"path"`
}

// A proofHead is the signed head of that day, and the key that it is said to be signed by.
type proofHead struct {
	Text      string   `json:"text"`
	Signature hexBytes `json:"signature"`
	Key       hexBytes `json:"key"`
}

// hexBytes are bytes in hexadecimal digits.
type hexBytes []byte

func (b hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// exact is an amount of any size, as Money writes it.
type exact Money

func (m exact) MarshalText() ([]byte, error) { return []byte(Money(m).String()), nil }

// mostExactDigits keeps an amount, in cents, inside an int64.
const mostExactDigits = 18

func (m *exact) UnmarshalText(text []byte) error {
	digits, negative := bytes.CutPrefix(text, []byte("-"))
	cents, n := Money(0), 0
	for i, c := range digits {
		switch {
		case c == '.' && i == len(digits)-3:
		case c < '0' || c > '9' || n == mostExactDigits:
			return fmt.Errorf("%q is not an amount with two decimals", text)
		default:
			cents, n = 10*cents+Money(c-'0'), n+1
		}
	}
	if negative {
		cents = -cents
	}
	if *m = exact(cents); cents.String() != string(text) {
		return fmt.Errorf("%q is not an amount with two decimals", text)
	}
	return nil
}

// A ProofWriter writes a signed statement.
type ProofWriter struct {
	w     *bufio.Writer
	party Party
	next  int64
}

// NewProof begins a signed statement after a seal of its party, which is Unsealed for one from the beginning.
func NewProof(w io.Writer, after Seal) (*ProofWriter, error) {
	p := &ProofWriter{bufio.NewWriter(w), after.Party, max(1, after.First+after.Count)}
	header := proofHeader{Format: ProofFormat, Party: after.Party}
	if !after.isNone() {
		header.After = new(writtenSeal(after))
	}
	return p, p.line(proofLine{Header: &header})
}

func writtenSeal(s Seal) proofSeal {
	return proofSeal{dayText(s.Day), s.Previous, s.First, s.Count, s.Digest, exact(s.Balance), exact(s.Authorised), s.Head()}
}

// Entry writes the next entry.
func (p *ProofWriter) Entry(e Entry) error {
	p.next++
	return p.line(proofLine{Entry: &proofEntry{
		p.next - 1, e.Key, e.At.UTC(), e.Debit, e.Credit, exact(e.Amount), e.Charge, e.Text,
	}})
}

// Seal writes a seal, whose entries follow.
func (p *ProofWriter) Seal(s Seal) error { return p.line(proofLine{Seal: new(writtenSeal(s))}) }

// A Vouched is what the registry vouches for the last seal of a statement with.
type Vouched struct {
	Salt  Hash
	Index int64
	Path  []Hash
	Head  DayHead
	Key   ed25519.PublicKey
}

// End writes what vouches for the last seal, and ends the statement.
func (p *ProofWriter) End(v Vouched) error {
	if v.Path == nil {
		v.Path = []Hash{}
	}
	if err := p.line(proofLine{Way: &proofWay{v.Salt, v.Index, v.Path}}); err != nil {
		return err
	}
	if err := p.line(proofLine{Head: &proofHead{v.Head.Text(), v.Head.Signature, hexBytes(v.Key)}}); err != nil {
		return err
	}
	return p.w.Flush()
}

func (p *ProofWriter) line(l proofLine) error {
	line, err := l.bytes()
	if err == nil {
		_, err = p.w.Write(line)
	}
	return err
}

// bytes is the only way in which a line is written.
func (l proofLine) bytes() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(l)
	return b.Bytes(), err
}
