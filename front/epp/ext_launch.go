package epp

import (
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// launch-1.0, in general availability: names are sold in the phase open, without applications, marks and
// claims. RFC 8334.

var extLaunch = extension{
	uri: nsLaunch,
	read: map[string]func(*decoder, *strictxml.Element){
		"check":  (*decoder).launchCheck,
		"create": (*decoder).launchCreate,
		"info":   (*decoder).launchInfo,
		"update": (*decoder).launchContainer,
		"delete": (*decoder).launchContainer,
	},
	write: (*appendix).launch,
}

// The namespaces of marks. RFC 7848.
const (
	nsMark       = "urn:ietf:params:xml:ns:mark-1.0"
	nsSignedMark = "urn:ietf:params:xml:ns:signedMark-1.0"
)

// launchCheck reads <launch:check>. RFC 8334 section 3.1: the availability form is a check like any other;
// the forms of claims and trademarks ask something else.
func (d *decoder) launchCheck(x *strictxml.Element) {
	form := strictxml.Attr(x, "type", launchForm, "claims")
	said := launchPhase(x.Opt("phase"))
	q, ok := d.req.query.(flow.DomainCheck)
	switch {
	case !ok:
		goesWith(x, "a check of domains")
	case form == "avail" && said.Phase == "":
		x.Reject(refusal(registry.ParameterMissing, "", "the availability form needs a phase; add launch:phase"))
	case form == "avail":
		q.Launch = said
		d.req.query = q
	case q.Fees != nil || q.Token != nil:
		x.Reject(refusal(registry.ParameterPolicy, "", `this form asks for claims alone; leave the other extensions out, or write type="avail"`))
	default:
		d.req.query = flow.DomainClaims{Names: q.Names, Phase: said.Phase}
	}
}

// launchForm is checkFormType.
func launchForm(s string) (string, error) {
	return strictxml.TokenOf(s, "claims", "avail", "trademark")
}

// launchPhase reads phaseType.
func launchPhase(x *strictxml.Element) flow.LaunchSaid {
	return flow.LaunchSaid{
		Phase:    strictxml.Take(x, launchPhaseName),
		Subphase: strictxml.Attr(x, "name", strictxml.Token, ""),
	}
}

// launchPhaseName is phaseTypeValue.
func launchPhaseName(s string) (string, error) {
	return strictxml.TokenOf(s, "sunrise", "landrush", "claims", "open", "custom")
}

// launchCreate reads <launch:create>. RFC 8334 section 3.3.
func (d *decoder) launchCreate(x *strictxml.Element) {
	asks := strictxml.Attr(x, "type", launchObject, "")
	said := launchPhase(x.One("phase"))
	said.Application = asks == "application"
	d.marks(x)
	for n := range x.Many("notice", 0, strictxml.Unbounded) {
		said.Notices = true
		validated(n.One("noticeID"))
		strictxml.Take(n.One("notAfter"), strictxml.DateTime)
		strictxml.Take(n.One("acceptedDate"), strictxml.DateTime)
	}
	extend(d, x, "a create of a domain", func(cmd *flow.DomainCreate) { cmd.Launch = said })
}

// launchObject is objectType.
func launchObject(s string) (string, error) {
	return strictxml.TokenOf(s, "application", "registration")
}

// validated reads codeType and noticeIDType.
func validated(x *strictxml.Element) {
	strictxml.Attr(x, "validatorID", token, "")
	strictxml.Take(x, token)
}

// marks reads the choice of codeMark, signedMark and encodedSignedMark, and refuses it: names are sold to
// whoever asks first. What stands in a mark is not looked at.
func (d *decoder) marks(x *strictxml.Element) {
	for c := range x.Many("codeMark", 0, strictxml.Unbounded) {
		d.noMarks()
		if code := c.Opt("code"); code != nil {
			validated(code)
		}
		c.In(nsMark).Opt("mark").Skip()
	}
	if x.Peek() == nil || x.Peek().Name.Space != nsSignedMark {
		return
	}
	local := "signedMark"
	if x.Peek().Name.Local != local {
		local = "encodedSignedMark"
	}
	for m := range x.In(nsSignedMark).Many(local, 1, strictxml.Unbounded) {
		d.noMarks()
		m.Skip()
	}
	x.In(nsLaunch)
}

func (d *decoder) noMarks() {
	d.lack(registry.ParameterPolicy, "no mark is needed or looked at in general availability; leave it out")
}

// launchInfo reads <launch:info>. RFC 8334 section 3.2.
func (d *decoder) launchInfo(x *strictxml.Element) {
	strictxml.Attr(x, "includeMark", strictxml.Boolean, false)
	launchPhase(x.One("phase"))
	strictxml.Take(x.Opt("applicationID"), strictxml.Token)
	if _, ok := d.req.query.(flow.DomainInfo); !ok {
		goesWith(x, "an info of a domain")
		return
	}
	noApplications(x)
}

// launchContainer reads <launch:update> and <launch:delete>. RFC 8334 sections 3.4 and 3.5.
func (d *decoder) launchContainer(x *strictxml.Element) {
	launchPhase(x.One("phase"))
	strictxml.Take(x.One("applicationID"), strictxml.Token)
	if d.req.subject.Command != x.Name.Local || d.req.object != nsDomain {
		goesWith(x, "the command of its name on a domain")
		return
	}
	noApplications(x)
}

func noApplications(x *strictxml.Element) {
	x.Reject(refusal(registry.ParameterPolicy, "", "there are no applications in this phase; leave the extension out"))
}

// launch writes <launch:chkData>. RFC 8334 section 3.1.1.
func (w *appendix) launch(a answer) {
	r, ok := a.reply.(flow.ClaimsChecked)
	if !ok {
		return
	}
	w.object("launch", nsLaunch, "chkData")
	if r.Phase != "" {
		w.Element("launch:phase", r.Phase)
	}
	for _, name := range r.Names {
		w.Start("launch:cd")
		w.Start("launch:name")
		w.Attr("exists", "0")
		w.Text(name)
		w.End()
		w.End()
	}
	w.End()
}
