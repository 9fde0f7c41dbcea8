package epp

import (
	"reflect"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
)

// An extension beside a command that it does not go with, or with a value that nothing has, is refused.
func TestExtensionRefusals(t *testing.T) {
	for _, test := range []struct {
		name, frame, old, by string
		want                 registry.Error
	}{
		{"IDN table of an update", soundDomainUpdate + secDNSOf(soundIDNCreate), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "idn:data", Reason: "<idn:data> goes with a create of a domain"}},
		{"TTL of a create in an update", soundDomainUpdate + secDNSOf(soundTTLCreate), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "ttl:create", Reason: "<ttl:create> goes with a create of a domain or a host"}},
		{"TTL of an update in a create", soundHostCreate + secDNSOf(soundTTLUpdate), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "ttl:update", Reason: "<ttl:update> goes with an update of a domain or a host"}},
		{"TTL of a contact", soundContactCreate + secDNSOf(soundTTLCreate), "", "", registry.Error{Code: registry.UnimplementedExt, Field: "ttl:create", Reason: "<ttl:create> goes with a create of a domain or a host"}},
		{"a custom TTL of nothing", soundTTLCreate, ` custom="NEWRR"`, "", registry.Error{Code: registry.ParameterMissing, Field: "ttl:ttl", Reason: `for="custom" goes with the attribute custom, which names the type; add it`}},
		{"a custom TTL of NS", soundTTLCreate, `for="NS"`, `for="NS" custom="MX"`, registry.Error{Code: registry.ParameterPolicy, Field: "ttl:ttl", Value: "MX", Reason: `the attribute custom goes with for="custom"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := decode([]byte(commandFrame(strings.Replace(test.frame, test.old, test.by, 1))), testLimits())
			if req.invalid != nil || req.refusal == nil || *req.refusal != test.want {
				t.Errorf("the refusal is %+v (invalid: %v), want %+v", req.refusal, req.invalid, test.want)
			}
		})
	}
}

// What the extensions say becomes part of the command, and what a session announced is asked of commands
// that carry nothing.
func TestExtensions(t *testing.T) {
	seconds := func(n uint32) *uint32 { return &n }
	idn := decode([]byte(commandFrame(soundIDNCreate)), testLimits()).command.(flow.DomainCreate)
	if want := (flow.IDN{Table: "es", Uname: "español.co"}); idn.IDN == nil || *idn.IDN != want {
		t.Errorf("the create has the table %+v, want %+v", idn.IDN, want)
	}
	create := decode([]byte(commandFrame(soundTTLCreate)), testLimits()).command.(flow.DomainCreate)
	if want := []flow.TTLEdit{{For: "NS", Seconds: seconds(172_800)}, {For: "DS", Seconds: seconds(300)}, {For: "NEWRR", Seconds: seconds(300)}}; !reflect.DeepEqual(create.TTL, want) {
		t.Errorf("the create has the TTLs %+v, want %+v", create.TTL, want)
	}
	update := decode([]byte(commandFrame(soundTTLUpdate)), testLimits()).command.(flow.HostUpdate)
	if want := []flow.TTLEdit{{For: "A", Seconds: seconds(86_400)}, {For: "AAAA"}}; !reflect.DeepEqual(update.TTL, want) {
		t.Errorf("the update has the TTLs %+v, want %+v", update.TTL, want)
	}
	for policy, want := range map[string]flow.TTLWanted{`policy="true"`: flow.TTLPolicy, `policy="0"`: flow.TTLChosen, ``: flow.TTLChosen} {
		frame := strings.Replace(commandFrame(soundTTLInfo), `policy="true"`, policy, 1)
		if q := decode([]byte(frame), testLimits()).query.(flow.DomainInfo); q.TTL != want {
			t.Errorf("with %q the info asks for %d, want %d", policy, q.TTL, want)
		}
	}
	for name, frame := range map[string]string{"domain create": soundDomainCreate, "domain update": soundDomainUpdate, "contact create": soundContactCreate, "contact update": soundContactUpdate} {
		req := decode([]byte(commandFrame(frame)), testLimits())
		expect(req, []string{nsSecureAuth, nsIDN})
		announced := reflect.ValueOf(req.command).FieldByName("Announced").Interface().(flow.Announced)
		if want := (flow.Announced{SecureAuthInfo: true, IDN: name == "domain create"}); announced != want {
			t.Errorf("a %s knows of %+v, want %+v", name, announced, want)
		}
	}
}
