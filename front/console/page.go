package console

import (
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
)

// A page is what the templates are given. The page's own is in D.
type page struct {
	Language string
	Place    string // the visitor's zone; empty: UTC
	Token    string // of forms
	Visitor  flow.Visitor
	Known    bool // somebody has signed in, if only halfway
	Complete bool // and wholly
	Finds    bool // names can be looked for
	Menu     []menuGroup
	Notice   string // what was done just now
	Now      time.Time
	D        any
}

// page returns what the template of a page is given.
func (v *visit) page(name string, data any) page {
	p := page{
		Language: v.words.language, Known: v.known(), Complete: v.complete(), Visitor: v.visitor, Now: v.now(), D: data,
		Notice: v.takeNotice(),
	}
	if v.words.place != nil {
		p.Place = v.words.place.String()
	}
	if v.known() {
		p.Token = v.formToken() + "." + v.userMark(v.visitor.User.ID)
	}
	if v.broughtBack {
		p.Notice = v.t("Thank you: what you wrote is back. Nothing was done with it yet: look at it and send it.")
	}
	if p.Complete {
		p.Menu, p.Finds = v.menu(), policy.Permits(v.visitor.User.Role, policy.AreaNames)
	}
	return p
}

// A menuGroup is a part of the menu.
type menuGroup struct {
	Title string
	Items []menuItem
}

// A menuItem leads to a page.
type menuItem struct {
	Path, Label, Icon string
	Here              bool // the page is it, or below it
	area              policy.Area
}

// menu returns the menu that the visitor's role has.
func (v *visit) menu() []menuGroup {
	all := []menuGroup{
		{"", []menuItem{{Path, text("Overview"), "home", false, policy.AreaOwn}}},
		{text("Names"), []menuItem{
			{Path + "domains", text("Domains"), "globe", false, policy.AreaNames},
			{Path + "transfers", text("Transfers"), "swap", false, policy.AreaNames},
			{Path + "contacts", text("Contacts"), "person", false, policy.AreaNames},
			{Path + "hosts", text("Name servers"), "server", false, policy.AreaNames},
			{Path + "bulk", text("Bulk actions"), "stack", false, policy.AreaNames},
			{Path + "messages", text("Messages"), "mail", false, policy.AreaMessages},
		}},
		{text("Money"), []menuItem{
			{Path + "billing", text("Billing"), "coins", false, policy.AreaMoney},
			{Path + "prices", text("Prices"), "tag", false, policy.AreaMoney},
		}},
		{text("Tools"), []menuItem{
			{Path + "files", text("Files"), "folder", false, policy.AreaFiles},
			{Path + "log", text("Transaction log"), "list", false, policy.AreaLog},
			{Path + "frames", text("Frame check"), "code", false, policy.AreaFrames},
			{Path + "sandbox", text("Test environment"), "flask", false, policy.AreaSandbox},
		}},
		{text("Registrar"), []menuItem{
			{Path + "account", text("Account"), "building", false, policy.AreaAccount},
			{Path + "credentials", text("Access"), "key", false, policy.AreaAccount},
			{Path + "users", text("Users"), "people", false, policy.AreaUsers},
		}},
	}
	var menu []menuGroup
	for _, g := range all {
		items := slices.DeleteFunc(g.Items, func(i menuItem) bool {
			return !v.console.served[i.Path] && !v.console.served[i.Path+"{$}"] || !policy.Permits(v.visitor.User.Role, i.area)
		})
		for i := range items {
			items[i].Label = v.t(items[i].Label)
			items[i].Here = v.r.URL.Path == items[i].Path || items[i].Path != Path && strings.HasPrefix(v.r.URL.Path, items[i].Path+"/")
		}
		if len(items) > 0 && g.Title != "" {
			g.Title = v.t(g.Title)
		}
		if len(items) > 0 {
			menu = append(menu, menuGroup{g.Title, items})
		}
	}
	return menu
}

// pages are the templates: as they were parsed for each language, and ready for each zone of time.
type pages struct {
	static   map[string]asset
	currency string
	parsed   map[string]*template.Template // by language and page; only copied

	mu    sync.Mutex
	ready map[string]*template.Template // by language, zone and page
}

// mostReady bounds the templates that are ready. There are some hundred zones, and people live in few of them.
const mostReady = 1000

// newPages returns all pages, which say amounts in a currency.
func newPages(static map[string]asset, currency string) (*pages, error) {
	parsed, err := parsedPages()
	if err != nil {
		return nil, err
	}
	return &pages{static: static, currency: currency, parsed: parsed, ready: map[string]*template.Template{}}, nil
}

// parsedPages returns all pages as they are parsed once in the life of a program: that takes longer than all else that a
// console needs to start. What their functions return is that of no console; see [pages.get].
var parsedPages = sync.OnceValues(func() (map[string]*template.Template, error) {
	parsed := map[string]*template.Template{}
	names, err := fs.Glob(files, "html/*.html")
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	isWhole := func(name string) bool {
		base := path.Base(name)
		return base != "layout.html" && !strings.HasPrefix(base, "parts")
	}
	parts := slices.DeleteFunc(slices.Clone(names), isWhole)
	for _, w := range []*words{inEnglish, inSpanish} {
		layout, err := template.New("layout.html").Option("missingkey=error").Funcs(functions(w, nil, "")).ParseFS(files, parts...)
		if err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
		for _, name := range names {
			if !isWhole(name) {
				continue
			}
			one, err := layout.Clone()
			if err == nil {
				_, err = one.ParseFS(files, name)
			}
			if err != nil {
				return nil, fmt.Errorf("console: %w", err)
			}
			parsed[w.language+"|"+strings.TrimSuffix(path.Base(name), ".html")] = one
		}
	}
	return parsed, nil
})

// execute writes a page for a visit's words.
func (p *pages) execute(w io.Writer, name string, data page) error {
	t, err := p.get(name, data.Language, data.Place)
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, "layout.html", data)
}

// executePart writes one template of a page, without the page around it.
func (p *pages) executePart(w io.Writer, name, part string, data page) error {
	t, err := p.get(name, data.Language, data.Place)
	if err != nil {
		return err
	}
	return t.ExecuteTemplate(w, part, data)
}

// get returns a page's template for a language and a zone. What was parsed is only copied: a template that was executed
// takes no other functions.
func (p *pages) get(name, language, zone string) (*template.Template, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := language + "|" + zone + "|" + name
	if t, ok := p.ready[key]; ok {
		return t, nil
	}
	parsed, ok := p.parsed[language+"|"+name]
	if !ok {
		return nil, fmt.Errorf("there is no page %s in %s", name, language)
	}
	t, err := parsed.Clone()
	if err != nil {
		return nil, err
	}
	w := inEnglish
	if language == inSpanish.language {
		w = inSpanish
	}
	t.Funcs(functions(w, p.static, p.currency))
	if place, err := time.LoadLocation(zone); err == nil && zone != "" {
		t.Funcs(timeFunctions(&words{w.language, w.texts, place}))
	}
	if len(p.ready) >= mostReady {
		clear(p.ready)
	}
	p.ready[key] = t
	return t, nil
}

// functions returns what templates can call.
func functions(w *words, static map[string]asset, currency string) template.FuncMap {
	m := template.FuncMap{
		"t":       w.say,
		"asset":   func(name string) (string, error) { return assetPath(static, name) },
		"icon":    icon,
		"path":    pathTo,
		"money":   func(m ledger.Money) string { return money(currency, m) },
		"number":  number,
		"unicode": inUnicode,
		"neg":     func(m ledger.Money) ledger.Money { return -m },
		"pairs":   pairs,
		"list":    func(items ...any) []any { return items },
		"options": options,
	}
	maps.Copy(m, timeFunctions(w))
	maps.Copy(m, domainFunctions(w))
	return m
}

// timeFunctions returns those functions that depend on the zone.
func timeFunctions(w *words) template.FuncMap {
	return template.FuncMap{"time": w.moment, "date": w.date, "machine": machine}
}

func assetPath(static map[string]asset, name string) (string, error) {
	a, ok := static[name]
	if !ok {
		return "", fmt.Errorf("there is no file static/%s", name)
	}
	return a.path, nil
}

// pathTo returns a path of the console, each part escaped, such as pathTo "domains" .Name "renew".
func pathTo(parts ...any) string {
	var escaped []string
	for _, p := range parts {
		escaped = append(escaped, escapePart(fmt.Sprint(p)))
	}
	return Path + strings.Join(escaped, "/")
}

// pairs returns a map for a part that needs several values: pairs "Form" .Form "Label" "x".
func pairs(items ...any) (map[string]any, error) {
	m := map[string]any{}
	for pair := range slices.Chunk(items, 2) {
		key, ok := pair[0].(string)
		if !ok || len(pair) != 2 {
			return nil, fmt.Errorf("pairs are a name and a value each")
		}
		m[key] = pair[1]
	}
	return m, nil
}

// options returns options of values and labels: options "1" "one" "2" "two".
func options(items ...string) []option {
	var all []option
	for pair := range slices.Chunk(items, 2) {
		all = append(all, option{pair[0], pair[len(pair)-1]})
	}
	return all
}
