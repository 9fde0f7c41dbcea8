package main

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"slices"
	"strings"
	"time"

	post "example.org/dorado/front/mail"
)

// mailConfig says how mails to registrars leave: by a server, or as files.
type mailConfig struct {
	Host         string `toml:"host"`
	Port         int    `toml:"port"`
	TLS          string `toml:"tls"`
	CA           string `toml:"ca"`
	User         string `toml:"user"`
	PasswordFile string `toml:"password_file"`
	Hello        string `toml:"hello"`
	From         string `toml:"from"`
	Folder       string `toml:"folder"`
}

// demoMail is the folder of a demo's mails.
const demoMail = "mail"

// defaultMail sends nothing, since nobody knows by which server.
func defaultMail() mailConfig {
	return mailConfig{Port: 587, TLS: string(post.StartTLS), From: "registry@registry.example"} // RFC 6409
}

func (c mailConfig) check() error {
	if parsed, err := mail.ParseAddress(c.From); err != nil || parsed.Address != c.From || !ascii(c.From) {
		return fmt.Errorf("mail.from: %q is no e-mail address such as registry@example.com", c.From)
	}
	modes := []string{string(post.StartTLS), string(post.ImplicitTLS), string(post.NoTLS)}
	switch {
	case !slices.Contains(modes, c.TLS):
		return fmt.Errorf("mail.tls: %q is none of %s", c.TLS, strings.Join(modes, ", "))
	case c.Port < 1 || c.Port > 65535:
		return fmt.Errorf("mail.port: %d is not between 1 and 65535", c.Port)
	case c.Host == "":
		return nil
	case c.Folder != "":
		return errors.New("mail.folder: mails go by mail.host or into mail.folder; leave one of them empty")
	case c.From == defaultMail().From:
		return errors.New("mail.from: this is still the example; name an address that mail.host takes mails from")
	case c.TLS == string(post.NoTLS) && !onThisMachine(c.Host):
		return errors.New("mail.tls: without TLS, mails go only to a server on this machine: localhost, 127.0.0.1 or ::1")
	case c.User == "" && c.PasswordFile != "" || c.User != "" && c.PasswordFile == "":
		return errors.New("mail.user: a user has a password, and a password a user: set mail.password_file, too, or neither")
	}
	return nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

// onThisMachine reports whether a host is the machine itself, whatever a name server says.
func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// mailPatience is how long an SMTP server may take to be ready, or to take a message. RFC 5321 section 4.5.3.2
// has minutes, for servers under load; a mail waits for the next attempt instead.
const mailPatience = time.Minute

// carrier returns the way by which mails go; nil if there is none.
func (c mailConfig) carrier(dir string) (post.Carrier, error) {
	if c.Folder != "" {
		return post.Folder{Path: inDir(dir, c.Folder)}, nil
	}
	if c.Host == "" {
		return nil, nil
	}
	server := post.SMTP{
		Host: c.Host, Port: c.Port, TLS: post.TLSMode(c.TLS), Hello: c.Hello, User: c.User, Patience: mailPatience,
		Password: func() (string, error) {
			password, err := os.ReadFile(inDir(dir, c.PasswordFile))
			return strings.TrimRight(string(password), "\r\n"), err
		},
	}
	if c.CA != "" {
		pool, err := loadPool(inDir(dir, c.CA))
		if err != nil {
			return nil, fmt.Errorf("mail.ca: %w", err)
		}
		server.Roots = pool
	}
	return server, nil
}
