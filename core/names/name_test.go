package names_test

import (
	"encoding/json"
	"slices"
	"testing"

	"example.org/dorado/core/names"
)

func TestParts(t *testing.T) {
	for _, test := range []struct {
		in, label, parent string
		labels            []string
	}{
		{"shop.com.co", "shop", "com.co", []string{"shop", "com", "co"}},
		{"shop.co", "shop", "co", []string{"shop", "co"}},
		{"co", "co", "", []string{"co"}},
	} {
		n := names.MustParse(test.in)
		if n.Label() != test.label || n.Parent().String() != test.parent {
			t.Errorf("%q has label %q, parent %q, want %q, %q",
				n, n.Label(), n.Parent(), test.label, test.parent)
		}
		if got := n.Labels(); !slices.Equal(got, test.labels) {
			t.Errorf("%q has labels %q, want %q", n, got, test.labels)
		}
	}
}

// The zero Name is "no name": it has no parts and is related to nothing.
func TestZeroName(t *testing.T) {
	var zero names.Name
	co := names.MustParse("co")
	if !zero.IsZero() || co.IsZero() || !co.Parent().IsZero() {
		t.Error("IsZero is true for another name than the zero one")
	}
	if zero.Label() != "" || zero.Parent() != zero || zero.Labels() != nil || zero.Unicode() != "" {
		t.Error("the zero name has parts")
	}
	if zero.IsSubordinateTo(zero) || zero.IsBelow(zero) || co.IsBelow(zero) || zero.IsBelow(co) {
		t.Error("the zero name is above or below something")
	}
	if zero.Compare(co) != -1 || co.Compare(zero) != +1 || zero.Compare(zero) != 0 {
		t.Error("the zero name does not come first")
	}
}

func TestIsBelowAndIsSubordinateTo(t *testing.T) {
	for _, test := range []struct {
		name, n, o         string
		below, subordinate bool
	}{
		{"itself", "shop.co", "shop.co", false, true},
		{"child", "ns1.shop.co", "shop.co", true, true},
		{"grandchild", "a.ns1.shop.co", "shop.co", true, true},
		{"parent", "shop.co", "ns1.shop.co", false, false},
		{"sibling", "ns1.shop.co", "ns2.shop.co", false, false},
		{"same end, other label", "myshop.co", "shop.co", false, false},
		{"hyphen where the dot should be", "my-shop.co", "shop.co", false, false},
		{"TLD", "shop.co", "co", true, true},
		{"no relation", "shop.co", "shop.com.co", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, o := names.MustParse(test.n), names.MustParse(test.o)
			if got := n.IsBelow(o); got != test.below {
				t.Errorf("%q is below %q: %t, want %t", n, o, got, test.below)
			}
			if got := n.IsSubordinateTo(o); got != test.subordinate {
				t.Errorf("%q is subordinate to %q: %t, want %t", n, o, got, test.subordinate)
			}
		})
	}
}

// The first list is the one of RFC 4034 section 6.1, as far as its names are host names.
func TestCompareOrder(t *testing.T) {
	for _, test := range []struct {
		name string
		want []string
	}{
		{"RFC 4034", []string{
			"example", "a.example", "yljkjljk.a.example", "z.a.example",
			"zabc.a.example", "z.example",
		}},
		{"labels, not octets of the text", []string{"a.co", "b.a.co", "a-b.co", "a0.co"}},
		{"shorter label first", []string{"ab.co", "abc.co", "b.co"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []names.Name
			for _, s := range test.want {
				got = append(got, names.MustParse(s))
			}
			slices.Reverse(got)
			slices.SortFunc(got, names.Name.Compare)
			for i, n := range got {
				if n.String() != test.want[i] {
					t.Fatalf("the order is %q, want %q", got, test.want)
				}
			}
		})
	}
}

func TestUnicode(t *testing.T) {
	for _, test := range []struct {
		in, want string
		idn      bool
	}{
		{"shop.co", "shop.co", false},
		{"xn--espaol-zwa.co", "español.co", true},
		{"ns1.xn--espaol-zwa.xn--wgv71a", "ns1.español.日本", true},
		{"axn--b.co", "axn--b.co", false},
	} {
		n := names.MustParse(test.in)
		if got := n.Unicode(); got != test.want || n.IsIDN() != test.idn {
			t.Errorf("%q is %q in Unicode, an IDN: %t, want %q, %t",
				n, got, n.IsIDN(), test.want, test.idn)
		}
	}
}

func TestText(t *testing.T) {
	type object struct {
		Name  names.Name
		Hosts map[names.Name]int
	}
	const sent = `{"Name":"SHOP.co","Hosts":{"NS1.shop.co":1}}`
	const canonical = `{"Name":"shop.co","Hosts":{"ns1.shop.co":1}}`

	var got object
	if err := json.Unmarshal([]byte(sent), &got); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got)
	if err != nil || string(text) != canonical {
		t.Errorf("the object is %s, %v, want %s", text, err, canonical)
	}

	n := names.MustParse("shop.co")
	if err := n.UnmarshalText(nil); err != nil || !n.IsZero() {
		t.Errorf("no text is %q, %v, want the zero name", n, err)
	}
	n = names.MustParse("shop.co")
	if err := n.UnmarshalText([]byte("-.co")); err == nil || n.String() != "shop.co" {
		t.Errorf("a bad text is accepted, or leaves %q behind", n)
	}
}
