// Package mail owns how registrars are written to: the text of each notice in each language, and the way of the
// outbox's mails to an SMTP server or a folder. What is told, to whom and in which language, is decided where
// the mail is queued; what becomes of an attempt is put down by package flow.
package mail

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

//go:embed templates/*.txt
var files embed.FS

// The templates that stand around every text: what registrars are told, and what a user of the console is.
const (
	layoutName = "layout"
	layoutUser = "layout-user"
)

// A Text is what a registrar reads.
type Text struct{ Subject, Body string }

// A Writer writes mails.
type Writer struct {
	house     House
	templates map[registry.Language]*template.Template
}

// A House is who writes.
type House struct {
	Name    string // how the registry calls itself
	Balance string // the address at which a registrar's programs see its balance; empty: mails do not say
	Billing string // where registrars ask about invoices; empty: mails do not say
	Links   string // what stands before a user's link to be an address; empty: mails do not say
}

// NewWriter returns a Writer for a registry.
func NewWriter(house House) (*Writer, error) {
	w := &Writer{house: house, templates: map[registry.Language]*template.Template{}}
	for _, language := range registry.Languages() {
		set := template.New(string(language)).Funcs(functions(wordsIn(language)))
		ending := "." + string(language) + ".txt"
		paths, err := fs.Glob(files, "templates/*"+ending)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			data, err := files.ReadFile(path)
			if err != nil {
				return nil, err
			}
			name := strings.TrimSuffix(strings.TrimPrefix(path, "templates/"), ending)
			if _, err := set.New(name).Parse(string(data)); err != nil {
				return nil, fmt.Errorf("read the text %s: %w", path, err)
			}
		}
		w.templates[language] = set
	}
	return w, nil
}

// functions are what templates call. An instant that is zero is no text, so that a line for it can be left out.
func functions(say words) template.FuncMap {
	return template.FuncMap{
		"date":        func(t time.Time) string { return show(t, "2006-01-02"+tied+"15:04:05"+tied+"UTC") },
		"day":         func(t time.Time) string { return show(t, time.DateOnly) },
		"impact":      func(i registry.Impact) string { return say[string(i)] },
		"environment": func(name string) string { return cmp.Or(say[name], name) },
		"statuses": func(list []registry.Status) string {
			var names []string
			for _, s := range list {
				names = append(names, string(s))
			}
			return strings.Join(names, ", ")
		},
		"join":  func(list []string) string { return strings.Join(list, ", ") },
		"money": func(a amount) string { return a.money.String() + tied + a.currency },
	}
}

func show(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}

// An amount is money in a currency.
type amount struct {
	money    ledger.Money
	currency string
}

// Write returns the text of a letter.
func (w *Writer) Write(l flow.Letter) (Text, error) {
	set := w.templates[l.Language]
	if set == nil {
		return Text{}, fmt.Errorf("mails are not written in %q", l.Language)
	}
	layout := layoutName
	f := facts{letter: l, say: wordsIn(l.Language), Registry: w.house.Name, Console: w.house.Balance, Billing: w.house.Billing}
	switch n := l.Notice.(type) {
	case registry.TransferNotice:
		f.Transfer = n
	case registry.PendingActionNotice:
		f.Pending = n
	case registry.ChangeNotice:
		f.Change = n
	case registry.MaintenanceNotice:
		f.Maintenance = n
	case registry.LowBalanceNotice:
		f.low = n
	case registry.AccountNotice:
		f.account = n
	case registry.CertificateNotice:
		f.Certificate = n
	case registry.TextNotice:
		f.Words = n.Text
	case registry.UserNotice:
		f.User, layout = n, layoutUser
		if l.Link != "" {
			f.Link = w.house.Links + l.Link
		}
	}
	whole, err := execute(set, string(l.Event), &f)
	if err != nil {
		return Text{}, err
	}
	subject, body, found := strings.Cut(whole, "\n\n")
	if !found || subject == "" {
		return Text{}, errors.New("the text has no subject")
	}
	f.Text = body
	if body, err = execute(set, layout, &f); err != nil {
		return Text{}, err
	}
	return Text{Subject: untied(oneLine(subject)), Body: untied(fill(body))}, nil
}

func untied(s string) string { return strings.ReplaceAll(s, tied, " ") }

// columns is how wide lines are: RFC 5322 section 2.1.1 asks for 78 at most, quoted-printable for 76 with the sign
// that a line goes on, and answers quote them.
const columns = 74

// tied is a blank at which no line is broken, while the text is written.
const tied = "\u00a0"

// fill breaks the paragraphs of a text anew, since names are longer or shorter than what the templates have for
// them. Lines that begin with a blank and the one before a signature stay.
func fill(body string) string {
	var b strings.Builder
	width := 0 // of the line that is open; 0: none is
	end := func() {
		if width > 0 {
			b.WriteByte('\n')
			width = 0
		}
	}
	for line := range strings.Lines(strings.TrimRight(body, "\n") + "\n") {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line == signature || strings.HasPrefix(line, " ") {
			end()
			b.WriteString(line + "\n")
			continue
		}
		for word := range strings.SplitSeq(line, " ") {
			n := utf8.RuneCountInString(word)
			if width > 0 && width+1+n > columns {
				end()
			}
			if width > 0 {
				b.WriteByte(' ')
				width++
			}
			b.WriteString(word)
			width += n
		}
	}
	end()
	return b.String()
}

// signature is the line before one.
const signature = "-- "

func execute(set *template.Template, name string, f *facts) (string, error) {
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, name, f); err != nil {
		return "", fmt.Errorf("write the text: %w", err)
	}
	return b.String(), nil
}

// oneLine keeps what others wrote from adding to a header.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
