package console

import (
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A noticesPage shows how the registrar is told of each event.
type noticesPage struct {
	*accountPage
	Rows []noticeRow
}

// A noticeRow is an event, and how it is told.
type noticeRow struct {
	flow.NoticeRow
	Label      string
	Always     bool   // it is in every queue
	Poll, Mail choice // of its form
	Open       bool   // its form is the one that was sent
}

// noticesPage returns the page as it is.
func (v *visit) noticesPage() (*noticesPage, flow.Act, error) {
	p, act, err := v.accountPage(nil, map[string]string{"event": ""})
	if err != nil {
		return nil, act, err
	}
	reply, err := v.ask(flow.NoticeList{Registrar: p.Registrar.ID})
	if err != nil {
		return nil, act, err
	}
	page := &noticesPage{accountPage: p}
	for _, row := range reply.([]flow.NoticeRow) {
		page.Rows = append(page.Rows, v.noticeRow(p, row))
	}
	return page, act, nil
}

// wished is how a registrar's wish stands in a form.
func wished(wish *bool) string {
	if wish == nil {
		return string(flow.SwitchDefault)
	}
	return map[bool]string{true: string(flow.SwitchOn), false: string(flow.SwitchOff)}[*wish]
}

// noticeRow is an event with its form, which has what was sent in it if it was the one.
func (v *visit) noticeRow(p *accountPage, row flow.NoticeRow) noticeRow {
	choose := func(name, label string, wish *bool) choice {
		name += "-" + string(row.Event)
		p.current[name] = []string{wished(wish)}
		if _, sent := p.Values[name]; !sent {
			p.Values.Set(name, wished(wish))
		}
		return choice{
			field: field{Name: name, Label: label, Value: p.Values.Get(name), Values: p.Values[name]},
			Options: []option{
				{string(flow.SwitchDefault), v.t("As the registry has it")}, {string(flow.SwitchOn), v.t("Yes")}, {string(flow.SwitchOff), v.t("No")},
			},
		}
	}
	label := v.t(eventText(row.Event))
	return noticeRow{
		NoticeRow: row, Label: label, Open: v.isForm() && v.sent("event") == string(row.Event), Always: policy.QueuedAlways(row.Event),
		Poll: choose("poll", v.t("In the message queue: %s", label), row.Wish.Poll), Mail: choose("mail", v.t("By mail: %s", label), row.Wish.Mail),
	}
}

func (c *Console) accountNotices(v *visit) error {
	p, _, err := v.noticesPage()
	if err != nil {
		return err
	}
	return v.show("account_notices", p)
}

// saveAccountNotice sets how one event is told, whether there is a queue at all, or whether transfers are mailed.
func (c *Console) saveAccountNotice(v *visit) error {
	p, act, err := v.noticesPage()
	if err != nil {
		return err
	}
	event := v.sent("event")
	var cmd flow.Command = flow.RegistrarNotice{
		Act: act, Event: registry.Event(event), Poll: flow.Switch(v.sent("poll-" + event)), Mail: flow.Switch(v.sent("mail-" + event)),
	}
	switch v.sent("what") {
	case "queue":
		cmd = flow.RegistrarPoll{Registrar: act.Registrar, Author: act.Author, Off: v.sent("queue") == "off"}
	case "transfers":
		cmd = flow.RegistrarSet{Act: act, MailsOfTransfers: v.ticked("transfers")}
	}
	if _, err = v.change(cmd); err != nil {
		return v.refuse("account_notices", p, err)
	}
	return v.done(Path+"account/notices", "The notices were changed.")
}

// eventText says in words what an event is.
func eventText(e registry.Event) string {
	if said, ok := eventTexts()[e]; ok {
		return said
	}
	return string(e)
}

func eventTexts() map[registry.Event]string {
	return map[registry.Event]string{
		registry.EventTransferRequested: text("A transfer was asked for"),
		registry.EventTransferApproved:  text("A transfer was approved"),
		registry.EventTransferRejected:  text("A transfer was rejected"),
		registry.EventTransferCancelled: text("A transfer was cancelled"),
		registry.EventAutoRenewed:       text("A name renewed itself"),
		registry.EventAutoDeleted:       text("A name was deleted at its expiry"),
		registry.EventSuspended:         text("A name was suspended at its expiry"),
		registry.EventDeleted:           text("A name was deleted by a command"),
		registry.EventPurged:            text("A deleted name has gone"),
		registry.EventRestoreRenewed:    text("A restored name renewed itself"),
		registry.EventRestoreLapsed:     text("A restored name was deleted again"),
		registry.EventRegistryAction:    text("The registry changed something"),
		registry.EventDSFollowed:        text("DS records followed the zone of a name"),
		registry.EventDSRefused:         text("DS records of a zone were refused"),
		registry.EventHostRenamed:       text("A name server was renamed"),
		registry.EventHostGone:          text("A name server has gone"),
		registry.EventContactLinger:     text("A contact lost its last link"),
		registry.EventContactPurged:     text("A contact without links has gone"),
		registry.EventLowBalance:        text("The credit is low"),
		registry.EventAccountHold:       text("The account is on hold"),
		registry.EventAccountReleased:   text("The account is on hold no longer"),
		registry.EventDepositReceived:   text("A deposit was received"),
		registry.EventMoneyCorrected:    text("The registry corrected the account"),
		registry.EventFeeProposed:       text("A fee is proposed"),
		registry.EventFeeCharged:        text("A fee was charged"),
		registry.EventInvoiceMade:       text("An invoice was made"),
		registry.EventCertificateEnds:   text("A client certificate ends soon"),
		registry.EventMaintenance:       text("Maintenance is planned, begins or ends"),
		registry.EventText:              text("A message of the registry"),
	}
}

// daysOfUse is how many days of use are shown.
const daysOfUse = 14

// A usePage shows what limits the registrar, and what it has used.
type usePage struct {
	Sessions  int
	Limits    []useLimit
	Days      []registry.DayOfUse
	Today     registry.DayOfUse
	Most      int64 // checks and failed creates a day
	PerName   int64 // the same, for each name registered
	Cached    string
	Processed int64 // today: checks and failed creates
}

// A useLimit is one limit on commands.
type useLimit struct {
	registry.CommandLimit
	What, Pace string
	Own        bool // not the profile's
}

// accountUse shows the limits of fair use and what was used of them. Manual 9.7.3, 9.9.1; decisions 4.5.
func (c *Console) accountUse(v *visit) error {
	r, _, err := v.ownAccount()
	if err != nil {
		return err
	}
	use, err := c.config.Service.FairUseOf(v.r.Context(), r, daysOfUse)
	if err != nil {
		return err
	}
	p := usePage{
		Sessions: use.InForce.Sessions.Most, Days: use.Days, Today: use.Today, Most: use.Most, PerName: use.PerName,
		Processed: use.Today.Checks + use.Today.FailedCreates,
	}
	if age := use.InForce.Cache.Age; age > 0 {
		p.Cached = age.String()
	}
	for _, l := range use.InForce.Limits {
		p.Limits = append(p.Limits, useLimit{l, flow.Describe(l.Scope), flow.Pace(l), !l.Since.IsZero()})
	}
	return v.show("account_use", p)
}
