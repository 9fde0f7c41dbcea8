package flow

import (
	"cmp"
	"errors"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// BulkTry asks what a job would do to names of it that nobody has looked at, those after a number: each by a dry run of
// the command that the registrar would send. It is asked by whoever works jobs off.
type BulkTry struct {
	Registrar registry.RegistrarID
	Job       string
	Limit     int
}

// Answer returns a BulkPreviewed, with no names if there are none left.
func (q BulkTry) Answer(c *Call) (Reply, error) {
	c.Registrar, _ = c.RegistrarByID(q.Registrar)
	job, found := c.bulkJob(q.Job)
	if err := c.check(bulkJobExists(q.Job, found)); err != nil {
		return nil, err
	}
	items := readOwned(c, func(r registry.Reader) ([]registry.BulkItem, error) {
		return r.BulkItems(registry.BulkFilter{Registrar: q.Registrar, Job: q.Job, Result: registry.BulkNew}, q.Limit)
	})
	previewed := BulkPreviewed{Job: job}
	for _, item := range items {
		tried, err := c.bulkTry(job, item)
		if err != nil {
			return nil, err
		}
		previewed.Items = append(previewed.Items, tried)
	}
	return previewed, nil
}

// bulkTry is a dry run of what a job does to one name. It sees the name as if none of the others had been done.
func (c *Call) bulkTry(job registry.BulkJob, item registry.BulkItem) (registry.BulkItem, error) {
	dry := &Call{Now: c.Now, Registrar: c.Registrar, Terms: c.Terms, Profile: c.Profile, service: c.service, reader: c.reader, trail: &Trail{}}
	cmd, same := dry.bulkCommand(job, item)
	var reply Reply
	var changes registry.Changes
	var err error
	if !same {
		reply, changes, err = dry.run(cmd)
	}
	var refusal *registry.Error
	switch {
	case dry.fault != nil:
	case errors.As(err, &refusal):
		item.Result, item.Code, item.Reason = registry.BulkRefused, refusal.Code, refusal.Reason
	case err != nil:
		return item, err
	case same:
		item.Result = registry.BulkSame
	default:
		item.Result, item.Price = registry.BulkFits, bulkPrice(reply)
		name, _ := names.Parse(item.Name)
		d, _ := dry.Domain(name)
		item.Expiry = d.Expires
		item.AtOnce, item.Restorable = bulkEnd(reply, changes)
	}
	c.fault = dry.fault
	return item, nil
}

// bulkEnd is what a deletion that was tried would do: purge the name at once, or leave it restorable until an instant.
func bulkEnd(reply Reply, changes registry.Changes) (atOnce bool, restorable time.Time) {
	deleted, is := reply.(DomainDeleted)
	if !is {
		return false, time.Time{}
	}
	for _, d := range changes.Domains {
		restorable = cmp.Or(restorable, d.Deletion.RestorableTil)
	}
	return deleted.Purged, restorable
}

// BulkPreviewed puts down what the preview of names came to; without any, that the preview has ended, and the job waits
// for its registrar, or has ended if no name fits. It is of whoever works jobs off.
type BulkPreviewed struct {
	Job   registry.BulkJob // as it was read
	Items []registry.BulkItem
}

// Subject is bulk:preview.
func (cmd BulkPreviewed) Subject() Subject {
	return Subject{Command: "preview", Object: "bulk", ID: cmd.Job.ID}
}

// Run puts it down, unless the job was stopped meanwhile.
func (cmd BulkPreviewed) Run(c *Call) (Reply, registry.Changes, error) {
	job, found := read(c, func() (registry.BulkJob, bool, error) {
		return c.reader.BulkJob(cmd.Job.Registrar, cmd.Job.ID)
	})
	switch {
	case !found || job.State != registry.BulkPreviewing:
		return job, registry.Changes{}, nil
	case len(cmd.Items) > 0:
		return job, registry.Changes{Bulk: registry.BulkChanges{Items: cmd.Items}}, nil
	}
	fits := readOwned(c, func(r registry.Reader) ([]registry.BulkItem, error) {
		return r.BulkItems(registry.BulkFilter{Registrar: job.Registrar, Job: job.ID, Result: registry.BulkFits}, job.Names)
	})
	if len(fits) == 0 { // there is nothing to wait for
		job = c.ended(job, registry.BulkDone)
		return job, registry.Changes{Bulk: registry.BulkChanges{Jobs: []registry.BulkJob{job}}}, nil
	}
	job = job.Next()
	job.State, job.Goes = registry.BulkReady, c.Now.Add(readyFor)
	for _, item := range fits {
		if item.AtOnce {
			job.AtOnce++
		}
	}
	return job, registry.Changes{Bulk: registry.BulkChanges{Jobs: []registry.BulkJob{job}}}, nil
}

// bulkJobExists holds for a job of the registrar that has not been removed.
func bulkJobExists(id string, found bool) Rule {
	return refuseIf("bulkJobExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "bulk:id", Value: id,
		Reason: "there is no such job; those that have ended are removed after some time",
	})
}
