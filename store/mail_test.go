package store_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// queueMail queues a mail and returns it as it is kept.
func queueMail(t *testing.T, w *world.World, m registry.Mail) registry.Mail {
	t.Helper()
	m.Version, m.At, m.Event = 1, now, m.Notice.Event()
	write(t, w, registry.Changes{Mail: []registry.Mail{m}})
	var err error
	if m.ID, err = strconv.ParseInt(strings.TrimSpace(w.Rows("SELECT MAX(id) FROM mail")), 10, 64); err != nil {
		t.Fatal(err)
	}
	return m
}

// readMail returns a mail of the outbox.
func readMail(t *testing.T, w *world.World, id int64) (m registry.Mail, found bool) {
	t.Helper()
	view(t, w, func(r registry.Reader) (err error) {
		m, found, err = r.Mail(id)
		return err
	})
	return m, found
}

// Mails with every kind of notice come back as they were put, and as they are after an attempt; of two who
// write down how an attempt went, or remove the mail, one finds that it was there first.
func TestMail(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	for _, n := range notices() {
		m := queueMail(t, w, registry.Mail{
			Registrar: "H1", To: "ana@example.com", Language: registry.Spanish, Notice: n,
			Queued: now.Add(time.Hour), Since: now.Add(90 * time.Minute), Due: now.Add(2 * time.Hour),
		})
		tried := m.Next()
		tried.Since, tried.Due, tried.Attempts, tried.Problem, tried.Failed = now.Add(time.Second), now.Add(3*time.Hour), 1, "450 ñ", now.Add(4*time.Hour)
		for _, want := range []registry.Mail{m, tried} {
			if want.Version > 1 {
				write(t, w, registry.Changes{Mail: []registry.Mail{want}})
				if err := update(w, registry.Changes{Mail: []registry.Mail{want}}); err == nil {
					t.Error("one attempt is put down twice")
				}
			}
			got, _ := readMail(t, w, m.ID)
			if diff := cmp.Diff(want, got, cmpopts.EquateComparable(names.Name{}, netip.Addr{})); diff != "" {
				t.Errorf("the mail of %s came back with %s", n.Kind(), diff)
			}
		}
		gone := registry.Changes{GoneMail: []registry.Mail{tried.Next()}}
		write(t, w, gone)
		if err := update(w, gone); err == nil {
			t.Error("a mail is removed twice")
		}
		if _, found := readMail(t, w, m.ID); found {
			t.Error("a mail that was removed is there")
		}
	}
}

// The mails of a registrar are counted up to a limit, those of others are not.
func TestCountMail(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	for range 3 {
		queueMail(t, w, registry.Mail{Registrar: "H1", To: "a@example.com", Notice: registry.TextNotice{Text: "x"}})
	}
	queueMail(t, w, registry.Mail{Registrar: "H2", To: "a@example.com", Notice: registry.TextNotice{Text: "x"}})
	for limit, want := range map[int]int{2: 2, 3: 3, 9: 3} {
		view(t, w, func(r registry.Reader) error {
			if n, err := r.CountMail("H1", limit); err != nil || n != want {
				t.Errorf("up to %d, %d mails are counted, %v, want %d", limit, n, err, want)
			}
			return nil
		})
	}
}

// Mails are due from their instant on, those that have waited longest first, and not any more once they failed;
// a postponement moves those to its recipient that would be due before.
func TestDueMail(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	due := func(at time.Time) string {
		t.Helper()
		var list []string
		view(t, w, func(r registry.Reader) error {
			mails, err := r.DueMail(at, 10)
			for _, m := range mails {
				list = append(list, m.To)
			}
			return err
		})
		return strings.Join(list, " ")
	}
	queue := func(to string, after time.Duration) registry.Mail {
		t.Helper()
		return queueMail(t, w, registry.Mail{
			Registrar: "H1", To: to, Language: registry.English, Notice: registry.TextNotice{Text: "x"},
			Queued: now, Since: now, Due: now.Add(after),
		})
	}
	queue("c", 2*time.Second)
	queue("a", 0)
	queue("b", time.Second)
	late := queue("a", 5*time.Second)
	for seconds, want := range []string{"a", "a b", "a b c"} {
		if got := due(now.Add(time.Duration(seconds) * time.Second)); got != want {
			t.Errorf("after %d s %q are due, want %q", seconds, got, want)
		}
	}
	write(t, w, registry.Changes{Postponed: []registry.Postponement{{To: "a", Until: now.Add(4 * time.Second)}}})
	for seconds, want := range map[int]string{3: "b c", 4: "b c a", 5: "b c a a"} {
		if got := due(now.Add(time.Duration(seconds) * time.Second)); got != want {
			t.Errorf("postponed, after %d s %q are due, want %q", seconds, got, want)
		}
	}
	late = late.Next()
	late.Failed = now
	write(t, w, registry.Changes{Mail: []registry.Mail{late}})
	if got := due(now.Add(time.Hour)); got != "b c a" {
		t.Errorf("%q are due, after one failed", got)
	}
	view(t, w, func(r registry.Reader) error {
		spent, err := r.SpentMail(now.Add(time.Second), now, 10)
		if err != nil || len(spent) != 3 {
			t.Errorf("%d mails are tried for too long, %v, want 3", len(spent), err)
		}
		spent, err = r.SpentMail(now, now.Add(time.Second), 10)
		if err != nil || len(spent) != 1 || spent[0].ID != late.ID {
			t.Errorf("%v failed long ago, %v", spent, err)
		}
		return nil
	})
}
