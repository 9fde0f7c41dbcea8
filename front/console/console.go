// Package console owns the registrar console: pages of HTML on which the people of a registrar do what its programs do
// by EPP, and keep its account. Forms become flows and replies become pages; no rule lives here. Manual 4.1.
//
// Every page works without script. What a page may load comes from the console alone, and nothing on a page is run that
// is not a file of the console.
package console

import (
	"cmp"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// Path is where the console is, below the base of the HTTPS server.
const Path = "/console/"

// Config is what the console needs.
type Config struct {
	Service *flow.Service
	Base    string // the public address of the HTTPS server, ending with a slash, for links in mails and passkeys
	NewTRID func() string
	Bulk    func() // called when there is something to do for who works off bulk jobs; nil: nobody hurries

	Papers  Papers      // the files of money
	Deposit DepositText // how to pay in, as the operator says
	// Frames judges frames of EPP; nil: the console has no frame validator. Result and ResultCode turn result codes into
	// those of EPP and back; nil: they are shown as the registry calls them.
	Frames     Frames
	Result     func(registry.Code) (number, text string)
	ResultCode func(number string) (registry.Code, bool)

	// Files returns the files of a registrar, with those of all; nil: there are no pages of files.
	Files func(registry.RegistrarID) fs.FS

	// Sandboxes are the test environments of registrars; nil: there is none, and no page of it.
	Sandboxes        Sandboxes
	SandboxAddresses SandboxAddresses

	Deadline time.Duration // for one page; 10 s
	Log      *slog.Logger  // slog.Default
}

// A Console answers for the registrar console.
type Console struct {
	config Config
	origin string // of Base
	pages  *pages
	static map[string]asset
	routes []route
	mux    *http.ServeMux
	served map[string]bool // the paths that GET answers

	sandboxActs [sandboxLocks]sync.Mutex
	sending     sending
}

// New returns the handler for Path.
func New(config Config) (*Console, http.Handler, error) {
	config.Deadline = cmp.Or(config.Deadline, 10*time.Second)
	config.Log = cmp.Or(config.Log, slog.Default())
	base, err := url.Parse(config.Base)
	if err != nil || base.Host == "" {
		return nil, nil, fmt.Errorf("console: %q is no address; write https://HOST/", config.Base)
	}
	c := &Console{config: config, origin: base.Scheme + "://" + base.Host, served: map[string]bool{}}
	if c.static, err = readStatic(); err != nil {
		return nil, nil, err
	}
	if c.pages, err = newPages(c.static, config.Service.Terms().Prices.Currency); err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	c.mux = mux
	c.routes = c.allRoutes()
	for _, r := range c.routes {
		mux.HandleFunc(r.method+" "+r.path, c.serve(r))
		c.served[r.path] = c.served[r.path] || r.method == http.MethodGet
	}
	mux.HandleFunc(Path, c.nothing)
	mux.HandleFunc("GET "+staticPath+"{file}", c.sendStatic)
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(c.foreign))
	return c, guard.Handler(mux), nil
}
