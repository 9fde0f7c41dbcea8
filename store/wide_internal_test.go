package store

import (
	"fmt"
	"strings"
	"testing"
)

// New rows go together by table, none across what is not a new row, and no mark twice in a statement.
func TestWide(t *testing.T) {
	row := func(p place, key string) write { return write{what: key, text: "t", args: []any{p, key}, place: p} }
	other := func(what string) write { return write{what: what} }
	for _, c := range []struct {
		name string
		list []write
		most int
		want string // each statement: what it is for, and of how many rows if of several
	}{
		{"none", nil, 16, ""},
		{"one table", []write{row(domains, "a"), row(domains, "b")}, 16, "a and 1 more/2"},
		{"by table", []write{row(domains, "a"), row(logLines, "l"), row(contacts, "c"), row(domains, "b")}, 16, "c, a and 1 more/2, l"},
		{"one row at most", []write{row(logLines, "l"), row(domains, "a"), row(domains, "b")}, 1, "a, b, l"},
		{"powers of two", []write{row(hosts, "a"), row(hosts, "b"), row(hosts, "c")}, 16, "a and 1 more/2, c"},
		{"a bound", []write{row(hosts, "a"), row(hosts, "b"), row(hosts, "c"), row(hosts, "d")}, 2, "a and 1 more/2, c and 1 more/2"},
		{"a barrier", []write{row(hosts, "a"), row(domains, "b"), other("x"), row(hosts, "c"), row(domains, "d")}, 16, "b, a, x, d, c"},
		{"barriers only", []write{other("x"), other("y")}, 16, "x, y"},
		{"marks", []write{row(marks, "b"), row(marks, "a"), row(marks, "b")}, 16, "a and 1 more/2, b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, w := range wide(c.list, c.most) {
				if w.rows > 0 {
					w.what += fmt.Sprintf("/%d", w.rows)
				}
				got = append(got, w.what)
			}
			if got := strings.Join(got, ", "); got != c.want {
				t.Errorf("wide: %s, want %s", got, c.want)
			}
		})
	}
}

func TestRowsText(t *testing.T) {
	got := rowsText("\nINSERT INTO t (a, b)\nVALUES ($1, $2)\nON CONFLICT (a) DO NOTHING", 3)
	want := "\nINSERT INTO t (a, b)\nVALUES ($1, $2), ($3, $4), ($5, $6)\nON CONFLICT (a) DO NOTHING"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
