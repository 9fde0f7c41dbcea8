package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"example.org/dorado/cmd/dorado/eppclient"
	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A newRegistrar asks for an account. Amounts are decimal texts, networks CIDR.
type newRegistrar struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"`
	Email        string            `json:"email"`
	Voice        string            `json:"voice,omitempty"`
	Fax          string            `json:"fax,omitempty"`
	Website      string            `json:"website,omitempty"`
	TradingName  string            `json:"tradingName,omitempty"`
	Port43       string            `json:"port43,omitempty"`
	Abuse        string            `json:"abuse,omitempty"`
	IANAID       int               `json:"ianaID,omitempty"`
	Password     string            `json:"password"`
	Networks     []string          `json:"networks,omitempty"`
	Certificates []certificateLine `json:"certificates,omitempty"`
	CreditLimit  string            `json:"creditLimit,omitempty"`

	CreditThreshold string `json:"creditThreshold,omitempty"`
	Author          string `json:"author,omitempty"`
}

// A registrarLine is one registrar as the operator's list shows it.
type registrarLine struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Balance   string   `json:"balance"`
	Available string   `json:"available"`
	Currency  string   `json:"currency"`
	Networks  []string `json:"networks"`
	Certified int      `json:"certificates"`
	State     string   `json:"state"` // active, on hold, suspended
	PollOff   bool     `json:"pollOff,omitempty"`
}

// maxListEntries bounds the address list and the certificates of one registrar.
const maxListEntries = 100

func (h *house) listRegistrars(ctx context.Context, _ *http.Request, _ struct{}) ([]registrarLine, error) {
	reply, err := h.core.service.Ask(ctx, "", flow.RegistrarList{})
	if err != nil {
		return nil, err
	}
	accounts := reply.([]flow.RegistrarAccount)
	lines := make([]registrarLine, len(accounts))
	for i, a := range accounts {
		lines[i] = lineOf(a)
	}
	return lines, nil
}

func lineOf(a flow.RegistrarAccount) registrarLine {
	line := registrarLine{
		ID: string(a.ID), Name: a.Name, State: "active", Certified: len(a.Certificates),
		Balance: a.Funds.CurrentBalance().String(), Available: a.Funds.Available().String(), Currency: currency,
		Networks: []string{}, PollOff: a.PollOff,
	}
	switch {
	case a.Suspended:
		line.State = "suspended"
	case a.Hold.Active(), a.Funds.IsOnHold():
		line.State = "on hold"
	}
	for _, n := range a.Networks {
		line.Networks = append(line.Networks, n.String())
	}
	return line
}

func (h *house) addRegistrar(ctx context.Context, _ *http.Request, q newRegistrar) (registrarLine, error) {
	r, limits, err := q.registrar()
	if err != nil {
		return registrarLine{}, mistake{err}
	}
	if r.Password, err = h.core.service.Passwords.Hash(ctx, q.Password); err != nil {
		return registrarLine{}, err
	}
	if _, err := h.core.run(ctx, flow.RegistrarCreate{Registrar: r, Limits: limits}); err != nil {
		return registrarLine{}, err
	}
	h.log.Info("registrar added", "registrar", q.ID, "networks", q.Networks, "certificates", len(q.Certificates),
		"credit_limit", limits.CreditLimit.String(), "author", q.Author)
	reply, err := h.core.service.Ask(ctx, "", flow.RegistrarShow{ID: r.ID})
	if err != nil {
		return registrarLine{}, err
	}
	return lineOf(reply.(flow.RegistrarAccount)), nil
}

// registrar reads the texts of a request.
func (q newRegistrar) registrar() (registry.Registrar, ledger.Funds, error) {
	r := registry.Registrar{
		ID: registry.RegistrarID(q.ID), Name: q.Name, Email: q.Email, Voice: q.Voice,
		Website: q.Website, Abuse: q.Abuse, IANAID: q.IANAID, Fax: q.Fax, TradingName: q.TradingName, WHOIS: q.Port43,
	}
	for _, k := range q.Certificates {
		r.Certificates = append(r.Certificates, k.Fingerprint)
		r.Certified = append(r.Certified, k.certificate())
	}
	switch {
	case q.Name == "" || q.Email == "":
		return r, ledger.Funds{}, errors.New("a registrar needs a name and an e-mail address: --name, --email")
	case len(q.Networks) > maxListEntries || len(q.Certificates) > maxListEntries:
		return r, ledger.Funds{}, fmt.Errorf("a registrar has at most %d networks and as many certificates", maxListEntries)
	}
	if err := cmp.Or(passwordIsPossible("the password", q.Password, eppclient.MaxPassword), q.wellFormed()); err != nil {
		return r, ledger.Funds{}, err
	}
	for _, text := range q.Networks {
		network, err := parseNetwork(text)
		if err != nil {
			return r, ledger.Funds{}, err
		}
		r.Networks = append(r.Networks, network)
	}
	limits, err := q.limits()
	return r, limits, err
}

// limits reads the limits of the funds.
func (q newRegistrar) limits() (limits ledger.Funds, err error) {
	for _, limit := range []struct {
		flag, text string
		to         *ledger.Money
	}{
		{"credit-limit", q.CreditLimit, &limits.CreditLimit}, {"credit-threshold", q.CreditThreshold, &limits.CreditThreshold},
	} {
		if limit.text == "" {
			continue
		}
		if *limit.to, err = ledger.ParseMoney(limit.text); err != nil || *limit.to < 0 {
			return limits, fmt.Errorf("--%s: %q is no amount such as 500.00", limit.flag, limit.text)
		}
	}
	return limits, nil
}

// voiceNumber is e164StringType. RFC 5733 section 2.5.
var voiceNumber = regexp.MustCompile(`^\+[0-9]{1,3}\.[0-9]{1,14}$`)

// maxIANAID is beyond every registrar id that IANA gives: they have up to six digits.
const maxIANAID = 999_999

// wellFormed judges what is shown to the public or written to.
func (q newRegistrar) wellFormed() error {
	for flag, address := range map[string]string{"--email": q.Email, "--abuse": q.Abuse} {
		parsed, err := mail.ParseAddress(address)
		if address != "" && (err != nil || parsed.Address != address) {
			return fmt.Errorf("%s: %q is no e-mail address such as tech@example.com", flag, address)
		}
	}
	for flag, name := range map[string]string{"--name": q.Name, "--trading-name": q.TradingName} {
		if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return fmt.Errorf("%s: %q has characters that cannot be printed; leave them out", flag, name)
		}
	}
	for flag, number := range map[string]string{"--voice": q.Voice, "--fax": q.Fax} {
		if number != "" && !voiceNumber.MatchString(number) {
			return fmt.Errorf("%s: %q is no telephone number such as +57.6015550100", flag, number)
		}
	}
	if _, err := names.Parse(q.Port43); q.Port43 != "" && err != nil {
		return fmt.Errorf("--port43: %q is no host name such as whois.registrar.example: %w", q.Port43, err)
	}
	if q.IANAID < 0 || q.IANAID > maxIANAID {
		return fmt.Errorf("--iana-id: %d is no IANA id, which is 1 to %d", q.IANAID, maxIANAID)
	}
	site, err := url.Parse(q.Website)
	if q.Website != "" && (err != nil || site.Host == "" || site.Scheme != "https" && site.Scheme != "http") {
		return fmt.Errorf("--website: %q is no address such as https://registrar.example", q.Website)
	}
	return nil
}

// parseNetwork reads a network in CIDR form or a single address.
func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("%q is no network; write it such as 192.0.2.0/24 or 2001:db8::/32", text)
	}
	if p.Masked() != p {
		return p, fmt.Errorf("%s has bits beyond its length; did you mean %s?", text, p.Masked())
	}
	return p, nil
}
