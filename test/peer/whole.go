package peer

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
)

// A Whole stands for all tests where something is to end with the last of them.
type Whole struct {
	testing.TB // nil: what is not below is not used

	mu     sync.Mutex
	first  testing.TB // the test that makes it
	ends   []func()
	failed bool
}

// Begin says which test it is that makes what is to end with all; what goes wrong meanwhile is its failure.
func (r *Whole) Begin(t testing.TB) { r.first = t }

func (r *Whole) Helper() {}

func (r *Whole) Context() context.Context { return context.Background() }

func (r *Whole) Failed() bool { return r.failed }

func (r *Whole) Cleanup(end func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ends = append(r.ends, end)
}

func (r *Whole) Log(args ...any) { fmt.Println(args...) }

func (r *Whole) Logf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func (r *Whole) Errorf(format string, args ...any) {
	r.failed = true
	r.Logf(format, args...)
}

func (r *Whole) Fatal(args ...any) {
	r.failed = true
	r.first.Fatal(args...)
}

func (r *Whole) Fatalf(format string, args ...any) {
	r.failed = true
	r.first.Fatalf(format, args...)
}

func (r *Whole) TempDir() string {
	dir, err := os.MkdirTemp("", "dorado-whole-")
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// End ends all, the last begun first, and says whether anything went wrong.
func (r *Whole) End() (failed bool) {
	for len(r.ends) > 0 {
		last := r.ends[len(r.ends)-1]
		r.ends = r.ends[:len(r.ends)-1]
		last()
	}
	return r.failed
}
