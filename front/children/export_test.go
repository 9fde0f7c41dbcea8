package children

import (
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/registry"
)

// Read reads what one message asks for, as if it were the answer to every question, with what is verified of it.
func Read(message []byte) []registry.DS {
	var m mdns.Msg
	if m.Unpack(message) != nil {
		return nil
	}
	var sets [3]rrset
	for i, kind := range []uint16{mdns.TypeCDS, mdns.TypeCDNSKEY, mdns.TypeDNSKEY} {
		set, err := readSet(&m, "hand.co.", kind)
		if err != nil {
			return nil
		}
		sets[i] = set
	}
	asked, err := wishOf(sets[0], sets[1])
	if err != nil {
		return nil
	}
	keys := sets[2].keys()
	for _, set := range sets {
		_, _ = set.signedBy(keys, "hand.co.", time.Unix(1_772_366_400, 0)) // it may find what it likes, but not fail
	}
	_ = vouchedFor(keys, asked.ds, believed(true))
	return asked.ds
}
