package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
)

// Publish takes the marks that wait, looks at each name as it is now, makes the next versions of the zones, and writes
// what they differ in together with the removal of the marks, a batch at a time until fewer than a batch wait. A mark
// that is raised meanwhile keeps its place in the queue and is published again: nothing depends on how often or in
// which order a name is looked at. It is an error before Load has succeeded.
//
// What cannot be published yet is set aside, so that it is in the way of nothing else; that nothing of a zone can be is an
// error, once the others are. Where another node publishes, nothing happens.
func (s *Server) Publish(ctx context.Context) error {
	s.publishing.Lock()
	defer s.publishing.Unlock()
	mine, _, err := s.ours(ctx)
	if err != nil || !mine {
		return err
	}
	if err := s.resume(ctx); err != nil {
		return quiet(err)
	}
	if err := s.rebase(ctx); err != nil {
		return quiet(err)
	}
	for {
		marks, err := ask[[]registry.Mark](ctx, s, flow.PendingMarks{Limit: s.config.Batch})
		if err != nil {
			return fmt.Errorf("publish: read the marks: %w", err)
		}
		if len(marks) > 0 {
			if err := s.publish(ctx, marks, true); err != nil {
				return quiet(err)
			}
		}
		if len(marks) < s.config.Batch {
			return s.faults()
		}
	}
}

// errElsewhere is that another node publishes just now.
var errElsewhere = errors.New("another node publishes the zones")

// quiet is no error where the marks are left to the node that publishes now.
func quiet(err error) error {
	if errors.Is(err, registry.ErrFenced) || errors.Is(err, errElsewhere) {
		return nil
	}
	return fmt.Errorf("publish: %w", err)
}

// ours reports whether this node publishes the zones, and under which lease. What was loaded before the lease came
// here, or before a write of which it is not known whether it was made, is loaded again.
func (s *Server) ours(ctx context.Context) (bool, registry.Fence, error) {
	fence, mine := s.config.Lease()
	if !mine {
		s.standsBy()
		return false, fence, nil
	}
	if fence != s.under || s.unsure {
		if err := s.load(ctx); err != nil {
			return false, fence, err
		}
	}
	if !s.loaded.Load() {
		return false, fence, fmt.Errorf("publish: %w", errNotLoaded)
	}
	s.publishes(fence)
	return true, fence, nil
}

// A zoneError is that no next version of one zone can be made just now, such as without its key.
type zoneError struct {
	zone *served
	err  error
}

func (e *zoneError) Error() string { return e.err.Error() }
func (e *zoneError) Unwrap() error { return e.err }

// A keptError is that more names would leave a zone than may.
type keptError struct{ zone *served }

func (e *keptError) Error() string {
	return fmt.Sprintf("more names would leave %s than may", e.zone.name)
}

// publish publishes names and hosts as they are now, and removes their marks, if they are stored. What has to wait is set
// aside: it is found out by the attempt, and the rest is tried again without it.
func (s *Server) publish(ctx context.Context, marks []registry.Mark, stored bool) error {
	omit := s.omitted()
	for {
		b := s.newBatch()
		b.omit, b.marks, b.stored = omit, marks, stored
		if err := b.look(ctx, marks); err != nil {
			return err
		}
		err := s.commit(ctx, b)
		if kept, is := errors.AsType[*keptError](err); is {
			omit[kept.zone] = omission{}
			continue
		}
		if bad, is := errors.AsType[*zoneError](err); is && !omit[bad.zone].all {
			omit[bad.zone] = omission{all: true, fault: bad.err.Error()}
			continue
		}
		return err
	}
}

// commit makes the next versions, keeps them and serves them. It is a keptError or a zoneError if that has to wait for one
// zone; then nothing is done.
func (s *Server) commit(ctx context.Context, b *batch) error {
	for z, left := range b.removed {
		v, err := s.mayLeave(ctx, z, left)
		if err != nil {
			return err
		}
		if v == staysIn {
			return &keptError{z}
		}
		b.verdicts[z] = v
	}
	cmd := b.sorted()
	steps, err := b.steps()
	if err != nil {
		return err
	}
	for _, p := range steps {
		cmd.Steps = append(cmd.Steps, p.kept)
	}
	if len(cmd.Steps)+len(cmd.Marks)+len(cmd.Aside)+len(cmd.NotAside)+len(cmd.Holds) == 0 {
		s.settleAside(b, cmd)
		return nil
	}
	if err := s.run(ctx, s.under, cmd); err != nil {
		for _, p := range steps {
			p.zone.editor.Drop(p.step)
		}
		s.unsure = true // a commit whose answer is lost may have been made
		return err
	}
	for _, p := range steps {
		s.note(p)
		s.serve(p)
	}
	b.settle()
	s.settleAside(b, cmd)
	return nil
}

// serve takes a step that is kept.
func (s *Server) serve(p planned) {
	z := p.zone
	z.editor.Take(p.step)
	z.state = p.kept.State
	z.journal.put(entry{position: z.state.Position, made: z.state.Made, diff: p.diff}, z.state.Whole)
	z.version.Store(p.step.New)
	z.made.Store(z.state.Made.UnixNano())
	changed := s.served(z, p.kept.Receipts)
	if s.published != nil {
		s.published(z.origin, z.state.Serial, changed)
	}
}

// served tells who observes how long each change took from its commit, and returns when they were committed.
func (s *Server) served(z *served, receipts []registry.ZoneReceipt) []int64 {
	changed := make([]int64, len(receipts))
	for i, r := range receipts {
		changed[i] = r.Changed.UnixMicro()
		if s.config.Served != nil {
			s.config.Served(z.name, s.config.Now().Sub(r.Changed))
		}
	}
	return changed
}

// Wake tells the publisher that marks wait. It never blocks, so it can be flow.Service.Marked.
func (s *Server) Wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Run publishes whenever it is woken, and at every interval in case that another process left the marks, until ctx
// ends; beside that it looks at every interval for what time has done, and writes pages behind. A pass that ends in an
// error is logged and the next one takes it up.
func (s *Server) Run(ctx context.Context) {
	var passes sync.WaitGroup
	passes.Go(func() { s.repeat(ctx, passPublish, s.Publish, s.config.Interval, s.woken) })
	passes.Go(func() { s.repeat(ctx, passDue, s.PublishDue, s.config.Interval, nil) })
	passes.Go(func() { s.repeat(ctx, passKeep, s.Keep, keepEvery, nil) })
	passes.Go(func() { s.repeat(ctx, passTend, s.Tend, tendEvery, s.rekeyed) })
	passes.Go(func() { s.repeat(ctx, passAttend, s.Attend, attendEvery, nil) })
	passes.Go(func() { s.compareNowAndThen(ctx) })
	passes.Wait()
}

// tellAgain is how often the log is told of the same error.
const tellAgain = time.Minute

func (s *Server) repeat(ctx context.Context, what string, pass func(context.Context) error, interval time.Duration, woken <-chan struct{}) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	var told string
	var at time.Time
	for {
		err := pass(ctx)
		if ctx.Err() == nil {
			s.troubles.note(what, err, s.config.Now())
		}
		switch {
		case err == nil:
			told = ""
		case ctx.Err() != nil:
		case err.Error() == told && time.Since(at) < tellAgain: // the same is not told at each pass
			s.config.Log.Debug("the zones are still not up to date", "err", err)
		default:
			s.config.Log.Error("the zones are not up to date", "err", err)
			told, at = err.Error(), time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}

// A batch is what is published together.
type batch struct {
	s        *Server
	defaults registry.TTLs
	changes  map[*served][]zone.Change
	users    map[zone.Name]int // by how many more names each host is named
	hosts    map[zone.Name]flow.Nameserver
	raised   map[names.Name]time.Time
	removed  map[*served][]zone.Name // that leave the zone
	came     map[*served][]zone.Name // that come into it
	again    map[*served]zone.Update // of what signatures are looked at
	basis    string                  // what the zone of raise is made under from now on; empty: as before
	raise    *served                 // gets a serial though nothing differs
	jump     *uint32                 // that the zone of raise gets at least, as an operator wants it

	verdicts map[*served]verdict // about those of removed
	setAside
}

// planned is the next version of a zone.
type planned struct {
	zone *served
	step *zone.Step
	diff zone.Diff
	kept registry.ZoneStep
}

func (s *Server) newBatch() *batch {
	return &batch{
		s: s, defaults: s.policy().ttls, changes: map[*served][]zone.Change{}, users: map[zone.Name]int{},
		hosts: map[zone.Name]flow.Nameserver{}, raised: map[names.Name]time.Time{}, removed: map[*served][]zone.Name{}, came: map[*served][]zone.Name{}, again: map[*served]zone.Update{},
		verdicts: map[*served]verdict{}, setAside: newSetAside(),
	}
}

// look looks how marked names and hosts are now. Names that are delegated to a host which is there no more, because it
// was renamed or is gone, are looked at as well.
func (b *batch) look(ctx context.Context, marks []registry.Mark) error {
	var domains, hosts []names.Name
	left := b.left
	for _, m := range marks {
		switch m.Kind {
		case registry.MarkDomain:
			domains = append(domains, m.Name)
		case registry.MarkHost:
			hosts = append(hosts, m.Name)
		case registry.MarkLeft:
			hosts = append(hosts, m.Name)
			left[wire(m.Name)] = struct{}{}
		}
	}
	slices.SortFunc(hosts, names.Name.Compare)
	users, err := b.lookAtHosts(ctx, slices.Compact(hosts), left)
	if err != nil {
		return err
	}
	domains = append(domains, users...)
	slices.SortFunc(domains, names.Name.Compare)
	for some := range slices.Chunk(slices.Compact(domains), b.s.config.Page) {
		list, err := ask[[]flow.Delegation](ctx, b.s, flow.DelegationsOf{Names: some})
		if err != nil {
			return fmt.Errorf("look at %s and %d more: %w", some[0], len(some)-1, err)
		}
		for _, d := range list {
			b.take(d)
		}
	}
	b.glue()
	return nil
}

// lookAtHosts notes how hosts are now, and returns the names that are delegated to those that have left, or are not
// there.
func (b *batch) lookAtHosts(ctx context.Context, hosts []names.Name, left map[zone.Name]struct{}) ([]names.Name, error) {
	if len(hosts) == 0 {
		return nil, nil
	}
	list, err := ask[[]flow.Nameserver](ctx, b.s, flow.NameserversOf{Names: hosts})
	if err != nil {
		return nil, fmt.Errorf("look at the host %s and %d more: %w", hosts[0], len(hosts)-1, err)
	}
	for _, h := range list {
		host := wire(h.Name)
		if h.ROID != "" {
			b.hosts[host] = h
		} else {
			left[host] = struct{}{}
		}
	}
	used := false
	for host := range left {
		used = used || b.s.users[host] > 0
	}
	if !used {
		return nil, nil
	}
	return b.s.zones.usersOf(left), nil
}

// take notes how a name is delegated now.
func (b *batch) take(d flow.Delegation) {
	d = b.s.unguarded(d)
	z := b.s.zones.of(d.Name)
	if z == nil || b.omit[z].all {
		return
	}
	name := wire(d.Name)
	var had zone.Set
	if n := z.editor.Version().Node(name); n != nil {
		had = n.Set(zone.TypeNS)
	}
	if b.keeps(z, name, had, len(d.Nameservers) > 0) {
		return
	}
	if had != nil {
		zone.Each(had.Data(), func(host []byte) { b.users[zone.Name(host)]-- })
	}
	switch {
	case had != nil && len(d.Nameservers) == 0:
		b.removed[z] = append(b.removed[z], name)
	case had == nil && len(d.Nameservers) > 0:
		b.came[z] = append(b.came[z], name)
	}
	for _, ns := range d.Nameservers {
		host := wire(ns.Name)
		b.users[host]++
		b.hosts[host] = ns
	}
	delegated(d, b.defaults, func(c zone.Change) { b.changes[z] = append(b.changes[z], c) })
}

// glue gives the hosts that names use their addresses, and takes them from those that none uses any more.
func (b *batch) glue() {
	for host, more := range b.users {
		if b.s.users[host]+more <= 0 {
			b.addresses(host, flow.Nameserver{})
		}
	}
	for host, ns := range b.hosts {
		if b.s.users[host]+b.users[host] <= 0 { // their zone may have stood still when the last of these left
			ns = flow.Nameserver{}
		}
		b.addresses(host, ns)
	}
}

func (b *batch) addresses(host zone.Name, ns flow.Nameserver) {
	home := b.s.zones.above(host)
	if _, own := b.s.fixedNames[host]; own || home == nil {
		return
	}
	if b.omit[home].all {
		b.hostsAside = append(b.hostsAside, host)
		return
	}
	addressesAt(host, ns.Addresses, ns.TTL.Or(b.defaults), func(c zone.Change) { b.changes[home] = append(b.changes[home], c) })
}

// steps makes the next version of each zone that differs.
func (b *batch) steps() (list []planned, err error) {
	defer func() {
		if err != nil {
			for _, p := range list {
				p.zone.editor.Drop(p.step)
			}
			list = nil
		}
	}()
	for _, z := range b.s.zones.list {
		u := b.again[z]
		u.Changes, u.Raise = b.changes[z], b.raise == z
		if len(u.Changes)+len(u.Look)+len(u.LookLinks) == 0 && !u.Raise && !u.LookAll {
			continue
		}
		if why := z.blocked.Load(); why != nil {
			return list, &zoneError{z, why.err}
		}
		u.Serial, u.Signer = b.serial(z), z.signer()
		step, err := z.editor.Next(u)
		if err != nil {
			return list, &zoneError{z, err}
		}
		if step != nil {
			list = append(list, b.plan(z, step))
		}
	}
	return list, nil
}

// plan returns how a step is kept.
func (b *batch) plan(z *served, step *zone.Step) planned {
	diff := zone.Difference(step.Old, step.New)
	state := z.state
	state.Position++
	state.Serial, state.Made, state.RightAt = step.New.Serial(), b.s.config.Now(), b.s.rightAt()
	if b.raise == z && b.basis != "" {
		state.Basis = b.basis
	}
	kept := registry.ZoneStep{State: state, Removed: diff.Removed, Added: diff.Added}
	if b.raise == z && b.jump != nil {
		kept.Jumped, kept.State.Whole = b.jump, new(state.Serial-1)
	}
	b.departures(z, &kept)
	for name, raised := range b.raised {
		if z == b.s.zones.of(name) || z == b.s.zones.above(wire(name)) {
			kept.Receipts = append(kept.Receipts, registry.ZoneReceipt{Name: name, Origin: z.name, Changed: raised})
		}
	}
	return planned{z, step, diff, kept}
}

// settle counts what each host is used by from now on.
func (b *batch) settle() {
	for host, more := range b.users {
		if b.s.users[host] += more; b.s.users[host] <= 0 {
			delete(b.s.users, host)
		}
	}
}

// count counts by how many names each host is used.
func (s *Server) count() {
	s.users, s.fixedNames = map[zone.Name]int{}, s.fixedOwners()
	for _, z := range s.zones.list {
		z.editor.Version().Nodes(func(n zone.Node) bool {
			ns := n.Set(zone.TypeNS)
			if ns == nil {
				return true
			}
			if owner := n.Owner(z.origin); s.zones.byOrigin[owner] == nil {
				zone.Each(ns.Data(), func(host []byte) { s.users[zone.Name(host)]++ })
			}
			return true
		})
	}
}
