package main

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// Spans in lines of JSON have their unit, as in lines of text.
func TestSpansInTheLog(t *testing.T) {
	for _, form := range []string{"json", "text"} {
		var out strings.Builder
		log := newLog(&out, logConfig{Level: "info", Format: form}, new(slog.LevelVar))
		log.Info("publication goes on", "held", 90*time.Second, slog.Group("more", "took", 2*time.Millisecond))
		for _, want := range []string{"1m30s", "2ms"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s has no %s: %s", form, want, out.String())
			}
		}
		if form == "json" && !json.Valid([]byte(out.String())) {
			t.Errorf("this is no JSON: %s", out.String())
		}
	}
}
