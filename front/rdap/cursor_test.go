package rdap_test

import (
	"encoding/base64"
	"testing"

	"example.org/dorado/front/rdap"
)

// A cursor that no search gave is refused, and none is a fault.
func TestCursorsThatAreNone(t *testing.T) {
	w := shops(t)
	h := newHandler(t, rdap.Config{Service: w.Service})
	for _, place := range []string{"\x00", "\xff\xfe", "D1-CO\x00", "é"} {
		for _, search := range []string{
			"domains?name=sho*", "domains?nsLdhName=ns1.shop.co", "domains?nsIp=192.0.2.1", "nameservers?name=ns1.*",
			"nameservers?ip=192.0.2.1", "entities?fn=registrar*", "entities?handle=H100*",
		} {
			got := get(h, "GET", search+"&cursor="+base64.RawURLEncoding.EncodeToString([]byte(place)))
			if got.Code != 400 {
				t.Errorf("%s behind %q is %d\n%s", search, place, got.Code, got.Body)
			}
		}
	}
}
