// Package pages owns what HTTPS shows to people who have no account: the lookup page and the IDN tables. It asks flow what
// everybody may know, and decides nothing. Every page works without script. Manual 7.1.2 and 8.1.7, decisions 1.6 and 6.3.
package pages

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"time"
)

//go:embed lookup.html tables.html style.css
var files embed.FS

const (
	kindHTML = "text/html; charset=utf-8"
	kindCSS  = "text/css; charset=utf-8"
)

// security lets a page load our style, send its form to us, and nothing else.
const security = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// parse reads a page, with the functions that it uses.
func parse(file string, functions template.FuncMap) (*template.Template, error) {
	return template.New(file).Funcs(functions).ParseFS(files, file)
}

// lasting answers with content that caches may keep for an hour, and that a client which has it need not fetch.
func lasting(w http.ResponseWriter, r *http.Request, kind string, content []byte) {
	sum := sha256.Sum256(content)
	h := headers(w, kind)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "public, max-age=3600")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// headers sets what every answer has.
func headers(w http.ResponseWriter, kind string) http.Header {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", security)
	h.Set("Referrer-Policy", "no-referrer") // the address of a result says what somebody looked for
	return h
}
