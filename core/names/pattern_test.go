package names_test

import (
	"errors"
	"strings"
	"testing"

	"example.org/dorado/core/names"
)

// What fits a pattern, and what does not. RFC 9082 section 4.1.
func TestPatternFits(t *testing.T) {
	for _, test := range []struct {
		pattern   string
		fits, not []string
	}{
		{"shop.co", []string{"shop.co"}, []string{"shop.com.co", "ashop.co", "shop2.co"}},
		{"SHOP.co.", []string{"shop.co"}, nil},
		{"café.co", []string{"xn--caf-dma.co"}, []string{"cafe.co"}},
		{"sh*", []string{"shop.co", "shop.com.co", "sh.co"}, []string{"s.co", "ash.co"}},
		{"Sh*.CO", []string{"shop.co", "sh.co"}, []string{"shop.com.co", "sh.example", "s.co"}},
		{"ns1.sh*.co", []string{"ns1.shop.co"}, []string{"ns1.shop.com.co", "ns2.shop.co", "ns1.a.shop.co"}},
		{"ns1.*", []string{"ns1.shop.co", "ns1.co"}, []string{"ns10.shop.co", "ns2.shop.co"}},
		{"ns1.*.co", []string{"ns1.shop.co"}, []string{"ns1.shop.com.co", "ns1.co"}},
		{"a-*.co", []string{"a-b.co"}, []string{"a.co", "ab.co"}},
		{"xn--*.co", []string{"xn--caf-dma.co"}, []string{"cafe.co"}},
		{"xn--ca*", []string{"xn--caf-dma.co"}, []string{"xn--cb-dma.co"}},
	} {
		p, err := names.ParsePattern(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		for _, list := range []struct {
			names []string
			want  bool
		}{{test.fits, true}, {test.not, false}} {
			for _, text := range list.names {
				name, err := names.Parse(text)
				if err != nil {
					continue // no such name can be there
				}
				if p.Fits(name) != list.want {
					t.Errorf("%s fits %s: %t, want %t", test.pattern, text, p.Fits(name), list.want)
				}
				if list.want && !strings.HasPrefix(text, p.Prefix()) {
					t.Errorf("%s begins with %q, and fits %s", test.pattern, p.Prefix(), text)
				}
			}
		}
	}
}

// What no search serves is told from what is no name at all: the first is 422, the second 400.
func TestPatternRefusals(t *testing.T) {
	for _, test := range []struct {
		pattern string
		style   bool // a pattern, and of a style that is not served
	}{
		{"*", true},
		{"*.co", true},
		{"*shop.co", true},
		{"s*p.co", true},
		{"sh*.*", true},
		{"sh**", true},
		{"caf\u00e9*", true},
		{"sh*.caf\u00e9", true},
		{"", false},
		{"-a.co", false},
		{"-a*", false},
		{"a..b*", false},
		{"sh_p*", false},
		{"sh op*", false},
		{"sh*..co", false},
		{"xn--*..", false},
		{"xn--a*..co", false},
		{"xn--a..b*", false},
		{"xn--" + strings.Repeat("a", 60) + "*", false},
		{"xn--" + strings.Repeat("a.", 130) + "a*", false},
		{strings.Repeat("a", 64) + "*", false},
		{strings.Repeat("a.", 200) + "a*", false},
		{"a\x00*", false},
	} {
		_, err := names.ParsePattern(test.pattern)
		if err == nil || errors.Is(err, names.ErrPattern) != test.style {
			t.Errorf("%q: %v, of a style that is not served: want %t", test.pattern, err, test.style)
		}
	}
}

// FuzzParsePattern: whatever comes, a pattern that is taken fits itself where the asterisk stands for nothing or for
// a letter, if that is a name at all; and says itself what it is.
func FuzzParsePattern(f *testing.F) {
	for _, seed := range []string{"shop.co", "sh*", "sh*.co", "*", "xn--*.co", "ns1.a-*.co", "caf\u00e9*", "a*\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := names.ParsePattern(text)
		if err != nil {
			return
		}
		if again, err := names.ParsePattern(p.String()); err != nil || again != p {
			t.Errorf("%q is %q, which is %v, %v", text, p, again, err)
		}
		if name, whole := p.Whole(); whole && !p.Fits(name) {
			t.Errorf("%q does not fit itself", text)
		}
		for _, in := range []string{"", "a"} {
			if name, err := names.Parse(strings.Replace(p.String(), "*", in, 1)); err == nil && !p.Fits(name) {
				t.Errorf("%q does not fit %s", text, name)
			}
		}
	})
}
