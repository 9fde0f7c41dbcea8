package reports

import (
	"bufio"
	"compress/gzip"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"
)

// A draft is a file that is being written under a name that nobody is shown. When it is whole and on the disk it takes
// its place at once: who reads meanwhile has the old file, and after a crash there is never half of one.
type draft struct {
	tree  *Tree
	name  string // its place
	aside string // where it is until then
	file  *os.File
	out   *bufio.Writer
	zip   *gzip.Writer // nil unless the name ends in .gz
}

// draftPrefix begins the names of drafts.
const draftPrefix = ".new-"

// draftBuffer is how much of a draft is written at once.
const draftBuffer = 256 << 10

// draft begins a file, and makes its directory if need be.
func (t *Tree) draft(name string) (*draft, error) {
	dir, base := path.Split(name)
	if dir != "" {
		if err := t.root.MkdirAll(path.Clean(dir), 0o700); err != nil {
			return nil, err
		}
	}
	d := &draft{tree: t, name: name, aside: dir + draftPrefix + rand.Text() + "-" + base}
	var err error
	if d.file, err = t.root.OpenFile(d.aside, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	d.begin()
	return d, nil
}

// begin makes the way into the file. What is compressed bears no name and no time, so that the same names make the same
// octets.
func (d *draft) begin() {
	d.out = bufio.NewWriterSize(d.file, draftBuffer)
	if strings.HasSuffix(d.name, ".gz") {
		d.zip = gzip.NewWriter(d.file)
		d.out = bufio.NewWriterSize(d.zip, draftBuffer)
	}
}

// again drops what was written, since all comes again.
func (d *draft) again() error {
	if _, err := d.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := d.file.Truncate(0); err != nil {
		return err
	}
	d.begin()
	return nil
}

// keep puts the whole file in its place, with the instant of what it tells as its time.
func (d *draft) keep(at time.Time) error {
	err := d.out.Flush()
	if err == nil && d.zip != nil {
		err = d.zip.Close()
	}
	if err == nil {
		err = d.file.Sync()
	}
	if err = errors.Join(err, d.file.Close()); err == nil {
		err = d.tree.root.Chtimes(d.aside, at, at)
	}
	if err == nil {
		err = d.tree.root.Rename(d.aside, d.name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", d.tree.path(d.name), err), d.tree.root.Remove(d.aside))
	}
	return d.tree.sync(path.Dir(d.name))
}

// drop leaves nothing of the draft.
func (d *draft) drop() {
	_ = d.file.Close() // it is worth nothing
	_ = d.tree.root.Remove(d.aside)
}

// sync has the names of a directory written to the disk.
func (t *Tree) sync(dir string) error {
	f, err := t.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// put writes a file that is made in one go.
func (t *Tree) put(name string, at time.Time, fill func(io.Writer) error) error {
	d, err := t.draft(name)
	if err != nil {
		return err
	}
	if err := fill(d.out); err != nil {
		d.drop()
		return err
	}
	return d.keep(at)
}

// drafts are several files that one pass fills.
type drafts []*draft

// again drops what was written of all.
func (list drafts) again() error {
	for _, d := range list {
		if err := d.again(); err != nil {
			return err
		}
	}
	return nil
}

// keep puts all in their places, one after the other; after an error the others are dropped.
func (list drafts) keep(at time.Time) error {
	for i, d := range list {
		if err := d.keep(at); err != nil {
			list[i+1:].drop()
			return err
		}
	}
	return nil
}

func (list drafts) drop() {
	for _, d := range list {
		d.drop()
	}
}
