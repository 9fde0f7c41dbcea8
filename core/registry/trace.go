package registry

import "example.org/dorado/core/names"

// A Trace is where the changes of one thing are counted: a hash of what it is, the same in every process. Two things
// may share one; who asks whether one of them has changed is told of the other, too.
type Trace uint32

// DomainTrace is that of the registration of a name, and of there being none.
func DomainTrace(n names.Name) Trace { return TraceOf('d', n.String()) }

// HostTrace is that of which host has a name, if any.
func HostTrace(n names.Name) Trace { return TraceOf('h', n.String()) }

// ObjectTrace is that of a host or a contact, whatever it is called.
func ObjectTrace(roid ROID) Trace { return TraceOf('o', string(roid)) }

// RegistrarTrace is that of a registrar, and of there being none.
func RegistrarTrace(id RegistrarID) Trace { return TraceOf('r', string(id)) }

// AnyTrace is that of all things of a kind, as TraceOf has it: d for domains, h for hosts, r for registrars.
func AnyTrace(kind byte) Trace { return TraceOf(kind, "") }

// TraceOf is the FNV-1a hash of a kind and a name. Nothing hangs on it that somebody could gain by two names that
// share one.
func TraceOf(kind byte, name string) Trace {
	const offset, prime = 2166136261, 16777619
	hash := (uint32(offset) ^ uint32(kind)) * prime
	for i := range len(name) {
		hash = (hash ^ uint32(name[i])) * prime
	}
	return Trace(hash)
}
