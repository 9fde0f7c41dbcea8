package flow

import (
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// HostDelete removes a host that no name is delegated to. RFC 5732 section 3.2.2.
type HostDelete struct{ Name names.Name }

// HostDeleted is what a successful HostDelete replies.
type HostDeleted struct{ Name names.Name }

// Subject is host:delete.
func (cmd HostDelete) Subject() Subject { return Subject{"delete", "host", cmd.Name.String(), true} }

// Run deletes the host, unless a rule refuses.
func (cmd HostDelete) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	h, found := c.settledHost(cmd.Name)
	gone, linked := c.delegatedTo(h)
	h.Linked = linked

	// Check.
	if err := c.check(
		registrarIsActive(c.Registrar),
		hostExists(cmd.Name, found),
		registrarSponsorsHost(c.Registrar, h),
		hostStatusAllows(policy.HostDelete, h),
		isNotLinked(h.Linked, "host:name", h.Name.String()),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	c.settleToo(gone)
	return HostDeleted{h.Name}, registry.Changes{
		GoneHosts: []registry.Host{h.Next()},
		Marks:     pageMarks(c.Profile, h.Name),
	}, nil
}

// isNotLinked holds for a host or contact that no domain uses.
func isNotLinked(linked bool, field, value string) Rule {
	return refuseIf("isNotLinked", linked, registry.Error{
		Code: registry.AssociationProhibits, Field: field, Value: value,
		Reason: "names use the object; remove it from them first",
	})
}
