package schema

import (
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

// answer is a frame as a server sends it.
const answer = `<?xml version="1.0" encoding="UTF-8"?><epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response>` +
	`<result code="1000"><msg>Command completed successfully</msg></result>` +
	`<trID><clTRID>ABC-12345</clTRID><svTRID>SV-54321</svTRID></trID></response></epp>`

// The judge knows valid frames from others, and says why; and it goes on after each.
func TestJudge(t *testing.T) {
	dir, ok := peer.Shared(t)
	if !ok {
		t.Skip("the published schemas are not here")
	}
	tests := []struct{ name, frame, says string }{
		{"valid", answer, ""},
		{"no XML", "hello", "Start tag expected"},
		{"nothing", "", "mpty"},
		{"unclosed", answer[:len(answer)-6], "Premature end"},
		{"not in the schema", strings.Replace(answer, "<msg>", "<msh/><msg>", 1), "msh"},
		{"not of its type", strings.Replace(answer, "1000", "1999", 1), "1999"},
		{"an id too short", strings.Replace(answer, "ABC-12345", "AB", 1), "clTRID"},
		{"bytes that are no text", strings.Replace(answer, "ABC", "\xff", 1), "UTF-8"},
		{"valid again", answer, ""},
	}
	var frames [][]byte
	for _, test := range tests {
		frames = append(frames, []byte(test.frame))
	}
	reasons, err := open(t, dir).judge(frames)
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range tests {
		if got := reasons[i]; !strings.Contains(got, test.says) || (got == "") != (test.says == "") {
			t.Errorf("%s: the judge says %q, want %q in it", test.name, got, test.says)
		}
	}
}

// A frame is judged once, whatever its transaction ids, if these are plain.
func TestFrameIsNewOnce(t *testing.T) {
	dir, ok := peer.Shared(t)
	if !ok {
		t.Skip("the published schemas are not here")
	}
	j := open(t, dir)
	const msg = "a sentence of this test"
	frame := strings.Replace(answer, "Command completed successfully", msg, 1)
	for _, test := range []struct {
		name, frame string
		isNew       bool
	}{
		{"first", frame, true},
		{"same", frame, false},
		{"another svTRID", strings.Replace(frame, "SV-54321", "SV-99999", 1), false},
		{"another clTRID", strings.Replace(frame, "ABC-12345", "X-1", 1), false},
		{"a clTRID that is too short", strings.Replace(frame, "ABC-12345", "AB", 1), true},
		{"a clTRID that is no text", strings.Replace(frame, "ABC-12345", "A<B", 1), true},
		{"another sentence", strings.Replace(frame, msg, msg+"!", 1), true},
	} {
		if got := j.isNew([]byte(test.frame)); got != test.isNew {
			t.Errorf("%s: new is %t, want %t", test.name, got, test.isNew)
		}
	}
}
