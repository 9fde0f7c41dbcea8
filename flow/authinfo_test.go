package flow_test

import (
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// What a session that announced secure authInfo may set: nothing, or what is as hard to guess as 128 random
// bits, by length and alphabet. Nobody else is asked for it. RFC 9154 section 4.1.
func TestSecureAuthInfo(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	digits := strings.Repeat("0123456789", 4)
	for _, test := range []struct {
		name, authInfo string
		strong         bool
	}{
		{"empty", "", true},
		{"the manual's", "Abcd1234", false},
		{"19 of all printable", "aB3$eF6&hI9(kL2)nO5", false},
		{"20 of all printable", "aB3$eF6&hI9(kL2)nO5+", true},
		{"21 letters and digits", "Gk3pQz81LmWx0RtYb7Ncd", false},
		{"22 letters and digits", "Gk3pQz81LmWx0RtYb7Ncde", true},
		{"24 lower case and digits", "gk3pqz81lmwx0rtyb7ncdeh2", false},
		{"25 lower case and digits", "gk3pqz81lmwx0rtyb7ncdeh2v", true},
		{"38 digits", digits[:38], false},
		{"39 digits", digits[:39], true},
		{"a long one of a few letters", strings.Repeat("aB1$cD2", 20), false},
		{"with letters beyond ASCII", "áB3$eF6&hI9(kL2)nO5ñ", true},
	} {
		for _, announced := range []bool{true, false} {
			want := registry.Completed
			if announced && !test.strong {
				want = registry.InvalidAuthInfo
			}
			_, err := w.Run(world.Acme, flow.DomainUpdate{
				Name: world.Name("shop.co"), AuthInfo: &test.authInfo, Announced: flow.Announced{SecureAuthInfo: announced},
			})
			if code(err) != want {
				t.Errorf("%s, announced %t: %v, want %s", test.name, announced, err, want)
			}
		}
	}
	// An authInfo that is not set matches nothing, not even an empty one. RFC 9154 section 4.4.
	w.Do(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), AuthInfo: new("")})
	for _, said := range []string{"", "Abcd1234"} {
		if _, err := w.Ask(world.Acme, flow.DomainInfo{Name: world.Name("shop.co"), AuthInfo: &said}); code(err) != registry.InvalidAuthInfo {
			t.Errorf("%q against none: %v, want %s", said, err, registry.InvalidAuthInfo)
		}
	}
}
