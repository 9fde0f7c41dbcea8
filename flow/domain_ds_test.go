package flow_test

import (
	"fmt"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/test/world"
)

func signer(tag uint16) registry.DSRecord {
	return registry.DSRecord{
		DS:  registry.DS{KeyTag: tag, Algorithm: 13, DigestType: 2, Digest: strings.Repeat("AB", 32)},
		Key: registry.DNSKEY{Flags: 257, Protocol: 3, Algorithm: 13, PublicKey: "AwEAAa"},
	}
}

func signers(tags ...uint16) []registry.DSRecord {
	list := make([]registry.DSRecord, len(tags))
	for i, tag := range tags {
		list[i] = signer(tag)
	}
	return list
}

// Removals come before additions, all of them may go at once, and what is removed must be there, what is
// added must not, and only so many fit. RFC 5910 section 5.2.5, decisions 2.9.
func TestDomainUpdateSigners(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns1.example.net")
	w.Domain(world.Acme, "shop.co", "ns1.example.net")
	for _, step := range []struct {
		name string
		edit flow.SignerEdit
		want registry.Code
		says string
		left string
	}{
		{"add two", flow.SignerEdit{Add: signers(2, 1)}, registry.Completed, "", "1 2"},
		{"add one that is there", flow.SignerEdit{Add: signers(3, 1)}, registry.ParameterPolicy, "it cannot be added because the object has it already; leave it out", "1 2"},
		{"add one twice", flow.SignerEdit{Add: signers(3, 3)}, registry.ParameterPolicy, "it is given twice; send it once", "1 2"},
		{"remove one that is not there", flow.SignerEdit{Remove: []registry.DS{signer(3).DS}}, registry.ParameterPolicy, "it cannot be removed because the object does not have it; leave it out", "1 2"},
		{"remove and add the same", flow.SignerEdit{Remove: []registry.DS{signer(1).DS}, Add: signers(1)}, registry.Completed, "", "1 2"},
		{"exchange", flow.SignerEdit{Remove: []registry.DS{signer(1).DS}, Add: signers(4)}, registry.Completed, "", "2 4"},
		{"exchange all", flow.SignerEdit{RemoveAll: true, Add: signers(4, 5)}, registry.Completed, "", "4 5"},
		{"more than fit", flow.SignerEdit{Add: signers(11, 12, 13, 14, 15, 16, 17, 18, 19)}, registry.ParameterPolicy, "a domain has 10 DS at most; send fewer", "4 5"},
		{"remove all", flow.SignerEdit{RemoveAll: true}, registry.Completed, "", ""},
		{"remove all of none", flow.SignerEdit{RemoveAll: true}, registry.Completed, "", ""},
	} {
		_, err := w.Run(world.Acme, flow.DomainUpdate{Name: world.Name("shop.co"), DS: step.edit})
		if got := code(err); got != step.want || err != nil && !strings.Contains(err.Error(), step.says) {
			t.Errorf("%s: %v, want %s %q", step.name, err, step.want, step.says)
		}
		var left []string
		for _, r := range info(t, w, "shop.co").DS {
			if r.Key.PublicKey != "AwEAAa" {
				t.Errorf("%s: the key that came along was not kept: %+v", step.name, r)
			}
			left = append(left, fmt.Sprint(r.KeyTag))
		}
		if got := strings.Join(left, " "); got != step.left {
			t.Errorf("%s: left is %q, want %q", step.name, got, step.left)
		}
	}
}
