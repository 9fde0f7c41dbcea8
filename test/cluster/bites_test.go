package cluster

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// A check that has never been seen to fail is not known to work: each history here is wrong in one way,
// or is right and looks wrong.
func TestModelBites(t *testing.T) {
	at := func(k kind, by string, call, end, code int) entry {
		e := entry{
			in:   input{kind: k, name: "a.co", registrar: by, expires: "2027-01-01"},
			call: time.Duration(call) * time.Millisecond, end: time.Duration(end) * time.Millisecond, code: code,
		}
		e.expires = "2027-01-01"
		e.commit = commit{began: time.UnixMilli(int64(call)), version: call} // here the order is that of sending
		return e
	}
	made := func(e entry, roid string) entry { e.roid = roid; return e }
	free := func(e entry) entry { e.free = true; return e }
	gone := func(e entry) entry { e.lost = true; return e }
	shown := func(e entry, roid, sponsor string) entry { e.roid, e.sponsor = roid, sponsor; return e }
	late := func(e entry) entry { e.commit.began = time.UnixMilli(1000); return e }
	first := made(at(create, acme, 0, 10, 1000), "D1-CO")
	for _, test := range []struct {
		name    string
		entries []entry
		wrong   bool
	}{
		{"one after the other", []entry{first, at(hold, acme, 20, 30, 1000), at(hold, acme, 40, 50, 2306)}, false},
		{"two creates that succeed", []entry{first, made(at(create, other, 5, 20, 1000), "D2-CO")}, true},
		{"a create after a delete", []entry{first, at(remove, acme, 20, 30, 1001), made(at(create, other, 25, 40, 1000), "D2-CO")}, false},
		{"a delete that is forgotten", []entry{first, at(remove, acme, 20, 30, 1001), at(create, other, 40, 50, 2302)}, true},
		{"a write that is lost", []entry{first, at(hold, acme, 20, 30, 1000), at(hold, acme, 40, 50, 1000)}, true},
		{"a write that took effect though nobody was told", []entry{first, gone(at(hold, acme, 20, 30, 1000)), at(hold, acme, 40, 50, 2306)}, false},
		{"a write that took effect much later than it was sent", []entry{first, late(gone(at(hold, acme, 20, 30, 1000))), at(hold, acme, 40, 50, 1000), at(release, acme, 60, 70, 1000)}, false},
		{"an info of a name that has gone", []entry{first, at(remove, acme, 20, 30, 1001), shown(at(info, other, 40, 50, 1000), "D1-CO", acme)}, true},
		{"an info of another registration", []entry{first, shown(at(info, other, 40, 50, 1000), "D2-CO", acme)}, true},
		{"a check that is a little old", []entry{first, free(at(check, other, 900, 910, 1000))}, false},
		{"a check that is too old", []entry{first, free(at(check, other, 1020, 1030, 1000))}, true},
		{"a check that is too new", []entry{made(at(create, acme, 20, 30, 1000), "D1-CO"), at(check, other, 0, 10, 1000)}, true},
		{"a renewal by one who does not know the expiry", []entry{first, at(renew, acme, 20, 30, 1000)}, true},
		{"a commit before one that was answered when it was sent", []entry{first, late(at(hold, acme, 20, 30, 1000)), at(release, acme, 40, 50, 1000)}, true},
		{"two answers of which either could be", []entry{first, at(remove, acme, 20, 60, 1001), shown(at(info, other, 25, 35, 1000), "D1-CO", acme), at(info, other, 30, 40, 2303)}, false},
		{"two answers of which not both can be", []entry{first, at(remove, acme, 20, 60, 1001), at(info, other, 25, 35, 2303), shown(at(info, other, 40, 50, 1000), "D1-CO", acme)}, true},
		{"a stranger's update", []entry{first, at(hold, other, 20, 30, 1000)}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			j := &journal{entries: test.entries}
			if disorders := j.disorders(); (len(disorders) > 0) != test.wrong {
				t.Errorf("disorders() = %q, want some: %t", disorders, test.wrong)
			}
		})
	}
}

// A history that was in fact one after the other is accepted, however its times were spread; and whatever
// is accepted, porcupine accepts as well, which knows no order of commits.
func TestOrderAgreesWithPorcupine(t *testing.T) {
	refused := 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 0))
		entries := story(r, 4+r.IntN(9))
		if wrong := disorder(entries); wrong != "" {
			t.Fatalf("seed %d: what happened is refused: %s\n%s", seed, wrong, tell(entries))
		}
		spoil(r, entries)
		if disorder(entries) != "" {
			refused++
		} else if !porcupine.CheckOperations(model(), operations(entries)) {
			t.Fatalf("seed %d: accepted, and porcupine finds no order:\n%s", seed, tell(entries))
		}
	}
	if refused < 200 {
		t.Errorf("%d of 2000 spoilt histories were refused; it cannot be so few", refused)
	}
}

// story returns commands that were done one after the other, with times of sending and answering that
// overlap.
func story(r *rand.Rand, n int) []entry {
	var d domain
	entries := make([]entry, n)
	for i := range entries {
		kinds := []kind{create, create, remove, renew, hold, release, info, info, check}
		e := entry{client: i, in: input{kind: kinds[r.IntN(len(kinds))], name: "a.co", registrar: registrars()[r.IntN(2)], expires: d.expires}}
		point := time.Duration(i+1) * time.Second
		e.call, e.end = point-spread(r), point+spread(r)
		e.roid, e.expires = fmt.Sprintf("D%d-CO", i), "2027-11-22"
		e.commit = commit{version: i}
		if e.in.kind == check {
			e.call += staleness // disorder grants so much
			e.end = max(e.call, e.end)
		}
		if e.in.kind == info {
			e.roid, e.sponsor, e.expires, e.held = d.roid, d.sponsor, d.expires, d.held
		}
		if e.in.kind == renew {
			e.expires = nextYear(d.expires)
		}
		e.free = d.roid == ""
		e.code, d = d.do(e.in, e)
		entries[i] = e
	}
	return entries
}

func spread(r *rand.Rand) time.Duration { return time.Duration(r.Int64N(int64(3 * time.Second))) }

func nextYear(date string) string {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return d.AddDate(1, 0, 0).Format(time.DateOnly)
}

// spoil changes something about one command, which may or may not make the history impossible.
func spoil(r *rand.Rand, entries []entry) {
	e := &entries[r.IntN(len(entries))]
	switch r.IntN(4) {
	case 0:
		e.call, e.end = e.call+2*time.Second, e.end+4*time.Second
	case 1:
		e.call, e.end = e.call-4*time.Second, e.end-4*time.Second
	case 2:
		e.free, e.held = !e.free, !e.held
	default:
		o := &entries[r.IntN(len(entries))]
		e.call, e.end, o.call, o.end = o.call, o.end, e.call, e.end
	}
}

// model is a registry of one name, for porcupine.
func model() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return domain{} },
		Step: func(state, _, out any) (bool, any) {
			d, e := state.(domain), out.(entry)
			code, next := d.do(e.in, e)
			if e.in.isQuery() || code != e.in.succeeds() {
				return d.explains(e), d
			}
			return code == e.code && next.roid != wrongROID, next
		},
	}
}

func operations(entries []entry) []porcupine.Operation {
	ops := make([]porcupine.Operation, len(entries))
	for i, e := range entries {
		e = e.shown()
		ops[i] = porcupine.Operation{ClientId: i, Output: e, Call: e.call.Nanoseconds(), Return: e.end.Nanoseconds()}
	}
	return ops
}

// Clusters that are made at the same time have networks of their own.
func TestAddresses(t *testing.T) {
	var free addresses
	var taken []netip.Prefix
	for range allAddresses / 2 { // none of which is on a link yet
		p := free.take(t)
		if slices.Contains(taken, p) {
			t.Errorf("two clusters have %s", p)
		}
		taken = append(taken, p)
	}
	t.Run("given back", func(t *testing.T) { free.take(t) })
	if n := len(free.taken); n != len(taken) {
		t.Errorf("%d networks are taken after the end of a cluster, want %d", n, len(taken))
	}
}

// What a killed run left is removed, and what a run has that goes on is not.
func TestSweep(t *testing.T) {
	mayMakeNetworks(t)
	n := newNetwork(t, 99, 1, &addresses{}, netip.MustParseAddr("192.0.2.1"))
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	pid := dead.Process.Pid
	space, link := fmt.Sprintf("dorado-%d-1a", pid), fmt.Sprintf("dor%d-1", pid)
	n.ip("netns", "add", space)
	n.ip("link", "add", link, "type", "bridge")
	sweep(t)
	for name, want := range map[string]bool{
		filepath.Join("/run/netns", space): false, filepath.Join("/sys/class/net", link): false,
		filepath.Join("/run/netns", n.spaces[0]): true, filepath.Join("/sys/class/net", n.link(0)): true,
		filepath.Join("/sys/class/net", n.name): true,
	} {
		if _, err := os.Stat(name); (err == nil) != want {
			t.Errorf("%s is there: %t, want %t", name, err == nil, want)
		}
	}
}
