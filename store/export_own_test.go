package store

import (
	"strings"
	"testing"

	"example.org/dorado/core/registry"
)

// OwnPlans returns how the database plans the statements that list what a registrar has.
func OwnPlans(t *testing.T, db *DB, postgres bool) map[string]string {
	t.Helper()
	statements := map[string]string{
		"ownHostsAll": ownHostsAll, "ownHostsLinked": ownHostsLinked, "ownHostsEnd": ownHostsEnd, "countOwnHosts": countOwnHosts,
		"messagesAfter": messagesAfter, "messagesThrough": messagesThrough,
		"bulkJobsDue": bulkJobsDue, "bulkItemsAfter": bulkItemsAfter, "bulkItemsOfResult": bulkItemsOfResult,
	}
	args := map[string][]any{
		"ownHostsAll": {"H1", "ns", "", "nt", 51}, "ownHostsLinked": {"H1", "ns", "", "nt", 500, true, 51},
		"ownHostsEnd": {"H1", "ns", "", "nt", 499}, "countOwnHosts": {"H1", "ns", "nt", 1000},
		"messagesAfter": {"H1", 5, 51}, "messagesThrough": {"H1", 5, 1000},
		"bulkJobsDue": {int64(5), 10}, "bulkItemsAfter": {"H1", "J", 5, 51}, "bulkItemsOfResult": {"H1", "J", 5, 51, "new"},
	}
	for _, by := range registry.ContactOrders() {
		for name, s := range map[string]string{"all": ownContactsAll, "linked": ownContactsLinked, "end": ownContactsEnd, "count": countOwnContacts} {
			key := name + " by " + string(by)
			statements[key] = ownContacts(by, s)
			span := []any{"H1", "p", "", "p" + last}
			args[key] = map[string][]any{
				"all": append(span[:4:4], 51), "linked": append(span[:4:4], 500, true, 51), "end": append(span[:4:4], 499),
				"count": {"H1", "p", "p" + last, 1000},
			}[name]
		}
	}
	explain := "EXPLAIN QUERY PLAN "
	if postgres {
		explain = "EXPLAIN "
	}
	plans := map[string]string{}
	for name, s := range statements {
		err := db.writer.with(t.Context(), func(session *session) error {
			rows, err := session.conn.QueryContext(t.Context(), explain+s, args[name]...)
			if err != nil {
				return err
			}
			defer rows.Close()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				fields, into := make([]any, len(columns)), make([]any, len(columns))
				for i := range fields {
					into[i] = &fields[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				line, _ := fields[len(fields)-1].(string)
				plans[name] += strings.TrimSpace(line) + "\n"
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return plans
}
