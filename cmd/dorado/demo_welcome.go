package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"example.org/dorado/core/policy"
)

// name returns how to call this program from where the person is: by its name if the shell would
// find the same file, and by its path otherwise.
func (p *program) name() string {
	me, err := os.Executable()
	if err != nil {
		return "dorado"
	}
	found, err := exec.LookPath("dorado")
	if err == nil && sameFile(found, me) {
		return "dorado"
	}
	here, err := os.Getwd()
	if err != nil {
		return me
	}
	path, err := filepath.Rel(here, me)
	if err != nil || strings.HasPrefix(path, "..") {
		return me
	}
	if !strings.ContainsRune(path, filepath.Separator) {
		path = "./" + path
	}
	return path
}

func sameFile(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(x, y)
}

// defaultDemo is the directory that commands take if none is named.
const defaultDemo = "demo"

// A tip is a command to paste, with what it shows.
type tip struct{ what, command string }

// welcome says what runs where, and what to do with the name to try.
func (p *program) welcome(h *house, f demoFile, try string) {
	s := p.styleFor(p.out)
	line := func(what, value, note string) {
		if note != "" {
			value, note = fmt.Sprintf("%-32s", value), " "+s.faint(note)
		}
		fmt.Fprintf(p.out, "  %-8s %s%s\n", what, value, note)
	}
	fmt.Fprintf(p.out, "\n%s\n\n", s.bold("  A whole domain registry, on this machine only"))
	first, second := f.Production.Registrars[0].ID, f.Production.Registrars[1].ID
	line("EPP", f.Production.EPP, fmt.Sprintf("registrars %s and %s, with funds", first, second))
	line("WHOIS", f.Production.WHOIS, "")
	line("DNS", f.Production.DNS, zoneNote(h.core.service.Profile.Zones))
	line("RDAP", f.Production.RDAP, "")
	line("clock", showInstant(h.core.clock.Now()), strings.TrimSpace(ahead(clockState{Offset: h.core.clock.Offset().String()})))
	line("files", h.dir+string(filepath.Separator), "passwords and certificates for programs: "+filepath.Join(h.dir, demoFileName))
	fmt.Fprintf(p.out, "\n%s %s\n", s.bold("  Try"), s.faint("in another terminal, in this directory"))
	for _, t := range p.tips(h.dir, f, try) {
		fmt.Fprintf(p.out, "\n    %s\n    %s\n", s.faint("# "+t.what), t.command)
	}
	fmt.Fprintf(p.out, "\n  %s\n", s.faint("Ctrl-C stops it; the same command goes on where it was."))
	fmt.Fprintf(p.out, "  %s\n\n", s.faint("To start over: stop it, then rm -r "+quoteWord(h.dir)))
}

// zoneNote names the first zones.
func zoneNote(zones []policy.Zone) string {
	const shown = 4
	list := make([]string, 0, shown)
	for _, z := range zones[:min(shown, len(zones))] {
		list = append(list, z.Name.String())
	}
	note := "the zones " + strings.Join(list, ", ")
	if more := len(zones) - shown; more > 0 {
		note += fmt.Sprintf(" and %d more", more)
	}
	return note
}

// tips are commands that work when they are pasted in the order given.
func (p *program) tips(dir string, f demoFile, try string) []tip {
	me := quoteWord(p.name())
	host, dnsPort, _ := net.SplitHostPort(f.Production.DNS)
	_, whoisPort, _ := net.SplitHostPort(f.Production.WHOIS)
	in := " --dir " + quoteWord(dir)
	if dir == defaultDemo {
		in = ""
	}
	return []tip{
		{"which names can be had", me + " epp" + in + " check domain " + try + " another-name.com"},
		{"register one", me + " epp" + in + ` create domain ` + try + ` --registrant CAFE-1 --admin CAFE-1 --tech TEC-1 \
        --ns ns1.condor.example --ns ns2.condor.example`},
		{"it is in the zone", fmt.Sprintf("dig @%s -p %s %s NS +norecurse", host, dnsPort, try)},
		{"what the public sees", fmt.Sprintf("whois -h %s -p %s %s", host, whoisPort, try)},
		{"the same as JSON", fmt.Sprintf("curl -s --cacert %s %sdomain/%s", quoteWord(filepath.Join(dir, f.CA)), f.Production.RDAP, try)},
		{"the other registrar may look at it, and not change it", me + " epp" + in + " --as " + string(f.Production.Registrars[1].ID) + " delete domain " + try},
		{"an EPP shell; help shows its commands", me + " epp" + in + " shell"},
		{"let 46 days pass: grace periods end, names renew themselves, others are purged", me + " clock" + in + " advance 46d"},
		{"what that did to the money", me + " registrar list" + in},
	}
}

// quoteWord quotes a word for a POSIX shell if it needs it.
func quoteWord(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:=@,+", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
