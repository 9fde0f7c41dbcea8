package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed static html
var files embed.FS

// staticPath is where styles, scripts and pictures are. Each has a print of what it holds in its name, so that browsers
// keep it for good.
const staticPath = Path + "static/"

// An asset is a file that pages load.
type asset struct {
	name string // as it was written
	path string // where it is served
	kind string
	body []byte
}

// readStatic returns the assets by name, and by the last part of their path.
func readStatic() (map[string]asset, error) {
	entries, err := files.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	all := map[string]asset{}
	for _, e := range entries {
		body, err := files.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("console: %w", err)
		}
		sum := sha256.Sum256(body)
		ending := path.Ext(e.Name())
		served := strings.TrimSuffix(e.Name(), ending) + "-" + hex.EncodeToString(sum[:8]) + ending
		a := asset{e.Name(), staticPath + served, kindOf(ending), body}
		all[a.name], all[served] = a, a
	}
	return all, nil
}

// kindOf returns the media type of an asset by the ending of its name, whatever the machine's own table says.
func kindOf(ending string) string {
	switch ending {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(ending)
}

// sendStatic answers with an asset. Under its name without a print it is not there: it would be kept for too long.
func (c *Console) sendStatic(w http.ResponseWriter, r *http.Request) {
	a, found := c.static[r.PathValue("file")]
	if !found || r.URL.Path != a.path {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	_, _ = w.Write(a.body)
}
