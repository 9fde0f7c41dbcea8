package registry

import (
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
)

// A BulkKind is what a job does to each of its names.
type BulkKind string

// The kinds.
const (
	BulkRenew       BulkKind = "renew"
	BulkLock        BulkKind = "lock"
	BulkUnlock      BulkKind = "unlock"
	BulkNameservers BulkKind = "nameservers"
	BulkContacts    BulkKind = "contacts"
	BulkDelete      BulkKind = "delete"
	BulkRestore     BulkKind = "restore"
	BulkAuthInfo    BulkKind = "authinfo"
)

// BulkKinds returns all kinds.
func BulkKinds() []BulkKind {
	return []BulkKind{
		BulkRenew, BulkLock, BulkUnlock, BulkNameservers, BulkContacts, BulkDelete, BulkRestore, BulkAuthInfo,
	}
}

// A BulkAct is what a job does to each of its names, with what that takes.
type BulkAct struct {
	Kind        BulkKind
	Years       int          `json:",omitzero"` // of renew
	Locks       []Status     `json:",omitzero"` // of lock and unlock: client statuses
	Nameservers []names.Name `json:",omitzero"` // of nameservers: all that a name has afterwards
	Registrant  string       `json:",omitzero"` // of contacts: the new one; empty leaves it
	// Contacts, of contacts, is for each role the one contact that a name has in it afterwards; a role that is not
	// there is left.
	Contacts map[string]string `json:",omitzero"`
}

// A BulkState is how far a job has come.
type BulkState string

// The states. A job is previewed, waits for its registrar, runs, and ends.
const (
	BulkPreviewing BulkState = "previewing"
	BulkReady      BulkState = "ready"
	BulkRunning    BulkState = "running"
	BulkDone       BulkState = "done"
	BulkStopped    BulkState = "stopped"
)

// IsOpen reports whether a job has not ended.
func (s BulkState) IsOpen() bool { return s != BulkDone && s != BulkStopped }

// IsWorked reports whether a job waits for whoever works jobs off.
func (s BulkState) IsWorked() bool { return s == BulkPreviewing || s == BulkRunning }

// A BulkJob does one thing to many names of a registrar.
type BulkJob struct {
	Registrar RegistrarID
	ID        string // chosen by whoever makes the job, so that it is made once
	Version   int64  `json:"-"` // see Domain.Version
	State     BulkState
	User      string `json:",omitzero"` // of the registrar, who made it
	Act       BulkAct
	Names     int
	AtOnce    int `json:",omitzero"` // of a preview of a deletion that has ended: the names that it would purge at once

	Made    time.Time
	Started time.Time `json:",omitzero"` // when it began to run
	Stopper string    `json:",omitzero"` // the user who stopped it
	Ended   time.Time `json:",omitzero"`
	Goes    time.Time // when it is removed
}

// Next returns j as its own next version.
func (j BulkJob) Next() BulkJob { j.Version++; return j }

// Due is when something is to be done with a job by itself: work while it waits for that, and else its removal.
func (j BulkJob) Due() time.Time {
	if j.State.IsWorked() {
		return j.Made
	}
	return j.Goes
}

// A BulkResult is how far one name of a job has come.
type BulkResult string

// The results: of what nobody has looked at, of the preview, and of the run.
const (
	BulkNew     BulkResult = "new"
	BulkFits    BulkResult = "fits"    // it would be done
	BulkSame    BulkResult = "same"    // there is nothing to do
	BulkRefused BulkResult = "refused" // by the preview, or when its turn came
	BulkMade    BulkResult = "made"    // it is done
)

// BulkResults returns all results.
func BulkResults() []BulkResult {
	return []BulkResult{BulkNew, BulkFits, BulkSame, BulkRefused, BulkMade}
}

// A BulkItem is one name of a job.
type BulkItem struct {
	Registrar RegistrarID `json:"-"`
	Job       string      `json:"-"`
	Number    int         `json:"-"` // from 1
	Name      string      `json:"-"` // as it was given; canonical if it is a name
	Result    BulkResult  `json:"-"`
	// From is the result that is stored: another one is put only over that, and never over one of a run. Empty for a new
	// item.
	From BulkResult `json:"-"`

	Price  ledger.Money `json:"-"`         // that it costs or has cost; below zero: that is credited
	Expiry time.Time    `json:",omitzero"` // of the name when it was previewed
	// AtOnce says of a preview of a deletion that the name would be purged at once, which nothing brings back; of another
	// one, Restorable is until when it could be restored.
	AtOnce     bool      `json:",omitzero"`
	Restorable time.Time `json:",omitzero"`

	Code   Code      `json:",omitzero"`  // of a refusal
	Reason string    `json:",omitempty"` // of a refusal, or more about the result
	SvTRID string    `json:",omitzero"`  // of the command
	At     time.Time `json:",omitzero"`  // of the command
}

// A BulkCount is how many names of a job have come to a result, and what they cost together.
type BulkCount struct {
	Result BulkResult
	Names  int
	Price  ledger.Money
}

// A BulkTally is how far the names of a job have come.
type BulkTally []BulkCount

// Of returns the count of a result.
func (t BulkTally) Of(result BulkResult) BulkCount {
	i := slices.IndexFunc(t, func(c BulkCount) bool { return c.Result == result })
	if i < 0 {
		return BulkCount{Result: result}
	}
	return t[i]
}

// BulkChanges are what a Changes writes of jobs.
type BulkChanges struct {
	Jobs  []BulkJob // new ones at version 1, others as they are now
	Items []BulkItem
	Gone  []BulkJob // to remove with their names, at the version that follows the last
}

// add appends what o writes after what c writes.
func (c *BulkChanges) add(o BulkChanges) {
	c.Jobs = append(c.Jobs, o.Jobs...)
	c.Items = append(c.Items, o.Items...)
	c.Gone = append(c.Gone, o.Gone...)
}

// Bulks are what may be read of jobs.
type Bulks interface {
	BulkJob(id RegistrarID, job string) (BulkJob, bool, error)
	// BulkJobs returns up to limit jobs of a registrar, the latest first.
	BulkJobs(id RegistrarID, limit int) ([]BulkJob, error)
	// DueBulkJobs returns up to limit jobs whose Due has come, those that have waited longest first.
	DueBulkJobs(now time.Time, limit int) ([]BulkJob, error)
	// BulkItem returns one name of a job.
	BulkItem(id RegistrarID, job string, number int) (BulkItem, bool, error)
	// BulkItems returns up to limit names of a job after a number, in order; of one result, if one is given.
	BulkItems(f BulkFilter, limit int) ([]BulkItem, error)
	// BulkTally counts the names of a job.
	BulkTally(id RegistrarID, job string) (BulkTally, error)
}

// A BulkFilter selects names of a job.
type BulkFilter struct {
	Registrar RegistrarID
	Job       string
	After     int
	Result    BulkResult // empty: any
}
