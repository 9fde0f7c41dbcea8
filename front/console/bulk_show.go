package console

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// bulkPage is what the page of one job shows.
type bulkPage struct {
	form
	bulkRow
	What    []fact // what the job does, with what that takes
	Names   []flow.BulkNamed
	Result  string // that the list shows alone
	Pager   pager
	Short   bool // it costs more than the registrar can spend
	Expects ledger.Money
	Spent   ledger.Money
	Pays    bool // the job moves money
	Wealth  bool // the visitor may see what the registrar can spend
}

// A fact is something with what it is called.
type fact struct{ Label, Text string }

// bulkShow shows one job: its preview, its progress and what it came to.
func (c *Console) bulkShow(v *visit) error {
	page, err := v.bulkPage()
	if err != nil {
		return err
	}
	return v.show("bulk_show", page)
}

// bulkPage reads what the page of a job shows.
func (v *visit) bulkPage() (*bulkPage, error) {
	id := v.r.PathValue("id")
	reply, err := v.ask(flow.BulkShow{ID: id})
	if err != nil {
		return nil, err
	}
	job := reply.(flow.BulkShown)
	after, _ := strconv.Atoi(v.query("page"))
	result := v.query("result")
	reply, err = v.ask(flow.BulkNames{ID: id, After: max(after, 0), Result: registry.BulkResult(result)})
	if err != nil {
		return nil, err
	}
	names := reply.(flow.BulkPage)
	next := ""
	if names.After > 0 {
		next = strconv.Itoa(names.After)
	}
	page := &bulkPage{
		form:    form{visit: v},
		bulkRow: bulkRow{job, v.t(bulkTitle(job.Act.Kind)), v.t(bulkStateWord(job.State)), bulkStateKind(job.State)},
		What:    v.bulkFacts(job.Act), Names: names.Names, Result: result, Pager: v.pager(next, ""),
		Expects: job.Tally.Of(registry.BulkFits).Price, Spent: job.Tally.Of(registry.BulkMade).Price,
	}
	page.Pays, page.Wealth = movesMoney(job.Act.Kind), policy.Permits(v.visitor.User.Role, policy.AreaMoney)
	page.Short = page.Expects > job.Available
	return page, nil
}

// movesMoney reports whether a job of a kind costs or credits something.
func movesMoney(kind registry.BulkKind) bool {
	return kind == registry.BulkRenew || kind == registry.BulkRestore || kind == registry.BulkDelete
}

// Deletes reports whether the job deletes names, and so says what becomes of each.
func (p bulkPage) Deletes() bool { return p.Act.Kind == registry.BulkDelete }

// Later is how many names of the preview of a deletion can be restored afterwards.
func (p bulkPage) Later() int { return p.Count("fits") - p.AtOnce }

// Idle reports whether the job has ended because no name of it fits.
func (p bulkPage) Idle() bool { return p.BulkJob.State == registry.BulkDone && p.Started.IsZero() }

// told says a number of names in a text for one, or in another for several.
func (p bulkPage) told(n int, one, several string) string {
	if n == 1 {
		return p.visit.t(one)
	}
	return p.visit.t(several, number(n))
}

// Do says what the button does that lets the job run.
func (p bulkPage) Do() string {
	n := p.Count("fits")
	switch p.Act.Kind {
	case registry.BulkRenew:
		return p.told(n, text("Renew 1 name"), text("Renew %s names"))
	case registry.BulkDelete:
		return p.told(n, text("Delete 1 name"), text("Delete %s names"))
	case registry.BulkRestore:
		return p.told(n, text("Restore 1 name"), text("Restore %s names"))
	}
	return p.told(n, text("Change 1 name"), text("Change %s names"))
}

// Fits says how many names the preview found to fit.
func (p bulkPage) Fits() string {
	n := p.Count("fits")
	switch p.Act.Kind {
	case registry.BulkRenew:
		return p.told(n, text("1 name will be renewed."), text("%s names will be renewed."))
	case registry.BulkDelete:
		return p.told(n, text("1 name will be deleted."), text("%s names will be deleted."))
	case registry.BulkRestore:
		return p.told(n, text("1 name will be restored."), text("%s names will be restored."))
	}
	return p.told(n, text("1 name will be changed."), text("%s names will be changed."))
}

// Same says how many names have already what the job gives.
func (p bulkPage) Same() string {
	return p.told(p.Count("same"), text("1 has it already."), text("%s have it already."))
}

// Refused says how many names cannot be done.
func (p bulkPage) Refused() string {
	return p.told(p.Count("refused"), text("1 cannot be done, and will be left out; the list says why."), text("%s cannot be done, and will be left out; the list says why."))
}

// Purges says how many names of a deletion nothing brings back.
func (p bulkPage) Purges() string {
	return p.told(p.AtOnce, text("1 name is in its add grace period: it is purged at once and cannot be restored."), text("%s names are in their add grace period: they are purged at once and cannot be restored."))
}

// Restorable says how many names of a deletion can be restored.
func (p bulkPage) Restorable() string {
	return p.told(p.Later(), text("1 name leaves the zone at once and can be restored; the list says until when."), text("%s names leave the zone at once and can be restored; the list says until when."))
}

// Whole says of how many names the job is.
func (p bulkPage) Whole() string {
	return p.told(p.BulkJob.Names, text("1 name"), text("%s names"))
}

// WhyNot says why a name of the job is refused.
func (p bulkPage) WhyNot(reason string) string { return p.visit.why(reason) }

// Working reports whether the page is shown again and again by itself.
func (p bulkPage) Working() bool { return p.BulkJob.State.IsWorked() }

// Ready reports whether the job waits to be let run.
func (p bulkPage) Ready() bool { return p.BulkJob.State == registry.BulkReady }

// Runs reports whether the job is being done.
func (p bulkPage) Runs() bool { return p.BulkJob.State == registry.BulkRunning }

// Ended reports whether nothing more is done.
func (p bulkPage) Ended() bool { return !p.BulkJob.State.IsOpen() }

// Looked is how many names the preview has looked at.
func (p bulkPage) Looked() int { return p.BulkJob.Names - p.Count("new") }

// Tells reports whether the result has authInfos in it.
func (p bulkPage) Tells() bool { return p.Act.Kind == registry.BulkAuthInfo }

// bulkFacts say what a job does, in words.
func (v *visit) bulkFacts(act registry.BulkAct) []fact {
	var facts []fact
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, fact{label, text})
		}
	}
	switch act.Kind {
	case registry.BulkRenew:
		add(v.t("Years"), strconv.Itoa(act.Years))
	case registry.BulkLock, registry.BulkUnlock:
		add(v.t("Locks"), v.statusesInWords(act.Locks))
	case registry.BulkNameservers:
		var list []string
		for _, n := range act.Nameservers {
			list = append(list, n.String())
		}
		if list == nil {
			list = []string{v.t("None")}
		}
		add(v.t("Name servers"), strings.Join(list, ", "))
	case registry.BulkContacts:
		add(v.t("Registrant"), act.Registrant)
		add(v.t("Administrative contact"), act.Contacts["admin"])
		add(v.t("Technical contact"), act.Contacts["tech"])
		add(v.t("Billing contact"), act.Contacts["billing"])
	}
	return facts
}

// bulkAct runs a command about the job of a page, and goes to a page afterwards.
func (c *Console) bulkAct(v *visit, cmd flow.Command, to, done string) error {
	page, err := v.bulkPage()
	if err != nil {
		return err
	}
	page.form = v.form(nil, bulkFields())
	if _, err := v.run(cmd); err != nil {
		return v.refuse("bulk_show", page, err)
	}
	if c.config.Bulk != nil {
		c.config.Bulk()
	}
	if done == "" { // the page itself says how far it is
		return v.redirect(to)
	}
	return v.done(to, done)
}

// bulkStart lets a job run. Sent twice, it runs once.
func (c *Console) bulkStart(v *visit) error {
	id := v.r.PathValue("id")
	return c.bulkAct(v, flow.BulkStart{ID: id, Sure: v.sent("sure") == "yes"}, pathTo("bulk", id), "")
}

// bulkStop stops a job.
func (c *Console) bulkStop(v *visit) error {
	id := v.r.PathValue("id")
	return c.bulkAct(v, flow.BulkStop{ID: id, User: v.visitor.User.Login}, pathTo("bulk", id), text("The job was stopped. What was done stays done."))
}

// bulkRemoveAsk asks whether a job is to be removed.
func (c *Console) bulkRemoveAsk(v *visit) error {
	page, err := v.bulkPage()
	if err != nil {
		return err
	}
	return v.show("bulk_remove", page)
}

// bulkRemove removes a job.
func (c *Console) bulkRemove(v *visit) error {
	return c.bulkAct(v, flow.BulkRemove{ID: v.r.PathValue("id")}, Path+"bulk", text("The job was removed."))
}

// bulkResult answers with what a job came to, as a file.
func (c *Console) bulkResult(v *visit) error {
	id := v.r.PathValue("id")
	q := flow.BulkNames{ID: id, Secret: true}
	reply, err := v.ask(q)
	if err != nil {
		return err
	}
	page := reply.(flow.BulkPage)
	return v.file("text/csv; charset=utf-8", "bulk-"+string(page.Job.Act.Kind)+"-"+page.Job.Made.UTC().Format("20060102-1504")+".csv", func(w io.Writer) error {
		out := csv.NewWriter(w)
		heading := []string{"domain", "result", "amount", "reason", "svtrid", "at"}
		if page.Job.Act.Kind == registry.BulkAuthInfo {
			heading = append(heading, "authinfo")
		}
		if err := out.Write(heading); err != nil {
			return err
		}
		for {
			for _, n := range page.Names {
				if err := out.Write(bulkLine(n, len(heading))); err != nil {
					return err
				}
			}
			if page.After == 0 {
				break
			}
			q.After = page.After
			reply, err := v.ask(q)
			if err != nil {
				return err
			}
			page = reply.(flow.BulkPage)
		}
		out.Flush()
		return out.Error()
	})
}

// bulkLine is a name of a job as a line of a file of so many columns.
func bulkLine(n flow.BulkNamed, columns int) []string {
	at := ""
	if !n.At.IsZero() {
		at = n.At.UTC().Format(time.RFC3339)
	}
	line := []string{flow.InertCell(n.Name), string(n.Result), n.Price.String(), flow.InertCell(n.Reason), flow.InertCell(n.SvTRID), at, n.AuthInfo}
	return line[:columns]
}
