package console

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
)

// machine is an instant as the attribute datetime has it.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// months returns the short names of the months.
func (w *words) months() [12]string {
	if w.language == inSpanish.language {
		return [12]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"}
	}
	return [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
}

// day tells the day of an instant in its zone, such as "22 Nov 2026".
func (w *words) day(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), w.months()[t.Month()-1], t.Year())
}

// moment tells an instant in UTC and, if the visitor chose a zone, in that; nothing of the zero time.
func (w *words) moment(t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	utc := t.UTC()
	text := `<time datetime="` + machine(t) + `">` + w.day(utc) + ", " + utc.Format("15:04") + " UTC"
	if w.place != nil {
		there := t.In(w.place)
		zone, _ := there.Zone()
		if there.Day() == utc.Day() {
			text += ` <small class="there">` + there.Format("15:04") + " " + template.HTMLEscapeString(zoneLabel(zone)) + `</small>`
		} else {
			text += ` <small class="there">` + strconv.Itoa(there.Day()) + " " + w.months()[there.Month()-1] + ", " + there.Format("15:04") +
				" " + template.HTMLEscapeString(zoneLabel(zone)) + `</small>`
		}
	}
	return template.HTML(text + `</time>`)
}

// zoneLabel names a zone: some have a name, others are hours from UTC.
func zoneLabel(zone string) string {
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		return "UTC" + zone
	}
	return zone
}

// date tells the day of an instant, in UTC.
func (w *words) date(t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + machine(t) + `">` + w.day(t.UTC()) + `</time>`)
}

// money tells an amount with its currency, its thousands apart. Every language has the same signs, so that nobody takes
// a comma for a point.
func money(currency string, m ledger.Money) string {
	text := m.String()
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "\u2212", text[1:]
	}
	whole, cents, _ := strings.Cut(text, ".")
	return sign + currency + "\u00a0" + grouped(whole) + "." + cents
}

// number tells a whole number, its thousands apart.
func number(n any) string {
	text := fmt.Sprint(n)
	if strings.HasPrefix(text, "-") {
		return "\u2212" + grouped(text[1:])
	}
	return grouped(text)
}

// grouped puts a comma between thousands.
func grouped(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// inUnicode is a name as people write it; anything else stays as it is.
func inUnicode(text string) string {
	if name, err := names.Parse(text); err == nil && name.IsIDN() {
		return name.Unicode()
	}
	return text
}

// escapePart escapes one part of a path.
func escapePart(s string) string { return url.PathEscape(s) }
