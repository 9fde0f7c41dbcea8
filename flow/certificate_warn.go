package flow

import (
	"slices"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// CertificateWarn tells registrars of client certificates that end soon, once for each number of days that the profile
// has, some registrars at a time. It is the engine's.
type CertificateWarn struct{ Limit int }

// Subject is time:warn.
func (cmd CertificateWarn) Subject() Subject { return Subject{Command: "warn", Object: "time"} }

// Run replies how many registrars it told; fewer than the limit means that there is nobody left.
func (cmd CertificateWarn) Run(c *Call) (Reply, registry.Changes, error) {
	now, told := c.realNow(), 0
	var changes registry.Changes
	for _, r := range c.registrars() {
		certified, notices := warned(c.Terms.Limits, r.Certified, now)
		if len(notices) == 0 || told == cmd.Limit {
			continue
		}
		for _, n := range notices {
			changes.Add(c.tellOne(r, c.Now, n))
		}
		r.Version++
		r.Certified = certified
		changes.Registrars = append(changes.Registrars, r)
		told++
	}
	return told, changes, nil
}

// warned returns certificates with what their registrar is told of them now.
func warned(l policy.Limits, list []registry.Certificate, now time.Time) ([]registry.Certificate, []registry.Notice) {
	var notices []registry.Notice
	list = slices.Clone(list)
	for i, k := range list {
		days := l.CertificateWarning(k.NotAfter, now)
		if days == 0 || k.Warned > 0 && k.Warned <= days {
			continue
		}
		list[i].Warned = days
		notices = append(notices, registry.CertificateNotice{Fingerprint: k.Fingerprint, Subject: k.Subject, NotAfter: k.NotAfter})
	}
	return list, notices
}
