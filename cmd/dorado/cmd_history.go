package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

func (p *program) historyCommand() *cobra.Command {
	var dir, at string
	var limit int
	var asJSON bool
	var q pastQuestion
	var form historyForm
	cmd := &cobra.Command{
		Use:   "history [domain|host|contact|registrar] NAME",
		Short: "show who changed a name or other object, when and how; or how it was",
		Long: `History tells every change of a name, a host, a contact or a registrar: when, by whom, with which
command, and what was before and after. What time did is there from the instant on at which it did.
Earlier objects of the same name follow, each with its ROID.

With --at it shows the object as it was at an instant instead, with all that time had done by then.`,
		Example: `  dorado history cafeazul.co
  dorado history host ns1.condor.example --oldest
  dorado history cafeazul.co --at 2026-03-01T00:00:00Z --json`,
		Args: objectArguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if q.Object, q.ID, err = p.objectNamed(args); err != nil {
				return err
			}
			if limit < 1 {
				return fmt.Errorf("--limit is 1 or more, and %d is not", limit)
			}
			form.width = terminalWidth(p.out)
			if at != "" {
				return p.showPast(cmd.Context(), dir, at, q, form, asJSON)
			}
			return p.showHistory(cmd.Context(), dir, limit, q, form, asJSON)
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&at, "at", "", "show the object as it was at this instant (UTC)")
	f.BoolVar(&q.Oldest, "oldest", false, "the oldest change first")
	f.IntVar(&limit, "limit", 100, "the most changes to show")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&form.wide, "wide", false, "show whole lines, however wide the terminal is")
	return cmd
}

// objectArguments takes the name of a domain, or a kind of object and its name or id.
func objectArguments(_ *cobra.Command, args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return errors.New("give a name, such as shop.co; or host, contact or registrar and its name or id")
	}
	if kinds := registry.ObjectKinds(); len(args) == 2 && !slices.Contains(kinds, registry.ObjectKind(args[0])) {
		return fmt.Errorf("there is no history of a %s; say domain, host, contact or registrar", args[0])
	}
	return nil
}

// objectNamed returns the kind and the name or id that arguments name.
func (p *program) objectNamed(args []string) (kind, id string, err error) {
	kind, id = string(registry.KindDomain), args[len(args)-1]
	if len(args) == 2 {
		kind = args[0]
	}
	if kind == string(registry.KindDomain) || kind == string(registry.KindHost) {
		id, err = p.aLabels(id)
	}
	return kind, id, err
}

// historyPage is how many steps one request asks for.
const historyPage = 200

// showHistory asks for pages until there are enough steps, or no more.
func (p *program) showHistory(ctx context.Context, dir string, limit int, q pastQuestion, form historyForm, asJSON bool) error {
	steps := []stepLine{}
	for {
		q.Limit = min(historyPage, limit-len(steps))
		var page historyAnswer
		if err := call(ctx, dir, http.MethodPost, "/history", q, &page); err != nil {
			return hintKind(ctx, dir, q, err)
		}
		steps = append(steps, page.Steps...)
		if q.Page = page.Next; q.Page == "" || len(steps) == limit {
			break
		}
	}
	if asJSON {
		return p.printJSON(steps)
	}
	p.tellHistory(steps, form)
	switch {
	case q.Page == "":
	case q.Oldest:
		fmt.Fprintln(p.out, "\nThere are newer ones; --limit shows more.")
	default:
		fmt.Fprintln(p.out, "\nThere are older ones; --limit shows more.")
	}
	return nil
}

// A historyForm says how a history is printed: cut to a width in characters unless that is 0.
type historyForm struct {
	wide  bool
	width int
}

// tellHistory prints steps, below a line for each object that had the name.
func (p *program) tellHistory(steps []stepLine, form historyForm) {
	s := p.styleFor(p.out)
	roid := ""
	for i, step := range steps {
		if step.ROID != roid {
			if i > 0 {
				fmt.Fprintln(p.out)
			}
			roid = step.ROID
			fmt.Fprintln(p.out, s.bold(titleOf(steps[i:])))
		}
		fmt.Fprintln(p.out)
		p.tellStep(s, step, form)
	}
}

// titleOf names the object of the first of some steps.
func titleOf(steps []stepLine) string {
	title := readableName(steps[0].Name)
	if steps[0].ROID != steps[0].Name {
		title += ", " + steps[0].ROID
	}
	if steps[0].Gone {
		title += ", until " + showInstant(steps[0].At)
	}
	return title
}

// readableName writes an internationalized name as people do, and as it is kept.
func readableName(text string) string {
	if name, err := names.Parse(text); err == nil && name.IsIDN() {
		return name.Unicode() + " (" + text + ")"
	}
	return text
}

// tellStep prints one step: who did what, and below it the difference.
func (p *program) tellStep(s style, step stepLine, form historyForm) {
	head := fmt.Sprintf("%s  %s  %s", showInstant(step.At), makerOf(step), deedOf(step))
	if ids := strings.TrimSpace(step.SvTRID + " " + step.ClTRID); ids != "" {
		head += "  " + ids
	}
	fmt.Fprintln(p.out, form.fit(head))
	width := 0
	for _, d := range step.Changes {
		width = max(width, len(readableField(d.Field)))
	}
	for _, d := range step.Changes {
		field := readableField(d.Field)
		for _, line := range linesOf(d, step.Began) {
			text := form.fit(fmt.Sprintf("  %-*s  %s", width, field, line.text))
			fmt.Fprintln(p.out, line.painted(s, text))
			field = ""
		}
	}
	add := func(what, says string) {
		if says != "" {
			fmt.Fprintln(p.out, form.fit(fmt.Sprintf("  %-*s  %s", width, what, says)))
		}
	}
	if step.Cost > 0 {
		add("cost", step.Cost.String())
	}
	add("reason", step.Reason)
	add("told", step.Told)
	add("case", step.Case)
}

// wireInstant is an instant as answers have it, which people read with a blank. One in an id stays.
var wireInstant = regexp.MustCompile(`(^| )(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\dZ)`)

// fit makes a line for people: with instants that can be read, cut to the width of the terminal.
func (f historyForm) fit(line string) string {
	line = wireInstant.ReplaceAllString(line, "$1$2 $3")
	if f.wide {
		return line
	}
	return cut(line, f.width)
}

// makerOf says who made a step.
func makerOf(step stepLine) string {
	switch {
	case step.Maker == flow.MadeByRegistrar && step.User != "":
		return step.Registrar + " " + step.User
	case step.Maker == flow.MadeByRegistrar:
		return step.Registrar
	case step.Author != "":
		return "operator " + step.Author
	}
	return string(step.Maker)
}

// deedOf says what was done.
func deedOf(step stepLine) string {
	if step.Maker == flow.MadeByTime {
		return cmp.Or(step.Did, "changed")
	}
	return step.Command
}

// A changeLine is a line of a difference, with its sign.
type changeLine struct {
	text string
	sign byte // + or -, or a blank
}

func (l changeLine) painted(s style, text string) string {
	switch l.sign {
	case '+':
		return s.good(text)
	case '-':
		return s.bad(text)
	}
	return text
}

// linesOf writes a difference; what an object began with is told without signs.
func linesOf(d flow.Difference, began bool) []changeLine {
	var lines []changeLine
	switch {
	case began && d.After != "":
		return []changeLine{{d.After, ' '}}
	case began:
		for _, v := range d.Added {
			lines = append(lines, changeLine{v, ' '})
		}
		return lines
	case d.Before != "" || d.After != "":
		return []changeLine{{orNone(d.Before) + " → " + orNone(d.After), ' '}}
	}
	for _, v := range d.Removed {
		lines = append(lines, changeLine{"- " + v, '-'})
	}
	for _, v := range d.Added {
		lines = append(lines, changeLine{"+ " + v, '+'})
	}
	return lines
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// showPast shows an object as it was at an instant.
func (p *program) showPast(ctx context.Context, dir, at string, q pastQuestion, form historyForm, asJSON bool) error {
	var err error
	if q.At, err = parseInstant(at); err != nil {
		return fmt.Errorf("--at: %w", err)
	}
	q.Oldest = false
	var then pastAnswer
	if err := call(ctx, dir, http.MethodPost, "/history/at", q, &then); err != nil {
		return hintKind(ctx, dir, q, err)
	}
	if asJSON {
		return p.printJSON(then)
	}
	p.tellPast(then, form)
	return nil
}

func (p *program) tellPast(then pastAnswer, form historyForm) {
	s := p.styleFor(p.out)
	fmt.Fprintf(p.out, "%s\n%s\n\n", s.bold(readableName(then.ID)+" as it was at "+showInstant(then.At)), form.fit(fmt.Sprintf(
		"Unchanged since %s: %s by %s.", showInstant(then.Since.At), deedOf(then.Since), makerOf(then.Since))))
	rows := []row{}
	add := func(what string, values ...string) {
		for _, v := range values {
			rows = append(rows, row{what, form.fit(v), ""})
		}
	}
	if then.Since.ROID != then.ID {
		add("roid", then.Since.ROID)
	}
	add("statuses", then.Statuses...)
	add("rgpStatuses", then.RGPStatuses...)
	if then.Delegation != "" {
		add("delegation", map[string]string{
			"own": "to its name servers", "registry": "to the registry's page", "nothing": "none",
		}[then.Delegation])
	}
	for _, f := range then.Fields {
		if f.Field != "statuses" && f.Field != "name" {
			add(readableField(f.Field), f.Values...)
		}
	}
	printTable(p.out, s, rows)
}
