package store

import (
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// bulks writes jobs and their names.
func (w *writer) bulks(changes registry.Changes) {
	for _, j := range changes.Bulk.Jobs {
		w.putBulkJob(j)
	}
	for _, i := range changes.Bulk.Items {
		w.putBulkItem(i)
	}
	for _, j := range changes.Bulk.Gone {
		what := "remove bulk job " + j.ID
		w.exec(what, deleteBulkItems, j.Registrar, j.ID)
		w.execOne(what, deleteBulkJob, j.Registrar, j.ID, j.Version)
	}
}

func (w *writer) putBulkJob(j registry.BulkJob) {
	what := "put bulk job " + j.ID
	text := w.text(what, j)
	if j.Version == 1 {
		w.exec(what, insertBulkJob, j.Registrar, j.ID, j.Version, j.State, micros(j.Made), micros(j.Due()), text)
		return
	}
	w.execOne(what, updateBulkJob, j.Registrar, j.ID, j.Version, j.State, micros(j.Due()), text)
}

const insertBulkJob = `
INSERT INTO bulk_job (registrar, id, version, state, made, due, body)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

const updateBulkJob = `
UPDATE bulk_job
SET    version = $3, state = $4, due = $5, body = $6
WHERE  registrar = $1 AND id = $2 AND version = $3 - 1`

const deleteBulkItems = `
DELETE FROM bulk_item
WHERE  registrar = $1 AND job = $2`

const deleteBulkJob = `
DELETE FROM bulk_job
WHERE  registrar = $1 AND id = $2 AND version = $3 - 1`

// putBulkItem writes a new name, or what came of one: that holds only while it is as it was read, so that nothing is
// done twice.
func (w *writer) putBulkItem(i registry.BulkItem) {
	if i.From == "" {
		what := "put names of bulk job " + i.Job
		w.insert(bulkItems, what, insertBulkItem, i.Registrar, i.Job, i.Number, i.Name, i.Result, int64(i.Price), w.text(what, i))
		return
	}
	what := "put " + i.Name + " of bulk job " + i.Job
	w.execOne(what, updateBulkItem, i.Registrar, i.Job, i.Number, i.Result, int64(i.Price), w.text(what, i), i.From)
}

const insertBulkItem = `
INSERT INTO bulk_item (registrar, job, number, name, result, price, body)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

const updateBulkItem = `
UPDATE bulk_item
SET    result = $4, price = $5, body = $6
WHERE  registrar = $1 AND job = $2 AND number = $3 AND result = $7`

// BulkJob returns a job of a registrar.
func (r *reader) BulkJob(id registry.RegistrarID, job string) (registry.BulkJob, bool, error) {
	return one(r, scanBulkJob, bulkJobByID, id, job)
}

const bulkJobByID = `
SELECT version, body
FROM   bulk_job
WHERE  registrar = $1 AND id = $2`

// BulkJobs returns up to limit jobs of a registrar, the latest first.
func (r *reader) BulkJobs(id registry.RegistrarID, limit int) ([]registry.BulkJob, error) {
	return many(r, scanBulkJob, bulkJobsOf, id, limit)
}

const bulkJobsOf = `
SELECT version, body
FROM   bulk_job
WHERE  registrar = $1
ORDER  BY made DESC, id
LIMIT  $2`

// DueBulkJobs returns up to limit jobs with which something is to be done, those that have waited longest first.
func (r *reader) DueBulkJobs(now time.Time, limit int) ([]registry.BulkJob, error) {
	return many(r, scanBulkJob, bulkJobsDue, micros(now), limit)
}

const bulkJobsDue = `
SELECT version, body
FROM   bulk_job
WHERE  due <= $1
ORDER  BY due
LIMIT  $2`

func scanBulkJob(row row) (j registry.BulkJob, err error) {
	var text string
	var version int64
	if err = row.Scan(&version, &text); err == nil {
		err = unbody(text, &j, "bulk job")
	}
	j.Version = version
	return j, err
}

// BulkItem returns one name of a job.
func (r *reader) BulkItem(id registry.RegistrarID, job string, number int) (registry.BulkItem, bool, error) {
	return one(r, scanBulkItem, bulkItemByNumber, id, job, number)
}

const bulkItemByNumber = `
SELECT registrar, job, number, name, result, price, body
FROM   bulk_item
WHERE  registrar = $1 AND job = $2 AND number = $3`

// BulkItems returns up to limit names of a job after a number, in order.
func (r *reader) BulkItems(f registry.BulkFilter, limit int) ([]registry.BulkItem, error) {
	if f.Result == "" {
		return many(r, scanBulkItem, bulkItemsAfter, f.Registrar, f.Job, f.After, limit)
	}
	return many(r, scanBulkItem, bulkItemsOfResult, f.Registrar, f.Job, f.After, limit, f.Result)
}

const bulkItemsAfter = `
SELECT registrar, job, number, name, result, price, body
FROM   bulk_item
WHERE  registrar = $1 AND job = $2 AND number > $3
ORDER  BY number
LIMIT  $4`

// bulkItemsOfResult looks through the rest of one job, which is bounded.
const bulkItemsOfResult = `
SELECT registrar, job, number, name, result, price, body
FROM   bulk_item
WHERE  registrar = $1 AND job = $2 AND number > $3 AND result = $5
ORDER  BY number
LIMIT  $4`

func scanBulkItem(row row) (i registry.BulkItem, err error) {
	var text string
	var price int64
	if err = row.Scan(&i.Registrar, &i.Job, &i.Number, &i.Name, &i.Result, &price, &text); err == nil {
		err = unbody(text, &i, "bulk item")
	}
	i.Price, i.From = ledger.Money(price), i.Result
	return i, err
}

// BulkTally counts the names of a job, all of which it reads.
func (r *reader) BulkTally(id registry.RegistrarID, job string) (registry.BulkTally, error) {
	return many(r, func(row row) (c registry.BulkCount, err error) {
		var price int64
		err = row.Scan(&c.Result, &c.Names, &price)
		c.Price = ledger.Money(price)
		return c, err
	}, bulkTally, id, job)
}

const bulkTally = `
SELECT result, COUNT(*), CAST(SUM(price) AS BIGINT)
FROM   bulk_item
WHERE  registrar = $1 AND job = $2
GROUP  BY result`

// What follows shows to a command what was decided before it in its group. What is read of one job or one name is not:
// who writes them is guarded, and tries again.

func (o *overlay) BulkJobs(id registry.RegistrarID, limit int) ([]registry.BulkJob, error) {
	return shown(o, func() ([]registry.BulkJob, error) { return o.reader.BulkJobs(id, limit) })
}

func (o *overlay) DueBulkJobs(now time.Time, limit int) ([]registry.BulkJob, error) {
	return shown(o, func() ([]registry.BulkJob, error) { return o.reader.DueBulkJobs(now, limit) })
}

func (o *overlay) BulkItems(f registry.BulkFilter, limit int) ([]registry.BulkItem, error) {
	return shown(o, func() ([]registry.BulkItem, error) { return o.reader.BulkItems(f, limit) })
}

func (o *overlay) BulkTally(id registry.RegistrarID, job string) (registry.BulkTally, error) {
	return shown(o, func() (registry.BulkTally, error) { return o.reader.BulkTally(id, job) })
}
