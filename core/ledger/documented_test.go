package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
)

var updateDocs = flag.Bool("update-docs", false, "write the worked example of docs/ledger.md")

// documented is the page with the format of sealed ledgers.
const documented = "../../docs/ledger.md"

// A plainBytes is written as the page says, without a line of the package that is tested.
type plainBytes struct{ bytes.Buffer }

func labelled(label string) *plainBytes {
	b := new(plainBytes)
	b.WriteString("dorado ledger 1 " + label + "\n")
	return b
}

func (b *plainBytes) text(s string) *plainBytes {
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))))
	b.WriteString(s)
	return b
}

func (b *plainBytes) number(n int64) *plainBytes {
	b.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return b
}

func (b *plainBytes) hash(h ledger.Hash) *plainBytes {
	b.Write(h[:])
	return b
}

func (b *plainBytes) sum() ledger.Hash { return sha256.Sum256(b.Bytes()) }

// shown is the bytes and what they hash to, in lines that a page has room for.
func (b *plainBytes) shown() string {
	digits := hex.EncodeToString(b.Bytes())
	var lines strings.Builder
	for len(digits) > 64 {
		lines.WriteString(digits[:64] + "\n")
		digits = digits[64:]
	}
	return lines.String() + digits + "\n= " + b.sum().String() + "\n"
}

// The worked example of the page is made anew from what the page says, with code of its own, and is what the package
// makes; the page has it byte for byte.
func TestDocumentedExample(t *testing.T) {
	at := firstDay.Add(12 * time.Hour)
	charge := ledger.Charge{
		ID: "D1-CO/create", Party: "H1001", Subject: "shop.co", Type: ledger.Registration, Amount: 20_00,
		At: at, PostsAt: at.AddDate(0, 0, 5), Authorises: true, State: ledger.Open,
	}
	b := &book{t: t, party: "H1001"}
	deposit := ledger.Entry{
		Key: "deposit/H1001/BANK-1", At: at.Add(-time.Hour), Party: "H1001", Debit: ledger.Bank, Credit: "prepaid:H1001", Amount: 500_00, Text: "Deposit BANK-1",
	}
	b.seal(firstDay, append([]ledger.Entry{deposit}, charge.Authorise()...)...)
	_, posted := charge.Post()
	b.seal(firstDay.AddDate(0, 0, 5), posted[1], posted[0])

	hashOf := func(e ledger.Entry) *plainBytes {
		return labelled("entry").text(e.Key).text(string(e.Party)).number(e.At.UnixMicro()).text(string(e.Debit)).
			text(string(e.Credit)).number(int64(e.Amount)).text(e.Charge).text(e.Text)
	}
	start := labelled("start").text("H1001")
	previous, number, balance, authorised := start.sum(), int64(1), int64(0), int64(0)
	var first *plainBytes
	for i, entries := range b.days {
		digest := labelled("entries")
		for _, e := range entries {
			digest.hash(hashOf(e).sum())
		}
		balance += []int64{500_00, -20_00}[i]
		authorised += []int64{20_00, -20_00}[i]
		s := labelled("seal").hash(previous).text("H1001").text([]string{"2026-03-01", "2026-03-06"}[i]).number(number).
			number(int64(len(entries))).hash(digest.sum()).number(balance).number(authorised)
		if previous, number = s.sum(), number+int64(len(entries)); first == nil {
			first = s
		}
		if previous != b.seals[i].Head() {
			t.Fatalf("the seal of day %d has the hash %s, and by the page %s", i, b.seals[i].Head(), previous)
		}
	}
	signed := firstDay.AddDate(0, 0, 5)
	salt := ledger.Hash(bytes.Repeat([]byte{0x55}, 32))
	leaf := labelled("leaf").hash(salt).text("H1001").text("2026-03-06").hash(previous)
	one, three := ledger.Hash(bytes.Repeat([]byte{1}, 32)), ledger.Hash(bytes.Repeat([]byte{3}, 32))
	root := labelled("node").hash(labelled("node").hash(one).hash(leaf.sum()).sum()).hash(three).sum()
	before := ledger.Hash(bytes.Repeat([]byte{9}, 32))
	head := ledger.DayHead{Day: signed, Leaves: 3, Root: root, Previous: before}.Signed(ledgerKey)
	file := writtenProof(t, b, ledger.Vouched{Salt: salt, Index: 1, Path: []ledger.Hash{one, three}, Head: head, Key: public(ledgerKey)})
	if _, err := ledger.Verify(strings.NewReader(file), ledger.Trust{Keys: []ed25519.PublicKey{public(ledgerKey)}}); err != nil {
		t.Fatal(err)
	}
	compareExamples(t, map[string]string{
		"entry":     hashOf(deposit).shown(),
		"seal":      start.shown() + "\n" + first.shown(),
		"leaf":      leaf.shown(),
		"head":      head.Text() + "\n" + hex.EncodeToString(head.Signature) + "\n",
		"statement": file,
	})
}

// writtenProof writes a signed statement of all seals.
func writtenProof(t *testing.T, b *book, v ledger.Vouched) string {
	t.Helper()
	var out strings.Builder
	p, err := ledger.NewProof(&out, ledger.Unsealed(b.party))
	for i, s := range b.seals {
		err = errors.Join(err, p.Seal(s))
		for _, e := range b.days[i] {
			err = errors.Join(err, p.Entry(e))
		}
	}
	if err = errors.Join(err, p.End(v)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// compareExamples holds the blocks of the page to what they have to be, or writes them.
func compareExamples(t *testing.T, want map[string]string) {
	t.Helper()
	data, err := os.ReadFile(documented)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for name, text := range want {
		mark := "<!-- example " + name + " -->\n"
		before, rest, found := strings.Cut(page, mark)
		if !found {
			t.Fatalf("the page has no example %s", name)
		}
		block := "```\n" + text + "```\n"
		if *updateDocs {
			if old, is := strings.CutPrefix(rest, "```\n"); is {
				_, rest, _ = strings.Cut(old, "\n```\n")
			}
			page = before + mark + block + rest
			continue
		}
		if !strings.HasPrefix(rest, block) {
			t.Errorf("docs/ledger.md has another example %s; it is\n%s", name, block)
		}
	}
	if *updateDocs {
		if err := os.WriteFile(documented, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
