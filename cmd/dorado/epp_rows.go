package main

import (
	"strings"

	"example.org/dorado/cmd/dorado/eppclient"
)

// The data of answers as lines for people: in words, and without what is only there for programs.

// object returns the short name of an element's namespace, such as domain or fee.
func object(n *eppclient.Node) string {
	space := n.Name.Space[strings.LastIndexAny(n.Name.Space, ":/")+1:]
	name, _, _ := strings.Cut(space, "-")
	return name
}

// labelOf says in words what EPP abbreviates.
func labelOf(n *eppclient.Node) string {
	words := map[string]string{
		"roid": "ROID", "clID": "sponsor", "crID": "created by", "crDate": "created", "upID": "updated by",
		"upDate": "updated", "exDate": "expires", "trDate": "transferred", "hostObj": "name server",
		"host": "host below it", "addr": "address", "sp": "province", "pc": "postcode", "cc": "country",
		"voice": "telephone", "rgpStatus": "grace period", "pw": "authInfo", "trStatus": "transfer", "reID": "requested by",
		"reDate": "requested", "acID": "answered by", "acDate": "answered, or to be", "paDate": "ended",
		"clTRID": "client transaction", "svTRID": "server transaction",

		"fee balance": "balance", "fee creditLimit": "credit limit",
		"idn table": "IDN table", "idn uname": "as people read it",
		"secDNS maxSigLife": "signatures live", "changePoll date": "changed", "changePoll who": "changed by",
		"changePoll svTRID": "in transaction", "launch phase": "launch phase", "launch applicationID": "application",
		"maintenance crDate": "announced", "maintenance upDate": "changed", "maintenance start": "begins", "maintenance end": "ends",
		"maintenance reason": "kind", "maintenance detail": "more at", "maintenance tld": "zone",
	}
	if w, ok := words[object(n)+" "+n.Name.Local]; ok {
		return w
	}
	if w, ok := words[n.Name.Local]; ok {
		return w
	}
	return n.Name.Local
}

// rows flattens an element: a line for each text and each attribute that stands for one.
func rows(n *eppclient.Node) []row {
	switch object(n) {
	case "fee":
		return feeRows(n)
	case "maintenance":
		return maintenanceRows(n)
	case "ttl":
		return ttlRows(n)
	}
	if n.Name.Local == "trnData" {
		return transferRows(n)
	}
	var list []row
	for _, c := range n.Children {
		list = append(list, rowsOf(c)...)
	}
	return list
}

// rowsOf are the lines of an element that stands in others.
func rowsOf(c *eppclient.Node) []row {
	switch object(c) + " " + c.Name.Local {
	case "secDNS dsData":
		return dsRows(c)
	case "changePoll operation":
		return []row{{"operation", c.Text, c.Attr("op")}}
	case "changePoll caseId":
		return []row{{"case", c.Text, c.Attr("type")}}
	}
	switch c.Name.Local {
	case "status", "rgpStatus":
		return []row{{labelOf(c), c.Attr("s"), c.Text}}
	case "contact":
		return []row{{c.Attr("type") + " contact", c.Text, ""}}
	case "disclose":
		return []row{{"disclosed", disclosed(c), ""}}
	case "postalInfo":
		list := rows(c)
		for i := range list {
			list[i].remark = strings.TrimSpace(list[i].remark + " " + c.Attr("type"))
		}
		return list
	}
	if len(c.Children) > 0 {
		return rows(c)
	}
	return []row{{labelOf(c), c.Text, remarkOf(c)}}
}

// remarkOf says what stands in attributes.
func remarkOf(c *eppclient.Node) string {
	switch result := c.Attr("paResult"); {
	case result == "1" || result == "true":
		return "done"
	case result != "":
		return "not done"
	case c.Attr("x") != "":
		return "extension " + c.Attr("x")
	}
	return c.Attr("ip")
}

// transferRows writes how a transfer stands: in words while it is pending, when the dates are of what is to come.
// RFC 5731 section 3.1.3.
func transferRows(n *eppclient.Node) []row {
	status, pending := n.Child("trStatus").Value(), n.Child("trStatus").Value() == "pending"
	var list []row
	for _, c := range n.Children {
		switch {
		case c.Name.Local == "reDate" || c.Name.Local == "acDate": // beside who it was
		case c.Name.Local == "reID":
			list = append(list, row{"requested", n.Child("reDate").Value(), "by " + c.Text})
		case c.Name.Local == "acID" && pending:
			list = append(list, row{"to be answered", n.Child("acDate").Value(), "at the latest, by " + c.Text + "; no answer is an approval"})
		case c.Name.Local == "acID":
			list = append(list, row{"ended", n.Child("acDate").Value(), endedBy(n, status)})
		case c.Name.Local == "exDate" && pending:
			list = append(list, row{"will expire", c.Text, "once it is transferred"})
		case c.Name.Local == "exDate" && !strings.HasSuffix(status, "Approved"):
			list = append(list, row{"would expire", c.Text, "had it been transferred"})
		default:
			list = append(list, rowsOf(c)...)
		}
	}
	return list
}

// endedBy says who ended a transfer.
func endedBy(n *eppclient.Node, status string) string {
	switch {
	case strings.HasPrefix(status, "server"):
		return "by the registry; the sponsor was " + n.Child("acID").Value()
	case status == "clientCancelled":
		return "by " + n.Child("reID").Value()
	}
	return "by " + n.Child("acID").Value()
}

// dsRows writes a DS as in a zone file, and the key that came with it. RFC 5910 section 4.
func dsRows(n *eppclient.Node) []row {
	texts := func(n *eppclient.Node, names ...string) string {
		for i, name := range names {
			names[i] = n.Child(name).Value()
		}
		return strings.Join(names, " ")
	}
	list := []row{{"DS", texts(n, "keyTag", "alg", "digestType", "digest"), ""}}
	if key := n.Child("keyData"); key != nil {
		list = append(list, row{"its key", texts(key, "flags", "protocol", "alg", "pubKey"), ""})
	}
	return list
}

// ttlRows writes TTLs, with the range to choose from if the answer has it. RFC 9803.
func ttlRows(n *eppclient.Node) []row {
	var list []row
	for _, c := range n.All("ttl") {
		kind := c.Attr("for")
		if kind == "custom" {
			kind = c.Attr("custom")
		}
		value, remark := c.Text+" s", ""
		if c.Text == "" {
			value = "left to the registry"
		}
		if c.Attr("min") != "" {
			remark = c.Attr("min") + " to " + c.Attr("max") + ", if not chosen " + c.Attr("default")
		}
		list = append(list, row{"TTL of " + kind, value, remark})
	}
	return list
}

// maintenanceRows writes one maintenance, or a list of them. RFC 9167 section 3.3.
func maintenanceRows(n *eppclient.Node) []row {
	var list []row
	for _, c := range n.Children {
		switch c.Name.Local {
		case "list":
			for _, item := range c.All("listItem") {
				id := item.Child("id")
				list = append(list, row{id.Value(), item.Child("start").Value() + " to " + item.Child("end").Value(), id.Attr("name")})
			}
			if len(list) == 0 {
				list = append(list, row{"no maintenance is ahead", "", ""})
			}
		case "id":
			list = append(list, row{"maintenance", c.Text, ""})
			if title := c.Attr("name"); title != "" {
				list = append(list, row{"title", title, ""})
			}
		case "pollType":
			list = append(list, row{"news", maintenanceNews(c.Text), ""})
		case "system":
			list = append(list, row{"system", c.Child("name").Value(), systemRemark(c)})
		case "environment":
			list = append(list, row{"environment", c.Attr("type"), c.Attr("name")})
		case "connection", "implementation":
			if c.Text == "true" || c.Text == "1" {
				list = append(list, row{"to be changed by you", c.Name.Local, ""})
			}
		case "item", "systems", "tlds", "intervention":
			list = append(list, maintenanceRows(c)...)
		default:
			list = append(list, row{labelOf(c), c.Text, ""})
		}
	}
	return list
}

// systemRemark says how much of a system is away, and where it is.
func systemRemark(n *eppclient.Node) string {
	remark := map[string]string{
		"none": "stays", "partial": "is partly away", "full": "is away",
	}[n.Child("impact").Value()]
	if host := n.Child("host").Value(); host != "" {
		remark = strings.TrimSpace(remark + ", at " + host)
	}
	return remark
}

// maintenanceNews says why a maintenance is told. RFC 9167 section 3.3, pollType.
func maintenanceNews(pollType string) string {
	words := map[string]string{
		"create": "announced", "update": "changed", "delete": "cancelled", "courtesy": "a reminder: it begins", "end": "it has ended",
	}
	if w, ok := words[pollType]; ok {
		return w
	}
	return pollType
}

// loginEvents are what a server tells about a login. RFC 8807 section 3.1.
func loginEvents(a eppclient.Answer) []string {
	var lines []string
	for _, data := range a.Data {
		if object(data) != "loginSec" {
			continue
		}
		for _, e := range data.All("event") {
			line := "      " + e.Attr("level") + ": " + eventText(e)
			if at := e.Attr("exDate"); at != "" {
				line += " (" + at + ")"
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// eventText is what the server says of an event, or else the event in words.
func eventText(e *eppclient.Node) string {
	if e.Text != "" {
		return e.Text
	}
	words := map[string]string{
		"password": "the password expires", "certificate": "the client certificate expires", "newPW": "the new password is refused",
		"cipher": "the cipher of the connection is weak", "tlsProtocol": "the version of TLS is old",
	}
	text, ok := words[e.Attr("type")]
	if !ok {
		text = strings.TrimSpace(e.Attr("type") + " " + e.Attr("name"))
	}
	return strings.TrimSpace(text + " " + e.Attr("value"))
}
