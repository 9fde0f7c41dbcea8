package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"example.org/dorado/front/dns"
)

// Cookies come of the registry's secret, the same on each node and another one's than of another registry, or of a
// file; a file that cannot be used is named with what to do.
func TestCookieSecrets(t *testing.T) {
	one, err := answersConfig{}.cookies(t.TempDir(), []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	same, _ := answersConfig{}.cookies(t.TempDir(), []byte("secret"))
	other, _ := answersConfig{}.cookies(t.TempDir(), []byte("another"))
	if len(one.Key) == 0 || !reflect.DeepEqual(one, same) || reflect.DeepEqual(one, other) {
		t.Errorf("the keys are %x, %x and %x", one.Key, same.Key, other.Key)
	}
	for _, test := range []struct {
		name, text, says string
		want             int
	}{
		{"two", "# new\n445536bcd2513298075a5d379663c962\n\ndd3bdf9344b678b185a6f5cb60fca715\n", "", 2},
		{"none", "# soon\n", "has no secret; write one", 0},
		{"short", "445536bc\n", "a secret of 32 hexadecimal digits", 0},
		{"no hexadecimal", strings.Repeat("x", 32), "a secret of 32 hexadecimal digits", 0},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "cookies"), []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := answersConfig{CookiesFile: "cookies"}.cookies(dir, nil)
		if len(got.Secrets) != test.want || (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %d secrets, %v; want %d, %q", test.name, len(got.Secrets), err, test.want, test.says)
		}
	}
	if _, err := (answersConfig{CookiesFile: "nowhere"}).cookies(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "zone.answers.cookies_file") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// What the file says reaches the name server: 0 is none there, and a default here.
func TestZoneLimits(t *testing.T) {
	c := defaultLimits()
	c.Rate, c.Slip, c.UDPSize = 0, 0, 4096
	got := c.limits()
	if got.Rate != -1 || got.Slip != -1 || got.UDPSize != 4096 || got.Connections != 1000 {
		t.Errorf("the limits are %+v", got)
	}
	if got, want := defaultLimits().limits(), (dns.Limits{}).WithDefaults(); got.Rate != want.Rate || got.Slip != want.Slip ||
		got.UDPSize != want.UDPSize || got.Connections != want.Connections || got.ConnectionsPerAddress != want.ConnectionsPerAddress ||
		got.Queries != want.Queries || got.Idle != want.Idle || got.Transfer != want.Transfer {
		t.Errorf("the file's defaults are %+v, the server's %+v", got, want)
	}
}
