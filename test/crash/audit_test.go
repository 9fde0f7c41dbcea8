package crash

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
	"example.org/dorado/test/world"
)

// An auditor compares what sessions said and heard with what the database has.
type auditor struct {
	rows map[string]int // of each table, over all stories

	// What became of the commands that were not answered, or with 2400.
	happened, vanished, faultedYetDone int
}

// slice is how many stories are looked at in one query. They have at most fullStory objects each, and
// SQLite takes 32,766 parameters.
const slice = 2000

// look looks at those stories that something was done in since the last time, and at what must hold
// whatever was said. It ends t's test if a story does not agree, since nothing after it would.
func (a *auditor) look(t *testing.T, db *sql.DB, stories []*story) {
	t.Helper()
	var changed []*story
	for _, s := range stories {
		if s.changed {
			changed = append(changed, s)
		}
	}
	for part := range slices.Chunk(changed, slice) {
		a.part(t, db, part)
	}
	a.totals(t, db)
	world.CheckInvariants(t, db)
	if t.Failed() {
		t.FailNow()
	}
}

// most is how many stories are looked at again in the end. Each slice of them reads whole tables, so all
// stories of a long run would take longer than the run; totals sees the rest.
const most = 20_000

// lookAtAll looks at every story again, or at a part that chance draws: what was settled once must stay as
// it was.
func (a *auditor) lookAtAll(t *testing.T, db *sql.DB, stories []*story) {
	t.Helper()
	for _, i := range rand.Perm(len(stories))[:min(len(stories), most)] {
		stories[i].changed = true
	}
	a.look(t, db, stories)
}

// part compares stories with their rows.
func (a *auditor) part(t *testing.T, db *sql.DB, stories []*story) {
	t.Helper()
	found := fetch(t, db, stories)
	wrong := 0
	for _, s := range stories {
		have := found[s]
		slices.Sort(have.lines)
		if err := a.settle(s, have.lines); err != "" {
			if wrong++; wrong <= examples {
				t.Error(err)
			}
			continue
		}
		if s.expires != have.expires && have.expires != "" {
			if s.expires != "" {
				t.Errorf("%s expires on %s, and its registrar was told %s", s.name, have.expires, s.expires)
			}
			s.expires = have.expires
		}
		a.count(s, have.lines)
	}
	if wrong > examples {
		t.Errorf("and %d more stories", wrong-examples)
	}
}

// settle decides whether the open command of a story took effect, and returns what is wrong with the
// rows that are there, or "".
func (a *auditor) settle(s *story, have []line) string {
	_, without := s.tell(s.told...)
	open := s.open
	if open == nil {
		return differences(s, have, without, nil)
	}
	done := *open
	done.svTRID = svTRIDOf(done.clTRID, have)
	_, with := s.tell(append(slices.Clone(s.told), done)...)
	switch {
	case done.svTRID != "" && slices.Equal(have, with):
		s.told = append(s.told, done)
		if done.succeeds() && done.class() == "domain" {
			s.expires = "" // nobody was told
		}
		a.happened++
		if open.svTRID != "" {
			a.faultedYetDone++
		}
	case slices.Equal(have, without):
		a.vanished++
	default:
		return differences(s, have, without, with)
	}
	s.open = nil
	return ""
}

// svTRIDOf returns the server's id of a command that was not answered, from its line in the log.
func svTRIDOf(clTRID string, lines []line) string {
	for _, l := range lines {
		fields := strings.Fields(l)
		if i := slices.Index(fields, clTRID); i >= 0 && fields[0] == "log" {
			return fields[i+1]
		}
	}
	return ""
}

// differences says where the rows of a story differ from what they must be, with or without the
// command whose end is not known.
func differences(s *story, have, without, with []line) string {
	if slices.Equal(have, without) {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s of %s is not as its registrar was told:\n", s.class, s.name, s.who)
	for _, c := range s.told {
		fmt.Fprintf(&b, "  answered %s: %s %s %s %s\n", c.want, c.verb, c.object, c.clTRID, c.svTRID)
	}
	if s.open != nil {
		fmt.Fprintf(&b, "  open, want %s: %s %s %s %s\n", s.open.want, s.open.verb, s.open.object, s.open.clTRID, s.open.svTRID)
	}
	differ(&b, "if the open command did nothing", have, without)
	if with != nil {
		differ(&b, "if it was done", have, with)
	}
	return b.String()
}

func differ(b *strings.Builder, when string, have, want []line) {
	fmt.Fprintf(b, " %s:\n", when)
	for _, l := range want {
		if !slices.Contains(have, l) {
			fmt.Fprintf(b, "  missing     %s\n", l)
		}
	}
	counts := map[line]int{}
	for _, l := range want {
		counts[l]++
	}
	for _, l := range have {
		if counts[l]--; counts[l] < 0 {
			fmt.Fprintf(b, "  too much    %s\n", l)
		}
	}
}

// count keeps how many rows of each table all stories have together.
func (a *auditor) count(s *story, lines []line) {
	if a.rows == nil {
		a.rows = map[string]int{}
	}
	for table, n := range s.rows {
		a.rows[table] -= n
	}
	s.rows = map[string]int{}
	for _, l := range lines {
		table, _, _ := strings.Cut(l, " ")
		s.rows[table]++
	}
	for table, n := range s.rows {
		a.rows[table] += n
	}
	s.changed = false
}

// totals looks for rows that belong to no story, such as those of a command that nobody sent or of one
// half of another.
func (a *auditor) totals(t *testing.T, db *sql.DB) {
	t.Helper()
	for table, query := range totals {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if n != a.rows[table] {
			t.Errorf("there are %d rows of table %s, and the stories have %d", n, table, a.rows[table])
		}
	}
}

// totals count the rows of the rigs in each table. All that the rigs make has "crash" in its name.
var totals = map[string]string{
	"log":     `SELECT count(*) FROM log WHERE cltrid LIKE 'CRASH-%'`,
	"history": `SELECT count(*) FROM history WHERE cltrid LIKE 'CRASH-%'`,
	"domain":  `SELECT count(*) FROM domain WHERE name LIKE 'crash-%'`,
	"host":    `SELECT count(*) FROM host WHERE name LIKE '%crash-%' OR name LIKE '%-crash.example'`,
	"contact": `SELECT count(*) FROM contact WHERE body LIKE '%crash@registrar.example%'`,
	"link":    `SELECT count(*) FROM domain_host l JOIN domain d ON d.roid = l.domain WHERE d.name LIKE 'crash-%'`,
	"role":    `SELECT count(*) FROM domain_contact l JOIN domain d ON d.roid = l.domain WHERE d.name LIKE 'crash-%'`,
	"address": `SELECT count(*) FROM host_address a JOIN host h ON h.roid = a.host WHERE h.name LIKE '%.crash-%.co'`,
	"charge":  `SELECT count(*) FROM charge WHERE subject LIKE 'crash-%'`,
	"entry":   `SELECT count(*) FROM entry WHERE text LIKE '% crash-%'`,
}

// wholeFile looks at a SQLite file with SQLite's own program.
func wholeFile(t *testing.T, file string) {
	t.Helper()
	out, err := exec.Command(peer.Need(t, "sqlite3"), file, "PRAGMA integrity_check", "PRAGMA foreign_key_check").CombinedOutput()
	if said := strings.TrimSpace(string(out)); err != nil || said != "ok" {
		t.Errorf("the database file is not whole: %v\n%s", err, said)
	}
}

// summary is how many stories, commands and rows there are.
func (a *auditor) summary(stories []*story) string {
	commands := 0
	for _, s := range stories {
		commands += len(s.told)
	}
	rows := 0
	for n := range maps.Values(a.rows) {
		rows += n
	}
	return fmt.Sprintf("%d stories of %d commands in %d rows; of the unanswered, %d were done and %d not; %d were answered 2400 and done",
		len(stories), commands, rows, a.happened, a.vanished, a.faultedYetDone)
}
