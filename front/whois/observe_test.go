package whois_test

import (
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/front/whois"
	"example.org/dorado/test/world"
)

// Who measures hears of every connection that is answered or refused, once.
func TestConnectionsAreMeasured(t *testing.T) {
	heard := make(chan whois.Outcome, 10)
	s := whois.New(whois.Config{
		Service: world.New(t, noon).Service, ConnectionsPerAddress: 1, Rate: policy.Rate{Burst: 2, Every: time.Hour},
		Answered: func(o whois.Outcome, _ time.Duration) { heard <- o },
	})
	address := listen(t, s)
	wants := func(want whois.Outcome) {
		t.Helper()
		select {
		case got := <-heard:
			if got != want {
				t.Errorf("it heard of %s, want %s", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("it did not hear of %s", want)
		}
	}
	exchange(t, address, "none.co\r\n")
	wants(whois.OutcomeAnswer)
	idle := dial(t, address)
	exchange(t, address, "")
	wants(whois.OutcomeUnserved)
	if _, err := idle.Write([]byte(strings.Repeat("x", 10_000) + "\r\n")); err != nil {
		t.Fatal(err)
	}
	wants(whois.OutcomeTooLong)
	_ = idle.Close()
	for { // until the place is free
		exchange(t, address, "none.co\r\n")
		if got := <-heard; got == whois.OutcomeLimited {
			return
		} else if got != whois.OutcomeUnserved {
			t.Fatalf("it heard of %s, want %s", got, whois.OutcomeLimited)
		}
	}
}
