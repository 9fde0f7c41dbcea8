package flow

import (
	"errors"

	"example.org/dorado/core/registry"
)

// ErrBulkPassed says that a name of a job is done already, or is not to be done any more.
var ErrBulkPassed = errors.New("the name of the bulk job is not waiting any more")

// BulkStep does what a job does to one of its names: as the command that the registrar would send, with its rules, its
// price and its line in the transaction log. What came of it is written in the same transaction, also if it is refused, and
// only while the name waits: so it is done once, whoever works on it and whatever breaks. It is of whoever works jobs off.
type BulkStep struct {
	Job    registry.BulkJob // as it was read, as Name is
	Number int
	Name   string
}

// BulkStepped is what a BulkStep replies that was not refused.
type BulkStepped struct {
	registry.BulkItem
	Reply Reply // of the command; nil if there was nothing to do
}

// Outcome is that of the command.
func (r BulkStepped) Outcome() (registry.Code, string) {
	if said, ok := r.Reply.(Said); ok {
		return said.Outcome()
	}
	return registry.Completed, r.Reason
}

// Subject is that of the command.
func (cmd BulkStep) Subject() Subject {
	command := "update"
	switch cmd.Job.Act.Kind {
	case registry.BulkRenew:
		command = "renew"
	case registry.BulkDelete:
		command = "delete"
	}
	return Subject{command, "domain", cmd.Name, true}
}

// Run runs the command, and puts down what came of it.
func (cmd BulkStep) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	job, found := c.bulkJob(cmd.Job.ID)
	item, waits := read(c, func() (registry.BulkItem, bool, error) {
		return c.reader.BulkItem(c.Registrar.ID, cmd.Job.ID, cmd.Number)
	})

	// Check.
	if err := c.check(bulkJobExists(cmd.Job.ID, found)); err != nil {
		return nil, registry.Changes{}, err
	}
	if !waits || job.State != registry.BulkRunning || item.Result != registry.BulkFits {
		return nil, registry.Changes{}, ErrBulkPassed
	}

	// Decide.
	inner, same := c.bulkCommand(job, item)
	item.At, item.SvTRID = c.Now, c.SvTRID
	if same {
		item.Result, item.Price, item.Reason = registry.BulkSame, 0, "nothing was to be changed any more"
		return BulkStepped{BulkItem: item}, registry.Changes{Bulk: registry.BulkChanges{Items: []registry.BulkItem{item}}}, nil
	}
	c.whenRefused = func(refusal *registry.Error) registry.Changes {
		item.Result, item.Price, item.Code, item.Reason = registry.BulkRefused, 0, refusal.Code, refusal.Reason
		return registry.Changes{Bulk: registry.BulkChanges{Items: []registry.BulkItem{item}}}
	}
	reply, changes, err := inner.Run(c)
	if err != nil {
		return nil, registry.Changes{}, err
	}
	item.Result, item.Price = registry.BulkMade, bulkPrice(reply)

	// Return.
	changes.Bulk.Items = []registry.BulkItem{item}
	return BulkStepped{item, reply}, changes, nil
}

// BulkFinish ends a job that runs and has no name left that waits. It is of whoever works jobs off.
type BulkFinish struct {
	Registrar registry.RegistrarID
	Job       string
}

// Subject is bulk:finish.
func (cmd BulkFinish) Subject() Subject {
	return Subject{Command: "finish", Object: "bulk", ID: cmd.Job}
}

// Run ends the job, if it is so, and replies it.
func (cmd BulkFinish) Run(c *Call) (Reply, registry.Changes, error) {
	job, found := read(c, func() (registry.BulkJob, bool, error) { return c.reader.BulkJob(cmd.Registrar, cmd.Job) })
	left := readOwned(c, func(r registry.Reader) ([]registry.BulkItem, error) {
		return r.BulkItems(registry.BulkFilter{Registrar: cmd.Registrar, Job: cmd.Job, Result: registry.BulkFits}, 1)
	})
	if !found || job.State != registry.BulkRunning || len(left) > 0 {
		return job, registry.Changes{}, nil
	}
	job = c.ended(job, registry.BulkDone)
	return job, registry.Changes{Bulk: registry.BulkChanges{Jobs: []registry.BulkJob{job}}}, nil
}

// ended returns a job that ends now.
func (c *Call) ended(job registry.BulkJob, state registry.BulkState) registry.BulkJob {
	job = job.Next()
	job.State, job.Ended, job.Goes = state, c.Now, c.Terms.Limits.Bulk.KeptDays.After(c.Now)
	return job
}

// BulkExpire removes a job whose time has come, with its names. It is of whoever works jobs off.
type BulkExpire struct {
	Registrar registry.RegistrarID
	Job       string
}

// Subject is bulk:expire.
func (cmd BulkExpire) Subject() Subject {
	return Subject{Command: "expire", Object: "bulk", ID: cmd.Job}
}

// Run removes the job, if its time has come.
func (cmd BulkExpire) Run(c *Call) (Reply, registry.Changes, error) {
	job, found := read(c, func() (registry.BulkJob, bool, error) { return c.reader.BulkJob(cmd.Registrar, cmd.Job) })
	if !found || job.State.IsWorked() || job.Goes.After(c.Now) {
		return job, registry.Changes{}, nil
	}
	return job, registry.Changes{Bulk: registry.BulkChanges{Gone: []registry.BulkJob{job.Next()}}}, nil
}
