package policy

import (
	"slices"

	"example.org/dorado/core/registry"
)

// An Action is a transform command on an object, as the status table knows it.
type Action string

// The actions that statuses can prohibit.
const (
	DomainDelete   Action = "domain:delete"
	DomainRenew    Action = "domain:renew"
	DomainRestore  Action = "domain:restore" // the update of RFC 3915
	DomainTransfer Action = "domain:transfer"
	DomainUpdate   Action = "domain:update"
	HostDelete     Action = "host:delete"
	HostUpdate     Action = "host:update"
	ContactDelete  Action = "contact:delete"
	ContactUpdate  Action = "contact:update"

	ContactTransfer Action = "contact:transfer"
)

// prohibits is the status × command table: which statuses of an object refuse a client's command.
// RFC 5731 section 2.3, RFC 5732 section 2.3, RFC 5733 section 2.2; decisions 3.6 for
// pendingTransfer.
var prohibits = map[Action][]registry.Status{
	DomainDelete: {
		registry.ServerDeleteProhibited, registry.ClientDeleteProhibited,
		registry.PendingDelete, registry.PendingTransfer,
	},
	DomainRenew: {
		registry.ServerRenewProhibited, registry.ClientRenewProhibited,
		registry.PendingDelete, registry.PendingTransfer,
	},
	// What its registrar set does not keep a name from being restored: in redemption it cannot be removed.
	DomainRestore: {registry.ServerUpdateProhibited},
	DomainTransfer: {
		registry.ServerTransferProhibited, registry.ClientTransferProhibited,
		registry.PendingDelete,
	},
	DomainUpdate: {
		registry.ServerUpdateProhibited, registry.ClientUpdateProhibited,
		registry.PendingDelete, registry.PendingTransfer,
	},
	HostDelete: {registry.ServerDeleteProhibited, registry.ClientDeleteProhibited},
	HostUpdate: {registry.ServerUpdateProhibited, registry.ClientUpdateProhibited},
	ContactDelete: {
		registry.ServerDeleteProhibited, registry.ClientDeleteProhibited,
		registry.PendingDelete, registry.PendingTransfer,
	},
	ContactTransfer: {
		registry.ServerTransferProhibited, registry.ClientTransferProhibited,
		registry.PendingDelete,
	},
	ContactUpdate: {
		registry.ServerUpdateProhibited, registry.ClientUpdateProhibited,
		registry.PendingDelete, registry.PendingTransfer,
	},
}

// Prohibits returns the first of an object's statuses, in the order of the table, that refuses an
// action.
func Prohibits(a Action, statuses []registry.Status) (registry.Status, bool) {
	for _, s := range prohibits[a] {
		if slices.Contains(statuses, s) {
			return s, true
		}
	}
	return "", false
}

// Actions returns every action of the table, in its order.
func Actions() []Action {
	return []Action{
		DomainDelete, DomainRenew, DomainRestore, DomainTransfer, DomainUpdate,
		HostDelete, HostUpdate, ContactDelete, ContactTransfer, ContactUpdate,
	}
}

// Prohibiting returns the statuses under which an action is refused, in the order in which they are told.
func Prohibiting(a Action) []registry.Status { return slices.Clone(prohibits[a]) }

// SettableStatuses returns the statuses that a registrar may set on and remove from its objects;
// object is "domain", "host" or "contact". Manual 9.5.1 for domains.
func SettableStatuses(object string) []registry.Status {
	return settable[object]
}

// OperatorStatuses returns the statuses that only the operator sets and removes; object is "domain", "host" or
// "contact". RFC 5731 section 2.3, RFC 5732 section 2.3, RFC 5733 section 2.2.
func OperatorStatuses(object string) []registry.Status { return operators[object] }

var operators = map[string][]registry.Status{
	"domain": {
		registry.ServerHold, registry.ServerTransferProhibited, registry.ServerRenewProhibited,
		registry.ServerUpdateProhibited, registry.ServerDeleteProhibited,
	},
	"host": {registry.ServerUpdateProhibited, registry.ServerDeleteProhibited},
	"contact": {
		registry.ServerTransferProhibited, registry.ServerUpdateProhibited,
		registry.ServerDeleteProhibited,
	},
}

// LockStatuses returns those of them that a lock sets: all that prohibit something to the sponsor, but not to keep
// the name.
func LockStatuses(object string) []registry.Status {
	return slices.DeleteFunc(slices.Clone(operators[object]), func(s registry.Status) bool {
		return s == registry.ServerHold || s == registry.ServerRenewProhibited
	})
}

// excludes are the statuses that cannot stand beside one that follows from a fact. RFC 5731 section 2.3, RFC
// 5733 section 2.2.
var excludes = map[registry.Status]registry.Status{
	registry.ServerDeleteProhibited:   registry.PendingDelete,
	registry.ServerTransferProhibited: registry.PendingTransfer,
}

// Excludes returns the status beside which another cannot be set, if there is one.
func Excludes(s registry.Status) (registry.Status, bool) {
	other, ok := excludes[s]
	return other, ok
}

var settable = map[string][]registry.Status{
	"domain": {
		registry.ClientHold, registry.ClientTransferProhibited, registry.ClientRenewProhibited,
		registry.ClientUpdateProhibited, registry.ClientDeleteProhibited,
	},
	"host": {registry.ClientUpdateProhibited, registry.ClientDeleteProhibited},
	"contact": {
		registry.ClientTransferProhibited, registry.ClientUpdateProhibited,
		registry.ClientDeleteProhibited,
	},
}
