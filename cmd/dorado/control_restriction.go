package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// A registrarDetails is one registrar as the operator sees it.
type registrarDetails struct {
	registrarLine
	accountLine
	Limits       []limitLine       `json:"limits"` // the profile's with them
	Days         []dayLine         `json:"days"`   // the latest first
	Certificates []certificateLine `json:"clientCertificates"`
	Login        lastLogin         `json:"lastLogin"`
}

// An accountLine is what is known of a registrar beside its funds.
type accountLine struct {
	TradingName         string       `json:"tradingName,omitempty"`
	IANAID              int          `json:"ianaID,omitempty"`
	Email               string       `json:"email"`
	Voice               string       `json:"voice,omitempty"`
	Fax                 string       `json:"fax,omitempty"`
	Website             string       `json:"website,omitempty"`
	Port43              string       `json:"port43,omitempty"`
	RDAP                string       `json:"rdap,omitempty"`
	Address             []string     `json:"address,omitempty"` // its lines, the country the last
	Abuse               string       `json:"abuse,omitempty"`
	Billing             string       `json:"billing,omitempty"`
	Transfers           string       `json:"transfers,omitempty"`
	Operator            string       `json:"operator,omitempty"`
	Legal               string       `json:"legal,omitempty"`
	Language            string       `json:"language"`
	MailsOfTransfers    bool         `json:"emailNotifications"`
	PremiumsUnavailable bool         `json:"premiumsUnavailable"`
	ClaimsUnavailable   bool         `json:"claimsUnavailable"`
	IDNsUnavailable     bool         `json:"idnsUnavailable"`
	AutoRenew           bool         `json:"autoRenewEnabled"`
	ContactPurge        bool         `json:"contactPurgeEnabled"`
	Suspension          *measureLine `json:"suspension,omitempty"`
	Funds               fundsLine    `json:"funds"`
}

// A fundsLine is what a registrar has and what bounds it, as decimal texts.
type fundsLine struct {
	SetAside        string    `json:"setAside"` // for charges whose grace period runs
	CreditLimit     string    `json:"creditLimit"`
	EmergencyCredit string    `json:"emergencyCredit"`
	EmergencyUntil  time.Time `json:"emergencyUntil,omitzero"`
	CreditThreshold string    `json:"creditThreshold"`
	MinimumBalance  string    `json:"minimumBalance"`
	LowSince        time.Time `json:"lowSince,omitzero"`
	OnHoldSince     time.Time `json:"onHoldSince,omitzero"`
	HoldsOfYear     int       `json:"holdsOfYear"` // of this calendar year
}

func fundsOf(f ledger.Funds, now time.Time) fundsLine {
	l := f.Limits()
	line := fundsLine{
		SetAside: (f.Authorised - f.DueAuthorised).String(), CreditLimit: l.CreditLimit.String(),
		EmergencyCredit: l.EmergencyCredit.String(), EmergencyUntil: l.EmergencyUntil,
		CreditThreshold: l.CreditThreshold.String(), MinimumBalance: l.MinimumBalance.String(),
		LowSince: f.Standing.Low, OnHoldSince: f.Standing.Hold,
	}
	if f.Standing.LastHold.Year() == now.Year() {
		line.HoldsOfYear = f.Standing.Holds
	}
	return line
}

// A measureLine says since when something holds, who decided it, and why.
type measureLine struct {
	Since  time.Time `json:"since"`
	Author string    `json:"author"`
	Reason string    `json:"reason"`
}

func accountOf(a flow.RegistrarAccount, now time.Time) accountLine {
	r := a.Registrar
	line := accountLine{
		TradingName: r.TradingName, IANAID: r.IANAID, Address: addressLines(r.Postal), Funds: fundsOf(a.Funds, now),
		Email: r.Email, Voice: r.Voice, Fax: r.Fax, Website: r.Website, Port43: r.WHOIS, RDAP: r.RDAP, Abuse: r.Abuse,
		Billing: r.Mailing.Billing, Transfers: r.Mailing.Transfers, Operator: r.Mailing.Operator, Legal: r.Mailing.Legal,
		Language: string(cmp.Or(r.Mailing.Language, registry.English)), MailsOfTransfers: r.Mailing.OfTransfers,
		PremiumsUnavailable: r.PremiumsUnavailable, ClaimsUnavailable: r.ClaimsUnavailable, IDNsUnavailable: r.IDNsUnavailable,
		AutoRenew: r.AutoRenewsAt(now), ContactPurge: r.PurgesContactsAt(now),
	}
	if s := r.Suspension; !s.Since.IsZero() {
		line.Suspension = &measureLine{s.Since, s.Author, s.Reason}
	}
	return line
}

// addressLines are an address as on an envelope.
func addressLines(p registry.Postal) []string {
	lines := append(slices.Clone(p.Street), strings.TrimSpace(p.Postcode+" "+p.City), p.Province, p.Country)
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

// A lastLogin is the last login over EPP, what its client said of itself, and the wrong passwords since.
type lastLogin struct {
	At             time.Time `json:"at,omitzero"`
	Address        string    `json:"address,omitempty"`
	App            string    `json:"app,omitempty"`
	Tech           string    `json:"tech,omitempty"`
	OS             string    `json:"os,omitempty"`
	WrongPasswords int       `json:"wrongPasswords"`
	LastWrong      time.Time `json:"lastWrong,omitzero"`
}

func lastLoginOf(r registry.LoginRecord) lastLogin {
	l := lastLogin{At: r.At, App: r.Agent.App, Tech: r.Agent.Tech, OS: r.Agent.OS, WrongPasswords: r.Failures, LastWrong: r.FailedAt}
	if !r.At.IsZero() {
		l.Address = r.From.String()
	}
	return l
}

// A limitLine is one limit in force. Since is zero where the profile sets it.
type limitLine struct {
	What   string    `json:"what"`  // such as "check of domains", "sessions", "cache"
	Value  string    `json:"value"` // such as "10 a second"
	Since  time.Time `json:"since,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	Author string    `json:"author,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// A dayLine is what a registrar asked for on a day (UTC).
type dayLine struct {
	Day           time.Time `json:"day"`
	Checks        int64     `json:"checks"`
	FailedCreates int64     `json:"failedCreates"`
	Registered    int64     `json:"registered"`
	Flagged       time.Time `json:"flagged,omitzero"`
	Flag          string    `json:"flag,omitempty"`
}

// A certificateLine is a client certificate: its fingerprint, and what else is known of it.
type certificateLine struct {
	Fingerprint string    `json:"fingerprint"`
	Subject     string    `json:"subject,omitempty"`
	Issuer      string    `json:"issuer,omitempty"`
	NotAfter    time.Time `json:"notAfter,omitzero"`
	Added       time.Time `json:"added,omitzero"`
	Author      string    `json:"author,omitempty"`
	Serial      string    `json:"serial,omitempty"` // of one that this registry has issued
}

func lineOfCertificate(k registry.Certificate) certificateLine {
	return certificateLine{k.Fingerprint, k.Subject, k.Issuer, k.NotAfter, k.Added, k.Author, k.Serial}
}

// certificate is one that the operator registers.
func (l certificateLine) certificate() registry.Certificate {
	return registry.Certificate{
		Fingerprint: l.Fingerprint, Subject: l.Subject, Issuer: l.Issuer, NotAfter: l.NotAfter, Added: l.Added, Author: l.Author,
	}
}

// daysShown is how many days of use are shown of a registrar.
const daysShown = 7

func (h *house) showRegistrar(ctx context.Context, r *http.Request, _ struct{}) (registrarDetails, error) {
	days := daysShown
	if text := r.URL.Query().Get("days"); text != "" {
		var err error
		if days, err = strconv.Atoi(text); err != nil || days < 1 {
			return registrarDetails{}, mistake{fmt.Errorf("%q is no number of days such as 30", text)}
		}
	}
	return h.registrarDetails(ctx, registry.RegistrarID(r.PathValue("id")), days)
}

func (h *house) registrarDetails(ctx context.Context, id registry.RegistrarID, n int) (d registrarDetails, err error) {
	reply, err := h.core.service.Ask(ctx, "", flow.RegistrarShow{ID: id})
	if err != nil {
		return d, err
	}
	account := reply.(flow.RegistrarAccount)
	d = registrarDetails{
		registrarLine: lineOf(account), accountLine: accountOf(account, h.core.clock.Now()), Limits: h.limitLines(account.Registrar), Days: []dayLine{},
		Certificates: certificateLines(account.Registrar),
	}
	last, err := h.core.service.Logins.LastLogin(ctx, id)
	if err != nil {
		return d, err
	}
	d.Login = lastLoginOf(last)
	h.keepUsage(ctx) // what this node has counted a moment ago
	days, err := h.core.service.UsageOf(ctx, id, n)
	for _, u := range days {
		d.Days = append(d.Days, dayLine{u.Day, u.Checks, u.FailedCreates, u.Registered, u.Flagged, u.Flag})
	}
	return d, err
}

// limitLines are all limits in force for a registrar.
func (h *house) limitLines(r registry.Registrar) []limitLine {
	line := func(what, value string, m registry.Measure) limitLine {
		return limitLine{what, value, m.Since, m.Until, m.Author, m.Reason}
	}
	in := h.core.service.InForce(r)
	most := "closed"
	if in.Sessions.Most > 0 {
		most = strconv.Itoa(in.Sessions.Most)
	}
	lines := []limitLine{line("sessions", most, in.Sessions.Measure)}
	if in.Cache.Age > 0 {
		lines = append(lines, line("cache", in.Cache.Age.String(), in.Cache.Measure))
	}
	for _, l := range in.Limits {
		lines = append(lines, line(flow.Describe(l.Scope), flow.Pace(l), l.Measure))
	}
	return lines
}

// certificateLines are a registrar's certificates, with what is known of them.
func certificateLines(r registry.Registrar) []certificateLine {
	lines := make([]certificateLine, len(r.Certificates))
	for i, f := range r.Certificates {
		lines[i] = certificateLine{Fingerprint: f}
		for _, k := range r.Certified {
			if k.Fingerprint == f {
				lines[i] = lineOfCertificate(k)
			}
		}
	}
	return lines
}

// A restrictionRequest sets or lifts one limit.
type restrictionRequest struct {
	What   string `json:"what"` // a command, all, sessions or cache
	Object string `json:"object,omitempty"`
	Name   string `json:"name,omitempty"`
	Value  string `json:"value,omitempty"` // 10/s; a number of sessions; a length of time
	Until  string `json:"until,omitempty"` // an instant, or a length of time from now
	Lift   bool   `json:"lift,omitempty"`
	Author string `json:"author"`
	Reason string `json:"reason"`
}

func (h *house) limitRegistrar(ctx context.Context, r *http.Request, q restrictionRequest) (registrarDetails, error) {
	id := registry.RegistrarID(r.PathValue("id"))
	cmd, err := q.command(id, time.Now())
	if err != nil {
		return registrarDetails{}, mistake{err}
	}
	if _, err := h.core.run(ctx, cmd); err != nil {
		return registrarDetails{}, err
	}
	did := "registrar limited"
	if q.Lift {
		did = "registrar's limit lifted"
	}
	h.log.Info(did, "registrar", id, "what", q.What, "object", q.Object, "name", q.Name, "value", q.Value,
		"until", q.Until, "author", q.Author, "reason", q.Reason)
	return h.registrarDetails(ctx, id, daysShown)
}

// command reads the texts of a request.
func (q restrictionRequest) command(id registry.RegistrarID, now time.Time) (flow.Command, error) {
	until, err := untilInstant(q.Until, now)
	if err != nil {
		return nil, err
	}
	o := flow.Restriction{Registrar: id, Lift: q.Lift, Author: q.Author, Reason: q.Reason, Until: until}
	if (q.What == "sessions" || q.What == "cache") && (q.Object != "" || q.Name != "") {
		return nil, fmt.Errorf("%s is about no object; leave --object and --name out", q.What)
	}
	switch q.What {
	case "sessions":
		most, err := strconv.Atoi(cmp.Or(q.Value, "0"))
		if err != nil {
			return nil, fmt.Errorf("%q is no number of sessions such as 20", q.Value)
		}
		return flow.RegistrarSessions{Restriction: o, Most: most}, nil
	case "cache":
		age, err := parseSpan(q.Value)
		if err != nil && !q.Lift {
			return nil, err
		}
		return flow.RegistrarCache{Restriction: o, Age: age}, nil
	}
	limit, err := parsePace(q.Value)
	if err != nil && !q.Lift {
		return nil, err
	}
	limit.Scope = registry.Scope{Command: q.What, Object: q.Object, ID: q.Name}
	if q.What == "all" {
		limit.Command = ""
	}
	return flow.RegistrarLimit{Restriction: o, Limit: limit}, nil
}

// untilInstant reads the end of something, which is an instant, or a length of time from now; an empty text is none.
func untilInstant(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if span, err := parseSpan(text); err == nil {
		return now.Add(span).Truncate(time.Second), nil
	}
	until, err := parseInstant(text)
	if err != nil {
		return until, fmt.Errorf("--until: %q is neither an instant such as 2027-01-31 nor a length of time such as 7d", text)
	}
	return until, nil
}

// pace is so many in a unit, or in a length of time.
var pace = regexp.MustCompile(`^([0-9]{1,9})/([0-9]*[wdhms])$`)

// parsePace reads a limit such as 10/s or 20/10s, 0 or unlimited.
func parsePace(text string) (l registry.CommandLimit, err error) {
	switch text {
	case "0":
		return l, nil
	case "unlimited":
		l.Unlimited = true
		return l, nil
	}
	parts := pace.FindStringSubmatch(text)
	if parts == nil {
		return l, fmt.Errorf("%q is no limit such as 10/s, 600/m or 20/10s; 0 closes the command, unlimited lifts the profile's limit", text)
	}
	if len(parts[2]) == 1 {
		parts[2] = "1" + parts[2]
	}
	l.Count, _ = strconv.Atoi(parts[1]) // digits, at most nine
	l.Per, err = parseSpan(parts[2])
	return l, err
}

func (h *house) addCertificate(ctx context.Context, r *http.Request, q certificateLine) (registrarDetails, error) {
	id := registry.RegistrarID(r.PathValue("id"))
	if _, err := h.core.run(ctx, flow.CertificateAdd{Registrar: id, Certificate: q.certificate()}); err != nil {
		return registrarDetails{}, err
	}
	h.log.Info("client certificate registered", "registrar", id, "certificate", q.Fingerprint, "author", q.Author)
	return h.registrarDetails(ctx, id, daysShown)
}

// A certificateRemoval says who removes a certificate.
type certificateRemoval struct {
	Author string `json:"author"`
}

func (h *house) removeCertificate(ctx context.Context, r *http.Request, q certificateRemoval) (registrarDetails, error) {
	id := registry.RegistrarID(r.PathValue("id"))
	if _, err := h.core.run(ctx, flow.CertificateRemove{Registrar: id, Fingerprint: r.PathValue("fingerprint")}); err != nil {
		return registrarDetails{}, err
	}
	h.log.Info("client certificate removed", "registrar", id, "certificate", r.PathValue("fingerprint"), "author", q.Author)
	return h.registrarDetails(ctx, id, daysShown)
}
