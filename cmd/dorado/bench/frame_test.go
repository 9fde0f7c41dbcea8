package bench

import (
	"encoding/binary"
	"testing"

	"example.org/dorado/cmd/dorado/eppclient"
)

// Each frame that is put together by bytes is the one that the client would write.
func TestFrames(t *testing.T) {
	const name, trid = "x-1.example", "BENCH-1"
	o := newRun().objects()
	f, err := newFrames(o)
	if err != nil {
		t.Fatal(err)
	}
	third := eppclient.DomainEdit{Nameservers: o.hosts[2:]}
	for _, test := range []struct {
		name    string
		frame   frame
		command any
	}{
		{"check", f.check, eppclient.Check{Object: "domain", Names: []string{name}}},
		{"info", f.info, eppclient.Info{Object: "domain", Name: name}},
		{"create", f.create, eppclient.DomainCreate{
			Name: name, Years: 1, Nameservers: o.hosts[:2], Registrant: o.contact, AuthInfo: "bench-Secret-1",
			Contacts: []eppclient.DomainContact{{Role: "admin", ID: o.contact}, {Role: "tech", ID: o.contact}},
		}},
		{"add", f.add, eppclient.DomainUpdate{Name: name, Add: third}},
		{"remove", f.remove, eppclient.DomainUpdate{Name: name, Remove: third}},
	} {
		t.Run(test.name, func(t *testing.T) {
			want, err := eppclient.Frame(test.command, trid)
			if err != nil {
				t.Fatal(err)
			}
			got := test.frame.append(nil, []byte(name), []byte(trid))
			if length := binary.BigEndian.Uint32(got); int(length) != len(got) {
				t.Errorf("the header says %d octets of %d", length, len(got))
			}
			if string(got[headerBytes:]) != string(want) {
				t.Errorf("the frame is\n%s\nwant\n%s", got[headerBytes:], want)
			}
		})
	}
}

func TestFrameNeedsHoles(t *testing.T) {
	if f, err := newFrame(eppclient.Logout{}); err == nil {
		t.Errorf("a frame without a name is taken: %+v", f)
	}
}

func TestResultCode(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		want         int
	}{
		{"success", `<epp><response><result code="1000"><msg>ok</msg>`, 1000},
		{"refusal", `<epp><response><result code="2302">`, 2302},
		{"the first one counts", `<result code="1001"/><result code="2400"/>`, 1001},
		{"none", `<epp><greeting/></epp>`, 0},
		{"cut short", `<result code="10`, 0},
		{"no number", `<result code="10x0">`, 0},
		{"empty", ``, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := resultCode([]byte(test.answer)); got != test.want {
				t.Errorf("resultCode(%q) = %d, want %d", test.answer, got, test.want)
			}
		})
	}
}
