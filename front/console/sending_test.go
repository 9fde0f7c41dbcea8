package console

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// A slowReader is a browser that takes nothing of a file before it may.
type slowReader struct {
	*httptest.ResponseRecorder
	came chan struct{}
	may  chan struct{}
	once sync.Once
}

func (w *slowReader) Write(p []byte) (int, error) {
	w.once.Do(func() { w.came <- struct{}{}; <-w.may })
	return w.ResponseRecorder.Write(p)
}

// TestFilesAtOnce: to one user a few files are sent at the same time, and one more is refused until one has come; others are
// not concerned, and pages are not files.
func TestFilesAtOnce(t *testing.T) {
	r := newRig(t, noon)
	r.Domain(world.Acme, "one.co")
	b, colleague := r.as(world.Acme, registry.RoleAdministrator), r.as(world.Acme, registry.RoleManager)
	came, may := make(chan struct{}), make(chan struct{})
	var sent sync.WaitGroup
	for _, path := range []string{"domains.csv", "log.csv", "billing/statement.csv"} {
		req := httptest.NewRequest(http.MethodGet, "https://console.example"+Path+path, nil)
		req.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies[sessionCookie]})
		w := &slowReader{ResponseRecorder: httptest.NewRecorder(), came: came, may: may}
		sent.Go(func() {
			r.handler.ServeHTTP(w, req)
			if w.Code != http.StatusOK || w.Body.Len() == 0 {
				t.Errorf("%s: %d with %d octets", path, w.Code, w.Body.Len())
			}
		})
		<-came
	}
	for _, path := range []string{"domains.csv", "log.csv", "billing/statement.csv"} {
		if page := b.get(Path + path).is(http.StatusTooManyRequests).says("Too many files at once"); page.Header.Get("Retry-After") == "" ||
			page.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s is refused with %v", path, page.Header)
		}
	}
	b.get(Path + "domains").is(http.StatusOK)
	colleague.get(Path + "domains.csv").is(http.StatusOK)
	r.as(world.Other, registry.RoleManager).get(Path + "domains.csv").is(http.StatusOK)
	close(may)
	sent.Wait()
	b.get(Path + "domains.csv").is(http.StatusOK)
	if s := &r.console.sending; len(s.users) != 0 || len(s.registrars) != 0 {
		t.Errorf("afterwards files are on their way to %v and %v", s.users, s.registrars)
	}
}

// TestFilesOfARegistrar: many users of one registrar share a bound.
func TestFilesOfARegistrar(t *testing.T) {
	var s sending
	var ends []func()
	for n := range filesOfRegistrar {
		end, may := s.begin(registry.User{ID: registry.UserID(rune('a' + n)), Registrar: "H1"})
		if !may {
			t.Fatalf("file %d is refused", n)
		}
		ends = append(ends, end)
	}
	if _, may := s.begin(registry.User{ID: "z", Registrar: "H1"}); may {
		t.Error("one more is sent")
	}
	if _, may := s.begin(registry.User{ID: "y", Registrar: "H2"}); !may {
		t.Error("another registrar waits for it")
	}
	ends[0]()
	if _, may := s.begin(registry.User{ID: "z", Registrar: "H1"}); !may {
		t.Error("after one has come, the next is refused")
	}
}
