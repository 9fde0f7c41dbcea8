package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"example.org/dorado/core/registry"
)

// readableField writes the name of a field for people; answers in JSON have it as it is kept.
func readableField(field string) string {
	if words, ok := map[string]string{
		"deletion.at":            "deleted at",
		"deletion.by":            "deleted by",
		"deletion.restorableTil": "restorable until",
		"deletion.pendingUntil":  "pending until",
		"deletion.purgeAt":       "purge at",
		"deletion.clTRID":        "deleted with clTRID",
		"deletion.svTRID":        "deleted with svTRID",
		"suspension.at":          "suspended at",
		"suspension.until":       "suspended until",
		"transfer.status":        "transfer",
		"transfer.answer":        "transfer answer",
		"transfer.gaining":       "transfer to",
		"transfer.losing":        "transfer from",
		"transfer.requested":     "transfer requested",
		"transfer.expires":       "transfer expiry",
		"holdUntil":              "hold until",
		"renewBy":                "renew by",
		"restored":               "restored at",
		"purgeAt":                "purge at",
		"nameservers":            "name servers",
		"idnTable":               "IDN table",
		"renewModel":             "auto-renew",
		"contactPurge":           "contact purge",
		"pollOff":                "messages off",
		"ianaID":                 "IANA id",
		"passwordChanged":        "password changed",
		"premiumsUnavailable":    "premiums unavailable",
		"idnsUnavailable":        "IDNs unavailable",
		"claimsUnavailable":      "claims unavailable",
		"tradingName":            "trading name",
	}[field]; ok {
		return words
	}
	return strings.ReplaceAll(field, ".", " ")
}

// hintKind adds to an error about a name of which there is no history which other objects of that name or id have one.
func hintKind(ctx context.Context, dir string, q pastQuestion, err error) error {
	if q.Object != string(registry.KindDomain) {
		return err
	}
	for _, kind := range []registry.ObjectKind{registry.KindContact, registry.KindHost, registry.KindRegistrar} {
		var page historyAnswer
		other := pastQuestion{Object: string(kind), ID: q.ID, Limit: 1}
		if call(ctx, dir, http.MethodPost, "/history", other, &page) == nil && len(page.Steps) > 0 {
			return fmt.Errorf("%w\nthere is a %s of that name: dorado history %s %s", err, kind, kind, page.Steps[0].Name)
		}
	}
	return err
}
