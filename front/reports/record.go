package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// A Record says up to when the files of each kind are made. It stands in the tree that it is about: a node that takes
// the making over goes on where the last one stopped if it has the same tree, and makes all of it if it has its own.
type Record struct {
	Until map[string]time.Time `json:"until"` // by kind, by the registry's clock
}

// recordFile is where the record is. Nobody is shown a name that begins with a dot.
const recordFile = ".made.json"

// at returns up to when a kind is made; zero: never.
func (r Record) at(kind string) time.Time { return r.Until[kind] }

// set says so.
func (r *Record) set(kind string, at time.Time) {
	if r.Until == nil {
		r.Until = map[string]time.Time{}
	}
	r.Until[kind] = at.UTC()
}

// record reads the record of a tree; of a new one it is empty.
func (t *Tree) record() (Record, error) {
	var r Record
	data, err := t.root.ReadFile(recordFile)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read which files are made: %w; remove %s, and all are made anew", err, t.path(recordFile))
	}
	return r, nil
}

// Record reads what is made, for who only serves the tree.
func (t *Tree) Record() (Record, error) { return t.record() }

// At returns up to when the files of a kind are made; zero: they never were.
func (r Record) At(kind string) time.Time { return r.at(kind) }

// keep writes the record.
func (t *Tree) keep(r Record) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return t.put(recordFile, time.Now(), func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
}
