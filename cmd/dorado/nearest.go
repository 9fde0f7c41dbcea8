package main

import (
	"slices"
	"strings"
)

// nearest returns the candidate that takes the fewest typing mistakes to turn into text. One that
// ends in the same key of another table wins over all others.
func nearest(text string, candidates []string) string {
	return slices.MinFunc(candidates, func(a, b string) int {
		return mistakes(text, a) - mistakes(text, b)
	})
}

func mistakes(text, candidate string) int {
	_, last, _ := cutLast(candidate)
	if _, said, _ := cutLast(text); said == last && strings.Contains(candidate, ".") {
		return 0
	}
	return distance(text, candidate)
}

// cutLast separates what is after the last dot.
func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '.')
	return s[:max(i, 0)], s[i+1:], i >= 0
}

// distance is the number of letters to insert, remove or replace (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
