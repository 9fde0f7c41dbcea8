package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// A Kind is a command that a session sends.
type Kind int

// The kinds: a check of one name, an info of a name of one's own, the create of a name that nobody
// has, and an update that adds a name server or removes it again.
const (
	Check Kind = iota
	Info
	Create
	Update
	kinds // how many there are
)

// kindNames are the kinds as a mix calls them.
var kindNames = [kinds]string{"check", "info", "create", "update"}

func (k Kind) String() string { return kindNames[k] }

// A Mix says how often each kind comes, in parts of the sum of all.
type Mix [kinds]int

// maxPart bounds a part, so that no sum overflows.
const maxPart = 1_000_000

// ParseMix reads a mix such as check=85,info=10,create=4,update=1. A kind that is not in it never
// comes.
func ParseMix(text string) (Mix, error) {
	var m Mix
	for word := range strings.SplitSeq(text, ",") {
		name, number, found := strings.Cut(strings.TrimSpace(word), "=")
		kind := slices.Index(kindNames[:], name)
		if !found || kind < 0 {
			return Mix{}, fmt.Errorf("%q is no part of a mix: write %s and a number, as in check=85,create=15",
				word, strings.Join(kindNames[:], ", "))
		}
		if m[kind] != 0 {
			return Mix{}, fmt.Errorf("%s is in the mix twice", name)
		}
		part, err := strconv.Atoi(number)
		if err != nil || part < 1 || part > maxPart {
			return Mix{}, fmt.Errorf("the part of %s in the mix is a number from 1 to %d, not %q", name, maxPart, number)
		}
		m[kind] = part
	}
	if m.total() == 0 {
		return Mix{}, errors.New("the mix is empty")
	}
	return m, nil
}

// String returns the mix as ParseMix reads it.
func (m Mix) String() string {
	var words []string
	for kind, part := range m {
		if part > 0 {
			words = append(words, fmt.Sprintf("%s=%d", Kind(kind), part))
		}
	}
	return strings.Join(words, ",")
}

func (m Mix) total() int {
	sum := 0
	for _, part := range m {
		sum += part
	}
	return sum
}

// pick draws a kind.
func (m Mix) pick(r *rand.Rand) Kind {
	left := r.IntN(m.total())
	for kind, part := range m {
		if left < part {
			return Kind(kind)
		}
		left -= part
	}
	return Check
}
