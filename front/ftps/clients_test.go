package ftps_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/dorado/front/ftps"
	"example.org/dorado/test/peer"
)

// run runs a client in a folder of its own and returns what it prints.
func (r *rig) run(dir, program string, args ...string) (string, error) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, peer.Need(r.t, program), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "LFTP_HOME="+dir, "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// clients fetch a file by name into a folder, each in the way of its own.
func clients(r *rig) map[string]func(dir, name, pw string) (string, error) {
	return map[string]func(dir, name, pw string) (string, error){
		"curl": func(dir, name, pw string) (string, error) {
			return r.run(dir, "curl", "--silent", "--show-error", "--ssl-reqd", "--cacert", r.ca, "--user", id+":"+pw,
				"--create-dirs", "--output", name, "ftp://"+r.address+"/"+name)
		},
		"curl, TLS 1.2": func(dir, name, pw string) (string, error) {
			return r.run(dir, "curl", "--silent", "--show-error", "--ssl-reqd", "--tls-max", "1.2", "--cacert", r.ca, "--user", id+":"+pw,
				"--create-dirs", "--output", name, "--disable-epsv", "ftp://"+r.address+"/"+name)
		},
		"lftp": func(dir, name, pw string) (string, error) {
			return r.lftp(dir, pw, "get "+name+" -o "+filepath.Join(dir, name))
		},
		"ftplib": func(dir, name, pw string) (string, error) {
			return r.run(dir, "python3", "-c", ftplib, r.port, r.ca, id, pw, name)
		},
	}
}

// ftplib fetches a file with Python's own client, which resumes no session.
const ftplib = `
import ftplib, ssl, sys, os
port, ca, user, password, name = sys.argv[1:]
ftp = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=ca))
ftp.connect("127.0.0.1", int(port), timeout=20)
ftp.login(user, password)
ftp.prot_p()
size = ftp.size(name)
with open(name, "wb") as f:
    ftp.retrbinary("RETR " + name, f.write)
assert os.path.getsize(name) == size, (size, os.path.getsize(name))
assert name in ftp.nlst(os.path.dirname(name)), ftp.nlst(os.path.dirname(name))
assert dict(ftp.mlsd(os.path.dirname(name)))[os.path.basename(name)]["size"] == str(size)
ftp.quit()
`

// lftp runs the manual's script with a command in the place of its get. Manual 4.3.2.
func (r *rig) lftp(dir, pw, command string) (string, error) {
	r.t.Helper()
	script := fmt.Sprintf(`set xfer:clobber true
set ftp:ssl-auth TLS
set ftp:ssl-force true
set ftp:ssl-protect-list yes
set ftp:ssl-protect-data yes
connect -p %s 127.0.0.1
login %s %s
%s
quit
`, r.port, id, pw, command)
	if err := os.WriteFile(filepath.Join(dir, "script"), []byte(script), 0o600); err != nil {
		r.t.Fatal(err)
	}
	rc := fmt.Sprintf("set ssl:ca-file %q\nset cmd:fail-exit yes\nset net:max-retries 1\nset net:timeout 20\nset net:reconnect-interval-base 1\n", r.ca)
	if err := os.WriteFile(filepath.Join(dir, "rc"), []byte(rc), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return r.run(dir, "lftp", "-f", filepath.Join(dir, "script"))
}

// Every client fetches every file, octet by octet, with and without a rule that data resumes the session where the
// client can. Those that cannot are why the rule is off unless an operator wants it; docs/files.md names them.
func TestClientsFetchEveryFile(t *testing.T) {
	for _, resumed := range []bool{false, true} {
		r := newRig(t, func(c *ftps.Config) { c.Resumed = resumed; c.Limits.ConnectionsPerNetwork = 100 })
		for client, fetch := range clients(r) {
			if resumed && (client == "ftplib" || client == "curl, TLS 1.2") { // which resume nothing, or by ids, which Go has not
				dir := t.TempDir()
				if err := os.Mkdir(filepath.Join(dir, "prices"), 0o700); err != nil {
					t.Fatal(err)
				}
				if out, err := fetch(dir, "prices/co.csv", password); err == nil {
					t.Errorf("%s fetches without resuming the session; docs/files.md and the default say that it cannot\n%s", client, out)
				}
				continue
			}
			t.Run(fmt.Sprintf("%s, resumed %t", client, resumed), func(t *testing.T) {
				for name, file := range files() {
					dir := t.TempDir()
					if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
						t.Fatal(err)
					}
					out, err := fetch(dir, name, password)
					if err != nil {
						t.Fatalf("%s: %v\n%s", name, err, out)
					}
					got, err := os.ReadFile(filepath.Join(dir, name))
					if err != nil || string(got) != string(file.Data) {
						t.Errorf("%s has %d octets, %v; want %d\n%s", name, len(got), err, len(file.Data), out)
					}
				}
			})
		}
	}
}

// lftp mirrors the whole tree in one session, and what it lists is what there is.
func TestMirror(t *testing.T) {
	r, dir := newRig(t, nil), t.TempDir()
	if out, err := r.lftp(dir, password, "mirror / "+filepath.Join(dir, "tree")); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, file := range files() {
		got, err := os.ReadFile(filepath.Join(dir, "tree", name))
		if err != nil || string(got) != string(file.Data) {
			t.Errorf("%s has %d octets, %v", name, len(got), err)
		}
		if info, err := os.Stat(filepath.Join(dir, "tree", name)); err != nil || !info.ModTime().Equal(file.ModTime) {
			t.Errorf("%s is of another instant: %v", name, err)
		}
	}
}

// The manual's script does what it says; a client that would go in the clear gets nothing, and one that has a wrong
// password, neither.
func TestManualScript(t *testing.T) {
	r, dir := newRig(t, nil), t.TempDir()
	if out, err := r.lftp(dir, password, "get prices/co.csv"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "co.csv")); err != nil || string(got) != string(files()["prices/co.csv"].Data) {
		t.Errorf("the script leaves %q, %v", got, err)
	}
	if out, err := r.lftp(t.TempDir(), "wrong", "get prices/co.csv"); err == nil {
		t.Errorf("with a wrong password the script says %s", out)
	}
	for name, args := range map[string][]string{
		"in the clear":        {"ftp://" + r.address + "/prices/co.csv"},
		"data in the clear":   {"--ftp-ssl-control", "--cacert", r.ca, "ftp://" + r.address + "/prices/co.csv"},
		"active":              {"--ssl-reqd", "--cacert", r.ca, "--ftp-port", "127.0.0.1", "--disable-eprt", "ftp://" + r.address + "/prices/co.csv"},
		"extended active":     {"--ssl-reqd", "--cacert", r.ca, "--ftp-port", "127.0.0.1", "ftp://" + r.address + "/prices/co.csv"},
		"an upload":           {"--ssl-reqd", "--cacert", r.ca, "--upload-file", r.ca, "ftp://" + r.address + "/prices/co.csv"},
		"a deletion":          {"--ssl-reqd", "--cacert", r.ca, "--quote", "DELE prices/co.csv", "ftp://" + r.address + "/"},
		"above the root":      {"--ssl-reqd", "--cacert", r.ca, "--path-as-is", "ftp://" + r.address + "/../../etc/passwd"},
		"a trick of escaping": {"--ssl-reqd", "--cacert", r.ca, "ftp://" + r.address + "/%2e%2e/%2e%2e/%2fetc/passwd"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := r.run(t.TempDir(), "curl", append([]string{"--silent", "--show-error", "--user", id + ":" + password}, args...)...)
			if err == nil || strings.Contains(out, "gold.co") || strings.Contains(out, "root:") {
				t.Errorf("curl ends with %v and says %s", err, out)
			}
		})
	}
}

// Old versions of TLS are not spoken.
func TestOldTLS(t *testing.T) {
	c := newRig(t, nil).dial()
	c.want("220")
	c.say("AUTH TLS", "234")
	c.tls.MinVersion, c.tls.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if err := tls.Client(c.conn, c.tls).Handshake(); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}
