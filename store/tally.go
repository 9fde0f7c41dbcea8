package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// What a registrar had on a day is counted with the rows that are counted, in one transaction: a sum over years reads some
// rows for each day, and is never behind.

// tallies are sums by registrar, day and kind.
type tallies map[tallyKey]tallied

type tallyKey struct {
	registrar registry.RegistrarID
	day       int64 // in microseconds
	kind      registry.TallyKind
}

type tallied struct {
	count  int64
	amount ledger.Money
}

func (t tallies) add(one registry.Tally) {
	key := tallyKey{one.Registrar, micros(one.Day), one.Kind}
	sum := t[key]
	t[key] = tallied{sum.count + one.Count, sum.amount + one.Amount}
}

// name counts a name that came or went at an instant.
func (t tallies) name(kind registry.TallyKind, who registry.RegistrarID, at time.Time) {
	t.add(registry.Tally{Registrar: who, Day: ledger.DayOf(at), Kind: kind, Count: 1})
}

// domain counts a version of a name that was put at an instant, after another one of the same registration if that
// is known. A transfer is the only thing that gives a name to another registrar, and says when.
func (t tallies) domain(before, d registry.Domain, at time.Time) {
	switch {
	case d.Version == 1:
		t.name(registry.TallyCreated, d.Sponsor, at)
	case before.Version == d.Version-1 && before.Sponsor != d.Sponsor:
		t.name(registry.TallyOut, before.Sponsor, at)
		t.name(registry.TallyIn, d.Sponsor, at)
	case before.Version != d.Version-1 && d.Transferred.Equal(at):
		t.name(registry.TallyOut, d.Transfer.Losing, at)
		t.name(registry.TallyIn, d.Sponsor, at)
	}
}

func (t tallies) charge(c ledger.Charge) {
	for _, one := range registry.TalliesOf(c) {
		t.add(one)
	}
}

// inOrder returns what there is to add in the order of the primary key, so that two groups that write the same rows do
// not wait for each other in a circle.
func (t tallies) inOrder() []tallyKey {
	maps.DeleteFunc(t, func(_ tallyKey, sum tallied) bool { return sum == tallied{} })
	return slices.SortedFunc(maps.Keys(t), func(a, b tallyKey) int {
		return cmp.Or(cmp.Compare(a.registrar, b.registrar), cmp.Compare(a.day, b.day), cmp.Compare(a.kind, b.kind))
	})
}

// writes are the statements that add what was counted.
func (t tallies) writes() []write {
	var list []write
	for _, k := range t.inOrder() {
		list = append(list, write{what: "count the day of " + string(k.registrar), text: addTally, args: t.args(k)})
	}
	return list
}

func (t tallies) args(k tallyKey) []any {
	return []any{string(k.registrar), k.day, string(k.kind), t[k].count, int64(t[k].amount)}
}

const addTally = `
INSERT INTO account_day (party, day, kind, count, amount)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (party, day, kind) DO UPDATE
SET    count = account_day.count + excluded.count, amount = account_day.amount + excluded.amount`

// talliesAtOnce is how many rows one statement adds where there are many.
const talliesAtOnce = 200

// addAll adds what was counted in a few statements.
func (s *session) addAll(ctx context.Context, t tallies) error {
	for some := range slices.Chunk(t.inOrder(), talliesAtOnce) {
		var rows strings.Builder
		var args []any
		for _, k := range some {
			n := len(args)
			if n > 0 {
				rows.WriteString(", ")
			}
			fmt.Fprintf(&rows, "($%d, $%d, $%d, $%d, $%d)", n+1, n+2, n+3, n+4, n+5)
			args = append(args, t.args(k)...)
		}
		if _, err := s.conn.ExecContext(ctx, strings.Replace(addTally, "($1, $2, $3, $4, $5)", rows.String(), 1), args...); err != nil {
			return fmt.Errorf("count days: %w", err)
		}
	}
	return nil
}

// Tallies returns what a registrar had in a span of days, in order of day and kind.
func (r *reader) Tallies(id registry.RegistrarID, days registry.Times) ([]registry.Tally, error) {
	return many(r, scanTally, talliesOf, id, earliest(days.From), untilMicros(days.To))
}

const talliesOf = `
SELECT party, day, kind, count, amount
FROM   account_day
WHERE  party = $1 AND day >= $2 AND day < $3
ORDER  BY day, kind`

func scanTally(row row) (t registry.Tally, err error) {
	var day int64
	err = row.Scan(&t.Registrar, &day, &t.Kind, &t.Count, &t.Amount)
	t.Day = instant(day)
	return t, err
}

// TallySums adds up what a registrar had of one kind, or of each, on all days before one.
func (r *reader) TallySums(id registry.RegistrarID, kind registry.TallyKind, before time.Time) ([]registry.Tally, error) {
	return many(r, scanTally, tallySums, id, untilMicros(before), kind)
}

const tallySums = `
SELECT party, CAST(0 AS BIGINT), kind, CAST(SUM(count) AS BIGINT), CAST(SUM(amount) AS BIGINT)
FROM   account_day
WHERE  party = $1 AND day < $2 AND ($3 = '' OR kind = $3)
GROUP  BY party, kind
ORDER  BY kind`

// daysCounted is the setting that says that what was there before the table is counted.
const daysCounted = "account-days"

// countDays counts what was there before anything was counted, once: names by their history, charges as they are.
func (db *DB) countDays(ctx context.Context) error {
	return db.writer.with(ctx, func(s *session) error {
		return s.transact(ctx, db.engine.beginWrite(), func() error {
			r := &reader{ctx: ctx, open: on(s), db: db}
			if _, done, err := one(r, scanValue[string], settingByName, daysCounted); err != nil || done {
				return err
			}
			all := tallies{}
			if err := firstOf(r.countNames(all), r.countCharges(all)); err != nil {
				return fmt.Errorf("count the days of accounts: %w", err)
			}
			if _, err := s.exec(ctx, "DELETE FROM account_day"); err != nil {
				return err
			}
			if err := s.addAll(ctx, all); err != nil {
				return err
			}
			_, err := s.exec(ctx, putSetting, daysCounted, "counted")
			return err
		})
	})
}

// countNames counts every name that ever came or went.
func (r *reader) countNames(t tallies) error {
	var roid registry.ROID
	var sponsor registry.RegistrarID
	return r.each(func(row row) error {
		var version, at int64
		var gone bool
		var id registry.ROID
		var text string
		if err := row.Scan(&id, &version, &at, &gone, &text); err != nil {
			return err
		}
		var d struct{ Sponsor registry.RegistrarID }
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return fmt.Errorf("the history of %s %w: %w", id, registry.ErrUnreadable, err)
		}
		switch {
		case gone:
			t.name(registry.TallyGone, d.Sponsor, instant(at))
		case id != roid:
			t.name(registry.TallyCreated, d.Sponsor, instant(at))
		case d.Sponsor != sponsor:
			t.name(registry.TallyOut, sponsor, instant(at))
			t.name(registry.TallyIn, d.Sponsor, instant(at))
		}
		roid, sponsor = id, d.Sponsor
		return nil
	}, namesHistory)
}

const namesHistory = `
SELECT roid, version, at, gone, body
FROM   history
WHERE  kind = 'domain'
ORDER  BY kind, roid, version`

// countCharges counts the charges as TalliesOf does, those of one day together.
func (r *reader) countCharges(t tallies) error {
	return r.each(func(row row) error {
		one, err := scanTally(row)
		t.add(one)
		return err
	}, chargesByDay)
}

const chargesByDay = `
SELECT party, day * 86400000000, kind, CAST(SUM(n) AS BIGINT), CAST(SUM(n * amount) AS BIGINT)
FROM   (SELECT party, ended / 86400000000 AS day, 'posted:' || type AS kind, 1 AS n, amount FROM charge WHERE state = 'posted'
        UNION ALL
        SELECT party, at / 86400000000, 'waiting:' || type, 1, amount FROM charge WHERE NOT authorises
        UNION ALL
        SELECT party, ended / 86400000000, 'waiting:' || type, -1, amount FROM charge WHERE NOT authorises AND state <> 'open') counted
GROUP  BY party, day, kind`
