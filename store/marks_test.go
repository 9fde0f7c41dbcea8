package store_test

import (
	"strings"
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// Marks come oldest first, are raised by each change, and go only at the version that was published.
func TestMarks(t *testing.T) {
	w := world.Empty(t)
	mark := func(kind registry.MarkKind, name string) registry.Mark {
		return registry.Mark{Kind: kind, Name: names.MustParse(name)}
	}
	a, b, host := mark(registry.MarkDomain, "a1a.co"), mark(registry.MarkDomain, "b1b.co"), mark(registry.MarkHost, "a1a.co")
	stored := func(limit int) (list []registry.Mark) {
		view(t, w, func(r registry.Reader) (err error) { list, err = r.Marks(limit); return err })
		return list
	}
	write(t, w, registry.Changes{Marks: []registry.Mark{a, b, host}})
	first := stored(10)
	if len(first) != 3 || first[0].Name != a.Name || first[2].Kind != registry.MarkHost {
		t.Fatalf("marks %v", first)
	}
	write(t, w, registry.Changes{Marks: []registry.Mark{a}})
	write(t, w, registry.Changes{Published: first})
	second := stored(10)
	if len(second) != 1 || second[0].Name != a.Name || second[0].Kind != registry.MarkDomain || second[0].Version <= first[0].Version {
		t.Fatalf("marks %v after %v were published", second, first)
	}
	write(t, w, registry.Changes{Published: second})
	if left := stored(1); len(left) != 0 {
		t.Errorf("marks %v", left)
	}
}

// Marks that are set aside are not among those to publish, until they are taken back; one that is raised meanwhile is.
func TestMarksAside(t *testing.T) {
	w := world.Empty(t)
	mark := func(name string) registry.Mark {
		return registry.Mark{Kind: registry.MarkDomain, Name: names.MustParse(name)}
	}
	want := func(what, due, aside string) {
		t.Helper()
		view(t, w, func(r registry.Reader) error {
			list, err := r.Marks(10)
			if err != nil {
				return err
			}
			away, err := r.MarksAside(10)
			if got, gone := namesOfMarks(list), namesOfMarks(away); got != due || gone != aside {
				t.Errorf("%s: due are %q and aside %q, want %q and %q", what, got, gone, due, aside)
			}
			return err
		})
	}
	write(t, w, registry.Changes{Marks: []registry.Mark{mark("a1a.co"), mark("b1b.co"), mark("c1c.co")}})
	var stored []registry.Mark
	view(t, w, func(r registry.Reader) (err error) { stored, err = r.Marks(10); return err })
	due := mark("d1d.co") // that is in no row, and due by time
	aside := []registry.MarkAside{{Mark: due, Records: []byte("of d1d")}, {Mark: stored[0]}, {Mark: stored[1], Records: []byte("of b1b")}}
	write(t, w, registry.Changes{Aside: aside, Published: stored[2:]})
	want("set aside", "", "d1d.co a1a.co b1b.co")
	view(t, w, func(r registry.Reader) error {
		of := func(m registry.Mark, records string) registry.MarkAside {
			return registry.MarkAside{Mark: m, Records: []byte(records)}
		}
		comesBack(t, "records", func() ([]registry.MarkAside, error) { return r.RecordsAside(names.Name{}, 10) },
			[]registry.MarkAside{of(mark("b1b.co"), "of b1b"), of(due, "of d1d")})
		comesBack(t, "records after a name", func() ([]registry.MarkAside, error) { return r.RecordsAside(names.MustParse("b1b.co"), 10) },
			[]registry.MarkAside{of(due, "of d1d")})
		return nil
	})
	write(t, w, registry.Changes{Marks: []registry.Mark{mark("a1a.co")}})
	want("raised", "a1a.co", "d1d.co a1a.co b1b.co")
	view(t, w, func(r registry.Reader) error {
		list, err := r.MarksOf(names.MustParse("a1a.co"))
		if len(list) != 2 || list[0].Aside || !list[1].Aside || list[1].Version != stored[0].Version {
			t.Errorf("of one name there are %+v", list)
		}
		return err
	})
	write(t, w, registry.Changes{NotAside: []registry.Mark{mark("b1b.co")}})
	want("one published", "a1a.co", "d1d.co a1a.co")
	write(t, w, registry.Changes{Resumed: true})
	want("resumed", "d1d.co a1a.co", "")
}

func namesOfMarks(list []registry.Mark) string {
	var texts []string
	for _, m := range list {
		texts = append(texts, m.Name.String())
	}
	return strings.Join(texts, " ")
}
