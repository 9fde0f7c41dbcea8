package rst

import (
	"fmt"
	"slices"
	"time"
)

// The namespaces of extensions. https://www.iana.org/assignments/epp-extensions/
const (
	nsSecDNS   = "urn:ietf:params:xml:ns:secDNS-1.1"
	nsRGP      = "urn:ietf:params:xml:ns:rgp-1.0"
	nsLaunch   = "urn:ietf:params:xml:ns:launch-1.0"
	nsLoginSec = "urn:ietf:params:xml:ns:epp:loginSec-1.0"
	nsAuthInfo = "urn:ietf:params:xml:ns:epp:secure-authinfo-transfer-1.0"
)

// A frame is what the server sends: a greeting or a response, read by names alone.
type frame struct {
	Greeting *greeting `xml:"urn:ietf:params:xml:ns:epp-1.0 greeting"`
	Results  []struct {
		Code   int    `xml:"code,attr"`
		Msg    string `xml:"msg"`
		Reason string `xml:"extValue>reason"`
	} `xml:"response>result"`
	Checked []struct {
		Name checked `xml:"name"`
		ID   checked `xml:"id"`
	} `xml:"response>resData>chkData>cd"`
	Info    info `xml:"response>resData>infData"`
	Created struct {
		Created time.Time `xml:"crDate"`
		Expires time.Time `xml:"exDate"`
	} `xml:"response>resData>creData"`
	Renewed struct {
		Expires time.Time `xml:"exDate"`
	} `xml:"response>resData>renData"`
	Extension struct {
		SecDNS struct {
			DS []ds `xml:"dsData"`
		} `xml:"urn:ietf:params:xml:ns:secDNS-1.1 infData"`
		RGP struct {
			Statuses []status `xml:"rgpStatus"`
		} `xml:"urn:ietf:params:xml:ns:rgp-1.0 infData"`
	} `xml:"response>extension"`
	ClTRID string `xml:"response>trID>clTRID"`
}

type greeting struct {
	ServerID string   `xml:"svID"`
	Date     string   `xml:"svDate"`
	Versions []string `xml:"svcMenu>version"`
	Langs    []string `xml:"svcMenu>lang"`
	ObjURIs  []string `xml:"svcMenu>objURI"`
	ExtURIs  []string `xml:"svcMenu>svcExtension>extURI"`
}

type checked struct {
	Avail string `xml:"avail,attr"`
	Text  string `xml:",chardata"`
}

// free reports whether avail is true. XML Schema part 2, section 3.2.2.
func (c checked) free() bool { return c.Avail == "1" || c.Avail == "true" }

type status struct {
	S string `xml:"s,attr"`
}

type ds struct {
	KeyTag     string `xml:"keyTag"`
	Alg        string `xml:"alg"`
	DigestType string `xml:"digestType"`
	Digest     string `xml:"digest"`
}

// An info has what the answers about domains, hosts and contacts show.
type info struct {
	Name       string   `xml:"name"`
	ID         string   `xml:"id"`
	ROID       string   `xml:"roid"`
	Statuses   []status `xml:"status"`
	Registrant string   `xml:"registrant"`
	Contacts   []struct {
		Type string `xml:"type,attr"`
		ID   string `xml:",chardata"`
	} `xml:"contact"`
	Hosts     []string    `xml:"ns>hostObj"`
	Addresses []shownAddr `xml:"addr"`
	Postal    []postal    `xml:"postalInfo"`
	Voice     *dialled    `xml:"voice"`
	Fax       *dialled    `xml:"fax"`
	Email     string      `xml:"email"`
	Sponsor   string      `xml:"clID"`
	Creator   string      `xml:"crID"`
	Created   time.Time   `xml:"crDate"`
	Updater   string      `xml:"upID"`
	Expires   time.Time   `xml:"exDate"`
}

type shownAddr struct {
	IP   string `xml:"ip,attr"`
	Text string `xml:",chardata"`
}

type postal struct {
	Type   string   `xml:"type,attr"`
	Name   string   `xml:"name"`
	Org    string   `xml:"org"`
	Street []string `xml:"addr>street"`
	City   string   `xml:"addr>city"`
	SP     string   `xml:"addr>sp"`
	PC     string   `xml:"addr>pc"`
	CC     string   `xml:"addr>cc"`
}

type dialled struct {
	Ext    string `xml:"x,attr"`
	Number string `xml:",chardata"`
}

func (f frame) code() int { return f.Results[0].Code }

// ok reports whether a command succeeded. RFC 5730 section 3.
func (f frame) ok() bool { return f.code() < 2000 }

func (f frame) String() string {
	return fmt.Sprintf("%d %s %s", f.Results[0].Code, f.Results[0].Msg, f.Results[0].Reason)
}

// has reports whether statuses have one.
func has(statuses []status, s string) bool { return slices.Contains(statuses, status{s}) }
