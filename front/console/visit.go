package console

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// The cookies of the console. The prefix has browsers keep them to this host, path / and TLS.
const (
	sessionCookie = "__Host-dorado"
	noticeCookie  = "__Host-dorado-notice"
)

// A visit is one request: who comes, with what, and where the answer goes.
type visit struct {
	console *Console
	w       http.ResponseWriter
	r       *http.Request
	trid    string
	words   *words
	visitor flow.Visitor // zero of a stranger
	token   string       // of the session; empty of a stranger
	values  url.Values   // of a form that was sent
	upload  []byte       // of its file, if it had one

	broughtBack bool // values are those of a form that has waited until its sender had signed in again
}

// newVisit begins a visit of somebody who is not known yet.
func (c *Console) newVisit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{console: c, w: w, r: r, words: accepted(r)}
	if c.config.NewTRID != nil {
		v.trid = c.config.NewTRID()
	}
	return v
}

// identify finds out who comes, by the cookie. A session that has ended is none.
func (v *visit) identify() error {
	cookie, err := v.r.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		return nil
	}
	visitor, err := v.console.config.Service.Visit(v.r.Context(), flow.Visit{Token: cookie.Value, From: v.from()})
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
		return nil
	}
	if err != nil {
		return err
	}
	v.visitor, v.token = visitor, cookie.Value
	v.words = v.words.of(v.visitor.User)
	return nil
}

// known reports whether somebody has signed in, if only halfway.
func (v *visit) known() bool { return v.token != "" }

// complete reports whether a session may do what the role of its user may.
func (v *visit) complete() bool { return v.known() && v.visitor.Needs == flow.NeedsNothing }

// from is the address that the request comes from.
func (v *visit) from() netip.Addr {
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a, _ := netip.ParseAddr(host)
	return a.Unmap()
}

// ask asks the registry something for the visitor's registrar.
func (v *visit) ask(q flow.Query) (flow.Reply, error) {
	return v.console.config.Service.Ask(v.r.Context(), v.visitor.Registrar.ID, q)
}

// run runs a command for the visitor's registrar. The history and the log name the user.
func (v *visit) run(cmd flow.Command) (flow.Reply, error) {
	return v.console.config.Service.Run(v.r.Context(), flow.Request{
		Registrar: v.visitor.Registrar.ID, User: v.visitor.User.Login, Session: v.visitor.Session.ID, SvTRID: v.trid, Command: cmd,
	})
}

// t says an English text in the language of the page; arguments take the places of its verbs.
func (v *visit) t(english string, args ...any) string { return v.words.say(english, args...) }

// now is the registry's time.
func (v *visit) now() time.Time { return v.console.config.Service.Clock().UTC() }

// errMethod is for a body that is no form.
var errMethod = errors.New("console: the body is no form")

// Limits of a form. A browser sends a field for each box on a page, and no page has a thousand.
const (
	mostFields    = 1000
	memoryOfForms = 4 << 20 // of a form with a file; it is never more than the route's maxBody
)

// parse reads the form of a request.
func (v *visit) parse() error {
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/x-www-form-urlencoded":
		err = v.r.ParseForm()
	case err == nil && kind == "multipart/form-data":
		err = v.parseUpload()
	default:
		return errMethod
	}
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return errTooLong
	}
	if err != nil || fieldsOf(v.r.PostForm) > mostFields {
		return errMethod
	}
	v.values = v.r.PostForm
	return nil
}

// fieldsOf counts what was sent in a form: a field may come many times.
func fieldsOf(form url.Values) (n int) {
	for _, values := range form {
		n += len(values)
	}
	return n
}

// parseUpload reads a form with a file, which stays in memory: routes say how long it may be.
func (v *visit) parseUpload() error {
	if err := v.r.ParseMultipartForm(memoryOfForms); err != nil {
		return err
	}
	for _, files := range v.r.MultipartForm.File {
		for _, f := range files {
			file, err := f.Open()
			if err != nil {
				return err
			}
			defer func() { _ = file.Close() }()
			if v.upload, err = io.ReadAll(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// formToken is what the forms of a session carry, so that no other page can send one. It is derived from the cookie's
// value, which no page is told.
func (v *visit) formToken() string {
	sum := sha256.Sum256([]byte("form of " + v.token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (v *visit) tokenIsRight() bool {
	token, _, _ := strings.Cut(v.values.Get("token"), ".")
	return subtle.ConstantTimeCompare([]byte(token), []byte(v.formToken())) == 1
}

// sent returns a field of the form, without space around it and in valid UTF-8.
func (v *visit) sent(name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(v.values.Get(name), "\uFFFD"))
}

// query returns a parameter of the address, the same way.
func (v *visit) query(name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(v.r.URL.Query().Get(name), "\uFFFD"))
}

// show answers with a page.
func (v *visit) show(name string, data any) error { return v.render(http.StatusOK, name, data) }

// refuse answers a form that was refused with the page that has the form, what was sent in it, and why. Data is the
// page's; its form is to be made by v.form, and what was refused is put into it here. What is no refusal goes on.
func (v *visit) refuse(name string, data interface{ refused(*registry.Error) }, err error) error {
	var refusal *registry.Error
	if !errors.As(err, &refusal) || refusal.Rule == "userIsConfirmed" {
		return err
	}
	data.refused(refusal)
	return v.render(http.StatusUnprocessableEntity, name, data)
}

// problem answers that something cannot be, on a page of its own.
func (v *visit) problem(status int, title, text string) {
	if err := v.render(status, "problem", problem{title, text}); err != nil {
		v.console.config.Log.Error("the page of a problem was not made", "err", err, "svTRID", v.trid)
		http.Error(v.w, title, status)
	}
}

// A problem is what the page of one shows.
type problem struct{ Title, Text string }

// render makes a page whole before it sends anything of it.
func (v *visit) render(status int, name string, data any) error {
	var body bytes.Buffer
	page := v.page(name, data)
	if f, ok := data.(interface {
		learn() bool
		learned()
	}); ok && f.learn() {
		if err := v.console.pages.execute(io.Discard, name, page); err != nil {
			return fmt.Errorf("console: page %s: %w", name, err)
		}
		f.learned()
	}
	if err := v.console.pages.execute(&body, name, page); err != nil {
		return fmt.Errorf("console: page %s: %w", name, err)
	}
	h := v.headers()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.words.language)
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	v.w.WriteHeader(status)
	_, _ = v.w.Write(body.Bytes())
	return nil
}

// policyOfPages is what a page may load and where its forms go. No page is shown in a frame.
const policyOfPages = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// headers sets what every answer says of itself to browsers.
func (v *visit) headers() http.Header {
	h := v.w.Header()
	h.Set("Content-Security-Policy", policyOfPages)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)")
	h.Set("Strict-Transport-Security", "max-age=31536000")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	return h
}

// done answers a form that was accepted: the browser goes to a page of the console, which says once what was done.
func (v *visit) done(path, english string, args ...any) error {
	v.leaveNotice(english, args...)
	return v.redirect(path)
}

// redirect sends the browser to a page of the console, and never elsewhere.
func (v *visit) redirect(path string) error {
	if !strings.HasPrefix(path, Path) {
		path = Path
	}
	v.headers()
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// toSignIn sends the browser to the page of signing in, or to what is left of it, and back afterwards.
func (v *visit) toSignIn() {
	to := Path + "sign-in"
	if v.r.Method == http.MethodGet && v.r.URL.Path != Path {
		to += "?to=" + url.QueryEscape(v.r.URL.RequestURI())
	}
	_ = v.redirect(to)
}

// file answers with a file to keep, which write makes piece by piece. Of its name only what is safe in a header stays.
func (v *visit) file(kind, name string, write func(io.Writer) error) error {
	end, may := v.console.sending.begin(v.visitor.User)
	if !may {
		return v.crowded()
	}
	defer end()
	h := v.headers()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+strings.Map(nameByte, name)+`"`)
	if err := http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(longestFile)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	began := &counter{w: v.w}
	if err := write(began); err != nil {
		if began.n == 0 {
			h.Del("Content-Disposition")
			return err
		}
		v.console.config.Log.Error("a file of the console was not sent whole", "file", name, "err", err, "svTRID", v.trid)
		panic(http.ErrAbortHandler) // so that nobody takes half of a file for the whole
	}
	return nil
}

// longestFile is how long a file may take to be sent.
const longestFile = 10 * time.Minute

// nameByte keeps of a file's name what no header and no file system takes for something else.
func nameByte(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		return r
	}
	return '-'
}

// A counter counts what goes through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
