package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.org/dorado/core/ledger"
)

func (p *program) ledgerCheck() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "check that the books are right and that nothing sealed was changed",
		Long: `Check adds up all entries, compares every kept balance with its entries and every charge with those that its state
says, and holds every sealed entry to its seal, every seal to the head of its day, and every head to its signature. It
prints what is wrong, and then ends with status 1.

Who can write the database and has the key can make all of it anew: compare the last head with what was published.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var a checkAnswer
			if err := call(cmd.Context(), dir, http.MethodPost, "/ledger/check", struct{}{}, &a); err != nil {
				return err
			}
			if asJSON {
				if err := p.printJSON(a); err != nil {
					return err
				}
			} else {
				p.tellCheck(a)
			}
			if len(a.Faults) > 0 {
				return exit(1)
			}
			return nil
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellCheck(a checkAnswer) {
	for _, fault := range a.Faults {
		fmt.Fprintf(p.out, "wrong: %s\n", fault)
	}
	fmt.Fprintf(p.out, "Checked %s, with %s in %s, and %s of days.\n", count(a.Registrars, "registrar"),
		sealedEntries(a.Entries), count(a.Seals, "seal"), count(a.Heads, "head"))
	if a.Last != "" {
		fmt.Fprintf(p.out, "The last head is %s.\n", a.Last)
	}
	switch len(a.Faults) {
	case 0:
		fmt.Fprintln(p.out, "The books are right, and what was sealed is as it was.")
	default:
		fmt.Fprintf(p.out, "%s found.\n", count(len(a.Faults), "fault"))
	}
}

func sealedEntries(n int64) string { return strings.Replace(countEntries(int(n)), " ", " sealed ", 1) }

func (p *program) ledgerHeads() *cobra.Command {
	var dir, from string
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "heads",
		Short: "list the signed heads of days, which can be published",
		Long: `Heads lists the days that are sealed, with the root over all registrars' entries and the key that has signed it.
They name nobody. Whoever knows a head that was published can tell later whether anything before it was changed.`,
		Example: `  dorado ledger heads --from 2026-03-01
  dorado ledger heads --json > heads.json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			start, err := firstOf(from)
			if err != nil {
				return fmt.Errorf("--from: %w", err)
			}
			heads, err := headsFrom(cmd.Context(), dir, headsQuestion{start, limit})
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(heads)
			}
			for _, h := range heads {
				fmt.Fprintf(p.out, "%s  %s  key %s\n", h.Day, h.Root, h.KeyID)
			}
			if len(heads) == 0 {
				fmt.Fprintln(p.out, "No day is sealed yet.")
			}
			return nil
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "from this day on")
	f.IntVar(&limit, "limit", 0, "the most days to list (default: all)")
	f.BoolVar(&asJSON, "json", false, "print JSON, with what is signed and the signatures")
	return cmd
}

// headsPage is how many heads one request asks for.
const headsPage = 1000

// headsFrom asks for pages until there are enough heads, or no more.
func headsFrom(ctx context.Context, dir string, q headsQuestion) ([]dayHead, error) {
	heads, most := []dayHead{}, q.Limit
	if most < 0 {
		return nil, fmt.Errorf("--limit is 1 or more, and %d is not", most)
	}
	for {
		if q.Limit = headsPage; most > 0 {
			q.Limit = min(headsPage, most-len(heads))
		}
		var page []dayHead
		if err := call(ctx, dir, http.MethodPost, "/ledger/heads", q, &page); err != nil {
			return nil, err
		}
		heads = append(heads, page...)
		if len(page) < q.Limit || len(heads) == most {
			return heads, nil
		}
		last, err := time.Parse(time.DateOnly, page[len(page)-1].Day)
		if err != nil {
			return nil, err
		}
		q.From = last.AddDate(0, 0, 1)
	}
}

// signedStatement writes a signed statement to a file, which is there whole and verified, or not at all.
func (p *program) signedStatement(ctx context.Context, dir, registrar string, form statementForm) (err error) {
	var days [2]time.Time
	for i, text := range []string{form.from, form.to} {
		if days[i], err = time.Parse(time.DateOnly, text); text != "" && err != nil {
			return fmt.Errorf("a signed statement is of whole days, and %q is none, such as 2026-03-01", text)
		}
	}
	file, err := os.CreateTemp(filepath.Dir(form.signed), ".statement-*")
	if err != nil {
		return fmt.Errorf("the file %s cannot be written: %w", form.signed, plain(err))
	}
	defer os.Remove(file.Name()) // unless it has its name by then
	defer file.Close()
	if err := download(ctx, dir, proofPath(registrar, days[0], days[1]), file); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	found, err := ledger.Verify(file, ledger.Trust{})
	if err != nil {
		return fmt.Errorf("what the registry wrote does not verify: %w; dorado ledger check says more", err)
	}
	if err := errors.Join(file.Sync(), os.Rename(file.Name(), form.signed)); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "%s has %s of %s, sealed from %s to %s and signed on %s.\n", form.signed, countEntries(int(found.Entries)), found.Party,
		found.First.Format(time.DateOnly), found.Last.Format(time.DateOnly), found.Signed.Format(time.DateOnly))
	return nil
}

// download writes the answer to a request into a file.
func download(ctx context.Context, dir, path string, into io.Writer) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, controlURL+path, nil)
	if err != nil {
		return err
	}
	response, err := send(dir, r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return decodeAnswer(response, nil)
	}
	if _, err := io.Copy(into, response.Body); err != nil {
		return fmt.Errorf("the registry stopped in the middle of its answer: %w; try again", err)
	}
	return nil
}
