package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// An objectKind is a kind of objects that the operator has commands for.
type objectKind struct {
	word, path string // "domain", "/domains/"
	argument   string // what its commands take
	example    string // a command line for a verb
	isName     bool   // and may be typed with any letters
}

func domainObjects() objectKind {
	return objectKind{"domain", "/domains/", "the name, such as cafeazul.co", "dorado domain %s cafeazul.co", true}
}

func hostObjects() objectKind {
	return objectKind{"host", "/hosts/", "the host's name, such as ns1.condor.example", "dorado host %s ns1.condor.example", true}
}

func contactObjects() objectKind {
	return objectKind{"contact", "/contacts/", "the contact's id, such as C-1001", "dorado contact %s C-1001", false}
}

// pathOf returns where the control socket has something of an object.
func (p *program) pathOf(k objectKind, id, what string) (string, error) {
	if k.isName {
		var err error
		if id, err = p.aLabels(id); err != nil {
			return "", err
		}
	}
	return k.path + url.PathEscape(id) + what, nil
}

// deedFlags adds --dir, and who does something and why; of a deed that the sponsor is told of also what of the
// reason.
func deedFlags(cmd *cobra.Command, dir *string, q *deedRequest, told bool) {
	actFlags(cmd, dir, &q.actRequest, true)
	if told {
		f := cmd.Flags()
		f.StringVar(&q.Tell, "tell", "", fmt.Sprintf("why, as the sponsor is told with the change; EPP shows %d characters of it", toldInEPP))
		f.StringVar(&q.Case, "case", "", "the case that it belongs to, told as well: udrp:ID, urs:ID or custom:ID")
	}
}

// toldInEPP is how many characters of what the sponsor is told EPP has room for. RFC 5730 section 4.1, reasonBaseType.
const toldInEPP = 32

// warnOfLength says so of a reason that EPP will cut.
func (p *program) warnOfLength(q deedRequest) {
	if n := utf8.RuneCountInString(q.Tell); n > toldInEPP {
		fmt.Fprintf(p.err, "dorado: --tell has %d characters, and EPP shows the first %d\n", n, toldInEPP)
	}
}

func (p *program) hostCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "host",
		Short: "lock hosts against changes of their registrars",
		Long: `The operator's commands for hosts. Each has an author and a reason, which stand in its history and in what the program logs;
the sponsor is told what was done.`,
	})
	cmd.AddCommand(p.lock(hostObjects(), false), p.lock(hostObjects(), true))
	return cmd
}

func (p *program) contactCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "contact",
		Short: "lock contacts, and decide about their transfers",
		Long: `The operator's commands for contacts. Each has an author and a reason, which stand in the history and in the
log; the sponsor is told what was done.`,
	})
	k := contactObjects()
	cmd.AddCommand(p.lock(k, false), p.lock(k, true), p.decide(k, true), p.decide(k, false))
	return cmd
}

// lock sets statuses, or removes them.
func (p *program) lock(k objectKind, unlock bool) *cobra.Command {
	var dir string
	var statuses []string
	q := statusRequest{Lock: !unlock, Unlock: unlock}
	verb, what := "lock", "forbid its sponsor to change, delete or transfer a "+k.word
	if k.word == "host" {
		what = "forbid its sponsor to change or delete a host"
	}
	long := `Lock sets the statuses of the registry that forbid the sponsor's commands, those that are not set yet, or the ones
that --status names. Who queries the ` + k.word + ` sees them.`
	if unlock {
		verb, what = "unlock", "lift the lock of a "+k.word
		long = `Unlock removes the statuses that lock sets, those that are set, or the ones that --status names.`
	}
	cmd := &cobra.Command{
		Use:     verb + " " + strings.ToUpper(k.word) + " --reason TEXT",
		Short:   what,
		Long:    long,
		Example: "  " + fmt.Sprintf(k.example, verb) + " --reason \"case 2026-14\"",
		Args:    oneArgument(k.argument),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(statuses) > 0 {
				q.Lock, q.Unlock, q.Add = false, false, statuses
				if unlock {
					q.Add, q.Remove = nil, statuses
				}
			}
			return p.changeStatuses(cmd, dir, k, args[0], q)
		},
	}
	deedFlags(cmd, &dir, &q.deedRequest, true)
	cmd.Flags().StringSliceVar(&statuses, "status", nil, "these statuses only, such as serverUpdateProhibited; repeat for more")
	return cmd
}

// changeStatuses asks for a change of statuses and tells which there are now.
func (p *program) changeStatuses(cmd *cobra.Command, dir string, k objectKind, id string, q statusRequest) error {
	p.warnOfLength(q.deedRequest)
	q.Author = author(q.Author)
	path, err := p.pathOf(k, id, "/statuses")
	if err != nil {
		return err
	}
	var a statusAnswer
	if err := call(cmd.Context(), dir, http.MethodPost, path, q, &a); err != nil {
		return err
	}
	if len(a.Statuses) == 0 {
		fmt.Fprintf(p.out, "%s has no status now that anybody set.\n", a.ID)
		return nil
	}
	fmt.Fprintf(p.out, "%s now has %s.\n", a.ID, strings.Join(a.Statuses, ", "))
	if a.Stays != "" {
		fmt.Fprintf(p.out, "It is NOT out of the zone yet: %s.\n", a.Stays)
	}
	return nil
}

// decide approves a pending transfer for the sponsor, or rejects it.
func (p *program) decide(k objectKind, approve bool) *cobra.Command {
	var dir string
	q := transferRequest{Approve: approve}
	verb, short := "reject", "reject a pending transfer for the sponsor"
	if approve {
		verb, short = "approve", "approve a pending transfer for the sponsor"
	}
	cmd := &cobra.Command{
		Use:     verb + " " + strings.ToUpper(k.word) + " --reason TEXT",
		Short:   short,
		Long:    upperFirst(short) + ". Both sides are told; nobody is told why.",
		Example: "  " + fmt.Sprintf(k.example, verb) + " --reason \"case 2026-14\"",
		Args:    oneArgument(k.argument),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Author = author(q.Author)
			path, err := p.pathOf(k, args[0], "/transfer")
			if err != nil {
				return err
			}
			var a transferAnswer
			if err := call(cmd.Context(), dir, http.MethodPost, path, q, &a); err != nil {
				return err
			}
			if !approve {
				fmt.Fprintf(p.out, "The transfer of %s to %s is rejected; %s keeps it.\n", a.ID, a.Gaining, a.Losing)
				return nil
			}
			fmt.Fprintf(p.out, "%s is now sponsored by %s, not by %s.\n", a.ID, a.Gaining, a.Losing)
			if !a.Expires.IsZero() {
				fmt.Fprintf(p.out, "It expires at %s.\n", showInstant(a.Expires))
			}
			return nil
		},
	}
	actFlags(cmd, &dir, &q.actRequest, true)
	return cmd
}
