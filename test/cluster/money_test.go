package cluster

import "strconv"

// fee is what a create costs, and a renewal by a year, in minor units.
const fee = 20_00

// balanced fails the test unless each registrar's money is what the commands say that it was answered:
// a fee is set aside for each create and renewal of a name that is still there, and none for a name
// that was deleted, since every name here is so young that its deletion credits all.
func (c *cluster) balanced(j *journal) {
	c.t.Helper()
	type cost struct {
		registrar string
		fees      int
	}
	costs, deleted := map[string]cost{}, map[string]bool{} // by ROID
	for _, e := range j.entries {
		if e.in.isQuery() || e.code != e.in.succeeds() {
			continue
		}
		switch e.in.kind {
		case create, renew:
			costs[e.roid] = cost{e.in.registrar, costs[e.roid].fees + 1}
		case remove:
			deleted[e.roid] = true
		}
	}
	want := map[string]int{}
	for roid, cost := range costs {
		if !deleted[roid] {
			want[cost.registrar] += fee * cost.fees
		}
	}
	for _, id := range registrars() {
		if got := c.value("SELECT authorised FROM funds WHERE party = $1", id); got != strconv.Itoa(want[id]) {
			c.t.Errorf("%s has %s set aside, and by its answers %d", id, got, want[id])
		}
		if got := c.value("SELECT balance FROM funds WHERE party = $1", id); got != strconv.Itoa(deposit) {
			c.t.Errorf("%s has a balance of %s, and nothing was posted since its deposit of %d", id, got, deposit)
		}
	}
	c.consistent()
}

// consistent fails the test where what the database keeps contradicts itself.
func (c *cluster) consistent() {
	c.t.Helper()
	for _, law := range []struct{ says, broken string }{
		{"what is set aside is the sum of the open charges", `
SELECT f.party
FROM   funds f
WHERE  f.authorised <> COALESCE((SELECT SUM(amount) FROM charge c
                                 WHERE c.party = f.party AND c.state = 'open' AND c.authorises), 0)`},
		{"a balance is the sum of its entries", `
SELECT f.party
FROM   funds f
WHERE  f.balance <> COALESCE((SELECT SUM(CASE WHEN e.credit = 'prepaid:' || f.party THEN e.amount
                                              WHEN e.debit = 'prepaid:' || f.party THEN -e.amount ELSE 0 END)
                              FROM entry e WHERE e.party = f.party), 0)`},
		{"an object is its latest history, without a gap before it", `
SELECT d.roid
FROM   domain d
WHERE  d.version <> (SELECT MAX(version) FROM history h WHERE h.kind = 'domain' AND h.roid = d.roid)
OR     d.version <> (SELECT COUNT(*) FROM history h WHERE h.kind = 'domain' AND h.roid = d.roid)
OR     EXISTS (SELECT 1 FROM history h WHERE h.kind = 'domain' AND h.roid = d.roid AND h.gone)`},
		{"a domain that has gone is not there", `
SELECT h.roid
FROM   history h
WHERE  h.kind = 'domain' AND NOT EXISTS (SELECT 1 FROM domain d WHERE d.roid = h.roid)
GROUP  BY h.roid
HAVING NOT bool_or(h.gone)`},
	} {
		if broken := c.column(law.broken); len(broken) > 0 {
			c.t.Errorf("%s, but not for %v", law.says, broken)
		}
	}
}
