package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/text/unicode/runenames"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
	"example.org/dorado/flow"
)

// A variantAnswer is what a running registry says of a label.
type variantAnswer struct {
	Registered []string `json:"registered"` // names of the label and its variants, as A-labels
	Tables     []string `json:"tables"`     // the ids of those that it offers
}

// showVariants answers which names of a label and its variants are registered.
func (h *house) showVariants(ctx context.Context, r *http.Request, _ struct{}) (variantAnswer, error) {
	label, err := names.Parse(r.URL.Query().Get("label"))
	if err != nil {
		return variantAnswer{}, mistake{err}
	}
	reply, err := h.core.service.Ask(ctx, "", flow.VariantList{Label: label})
	if err != nil {
		return variantAnswer{}, err
	}
	found := reply.(flow.Variants)
	answer := variantAnswer{Registered: []string{}, Tables: found.Tables}
	for _, n := range found.Registered {
		answer.Registered = append(answer.Registered, n.String())
	}
	return answer, nil
}

// mostVariants is how many variants of a label are looked at; a long Chinese one has millions.
const mostVariants = 2000

// An idnCheck tells a person all that there is to know of one label.
type idnCheck struct {
	p      *program
	style  style
	typed  string
	tables []string                                  // to look at
	ask    func(label string) (variantAnswer, error) // of a running registry; nil if none is named

	answer variantAnswer
	label  string // the U-label
}

// run prints the report, and ends with 1 if the label is not valid or fits no table.
func (c *idnCheck) run() error {
	// A label is judged below a zone of ASCII letters, which are no digits and read from left to right.
	name, err := names.ParseLookup(c.typed + ".zone")
	if err != nil {
		c.label = c.typed
		c.row("label", c.typed)
		c.row("IDNA2008", c.style.bad("refused: ")+err.Error())
		c.codePoints()
		return exit(1)
	}
	c.label, _, _ = strings.Cut(name.Unicode(), ".")
	if c.ask != nil {
		if c.answer, err = c.ask(name.Label()); err != nil {
			return err
		}
	}
	c.row("label", c.label)
	if strings.HasPrefix(name.Label(), "xn--") {
		c.row("A-label", name.Label())
	} else {
		c.row("A-label", "none: it is all ASCII")
	}
	c.row("IDNA2008", c.style.good("valid"))
	if key := idn.Key(name); key != "" {
		c.row("key", strings.TrimSuffix(key, ".zone")+"  "+c.style.faint("the same for all its variants"))
	}
	c.codePoints()
	fits := c.verdicts()
	c.variants(fits)
	c.registered()
	if len(fits) == 0 {
		return exit(1)
	}
	return nil
}

func (c *idnCheck) row(what, value string) { fmt.Fprintf(c.p.out, "%-10s%s\n", what, value) }

// codePoints prints what the label is made of. The characters stand last: some are two columns wide, and some
// are written from right to left.
func (c *idnCheck) codePoints() {
	w := tabwriter.NewWriter(c.p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nCODE POINT\tNAME\tCHARACTER")
	for _, r := range c.label {
		fmt.Fprintf(w, "%U\t%s\t%c\n", r, runeName(r), r)
	}
	_ = w.Flush()
}

// runeName is Unicode's name for a code point; what has none is of the many that are named by a rule.
func runeName(r rune) string {
	if name := runenames.Name(r); name != "" {
		return name
	}
	return "-"
}

// verdicts prints what each table says, and returns those that the label fits.
func (c *idnCheck) verdicts() []*idn.Table {
	var fits []*idn.Table
	w := tabwriter.NewWriter(c.p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nTABLE\tLANGUAGE\tVERDICT")
	for _, id := range c.tables {
		t, err := idn.BuiltIn(id)
		if err != nil {
			continue // the ids are those that there are
		}
		verdict := t.Problem(c.label)
		if verdict == "" {
			fits = append(fits, t)
			verdict = "fits"
		}
		if c.ask != nil && !slices.Contains(c.answer.Tables, id) {
			verdict += " (the registry does not offer the table)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", id, t.Name(), verdict)
	}
	_ = w.Flush()
	return fits
}

// variants prints the variants that the tables know of the label.
func (c *idnCheck) variants(fits []*idn.Table) {
	for _, t := range fits {
		list, more := t.Variants(c.label, mostVariants)
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(c.p.out, "\nVariants by table %s\n", t.ID())
		for _, v := range list {
			fmt.Fprintf(c.p.out, "  %-13s%s\n", v.Disposition, v.Label)
		}
		if more {
			fmt.Fprintln(c.p.out, "  and more, which were not looked at")
		}
	}
}

// registered prints what is registered of the label and its variants.
func (c *idnCheck) registered() {
	switch {
	case c.ask == nil:
	case len(c.answer.Registered) == 0:
		fmt.Fprintln(c.p.out, "\nNeither the label nor a variant of it is registered.")
	default:
		fmt.Fprintln(c.p.out, "\nRegistered, each of which blocks its variants in its zone")
		for _, n := range c.answer.Registered {
			shown := n
			if parsed, err := names.Parse(n); err == nil && parsed.IsIDN() {
				shown += "  " + parsed.Unicode()
			}
			fmt.Fprintf(c.p.out, "  %s\n", shown)
		}
	}
}
