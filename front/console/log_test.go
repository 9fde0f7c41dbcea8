package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func TestLog(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	r.console.config.Result = func(c registry.Code) (string, string) {
		if c == registry.Completed {
			return "1000", "Command completed successfully"
		}
		return "2303", "Object does not exist"
	}
	r.console.config.ResultCode = func(number string) (registry.Code, bool) { return registry.ObjectMissing, number == "2303" }
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	b.get(Path + "log").is(http.StatusOK).says("No command in the log fits")
	for n := range 60 {
		if _, err := r.Run(world.Acme, flow.HostDelete{Name: world.Name(fmt.Sprintf("ns%d.none.co", n))}); err == nil {
			t.Fatal("a host was deleted that there is not")
		}
	}
	r.Host(world.Acme, "ns1.example.net")
	r.Host(world.Other, "ns1.other.example")
	if _, err := r.Run(world.Acme, flow.ContactDelete{ID: "=cmd|' /C calc'!A0"}); err == nil {
		t.Fatal("a contact was deleted that there is not")
	}
	page := b.get(Path+"log").is(http.StatusOK).says("ns1.example.net", "Next page").saysNot("ns1.other.example", "ns3.none.co")
	next := strings.SplitN(strings.SplitN(page.Body, `rel="next"`, 2)[0], `href="`, -1)
	b.get(strings.ReplaceAll(strings.SplitN(next[len(next)-1], `"`, 2)[0], "&amp;", "&")).is(http.StatusOK).says("ns3.none.co", "To the start").saysNot("ns1.example.net")
	for query, want := range map[string][2]string{
		"command=create": {"ns1.example.net", "none.co"}, "object=contact": {"cmd", "ns1.example.net"},
		"id=NS7.none.co": {"ns7.none.co", "ns8.none.co"}, "code=2303&object=host&since=2026-03-01": {"ns59.none.co", "ns1.example.net"},
		"until=2026-03-01": {"No command", "none.co"}, "since=2026-03-01T12:00&until=2026-03-01+12:01:00": {"ns1.example.net", "No command"},
	} {
		b.get(Path + "log?" + query).is(http.StatusOK).says(want[0]).saysNot(want[1])
	}
	for _, wrong := range []string{"code=9999", "since=yesterday", "page=x", "since=2026-03-02&until=2026-03-01"} {
		b.get(Path + "log?" + wrong).is(http.StatusUnprocessableEntity)
	}
	b.get(Path + "log.csv?code=9999").is(http.StatusUnprocessableEntity)
	file := b.get(Path + "log.csv?page=ignored").is(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(file.Body)).ReadAll()
	if err != nil || len(rows) != 63 || rows[1][3] != "'=cmd|' /C calc'!A0" || rows[2][4] != "1000" || !strings.HasPrefix(file.Header.Get("Content-Disposition"), `attachment; filename="log-H1001-`) {
		t.Errorf("the file has %d rows, %v, %v, %q", len(rows), rows[:min(3, len(rows))], err, file.Header.Get("Content-Disposition"))
	}
}

func TestFrames(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	var asked string
	verdict := FrameVerdict{Masked: "a\nb <script>\nc", Line: 2, Column: 3, Code: "2001", Message: "line 2, column 3: <script> is not allowed here"}
	config := func(c *Config) {
		c.Frames = func(_ context.Context, who registry.RegistrarID, frame []byte) (FrameVerdict, error) {
			asked = string(who) + " " + string(frame)
			return verdict, nil
		}
	}
	r := rigWith(t, w, config)
	b := r.as(world.Acme, registry.RoleDomainAdministrator)
	b.get(Path + "frames").is(http.StatusOK)
	b.post(Path+"frames", "frame", "  ").is(http.StatusUnprocessableEntity).says("Paste a frame.")
	b.post(Path+"frames", "frame", strings.Repeat("x", 64<<10+1)).is(http.StatusUnprocessableEntity).says("65,536").saysNot("xxxx")
	b.post(Path+"frames", "frame", strings.Repeat("<", 1<<20)).is(http.StatusRequestEntityTooLarge)
	b.post(Path+"frames", "frame", "<pw>SECRET</pw>").is(http.StatusOK).says("Not valid, at line 2, column 3", "2 b <script>").saysNot("SECRET", "<script>\n")
	if asked != "H1001 <pw>SECRET</pw>" {
		t.Errorf("judged was %q", asked)
	}
	verdict = FrameVerdict{
		Masked: "<epp/>", Valid: true, Code: "1000", Message: "Command completed successfully", Good: true, Means: []string{"registers shop.co"},
		Prices: []FramePrice{{Operation: "create", Total: "20.00 USD", Why: "the standard price", Years: 1}}, Changes: []string{"domain shop.co"},
		Objects: []FrameObject{{Object: "shop.co", Available: true}}, Extensions: []string{"urn:x"},
	}
	b.post(Path+"frames", "frame", "<epp/>").is(http.StatusOK).says("Valid by the schemas", "registers shop.co", "20.00 USD", "domain shop.co", "urn:x")
	if strings.Contains(r.log.String(), "SECRET") {
		t.Error("a password was logged")
	}
}

// TestPartOfTheLog: a page for which as many rows were looked at as may be says so, with what it found and without.
func TestPartOfTheLog(t *testing.T) {
	r := newRig(t, "2026-03-01T12:00:00Z")
	r.Service.Profile.Versions[0].Terms.Limits.LogRowsRead = 10
	b := r.as(world.Acme, registry.RoleManager)
	for n := range 25 {
		r.Host(world.Acme, fmt.Sprintf("ns%d.example.net", n))
		if n == 12 {
			_, _ = r.Run(world.Acme, flow.HostDelete{Name: world.Name("ns99.none.co")})
		}
	}
	const part, none = "This is a part of the answer: 10 rows", "10 rows of the log were looked at for this page, and there are more"
	next := regexp.MustCompile(`href="([^"]*)" rel="next"`)
	seen, path := "", Path+"log?command=delete"
	for range 9 {
		page := b.get(path).is(http.StatusOK)
		found, more := strings.Contains(page.text(), "ns99.none.co"), next.FindStringSubmatch(page.Body)
		switch {
		case more != nil && found:
			page.says(part)
		case more != nil:
			page.says("Nothing found yet", none)
		default:
			page.saysNot(part, none)
		}
		seen += map[bool]string{true: "found ", false: "- "}[found]
		if more == nil {
			break
		}
		path = html.UnescapeString(more[1])
	}
	if seen != "- found - " {
		t.Errorf("the pages are: %s", seen)
	}
	b.get(Path+"log?command=create").is(http.StatusOK).says("Next page", part)
}
