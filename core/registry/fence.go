package registry

import "errors"

// A Fence ties a Changes to a lease: it is applied only while the lease has the number under which it
// was decided. A node that lost the lease without noticing, since it slept or was cut off, writes
// nothing. The zero Fence ties to none. Architecture section 2.
type Fence struct {
	Lease  string
	Number int64 // rises whenever the lease passes to another holder
}

// IsZero reports whether there is none.
func (f Fence) IsZero() bool { return f == Fence{} }

// ErrFenced says that a Changes was not applied, since its lease has passed on.
var ErrFenced = errors.New("the lease has passed to another node")
