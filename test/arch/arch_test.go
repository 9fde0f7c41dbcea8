package arch

import (
	"os"
	"testing"
)

const root = "../.."

// The tree as it stands keeps every rule.
func TestRules(t *testing.T) {
	if os.Getenv("TEST_DATABASE") == "postgres" {
		t.Skip("the source is the same on either database; this has run on SQLite")
	}
	tree, err := Load(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Files) == 0 {
		t.Fatal("there is no Go file: the root is wrong")
	}
	for _, rule := range Rules {
		t.Run(rule.Name, func(t *testing.T) {
			complain(t, rule.Check(tree), rule.Why)
		})
	}
}

// Every file of the repository keeps the rules about lines.
func TestPatterns(t *testing.T) {
	repository := os.DirFS(root)
	names, err := Tracked(root, repository)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("there is no file: the root is wrong")
	}
	for _, name := range names {
		faults, err := TooLarge(repository, name)
		if err != nil {
			t.Fatal(err)
		}
		complain(t, faults, "what is built is no source: leave it out of the repository")
	}
	for _, pattern := range Patterns {
		t.Run(pattern.Name, func(t *testing.T) {
			for _, name := range names {
				faults, err := pattern.Find(repository, name)
				if err != nil {
					t.Fatal(err)
				}
				complain(t, faults, pattern.Why)
			}
		})
	}
}

// complain fails t with each fault, and with the reason of the rule after them.
func complain(t *testing.T, faults []Fault, why string) {
	t.Helper()
	for _, fault := range faults {
		t.Errorf("%s: %s", fault.Where, fault.What)
	}
	if len(faults) > 0 {
		t.Logf("the rule: %s", why)
	}
}
