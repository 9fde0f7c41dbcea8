package main

import "testing"

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain, año\n\tcafé": "plain, año\n\tcafé",
		"\x1b[31mred\a":      `\u001B[31mred\u0007`,
		"\u009b2J\u202eevil": `\u009B2J\u202Eevil`,
		"line\r\nfeed\u200b": "line\\u000D\nfeed\\u200B",
	} {
		if got := visible(text); got != want {
			t.Errorf("visible(%q) = %q, want %q", text, got, want)
		}
	}
}
