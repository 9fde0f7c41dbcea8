package console

import (
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainFunctions are what the templates of names call, in a language.
func domainFunctions(w *words) template.FuncMap {
	return template.FuncMap{
		"domainStates": func() []option {
			options := []option{{"", w.say("Any")}}
			for _, s := range flow.OwnStates() {
				options = append(options, option{string(s), w.say(stateLabel(s))})
			}
			return options
		},
		"nameBadges": func(epp []registry.Status, rgp []registry.RGPStatus, suspended bool) []badge {
			return badges(w, epp, rgp, suspended)
		},
		"statusLabel": func(s registry.Status) string {
			label, _, _ := statusWords(s)
			return w.say(label)
		},
		"objectStatus": func(s registry.Status) string { return w.say(objectStatus(s)) },
		"statusMeans": func(s registry.Status) string {
			_, means, _ := statusWords(s)
			return w.say(means)
		},
		"roleLabel":   func(role string) string { return w.say(roleLabel(role)) },
		"stepLabel":   func(s flow.Step) string { return w.say(stepLabel(s)) },
		"fieldLabel":  func(name string) string { return w.say(fieldLabel(name)) },
		"signed":      func(list []registry.Status, s registry.Status) bool { return slices.Contains(list, s) },
		"serverLocks": serverLocks,
		"pastValue":   func(text string) string { return pastValue(w, text) },
		"lockMeans":   func(s registry.Status) string { return w.say(lockMeans(s)) },
		"statusesOf":  statusesOf,
	}
}

// pastValue is a value as the history has it, of which instants are told as anywhere else.
func pastValue(w *words, text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return w.day(at.UTC()) + ", " + at.UTC().Format("15:04") + " UTC"
}

// serverLocks are the statuses of a name that only the registry sets.
func serverLocks(d registry.Domain) []registry.Status {
	return slices.DeleteFunc(slices.Clone(d.Statuses), func(s registry.Status) bool { return !strings.HasPrefix(string(s), "server") })
}

// statusesOf are the locks of a form.
func statusesOf(values url.Values) []registry.Status {
	var list []registry.Status
	for _, s := range values["lock"] {
		list = append(list, registry.Status(s))
	}
	return list
}

// lockMeans says what a lock of the registrar would do.
func lockMeans(s registry.Status) string {
	switch s {
	case registry.ClientHold:
		return text("Takes the name out of the zone: its website and mail stop.")
	case registry.ClientTransferProhibited:
		return text("Nobody can transfer the name to another registrar.")
	case registry.ClientRenewProhibited:
		return text("Nobody can order a renewal. The name still renews itself at expiry.")
	case registry.ClientUpdateProhibited:
		return text("Nothing can be changed until this lock is removed.")
	}
	return text("The name cannot be deleted.")
}

// A badge is a state in a word or two.
type badge struct{ Kind, Label string }

// badges tell the statuses of a name, the most important first. What is locked is told once.
func badges(w *words, epp []registry.Status, rgp []registry.RGPStatus, suspended bool) []badge {
	var list []badge
	add := func(kind, label string) {
		if b := (badge{kind, w.say(label)}); !slices.Contains(list, b) {
			list = append(list, b)
		}
	}
	if suspended {
		add("warn", text("Suspended at expiry"))
	}
	for _, s := range rgp {
		label, kind := rgpLabel(s)
		add(kind, label)
	}
	for _, s := range epp {
		label, _, kind := statusWords(s)
		switch {
		case s == registry.PendingDelete: // which redemption and pending delete say better
		case strings.HasSuffix(string(s), "Prohibited"):
			add("", text("Locked"))
		default:
			add(kind, label)
		}
	}
	return list
}

// rgpLabel names a grace period or what follows a deletion.
func rgpLabel(s registry.RGPStatus) (label, kind string) {
	switch s {
	case registry.RGPRedemption:
		return text("In redemption"), "bad"
	case registry.RGPPendingDelete:
		return text("Pending delete"), "bad"
	}
	return graceLabel(registry.GraceKind(s)), "info"
}

// graceLabel names a grace period.
func graceLabel(k registry.GraceKind) string {
	switch k {
	case registry.AddGrace:
		return text("Add grace")
	case registry.RenewGrace:
		return text("Renew grace")
	case registry.AutoRenewGrace:
		return text("Auto-renew grace")
	}
	return text("Transfer grace")
}

// objectStatus is what a status of a contact or a host is called.
func objectStatus(s registry.Status) string {
	if s == registry.Linked {
		return text("In use")
	}
	label, _, _ := statusWords(s)
	return label
}

// statusWords are what a status is called, what it means, and how it looks as a badge.
func statusWords(s registry.Status) (label, means, kind string) {
	switch s {
	case registry.OK:
		return text("OK"), text("Nothing is set or pending."), "good"
	case registry.Inactive:
		return text("No name servers"), text("The name has no name servers, so it is not in the zone."), "warn"
	case registry.PendingTransfer:
		return text("Transfer pending"), text("Another registrar has asked for the name. Until that is answered, nothing else can be done with it."), "warn"
	case registry.PendingDelete:
		return text("Deleted"), text("The name was deleted. In redemption it can be restored; afterwards it is purged."), "bad"
	case registry.ClientHold:
		return text("On hold"), text("You took the name out of the zone."), "warn"
	case registry.ServerHold:
		return text("On hold by the registry"), text("The registry took the name out of the zone."), "bad"
	case registry.ClientDeleteProhibited:
		return text("No deletion"), text("You locked the name against deletion."), ""
	case registry.ClientRenewProhibited:
		return text("No renewal"), text("You locked the name against renewals that are ordered. It still renews itself at expiry."), ""
	case registry.ClientTransferProhibited:
		return text("No transfer"), text("You locked the name against transfers to other registrars."), ""
	case registry.ClientUpdateProhibited:
		return text("No changes"), text("You locked the name against changes; only this lock can be removed."), ""
	case registry.ServerDeleteProhibited:
		return text("No deletion (registry)"), text("The registry locked the name against deletion."), ""
	case registry.ServerRenewProhibited:
		return text("No renewal (registry)"), text("The registry locked the name against renewals."), ""
	case registry.ServerTransferProhibited:
		return text("No transfer (registry)"), text("The registry locked the name against transfers."), ""
	}
	return text("No changes (registry)"), text("The registry locked the name against changes."), ""
}

// roleLabel names what a contact is for a name.
func roleLabel(role string) string {
	switch role {
	case "registrant":
		return text("Registrant")
	case "admin":
		return text("Administrative contact")
	case "tech":
		return text("Technical contact")
	}
	return text("Billing contact")
}

// renewsItself reports whether a name that was restored renews itself at the end of its day, as the line of its life has it.
func (v *visit) renewsItself(d flow.OwnShown) bool {
	return slices.ContainsFunc(d.Ahead, func(a flow.Ahead) bool {
		return a.At.Equal(d.Domain.RenewBy) && a.What == lifecycle.Occasion(lifecycle.RestoreRenewed)
	})
}

// stateSentence tells in a sentence or two how a name is doing.
func (v *visit) stateSentence(d flow.OwnShown) string {
	name := d.Domain
	switch {
	case lifecycle.Restorable(name, d.At):
		return v.t("The name was deleted and is not in the zone. It can be restored until %s.", v.instant(name.Deletion.RestorableTil))
	case name.Deletion.Active():
		return v.t("The name was deleted and cannot be restored any more. It becomes free on %s.", v.instant(name.Deletion.PurgeAt))
	case name.Transfer.IsPending():
		return v.t("Another registrar has asked for the name. Without an answer it moves on %s.", v.instant(name.Transfer.Answer))
	case !name.RenewBy.IsZero():
		if v.renewsItself(d) {
			return v.t("The name was restored. It renews itself on %s.", v.instant(name.RenewBy))
		}
		return v.t("The name was restored. It has to be renewed by %s.", v.instant(name.RenewBy))
	case name.Suspension.Active():
		return v.t("The name has expired and shows the page of the registry. It renews itself on %s.", v.instant(name.Suspension.Until))
	case d.Published == lifecycle.Own:
		return v.t("The name is registered and in the zone.")
	case len(name.Nameservers) == 0:
		return v.t("The name is registered, but not in the zone: it has no name servers.")
	}
	return v.t("The name is registered, but not in the zone: it is on hold.")
}
