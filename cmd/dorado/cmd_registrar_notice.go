package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A noticeLine is how a registrar is told of an event. Own says which of the two it has chosen itself.
type noticeLine struct {
	Event   string `json:"event"`
	Poll    bool   `json:"poll"`
	Mail    bool   `json:"mail"`
	Own     string `json:"own,omitempty"` // poll, mail or both
	Desk    string `json:"desk"`
	Address string `json:"address"`
}

// A noticeRequest puts down how a registrar wants to be told of an event: on, off or default; empty leaves it.
type noticeRequest struct {
	actRequest
	Event string `json:"event"`
	Poll  string `json:"poll,omitempty"`
	Mail  string `json:"mail,omitempty"`
}

// notices adds how registrars are told to the handler of the control socket.
func (h *house) notices(mux *http.ServeMux) {
	mux.HandleFunc("GET /registrars/{id}/notices", answerJSON(h, h.listNotices))
	mux.HandleFunc("POST /registrars/{id}/notices", answerJSON(h, h.setNotice))
}

func (h *house) listNotices(ctx context.Context, r *http.Request, _ struct{}) ([]noticeLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.NoticeList{Registrar: registry.RegistrarID(r.PathValue("id"))})
	if err != nil {
		return nil, err
	}
	var lines []noticeLine
	for _, row := range reply.([]flow.NoticeRow) {
		lines = append(lines, noticeLine{
			Event: string(row.Event), Poll: row.Tells.Poll, Mail: row.Tells.Mail, Own: ownOf(row.Wish),
			Desk: string(row.Desk), Address: row.Address,
		})
	}
	return lines, nil
}

func ownOf(w registry.Wish) string {
	switch {
	case w.Poll != nil && w.Mail != nil:
		return "both"
	case w.Poll != nil:
		return "poll"
	case w.Mail != nil:
		return "mail"
	}
	return ""
}

func (h *house) setNotice(ctx context.Context, r *http.Request, q noticeRequest) ([]noticeLine, error) {
	act := q.act(r)
	cmd := flow.RegistrarNotice{Act: act, Event: registry.Event(q.Event), Poll: flow.Switch(q.Poll), Mail: flow.Switch(q.Mail)}
	if _, err := h.changeAccount(ctx, act, cmd, "event", q.Event, "poll", q.Poll, "mail", q.Mail); err != nil {
		return nil, err
	}
	lines, err := h.listNotices(ctx, r, struct{}{})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(lines, func(l noticeLine) bool { return l.Event != q.Event }), nil
}

func (p *program) registrarNotice() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "notice",
		Short: "choose of what a registrar is told by poll messages and by mails",
		Long: `A registrar is told of events by messages in its queue and by mails. What it does not choose is as the
registry's policy has it. The addresses and the language are settings: dorado registrar set.`,
	})
	cmd.AddCommand(p.noticeList(), p.noticeSet())
	return cmd
}

func (p *program) noticeList() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list ID",
		Short:   "list all events, and how a registrar is told of each",
		Example: "  dorado registrar notice list R2001",
		Args:    oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var lines []noticeLine
			if err := call(cmd.Context(), dir, http.MethodGet, registrarPath(args[0], "/notices"), nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellNotices(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellNotices(lines []noticeLine) error {
	word := map[bool]string{true: "on", false: "off"}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "EVENT\tPOLL\tMAIL\tITS CHOICE\tADDRESS")
	for _, l := range lines {
		own := l.Own
		if own == "" {
			own = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s: %s\n", l.Event, word[l.Poll], word[l.Mail], own, l.Desk, l.Address)
	}
	return w.Flush()
}

func (p *program) noticeSet() *cobra.Command {
	var dir string
	var q noticeRequest
	cmd := &cobra.Command{
		Use:   "set ID EVENT",
		Short: "choose how a registrar is told of an event",
		Example: `  dorado registrar notice set R2001 auto-renewed --poll off --mail on
  dorado registrar notice set R2001 auto-renewed --poll default --mail default`,
		Args: arguments("the registrar's id, and an event of dorado registrar notice list", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := switchesAreGiven(q); err != nil {
				return err
			}
			q.Author, q.Event = author(q.Author), args[1]
			var lines []noticeLine
			if err := call(cmd.Context(), dir, http.MethodPost, registrarPath(args[0], "/notices"), q, &lines); err != nil {
				return err
			}
			return p.tellNotices(lines)
		},
	}
	actFlags(cmd, &dir, &q.actRequest, false)
	cmd.Flags().StringVar(&q.Poll, "poll", "", "messages in its queue: on, off or default")
	cmd.Flags().StringVar(&q.Mail, "mail", "", "mails: on, off or default")
	return cmd
}

// switchesAreGiven refuses a choice of nothing, and one that is none.
func switchesAreGiven(q noticeRequest) error {
	if q.Poll+q.Mail == "" {
		return errors.New("say what to choose: --poll or --mail, each on, off or default")
	}
	for _, s := range []struct{ flag, value string }{{"poll", q.Poll}, {"mail", q.Mail}} {
		if !slices.Contains([]string{"", "on", "off", "default"}, s.value) {
			return fmt.Errorf("--%s is on, off or default, and %q is none of them", s.flag, s.value)
		}
	}
	return nil
}
