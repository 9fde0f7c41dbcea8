package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/policy"
)

const oteDocument = "../../docs/ote.md"

// docs/ote.md tells every key of a clock's answer, and every code of what it may have reached.
func TestClockIsDocumented(t *testing.T) {
	text := readAll(t, oteDocument)
	_, table, found := strings.Cut(text, "`/json/ote/clock` answers")
	table, _, ends := strings.Cut(table, "\n`{\"to\"")
	if !found || !ends {
		t.Fatalf("%s has no table of the clock's answer", oteDocument)
	}
	words := []string{
		string(lifecycle.GraceEnds), string(lifecycle.HoldEnds), string(lifecycle.RedemptionEnds), string(lifecycle.Purged),
		string(lifecycle.Renewed), string(lifecycle.RestoreRenewed), string(lifecycle.Suspended), string(lifecycle.Expired),
		string(lifecycle.RestoreLapsed), string(lifecycle.Transferred),
	}
	state := reflect.TypeFor[clockState]()
	for i := range state.NumField() {
		if key, _, _ := strings.Cut(state.Field(i).Tag.Get("json"), ","); key != "" {
			words = append(words, key)
		}
	}
	for _, word := range words {
		if !strings.Contains(table, "`"+word+"`") {
			t.Errorf("the table of the clock's answer in %s has no `%s`", oteDocument, word)
		}
	}
}

// docs/ote.md lists the accreditation as it is.
func TestAccreditationIsDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString("| item | group | | what a client does |\n|---|---|---|---|\n")
	for _, l := range policy.AccreditationLines(nil) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", l.Key, l.Group, map[bool]string{true: "required", false: "recommended"}[l.Required], l.Title)
	}
	state := policy.AccreditationOf(nil)
	if text := readAll(t, oteDocument); !strings.Contains(text, "\n\n"+b.String()+"\n") ||
		!strings.Contains(text, fmt.Sprintf("%d items, %d of them required", state.Of, state.Required)) {
		t.Errorf("the accreditation's list in %s is not that of core/policy (%s), which is\n%s", oteDocument, state, b.String())
	}
}
