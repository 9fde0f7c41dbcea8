package store_test

import (
	"context"
	"errors"
	"testing"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/test/world"
)

// A host that leaves is gone for whoever asks by its name, and the names that link it are told when it went, until
// their last versions are without it; its announcement ends the links and the host.
func TestLeavingHost(t *testing.T) {
	w := world.Empty(t)
	write(t, w, base())
	h, d := base().Hosts[0], base().Domains[0]
	a := registry.Announcement{Topic: "H2-CO", Due: now, Host: h.ROID, Gone: true, Notice: registry.TextNotice{Text: "gone"}}
	write(t, w, registry.Changes{
		Origin: registry.Origin{At: now, Command: "time"}, Leaving: []registry.Host{h.Next()}, Announced: []registry.Announcement{a},
	})
	read := func() (refs []registry.HostRef, host bool, due registry.Announcement) {
		view(t, w, func(r registry.Reader) error {
			stored, _, err := r.Domain(d.Name)
			if err != nil {
				return err
			}
			refs = stored.Nameservers
			if _, host, err = r.Host(h.Name); err != nil || host {
				return err
			}
			if _, host, err = r.HostByROID(h.ROID); err != nil {
				return err
			}
			due, _, err = r.DueAnnouncement(now)
			return err
		})
		return refs, host, due
	}
	refs, host, due := read()
	if len(refs) != 1 || refs[0].ROID != h.ROID || !refs[0].Gone.Equal(now) || host || !due.Gone {
		t.Errorf("a host that left: %+v, found %t, announced %+v", refs, host, due)
	}
	another := h
	another.ROID = "H9-CO"
	d = d.Next()
	d.Nameservers = []registry.HostRef{another.Ref()}
	write(t, w, registry.Changes{Hosts: []registry.Host{another}, Domains: []registry.Domain{d}})
	if refs, _, _ := read(); len(refs) != 1 || refs[0].ROID != another.ROID || !refs[0].Gone.IsZero() {
		t.Errorf("a name that is without it is delegated to %+v", refs)
	}
	if got := w.Rows("SELECT host FROM domain_host ORDER BY host"); got != "H2-CO\nH9-CO\n" {
		t.Errorf("the links are %q: the announcement has to come to them", got)
	}
	again := errors.New("the flow sees")
	tries := 0
	err := w.DB.Update(context.Background(), registry.Keys{}, func(registry.Reader) (registry.Changes, error) {
		if tries++; tries > 1 {
			return registry.Changes{}, again
		}
		due.After = "D3-CO" // it came to the name before that came to link the host
		return registry.Changes{ToldAll: []registry.Announcement{due}}, nil
	})
	if got := w.Rows("SELECT COUNT(*) FROM domain_host"); !errors.Is(err, again) || got != "2\n" {
		t.Errorf("a link that nobody was told of: %v, %s links; it has to be seen", err, got)
	}
	write(t, w, registry.Changes{
		Announced: []registry.Announcement{due}, Undelegated: []registry.HostLink{{Domain: d.ROID, Host: h.ROID}},
	})
	if got := w.Rows("SELECT host FROM domain_host"); got != "H9-CO\n" {
		t.Errorf("the links are %q after the step that came to the name", got)
	}
	due.Step++
	write(t, w, registry.Changes{ToldAll: []registry.Announcement{due}})
	if got := w.Rows("SELECT roid FROM host"); got != "H9-CO\n" {
		t.Errorf("the hosts are %q", got)
	}
	if got := w.Rows("SELECT name, gone FROM history WHERE roid = 'H2-CO' AND version = 2"); got == "" {
		t.Error("its history does not end")
	}
}

// On a server, a group that takes links away relies on what else links the contact; where one database is this
// process's, nobody comes between.
func TestUnlinkedContacts(t *testing.T) {
	for _, test := range []struct {
		name    string
		changes func(d registry.Domain, c registry.Contact) registry.Changes
		refused bool // on a server
	}{
		{"the last link of one that is linked", func(d registry.Domain, c registry.Contact) registry.Changes {
			return registry.Changes{Domains: []registry.Domain{d.Next()}, Unlinked: []registry.Unlinked{{Contact: c.ROID, Last: true}}}
		}, true},
		{"one of the links of one that is linked", func(d registry.Domain, c registry.Contact) registry.Changes {
			return registry.Changes{Domains: []registry.Domain{d.Next()}, Unlinked: []registry.Unlinked{{Contact: c.ROID}}}
		}, false},
		{"the last link", func(d registry.Domain, c registry.Contact) registry.Changes {
			d.Registrant, d.Contacts = registry.ContactRef{}, nil
			return registry.Changes{Domains: []registry.Domain{d.Next()}, Unlinked: []registry.Unlinked{{Contact: c.ROID, Last: true}}}
		}, false},
		{"one of the links, which was the last", func(d registry.Domain, c registry.Contact) registry.Changes {
			d.Registrant, d.Contacts = registry.ContactRef{}, nil
			return registry.Changes{Domains: []registry.Domain{d.Next()}, Unlinked: []registry.Unlinked{{Contact: c.ROID}}}
		}, true},
		{"a link to one that waits for its purge", func(d registry.Domain, c registry.Contact) registry.Changes {
			c.PurgeAt = now
			return registry.Changes{Domains: []registry.Domain{d.Next()}, Contacts: []registry.Contact{c.Next()}}
		}, true},
		{"a name that goes with its link to one that waits", func(d registry.Domain, c registry.Contact) registry.Changes {
			c.PurgeAt = now
			return registry.Changes{
				Earlier:     []registry.Changes{{Domains: []registry.Domain{d.Next()}}},
				GoneDomains: []registry.Domain{d.Next().Next()}, Contacts: []registry.Contact{c.Next()},
			}
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := world.Empty(t)
			write(t, w, base())
			err := update(w, test.changes(base().Domains[0], base().Contacts[0]))
			if refused := test.refused && w.Postgres; refused != (err != nil) {
				t.Errorf("the write ends with %v, want one refused: %t", err, refused)
			}
		})
	}
}

// Contacts are due by their transfer and by their purge.
func TestDueContacts(t *testing.T) {
	w := world.Empty(t)
	changes := base()
	waiting, asked := changes.Contacts[0], changes.Contacts[0]
	waiting.ROID, waiting.ID, waiting.PurgeAt = "C8-CO", "Eva-8", now
	asked.ROID, asked.ID = "C9-CO", "Eva-9"
	asked.Transfer = registry.Transfer{Status: registry.TransferPending, Answer: now.Add(-1e9)}
	changes.Contacts = append(changes.Contacts, waiting, asked)
	write(t, w, changes)
	view(t, w, func(r registry.Reader) error {
		for _, test := range []struct {
			limit int
			want  string
		}{{10, "Eva-9 Eva-8 "}, {1, "Eva-9 "}} {
			list, err := r.DueContacts(now, test.limit)
			if err != nil {
				return err
			}
			got := ""
			for _, d := range list {
				got += d.ID + " "
			}
			if got != test.want {
				t.Errorf("due are %q, want %q", got, test.want)
			}
		}
		next, err := r.NextDue()
		if !next.Equal(now.Add(-1e9)) {
			t.Errorf("the next is due at %s", next)
		}
		return err
	})
	if _, err := names.Parse("/H2-CO"); err == nil {
		t.Error("a host that is gone has a name that a host could have")
	}
}
