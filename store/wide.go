package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A group writes new rows into the same few tables again and again. On PostgreSQL a statement for each
// costs several times as much as the row. So new rows of one table go together, as many as a statement
// takes, and the tables in an order in which each row comes after those that it refers to.

// A place is the table of new rows, in the order in which tables are written. What is in no place stays
// between what was decided before it and after it, and no row is moved across it.
type place int

const (
	noPlace place = iota
	contacts
	domains
	hosts
	addresses
	hostLinks
	contactLinks
	histories
	pricesStaged
	chargesMade
	entries
	marks
	receipts
	polls
	mails
	logLines
	bulkItems
)

// wide returns writes with the same effect in fewer statements, each of so many new rows at most.
func wide(list []write, most int) []write {
	out := make([]write, 0, len(list))
	for len(list) > 0 {
		run := list[:newRows(list)]
		slices.SortStableFunc(run, func(a, b write) int {
			return cmp.Or(cmp.Compare(a.place, b.place), strings.Compare(a.key(), b.key()))
		})
		for rest := run; len(rest) > 0; {
			n := together(rest, most)
			out = append(out, joined(rest[:n]))
			rest = rest[n:]
		}
		list = list[len(run):]
		if len(list) > 0 {
			out = append(out, list[0])
			list = list[1:]
		}
	}
	return out
}

// key is what new rows are unique by for all that write at once, so that two groups that write the same
// ones do so in the same order, and do not wait for each other in a circle.
func (w write) key() (key string) {
	switch w.place {
	case contacts, domains, hosts:
		key, _ = w.args[0].(string)
	case marks:
		key, _ = w.args[1].(string)
	}
	return key
}

// newRows returns how many writes at the beginning of a list are new rows.
func newRows(list []write) int {
	if n := slices.IndexFunc(list, func(w write) bool { return w.place == noPlace }); n >= 0 {
		return n
	}
	return len(list)
}

// together returns how many writes at the beginning of a list go into one statement: a power of two, so
// that few statements are prepared.
func together(list []write, most int) int {
	same := 1
	for same < len(list) && same < most && list[same].place == list[0].place && !again(list[:same+1]) {
		same++
	}
	n := 1
	for 2*n <= same {
		n *= 2
	}
	return n
}

// again reports whether the last of some writes leaves a mark that one before it leaves: PostgreSQL
// changes no row twice in a statement.
func again(list []write) bool {
	last := list[len(list)-1]
	return last.place == marks && slices.ContainsFunc(list[:len(list)-1], func(w write) bool {
		return w.args[0] == last.args[0] && w.args[1] == last.args[1]
	})
}

// joined is one write of several rows.
func joined(list []write) write {
	w := list[0]
	if len(list) == 1 {
		return w
	}
	args := make([]any, 0, len(list)*len(w.args))
	for _, o := range list {
		args = append(args, o.args...)
	}
	return write{what: w.what + " and " + strconv.Itoa(len(list)-1) + " more", text: w.text, args: args, rows: len(list)}
}

// rowsText makes of an INSERT statement of one row one of several.
func rowsText(statement string, rows int) string {
	head, row, _ := strings.Cut(statement, "VALUES ")
	row, tail, _ := strings.Cut(row, ")")
	columns := strings.Count(row, "$")
	var b strings.Builder
	b.WriteString(head)
	b.WriteString("VALUES ")
	for n := range rows * columns {
		switch {
		case n == 0:
			b.WriteString("($")
		case n%columns == 0:
			b.WriteString("), ($")
		default:
			b.WriteString(", $")
		}
		b.WriteString(strconv.Itoa(n + 1))
	}
	b.WriteString(")")
	b.WriteString(tail)
	return b.String()
}

// A shape is a statement of one row and how many rows it is made to write.
type shape struct {
	text string
	rows int
}

// text returns the statement of a write, made once in a session.
func (s *session) text(w write) string {
	if w.rows < 2 {
		return w.text
	}
	key := shape{w.text, w.rows}
	text, ok := s.shapes[key]
	if !ok {
		text = rowsText(w.text, w.rows)
		s.shapes[key] = text
	}
	return text
}
