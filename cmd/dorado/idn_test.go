package main

import (
	"strings"
	"testing"

	"example.org/dorado/core/idn"
)

// What a label is, by IDNA2008 and by each table, is told to a person, and the exit status to a script.
func TestIDNCheck(t *testing.T) {
	for _, test := range []struct {
		args   string
		status int
		says   []string
	}{
		{"straße", 0, []string{"A-label   xn--strae-oqa", "IDNA2008  valid", "key       strasse", "U+00DF      LATIN SMALL LETTER SHARP S", "German      fits", "Variants by table de\n  allocatable  strasse"}},
		{"xn--strae-oqa", 0, []string{"label     straße"}},
		{"STRASSE", 0, []string{"label     strasse", "none: it is all ASCII", "blocked      straße"}},
		{"straße --table es", 1, []string{"has 'ß' (U+00DF), which is not in table es"}},
		{"a·b", 1, []string{"IDNA2008  refused: ", "U+00B7 where its context does not allow it", "MIDDLE DOT"}},
		{"-a", 1, nil},
		{"раypal", 1, []string{"CYRILLIC SMALL LETTER ER", "which is not in table ru"}},
		{"中国", 0, []string{"allocatable  中國"}},
	} {
		args := append([]string{"idn", "check", "--"}, strings.Fields(test.args)...)
		if strings.Contains(test.args, "--table") {
			args = append([]string{"idn", "check"}, strings.Fields(test.args)...)
		}
		out, errs, status := run(t, "", args...)
		if has(t, out, test.says...); status != test.status || errs != "" {
			t.Errorf("idn check %s: status %d, want %d\n%s%s", test.args, status, test.status, out, errs)
		}
	}
	for args, want := range map[string]string{
		"idn check":                "give one argument: the label",
		"idn check a.co":           "a.co is a name; check takes one label of it, such as a",
		"idn check a --table xx":   `there is no IDN table "xx"; there are es,`,
		"idn show xx":              `there is no IDN table "xx"; there are es,`,
		"idn show es --format pdf": `--format is text or xml, and "pdf" is not`,
	} {
		if _, errs, status := run(t, "", strings.Fields(args)...); status != 1 {
			t.Errorf("%s: status %d", args, status)
		} else {
			has(t, errs, want)
		}
	}
	has(t, mustRun(t, "idn", "tables"), "zh     Chinese     16126        5509")
	has(t, mustRun(t, "idn", "show", "ca"), "006C 00B7 006C ; l·l", "# Rules:")
	if out := mustRun(t, "idn", "show", "ca", "--format", "xml"); out != string(idn.XML("ca")) {
		t.Error("idn show --format xml is not the file")
	}
}

// A running registry says which tables it offers, and what is registered of a label and its variants.
func TestIDNCheckAsksTheRegistry(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	has(t, mustRun(t, "idn", "check", "straße", "--dir", dir), "Neither the label nor a variant of it is registered.")
	mustRun(t, "epp", "--dir", dir, "create", "domain", "strasse.co", "--registrant", "CAFE-1", "--admin", "CAFE-1", "--tech", "TEC-1")
	has(t, mustRun(t, "idn", "check", "straße", "--dir", dir), "Registered, each of which blocks its variants in its zone\n  strasse.co\n")
	out, _, _ := run(t, "", "epp", "--dir", dir, "check", "domain", "straße.co")
	has(t, out, "a variant of it is registered")
}
