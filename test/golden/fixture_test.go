package golden

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.org/dorado/test/demo"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/schema"
)

// The examples of docs/testing.md pass as they stand, with the commands that it tells, and leave nothing behind.
func TestFixtures(t *testing.T) {
	pg.Same(t)
	peer.NeedPerl(t, "Net::EPP::Simple")
	program := filepath.Join(t.TempDir(), "dorado")
	schema.Build(t, program)
	for _, test := range []struct{ dir, command, passed string }{
		{"go", "go test -count=1 -v .", "--- PASS: TestRegisterAndExpire"},
		{"python", "python3 -B -m unittest test_registry", "Ran 2 tests"},
		{"perl", "prove registry.t", "Result: PASS"},
	} {
		t.Run(test.dir, func(t *testing.T) {
			words := strings.Fields(test.command)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, peer.Need(t, words[0]), words[1:]...)
			cmd.Dir = filepath.Join(peer.Root(t), "docs", "fixture", test.dir)
			temporary := t.TempDir()
			cmd.Env = append(os.Environ(), "DORADO="+program, "TMPDIR="+temporary,
				"DORADO_PORT_BASE="+strconv.Itoa(peer.RegistryBase(t)))
			none := exec.CommandContext(ctx, cmd.Path, words[1:]...)
			none.Dir, none.Env = cmd.Dir, append(slices.Clone(cmd.Env), "DORADO=/nowhere/dorado")
			if out, err := none.CombinedOutput(); err == nil {
				t.Errorf("%s passes without a registry:\n%s", test.command, out)
			}
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), test.passed) {
				t.Errorf("%s: %v\n%s\nwant %q in it", test.command, err, out, test.passed)
			}
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("%s leaves %v behind: %v", test.command, left, err)
			}
		})
	}
}

// The script in docs/replay.md passes as it stands, by the command that it tells.
func TestReplayDocument(t *testing.T) {
	pg.Same(t)
	text, err := os.ReadFile(filepath.Join(peer.Root(t), "docs", "replay.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(text), "\n```\n")
	script, _, found := strings.Cut(script, "\n```\n")
	if !found {
		t.Fatal("docs/replay.md has no script")
	}
	r := demo.Start(t)
	file := filepath.Join(t.TempDir(), "document.txt")
	if err := os.WriteFile(file, []byte(script+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := run(t, r.Program, "ote", "run", "--production", "--dir", r.Dir, file); !strings.HasPrefix(said, "ok ") {
		t.Errorf("the script of docs/replay.md:\n%s", said)
	}
}
