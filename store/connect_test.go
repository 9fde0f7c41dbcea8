package store_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/stdlib"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// A doorman listens where a PostgreSQL would, and turns everybody away with one SQLSTATE.
type doorman struct {
	listener net.Listener
	code     string
	all      sync.WaitGroup
}

func newDoorman(t *testing.T, code string) *doorman {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &doorman{listener: listener, code: code}
	d.all.Go(d.serve)
	t.Cleanup(func() { listener.Close(); d.all.Wait() })
	return d
}

func (d *doorman) serve() {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return
		}
		d.all.Go(func() {
			defer conn.Close()
			backend := pgproto3.NewBackend(conn, conn)
			if _, err := backend.ReceiveStartupMessage(); err != nil {
				return
			}
			backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: d.code, Message: "not now"})
			_ = backend.Flush() // who has gone meanwhile was turned away, too
		})
	}
}

// A turnstile leads some connections to a doorman before it lets one through.
type turnstile struct {
	driver.Connector
	doorman driver.Connector

	mu           sync.Mutex
	left, turned int
}

func (s *turnstile) Connect(ctx context.Context) (driver.Conn, error) {
	s.mu.Lock()
	away := s.left > 0
	if away {
		s.left--
		s.turned++
	}
	s.mu.Unlock()
	if away {
		return s.doorman.Connect(ctx)
	}
	return s.Connector.Connect(ctx)
}

// A server that is starting, or that has all its connections lent, is asked again, by commands and by queries;
// one that does not know us is not.
func TestConnectIsTriedAgain(t *testing.T) {
	for _, test := range []struct {
		name, code string
		again      bool
	}{
		{"it is starting", "57P03", true},
		{"too many connections", "53300", true},
		{"it is going", "57P01", true},
		{"the password is wrong", "28P01", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := sharedWorld(t)
			config, err := pgx.ParseConfig(fmt.Sprintf("postgres://dorado@%s/registry?sslmode=disable", newDoorman(t, test.code).listener.Addr()))
			if err != nil {
				t.Fatal(err)
			}
			s := &turnstile{doorman: stdlib.GetConnector(*config)}
			db := w.Open(func(c driver.Connector) driver.Connector { s.Connector = c; return s })
			const times = 3
			try := func(what string, do func() error) {
				t.Helper()
				s.mu.Lock()
				s.left, s.turned = times, 0
				s.mu.Unlock()
				w.Rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
				err := do()
				s.mu.Lock()
				defer s.mu.Unlock()
				if test.again != (err == nil) || test.again && s.turned != times || !test.again && s.turned > times {
					t.Errorf("%s is answered %v after it was turned away %d times", what, err, s.turned)
				}
			}
			try("a query", func() error {
				return db.View(t.Context(), func(r registry.Reader) error {
					_, _, err := r.Domain(world.Name("shop.co"))
					return err
				})
			})
			try("a command", func() error {
				return db.Update(t.Context(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) { return newHost(1), nil })
			})
		})
	}
}
