package main

import (
	"bufio"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// dirFlag adds --dir for the directory of a registry that runs.
func dirFlag(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "dir", defaultDemo, "directory of the running registry")
}

func (p *program) registrarCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "registrar",
		Short: "add registrars, change, limit and suspend them, record their deposits",
		Long: `The operator's commands for registrars. They speak to the registry that runs in --dir, through a
socket that only the user who runs it can open.`,
	})
	cmd.AddCommand(
		p.registrarAdd(), p.registrarList(), p.registrarShow(), p.registrarDeposit(), p.registrarLimits(), p.registrarHolds(), p.registrarDeficiency(), p.registrarReceipt(), p.registrarPoll(), p.registrarNotice(), p.registrarLimit(), p.registrarSet(),
		p.registrarCertificate(), p.registrarNetwork(), p.registrarPassword(), p.registrarSuspend(), p.registrarResume(),
	)
	return cmd
}

func (p *program) registrarAdd() *cobra.Command {
	var dir string
	var fromStdin, asJSON bool
	var certificates []string
	var r newRegistrar
	cmd := &cobra.Command{
		Use:   "add ID --name NAME --email ADDRESS",
		Short: "open a registrar's account and print its password, once",
		Example: `  dorado registrar add R2001 --dir DIR --name "Example Names" \
      --email tech@example.com --network 192.0.2.0/24`,
		Args: oneArgument("the registrar's id, such as R2001"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.ID, r.Password = args[0], newPassword()
			if fromStdin {
				var err error
				if r.Password, err = p.readPassword(); err != nil {
					return err
				}
			}
			for _, path := range certificates {
				k, err := certificateOf(path)
				if err != nil {
					return err
				}
				k.Author = author(r.Author)
				r.Certificates = append(r.Certificates, k)
			}
			r.Author = author(r.Author)
			line := addedRegistrar{Password: r.Password}
			if err := call(cmd.Context(), dir, http.MethodPost, "/registrars", r, &line.registrarLine); err != nil {
				return err
			}
			if fromStdin {
				line.Password = ""
			}
			if asJSON {
				return p.printJSON(line)
			}
			p.tellAdded(r, fromStdin, dir)
			return nil
		},
	}
	dirFlag(cmd, &dir)
	f := cmd.Flags()
	f.StringVar(&r.Name, "name", "", "name of the company")
	f.StringVar(&r.Email, "email", "", "address for notices")
	f.StringVar(&r.Voice, "voice", "", "telephone, such as +57.6015550100")
	f.StringVar(&r.Website, "website", "", "address of its web site")
	f.StringVar(&r.Abuse, "abuse", "", "address for abuse reports, shown in WHOIS and RDAP")
	f.IntVar(&r.IANAID, "iana-id", 0, "its IANA id, if it has one")
	f.StringArrayVar(&r.Networks, "network", nil, "address or network that it may connect from, in CIDR form; repeat for more")
	f.StringArrayVar(&certificates, "certificate", nil, "PEM file of a client certificate that it may show; repeat for more")
	f.StringVar(&r.CreditLimit, "credit-limit", "", "how far it may go below zero, such as 500.00")
	f.StringVar(&r.CreditThreshold, "credit-threshold", "", "below this available credit it gets a mail")
	f.BoolVar(&fromStdin, "password-stdin", false, "read the password from the first line of standard input")
	f.StringVar(&r.Author, "author", "", "who does it; your login name if left out")
	f.BoolVar(&asJSON, "json", false, "print JSON, with the password that was made")
	require(cmd, "name", "email")
	return cmd
}

// An addedRegistrar is a new registrar, with the password that was made for it.
type addedRegistrar struct {
	registrarLine
	Password string `json:"password,omitempty"`
}

// oneArgument is a check that says what is missing.
func oneArgument(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 || strings.TrimSpace(args[0]) == "" {
			return fmt.Errorf("give one argument: %s", what)
		}
		return nil
	}
}

// oneArgumentAtMost takes one argument or none.
func oneArgumentAtMost(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("give one argument at most: %s", what)
		}
		return nil
	}
}

// tellAdded says what was made and what is still missing.
func (p *program) tellAdded(r newRegistrar, chosen bool, dir string) {
	fmt.Fprintf(p.out, "Registrar %s is open.\n", r.ID)
	if !chosen {
		fmt.Fprintf(p.out, "Its password, which is shown only now: %s\n", r.Password)
	}
	if len(r.Networks) == 0 && len(r.Certificates) == 0 {
		fmt.Fprintf(p.out, "It cannot log in: it has neither a --network nor a --certificate.\n")
	}
	if r.CreditLimit == "" {
		fmt.Fprintf(p.out, "It has no funds yet: dorado registrar deposit %s AMOUNT REFERENCE --dir %s\n", r.ID, dir)
	}
}

// readPassword reads the first line of standard input.
func (p *program) readPassword() (string, error) {
	scanner := bufio.NewScanner(p.in)
	scanner.Scan()
	password := strings.TrimSuffix(scanner.Text(), "\r")
	if err := scanner.Err(); err != nil {
		return "", err
	}
	if password == "" {
		return "", fmt.Errorf("standard input has no password in its first line")
	}
	return password, nil
}

// certificateOf reads the first certificate of a PEM file.
func certificateOf(path string) (k certificateLine, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return k, err
	}
	if k.Fingerprint, err = fingerprint(data); err != nil {
		return k, fmt.Errorf("%s: %w", path, err)
	}
	block, _ := pem.Decode(data)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return k, fmt.Errorf("%s: %w", path, err)
	}
	k.Subject, k.Issuer, k.NotAfter = leaf.Subject.String(), leaf.Issuer.String(), leaf.NotAfter
	return k, nil
}

func (p *program) registrarList() *cobra.Command {
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list all registrars with their funds",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var lines []registrarLine
			if err := call(cmd.Context(), dir, http.MethodGet, "/registrars", nil, &lines); err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(lines)
			}
			return p.tellRegistrars(lines)
		},
	}
	dirFlag(cmd, &dir)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (p *program) tellRegistrars(lines []registrarLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(p.out, "There is no registrar yet: dorado registrar add --help")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tSTATE\tBALANCE "+currency+"\tAVAILABLE "+currency+"\tMAY CONNECT FROM")
	for _, l := range lines {
		from := l.Networks
		if l.Certified > 0 {
			from = append(from, count(l.Certified, "certificate"))
		}
		if len(from) == 0 {
			from = []string{"nowhere"}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, l.Name, l.State, l.Balance, l.Available, from[0])
		for _, also := range from[1:] {
			fmt.Fprintf(w, "\t\t\t\t\t%s\n", also)
		}
	}
	return w.Flush()
}
