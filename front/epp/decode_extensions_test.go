package epp

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// What a frame with extensions asks for, whole.
func TestDecodeExtensions(t *testing.T) {
	shop := names.MustParse("shop.co")
	code := "abc123"
	for _, test := range []struct {
		name, frame string
		want        any
	}{
		{"restore report", soundRestoreReport, flow.DomainRestore{
			Update: flow.DomainUpdate{Name: shop, Empty: true},
			Report: &flow.RestoreReport{
				Before:  `<rgp:preData ` + headRGP + ` xmlns="` + nsEPP + `">Before: <b xmlns="urn:q" c="d">all</b></rgp:preData>`,
				After:   `<rgp:postData ` + headRGP + `>After</rgp:postData>`,
				Deleted: time.Date(2026, 7, 10, 22, 0, 0, 0, time.UTC), Restored: time.Date(2026, 7, 21, 3, 0, 0, 0, time.UTC),
				Reason: `<rgp:resReason ` + headRGP + ` lang="en">An error.</rgp:resReason>`,
				Statements: []string{
					`<rgp:statement ` + headRGP + ` lang="es-CO">No se usa.</rgp:statement>`,
					`<rgp:statement ` + headRGP + `>It is true.</rgp:statement>`,
				},
				Other: `<rgp:other ` + headRGP + `>More.</rgp:other>`,
			},
		}},
		{"restore with a fee", soundFeeUpdate, flow.DomainRestore{Update: flow.DomainUpdate{
			Name: shop, Empty: true, Fee: flow.FeeSaid{Given: true, Total: 40_00, Text: "40.00"},
		}}},
		{"fee before the restore", extended(plainUpdate, "<fee:update "+headFee+"><fee:fee>40</fee:fee></fee:update><rgp:update "+headRGP+`><rgp:restore op="request"/></rgp:update>`), flow.DomainRestore{Update: flow.DomainUpdate{
			Name: shop, Empty: true, Fee: flow.FeeSaid{Given: true, Total: 40_00, Text: "40"},
		}}},
		{"fee check", soundFeeCheck, flow.DomainCheck{Names: []string{"shop.co"}, Fees: &flow.FeeQuestion{Currency: "USD", Commands: []flow.FeeCommand{
			{Name: "create", Years: 2, Phase: "open"}, {Name: "custom", Custom: "flip", Phase: "claims", Subphase: "x"},
		}}}},
		{"fee create", soundFeeCreate, flow.DomainCreate{Name: shop, AuthInfo: "2fooBAR", Fee: flow.FeeSaid{
			Given: true, Currency: "USD", Total: 500_00, Text: "500.00",
		}}},
		{"launch check", soundLaunchCheck, flow.DomainCheck{Names: []string{"shop.co"}, Launch: flow.LaunchSaid{Phase: "open", Subphase: "idn"}}},
		{"launch check of claims", soundLaunchClaims, flow.DomainClaims{Names: []string{"shop.co"}}},
		{"launch create", soundLaunchCreate, flow.DomainCreate{Name: shop, AuthInfo: "2fooBAR", Launch: flow.LaunchSaid{
			Phase: "open", Subphase: "idn", Notices: true,
		}}},
		{"token create", soundTokenCreate, flow.DomainCreate{Name: shop, AuthInfo: "2fooBAR", Token: &code}},
		{"token check", soundTokenCheck, flow.DomainCheck{Names: []string{"shop.co"}, Token: &code}},
		{"token info", soundTokenInfo, flow.DomainInfo{Name: shop, Hosts: flow.HostsWanted{Delegated: true, Subordinate: true}, Token: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := decode([]byte(commandFrame(test.frame)), testLimits())
			if req.invalid != nil || req.refusal != nil {
				t.Fatalf("invalid %v, refused %v", req.invalid, req.refusal)
			}
			if got := either(req); !reflect.DeepEqual(got, test.want) {
				t.Errorf("it is\n%+v, want\n%+v", got, test.want)
			}
		})
	}
}

// Queries that ask for what does not go together are refused.
func TestRefusedQueries(t *testing.T) {
	for _, test := range []struct {
		name, frame string
		want        registry.Error
	}{
		{"avail without phase", strings.Replace(soundLaunchClaims, "/>", ` type="avail"/>`, 1), registry.Error{
			Code: registry.ParameterMissing, Field: "launch:check", Reason: "the availability form needs a phase; add launch:phase",
		}},
		{"claims behind fees", extended(plainCheck, "<fee:check "+headFee+`><fee:command name="create"/></fee:check><launch:check `+headLaunch+"/>"), registry.Error{
			Code: registry.ParameterPolicy, Field: "launch:check", Reason: `this form asks for claims alone; leave the other extensions out, or write type="avail"`,
		}},
		{"claims before fees", extended(plainCheck, "<launch:check "+headLaunch+"/><fee:check "+headFee+`><fee:command name="create"/></fee:check>`), registry.Error{
			Code: registry.UnimplementedExt, Field: "fee:check", Reason: "<fee:check> goes with a check of domains",
		}},
		{"launch info", soundLaunchInfo, registry.Error{
			Code: registry.ParameterPolicy, Field: "launch:info", Reason: "there are no applications in this phase; leave the extension out",
		}},
		{"token info of a check", extended(plainCheck, "<allocationToken:info "+headToken+"/>"), registry.Error{
			Code: registry.UnimplementedExt, Field: "allocationToken:info", Reason: "<allocationToken:info> goes with an info of a domain",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := decode([]byte(commandFrame(test.frame)), testLimits())
			if req.invalid != nil || req.refusal == nil || *req.refusal != test.want {
				t.Errorf("the refusal is %+v (invalid: %v), want %+v", req.refusal, req.invalid, test.want)
			}
		})
	}
}

// Fees are summed and compared as numbers, whatever they are called. What is no amount of cents is no price.
func TestFeeSaid(t *testing.T) {
	for _, test := range []struct {
		fees  string
		total ledger.Money
		text  string
		exact bool
	}{
		{"<fee:fee>500</fee:fee>", 500_00, "500", true},
		{"<fee:fee> 500.0 </fee:fee>", 500_00, "500.0", true},
		{"<fee:fee>+0500.0000</fee:fee>", 500_00, "+0500.0000", true},
		{"<fee:fee>.5</fee:fee>", 50, ".5", true},
		{"<fee:fee>0.00</fee:fee>", 0, "0.00", true},
		{"<fee:fee>0.001</fee:fee>", 0, "0.001", false},
		{"<fee:fee>500.005</fee:fee>", 0, "500.005", false},
		{"<fee:fee>99999999999999999</fee:fee>", 0, "99999999999999999", false},
		{`<fee:fee description="a">300</fee:fee><fee:fee description="b">200.00</fee:fee>`, 500_00, "500.00", true},
		{"<fee:fee>550</fee:fee><fee:credit>-50.00</fee:credit><fee:credit>-0</fee:credit>", 500_00, "500.00", true},
		{"<fee:fee>1</fee:fee><fee:credit>-501</fee:credit>", -500_00, "-500.00", true},
	} {
		req := decode([]byte(commandFrame(extended(plainRenew, "<fee:renew "+headFee+">"+test.fees+"</fee:renew>"))), testLimits())
		cmd, ok := req.command.(flow.DomainRenew)
		want := flow.FeeSaid{Given: true, Total: test.total, Text: test.text, Inexact: !test.exact}
		if !ok || cmd.Fee != want {
			t.Errorf("%s is %+v (%v), want %+v", test.fees, cmd.Fee, req.invalid, want)
		}
	}
}
