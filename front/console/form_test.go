package console

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// faults are the places that the summary of a refused form leads to.
var faults = regexp.MustCompile(`<li><a href="#f-([^"]*)">`)

// faultsAt returns the fields that the summary of a page leads to, in its order. It fails unless each is there, is said to
// be wrong, and is described by why.
func (p *reply) faultsAt() string {
	p.t.Helper()
	summary, _, _ := strings.Cut(p.Body, "<form class=\"card\"")
	var list []string
	for _, found := range faults.FindAllStringSubmatch(summary, -1) {
		name := found[1]
		list = append(list, name)
		if !strings.Contains(p.Body, ` id="f-`+name+`"`) || !strings.Contains(p.Body, ` id="f-`+name+`-wrong"`) ||
			!regexp.MustCompile(`aria-describedby="f-`+name+`-wrong`).MatchString(p.Body) {
			p.t.Errorf("%s leads to %s, which is not there or does not say why", p.about, name)
		}
	}
	return strings.Join(list, " ")
}

// Everything that is wrong with a form is told at once, each at its field and in a summary that leads there, in the order
// of the page; and what was typed stays.
func TestAllFaultsAtOnce(t *testing.T) {
	r, b := domainRig(t)
	const ds = "12345 99 2 ABCD\nnonsense\n12345 13 2 AB"
	p := b.post(Path+"domains/new", "name", "free.co", "registrant", "NOBODY", "admin", "X-H1001 GHOST", "ds", ds,
		"servers", "ns1.example.net\n_\nns7.example.net\nns8.example.net").is(422)
	if got, want := p.faultsAt(), "term registrant admin tech servers ds agree"; got != want {
		t.Errorf("the summary of a new name leads to %q, want %q\n%s", got, want, p.text())
	}
	p.says("7 things in the form are not right", "NOBODY: there is no such contact", "GHOST: there is no such contact",
		"A technical contact is needed.", "Line 2 (_): this is not the name of a server.", "ns7.example.net: the registry does not know",
		"ns8.example.net: the registry does not know", "Line 2 (nonsense): this is neither a DS nor a DNSKEY record",
		"Line 1 (12345 99 2 ABCD): this algorithm", "Line 3 (12345 13 2 AB): the digest is not whole")
	if !strings.Contains(p.Body, html.EscapeString(ds)) || !strings.Contains(p.Body, `value="NOBODY"`) {
		t.Errorf("what was typed is lost: %s", p.Body)
	}
	p = b.post(Path+"contact-new", "id", "a b", "int-name", "Peña", "loc-city", "Bogotá", "email", "none").is(422)
	if got, want := p.faultsAt(), "id int-name int-street1 int-pc int-city int-cc loc-name loc-street1 loc-pc loc-cc voice email"; got != want {
		t.Errorf("the summary of a new contact leads to %q, want %q\n%s", got, want, p.text())
	}
	p = b.post(Path+"host-new", "name", "", "addresses", "192.0.2.300\n192.0.2.1\n127.0.0.1").is(422)
	if got := p.faultsAt(); got != "name addresses" {
		t.Errorf("the summary of a new server leads to %q", got)
	}
	p.says("192.0.2.300 is no IP address.", "127.0.0.1 is an address that nobody else can reach.")
	p = r.as(world.Acme, registry.RoleAdministrator).post(Path+"users/new", "name", "", "login", "none", "role", "").is(422)
	if got := p.faultsAt(); got != "name login role" {
		t.Errorf("the summary of a new user leads to %q: %s", got, p.text())
	}
	if body := b.get(Path + "domains/shop.co/renew").Body; !strings.Contains(body, `value="1:20.00" checked required`) {
		t.Error("no term is chosen before somebody chooses another")
	}
}

// What the registry says to programs is found where it says so, or the words for people would never be used.
func TestRefusalWordsAreSaid(t *testing.T) {
	var source strings.Builder
	for _, folder := range []string{"../../flow", "../../core/policy", "../../core/names", "../../cmd/dorado"} {
		files, err := filepath.Glob(folder + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(text)
		}
	}
	// A sentence is often put together: of what it is about, what is wrong and what to do.
	joints := regexp.MustCompile(`%s|%\*|; |^the name | has | to this registrar:? ?|send `)
	var seen []string
	for _, w := range refusalWords() {
		for _, part := range joints.Split(w.said, -1) {
			words := strings.Fields(strings.TrimLeft(part, `"`))
			if len(words) > 4 {
				words = words[:4]
			}
			if !strings.Contains(source.String(), strings.Join(words, " ")) {
				t.Errorf("nobody says %q of %q", part, w.said)
			}
		}
		if strings.Count(w.said, "%s") != strings.Count(w.plain, "%s") {
			t.Errorf("%q has other places than %q", w.plain, w.said)
		}
		if slices.Contains(seen, w.said) {
			t.Errorf("%q is said twice", w.said)
		}
		seen = append(seen, w.said)
	}
}

// Reasons are told in the language of the page, their instants as anywhere else.
func TestWhy(t *testing.T) {
	v := &visit{words: inSpanish}
	for said, want := range map[string]string{
		"the object has the status clientHold; remove it first":                                                                                                             "Esto está bloqueado (Retenido, clientHold). Quite primero el bloqueo.",
		"redemption ended at 2026-06-09T12:00:00Z; wait for the purge and register the name again":                                                                          "Se podía restaurar hasta el 9 jun 2026, 12:00 UTC. Espere a que el nombre quede libre y regístrelo de nuevo.",
		`"abc" is no length of time; write weeks, days, hours, minutes and seconds such as 2w, 46d or 1d12h30m`:                                                             `"abc" no es un lapso de tiempo como 2w, 46d o 1d12h30m.`,
		"the clock shows 2026-06-09 12:00:00Z and never goes back to 2026-01-01 00:00:00Z":                                                                                  "El reloj marca 2026-06-09 12:00:00Z y nunca retrocede a 2026-01-01 00:00:00Z.",
		"Command completed OK; action pending":                                                                                                                              "Aceptado; se hace después",
		"this has a PRIVATE KEY, which nobody but its owner may have; it was not kept, but take it for lost: make a new key, and send what is made with it without the key": "Esto contiene una clave privada, que nadie más debe ver. No se guardó, pero dela por perdida: haga una clave nueva y envíe solo lo que se hace con ella.",
		"this is no good password; it is one of those that are tried first: choose another, such as four or five words":                                                     "Esta no es una buena contraseña: es una de las que se prueban primero. Elija otra, como cuatro o cinco palabras.",
		"the registry has closed create of domains to this registrar since 2026-06-09T12:00:00Z; ask the registry":                                                          "El registro ha cerrado esto a su cuenta desde el 9 jun 2026, 12:00 UTC. Pregunte al registro.",
		"the span of time ends before it begins; give a later end":                                                                                                          "El final es anterior al comienzo. Elija un final posterior.",
		"something that nobody has said before":                                                                                                                             "something that nobody has said before",
	} {
		if got := v.why(said); got != want {
			t.Errorf("%q is told as %q, want %q", said, got, want)
		}
	}
}
