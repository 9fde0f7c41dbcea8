package flow_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// sealAll seals all days that are over.
func sealAll(w *world.World) (done flow.Sealed) {
	w.T.Helper()
	for more := true; more; more = done.More {
		done = w.Do("", flow.Seal{Most: 1000}).(flow.Sealed)
	}
	return done
}

// checkSeals returns what a check of the books, the seals of some registrars and the heads finds.
func checkSeals(w *world.World, ids ...registry.RegistrarID) (faults []string) {
	w.T.Helper()
	ask := func(q flow.Query) flow.Reply {
		reply, err := w.Ask("", q)
		if err != nil {
			w.T.Fatal(err)
		}
		return reply
	}
	for _, f := range ask(flow.LedgerCheck{}).(flow.LedgerReport).Faults {
		faults = append(faults, f.Law+": "+f.At)
	}
	for _, id := range ids {
		faults = append(faults, ask(flow.SealCheck{Registrar: id}).(flow.SealReport).Faults...)
	}
	return append(faults, ask(flow.HeadCheck{}).(flow.SealReport).Faults...)
}

// sealedWorld is a registry with entries of three registrars on some days, of which those up to March 9 are sealed.
func sealedWorld(t *testing.T) *world.World {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Acme, "store.co")
	w.Domain(world.Other, "other.co")
	w.At("2026-03-07T12:00:00Z")
	w.Settle()
	w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 1_00, Reference: "R-1"})
	w.At("2026-03-10T00:01:00Z")
	sealAll(w)
	return w
}

// Each day has a head, whether or not anything happened in it; a day that is not over for a minute is left open.
func TestSealDays(t *testing.T) {
	w := world.New(t, noon)
	w.At("2026-03-02T00:00:59Z")
	if done := sealAll(w); done.Days != 0 || !done.Last.IsZero() {
		t.Errorf("before it is over: %+v", done)
	}
	w.At("2026-03-02T00:01:00Z")
	if done := w.Do("", flow.Seal{Most: 1000}).(flow.Sealed); done.Days != 1 || done.Entries != 5 || done.More || !done.Last.Equal(march(1)) {
		t.Errorf("when it is over: %+v", done)
	}
	before := w.Dump()
	if done := w.Do("", flow.Seal{Most: 1000}).(flow.Sealed); done.Days != 0 || !done.Last.Equal(march(1)) || w.Dump() != before {
		t.Errorf("once more: %+v", done)
	}
	w.At("2026-09-01T00:00:00Z") // a standstill of half a year
	days := 0
	for more := true; more; {
		done := w.Do("", flow.Seal{Most: 1000}).(flow.Sealed)
		days, more = days+done.Days, done.More
	}
	if days != 182 {
		t.Errorf("%d days are sealed after a standstill, want 182", days)
	}
	if faults := checkSeals(w, world.Acme); faults != nil {
		t.Errorf("a check finds %q", faults)
	}
	w.Service.Keys.Ledger = nil
	w.At("2026-10-01T00:00:00Z")
	if done := sealAll(w); done.Days != 0 {
		t.Errorf("without a key: %+v", done)
	}
}

// A day of more entries than one transaction takes is sealed in parts, and comes out the same as in one; so do days
// that are sealed late.
func TestSealInParts(t *testing.T) {
	rows := func(most int64, each bool) string {
		w := world.New(t, noon)
		seal := func() { // without a number that other commands would have
			for more := true; more; {
				reply, err := w.Service.Run(t.Context(), flow.Request{SvTRID: "SEAL", Command: flow.Seal{Most: most}})
				if err != nil {
					t.Fatal(err)
				}
				more = reply.(flow.Sealed).More
			}
		}
		for i := range 4 {
			w.Domain(world.Acme, fmt.Sprintf("first-%d.co", i))
			w.Domain(world.Other, fmt.Sprintf("second-%d.co", i))
			w.Pass(24 * time.Hour)
			w.Settle()
			if each {
				seal()
			}
		}
		seal()
		if faults := checkSeals(w, world.Acme, world.Other); faults != nil {
			t.Errorf("%d at once: a check finds %q", most, faults)
		}
		return w.Rows("SELECT * FROM seal ORDER BY party, day") + w.Rows("SELECT day, leaves, root, previous, signature FROM sealed_day ORDER BY day")
	}
	whole := rows(1000, false)
	for _, most := range []int64{1, 2, 7} {
		if got := rows(most, false); got != whole {
			t.Errorf("%d at once makes other seals:\n%s", most, cmp.Diff(whole, got))
		}
	}
	if got := rows(1000, true); got != whole {
		t.Errorf("day by day makes other seals:\n%s", cmp.Diff(whole, got))
	}
}

// A draft that was made before another was written is not written on top of it: a new one is made.
func TestSealStaleDraft(t *testing.T) {
	w := world.New(t, noon)
	w.At("2026-03-03T12:00:00Z")
	for _, most := range []int64{1, 1000} {
		reply, err := w.Ask("", flow.SealDrafted{Most: most})
		if err != nil {
			t.Fatal(err)
		}
		draft := reply.(flow.SealDraft)
		first := w.Do("", flow.Seal{Most: 1000, Draft: &draft}).(flow.Sealed)
		again := w.Do("", flow.Seal{Most: 1000, Draft: &draft}).(flow.Sealed)
		if first.Entries == 0 || again.Days+int(again.Entries) == 0 && most == 1 {
			t.Errorf("%d at once: a draft writes %+v, and once more %+v", most, first, again)
		}
		if faults := checkSeals(w, world.Acme, world.Other); faults != nil {
			t.Errorf("a check finds %q", faults)
		}
		w.Do("", flow.Deposit{Author: "ana", Registrar: world.Acme, Amount: 1, Reference: fmt.Sprint(most)})
		w.Pass(24 * time.Hour)
	}
}

// An entry that is written down when its day is sealed is sealed with the next day, whether its writer could know
// or not; the seal of its own day stays as it was.
func TestSealLate(t *testing.T) {
	w := world.New(t, noon)
	w.Domain(world.Acme, "shop.co")
	w.At("2026-03-07T12:00:00Z") // the registration has posted on the 6th, and nobody has written that down
	sealAll(w)
	sixth := w.Rows("SELECT * FROM sealed_day WHERE day = $1", march(6).UnixMicro())
	w.Settle()
	if got := w.Rows("SELECT entry_key, sealed FROM late_entry ORDER BY entry_key"); strings.Count(got, " | 0\n") != 2 {
		t.Errorf("late are\n%s", got)
	}
	// One more, of somebody who did not know.
	w.Exec(`INSERT INTO entry (entry_key, party, at, debit, credit, amount, charge, text)
	        VALUES ('straggler', 'H1002', $1, 'bank', 'prepaid:H1002', 7, '', 'Deposit')`, march(3).Add(time.Hour).UnixMicro())
	w.Exec("UPDATE funds SET balance = balance + 7 WHERE party = 'H1002'")
	if faults := strings.Join(checkSeals(w, world.Acme, world.Other), "\n"); !strings.Contains(faults, "H1002: the entry straggler of 2026-03-03T01:00:00Z is in no seal") {
		t.Errorf("before the next seal a check finds %q", faults)
	}
	w.At("2026-03-08T00:01:00Z")
	if done := sealAll(w); done.Late != 3 || done.Days != 1 {
		t.Errorf("the next day seals %+v", done)
	}
	if got := w.Rows("SELECT entry_key FROM late_entry WHERE sealed = $1 ORDER BY entry_key", march(7).UnixMicro()); strings.Count(got, "\n") != 3 {
		t.Errorf("sealed with it are\n%s", got)
	}
	if faults := checkSeals(w, world.Acme, world.Other); faults != nil {
		t.Errorf("a check finds %q", faults)
	}
	if now := w.Rows("SELECT * FROM sealed_day WHERE day = $1", march(6).UnixMicro()); now != sixth {
		t.Errorf("the head of the 6th was\n%sand is\n%s", sixth, now)
	}
	for _, id := range []registry.RegistrarID{world.Acme, world.Other} {
		if found, err := ledger.Verify(bytes.NewReader(proofOf(w, flow.StatementProof{Registrar: id})), ledger.Trust{}); err != nil || found.Late == 0 {
			t.Errorf("the statement of %s proves %+v, %v", id, found, err)
		}
	}
}

// Whatever is done to sealed entries behind the program's back, a check says it.
func TestCheckFindsTampering(t *testing.T) {
	const insert = `INSERT INTO entry (entry_key, party, at, debit, credit, amount, charge, text) VALUES `
	for _, test := range []struct{ name, statement, says string }{
		{"a text", "UPDATE entry SET text = 'Gift' WHERE entry_key = 'deposit/H1001/R-1'", "H1001: the entry deposit/H1001/R-1 of 2026-03-07T12:00:00Z was changed or added since it was sealed"},
		{"an instant in the day", "UPDATE entry SET at = at + 1 WHERE entry_key = 'deposit/H1001/R-1'", "was changed or added since it was sealed"},
		{"an instant to another day", "UPDATE entry SET at = at + 86400000000 WHERE entry_key = 'deposit/H1001/R-1'", "of 2026-03-08T12:00:00Z is in no seal"},
		{"an instant after all seals", "UPDATE entry SET at = at + 864000000000 WHERE entry_key = 'deposit/H1001/R-1'", "H1001: 1 of the 1 entries sealed on 2026-03-07 are missing or were changed, from number 8 on"},
		{"an amount with its balance", "UPDATE entry SET amount = 500 WHERE entry_key = 'deposit/H1001/R-1'; UPDATE funds SET balance = balance + 400 WHERE party = 'H1001'", "was changed or added"},
		{"a party", "UPDATE entry SET party = 'H1002' WHERE entry_key = 'deposit/H1001/R-1'", "H1001: 1 of the 1 entries sealed on 2026-03-07 are missing"},
		{"an entry gone", "DELETE FROM entry WHERE entry_key LIKE '%/post' AND party = 'H1001'", "H1001: 1 of the 4 entries sealed on 2026-03-06 are missing or were changed, from number 6 on"},
		{"a registrar's entries gone", "DELETE FROM entry WHERE party = 'H1002'", "H1002: "},
		{"an entry added", insert + "('gift', 'H1001', 1772366400000000, 'bank', 'prepaid:H1001', 100, '', 'Gift')", "H1001: the entry gift of 2026-03-01T12:00:00Z was changed or added since it was sealed"},
		{"an entry added on a day without", insert + "('gift', 'H1001', 1772539200000000, 'bank', 'prepaid:H1001', 100, '', 'Gift')", "H1001: the entry gift of 2026-03-03T12:00:00Z is in no seal"},
		{"a seal gone", "DELETE FROM seal WHERE party = 'H1001' AND first = 8", "the head of 2026-03-07 is not of the seals that are there"},
		{"a seal's balance", "UPDATE seal SET balance = balance + 1 WHERE party = 'H1001' AND first = 8", "H1001: the seal of 2026-03-07 is not that of its entries"},
		{"a seal in the chain", "UPDATE seal SET balance = balance + 1 WHERE party = 'H1001' AND first = 1", "H1001: the seal of 2026-03-06 does not follow the one before it"},
		{"a print", "UPDATE seal SET prints = digest WHERE party = 'H1001' AND first = 8", "missing or were changed"},
		{"a head gone", "DELETE FROM sealed_day WHERE day = 1772668800000000", "the head of 2026-03-06 does not follow that of 2026-03-04"},
		{"the first head gone", "DELETE FROM sealed_day WHERE day = 1772323200000000", "the head of 2026-03-02 follows another, which is missing"},
		{"a root", "UPDATE sealed_day SET root = previous WHERE day = 1772668800000000", "the signature under the head of 2026-03-05 is not by the key"},
		{"a balance", "UPDATE funds SET balance = balance + 1 WHERE party = 'H1001'", "a kept balance is the sum of its entries: H1001: kept 99961.01, entries 99961.00"},
		{"what is set aside", "UPDATE funds SET authorised = authorised + 1 WHERE party = 'H1001'", "what is kept as set aside is the sum of its entries: H1001: kept 0.01, entries 0.00"},
		{"a charge", "UPDATE charge SET state = 'released' WHERE party = 'H1002'", "a charge that is posted has one entry that posts it, of its amount and its registrar; no other has one: charge "},
		{"a charge's amount", "UPDATE charge SET amount = 1 WHERE party = 'H1002'", "a charge sets its amount aside once, if it sets anything aside: charge "},
		{"a charge gone", "DELETE FROM charge WHERE party = 'H1002'", "an entry that belongs to a charge belongs to one that is there: entry "},
		{"an entry from nowhere", "UPDATE entry SET debit = '' WHERE entry_key = 'deposit/H1001/R-1'", "an entry moves an amount of zero or more from one account to another: entry deposit/H1001/R-1 moves 1.00 from  to prepaid:H1001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := sealedWorld(t)
			if faults := checkSeals(w, world.Acme, world.Other); faults != nil {
				t.Fatalf("before anything was done a check finds %q", faults)
			}
			for statement := range strings.SplitSeq(test.statement, "; ") {
				w.Exec(statement)
			}
			if faults := strings.Join(checkSeals(w, world.Acme, world.Other), "\n"); !strings.Contains(faults, test.says) {
				t.Errorf("a check finds\n%s\nwant %q", faults, test.says)
			}
		})
	}
}

// Any history is sealed and verifies, whenever it is sealed; with any one sealed entry changed, a check finds it.
func TestAnyHistoryIsSealed(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			w := world.New(t, noon)
			for i := range 1 + r.IntN(15) {
				id := []registry.RegistrarID{world.Acme, world.Other}[r.IntN(2)]
				switch r.IntN(4) {
				case 0:
					w.Domain(id, fmt.Sprintf("name-%d.co", i))
				case 1:
					w.Do("", flow.Deposit{Author: "ana", Registrar: id, Amount: 100, Reference: fmt.Sprint(i)})
				case 2:
					w.Settle()
				case 3:
					w.Do("", flow.Seal{Most: 1 + r.Int64N(10)})
				}
				w.Pass(time.Duration(r.IntN(80)) * time.Hour)
			}
			w.Pass(72 * time.Hour)
			w.Settle()
			sealAll(w)
			w.Pass(24 * time.Hour)
			sealAll(w) // with what was late
			if faults := checkSeals(w, world.Acme, world.Other); faults != nil {
				t.Errorf("a check finds %q", faults)
			}
			for _, id := range []registry.RegistrarID{world.Acme, world.Other} {
				found, err := ledger.Verify(bytes.NewReader(proofOf(w, flow.StatementProof{Registrar: id})), ledger.Trust{})
				if err != nil || found.Closing != w.Funds(id).Balance || fmt.Sprintln(found.Entries) != w.Rows("SELECT COUNT(*) FROM entry WHERE party = $1", string(id)) {
					t.Errorf("the statement of %s proves %+v, %v", id, found, err)
				}
			}
			keys := strings.Split(strings.TrimSpace(w.Rows("SELECT entry_key FROM entry WHERE party = 'H1001' OR party = 'H1002' ORDER BY entry_key")), "\n")
			key := keys[r.IntN(len(keys))]
			w.Exec("UPDATE entry SET text = text || '.' WHERE entry_key = $1", key)
			if faults := checkSeals(w, world.Acme, world.Other); faults == nil {
				t.Errorf("a check finds nothing, and the entry %s was changed", key)
			}
		})
	}
}
