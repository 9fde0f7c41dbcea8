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
	if e, ok := errors.AsType[*registry.Error](err); ok {
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
	for _, s := range steps {
		s.put()
		who, cmd := attempt()
		_, err := w.Run(who, cmd)
		e, ok := errors.AsType[*registry.Error](err)
		if !ok || e.Code != s.want || e.Reason != s.says {
			t.Errorf("%s = %v, want code %s, %q", cmd.Subject(), err, s.want, s.says)
		}
	}
	right()
	who, cmd := attempt()
	if _, err := w.Run(who, cmd); err != nil {
		t.Errorf("%s with the last thing put right: %v", cmd.Subject(), err)
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
	return e
}

// wantRefusal holds if an error is that refusal.
func wantRefusal(t *testing.T, err error, want registry.Code, says string) {
	t.Helper()
	if e := refusal(err); e == nil || e.Code != want || e.Reason != says {
		t.Errorf("%v, want %s, %q", err, want, says)
	}
}
