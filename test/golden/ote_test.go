package golden

import (
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/test/pg"

	"example.org/dorado/test/demo"
)

// What docs/ote.md shows works in its order.
func TestOTE(t *testing.T) {
	pg.Same(t)
	r := demo.Start(t)
	place := strings.NewReplacer(
		"bin/dorado", r.Program, "--dir demo", "--dir "+r.Dir, "demo/ca.pem", filepath.Join(r.Dir, r.CA),
		"https://127.0.0.1:8443", r.OTE.HTTPS, "$OTE_PASSWORD", r.OTE.Registrars[0].EPPPassword,
	)
	shows := map[string]string{
		"ote make": "OTE1002-B", "ote list": "OTE1002", "ote show": "OTE1002-A", "check": "available", "ote advance OTE1001 46d": "ahead of real time",
		"to 2036": "2036-01-01 00:0", "funds": "100,000.00", "reset": "(real time)", "/json/ote ": `"registrars"`, "46d\"}": `"now"`,
		"/rdap/domain": `"errorCode":404`, "/whois?q=": "NOT FOUND", "/zone?name=": "it is not registered",
	}
	for _, heading := range []string{"## Making one", "## The clock", "## For programs", "## Lookups"} {
		for _, command := range commands(t, filepath.Join("docs", "ote.md"), heading) {
			out, err := shell(t, t.TempDir(), place.Replace(command))
			if err != nil {
				t.Fatalf("%s: %v\n%s", command, err, out)
			}
			for word, text := range shows {
				if strings.Contains(command+" ", word) && !strings.Contains(out, text) {
					t.Errorf("%s shows no %q:\n%s", command, text, out)
				}
			}
		}
	}
}
