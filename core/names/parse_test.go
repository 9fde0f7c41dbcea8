package names_test

import (
	"errors"
	"strings"
	"testing"

	"example.org/dorado/core/names"
)

// The label of 63 octets and the name of 253 are the longest.
var (
	longestLabel = strings.Repeat("a", 63)
	longestName  = strings.Repeat(longestLabel+".", 3) + strings.Repeat("b", 61)
)

// Every accepted spelling is given with its canonical form.
func TestParse(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"one label", "co", "co"},
		{"two labels", "shop.co", "shop.co"},
		{"third level", "shop.com.co", "shop.com.co"},
		{"upper case", "SHOP.Com.CO", "shop.com.co"},
		{"one character", "a.co", "a.co"},
		{"all digits", "123.co", "123.co"},
		{"begins with a digit", "4shop.co", "4shop.co"},
		{"hyphen", "my-shop.co", "my-shop.co"},
		{"hyphens in second and third place", "a--b.co", "a--b.co"},
		{"hyphens in fourth and fifth place", "abc--d.co", "abc--d.co"},
		{"last label with a letter", "shop.4g", "shop.4g"},
		{"longest label", longestLabel + ".co", longestLabel + ".co"},
		{"longest name", longestName, longestName},
		{"A-label", "xn--espaol-zwa.co", "xn--espaol-zwa.co"},
		{"A-label in upper case", "XN--ESPAOL-ZWA.CO", "xn--espaol-zwa.co"},
		{"A-label that is not the first", "ns1.xn--espaol-zwa.co", "ns1.xn--espaol-zwa.co"},
		{"A-label of a TLD", "a.xn--wgbh1c", "a.xn--wgbh1c"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := names.Parse(test.in)
			if err != nil || got.String() != test.want {
				t.Errorf("Parse(%q) = %q, %v, want %q", test.in, got, err, test.want)
			}
		})
	}
}

// Every refusal is a sentence that its reader can act on.
func TestParseRefusals(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"empty", "", "the name is empty"},
		{"too long", "b" + longestName, "the name is longer than 253 octets"},
		{"only a dot", ".", "the name ends with a dot; send it without"},
		{"final dot", "shop.co.", "the name ends with a dot; send it without"},
		{"leading dot", ".co", "the name has an empty label"},
		{"empty label", "shop..co", "the name has an empty label"},
		{
			"long label", longestLabel + "a.co",
			`the label "` + longestLabel + `a" is longer than 63 octets`,
		},
		{"leading hyphen", "-a.co", `the label "-a" begins with a hyphen`},
		{"trailing hyphen", "a-.co", `the label "a-" ends with a hyphen`},
		{"only a hyphen", "-.co", `the label "-" begins with a hyphen`},
		{
			"another prefix", "ab--c.co",
			`the label "ab--c" has hyphens in third and fourth place, ` +
				`which only an A-label may have`,
		},
		{
			"underscore", "_dmarc.co",
			`the label "_dmarc" has an underscore; only letters, digits and hyphens are allowed`,
		},
		{
			"space", "my shop.co",
			`the label "my shop" has a space; only letters, digits and hyphens are allowed`,
		},
		{"wildcard", "*.co", `the label "*" has '*'; only letters, digits and hyphens are allowed`},
		{
			"control character", "a\x00.co",
			`the label "a\x00" has '\x00'; only letters, digits and hyphens are allowed`,
		},
		{"address", "192.0.2.1", `the label "1" is the last and all digits, as in an address`},
		{
			"U-label", "España.co",
			`the name is not ASCII; send the A-label form "xn--espaa-rta.co"`,
		},
		{
			"emoji", "💩.co",
			"the name is not ASCII; send the A-label of every label that has other characters",
		},
		{
			"prefix before a non-ASCII character", "xn--ñ.co",
			"the name is not ASCII; send the A-label of every label that has other characters",
		},
		{
			"lower case would make it ASCII", "\u212Aiosk.co",
			`the name is not ASCII; send the A-label form "kiosk.co"`,
		},
		{
			"not UTF-8", "a\xff.co",
			"the name is not ASCII; send the A-label of every label that has other characters",
		},
		{"nothing after the prefix", "xn--.co", `the label "xn--" ends with a hyphen`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := names.Parse(test.in)
			if err == nil || err.Error() != test.want || !got.IsZero() {
				t.Errorf("Parse(%q) = %q, %v, want %s", test.in, got, err, test.want)
			}
			if _, typed := errors.AsType[*names.Error](err); !typed {
				t.Errorf("Parse(%q) fails with a %T, want *Error", test.in, err)
			}
		})
	}
}

// Queries are written by people, so more spellings lead to the same name.
func TestParseLookup(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"canonical", "shop.co", "shop.co"},
		{"space around", " \tshop.co\r\n", "shop.co"},
		{"final dot", "shop.co.", "shop.co"},
		{"upper case", "SHOP.CO", "shop.co"},
		{"A-label", "xn--espaol-zwa.co", "xn--espaol-zwa.co"},
		{"U-label", "español.co", "xn--espaol-zwa.co"},
		{"U-label in upper case", "ESPAÑOL.CO", "xn--espaol-zwa.co"},
		{"decomposed U-label", "espan\u0303ol.co", "xn--espaol-zwa.co"},
		{"full width", "ｓｈｏｐ．ｃｏ", "shop.co"},
		{"half width katakana", "ｶﾞ.co", "xn--mck.co"},
		{"ideographic full stops", "日本。co。", "xn--wgv71a.co"},
		{"Kelvin sign", "\u212Aiosk.co", "kiosk.co"},
		{"capital Cherokee", "ᏣᎳᎩ.co", "xn--f9dt7l.co"},
		{"final sigma stays", "σας.co", "xn--mxa8ab.co"},
		{"sharp s stays", "straße.co", "xn--strae-oqa.co"},
		{"both forms in one name", "xn--espaol-zwa.españa.co", "xn--espaol-zwa.xn--espaa-rta.co"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := names.ParseLookup(test.in)
			if err != nil || got.String() != test.want {
				t.Errorf("ParseLookup(%q) = %q, %v, want %q", test.in, got, err, test.want)
			}
		})
	}
}

func TestParseLookupRefusals(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"empty", " ", "the name is empty"},
		{"only a dot", ".", "the name is empty"},
		{"two final dots", "shop.co..", "the name ends with a dot; send it without"},
		{
			"space inside", "a b.co",
			`the label "a b" has a space; only letters, digits and hyphens are allowed`,
		},
		{"no bound in sight", strings.Repeat("ñ", 1000), "the name is longer than 253 octets"},
		{"not UTF-8", "a\xff.co", "the name is not valid UTF-8"},
		{
			"prefix before a non-ASCII character", "xn--ñ.co",
			`the label "xn--ñ" cannot be written in Punycode`,
		},
		{
			"emoji", "💩.co",
			`the label "xn--ls8h" is not an A-label: ` +
				`its U-label has U+1F4A9, which IDNA2008 disallows`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := names.ParseLookup(test.in)
			if err == nil || err.Error() != test.want || !got.IsZero() {
				t.Errorf("ParseLookup(%q) = %q, %v, want %s", test.in, got, err, test.want)
			}
		})
	}
}

func TestMustParsePanics(t *testing.T) {
	defer func() {
		if got, want := recover(), `names: "-": the label "-" begins with a hyphen`; got != want {
			t.Errorf("MustParse panics with %v, want %s", got, want)
		}
	}()
	names.MustParse("-")
}

// The names of a domain check are parsed by the million a day, so the usual one costs no memory.
func TestParseAllocates(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     float64
	}{
		{"canonical", "my-shop-4.com.co", 0},
		{"longest", longestName, 0},
		{"upper case", "MY-SHOP-4.COM.CO", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := testing.AllocsPerRun(100, func() {
				if _, err := names.Parse(test.in); err != nil {
					t.Fatal(err)
				}
			})
			if got != test.want {
				t.Errorf("Parse(%q) allocates %v times, want %v", test.in, got, test.want)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, bench := range []struct{ name, in string }{
		{"canonical", "my-shop-4.com.co"},
		{"upper", "MY-SHOP-4.COM.CO"},
		{"longest", longestName},
		{"ALabel", "xn--espaol-zwa.co"},
		{"ALabelOfBidiName", "xn--mgbh0fb.xn--wgbh1c"},
		{"refused", "my_shop.co"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = names.Parse(bench.in)
			}
		})
	}
}
