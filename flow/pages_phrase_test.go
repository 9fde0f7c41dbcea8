package flow

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// like returns the body of an answer that shares most with others, as those of RDAP and WHOIS do.
func like(r *rand.Rand) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"rdapConformance":["rdap_level_0","icann_rdap_response_profile_1"],"handle":"D%d-CO",`, r.IntN(1000))
	for _, role := range []string{"registrant", "administrative", "technical"} {
		for _, field := range []string{"Name", "Organization", "Street", "City"} {
			fmt.Fprintf(&b, `{"name":{"type":"%s %s"},"postPath":"$.entities[?(@.roles[0]=='%s')]","method":"removal"},`, role, field, role)
		}
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "\"%s of %d\",\n", role, r.IntN(100))
		}
	}
	b.WriteString("Registrar: Condor Names of Bogotá\n" + strings.Repeat("x", r.IntN(40)))
	return []byte(b.String())
}

// What is kept of bodies gives them back to the octet, takes a part of them, and leaves nothing when they are gone.
func TestPhrases(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	book := phraseBook{most: 1 << 20}
	kept := map[string]shortened{}
	var whole, own int
	for range 3000 {
		body := like(r)
		s := book.shorten(body)
		if got := string(s.appendTo(nil)); got != string(body) || s.size != len(body) {
			t.Fatalf("%d octets of %d came back:\n%s\nwant\n%s", s.size, len(body), got, body)
		}
		if old, again := kept[string(body)]; again {
			book.release(old)
		}
		kept[string(body)] = s
		whole, own = whole+len(body), own+s.bytes()
	}
	if own > whole/4 {
		t.Errorf("%d octets take %d", whole, own)
	}
	for body, s := range kept {
		if got := string(s.appendTo(nil)); got != body {
			t.Fatalf("after others came:\n%s\nwant\n%s", got, body)
		}
		book.release(s)
	}
	if book.bytes != 0 || len(book.pieces) != 0 || len(book.pairs) != 0 {
		t.Errorf("with no body there are %d octets, %d pieces and %d pairs", book.bytes, len(book.pieces), len(book.pairs))
	}
}

// A body that shares nothing, an empty one, and a book that is full.
func TestPhrasesOfNothing(t *testing.T) {
	full := phraseBook{}
	for _, body := range []string{"", "x", strings.Repeat(",", 100), strings.Repeat("the same line again and again,\n", 50)} {
		for range 3 {
			s := full.shorten([]byte(body))
			if got := string(s.appendTo(nil)); got != body {
				t.Errorf("%q came back as %q", body, got)
			}
		}
	}
	if full.bytes != 0 {
		t.Errorf("a book without room holds %d octets", full.bytes)
	}
}

func BenchmarkShorten(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	book := phraseBook{most: 1 << 20}
	for b.Loop() {
		book.shorten(like(r))
	}
}
