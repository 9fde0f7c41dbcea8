package crash

import (
	"slices"
	"strconv"
	"strings"
)

// A story is one object, or a name with the hosts below it, and all that was done to it. One session
// alone acts in it, so what every command comes to is known before it is sent.
type story struct {
	class string // domain, host or contact
	name  string
	who   string // the registrar
	told  []command
	// open was sent, and nobody knows yet whether it took effect: no answer came, or 2400. Until that is
	// known nothing more is done in the story.
	open    *command
	expires string         // the date that an answer told last
	rows    map[string]int // how many rows of each table it had when it was last looked at
	changed bool           // it has to be looked at again
}

// A line is a row of the database as the rigs compare it: the table, then the columns that matter, and
// none that holds a number or instant of the registry's own choice.
type line = string

func makeLine(table string, columns ...any) line {
	var b strings.Builder
	b.WriteString(table)
	for _, c := range columns {
		b.WriteByte(' ')
		switch c := c.(type) {
		case string:
			b.WriteString(c)
		case int:
			b.WriteString(strconv.Itoa(c))
		}
	}
	return b.String()
}

// A state is what a story has come to: whether its object is there, and what belongs to it.
type state struct {
	there   bool
	version int
	years   int
	servers []string
	below   []string // hosts
	charges []charge
}

type charge struct {
	event, svTRID, kind string
	open                bool
}

// price is of a year, for a registration or a renewal, in cents. The profile co-2026.
const price = 2000

// A teller replays the commands of a story.
type teller struct {
	story *story
	state
	lines []line
}

// tell returns what a story comes to after commands, and the rows that it then has.
func (s *story) tell(commands ...command) (state, []line) {
	t := &teller{story: s}
	for _, c := range commands {
		t.one(c)
	}
	t.end()
	slices.Sort(t.lines)
	return t.state, t.lines
}

// now returns what a story has come to as far as it is known.
func (s *story) now() state {
	state, _ := s.tell(s.told...)
	return state
}

func (t *teller) add(table string, columns ...any) {
	t.lines = append(t.lines, makeLine(table, columns...))
}

// one tells one command: its line in the log, its history, and what it does.
func (t *teller) one(c command) {
	t.add("log", c.object, c.action(), c.class(), string(c.want), c.clTRID, c.svTRID, t.story.who)
	if !c.succeeds() {
		return
	}
	if c.below {
		t.host(c)
		return
	}
	t.version++
	switch c.action() {
	case "create":
		t.create(c)
	case "renew":
		t.years++
		t.charges = append(t.charges, charge{"renew", c.svTRID, "Renewal", true})
	case "update":
		t.update(c)
	case "delete":
		t.remove(c)
		return
	}
	t.history(c, c.class(), t.story.name, t.version, "lives")
}

func (t *teller) history(c command, class, name string, version int, fate string) {
	t.add("history", class, name, version, fate, t.story.who, c.verb, c.clTRID, c.svTRID)
}

func (t *teller) create(c command) {
	t.there = true
	if c.class() == "domain" {
		t.years = 1
		t.servers = slices.Clone(nameservers(c))
		t.charges = append(t.charges, charge{"create", c.svTRID, "Registration", true})
	}
}

func (t *teller) update(c command) {
	add, remove := edits(c)
	t.servers = slices.DeleteFunc(t.servers, func(s string) bool { return slices.Contains(remove, s) })
	t.servers = append(t.servers, add...)
}

// remove tells a deletion. Every name is in its add grace period, so it goes at once, its charges are
// credited, and the hosts below it go with it.
func (t *teller) remove(c command) {
	t.there = false
	t.history(c, c.class(), t.story.name, t.version, "gone")
	for _, host := range t.below {
		t.history(c, "host", host, 2, "gone")
	}
	t.below, t.servers = nil, nil
	for i := range t.charges {
		t.charges[i].open = false
	}
}

// host tells a command about a host below the name.
func (t *teller) host(c command) {
	if c.action() == "create" {
		t.below = append(t.below, c.object)
		t.history(c, "host", c.object, 1, "lives")
		return
	}
	t.below = slices.DeleteFunc(t.below, func(h string) bool { return h == c.object })
	t.history(c, "host", c.object, 2, "gone")
}

// end tells the rows of what is there at the end.
func (t *teller) end() {
	s := t.story
	for _, c := range t.charges {
		t.money(c)
	}
	if !t.there {
		return
	}
	for _, host := range t.below {
		t.add("host", host, 1, s.who, s.name, "as its history")
		t.add("address", host, addressOf(host))
	}
	switch s.class {
	case "domain":
		t.add("domain", s.name, t.version, s.who, t.years, "as its history")
		for position, server := range t.servers {
			t.add("link", s.name, server, position)
		}
		for _, role := range []string{"registrant", "admin", "tech"} {
			t.add("role", s.name, role, contactOf(s.who))
		}
	case "host":
		t.add("host", s.name, t.version, s.who, "-", "as its history")
	case "contact":
		t.add("contact", s.name, t.version, s.who, "as its history")
	}
}

// money tells a charge and its entries.
func (t *teller) money(c charge) {
	s, state := t.story, "released"
	if c.open {
		state = "open"
	}
	t.add("charge", s.name, c.event, c.svTRID, c.kind, s.who, price, state)
	t.add("entry", s.name, c.event, c.svTRID, "authorise", "uncommitted:"+s.who, "authorised:"+s.who, price)
	if !c.open {
		t.add("entry", s.name, c.event, c.svTRID, "unauthorise", "authorised:"+s.who, "uncommitted:"+s.who, price)
	}
}
