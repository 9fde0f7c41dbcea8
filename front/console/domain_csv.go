package console

import (
	"encoding/csv"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainsCSV sends all that a list of names finds, page by page as it is read, so that however many there are take no
// more memory than a page.
func (c *Console) domainsCSV(v *visit) error {
	f := form{Values: url.Values{}}
	for _, name := range domainFilters() {
		f.Values.Set(name, v.query(name))
	}
	q, ok := v.domainQuery(&f)
	if !ok {
		return &registry.Error{Code: registry.ParameterSyntax, Reason: v.t("The list cannot be asked for like this; go back to it and look at what is marked.")}
	}
	q.Limit = c.config.Service.Terms().Limits.Portfolio.Exported
	first, err := v.ask(q)
	if err != nil {
		return err
	}
	return v.file("text/csv; charset=utf-8", "domains-"+v.now().Format(time.DateOnly)+".csv", func(w io.Writer) error {
		return v.writeDomains(w, q, first.(flow.OwnFound))
	})
}

// mostExported bounds a file, should names come faster than they are sent.
const mostExported = 5_000_000

// writeDomains writes what a question finds, of which the first page is there.
func (v *visit) writeDomains(w io.Writer, q flow.OwnDomains, found flow.OwnFound) error {
	out := csv.NewWriter(w)
	rows := [][]string{{
		"domain", "unicode", "roid", "created", "expires", "statuses", "rgp", "registrant", "contacts", "nameservers", "ds",
	}}
	for count := 0; ; count += len(found.Names) {
		for _, d := range found.Names {
			rows = append(rows, csvRow(d))
		}
		if err := out.WriteAll(rows); err != nil {
			return err
		}
		if q.After = found.After; q.After == "" {
			return nil
		}
		if count > mostExported {
			return errors.New("console: a file of names has no end")
		}
		reply, err := v.ask(q)
		if err != nil {
			return err
		}
		found, rows = reply.(flow.OwnFound), rows[:0]
	}
}

// csvRow is a line of the file.
func csvRow(d flow.OwnDomain) []string {
	var statuses, rgp, contacts, servers, signers []string
	for _, s := range d.EPPStatuses {
		statuses = append(statuses, string(s))
	}
	for _, s := range d.RGPStatuses {
		rgp = append(rgp, string(s))
	}
	for _, contact := range d.Contacts {
		contacts = append(contacts, contact.Role+":"+contact.ID)
	}
	for _, h := range d.Nameservers {
		servers = append(servers, h.Name.String())
	}
	for _, ds := range d.DS {
		signers = append(signers, ds.String())
	}
	row := []string{
		d.Name.String(), d.Name.Unicode(), string(d.ROID), machine(d.Created), machine(d.Expires), strings.Join(statuses, " "),
		strings.Join(rgp, " "), d.Registrant.ID, strings.Join(contacts, " "), strings.Join(servers, " "), strings.Join(signers, "; "),
	}
	for i, cell := range row {
		row[i] = flow.InertCell(cell)
	}
	return row
}
