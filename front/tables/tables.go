// Package tables owns the publication of the IDN tables over HTTP: a page for people, and each table as the XML
// of RFC 7940 and as text. Manual 8.1.7, decisions 1.6. It knows no registrar and reads nothing of the registry
// but which tables are offered.
package tables

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/idn"
)

// Path is where the pages are; the manual names it.
const Path = "/idn-tables/"

//go:embed page.html style.css
var files embed.FS

// A server answers for the tables of one registry.
type server struct {
	offered func() []string
	zones   []string
	page    *template.Template
	style   []byte
	text    map[string]func() []byte // by id, made when it is first asked for
}

// New returns a handler for Path. The ids of the tables that are offered are asked for at each look at the page,
// since they are dated; every built-in table can be fetched, for names of earlier terms.
func New(offered func() []string, zones []string) (http.Handler, error) {
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	s := &server{offered: offered, zones: zones, page: page, style: style, text: map[string]func() []byte{}}
	for _, id := range idn.IDs() {
		t, err := idn.BuiltIn(id)
		if err != nil {
			return nil, err
		}
		s.text[id] = sync.OnceValue(func() []byte { return []byte(t.Text()) })
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"{$}", s.showPage)
	mux.HandleFunc("GET "+Path+"{file}", s.showFile)
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

func (s *server) showPage(w http.ResponseWriter, r *http.Request) {
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
	send(w, r, "text/html; charset=utf-8", b.Bytes())
}

func (s *server) showFile(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	id, kind, _ := strings.Cut(file, ".")
	text, known := s.text[id]
	switch {
	case file == "style.css":
		send(w, r, "text/css; charset=utf-8", s.style)
	case known && kind == "xml":
		send(w, r, "application/xml", idn.XML(id))
	case known && kind == "txt":
		send(w, r, "text/plain; charset=utf-8", text())
	default:
		http.Error(w, fmt.Sprintf("There is no table here; %s lists them.", Path), http.StatusNotFound)
	}
}

// send answers with content that caches may keep for an hour, and that a client which has it need not fetch.
func send(w http.ResponseWriter, r *http.Request, kind string, content []byte) {
	sum := sha256.Sum256(content)
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
