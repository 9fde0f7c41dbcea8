package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.org/dorado/test/peer"
)

// fenced finds the examples of docs/files.md by their languages.
var fencedFiles = regexp.MustCompile("(?ms)^```(sh|lftp|python)\n(.*?)^```$")

// What docs/files.md tells registrars to type fetches files from a demo, and moving the clock makes new ones.
func TestFilesDocument(t *testing.T) {
	dir, demo := newDemo(t)
	defer demo.stop()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(file.Production.FTPS)
	if err != nil {
		t.Fatal(err)
	}
	password := file.Production.Registrars[0].FTPPassword
	text, err := os.ReadFile(filepath.Join(peer.Root(t), "docs/files.md"))
	if err != nil {
		t.Fatal(err)
	}
	here := t.TempDir()
	for _, m := range fencedFiles.FindAllStringSubmatch(string(text), -1) {
		script := strings.NewReplacer("7021", port, "demo/", dir+"/", "FTP-PASSWORD", password).Replace(m[2])
		var cmd *exec.Cmd
		switch m[1] {
		case "sh":
			cmd = exec.CommandContext(t.Context(), peer.Need(t, "sh"), "-e", "-c", script)
		case "python":
			cmd = exec.CommandContext(t.Context(), peer.Need(t, "python3"), "-c", script)
		case "lftp":
			path := filepath.Join(here, "script")
			if err := os.WriteFile(path, []byte("set net:max-retries 1\n"+script), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd = exec.CommandContext(t.Context(), peer.Need(t, "lftp"), "-f", path)
			lftpTellsFailure(t, here, strings.ReplaceAll(script, "get prices/co.csv", "get prices/nothing.csv"))
		}
		cmd.Dir = here
		cmd.Env = append(os.Environ(), "FTP_PASSWORD="+password, "HOME="+here, "LFTP_HOME="+here)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s\n%v\n%s", script, err, out)
		}
	}
	for name, begins := range map[string]string{
		"co.csv": "domain,type,amount_usd\n", "unavailable.txt.gz": "\x1f\x8b", "my-transactions/monthly": "",
	} {
		path := filepath.Join(here, name)
		if begins == "" {
			if found, _ := filepath.Glob(filepath.Join(path, "*.csv")); len(found) < 2 {
				t.Errorf("%s has %v", name, found)
			}
			continue
		}
		if data, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(data), begins) {
			t.Errorf("%s begins with %.40q, %v", name, data, err)
		}
	}
	before := drops(t, dir)
	run(t, "", "epp", "--dir", dir, "delete", "domain", "cafe.co")
	run(t, "", "clock", "--dir", dir, "advance", "1d")
	if after := drops(t, dir); after == before {
		t.Errorf("a day later the drop list is still\n%s", after)
	}
}

// lftpTellsFailure sees that a script that fetches a file that is not there has an exit status that says so.
func lftpTellsFailure(t *testing.T, here, script string) {
	t.Helper()
	path := filepath.Join(here, "failing")
	write(t, path, script)
	cmd := exec.CommandContext(t.Context(), peer.Need(t, "lftp"), "-f", path)
	cmd.Dir, cmd.Env = here, append(os.Environ(), "HOME="+here, "LFTP_HOME="+here)
	if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() <= 0 || !bytes.Contains(out, []byte("nothing.csv")) {
		t.Errorf("a file that is not there: exit status %d, %v\n%s", cmd.ProcessState.ExitCode(), err, out)
	}
}

// drops is the drop list of co.
func drops(t *testing.T, dir string) string {
	t.Helper()
	return readAll(t, filepath.Join(dir, "files/common/droplist/co.csv"))
}

// What is wrong with the configuration of files and FTPS is said with its key.
func TestFilesConfig(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"[files]\ndirectory = \"\"", "files.directory: name a directory"},
		{"[files]\nkeep_days = 1", "files.keep_days: files stay 35 days"},
		{"[ftps]\npassive_ports = \"50000\"", "ftps.passive_ports: \"50000\" is no range"},
		{"[ftps]\npassive_ports = \"0-10\"", "is no range"},
		{"[ftps]\npassive_ports = \"9-8\"", "is no range"},
		{"[ftps]\npassive_ports = \"1-70000\"", "is no range"},
		{"[ftps]\npublic_address = \"::1\"", "ftps.public_address: \"::1\" is no IPv4 address"},
		{"[ftps]\nidle_seconds = 0", "ftps.idle_seconds: it is 1 at least"},
	} {
		if _, err := parseConfig([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s is told %v, want %s", test.text, err, test.want)
		}
	}
	c, err := parseConfig([]byte("[ftps]\npassive_ports = \"50000-50199\"\npublic_address = \"192.0.2.21\""))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := c.FTPS.ports(); err != nil || fmt.Sprint(p) != "{50000 50199}" {
		t.Errorf("the ports are %v, %v", p, err)
	}
}

// The operator replaces the password for files of a registrar who has lost it, and the one for EPP stays.
func TestFilesPasswordOfTheOperator(t *testing.T) {
	dir, demo := aDemo(t)
	defer demo.stop()
	file, err := readDemoFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	list := func(password string) error {
		return exec.CommandContext(t.Context(), peer.Need(t, "curl"), "-sS", "--ssl-reqd", "--cacert", filepath.Join(dir, "ca.pem"),
			"--user", "H1001:"+password, "--list-only", "ftp://"+file.Production.FTPS+"/").Run()
	}
	said := mustRun(t, "registrar", "password", "H1001", "--files", "--generate", "--reason", "lost", "--dir", dir)
	has(t, said, "The password for files of H1001 is replaced.")
	words := strings.Fields(said)
	if err := list(words[len(words)-1]); err != nil {
		t.Errorf("the new password opens nothing: %v", err)
	}
	if list(file.Production.Registrars[0].FTPPassword) == nil {
		t.Error("the old password opens the files still")
	}
	mustRun(t, "epp", "--dir", dir, "check", "domain", "free.co")
	_, errs, status := run(t, file.Production.Registrars[0].EPPPassword+"\n", "registrar", "password", "H1001", "--files", "--reason", "x", "--dir", dir)
	if status == 0 {
		t.Error("both doors may have one password")
	}
	has(t, errs, "password")
}
