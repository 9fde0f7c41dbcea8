package bench

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestParseMix(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Mix
	}{
		{"one kind", "check=1", Mix{Check: 1}},
		{"all kinds", "check=85,info=10,create=4,update=1", Mix{85, 10, 4, 1}},
		{"any order, and spaces", " update=2, check=3 ", Mix{Check: 3, Update: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseMix(test.text)
			if err != nil || got != test.want {
				t.Fatalf("ParseMix(%q) = %v, %v; want %v", test.text, got, err, test.want)
			}
			if again, err := ParseMix(got.String()); err != nil || again != got {
				t.Errorf("ParseMix(%q) = %v, %v; want what it was written from", got, again, err)
			}
		})
	}
}

func TestParseMixRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, says string }{
		{"nothing", "", "no part of a mix"},
		{"no number", "check", "no part of a mix"},
		{"another command", "delete=1", "no part of a mix"},
		{"an empty part", "check=1,", "no part of a mix"},
		{"twice", "check=1,check=2", "check is in the mix twice"},
		{"no part at all", "check=0", "a number from 1"},
		{"less than nothing", "check=-1", "a number from 1"},
		{"too much", "check=1000001", "a number from 1"},
		{"words", "check=many", "a number from 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if m, err := ParseMix(test.text); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("ParseMix(%q) = %v, %v; want an error with %q", test.text, m, err, test.says)
			}
		})
	}
}

// Each kind comes as often as its part says; the draws are the same in every run.
func TestMixPick(t *testing.T) {
	const draws = 100_000
	mix, r := Mix{Check: 85, Info: 10, Update: 5}, rand.New(rand.NewPCG(1, 2))
	var drawn [kinds]int
	for range draws {
		drawn[mix.pick(r)]++
	}
	for kind, part := range mix {
		want := part * draws / 100
		if got := drawn[kind]; got < want*95/100 || got > want*105/100 {
			t.Errorf("%s comes %d times, want %d or so", Kind(kind), got, want)
		}
	}
}
