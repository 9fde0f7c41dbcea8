package epp

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
)

var rewriteGolden = flag.Bool("update", false, "rewrite the corpus and the golden frames")

func testLimits() policy.Limits {
	return policy.Limits{SessionLimits: policy.SessionLimits{FrameBytes: 65536, ObjectsPerCheck: 50}}
}

// reachesFlow is our verdict on a frame that is accepted: it goes to the flow, or to the session if it
// is a hello, login or logout.
const reachesFlow = "accepted"

// judge says what becomes of a frame in a session that has announced everything: a result code, or
// reachesFlow. The sentence is for the divergences.
func judge(text string) (code, says string) {
	req := decode([]byte(text), testLimits())
	services := slices.Concat(objectURIs(), extensionURIs())
	e := cmp.Or(req.invalid, isAnnounced(req, services))
	if req.kind == kindLogin && e == nil {
		e = cmp.Or(versionIsSpoken(req.login.version), languageIsSpoken(req.login.lang), servicesAreOffered(req.login))
	}
	if e = cmp.Or(e, req.refusal); e != nil {
		return results[e.Code].number, e.Reason
	}
	return reachesFlow, ""
}

// A divergence is a rule by which the decoder calls a frame wrong that is valid by the schemas, or
// answers one that is not valid with a code of the registry's own rules. Each is a row of
// docs/divergences.md.
type divergence struct {
	rule, reason string
	code         registry.Code
	says         *regexp.Regexp // what the registrar is told
	valid        bool           // what xmllint calls the frames
}

var divergences = []divergence{
	{
		"an element that EPP leaves empty is empty", "the schemas give hello, logout, domain:null, maint:list and what disclose names the type anyType; " +
			"RFC 5730 sections 2.3 and 2.9.1.2, RFC 5731 section 3.2.5, RFC 5733 section 2.9 and RFC 9167 section 4.1.3 give them no content, and nobody would read it",
		registry.Syntax, regexp.MustCompile(`<(hello|logout|domain:null|maint:list|contact:(voice|fax|email))> ?(holds elements|has no attribute|in <|$)|in <(hello|logout|domain:null|maint:list|contact:(voice|fax|email))>`), true,
	},
	{
		"the element of a command is that of its object", "the wildcard of the schema lets every element of another namespace stand in check to update; " +
			"RFC 5730 section 2.9 means the one that has the command's name",
		registry.Syntax, regexp.MustCompile(`is not allowed here in <(check|create|delete|info|renew|transfer|update)>`), true,
	},
	{
		"a server's frame is not for a server", "greeting and response are in the same schema",
		registry.Syntax, regexp.MustCompile(`is what a server sends`), true,
	},
	{
		"types are fixed", "xsi:type and xsi:nil could replace a type by one that the decoder does not read; no RFC uses them",
		registry.Syntax, regexp.MustCompile(`xsi:(type|nil) is not supported`), true,
	},
	{
		"no DOCTYPE", "it declares entities, which can grow without bound; RFC 5730 has no DTD",
		registry.Syntax, regexp.MustCompile(`a DOCTYPE is not allowed`), true,
	},
	{
		"UTF-8 or UTF-16 with a byte-order mark", "RFC 5730 section 5 asks for these two; US-ASCII is a part of the first. The mark says which it is before anything is read",
		registry.Syntax, regexp.MustCompile(`is not supported; send UTF-8|without a byte-order mark`), true,
	},
	{
		"the label is that of the bytes", "a frame labelled UTF-16 that is UTF-8, or the other way round, is a printing fault of decisions 4.3",
		registry.Syntax, regexp.MustCompile(`the document is labelled`), true,
	},
	{
		"a document has no tail", "libxml2 stops reading at a zero byte, or at half a UTF-16 character, behind the root; the frame says that it is longer",
		registry.Syntax, regexp.MustCompile(`"\\x00" follows|ends with half a character`), true,
	},
	{
		"a frame has limits", "attributes, namespaces, depth and elements can grow without bound otherwise",
		registry.Syntax, regexp.MustCompile(`more than \d+ (attributes|elements|namespaces|deep)|nested more than`), true,
	},
	{
		"authInfo is a pw", "no extension that the registry knows gives ext a meaning, so that what stands in it is not looked at",
		registry.ParameterPolicy, regexp.MustCompile(`knows no authInfo but pw`), false,
	},
	{
		"no mark is looked at", "names are sold in general availability, where a mark has no meaning: a create that shows one is refused " +
			"whatever stands in it",
		registry.ParameterPolicy, regexp.MustCompile(`no mark is needed or looked at`), false,
	},
}

// diverges returns the divergence that a verdict falls under.
func diverges(code, says string, valid bool) *divergence {
	for i := range divergences {
		if d := &divergences[i]; results[d.code].number == code && d.valid == valid && d.says.MatchString(says) {
			return d
		}
	}
	return nil
}

// bySchema are the codes that stand for "not valid by the schemas": the syntax, a command that EPP does
// not have, a version that is not in its enumeration, and the strict wildcard, which refuses objects
// and extensions without a schema.
var bySchema = []registry.Code{
	registry.Syntax, registry.UnknownCommand, registry.UnimplementedVersion, registry.UnimplementedExt, registry.UnimplementedService,
}

// agree holds if our verdict and that of xmllint can both be right: what xmllint refuses, never reaches
// the flow and is refused as a matter of the schema; what it accepts, is never called wrong by syntax;
// unless a divergence says so.
func agree(t testing.TB, f frame, valid bool, used map[string]int) {
	t.Helper()
	code, says := judge(f.text)
	bySchema := slices.ContainsFunc(bySchema, func(c registry.Code) bool { return results[c].number == code })
	bySyntax := code == results[registry.Syntax].number || code == results[registry.UnknownCommand].number
	if valid && !bySyntax || !valid && bySchema {
		return
	}
	if d := diverges(code, says, valid); d != nil {
		used[d.rule]++
		return
	}
	t.Errorf("%s: xmllint says %s, and we say %s %s\n%q", f.name, validity(valid), code, says, f.text)
}

func validity(valid bool) string {
	if valid {
		return "valid"
	}
	return "invalid"
}

// A kept is a frame of the corpus in the repository, with the verdicts.
type kept struct {
	frame
	valid bool
	code  string
}

// TestCorpus holds every frame of the corpus to the verdicts that are kept with it. With -update it
// makes the corpus anew, which needs xmllint and the schemas.
func TestCorpus(t *testing.T) {
	if *rewriteGolden {
		writeCorpus(t)
	}
	used := map[string]int{}
	all := readCorpus(t)
	if len(all) < 800 {
		t.Errorf("the corpus has %d frames, and 800 are the least", len(all))
	}
	for _, k := range all {
		if code, says := judge(k.text); code != k.code {
			t.Errorf("%s: we say %s %s, and said %s", k.name, code, says, k.code)
		}
		agree(t, k.frame, k.valid, used)
	}
	for _, d := range divergences {
		if used[d.rule] == 0 {
			t.Errorf("no frame of the corpus shows %q", d.rule)
		}
	}
}

// TestAgainstXmllint spoils every sound frame in every way, and compares all verdicts with those of
// xmllint.
func TestAgainstXmllint(t *testing.T) {
	pg.Same(t)
	if testing.Short() {
		t.Skip("-short: this compares thousands of frames")
	}
	dir, ok := peer.Shared(t)
	if !ok {
		t.Skip("the published schemas are not here; TestCorpus holds to the verdicts that were kept")
	}
	all := everyFrame(t)
	valid := validate(t, dir, textsOf(all))
	used := map[string]int{}
	for i, f := range all {
		agree(t, f, valid[i], used)
	}
	t.Logf("%d frames, %d of them valid; divergences: %v", len(all), count(valid), used)
}

func textsOf(all []frame) []string {
	var list []string
	for _, f := range all {
		list = append(list, f.text)
	}
	return list
}

func count(list []bool) (n int) {
	for _, b := range list {
		if b {
			n++
		}
	}
	return n
}

// everyFrame returns each spoilt frame once.
func everyFrame(t testing.TB) []frame {
	all := wholes()
	for _, s := range sounds() {
		all = append(all, spoilt(t, s)...)
	}
	seen := map[string]bool{}
	all = slices.DeleteFunc(all, func(f frame) bool {
		twice := seen[f.text]
		seen[f.text] = true
		return twice
	})
	slices.SortStableFunc(all, func(a, b frame) int {
		return cmp.Or(strings.Compare(a.archive, b.archive), strings.Compare(a.name, b.name))
	})
	return all
}

// validate asks xmllint for each frame whether it is valid by the schemas in dir.
func validate(t testing.TB, dir string, frames []string) []bool {
	t.Helper()
	xmllint := peer.Need(t, "xmllint")
	schema := filepath.Join(dir, "schemas", "all-epp.xsd")
	folder := t.TempDir()
	valid := make([]bool, len(frames))
	const atOnce = 1000
	for from := 0; from < len(frames); from += atOnce {
		args := []string{"--nonet", "--noout", "--schema", schema}
		for i := from; i < min(from+atOnce, len(frames)); i++ {
			name := filepath.Join(folder, fmt.Sprintf("%d.xml", i))
			if err := os.WriteFile(name, []byte(frames[i]), 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, name)
		}
		out, err := exec.Command(xmllint, args...).CombinedOutput()
		if exit := (*exec.ExitError)(nil); err != nil && !asExit(err, &exit) {
			t.Fatal(err)
		}
		if !bytes.Contains(out, []byte("validate")) && !bytes.Contains(out, []byte("parser error")) {
			t.Fatalf("xmllint says\n%s", out)
		}
		for i := from; i < min(from+atOnce, len(frames)); i++ {
			valid[i] = bytes.Contains(out, fmt.Appendf(nil, "%s/%d.xml validates\n", folder, i))
		}
	}
	return valid
}

func asExit(err error, exit **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*exit = e
	return ok
}

// writeCorpus chooses the frames to keep: every unusual one, every divergence, and of the others what a
// hash of the name picks.
func writeCorpus(t *testing.T) {
	dir, ok := peer.Shared(t)
	if !ok {
		t.Fatal("the corpus is made with the schemas")
	}
	all := everyFrame(t)
	valid := validate(t, dir, textsOf(all))
	archives := map[string]*strings.Builder{}
	for i, f := range all {
		code, says := judge(f.text)
		if f.archive != "whole" && diverges(code, says, valid[i]) == nil && !picked(f) && strings.Contains(f.name, ": ") {
			continue
		}
		if archives[f.archive] == nil {
			archives[f.archive] = &strings.Builder{}
		}
		fmt.Fprintf(archives[f.archive], "-- %s | %s | %s\n%s\n", f.name, validity(valid[i]), code, quote(f.text))
	}
	for name, text := range archives {
		if err := os.WriteFile(filepath.Join("testdata", "corpus", name+".txt"), []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// picked takes one of so many frames: fewer of those that are long.
func picked(f frame) bool {
	h := fnv.New32a()
	h.Write([]byte(f.name))
	return h.Sum32()%uint32(4+len(f.text)/120) == 0
}

// quote returns a frame as it stands if that can be read back, and as a Go string otherwise.
func quote(text string) string {
	plain := utf8.ValidString(text) && !strings.ContainsAny(text, "\r\x00\x01\uFEFF\uFFFE") && !strings.HasPrefix(text, `"`) &&
		!strings.Contains("\n"+text, "\n-- ") && strings.TrimSpace(text) == text
	if plain {
		return text
	}
	return strconv.Quote(text)
}

func readCorpus(t testing.TB) []kept {
	t.Helper()
	names, err := filepath.Glob("testdata/corpus/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	var all []kept
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range strings.Split("\n"+strings.TrimSuffix(string(data), "\n"), "\n-- ")[1:] {
			head, text, _ := strings.Cut(entry, "\n")
			fields := strings.Split(head, " | ")
			if len(fields) != 3 {
				t.Fatalf("%s: the line %q has %d fields", name, head, len(fields))
			}
			if strings.HasPrefix(text, `"`) {
				if text, err = strconv.Unquote(text); err != nil {
					t.Fatalf("%s: %s: %v", name, head, err)
				}
			}
			archive := strings.TrimSuffix(filepath.Base(name), ".txt")
			all = append(all, kept{frame{archive, fields[0], text}, fields[1] == "valid", fields[2]})
		}
	}
	return all
}
