package main

import (
	"context"
	"net/http"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A maintenanceLine is a maintenance as an operator writes and sees it.
type maintenanceLine struct {
	ID             string       `json:"id,omitempty"`
	Name           string       `json:"name,omitempty"`
	Start          time.Time    `json:"start"`
	End            time.Time    `json:"end"`
	Systems        []systemLine `json:"systems"`
	Environment    string       `json:"environment"`
	Emergency      bool         `json:"emergency,omitempty"`
	Detail         string       `json:"detail,omitempty"`
	Description    string       `json:"description,omitempty"`
	Zones          []string     `json:"zones,omitempty"`
	Connection     bool         `json:"connection,omitempty"`
	Implementation bool         `json:"implementation,omitempty"`
	Created        time.Time    `json:"created,omitzero"`
	Updated        time.Time    `json:"updated,omitzero"`
	Author         string       `json:"author,omitempty"` // of a request
}

// A systemLine is what a maintenance concerns.
type systemLine struct {
	Name   string `json:"name"`
	Host   string `json:"host,omitempty"`
	Impact string `json:"impact"`
}

func (l maintenanceLine) maintenance() registry.Maintenance {
	m := registry.Maintenance{
		ID: l.ID, Name: l.Name, Environment: l.Environment, Starts: l.Start.UTC(), Ends: l.End.UTC(), Emergency: l.Emergency,
		Detail: l.Detail, Description: l.Description, Zones: l.Zones, Connection: l.Connection, Implementation: l.Implementation,
	}
	for _, s := range l.Systems {
		m.Systems = append(m.Systems, registry.MaintenanceSystem{Name: s.Name, Host: s.Host, Impact: registry.Impact(s.Impact)})
	}
	return m
}

func lineOfMaintenance(m registry.Maintenance) maintenanceLine {
	l := maintenanceLine{
		ID: m.ID, Name: m.Name, Environment: m.Environment, Start: m.Starts, End: m.Ends, Emergency: m.Emergency,
		Detail: m.Detail, Description: m.Description, Zones: m.Zones, Connection: m.Connection, Implementation: m.Implementation,
		Created: m.Created, Updated: m.Updated,
	}
	for _, s := range m.Systems {
		l.Systems = append(l.Systems, systemLine{s.Name, s.Host, string(s.Impact)})
	}
	return l
}

func (h *house) listMaintenances(ctx context.Context, _ *http.Request, _ struct{}) ([]maintenanceLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.MaintenanceList{Operator: true})
	if err != nil {
		return nil, err
	}
	lines := []maintenanceLine{}
	for _, m := range reply.([]registry.Maintenance) {
		lines = append(lines, lineOfMaintenance(m))
	}
	return lines, nil
}

func (h *house) addMaintenance(ctx context.Context, _ *http.Request, q maintenanceLine) (maintenanceLine, error) {
	if q.Start.IsZero() { // at once
		q.Start = h.core.clock.Now().Truncate(time.Second).Add(time.Second)
	}
	return h.maintain(ctx, flow.MaintenanceAdd{Maintenance: q.maintenance()}, q.Author)
}

func (h *house) changeMaintenance(ctx context.Context, r *http.Request, q maintenanceLine) (maintenanceLine, error) {
	q.ID = r.PathValue("id")
	return h.maintain(ctx, flow.MaintenanceChange{Maintenance: q.maintenance()}, q.Author)
}

// A cancellation says who calls a maintenance off.
type cancellation struct {
	Author string `json:"author"`
}

func (h *house) cancelMaintenance(ctx context.Context, r *http.Request, q cancellation) (maintenanceLine, error) {
	return h.maintain(ctx, flow.MaintenanceCancel{ID: r.PathValue("id")}, q.Author)
}

// maintain runs a command on a maintenance, and has the engine of this node tell it at once.
func (h *house) maintain(ctx context.Context, cmd flow.Command, by string) (maintenanceLine, error) {
	reply, err := h.core.run(ctx, cmd)
	if err != nil {
		return maintenanceLine{}, err
	}
	h.engine.poke()
	line := lineOfMaintenance(reply.(registry.Maintenance))
	h.log.Info(cmd.Subject().String(), "maintenance", line.ID, "start", line.Start, "end", line.End, "author", by)
	return line, nil
}
