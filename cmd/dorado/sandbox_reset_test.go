package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Whenever the process is killed while a sandbox begins anew, the next one finds the old sandbox or the new one, whole, with
// its credentials, and both can be used and reset.
func TestResetIsKilled(t *testing.T) {
	n := newNursery(t)
	s := n.sandbox("OTE1")
	n.register(s, "kept", 3)
	n.move(s, "10d")
	s.using.Lock()
	defer s.using.Unlock()
	accounts, err := s.shutWith(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	steps, abandon := s.filling(accounts)
	for i := range len(steps) + 1 {
		found[n.revived(i)]++
		if i < len(steps) {
			if err := steps[i](t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := abandon(); err != nil {
		t.Fatal(err)
	}
	if found["old"] != len(steps)-1 || found["new"] != 2 {
		t.Errorf("after each of %d steps it found %v", len(steps), found)
	}
}

// revived copies what is on the disk after some steps, as a process that is killed leaves it, and says which sandbox another
// process finds there.
func (n nursery) revived(after int) (which string) {
	n.Helper()
	dir := shortDir(n.T)
	for _, sandbox := range n.all.list() {
		if err := os.CopyFS(filepath.Join(dir, sandboxDirectory, sandbox.name), os.DirFS(sandbox.dir)); err != nil {
			n.Fatal(err)
		}
	}
	all, err := openSandboxes(n.all.core, dir, noLease, n.all.writer)
	if err != nil {
		n.Fatal(err)
	}
	if all.names, err = all.look(nil); err != nil {
		n.Fatal(err)
	}
	s, err := all.find("OTE1")
	if err != nil {
		n.Errorf("after %d steps: %v", after, err)
		return "none"
	}
	defer func() {
		s.using.Lock()
		defer s.using.Unlock()
		s.shut()
	}()
	reply, err := s.service.Ask(n.Context(), "", flow.RegistrarShow{ID: "OTE1-A"})
	if err != nil {
		n.Errorf("after %d steps the credential is not there: %v", after, err)
		return "none"
	}
	which = "new"
	if _, err := s.service.Ask(n.Context(), "OTE1-A", flow.DomainInfo{Name: names.MustParse("kept2.co")}); err == nil {
		which = "old"
	}
	funds := reply.(flow.RegistrarAccount).Funds.Available()
	if ahead := s.clock.Offset() > 0; ahead != (which == "old") || (funds == sandboxFunds) != (which == "new") {
		n.Errorf("after %d steps it is the %s sandbox, with %s, %s ahead", after, which, funds, s.clock.Offset())
	}
	n.move(s, "1d")
	if err := s.reset(n.Context()); err != nil {
		n.Errorf("after %d steps it cannot be reset: %v", after, err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, sandboxNew)); !errors.Is(err, fs.ErrNotExist) {
		n.Errorf("after %d steps and a reset %s is there", after, sandboxNew)
	}
	if _, err := s.service.Ask(n.Context(), "", flow.RegistrarShow{ID: registry.RegistrarID("OTE1-A")}); err != nil {
		n.Errorf("after %d steps and a reset the credential is not there: %v", after, err)
	}
	return which
}
