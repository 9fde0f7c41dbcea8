package rdap

import (
	"testing"
	"time"
)

// How long to wait is a whole number of seconds, after which it is over.
func TestInSeconds(t *testing.T) {
	for wait, want := range map[time.Duration]string{
		time.Millisecond: "1 second", time.Second - 1: "1 second", time.Second: "2 seconds", time.Minute - 1: "60 seconds",
	} {
		if got := inSeconds(wait); got != want {
			t.Errorf("%v is told as %s, want %s", wait, got, want)
		}
	}
}
