package epp

import (
	"testing"
	"time"

	"example.org/dorado/core/registry"
)

// A login with everything of the extension.
func TestDecodeLoginSec(t *testing.T) {
	req := decode([]byte(commandFrame(soundLoginSec)), testLimits())
	if req.invalid != nil || req.refusal != nil {
		t.Fatalf("the login is refused: %v, %v", req.invalid, req.refusal)
	}
	pw, newPW, agent := req.login.effective()
	want := registry.UserAgent{App: "EPP SDK 1.0.0", Tech: "Vendor Go 1.26", OS: "x86_64 Linux 6.1"}
	if pw != "this is a long password" || newPW != "new password that is still long" || agent != want || !req.login.isLong() {
		t.Errorf("the login has %q, %q and %+v", pw, newPW, agent)
	}
}

func TestDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"PT0S": time.Millisecond, "PT1S": time.Second, "PT1M": time.Minute, "PT1H": time.Hour, "P1D": 24 * time.Hour,
		"P1DT2H1M1S": 26*time.Hour + 61*time.Second, "P400DT1S": 400*24*time.Hour + time.Second,
	} {
		if got := duration(d); got != want {
			t.Errorf("%s is %s, want %s", d, got, want)
		}
	}
}
