package console

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"example.org/dorado/core/registry"
)

// A form is what the fields of a page hold, and what is wrong with which. Pages embed it.
type form struct {
	Values  url.Values
	Problem string            // what is wrong with the whole
	Wrong   map[string]string // what is wrong with a field, by its name

	visit   *visit       // whose form it is; nil of one that is only read
	signers []signerLine // DS that were read from the field "ds"

	told *labels // what the fields are called, once the page was made; nil before

	basis

	// fields maps the fields of refusals to those of the form, such as "domain:period" to "years". What it does not have
	// is found by what stands behind the last colon.
	fields map[string]string
}

// form returns the form as it was sent; of a page that is only looked at, as it begins.
func (v *visit) form(begin url.Values, fields map[string]string) form {
	values := v.values
	if values == nil {
		values = begin
	}
	return form{Values: values, fields: fields, visit: v}
}

// refused puts a refusal, and those behind it, each at its field or above the form.
func (f *form) refused(e *registry.Error) {
	for _, one := range e.All() {
		f.refusedAt(f.place(one), one)
	}
}

// place returns the field that a refusal is about; empty if it is about the whole.
func (f *form) place(e *registry.Error) string {
	if name, mapped := f.fields[e.Field]; mapped {
		return name
	}
	if e.Field == "domain:contact" {
		return f.placeContact(e)
	}
	name := e.Field[strings.LastIndexByte(e.Field, ':')+1:]
	if _, there := f.Values[name]; !there {
		return ""
	}
	return name
}

// refusedAt puts a refusal at a field. Where a field holds several things, it says which.
func (f *form) refusedAt(name string, e *registry.Error) {
	if isStale(e) {
		f.outdated()
		return
	}
	why := f.Why(e)
	if name == "ds" && f.wrongSigner(e, why) {
		return
	}
	if e.Value != "" && slices.Contains([]string{"servers", "addresses", "registrant", "admin", "tech", "billing"}, name) {
		f.wrongToo(name, e.Value+": "+why)
		return
	}
	f.wrong(name, why)
}

// Why says why something is refused.
func (f form) Why(e *registry.Error) string {
	if f.visit == nil {
		return e.Reason
	}
	return f.visit.why(e.Reason)
}

// wrong says what is wrong with a field; with an empty name, with the whole. What was said first stays: what is said later
// mostly follows from it.
func (f *form) wrong(name, why string) {
	if name == "" {
		f.Problem = cmp.Or(f.Problem, why)
		return
	}
	if f.Wrong == nil {
		f.Wrong = map[string]string{}
	}
	f.Wrong[name] = cmp.Or(f.Wrong[name], why)
}

// mostWrongLines are told of one field.
const mostWrongLines = 6

// wrongToo says one more thing that is wrong with a field that holds several.
func (f *form) wrongToo(name, why string) {
	before := f.Wrong[name]
	switch {
	case before == "":
		f.wrong(name, why)
	case strings.Contains(before, why):
	case strings.Count(before, "\n") < mostWrongLines-1:
		f.Wrong[name] = before + "\n" + why
	case !strings.HasSuffix(before, "…"):
		f.Wrong[name] = before + "\n…"
	}
}

// wrongLine says what is wrong with a line of a field.
func (f *form) wrongLine(name string, line int, text, why string) {
	f.wrongToo(name, f.visit.t("Line %d (%s): %s", line, shortened(text), why))
}

// shortened is the begin of a text that may be long.
func shortened(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// A fault is something that is wrong with a form, with the place where it is put right.
type fault struct{ ID, Label, Text string }

// Faults are all that is wrong with fields, in the order in which the page has them.
func (f form) Faults() []fault {
	var list []fault
	rest := maps.Clone(f.Wrong)
	if f.told != nil {
		for _, w := range f.told.fields {
			if why, there := rest[w.Name]; there {
				list = append(list, fault{w.ID(), w.Label, why})
				delete(rest, w.Name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		list = append(list, fault{Text: rest[name]})
	}
	return list
}

// labels are the fields of a page in their order, as its template has asked for them.
type labels struct {
	fields  []field
	options []choice
	whole   bool
}

// learn begins to note the fields of a page; it reports whether the page has to be made again so that what stands above
// them can name them.
func (f *form) learn() bool {
	if len(f.Wrong) == 0 && !f.Stale || f.told != nil {
		return false
	}
	f.told = &labels{}
	return true
}

// learned ends what learn has begun.
func (f *form) learned() { f.told.whole = true }

// Field returns what a template needs of a field: its value, its error and its attributes, given in pairs, of which
// "hint" and "options" are the page's own words for what stands beside it.
func (f form) Field(name, label string, attributes ...string) field {
	w := field{Name: name, Label: label, Value: f.Values.Get(name), Values: f.Values[name], Wrong: f.Wrong[name], Type: "text"}
	for pair := range slices.Chunk(attributes, 2) {
		if len(pair) == 2 {
			w.set(pair[0], pair[1])
		}
	}
	if f.told != nil && !f.told.whole && (w.Wrong != "" || f.Stale) {
		f.told.fields = append(f.told.fields, w)
	}
	return w
}

// A field is one field of a form as it is shown.
type field struct {
	Name, Label, Value, Wrong, Hint string
	Values                          []string

	Type, Autocomplete, InputMode, Placeholder, Pattern, Live string
	Min, Max, MaxLength, Rows                                 string
	Required, ReadOnly, Focus, Code, Short                    bool
}

// set sets an attribute.
func (w *field) set(name, value string) {
	texts := map[string]*string{
		"hint": &w.Hint, "type": &w.Type, "autocomplete": &w.Autocomplete, "inputmode": &w.InputMode, "placeholder": &w.Placeholder,
		"pattern": &w.Pattern, "live": &w.Live, "min": &w.Min, "max": &w.Max, "maxlength": &w.MaxLength, "rows": &w.Rows,
		"value": &w.Value,
	}
	switches := map[string]*bool{
		"required": &w.Required, "readonly": &w.ReadOnly, "focus": &w.Focus, "code": &w.Code, "short": &w.Short,
	}
	if text, ok := texts[name]; ok {
		*text = value
	} else if on, ok := switches[name]; ok {
		*on = value != ""
	} else {
		panic("console: a field has no attribute " + name)
	}
}

// ID is what a label, a hint and an error refer to.
func (w field) ID() string { return "f-" + w.Name }

// Described names what describes the field, for who cannot see it.
func (w field) Described() string {
	var ids []string
	if w.Wrong != "" {
		ids = append(ids, w.ID()+"-wrong")
	}
	if w.Hint != "" {
		ids = append(ids, w.ID()+"-hint")
	}
	return strings.Join(ids, " ")
}

// Has reports whether a box or an option of that value is chosen.
func (w field) Has(value string) bool { return slices.Contains(w.Values, value) }

// An option is one that can be chosen of a field.
type option struct{ Value, Label string }

// A choice is a field with its options.
type choice struct {
	field
	Options []option
}

// Choice returns a field whose value is one of several.
func (f form) Choice(name, label string, options []option, attributes ...string) choice {
	c := choice{f.Field(name, label, attributes...), options}
	if f.told != nil && !f.told.whole {
		f.told.options = append(f.told.options, c)
	}
	return c
}

// TermsOf returns a choice of how long; the shortest is chosen until another is.
func (f form) TermsOf(label string, terms []term) choice {
	c := f.Choice("term", label, nil, "required", "yes")
	for _, t := range terms {
		if t.Value != "" {
			c.Options = append(c.Options, option{t.Value, t.Label})
		}
	}
	if c.Value == "" && len(c.Options) > 0 {
		c.Value = c.Options[0].Value
		c.Values = []string{c.Value}
	}
	return c
}

// A pager leads to the pages of a list before and after.
type pager struct {
	First, Next string // addresses; empty where there is none
	Shown       string // what is shown, in words
}

// pager returns the way on from a page of a list whose place is in the parameter "page".
func (v *visit) pager(next, shown string) pager {
	p := pager{Shown: shown}
	if v.query("page") != "" {
		p.First = v.with("page", "")
	}
	if next != "" {
		p.Next = v.with("page", next)
	}
	return p
}

// with returns the address of the page with another value of a parameter.
func (v *visit) with(name, value string) string {
	q := v.r.URL.Query()
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	u := url.URL{Path: v.r.URL.Path, RawQuery: q.Encode()}
	return u.String()
}
