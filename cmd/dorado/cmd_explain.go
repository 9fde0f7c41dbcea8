package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/core/policy"
)

// An explainer asks the registry of a directory what a command would come to.
type explainer struct {
	p            *program
	dir, who, at string
	asJSON       bool
}

func (p *program) explainCommand() *cobra.Command {
	x := &explainer{p: p}
	cmd := group(&cobra.Command{
		Use:   "explain",
		Short: "say what a command would be answered, and by which rules; nothing happens",
		Long: `Explain runs a registrar's command without storing anything. It tells the answer, every rule that was
looked at with what it saw, what would make a refused command work, and what a successful one would
store. The commands are those of dorado epp; frame takes a frame from a file. The rules are those of
docs/epp.md.

The exit status is 0 if the command would succeed, and the first two digits of the result code if not.`,
		Example: `  dorado explain create domain cafemio.co --registrant CAFE-1 \
      --admin CAFE-1 --tech CAFE-1
  dorado explain --as H1002 delete domain cafeazul.co
  dorado explain --at 2027-01-01 check domain cafeazul.co
  dorado explain frame frame.xml`,
	})
	f := cmd.PersistentFlags()
	f.StringVar(&x.dir, "dir", defaultDemo, "directory of the registry, which runs")
	f.StringVar(&x.who, "as", "", "id of the registrar whose command it is (default: the first)")
	f.StringVar(&x.at, "at", "", "as if it were sent at this instant (UTC; default: now)")
	f.BoolVar(&x.asJSON, "json", false, "print JSON")
	t := &talker{p: p, out: p.out, instead: x.explain}
	t.expiry = func(ctx context.Context, name string) (string, error) { return x.expiry(ctx, t, name) }
	for _, c := range t.objectCommands() {
		prefixExamples(c, "dorado explain")
		cmd.AddCommand(c)
	}
	cmd.AddCommand(x.frameCommand())
	return cmd
}

func (x *explainer) frameCommand() *cobra.Command {
	return &cobra.Command{
		Use: "frame FILE", Short: "explain a frame from a file, or - for standard input",
		Example: "  dorado explain frame frame.xml",
		Args:    oneArgument("the file of the frame"),
		RunE: func(cmd *cobra.Command, args []string) error {
			frame, err := x.p.readFrame(args[0])
			if err != nil {
				return err
			}
			return x.explain(cmd.Context(), frame)
		},
	}
}

// explain asks about a frame and tells what comes of it.
func (x *explainer) explain(ctx context.Context, frame []byte) error {
	e, err := x.ask(ctx, frame)
	if err != nil {
		return err
	}
	if x.asJSON {
		if err := x.p.printJSON(e); err != nil {
			return err
		}
	} else {
		x.tell(x.p.out, x.p.styleFor(x.p.out), e)
	}
	return statusOfCode(e.Code)
}

// ask asks what a frame would be answered.
func (x *explainer) ask(ctx context.Context, frame []byte) (explanation, error) {
	q := question{Registrar: x.who, Frame: string(frame)}
	var err error
	if x.at != "" {
		q.At, err = parseInstant(x.at)
	}
	if err == nil && q.Registrar == "" {
		q.Registrar, err = x.firstRegistrar(ctx)
	}
	var e explanation
	if err != nil {
		return e, err
	}
	err = call(ctx, x.dir, http.MethodPost, "/explain", q, &e)
	return e, err
}

// expiry asks when a name expires, as it is at the instant of the question. Of one that there is not it is the day
// of that instant: what is explained of its renewal is that there is none.
func (x *explainer) expiry(ctx context.Context, t *talker, name string) (string, error) {
	info, err := t.inASCII(eppclient.Info{Object: "domain", Name: name})
	if err != nil {
		return "", err
	}
	frame, err := eppclient.Frame(info, eppclient.NewTRID())
	if err != nil {
		return "", err
	}
	e, err := x.ask(ctx, frame)
	if err != nil {
		return "", err
	}
	return cmp.Or(e.Expires, e.At).UTC().Format(time.DateOnly), nil
}

func (x *explainer) firstRegistrar(ctx context.Context) (string, error) {
	var all []registrarLine
	if err := call(ctx, x.dir, http.MethodGet, "/registrars", nil, &all); err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", fmt.Errorf("the registry in %s has no registrar; add one with dorado registrar add", x.dir)
	}
	return all[0].ID, nil
}

// statusOfCode returns the exit status of a result code: none if it is a success.
func statusOfCode(code string) error {
	if code < "2000" {
		return nil
	}
	return exit(int(code[0]-'0')*10 + int(code[1]-'0'))
}

// tell writes an explanation for people.
func (x *explainer) tell(w io.Writer, s style, e explanation) {
	answer := s.good(e.Code + "  " + e.Message)
	if e.Code >= "2000" {
		answer = s.bad(e.Code + "  " + e.Message)
	}
	fmt.Fprintf(w, "%s %s by %s at %s would be answered\n\n  %s\n", upperFirst(e.Command), e.Object, e.Registrar, e.At.Format(time.RFC3339), answer)
	if e.Remedy != "" {
		fmt.Fprintf(w, "\nWhat would make it work: %s.\n", e.Remedy)
	}
	if len(e.Answers) > 0 {
		fmt.Fprintln(w)
		var rows []row
		for _, a := range e.Answers {
			value := "available"
			if !a.Available {
				value = "not available"
			}
			rows = append(rows, row{a.Object, value, a.Reason})
		}
		printTable(w, s, rows)
	}
	x.tellRules(w, s, e)
	if len(e.Prices) > 0 {
		fmt.Fprintln(w, "\nThe price:")
	}
	for _, p := range e.Prices {
		object := ""
		if p.Object != "" {
			object = p.Object + ", "
		}
		operation := p.Operation
		if p.Operation != string(policy.OpRestore) { // which renews nothing
			operation += " for " + years(p.Years)
		}
		fmt.Fprintf(w, "  %s%s: %s (%s)\n", object, operation, p.Total, p.Why)
		for _, fee := range p.Fees {
			fmt.Fprintln(w, "    "+fee)
		}
	}
	if len(e.Writes) > 0 {
		fmt.Fprintln(w, "\nIt would store:")
		for _, line := range e.Writes {
			fmt.Fprintln(w, "  "+line)
		}
	}
	if e.Terms != "" {
		fmt.Fprintf(w, "\n%s\n", s.faint(fmt.Sprintf("Under the terms since %s: %s.", e.TermsSince.Format(time.DateOnly), e.Terms)))
	}
}

// tellRules writes the rules in their order. A refused command may have more of them, which are looked
// at when these hold.
func (x *explainer) tellRules(w io.Writer, s style, e explanation) {
	if len(e.Rules) == 0 {
		return
	}
	fmt.Fprintln(w, "\nThe rules, in their order:")
	width := 0
	for _, r := range e.Rules {
		width = max(width, len(r.Rule))
	}
	for _, r := range e.Rules {
		looked := strings.TrimSpace(r.Field + " " + r.Value)
		if r.Holds {
			fmt.Fprintf(w, "  %s %-*s  %s\n", s.good("holds "), width, r.Rule, s.faint(looked))
			continue
		}
		fmt.Fprintf(w, "  %s %-*s  %s\n", s.bad("broken"), width, r.Rule, looked)
		fmt.Fprintf(w, "         %s; %s\n", r.Reason, r.Remedy)
	}
	if e.Code >= "2000" {
		fmt.Fprintln(w, s.faint("  Others may follow when these hold."))
	}
}

func years(n int) string {
	if n == 1 {
		return "1 year"
	}
	return fmt.Sprintf("%d years", n)
}
