package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// Which sandboxes there are is kept in production's database, and their files are in a directory. So a node can tell a
// directory that has nothing in it from a test environment that has nothing in it. Decision 15.

// A missingSandbox is one whose files are not as they should be.
type missingSandbox struct {
	name      string
	registrar registry.RegistrarID
	why       string
}

// told is what its registrar is told.
func (m missingSandbox) told() error {
	return refuse(registry.CommandFailed, "the test environment %s is not available: %s; the operator of the registry can put it back", m.name, m.why)
}

// missing says why a sandbox is none of a directory, if it is there according to the database; empty if it is as it should be.
func (a *sandboxes) missing(k store.KeptSandbox, there *sandbox) string {
	switch {
	case there == nil && exists(filepath.Join(a.dir, k.Name)):
		return "its files cannot be read"
	case there == nil:
		return "its files are not there"
	case there.record.Made.Before(k.Made.Truncate(time.Second)):
		return fmt.Sprintf("its files are an old copy, from before %s", showInstant(k.Made))
	case !exists(filepath.Join(there.dir, sandboxDatabase)):
		return "its database is not there"
	}
	return ""
}

// load finds the sandboxes of the directory, as the database knows them. What it does not know yet, it is told.
func (a *sandboxes) load(ctx context.Context, fence registry.Fence) error {
	kept, err := a.core.db.Sandboxes(ctx)
	if err != nil {
		return err
	}
	known := map[string]store.KeptSandbox{}
	for _, k := range kept {
		known[k.Name] = k
	}
	found, err := a.look(known)
	if err != nil {
		return err
	}
	names, whose, missing := map[string]*sandbox{}, map[registry.RegistrarID]*sandbox{}, map[string]missingSandbox{}
	for _, k := range kept {
		if why := a.missing(k, found[k.Name]); k.Dropped.IsZero() && why != "" {
			missing[k.Name] = missingSandbox{k.Name, k.Registrar, why}
			a.log.Error("a sandbox is missing", "sandbox", k.Name, "registrar", k.Registrar, "directory", a.dir, "error", why)
			delete(found, k.Name)
		}
	}
	for _, s := range found {
		k := s.record.row(s.name)
		if was, is := known[s.name]; !is || !was.Made.Equal(k.Made) || !was.Dropped.IsZero() {
			if err := a.core.db.KeepSandbox(ctx, fence, k); err != nil {
				return err
			}
		}
		names[s.name], whose[s.record.Registrar] = s, s
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.names, a.owners, a.absent = names, whose, missing
	return nil
}

// look reads what is in the directory. What was dropped is removed, where that was not done, and so is what was never made.
func (a *sandboxes) look(known map[string]store.KeptSandbox) (map[string]*sandbox, error) {
	if err := os.MkdirAll(a.dir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		return nil, err
	}
	found := map[string]*sandbox{}
	for _, e := range entries {
		path := filepath.Join(a.dir, e.Name())
		if !e.IsDir() || !sandboxName.MatchString(e.Name()) {
			a.log.Warn("this is no sandbox, and is left alone", "file", path)
			continue
		}
		k, is := known[e.Name()]
		if !is && a.isHalfMade(e.Name()) {
			if err := os.RemoveAll(path); err != nil {
				return nil, err
			}
			continue
		}
		s, err := loadSandbox(a, e.Name())
		if err != nil { // production does not wait for it
			a.log.Error("a sandbox is left out", "error", err)
			continue
		}
		if is && !s.record.Made.After(k.Dropped) {
			a.log.Warn("removes what is left of a sandbox that was dropped", "sandbox", s.name, "dropped", k.Dropped)
			if err := os.RemoveAll(path); err != nil {
				return nil, err
			}
			continue
		}
		found[s.name] = s
	}
	return found, nil
}

// forget lets go of all sandboxes, which another node may have now. Those in use are closed when they are not.
func (a *sandboxes) forget() {
	list := a.list()
	a.mu.Lock()
	a.names, a.owners, a.absent = map[string]*sandbox{}, map[registry.RegistrarID]*sandbox{}, map[string]missingSandbox{}
	a.mu.Unlock()
	go func() {
		for _, s := range list {
			s.using.Lock()
			s.shut()
			s.gone = true
			s.using.Unlock()
		}
	}()
}

// isMissing returns the sandbox of a name, a credential or a registrar whose files are missing.
func (a *sandboxes) isMissing(text string) (missingSandbox, bool) {
	name := text
	if at := strings.LastIndexByte(text, '-'); at > 0 {
		name = text[:at]
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	if m, is := a.absent[name]; is {
		return m, true
	}
	for _, m := range a.absent {
		if string(m.registrar) == text {
			return m, true
		}
	}
	return missingSandbox{}, false
}

// lacks returns the sandboxes whose files are missing, in order of name.
func (a *sandboxes) lacks() []missingSandbox {
	a.mu.RLock()
	defer a.mu.RUnlock()
	list := []missingSandbox{}
	for _, m := range a.absent {
		list = append(list, m)
	}
	slices.SortFunc(list, func(x, y missingSandbox) int { return strings.Compare(x.name, y.name) })
	return list
}

// keep tells the database of a sandbox.
func (a *sandboxes) keep(ctx context.Context, k store.KeptSandbox) error {
	fence, mine := a.lease()
	if !mine {
		return errTestsElsewhere
	}
	return a.core.db.KeepSandbox(ctx, fence, k)
}

// dropMissing gives up a sandbox whose files are missing, with what is there of them.
func (a *sandboxes) dropMissing(ctx context.Context, m missingSandbox) error {
	a.making.Lock()
	defer a.making.Unlock()
	if err := a.keep(ctx, store.KeptSandbox{Name: m.name, Registrar: m.registrar, Made: time.Now(), Dropped: time.Now()}); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.absent, m.name)
	a.log.Info("gave up a sandbox whose files were missing", "sandbox", m.name, "error", m.why)
	return os.RemoveAll(filepath.Join(a.dir, m.name))
}

// undropped returns the sandboxes that there should be.
func undropped(ctx context.Context, db *store.DB) ([]store.KeptSandbox, error) {
	kept, err := db.Sandboxes(ctx)
	return slices.DeleteFunc(kept, func(k store.KeptSandbox) bool { return !k.Dropped.IsZero() }), err
}

// fits says why the node is not the one to run the test environment, if it is not: there are sandboxes, and its directory has
// none of them. One that had taken the lease would keep it from the node that has the files.
func (t *testNode) fits(ctx context.Context) error {
	dir := filepath.Join(t.dir, sandboxDirectory)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	kept, err := undropped(ctx, t.db)
	if err != nil || len(kept) == 0 {
		return err
	}
	var names []string
	for _, k := range kept {
		if exists(filepath.Join(dir, k.Name, sandboxDatabase)) {
			return nil
		}
		names = append(names, k.Name)
	}
	return lacksAll(dir, names)
}

// lacksAll says what an operator can do where a directory has no sandbox of those that there are.
func lacksAll(dir string, names []string) error {
	list := strings.Join(names[:min(len(names), shownMissing)], ", ")
	if more := len(names) - shownMissing; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Errorf("there are sandboxes (%s), and %s has none of them: let it be the directory that has, or put it back from a backup; "+
		"dorado ote drop gives one up", list, dir)
}

// dropUnheld gives up a sandbox while no node runs the test environment, as where its directory was lost.
func (t *testNode) dropUnheld(ctx context.Context, id string) error {
	kept, err := undropped(ctx, t.db)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(kept, func(k store.KeptSandbox) bool {
		return k.Name == id || string(k.Registrar) == id || strings.HasPrefix(id, k.Name+"-")
	})
	if at < 0 {
		return noSandbox(id)
	}
	if _, is, err := t.db.Holder(ctx, oteLease); err != nil || is {
		return errors.Join(err, errTestsElsewhere)
	}
	kept[at].Dropped = time.Now()
	return t.db.KeepSandbox(ctx, registry.Fence{}, kept[at])
}
