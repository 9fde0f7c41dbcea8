package console

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// longestBulkList is how long a list of names may be that is sent, with all that stands beside the names in a file.
const longestBulkList = 2 << 20

// bulkRoutes are the pages of jobs that do one thing to many names.
func (c *Console) bulkRoutes() []route {
	get := func(path string, handle func(*visit) error) route {
		return route{method: http.MethodGet, path: Path + path, area: policy.AreaNames, handle: handle}
	}
	post := func(path string, handle func(*visit) error) route {
		return route{method: http.MethodPost, path: Path + path, area: policy.AreaNames, handle: handle}
	}
	makes := post("bulk/new", c.bulkMake)
	makes.maxBody = longestBulkList
	result := get("bulk/{id}/result.csv", c.bulkResult)
	result.long = true
	return []route{
		get("bulk", c.bulkList), get("bulk/new", c.bulkNew), makes, get("bulk/{id}", c.bulkShow), result,
		post("bulk/{id}/start", c.bulkStart), post("bulk/{id}/stop", c.bulkStop),
		get("bulk/{id}/remove", c.bulkRemoveAsk), post("bulk/{id}/remove", c.bulkRemove),
	}
}

// bulkList shows one's jobs.
func (c *Console) bulkList(v *visit) error {
	reply, err := v.ask(flow.BulkList{})
	if err != nil {
		return err
	}
	var page struct{ Jobs []bulkRow }
	for _, j := range reply.([]flow.BulkShown) {
		page.Jobs = append(page.Jobs, bulkRow{j, v.t(bulkTitle(j.Act.Kind)), v.t(bulkStateWord(j.State)), bulkStateKind(j.State)})
	}
	return v.show("bulk_list", &page)
}

// A bulkRow is a job in words.
type bulkRow struct {
	flow.BulkShown
	Title, State, Kind string
}

// Count is how many names have come to a result.
func (b bulkRow) Count(result string) int { return b.Tally.Of(registry.BulkResult(result)).Names }

// Finished is how many names of the job are done with.
func (b bulkRow) Finished() int {
	return b.Count("made") + b.Count("refused") + b.Count("same")
}

// bulkForm is what the page shows on which a job is made.
type bulkForm struct {
	form
	Key  string // of the job that the form makes, so that it makes one
	Some int    // so many names of a search are filled in, and it finds others; 0 if these are all
	CSV  string // the address of the file of all that the search finds
	Full bool   // no more jobs can be made before one has ended
}

// refused puts a refusal at its field; of one for which there are too many jobs the page leads to them.
func (f *bulkForm) refused(e *registry.Error) {
	for _, one := range e.All() {
		f.Full = f.Full || one.Rule == "bulkJobsAreFew"
	}
	f.form.refused(e)
}

// bulkFields maps the fields of refusals to those of the form.
func bulkFields() map[string]string {
	return map[string]string{
		"bulk:names": "names", "bulk:act": "act", "domain:period": "years", "bulk:locks": "lock", "domain:ns": "servers",
		"bulk:contacts": "registrant", "contact:id": "registrant", "bulk:id": "", "bulk:sure": "sure",
	}
}

// bulkNew shows the form of a new job, with the names that were found if it comes from a search.
func (c *Console) bulkNew(v *visit) error {
	values := url.Values{"years": {"1"}, "act": {v.query("act")}, "lock": {"clientTransferProhibited"}}
	found, err := v.namesFound()
	if err != nil {
		return err
	}
	list := make([]string, len(found.Names))
	for i, name := range found.Names {
		list[i] = name.String()
	}
	values.Set("names", strings.Join(list, "\n"))
	page := bulkForm{form: v.form(values, bulkFields()), Key: v.bulkKey()}
	if found.More {
		page.Some, page.CSV = len(list), Path+"domains.csv?"+v.r.URL.RawQuery
	}
	return v.show("bulk_form", &page)
}

// namesFound returns the names that a search finds which the page was reached from.
func (v *visit) namesFound() (flow.OwnNamesFound, error) {
	if v.query("from") != "search" {
		return flow.OwnNamesFound{}, nil
	}
	f := form{Values: v.r.URL.Query()}
	q, ok := v.domainQuery(&f)
	if !ok {
		return flow.OwnNamesFound{}, nil
	}
	reply, err := v.ask(flow.OwnNames{OwnDomains: q})
	if err != nil {
		return flow.OwnNamesFound{}, err
	}
	return reply.(flow.OwnNamesFound), nil
}

// bulkKey is what the job is called that a form makes.
func (v *visit) bulkKey() string {
	return base64.RawURLEncoding.EncodeToString(v.console.config.Service.Random(18))
}

// bulkMake makes a job, whose preview begins at once.
func (c *Console) bulkMake(v *visit) error {
	page := bulkForm{form: v.form(nil, bulkFields()), Key: v.sent("key")}
	cmd := flow.BulkMake{ID: v.sent("key"), Names: bulkNames(v.values.Get("names"), v.upload), User: v.visitor.User.Login}
	if len(v.upload) > 0 && !strings.HasPrefix(http.DetectContentType(v.upload), "text/") {
		page.wrong("file", v.t("This is no text file. Choose a text or CSV file that has one name on each line."))
		return v.wrong("bulk_form", &page)
	}
	cmd.Act = v.bulkActSent(&page.form)
	if len(page.Wrong) > 0 {
		return v.wrongBeside("bulk_form", &page, cmd)
	}
	reply, err := v.run(cmd)
	if err != nil {
		return v.refuse("bulk_form", &page, err)
	}
	if c.config.Bulk != nil {
		c.config.Bulk()
	}
	return v.redirect(pathTo("bulk", reply.(registry.BulkJob).ID))
}

// bulkActSent reads what is to be done to the names. What cannot be read is told at its field.
func (v *visit) bulkActSent(f *form) registry.BulkAct {
	act := registry.BulkAct{Kind: registry.BulkKind(v.sent("act"))}
	switch act.Kind {
	case registry.BulkRenew:
		years, err := strconv.Atoi(v.sent("years"))
		if err != nil {
			f.wrong("years", v.t("Write a number of years."))
		}
		act.Years = years
	case registry.BulkLock, registry.BulkUnlock:
		for _, s := range v.values["lock"] {
			act.Locks = append(act.Locks, registry.Status(s))
		}
	case registry.BulkNameservers:
		act.Nameservers = v.serversSent(f)
	case registry.BulkContacts:
		act.Registrant, act.Contacts = v.sent("registrant"), map[string]string{}
		for _, role := range []string{"admin", "tech", "billing"} {
			if id := v.sent(role); id != "" {
				act.Contacts[role] = id
			}
		}
	}
	return act
}

// mostServerText bounds the names of name servers, in octets: far more than a name can have.
const mostServerText = 8 << 10

// serversSent reads name servers, one a line, each once.
func (v *visit) serversSent(f *form) []names.Name {
	sent := v.sent("servers")
	if len(sent) > mostServerText {
		f.wrong("servers", v.t("These are too many name servers."))
		return nil
	}
	var list []names.Name
	for _, text := range strings.Fields(sent) {
		name, err := names.ParseLookup(text)
		if err != nil {
			f.wrongToo("servers", v.t("%s is not the name of a server.", shortened(text)))
			continue
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// bulkNames reads a list of names: one a line, from a box or a file. Of a line of a CSV file the first column counts,
// whose heading is none.
func bulkNames(pasted string, file []byte) []string {
	var list []string
	file = bytes.TrimPrefix(file, []byte("\xEF\xBB\xBF"))
	for _, source := range []string{pasted, strings.ToValidUTF8(string(file), "\uFFFD")} {
		for i, line := range strings.Split(strings.ReplaceAll(source, "\r", "\n"), "\n") {
			cell, _, _ := strings.Cut(line, ",")
			cell, _, _ = strings.Cut(cell, ";")
			cell, _, _ = strings.Cut(cell, "\t")
			cell = strings.Trim(strings.TrimSpace(cell), `"'`)
			heading := i == 0 && slices.Contains([]string{"domain", "domain_name", "name", "dominio"}, strings.ToLower(cell))
			if cell != "" && !heading && !strings.HasPrefix(cell, "#") {
				list = append(list, cell)
			}
		}
	}
	return list
}

// bulkTitle says what a job does.
func bulkTitle(kind registry.BulkKind) string {
	switch kind {
	case registry.BulkRenew:
		return text("Renew")
	case registry.BulkLock:
		return text("Lock")
	case registry.BulkUnlock:
		return text("Unlock")
	case registry.BulkNameservers:
		return text("Set name servers")
	case registry.BulkContacts:
		return text("Change contacts")
	case registry.BulkDelete:
		return text("Delete")
	case registry.BulkRestore:
		return text("Restore")
	}
	return text("New transfer codes")
}

// bulkStateWord says how far a job has come.
func bulkStateWord(s registry.BulkState) string {
	switch s {
	case registry.BulkPreviewing:
		return text("Being previewed")
	case registry.BulkReady:
		return text("Waits for you")
	case registry.BulkRunning:
		return text("Running")
	case registry.BulkDone:
		return text("Done")
	}
	return text("Stopped")
}

func bulkStateKind(s registry.BulkState) string {
	switch s {
	case registry.BulkReady:
		return "warn"
	case registry.BulkDone:
		return "good"
	case registry.BulkStopped:
		return "bad"
	}
	return "info"
}
