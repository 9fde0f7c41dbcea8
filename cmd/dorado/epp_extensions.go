package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"example.org/dorado/cmd/dorado/eppclient"
)

// What the commands of the client can say in extensions: fees (RFC 8748), DS (RFC 5910), TTLs (RFC 9803),
// tables of internationalized names and allocation tokens (RFC 8495).

// A feeFlag says what a command is to cost.
type feeFlag struct{ amount, currency string }

func (f *feeFlag) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.amount, "fee", "", "what it may cost, such as 500; needed for a premium name")
	cmd.Flags().StringVar(&f.currency, "currency", "", "of the fee, such as USD (default: the registry's)")
}

func (f *feeFlag) fee() (eppclient.Fee, error) {
	if f.amount == "" && f.currency != "" {
		return eppclient.Fee{}, errors.New("--currency goes with --fee")
	}
	return eppclient.Fee{Amount: f.amount, Currency: f.currency}, nil
}

// createExtras are what the create of a domain can say in extensions.
type createExtras struct {
	fee          feeFlag
	ds, ttl      []string
	table, token string
}

func (x *createExtras) add(cmd *cobra.Command) {
	f := cmd.Flags()
	x.fee.add(cmd)
	f.StringArrayVar(&x.ds, "ds", nil, `DS record, as "TAG ALG TYPE DIGEST"; repeat for more`)
	f.StringSliceVar(&x.ttl, "ttl", nil, "time to live in seconds, such as NS=3600; repeat for more")
	f.StringVar(&x.table, "idn-table", "", "table of an internationalized name, such as es (default: the first that fits)")
	f.StringVar(&x.token, "token", "", "allocation token of a reserved name")
}

// into adds what the flags say to a command.
func (x *createExtras) into(c *eppclient.DomainCreate) error {
	var faults [3]error
	c.Fee, faults[0] = x.fee.fee()
	c.DS, faults[1] = dsRecords(x.ds)
	c.TTL, faults[2] = ttls(x.ttl)
	c.IDNTable, c.Token = x.table, x.token
	return errors.Join(faults[:]...)
}

// updateExtras are what the update of a domain can say in extensions.
type updateExtras struct{ add, remove, ttl []string }

// allDS is what --rem-ds takes for all that a name has.
const allDS = "all"

func (x *updateExtras) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&x.add, "add-ds", nil, `DS record to add, as "TAG ALG TYPE DIGEST"; repeat for more`)
	f.StringArrayVar(&x.remove, "rem-ds", nil, "DS record to remove, or all; repeat for more")
	ttlFlag(cmd, &x.ttl)
}

// into adds what the flags say to a command.
func (x *updateExtras) into(u *eppclient.DomainUpdate) error {
	var faults [3]error
	u.AddDS, faults[0] = dsRecords(x.add)
	if u.RemoveAllDS = slices.Contains(x.remove, allDS); !u.RemoveAllDS {
		u.RemoveDS, faults[1] = dsRecords(x.remove)
	}
	u.TTL, faults[2] = ttls(x.ttl)
	return errors.Join(faults[:]...)
}

func (x *updateExtras) any() bool { return len(x.add)+len(x.remove)+len(x.ttl) > 0 }

// ttlFlag adds the flag with which an update sets TTLs.
func ttlFlag(cmd *cobra.Command, list *[]string) {
	cmd.Flags().StringSliceVar(list, "ttl", nil, "time to live in seconds, such as NS=3600; NS= leaves it to the registry; repeat for more")
}

// dsRecords reads records as zone files have them: what stands before DS and spaces inside the digest do
// not matter. The server judges the rest.
func dsRecords(list []string) ([]eppclient.DS, error) {
	var records []eppclient.DS
	for _, text := range list {
		words := strings.Fields(text)
		words = words[slices.Index(words, "DS")+1:]
		if len(words) < 4 {
			return nil, fmt.Errorf(`write a DS record as "TAG ALG TYPE DIGEST", such as "12345 13 2 49FD…", and not %q`, text)
		}
		records = append(records, eppclient.DS{
			KeyTag: words[0], Algorithm: words[1], DigestType: words[2], Digest: strings.Join(words[3:], ""),
		})
	}
	return records, nil
}

// ttls reads TTLs such as NS=3600.
func ttls(list []string) ([]eppclient.TTL, error) {
	var read []eppclient.TTL
	for _, text := range list {
		kind, seconds, found := strings.Cut(text, "=")
		if !found || kind == "" {
			return nil, fmt.Errorf("write a time to live as TYPE=SECONDS, such as NS=3600, and not %q", text)
		}
		read = append(read, eppclient.TTL{For: strings.ToUpper(kind), Seconds: seconds})
	}
	return read, nil
}

// checkExtras are what a check of domains can say in extensions.
type checkExtras struct {
	fees     bool
	years    int
	currency string
	token    string
}

func (x *checkExtras) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&x.fees, "fee", false, "ask for prices, too (domains)")
	f.IntVar(&x.years, "years", 1, "with --fee: years of a create and of a renewal")
	f.StringVar(&x.currency, "currency", "", "with --fee: currency, such as USD (default: the registry's)")
	f.StringVar(&x.token, "token", "", "allocation token: says which of the domains it is for")
}

// into adds what the flags say to a command.
func (x *checkExtras) into(cmd *cobra.Command, c *eppclient.Check) error {
	for _, name := range []string{"fee", "token", "years", "currency"} {
		given := cmd.Flags().Changed(name)
		switch {
		case given && c.Object != "domain":
			return fmt.Errorf("--%s goes with check domain", name)
		case given && name != "token" && !x.fees:
			return fmt.Errorf("--%s goes with --fee", name)
		}
	}
	if x.fees {
		c.Fees = &eppclient.FeeQuestion{Currency: x.currency, Years: x.years}
	}
	c.Token = x.token
	return yearsArePossible(x.years)
}
