package epp

// ObjectURIs and ExtensionURIs are what the greeting offers.
func ObjectURIs() []string    { return objectURIs() }
func ExtensionURIs() []string { return extensionURIs() }

// Sounds returns a valid frame for each command and each element of an extension, by what it is.
func Sounds() (names, frames []string) {
	for _, s := range sounds() {
		names, frames = append(names, s.name), append(frames, s.frame)
	}
	return names, frames
}
