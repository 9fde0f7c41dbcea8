package main

import (
	"strings"
	"testing"
)

// Of a zone that would lose more names than may, an operator sees which names wait and why, wherever one would look for
// it; a release that nobody needs is refused, one lets them go and can be ended.
func TestHeldZone(t *testing.T) {
	dir, demo := aDemo(t)
	demo.stop()
	edit(t, dir, "percent = 0\n", "percent = 1\n")
	edit(t, dir, "least = 1000\n", "least = 1\n")
	edit(t, dir, "few = 10\n", "few = 2\n")
	edit(t, dir, `level = "warn"`, `level = "info"`)
	demo = start(t, "demo", "--dir", dir)
	defer demo.stop()
	operate := func(words ...string) string { return mustRun(t, append(words, "--dir", dir)...) }
	refused := func(says string, words ...string) {
		t.Helper()
		if _, errs, status := run(t, "", append(words, "--dir", dir)...); status == 0 || !strings.Contains(errs, says) {
			t.Errorf("%v: status %d, %s; want %q", words, status, errs, says)
		}
	}
	refused("nothing of the zone is held", "zone", "release", "co", "--reason", "x")
	names := []string{"held-1.co", "held-2.co", "held-3.co"}
	const later = "held-4.co"
	for _, name := range append(names, later) {
		operate("epp", "--as", "H1001", "create", "domain", name, "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1", "--ns", "ns1.condor.example")
	}
	eventually(t, func() bool { return strings.Contains(operate("zone", "show", later), "ns1.condor.example") })
	for _, name := range names {
		operate("domain", "hold", name, "--reason", "a test")
	}
	eventually(t, func() bool { return strings.Contains(operate("zone", "list"), "the breaker keeps names in co") })
	waits := operate("zone", "list")
	has(t, waits, "may; look why, then dorado zone release co", "Waiting: held-", "Since ")
	has(t, operate("zone", "compare"), "What is served is what the database says, but for what waits.", "Waiting: held-")
	has(t, operate("zone", "show", "held-3.co"), "ns1.condor.example", "Not published yet: a change waits since", "the breaker keeps names in co")
	shown := strings.Join(strings.Fields(operate("domain", "show", "held-3.co")), " ")
	has(t, shown, "in the zone still what was; it is to be: nothing; a change waits since", "dorado zone release co")
	has(t, operate("domain", "hold", later, "--reason", "phishing"),
		later+" now has serverHold.", "It is NOT out of the zone yet: the breaker keeps names in co", "then dorado zone release co")
	if _, text := askHealth(t, dir, "/healthz"); !strings.Contains(text, "dns: ready; the breaker keeps names in co") {
		t.Errorf("/healthz says\n%s", text)
	}
	refused("24 hours at most", "zone", "release", "co", "--for", "2d", "--reason", "x")
	eventually(t, func() bool {
		_, errs, _ := run(t, "", "zone", "release", "co", "--names", "1", "--for", "2d", "--reason", "x", "--dir", dir)
		return strings.Contains(operate("zone", "list"), later) && strings.Contains(errs, "24 hours at most")
	})
	refused("and 1 are too few: nothing would go", "zone", "release", "co", "--names", "1", "--reason", "x")
	refused("no release of the zone that could end", "zone", "release", "co", "--end", "--reason", "x")

	has(t, operate("zone", "release", "co", "--names", "50", "--for", "10m", "--reason", "a test"), "50 names may leave co, beside those that always may")
	eventually(t, func() bool { return strings.Contains(operate("zone", "show", "held-3.co"), "is not in the zone") })
	eventually(t, func() bool { return !strings.Contains(operate("zone", "list"), "the breaker keeps") })
	has(t, operate("zone", "list"), "50 names may leave co by a release.")
	has(t, operate("zone", "release", "co", "--end", "--reason", "that was all"), "The release of co has ended.")
	has(t, demo.err.String(), "zone:release", "that was all")
}

// A zone jumps at once, to what is asked for or beyond all that is known; what is behind is refused.
func TestZoneJumps(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	operate := func(words ...string) string { return mustRun(t, append(words, "--dir", dir)...) }
	has(t, operate("zone", "jump", "co", "--reason", "restored"), "co is published with serial ", "Secondaries are told, and get it whole.")
	_, errs, status := run(t, "", "zone", "jump", "co", "--to", "7", "--reason", "x", "--dir", dir)
	if status == 0 || !strings.Contains(errs, "one jump goes from there to a serial up to") {
		t.Errorf("back: status %d, %s", status, errs)
	}
	has(t, demo.err.String(), "the serial of a zone jumped")
}
