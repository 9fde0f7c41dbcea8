package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
)

// contactFlags are those that create and update share.
type contactFlags struct {
	postal       eppclient.Postal
	voice, fax   string
	email, auth  string
	openToPublic []string
}

func (c *contactFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.postal.Form, "form", "int", "form of the address: int (ASCII) or loc")
	f.StringVar(&c.postal.Name, "name", "", "name of the person")
	f.StringVar(&c.postal.Org, "org", "", "organisation")
	f.StringArrayVar(&c.postal.Street, "street", nil, "street line; repeat for up to three")
	f.StringVar(&c.postal.City, "city", "", "city")
	f.StringVar(&c.postal.Province, "sp", "", "state or province")
	f.StringVar(&c.postal.Postcode, "pc", "", "postal code")
	f.StringVar(&c.postal.Country, "cc", "", "country, two letters")
	f.StringVar(&c.voice, "voice", "", "telephone, such as +57.6015550100, with x and an extension if any")
	f.StringVar(&c.fax, "fax", "", "fax, in the same form")
	f.StringVar(&c.email, "email", "", "e-mail address")
	f.StringVar(&c.auth, "auth", "", "authInfo")
}

// phone reads a number such as +57.6015550100x42; nil if there is none.
func phone(text string) *eppclient.Phone {
	if text == "" {
		return nil
	}
	number, extension, _ := strings.Cut(text, "x")
	return &eppclient.Phone{Number: number, Extension: extension}
}

// disclosures reads attributes such as email or name/int into the order of the schema. RFC 5733
// section 4, discloseType.
func disclosures(list []string) ([]eppclient.Disclosure, error) {
	order := []string{"name/int", "name/loc", "org/int", "org/loc", "addr/int", "addr/loc", "voice", "fax", "email"}
	var open []eppclient.Disclosure
	for _, text := range list {
		if !slices.Contains(order, text) {
			return nil, fmt.Errorf("there is no %q to disclose; choose of %s", text, strings.Join(order, ", "))
		}
	}
	for _, text := range order {
		if slices.Contains(list, text) {
			element, form, _ := strings.Cut(text, "/")
			open = append(open, eppclient.Disclosure{Element: element, Form: form})
		}
	}
	return open, nil
}

func (t *talker) createContact() *cobra.Command {
	var c contactFlags
	cmd := &cobra.Command{
		Use:   "contact ID",
		Short: "make a contact",
		Example: `  create contact ANA-1 --name "Ana Torres" \
      --street "Calle 12 # 3-45" --city Bogota --pc 110111 --cc CO \
      --voice +57.6015550100 --email ana@example.com`,
		Args: oneArgument("the id of the contact"),
		RunE: func(cmd *cobra.Command, args []string) error {
			open, err := disclosures(c.openToPublic)
			if err != nil {
				return err
			}
			return t.do(cmd.Context(), eppclient.ContactCreate{
				ID: args[0], Postal: c.postal, Voice: phone(c.voice), Fax: phone(c.fax),
				Email: c.email, AuthInfo: c.auth, Disclose: open,
			})
		},
	}
	c.add(cmd)
	cmd.Flags().StringSliceVar(&c.openToPublic, "disclose", nil, "what WHOIS and RDAP may show, such as email or name/int; repeat for more")
	require(cmd, "name", "street", "city", "pc", "cc", "voice", "email")
	return cmd
}

func (t *talker) updateContact() *cobra.Command {
	var c contactFlags
	var add, remove []string
	cmd := &cobra.Command{
		Use:     "contact ID",
		Short:   "change a contact; an address is replaced as a whole",
		Example: "  update contact ANA-1 --email ana@example.net",
		Args:    oneArgument("the id of the contact"),
		RunE: func(cmd *cobra.Command, args []string) error {
			u := eppclient.ContactUpdate{
				ID: args[0], Add: add, Remove: remove,
				Voice: phone(c.voice), Fax: phone(c.fax), Email: c.email,
				AuthInfo: changedText(cmd, "auth", c.auth),
			}
			if c.postal.Name+c.postal.Org != "" || c.postal.HasAddress() {
				u.Postal = &c.postal
			}
			if len(u.Add)+len(u.Remove) == 0 && !u.Changes() {
				return nothingToChange(cmd)
			}
			return t.do(cmd.Context(), u)
		},
	}
	c.add(cmd)
	cmd.Flags().StringSliceVar(&add, "add-status", nil, "status to set; repeat for more")
	cmd.Flags().StringSliceVar(&remove, "rem-status", nil, "status to remove; repeat for more")
	return cmd
}
