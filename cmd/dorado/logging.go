package main

import (
	"io"
	"log/slog"
)

// newLog returns a log with the level and form that the configuration asks for. The level can
// change while it is used.
func newLog(w io.Writer, c logConfig, level *slog.LevelVar) *slog.Logger {
	l, _ := c.level() // checked with the configuration
	level.Set(l)
	if c.Format == "json" || c.Format == "auto" && !isTerminal(w) {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: spansInWords}))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: shortTime}))
}

// spansInWords writes a span such as 1m30s in JSON, too, where it would be a number of nanoseconds that nothing names.
func spansInWords(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.String(a.Key, a.Value.Duration().String())
	}
	return a
}

// shortTime leaves the date out of lines that a person watches.
func shortTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.String(a.Key, a.Value.Time().Format("15:04:05"))
	}
	return a
}
