package console

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/registry"
)

// A basis is what a form was made from: a version of an object, as the object is now. A form that was made from an older one
// is refused once, and shows then what sending it again would change; so it carries the version of now from there on, and
// before that the version that its reader has looked at.
type basis struct {
	Stale bool   // the form was made from an older version, and was refused
	Seen  string // the version that the form carries in its field "seen"
	Again string // where the form is opened as it is now

	version string     // of now
	current url.Values // what the fields would hold if the form was made now; those that it lacks have nothing to compare
}

// from says what the form is made from: an object that has a version now, and the fields that it would give.
func (f *form) from(version int64, current url.Values) {
	f.version = strconv.FormatInt(version, 10)
	f.Seen, f.current = f.version, url.Values{}
	for name, values := range current {
		f.current[name] = slices.Clone(values)
	}
	if f.visit != nil && f.visit.values != nil {
		f.Seen = f.visit.sent("seen")
	}
}

// seen is the version that a form was made from, which was sent; -1, which nothing has, if none was.
func (v *visit) seen() int64 {
	n, err := strconv.ParseInt(v.sent("seen"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// isStale reports whether a form is refused because it was made from an older version.
func isStale(e *registry.Error) bool {
	return e.Rule == "objectIsUnchanged" || e.Rule == "userIsAsSeen"
}

// outdated has the form show what is there now beside what was sent. What was agreed to before that has to be agreed to
// again.
func (f *form) outdated() {
	f.Stale, f.Seen, f.Again = true, f.version, f.visit.formPage()
	f.Values.Del("agree")
	f.Values.Del("sure")
}

// A difference is a field whose value in the form is another one than what is there now.
type difference struct {
	Label          string
	Removed, Added []string
}

// Differing are the fields in which a form that was made from an older version differs from what is there now, in the order
// of the page.
func (f form) Differing() []difference {
	if f.told == nil {
		return nil
	}
	var list []difference
	done := map[string]bool{}
	for _, w := range f.told.fields {
		now, compared := f.current[w.Name]
		if !compared || done[w.Name] {
			continue
		}
		done[w.Name] = true
		removed, added := changed(f.told.linesOf(w.Name, now), f.told.linesOf(w.Name, f.Values[w.Name]))
		if len(removed)+len(added) > 0 {
			list = append(list, f.worded(difference{w.Label, removed, added}))
		}
	}
	return list
}

// linesOf are what a field holds: its lines, or what was chosen, by its labels.
func (l *labels) linesOf(name string, values []string) []string {
	var list []string
	for _, value := range values {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); line != "" {
				list = append(list, l.optionOf(name, line))
			}
		}
	}
	return list
}

// optionOf says in words what can be chosen of a field; what can be written is as it is.
func (l *labels) optionOf(name, value string) string {
	for _, c := range l.options {
		if c.Name != name {
			continue
		}
		for _, o := range c.Options {
			if o.Value == value {
				return o.Label
			}
		}
	}
	return value
}

// worded says of a box whether it is ticked.
func (f form) worded(d difference) difference {
	yes := []string{"yes"}
	switch {
	case slices.Equal(d.Added, yes) && d.Removed == nil:
		d.Removed, d.Added = []string{f.visit.t("No")}, []string{f.visit.t("Yes")}
	case slices.Equal(d.Removed, yes) && d.Added == nil:
		d.Removed, d.Added = []string{f.visit.t("Yes")}, []string{f.visit.t("No")}
	}
	return d
}

// formPage returns the page that has the form which was sent: the one of the same address, or the one that it was sent from,
// or the nearest above.
func (v *visit) formPage() string {
	at := v.r.URL.Path
	from := ""
	if u, err := url.Parse(v.r.Referer()); err == nil {
		from = within(u.Path)
	}
	for _, there := range []string{at, at + "/new", from} {
		if v.console.shows(there) {
			return there
		}
	}
	for at = path.Dir(at); len(at) > len(Path); at = path.Dir(at) {
		if v.console.shows(at) {
			return at
		}
	}
	return Path
}

// shows reports whether there is a page of a path. One that only takes forms, such as users/second-factor, is not that of a
// user of this id.
func (c *Console) shows(at string) bool {
	if at == "" {
		return false
	}
	pattern := func(method string) string {
		_, found := c.mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: at}, Host: "localhost"})
		found, ok := strings.CutPrefix(found, method+" "+Path)
		if !ok || strings.Contains(found, "{file}") {
			return ""
		}
		return Path + found
	}
	shown, taken := pattern(http.MethodGet), pattern(http.MethodPost)
	return shown != "" && (taken == "" || taken == shown)
}
