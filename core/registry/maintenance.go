package registry

import "time"

// A Maintenance is a time in which systems of the registry are not there, or not wholly. RFC 9167 section
// 3.3.
type Maintenance struct {
	ID             string
	Version        int64               // see Domain.Version
	Name           string              `json:",omitzero"` // a title
	Systems        []MaintenanceSystem // one or more
	Environment    string              // production, ote, staging, dev
	Starts         time.Time
	Ends           time.Time
	Emergency      bool     `json:",omitzero"` // else it was planned
	Detail         string   `json:",omitzero"` // a URI that says more
	Description    string   `json:",omitzero"` // plain text
	Zones          []string `json:",omitzero"` // that are concerned
	Connection     bool     `json:",omitzero"` // clients have to change something about their connections
	Implementation bool     `json:",omitzero"` // or about their programs

	Created   time.Time
	Updated   time.Time `json:",omitzero"`
	Cancelled bool      `json:",omitzero"`
}

// A MaintenanceSystem is what a Maintenance concerns.
type MaintenanceSystem struct {
	Name   string // such as "EPP"
	Host   string `json:",omitzero"` // its address
	Impact Impact
}

// An Impact says how much of a system is away.
type Impact string

// The impacts of RFC 9167.
const (
	ImpactNone    Impact = "none"
	ImpactPartial Impact = "partial"
	ImpactFull    Impact = "full"
)

// MaintenanceNews is why a message about a Maintenance is sent: the pollType of RFC 9167.
type MaintenanceNews string

// The news of a Maintenance: it is announced, changed or cancelled; it begins; it ends.
const (
	MaintenanceCreated   MaintenanceNews = "create"
	MaintenanceUpdated   MaintenanceNews = "update"
	MaintenanceCancelled MaintenanceNews = "delete"
	MaintenanceBegins    MaintenanceNews = "courtesy"
	MaintenanceEnds      MaintenanceNews = "end"
)
