package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
	webaccount "example.org/dorado/front/account"
	"example.org/dorado/front/console"
	testenv "example.org/dorado/front/ote"
	"example.org/dorado/front/pages"
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

// welcome says what runs where, and what to do with a name to try.
func (p *program) welcome(ctx context.Context, h *house, f demoFile, data demoData) {
	s := p.styleFor(p.out)
	line := func(what, value, note string) {
		if note != "" {
			value, note = fmt.Sprintf("%-21s", value), "  "+s.faint(note)
		}
		fmt.Fprintf(p.out, "  %-7s %s%s\n", what, value, note)
	}
	fmt.Fprintf(p.out, "\n%s\n\n", s.bold("  A whole domain registry, on this machine only"))
	first, second := f.Production.Registrars[0].ID, f.Production.Registrars[1].ID
	line("EPP", f.Production.EPP, fmt.Sprintf("TLS; registrars %s and %s, with funds", first, second))
	line("WHOIS", f.Production.WHOIS, "")
	line("DNS", f.Production.DNS, "UDP and TCP")
	line("RDAP", f.Production.RDAP, "")
	line("lookup", f.Production.HTTPS+"/", "the same for people")
	if users := f.Production.Registrars[0].Console; len(users) > 0 {
		line("console", f.Production.HTTPS+console.Path, "")
		line("", users[0].User, "password "+users[0].Password)
	}
	line("account", f.Production.HTTPS+webaccount.BalancePath, "with the EPP password")
	line("tables", f.Production.HTTPS+pages.TablesPath, "letters that names may have")
	line("files", f.Production.FTPS, "FTPS, for registrars")
	line("tests", f.OTE.EPP, "EPP of the test environment, whose clock moves")
	line("", f.OTE.HTTPS+testenv.Path, "its JSON")
	line("health", f.Production.Health, "")
	line("zones", zoneList(h.core.service.Profile), "")
	line("clock", showInstant(h.core.clock.Now()), strings.Trim(ahead(clockState{Offset: h.core.clock.Offset().String()}), " ()"))
	line("more", filepath.Join(h.dir, demoFileName)+" has passwords, for programs", "")
	fmt.Fprintf(p.out, "\n%s %s\n", s.bold("  Try"), s.faint("in another terminal, in this directory"))
	for _, t := range p.tips(h.dir, f, h.freeName(ctx, data.Try), data.Names[0].Name) {
		fmt.Fprintf(p.out, "\n    %s\n    %s\n", s.faint("# "+t.what), t.command)
	}
	fmt.Fprintf(p.out, "\n  %s\n", s.faint("Ctrl-C stops it; the same command goes on where it was."))
	fmt.Fprintf(p.out, "  %s\n\n", s.faint("To start over: stop it, then rm -r "+quoteWord(h.dir)))
}

// zoneList names the zones: first those in which names can be had.
func zoneList(profile policy.Profile) string {
	var sold, others []string
	for _, z := range profile.Zones {
		if z.Sold {
			sold = append(sold, z.Name.String())
		} else {
			others = append(others, z.Name.String())
		}
	}
	text := strings.Join(sold, ", ")
	if len(others) > 0 {
		text += "; not sold: " + strings.Join(others, ", ")
	}
	return text
}

// maxTries bounds the search for a name that is free.
const maxTries = 100

// freeName returns a name like the one to try that nobody has: an earlier run may have registered
// it.
func (h *house) freeName(ctx context.Context, try string) string {
	label, zone, _ := strings.Cut(try, ".")
	for i := 2; i < maxTries; i++ {
		name, err := names.Parse(try)
		if err != nil {
			break
		}
		if _, err := h.core.service.Ask(ctx, "", flow.DomainLookup{Name: name}); err != nil {
			break
		}
		try = fmt.Sprintf("%s%d.%s", label, i, zone)
	}
	return try
}

// tips are commands that work when they are pasted in the order given, with a name to try and one
// of the demo's own.
func (p *program) tips(dir string, f demoFile, try, taken string) []tip {
	me := quoteWord(p.name())
	host, dnsPort, _ := net.SplitHostPort(f.Production.DNS)
	_, whoisPort, _ := net.SplitHostPort(f.Production.WHOIS)
	in := " --dir " + quoteWord(dir)
	if dir == defaultDemo {
		in = ""
	}
	return []tip{
		{"which names can be had", me + " epp" + in + " check domain " + try + " " + taken},
		{"register it; a taken name is answered after 2 seconds, on purpose", me + " epp" + in + ` create domain ` + try + ` \
        --registrant CAFE-1 --admin CAFE-1 --tech TEC-1 \
        --ns ns1.condor.example --ns ns2.condor.example`},
		{"it is in the zone", fmt.Sprintf("dig @%s -p %s %s NS +norecurse", host, dnsPort, try)},
		{"what the public sees", fmt.Sprintf("whois -h %s -p %s %s", host, whoisPort, try)},
		{"the same as JSON", fmt.Sprintf("curl -s --cacert %s %sdomain/%s", quoteWord(filepath.Join(dir, f.CA)), f.Production.RDAP, try)},
		{"the other registrar may look at it, and not change it", me + " epp" + in + " --as " + string(f.Production.Registrars[1].ID) + " delete domain " + try},
		{"an EPP shell; help shows its commands", me + " epp" + in + " shell"},
		{"all names and their states", me + " names" + in},
		{"let 46 days pass: graces end, their charges post, names are purged", me + " clock" + in + " advance 46d"},
		{"who did what to a name", me + " history" + in + " " + try},
		{"what will happen to it, and when", me + " timeline" + in + " " + try},
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
