package strictjson_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"example.org/dorado/core/strictjson"
)

type target struct {
	Advance string           `json:"advance"`
	Deep    []map[string]any `json:"deep"`
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"advance":"1d"}`: "", " {\"advance\":\"1d\"}\r\n\t ": "", `{"deep":[{"a":1,"b":{"a":"a"}},{"a":[{"a":"\"a\",{"},{"a":2}]}]}`: "", `null`: "",
		`{}] garbage`: "more than one value", `{"advance":"1d"}} more`: "more than one value", `{} {}`: "more than one value", `{},`: "more than one value",
		`{"advance":"1d","advance":"2d"}`: `"advance" is there twice`, `{"advance":"1d","Advance":"2d"}`: `"Advance" is there twice`,
		`{"advance":"1d","\u0061dvance":"2d"}`: `"advance" is there twice`, `{"deep":[{"b":{"a":1,"a":2}}]}`: `"a" is there twice`,
		`{"deep":[{"s":1,"ſ":2}]}`: `"ſ" is there twice`,
		`{"other":1}`:              "unknown field", `{"advance":1}`: "cannot unmarshal", `{advance}`: "invalid character",
		``: io.EOF.Error(), " \n": io.EOF.Error(), `{"advance":`: io.ErrUnexpectedEOF.Error(),
	} {
		err := strictjson.Read(strings.NewReader(text), new(target))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	var got target
	if err := strictjson.ReadSome(strings.NewReader(`{"other":1,"advance":"1d"}`), &got); err != nil || got.Advance != "1d" {
		t.Errorf("of a part: %v, %+v", err, got)
	}
	if err := strictjson.ReadSome(strings.NewReader(`{"other":1,"other":2}`), &got); err == nil {
		t.Error("a key that is passed over may be there twice")
	}
}

// Whatever is read is JSON as a whole, and without its spaces is read as well.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{`{}] garbage`, `{"a":[1,{"b":"\"\\"}],"c":null}`, `{"a":1,"A":2}`, `"\\"`, `{} `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var value any
		if err := strictjson.Read(strings.NewReader(string(data)), &value); err != nil {
			if errors.Is(err, io.EOF) && len(strings.Trim(string(data), " \t\r\n")) > 0 {
				t.Errorf("%q is said to be empty", data)
			}
			return
		}
		if !json.Valid(data) {
			t.Errorf("%q is read, and no JSON", data)
		}
	})
}
