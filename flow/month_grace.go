package flow

import (
	"math"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// AddGraceUse asks which registrars undid more registrations in a month than they may. Decisions 5.4.
//
// What counts is what happened in the month: the registrations that were made in it, and those that were credited in
// it, whenever they were made. The limit is that of the registry's own terms at the end of the month.
type AddGraceUse struct{ Month ledger.Month }

// A GraceUse is what one registrar undid in a month.
type GraceUse struct {
	Registrar           registry.RegistrarID
	Registered, Deleted int64
	Above               int64 // the limit
}

// Answer returns a []GraceUse in order of registrar: those above the limit.
func (q AddGraceUse) Answer(c *Call) (Reply, error) {
	limit := c.Profile.At(q.Month.LastSecond()).AddGraceLimit
	if limit.IsNone() {
		return []GraceUse(nil), nil
	}
	span := registry.TimesOf(q.Month)
	open := c.openRegistrations(span)
	var list []GraceUse
	for _, r := range c.registrars() {
		use := GraceUse{Registrar: r.ID}
		use.Deleted = readBooks(c, func(b registry.Books) (int64, error) { return b.CountUndone(r.Party(), span) })
		if limit.Above(use.Deleted, 0) == 0 {
			continue
		}
		use.Registered = open()[r.Party()] + readBooks(c, func(b registry.Books) (int64, error) {
			return b.CountEndedRegistrations(r.Party(), span, true, math.MaxInt64)
		})
		if use.Above = limit.Above(use.Deleted, use.Registered); use.Above > 0 {
			list = append(list, use)
		}
	}
	return list, nil
}

// registrars returns all registrars in order of id.
func (c *Call) registrars() []registry.Registrar {
	list, _ := read(c, func() ([]registry.Registrar, bool, error) {
		list, err := c.reader.Registrars()
		return list, true, err
	})
	return list
}

// openRegistrations returns what counts the registrations of a span that may still be undone, once it is asked for.
func (c *Call) openRegistrations(span registry.Times) func() map[ledger.Party]int64 {
	var counts map[ledger.Party]int64
	return func() map[ledger.Party]int64 {
		if counts == nil {
			counts = readBooks(c, func(b registry.Books) (map[ledger.Party]int64, error) { return b.CountOpenRegistrations(span) })
		}
		return counts
	}
}

// AddGraceDeletes asks for up to Limit registrations of a registrar that were credited in a month, the latest first,
// before a place.
type AddGraceDeletes struct {
	Month     ledger.Month
	Registrar registry.RegistrarID
	Before    registry.Place
	Limit     int
}

// Answer returns a []ledger.Charge.
func (q AddGraceDeletes) Answer(c *Call) (Reply, error) {
	return readBooks(c, func(b registry.Books) ([]ledger.Charge, error) {
		return b.Undone(ledger.Party(q.Registrar), registry.TimesOf(q.Month), q.Before, q.Limit)
	}), nil
}

// AddGraceCharge charges registrations again that were credited above the limit of a month which is about to be closed:
// each for what was credited. It is posted at the month's last second. One that was charged again is left out.
// Manual 8.1.5, decisions 5.4.
type AddGraceCharge struct {
	Month   ledger.Month
	Charges []string // the ids of those that were credited
}

// Subject is month:limit.
func (cmd AddGraceCharge) Subject() Subject {
	return Subject{Command: "limit", Object: "month", ID: string(cmd.Month)}
}

// Run charges them; it replies how many, an int.
func (cmd AddGraceCharge) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	next := c.nextMonth()
	credited := make([]ledger.Charge, len(cmd.Charges))
	again := make([]bool, len(cmd.Charges))
	var undone []Rule
	for i, id := range cmd.Charges {
		charge, found := c.Charge(id)
		credited[i] = charge
		_, again[i] = c.Charge(addGraceChargeID(id))
		undone = append(undone, registrationIsUndone(cmd.Month, id, charge, found))
	}

	// Check.
	if err := c.check(
		monthIsNext(cmd.Month, next),
		monthIsOver(next),
		monthIsSettled(next),
		allOf("registrationIsUndone", undone...),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	c.closing = true
	var changes registry.Changes
	made := 0
	for i, charge := range credited {
		if !again[i] {
			changes.Add(postAtOnce([]ledger.Charge{chargedAgain(charge, cmd.Month)}))
			made++
		}
	}

	// Return.
	return made, changes, nil
}

// addGraceChargeID is the id of the charge that follows a credited one.
func addGraceChargeID(credited string) string { return credited + "/add-grace-limit" }

// chargedAgain is the charge for a registration that was credited above the limit of a month.
func chargedAgain(credited ledger.Charge, m ledger.Month) ledger.Charge {
	return ledger.Charge{
		ID: addGraceChargeID(credited.ID), Party: credited.Party, Object: credited.Object, Subject: credited.Subject,
		Type: ledger.AddGraceLimit, Amount: credited.Amount, At: m.LastSecond(), PostsAt: m.LastSecond(), State: ledger.Open,
	}
}

// registrationIsUndone holds for a registration that was credited in the month.
func registrationIsUndone(m ledger.Month, id string, charge ledger.Charge, found bool) Rule {
	right := found && charge.Type == ledger.Registration && charge.State == ledger.Released && ledger.MonthOf(charge.Ended) == m
	return refuseIf("registrationIsUndone", !right, registry.Error{
		Code: registry.ParameterPolicy, Field: "charge", Value: id,
		Reason: "this is no registration that was credited in the month; charge only those again",
	})
}
