package arch

import (
	"bytes"
	"fmt"
	"io/fs"
	"os/exec"
	"path"
	"regexp"
	"strings"
)

// A Pattern is what no line of a file may hold. The sources of the patterns do not match themselves.
type Pattern struct {
	Name, Why string
	Line      *regexp.Regexp
	// Meant reports whether the rule is about a file, by its path.
	Meant func(name string) bool
}

// Patterns are the rules about all files that are, or are about to be, in the repository.
var Patterns = []Pattern{
	{
		"open ends", "what is left to do is an issue, not a comment that stays",
		regexp.MustCompile(`\b(T[O]DO|F[I]XME|X[X]X)\b`), isCode,
	},
	{
		"paths of a machine", "the code runs from any checkout: find files from the repository's root, and the " +
			"shared folder by peer.Shared",
		regexp.MustCompile(`(^|[^\w.])(/[w]ork/[\w.]|/[h]ome/\w|/[U]sers/\w|/[r]oot/|/[t]mp/bash_jobs|/[f]arm/)|[A-Z]:\\[U]sers`),
		func(string) bool { return true },
	},
	{
		"the cluster's address", "only test/pg decides by it: TEST_" + "POSTGRES says where a cluster is, not " +
			"whether to use it; ask pg.DSN or pg.Chosen",
		regexp.MustCompile(`"TEST_[P]OSTGRES`),
		func(name string) bool { return isCode(name) && !within(path.Dir(name), "test/pg") },
	},
}

// isCode reports whether a file is ours to write, not data or prose.
func isCode(name string) bool {
	return strings.HasSuffix(name, ".go") || within(name, "Makefile", "scripts", ".ci")
}

// Find returns the lines of a file that hold the pattern. Files with a zero byte are no text.
func (p Pattern) Find(root fs.FS, name string) ([]Fault, error) {
	content, err := fs.ReadFile(root, name)
	if err != nil || !p.Meant(name) || bytes.IndexByte(content, 0) >= 0 {
		return nil, err
	}
	var faults []Fault
	for i, line := range bytes.Split(content, []byte("\n")) {
		if found := p.Line.Find(line); found != nil {
			where := fmt.Sprintf("%s:%d", name, i+1)
			faults = append(faults, Fault{where, fmt.Sprintf("has %q", bytes.TrimSpace(found))})
		}
	}
	return faults, nil
}

// MostBytes is the size that a file of the repository can have: the largest of those that people wrote, and more. A
// program that was built where it stands is forty times as large.
const MostBytes = 1 << 20

// TooLarge returns a fault if a file is larger than what anybody writes.
func TooLarge(root fs.FS, name string) ([]Fault, error) {
	info, err := fs.Stat(root, name)
	if err != nil || info.Size() <= MostBytes {
		return nil, err
	}
	return []Fault{{name, fmt.Sprintf("has %d bytes", info.Size())}}, nil
}

// Tracked returns the paths of the files of a repository, those about to be added included. Without
// git, as in an unpacked archive, it returns all files.
func Tracked(dir string, root fs.FS) ([]string, error) {
	out, err := exec.Command("git", "-C", dir, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err == nil {
		return present(root, strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")), nil
	}
	var names []string
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// present leaves out what git still lists and somebody has just removed, and links.
func present(root fs.FS, names []string) []string {
	var there []string
	for _, name := range names {
		if info, err := fs.Lstat(root, name); err == nil && info.Mode().IsRegular() {
			there = append(there, name)
		}
	}
	return there
}
