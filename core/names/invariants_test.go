package names_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.org/dorado/core/names"
)

// labels draws few and short labels, so that names are often equal or related, and A-labels of
// both directions.
func labels() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[a-c]`),
		rapid.StringMatching(`[a-c]([a-c0-2-]{0,3}[a-c0-2])?`).
			Filter(func(s string) bool { return len(s) < 4 || s[2:4] != "--" }),
		rapid.SampledFrom([]string{"xn--espaol-zwa", "xn--wgv71a", "xn--wgbh1c", "xn--mgbh0fb"}),
	)
}

// drawnNames draws names of one to four labels in any case.
func drawnNames() *rapid.Generator[names.Name] {
	return rapid.Custom(func(t *rapid.T) names.Name {
		s := strings.Join(rapid.SliceOfN(labels(), 1, 4).Draw(t, "labels"), ".")
		if rapid.Bool().Draw(t, "upper") {
			s = strings.ToUpper(s)
		}
		n, err := names.Parse(s)
		if err != nil {
			t.Fatalf("Parse(%q): %v", s, err)
		}
		return n
	})
}

// Whatever reads a canonical or a displayed name gives the same name again.
func TestCanonicalOfCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawnNames().Draw(t, "n")
		checkStable(t, n)
	})
}

// checkStable fails unless n survives each way out of the package and in again.
func checkStable(t interface {
	Errorf(format string, arguments ...any)
}, n names.Name,
) {
	if again, err := names.Parse(n.String()); err != nil || again != n {
		t.Errorf("Parse(%q) = %q, %v", n, again, err)
	}
	for _, s := range []string{n.String(), n.Unicode(), strings.ToUpper(n.String()) + ". "} {
		if again, err := names.ParseLookup(s); err != nil || again != n {
			t.Errorf("ParseLookup(%q) = %q, %v, want %q", s, again, err, n)
		}
	}
	if parent := n.Parent(); !parent.IsZero() {
		if again, err := names.Parse(parent.String()); err != nil || again != parent {
			t.Errorf("the parent %q of %q is %q, %v", parent, n, again, err)
		}
	}
	if n.Labels()[0] != n.Label() || strings.Join(n.Labels(), ".") != n.String() {
		t.Errorf("the labels of %q are %q", n, n.Labels())
	}
}

// Compare agrees with the comparison of lists of labels from the right, which is a total order,
// and with ==.
func TestCompareIsATotalOrder(t *testing.T) {
	fromTheRight := func(n names.Name) []string {
		l := n.Labels()
		slices.Reverse(l)
		return l
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawnNames().Draw(t, "a"), drawnNames().Draw(t, "b"), drawnNames().Draw(t, "c")
		want := slices.Compare(fromTheRight(a), fromTheRight(b))
		if got := a.Compare(b); got != want {
			t.Fatalf("%q compares %d with %q, want %d", a, got, b, want)
		}
		if (a.Compare(b) == 0) != (a == b) || a.Compare(a) != 0 {
			t.Fatalf("%q, %q: Compare and == disagree", a, b)
		}
		if a.Compare(b) != -b.Compare(a) {
			t.Fatalf("%q, %q: the order depends on which is asked", a, b)
		}
		if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
			t.Fatalf("%q, %q, %q: the order is not transitive", a, b, c)
		}
	})
}

// One name is below another exactly if that is found by going up from parent to parent.
func TestIsBelowIsAWayUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, o := drawnNames().Draw(t, "n"), drawnNames().Draw(t, "o")
		found := false
		for up := n.Parent(); !up.IsZero(); up = up.Parent() {
			found = found || up == o
		}
		if n.IsBelow(o) != found || n.IsSubordinateTo(o) != (found || n == o) {
			t.Fatalf("%q is below %q: %t, subordinate: %t, on the way up: %t",
				n, o, n.IsBelow(o), n.IsSubordinateTo(o), found)
		}
		if found && o.Compare(n) >= 0 {
			t.Fatalf("%q does not come before %q, which is below it", o, n)
		}
	})
}

// FuzzParse feeds both parsers: they never panic, and what they accept is canonical.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		n, err := names.Parse(s)
		if (err == nil) == n.IsZero() {
			t.Fatalf("Parse(%q) = %q, %v", s, n, err)
		}
		q, lookupErr := names.ParseLookup(s)
		if (lookupErr == nil) == q.IsZero() {
			t.Fatalf("ParseLookup(%q) = %q, %v", s, q, lookupErr)
		}
		if err == nil && q != n {
			t.Fatalf("Parse(%q) = %q, but ParseLookup %q", s, n, q)
		}
		if lookupErr == nil {
			checkCanonical(t, q)
			checkStable(t, q)
		}
	})
}

// checkCanonical fails unless n has the form that the type promises.
func checkCanonical(t *testing.T, n names.Name) {
	t.Helper()
	if len(n.String()) > names.MaxOctets {
		t.Errorf("%q has %d octets", n, len(n.String()))
	}
	for _, label := range n.Labels() {
		if label == "" || len(label) > names.MaxLabelOctets ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			t.Errorf("%q has the label %q", n, label)
		}
	}
}
