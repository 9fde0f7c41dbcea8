package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"example.org/dorado/core/idn"
)

// TablesPath is where the IDN tables are; the manual names it.
const TablesPath = "/idn-tables/"

// tables answers for the IDN tables of one registry.
type tables struct {
	offered func() []string
	zones   []string
	page    *template.Template
	style   []byte
	text    map[string]func() []byte // by id, made when it is first asked for
}

// Tables returns a handler for TablesPath. The ids of the tables that are offered are asked for at each look at the page,
// since they are dated; every built-in table can be fetched, for names of earlier terms.
func Tables(offered func() []string, zones []string) (http.Handler, error) {
	page, err := parse("tables.html", nil)
	if err != nil {
		return nil, err
	}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	s := &tables{offered: offered, zones: zones, page: page, style: style, text: map[string]func() []byte{}}
	for _, id := range idn.IDs() {
		t, err := idn.BuiltIn(id)
		if err != nil {
			return nil, err
		}
		s.text[id] = sync.OnceValue(func() []byte { return []byte(t.Text()) })
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+TablesPath+"{$}", s.showPage)
	mux.HandleFunc("GET "+TablesPath+"{file}", s.showFile)
	return mux, nil
}

// A row is one table as the page shows it.
type row struct {
	ID, Name, Description, Version string
	Languages                      []string
	Elements, Varied               int
	Rules                          []string
	Sample                         string // letters that set it apart; empty if they are too many
}

func (s *tables) showPage(w http.ResponseWriter, r *http.Request) {
	var rows []row
	for _, id := range s.offered() {
		t, err := idn.BuiltIn(id)
		if err != nil {
			continue // a profile with an unknown table does not start
		}
		elements, varied := t.Size()
		rows = append(rows, row{
			ID: id, Name: t.Name(), Description: t.Meta.Description, Version: t.Meta.Version + " of " + t.Meta.Date,
			Languages: t.Meta.Languages, Elements: elements, Varied: varied, Rules: t.Rules(), Sample: t.Sample(),
		})
	}
	var b bytes.Buffer
	if err := s.page.Execute(&b, map[string]any{"Tables": rows, "Zones": s.zones}); err != nil {
		http.Error(w, "The page cannot be shown.", http.StatusInternalServerError)
		return
	}
	lasting(w, r, kindHTML, b.Bytes())
}

func (s *tables) showFile(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	id, kind, _ := strings.Cut(file, ".")
	text, known := s.text[id]
	switch {
	case file == "style.css":
		lasting(w, r, kindCSS, s.style)
	case known && kind == "xml":
		lasting(w, r, "application/xml", idn.XML(id))
	case known && kind == "txt":
		lasting(w, r, "text/plain; charset=utf-8", text())
	default:
		http.Error(w, fmt.Sprintf("There is no table here; %s lists them.", TablesPath), http.StatusNotFound)
	}
}
