package console

import (
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// logRoutes are the pages of the transaction log. Manual 9.8.
func (c *Console) logRoutes() []route {
	return []route{
		{method: http.MethodGet, path: Path + "log", area: policy.AreaLog, handle: c.log},
		{method: http.MethodGet, path: Path + "log.csv", area: policy.AreaLog, handle: c.logFile, long: true},
	}
}

// A logPage shows rows of the log that fit a filter.
type logPage struct {
	form
	Pager  pager
	Rows   []logRow
	Asked  bool   // a filter was given
	Looked int    // rows that were looked at for the page, if that is not all that there are; else 0
	File   string // the address of the same as CSV
}

// A logRow is a row with the result code as EPP has it.
type logRow struct {
	registry.LogRow
	Number, Text string
	Good         bool

	Unicode string // how a name with other letters is written by people; empty of any other
}

// asTold puts what a row says into words for people. The file keeps what programs were told.
func (v *visit) asTold(row logRow) logRow {
	row.Text = v.why(strings.TrimSuffix(row.Text, "."))
	if name := inUnicode(row.ID); name != row.ID {
		row.Unicode = name
	}
	return row
}

// rowsShown is how many rows a page has.
const rowsShown = 50

// logQuestion reads the filters. What is wrong with one is put at its field.
func (v *visit) logQuestion(f *form) flow.LogQuery {
	var q flow.LogQuery
	q.Command, q.Object, q.ID = v.query("command"), v.query("object"), v.query("id")
	if text := v.query("code"); text != "" {
		if code, known := v.console.code(text); known {
			q.Codes = []registry.Code{code}
		} else {
			f.wrong("code", v.t("There is no such result code; codes have four digits, such as 2304."))
		}
	}
	for name, at := range map[string]*time.Time{"since": &q.Since, "until": &q.Until} {
		var err error
		if *at, err = instantOf(v.query(name)); err != nil {
			f.wrong(name, v.t("Write a day such as 2026-03-01, or an instant such as 2026-03-01 12:30, in UTC."))
		}
	}
	q.Before, q.Limit = v.query("page"), rowsShown
	return q
}

// instantOf reads an instant in UTC; nothing is none.
func instantOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("console: this is no instant")
}

// code returns the result code of a number.
func (c *Console) code(number string) (registry.Code, bool) {
	if c.config.ResultCode == nil {
		return "", false
	}
	return c.config.ResultCode(number)
}

func (c *Console) logRow(r registry.LogRow) logRow {
	row := logRow{LogRow: r, Number: string(r.Code), Text: r.Message, Good: r.Code == registry.Completed || r.Code == registry.CompletedPending}
	if c.config.Result != nil {
		number, text := c.config.Result(r.Code)
		row.Number = number
		if row.Text == "" {
			row.Text = text
		}
	}
	return row
}

func (c *Console) log(v *visit) error {
	p := logPage{form: form{Values: v.r.URL.Query(), visit: v}}
	q := v.logQuestion(&p.form)
	p.Asked = q.Command+q.Object+q.ID != "" || len(q.Codes) > 0 || !q.Since.IsZero() || !q.Until.IsZero()
	p.File = Path + "log.csv?" + without(v.r.URL.Query(), "page")
	if len(p.Wrong) > 0 {
		return v.render(http.StatusUnprocessableEntity, "log", p)
	}
	reply, err := v.ask(q)
	if err != nil {
		return v.refuse("log", &p, err)
	}
	found := reply.(flow.LogFound)
	for _, r := range found.Rows {
		p.Rows = append(p.Rows, v.asTold(c.logRow(r)))
	}
	if found.Next != "" && len(p.Rows) < rowsShown {
		p.Looked = v.console.config.Service.Terms().Limits.LogRowsRead
	}
	p.Pager = v.pager(found.Next, "")
	return v.show("log", &p)
}

// without returns a query without a parameter.
func without(q url.Values, name string) string {
	q.Del(name)
	return q.Encode()
}

// logFile sends the rows of the log that fit a filter as CSV, the newest first, up to the most that the profile allows.
func (c *Console) logFile(v *visit) error {
	var f form
	q := v.logQuestion(&f)
	if len(f.Wrong) > 0 {
		return v.problem422(f)
	}
	limits := c.config.Service.Terms().Limits
	q.Before, q.Limit = "", limits.LogRowsPerPage
	if _, err := v.ask(q); err != nil { // before anything is sent
		return err
	}
	return v.file("text/csv; charset=utf-8", "log-"+string(v.visitor.Registrar.ID)+"-"+v.now().Format("20060102-150405")+".csv", func(w io.Writer) error {
		return c.writeLog(v, csv.NewWriter(w), q, limits.LogRowsExported)
	})
}

// writeLog writes rows until there are no more, or as many as may be.
func (c *Console) writeLog(v *visit, w *csv.Writer, q flow.LogQuery, most int) error {
	if err := w.Write([]string{"time", "command", "object", "id", "code", "message", "client_transaction", "server_transaction", "user"}); err != nil {
		return err
	}
	for n := 0; n < most; {
		reply, err := v.ask(q)
		if err != nil {
			return err
		}
		found := reply.(flow.LogFound)
		for _, r := range found.Rows[:min(len(found.Rows), most-n)] {
			row := c.logRow(r)
			err := w.Write([]string{
				r.At.UTC().Format(time.RFC3339Nano), r.Command, r.Object, flow.InertCell(r.ID), row.Number, flow.InertCell(row.Text), flow.InertCell(r.ClTRID), flow.InertCell(r.SvTRID), flow.InertCell(r.User),
			})
			if err != nil {
				return err
			}
			n++
		}
		w.Flush()
		if q.Before = found.Next; q.Before == "" || w.Error() != nil {
			break
		}
	}
	w.Flush()
	return w.Error()
}

// problem422 answers that a file cannot be made of what was asked.
func (v *visit) problem422(f form) error {
	for _, why := range f.Wrong {
		v.problem(http.StatusUnprocessableEntity, v.t("This cannot be looked for"), why)
		return nil
	}
	return nil
}
