package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	post "example.org/dorado/front/mail"
	"example.org/dorado/store"
)

// Files of a sandbox, in its directory below that of the test environment.
const (
	sandboxDatabase = "sandbox.db"
	sandboxRecord   = "sandbox.json"
	sandboxMails    = "mail"
	sandboxNew      = "new.db" // while it is filled
)

// sandboxBytes bounds the database of a sandbox. One of 10,000 names with some history has 40 MB.
const sandboxBytes = 256 << 20

// A sandbox is the test environment of one registrar: a registry of its own, with own data, own keys and a clock that moves
// when told. Its database is open while somebody uses it. Whoever asks next opens it again, and what fell due meanwhile is
// settled before he is answered. Architecture section 4.
type sandbox struct {
	all     *sandboxes
	name    string
	dir     string
	clock   *clock
	service *flow.Service // for everybody but its own engine

	using sync.RWMutex // for reading: somebody uses what is open
	open  *openSandbox // nil while it is closed; guarded by using
	used  atomic.Int64 // when it was last used, in nanoseconds of real time

	gone bool          // it was dropped, and is never opened again; guarded by using
	turn chan struct{} // who has the one in it may move the clock, reset, or change the credentials

	recording sync.Mutex
	record    sandboxKept // guarded by recording
}

// sandboxKept is what is kept of a sandbox beside its database, and so outlives a reset.
type sandboxKept struct {
	Registrar registry.RegistrarID `json:"registrar"` // whose it is
	Made      time.Time            `json:"made"`

	policy.AccreditationSeen
}

// An openSandbox is a sandbox while its database is open.
type openSandbox struct {
	core   *registryCore
	engine *engine
	mail   *post.Sender
	ended  chan struct{} // closed when the engine has
	stop   context.CancelFunc
}

// errTestsElsewhere is why a sandbox is not opened here. It is a fault of the moment.
var errTestsElsewhere = fmt.Errorf("%w: the test environment runs on another node", registry.ErrUnavailable)

// errSandboxGone is what a session is told whose sandbox was dropped.
var errSandboxGone = fmt.Errorf("%w: the sandbox was dropped", registry.ErrUnavailable)

// takeTurn waits until nobody else moves the clock, resets or changes the credentials.
func (s *sandbox) takeTurn(ctx context.Context) (leave func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// enter returns what is open of a sandbox, and how to leave it. Nobody closes it before.
func (s *sandbox) enter(ctx context.Context) (o *openSandbox, leave func(), err error) {
	for {
		if _, mine := s.all.lease(); !mine {
			return nil, nil, errTestsElsewhere
		}
		s.using.RLock()
		if s.open != nil {
			s.used.Store(time.Now().UnixNano())
			return s.open, s.using.RUnlock, nil
		}
		gone := s.gone
		s.using.RUnlock()
		if gone {
			return nil, nil, errSandboxGone
		}
		if err := s.wake(context.WithoutCancel(ctx)); err != nil { // who comes next has use for it as well
			return nil, nil, err
		}
	}
}

// wake opens the database, unless somebody has, and settles what fell due while it was closed.
func (s *sandbox) wake(ctx context.Context) error {
	s.all.makeRoom()
	s.using.Lock()
	defer s.using.Unlock()
	if s.open != nil || s.gone {
		return nil
	}
	o, err := s.openAt(ctx, filepath.Join(s.dir, sandboxDatabase))
	if err != nil {
		return fmt.Errorf("%w: open the sandbox %s: %w", registry.ErrUnavailable, s.name, err)
	}
	if err := s.clock.load(ctx, o.core.db); err != nil {
		return errors.Join(err, o.core.db.Close())
	}
	if _, err := o.engine.settle(ctx); err != nil { // the file is full, say: the sandbox can be looked at, and reset
		s.all.log.Error("settle what fell due in a sandbox; its engine tries again", "sandbox", s.name, "error", err)
	}
	s.open = o
	s.used.Store(time.Now().UnixNano())
	o.run()
	return nil
}

// openAt opens a database of the sandbox. Its engine is not running yet.
func (s *sandbox) openAt(ctx context.Context, path string) (*openSandbox, error) {
	db, err := store.OpenWith(ctx, path, store.Options{MaxBytes: sandboxBytes})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	log := s.all.log.With("sandbox", s.name)
	service := *s.service
	service.Store, service.Logins, service.Fairness = listedStore{db, s.all.core.db, s.kept().Registrar}, db, nil
	core := &registryCore{db: db, clock: s.clock, trid: s.all.core.trid, log: log, billing: s.all.core.billing, service: &service}
	return &openSandbox{
		core: core, engine: newEngine(core, noLease), ended: make(chan struct{}), stop: func() {},
		mail: post.NewSender(post.Config{
			Service: core.service, Writer: s.all.writer, Carrier: post.Folder{Path: filepath.Join(s.dir, sandboxMails)},
			From: sandboxSender, NewTRID: core.trid, Lease: noLease, Log: log, Pause: pause, Chance: rand.Float64,
		}),
	}, nil
}

// sandboxSender is the address that the mails of sandboxes come from, which go nowhere.
const sandboxSender = "registry@test.example"

// run has the engine settle what falls due by the clock, as long as the sandbox is open.
func (o *openSandbox) run() {
	ctx, stop := context.WithCancel(context.Background())
	o.stop = stop
	go func() {
		defer close(o.ended)
		_ = o.engine.run(ctx)
	}()
}

// close ends the engine and closes the database. The mails that wait are written before.
func (o *openSandbox) close() error {
	o.stop()
	<-o.ended
	o.mail.Flush(context.Background())
	return o.core.db.Close()
}

// sleep closes a sandbox that was not used for a time, unless somebody uses it. It reports whether it is closed.
func (s *sandbox) sleep(idle time.Duration) bool {
	if time.Since(time.Unix(0, s.used.Load())) < idle || !s.using.TryLock() {
		return false
	}
	defer s.using.Unlock()
	s.shut()
	return true
}

// shut closes what is open, for who holds using.
func (s *sandbox) shut() {
	if s.open == nil {
		return
	}
	if err := s.open.close(); err != nil {
		s.all.log.Error("close a sandbox", "sandbox", s.name, "error", err)
	}
	s.open = nil
}

// isOpen reports whether the database is open.
func (s *sandbox) isOpen() bool {
	s.using.RLock()
	defer s.using.RUnlock()
	return s.open != nil
}

// move moves the clock and returns when all that fell due is done, mails and messages with it.
func (s *sandbox) move(ctx context.Context, m clockMove) (clockState, error) {
	give, err := s.takeTurn(ctx)
	if err != nil {
		return clockState{}, err
	}
	defer give()
	if err := s.all.takeTurn(ctx); err != nil {
		return clockState{}, err
	}
	defer s.all.giveTurn()
	o, leave, err := s.enter(ctx)
	if err != nil {
		return clockState{}, err
	}
	defer leave()
	if err := s.hasRoom(); err != nil {
		return clockState{}, err
	}
	was := s.clock.Now()
	to, event, err := o.core.destination(ctx, m, was)
	if err != nil {
		return clockState{}, notMoved(m, err)
	}
	if to.After(was.AddDate(sandboxYears, 0, 0)) {
		return clockState{}, notMoved(m, mistake{fmt.Errorf("a sandbox's clock is moved by %d years at most at a time; move it several times", sandboxYears)})
	}
	mails := s.countMails()
	// From here on it is done to its end, also where whoever asked has gone.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sandboxMoveTime)
	defer cancel()
	defer o.engine.poke()
	settled, months, err := o.engine.passTo(ctx, s.clock, to)
	if err != nil {
		return clockState{}, notMoved(m, err)
	}
	o.mail.Flush(ctx)
	state := newClockState(s.clock, was, event, settled, months)
	state.Mails = max(s.countMails()-mails, 0)
	return state, s.pruneMails()
}

// sandboxMoveTime bounds a movement that nobody waits for any more.
const sandboxMoveTime = 10 * time.Minute

// hasRoom refuses what would make a sandbox larger that is nearly full.
func (s *sandbox) hasRoom() error {
	info, err := os.Stat(filepath.Join(s.dir, sandboxDatabase))
	if err == nil && info.Size() > sandboxBytes/10*9 {
		return refuse(registry.StatusProhibits, "the sandbox %s has %d MB of the %d that it may have; reset it", s.name, info.Size()>>20, sandboxBytes>>20)
	}
	return err
}

// notMoved says of a mistake what of the movement it is about.
func notMoved(m clockMove, err error) error {
	if told, ok := errors.AsType[mistake](err); ok {
		refusal := refuse(registry.ParameterRange, "%s", told.Error())
		refusal.Field = map[bool]string{m.To != "": "to", m.Next != "": "next", m.Advance != "": "advance"}[true]
		return refusal
	}
	if refusal, ok := errors.AsType[*registry.Error](err); ok { // of the name
		told := *refusal
		told.Field = "next"
		return &told
	}
	return err
}

// shows returns what the clock shows.
func (s *sandbox) shows(ctx context.Context) (clockState, error) {
	_, leave, err := s.enter(ctx) // which has loaded it
	if err != nil {
		return clockState{}, err
	}
	defer leave()
	now := s.clock.Now()
	return clockState{Now: now, Was: now, Offset: s.clock.Offset().String()}, nil
}

// sandboxYears bounds one movement of a clock, since all that falls due on the way is done at once.
const sandboxYears = 11

// saw takes down what an answer shows of the accreditation's list.
func (s *sandbox) saw(act policy.Act) {
	s.recording.Lock()
	defer s.recording.Unlock()
	if _, changed := s.record.Sees(act, time.Now().UTC().Truncate(time.Second)); !changed {
		return
	}
	if err := s.keep(); err != nil {
		s.all.log.Error("keep what a sandbox saw", "sandbox", s.name, "error", err)
	}
}

// keep writes the record, for who holds recording.
func (s *sandbox) keep() error {
	data, err := json.MarshalIndent(s.record, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(s.dir, sandboxRecord), append(data, '\n'))
}

// row is what the database of production keeps of a sandbox.
func (k sandboxKept) row(name string) store.KeptSandbox {
	return store.KeptSandbox{Name: name, Registrar: k.Registrar, Made: k.Made}
}

// kept returns a copy of the record.
func (s *sandbox) kept() sandboxKept {
	s.recording.Lock()
	defer s.recording.Unlock()
	k := s.record
	k.Ticks = maps.Clone(s.record.Ticks)
	return k
}

// loadSandbox reads the record of a directory. One without a database was being made when the process ended, and is removed.
func loadSandbox(all *sandboxes, name string) (*sandbox, error) {
	s := all.newSandbox(name)
	data, err := os.ReadFile(filepath.Join(s.dir, sandboxRecord))
	if err == nil {
		err = json.Unmarshal(data, &s.record)
	}
	if err != nil {
		return nil, fmt.Errorf("the sandbox in %s cannot be read: %w; put %s back from a backup, or remove the directory", s.dir, err, sandboxRecord)
	}
	return s, nil
}
