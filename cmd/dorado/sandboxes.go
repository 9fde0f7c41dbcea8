package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
	post "example.org/dorado/front/mail"
)

// sandboxDirectory has a directory for each sandbox, below that of the registry.
const sandboxDirectory = "ote"

// Bounds of the test environment as a whole.
const (
	sandboxesOpen  = 256              // databases that are open at once, about a megabyte each; one more closes another
	sandboxIdle    = time.Minute      // after which a database is closed
	sandboxLetters = "ABCDEFGH"       // which end the ids of a sandbox's credentials
	sandboxSweep   = 10 * time.Second // between two looks for what nobody uses
)

// sandboxes are the test environment: a registry for each registrar that wants one, in one process. Architecture section 4.
type sandboxes struct {
	core   *registryCore // production, which is asked for lists and for who a registrar is, and never written to
	dir    string
	lease  func() (registry.Fence, bool)
	log    *slog.Logger
	writer *post.Writer

	profile   policy.Profile
	passwords *flow.Passwords
	nobody    *flow.Service // of a login that names none
	turns     *turnstile
	counts    sandboxCounts

	making sync.Mutex // one is made at a time

	mu     sync.RWMutex
	names  map[string]*sandbox               // by name
	owners map[registry.RegistrarID]*sandbox // by owner
	absent map[string]missingSandbox         // by name, of those whose files are missing
}

// openSandboxes returns the sandboxes of a directory, of which none is known before load.
func openSandboxes(core *registryCore, dir string, lease func() (registry.Fence, bool), writer *post.Writer) (*sandboxes, error) {
	a := &sandboxes{
		core: core, dir: filepath.Join(dir, sandboxDirectory), lease: lease, writer: writer, log: core.log.With("role", "ote"),
		profile: testProfile(core.service.Profile), turns: newTurnstile(), counts: sandboxCounts{refused: newRefusals()},
		passwords: flow.NewPasswords(flow.DefaultArgonCost, 1, random),
		names:     map[string]*sandbox{}, owners: map[registry.RegistrarID]*sandbox{},
	}
	a.nobody = a.newService(new(clock), nobody{}, "")
	if err := os.MkdirAll(a.dir, 0o700); err != nil && core.db.Alone() { // several nodes say so and go on, as of a directory that has nothing
		return nil, err
	}
	return a, nil
}

// sandboxName fits the names of sandboxes.
var sandboxName = regexp.MustCompile(`^OTE[A-Za-z0-9]{1,11}$`)

// isHalfMade reports whether a sandbox was being made when the process ended: nobody has its passwords.
func (a *sandboxes) isHalfMade(name string) bool {
	entries, err := os.ReadDir(filepath.Join(a.dir, name))
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.Name() != sandboxRecord && !strings.HasPrefix(e.Name(), sandboxNew) {
			return false
		}
	}
	return true
}

// testProfile is a profile with terms for money that is none: one person changes it alone.
func testProfile(p policy.Profile) policy.Profile {
	p.Versions = slices.Clone(p.Versions)
	for i := range p.Versions {
		p.Versions[i].Terms.MoneyAlone = 0
	}
	return p
}

// newService returns the registry of a sandbox on a store. Its keys are its own: they follow from production's and tell
// nothing about them.
func (a *sandboxes) newService(c *clock, s registry.Store, name string) *flow.Service {
	keys := a.core.service.Keys
	derive := func(key []byte) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("sandbox " + name))
		return mac.Sum(nil)
	}
	return &flow.Service{
		Store: s, Profile: a.profile, Keys: flow.Keys{AuthInfo: derive(keys.AuthInfo), Spread: derive(keys.Spread)},
		Clock: c.Now, Real: time.Now, Random: random, Passwords: a.passwords, Fairness: flow.NewFairness(),
	}
}

// newSandbox returns a sandbox that is closed.
func (a *sandboxes) newSandbox(name string) *sandbox {
	s := &sandbox{all: a, name: name, dir: filepath.Join(a.dir, name), clock: new(clock), turn: make(chan struct{}, 1)}
	waking := wakingStore{s}
	s.service = a.newService(s.clock, waking, name)
	s.service.Logins = waking
	return s
}

// service returns the registry of a credential, for a login. It has been opened once, so its clock is known.
func (a *sandboxes) service(ctx context.Context, who registry.RegistrarID) (*flow.Service, error) {
	if _, mine := a.lease(); !mine {
		return nil, errTestsElsewhere
	}
	s := a.ofCredential(who)
	if s == nil {
		if m, is := a.isMissing(string(who)); is {
			return nil, m.told()
		}
		return a.nobody, nil
	}
	_, leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	leave()
	return s.service, nil
}

// ofCredential returns the sandbox whose credential that would be; nil if there is none.
func (a *sandboxes) ofCredential(who registry.RegistrarID) *sandbox {
	at := strings.LastIndexByte(string(who), '-')
	if at < 0 {
		return nil
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.names[string(who[:at])]
}

// answered takes down what a sandbox has just shown to a client.
func (a *sandboxes) answered(said epp.Answered) {
	if s := a.ofCredential(said.Registrar); s != nil {
		s.saw(said.Act())
	}
}

// of returns the sandbox of an owner; nil if it has none.
func (a *sandboxes) of(owner registry.RegistrarID) *sandbox {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.owners[owner]
}

// list returns all sandboxes in order of name.
func (a *sandboxes) list() []*sandbox {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var list []*sandbox
	for _, s := range a.names {
		list = append(list, s)
	}
	slices.SortFunc(list, func(x, y *sandbox) int { return strings.Compare(x.name, y.name) })
	return list
}

// find returns a sandbox by its name, one of its credentials, or its owner.
func (a *sandboxes) find(text string) (*sandbox, error) {
	a.mu.RLock()
	s := a.names[text]
	a.mu.RUnlock()
	if s == nil {
		s = a.ofCredential(registry.RegistrarID(text))
	}
	if s == nil {
		s = a.of(registry.RegistrarID(text))
	}
	if m, is := a.isMissing(text); s == nil && is {
		return nil, m.told()
	}
	if s == nil {
		return nil, noSandbox(text)
	}
	return s, nil
}

func noSandbox(text string) error {
	return refuse(registry.ObjectMissing, "there is no sandbox %s; dorado ote list shows them, dorado ote make makes one for a registrar", text)
}

// run closes what nobody uses, until the context ends.
func (a *sandboxes) run(ctx context.Context) error {
	ticker := time.NewTicker(sandboxSweep)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			close(a.turns.ended)
			for _, s := range a.list() {
				s.using.Lock()
				s.shut()
				s.using.Unlock()
			}
			return nil
		case <-ticker.C:
		}
		_, mine := a.lease()
		for _, s := range a.list() {
			idle := sandboxIdle
			if !mine {
				idle = 0 // another node opens them
			}
			s.sleep(idle)
		}
	}
}

// makeRoom closes the sandbox that was not used for longest, if as many are open as may be.
func (a *sandboxes) makeRoom() {
	open := a.opened()
	if len(open) < sandboxesOpen {
		return
	}
	slices.SortFunc(open, func(x, y *sandbox) int { return int(x.used.Load() - y.used.Load()) })
	for _, s := range open {
		if s.sleep(0) {
			return
		}
	}
}

// sandboxNameLength leaves room for a hyphen and a letter in an id. RFC 5730 section 4.1, clIDType.
const sandboxNameLength = 14

// nameable is what a sandbox's name may keep of the id of its owner.
var nameable = regexp.MustCompile(`[^A-Za-z0-9]`)

// nameFor returns the name of the sandbox of an owner: OTE and the number in its id, or the id where that is taken.
func (a *sandboxes) nameFor(owner registry.RegistrarID) string {
	plain := nameable.ReplaceAllString(string(owner), "")
	number := strings.TrimLeftFunc(plain, func(r rune) bool { return r < '0' || r > '9' })
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, rest := range []string{number, plain} {
		name := "OTE" + rest
		if rest != "" && !a.taken(name) && len(name) <= sandboxNameLength {
			return name
		}
	}
	for i := len(a.names) + 1; ; i++ {
		if name := fmt.Sprintf("OTE0%d", i); !a.taken(name) {
			return name
		}
	}
}

// taken reports whether a sandbox has a name, for who holds mu.
func (a *sandboxes) taken(name string) bool {
	_, there := a.names[name]
	_, absent := a.absent[name]
	return there || absent
}

// refuse returns a refusal, which is told to whoever asked.
func refuse(code registry.Code, format string, a ...any) *registry.Error {
	return &registry.Error{Code: code, Reason: fmt.Sprintf(format, a...)}
}

// owned returns the sandbox of an owner, or says that there is none.
func (a *sandboxes) owned(owner registry.RegistrarID) (*sandbox, error) {
	if s := a.of(owner); s != nil {
		return s, nil
	}
	if m, is := a.isMissing(string(owner)); is {
		return nil, m.told()
	}
	return nil, refuse(registry.ObjectMissing, "the registrar %s has no test environment yet; make one first", owner)
}

// removeDatabase removes a database and what is kept beside it.
func removeDatabase(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return removeBeside(path)
}

// removeBeside removes what is kept beside a database.
func removeBeside(path string) error {
	var errs []error
	for _, end := range []string{"-wal", "-shm", ".lock"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
