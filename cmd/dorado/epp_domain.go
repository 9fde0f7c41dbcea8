package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.org/dorado/cmd/dorado/eppclient"
)

func (t *talker) createDomain() *cobra.Command {
	var c eppclient.DomainCreate
	var extras createExtras
	var admin, tech, billing []string
	cmd := &cobra.Command{
		Use:   "domain NAME",
		Short: "register a name",
		Long:  t.slow("Create registers a name. A premium name needs --fee; check domain --fee shows what it costs."),
		Example: `  create domain cafemio.co --registrant CAFE-1 --admin CAFE-1 \
      --tech TEC-1 --ns ns1.condor.example
  create domain plata.co --registrant CAFE-1 --admin CAFE-1 \
      --tech TEC-1 --fee 500`,
		Args: oneArgument("the name to register"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := yearsArePossible(c.Years); err != nil {
				return err
			}
			c.Name = args[0]
			if err := extras.into(&c); err != nil {
				return err
			}
			for _, role := range []struct {
				name string
				ids  []string
			}{{"admin", admin}, {"tech", tech}, {"billing", billing}} {
				for _, id := range role.ids {
					c.Contacts = append(c.Contacts, eppclient.DomainContact{Role: role.name, ID: id})
				}
			}
			return t.do(cmd.Context(), c)
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.Years, "years", 1, "period in years")
	f.StringVar(&c.Registrant, "registrant", "", "contact id of the holder")
	f.StringSliceVar(&admin, "admin", nil, "contact id; repeat for more")
	f.StringSliceVar(&tech, "tech", nil, "contact id; repeat for more")
	f.StringSliceVar(&billing, "billing", nil, "contact id; repeat for more")
	f.StringSliceVar(&c.Nameservers, "ns", nil, "name server; repeat for more")
	f.StringVar(&c.AuthInfo, "auth", "", "authInfo (default empty: no transfer until one is set)")
	extras.add(cmd)
	require(cmd, "registrant", "admin", "tech")
	return cmd
}

func (t *talker) updateDomain() *cobra.Command {
	var u eppclient.DomainUpdate
	var extras updateExtras
	var addContacts, remContacts []string
	var auth string
	cmd := &cobra.Command{
		Use:   "domain NAME",
		Short: "change a registration",
		Example: `  update domain cafemio.co --add-status clientHold
  update domain cafemio.co --rem-contact tech=TEC-1 \
      --add-contact tech=LUNA-1
  update domain cafemio.co --add-ns ns1.cafemio.co \
      --rem-ns ns1.condor.example
  update domain cafemio.co --rem-ds all --ttl NS=3600`,
		Args: oneArgument("the name to change"),
		RunE: func(cmd *cobra.Command, args []string) error {
			u.Name = args[0]
			var errA, errB error
			errC := extras.into(&u)
			u.Add.Contacts, errA = domainContacts(addContacts)
			u.Remove.Contacts, errB = domainContacts(remContacts)
			if err := errors.Join(errA, errB, errC); err != nil {
				return err
			}
			u.AuthInfo = changedText(cmd, "auth", auth)
			if !u.Add.Any() && !u.Remove.Any() && u.Registrant == "" && u.AuthInfo == nil && !extras.any() {
				return nothingToChange(cmd)
			}
			return t.do(cmd.Context(), u)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&u.Add.Nameservers, "add-ns", nil, "name server to add; repeat for more")
	f.StringSliceVar(&u.Remove.Nameservers, "rem-ns", nil, "name server to remove; repeat for more")
	f.StringSliceVar(&addContacts, "add-contact", nil, "contact to add, such as tech=TEC-1; repeat for more")
	f.StringSliceVar(&remContacts, "rem-contact", nil, "contact to remove; repeat for more")
	f.StringSliceVar(&u.Add.Statuses, "add-status", nil, "status to set, such as clientHold; repeat for more")
	f.StringSliceVar(&u.Remove.Statuses, "rem-status", nil, "status to remove; repeat for more")
	f.StringVar(&u.Registrant, "registrant", "", "contact id of the new holder")
	f.StringVar(&auth, "auth", "", "new authInfo; empty removes it")
	extras.flags(cmd)
	return cmd
}

// nothingToChange refuses an update that says nothing.
func nothingToChange(cmd *cobra.Command) error {
	var flags []string
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			flags = append(flags, "--"+f.Name)
		}
	})
	return fmt.Errorf("say what to change: %s", strings.Join(flags, ", "))
}

// changedText returns the text of a flag that was given, and nil otherwise.
func changedText(cmd *cobra.Command, flag, value string) *eppclient.Text {
	if !cmd.Flags().Changed(flag) {
		return nil
	}
	text := eppclient.Text(value)
	return &text
}

// domainContacts reads contacts such as tech=TEC-1.
func domainContacts(list []string) ([]eppclient.DomainContact, error) {
	var contacts []eppclient.DomainContact
	for _, text := range list {
		role, id, found := strings.Cut(text, "=")
		if !found {
			return nil, fmt.Errorf("write a contact as ROLE=ID, such as tech=%s", text)
		}
		contacts = append(contacts, eppclient.DomainContact{Role: role, ID: id})
	}
	return contacts, nil
}
