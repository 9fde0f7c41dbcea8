package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/dorado/core/ledger"
)

var (
	ledgerKey  = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	otherKey   = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))
	saltSecret = []byte("the salt of a test")
	firstDay   = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
)

// public returns the public half of a key.
func public(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

// A book is the sealed ledger of one party, day after day.
type book struct {
	t     testing.TB
	party ledger.Party
	seals []ledger.Seal
	days  [][]ledger.Entry
}

// seal seals the entries of a day, of which there may be none.
func (b *book) seal(day time.Time, entries ...ledger.Entry) {
	s := b.last().Seal(day)
	for _, e := range entries {
		if err := s.Add(e); err != nil {
			b.t.Fatal(err)
		}
	}
	if len(entries) > 0 {
		b.seals, b.days = append(b.seals, s.End()), append(b.days, entries)
	}
}

func (b *book) last() ledger.Seal {
	if len(b.seals) == 0 {
		return ledger.Unsealed(b.party)
	}
	return b.seals[len(b.seals)-1]
}

// proof writes a signed statement of the seals after the first so many, vouched for on a day among others' leaves.
func (b *book) proof(skip int, day time.Time, key ed25519.PrivateKey) string {
	after := ledger.Unsealed(b.party)
	if skip > 0 {
		after = b.seals[skip-1]
	}
	var out strings.Builder
	p, err := ledger.NewProof(&out, after)
	for i := skip; i < len(b.seals) && err == nil; i++ {
		err = p.Seal(b.seals[i])
		for _, e := range b.days[i] {
			err = errors.Join(err, p.Entry(e))
		}
	}
	salt := ledger.Salt(saltSecret, b.party, day)
	leaves := []ledger.Hash{{1}, {2}, ledger.Leaf{Party: b.party, Day: day, Salt: salt, Head: b.last().Head()}.Hash(), {4}, {5}}
	head := ledger.DayHead{Day: day, Leaves: int64(len(leaves)), Root: ledger.Root(leaves)}.Signed(key)
	err = errors.Join(err, p.End(ledger.Vouched{Salt: salt, Index: 2, Path: ledger.Path(leaves, 2), Head: head, Key: public(key)}))
	if err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}

// exampleBook is three days of a registrar: a deposit and a registration, its posting, and a deposit that was
// written down a day late.
func exampleBook(t testing.TB) *book {
	b := &book{t: t, party: "H1001"}
	at := firstDay.Add(12 * time.Hour)
	c := ledger.Charge{
		ID: "D1-CO/create", Party: "H1001", Object: "D1-CO", Subject: "shop.co", Type: ledger.Registration, Amount: 20_00,
		At: at, PostsAt: at.AddDate(0, 0, 5), Authorises: true, State: ledger.Open,
	}
	b.seal(firstDay, ledger.Deposit("H1001", 500_00, at.Add(-time.Hour), "R-1"), c.Authorise()[0], ledger.Deposit("H1001", 1_00, at, "R-2"))
	_, posted := c.Post()
	b.seal(firstDay.AddDate(0, 0, 5), posted[1], posted[0])
	b.seal(firstDay.AddDate(0, 0, 7),
		ledger.Deposit("H1001", 10_00, firstDay.AddDate(0, 0, 6), "R-3"), ledger.Deposit("H1001", 1_00, firstDay.AddDate(0, 0, 7), "R-4"))
	return b
}

// A statement verifies, from its beginning and from a head that is known, and tells what it proves.
func TestVerify(t *testing.T) {
	b := exampleBook(t)
	signed := firstDay.AddDate(0, 0, 9)
	whole, err := ledger.Verify(strings.NewReader(b.proof(0, signed, ledgerKey)), ledger.Trust{Keys: []ed25519.PublicKey{public(otherKey), public(ledgerKey)}})
	if err != nil {
		t.Fatal(err)
	}
	if !whole.FromStart || whole.Entries != 7 || whole.Late != 1 || whole.Opening != 0 || whole.Closing != 492_00 ||
		whole.Authorised != 0 || !whole.First.Equal(firstDay) || !whole.Signed.Equal(signed) || !whole.KeyGiven || whole.Head != b.last().Head() {
		t.Errorf("the whole statement proves %+v", whole)
	}
	known := b.seals[0].Head()
	part, err := ledger.Verify(strings.NewReader(b.proof(1, signed, ledgerKey)), ledger.Trust{Head: &known})
	if err != nil || part.FromStart || part.Opening != 501_00 || part.Closing != 492_00 || part.Entries != 4 || part.KeyGiven || !part.HeadGiven || part.After != known {
		t.Errorf("the statement from a known head proves %+v, %v", part, err)
	}
}

// Whatever is done to a statement is said in words.
func TestVerifyTampered(t *testing.T) {
	b := exampleBook(t)
	day := firstDay.AddDate(0, 0, 7)
	good := b.proof(0, day, ledgerKey)
	lines := strings.SplitAfter(good, "\n")
	lines = lines[:len(lines)-1]
	join := func(list ...string) string { return strings.Join(list, "") }
	without := func(n int) string { return join(lines[:n]...) + join(lines[n+1:]...) }
	change := func(from, to string) string {
		if strings.Count(good, from) == 0 {
			t.Fatalf("the statement has no %q:\n%s", from, good)
		}
		return strings.Replace(good, from, to, 1)
	}
	wrongKey := public(otherKey)
	known := ledger.Hash{1}
	for _, test := range []struct {
		name, file string
		trust      ledger.Trust
		says       string
	}{
		{"an amount", change(`"amount":"500.00"`, `"amount":"900.00"`), ledger.Trust{}, "line 5: the entries of the seal of 2026-03-01, which end here, are not those that were sealed"},
		{"a text", change("Deposit R-1", "Deposit R-9"), ledger.Trust{}, "not those that were sealed"},
		{"an instant", change("2026-03-01T11:00:00Z", "2026-03-01T11:00:01Z"), ledger.Trust{}, "not those that were sealed"},
		{"a name of a field", change(`"text"`, `"Text"`), ledger.Trust{}, "it is not written as the registry writes it"},
		{"a blank", change(`"key":`, `"key": `), ledger.Trust{}, "it is not written as the registry writes it"},
		{"a balance", change(`"balance":"501.00"`, `"balance":"600.00"`), ledger.Trust{}, "after 2026-03-01 the balance is said to be 600.00, with 20.00 set aside; the entries make 501.00, with 20.00"},
		{"a head of a seal", change(b.seals[0].Head().String(), ledger.Hash{9}.String()), ledger.Trust{}, "the head of the seal of 2026-03-01 is not the hash of what it says"},
		{"a digest", change(b.seals[0].Digest.String(), ledger.Hash{9}.String()), ledger.Trust{}, "not those that were sealed"},
		{"a chain", change(b.seals[1].Previous.String()+`","first":4`, ledger.Hash{9}.String()+`","first":4`), ledger.Trust{}, "the seal of 2026-03-06 does not follow the one before it"},
		{"an entry is missing", without(2), ledger.Trust{}, "line 3: entry 1 is missing: number 2 stands in its place"},
		{"the last entry of a seal is missing", without(4), ledger.Trust{}, "the last entries of the seal of 2026-03-01 are missing, 1 of 3"},
		{"a day is missing", join(lines[:5]...) + join(lines[8:]...), ledger.Trust{}, "the seal of 2026-03-08 does not follow the one before it: a day was removed"},
		{"the last day is missing", join(lines[:8]...) + join(lines[11:]...), ledger.Trust{}, "the last seal is not in the head of 2026-03-08"},
		{"days are out of order", join(lines[0]) + join(lines[5:8]...) + join(lines[1:5]...) + join(lines[8:]...), ledger.Trust{}, "does not follow the one before it"},
		{"entries are out of order", join(lines[:2]...) + lines[3] + lines[2] + join(lines[4:]...), ledger.Trust{}, "entry 1 is missing: number 2 stands in its place"},
		{"an entry stands twice", join(lines[:3]...) + join(lines[2:]...), ledger.Trust{}, "number 1 stands where entry 2 has to"},
		{"an entry is added", join(lines[:5]...) + strings.Replace(lines[4], `"number":3`, `"number":4`, 1) + join(lines[5:]...), ledger.Trust{}, "entry 4 was added"},
		{"another's account", change(`"credit":"prepaid:H1001"`, `"credit":"prepaid:H1002"`), ledger.Trust{}, "entry 1 is of an account of H1002, and the statement is of H1001"},
		{"another's name", change(`"registrar":"H1001"`, `"registrar":"H1002"`), ledger.Trust{}, "line 2: the seal of 2026-03-01 does not follow the one before it"},
		{"another's place in the tree", change(`"index":2`, `"index":1`), ledger.Trust{}, "the last seal is not in the head of 2026-03-08"},
		{"a salt", change(ledger.Salt(saltSecret, "H1001", day).String(), ledger.Hash{9}.String()), ledger.Trust{}, "the last seal is not in the head"},
		{"the day of the head", change("day 2026-03-08", "day 2026-03-09"), ledger.Trust{}, "the last seal is not in the head of 2026-03-09"},
		{"a head before the last seal", change("day 2026-03-08", "day 2026-03-07"), ledger.Trust{}, "the head is of 2026-03-07, before the last seal"},
		{"the previous head", change("previous -", "previous "+ledger.Hash{9}.String()), ledger.Trust{}, "the signature under the head of 2026-03-08 is not by the key"},
		{"the signature", flip(good, strings.Index(good, `"signature":"`)+len(`"signature":"`)), ledger.Trust{}, "changed, or forged"},
		{"the key", change(`"key":"`+fmt.Sprintf("%x", []byte(public(ledgerKey))), `"key":"`+fmt.Sprintf("%x", []byte(wrongKey))), ledger.Trust{}, "which is not the key"},
		{"no head", join(lines[:len(lines)-1]...), ledger.Trust{}, "the file is truncated: it ends before the head of a day"},
		{"half", good[:len(good)/2], ledger.Trust{}, "the file is truncated: it ends before the registry's signature"},
		{"nothing", "", ledger.Trust{}, "line 1: the file is truncated: it ends before its first line"},
		{"no line feed", strings.TrimSuffix(good, "\n"), ledger.Trust{}, "truncated"},
		{"something behind", good + "\n", ledger.Trust{}, "something stands behind the end of the statement"},
		{"another format", change("statement-1", "statement-2"), ledger.Trust{}, "this is not a signed statement of the format dorado-ledger-statement-1"},
		{"no JSON", "H1001,500.00\n" + good, ledger.Trust{}, "line 1: this is no line of a signed statement"},
		{"an entry of two kinds", "{}\n" + good, ledger.Trust{}, "one of them"},
		{"a line without end", strings.Repeat("x", 1<<20), ledger.Trust{}, "line 1: the line is longer than 65536 bytes"},
		{"forged with another key", b.proof(0, day, otherKey), ledger.Trust{Keys: []ed25519.PublicKey{public(ledgerKey)}}, "signed by the key " + ledger.KeyID(wrongKey) + ", and not by the registry's key " + ledger.KeyID(public(ledgerKey))},
		{"from another head than is known", good, ledger.Trust{Head: &known}, "the statement does not go on from the head that you know"},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := ledger.Verify(strings.NewReader(test.file), test.trust)
			var flaw *ledger.Flaw
			if !errors.As(err, &flaw) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("Verify says %v, and %+v; want %q", err, found, test.says)
			}
		})
	}
}

// flip changes the hexadecimal digit at a place.
func flip(s string, at int) string {
	digit := "0"
	if s[at] == '0' {
		digit = "1"
	}
	return s[:at] + digit + s[at+1:]
}

// Any byte of a statement that is flipped is seen.
func TestVerifySeesEveryByte(t *testing.T) {
	good := []byte(exampleBook(t).proof(1, firstDay.AddDate(0, 0, 7), ledgerKey))
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= []byte{1, 0x20, 0x80}[i%3] // another digit, another case, no text
		if found, err := ledger.Verify(bytes.NewReader(bad), ledger.Trust{}); err == nil {
			t.Fatalf("byte %d as %q is not seen in %q: %+v", i, bad[i], bad[max(0, i-40):min(len(bad), i+40)], found)
		}
	}
}

// Any history verifies from any of its seals, and fails with any one entry changed behind the seals.
func TestAnyHistoryVerifies(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := &book{t: t, party: "H1001"}
		var balance ledger.Money
		for i := range rapid.IntRange(1, 6).Draw(r, "days") {
			day := firstDay.AddDate(0, 0, i)
			var entries []ledger.Entry
			for n := range rapid.IntRange(0, 5).Draw(r, "entries") {
				amount := ledger.Money(rapid.Int64Range(0, 1_000_000).Draw(r, "amount"))
				at := day.Add(time.Duration(n-1) * time.Hour) // the first may be late
				entries = append(entries, ledger.Deposit("H1001", amount, at, fmt.Sprintf("%d-%d %q", i, n, rapid.String().Draw(r, "text"))))
				balance += amount
			}
			b.seal(day, entries...)
		}
		if len(b.seals) == 0 {
			return
		}
		skip := rapid.IntRange(0, len(b.seals)-1).Draw(r, "skip")
		file := b.proof(skip, firstDay.AddDate(0, 0, 10), ledgerKey)
		found, err := ledger.Verify(strings.NewReader(file), ledger.Trust{})
		if err != nil || found.Closing != balance {
			r.Fatalf("%+v, %v, want a balance of %s of\n%s", found, err, balance, file)
		}
		at := rapid.IntRange(skip, len(b.seals)-1).Draw(r, "seal")
		e := &b.days[at][rapid.IntRange(0, len(b.days[at])-1).Draw(r, "entry")]
		e.Amount++
		if found, err := ledger.Verify(strings.NewReader(b.proof(skip, firstDay.AddDate(0, 0, 10), ledgerKey)), ledger.Trust{}); err == nil {
			r.Fatalf("a changed entry verifies: %+v", found)
		}
	})
}

// Every leaf of a tree of any size is found by its path, and by no other.
func TestTree(t *testing.T) {
	for n := range 35 {
		leaves := make([]ledger.Hash, n)
		for i := range leaves {
			leaves[i] = ledger.Leaf{Party: ledger.Party(fmt.Sprint(i)), Day: firstDay}.Hash()
		}
		for i := range leaves {
			path := ledger.Path(leaves, i)
			if root, ok := ledger.Climb(leaves[i], int64(i), int64(n), path); !ok || root != ledger.Root(leaves) {
				t.Errorf("leaf %d of %d leads to %s, %t", i, n, root, ok)
			}
			for other := range int64(n) + 1 {
				if root, ok := ledger.Climb(leaves[i], other, int64(n), path); other != int64(i) && ok && root == ledger.Root(leaves) {
					t.Errorf("leaf %d of %d is leaf %d as well", i, n, other)
				}
			}
			if _, ok := ledger.Climb(leaves[i], int64(i), int64(n), append(path, ledger.Hash{})); ok {
				t.Errorf("a longer path from leaf %d of %d is taken", i, n)
			}
		}
	}
}

// A seal takes entries in order only, of its party, and none that comes after its day.
func TestSealingRefuses(t *testing.T) {
	good := ledger.Deposit("H1001", 1, firstDay, "1")
	for name, e := range map[string]ledger.Entry{
		"another's":     ledger.Deposit("H1002", 1, firstDay, "2"),
		"a later day's": ledger.Deposit("H1001", 1, firstDay.AddDate(0, 0, 1), "2"),
		"an earlier":    ledger.Deposit("H1001", 1, firstDay.Add(-1), "2"),
		"the same":      good,
	} {
		s := ledger.Unsealed("H1001").Seal(firstDay)
		if err := s.Add(good); err != nil {
			t.Fatal(err)
		}
		if err := s.Add(e); err == nil {
			t.Errorf("%s entry is taken", name)
		}
	}
}

// A head reads as it was written, and in no other form.
func TestParseHead(t *testing.T) {
	d := ledger.DayHead{Day: firstDay, Leaves: 3, Root: ledger.Hash{1}, Previous: ledger.Hash{2}}.Signed(ledgerKey)
	back, err := ledger.ParseHead(d.Text())
	if back.Signature = d.Signature; err != nil || back.Hash() != d.Hash() || back.SignedBy(public(ledgerKey)) != nil {
		t.Errorf("it reads as %+v, %v", back, err)
	}
	for _, text := range []string{
		"", d.Text() + "\n", strings.TrimSuffix(d.Text(), "\n"), strings.Replace(d.Text(), "registrars 3", "registrars 03", 1),
		strings.Replace(d.Text(), "day ", "Day ", 1), strings.Replace(d.Text(), "2026-03-01", "2026-02-30", 1),
		strings.Replace(d.Text(), "head 1", "head 2", 1), strings.Replace(d.Text(), "previous 02", "previous zz", 1),
	} {
		if got, err := ledger.ParseHead(text); err == nil {
			t.Errorf("%q reads as %+v", text, got)
		}
	}
	if err := d.SignedBy(nil); err == nil {
		t.Error("no key has signed it")
	}
}

// FuzzVerify gives the verifier bytes of strangers: it ends, and what it finds good was signed by the key.
func FuzzVerify(f *testing.F) {
	b := exampleBook(f)
	good := b.proof(0, firstDay.AddDate(0, 0, 7), ledgerKey)
	f.Add([]byte(good))
	f.Add([]byte(b.proof(1, firstDay.AddDate(0, 0, 8), ledgerKey)))
	f.Add([]byte("{\"statement\":{\"format\":\"dorado-ledger-statement-1\",\"registrar\":\"H1\"}}\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		found, err := ledger.Verify(bytes.NewReader(file), ledger.Trust{Keys: []ed25519.PublicKey{public(ledgerKey)}})
		if err == nil && found.Head != b.last().Head() {
			t.Errorf("a statement that nobody signed is good: %+v", found)
		}
	})
}
