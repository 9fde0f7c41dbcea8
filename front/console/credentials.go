package console

import (
	"net/http"
	"net/netip"
	"slices"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// credentialRoutes are the pages of how the registrar's programs get in: networks, passwords, certificates. Manual 4.2.1,
// 4.3.1, 9.6.
func (c *Console) credentialRoutes() []route {
	one, sure := routesIn(policy.AreaAccount)
	return []route{
		one(http.MethodGet, "credentials", c.credentials),
		sure(http.MethodGet, "credentials/networks/new", c.networkNew),
		sure(http.MethodPost, "credentials/networks", c.networkAdd),
		sure(http.MethodGet, "credentials/networks/remove", c.networkAsk),
		sure(http.MethodPost, "credentials/networks/remove", c.networkRemove),
		sure(http.MethodGet, "credentials/passwords/{which}", c.passwordNew),
		sure(http.MethodPost, "credentials/passwords/{which}", c.passwordSet),
		sure(http.MethodGet, "credentials/certificates/upload", c.certificateNew),
		sure(http.MethodPost, "credentials/certificates/upload", c.certificateUpload),
		sure(http.MethodGet, "credentials/certificates/issue", c.certificateRequest),
		sure(http.MethodPost, "credentials/certificates/issue", c.certificateIssue),
		one(http.MethodGet, "credentials/certificates/issued/{serial}", c.certificateFile),
		sure(http.MethodGet, "credentials/certificates/remove/{fingerprint}", c.certificateAsk),
		sure(http.MethodPost, "credentials/certificates/remove/{fingerprint}", c.certificateRemove),
	}
}

// credentialsPath is where the credentials are listed.
const credentialsPath = Path + "credentials"

// A credentialsPage lists how programs get in, and what is not well with it.
type credentialsPage struct {
	*accountPage
	Certificates []certificateRow
	Issued       []registry.Issue
	Issues       bool      // the registry issues certificates
	MayAdd       bool      // one more certificate
	PasswordEnds time.Time // of EPP; zero if never
	EndsSoon     bool
	FilesSet     bool
	From         string // the visitor's address
	FromListed   bool
}

// A certificateRow is a certificate, and what is not well with it.
type certificateRow struct {
	registry.Certificate
	Ended, Soon bool
}

// credentialsPage returns the page as it is.
func (v *visit) credentialsPage() (*credentialsPage, flow.Act, error) {
	a, act, err := v.accountPage(nil, nil)
	if err != nil {
		return nil, act, err
	}
	s, r, now := v.console.config.Service, a.Registrar, v.console.config.Service.Real()
	reply, err := v.ask(flow.CertificateList{})
	if err != nil {
		return nil, act, err
	}
	limits := s.Terms().Limits
	p := &credentialsPage{
		accountPage: a, Issued: reply.([]registry.Issue), Issues: s.Keys.Clients != nil,
		MayAdd: len(r.Certificates) < limits.CertificatesPerRegistrar, PasswordEnds: limits.PasswordEnds(r.PasswordChanged),
		FilesSet: r.FilesPassword != "", From: v.from().String(), FromListed: listed(r.Networks, v.from()),
	}
	p.EndsSoon = !p.PasswordEnds.IsZero() && !limits.WarningDays.After(v.now()).Before(p.PasswordEnds)
	for _, f := range r.Certificates {
		row := certificateRow{Certificate: registry.Certificate{Fingerprint: f}}
		for _, k := range r.Certified {
			if k.Fingerprint == f {
				row = certificateRow{k, !now.Before(k.NotAfter), limits.CertificateWarning(k.NotAfter, now) > 0}
			}
		}
		p.Certificates = append(p.Certificates, row)
	}
	return p, act, nil
}

func listed(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

func (c *Console) credentials(v *visit) error {
	p, _, err := v.credentialsPage()
	if err != nil {
		return err
	}
	return v.show("credentials", p)
}

// A networkPage asks for a network, or whether one is to be removed.
type networkPage struct {
	*accountPage
	Network string
	Own     bool // the visitor comes from it, and from no other on the list
	Last    bool // no other is left
	Locked  bool // and no certificate: nobody could log in
	From    string
}

func (v *visit) networkPage() (*networkPage, flow.Act, error) {
	a, act, err := v.accountPage(nil, map[string]string{"network": "network"})
	if err != nil {
		return nil, act, err
	}
	return &networkPage{accountPage: a, From: v.from().String()}, act, nil
}

func (c *Console) networkNew(v *visit) error {
	p, _, err := v.networkPage()
	if err != nil {
		return err
	}
	return v.show("credentials_network", p)
}

// networkOf reads a network, or an address. What is neither is refused by the flow.
func networkOf(text string) netip.Prefix {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen())
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}
	}
	return p.Masked()
}

func (c *Console) networkAdd(v *visit) error {
	p, act, err := v.networkPage()
	if err != nil {
		return err
	}
	network := networkOf(v.sent("network"))
	if _, err := v.change(flow.RegistrarNetwork{Act: act, Network: network}); err != nil {
		return v.refuse("credentials_network", p, err)
	}
	return v.done(credentialsPath, "%s may connect now.", network)
}

// networkAsk asks whether a network is to be removed, and says what that would do.
func (c *Console) networkAsk(v *visit) error {
	if v.query("network") == "" { // somebody comes back from confirming
		return v.redirect(credentialsPath)
	}
	p, _, err := v.removal(v.query("network"))
	if err != nil {
		return err
	}
	return v.show("credentials_network_remove", p)
}

// removal is the page about the removal of a network, which is on the list.
func (v *visit) removal(text string) (*networkPage, flow.Act, error) {
	p, act, err := v.networkPage()
	if err != nil {
		return nil, act, err
	}
	network := networkOf(text)
	at := slices.Index(p.Registrar.Networks, network)
	if at < 0 {
		return nil, act, errMissing
	}
	rest := slices.Delete(slices.Clone(p.Registrar.Networks), at, at+1)
	p.Network, p.Own = network.String(), network.Contains(v.from().Unmap()) && !listed(rest, v.from())
	p.Last = len(rest) == 0
	p.Locked = p.Last && len(p.Registrar.Certificates) == 0
	return p, act, nil
}

func (c *Console) networkRemove(v *visit) error {
	p, act, err := v.removal(v.sent("network"))
	if err != nil {
		return err
	}
	if p.Last && v.sent("sure") != "yes" {
		p.wrong("sure", v.t("Tick this if it is meant."))
		return v.render(http.StatusUnprocessableEntity, "credentials_network_remove", p)
	}
	if _, err := v.change(flow.RegistrarNetwork{Act: act, Network: networkOf(p.Network), Remove: true}); err != nil {
		return v.refuse("credentials_network_remove", p, err)
	}
	return v.done(credentialsPath, "%s may connect no longer.", p.Network)
}

// A passwordPage asks for a password, or shows one, once.
type passwordPage struct {
	*accountPage
	Which         string // epp or ftps
	Least, Most   int
	Made          string // shown once
	TooLongForAll bool   // of one that was typed
}

// passwordPage returns the page of a password that there is.
func (v *visit) passwordPage() (*passwordPage, flow.Act, error) {
	which := v.r.PathValue("which")
	if which != "epp" && which != "ftps" {
		return nil, flow.Act{}, errMissing
	}
	a, act, err := v.accountPage(nil, nil)
	if err != nil {
		return nil, act, err
	}
	limits := v.console.config.Service.Terms().Limits
	return &passwordPage{accountPage: a, Which: which, Least: limits.PasswordLeast, Most: limits.PasswordCharacters}, act, nil
}

func (c *Console) passwordNew(v *visit) error {
	p, _, err := v.passwordPage()
	if err != nil {
		return err
	}
	return v.show("credentials_password", p)
}

// passwordSet replaces a password by one that was typed, or by a new one, which is shown on this answer alone.
func (c *Console) passwordSet(v *visit) error {
	p, act, err := v.passwordPage()
	if err != nil {
		return err
	}
	service, password, again := c.config.Service, v.values.Get("password"), v.values.Get("again")
	made := v.sent("how") == "make"
	if made {
		password = service.NewPassword()
	}
	v.values.Del("password")
	v.values.Del("again")
	unlike := !made && again != "" && again != password
	if unlike {
		p.wrong("again", v.t("The two are not the same."))
	}
	hash, err := service.HashPassword(v.r.Context(), p.Registrar, password, p.Which == "ftps")
	if unlike && err == nil {
		return v.render(http.StatusUnprocessableEntity, "credentials_password", p)
	}
	if err == nil {
		_, err = v.change(flow.RegistrarPassword{Act: act, To: hash, Files: p.Which == "ftps"})
	}
	if err != nil {
		return v.refuse("credentials_password", p, err)
	}
	if !made {
		return v.done(credentialsPath, "The password was replaced. Sessions that are open go on.")
	}
	p.Made = password
	return v.show("credentials_password_made", p)
}
