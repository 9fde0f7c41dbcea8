package dns

import (
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
)

// FileVault keeps private keys as files of a directory, as BIND 9 does.
type FileVault struct{ Dir string }

// Make makes a key and writes its two files.
func (v FileVault) Make(origin zone.Name, w dnssec.Wish) (registry.ZoneKey, error) {
	private, err := dnssec.Generate(rand.Reader, w.Algorithm, w.Bits)
	if err != nil {
		return registry.ZoneKey{}, err
	}
	return v.Keep(KeyPair{origin, w.Role, w.Algorithm, private})
}

// A KeyPair is a private key that was made for a zone.
type KeyPair struct {
	Origin    zone.Name
	Role      registry.KeyRole
	Algorithm uint8
	Private   crypto.Signer
}

// Keep writes the files of a private key. Files that are there already are of the same key, and stay.
func (v FileVault) Keep(p KeyPair) (registry.ZoneKey, error) {
	k, err := dnssec.NewKey(p.Role, p.Algorithm, p.Private)
	if err != nil {
		return k, err
	}
	text, err := dnssec.PrivateText(p.Algorithm, p.Private)
	if err != nil {
		return k, err
	}
	k.Place, k.Object = registry.KeyFile, dnssec.FileName(p.Origin, k)
	if opened, err := v.Open(k); err == nil && dnssec.Fits(k, opened) == nil {
		return k, nil
	}
	if err := os.MkdirAll(v.Dir, 0o700); err != nil {
		return k, err
	}
	if err := v.write(k.Object+".private", text, 0o600); err != nil {
		return k, err
	}
	return k, v.write(k.Object+".key", dnssec.KeyText(p.Origin, k), 0o644)
}

// write makes a file that is not there, and on the disk when it returns.
func (v FileVault) write(name, text string, mode os.FileMode) error {
	file, err := os.OpenFile(filepath.Join(v.Dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// Open reads a private key.
func (v FileVault) Open(k registry.ZoneKey) (crypto.Signer, error) {
	if k.Place != registry.KeyFile || k.Object == "" || strings.ContainsRune(k.Object, filepath.Separator) {
		return nil, fmt.Errorf("the key is in %s %q, and this is %s", k.Place, k.Object, v.Dir)
	}
	path := filepath.Join(v.Dir, k.Object+".private")
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: run chmod 600 %s", path, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	algorithm, private, err := dnssec.ParsePrivate(string(text))
	if err == nil && algorithm != k.Algorithm {
		err = fmt.Errorf("the key is of algorithm %d, not %d", algorithm, k.Algorithm)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return private, nil
}

// PlacedVault makes keys in one place, and opens those of all.
type PlacedVault struct {
	Place  registry.KeyPlace
	Sealed SealedVault
	Files  *FileVault // nil without a directory of keys
	Token  Vault      // nil without a token
}

// Make makes a key in the place for new ones.
func (v PlacedVault) Make(origin zone.Name, w dnssec.Wish) (registry.ZoneKey, error) {
	in, err := v.of(v.Place)
	if err != nil {
		return registry.ZoneKey{}, err
	}
	return in.Make(origin, w)
}

// Open returns a private key from where it is.
func (v PlacedVault) Open(k registry.ZoneKey) (crypto.Signer, error) {
	in, err := v.of(k.Place)
	if err != nil {
		return nil, err
	}
	return in.Open(k)
}

// Keep takes a private key in that was made elsewhere.
func (v PlacedVault) Keep(p KeyPair) (registry.ZoneKey, error) {
	switch {
	case v.Place == registry.KeySealed:
		return v.Sealed.Keep(p)
	case v.Place == registry.KeyFile && v.Files != nil:
		return v.Files.Keep(p)
	}
	return registry.ZoneKey{}, fmt.Errorf("%w; the zones' keys are in %s", ErrNoImport, v.Place)
}

// ErrNoImport is a private key that the place for keys cannot take in.
var ErrNoImport = errors.New("keys on a token are made there, and none is imported")

// Reseal is SealedVault.Reseal.
func (v PlacedVault) Reseal(k registry.ZoneKey) (registry.ZoneKey, bool, error) {
	return v.Sealed.Reseal(k)
}

func (v PlacedVault) of(place registry.KeyPlace) (Vault, error) {
	switch {
	case place == registry.KeySealed && v.Sealed.Secret != nil:
		return v.Sealed, nil
	case place == registry.KeyFile && v.Files != nil:
		return v.Files, nil
	case place == registry.KeyToken && v.Token != nil:
		return v.Token, nil
	}
	return nil, fmt.Errorf("the key is in %s, which the configuration does not give access to; see zone.dnssec.keys, and zone_key in secrets.toml", place)
}
