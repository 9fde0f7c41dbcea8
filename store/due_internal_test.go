package store

import (
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A list of due names answers only what it can know: not beyond its instant, and not beyond what was fetched.
func TestDueListAnswers(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0).UTC() }
	list := func(dues ...int) (l []registry.DueName) {
		for i, due := range dues {
			l = append(l, registry.DueName{Name: names.MustParse(string(rune('a'+i)) + ".co"), Due: at(due)})
		}
		return l
	}
	for _, test := range []struct {
		name   string
		list   dueList
		change func(*dueList)
		now    int
		limit  int
		want   string // "?" is unknown
	}{
		{name: "nothing fetched", now: 1, limit: 9, want: "?"},
		{name: "nothing due", list: newDueList(nil, at(9), 5), now: 5, limit: 9, want: ""},
		{name: "beyond the instant", list: newDueList(nil, at(9), 5), now: 10, limit: 9, want: "?"},
		{name: "some due", list: newDueList(list(1, 2, 6), at(9), 5), now: 5, limit: 9, want: "a.co b.co"},
		{name: "up to the limit", list: newDueList(list(1, 2, 6), at(9), 5), now: 9, limit: 2, want: "a.co b.co"},
		{name: "full, and enough", list: newDueList(list(1, 2, 6), at(9), 3), now: 9, limit: 3, want: "a.co b.co c.co"},
		{name: "full, and not all due", list: newDueList(list(1, 2, 6), at(9), 3), now: 5, limit: 9, want: "a.co b.co"},
		{name: "full, and more may be due", list: newDueList(list(1, 2, 6), at(9), 3), now: 9, limit: 4, want: "?"},
		{
			name: "one settled", list: newDueList(list(1, 2, 6), at(9), 5), now: 9, limit: 9, want: "b.co c.co",
			change: func(l *dueList) { l.put(registry.DueName{Name: names.MustParse("a.co"), Due: at(100)}) },
		},
		{
			name: "one gone", list: newDueList(list(1, 2, 6), at(9), 5), now: 9, limit: 9, want: "a.co c.co",
			change: func(l *dueList) { l.drop(names.MustParse("b.co")) },
		},
		{
			name: "one put that is due between", list: newDueList(list(1, 2, 6), at(9), 5), now: 9, limit: 9, want: "a.co b.co new.co c.co",
			change: func(l *dueList) { l.put(registry.DueName{Name: names.MustParse("new.co"), Due: at(3)}) },
		},
		{
			name: "one put after the last of a full list", list: newDueList(list(1, 2, 6), at(9), 3), now: 9, limit: 4, want: "?",
			change: func(l *dueList) { l.put(registry.DueName{Name: names.MustParse("new.co"), Due: at(7)}) },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.change != nil {
				test.change(&test.list)
			}
			found, ok := test.list.answers(at(test.now), test.limit)
			words := make([]string, len(found))
			for i, name := range found {
				words[i] = name.Name.String()
			}
			if got := strings.Join(words, " "); ok && got != test.want || !ok && test.want != "?" {
				t.Errorf("answers %q, known %v; want %q", got, ok, test.want)
			}
		})
	}
}
