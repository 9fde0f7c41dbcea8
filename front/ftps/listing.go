package ftps

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// resolve returns what an argument names in the files: below the root, whatever it says. It reports whether it is a name
// at all.
func (n *session) resolve(arg string) (string, bool) {
	if strings.ContainsFunc(arg, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", false
	}
	p := arg
	if !strings.HasPrefix(arg, "/") {
		p = "/" + n.dir + "/" + arg
	}
	name := strings.TrimPrefix(path.Clean(p), "/")
	if name == "" {
		name = "."
	}
	return name, fs.ValidPath(name)
}

// shown is how a directory is told to clients: quoted, from the root. RFC 959 appendix II.
func shown(name string) string {
	if name == "." {
		name = ""
	}
	return `"/` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (n *session) printDir(string) error { return n.reply(257, shown(n.dir)+" is where you are.") }

func (n *session) changeUp(string) error { return n.changeDir("..") }

// changeDir goes to another directory. There is nothing above the root.
func (n *session) changeDir(arg string) error {
	name, ok := n.resolve(arg)
	if !ok || !n.isDir(name) {
		return n.reply(550, "There is no such directory.")
	}
	n.dir = name
	return n.reply(250, shown(name)+" is where you are.")
}

func (n *session) isDir(name string) bool {
	info, err := fs.Stat(n.files, name)
	return err == nil && info.IsDir()
}

// listed returns what a listing of an argument has: what is in a directory, or one file. Options such as -la, which RFC
// 959 has not, are left out.
func (n *session) listed(arg string) (name string, list []fs.FileInfo, err error) {
	for strings.HasPrefix(arg, "-") {
		_, arg = cutFold(arg)
	}
	name, ok := n.resolve(arg)
	if !ok {
		return name, nil, fs.ErrInvalid
	}
	info, err := fs.Stat(n.files, name)
	if err != nil {
		return name, nil, err
	}
	if !info.IsDir() {
		return name, []fs.FileInfo{info}, nil
	}
	entries, err := fs.ReadDir(n.files, name)
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // else it has gone since
			list = append(list, info)
		}
	}
	return name, list, err
}

// cutFold cuts a first word, which is returned in upper case.
func cutFold(arg string) (word, rest string) {
	word, rest, _ = strings.Cut(strings.TrimSpace(arg), " ")
	return strings.ToUpper(word), rest
}

// list sends a listing as ls -l writes it, which is what most clients read.
func (n *session) list(arg string) error {
	_, list, err := n.listed(arg)
	if err != nil {
		return n.notListed(err)
	}
	var b strings.Builder
	for _, info := range list {
		b.WriteString(longLine(info, time.Now()))
	}
	return n.sendText([]byte(b.String()))
}

// notListed answers that something is not there, or cannot be listed.
func (n *session) notListed(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return n.reply(550, "There is no such file or directory.")
	}
	n.server.config.Log.Error("a directory could not be listed", "error", err)
	return n.reply(451, "The directory cannot be read just now; try again later.")
}

// halfYear is within what ls shows the time of day in the place of the year.
const halfYear = 182 * 24 * time.Hour

func longLine(info fs.FileInfo, now time.Time) string {
	mode, links := "-r--r--r--", 1
	if info.IsDir() {
		mode, links = "dr-xr-xr-x", 2
	}
	at := info.ModTime().UTC()
	when := at.Format("Jan _2  2006")
	if age := now.Sub(at); age < halfYear && age > -time.Hour {
		when = at.Format("Jan _2 15:04")
	}
	return fmt.Sprintf("%s %d registry registry %12d %s %s\r\n", mode, links, info.Size(), when, info.Name())
}

// listNames sends names alone, each so that RETR takes it from where the client is.
func (n *session) listNames(arg string) error {
	for strings.HasPrefix(arg, "-") {
		_, arg = cutFold(arg)
	}
	name, list, err := n.listed(arg)
	if err != nil {
		return n.notListed(err)
	}
	prefix := ""
	if arg != "" && n.isDir(name) {
		prefix = strings.TrimSuffix(arg, "/") + "/"
	}
	var b strings.Builder
	for _, info := range list {
		if arg != "" && prefix == "" {
			b.WriteString(arg + "\r\n")
			continue
		}
		b.WriteString(prefix + info.Name() + "\r\n")
	}
	return n.sendText([]byte(b.String()))
}

// factTime is how facts write instants. RFC 3659 section 2.3.
const factTime = "20060102150405"

// factsOf writes the facts of a file. RFC 3659 section 7.
func factsOf(info fs.FileInfo, name string) string {
	if info.IsDir() {
		return "type=dir;perm=el; " + name
	}
	return fmt.Sprintf("type=file;size=%d;modify=%s;perm=r; %s", info.Size(), info.ModTime().UTC().Format(factTime), name)
}

// listFacts sends the facts of what is in a directory. RFC 3659 section 7.
func (n *session) listFacts(arg string) error {
	name, ok := n.resolve(arg)
	if !ok || !n.isDir(name) {
		return n.reply(550, "There is no such directory.")
	}
	_, list, err := n.listed("/" + strings.TrimPrefix(name, "."))
	if err != nil {
		return n.notListed(err)
	}
	var b strings.Builder
	for _, info := range list {
		b.WriteString(factsOf(info, info.Name()) + "\r\n")
	}
	return n.sendText([]byte(b.String()))
}

// facts tells the facts of one file or directory. RFC 3659 section 7.
func (n *session) facts(arg string) error {
	name, info, err := n.stat(arg)
	if err != nil {
		return n.reply(550, "There is no such file or directory.")
	}
	return n.send(250, "250-Facts:\r\n "+factsOf(info, "/"+strings.TrimPrefix(name, "."))+"\r\n250 That is all.\r\n")
}

func (n *session) stat(arg string) (string, fs.FileInfo, error) {
	name, ok := n.resolve(arg)
	if !ok {
		return name, nil, fs.ErrInvalid
	}
	info, err := fs.Stat(n.files, name)
	return name, info, err
}

// size tells how many octets a transfer has. RFC 3659 section 4.
func (n *session) size(arg string) error {
	_, info, err := n.stat(arg)
	if err != nil || info.IsDir() {
		return n.reply(550, "There is no such file.")
	}
	return n.reply(213, fmt.Sprint(info.Size()))
}

// modified tells of which instant a file is. RFC 3659 section 3.
func (n *session) modified(arg string) error {
	_, info, err := n.stat(arg)
	if err != nil || info.IsDir() {
		return n.reply(550, "There is no such file.")
	}
	return n.reply(213, info.ModTime().UTC().Format(factTime))
}
