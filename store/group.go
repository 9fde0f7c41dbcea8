package store

import (
	"context"
	"errors"
	"hash/fnv"

	"example.org/dorado/core/registry"
)

// A job is one call of Update: a function to run, and where its outcome goes.
type job struct {
	ctx     context.Context
	keys    registry.Keys
	run     func(registry.Reader) (registry.Changes, error)
	done    chan struct{}
	changes registry.Changes // what it wrote
	err     error
	panic   any // what run panicked with, to panic again where Update was called
}

// maxGroup bounds how many commands share a commit. A group that takes longer than a commit gains
// nothing more by growing.
const maxGroup = 64

// Commands that wait are run as a group: one after the other in one transaction, each seeing what
// those before it wrote, and then one durable commit for all. A command that is refused writes its
// log line like any other. If anything of a group fails but its reading, its commands are run again
// singly, so that nobody pays for another's fault; nor, where somebody holds a lock for long, for
// another's waiting.

// work runs the jobs of a lane until it is closed.
func (db *DB) work(lane chan *job) {
	group := make([]*job, 0, maxGroup)
	for first := range lane {
		group = append(group[:0], first)
		for len(group) < maxGroup && len(lane) > 0 { // nobody else takes from the lane
			group = append(group, <-lane)
		}
		db.runGroup(group)
	}
}

// runGroup runs jobs in one transaction, or in a few where one transaction cannot show a job what those
// before it decided; or each in its own if that fails.
func (db *DB) runGroup(group []*job) {
	for len(group) > 0 {
		for _, j := range group {
			j.err, j.panic = nil, nil // of a try before
		}
		n, err := db.transact(group, db.waits)
		// What may have been committed is not run again.
		if err != nil && !errors.Is(err, errNothing) && !committing(err) && len(group) > 1 {
			db.runSingly(group, err)
			return
		}
		db.end(group[:n], err)
		group = group[n:]
	}
}

// runSingly runs each job of a group that failed in a transaction of its own. When one has waited for a
// lock in vain, or the group before, those that follow share one more such time: whoever holds a lock for
// so long is likely to hold it still, and all of the lane wait behind them.
func (db *DB) runSingly(group []*job, cause error) {
	waits := db.waits
	for i, j := range group {
		if waitedInVain(cause) {
			waits = db.waits.among(len(group))
		}
		j.err, j.panic = nil, nil
		_, cause = db.transact(group[i:i+1], waits)
		db.end(group[i:i+1], cause)
	}
}

// end lets the memory follow what jobs have committed, and tells their callers how they ended.
func (db *DB) end(group []*job, err error) {
	switch {
	case err == nil:
		db.memory.committed(newsOfGroup(group))
	case committing(err): // all of it may stand
		db.memory.doubt()
	}
	finish(group, err)
}

// newsOfGroup returns what is new by jobs that have run.
func newsOfGroup(group []*job) []item {
	var list []item
	for _, j := range group {
		if j.err == nil && j.panic == nil {
			list = append(list, newsOf(j.changes)...)
		}
	}
	return list
}

// transact runs jobs in one transaction, and returns how many of them, one at least. An error is that of
// the transaction as a whole; what one job alone failed with is in the job.
func (db *DB) transact(group []*job, waits waits) (n int, err error) {
	ctx := context.Background()
	err = db.writer.with(ctx, func(s *session) error {
		if db.engine.pipelines() {
			n, err = db.transactPipelined(ctx, s, group, waits)
		} else {
			n, err = len(group), db.transactInPlace(ctx, s, group)
		}
		return err
	})
	return max(n, 1), err
}

// transactInPlace runs jobs in one transaction of a database in this process.
func (db *DB) transactInPlace(ctx context.Context, s *session, group []*job) error {
	err := s.transact(ctx, db.engine.beginWrite(), func() error {
		o := newOverlay(s, &reader{ctx: ctx, open: on(s), db: db})
		if err := o.fetchDue(group); err != nil {
			return err
		}
		if _, err := o.run(group); err != nil {
			return err
		}
		db.memory.expect(newsOfGroup(group))
		return o.flush()
	})
	if err != nil {
		db.memory.undone()
		db.numbers.forget() // the counter is where it was
	}
	if committing(err) && db.engine.mayComeBack(err) {
		s.cover(ctx, db.engine.beginWrite())
	}
	return err
}

// errNothing ends a transaction in which nobody wrote.
var errNothing = errors.New("nothing to commit")

// decide runs the job's function and reports whether there is something to write.
func (j *job) decide(r registry.Reader) (changes registry.Changes, ok bool) {
	j.err, j.panic, j.changes = nil, nil, registry.Changes{}
	if j.err = j.ctx.Err(); j.err != nil {
		return changes, false
	}
	defer func() {
		if p := recover(); p != nil {
			j.panic, ok = p, false
		}
	}()
	changes, j.err = j.run(r)
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
func (db *DB) submit(ctx context.Context, keys registry.Keys, run func(registry.Reader) (registry.Changes, error)) error {
	j := &job{ctx: ctx, keys: keys, run: run, done: make(chan struct{})}
	if err := db.enter(j); err != nil {
		return err
	}
	<-j.done
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

// enter puts a job into the lane of its registrar: commands of one registrar change the same
// balance, and would only wait for each other in two transactions.
func (db *DB) enter(j *job) error {
	db.closing.RLock()
	defer db.closing.RUnlock()
	if db.closed {
		return errClosed
	}
	h := fnv.New32a()
	h.Write([]byte(j.keys.Registrar))
	db.lanes[h.Sum32()%uint32(len(db.lanes))] <- j
	return nil
}

// start begins to work in so many lanes.
func (db *DB) start(lanes int) {
	for range lanes {
		lane := make(chan *job, maxGroup)
		db.lanes = append(db.lanes, lane)
		db.working.Go(func() { db.work(lane) })
	}
}

// stop ends the lanes when what was handed in has been run.
func (db *DB) stop() {
	db.closing.Lock()
	defer db.closing.Unlock()
	if !db.closed {
		db.closed = true
		for _, lane := range db.lanes {
			close(lane)
		}
		db.working.Wait()
	}
}
