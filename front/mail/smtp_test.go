package mail

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
)

func sampleMessage(t *testing.T) Message {
	t.Helper()
	s := sample{"", "R2001", registry.TextNotice{Text: "Hola, ñandú."}}
	m, err := writer(t).Compose(s.letter(registry.Spanish), "registry@example.net")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// says returns an answer to one verb.
func says(verb, answer string) func(string, string) string {
	return func(v, _ string) string {
		if v == verb {
			return answer
		}
		return ""
	}
}

// What a server says to a connection and to a message decides whether the message is gone, is refused for good, may
// go later, or was not heard out.
func TestDeliver(t *testing.T) {
	password := func(s string) func() (string, error) { return func() (string, error) { return s, nil } }
	for _, test := range []struct {
		name   string
		server func(*server)
		client func(*SMTP)
		want   error  // ErrRefused, ErrPutOff or nil
		says   string // of the error; "" if the message goes
		opens  bool   // the connection gets ready
	}{
		{"without TLS", func(s *server) { s.tls = nil }, func(c *SMTP) { c.TLS = NoTLS }, nil, "", true},
		{"STARTTLS", func(*server) {}, func(*SMTP) {}, nil, "", true},
		{"TLS from the first byte", func(s *server) { s.implicit = true }, func(c *SMTP) { c.TLS = ImplicitTLS }, nil, "", true},
		{"with a password", func(s *server) { s.auth = true }, func(c *SMTP) { c.User, c.Password = "dorado", password("secret") }, nil, "", true},
		{"with a password and TLS from the first byte", func(s *server) { s.auth, s.implicit = true, true }, func(c *SMTP) {
			c.TLS, c.User, c.Password = ImplicitTLS, "dorado", password("secret")
		}, nil, "", true},
		{"a reset fails afterwards", func(s *server) { s.answer = afterData("RSET", hangUp) }, func(*SMTP) {}, nil, "", true},

		{"no STARTTLS", func(s *server) { s.tls = nil }, func(*SMTP) {}, nil, "does not support STARTTLS", false},
		{"STARTTLS that fails", func(s *server) { s.answer = says("STARTTLS", "454 not now") }, func(*SMTP) {}, nil, "454 not now", false},
		{"a stranger's certificate", func(*server) {}, func(c *SMTP) { c.Roots = nil }, nil, "certificate", false},
		{"a stranger's certificate from the first byte", func(s *server) { s.implicit = true }, func(c *SMTP) { c.Roots, c.TLS = nil, ImplicitTLS }, nil, "certificate", false},
		{"another's name in the certificate", func(*server) {}, func(c *SMTP) { c.Host = "localhost" }, nil, "localhost", false},
		{"a wrong password", func(s *server) { s.auth = true }, func(c *SMTP) { c.User, c.Password = "dorado", password("Secret") }, nil, "535 5.7.8 wrong", false},
		{"a password that cannot be read", func(*server) {}, func(c *SMTP) {
			c.User, c.Password = "dorado", func() (string, error) { return "", os.ErrPermission }
		}, nil, "the password of the mail server: permission denied", false},
		{"no passwords", func(*server) {}, func(c *SMTP) { c.User, c.Password = "dorado", password("secret") }, nil, "does not support SMTP AUTH", false},
		{"a password in the clear", func(s *server) { s.auth, s.tls = true, nil }, func(c *SMTP) {
			c.TLS, c.User, c.Password = NoTLS, "dorado", password("secret")
		}, nil, "AUTH", false},
		{"busy", func(s *server) { s.answer = says("GREETING", "421 busy") }, func(*SMTP) {}, nil, "421 busy", false},
		{"not for us", func(s *server) { s.answer = says("GREETING", "554 go away") }, func(*SMTP) {}, nil, "554 go away", false},

		{"the sender is refused", func(s *server) { s.answer = says("MAIL", "550 who are you") }, func(*SMTP) {}, nil, "550 who are you", true},
		{"the recipient is busy", func(s *server) { s.answer = says("RCPT", "450 4.2.1 busy") }, func(*SMTP) {}, ErrPutOff, "450 4.2.1 busy", true},
		{"no such recipient", func(s *server) { s.answer = says("RCPT", "550 5.1.1 nobody") }, func(*SMTP) {}, ErrRefused, "550 5.1.1 nobody", true},
		{"it goes away", func(s *server) { s.answer = says("RCPT", "421 bye") }, func(*SMTP) {}, nil, "421 bye", true},
		{"no data now", func(s *server) { s.answer = says("DATA", "451 later") }, func(*SMTP) {}, ErrPutOff, "451 later", true},
		{"the message is put off", func(s *server) { s.answer = says(".", "452 full") }, func(*SMTP) {}, ErrPutOff, "452 full", true},
		{"the message is refused", func(s *server) { s.answer = says(".", "554 spam") }, func(*SMTP) {}, ErrRefused, "554 spam", true},
		{"it hangs up", func(s *server) { s.answer = says("RCPT", hangUp) }, func(*SMTP) {}, nil, "EOF", true},
		{"it hangs up at the end of the message", func(s *server) { s.answer = says(".", hangUp) }, func(*SMTP) {}, nil, "EOF", true},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "-"), func(t *testing.T) {
			s := newServer(t, test.server)
			client := s.client(StartTLS)
			test.client(&client)
			d, err := client.Open(t.Context())
			if (err == nil) != test.opens {
				t.Fatalf("it opens with %v", err)
			}
			if err == nil {
				err = d.Deliver(sampleMessage(t))
				d.Close()
			}
			got := s.messages()
			if test.says == "" {
				if err != nil || len(got) != 1 || got[0].to != "tech@example.com" || !strings.Contains(got[0].data, "Message-ID: <dorado.21i3v9@example.net>\r\n") {
					t.Errorf("%v; the server took %+v", err, got)
				}
				return
			}
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), `"`, ""), test.says) || len(got) > 0 {
				t.Errorf("%v, %d messages; want %q", err, len(got), test.says)
			}
			if errors.Is(err, ErrPutOff) != (test.want == ErrPutOff) || errors.Is(err, ErrRefused) != (test.want == ErrRefused) {
				t.Errorf("%v; want it to be %v", err, test.want)
			}
		})
	}
}

// afterData answers a verb once a message was taken.
func afterData(verb, answer string) func(string, string) string {
	taken := false
	return func(v, _ string) string {
		switch {
		case v == ".":
			taken = true
		case v == verb && taken:
			return answer
		}
		return ""
	}
}

// After a message that was refused or put off, the same connection takes the next one.
func TestDeliverGoesOn(t *testing.T) {
	for _, verb := range []string{"RCPT", "DATA", "."} {
		for _, answer := range []string{"450 busy", "550 no"} {
			first := true
			s := newServer(t, func(s *server) {
				s.answer = func(v, _ string) string {
					if v == verb && first {
						first = false
						return answer
					}
					return ""
				}
			})
			d, err := s.client(StartTLS).Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Deliver(sampleMessage(t)); err == nil {
				t.Errorf("%s %s: the first is taken", verb, answer)
			}
			if err := d.Deliver(sampleMessage(t)); err != nil || len(s.messages()) != 1 {
				t.Errorf("%s %s: the second: %v, %d taken", verb, answer, err, len(s.messages()))
			}
			d.Close()
		}
	}
}

// Nobody listens: the error says where.
func TestNobodyListens(t *testing.T) {
	s := newServer(t, func(*server) {})
	client := s.client(StartTLS)
	s.socket.Close()
	if _, err := client.Open(t.Context()); err == nil || !strings.Contains(err.Error(), s.socket.Addr().String()) {
		t.Errorf("%v, want the address", err)
	}
}

// A server that says nothing any more is left when the program stops.
func TestStopDuringDelivery(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stuck := make(chan struct{})
	s := newServer(t, func(s *server) {
		s.answer = func(v, _ string) string {
			if v == "." {
				cancel()
				<-stuck
			}
			return ""
		}
	})
	defer close(stuck)
	d, err := s.client(StartTLS).Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Deliver(sampleMessage(t)); !errors.Is(err, net.ErrClosed) && (err == nil || !strings.Contains(err.Error(), "closed")) {
		t.Errorf("stopped with %v", err)
	}
}

// A message in a folder is a file that mail programs open; the same one again changes nothing.
func TestFolder(t *testing.T) {
	f := Folder{filepath.Join(t.TempDir(), "mail")}
	for range 2 {
		d, err := f.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Deliver(sampleMessage(t)); err != nil {
			t.Fatal(err)
		}
		d.Close()
	}
	files, err := os.ReadDir(f.Path)
	if err != nil || len(files) != 1 || files[0].Name() != "21i3v9.eml" {
		t.Fatalf("%v, %v", files, err)
	}
	data, err := os.ReadFile(filepath.Join(f.Path, "21i3v9.eml"))
	if err != nil || !strings.Contains(string(data), "Content-Type: text/plain; charset=UTF-8\r\n") || !strings.Contains(string(data), "=C3=B1and=C3=BA") {
		t.Errorf("%v:\n%s", err, data)
	}
}
