package epp

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/strictxml"
)

// What is tested with all sound frames is tested with every command and every element of an extension:
// each that the decoder reads is the subject of one.
func TestEverySoundIsThere(t *testing.T) {
	elements := slices.Collect(maps.Keys(objectDecoders))
	for _, local := range []string{"hello", "login", "logout", "poll"} {
		elements = append(elements, strictxml.Name{Space: nsEPP, Local: local})
	}
	for _, e := range extensions {
		for local := range e.read {
			elements = append(elements, strictxml.Name{Space: e.uri, Local: local})
		}
	}
	for _, n := range elements {
		found := slices.ContainsFunc(sounds(), func(s sound) bool {
			return strings.Contains(s.frame, "<"+usualName(n)) && strings.Contains(s.frame, n.Space)
		})
		if !found {
			t.Errorf("no sound frame has <%s> of %s: add one to sounds", usualName(n), n.Space)
		}
	}
}
