package flow_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// code returns the code of a refusal, and CommandFailed for a fault.
func code(err error) registry.Code {
	if e := refusal(err); e != nil {
		return e.Code
	}
	if err == nil {
		return registry.Completed
	}
	return registry.CommandFailed
}

// A step of a precedence test puts one thing right; want is the refusal that comes next.
type step struct {
	put  func()
	want registry.Code
	says string
}

// precedence begins with a command in which everything is wrong. Each step puts one thing right, so
// that the steps are also the order in which the rules apply. When right has put the last thing
// right, the command succeeds.
func precedence(t *testing.T, w *world.World, attempt func() (registry.RegistrarID, flow.Command), steps []step, right func()) {
	t.Helper()
	refusals(t, func() error {
		who, cmd := attempt()
		_, err := w.Run(who, cmd)
		return err
	}, steps, right)
}

// questions is precedence for a query.
func questions(t *testing.T, w *world.World, attempt func() (registry.RegistrarID, flow.Query), steps []step, right func()) {
	t.Helper()
	refusals(t, func() error {
		who, q := attempt()
		_, err := w.Ask(who, q)
		return err
	}, steps, right)
}

// refusals is precedence for whatever can be refused.
func refusals(t *testing.T, attempt func() error, steps []step, right func()) {
	t.Helper()
	for i, s := range steps {
		s.put()
		if e := refusal(attempt()); e == nil || e.Code != s.want || e.Reason != s.says {
			t.Errorf("step %d: %v, want code %s, %q", i, e, s.want, s.says)
		}
	}
	right()
	if err := attempt(); err != nil {
		t.Errorf("with the last thing put right: %v", err)
	}
}

// sources are the files of package flow, its tests included.
func sources(t *testing.T) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("the source of the flows: %v, %v", paths, err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// refusal returns the refusal that an error is, nil if it is none.
func refusal(err error) *registry.Error {
	e, _ := errors.AsType[*registry.Error](err)
	if e != nil {
		broken.Store(e.Rule, true)
	}
	return e
}

// wantRefusal holds if an error is that refusal.
func wantRefusal(t *testing.T, err error, want registry.Code, says string) {
	t.Helper()
	if e := refusal(err); e == nil || e.Code != want || e.Reason != says {
		t.Errorf("%v, want %s, %q", err, want, says)
	}
}
