package flow_test

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

// Each kind of field, as it came, changed and went. Instants are those of 1 March 2026.
func TestDifferences(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	domain := func(change func(*registry.Domain)) registry.Domain {
		d := registry.Domain{ROID: "D1-CO", Version: 1, Name: world.Name("shop.co"), Expires: at, AuthInfo: []byte("hash-1")}
		change(&d)
		return d
	}
	none := func(*registry.Domain) {}
	grace := func(until time.Time) registry.Grace {
		return registry.Grace{Kind: registry.RenewGrace, Until: until, Charge: "C", Amount: 20_00}
	}
	host := func(roid registry.ROID, name string) registry.HostRef {
		return registry.HostRef{ROID: roid, Name: world.Name(name)}
	}
	ds := registry.DSRecord{DS: registry.DS{KeyTag: 12345, Algorithm: 13, DigestType: 2, Digest: "AB"}}
	for _, test := range []struct {
		name          string
		before, after any
		want          string
	}{
		{"nothing", domain(none), domain(func(d *registry.Domain) { d.Version = 2 }), ""},
		{"an instant", domain(none), domain(func(d *registry.Domain) { d.Expires = at.AddDate(1, 0, 0) }), "expires 2026-03-01T12:00:00Z>2027-03-01T12:00:00Z"},
		{"statuses", domain(func(d *registry.Domain) { d.Statuses = []registry.Status{"clientHold", "serverHold"} }), domain(func(d *registry.Domain) { d.Statuses = []registry.Status{"serverHold", "clientRenewProhibited"} }), "statuses -clientHold +clientRenewProhibited"},
		{"name servers in another order", domain(func(d *registry.Domain) {
			d.Nameservers = []registry.HostRef{host("H1", "a.example"), host("H2", "b.example")}
		}), domain(func(d *registry.Domain) {
			d.Nameservers = []registry.HostRef{host("H2", "b.example"), host("H1", "a.example")}
		}), ""},
		{"a name server that was renamed, and one that is another of the same name", domain(func(d *registry.Domain) {
			d.Nameservers = []registry.HostRef{host("H1", "a.example"), host("H2", "b.example")}
		}), domain(func(d *registry.Domain) {
			d.Nameservers = []registry.HostRef{host("H1", "c.example"), host("H3", "b.example")}
		}), "nameservers -b.example +b.example"},
		{"contacts", domain(func(d *registry.Domain) {
			d.Registrant = registry.ContactRef{ROID: "C1", ID: "ANA"}
			d.Contacts = []registry.DomainContact{{Role: "admin", ContactRef: registry.ContactRef{ROID: "C1", ID: "ANA"}}}
		}), domain(func(d *registry.Domain) {
			d.Registrant = registry.ContactRef{ROID: "C2", ID: "EVA"}
			d.Contacts = []registry.DomainContact{{Role: "tech", ContactRef: registry.ContactRef{ROID: "C1", ID: "ANA"}}}
		}), "registrant ANA>EVA, contacts -admin ANA +tech ANA"},
		{"a grace that was credited, and one that has ended", domain(func(d *registry.Domain) {
			d.Graces = []registry.Grace{grace(at), grace(at.AddDate(0, 0, 1))}
		}), domain(none), "graces -renewPeriod until 2026-03-02T12:00:00Z, credits 20.00"},
		{"DS and TTL", domain(none), domain(func(d *registry.Domain) { d.DS = []registry.DSRecord{ds}; d.TTL.NS = 3600 }), "ds +12345 13 2 AB, ttl.ns >3600"},
		{"authInfo of another", domain(none), domain(func(d *registry.Domain) { d.AuthInfo = []byte("hash-2") }), "authInfo set>changed"},
		{"no authInfo", domain(none), domain(func(d *registry.Domain) { d.AuthInfo = nil }), "authInfo set>"},
		{"authInfo where none was", domain(func(d *registry.Domain) { d.AuthInfo = nil }), domain(none), "authInfo >set"},
		{"a restore", domain(func(d *registry.Domain) { d.Deletion = registry.Deletion{At: at, PurgeAt: at} }), domain(none), "deletion.at 2026-03-01T12:00:00Z>, deletion.purgeAt 2026-03-01T12:00:00Z>"},
		{"all of the first version", nil, domain(none), "name >shop.co, expires >2026-03-01T12:00:00Z, authInfo >set"},
		{
			"a host",
			registry.Host{Name: world.Name("ns1.shop.co"), Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}, Superordinate: registry.DomainRef{ROID: "D1", Name: world.Name("shop.co")}},
			registry.Host{Name: world.Name("ns1.shop.example"), TTL: registry.TTLs{AAAA: 60}},
			"name ns1.shop.co>ns1.shop.example, addresses -192.0.2.1, ttl.aaaa >60, superordinate shop.co>",
		},
		{
			"a contact",
			registry.Contact{Loc: &registry.Postal{Name: "Ana", Street: []string{"Calle 1"}}, Voice: registry.Phone{Number: "+57.1", Extension: "2"}},
			registry.Contact{Int: &registry.Postal{Name: "Ana"}, Loc: &registry.Postal{Name: "Eva", Street: []string{"Calle 2"}}, Disclose: []registry.Disclosure{"email"}},
			"int.name >Ana, loc.name Ana>Eva, loc.street -Calle 1 +Calle 2, voice +57.1 x2>, disclose +email",
		},
		{
			"a registrar",
			registry.Registrar{Suspended: true, Password: "secret"},
			registry.Registrar{IDNsUnavailable: true, IANAID: 7, Password: "secrets", RenewModel: []registry.DatedRenewModel{{From: at}}},
			"ianaid >7, suspended yes>, idnsUnavailable >yes, renewModel +deletes itself from 2026-03-01T12:00:00Z",
		},
		{
			"wishes of a registrar",
			registry.Registrar{Wishes: map[registry.Event]registry.Wish{"purged": {Poll: new(true)}, "deleted": {Poll: new(true)}}},
			registry.Registrar{Wishes: map[registry.Event]registry.Wish{"purged": {Poll: new(true), Mail: new(false)}}},
			"wishes.deleted.poll yes>, wishes.purged.mail >no",
		},
		{
			"limits of a registrar",
			registry.Registrar{FairUse: &registry.FairUse{Limits: []registry.CommandLimit{{Scope: registry.Scope{Command: "login"}, Unlimited: true}}}},
			registry.Registrar{FairUse: &registry.FairUse{Limits: []registry.CommandLimit{{Scope: registry.Scope{Object: "host"}, Count: 2, Per: time.Minute, Measure: registry.Measure{Until: at}}}}},
			"fairUse.limits -login unlimited +all host 2 in 1m0s until 2026-03-01T12:00:00Z",
		},
	} {
		var list []string
		for _, d := range flow.Differences(registry.Past{Object: test.before}, registry.Past{Object: test.after, Origin: registry.Origin{At: at}}) {
			list = append(list, differenceText(d))
		}
		if got := strings.Join(list, ", "); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}

// No field of a noun is left out of its differences but those that are told beside them, derived, or secret;
// and nothing tells a hash.
func TestEveryFieldDiffers(t *testing.T) {
	for _, noun := range []any{registry.Domain{}, registry.Host{}, registry.Contact{}, registry.Registrar{}} {
		kind := reflect.TypeOf(noun)
		for i := range kind.NumField() {
			field := kind.Field(i)
			after := reflect.New(kind).Elem()
			fillValue(t, after.Field(i))
			list := flow.Differences(registry.Past{Object: noun}, registry.Past{Object: after.Interface()})
			untold := field.Name == "ROID" || field.Name == "Version" || field.Tag.Get("json") == "-"
			if len(list) > 0 == untold {
				t.Errorf("a change of %s.%s is told as %v", kind.Name(), field.Name, list)
			}
			if text := fmt.Sprint(list); strings.Contains(text, "secret") || strings.Contains(text, "115 101") {
				t.Errorf("a secret is told: %s", text)
			}
		}
	}
}

// fillValue makes a value another than zero, all parts of it.
func fillValue(t *testing.T, v reflect.Value) {
	t.Helper()
	switch o := v.Addr().Interface().(type) {
	case *time.Time:
		*o = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		return
	case *netip.Addr:
		*o = netip.MustParseAddr("192.0.2.1")
		return
	case *netip.Prefix:
		*o = netip.MustParsePrefix("192.0.2.0/24")
		return
	}
	if v.Type() == reflect.TypeOf(world.Name("shop.co")) {
		v.Set(reflect.ValueOf(world.Name("shop.co")))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(t, v.Elem())
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fillValue(t, value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("text").Convert(v.Type().Key()), value)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte("secret"))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillValue(t, v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(t, v.Field(i))
		}
	default:
		t.Fatalf("cannot fill a %s", v.Type())
	}
}
