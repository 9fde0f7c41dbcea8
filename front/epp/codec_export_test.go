package epp

// ObjectURIs and ExtensionURIs are what the greeting offers.
func ObjectURIs() []string    { return objectURIs() }
func ExtensionURIs() []string { return extensionURIs() }
