// Package policy owns what a registry allows and charges, as data with effective dates. Nothing
// here decides for one zone by its name: a difference between two zones is a difference between
// two profiles or between two lines of one.
package policy

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictjson"
)

// A Profile is the policy of one family of zones: the zones, and the history of their terms, the
// oldest version first.
type Profile struct {
	ID         string // such as "co-2026"
	Repository string // the suffix of ROIDs, such as "CO". RFC 5730 section 2.8
	Zones      []Zone
	Versions   []Version
}

// A Zone is a name below which names are registered. Decisions 1.1.
type Zone struct {
	Name     names.Name
	Sold     bool     // open to registrars; otherwise only the operator registers here
	Withheld []string // labels that are never available. Decisions 1.3
	HeldUpTo int      // labels of up to so many characters are premium or the registry's own
	Used     []string `json:"-"` // labels at or below which the registry has records of its own; whoever serves the zone says so

	// Follows are other profiles whose terms hold for the names of the zone, each from an instant on, the oldest
	// first. Before the first, and without any, the profile's own terms hold.
	Follows []Following
}

// A Following is another profile whose terms hold for the names of a zone from an instant on.
type Following struct {
	From    time.Time
	Profile string // the id of a built-in profile, such as "co-2011"
	Why     string

	versions []Version
}

// A Version is the terms in force from an instant until the next version.
type Version struct {
	From  time.Time
	Why   string
	Terms Terms
}

// Terms are the rules of a profile at one instant, as plain values. The lengths are those of
// decisions section 3.
type Terms struct {
	MinYears       int `json:"minYears"`
	MaxYears       int `json:"maxYears"` // of one period, and ahead of today
	MaxNameservers int `json:"maxNameservers"`

	AddGrace      Days `json:"addGraceDays"`
	RenewGrace    Days `json:"renewGraceDays"`
	AutoRenew     Days `json:"autoRenewGraceDays"`
	TransferGrace Days `json:"transferGraceDays"`
	Redemption    Days `json:"redemptionDays"`
	PendingDelete Days `json:"pendingDeleteDays"`

	// AddGracePurges says that a deletion in add grace purges at once; else it is one like any other.
	AddGracePurges bool `json:"addGracePurges"`

	AddGraceLimit   AddGraceLimit   `json:"addGraceLimit"`
	MinimumNewNames MinimumNewNames `json:"minimumNewNames"`

	// Suspension is how long a name that has expired waits before it renews itself, delegated to the name
	// servers of SuspensionPage; 0: it renews itself at its expiry.
	Suspension     Days         `json:"suspensionDays"`
	SuspensionPage []names.Name `json:"suspensionPage"`

	PurgeDelay  Seconds `json:"purgeDelaySeconds"`  // after pending delete, at least
	PurgeSpread Seconds `json:"purgeSpreadSeconds"` // and up to so much more
	// MassPurgeSpread is the same for names that time deleted, many of them in one second.
	MassPurgeSpread Seconds `json:"massPurgeSpreadSeconds"`

	// ContactPurge is how long a contact waits for its purge that has lost its last link. Decisions 2.5.
	ContactPurge Seconds `json:"contactPurgeSeconds"`

	RegistrationHold Days `json:"registrationHoldDays"`
	TransferHold     Days `json:"transferHoldDays"`
	TransferAnswer   Days `json:"transferAnswerDays"`

	PollRetention Days `json:"pollRetentionDays"` // how long a message waits for its registrar

	MailTry       Days `json:"mailTryDays"`       // how long a mail is tried
	MailRetention Days `json:"mailRetentionDays"` // how long one is kept that failed

	// MoneyAlone is up to what amount, in cents, one operator alone changes what a registrar has or may spend; 0:
	// without bound. What is above waits MoneyPending for a second person.
	MoneyAlone   ledger.Money `json:"moneyAlone"`
	MoneyPending Days         `json:"moneyPendingDays"`

	// Notices are where registrars are told of events otherwise than Dorado has it.
	Notices map[registry.Event]Telling `json:"notices"`

	RequiredContacts []string `json:"requiredContacts"`
	ContactsOfOthers bool     `json:"contactsOfOthers"` // a domain may link any sponsor's contacts

	// PrivateAddresses are ranges that lead to no one host on the Internet, though to one in a network of its own: no name
	// server is given an address of theirs. RFC 6890. Those that are no host's anywhere are refused by what they are.
	PrivateAddresses []netip.Prefix `json:"privateAddresses"`

	// IDNTables are the ids of the tables of package idn in which internationalized labels may be
	// written. A label that names no table gets the first that it fits in. Decisions 1.6.
	IDNTables []string `json:"idnTables"`

	// DSAlgorithms are those that sign zones, and DSDigests the lengths of digests in bytes by their type,
	// as IANA lists them. Decisions 2.8.
	DSAlgorithms []int          `json:"dsAlgorithms"`
	DSDigests    map[string]int `json:"dsDigests"`

	// DSAutomation is whether the DS of names follow what their own zones ask for.
	DSAutomation DSAutomation `json:"dsAutomation"`

	// TTLs are what registrars may choose, by the type of record. A type that is not named has a default, and
	// nobody may choose.
	TTLs map[string]TTLRange `json:"ttls"`

	Prices Prices `json:"prices"`
	Launch Launch `json:"launch"`
	Limits Limits `json:"limits"`

	since time.Time // from when they hold
	why   string    // the reason of their version
}

// Days is a whole number of days of 24 hours, the unit in which registry policy is written.
type Days int

// After returns t plus d days of 24 hours.
func (d Days) After(t time.Time) time.Time { return t.Add(time.Duration(d) * 24 * time.Hour) }

// Seconds is a whole number of seconds.
type Seconds int

// Duration returns s as a duration.
func (s Seconds) Duration() time.Duration { return time.Duration(s) * time.Second }

// At returns the terms in force at t, where they are not those of a name: TermsOf. They are shared and not to
// be changed.
func (p Profile) At(t time.Time) *Terms { return &inForce(p.Versions, t).Terms }

// VersionAt returns the version in force at t. The first also holds before its From, so that every
// instant has terms.
func (p Profile) VersionAt(t time.Time) Version { return *inForce(p.Versions, t) }

// NextVersion returns the first instant after t from which other terms hold for some zone; zero if there is none.
func (p Profile) NextVersion(t time.Time) time.Time {
	next := firstAfter(time.Time{}, p.Versions, t)
	for _, z := range p.Zones {
		for _, f := range z.Follows {
			next = firstAfter(next, append([]Version{{From: f.From}}, f.versions...), t)
		}
	}
	return next
}

// firstAfter returns the earliest of an instant, unless that is zero, and the beginnings of versions after t.
func firstAfter(next time.Time, versions []Version, t time.Time) time.Time {
	for _, v := range versions {
		if v.From.After(t) && (next.IsZero() || v.From.Before(next)) {
			next = v.From
		}
	}
	return next
}

// TermsOf returns the terms in force for a name at t: those of the profile that its zone follows. They are
// shared and not to be changed.
func (p Profile) TermsOf(name names.Name, t time.Time) *Terms { return p.TermsIn(name.Parent(), t) }

// TermsIn returns the terms in force for the names of a zone at t. They are shared and not to be changed.
func (p Profile) TermsIn(zone names.Name, t time.Time) *Terms {
	return &inForce(p.versionsIn(zone, t), t).Terms
}

// VersionOf returns the version in force for a name at t: that of the profile that its zone follows. Outside its
// zones it is VersionAt.
func (p Profile) VersionOf(name names.Name, t time.Time) Version {
	return *inForce(p.versionsIn(name.Parent(), t), t)
}

// versionsIn are the versions of which one is in force in a zone at t.
func (p Profile) versionsIn(zone names.Name, t time.Time) []Version {
	versions := p.Versions
	for i := range p.Zones {
		if len(p.Zones[i].Follows) == 0 || p.Zones[i].Name != zone {
			continue
		}
		for _, f := range p.Zones[i].Follows {
			if !f.From.After(t) {
				versions = f.versions
			}
		}
	}
	return versions
}

// allVersions are the versions that are in force in some zone at some time.
func (p Profile) allVersions() []Version {
	list := slices.Clone(p.Versions)
	for _, z := range p.Zones {
		for _, f := range z.Follows {
			list = append(list, f.versions...)
		}
	}
	return list
}

// LongestDeletion is longer than a name waits for its purge under any terms of p.
func (p Profile) LongestDeletion() (longest time.Duration) {
	for _, v := range p.allVersions() {
		t := &v.Terms
		longest = max(longest, time.Duration(t.Redemption+t.PendingDelete+1)*24*time.Hour+
			(t.PurgeDelay+max(t.PurgeSpread, t.MassPurgeSpread)).Duration())
	}
	return longest
}

// HasPage reports whether a host is a name server of a suspension page under any terms of p.
func (p Profile) HasPage(host names.Name) bool {
	names := func(v Version) bool { return slices.Contains(v.Terms.SuspensionPage, host) }
	return slices.ContainsFunc(p.Versions, names) || slices.ContainsFunc(p.Zones, func(z Zone) bool {
		return slices.ContainsFunc(z.Follows, func(f Following) bool { return slices.ContainsFunc(f.versions, names) })
	})
}

// Follow returns p with a zone that follows another profile from an instant on.
func (p Profile) Follow(zone names.Name, other Profile, from time.Time, why string) Profile {
	p.Zones = slices.Clone(p.Zones)
	for i := range p.Zones {
		if z := &p.Zones[i]; z.Name == zone {
			z.Follows = append(slices.Clone(z.Follows), Following{from, other.ID, why, other.Versions})
		}
	}
	return p
}

func inForce(versions []Version, t time.Time) *Version {
	at := &versions[0]
	for i := range versions {
		if !versions[i].From.After(t) {
			at = &versions[i]
		}
	}
	return at
}

// Zone returns the zone of that name.
func (p Profile) Zone(name names.Name) (Zone, bool) {
	i := slices.IndexFunc(p.Zones, func(z Zone) bool { return z.Name == name })
	if i < 0 {
		return Zone{}, false
	}
	return p.Zones[i], true
}

// Registrable returns the name that is registered, or would be, at or above a host name: one label
// below the deepest of the profile's zones. There is none if the name is in no zone or is one.
func (p Profile) Registrable(host names.Name) (names.Name, bool) {
	for name := host; !name.IsZero(); name = name.Parent() {
		if _, isZone := p.Zone(name); isZone {
			return names.Name{}, false
		}
		if _, below := p.Zone(name.Parent()); below {
			return name, true
		}
	}
	return names.Name{}, false
}

// InZone reports whether a name is at or below any zone of the profile.
func (p Profile) InZone(name names.Name) bool {
	return slices.ContainsFunc(p.Zones, func(z Zone) bool { return name.IsSubordinateTo(z.Name) })
}

//go:embed profiles/*.json
var builtIn embed.FS

// BuiltIn returns a profile that ships with Dorado.
func BuiltIn(id string) (Profile, error) {
	data, err := BuiltInFile(id)
	if err != nil {
		return Profile{}, err
	}
	return Parse(data)
}

// BuiltInFile returns the file of a profile that ships with Dorado.
func BuiltInFile(id string) ([]byte, error) {
	data, err := builtIn.ReadFile("profiles/" + id + ".json")
	if err != nil {
		return nil, fmt.Errorf("there is no built-in profile %q", id)
	}
	return data, nil
}

// BuiltInIDs returns the ids of the profiles that ship with Dorado, in order.
func BuiltInIDs() []string {
	files, err := builtIn.ReadDir("profiles")
	if err != nil {
		return nil
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = strings.TrimSuffix(f.Name(), ".json")
	}
	return ids
}

// Parse reads a profile file. A version names only what it changes: its terms are laid over those
// before it. Unknown keys are refused.
func Parse(data []byte) (Profile, error) {
	var file struct {
		ID, Repository string
		Zones          []Zone
		Versions       []struct {
			From  time.Time
			Why   string
			Terms json.RawMessage
		}
	}
	if err := strict(data, &file); err != nil {
		return Profile{}, fmt.Errorf("profile: %w", err)
	}
	p := Profile{ID: file.ID, Repository: file.Repository, Zones: file.Zones}
	for i, v := range file.Versions {
		var terms Terms // each version is laid anew, so that none shares a slice with another
		for _, layer := range file.Versions[:i+1] {
			if err := strict(layer.Terms, &terms); err != nil {
				return Profile{}, fmt.Errorf("profile %s, %s: %w", p.ID, Version{From: v.From}.named(i), err)
			}
		}
		terms.since, terms.why = v.From, v.Why
		p.Versions = append(p.Versions, Version{v.From, v.Why, terms})
	}
	if err := cmp.Or(p.check(), p.resolve()); err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", p.ID, err)
	}
	return p, nil
}

// resolve finds the profiles that zones follow.
func (p Profile) resolve() error {
	for _, zone := range p.Zones {
		for i := range zone.Follows {
			f := &zone.Follows[i]
			other, err := BuiltIn(f.Profile)
			switch {
			case err != nil:
				return fmt.Errorf("zone %s: %w", zone.Name, err)
			case f.Why == "":
				return fmt.Errorf("zone %s follows %s: say why", zone.Name, f.Profile)
			case i > 0 && !f.From.After(zone.Follows[i-1].From):
				return fmt.Errorf("zone %s follows %s from no later than the one before", zone.Name, f.Profile)
			case slices.ContainsFunc(other.Zones, func(z Zone) bool { return len(z.Follows) > 0 }):
				return fmt.Errorf("zone %s follows %s, which has zones that follow others", zone.Name, f.Profile)
			case other.Versions[0].Terms.Prices.Currency != p.Versions[0].Terms.Prices.Currency:
				return fmt.Errorf("zone %s follows %s, which has another currency", zone.Name, f.Profile)
			}
			f.versions = other.Versions
		}
	}
	return nil
}

// strict decodes JSON and refuses keys that the target does not have.
func strict(data []byte, into any) error {
	return strictjson.Read(bytes.NewReader(data), into)
}

// check says what is wrong with a profile that could be read.
func (p Profile) check() error {
	if p.ID == "" || p.Repository == "" || len(p.Zones) == 0 || len(p.Versions) == 0 {
		return errors.New("it needs an id, a repository, a zone and a version")
	}
	for i, v := range p.Versions {
		switch {
		case v.Why == "":
			return fmt.Errorf("%s: say why", v.named(i))
		case i > 0 && !v.From.After(p.Versions[i-1].From):
			return fmt.Errorf("%s begins no later than the one before", v.named(i))
		case i > 0 && len(v.Terms.Prices.Tiers) < len(p.Versions[i-1].Terms.Prices.Tiers):
			return fmt.Errorf("%s has fewer tiers than the one before; names have them", v.named(i))
		}
		if err := v.Terms.check(); err != nil {
			return fmt.Errorf("%s: %w", v.named(i), err)
		}
	}
	return nil
}

// named says which version of a profile one is, counted as people do.
func (v Version) named(i int) string {
	return fmt.Sprintf("version %d (from %s)", i+1, v.From.UTC().Format(time.RFC3339))
}

// check refuses terms under which a registry could not work.
func (t Terms) check() error {
	if err := cmp.Or(t.checkTables(), t.checkTTLs(), t.checkPage(), t.Prices.check(), t.Launch.check(), t.checkChildren()); err != nil {
		return err
	}
	if err := cmp.Or(t.checkQueues(), t.checkAddresses()); err != nil {
		return err
	}
	l := t.Limits
	switch {
	case t.MinYears < 1 || t.MaxYears < t.MinYears:
		return errors.New("minYears and maxYears must be 1 or more, in order")
	case t.MaxNameservers < 1:
		return errors.New("maxNameservers must be 1 or more")
	case min(t.AddGrace, t.RenewGrace, t.AutoRenew, t.TransferGrace, t.Redemption, t.PendingDelete, t.Suspension) < 0,
		min(t.PurgeDelay, t.PurgeSpread, t.MassPurgeSpread, t.ContactPurge) < 0,
		min(t.RegistrationHold, t.TransferHold, t.TransferAnswer) < 0:
		return errors.New("no length may be negative")
	case min(l.FrameBytes, l.Connections, l.ConnectionsBeforeLogin, l.SessionsPerRegistrar, l.ObjectsPerCheck) < 1:
		return errors.New("limits: frameBytes, connections, sessions and objectsPerCheck must be 1 or more")
	case min(l.LoginSeconds, l.IdleSeconds, l.FrameSeconds, l.GreetingSeconds) < 1:
		return errors.New("limits: every deadline must be 1 second or more")
	case min(l.PasswordDays, l.WarningDays) < 0:
		return errors.New("limits: passwordDays and warningDays must be 0 or more")
	case min(l.LoginFailures, l.ConnectionsBeforeLoginPerAddress, l.WhoisQueryBytes, l.LookupObjects, l.FeesPerCheck) < 1:
		return errors.New("limits: none may be below 1")
	case !l.RDAP.legal():
		return errors.New("limits: rdap: none may be below 1")
	case !l.Console.legal():
		return errors.New("limits: console: none may be below 1")
	case !l.Portfolio.legal():
		return errors.New("limits: portfolio: none may be below 1, exported not below pageSize, and looked must be above exported")
	case min(l.LimitsPerRegistrar, l.CertificatesPerRegistrar, l.CachedAnswers) < 0:
		return errors.New("limits: limitsPerRegistrar, certificatesPerRegistrar and cachedAnswers may not be negative")
	}
	for _, d := range l.Commands {
		if err := d.check(); err != nil {
			return fmt.Errorf("limits: commands: %w", err)
		}
	}
	return nil
}

// checkAddresses refuses a range that is written as another.
func (t Terms) checkAddresses() error {
	for _, p := range t.PrivateAddresses {
		if p != p.Masked() {
			return fmt.Errorf("privateAddresses: %s has bits behind its length; did you mean %s?", p, p.Masked())
		}
	}
	return nil
}

// checkCredentials refuses limits under which registrars could not have what they log in with.
func (l Limits) checkCredentials() error {
	switch {
	case l.PasswordLeast < 6 || l.PasswordLeast > 16: // what EPP takes of those that know nothing of RFC 8807
		return errors.New("limits: passwordLeast must be 6 to 16")
	case min(l.CertificateDays, Days(l.CertificatesPerYear)) < 1, slices.ContainsFunc(l.CertificateWarnings, func(d Days) bool { return d < 1 }):
		return errors.New("limits: certificateDays, certificatesPerYear and certificateWarnings must be 1 or more")
	}
	return nil
}

// checkPage refuses a suspension without a page, and a page that no zone could hold.
func (t Terms) checkPage() error {
	page := t.SuspensionPage
	switch {
	case t.Suspension > 0 && len(page) == 0:
		return errors.New("suspensionDays needs a suspensionPage: the name servers that suspended names are delegated to")
	case len(page) > t.MaxNameservers:
		return fmt.Errorf("suspensionPage has %d name servers; maxNameservers is %d", len(page), t.MaxNameservers)
	}
	for i, host := range page {
		if host.IsZero() || slices.Contains(page[:i], host) {
			return fmt.Errorf("suspensionPage: name server %d is empty or named twice", i+1)
		}
	}
	return nil
}

// checkQueues refuses terms under which messages would be lost, or the log not be read.
func (t Terms) checkQueues() error {
	switch l := t.Limits; {
	case t.PollRetention < 1:
		return errors.New("pollRetentionDays must be 1 or more")
	case min(l.PollCounted, l.LogRowsPerPage, l.LogRowsExported, l.LogRowsRead, l.MaintenancesListed, l.HistoryPerPage) < 1:
		return errors.New("limits: pollCounted, logRowsPerPage, logRowsExported, logRowsRead, maintenancesListed and historyPerPage must be 1 or more")
	case t.MoneyAlone < 0 || t.MoneyPending < 1 || min(l.MoneyActsPending, l.MoneyActsListed) < 1:
		return errors.New("moneyAlone must be 0 or more, and moneyPendingDays, moneyActsPending and moneyActsListed 1 or more")
	case min(l.SettledAtOnce, l.SettlePercent, int(l.EngineBehindSeconds)) < 1 || l.SettlePercent > 100:
		return errors.New("limits: settledAtOnce and engineBehindSeconds must be 1 or more, and settlePercent 1 to 100")
	}
	return cmp.Or(t.checkMail(), t.checkBilling(), t.Limits.checkCredentials())
}
