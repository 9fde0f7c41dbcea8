package console

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A Bulk works off the jobs that do one thing to many names. One of them works at a time, under a lease; what it has done
// is written with what it does, so another goes on where it ended.
type Bulk struct {
	Service *flow.Service
	NewTRID func() string
	Lease   func() (registry.Fence, bool) // under which it may work, if it may
	Log     *slog.Logger

	pokes chan struct{}
	once  sync.Once
}

const (
	// bulkIdle is how long nobody looks for jobs; a poke ends that.
	bulkIdle = 5 * time.Second
	// bulkJobs is how many jobs are worked on in turn, so that no long one keeps a short one waiting.
	bulkJobs = 20
	// bulkTried is how many names are previewed together, and bulkStepped how many are done at the same time: they go
	// into one commit, and leave the rest of the registry to others.
	bulkTried   = 50
	bulkStepped = 16
)

func (b *Bulk) channel() chan struct{} {
	b.once.Do(func() { b.pokes = make(chan struct{}, 1) })
	return b.pokes
}

// Poke has jobs looked for at once.
func (b *Bulk) Poke() {
	select {
	case b.channel() <- struct{}{}:
	default:
	}
}

// Run works until the context ends.
func (b *Bulk) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		worked, err := b.Round(ctx)
		if err != nil && ctx.Err() == nil && !errors.Is(err, registry.ErrFenced) {
			b.Log.Error("work off bulk jobs; trying again", "error", err)
		}
		if !worked || err != nil {
			b.rest(ctx, bulkIdle)
		}
	}
	return nil
}

// rest waits for a time, for a poke, or for the end.
func (b *Bulk) rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-b.channel():
	}
}

// Round does a part of each job that there is something to do for, and reports whether there was any.
func (b *Bulk) Round(ctx context.Context) (worked bool, err error) {
	if _, mine := b.Lease(); !mine {
		return false, nil
	}
	reply, err := b.Service.Ask(ctx, "", flow.BulkDue{Limit: bulkJobs})
	if err != nil {
		return false, err
	}
	var errs []error
	for _, job := range reply.([]registry.BulkJob) {
		moved, err := b.work(ctx, job)
		worked = worked || moved
		errs = append(errs, err)
	}
	return worked, errors.Join(errs...)
}

// work does a part of one job, and reports whether it has come further.
func (b *Bulk) work(ctx context.Context, job registry.BulkJob) (bool, error) {
	switch job.State {
	case registry.BulkPreviewing:
		reply, err := b.Service.Ask(ctx, "", flow.BulkTry{Registrar: job.Registrar, Job: job.ID, Limit: bulkTried})
		if err != nil {
			return false, gone(err)
		}
		return true, b.run(ctx, "", reply.(flow.BulkPreviewed))
	case registry.BulkRunning:
		return b.steps(ctx, job)
	}
	return true, b.run(ctx, "", flow.BulkExpire{Registrar: job.Registrar, Job: job.ID})
}

// gone is no error for a job that was removed while somebody worked on it.
func gone(err error) error {
	if refusal := (*registry.Error)(nil); errors.As(err, &refusal) {
		return nil
	}
	return err
}

// run runs a command under the lease.
func (b *Bulk) run(ctx context.Context, who registry.RegistrarID, cmd flow.Command) error {
	return b.runAs(ctx, who, "", cmd)
}

func (b *Bulk) runAs(ctx context.Context, who registry.RegistrarID, user string, cmd flow.Command) error {
	fence, mine := b.Lease()
	if !mine {
		return registry.ErrFenced
	}
	_, err := b.Service.Run(ctx, flow.Request{Registrar: who, User: user, SvTRID: b.NewTRID(), Fence: fence, Command: cmd})
	return err
}

// steps does some names of a job that runs, all at the same time, and ends the job when none is left.
func (b *Bulk) steps(ctx context.Context, job registry.BulkJob) (bool, error) {
	reply, err := b.Service.Ask(ctx, "", flow.BulkWaiting{Registrar: job.Registrar, Job: job.ID, Limit: bulkStepped})
	if err != nil {
		return false, err
	}
	items := reply.([]registry.BulkItem)
	if len(items) == 0 {
		return true, b.run(ctx, "", flow.BulkFinish{Registrar: job.Registrar, Job: job.ID})
	}
	errs := make([]error, len(items))
	var steps sync.WaitGroup
	for i, item := range items {
		steps.Go(func() {
			errs[i] = b.runAs(ctx, job.Registrar, job.User, flow.BulkStep{Job: job, Number: item.Number, Name: item.Name})
		})
	}
	steps.Wait()
	return b.stepped(errs)
}

// stepped says whether a job has come further, by how its steps have ended. One that was refused has, but where the
// registrar is over a limit on commands: then nothing was put down, and the name waits for another turn.
func (b *Bulk) stepped(errs []error) (moved bool, err error) {
	for _, e := range errs {
		var refusal *registry.Error
		switch {
		case e == nil, errors.Is(e, flow.ErrBulkPassed):
			moved = true
		case errors.As(e, &refusal):
			moved = moved || refusal.Rule != "commandsAreFew" && refusal.Rule != "commandIsOpen"
		default:
			err = errors.Join(err, e)
		}
	}
	return moved, err
}
