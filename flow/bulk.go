package flow

import (
	"fmt"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// BulkStart lets a job run that has been previewed. Sent twice, it has it run once.
type BulkStart struct {
	ID   string
	Sure bool // that names are to be purged at once, if the preview found such
}

// Subject is bulk:start.
func (cmd BulkStart) Subject() Subject { return Subject{Command: "start", Object: "bulk", ID: cmd.ID} }

// Run starts the job, unless a rule refuses, and replies it.
func (cmd BulkStart) Run(c *Call) (Reply, registry.Changes, error) {
	job, found := c.bulkJob(cmd.ID)
	if err := c.check(
		registrarIsActive(c.Registrar),
		bulkJobExists(cmd.ID, found),
		bulkJobIsPreviewed(job),
		bulkPurgesAreMeant(job, cmd.Sure),
	); err != nil {
		return nil, registry.Changes{}, err
	}
	if job.State != registry.BulkReady { // it has begun
		return job, registry.Changes{}, nil
	}
	job = job.Next()
	job.State, job.Started = registry.BulkRunning, c.Now
	return job, registry.Changes{Bulk: registry.BulkChanges{Jobs: []registry.BulkJob{job}}}, nil
}

// bulkJobIsPreviewed holds for a job that can run, or has begun to.
func bulkJobIsPreviewed(job registry.BulkJob) Rule {
	return refuseIf("bulkJobIsPreviewed", job.State == registry.BulkPreviewing || job.State != registry.BulkReady && job.Started.IsZero(), registry.Error{
		Code: registry.StatusProhibits, Field: "bulk:id", Value: job.ID,
		Reason: fmt.Sprintf("the job is %s and cannot run; wait for its preview, or make a new one", job.State),
	})
}

// bulkPurgesAreMeant holds for a job that waits and would purge nothing at once, or whose user has said that it is to.
func bulkPurgesAreMeant(job registry.BulkJob, sure bool) Rule {
	return refuseIf("bulkPurgesAreMeant", job.State == registry.BulkReady && job.AtOnce > 0 && !sure, registry.Error{
		Code: registry.ParameterMissing, Field: "bulk:sure",
		Reason: "names of the job would be purged at once and cannot be restored; say that this is meant",
	})
}

// BulkStop stops a job: what is done stays done, and nothing more of it is done. Sent twice, it does nothing more.
type BulkStop struct{ ID, User string }

// Subject is bulk:stop.
func (cmd BulkStop) Subject() Subject { return Subject{Command: "stop", Object: "bulk", ID: cmd.ID} }

// Run stops the job, unless a rule refuses, and replies it.
func (cmd BulkStop) Run(c *Call) (Reply, registry.Changes, error) {
	job, found := c.bulkJob(cmd.ID)
	if err := c.check(registrarIsActive(c.Registrar), bulkJobExists(cmd.ID, found)); err != nil {
		return nil, registry.Changes{}, err
	}
	if !job.State.IsOpen() {
		return job, registry.Changes{}, nil
	}
	job = c.ended(job, registry.BulkStopped)
	job.Stopper = cmd.User
	return job, registry.Changes{Bulk: registry.BulkChanges{Jobs: []registry.BulkJob{job}}}, nil
}

// BulkRemove removes a job that has ended, or has not begun to run.
type BulkRemove struct{ ID string }

// Subject is bulk:remove.
func (cmd BulkRemove) Subject() Subject {
	return Subject{Command: "remove", Object: "bulk", ID: cmd.ID}
}

// Run removes the job, unless a rule refuses.
func (cmd BulkRemove) Run(c *Call) (Reply, registry.Changes, error) {
	job, found := c.bulkJob(cmd.ID)
	if err := c.check(
		registrarIsActive(c.Registrar),
		bulkJobExists(cmd.ID, found),
		bulkJobRests(job),
	); err != nil {
		return nil, registry.Changes{}, err
	}
	return job, registry.Changes{Bulk: registry.BulkChanges{Gone: []registry.BulkJob{job.Next()}}}, nil
}

// bulkJobRests holds for a job that nobody works on.
func bulkJobRests(job registry.BulkJob) Rule {
	return refuseIf("bulkJobRests", job.State.IsWorked(), registry.Error{
		Code: registry.StatusProhibits, Field: "bulk:id", Value: job.ID,
		Reason: "the job is being worked on; stop it first",
	})
}

// BulkList asks for the jobs of the registrar, the latest first.
type BulkList struct{}

// Answer returns a []BulkShown.
func (q BulkList) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar)); err != nil {
		return nil, err
	}
	jobs := readOwned(c, func(r registry.Reader) ([]registry.BulkJob, error) {
		return r.BulkJobs(c.Registrar.ID, c.Terms.Limits.Bulk.Kept)
	})
	list := make([]BulkShown, len(jobs))
	for i, j := range jobs {
		list[i] = c.bulkShown(j)
	}
	return list, nil
}

// BulkShown is a job with how far its names have come.
type BulkShown struct {
	registry.BulkJob
	Tally     registry.BulkTally
	Available ledger.Money // of the registrar, now
	Currency  string
}

func (c *Call) bulkShown(j registry.BulkJob) BulkShown {
	tally := readOwned(c, func(r registry.Reader) (registry.BulkTally, error) { return r.BulkTally(j.Registrar, j.ID) })
	return BulkShown{BulkJob: j, Tally: tally, Currency: c.Terms.Prices.Currency}
}

// BulkShow asks for one job of the registrar, with the credit that it has for it.
type BulkShow struct{ ID string }

// Answer returns a BulkShown.
func (q BulkShow) Answer(c *Call) (Reply, error) {
	job, found := c.bulkJob(q.ID)
	if err := c.check(registrarIsActive(c.Registrar), bulkJobExists(q.ID, found)); err != nil {
		return nil, err
	}
	shown := c.bulkShown(job)
	shown.Available = c.Funds().Available()
	return shown, nil
}

// BulkNames asks for names of a job, in the order of its list.
type BulkNames struct {
	ID     string
	Result registry.BulkResult // empty: any
	After  int                 // the number of the last one before
	Limit  int                 // as in ContactList
	Secret bool                // with the authInfos that the job has made, for as long as they may be told
}

// BulkNamed is a name of a job. AuthInfo is empty unless it is asked for, may be told, and is still the name's.
type BulkNamed struct {
	registry.BulkItem
	AuthInfo string
}

// BulkPage is what BulkNames answers.
type BulkPage struct {
	Job   registry.BulkJob
	Names []BulkNamed
	After int // where the next page begins; 0 if there is none
}

// Answer returns a BulkPage.
func (q BulkNames) Answer(c *Call) (Reply, error) {
	// Load, check.
	job, found := c.bulkJob(q.ID)
	if err := c.check(registrarIsActive(c.Registrar), bulkJobExists(q.ID, found)); err != nil {
		return nil, err
	}
	size := c.Terms.Limits.Lists.Page(q.Limit)
	items := readOwned(c, func(r registry.Reader) ([]registry.BulkItem, error) {
		return r.BulkItems(registry.BulkFilter{Registrar: c.Registrar.ID, Job: q.ID, After: q.After, Result: q.Result}, size+1)
	})

	// Decide.
	page := BulkPage{Job: job}
	if len(items) > size {
		items = items[:size]
		page.After = items[size-1].Number
	}
	tells := q.Secret && job.Act.Kind == registry.BulkAuthInfo &&
		(job.Ended.IsZero() || c.Terms.Limits.Bulk.SecretDays.After(job.Ended).After(c.Now))
	for _, item := range items {
		named := BulkNamed{BulkItem: item}
		if tells && item.Result == registry.BulkMade {
			named.AuthInfo = c.bulkToldSecret(job, item)
		}
		page.Names = append(page.Names, named)
	}
	return page, nil
}

// bulkToldSecret returns the authInfo that a job has given to a name, if the name has it still and is the registrar's.
func (c *Call) bulkToldSecret(job registry.BulkJob, item registry.BulkItem) string {
	name, err := names.Parse(item.Name)
	if err != nil {
		return ""
	}
	secret := c.bulkSecret(job, item)
	d, found := c.Domain(name)
	if !found || d.Sponsor != c.Registrar.ID || !c.Matches(secret, d.AuthInfo) {
		return ""
	}
	return secret
}

// BulkDue asks for jobs with which something is to be done: names to preview or to do, or their removal. It is asked by
// whoever works jobs off.
type BulkDue struct{ Limit int }

// Answer returns a []registry.BulkJob, what has waited longest first.
func (q BulkDue) Answer(c *Call) (Reply, error) {
	return readOwned(c, func(r registry.Reader) ([]registry.BulkJob, error) { return r.DueBulkJobs(c.Now, q.Limit) }), nil
}

// BulkWaiting asks for names of a job that wait for their turn. It is asked by whoever works jobs off.
type BulkWaiting struct {
	Registrar registry.RegistrarID
	Job       string
	After     int
	Limit     int
}

// Answer returns a []registry.BulkItem.
func (q BulkWaiting) Answer(c *Call) (Reply, error) {
	return readOwned(c, func(r registry.Reader) ([]registry.BulkItem, error) {
		return r.BulkItems(registry.BulkFilter{Registrar: q.Registrar, Job: q.Job, After: q.After, Result: registry.BulkFits}, q.Limit)
	}), nil
}
