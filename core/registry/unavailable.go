package registry

import "errors"

// ErrUnavailable marks a fault that is no bug: the database cannot be reached, does not answer in time or
// has no room, or the node has lost the lease that it acts under. The same command may succeed later.
var ErrUnavailable = errors.New("the registry is not available")

// ErrUnreadable marks that what is stored of one object, though it was found, makes no sense. It says nothing of
// other objects.
var ErrUnreadable = errors.New("cannot be read")
