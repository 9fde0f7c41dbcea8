package zone_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/zone"
	"example.org/dorado/test/secondary"
)

// The programs of others find nothing wrong with any version of a zone that changes at random: delegations, with DS and
// without, hosts below them, below others and below names that are gone, and empty names between.
func TestOthersFindNothingWrong(t *testing.T) {
	const versions = 24
	for seed := range uint64(3) {
		changes := secondary.NewChanges("co", 12, seed)
		signer, err := secondary.NewSigner(name(t, "co"), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		e := zone.NewEditor(zone.Empty(name(t, "co")))
		first := append(changes.Apex(), signer.Keys()...)
		next(t, e, zone.Update{Changes: first, Serial: 1, Signer: signer})
		for serial := uint32(2); serial < versions; serial++ {
			next(t, e, zone.Update{Changes: changes.Next(), Serial: serial, Signer: signer})
			for _, judge := range secondary.Judges() {
				judge.Judge(t, e.Version())
			}
			if t.Failed() {
				text, _ := secondary.Text(e.Version())
				t.Fatalf("seed %d:\n%s", seed, text)
			}
		}
	}
}

// Each of the programs that is to see signatures does see one that is missing.
func TestOthersSeeWhatIsMissing(t *testing.T) {
	signer, err := secondary.NewSigner(name(t, "co"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	e := zone.NewEditor(zone.Empty(name(t, "co")))
	first := append(secondary.NewChanges("co", 12, 1).Apex(), signer.Keys()...)
	next(t, e, zone.Update{Changes: first, Serial: 1, Signer: signer})
	whole, err := secondary.Text(e.Version())
	if err != nil {
		t.Fatal(err)
	}
	var broken []string
	for line := range strings.Lines(whole) {
		if !strings.Contains(line, "RRSIG\tNS ") {
			broken = append(broken, line)
		}
	}
	file := filepath.Join(t.TempDir(), "broken.zone")
	if err := os.WriteFile(file, []byte(strings.Join(broken, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, judge := range secondary.Judges()[1:] {
		if out, good := judge.Verdict(t, "co", file); good {
			t.Errorf("%s accepts an NS RRset without signature: %s", judge.Name, out)
		}
	}
}
