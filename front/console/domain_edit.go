package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// domainLocks sets and removes the statuses that are the registrar's.
func (c *Console) domainLocks(v *visit) error {
	f, err := v.domainForm(func(d flow.OwnShown) url.Values {
		values := url.Values{"lock": nil}
		for _, s := range d.Domain.Statuses {
			if strings.HasPrefix(string(s), "client") {
				values.Add("lock", string(s))
			}
		}
		return values
	}, map[string]string{"domain:status": "lock", "domain:name": "", "version": ""})
	if err != nil {
		return err
	}
	page := &domainLocked{domainForm: f}
	for _, p := range f.Possible {
		if p.Action == flow.ActLock {
			page.Locks = append(page.Locks, p)
		}
	}
	if !v.isForm() {
		return v.show("domain_locks", page)
	}
	var have, want []registry.Status
	for _, p := range page.Locks {
		if p.Remove {
			have = append(have, p.Status)
		}
		if slices.Contains(v.values["lock"], string(p.Status)) {
			want = append(want, p.Status)
		}
	}
	remove, add := changed(have, want)
	return v.update(page, &page.domainForm, "domain_locks", flow.DomainUpdate{
		Name: f.Domain.Name, Add: flow.DomainEdit{Statuses: add}, Remove: flow.DomainEdit{Statuses: remove},
	})
}

// domainLocked is what the page of locks shows.
type domainLocked struct {
	domainForm
	Locks []flow.Possible
}

// Options are the locks in words, to say what would change.
func (p domainLocked) Options() []option {
	var list []option
	for _, l := range p.Locks {
		label, _, _ := statusWords(l.Status)
		list = append(list, option{string(l.Status), p.visit.t(label)})
	}
	return list
}

// update runs an update that was decided on a page, and goes back to the name.
func (v *visit) update(page interface{ refused(*registry.Error) }, f *domainForm, name string, cmd flow.DomainUpdate) error {
	if cmd.ChangesNothing() {
		return v.done(f.here(), "Nothing was to be changed.")
	}
	if _, err := v.runOn(*f, cmd); err != nil {
		return v.refuse(name, page, err)
	}
	return v.done(f.here(), "The name was changed.")
}

// domainServers replaces the name servers of a name.
func (c *Console) domainServers(v *visit) error {
	f, err := v.domainForm(func(d flow.OwnShown) url.Values {
		var list []string
		for _, h := range d.Domain.Nameservers {
			list = append(list, h.Name.String())
		}
		return url.Values{"servers": {strings.Join(list, "\n")}}
	}, map[string]string{"domain:hostObj": "servers", "domain:ns": "servers", "domain:name": "", "version": ""})
	if err != nil {
		return err
	}
	if !v.isForm() {
		return v.show("domain_servers", &f)
	}
	want, ok := v.serverNames(&f.form)
	if !ok {
		return v.wrong("domain_servers", &f)
	}
	var have []names.Name
	for _, h := range f.Domain.Nameservers {
		have = append(have, h.Name)
	}
	remove, add := changed(have, want)
	return v.update(&f, &f, "domain_servers", flow.DomainUpdate{
		Name: f.Domain.Name, Add: flow.DomainEdit{Nameservers: add}, Remove: flow.DomainEdit{Nameservers: remove},
	})
}

// serverNames reads the field of name servers, one on a line.
func (v *visit) serverNames(f *form) ([]names.Name, bool) {
	var list []names.Name
	right := true
	for i, line := range strings.Split(v.sent("servers"), "\n") {
		line = strings.TrimSpace(line)
		name, err := names.ParseLookup(line)
		switch {
		case line == "":
		case err != nil:
			f.wrongLine("servers", i+1, line, v.t("this is not the name of a server."))
			right = false
		default:
			list = append(list, name)
		}
	}
	return list, right
}

// contactRoles are the roles of contacts beside the registrant.
func contactRoles() []string { return []string{"admin", "tech", "billing"} }

// domainContacts replaces the contacts of a name.
func (c *Console) domainContacts(v *visit) error {
	f, err := v.domainForm(func(d flow.OwnShown) url.Values {
		values := url.Values{"registrant": {d.Domain.Registrant.ID}}
		for _, role := range contactRoles() {
			var ids []string
			for _, contact := range d.Domain.Contacts {
				if contact.Role == role {
					ids = append(ids, contact.ID)
				}
			}
			values.Set(role, strings.Join(ids, " "))
		}
		return values
	}, map[string]string{"domain:registrant": "registrant", "domain:name": "", "version": ""})
	if err != nil {
		return err
	}
	if !v.isForm() {
		return v.show("domain_contacts", &f)
	}
	var have []flow.Role
	for _, contact := range f.Domain.Contacts {
		have = append(have, flow.Role{Role: contact.Role, ID: contact.ID})
	}
	remove, add := changed(have, v.sentRoles())
	cmd := flow.DomainUpdate{
		Name: f.Domain.Name, Add: flow.DomainEdit{Contacts: add}, Remove: flow.DomainEdit{Contacts: remove},
	}
	if id := v.sent("registrant"); id != f.Domain.Registrant.ID {
		cmd.Registrant = &id
	}
	return v.update(&f, &f, "domain_contacts", cmd)
}

// sentRoles reads the fields of contacts; several ids stand apart by blanks or commas.
func (v *visit) sentRoles() []flow.Role {
	var list []flow.Role
	for _, role := range contactRoles() {
		for _, id := range strings.FieldsFunc(v.sent(role), between) {
			list = append(list, flow.Role{Role: role, ID: id})
		}
	}
	return list
}

// domainDS replaces the DS records of a name.
func (c *Console) domainDS(v *visit) error {
	f, err := v.domainForm(func(d flow.OwnShown) url.Values {
		var list []string
		for _, r := range d.Domain.DS {
			list = append(list, r.DS.String())
		}
		return url.Values{"ds": {strings.Join(list, "\n")}}
	}, map[string]string{"secDNS:dsData": "ds", "secDNS:alg": "ds", "secDNS:digestType": "ds", "secDNS:digest": "ds", "domain:name": "", "version": ""})
	if err != nil {
		return err
	}
	if !v.isForm() {
		return v.show("domain_ds", &f)
	}
	want, ok := v.sentSigners(&f.form, f.Domain.Name)
	if !ok {
		return v.wrong("domain_ds", &f)
	}
	var have []registry.DS
	for _, r := range f.Domain.DS {
		have = append(have, r.DS)
	}
	remove, add := changed(have, want)
	edit := flow.SignerEdit{Remove: remove}
	for _, ds := range add {
		edit.Add = append(edit.Add, registry.DSRecord{DS: ds})
	}
	return v.update(&f, &f, "domain_ds", flow.DomainUpdate{Name: f.Domain.Name, DS: edit})
}

// sentSigners reads the field of DS records.
func (v *visit) sentSigners(f *form, name names.Name) ([]registry.DS, bool) {
	var list []registry.DS
	right := true
	for i, line := range strings.Split(v.sent("ds"), "\n") {
		line = strings.TrimSpace(line)
		ds, err := readDS(line, name)
		switch {
		case line == "":
		case err != nil:
			f.wrongLine("ds", i+1, line, v.t("this is neither a DS nor a DNSKEY record of the name."))
			right = false
		default:
			f.signers = append(f.signers, signerLine{i + 1, line, ds})
			if !slices.Contains(list, ds) {
				list = append(list, ds)
			}
		}
	}
	return list, right
}

// A signerLine is a DS with the line of a form that it was read from.
type signerLine struct {
	number int
	text   string
	ds     registry.DS
}

// wrongSigner says what is wrong with the DS that a refusal is about, at their lines; it reports whether there is one.
func (f *form) wrongSigner(e *registry.Error, why string) (found bool) {
	for _, l := range f.signers {
		part := map[string]string{
			"secDNS:alg": strconv.Itoa(int(l.ds.Algorithm)), "secDNS:digestType": strconv.Itoa(int(l.ds.DigestType)),
			"secDNS:digest": l.ds.Digest, "secDNS:dsData": l.ds.String(),
		}[e.Field]
		if part == e.Value && part != "" {
			f.wrongLine("ds", l.number, l.text, why)
			found = true
		}
	}
	return found
}

// placeContact returns the field of contacts that a refusal is about: that of the role which nobody has, or that which has
// the id.
func (f *form) placeContact(e *registry.Error) string {
	for _, role := range contactRoles() {
		if strings.HasSuffix(e.Reason, " in the role "+role) {
			return role
		}
	}
	for _, role := range contactRoles() {
		if slices.Contains(strings.FieldsFunc(f.Values.Get(role), between), e.Value) && !strings.Contains(f.Wrong[role], e.Value+":") {
			return role
		}
	}
	return ""
}

// between reports whether a sign stands between ids.
func between(r rune) bool { return r == ' ' || r == ',' || r == '\n' || r == '\t' || r == '\r' }

// domainSecret is the page of the code with which a name can be transferred.
type domainSecret struct {
	domainForm
	Code string // the new one, which is shown this once
}

// domainAuthInfo sets a new transfer code: one that is made here, or one of the registrar's own, or none.
func (c *Console) domainAuthInfo(v *visit) error {
	f, err := v.domainForm(nil, map[string]string{"domain:authInfo": "code", "domain:name": "", "version": ""})
	if err != nil {
		return err
	}
	page := &domainSecret{domainForm: f}
	if !v.isForm() {
		return v.show("domain_authinfo", page)
	}
	code := ""
	switch v.sent("how") {
	case "make":
		code = c.newCode()
	case "own":
		if code = v.values.Get("code"); code == "" {
			page.wrong("code", v.t("Write the code."))
			return v.wrong("domain_authinfo", page)
		}
	case "clear":
	default:
		page.wrong("how", v.t("Choose one."))
		return v.wrong("domain_authinfo", page)
	}
	_, err = v.runOn(f, flow.DomainUpdate{Name: f.Domain.Name, AuthInfo: &code, Announced: flow.Announced{SecureAuthInfo: true}})
	page.Values = url.Values{}
	switch {
	case err != nil:
		return v.refuse("domain_authinfo", page, err)
	case v.sent("how") != "make":
		return v.done(f.here(), "The transfer code was changed.")
	}
	page.Code = code
	return v.show("domain_authinfo", page)
}

// newCode is a random transfer code of 24 letters and digits: 140 bits. Those that look like others are left out.
func (c *Console) newCode() string {
	const letters, length = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 24
	var b strings.Builder
	for b.Len() < length {
		for _, r := range c.config.Service.Random(length) {
			if int(r) < 256/len(letters)*len(letters) && b.Len() < length { // so that each is as likely as any other
				b.WriteByte(letters[int(r)%len(letters)])
			}
		}
	}
	return b.String()
}
