package epp

import (
	"strconv"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// maintenance-1.0: when systems of the registry are away. RFC 9167.

// maintenanceInfo reads <maint:info>. RFC 9167 section 4.1.3.
func (d *decoder) maintenanceInfo(x *strictxml.Element) {
	choice := x.Choice("list", "id")
	if choice.Name.Local == "list" {
		choice.End()
		d.req.query = flow.MaintenanceList{}
		return
	}
	strictxml.Attr(choice, "name", strictxml.Token, "")
	strictxml.Attr(choice, "lang", strictxml.Language, "en")
	id := strictxml.Take(choice, strictxml.Token)
	d.req.subject.ID = id
	d.req.query = flow.MaintenanceInfo{ID: id}
}

// maintenance writes <maint:infData> of one maintenance; why it is told is only in messages. RFC 9167
// section 4.1.3.
func (w *encoder) maintenance(m registry.Maintenance, why registry.MaintenanceNews) {
	w.object(nsMaintenance, "infData")
	w.Start("maint:item")
	w.maintenanceID(m)
	w.optional("maint:pollType", string(why))
	w.Start("maint:systems")
	for _, s := range m.Systems {
		w.Start("maint:system")
		w.Element("maint:name", s.Name)
		w.optional("maint:host", s.Host)
		w.Element("maint:impact", string(s.Impact))
		w.End()
	}
	w.End()
	w.Start("maint:environment")
	w.Attr("type", m.Environment)
	w.End()
	w.Element("maint:start", instant(m.Starts))
	w.Element("maint:end", instant(m.Ends))
	w.Element("maint:reason", maintenanceReason(m.Emergency))
	w.optional("maint:detail", m.Detail)
	w.optional("maint:description", m.Description)
	if len(m.Zones) > 0 {
		w.Start("maint:tlds")
		w.list("maint:tld", m.Zones)
		w.End()
	}
	w.Start("maint:intervention")
	w.Element("maint:connection", strconv.FormatBool(m.Connection))
	w.Element("maint:implementation", strconv.FormatBool(m.Implementation))
	w.End()
	w.Element("maint:crDate", instant(m.Created))
	w.optionalInstant("maint:upDate", m.Updated)
	w.End()
	w.End()
}

// maintenanceList writes <maint:infData> of a list.
func (w *encoder) maintenanceList(list []registry.Maintenance) {
	w.object(nsMaintenance, "infData")
	w.Start("maint:list")
	for _, m := range list {
		w.Start("maint:listItem")
		w.maintenanceID(m)
		w.Element("maint:start", instant(m.Starts))
		w.Element("maint:end", instant(m.Ends))
		w.Element("maint:crDate", instant(m.Created))
		w.optionalInstant("maint:upDate", m.Updated)
		w.End()
	}
	w.End()
	w.End()
}

func (w *encoder) maintenanceID(m registry.Maintenance) {
	w.Start("maint:id")
	if m.Name != "" {
		w.Attr("name", m.Name)
	}
	w.Text(m.ID)
	w.End()
}

func maintenanceReason(emergency bool) string {
	if emergency {
		return "emergency"
	}
	return "planned"
}

// maintenanceText is what a message about a maintenance says to people: all that matters to a session that
// gets no more.
func maintenanceText(n registry.MaintenanceNotice) string {
	what := map[registry.MaintenanceNews]string{
		registry.MaintenanceCreated: "announced", registry.MaintenanceUpdated: "changed",
		registry.MaintenanceCancelled: "cancelled", registry.MaintenanceBegins: "begins", registry.MaintenanceEnds: "ended",
	}[n.Type]
	text := "Registry maintenance " + what + ": "
	if n.Name != "" {
		text += n.Name + ", "
	}
	return text + "from " + n.Starts.UTC().Format(time.RFC3339) + " to " + n.Ends.UTC().Format(time.RFC3339) + "."
}
