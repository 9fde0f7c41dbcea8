package zone

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// A tree, with and without the marks of its leaves, finds what a sorted list does: hashes that are there, that are not, and
// those next to them, also where many hashes begin alike.
func TestTreeFindsWhatAListDoes(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		alike := r.IntN(len(Hash{})) // octets that all hashes have in common
		hash := func() (h Hash) {
			for i := alike; i < len(h); i++ {
				h[i] = byte(r.Uint32())
			}
			if r.IntN(2) == 0 { // and some differ in the end only
				clear(h[alike : len(h)-1])
			}
			return h
		}
		var tr tree
		want := map[Hash][]byte{}
		for range 1 + r.IntN(5) {
			e := tr.edit()
			for range r.IntN(300) {
				h := hash()
				if r.IntN(4) == 0 {
					delete(want, h)
					e.remove(h)
					continue
				}
				want[h] = bytes.Repeat([]byte{h[19]}, 1+r.IntN(400))
				e.put(h, want[h])
			}
			holdTree(t, e.peek(), want, hash)
			tr = e.tree()
		}
		holdTree(t, tr, want, hash)
	}
}

func holdTree(t *testing.T, tr tree, want map[Hash][]byte, hash func() Hash) {
	t.Helper()
	sorted := slices.SortedFunc(maps.Keys(want), func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
	asked := append(slices.Clone(sorted), hash(), hash(), hash(), Hash{}, Hash(bytes.Repeat([]byte{255}, len(Hash{}))))
	for _, h := range asked {
		at, found := slices.BinarySearchFunc(sorted, h, func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
		if got := tr.get(&h); !bytes.Equal(got, want[h]) || (got != nil) != found {
			t.Fatalf("get(%x) = %x, want %x", h, got, want[h])
		}
		if len(sorted) == 0 {
			continue
		}
		floor, after := at, at
		if found {
			after++
		} else {
			floor--
		}
		for _, test := range []struct {
			name string
			of   func(*Hash) ([]byte, []byte)
			want int
		}{{"floor", tr.floor, floor}, {"below", tr.below, at - 1}, {"above", tr.above, after}} {
			near := sorted[(test.want+len(sorted))%len(sorted)]
			if got, value := test.of(&h); !bytes.Equal(got, near[:]) || !bytes.Equal(value, want[near]) {
				t.Fatalf("%s(%x) = %x, want %x", test.name, h, got, near)
			}
		}
	}
}
