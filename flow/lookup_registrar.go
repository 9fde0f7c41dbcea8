package flow

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// RegistrarLookup is what WHOIS and RDAP ask of a registrar. Manual 7.2.2.
type RegistrarLookup struct {
	Handle string // its id, in any case, or its IANA id
	Name   string // else its whole name or trading name, whatever the case; either may be empty
}

// PublicRegistrar is what everybody may know of a registrar.
type PublicRegistrar struct {
	ID          registry.RegistrarID
	Name        string
	TradingName string // if that is not its Name
	IANAID      int    // 0 if it has none
	Email       string
	Voice       string
	Fax         string
	Website     string
	Abuse       string // address for abuse reports
	WHOIS       string // its own WHOIS server, if any
	RDAP        string // the base URL of its own RDAP server, if any
	Postal      registry.Postal
}

// RegistrarFound is one of what RegistrarLookup answers.
type RegistrarFound struct {
	PublicRegistrar
	Updated time.Time // the last change of anything of its account; zero if none is known
}

// Answer returns a []RegistrarFound in order of id: those that fit the handle, or else those of that name. There is one
// at least.
func (q RegistrarLookup) Answer(c *Call) (Reply, error) {
	// Load.
	list := c.registrarsBy(q)

	// Check.
	if err := c.check(registrarIsFound(q, len(list) > 0)); err != nil {
		return nil, err
	}

	// Return.
	found := make([]RegistrarFound, len(list))
	for i, r := range list {
		found[i] = RegistrarFound{public(r), c.registrarUpdated(r.ID)}
	}
	return found, nil
}

// registrarIsFound holds for a registrar that there is.
func registrarIsFound(q RegistrarLookup, found bool) Rule {
	said := q.Handle
	if said == "" {
		said = q.Name
	}
	return refuseIf("registrarIsFound", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "registrar", Value: said,
		Reason: "there is no such registrar; give its id, its IANA id or its whole name",
	})
}

// registrarsBy returns the registrars that a lookup means. An id is asked for by itself; for the rest all are looked
// through, of which there are some hundreds.
func (c *Call) registrarsBy(q RegistrarLookup) []registry.Registrar {
	if id := registry.RegistrarID(strings.ToUpper(q.Handle)); id != "" {
		if r, found := c.RegistrarByID(id); found {
			return []registry.Registrar{r}
		}
	}
	all, _ := read(c, func() ([]registry.Registrar, bool, error) {
		list, err := c.reader.Registrars()
		return list, true, err
	})
	name := person(q.Name)
	for _, fits := range []func(registry.Registrar) bool{
		func(r registry.Registrar) bool { return q.Handle != "" && strings.EqualFold(string(r.ID), q.Handle) },
		func(r registry.Registrar) bool { return r.IANAID > 0 && strconv.Itoa(r.IANAID) == q.Handle },
		func(r registry.Registrar) bool { return name != "" && person(r.Name) == name },
		func(r registry.Registrar) bool { return name != "" && person(r.TradingName) == name },
	} {
		if found := slices.DeleteFunc(slices.Clone(all), func(r registry.Registrar) bool { return !fits(r) }); len(found) > 0 {
			return found
		}
	}
	return nil
}

// registrarUpdated returns when the last version of a registrar was written.
func (c *Call) registrarUpdated(id registry.RegistrarID) time.Time {
	last := c.versions(registry.VersionFilter{Kind: registry.KindRegistrar, ROID: registry.ROID(id)}, 1)
	if len(last) == 0 {
		return time.Time{}
	}
	return last[0].Origin.At
}

// publicRegistrar returns what everybody may know of a registrar.
func (c *Call) publicRegistrar(id registry.RegistrarID) PublicRegistrar {
	r, _ := c.RegistrarByID(id)
	return public(r)
}

func public(r registry.Registrar) PublicRegistrar {
	return PublicRegistrar{
		ID: r.ID, Name: r.Name, TradingName: r.TradingName, IANAID: r.IANAID, Email: r.Email, Voice: r.Voice, Fax: r.Fax,
		Website: r.Website, Abuse: r.Abuse, WHOIS: r.WHOIS, RDAP: r.RDAP, Postal: r.Postal,
	}
}
