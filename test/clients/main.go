// Command clients looks at a registry with github.com/domainr/epp, an EPP client in Go that nobody here
// wrote: it logs in with everything that the greeting offers, says hello, checks the names that it is given,
// all at once and one by one, and shows those that are registered. It is a module of its own, so that the
// program needs none of what it needs. Usage: clients HOST:PORT CA USER PASSWORD NAME…
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/domainr/epp"
)

func main() {
	if len(os.Args) < 6 {
		fmt.Fprintln(os.Stderr, "usage: clients HOST:PORT CA USER PASSWORD NAME…")
		os.Exit(2)
	}
	if err := look(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// look is one session.
func look(address, ca, user, password string, names []string) error {
	conn, err := connect(address, ca)
	if err != nil {
		return err
	}
	if _, err := conn.Login(user, "Wrong1234", ""); !hasCode(err, 2200) {
		return fmt.Errorf("a login with a wrong password: %v", err)
	}
	result, err := conn.Login(user, password, "")
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	fmt.Println("login", result.Code, result.Message)
	if err := conn.Hello(); err != nil {
		return fmt.Errorf("hello: %w", err)
	}
	if len(conn.Greeting.Objects) < 3 {
		return fmt.Errorf("the greeting has the objects %v", conn.Greeting.Objects)
	}
	if err := check(conn, names); err != nil {
		return err
	}
	for _, name := range names {
		if err := check(conn, []string{name}); err != nil {
			return err
		}
		if err := show(conn, name); err != nil {
			return err
		}
	}
	if err := conn.Close(); err != nil {
		return fmt.Errorf("logout: %w", err)
	}
	fmt.Println("logout")
	return nil
}

// connect verifies the server by the certificate of its authority.
func connect(address, ca string) (*epp.Conn, error) {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	raw, err := tls.Dial("tcp", address, &tls.Config{RootCAs: roots})
	if err != nil {
		return nil, err
	}
	conn, err := epp.NewTimeoutConn(raw, 20*time.Second)
	if err != nil {
		return nil, fmt.Errorf("the greeting: %w", err)
	}
	return conn, nil
}

func check(conn *epp.Conn, names []string) error {
	found, err := conn.CheckDomain(names...)
	if err != nil {
		return fmt.Errorf("check %s: %w", strings.Join(names, " "), err)
	}
	if len(found.Checks) != len(names) {
		return fmt.Errorf("a check of %d names has %d answers", len(names), len(found.Checks))
	}
	for _, c := range found.Checks {
		fmt.Printf("check of %d: %s available %t %s\n", len(names), c.Domain, c.Available, c.Reason)
	}
	for _, c := range found.Charges {
		fmt.Printf("charge: %q %q %q\n", c.Domain, c.Category, c.CategoryName)
	}
	return nil
}

func show(conn *epp.Conn, name string) error {
	d, err := conn.DomainInfo(name, nil)
	if hasCode(err, 2303) {
		fmt.Println("info", name, "is not registered")
		return nil
	}
	if err != nil {
		return fmt.Errorf("info %s: %w", name, err)
	}
	fmt.Println("info", d.Domain, d.ID, d.ClID, d.CrDate.Format(time.RFC3339), d.ExDate.Format(time.RFC3339), strings.Join(d.Status, " "))
	return nil
}

// hasCode reports whether an error is a result of that code.
func hasCode(err error, code int) bool {
	result, ok := errors.AsType[*epp.Result](err)
	return ok && result.Code == code
}
