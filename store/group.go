package store

import (
	"context"
	"errors"

	"example.org/dorado/core/registry"
)

// A job is one call of Update: a function to run, and where its outcome goes.
type job struct {
	ctx   context.Context
	run   func(registry.Reader) (registry.Changes, error)
	done  chan struct{}
	err   error
	panic any // what run panicked with, to panic again where Update was called
}

// maxGroup bounds how many commands share a commit. A group that takes longer than a commit gains
// nothing more by growing.
const maxGroup = 64

// Commands that wait are run as a group: one after the other in one transaction, each seeing what
// those before it wrote, and then one durable commit for all. A command that is refused writes its
// log line like any other. If anything of a group fails but its reading, its commands are run again
// singly, so that nobody pays for another's fault.

// work runs the jobs of a lane until it is closed.
func (db *DB) work(lane chan *job) {
	defer db.working.Done()
	group := make([]*job, 0, maxGroup)
	for first := range lane {
		group = append(group[:0], first)
		for len(group) < maxGroup && len(lane) > 0 { // nobody else takes from the lane
			group = append(group, <-lane)
		}
		db.runGroup(group)
	}
}

// runGroup runs jobs in one transaction, or each in its own if that fails.
func (db *DB) runGroup(group []*job) {
	err := db.transact(group)
	if err == nil || len(group) == 1 {
		finish(group, err)
		return
	}
	for i := range group {
		db.runGroup(group[i : i+1])
	}
}

// transact runs jobs in one transaction. An error is that of the transaction as a whole; what one
// job alone failed with is in the job.
func (db *DB) transact(group []*job) error {
	ctx := context.Background()
	return db.writer.with(ctx, func(s *session) error {
		return s.transact(ctx, db.engine.beginWrite(), func() error {
			wrote := false
			for _, j := range group {
				changes, ok := db.decide(s, j)
				if !ok {
					continue
				}
				if err := apply(ctx, s, changes, &db.ids); err != nil {
					return err
				}
				wrote = true
			}
			if !wrote {
				return errNothing
			}
			return nil
		})
	})
}

// errNothing ends a transaction in which nobody wrote.
var errNothing = errors.New("nothing to commit")

// decide runs one job and reports whether there is something to write.
func (db *DB) decide(s *session, j *job) (changes registry.Changes, ok bool) {
	j.err, j.panic = nil, nil
	if j.err = j.ctx.Err(); j.err != nil {
		return changes, false
	}
	defer func() {
		if p := recover(); p != nil {
			j.panic, ok = p, false
		}
	}()
	changes, j.err = j.run(&reader{context.Background(), s, db.engine})
	return changes, j.err == nil
}

// finish tells the callers how their jobs ended.
func finish(group []*job, err error) {
	for _, j := range group {
		if j.err == nil && j.panic == nil && !errors.Is(err, errNothing) {
			j.err = err
		}
		close(j.done)
	}
}

// submit hands a job in and waits for its end.
func (db *DB) submit(ctx context.Context, run func(registry.Reader) (registry.Changes, error)) error {
	j := &job{ctx: ctx, run: run, done: make(chan struct{})}
	if err := db.enter(j); err != nil {
		return err
	}
	<-j.done
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

func (db *DB) enter(j *job) error {
	db.closing.RLock()
	defer db.closing.RUnlock()
	if db.closed {
		return errClosed
	}
	db.lane <- j
	return nil
}

// stop ends the worker when it has run what was handed in.
func (db *DB) stop() {
	db.closing.Lock()
	defer db.closing.Unlock()
	if db.lane != nil && !db.closed {
		db.closed = true
		close(db.lane)
		db.working.Wait()
	}
}
