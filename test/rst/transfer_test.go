package rst

import (
	"strings"
	"testing"
)

// transfer is <transfer>, with authInfo and a period unless they are absent.
func transfer(op, name, pw, years string) command {
	content := element("domain:name", name) + optional(`domain:period unit="y"`, years)
	if pw != "" {
		content += "<domain:authInfo>" + element("domain:pw", pw) + "</domain:authInfo>"
	}
	return command{body: `<transfer op="` + op + `"><domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">` +
		content + "</domain:transfer></transfer>"}
}

// setAuthInfo is an update of a domain's authInfo.
func setAuthInfo(name, pw string) command {
	return edit{chg: "<domain:authInfo>" + element("domain:pw", pw) + "</domain:authInfo>"}.of("domain", name)
}

// transferable registers a name, lets it come of age, and gives it authInfo.
func transferable(t *testing.T) (losing, gaining *client, name, pw string) {
	t.Helper()
	h := newDemo(t)
	c := h.session(t, clID01)
	name, pw = label()+".co", secret()
	c.registers(t, name)
	h.pass(t, "61d")
	losing, gaining = h.session(t, clID01), h.session(t, clID02)
	if losing.offers(nsAuthInfo) {
		for _, weak := range weakSecrets() {
			losing.refuses(t, "EPP_TRANSFER_SERVER_ACCEPTS_INSECURE_AUTHINFO: "+weak, setAuthInfo(name, weak))
		}
	}
	losing.accepts(t, "EPP_TRANSFER_SERVER_REJECTS_SECURE_AUTHINFO", setAuthInfo(name, pw))
	gaining.refuses(t, "EPP_TRANSFER_SERVER_ACCEPTS_INCORRECT_AUTHINFO", transfer("request", name, secret(), "1"))
	gaining.refuses(t, "EPP_TRANSFER_SERVER_ACCEPTS_INCORRECT_AUTHINFO: in lower case", transfer("request", name, strings.ToLower(pw), "1"))
	gaining.refuses(t, "EPP_TRANSFER_SERVER_ACCEPTS_INCORRECT_AUTHINFO: none", transfer("request", name, "", "1"))
	return losing, gaining, name, pw
}

// requests asks for a transfer, which then is pending.
func (c *client) requests(t *testing.T, name, pw string) {
	t.Helper()
	c.accepts(t, "EPP_DOMAIN_TRANSFER_REQUEST_FAILED", transfer("request", name, pw, "1"))
	if got := c.do(t, named("info", "domain", name)).Info.Statuses; !has(got, "pendingTransfer") {
		t.Errorf("EPP_TRANSFER_INFO_RESPONSE_MISSING_OR_INVALID_STATUS_CODE: %+v", got)
	}
}

// epp-19: a transfer needs the right authInfo and a period within the longest registration; approved, it
// moves the name, its expiry and its authInfo.
func TestEPP19(t *testing.T) {
	losing, gaining, name, pw := transferable(t)
	before := losing.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", named("info", "domain", name)).Info
	for _, years := range []string{"0", "-1", "11", "99", "one", "10", "5"} { // the last: past the horizon
		gaining.refuses(t, "EPP_TRANSFER_SERVER_ACCEPTS_INVALID_PERIOD: "+years, transfer("request", name, pw, years))
	}
	gaining.requests(t, name, pw)
	losing.accepts(t, "EPP_TRANSFER_NOT_PROCESSED", transfer("approve", name, "", ""))
	got := gaining.accepts(t, "EPP_TRANSFER_NOT_PROCESSED", named("info", "domain", name))
	if got.Info.Sponsor != gaining.who || has(got.Info.Statuses, "pendingTransfer") {
		t.Errorf("EPP_TRANSFER_NOT_PROCESSED: %+v", got.Info)
	}
	if want := later(before.Expires, 1); !got.Info.Expires.Equal(want) {
		t.Errorf("EPP_TRANSFER_INFO_RESPONSE_UNEXPECTED_EXPIRY_DATE: %s, want %s", got.Info.Expires, want)
	}
	if !has(got.Extension.RGP.Statuses, "transferPeriod") {
		t.Errorf("EPP_TRANSFER_INFO_RESPONSE_MISSING_OR_INVALID_RGP_STATUS: %+v", got.Extension.RGP.Statuses)
	}
	old := named("info", "domain", name)
	old.body = strings.Replace(old.body, "</domain:info>",
		"<domain:authInfo>"+element("domain:pw", pw)+"</domain:authInfo></domain:info>", 1)
	losing.refusesAs(t, "EPP_TRANSFER_INFO_RESPONSE_AUTHINFO_NOT_RESET", 2202, old)
}

// epp-20: a transfer that the losing registrar rejects leaves the name where it is.
func TestEPP20(t *testing.T) {
	losing, gaining, name, pw := transferable(t)
	before := losing.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", named("info", "domain", name)).Info
	gaining.requests(t, name, pw)
	losing.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", transfer("reject", name, "", ""))
	got := losing.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", named("info", "domain", name)).Info
	if got.Sponsor != losing.who || !got.Expires.Equal(before.Expires) {
		t.Errorf("EPP_TRANSFER_SERVER_PROCESSED_REJECTED_TRANSFER: %+v, want %+v", got, before)
	}
	if has(got.Statuses, "pendingTransfer") {
		t.Errorf("EPP_TRANSFER_INFO_RESPONSE_MISSING_OR_INVALID_STATUS_CODE: %+v", got.Statuses)
	}
}

// epp-22 was withdrawn in 2026: a restore. ICANN's client had no clock to move, so it renewed a new name
// to leave its add grace, which here goes on: that name is purged when it is deleted. One past it is
// restored.
func TestEPP22(t *testing.T) {
	h := newDemo(t)
	c := h.session(t, clID01)
	young, name := label()+".co", label()+".co"
	c.registers(t, name)
	h.pass(t, "6d")
	c = h.session(t, clID01)
	c.registers(t, young)
	for _, n := range []string{young, name} {
		expires := c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", named("info", "domain", n)).Info.Expires
		c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", renew(n, expires.Format("2006-01-02"), "1", "y"))
		c.accepts(t, "EPP_RESTORE_DELETE_FAILED", named("delete", "domain", n))
	}
	c.refusesAs(t, "a name that was deleted in its add grace is still there", 2303, named("info", "domain", young))
	if got := c.do(t, named("info", "domain", name)).Info.Statuses; !has(got, "pendingDelete") {
		t.Errorf("EPP_DOMAIN_DELETE_INFO_RESPONSE_OBJECT_NOT_PENDING_DELETE: %+v", got)
	}
	restore := edit{}.of("domain", name)
	restore.extension = `<rgp:update xmlns:rgp="` + nsRGP + `"><rgp:restore op="request"/></rgp:update>`
	c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", restore)
	got := c.accepts(t, "EPP_UNEXPECTED_COMMAND_FAILURE", named("info", "domain", name))
	if has(got.Info.Statuses, "pendingDelete") || has(got.Extension.RGP.Statuses, "redemptionPeriod") {
		t.Errorf("EPP_RESTORE_DOMAIN_STILL_PENDINGDELETE: %+v %+v", got.Info.Statuses, got.Extension.RGP.Statuses)
	}
}
