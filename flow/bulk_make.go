package flow

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// BulkMake makes a job that does one thing to many names, each of which is previewed before anything is done. Whoever
// sends it twice with the same id makes one job.
type BulkMake struct {
	ID    string   // that no job of the registrar has; whoever makes the form chooses it at random
	Names []string // as they were written; what is no name is refused in its place, and nothing is there twice
	Act   registry.BulkAct
	User  string
}

// Subject is bulk:make.
func (cmd BulkMake) Subject() Subject { return Subject{Command: "make", Object: "bulk", ID: cmd.ID} }

// Run makes the job, unless a rule refuses, and replies it.
func (cmd BulkMake) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	before, made := c.bulkJob(cmd.ID)
	limits := c.Terms.Limits.Bulk
	items := itemsOf(cmd.Names)
	jobs := readOwned(c, func(r registry.Reader) ([]registry.BulkJob, error) {
		return r.BulkJobs(c.Registrar.ID, limits.Kept)
	})

	// Check.
	if err := c.check(registrarIsActive(c.Registrar), bulkIDIsLegal(cmd.ID)); err != nil {
		return nil, registry.Changes{}, err
	}
	if made {
		return before, registry.Changes{}, nil
	}
	oldest, replaced := replacedBy(cmd, limits, jobs)
	if replaced {
		jobs[slices.IndexFunc(jobs, func(j registry.BulkJob) bool { return j.ID == oldest.ID })].State = registry.BulkStopped
	}
	if err := c.check(
		c.bulkActIsWhole(cmd.Act),
		bulkListFits(limits, len(items)),
		bulkJobsAreFew(limits, jobs),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	job := registry.BulkJob{
		Registrar: c.Registrar.ID, ID: cmd.ID, Version: 1, State: registry.BulkPreviewing, User: cmd.User,
		Act: cmd.Act, Names: len(items), Made: c.Now, Goes: limits.KeptDays.After(c.Now),
	}
	for i := range items {
		items[i].Registrar, items[i].Job, items[i].Number = job.Registrar, job.ID, i+1
	}

	put := []registry.BulkJob{job}
	if replaced {
		oldest = c.ended(oldest, registry.BulkStopped)
		oldest.Stopper = cmd.User
		put = append(put, oldest)
	}

	// Return.
	return job, registry.Changes{Bulk: registry.BulkChanges{Jobs: put, Items: items}}, nil
}

// replacedBy returns the job that ends so that another can be made, where no more can be open: the oldest preview of the
// same user that waits for him. A preview that somebody else waits with, and what runs, stays.
func replacedBy(cmd BulkMake, l policy.BulkLimits, jobs []registry.BulkJob) (oldest registry.BulkJob, found bool) {
	open := 0
	for _, j := range jobs { // the latest first
		if j.State.IsOpen() {
			open++
		}
		if j.State == registry.BulkReady && j.User != "" && j.User == cmd.User {
			oldest, found = j, true
		}
	}
	return oldest, found && open >= l.Open
}

// bulkJob reads a job of the registrar.
func (c *Call) bulkJob(id string) (registry.BulkJob, bool) {
	return read(c, func() (registry.BulkJob, bool, error) { return c.reader.BulkJob(c.Registrar.ID, id) })
}

// longestBulkName is how much of what is no name is kept, to say which it was.
const longestBulkName = 80

// itemsOf returns what a list of names asks for, each name once.
func itemsOf(list []string) []registry.BulkItem {
	seen := map[string]bool{}
	var items []registry.BulkItem
	for _, text := range list {
		item := registry.BulkItem{Name: strings.TrimSpace(text), Result: registry.BulkNew}
		name, err := names.ParseLookup(item.Name)
		switch {
		case err == nil:
			item.Name = name.String()
		case len(item.Name) > longestBulkName:
			item.Name = strings.ToValidUTF8(item.Name[:longestBulkName], "") + "…"
			fallthrough
		default:
			item.Result, item.Code = registry.BulkRefused, registry.ParameterSyntax
			item.Reason = "not a valid domain name; " + err.Error()
		}
		if !seen[item.Name] && item.Name != "" {
			seen[item.Name] = true
			items = append(items, item)
		}
	}
	return items
}

// A bulk id is made by the form that makes the job.
var bulkID = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// bulkIDIsLegal holds for what a job can be called.
func bulkIDIsLegal(id string) Rule {
	return refuseIf("bulkIDIsLegal", !bulkID.MatchString(id), registry.Error{
		Code: registry.ParameterSyntax, Field: "bulk:id",
		Reason: "a job is called by 16 to 64 letters, digits, hyphens and underscores; choose them at random",
	})
}

// bulkActIsWhole holds for something that can be done to names, as far as that does not depend on the name.
func (c *Call) bulkActIsWhole(act registry.BulkAct) Rule {
	parts := []Rule{bulkKindIsKnown(act.Kind)}
	switch act.Kind {
	case registry.BulkRenew:
		parts = append(parts, periodIsSold(c.Terms, act.Years))
	case registry.BulkLock, registry.BulkUnlock:
		parts = append(parts, bulkLocksAreLocks(act.Locks))
	case registry.BulkNameservers:
		parts = append(parts, nameserversFit(c.Terms, act.Nameservers))
	case registry.BulkContacts:
		parts = append(parts, bulkContactsAreNamed(act))
		for _, id := range bulkContactIDs(act) {
			parts = append(parts, contactIDIsLegal(id))
		}
	}
	return allOf("bulkActIsWhole", parts...)
}

func bulkContactIDs(act registry.BulkAct) []string {
	var list []string
	if act.Registrant != "" {
		list = append(list, act.Registrant)
	}
	for _, role := range slices.Sorted(maps.Keys(act.Contacts)) {
		list = append(list, act.Contacts[role])
	}
	return list
}

// bulkKindIsKnown holds for something that jobs do.
func bulkKindIsKnown(kind registry.BulkKind) Rule {
	return refuseIf("bulkKindIsKnown", !slices.Contains(registry.BulkKinds(), kind), registry.Error{
		Code: registry.ParameterRange, Field: "bulk:act", Value: string(kind),
		Reason: "there is no such thing to do to many names; choose one of those that are offered",
	})
}

// BulkLocks are the statuses that jobs set and lift: what protects a name. A hold is none of them, since it takes a name
// out of the zone.
func BulkLocks() []registry.Status {
	return []registry.Status{
		registry.ClientDeleteProhibited, registry.ClientRenewProhibited, registry.ClientTransferProhibited,
		registry.ClientUpdateProhibited,
	}
}

// bulkLocksAreLocks holds for one or more of the statuses with which a registrar protects a name.
func bulkLocksAreLocks(locks []registry.Status) Rule {
	foreign := slices.ContainsFunc(locks, func(s registry.Status) bool { return !slices.Contains(BulkLocks(), s) })
	return refuseIf("bulkLocksAreLocks", foreign || len(locks) == 0, registry.Error{
		Code: registry.ParameterRange, Field: "bulk:locks",
		Reason: "a job sets or lifts one or more of the client locks; choose against what the names are locked",
	})
}

// bulkContactsAreNamed holds for a contact or more, each for a role that a name has.
func bulkContactsAreNamed(act registry.BulkAct) Rule {
	foreign := false
	for role := range act.Contacts {
		foreign = foreign || !slices.Contains([]string{"admin", "tech", "billing"}, role)
	}
	return refuseIf("bulkContactsAreNamed", foreign || len(act.Contacts) == 0 && act.Registrant == "", registry.Error{
		Code: registry.ParameterMissing, Field: "bulk:contacts",
		Reason: "no contact is named; give the id of one for a role at least",
	})
}

// bulkListFits holds for a list that is neither empty nor too long.
func bulkListFits(l policy.BulkLimits, n int) Rule {
	return allOf("bulkListFits",
		refuseIf("bulkListFits", n == 0, registry.Error{
			Code: registry.ParameterMissing, Field: "bulk:names",
			Reason: "the list has no names; write one on each line",
		}),
		refuseIf("bulkListFits", n > l.Names, registry.Error{
			Code: registry.ParameterPolicy, Field: "bulk:names", Value: strconv.Itoa(n),
			Reason: fmt.Sprintf("a job has at most %d names; make several of them", l.Names),
		}),
	)
}

// bulkJobsAreFew bounds the jobs of a registrar.
func bulkJobsAreFew(l policy.BulkLimits, jobs []registry.BulkJob) Rule {
	open := 0
	for _, j := range jobs {
		if j.State.IsOpen() {
			open++
		}
	}
	return allOf("bulkJobsAreFew",
		refuseIf("bulkJobsAreFew", open >= l.Open, registry.Error{
			Code: registry.ParameterPolicy, Field: "bulk:id",
			Reason: fmt.Sprintf("%d jobs have not ended, and no more go on at once; wait for one to end, or stop or remove it", open),
		}),
		refuseIf("bulkJobsAreFew", len(jobs) >= l.Kept, registry.Error{
			Code: registry.ParameterPolicy, Field: "bulk:id",
			Reason: fmt.Sprintf("%d jobs are kept, and no more; remove one that has ended", len(jobs)),
		}),
	)
}

// readyFor is how long a job waits for its registrar after the preview.
const readyFor = 24 * time.Hour
