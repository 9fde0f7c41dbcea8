package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// What the operator gives to a registrar, takes from it or takes back is told by mail, with the figures after it, unless
// the registrar has that switched off; a write-off is not.
func TestCorrectionsAreTold(t *testing.T) {
	w := world.New(t, noon)
	told := func() (list []string) {
		reply, err := w.Ask("", flow.MailList{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reply.(flow.MailsFound).Mails {
			if n, is := m.Notice.(registry.AccountNotice); is && m.Event == registry.EventMoneyCorrected {
				list = append(list, fmt.Sprintf("%s %s %t %s to %s", n.Reference, n.Act, n.Taken, n.Amount, n.Balance))
			}
		}
		slices.Sort(list)
		return list
	}
	w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyCredit, Amount: 5_00})
	w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyDebit, Amount: 6_00}) // on hold
	w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyWriteOff, Amount: 1_00})
	w.Do("", flow.Reversal{Author: "ana", Reason: "of another", Of: "H1003-1"})
	w.Do("", flow.FeeWaiver{Act: act(world.Poor), Charge: "H1003/hold/2026-2/Reinstatement"})
	want := []string{
		"H1003-1 credit false 5.00 to 5.00", "H1003-2 debit true 6.00 to -1.00", "H1003-4 reversal true 5.00 to -5.00",
		"H1003-5 waiver false 1000.00 to -5.00",
	}
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("told is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	w.Do("", flow.RegistrarNotice{Act: act(world.Poor), Event: registry.EventMoneyCorrected, Mail: flow.SwitchOff})
	w.Do("", flow.Adjustment{Act: act(world.Poor), What: registry.MoneyCredit, Amount: 50_00})
	if got := told(); !slices.Equal(got, want) {
		t.Errorf("switched off, told is\n%s", strings.Join(got, "\n"))
	}
	w.CheckInvariants()
}
