package flow

import (
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A watch notes what an answer depends on, so that it can be kept until that changes: things, by their traces, and the
// instant at which time alone changes something. Decision 012.
type watch struct {
	from   time.Time // when it was given
	traces []registry.Trace
	until  time.Time // half-open; zero: time never changes it
	loose  bool      // it depends on something that is not noted, so it is not kept
}

// sees notes that an answer depends on a thing.
func (w *watch) sees(t registry.Trace) {
	for _, known := range w.traces {
		if known == t {
			return
		}
	}
	w.traces = append(w.traces, t)
}

// ends notes that an answer is right up to an instant; zero, that it ends at none.
func (w *watch) ends(at time.Time) {
	if !at.IsZero() && (w.until.IsZero() || at.Before(w.until)) {
		w.until = at
	}
}

// sees notes for a call whose answer may be kept that it depends on a thing.
func (c *Call) sees(t registry.Trace) {
	if c.watch != nil {
		c.watch.sees(t)
	}
}

// lasts notes for a call whose answer may be kept that it is right up to an instant.
func (c *Call) lasts(until time.Time) {
	if c.watch != nil {
		c.watch.ends(until)
	}
}

// A watched reader notes what is read. It has every read that a query makes whose answer is kept; what other queries
// read goes through unseen, which is why theirs are not kept (keepable).
type watched struct {
	registry.Reader
	call *Call
}

// A keepable query reads only what a watched reader notes, and looks at no registrar of the call.
type keepable interface{ keeps() }

func (DomainLookup) keeps()    {}
func (HostLookup) keeps()      {}
func (RegistrarLookup) keeps() {}

func (r *watched) watch() *watch { return r.call.watch }

// ends notes when time next changes what was read. If that was already, nobody has written it down yet, and what comes
// of it will be known then.
func (r *watched) ends(due time.Time) {
	if !due.IsZero() && !due.After(r.call.Now) {
		r.watch().loose = true
	}
	r.watch().ends(due)
}

// Domain returns the domain of that name. With it come its hosts, and when time changes the names above these.
func (r *watched) Domain(name names.Name) (registry.Domain, bool, error) {
	d, found, err := r.Reader.Domain(name)
	r.watch().sees(registry.DomainTrace(name))
	if !found {
		return d, found, err
	}
	r.ends(lifecycle.Due(d))
	for _, ref := range d.Nameservers {
		r.watch().sees(registry.ObjectTrace(ref.ROID))
		r.ends(ref.Gone)
		r.ends(ref.SuperordinateDue)
		if above, ok := r.call.Profile.Registrable(ref.Name); ok && !ref.SuperordinateDue.IsZero() {
			r.watch().sees(registry.DomainTrace(above))
		}
	}
	return d, found, err
}

// Host returns the host of that name. Whether it is linked depends on all domains, and is noted where that is asked.
func (r *watched) Host(name names.Name) (registry.Host, bool, error) {
	h, found, err := r.Reader.Host(name)
	r.watch().sees(registry.HostTrace(name))
	if found {
		r.watch().sees(registry.ObjectTrace(h.ROID))
	}
	return h, found, err
}

// Contact returns the contact of that id. One that is not there may come under another ROID.
func (r *watched) Contact(id string) (registry.Contact, bool, error) {
	c, found, err := r.Reader.Contact(id)
	if !found {
		r.watch().loose = true
		return c, found, err
	}
	r.watch().sees(registry.ObjectTrace(c.ROID))
	r.ends(lifecycle.ContactDue(c))
	return c, found, err
}

// Registrar returns the registrar of that id.
func (r *watched) Registrar(id registry.RegistrarID) (registry.Registrar, bool, error) {
	r.watch().sees(registry.RegistrarTrace(id))
	return r.Reader.Registrar(id)
}

// Registrars returns all registrars in order of id.
func (r *watched) Registrars() ([]registry.Registrar, error) {
	r.watch().sees(registry.AnyTrace('r'))
	return r.Reader.Registrars()
}

// Versions returns versions of an object, of which only those of registrars are noted.
func (r *watched) Versions(f registry.VersionFilter, limit int) ([]registry.Past, error) {
	if f.Kind != registry.KindRegistrar {
		r.watch().loose = true
	}
	r.watch().sees(registry.RegistrarTrace(registry.RegistrarID(f.ROID)))
	return r.Reader.Versions(f, limit)
}

// DueDomains returns names that time has changed. That there are none is so until time next changes anything.
func (r *watched) DueDomains(now time.Time, limit int, but ...registry.RegistrarID) ([]registry.DueName, error) {
	due, err := r.Reader.DueDomains(now, limit, but...)
	if err != nil || len(due) > 0 {
		r.watch().loose = true
		return due, err
	}
	r.watch().sees(registry.AnyTrace('d'))
	next, err := r.Reader.NextDue()
	r.ends(next)
	return due, err
}
