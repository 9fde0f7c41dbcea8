package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
)

// eppOptions say which server to speak to and as whom. What a flag does not say comes from the
// environment and then, unless a server is named, from the demo.json of a directory.
type eppOptions struct {
	dir, server, ca, as, password, cert, key string
	timeout                                  time.Duration

	given func(flag string) bool // whether a flag was typed

	ofDemo       bool   // the server is the one of a demo
	passwordFile string // the demo.json that the password is from; empty if it is from elsewhere
	fromEnv      bool   // the password is that of the environment
	isInDemo     bool   // its demo.json has that id, and so a password
	inSandbox    bool   // who logs in is a credential of the test environment
	whose        string // the registrar whose password the environment has, where that is another one
}

func (o *eppOptions) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVar(&o.dir, "dir", defaultDemo, "directory of a demo: address, CA, password and certificate are taken from its demo.json")
	f.StringVar(&o.server, "server", "", "HOST:PORT of another server (or DORADO_EPP_SERVER)")
	f.StringVar(&o.ca, "ca", "", "PEM file of the authority that signed its certificate (or DORADO_EPP_CA)")
	f.StringVar(&o.as, "as", "", "registrar id to log in as (or DORADO_EPP_ID; default the demo's first)")
	f.StringVar(&o.password, "password", "", "its password; better in DORADO_EPP_PASSWORD, which others cannot see")
	f.StringVar(&o.cert, "cert", "", "PEM file of a client certificate (or DORADO_EPP_CERT)")
	f.StringVar(&o.key, "key", "", "PEM file of its key (or DORADO_EPP_KEY)")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "for the connection and for each answer")
	o.given = f.Changed
}

// resolve fills in what the flags leave open.
func (o *eppOptions) resolve(env func(string) string) error {
	if o.given("dir") && o.given("server") {
		return errors.New("--dir names a demo and --server another server; say one of the two")
	}
	if (o.cert == "") != (o.key == "") {
		return errors.New("a certificate and its key belong together; give both --cert and --key")
	}
	o.fromEnvironment(env)
	if o.server != "" {
		return nil
	}
	f, err := readDemoFile(o.dir)
	if err != nil {
		return fmt.Errorf("%w; or name a server with --server", err)
	}
	return o.fromDemo(f)
}

// fromEnvironment takes from the environment what the flags leave open. It never stands against a flag: --dir takes no
// other server from there, nor who logs in at that one; and a password or a certificate is not that of another registrar
// whom --as names.
func (o *eppOptions) fromEnvironment(env func(string) string) {
	fill := func(option *string, name string) {
		if *option == "" {
			*option = env(name)
		}
	}
	elsewhere := o.given("dir") && env("DORADO_EPP_SERVER") != ""
	if !o.given("dir") {
		fill(&o.server, "DORADO_EPP_SERVER")
		fill(&o.ca, "DORADO_EPP_CA")
	}
	if id := env("DORADO_EPP_ID"); o.as != "" && id != "" && o.as != id {
		o.whose = id
	}
	if elsewhere || o.whose != "" {
		return
	}
	o.fromEnv = o.password == "" && env("DORADO_EPP_PASSWORD") != ""
	fill(&o.as, "DORADO_EPP_ID")
	fill(&o.password, "DORADO_EPP_PASSWORD")
	if o.cert == "" {
		o.cert, o.key = env("DORADO_EPP_CERT"), env("DORADO_EPP_KEY")
	}
}

// fromDemo takes from a demo what is still open.
func (o *eppOptions) fromDemo(f demoFile) error {
	o.server, o.ofDemo = f.Production.EPP, true
	set := func(option *string, value string) {
		if *option == "" {
			*option = value
		}
	}
	set(&o.ca, filepath.Join(o.dir, f.CA))
	if len(f.Production.Registrars) > 0 {
		set(&o.as, string(f.Production.Registrars[0].ID))
	}
	for _, r := range f.Production.Registrars {
		if string(r.ID) != o.as {
			continue
		}
		if o.password == "" {
			o.password, o.passwordFile = r.EPPPassword, filepath.Join(o.dir, demoFileName)
		}
		o.isInDemo = true
		if o.cert == "" {
			o.cert, o.key = filepath.Join(o.dir, r.Cert), filepath.Join(o.dir, r.Key)
		}
		return nil
	}
	if f.OTE.EPP != "" && sandboxCredentialID.MatchString(o.as) {
		return o.fromTests(f.OTE)
	}
	if o.password == "" {
		return fmt.Errorf("the demo in %s has no registrar %s; give its password in DORADO_EPP_PASSWORD, or use --as H1001, --as H1002 or, in the test environment, --as OTE1001-A", o.dir, o.as)
	}
	return nil
}

// sandboxCredentialID is the form of the ids of credentials in the test environment, which no registrar of a demo has.
var sandboxCredentialID = regexp.MustCompile(`^OTE[A-Za-z0-9]{1,11}-[` + sandboxLetters + `]$`)

// fromTests takes from a demo's test environment what is still open. The demo's file has the credentials of one sandbox; the
// passwords of others were shown when they were made.
func (o *eppOptions) fromTests(f demoTests) error {
	o.server, o.inSandbox = f.EPP, true
	for _, r := range f.Registrars {
		if r.ID != o.as {
			continue
		}
		if o.isInDemo = true; o.password == "" {
			o.password, o.passwordFile = r.Password, filepath.Join(o.dir, demoFileName)
		}
	}
	if o.password == "" {
		return fmt.Errorf("%s has no password of %s; give the one that was shown when it was made in DORADO_EPP_PASSWORD, or make another with dorado ote password %s --dir %s",
			filepath.Join(o.dir, demoFileName), o.as, o.as, o.dir)
	}
	return nil
}

// whoIsGiven names what is missing for a login.
func (o *eppOptions) whoIsGiven() error {
	switch {
	case o.as == "" && o.password == "":
		return errors.New("say who logs in: --as ID, and the password in DORADO_EPP_PASSWORD")
	case o.as == "":
		return errors.New("say who logs in: --as ID")
	case o.password == "" && o.whose != "":
		return fmt.Errorf("the environment is that of %s (DORADO_EPP_ID); change it to %s with its password, or give --password", o.whose, o.as)
	case o.password == "":
		return fmt.Errorf("give the password of %s in DORADO_EPP_PASSWORD", o.as)
	}
	return passwordIsPossible("the password of "+o.as, o.password, maxLongPassword)
}

// maxLongPassword is the length of the longest password with loginSec-1.0, in characters: that of this registry,
// since RFC 8807 has none.
const maxLongPassword = 128

// passwordIsPossible refuses what no EPP server takes. RFC 5730 section 4.2, pwType, and RFC 8807 section 4.1.
func passwordIsPossible(what, password string, longest int) error {
	if n := utf8.RuneCountInString(password); n < 6 || n > longest {
		return fmt.Errorf("%s has %s; a password has 6 to %d characters", what, count(n, "character"), longest)
	}
	return nil
}

// whosePassword says where a password that was refused is from, and what to do; nothing if it was given.
func (o *eppOptions) whosePassword() string {
	another := ""
	if o.inSandbox {
		another = "      Another is made with: dorado ote password " + o.as + " --dir " + o.dir + "\n"
	}
	switch {
	case o.passwordFile != "":
		return "      The password is the one in " + o.passwordFile + ". If it was changed since, give the new one\n" +
			"      in DORADO_EPP_PASSWORD.\n" + another
	case o.fromEnv && o.isInDemo:
		return "      The password is the one in the environment's DORADO_EPP_PASSWORD, which comes before that in\n" +
			"      " + filepath.Join(o.dir, demoFileName) + ". To use that one: unset DORADO_EPP_PASSWORD.\n"
	case o.fromEnv:
		return "      The password is the one in the environment's DORADO_EPP_PASSWORD.\n" + another
	}
	return another
}

// whereEPP says which port to try. RFC 5734 section 5.
const whereEPP = "EPP is TLS from the first byte at port 700 (of a dorado: 700 and its listen.port_base)"

// unreachable says what can be done about a connection that failed.
func (o *eppOptions) unreachable(err error) error {
	var unknown x509.UnknownAuthorityError
	var other x509.HostnameError
	var lookup *net.DNSError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED) && o.ofDemo:
		return fmt.Errorf("nothing listens at %s; start the demo with dorado demo --dir %s, or name another server with --server", o.server, o.dir)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("nothing listens at %s; is the registry running, and is that its port for EPP (700, or 700 and its listen.port_base)?", o.server)
	case errors.As(err, &lookup):
		return fmt.Errorf("the host of %s cannot be found: %w; correct --server", o.server, lookup)
	case errors.Is(err, eppclient.ErrNoTLS):
		return fmt.Errorf("what listens at %s does not speak TLS, so it is no EPP server; %s", o.server, whereEPP)
	case errors.Is(err, eppclient.ErrNoGreeting):
		return fmt.Errorf("what listens at %s sends no EPP greeting, so it is no EPP server; %s", o.server, whereEPP)
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return fmt.Errorf("what listens at %s ends the connection at once; is it an EPP server, and does it admit this address? %s", o.server, whereEPP)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s does not answer within %s; is it an EPP server? %s", o.server, o.timeout, whereEPP)
	case errors.As(err, &unknown):
		return fmt.Errorf("the certificate of %s is by an authority that is not trusted here; name the registry's with --ca FILE", o.server)
	case errors.As(err, &other):
		return fmt.Errorf("the certificate of %s is for another name: %w", o.server, other)
	}
	return err
}

// target returns the server to connect to.
func (o *eppOptions) target() (eppclient.Server, error) {
	s := eppclient.Server{Address: o.server, Timeout: o.timeout}
	if host, port, err := net.SplitHostPort(o.server); err != nil || host == "" || port == "" {
		return s, fmt.Errorf("%q is no address of a server: write HOST:PORT, such as epp.example.com:700", o.server)
	}
	if o.timeout <= 0 {
		return s, fmt.Errorf("--timeout is more than zero, and %s is not", o.timeout)
	}
	if o.ca != "" {
		pool, err := loadPool(o.ca)
		if err != nil {
			return s, fmt.Errorf("read the authority of the server: %w", err)
		}
		s.Roots = pool
	}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return s, fmt.Errorf("read the client certificate: %w", err)
		}
		s.Certificate = &pair
	}
	return s, nil
}

// login opens a session. A login that is refused is an answer with a code of its own.
func (o *eppOptions) login(ctx context.Context, newPassword string, demanded ...string) (*eppclient.Session, eppclient.Answer, error) {
	server, err := o.target()
	if err != nil {
		return nil, eppclient.Answer{}, err
	}
	if err := o.whoIsGiven(); err != nil {
		return nil, eppclient.Answer{}, err
	}
	session, answer, err := eppclient.Open(ctx, server, eppclient.Login{
		ID: o.as, Password: o.password, NewPassword: newPassword, Agent: "dorado " + version(),
	}, demanded...)
	return session, answer, o.unreachable(err)
}

// keepPassword writes a password that was changed into the demo.json that the old one is from, and
// returns the file's name; nothing if it is from elsewhere.
func (o *eppOptions) keepPassword(password string) (string, error) {
	if o.passwordFile == "" {
		return "", nil
	}
	f, err := readDemoFile(o.dir)
	if err != nil {
		return "", err
	}
	for i, r := range f.Production.Registrars {
		if string(r.ID) == o.as {
			f.Production.Registrars[i].EPPPassword = password
		}
	}
	for i, r := range f.OTE.Registrars {
		if r.ID == o.as {
			f.OTE.Registrars[i].Password = password
		}
	}
	if err := f.write(o.dir); err != nil {
		return "", fmt.Errorf("the password is changed, and %s still has the old one: %w", o.passwordFile, err)
	}
	return o.passwordFile, nil
}
