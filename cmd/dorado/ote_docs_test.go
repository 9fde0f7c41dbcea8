package main

import (
	"reflect"
	"strings"
	"testing"

	"example.org/dorado/core/lifecycle"
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
