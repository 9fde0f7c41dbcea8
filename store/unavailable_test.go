package store_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// A signpost leads new connections to the database or, when it is turned, elsewhere.
type signpost struct {
	driver.Connector
	elsewhere atomic.Pointer[driver.Connector]
}

func (s *signpost) Connect(ctx context.Context) (driver.Conn, error) {
	if other := s.elsewhere.Load(); other != nil {
		return (*other).Connect(ctx)
	}
	return s.Connector.Connect(ctx)
}

// turn leads new connections to an address, and ends those that are open.
func (s *signpost) turn(t *testing.T, w *world.World, address net.Addr) {
	t.Helper()
	config, err := pgx.ParseConfig(fmt.Sprintf("postgres://dorado@%s/registry?sslmode=disable", address))
	if err != nil {
		t.Fatal(err)
	}
	other := stdlib.GetConnector(*config)
	s.elsewhere.Store(&other)
	w.Rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
}

// A database that is away makes faults that say so, whether its port is closed or nobody answers there; and
// a fault of a command itself is none of those.
func TestUnavailable(t *testing.T) {
	for _, test := range []struct {
		name   string
		silent bool
	}{{"refused", false}, {"silent", true}} {
		t.Run(test.name, func(t *testing.T) {
			w := sharedWorld(t)
			post := &signpost{}
			db := w.Open(func(c driver.Connector) driver.Connector { post.Connector = c; return post })
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			if !test.silent {
				listener.Close()
			}
			post.turn(t, w, listener.Addr())
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			err = db.View(ctx, func(r registry.Reader) error {
				_, _, err := r.Domain(world.Name("shop.co"))
				return err
			})
			if !errors.Is(err, registry.ErrUnavailable) {
				t.Errorf("a query is answered %v", err)
			}
			if test.silent {
				return // a command waits longer than a test
			}
			err = db.Update(ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) { return newHost(1), nil })
			if !errors.Is(err, registry.ErrUnavailable) {
				t.Errorf("a command is answered %v", err)
			}
		})
	}
}

// A fault that is not the database's is told as it is, and so is a caller's own end.
func TestAvailable(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	bug := errors.New("a bug")
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, test := range []struct {
		name string
		ctx  context.Context
		err  error
	}{{"a bug", t.Context(), bug}, {"gone", gone, context.Canceled}} {
		view := w.DB.View(test.ctx, func(r registry.Reader) error {
			if _, _, err := r.Domain(world.Name("shop.co")); err != nil {
				return err
			}
			return test.err
		})
		update := w.DB.Update(test.ctx, registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
			return registry.Changes{}, test.err
		})
		for _, err := range []error{view, update} {
			if !errors.Is(err, test.err) || errors.Is(err, registry.ErrUnavailable) {
				t.Errorf("%s is told as %v", test.name, err)
			}
		}
	}
}
