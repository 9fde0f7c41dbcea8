// Package mail owns how registrars are written to: the text of each notice in each language, and the way of the
// outbox's mails to an SMTP server or a folder. What is told, to whom and in which language, is decided where
// the mail is queued; what becomes of an attempt is put down by package flow.
package mail

import (
	"bytes"
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
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

//go:embed templates/*.txt
var files embed.FS

// layoutName is the template that stands around every text.
const layoutName = "layout"

// A Text is what a registrar reads.
type Text struct{ Subject, Body string }

// A Writer writes mails.
type Writer struct {
	registry  string // how the registry calls itself
	templates map[registry.Language]*template.Template
}

// NewWriter returns a Writer for a registry that calls itself by a name.
func NewWriter(name string) (*Writer, error) {
	w := &Writer{registry: name, templates: map[registry.Language]*template.Template{}}
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

// words are what texts of one language say for values that notices have as codes.
type words map[string]string

func wordsIn(l registry.Language) words {
	if l == registry.Spanish {
		return words{
			"domain": "dominio", "host": "host", "contact": "contacto",
			"none": "disponible", "partial": "no disponible en parte", "full": "no disponible",
			"primary": "principal", "billing": "de facturación", "transfers": "de transferencias",
			"operator": "de operaciones", "abuse": "de abusos", "legal": "jurídica",
		}
	}
	return words{
		"domain": "domain", "host": "host", "contact": "contact",
		"none": "available", "partial": "away in part", "full": "away",
		"primary": "primary", "billing": "billing", "transfers": "transfers",
		"operator": "operator", "abuse": "abuse", "legal": "legal",
	}
}

// functions are what templates call. An instant that is zero is no text, so that a line for it can be left out.
func functions(say words) template.FuncMap {
	return template.FuncMap{
		"date":   func(t time.Time) string { return show(t, "2006-01-02"+tied+"15:04:05"+tied+"UTC") },
		"day":    func(t time.Time) string { return show(t, time.DateOnly) },
		"impact": func(i registry.Impact) string { return say[string(i)] },
		"join":   func(list []string) string { return strings.Join(list, ", ") },
		"money":  func(a amount) string { return a.money.String() + tied + a.currency },
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

// facts are what a template can say of a letter. One notice is set, by its kind.
type facts struct {
	letter flow.Letter
	say    words

	Registry string
	Text     string // of the letter, for the layout

	Transfer    registry.TransferNotice
	Pending     registry.PendingActionNotice
	Change      registry.ChangeNotice
	Maintenance registry.MaintenanceNotice
	Words       string // of a notice that is a sentence
	low         registry.LowBalanceNotice
}

// Write returns the text of a letter.
func (w *Writer) Write(l flow.Letter) (Text, error) {
	set := w.templates[l.Language]
	if set == nil {
		return Text{}, fmt.Errorf("mails are not written in %q", l.Language)
	}
	f := facts{letter: l, say: wordsIn(l.Language), Registry: w.registry}
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
	case registry.TextNotice:
		f.Words = n.Text
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
	if body, err = execute(set, layoutName, &f); err != nil {
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

// Registrar is how the addressee is called.
func (f *facts) Registrar() string {
	if f.letter.Addressee.Name != "" {
		return f.letter.Addressee.Name
	}
	return f.RegistrarID()
}

// RegistrarID is the addressee's id.
func (f *facts) RegistrarID() string { return string(f.letter.Registrar) }

// Desk is which of its addresses the letter goes to.
func (f *facts) Desk() string { return f.say[string(policy.Desk(f.letter.Notice))] }

// Event is what the letter is about.
func (f *facts) Event() registry.Event { return f.letter.Event }

// At is when that was.
func (f *facts) At() time.Time { return f.letter.At }

// Name is the name or id of the object that the letter is about.
func (f *facts) Name() string {
	switch {
	case f.Transfer.Name != "":
		return f.Transfer.Name
	case f.Pending.Name != "":
		return f.Pending.Name
	case f.Change.Domain != nil:
		return f.Change.Domain.Name.String()
	case f.Change.Host != nil:
		return f.Change.Host.Name.String()
	case f.Change.Contact != nil:
		return f.Change.Contact.ID
	}
	return ""
}

// Object is the kind of that object in words.
func (f *facts) Object() string {
	switch {
	case f.Transfer.Object != "":
		return f.say[f.Transfer.Object]
	case f.Change.Host != nil:
		return f.say["host"]
	case f.Change.Contact != nil:
		return f.say["contact"]
	}
	return f.say["domain"]
}

// Gaining reports whether the letter goes to the gaining side of a transfer.
func (f *facts) Gaining() bool { return f.letter.Registrar == f.Transfer.Gaining }

// ByRegistry reports whether neither side of a transfer ended it.
func (f *facts) ByRegistry() bool {
	switch f.Transfer.Status {
	case registry.TransferServerApproved, registry.TransferServerRejected, registry.TransferServerCancelled:
		return true
	}
	return false
}

// Expires is the expiry of the domain, as are the others its dates; zero if it has none.
func (f *facts) Expires() time.Time { return f.domain().Expires }

// RestorableTil is when its redemption ends.
func (f *facts) RestorableTil() time.Time { return f.domain().Deletion.RestorableTil }

// PurgeAt is when it is free.
func (f *facts) PurgeAt() time.Time { return f.domain().Deletion.PurgeAt }

// SuspendedUntil is when its suspension ends.
func (f *facts) SuspendedUntil() time.Time { return f.domain().Suspension.Until }

// Restored is when it was restored last.
func (f *facts) Restored() time.Time { return f.domain().Restored }

func (f *facts) domain() registry.Domain {
	if f.Change.Domain == nil {
		return registry.Domain{}
	}
	return *f.Change.Domain
}

// A grace is a running grace period.
type grace struct {
	Until  time.Time
	Amount amount
}

// AutoRenewGrace is the domain's grace period of that kind; nil if it has none, as with RenewGrace.
func (f *facts) AutoRenewGrace() *grace { return f.grace(registry.AutoRenewGrace) }

// RenewGrace is the domain's grace period of that kind.
func (f *facts) RenewGrace() *grace { return f.grace(registry.RenewGrace) }

func (f *facts) grace(kind registry.GraceKind) *grace {
	for _, g := range f.domain().Graces {
		if g.Kind == kind && g.Until.After(f.Change.At) {
			return &grace{g.Until, f.amount(g.Amount)}
		}
	}
	return nil
}

func (f *facts) amount(m ledger.Money) amount { return amount{m, f.letter.Currency} }

// A balance is what a registrar has, and what it wants to have at least.
type balance struct{ Available, Threshold amount }

// Balance is what a notice of a low balance tells.
func (f *facts) Balance() balance {
	return balance{f.amount(f.low.Available), f.amount(f.low.Threshold)}
}

// Above is the name above a host; empty for an external one.
func (f *facts) Above() string {
	if f.Change.Host == nil || f.Change.Host.Superordinate.IsZero() {
		return ""
	}
	return f.Change.Host.Superordinate.Name.String()
}

// ContactGoes is when a contact will be removed.
func (f *facts) ContactGoes() time.Time {
	if f.Change.Contact == nil {
		return time.Time{}
	}
	return f.Change.Contact.PurgeAt
}
