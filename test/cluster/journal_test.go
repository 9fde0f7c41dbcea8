package cluster

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// An entry is one command and its answer, as the client saw both.
type entry struct {
	client  int
	node    int
	in      input
	clTRID  string
	call    time.Duration // since the journal began
	end     time.Duration // of an answer, or of the connection that brought none
	lost    bool          // the connection ended without an answer
	code    int
	svTRID  string
	roid    string // of a create or an info, and when reconciled of all that wrote
	expires string // of a create, a renew or an info: a date
	sponsor string // of an info
	held    bool   // of an info
	free    bool   // of a check
	message string
	commit  commit // of a write, when reconciled
}

// A commit is the place of a write in the order in which the database committed them. Lives of a name
// come one after the other, each with the times of its first and its last version; the group of commands
// that one transaction has can hold several of either.
type commit struct {
	began, ended time.Time // of the life
	roid         string
	version      int
}

func (c commit) compare(d commit) int {
	return cmp.Or(c.began.Compare(d.began), c.ended.Compare(d.ended), strings.Compare(c.roid, d.roid), c.version-d.version)
}

// A journal is what all clients of one test did.
type journal struct {
	began time.Time

	mu      sync.Mutex
	waiting map[string]entry // by clTRID: sent, and not answered yet
	entries []entry
	logins  []login
}

// A login is one attempt to begin a session, with how it ended.
type login struct {
	registrar string
	node      int
	code      int // 0 if the connection came to nothing
	message   string
}

func newJournal() *journal { return &journal{began: time.Now(), waiting: map[string]entry{}} }

func (j *journal) since() time.Duration { return time.Since(j.began) }

// begin keeps a command that is about to be sent.
func (j *journal) begin(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.waiting[e.clTRID] = e
}

// end keeps how a command ended.
func (j *journal) end(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.waiting, e.clTRID)
	j.entries = append(j.entries, e)
}

// unanswered returns the commands that were sent to a node and not answered, whether or not an answer
// may still come.
func (j *journal) unanswered(node int) []entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []entry
	for _, e := range j.waiting {
		if e.node == node {
			list = append(list, e)
		}
	}
	for _, e := range j.entries {
		if e.lost && e.node == node {
			list = append(list, e)
		}
	}
	return list
}

func (j *journal) addLogin(l login) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.logins = append(j.logins, l)
}

// lostCreate is for how long a create that finds its name taken waits for its answer, on purpose.
const lostCreate = 2 * time.Second

// took returns how long a command took that was answered.
func (e entry) took() time.Duration {
	if e.in.kind == create && e.code == 2302 {
		return max(0, e.end-e.call-lostCreate)
	}
	return e.end - e.call
}

// slowest returns the longest that an answer took, of those that pass.
func (j *journal) slowest(passes func(entry) bool) time.Duration {
	var most time.Duration
	for _, e := range j.entries {
		if !e.lost && passes(e) {
			most = max(most, e.took())
		}
	}
	return most
}

// quantiles says how long answers took.
func (j *journal) quantiles() string {
	var took []time.Duration
	for _, e := range j.entries {
		if !e.lost {
			took = append(took, e.took().Round(time.Millisecond))
		}
	}
	if len(took) == 0 {
		return "no answers"
	}
	slices.Sort(took)
	return fmt.Sprintf("half in %s, 99 %% in %s, all in %s", took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
}

// codes says how often each code was answered.
func (j *journal) codes() string {
	count := map[int]int{}
	for _, e := range j.entries {
		count[e.code]++
	}
	var parts []string
	for code, n := range count {
		parts = append(parts, fmt.Sprintf("%d: %d", code, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ") + " (0 is no answer)"
}

// isFault reports whether the answer is not one about the command.
func (e entry) isFault() bool { return e.code == 2400 || e.code >= 2500 }

// noFaults fails t where an answer, of those that are meant, tells of a fault of the registry.
func (j *journal) noFaults(t testing.TB, meant func(entry) bool) {
	t.Helper()
	for _, e := range j.entries {
		if meant(e) && e.isFault() {
			t.Errorf("%s of client %d at node %d was answered %d %s", e.in, e.client, e.node, e.code, e.message)
		}
	}
}

// noneLost fails t where a connection ended without an answer, of those that are meant.
func (j *journal) noneLost(t testing.TB, meant func(entry) bool) {
	t.Helper()
	for _, e := range j.entries {
		if meant(e) && e.lost {
			t.Errorf("%s of client %d at node %d got no answer: %s", e.in, e.client, e.node, e.message)
		}
	}
}

// all means every entry.
func all(entry) bool { return true }

// elsewhere means the entries of all nodes but one.
func elsewhere(node int) func(entry) bool { return func(e entry) bool { return e.node != node } }

// A committed is what the database keeps of one command.
type committed struct {
	svTRID        string
	roid, expires string // of what it wrote; empty if it wrote no domain
	commit        commit
	lines         int // in the transaction log
}

// reconcile compares what clients were told with what the database keeps, fails the test where they
// differ, and completes the commands whose answer was lost or told of a fault: those that took effect get the outcome that
// the database has, the others are dropped, since what was refused or never ran had no effect. It returns
// how many took effect and were not answered.
func (c *cluster) reconcile(j *journal) (unanswered int) {
	c.t.Helper()
	kept := c.kept()
	var whole []entry
	for _, e := range j.entries {
		k, found := kept[e.clTRID]
		unsure := e.lost || e.isFault()
		switch {
		case e.in.isQuery():
			if !unsure {
				whole = append(whole, e)
			}
		case !unsure:
			c.compare(e, k)
			if k.roid != "" {
				e.roid, e.commit = k.roid, k.commit
			}
			whole = append(whole, e)
		case found && k.lines > 1:
			c.t.Errorf("%s, which got no answer, was done %d times", e.in, k.lines)
		case found && k.roid != "":
			e.lost = true
			e.code, e.roid, e.expires, e.commit = e.in.succeeds(), k.roid, k.expires, k.commit
			whole = append(whole, e)
			unanswered++
		}
	}
	j.entries = whole
	return unanswered
}

// compare fails the test where an answer is not what the database keeps of its command.
func (c *cluster) compare(e entry, k committed) {
	c.t.Helper()
	lines := 1
	if e.in.kind == create && e.code == 2302 {
		lines = 0 // there may be a hundred thousand of them a second. Manual 9.8
	}
	switch {
	case k.lines != lines:
		c.t.Errorf("%s (%s), answered %d, has %d lines in the transaction log", e.in, e.clTRID, e.code, k.lines)
	case lines == 0:
	case k.svTRID != e.svTRID:
		c.t.Errorf("%s (%s) was answered with %s, and %s is in the log", e.in, e.clTRID, e.svTRID, k.svTRID)
	case (k.roid != "") != (e.code == e.in.succeeds()):
		c.t.Errorf("%s (%s) was answered %d, and wrote %q", e.in, e.clTRID, e.code, k.roid)
	case e.code == e.in.succeeds() && e.in.kind == create && e.roid != k.roid:
		c.t.Errorf("%s (%s) was answered with %s, and wrote %s", e.in, e.clTRID, e.roid, k.roid)
	case e.code == e.in.succeeds() && e.expires != "" && k.expires != e.expires:
		c.t.Errorf("%s (%s) was answered with expiry %s, and wrote %s", e.in, e.clTRID, e.expires, k.expires)
	}
}

// kept reads what the database keeps of each command by its clTRID.
func (c *cluster) kept() map[string]committed {
	c.t.Helper()
	kept := map[string]committed{}
	c.look(func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, committedCommands)
		if err != nil {
			return err
		}
		var clTRID, body string
		var k committed
		_, err = pgx.ForEachRow(rows, []any{
			&clTRID, &k.svTRID, &k.roid, &body, &k.commit.version, &k.commit.began, &k.commit.ended,
		}, func() error {
			var object struct{ Expires time.Time }
			if err := json.Unmarshal([]byte(body), &object); err != nil {
				return err
			}
			k.lines, k.expires, k.commit.roid = kept[clTRID].lines+1, object.Expires.UTC().Format(time.DateOnly), k.roid
			kept[clTRID] = k
			return nil
		})
		return err
	})
	return kept
}

// committedCommands has every line of the transaction log about a domain, with the version that the command
// wrote, if it did, and when the first and the last version of that registration were committed.
const committedCommands = `
WITH version AS (
  SELECT roid, version, body, cltrid, svtrid, pg_xact_commit_timestamp(xmin) AS at
  FROM   history
  WHERE  kind = 'domain')
SELECT l.cltrid, l.svtrid, COALESCE(v.roid, ''), COALESCE(v.body, '{}'), COALESCE(v.version, 0),
       COALESCE((SELECT MIN(at) FROM version o WHERE o.roid = v.roid), now()),
       COALESCE((SELECT MAX(at) FROM version o WHERE o.roid = v.roid), now())
FROM   log l LEFT JOIN version v ON v.svtrid = l.svtrid AND v.cltrid = l.cltrid
WHERE  l.object = 'domain'`
