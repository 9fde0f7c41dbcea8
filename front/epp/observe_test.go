package epp_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"example.org/dorado/front/epp"
	"example.org/dorado/test/world"
)

// Who measures hears of every request once, by few names whatever a client makes up.
func TestAnswersAreMeasured(t *testing.T) {
	w := newWorld(t)
	w.Domain(world.Acme, "taken.co")
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var got []string
		s := serve(t, w, func(c *epp.Config) {
			c.Answered = func(a epp.Answered) {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, fmt.Sprintf("%s %s %s", a.Object, a.Command, a.Code))
			}
		})
		c := s.connect()
		for _, frame := range []string{
			strings.Replace(login(world.Acme), world.Password, "Wrong-12", 1), login(world.Acme), info("CMD-A", "taken.co"),
			info("CMD-B", "free.co"), create("CMD-C", "new.co"), strings.ReplaceAll(info("CMD-D", "taken.co"), "domain-1.0", "made-up-1.0"),
			strings.Replace(create("CMD-E", "a.co"), "</epp>", "", 1), strings.ReplaceAll(info("CMD-F", "taken.co"), "info", "made-up"), logout,
		} {
			c.send(frame)
			c.read()
		}
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		want := []string{
			"session login 2200", "session login 1000", "domain info 1000", "domain info 2303", "domain create 1000",
			"session other 2307", "session other 2001", "session other 2000", "session logout 1500",
		}
		if !slices.Equal(got, want) {
			t.Errorf("it heard of\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
