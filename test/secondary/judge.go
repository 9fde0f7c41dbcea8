package secondary

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
	"example.org/dorado/test/peer"
)

// Text returns a version as the text of a zone file. RFC 1035 section 5.
func Text(v *zone.Version) (string, error) {
	var text strings.Builder
	var err error
	v.Records(func(r zone.Record) bool {
		var rr mdns.RR
		if rr, _, err = mdns.UnpackRR(r.Append(nil), 0); err != nil {
			err = fmt.Errorf("%s %d: %w", r.Owner, r.Type, err)
			return false
		}
		text.WriteString(rr.String())
		text.WriteByte('\n')
		return true
	})
	return text.String(), err
}

// A Judge says whether a zone is right.
type Judge struct {
	Name string
	args func(origin, file string) []string
}

// Judges are the programs that hold a zone file to the standards. All but the first verify signatures.
func Judges() []Judge {
	return []Judge{
		{"named-checkzone", func(origin, file string) []string { return []string{"-i", "local", "-k", "fail", "-q", origin, file} }},
		{"kzonecheck", func(origin, file string) []string { return []string{"-o", origin, file} }},
		{"ldns-verify-zone", func(_, file string) []string { return []string{file} }},
		{"dnssec-verify", func(origin, file string) []string { return []string{"-q", "-z", "-o", origin, file} }},
	}
}

// Judge holds a version to one of them, and fails t with what it says.
func (j Judge) Judge(t testing.TB, v *zone.Version) {
	t.Helper()
	text, err := Text(v)
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, t.TempDir(), fmt.Sprintf("%d.zone", v.Serial()), text)
	if out, good := j.Verdict(t, strings.TrimSuffix(v.Origin().String(), "."), file); !good {
		t.Errorf("%s refuses serial %d:\n%s", j.Name, v.Serial(), out)
	}
}

// Verdict returns what it says of a zone file, and whether it accepts it.
func (j Judge) Verdict(t testing.TB, origin, file string) (says string, good bool) {
	t.Helper()
	out, err := exec.Command(peer.Need(t, j.Name), j.args(origin, file)...).CombinedOutput()
	return string(out), err == nil
}
