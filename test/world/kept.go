package world

import (
	"os"
	"sync"
	"testing"

	"example.org/dorado/test/pg"
)

// A copied world is what a world is made of: its rows, its clock, and how far it has counted.
type copied struct {
	file []byte // of SQLite
	rows string // for pg.Paste

	micro, trids  int64
	random, salts uint64
}

// A shelf has copies of worlds by name. To make some accounts and names anew costs more than most tests do with them.
type shelf struct {
	mu   sync.Mutex
	kept map[string]copied
}

var worlds = &shelf{kept: map[string]copied{}}

func (s *shelf) take(name string) (copied, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, found := s.kept[name]
	return c, found
}

func (s *shelf) put(name string, c copied) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[name] = c
}

// Kept returns a world as build makes it. The first call with a name builds it; the others get a copy, in which rows,
// clock and numbers are the same, and a new service has seen none of the commands. So build changes nothing of the service.
func Kept(t testing.TB, name string, build func(testing.TB) *World) *World {
	t.Helper()
	if c, found := worlds.take(name); found {
		return c.world(t)
	}
	w := build(t)
	worlds.put(name, w.copied())
	return w
}

// copied copies a world that nobody uses just now.
func (w *World) copied() copied {
	w.T.Helper()
	c := copied{
		micro: w.micro.Load(), trids: w.trids.Load(), random: w.random.last.Load(), salts: w.salts.last.Load(),
	}
	var err error
	if w.Postgres {
		c.rows, err = pg.Copy(w.DSN)
	} else {
		if left := w.Rows("PRAGMA wal_checkpoint(TRUNCATE)"); left != "0 | 0 | 0\n" {
			w.T.Fatalf("a checkpoint of the world leaves %s", left)
		}
		c.file, err = os.ReadFile(w.DSN)
	}
	if err != nil {
		w.T.Fatal(err)
	}
	return c
}

// world returns a world that is a copy.
func (c copied) world(t testing.TB) *World {
	t.Helper()
	dsn, postgres := prepared.Chosen(t)
	if postgres {
		if err := pg.Paste(dsn, c.rows); err != nil {
			t.Fatal(err)
		}
	} else {
		dsn = fileOf(t, c.file)
	}
	w := emptyOn(t, dsn)
	w.micro.Store(c.micro)
	w.trids.Store(c.trids)
	w.random.last.Store(c.random)
	w.salts.last.Store(c.salts)
	w.serve()
	return w
}
