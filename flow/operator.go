package flow

import (
	"regexp"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
)

// RegistrarCreate opens a registrar's account. It is the operator's.
type RegistrarCreate struct {
	Registrar registry.Registrar // with its password hashed
	// Limits are its credit limit and thresholds; balances are ignored. Without a minimum balance it is minus the
	// credit limit.
	Limits ledger.Funds
}

// Subject is registrar:create.
func (cmd RegistrarCreate) Subject() Subject {
	return Subject{Command: "create", Object: "registrar", ID: string(cmd.Registrar.ID)}
}

// Run opens the account.
func (cmd RegistrarCreate) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	_, taken := c.RegistrarByID(cmd.Registrar.ID)

	// Check.
	if err := c.check(
		registrarIDIsLegal(cmd.Registrar.ID),
		registrarIsFree(cmd.Registrar.ID, taken),
		certificatesAreFew(c.Terms.Limits, len(cmd.Registrar.Certificates)),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	r, limits := cmd.Registrar, cmd.Limits
	r.Version, r.PasswordChanged = 1, c.Now
	if r.FilesPassword != "" {
		r.FilesChanged = c.Now
	}
	limits.Party = r.Party()
	if limits.MinimumBalance == 0 { // what it may go below zero would be of no use to an account on hold
		limits.MinimumBalance = -limits.CreditLimit
	}
	return r, registry.Changes{Registrars: []registry.Registrar{r}, Limits: []ledger.Funds{limits}}, nil
}

// registrarIsFree holds for an id that no registrar has.
func registrarIsFree(id registry.RegistrarID, taken bool) Rule {
	return refuseIf("registrarIsFree", taken, registry.Error{
		Code: registry.ObjectExists, Field: "registrar", Value: string(id),
		Reason: "a registrar of this id exists; choose another",
	})
}

// registrarID is clIDType of RFC 5730 section 4.1 without white space.
var registrarID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{2,15}$`)

// registrarIDIsLegal holds for an id that EPP can carry. RFC 5730 section 4.1, clIDType.
func registrarIDIsLegal(id registry.RegistrarID) Rule {
	return refuseIf("registrarIDIsLegal", !registrarID.MatchString(string(id)), registry.Error{
		Code: registry.ParameterSyntax, Field: "registrar", Value: string(id),
		Reason: "this is no registrar id; it has 3 to 16 letters, digits, dots, underscores and hyphens",
	})
}

// RegistrarHold puts a registrar on hold, or lifts the hold where Reason is empty. It is the
// operator's. Decisions 5.5.
type RegistrarHold struct {
	Registrar registry.RegistrarID
	Reason    string
}

// Subject is registrar:hold.
func (cmd RegistrarHold) Subject() Subject {
	return Subject{Command: "hold", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run sets or lifts the hold.
func (cmd RegistrarHold) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)

	// Check.
	if err := c.check(registrarExists(cmd.Registrar, found)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	r.Version++
	r.Hold = registry.Hold{}
	if cmd.Reason != "" {
		r.Hold = registry.Hold{Since: c.Now, Reason: cmd.Reason}
	}

	// Return.
	return r, registry.Changes{Registrars: []registry.Registrar{r}}, nil
}

// registrarExists holds for the id of a registrar.
func registrarExists(id registry.RegistrarID, found bool) Rule {
	return refuseIf("registrarExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "registrar", Value: string(id),
		Reason: "there is no such registrar; dorado registrar list shows all",
	})
}

// RegistrarShow asks for one registrar, for the operator.
type RegistrarShow struct{ ID registry.RegistrarID }

// Answer returns a RegistrarAccount.
func (q RegistrarShow) Answer(c *Call) (Reply, error) {
	r, found := c.RegistrarByID(q.ID)
	if err := c.check(registrarExists(q.ID, found)); err != nil {
		return nil, err
	}
	return RegistrarAccount{r, c.fundsOf(r.ID)}, nil
}

// RegistrarList asks for all registrars, for the operator.
type RegistrarList struct{}

// RegistrarIDs asks for the ids of all registrars.
type RegistrarIDs struct{}

// Answer returns a []registry.RegistrarID in order.
func (RegistrarIDs) Answer(c *Call) (Reply, error) {
	var ids []registry.RegistrarID
	for _, r := range c.registrars() {
		ids = append(ids, r.ID)
	}
	return ids, nil
}

// RegistrarAccount is one line of RegistrarList's answer.
type RegistrarAccount struct {
	registry.Registrar
	Funds ledger.Funds
}

// Answer returns a []RegistrarAccount in order of id.
func (RegistrarList) Answer(c *Call) (Reply, error) {
	registrars := c.registrars()
	accounts := make([]RegistrarAccount, len(registrars))
	for i, r := range registrars {
		accounts[i] = RegistrarAccount{r, c.fundsOf(r.ID)}
	}
	return accounts, nil
}
