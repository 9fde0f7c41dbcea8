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
	awake atomic.Bool  // whether open is there, for who may not wait
	used  atomic.Int64 // when it was last used, in nanoseconds of real time

	gone  bool          // it was dropped, and is never opened again; guarded by using
	turn  chan struct{} // who has the one in it may move the clock, reset, or change the credentials
	queue atomic.Int64  // who has it, and who waits for it

	lookups atomic.Pointer[sandboxLookups] // nil until somebody asks

	fault atomic.Pointer[string] // why it could not be opened, as health tells; nil if it could

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

// takeTurn waits until nobody else moves the clock, resets or changes the credentials. It refuses where too many wait.
func (s *sandbox) takeTurn(ctx context.Context) (leave func(), err error) {
	if s.queue.Add(1) > mostWaitingFor+1 {
		s.queue.Add(-1)
		s.all.counts.refused[refusedBusy].Add(1)
		refusal := refuse(registry.StatusProhibits, "the clock of the sandbox %s moves just now, and %d more acts wait for it; wait for their answers", s.name, mostWaitingFor)
		refusal.Wait = sandboxWait
		return nil, refusal
	}
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn; s.queue.Add(-1) }, nil
	case <-ctx.Done():
		s.queue.Add(-1)
		return nil, ctx.Err()
	}
}

// sandboxWait is after what time who was refused may try again.
const sandboxWait = 5 * time.Second

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
	if err == nil {
		if err = s.clock.load(ctx, o.core.db); err != nil {
			err = errors.Join(err, o.core.db.Close())
		}
	}
	s.noteFault(err)
	if err != nil {
		return fmt.Errorf("%w: open the sandbox %s: %w", registry.ErrUnavailable, s.name, err)
	}
	s.all.counts.opened.Add(1)
	if _, err := o.engine.settle(ctx); err != nil { // the file is full, say: the sandbox can be looked at, and reset
		s.all.log.Error("settle what fell due in a sandbox; its engine tries again", "sandbox", s.name, "error", err)
	}
	s.open = o
	s.awake.Store(true)
	s.used.Store(time.Now().UnixNano())
	o.run()
	return nil
}

// noteFault takes down for health why the sandbox cannot be opened, or that it can.
func (s *sandbox) noteFault(err error) {
	if err == nil {
		s.fault.Store(nil)
		return
	}
	says := fmt.Sprintf("the sandbox %s cannot be opened: %v", s.name, err)
	s.fault.Store(&says)
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
	s.awake.Store(false)
}

// isOpen reports whether the database is open. It waits for nobody.
func (s *sandbox) isOpen() bool { return s.awake.Load() }

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
