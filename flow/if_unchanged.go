package flow

import (
	"slices"
	"strconv"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// IfUnchanged is a command that somebody decided on by an object as it was shown: it is refused if the object has become
// another one since, by a command or by time. It is for forms, where EPP says what to add and to remove.
type IfUnchanged struct {
	Command
	Kind    registry.ObjectKind
	ID      string // the name or id
	Version int64  // as it was shown
}

// Keys are those of the command.
func (cmd IfUnchanged) Keys() registry.Keys {
	var keys registry.Keys
	if k, ok := cmd.Command.(Keyed); ok {
		keys = k.Keys()
	}
	name, err := names.Parse(cmd.ID)
	switch {
	case cmd.Kind == registry.KindContact && !slices.Contains(keys.Contacts, cmd.ID):
		keys.Contacts = append(slices.Clone(keys.Contacts), cmd.ID)
	case cmd.Kind == registry.KindDomain && err == nil && !slices.Contains(keys.Domains, name):
		keys.Domains = append(slices.Clone(keys.Domains), name)
	case cmd.Kind == registry.KindHost && err == nil && !slices.Contains(keys.Hosts, name):
		keys.Hosts = append(slices.Clone(keys.Hosts), name)
	}
	return keys
}

// Run runs the command, unless the object has changed. Of an object that is another registrar's, or none at all, the
// command itself says so.
func (cmd IfUnchanged) Run(c *Call) (Reply, registry.Changes, error) {
	version, sponsor, found := c.versionOf(cmd.Kind, cmd.ID)
	theirs := found && (c.Registrar.ID == "" || sponsor == c.Registrar.ID)
	if err := c.check(objectIsUnchanged(cmd, theirs, version)); err != nil {
		return nil, registry.Changes{}, err
	}
	return cmd.Command.Run(c)
}

// versionOf returns the version of an object as it is now, and who sponsors it.
func (c *Call) versionOf(kind registry.ObjectKind, id string) (version int64, sponsor registry.RegistrarID, found bool) {
	name, err := names.Parse(id)
	switch {
	case kind == registry.KindContact:
		contact, found := c.Contact(id)
		return contact.Version, contact.Sponsor, found
	case kind == registry.KindRegistrar:
		r, found := c.RegistrarByID(registry.RegistrarID(id))
		return r.Version, r.ID, found
	case kind == registry.KindDomain && err == nil:
		d, found := c.Domain(name)
		return d.Version, d.Sponsor, found
	case kind == registry.KindHost && err == nil:
		h, found := c.Host(name)
		return h.Version, h.Sponsor, found
	}
	return 0, "", false
}

// objectIsUnchanged holds for an object that is as it was when it was shown.
func objectIsUnchanged(cmd IfUnchanged, theirs bool, version int64) Rule {
	return refuseIf("objectIsUnchanged", theirs && version != cmd.Version, registry.Error{
		Code: registry.ParameterRange, Field: "version", Value: strconv.FormatInt(cmd.Version, 10),
		Reason: "it has been changed since this form was opened; look at it as it is now, then decide again",
	})
}
