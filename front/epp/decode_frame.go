package epp

import (
	"slices"
	"strings"
	"sync"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/strictxml"
	"example.org/dorado/flow"
)

// Limits of a frame beyond its length. The deepest element of our schemas is the ninth, and an
// extension may go deeper; the largest frame that makes sense is a check with extensions for each
// name, with far fewer elements.
const (
	maxDepth      = 32
	maxElements   = 4096
	maxAttributes = 16
	maxNamespaces = 32
)

// A decoder reads one frame. Its functions are the schemas, line by line: each takes the children of
// an element in the order of its type, and package strictxml refuses what is not taken. A rule of the
// registry's own rejects a value, which is told only if the whole frame is valid.
type decoder struct {
	doc     strictxml.Document
	req     *request
	invalid *registry.Error // the first mistake that strictxml does not know
	line    int             // of the mistake, and its column; 0 if there is none
	column  int
	advice  string // what to do about the mistake that strictxml finds next
	op      string // of a transfer
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decode reads a frame without its header. It always returns a request: what is wrong with the frame
// is in invalid or refusal.
func decode(frame []byte, limits policy.Limits) *request {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	req := &request{}
	d.req, d.invalid, d.advice, d.op = req, nil, "", ""
	d.line, d.column = 0, 0
	root, err := d.doc.Parse(frame, frameLimits(limits.FrameBytes))
	if err == nil {
		d.frame(root)
		if d.invalid == nil {
			err = d.doc.Finish()
		}
	}
	if err != nil || d.invalid != nil {
		d.breakOff(frame, err)
	} else {
		d.reject()
	}
	d.req = nil
	return req
}

func frameLimits(bytes int) strictxml.Limits {
	return strictxml.Limits{
		Bytes: bytes, Depth: maxDepth, Elements: maxElements,
		Attributes: maxAttributes, Namespaces: maxNamespaces,
	}
}

// frame reads <epp>. RFC 5730 section 2.
func (d *decoder) frame(root *strictxml.Element) {
	if !root.Is(nsEPP, "epp") {
		d.refuse(root, registry.Syntax, notEPP(root))
		return
	}
	switch x := root.Choice("hello", "command", "extension", "greeting", "response"); x.Name.Local {
	case "hello":
		d.req.kind = kindHello
		x.End()
	case "command":
		d.command(x)
	case "extension":
		d.req.kind = kindQuery
		d.extensions(x)
		d.lack(registry.UnimplementedExt, "this registry has no extension of the protocol itself")
	case "greeting", "response":
		d.refuse(x, registry.Syntax, "<"+x.Written()+"> is what a server sends; send <hello> or <command>")
	}
}

// The commands of EPP. RFC 5730 section 2.9.
var commands = []string{
	"check", "create", "delete", "info", "login", "logout", "poll", "renew", "transfer", "update",
}

// command reads <command>. RFC 5730 section 2.5.
func (d *decoder) command(x *strictxml.Element) {
	if !d.isCommand(x.Peek()) {
		return
	}
	switch c := x.Choice(commands...); c.Name.Local {
	case "login":
		d.login(c)
	case "logout":
		d.req.kind = kindLogout
		c.End()
	case "poll":
		d.poll(c)
	case "transfer":
		d.op = strictxml.NeedAttr(c, "op", transferOp)
		d.req.op = d.op
		d.object(c)
	default:
		d.object(c)
	}
	d.extensions(x.Opt("extension"))
	d.req.clTRID = strictxml.Take(x.Opt("clTRID"), trID)
}

// isCommand refuses an element in place of a command that EPP does not define, or that stands there
// without its command around it. What else can be wrong, strictxml tells better.
func (d *decoder) isCommand(x *strictxml.Element) bool {
	switch {
	case x == nil, slices.Contains(commands, x.Name.Local) && x.Name.Space == nsEPP:
		return true
	case slices.Contains(commands, x.Name.Local) && objectPrefix(x.Name.Space) != "":
		d.refuse(x, registry.Syntax, "<"+x.Written()+"> stands alone; put it into <"+x.Name.Local+">")
		return false
	case x.Name.Space == nsEPP && x.Name.Local != "extension" && x.Name.Local != "clTRID":
		d.refuse(x, registry.UnknownCommand, "<"+x.Written()+"> is no command of EPP; it has "+
			strings.Join(commands, ", "))
		return false
	}
	return true
}

// extensions reads <extension>, each element once. What stands in an extension that this registry lacks is
// not looked at.
// RFC 5730 section 2.7.
func (d *decoder) extensions(x *strictxml.Element) {
	for ext := range x.Others(1) {
		d.namespaceIsPrintedRight(ext)
		uri := ext.Name.Space
		again := slices.Contains(d.req.extensions, uri)
		d.req.extensions = append(d.req.extensions, uri)
		switch read := extensionDecoder(ext.Name); {
		case read != nil:
			if read(d, ext); again {
				ext.Reject(refusal(registry.ParameterPolicy, "", "it is given twice; send it once"))
			}
		case slices.Contains(extensionURIs(), uri):
			d.refuse(ext, registry.Syntax, "<"+ext.Written()+"> is not allowed here in <"+x.Written()+">")
		default:
			d.lack(registry.UnimplementedExt, "this registry has no extension "+shorten(uri, maxURI))
			ext.Skip()
		}
	}
}

// object reads what stands in a command that is about an object: the element of the object's own
// schema that has the command's name. RFC 5730 sections 2.9.2 and 2.9.3.
func (d *decoder) object(c *strictxml.Element) {
	x := c.Other()
	name := c.Name.Local
	if d.doc.Err() != nil {
		return
	}
	d.namespaceIsPrintedRight(x)
	isQuery := name == "check" || name == "info" || name == "transfer" && d.op == "query"
	d.req.kind = kindCommand
	if isQuery {
		d.req.kind = kindQuery
	}
	prefix := objectPrefix(x.Name.Space)
	d.req.object = x.Name.Space
	d.req.subject = flow.Subject{Command: name, Object: prefix, Logged: !isQuery}
	if prefix == "" {
		d.req.subject.Object = "unknown"
		d.lack(registry.UnimplementedService, "this registry has no objects of "+shorten(x.Name.Space, maxURI))
		x.Skip()
		return
	}
	read := objectDecoders[x.Name]
	if read == nil || x.Name.Local != name {
		d.refuse(x, registry.Syntax, "<"+x.Written()+"> is not allowed here in <"+c.Written()+">")
		return
	}
	read(d, x)
}

// objectDecoders has every command on an object that the schemas define, and so is what can stand in
// <check> to <update>.
var objectDecoders = map[strictxml.Name]func(*decoder, *strictxml.Element){
	{Space: nsDomain, Local: "check"}:    (*decoder).domainCheck,
	{Space: nsDomain, Local: "create"}:   (*decoder).domainCreate,
	{Space: nsDomain, Local: "delete"}:   (*decoder).domainDelete,
	{Space: nsDomain, Local: "info"}:     (*decoder).domainInfo,
	{Space: nsDomain, Local: "renew"}:    (*decoder).domainRenew,
	{Space: nsDomain, Local: "transfer"}: (*decoder).domainTransfer,
	{Space: nsDomain, Local: "update"}:   (*decoder).domainUpdate,

	{Space: nsHost, Local: "check"}:  (*decoder).hostCheck,
	{Space: nsHost, Local: "create"}: (*decoder).hostCreate,
	{Space: nsHost, Local: "delete"}: (*decoder).hostDelete,
	{Space: nsHost, Local: "info"}:   (*decoder).hostInfo,
	{Space: nsHost, Local: "update"}: (*decoder).hostUpdate,

	{Space: nsContact, Local: "check"}:    (*decoder).contactCheck,
	{Space: nsContact, Local: "create"}:   (*decoder).contactCreate,
	{Space: nsContact, Local: "delete"}:   (*decoder).contactDelete,
	{Space: nsContact, Local: "info"}:     (*decoder).contactInfo,
	{Space: nsContact, Local: "transfer"}: (*decoder).contactTransfer,
	{Space: nsContact, Local: "update"}:   (*decoder).contactUpdate,

	{Space: nsMaintenance, Local: "info"}: (*decoder).maintenanceInfo,
}
