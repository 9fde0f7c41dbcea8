package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// A testNode is what a node has to do with the test environment: it runs it, under a lease, or knows which node does and
// passes on to that one what it is asked. Decision 15.
type testNode struct {
	node *node
	db   *store.DB
	dir  string
	log  *slog.Logger
	link *link
	all  *sandboxes           // nil without the role
	lost func()               // called when the lease is gone, with all that was open under it
	idle func() time.Duration // how long a connection that is passed on may say nothing

	passages []*passage
	seldom   seldom
	loaded   atomic.Int64 // the number of the lease under which the sandboxes were found; 0: none
	unfit    atomic.Pointer[unfitness]

	mu    sync.Mutex
	asked time.Time // when who was heard last
	who   store.Holder
	is    bool      // somebody has the lease
	since time.Time // when nobody was heard first; zero while somebody is

	trying sync.Mutex
	tried  time.Time // when the holder was called last, to see whether it is there
	away   error     // what came of that
}

// An unfitness is why a node may not take the lease, and when that was found.
type unfitness struct {
	why error
	at  time.Time
}

// Times of the test environment on several nodes.
const (
	reachTime  = 3 * time.Second        // within which a node is found that runs it: one that stops in order is followed in two seconds
	reachPause = 250 * time.Millisecond // between two attempts
	heardTime  = time.Second            // how long what is known of the holder holds
	watchTime  = 250 * time.Millisecond // between two looks at the lease
	tryTime    = 2 * time.Second        // between two calls to see whether the holder is there
	fitTime    = time.Second            // between two looks at the directory
	fitHolds   = 10 * time.Second       // a directory that does not answer for so long is not there
)

// newTestNode returns what this node has to do with the test environment. Its sandboxes come with addOTE.
func (h *house) newTestNode() (*testNode, error) {
	t := &testNode{node: h.node, db: h.core.db, dir: h.dir, log: h.log.With("role", "ote"), lost: func() {}}
	t.idle = func() time.Duration {
		return max(passIdle, 2*h.core.service.Terms().Limits.IdleSeconds.Duration())
	}
	if t.db.Alone() {
		return t, nil
	}
	var err error
	t.link, err = newLink(h.core.service.Keys)
	return t, err
}

// mine reports whether this node runs the test environment.
func (t *testNode) mine() bool {
	_, mine := t.lease()
	return mine
}

// lease returns the fence of the lease if the node has it and has found the sandboxes since it took it: what it knew of them
// before may be old.
func (t *testNode) lease() (registry.Fence, bool) {
	if t.all == nil {
		return registry.Fence{}, false
	}
	fence, held := t.node.lease(oteLease)
	return fence, held && (t.db.Alone() || t.loaded.Load() == fence.Number)
}

// holder returns which node has the lease; false if none has. It asks the database once in a while, however often it is asked.
func (t *testNode) holder(ctx context.Context) (store.Holder, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.asked) < heardTime {
		return t.who, t.is, nil
	}
	ctx, cancel := context.WithTimeout(ctx, beatLimit)
	defer cancel()
	who, is, err := t.db.Holder(ctx, oteLease)
	if err != nil {
		return who, false, err
	}
	t.who, t.is, t.asked = who, is, time.Now()
	switch {
	case is:
		t.since = time.Time{}
	case t.since.IsZero():
		t.since = t.asked
	}
	if !is {
		t.asked = t.asked.Add(reachPause - heardTime) // somebody takes it soon
	}
	return who, is, nil
}

// forget has the database asked again for the holder, which is not there or is none any more.
func (t *testNode) forget(h store.Holder) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.who.Node == h.Node && t.who.Number == h.Number {
		t.asked = time.Time{}
	}
}

var (
	// errReachedHere says that what was to be passed on is this node's own to answer.
	errReachedHere = errors.New("this node runs the test environment")
	errNobodyRuns  = errors.New("no node runs the test environment; start one with the role ote")
)

// deserted reports whether nobody has had the lease for so long that nobody is about to take it.
func (t *testNode) deserted() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.since.IsZero() && time.Since(t.since) > leaseTime
}

// reach opens a connection to the node that runs the test environment, and greets it. While none does, which is so for a
// moment when the lease passes on, it tries again until ctx ends.
func (t *testNode) reach(ctx context.Context, kind string, greet func(net.Conn) error) (net.Conn, store.Holder, error) {
	for {
		conn, holder, err := t.reachOnce(ctx, kind, greet)
		if err == nil || errors.Is(err, errReachedHere) || errors.Is(err, errNobodyRuns) && t.deserted() {
			return conn, holder, err
		}
		select {
		case <-ctx.Done():
			return nil, holder, err
		case <-time.After(reachPause):
		}
	}
}

func (t *testNode) reachOnce(ctx context.Context, kind string, greet func(net.Conn) error) (net.Conn, store.Holder, error) {
	if t.mine() {
		return nil, store.Holder{}, errReachedHere
	}
	h, is, err := t.holder(ctx)
	switch {
	case err != nil:
		return nil, h, fmt.Errorf("which node runs the test environment is not known: %w", err)
	case !is:
		return nil, h, errNobodyRuns
	case h.Node == t.node.name:
		return nil, h, errors.New("this node is about to run the test environment")
	case len(h.Addresses) == 0:
		return nil, h, fmt.Errorf("the node %s runs the test environment and does not say where it is reached; its version is older", h.Node)
	}
	for _, address := range h.Addresses {
		conn, failed := t.link.dial(ctx, address, kind)
		if failed == nil {
			if failed = greet(conn); failed == nil {
				return conn, h, nil
			}
			conn.Close()
		}
		err = errors.Join(err, fmt.Errorf("%s: %w", address, failed))
	}
	t.forget(h)
	return nil, h, fmt.Errorf("the node %s, which runs the test environment, is not reached (see listen.nodes and listen.nodes_reached there): %s",
		h.Node, strings.ReplaceAll(err.Error(), "\n", "; "))
}

// reaches says why the holder is not reached, if it is not. It is called once in a while, however often that is asked.
func (t *testNode) reaches(ctx context.Context) error {
	t.trying.Lock()
	defer t.trying.Unlock()
	if time.Since(t.tried) < tryTime {
		return t.away
	}
	conn, _, err := t.reachOnce(ctx, linkTestActs, func(net.Conn) error { return nil })
	if err == nil {
		conn.Close()
	}
	if errors.Is(err, errReachedHere) {
		err = nil
	}
	t.tried, t.away = time.Now(), err
	return err
}

// take finds the sandboxes if the node has come to the lease, and lets go of them if it has lost it.
func (t *testNode) take(ctx context.Context) {
	fence, held := t.node.lease(oteLease)
	loaded := t.loaded.Load()
	switch {
	case t.all == nil || t.db.Alone():
	case held && loaded != fence.Number:
		if loaded != 0 {
			t.leave()
		}
		if err := t.all.load(ctx, fence); err != nil {
			if t.seldom.now() {
				t.log.Error("the sandboxes cannot be found; it is tried again", "error", err)
			}
			return
		}
		t.loaded.Store(fence.Number)
		t.log.Info("runs the test environment", "sandboxes", len(t.all.list()))
	case !held && loaded != 0:
		t.leave()
	}
}

// leave lets go of the sandboxes: another node may have them.
func (t *testNode) leave() {
	t.log.Warn("does not run the test environment any more")
	t.loaded.Store(0)
	t.all.forget()
	t.lost()
}

// run watches the lease until the context ends.
func (t *testNode) run(ctx context.Context) error {
	ticker := time.NewTicker(watchTime)
	defer ticker.Stop()
	if t.all != nil {
		go t.watchFit(ctx) // which waits for as long as the directory does not answer
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		t.take(ctx)
		t.follow(ctx)
	}
}

// follow ends what is passed on to a node that has not the lease any more: it may be cut off, and know nothing of it.
func (t *testNode) follow(ctx context.Context) {
	passing := 0
	for _, p := range t.passages {
		passing += p.count()
	}
	if passing == 0 {
		return
	}
	h, is, err := t.holder(ctx)
	if err != nil {
		return // and what is under way goes on: the node at the other end lets go of it by itself
	}
	for _, p := range t.passages {
		p.cut(func(one *pass) bool { return !is || one.holder.Node != h.Node || one.holder.Number != h.Number })
	}
}

// watchFit looks whether this node could take the test environment over.
func (t *testNode) watchFit(ctx context.Context) {
	for {
		if _, held := t.node.lease(oteLease); !held {
			t.lookFit(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(fitTime):
		}
	}
}

func (t *testNode) lookFit(ctx context.Context) {
	was := t.unfit.Load()
	now := &unfitness{why: t.fits(ctx), at: time.Now()}
	t.unfit.Store(now)
	if now.why != nil && (was == nil || was.why == nil || was.why.Error() != now.why.Error()) {
		t.log.Warn("this node could not take the test environment over", "error", now.why)
	}
}

// mayTake says why this node does not compete for the lease, if it does not.
func (t *testNode) mayTake() error {
	found := t.unfit.Load()
	switch {
	case found == nil:
		return errors.New("the directory of the sandboxes has not been looked at yet")
	case found.why == nil && time.Since(found.at) > fitHolds:
		return fmt.Errorf("the directory of the sandboxes does not answer since %s", showInstant(found.at))
	}
	return found.why
}
