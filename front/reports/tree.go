package reports

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// A Tree is the directory of all files: those that all registrars see, and those of each. Nothing outside of it is ever
// read or written, whatever links are in it.
type Tree struct {
	dir  string
	root *os.Root
}

// OpenTree opens a directory, and makes it if it is not there.
func OpenTree(dir string) (*Tree, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the directory of files for registrars: %w", err)
	}
	return &Tree{dir, root}, nil
}

// Close closes the directory.
func (t *Tree) Close() error { return t.root.Close() }

// path is where a file of the tree is, for messages.
func (t *Tree) path(name string) string { return filepath.Join(t.dir, filepath.FromSlash(name)) }

// Of returns what one registrar sees: the common files and its own, in one tree that cannot be written. The directories
// are always there, and a name that begins with a dot never is.
func (t *Tree) Of(id registry.RegistrarID) fs.FS {
	return view{files: t.root.FS(), own: strings.TrimSuffix(ownDir(id), "/")}
}

// commonDirs and ownDirs are the directories that a registrar finds, and which of the two trees has what is in them.
func commonDirs() []string { return []string{"droplist", "lordn", "prices"} }

func ownDirs() []string {
	return []string{
		"invoices", "statements", "transactions", "transactions/daily", "transactions/monthly", "transactions/weekly",
	}
}

// A view is the fs.FS of one registrar.
type view struct {
	files fs.FS  // the whole tree
	own   string // where its own files are
}

var (
	_ fs.StatFS    = view{}
	_ fs.ReadDirFS = view{}
)

// place returns where a name of the view is in the whole tree; empty if it can be nowhere.
func (v view) place(name string) string {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") && name != "." || strings.Contains(name, "/.") {
		return ""
	}
	first, _, _ := strings.Cut(name, "/")
	switch {
	case slices.Contains(commonDirs(), first):
		return strings.TrimSuffix(commonDir, "/") + "/" + name
	case slices.Contains(ownDirs(), first):
		return v.own + "/" + name
	}
	return ""
}

// isDir reports whether a name is one of the directories that are always there.
func isDir(name string) bool {
	return name == "." || slices.Contains(commonDirs(), name) || slices.Contains(ownDirs(), name)
}

// missing is the error of a name that is not there.
func missing(op, name string) error { return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist} }

// Open opens a file, or a directory to list.
func (v view) Open(name string) (fs.File, error) {
	if isDir(name) {
		entries, err := v.ReadDir(name)
		return &openDir{dirInfo{path.Base(name)}, entries}, err
	}
	place := v.place(name)
	if place == "" {
		return nil, missing("open", name)
	}
	f, err := v.files.Open(place)
	if err != nil {
		return nil, unplaced(err, name)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(missing("open", name), f.Close())
	}
	return f, nil
}

// Stat tells of a file or directory.
func (v view) Stat(name string) (fs.FileInfo, error) {
	if isDir(name) {
		return dirInfo{path.Base(name)}, nil
	}
	place := v.place(name)
	if place == "" {
		return nil, missing("stat", name)
	}
	info, err := fs.Stat(v.files, place)
	if err != nil {
		return nil, unplaced(err, name)
	}
	if !info.Mode().IsRegular() {
		return nil, missing("stat", name)
	}
	return info, nil
}

// unplaced is an error that says nothing of where the tree is.
func unplaced(err error, name string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return missing("open", name)
	}
	return &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
}

// ReadDir lists a directory in order of name: regular files, and the directories that are always there.
func (v view) ReadDir(name string) ([]fs.DirEntry, error) {
	if !isDir(name) {
		return nil, missing("readdir", name)
	}
	var list []fs.DirEntry
	for _, dir := range slices.Concat(commonDirs(), ownDirs()) {
		if path.Dir(dir) == name {
			list = append(list, fs.FileInfoToDirEntry(dirInfo{path.Base(dir)}))
		}
	}
	if place := v.place(name); place != "" {
		entries, err := fs.ReadDir(v.files, place)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, unplaced(err, name)
		}
		for _, e := range entries {
			if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
				list = append(list, e)
			}
		}
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// dirInfo tells of a directory of a view. It is as old as can be: what matters is what is in it.
type dirInfo struct{ name string }

func (d dirInfo) Name() string     { return d.name }
func (dirInfo) Size() int64        { return 0 }
func (dirInfo) Mode() fs.FileMode  { return fs.ModeDir | 0o555 }
func (dirInfo) ModTime() time.Time { return time.Unix(0, 0).UTC() }
func (dirInfo) IsDir() bool        { return true }
func (dirInfo) Sys() any           { return nil }

// openDir is an open directory of a view.
type openDir struct {
	dirInfo
	left []fs.DirEntry
}

func (d *openDir) Stat() (fs.FileInfo, error) { return d.dirInfo, nil }
func (d *openDir) Close() error               { return nil }

func (d *openDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("it is a directory")}
}

// ReadDir returns the next n entries, or all that are left if n is not positive.
func (d *openDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(d.left) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.left) {
		n = len(d.left)
	}
	list := d.left[:n]
	d.left = d.left[n:]
	return list, nil
}
