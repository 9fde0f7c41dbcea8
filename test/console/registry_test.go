package console_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.org/dorado/front/console"
	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
)

// TestMain ends the registry that tests share: what they do is to different names and settings, and of what one has done the
// pages of the next one may show more.
func TestMain(m *testing.M) {
	status := m.Run()
	if ends.End() {
		status = 1
	}
	if whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && os.Getenv("TEST_DATABASE") != "postgres"; whole && status == 0 {
		if missing := done.missing(); len(missing) > 0 {
			fmt.Fprintf(os.Stderr, "no test has the browser send what these take, without being refused: %s\n", strings.Join(missing, ", "))
			status = 1
		}
	}
	os.Exit(status)
}

// An acts is the forms that browsers have sent and that were not refused.
type acts struct {
	mu    sync.Mutex
	paths []string
}

var done acts

func (a *acts) note(path string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.paths = append(a.paths, path)
}

// missing returns the forms of the console that none has sent.
func (a *acts) missing() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	mux, left := http.NewServeMux(), map[string]bool{}
	for _, pattern := range console.Patterns() {
		mux.HandleFunc(pattern, http.NotFound)
		left[pattern] = strings.HasPrefix(pattern, "POST ")
	}
	for _, path := range a.paths {
		_, pattern := mux.Handler(httptest.NewRequest(http.MethodPost, path, nil))
		delete(left, pattern)
	}
	maps.DeleteFunc(left, func(_ string, form bool) bool { return !form })
	return slices.Sorted(maps.Keys(left))
}

// ends is what ends with the last test.
var ends = &peer.Whole{}

var (
	opened      sync.Once
	theRegistry *demo.Registry
)

// shared returns the registry that tests share, which the first to ask starts.
func shared(t *testing.T) demo.Registry {
	t.Helper()
	peer.LookAtSource(t)
	opened.Do(func() {
		ends.Begin(t)
		r := demo.Start(ends)
		theRegistry = &r
	})
	if theRegistry == nil {
		t.Fatal("the registry did not start")
	}
	return *theRegistry
}
