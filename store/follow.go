package store

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// Nodes that share a database tell each other what they commit by NOTIFY, in the transaction itself:
// PostgreSQL hands it out after the commit, in the order of the commits, and to everybody. A memory
// that was filled after it began to listen and then takes in what it hears is what is stored.
//
// A message may take its time, and a connection may be lost without a word. So a node that listens also
// sends itself a beat every now and then, through the database like all else. When a beat comes back,
// all that was committed before it was sent has been heard. The memory is used for staleness after the
// last such instant, and not without.

const (
	beatTime   = staleness / 4
	listenTime = 10 * time.Second // for what must not take long on the connection that listens
	// listenRest is the rest before a lost connection is made anew.
	listenRest = time.Second
)

// announcement is the statement that tells the others, in the transaction that it is about.
const announcement = `SELECT pg_notify('dorado', $1)`

// startFollowing follows other nodes until the database is closed.
func (db *DB) startFollowing(l Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	previous := db.stopFollowing
	ended := make(chan struct{})
	db.stopFollowing = func() {
		cancel()
		<-ended
	}
	go func() {
		defer close(ended)
		if previous != nil {
			previous()
		}
		for told := false; ctx.Err() == nil; {
			f := follower{db: db, listener: l}
			err := f.follow(ctx)
			db.memory.forget()
			if told = told && f.beat == 0; !told && ctx.Err() == nil && l.Lost != nil {
				l.Lost(err) // once until it is heard again
				told = true
			}
			select {
			case <-ctx.Done():
			case <-time.After(listenRest):
			}
		}
	}()
}

// A follower is one connection that listens.
type follower struct {
	db       *DB
	listener Listener
	conn     *pgx.Conn
	beat     int
	sent     time.Time // the last beat
}

// follow listens until the connection is lost, and says why it was.
func (f *follower) follow(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, f.db.listening.Copy())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	f.conn = conn
	if err := f.exec(ctx, `LISTEN dorado`); err != nil {
		return err
	}
	if err := f.fill(ctx); err != nil {
		return err
	}
	for {
		if time.Since(f.sent) >= beatTime {
			if err := f.sendBeat(ctx); err != nil {
				return err
			}
		}
		if err := f.hear(ctx); err != nil {
			return err
		}
	}
}

func (f *follower) exec(ctx context.Context, text string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, listenTime)
	defer cancel()
	_, err := f.conn.Exec(ctx, text, args...)
	return err
}

// fill reads all names. What is committed meanwhile is heard afterwards.
func (f *follower) fill(ctx context.Context) error {
	return f.db.memory.fill(true, func(query string, use func(row) error) error {
		rows, err := f.conn.Query(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := use(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

func (f *follower) sendBeat(ctx context.Context) error {
	f.beat++
	f.sent = time.Now()
	id := strconv.Itoa(f.beat)
	return f.exec(ctx, announcement, messages([]item{{kind: itemBeat, name: id}})[0])
}

// hear takes in one message, or waits until it is time for a beat.
func (f *follower) hear(ctx context.Context) error {
	wait, cancel := context.WithDeadline(ctx, f.sent.Add(beatTime))
	defer cancel()
	message, err := f.conn.WaitForNotification(wait)
	switch {
	case message == nil && err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return nil
	case message == nil:
		return err
	}
	news, err := itemsOf(message.Payload)
	if err != nil {
		return err
	}
	if message.PID == f.conn.PgConn().PID() {
		f.heardBeat(news)
		return nil
	}
	f.db.memory.hear(news)
	f.tell(news)
	return nil
}

// heardBeat takes the last beat that was sent for what it says; an earlier one says less.
func (f *follower) heardBeat(news []item) {
	if len(news) == 1 && news[0].name == strconv.Itoa(f.beat) {
		f.db.memory.fresh(f.sent)
	}
}

// tell passes on that there are marks.
func (f *follower) tell(news []item) {
	marks := slices.ContainsFunc(news, func(i item) bool { return i.kind == itemMarks })
	if marks && f.listener.Marks != nil {
		f.listener.Marks()
	}
}
