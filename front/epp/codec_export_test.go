package epp

import (
	"testing"

	"example.org/dorado/test/peer"
)

// WantValid fails t for each frame that is not valid by the schemas, as xmllint judges. Without the
// shared folder it says so and holds nothing.
func WantValid(t testing.TB, frames ...string) {
	t.Helper()
	dir, ok := peer.Shared(t)
	if !ok {
		return
	}
	for i, valid := range validate(t, dir, frames) {
		if !valid {
			t.Errorf("this is not valid by the schemas: %s", frames[i])
		}
	}
}

// ObjectURIs and ExtensionURIs are what the greeting offers.
func ObjectURIs() []string    { return objectURIs() }
func ExtensionURIs() []string { return extensionURIs() }
