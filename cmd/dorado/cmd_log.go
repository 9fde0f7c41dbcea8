package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/epp"
)

// A logQuestion asks for rows of the transaction log. Codes are numbers.
type logQuestion struct {
	Registrar string    `json:"registrar,omitempty"`
	Command   string    `json:"command,omitempty"`
	Object    string    `json:"object,omitempty"`
	ID        string    `json:"id,omitempty"`
	Codes     []string  `json:"codes,omitempty"`
	Since     time.Time `json:"since,omitzero"`
	Until     time.Time `json:"until,omitzero"`
	ClTRID    string    `json:"clTRID,omitempty"`
	SvTRID    string    `json:"svTRID,omitempty"`
	Before    string    `json:"before,omitempty"` // the next of an answer
	Limit     int       `json:"limit,omitempty"`
}

// A logAnswer is a page of the log. Next is the before of the page that follows; empty when there is none.
type logAnswer struct {
	Rows []logLine `json:"rows"`
	Next string    `json:"next,omitempty"`
}

// A logLine is one row of the transaction log.
type logLine struct {
	At        time.Time `json:"at"`
	Registrar string    `json:"registrar"`
	Command   string    `json:"command"`
	Object    string    `json:"object"`
	ID        string    `json:"id"`
	Code      string    `json:"code"`
	Message   string    `json:"message"`
	ClTRID    string    `json:"clTRID,omitempty"`
	SvTRID    string    `json:"svTRID"`
	User      string    `json:"user,omitempty"` // of the registrar, in the console
}

func (p *program) logCommand() *cobra.Command {
	var dir, since, until string
	var limit int
	var asJSON bool
	var form logForm
	var q logQuestion
	cmd := &cobra.Command{
		Use:   "log",
		Short: "show the transaction log, the newest command first",
		Long: `Log shows the create, renew, update, delete and transfer commands that registrars sent, whatever
came of them, but for creates of what exists already (2302). Queries and logins are not in it.`,
		Example: `  dorado log --registrar R2001 --limit 20
  dorado log --id shop.co --since 2026-03-01 --json
  dorado log --registrar R2001 --command create --code 2104 --code 2306`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return fmt.Errorf("--limit is 1 or more, and %d is not", limit)
			}
			for _, bound := range []struct {
				flag, text string
				at         *time.Time
			}{{"--since", since, &q.Since}, {"--until", until, &q.Until}} {
				var err error
				if bound.text == "" {
					continue
				}
				if *bound.at, err = parseInstant(bound.text); err != nil {
					return fmt.Errorf("%s: %w", bound.flag, err)
				}
			}
			lines, more, err := logLines(cmd.Context(), dir, q, limit)
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			if len(lines) == 0 {
				fmt.Fprintln(p.out, "No command in the log fits. It has what registrars create, renew, update, delete and transfer.")
				return nil
			}
			form.width = terminalWidth(p.out)
			return p.tellLog(lines, more, form)
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&q.Registrar, "registrar", "", "only this registrar's")
	f.StringVar(&q.Command, "command", "", "only create, renew, update, delete or transfer")
	f.StringVar(&q.Object, "object", "", "only of domain, host or contact")
	f.StringVar(&q.ID, "id", "", "only of this name or contact id")
	f.StringArrayVar(&q.Codes, "code", nil, "only with this result code, such as 2304; repeat for more")
	f.StringVar(&since, "since", "", "from this instant on (UTC)")
	f.StringVar(&until, "until", "", "before this instant (UTC)")
	f.StringVar(&q.ClTRID, "cltrid", "", "only with this client transaction id")
	f.StringVar(&q.SvTRID, "svtrid", "", "only with this server transaction id")
	f.IntVar(&limit, "limit", 100, "the most rows to show")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&form.ids, "ids", false, "show the transaction ids, too: the server's, and the client's if it has one")
	f.BoolVar(&form.wide, "wide", false, "show the whole messages and the ids, however wide the terminal is")
	return cmd
}

// logPage is how many rows one request asks for.
const logPage = 500

// logLines asks for pages until there are enough lines, or no more; and says whether there may be more.
func logLines(ctx context.Context, dir string, q logQuestion, limit int) (lines []logLine, more bool, err error) {
	lines = []logLine{}
	for {
		q.Limit = min(logPage, limit-len(lines))
		var page logAnswer
		if err := call(ctx, dir, http.MethodPost, "/log", q, &page); err != nil {
			return nil, false, err
		}
		lines = append(lines, page.Rows...)
		if q.Before = page.Next; q.Before == "" || len(lines) == limit {
			return lines, q.Before != "", nil
		}
	}
}

// A logForm says how rows are printed: with the transaction ids, and cut to a width in characters unless it is 0.
type logForm struct {
	ids, wide bool
	width     int
}

// tellLog prints rows with the message last, so that a long one leaves no gaps in the others.
func (p *program) tellLog(lines []logLine, more bool, form logForm) error {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	ids := form.ids || form.wide
	head := "TIME\tREGISTRAR\tCOMMAND\tOBJECT\tCODE\t"
	if ids {
		head += "TRANSACTIONS\t"
	}
	fmt.Fprintln(w, head+"MESSAGE")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s %s\t%s\t", showInstant(l.At), strings.TrimSpace(l.Registrar+" "+l.User), l.Command, l.Object, l.ID, l.Code)
		if ids {
			fmt.Fprintf(w, "%s\t", strings.TrimSpace(l.SvTRID+" "+l.ClTRID))
		}
		fmt.Fprintln(w, l.Message)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		if line = strings.TrimSuffix(line, "\n"); !form.wide {
			line = cut(line, form.width)
		}
		fmt.Fprintln(p.out, line)
	}
	if more {
		fmt.Fprintln(p.out, "There may be older ones; --limit shows more.")
	}
	return nil
}

// readLog answers a question about the log.
func (h *house) readLog(ctx context.Context, _ *http.Request, q logQuestion) (logAnswer, error) {
	query := flow.LogQuery{Before: q.Before, Limit: q.Limit, LogFilter: registry.LogFilter{
		Registrar: registry.RegistrarID(q.Registrar), Command: q.Command, Object: q.Object, ID: q.ID,
		Since: q.Since, Until: q.Until, ClTRID: q.ClTRID, SvTRID: q.SvTRID,
	}}
	for _, number := range q.Codes {
		code, known := epp.ResultCode(number)
		if !known {
			return logAnswer{}, mistake{fmt.Errorf("there is no result code %q; docs/epp.md lists them", number)}
		}
		query.Codes = append(query.Codes, code)
	}
	for what, one := range map[string]struct {
		said  string
		known []string
	}{
		"command": {q.Command, []string{"create", "delete", "renew", "transfer", "update"}},
		"object":  {q.Object, []string{"domain", "host", "contact"}},
	} {
		if one.said != "" && !slices.Contains(one.known, one.said) {
			return logAnswer{}, mistake{fmt.Errorf("the log has no %s %q; it has %s", what, one.said, strings.Join(one.known, ", "))}
		}
	}
	if q.Registrar != "" {
		if _, err := h.core.service.Ask(ctx, "", flow.RegistrarShow{ID: query.Registrar}); err != nil {
			return logAnswer{}, err
		}
	}
	reply, err := h.core.service.Ask(ctx, "", query)
	if err != nil {
		return logAnswer{}, err
	}
	found := reply.(flow.LogFound)
	answer := logAnswer{Rows: make([]logLine, len(found.Rows)), Next: found.Next}
	for i, r := range found.Rows {
		answer.Rows[i] = lineOfLog(r)
	}
	return answer, nil
}

// lineOfLog writes a row with the number of its code. What ended with the code's usual sentence has that.
func lineOfLog(r registry.LogRow) logLine {
	number, sentence := epp.Result(r.Code)
	if r.Message != "" {
		sentence = r.Message
	}
	return logLine{r.At, string(r.Registrar), r.Command, r.Object, r.ID, number, sentence, r.ClTRID, r.SvTRID, r.User}
}
