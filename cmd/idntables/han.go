package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// A hanData is what han.txt says.
type hanData struct {
	zh, ja      []rune
	simplified  map[rune][]rune
	traditional map[rune][]rune
	sets        *sets // of characters that stand for each other
}

func readHan(text string) (*hanData, error) {
	h := &hanData{simplified: map[rune][]rune{}, traditional: map[rune][]rune{}, sets: newSets()}
	for line := range strings.Lines(text) {
		key, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "zh":
			h.zh = append(h.zh, []rune(rest)...)
		case "ja":
			h.ja = append(h.ja, []rune(rest)...)
		case "simplified", "traditional", "same":
			for pair := range strings.FieldsSeq(rest) {
				if utf8.RuneCountInString(pair) != 2 {
					return nil, fmt.Errorf("han.txt: %q is no pair", pair)
				}
				h.pair(key, []rune(pair))
			}
		}
	}
	slices.Sort(h.zh)
	slices.Sort(h.ja)
	return h, nil
}

func (h *hanData) pair(key string, pair []rune) {
	from, to := pair[0], pair[1]
	switch key {
	case "simplified":
		h.simplified[from] = append(h.simplified[from], to)
	case "traditional":
		h.traditional[from] = append(h.traditional[from], to)
	}
	h.sets.join(from, to)
}

// kind is the type of the mapping from one character to another of its set, or to itself: whether it is
// what the first becomes in a wholly simplified, a wholly traditional label, or in both. RFC 8228 section 10.
func (h *hanData) kind(from, to rune) string {
	simplified := becomes(h.simplified[from], from, to)
	traditional := becomes(h.traditional[from], from, to)
	kind := "blocked"
	switch {
	case simplified && traditional:
		kind = "both"
	case simplified:
		kind = "simp"
	case traditional:
		kind = "trad"
	case from == to:
		kind = "neither"
	}
	if from == to {
		return "r-" + kind
	}
	return kind
}

// becomes reports whether a character becomes another, which is itself if nothing else is said.
func becomes(targets []rune, from, to rune) bool {
	return slices.Contains(targets, to) || len(targets) == 0 && from == to
}

// A sets is a partition of characters into those that stand for each other.
type sets struct{ parent map[rune]rune }

func newSets() *sets { return &sets{map[rune]rune{}} }

func (s *sets) clone() *sets { return &sets{maps.Clone(s.parent)} }

func (s *sets) root(r rune) rune {
	for {
		up, ok := s.parent[r]
		if !ok || up == r {
			return r
		}
		r = up
	}
}

func (s *sets) join(a, b rune) {
	a, b = s.root(a), s.root(b)
	s.parent[max(a, b)] = min(a, b)
}

// within returns the sets of two members and more in a repertoire, by each member.
func (s *sets) within(repertoire []rune) map[rune][]rune {
	byRoot := map[rune][]rune{}
	for _, r := range repertoire {
		root := s.root(r)
		byRoot[root] = append(byRoot[root], r)
	}
	members := map[rune][]rune{}
	for _, set := range byRoot {
		if len(set) > 1 {
			slices.Sort(set)
			for _, r := range set {
				members[r] = set
			}
		}
	}
	return members
}
