package epp

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/schema"
)

// answeredFew is answered in a session that announced the objects alone, and what else it is told.
func answeredFew(reply flow.Reply, announced ...string) string {
	return string(appendAnswer(nil, answer{
		req: &request{clTRID: "ABC-12345", object: nsDomain}, svTRID: "SV-54321", reply: reply, now: noon,
		announced: append(objectURIs(), announced...),
	}))
}

// transferAnswers are those to requests, queries and ends of transfers of both objects, and to restores. Manual
// 9.12.1, 12.3.5 and 12.3.6.
func transferAnswers() []encoded {
	terms, _ := pricing()
	premium := registry.NamePrice{Name: names.MustParse("1126premium-11.co"), Tier: 3}
	requested := time.Date(2025, 12, 19, 15, 35, 31, 0, time.UTC)
	told := func(s registry.TransferStatus, answered time.Time, expires time.Time) flow.TransferTold {
		return flow.TransferTold{TransferNotice: registry.TransferNotice{
			Object: "domain", Name: "1126premium-11.co", Status: s, Gaining: "H262136", Requested: requested, Losing: "H2969",
			Answer: answered, Expires: expires,
		}}
	}
	deadline, ended := requested.AddDate(0, 0, 5), requested.Add(time.Hour)
	later := time.Date(2030, 12, 19, 23, 59, 59, 0, time.UTC)
	request := told(registry.TransferPending, deadline, later)
	request.Asked, request.Charged = true, terms.Quote(policy.OpTransfer, 1, premium)
	pending := request
	pending.Asked = false
	contact := flow.TransferTold{Asked: true, TransferNotice: registry.TransferNotice{
		Object: "contact", Name: "sh8013", Status: registry.TransferPending, Gaining: "H262136", Requested: requested,
		Losing: "H2969", Answer: deadline,
	}}
	contactEnded := contact
	contactEnded.Asked, contactEnded.Status, contactEnded.Answer = false, registry.TransferServerApproved, deadline
	restored := flow.DomainRestored{
		Name: premium.Name, RenewBy: time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC), Charged: terms.Quote(policy.OpRestore, 1, premium),
	}
	return []encoded{
		{"domain transfer request", answered(nsDomain, request, nil)},
		{"domain transfer request, fee not announced", answeredFew(request, nsRGP)},
		{"domain transfer request, fee unhandled", answeredFew(request, nsUnhandled)},
		{"domain transfer query of a pending one", answered(nsDomain, pending, nil)},
		{"domain transfer approved", answered(nsDomain, told(registry.TransferClientApproved, ended, later), nil)},
		{"domain transfer approved by time", answered(nsDomain, told(registry.TransferServerApproved, deadline, later), nil)},
		{"domain transfer rejected", answered(nsDomain, told(registry.TransferClientRejected, ended, time.Time{}), nil)},
		{"domain transfer rejected by the registry", answered(nsDomain, told(registry.TransferServerRejected, ended, time.Time{}), nil)},
		{"domain transfer cancelled", answered(nsDomain, told(registry.TransferClientCancelled, ended, time.Time{}), nil)},
		{"contact transfer request", answered(nsContact, contact, nil)},
		{"contact transfer approved by time", answered(nsContact, contactEnded, nil)},
		{"restore", answered(nsDomain, restored, nil)},
		{"restore, fee not announced", answeredFew(restored, nsRGP)},
		{"restore, rgp not announced", answeredFew(restored, nsFee)},
		{"restore, neither announced", answeredFew(restored)},
		{"restore, both unhandled", answeredFew(restored, nsUnhandled)},
		{"restore report", answered(nsDomain, flow.RestoreReported{Name: premium.Name}, nil)},
	}
}

// The manual's answers, with the printing faults out of them and ids of ours, are those that we write about the
// same. The sample of a cancelled transfer has got the date and text that it lacks. Manual 9.11, 12.3.5, 12.3.6.
func TestManualAnswers(t *testing.T) {
	at := func(text string) time.Time {
		instant, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	notice := func(s registry.TransferStatus, requested string, expires time.Time) registry.TransferNotice {
		return registry.TransferNotice{
			Object: "domain", Name: "testdomainexample.com.co", Status: s, Gaining: "H629", Losing: "H509",
			Requested: at(requested), Answer: at(requested).AddDate(0, 0, 5), Expires: expires,
		}
	}
	polled := func(id int64, when string, n registry.TransferNotice) string {
		return string(appendAnswer(nil, answer{
			req: &request{clTRID: "ABC-12345"}, svTRID: "SV-54321", now: noon, announced: slices.Concat(objectURIs(), extensionURIs()),
			reply: flow.Polled{Message: registry.PollMessage{ID: id, At: at(when), Notice: n}, Count: 1},
		}))
	}
	expires := at("2027-05-15T23:59:59Z")
	cancelled := notice(registry.TransferClientCancelled, "2011-01-27T23:50:00Z", time.Time{})
	cancelled.Name, cancelled.Gaining, cancelled.Losing = "example.co", "H12345", "H54321"
	of := func(name string) string {
		i := slices.IndexFunc(transferAnswers(), func(e encoded) bool { return e.name == name })
		return transferAnswers()[i].text
	}
	costly := flow.DomainRestored{Charged: policy.Quote{Currency: "USD", Fees: []policy.Fee{{Type: ledger.Restore, Amount: 50_00}}}}
	for _, test := range []struct{ sample, answer string }{
		{"9.11.1-approved", polled(1315705, "2025-12-15T08:26:01Z", notice(registry.TransferClientApproved, "2025-12-15T08:24:50Z", expires))},
		{"9.11.2-rejected", polled(1309468, "2025-12-15T07:53:01Z", notice(registry.TransferClientRejected, "2025-12-15T07:43:12Z", expires))},
		{"9.11.3-requested", polled(1309396, "2025-12-15T07:44:01Z", notice(registry.TransferPending, "2025-12-15T07:43:12Z", expires))},
		{"9.11.4-cancelled", polled(12345, "2011-01-28T00:00:00Z", cancelled)},
		{"12.3.5-restore", answered(nsDomain, costly, nil)},
		{"12.3.6-domain-transfer", of("domain transfer request")},
	} {
		schema.Want(t, test.answer)
		want := regexp.MustCompile(`>\s+<`).ReplaceAllString(strings.TrimSpace(manualFrame(t, test.sample+".answer")), "><")
		want = strings.Replace(want, "></rgp:rgpStatus>", "/>", 1)
		if test.answer != want {
			t.Errorf("%s: the answer is\n%s\nwant\n%s", test.sample, test.answer, want)
		}
	}
}
