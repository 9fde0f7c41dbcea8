package flow

import (
	"fmt"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// MaintenanceAdd announces a maintenance to all registrars, and prepares the messages at its start and its
// end. It is the operator's. RFC 9167, decisions 7.
type MaintenanceAdd struct{ Maintenance registry.Maintenance } // without id and dates of its own

// Subject is maintenance:create.
func (cmd MaintenanceAdd) Subject() Subject {
	return Subject{Command: "create", Object: "maintenance", ID: cmd.Maintenance.Name}
}

// Run replies the registry.Maintenance with its new id.
func (cmd MaintenanceAdd) Run(c *Call) (Reply, registry.Changes, error) {
	// Check.
	m := cmd.Maintenance
	if err := c.check(maintenanceRules(c.Profile, m, c.Now)...); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	m.ID, m.Version, m.Created = uuid(c.service.Random(16)), 1, c.Now
	m.Updated, m.Cancelled = time.Time{}, false

	// Return.
	return m, registry.Changes{
		Maintenances: []registry.Maintenance{m},
		Announced: []registry.Announcement{
			announce(m, registry.MaintenanceCreated, c.Now),
			announce(m, registry.MaintenanceBegins, m.Starts),
			announce(m, registry.MaintenanceEnds, m.Ends),
		},
	}, nil
}

// MaintenanceChange puts a maintenance in the place of one that has not ended, and tells all registrars. It
// is the operator's.
type MaintenanceChange struct{ Maintenance registry.Maintenance } // with its id

// Subject is maintenance:update.
func (cmd MaintenanceChange) Subject() Subject {
	return Subject{Command: "update", Object: "maintenance", ID: cmd.Maintenance.ID}
}

// Run replies the registry.Maintenance as it is now.
func (cmd MaintenanceChange) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	was, found := c.maintenance(cmd.Maintenance.ID)
	m := cmd.Maintenance
	m.Version, m.Created, m.Updated, m.Cancelled = was.Version+1, was.Created, c.Now, false

	// Check.
	if err := c.check(append([]Rule{
		maintenanceExists(m.ID, found),
		maintenanceIsAhead(was, c.Now),
		maintenanceStartStands(was, m, c.Now),
	}, maintenanceRules(c.Profile, m, earlier(c.Now, was.Starts))...)...); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	changes := registry.Changes{
		Maintenances: []registry.Maintenance{m},
		Withdrawn:    []registry.Withdrawal{{Topic: m.ID, After: c.Now}},
		Announced:    []registry.Announcement{announce(m, registry.MaintenanceUpdated, c.Now)},
	}
	if m.Starts.After(c.Now) {
		changes.Announced = append(changes.Announced, announce(m, registry.MaintenanceBegins, m.Starts))
	}
	changes.Announced = append(changes.Announced, announce(m, registry.MaintenanceEnds, m.Ends))

	// Return.
	return m, changes, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// MaintenanceCancel calls a maintenance off that has not ended, and tells all registrars. It is the
// operator's.
type MaintenanceCancel struct{ ID string }

// Subject is maintenance:delete.
func (cmd MaintenanceCancel) Subject() Subject {
	return Subject{Command: "delete", Object: "maintenance", ID: cmd.ID}
}

// Run replies the registry.Maintenance as it was.
func (cmd MaintenanceCancel) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	m, found := c.maintenance(cmd.ID)

	// Check.
	if err := c.check(maintenanceExists(cmd.ID, found), maintenanceIsAhead(m, c.Now)); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	m.Version++
	m.Updated, m.Cancelled = c.Now, true
	return m, registry.Changes{
		Maintenances: []registry.Maintenance{m},
		Withdrawn:    []registry.Withdrawal{{Topic: m.ID, After: c.Now}},
		Announced:    []registry.Announcement{announce(m, registry.MaintenanceCancelled, c.Now)},
	}, nil
}

// announce makes the message of a maintenance, for all registrars.
func announce(m registry.Maintenance, why registry.MaintenanceNews, at time.Time) registry.Announcement {
	return registry.Announcement{
		Topic: m.ID, Due: at, Notice: registry.MaintenanceNotice{Type: why, Maintenance: m},
	}
}

// uuid writes 16 random bytes as a UUID of version 4. RFC 9562 section 5.4.
func uuid(b []byte) string {
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// maintenance returns a maintenance that was not called off.
func (c *Call) maintenance(id string) (registry.Maintenance, bool) {
	m, found := read(c, func() (registry.Maintenance, bool, error) { return c.reader.Maintenance(id) })
	return m, found && !m.Cancelled
}

// MaintenanceInfo asks about one maintenance. RFC 9167 section 4.1.3.
type MaintenanceInfo struct{ ID string }

// MaintenanceDetails is what MaintenanceInfo answers.
type MaintenanceDetails struct{ registry.Maintenance }

// Asks says what the info counts as.
func (q MaintenanceInfo) Asks() Question {
	return Question{Command: "info", Object: "maintenance", IDs: []string{q.ID}}
}

// Answer looks the maintenance up. One that was called off is not there.
func (q MaintenanceInfo) Answer(c *Call) (Reply, error) {
	m, found := recalledObject(c, "maintenance", q.ID, func() (registry.Maintenance, bool) { return c.maintenance(q.ID) })
	if err := c.check(registrarIsActive(c.Registrar), maintenanceExists(q.ID, found)); err != nil {
		return nil, err
	}
	return MaintenanceDetails{m}, nil
}

// MaintenanceList asks for the maintenances that have not ended. RFC 9167 section 4.1.3. The operator asks
// without being a registrar.
type MaintenanceList struct{ Operator bool }

// Asks says what the info counts as.
func (q MaintenanceList) Asks() Question {
	return Question{Command: "info", Object: "maintenance"}
}

// Answer returns a []registry.Maintenance in order of their ends.
func (q MaintenanceList) Answer(c *Call) (Reply, error) {
	if err := c.check(registrarIsActive(c.Registrar)); err != nil && !q.Operator {
		return nil, err
	}
	return recalled(c, "maintenance list", "", func() []registry.Maintenance {
		list, _ := read(c, func() ([]registry.Maintenance, bool, error) {
			list, err := c.reader.Maintenances(c.Now, c.Terms.Limits.MaintenancesListed)
			return list, true, err
		})
		return list
	}), nil
}

// maintenanceExists holds for one that was announced and not called off.
func maintenanceExists(id string, found bool) Rule {
	return refuseIf("maintenanceExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "maint:id", Value: id,
		Reason: "there is no such maintenance; list shows those that have not ended",
	})
}

// maintenanceIsAhead holds until it ends.
func maintenanceIsAhead(m registry.Maintenance, now time.Time) Rule {
	return refuseIf("maintenanceIsAhead", !m.Ends.After(now), registry.Error{
		Code: registry.StatusProhibits, Field: "maint:id", Value: m.ID,
		Reason: "the maintenance has ended; announce a new one",
	})
}

// The lengths of what an operator says of a maintenance, and how many systems and zones it names.
const (
	maxMaintenanceText = 1000
	maxMaintenanceList = 50
)

// maintenanceRules are what a maintenance has to be.
func maintenanceRules(p policy.Profile, m registry.Maintenance, earliest time.Time) []Rule {
	return []Rule{
		maintenanceNamesSystems(m),
		maintenanceIsShort(m),
		impactsAreKnown(m),
		environmentIsKnown(m),
		maintenanceIsToCome(m, earliest),
		maintenanceTakesTime(m),
		zonesAreOurs(p, m.Zones),
		detailIsAddress(m),
	}
}

// maintenanceStartStands holds unless the start of a maintenance that has begun would change.
func maintenanceStartStands(was, m registry.Maintenance, now time.Time) Rule {
	return refuseIf("maintenanceStartStands", !was.Starts.After(now) && !m.Starts.Equal(was.Starts), registry.Error{
		Code: registry.ParameterRange, Field: "start", Value: m.Starts.Format(time.RFC3339),
		Reason: "the maintenance has begun at " + was.Starts.Format(time.RFC3339) + "; change only its end",
	})
}

// maintenanceNamesSystems holds for a maintenance of one system at least. RFC 9167 section 3.3.
func maintenanceNamesSystems(m registry.Maintenance) Rule {
	return refuseIf("maintenanceNamesSystems", len(m.Systems) == 0, registry.Error{
		Code: registry.ParameterMissing, Field: "system", Reason: "a maintenance names the systems that it concerns; give one, such as EPP",
	})
}

// maintenanceIsShort bounds the systems, zones and texts of a maintenance.
func maintenanceIsShort(m registry.Maintenance) Rule {
	return refuseIf("maintenanceIsShort", maintenanceIsLong(m), registry.Error{
		Code: registry.ParameterPolicy, Field: "maintenance",
		Reason: fmt.Sprintf("it has more than %d systems or zones, or a text of more than %d characters; say more behind the address of its details",
			maxMaintenanceList, maxMaintenanceText),
	})
}

// environmentIsKnown holds for an environment of RFC 9167 that needs no name.
func environmentIsKnown(m registry.Maintenance) Rule {
	return refuseIf("environmentIsKnown", !slices.Contains(environments(), m.Environment), registry.Error{
		Code: registry.ParameterRange, Field: "environment", Value: m.Environment,
		Reason: "there is no such environment; production, ote, staging and dev are known",
	})
}

// maintenanceIsToCome holds for a maintenance that begins now or later.
func maintenanceIsToCome(m registry.Maintenance, earliest time.Time) Rule {
	return refuseIf("maintenanceIsToCome", m.Starts.Before(earliest), registry.Error{
		Code: registry.ParameterRange, Field: "start", Value: m.Starts.Format(time.RFC3339),
		Reason: "a maintenance begins now or later; give a later start",
	})
}

// maintenanceTakesTime holds for a maintenance that ends after it begins.
func maintenanceTakesTime(m registry.Maintenance) Rule {
	return refuseIf("maintenanceTakesTime", !m.Ends.After(m.Starts), registry.Error{
		Code: registry.ParameterRange, Field: "end", Value: m.Ends.Format(time.RFC3339),
		Reason: "a maintenance ends after it begins; give a later end",
	})
}

// detailIsAddress holds for details at an address on the web, or none.
func detailIsAddress(m registry.Maintenance) Rule {
	return refuseIf("detailIsAddress", !isAddress(m.Detail), registry.Error{
		Code: registry.ParameterSyntax, Field: "detail", Value: m.Detail,
		Reason: "this is no address; write it such as https://registry.example/maintenance",
	})
}

// environments are those of RFC 9167 section 3.3 that need no name.
func environments() []string { return []string{"production", "ote", "staging", "dev"} }

func maintenanceIsLong(m registry.Maintenance) bool {
	long := len(m.Systems) > maxMaintenanceList || len(m.Zones) > maxMaintenanceList
	for _, text := range []string{m.Name, m.Detail, m.Description} {
		long = long || utf8.RuneCountInString(text) > maxMaintenanceText
	}
	return long
}

// impactsAreKnown holds where each system has a name and one of the three impacts of RFC 9167.
func impactsAreKnown(m registry.Maintenance) Rule {
	for _, s := range m.Systems {
		known := s.Impact == registry.ImpactNone || s.Impact == registry.ImpactPartial || s.Impact == registry.ImpactFull
		if s.Name == "" || !known || utf8.RuneCountInString(s.Name) > 255 || len(s.Host) > 255 {
			return refuse("impactsAreKnown", registry.Error{
				Code: registry.ParameterSyntax, Field: "system", Value: s.Name,
				Reason: "a system has a name, a host or none, and an impact; write none, partial or full",
			})
		}
	}
	return holds("impactsAreKnown", "system", "")
}

// zonesAreOurs holds where each zone is one of the registry's.
func zonesAreOurs(p policy.Profile, zones []string) Rule {
	for _, z := range zones {
		name, err := names.Parse(z)
		if _, ours := p.Zone(name); err != nil || !ours {
			return refuse("zonesAreOurs", registry.Error{
				Code: registry.ParameterRange, Field: "zone", Value: z,
				Reason: "this is no zone of ours; they are " + zoneList(p),
			})
		}
	}
	return holds("zonesAreOurs", "zone", "")
}

// isAddress reports whether a text is an address on the web, or empty.
func isAddress(text string) bool {
	u, err := url.Parse(text)
	return text == "" || err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
