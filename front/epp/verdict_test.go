package epp

import (
	"context"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// framed puts a command into a frame.
func framed(command string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command>` + "\n" + command +
		"\n" + `<clTRID>ABC-1</clTRID></command></epp>`
}

const createFrame = `<create><domain:create xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>free.co</domain:name>
<domain:period unit="y">2</domain:period><domain:registrant>X-H1001</domain:registrant>
<domain:contact type="admin">X-H1001</domain:contact><domain:contact type="tech">X-H1001</domain:contact>
<domain:authInfo><domain:pw>domain-secret</domain:pw></domain:authInfo></domain:create></create>`

func TestJudge(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Contact(world.Acme, "X-H1001")
	w.Domain(world.Other, "other.co")
	before := w.Dump() + w.Rows("SELECT * FROM log")
	for _, test := range []struct {
		name, frame  string
		valid        bool
		line, column int
		code         string
		means        string
	}{
		{"a create", framed(createFrame), true, 0, 0, "1000", "registers free.co for 2 years; for the registrant X-H1001; contacts: X-H1001 (admin), X-H1001 (tech)"},
		{"an element in the wrong place", framed("<create>\n  <hello/></create>"), false, 4, 3, "2001", ""},
		{"a value that the schema does not allow", strings.Replace(framed(createFrame), `"y"`, `"d"`, 1), false, 4, 1, "2001", ""},
		{"no XML", "create free.co", false, 1, 1, "2001", ""},
		{"nothing", "", false, 1, 1, "2001", ""},
		{"a name that is taken", framed(strings.ReplaceAll(createFrame, "free.co", "other.co")), true, 0, 0, "2302", "registers other.co for 2 years"},
		{"a check", framed(`<check><domain:check xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>free.co</domain:name></domain:check></check>`), true, 0, 0, "1000", "asks which can be registered of free.co"},
		{"a login", framed(`<login><clID>H1001</clID><pw>Abcd1234</pw><options><version>1.0</version><lang>en</lang></options><svcs><objURI>urn:ietf:params:xml:ns:domain-1.0</objURI></svcs></login>`), true, 0, 0, "", "logs in as H1001; asks for 1 kind of object and 0 extensions"},
		{"too long", strings.Repeat("x", 70_000), false, 1, 1, "2001", ""},
		{"a bomb", `<!DOCTYPE epp [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><epp>&b;</epp>`, false, 1, 1, "2001", ""},
	} {
		v, err := Judge(context.Background(), w.Service, world.Acme, []byte(test.frame))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if v.Valid != test.valid || v.Line != test.line || v.Column != test.column || v.Code != test.code {
			t.Errorf("%s: valid %v at %d:%d, %s %s", test.name, v.Valid, v.Line, v.Column, v.Code, v.Message)
		}
		if got := strings.Join(v.Means, "; "); !strings.HasPrefix(got, test.means) || test.means == "" && got != "" {
			t.Errorf("%s means %q, want %q", test.name, got, test.means)
		}
	}
	if after := w.Dump() + w.Rows("SELECT * FROM log"); after != before {
		t.Errorf("to judge frames has left\n%s", after)
	}
}

// Who has frames judged does not get to know an authInfo that he may not guess: it counts as a transfer would.
func TestJudgeGuesses(t *testing.T) {
	w := world.New(t, "2026-03-01T12:00:00Z")
	w.Domain(world.Other, "other.co")
	w.Pass(70 * 24 * 3600 * 1e9)
	frame := framed(`<transfer op="request"><domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>other.co</domain:name><domain:authInfo><domain:pw>wrong-secret</domain:pw></domain:authInfo></domain:transfer></transfer>`)
	var codes []string
	for range 7 {
		v, err := Judge(context.Background(), w.Service, world.Acme, []byte(frame))
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, v.Code)
	}
	if want := []string{"2202", "2202", "2202", "2202", "2202", "2308", "2308"}; !slices.Equal(codes, want) {
		t.Errorf("guesses are answered %v, want %v", codes, want)
	}
	_, err := w.Run(world.Acme, flow.DomainTransfer{Name: world.Name("other.co"), AuthInfo: new("domain-secret")})
	if e, ok := err.(*registry.Error); !ok || e.Code != registry.DataPolicy {
		t.Errorf("after the guesses a transfer is answered %v", err)
	}
}

func TestMask(t *testing.T) {
	for name, frame := range map[string]string{
		"a login":           `<login><pw>SECRET</pw><newPW>SECRET</newPW></login>`,
		"with prefixes":     `<loginSec:pw>SECRET</loginSec:pw><domain:pw roid="D1-CO">SECRET</domain:pw>`,
		"a token":           `<allocationToken:allocationToken xmlns:allocationToken="x">SECRET</allocationToken:allocationToken>`,
		"that does not end": `<pw>SECRET`,
		"on lines":          "<pw\n>\nSECRET\n</pw\n>",
		"with CDATA":        `<pw><![CDATA[<SECRET>]]></pw>`,
		"in other letters":  `<PW>SECRET</PW>`,
	} {
		if got := Mask(frame); strings.Contains(got, "SECRET") || !strings.Contains(got, maskOfSecret) {
			t.Errorf("%s is masked as %q", name, got)
		}
	}
	if got := Mask(framed(createFrame)); strings.Replace(got, maskOfSecret, "domain-secret", 1) != framed(createFrame) {
		t.Errorf("of a create is left %q", got)
	}
}
