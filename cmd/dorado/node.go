package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/store"
)

// Times of a node's leases. What a node holds passes on leaseTime after it was last heard of, by the
// database's clock; the node itself lets go a margin before that, by its own.
const (
	leaseTime   = 10 * time.Second
	leaseMargin = time.Second
	beatTime    = 2 * time.Second
	beatLimit   = 3 * time.Second // of one beat
)

// A node is this process among those that share a database. It holds a lease there, under which the
// sessions of its clients count, and competes for the leases of what only one node may do at a time.
// Architecture section 2.
//
// A node that cannot reach the database, or whose clock is wrong, does not speak for the registry: it
// cuts its clients' connections, so that they go to another node, and comes back by itself.
//
// A SQLite database belongs to one process: then there are no leases, and all is held.
type node struct {
	db   *store.DB
	name string
	log  *slog.Logger

	suspend, resume func()                  // what speaks for the registry; set before the node runs
	mayTake         map[string]func() error // by lease: why the node does not compete for it just now; set before it joins
	addresses       []string                // where the other nodes reach it; likewise
	changing        sync.Mutex

	mu      sync.Mutex
	number  int64                // of its own lease
	told    int64                // under which of those its addresses are known
	until   time.Time            // when it may no longer rely on that; by the monotonic clock
	fault   error                // why it does not serve
	wanted  []string             // the leases that it competes for
	holds   map[string]heldLease // those that it has
	unended []string             // sessions that ended while the database was away
	expiry  *time.Timer          // calls lapse
}

type heldLease struct {
	number int64
	until  time.Time
}

// newNode returns a node that has not joined yet. Its name says where it runs: the machine and the last part
// of the directory.
func newNode(db *store.DB, dir string, log *slog.Logger) *node {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	if path, err := filepath.Abs(dir); err == nil {
		host += "/" + filepath.Base(path)
	}
	name := host + "-" + hex.EncodeToString(random(4))
	nothing := func() {}
	return &node{
		db: db, name: name, log: log.With("node", name), holds: map[string]heldLease{}, suspend: nothing, resume: nothing,
	}
}

// errNotJoined is why a node does not serve that has not begun.
var errNotJoined = errors.New("the node has not joined the others yet")

// join takes the node's lease and, where nobody has them, those that it wants. A node that may not
// serve does not start.
func (n *node) join(ctx context.Context, wanted []string) error {
	if n.db.Alone() {
		return nil
	}
	n.wanted, n.fault = wanted, errNotJoined
	if err := n.beat(ctx); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fault = nil
	return nil
}

// run keeps the leases until the context ends.
func (n *node) run(ctx context.Context) {
	if n.db.Alone() {
		return
	}
	ticker := time.NewTicker(beatTime)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			n.turn(ctx)
		}
	}
}

// during keeps the leases while f runs, before the node itself does: what is read and signed at the start can take
// longer than they last. If they were lost all the same, somebody else has taken over, and that is the error.
func (n *node) during(ctx context.Context, f func() error) error {
	if n.db.Alone() {
		return f()
	}
	number := n.ownNumber()
	beating, stop := context.WithCancel(ctx)
	var beats sync.WaitGroup
	beats.Go(func() {
		ticker := time.NewTicker(beatTime)
		defer ticker.Stop()
		for {
			select {
			case <-beating.Done():
				return
			case <-ticker.C:
			}
			if err := n.beat(beating); err != nil && beating.Err() == nil {
				n.log.Warn("the leases could not be prolonged", "error", err)
			}
		}
	})
	err := f()
	stop()
	beats.Wait()
	if err == nil && n.ownNumber() != number {
		err = errEnded
	}
	return err
}

// turn beats. A beat that is missed does no harm; when too many are, the lease ends.
func (n *node) turn(ctx context.Context) {
	before := n.ownNumber()
	err := n.beat(ctx)
	switch wrongClock, isWrong := errors.AsType[clockError](err); {
	case ctx.Err() != nil:
	case isWrong:
		n.fail(wrongClock)
	case err != nil && n.serves() != nil:
		n.log.Debug("the leases could not be prolonged", "error", err) // what follows from it is told
	case err != nil:
		n.log.Warn("the leases could not be prolonged", "error", err)
	default:
		if n.ownNumber() != before { // it had ended before the node knew: nobody counts its sessions
			n.fail(errEnded)
		}
		n.recover()
	}
}

func (n *node) ownNumber() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.number
}

// errEnded is why a node does not serve that the database does not know any more.
var errEnded = errors.New("the node's lease has ended; it was not in touch with the database")

// lapse ends the service of a node whose lease has ended.
func (n *node) lapse() {
	n.changing.Lock()
	defer n.changing.Unlock()
	n.mu.Lock()
	prolonged := time.Now().Before(n.until)
	n.mu.Unlock()
	if !prolonged {
		n.stopServing(errEnded)
	}
}

// fail ends the service, if it has not ended.
func (n *node) fail(why error) {
	n.changing.Lock() // what follows is done before anybody changes it again
	defer n.changing.Unlock()
	n.stopServing(why)
}

// stopServing is fail for who holds changing.
func (n *node) stopServing(why error) {
	n.mu.Lock()
	served := n.fault == nil
	n.fault = why
	n.mu.Unlock()
	if served {
		n.log.Error("this node does not serve until that is better", "error", why)
		n.suspend()
	}
}

// recover begins to serve again, if the node does not.
func (n *node) recover() {
	n.changing.Lock()
	defer n.changing.Unlock()
	n.mu.Lock()
	served := n.fault == nil
	n.fault = nil
	n.mu.Unlock()
	if !served {
		n.log.Info("this node serves again")
		n.resume()
	}
}

// beat prolongs every lease, and takes those that have become free.
func (n *node) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beatLimit)
	defer cancel()
	if err := n.checkClock(ctx); err != nil {
		return err
	}
	start := time.Now()
	number, renewed, err := n.db.TakeNode(ctx, n.name, leaseTime, n.number)
	if err != nil {
		return err
	}
	n.mu.Lock()
	n.number, n.until = number, start.Add(leaseTime-leaseMargin)
	if n.expiry == nil {
		n.expiry = time.AfterFunc(leaseTime, n.lapse)
	}
	n.expiry.Reset(time.Until(n.until))
	ended := slices.Clone(n.unended)
	n.mu.Unlock()
	if !renewed {
		n.log.Info("joined", "number", number)
	}
	if err := n.tell(ctx, number); err != nil {
		return err
	}
	for _, lease := range n.wanted {
		if err := n.compete(ctx, lease); err != nil {
			return err
		}
	}
	if err := n.tidy(ctx, ended); err != nil {
		n.log.Debug("tidy up", "error", err) // with the next beat
	}
	return nil
}

// tell leaves with the node's lease where the others reach it, where there is something to reach.
func (n *node) tell(ctx context.Context, number int64) error {
	if len(n.addresses) == 0 || n.told == number {
		return nil
	}
	if err := n.db.TellNode(ctx, n.name, n.addresses); err != nil {
		return err
	}
	n.told = number
	return nil
}

// compete takes or prolongs one lease.
func (n *node) compete(ctx context.Context, lease string) error {
	if may := n.mayTake[lease]; may != nil && !n.held(lease) && may() != nil {
		return nil
	}
	start := time.Now()
	number, held, err := n.db.TakeLease(ctx, lease, n.name, leaseTime)
	if err != nil {
		return err
	}
	n.mu.Lock()
	before, had := n.holds[lease]
	if delete(n.holds, lease); held {
		n.holds[lease] = heldLease{number, start.Add(leaseTime - leaseMargin)}
	}
	n.mu.Unlock()
	switch {
	case held && (!had || before.number != number):
		n.log.Info("took a lease", "lease", lease, "number", number)
	case had && !held:
		n.log.Warn("lost a lease", "lease", lease, "number", before.number)
	}
	return nil
}

// tidy writes the ends of sessions that could not be written before, and removes what other nodes left.
func (n *node) tidy(ctx context.Context, ended []string) error {
	if len(ended) > 0 {
		if err := n.db.EndSessions(ctx, ended); err != nil {
			return err
		}
		n.mu.Lock()
		n.unended = n.unended[len(ended):]
		n.mu.Unlock()
	}
	return n.db.SweepNodes(ctx)
}

// lease returns the fence of a lease if the node holds it.
func (n *node) lease(name string) (registry.Fence, bool) {
	if n.db.Alone() {
		return registry.Fence{}, true
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	held, ok := n.holds[name]
	if !ok || n.fault != nil || !time.Now().Before(held.until) {
		return registry.Fence{}, false
	}
	return registry.Fence{Lease: name, Number: held.number}, true
}

// held reports whether the node has a lease, or had it when the database was last heard of.
func (n *node) held(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, ok := n.holds[name]
	return ok
}

// serves says why the node does not speak for the registry, if it does not.
func (n *node) serves() error {
	if n.db.Alone() {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fault == nil && !time.Now().Before(n.until) {
		return errors.New("the lease of the node has ended")
	}
	return n.fault
}

// leave gives up all that the node holds, so that others need not wait for the leases to end.
func (n *node) leave(ctx context.Context) error {
	if n.db.Alone() {
		return nil
	}
	n.expiry.Stop()
	errs := make([]error, 0, len(n.wanted)+1)
	for _, lease := range n.wanted {
		errs = append(errs, n.db.LeaveLease(ctx, lease, n.name))
	}
	return errors.Join(append(errs, n.db.LeaveNode(ctx, n.name))...)
}

// endTime is how long a session that ends waits for the database to know it.
const endTime = 2 * time.Second

// Begin counts a session on all nodes together. It is epp.Seats.
func (n *node) Begin(ctx context.Context, id registry.RegistrarID, most int) (free func(), begun bool, err error) {
	if err := n.serves(); err != nil {
		return nil, false, err
	}
	session := hex.EncodeToString(random(12))
	begun, err = n.db.BeginSession(ctx, n.name, session, string(id), most)
	if err != nil { // it may have been counted all the same
		n.end(session)
		return nil, false, err
	}
	return func() { n.end(session) }, begun, nil
}

// end counts a session no more, at once or with the next beat.
func (n *node) end(session string) {
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	if n.serves() == nil && n.db.EndSessions(ctx, []string{session}) == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.unended = append(n.unended, session)
}

// mostClockError is how far the clock of a node may be from the database's, on which all agree.
const mostClockError = time.Second

// A clockError says how far the clock is off; positive is ahead.
type clockError time.Duration

func (e clockError) Error() string {
	where, by := "ahead of", time.Duration(e)
	if by < 0 {
		where, by = "behind", -by
	}
	return fmt.Sprintf("the clock of this machine is %s %s the database's, and a second is the most: "+
		"correct whichever is wrong, with a time service on both", by.Round(10*time.Millisecond), where)
}

// checkClock compares the clock with the database's. What the answer's way may have taken is granted.
func (n *node) checkClock(ctx context.Context) error {
	before := time.Now()
	there, err := n.db.Clock(ctx)
	if err != nil {
		return fmt.Errorf("ask the database for the time: %w", err)
	}
	way := time.Since(before) / 2
	off := before.Add(way).Sub(there)
	if off.Abs()-way > mostClockError {
		return clockError(off)
	}
	return nil
}
