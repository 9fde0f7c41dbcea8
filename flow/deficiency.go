package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A Deficiency is what an account that is on hold lacks, and the names that it belongs to: those whose charges were
// posted last, until their sum covers what is lacking. Names that are gone, or sponsored by another, or that the
// operator could not delete either, are passed over; those that the operator has deleted since the hold began count, so
// that nothing is deleted twice for one lack. Decisions 5.5.
type Deficiency struct {
	Registrar registry.RegistrarID
	Balance   ledger.Money
	Minimum   ledger.Money // with emergency credit
	Lacks     ledger.Money // Minimum less Balance; zero if the account is not on hold
	Names     []DeficientName
	Deleted   []DeficientName // those that the operator has deleted since the hold began
	Covered   ledger.Money    // the sum of the charges of Names and Deleted
	Digest    string          // stands for all of it
}

// A DeficientName is a name of a Deficiency, with its charges, the latest first.
type DeficientName struct {
	Name    names.Name
	ROID    registry.ROID
	Charges []ledger.Charge
	Amount  ledger.Money // their sum
}

// What a deficiency looks at: so many charges, and so many names that are deleted together.
const (
	mostDeficient = 500
	mostLookedAt  = 10 * mostDeficient
)

// DeficiencyShow asks for the deficiency of a registrar, for the operator.
type DeficiencyShow struct{ Registrar registry.RegistrarID }

// Answer returns a Deficiency.
func (q DeficiencyShow) Answer(c *Call) (Reply, error) {
	_, found := c.RegistrarByID(q.Registrar)
	if err := c.check(registrarExists(q.Registrar, found)); err != nil {
		return nil, err
	}
	return c.deficiency(q.Registrar), nil
}

// deficiency works out what an account lacks and whose charges that are.
func (c *Call) deficiency(id registry.RegistrarID) Deficiency {
	funds := c.fundsOf(id)
	d := Deficiency{Registrar: id, Balance: funds.CurrentBalance(), Minimum: funds.Floor()}
	if d.Lacks = max(0, d.Minimum-d.Balance); d.Lacks > 0 {
		c.deficientNames(&d)
	}
	d.Digest = d.digest()
	return d
}

// deficientNames adds the names whose charges were posted last. What has come due and nobody has posted yet is the
// latest of all.
func (c *Call) deficientNames(d *Deficiency) {
	posted, _ := read(c, func() ([]ledger.Charge, bool, error) {
		list, err := c.reader.PostedCharges(d.Registrar, mostLookedAt)
		return list, true, err
	})
	due := c.dueCharges(d.Registrar, c.settled)
	slices.Reverse(due)
	since := c.fundsOf(d.Registrar).Standing.Hold
	places := map[string]place{} // by the ROID; the zero place is that of what is passed over
	for _, charge := range append(due, posted...) {
		if d.Covered >= d.Lacks || len(d.Names) >= mostDeficient {
			return
		}
		name, err := names.Parse(charge.Subject)
		if err != nil || charge.Type.IsFee() || charge.Amount <= 0 {
			continue
		}
		at, known := places[charge.Object]
		if !known {
			switch {
			case c.isDeficient(name, charge, d.Registrar):
				at = place{&d.Names, len(d.Names)}
			case c.isDeletedFor(name, charge, d.Registrar, since):
				at = place{&d.Deleted, len(d.Deleted)}
			}
			if at.list != nil {
				*at.list = append(*at.list, DeficientName{Name: name, ROID: registry.ROID(charge.Object)})
			}
			places[charge.Object] = at
		}
		if at.list == nil {
			continue
		}
		n := &(*at.list)[at.at]
		n.Charges = append(n.Charges, charge)
		n.Amount += charge.Amount
		d.Covered += charge.Amount
	}
}

// A place is where a name stands in a list of a Deficiency.
type place struct {
	list *[]DeficientName
	at   int
}

// isDeficient reports whether a name is still the one that was charged, the registrar's, and can be deleted.
func (c *Call) isDeficient(name names.Name, charge ledger.Charge, id registry.RegistrarID) bool {
	d, found := c.Domain(name)
	return found && d.ROID == registry.ROID(charge.Object) && d.Sponsor == id && operatorMayDelete(d, false).Refusal == nil
}

// isDeletedFor reports whether the operator has deleted the name that was charged since a hold began, be it that it
// was purged meanwhile. One that was restored is deleted no longer.
func (c *Call) isDeletedFor(name names.Name, charge ledger.Charge, id registry.RegistrarID, since time.Time) bool {
	roid := registry.ROID(charge.Object)
	d, found := c.Domain(name)
	if !found || d.ROID != roid {
		past, _ := c.versionAt(registry.KindDomain, roid, c.Now)
		d, _ = past.Object.(registry.Domain)
	}
	return d.Sponsor == id && d.Deletion.ByOperator() && !since.IsZero() && !d.Deletion.At.Before(since)
}

// digest stands for the names and the money of a deficiency. Who agreed to delete some names agreed to no others.
func (d Deficiency) digest() string {
	h := sha256.New()
	fmt.Fprintln(h, d.Registrar, d.Lacks, d.Covered)
	for _, n := range d.Names {
		fmt.Fprintln(h, n.Name, n.ROID, n.Amount)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// DeficiencyDelete deletes the names that the deficiency of a registrar belongs to, if it is still the one that was
// shown. Each is deleted as OperatorDelete does it. It is the operator's. Decisions 5.5.
type DeficiencyDelete struct {
	Act
	Digest string // of the Deficiency that was shown
}

// Subject is registrar:delete-deficient.
func (cmd DeficiencyDelete) Subject() Subject {
	return Subject{Command: "delete-deficient", Object: "registrar", ID: string(cmd.Registrar)}
}

// DeficiencyDeleted is what DeficiencyDelete replies.
type DeficiencyDeleted struct {
	Deficiency
	Credited ledger.Money // what the deletions gave back
}

// Run deletes the names, unless a rule refuses.
func (cmd DeficiencyDelete) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	_, found := c.RegistrarByID(cmd.Registrar)
	var d Deficiency
	if found {
		d = c.deficiency(cmd.Registrar)
	}

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		actIsExplained(cmd.Act),
		deficiencyIsThere(d),
		deficiencyIsAsShown(d, cmd.Digest),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	deed := Deed{Author: cmd.Author, Reason: cmd.Reason, Told: "the account is on hold"}
	done := DeficiencyDeleted{Deficiency: d}
	var changes registry.Changes
	for _, n := range d.Names {
		domain, _ := c.Domain(n.Name)
		credited, deletion := c.operatorDelete(domain, deed)
		done.Credited += credited
		changes.Add(deletion)
	}

	// Return.
	return done, changes, nil
}

// deficiencyIsThere holds for an account that is on hold, with names that its deficiency belongs to.
func deficiencyIsThere(d Deficiency) Rule {
	none := "what it lacks belongs to no name that can be deleted; ask the registrar to pay"
	if len(d.Deleted) > 0 {
		none = "the names that what it lacks belongs to are deleted already; ask the registrar to pay"
	}
	return allOf("deficiencyIsThere",
		refuseIf("deficiencyIsThere", d.Lacks == 0, registry.Error{
			Code: registry.StatusProhibits, Field: "registrar", Value: string(d.Registrar),
			Reason: "the account is not on hold; names are deleted only for what it lacks",
		}),
		refuseIf("deficiencyIsThere", len(d.Names) == 0, registry.Error{
			Code: registry.StatusProhibits, Field: "registrar", Value: string(d.Registrar),
			Reason: none,
		}),
	)
}

// deficiencyIsAsShown holds for the names and the money that the operator was shown.
func deficiencyIsAsShown(d Deficiency, digest string) Rule {
	return refuseIf("deficiencyIsAsShown", digest != d.Digest, registry.Error{
		Code: registry.ParameterPolicy, Field: "digest", Value: digest,
		Reason: "it is not, or no longer, what was shown; look again: dorado registrar deficiency " + string(d.Registrar),
	})
}
