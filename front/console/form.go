package console

import (
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
	return form{Values: values, fields: fields}
}

// refused puts a refusal at its field, or above the form.
func (f *form) refused(e *registry.Error) {
	name, mapped := f.fields[e.Field]
	if !mapped {
		name = e.Field[strings.LastIndexByte(e.Field, ':')+1:]
		if _, there := f.Values[name]; !there {
			name = ""
		}
	}
	f.wrong(name, e.Reason)
}

// wrong says what is wrong with a field; with an empty name, with the whole.
func (f *form) wrong(name, why string) {
	if name == "" {
		f.Problem = why
		return
	}
	if f.Wrong == nil {
		f.Wrong = map[string]string{}
	}
	f.Wrong[name] = why
}

// Field returns what a template needs of a field: its value, its error and its attributes, given in pairs, of which
// "hint" and "options" are the page's own words for what stands beside it.
func (f form) Field(name, label string, attributes ...string) field {
	w := field{Name: name, Label: label, Value: f.Values.Get(name), Values: f.Values[name], Wrong: f.Wrong[name], Type: "text"}
	for pair := range slices.Chunk(attributes, 2) {
		if len(pair) == 2 {
			w.set(pair[0], pair[1])
		}
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
	return choice{f.Field(name, label, attributes...), options}
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
