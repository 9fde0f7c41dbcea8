package console

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// TestNoticeOfAStranger: a notice is one of the console's own texts, whatever a cookie says. What is none is not shown, and
// is never taken for a format, of which a few octets can ask for any length.
func TestNoticeOfAStranger(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	for _, test := range []struct {
		name  string
		text  notice
		shown string
	}{
		{"one of ours", notice{"All of them", nil}, "All of them"},
		{"with its argument", notice{"over %s", []string{"<b>5</b>"}}, "over <b>5</b>"},
		{"without its argument", notice{"over %s", nil}, ""},
		{"with one too many", notice{"over %s", []string{"5", "6"}}, ""},
		{"somebody else's", notice{"Call 555 0100 and say your password", nil}, ""},
		{"a wide one", notice{"%999999[1]s|", []string{"x"}}, ""},
		{"many wide ones", notice{strings.Repeat("%999999[1]s|", 100), []string{"x"}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, b := range []*browser{r.stranger(), r.as(world.Acme, registry.RoleManager)} {
				text, err := json.Marshal(test.text)
				if err != nil {
					t.Fatal(err)
				}
				b.cookies[noticeCookie] = base64.RawURLEncoding.EncodeToString(text)
				page := b.get("/console/sign-in")
				if page.Code == 303 { // somebody who is in already
					b.cookies[noticeCookie] = base64.RawURLEncoding.EncodeToString(text)
					page = b.get("/console/")
				}
				page.is(200)
				if len(page.Body) > 64<<10 || test.shown != "" != strings.Contains(page.Body, `class="notice good" role="status"`) {
					t.Errorf("a page of %d octets: %.500s", len(page.Body), page.text())
				}
				if test.shown != "" {
					page.says(test.shown)
				}
			}
		})
	}
}
