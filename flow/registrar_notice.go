package flow

import (
	"maps"
	"slices"
	"strings"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// maxRegistrarEmail is the longest path less its brackets. RFC 5321 section 4.5.3.1.3.
const maxRegistrarEmail = 254

// addressesCanBeMailed holds for a registrar whose addresses, where they change, are e-mail addresses.
func addressesCanBeMailed(before, after registry.Registrar) Rule {
	for _, desk := range []registry.Desk{
		registry.DeskPrimary, registry.DeskBilling, registry.DeskTransfers, registry.DeskOperator,
		registry.DeskAbuse, registry.DeskLegal,
	} {
		address := after.Address(desk)
		if address == "" || address == before.Address(desk) || len(address) <= maxRegistrarEmail && isEmail(address) {
			continue
		}
		return refuseIf("addressesCanBeMailed", true, registry.Error{
			Code: registry.ParameterSyntax, Field: string(desk), Value: address,
			Reason: "this is no e-mail address; write LOCAL@DOMAIN in at most 254 characters of ASCII",
		})
	}
	return holds("addressesCanBeMailed", "registrar", string(after.ID))
}

// languageIsWritten holds for a language that the registry writes, or none.
func languageIsWritten(l registry.Language) Rule {
	var known []string
	for _, k := range registry.Languages() {
		known = append(known, string(k))
	}
	return refuseIf("languageIsWritten", l != "" && !slices.Contains(known, string(l)), registry.Error{
		Code: registry.ParameterRange, Field: "language", Value: string(l),
		Reason: "mails are not written in this language; choose one of " + strings.Join(known, ", "),
	})
}

// A Switch is what becomes of one of a registrar's wishes.
type Switch string

// The switches.
const (
	SwitchLeave   Switch = "" // as it is
	SwitchOn      Switch = "on"
	SwitchOff     Switch = "off"
	SwitchDefault Switch = "default" // as the profile has it
)

// RegistrarNotice puts down how a registrar wants to be told of an event. The registrar does it, or the operator on its
// behalf.
type RegistrarNotice struct {
	Act
	Event      registry.Event
	Poll, Mail Switch
}

// Subject is registrar:notice.
func (cmd RegistrarNotice) Subject() Subject {
	return Subject{Command: "notice", Object: "registrar", ID: string(cmd.Registrar)}
}

// Run puts the wish down.
func (cmd RegistrarNotice) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	r, found := c.RegistrarByID(cmd.Registrar)

	// Check.
	if err := c.check(
		registrarExists(cmd.Registrar, found),
		c.ownActIsSigned(cmd.Act),
		eventIsKnown(cmd.Event),
		switchesAreKnown(cmd.Poll, cmd.Mail),
		promisedIsQueued(cmd),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Decide.
	wish := r.Wishes[cmd.Event]
	wish.Poll, wish.Mail = cmd.Poll.over(wish.Poll), cmd.Mail.over(wish.Mail)
	r.Wishes = maps.Clone(r.Wishes)
	if r.Wishes == nil {
		r.Wishes = map[registry.Event]registry.Wish{}
	}
	r.Wishes[cmd.Event] = wish
	if wish == (registry.Wish{}) {
		delete(r.Wishes, cmd.Event)
	}

	// Return.
	return cmd.put(c, r)
}

// over returns a wish as it is after the switch.
func (s Switch) over(wish *bool) *bool {
	switch s {
	case SwitchLeave:
		return wish
	case SwitchDefault:
		return nil
	}
	on := s == SwitchOn
	return &on
}

// eventIsKnown holds for an event that there is.
func eventIsKnown(e registry.Event) Rule {
	var known []string
	for _, k := range registry.Events() {
		known = append(known, string(k))
	}
	return refuseIf("eventIsKnown", !slices.Contains(known, string(e)), registry.Error{
		Code: registry.ParameterRange, Field: "event", Value: string(e),
		Reason: "there is no such event; there are " + strings.Join(known, ", "),
	})
}

// switchesAreKnown holds for switches that are given as on, off or default.
func switchesAreKnown(list ...Switch) Rule {
	unknown := slices.ContainsFunc(list, func(s Switch) bool {
		return !slices.Contains([]Switch{SwitchLeave, SwitchOn, SwitchOff, SwitchDefault}, s)
	})
	return refuseIf("switchesAreKnown", unknown, registry.Error{
		Code: registry.ParameterRange, Field: "event",
		Reason: "this is no switch; write on, off or default",
	})
}

// promisedIsQueued holds for a wish that leaves the manual's five messages in the queue. Manual 9.11.
func promisedIsQueued(cmd RegistrarNotice) Rule {
	return refuseIf("promisedIsQueued", cmd.Poll == SwitchOff && policy.QueuedAlways(cmd.Event), registry.Error{
		Code: registry.ParameterPolicy, Field: "event", Value: string(cmd.Event),
		Reason: "this message is in every queue that is on; switch the whole queue off to have none",
	})
}

// NoticeList asks how a registrar is told of each event.
type NoticeList struct{ Registrar registry.RegistrarID }

// A NoticeRow is one line of NoticeList's answer.
type NoticeRow struct {
	Event   registry.Event
	Tells   policy.Telling
	Wish    registry.Wish
	Desk    registry.Desk // of its address
	Address string
}

// Answer returns a []NoticeRow in the order of registry.Events.
func (q NoticeList) Answer(c *Call) (Reply, error) {
	r, found := c.RegistrarByID(q.Registrar)
	if err := c.check(registrarExists(q.Registrar, found)); err != nil {
		return nil, err
	}
	var rows []NoticeRow
	for _, e := range registry.Events() {
		desk := policy.DeskOf(e)
		rows = append(rows, NoticeRow{e, c.Terms.Tells(r, e), r.Wishes[e], desk, r.Address(desk)})
	}
	return rows, nil
}
