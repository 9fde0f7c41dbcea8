package flow

import (
	"time"

	"example.org/dorado/core/registry"
)

// DomainRestore brings a name back from redemption. RFC 3915 section 4.2.5. It is an update that changes
// nothing but that. Decisions 3.5.
type DomainRestore struct {
	Update DomainUpdate   // its name, and the fee if it says one
	Report *RestoreReport // nil for a request
}

// A RestoreReport says why a name was restored. Texts are as they were sent, with the elements in them.
// RFC 3915 section 4.2.5.
type RestoreReport struct {
	Before, After     string // the registration as it was and as it is now
	Deleted, Restored time.Time
	Reason            string
	Statements        []string // one or two
	Other             string   // empty if there is none
}

// Subject is domain:update, the command that a restore is part of.
func (cmd DomainRestore) Subject() Subject { return cmd.Update.Subject() }

// Run refuses: this registry brings no name back yet.
func (cmd DomainRestore) Run(c *Call) (Reply, registry.Changes, error) {
	return nil, registry.Changes{}, c.check(
		registrarIsActive(c.Registrar),
		restoreStandsAlone(cmd.Update),
		restoreIsOffered(),
	)
}

// restoreIsOffered never holds: this registry brings no name back yet.
func restoreIsOffered() Rule {
	return refuse("restoreIsOffered", registry.Error{
		Code: registry.UnimplementedOption, Field: "rgp:restore",
		Reason: "this registry does not restore names yet; ask it to do so by hand",
	})
}

// restoreStandsAlone holds for a restore whose update changes nothing else. RFC 3915 section 4.2.5.
func restoreStandsAlone(update DomainUpdate) Rule {
	return refuseIf("restoreStandsAlone", !update.ChangesNothing(), registry.Error{
		Code: registry.ParameterPolicy, Field: "domain:update",
		Reason: "a restore changes nothing else; send add, rem and chg in an update of their own, after it",
	})
}
