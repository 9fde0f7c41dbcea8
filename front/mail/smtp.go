package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// A TLSMode says how a connection to an SMTP server is encrypted.
type TLSMode string

// The modes.
const (
	StartTLS    TLSMode = "starttls" // by STARTTLS, and not at all without it. RFC 3207
	ImplicitTLS TLSMode = "implicit" // from its first byte. RFC 8314
	NoTLS       TLSMode = "none"     // never; for a server on this machine
)

// An SMTP is a Carrier that hands messages to one server, which sends them on. RFC 5321.
type SMTP struct {
	Host  string
	Port  int
	TLS   TLSMode
	Roots *x509.CertPool // that its certificate is held to; nil: those of the system
	Hello string         // how this machine calls itself; empty: by its own name

	User     string // empty: no authentication
	Password func() (string, error)

	// Patience is how long a connection may take until it is ready, and how long a message then.
	Patience time.Duration
}

// Open connects and authenticates.
func (s SMTP) Open(ctx context.Context) (Delivery, error) {
	d := &smtpDelivery{}
	client, err := s.client(ctx, d)
	if err != nil {
		return nil, err
	}
	d.client = client
	if d.session, err = client.DialToSMTPClientWithContext(ctx); err != nil {
		d.hangUp()
		return nil, fmt.Errorf("connect to the mail server %s: %w", client.ServerAddr(), err)
	}
	return d, nil
}

// client returns a client whose connection is left to d, and ends with the context.
func (s SMTP) client(ctx context.Context, d *smtpDelivery) (*mail.Client, error) {
	config := &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		d.hangUp = func() {
			stop()
			conn.Close()
		}
		if s.TLS != ImplicitTLS {
			return conn, nil
		}
		encrypted := tls.Client(conn, config)
		return encrypted, encrypted.HandshakeContext(dialing)
	}
	d.hangUp = func() {}
	// A server has no STARTTLS to offer on a connection that is encrypted, so that the policy for those is only
	// to look whether it is.
	encryption := map[TLSMode]mail.TLSPolicy{
		StartTLS: mail.TLSMandatory, ImplicitTLS: mail.TLSOpportunistic, NoTLS: mail.NoTLS,
	}[s.TLS]
	options := []mail.Option{
		mail.WithPort(s.Port), mail.WithTimeout(s.Patience), mail.WithDialContextFunc(dial),
		mail.WithTLSPolicy(encryption), mail.WithTLSConfig(config),
	}
	if s.Hello != "" {
		options = append(options, mail.WithHELO(s.Hello))
	}
	if s.User != "" {
		password, err := s.Password()
		if err != nil {
			return nil, fmt.Errorf("the password of the mail server: %w", err)
		}
		options = append(options, mail.WithUsername(s.User), mail.WithPassword(password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return mail.NewClient(s.Host, options...)
}

// An smtpDelivery is one connection.
type smtpDelivery struct {
	client  *mail.Client
	session *smtp.Client
	hangUp  func()
}

// Deliver hands over one message.
func (d *smtpDelivery) Deliver(m Message) error {
	err := d.client.SendWithSMTPClient(d.session, m.Msg)
	if m.IsDelivered() {
		return nil // whatever came after the server had taken it
	}
	var said *mail.SendError
	if !errors.As(err, &said) {
		return err
	}
	// The server's answer about the sender would be the same for every message.
	aboutMessage := said.Reason == mail.ErrSMTPRcptTo || said.Reason == mail.ErrSMTPData || said.Reason == mail.ErrSMTPDataClose
	code := said.ErrorCode()
	if !aboutMessage || code < 400 || code == closing {
		return errors.New(short(said))
	}
	if err := d.session.Reset(); err != nil {
		return errors.New(short(said))
	}
	if code >= 500 {
		return fmt.Errorf("%w: %s", ErrRefused, short(said))
	}
	return fmt.Errorf("%w: %s", ErrPutOff, short(said))
}

// closing is the code of a server that ends the connection. RFC 5321 section 3.8.
const closing = 421

// short is what went wrong without what the outbox says beside it.
func short(e *mail.SendError) string {
	says, _, _ := strings.Cut(e.Error(), ", affected")
	return strings.ReplaceAll(says, `"`, "")
}

// Close ends the connection.
func (d *smtpDelivery) Close() {
	d.session.Quit() // the messages are with the server, whatever it answers
	d.hangUp()
}
