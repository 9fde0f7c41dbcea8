package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A Deficiency is what an account that is on hold lacks, and the names that it belongs to: those whose charges were
// posted last, until their sum covers what is lacking. Names that are gone, or sponsored by another, or that the
// operator could not delete either, are passed over. Decisions 5.5.
type Deficiency struct {
	Registrar registry.RegistrarID
	Balance   ledger.Money
	Minimum   ledger.Money // with emergency credit
	Lacks     ledger.Money // Minimum less Balance; zero if the account is not on hold
	Names     []DeficientName
	Covered   ledger.Money // the sum of the charges of Names
	Digest    string       // stands for all of it
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
	places := map[names.Name]int{} // in d.Names; less than 0: passed over
	for _, charge := range append(due, posted...) {
		if d.Covered >= d.Lacks || len(d.Names) >= mostDeficient {
			return
		}
		name, err := names.Parse(charge.Subject)
		if err != nil || charge.Type.IsFee() || charge.Amount <= 0 {
			continue
		}
		at, known := places[name]
		if !known {
			if at = -1; c.isDeficient(name, charge, d.Registrar) {
				at = len(d.Names)
				d.Names = append(d.Names, DeficientName{Name: name, ROID: registry.ROID(charge.Object)})
			}
			places[name] = at
		}
		if at < 0 || d.Names[at].ROID != registry.ROID(charge.Object) {
			continue
		}
		d.Names[at].Charges = append(d.Names[at].Charges, charge)
		d.Names[at].Amount += charge.Amount
		d.Covered += charge.Amount
	}
}

// isDeficient reports whether a name is still the one that was charged, the registrar's, and can be deleted.
func (c *Call) isDeficient(name names.Name, charge ledger.Charge, id registry.RegistrarID) bool {
	d, found := c.Domain(name)
	return found && d.ROID == registry.ROID(charge.Object) && d.Sponsor == id && operatorMayDelete(d, false).Refusal == nil
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
	return allOf("deficiencyIsThere",
		refuseIf("deficiencyIsThere", d.Lacks == 0, registry.Error{
			Code: registry.StatusProhibits, Field: "registrar", Value: string(d.Registrar),
			Reason: "the account is not on hold; names are deleted only for what it lacks",
		}),
		refuseIf("deficiencyIsThere", len(d.Names) == 0, registry.Error{
			Code: registry.StatusProhibits, Field: "registrar", Value: string(d.Registrar),
			Reason: "what it lacks belongs to no name that can be deleted; ask the registrar to pay",
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
