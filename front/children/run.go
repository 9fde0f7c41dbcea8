package children

import (
	"context"
	"errors"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

const (
	// idle is how long nothing is looked at when nothing was due; a poke ends that.
	idle = 5 * time.Second
	// enrolEvery is how often all names are looked through for new delegations, enrolPage of them at once, and enrolPause the
	// rest between two pages: a million names take some minutes.
	enrolEvery = time.Hour
	enrolPage  = 1000
	enrolPause = 100 * time.Millisecond
	// savedAtOnce is how many scans one transaction puts down, and savedAfter how long they wait for others.
	savedAtOnce = 50
	savedAfter  = time.Second
)

// Run scans what is due until the context ends.
func (s *Scanner) Run(ctx context.Context) error {
	var walking sync.WaitGroup
	walking.Go(func() { s.walk(ctx) })
	for ctx.Err() == nil {
		worked, err := s.Round(ctx)
		if err != nil && ctx.Err() == nil && !errors.Is(err, registry.ErrFenced) {
			s.Log.Error("scan the zones of names; trying again", "error", err)
		}
		if !worked || err != nil {
			s.Pause(ctx, idle, s.pokes)
		}
	}
	walking.Wait()
	return nil
}

// walk enrols new delegations, again and again.
func (s *Scanner) walk(ctx context.Context) {
	for ctx.Err() == nil {
		rest := enrolEvery
		if err := s.Enrol(ctx); err != nil {
			if ctx.Err() == nil && !errors.Is(err, registry.ErrFenced) {
				s.Log.Error("look for new delegations; trying again", "error", err)
			}
			rest = idle
		}
		s.Pause(ctx, rest, nil)
	}
}

// Enrol looks through all names once, and puts those that are delegated among those that are scanned.
func (s *Scanner) Enrol(ctx context.Context) error {
	var after registry.ROID
	for {
		fence, mine := s.Lease()
		if !mine {
			return registry.ErrFenced
		}
		reply, err := s.Service.Ask(ctx, "", flow.ChildrenMissed{After: after, Limit: enrolPage})
		if err != nil {
			return err
		}
		missing := reply.(flow.ChildrenMissing)
		if len(missing.New)+len(missing.Gone) > 0 {
			if _, err := s.Service.Run(ctx, flow.Request{SvTRID: s.NewTRID(), Fence: fence, Command: missing.ChildrenEnrol}); err != nil {
				return err
			}
			s.Poke()
		}
		if after = missing.Last; after == "" {
			return nil
		}
		s.Pause(ctx, enrolPause, nil)
	}
}

// Round scans what is due until nothing is, and reports whether anything was. As soon as a scan ends another begins, so
// that a name whose servers are slow holds up nobody.
func (s *Scanner) Round(ctx context.Context) (worked bool, err error) {
	r := &round{scanner: s, busy: map[names.Name]bool{}, done: make(chan result)}
	defer r.drain()
	for {
		if err := r.fill(ctx); err != nil {
			return r.worked, err
		}
		if r.running == 0 {
			return r.worked, r.save(ctx)
		}
		if err := r.wait(ctx); err != nil {
			return r.worked, err
		}
	}
}

// A round is the scans that go on. It belongs to one goroutine.
type round struct {
	scanner *Scanner
	queue   []flow.Child
	busy    map[names.Name]bool // scanned now, or not put down yet
	done    chan result
	running int
	unsaved []registry.ChildScan
	gone    []registry.ChildScan
	worked  bool
}

// A result is how one scan ended.
type result struct {
	look *look
	err  error
}

// fill begins as many scans as may go on at once.
func (r *round) fill(ctx context.Context) error {
	most := max(1, r.scanner.Service.Terms().Limits.Children.AtOnce)
	for r.running < most && ctx.Err() == nil {
		if len(r.queue) == 0 {
			if err := r.refill(ctx, most); err != nil || len(r.queue) == 0 {
				return err
			}
		}
		child := r.queue[0]
		r.queue = r.queue[1:]
		if !child.Registered {
			r.gone = append(r.gone, child.ChildScan)
			continue
		}
		r.running++
		r.worked = true
		go func() {
			l := r.scanner.look(ctx, child, usually)
			r.done <- result{l, r.scanner.settle(ctx, l)}
		}()
	}
	return ctx.Err()
}

// refill reads what is due and not looked at already.
func (r *round) refill(ctx context.Context, most int) error {
	if _, mine := r.scanner.Lease(); !mine {
		return nil
	}
	reply, err := r.scanner.Service.Ask(ctx, "", flow.ChildrenDue{Limit: 4*most + len(r.busy)})
	if err != nil {
		return err
	}
	for _, child := range reply.([]flow.Child) {
		if !r.busy[child.Name] {
			r.busy[child.Name] = true
			r.queue = append(r.queue, child)
		}
	}
	return nil
}

// wait waits for a scan to end. What came of others is put down meanwhile, if that takes long.
func (r *round) wait(ctx context.Context) error {
	late := time.NewTimer(savedAfter)
	defer late.Stop()
	select {
	case ended := <-r.done:
		return r.take(ctx, ended)
	case <-late.C:
		return r.save(ctx)
	}
}

// take keeps what came of a scan, and puts it down when there is enough of it.
func (r *round) take(ctx context.Context, ended result) error {
	r.running--
	switch {
	case ctx.Err() != nil: // it was cut short, and says nothing
		return ctx.Err()
	case errors.Is(ended.err, registry.ErrFenced):
		return ended.err
	case ended.err != nil: // one name must not hold up the others
		r.scanner.Log.Error("change the DS of a name; trying again later", "name", ended.look.child.Name, "error", ended.err)
		ended.look.end(verdict{result: registry.ChildUnreachable, why: "the registry could not change its DS; it tries again"})
	}
	r.scanner.count(ended.look.verdict.result)
	if ended.look.changed { // it was put down with the change
		delete(r.busy, ended.look.child.Name)
	} else {
		r.unsaved = append(r.unsaved, ended.look.scan)
	}
	if len(r.unsaved)+len(r.gone) < savedAtOnce && r.running > 0 {
		return nil
	}
	return r.save(ctx)
}

// save puts down what came of scans. What was looked at may be due again afterwards.
func (r *round) save(ctx context.Context) error {
	if len(r.unsaved) > 0 {
		if err := r.scanner.save(ctx, r.unsaved); err != nil {
			return err
		}
	}
	if len(r.gone) > 0 {
		fence, mine := r.scanner.Lease()
		if !mine {
			return registry.ErrFenced
		}
		cmd := flow.ChildrenEnrol{Gone: r.gone}
		if _, err := r.scanner.Service.Run(ctx, flow.Request{SvTRID: r.scanner.NewTRID(), Fence: fence, Command: cmd}); err != nil {
			return err
		}
	}
	for _, scan := range append(r.unsaved, r.gone...) {
		delete(r.busy, scan.Name)
	}
	r.unsaved, r.gone = nil, nil
	return nil
}

// drain waits for the scans that still go on after a round has failed.
func (r *round) drain() {
	for ; r.running > 0; r.running-- {
		<-r.done
	}
}
