package flow_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// entriesOfDay writes many entries of a day, of three registrars, past the store.
func entriesOfDay(w *world.World, day time.Time, n int) {
	const atOnce = 500
	for first := 0; first < n; first += atOnce {
		var b strings.Builder
		b.WriteString("INSERT INTO entry (entry_key, party, at, debit, credit, amount, charge, text) VALUES ")
		for i := range atOnce {
			at := day.Add(time.Duration(first+i) * 86400 * time.Second / time.Duration(n))
			party := []registry.RegistrarID{world.Acme, world.Other, world.Poor}[i%3]
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "('D%d-CO/create/%s/authorise', '%s', %d, 'uncommitted:%s', 'authorised:%s', 2000, '', 'Registration name-%d.co')",
				first+i, at.Format(time.RFC3339), party, at.UnixMicro(), party, party, first+i)
		}
		w.Exec(b.String())
	}
}

// What it costs to seal a day of 100,000 entries: to read and to hash them, and to write the seals; the last alone
// keeps commands waiting.
func BenchmarkSealDay(b *testing.B) {
	w := world.New(b, noon)
	entriesOfDay(w, march(2), 100_000)
	w.At("2026-03-02T00:01:00Z")
	sealAll(w) // the day before
	w.At("2026-03-03T00:01:00Z")
	var writing time.Duration
	for b.Loop() {
		w.Exec("DELETE FROM seal WHERE day = $1", march(2).UnixMicro())
		w.Exec("DELETE FROM sealed_day WHERE day = $1", march(2).UnixMicro())
		reply, err := w.Ask("", flow.SealDrafted{Most: 1_000_000})
		if err != nil {
			b.Fatal(err)
		}
		draft := reply.(flow.SealDraft)
		began := time.Now()
		if done := w.Do("", flow.Seal{Most: 1_000_000, Draft: &draft}).(flow.Sealed); done.Entries != 100_000 {
			b.Fatalf("sealed %+v", done)
		}
		writing += time.Since(began)
	}
	b.ReportMetric(float64(writing.Milliseconds())/float64(b.N), "ms/write")
}

// What statements and checks of 100,000 entries cost.
func BenchmarkLedger(b *testing.B) {
	w := world.New(b, noon)
	entriesOfDay(w, march(2), 100_000)
	w.At("2026-03-03T00:01:00Z")
	sealAll(w)
	begin := func() (io.Writer, error) { return io.Discard, nil }
	for _, test := range []struct {
		name  string
		query flow.Query
	}{
		{"a page", flow.Statement{Registrar: world.Acme, Since: march(2).Add(12 * time.Hour)}},
		{"a signed statement of 33,000 entries", flow.StatementProof{Registrar: world.Acme, Begin: begin}},
		{"the books", flow.LedgerCheck{}},
		{"the seals of 33,000 entries", flow.SealCheck{Registrar: world.Acme}},
		{"the heads", flow.HeadCheck{}},
	} {
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.Ask("", test.query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
