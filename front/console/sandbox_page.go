package console

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// sandboxPath is where the page of the test environment is.
const sandboxPath = Path + "sandbox"

// sandboxRoutes are the pages of the registrar's own test environment: its clock, its credentials, what its programs have
// shown there, and the mails that it would have sent. Architecture section 4.
func (c *Console) sandboxRoutes() []route {
	if c.config.Sandboxes == nil {
		return nil
	}
	at := func(method, path string, handle func(*visit) error) route {
		return route{method: method, path: sandboxPath + path, area: policy.AreaSandbox, handle: handle}
	}
	act := func(path string, handle func(*visit) error) route {
		r := at(http.MethodPost, path, handle)
		r.long = true // all that falls due in years is done before the answer
		return r
	}
	return []route{
		at(http.MethodGet, "", c.sandbox),
		at(http.MethodGet, "/accreditation", c.sandboxAccreditation),
		at(http.MethodGet, "/mails", c.sandboxMails),
		at(http.MethodGet, "/mails/{id}", c.sandboxMail),
		at(http.MethodGet, "/credentials.json", c.sandboxFile),
		at(http.MethodGet, "/credentials/{id}/password", c.sandboxPasswordAsk),
		at(http.MethodGet, "/reset", c.sandboxResetAsk),
		act("/make", c.sandboxMake),
		act("/credentials", c.sandboxAdd),
		act("/credentials/{id}/password", c.sandboxPassword),
		act("/credentials/{id}/refill", c.sandboxRefill),
		act("/move", c.sandboxMove),
		act("/reset", c.sandboxReset),
	}
}

// A sandboxPage shows the test environment, or offers to make it.
type sandboxPage struct {
	form
	registry.Sandbox
	Made      bool
	Here      string // which of its pages it is
	Addresses SandboxAddresses
	Ahead     string // how far its clock is ahead, in words; empty if it is not
	Shown     progress
	Moved     *SandboxMoved // just now; nil if it was not
	FellDue   []fellDue     // by that
	Zone      string        // in which examples are
}

// A progress is how much of the accreditation's list was seen.
type progress struct {
	Required, RequiredOf, All, Of int
}

// Percent is how much of what is required was seen.
func (p progress) Percent() int { return 100 * p.Required / max(1, p.RequiredOf) }

// Done reports whether all that is required was seen.
func (p progress) Done() bool { return p.Required == p.RequiredOf }

// A fellDue is one line of what a movement of the clock did, in words that fit its number.
type fellDue struct {
	What string
	N    int
}

// sandboxPage returns the page as it is now.
func (v *visit) sandboxPage(here string) (*sandboxPage, error) {
	s, made, err := v.console.config.Sandboxes.Sandbox(v.r.Context(), v.visitor.Registrar.ID)
	if err != nil {
		return nil, err
	}
	return &sandboxPage{
		form: v.form(url.Values{}, nil), Sandbox: s, Made: made, Here: here, Addresses: v.console.config.SandboxAddresses,
		Ahead: v.length(s.Offset), Shown: progressOf(s.Ticks), Zone: v.soldZone(),
	}, nil
}

// soldZone is the first zone in which names can be had, for examples.
func (v *visit) soldZone() string {
	for _, zone := range v.console.config.Service.Profile.Zones {
		if zone.Sold {
			return zone.Name.String()
		}
	}
	return "example" // nothing is sold: RFC 2606
}

// madeSandbox is the same of one that has to be there.
func (v *visit) madeSandbox(here string) (*sandboxPage, error) {
	p, err := v.sandboxPage(here)
	if err == nil && !p.Made {
		err = errMissing
	}
	return p, err
}

func progressOf(ticks map[string]registry.SandboxTick) progress {
	s := policy.AccreditationOf(ticks)
	return progress{s.RequiredSeen, s.Required, s.Seen, s.Of}
}

// length tells a length of time in days, hours and minutes; nothing of less than a minute.
func (v *visit) length(d time.Duration) string {
	const day = 24 * time.Hour
	d = d.Round(time.Minute)
	days, hours, minutes := int(d/day), int(d%day/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case d <= 0:
		return ""
	case days == 1 && hours == 0:
		return v.t("1 day")
	case days > 0 && (hours == 0 || days >= 60): // when hours are of no interest any more
		return v.t("%s days", number(days))
	case days > 0:
		return v.t("%s d %s h", number(days), number(hours))
	case minutes == 0:
		return v.t("%s h", number(hours))
	}
	return v.t("%s h %s min", number(hours), number(minutes))
}

func (c *Console) sandbox(v *visit) error {
	p, err := v.sandboxPage("overview")
	if err != nil {
		return err
	}
	return v.show("sandbox", p)
}

// An accreditationGroup is a part of the list, as it is shown.
type accreditationGroup struct {
	Title string
	Seen  int
	Items []accreditationLine
}

// An accreditationLine is one item.
type accreditationLine struct {
	policy.AccreditationItem
	Tick registry.SandboxTick
}

// Ticked reports whether it was seen.
func (l accreditationLine) Ticked() bool { return l.Tick.SvTRID != "" || !l.Tick.At.IsZero() }

// groupTitle names a part of the list.
func (v *visit) groupTitle(g policy.AccreditationGroup) string {
	switch g {
	case policy.AccreditSession:
		return v.t("Session")
	case policy.AccreditDomains:
		return v.t("Domains")
	case policy.AccreditHosts:
		return v.t("Name servers")
	case policy.AccreditContacts:
		return v.t("Contacts")
	case policy.AccreditTransfers:
		return v.t("Transfers")
	case policy.AccreditEnd:
		return v.t("End of life")
	case policy.AccreditMessages:
		return v.t("Messages")
	case policy.AccreditExtensions:
		return v.t("Extensions")
	}
	return v.t("Refusals that a client must live with")
}

// sandboxAccreditation shows what the registrar's programs have shown, and what is left.
func (c *Console) sandboxAccreditation(v *visit) error {
	p, err := v.madeSandbox("accreditation")
	if err != nil {
		return err
	}
	page := struct {
		*sandboxPage
		Groups []accreditationGroup
	}{sandboxPage: p}
	items := policy.Accreditation()
	for _, g := range policy.AccreditationGroups() {
		group := accreditationGroup{Title: v.groupTitle(g)}
		for _, i := range items {
			if i.Group != g {
				continue
			}
			line := accreditationLine{i, p.Ticks[i.ID]}
			if line.Ticked() {
				group.Seen++
			}
			line.Text = v.t(i.Text)
			group.Items = append(group.Items, line)
		}
		page.Groups = append(page.Groups, group)
	}
	return v.show("sandbox_accreditation", page)
}

// sandboxMails lists the mails that it would have sent.
func (c *Console) sandboxMails(v *visit) error {
	p, err := v.madeSandbox("mails")
	if err != nil {
		return err
	}
	mails, err := c.config.Sandboxes.Mails(v.r.Context(), v.visitor.Registrar.ID)
	if err != nil {
		return err
	}
	return v.show("sandbox_mails", struct {
		*sandboxPage
		Mails []registry.SandboxMail
	}{p, mails})
}

// sandboxMail shows one as it is, as text.
func (c *Console) sandboxMail(v *visit) error {
	p, err := v.madeSandbox("mails")
	if err != nil {
		return err
	}
	mail, err := c.config.Sandboxes.Mail(v.r.Context(), v.visitor.Registrar.ID, v.r.PathValue("id"))
	if isMissing(err) {
		return errMissing
	}
	if err != nil {
		return err
	}
	return v.show("sandbox_mail", struct {
		*sandboxPage
		Mail registry.SandboxMail
	}{p, mail})
}

// A sandboxFile is how programs read where the test environment is: what `dorado ote run --credentials` takes. Passwords
// are to be filled in, and the authority where it is none of those that computers know.
type sandboxFile struct {
	EPP        string             `json:"epp"`
	HTTPS      string             `json:"https"`
	CA         string             `json:"ca"`
	Registrars []sandboxRegistrar `json:"registrars"`
}

// A sandboxRegistrar is one credential.
type sandboxRegistrar struct {
	ID       registry.RegistrarID `json:"id"`
	Password string               `json:"eppPassword"`
}

// FileName is what the file of the credentials is called.
func (p *sandboxPage) FileName() string { return "sandbox-" + p.Name + ".json" }

// credentialsFile returns the file, with the passwords that are known.
func (p *sandboxPage) credentialsFile(known ...registry.SandboxPassword) ([]byte, error) {
	f := sandboxFile{EPP: p.Addresses.EPP, HTTPS: p.Addresses.HTTPS}
	for _, c := range p.Credentials {
		r := sandboxRegistrar{ID: c.ID}
		for _, k := range known {
			if k.ID == c.ID {
				r.Password = k.Password
			}
		}
		f.Registrars = append(f.Registrars, r)
	}
	text, err := json.MarshalIndent(f, "", "  ")
	return append(text, '\n'), err
}

func (c *Console) sandboxFile(v *visit) error {
	p, err := v.madeSandbox("")
	if err != nil {
		return err
	}
	text, err := p.credentialsFile()
	if err != nil {
		return err
	}
	return v.file("application/json", p.FileName(), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
