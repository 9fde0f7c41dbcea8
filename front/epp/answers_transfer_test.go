package epp

import (
	"time"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
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
