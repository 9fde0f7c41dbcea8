package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/flow"
)

// secretsFile is beside the configuration, readable by its owner only.
const secretsFile = "secrets.toml"

// secretBytes is the length of a key for HMAC-SHA-256: that of the hash. RFC 2104 section 3.
const secretBytes = 32

// secrets are the keys that a registry keeps for ever: with another one, no authInfo matches and
// purges fall at other instants than were announced.
//
// The ledger's key may be replaced. A registry that is older than sealed ledgers has neither of its two.
type secrets struct {
	AuthInfo   string `toml:"authinfo_key"`
	Spread     string `toml:"spread_key"`
	Ledger     string `toml:"ledger_key"`
	LedgerSalt string `toml:"ledger_salt"`

	// ZoneKey seals the private keys of the zones, and those before sealed them until they were replaced. A registry
	// that is older than signed zones has none.
	ZoneKey        string   `toml:"zone_key"`
	ZoneKeysBefore []string `toml:"zone_keys_before"`
}

func newSecrets() secrets {
	return secrets{
		AuthInfo: newSecret(), Spread: newSecret(), Ledger: newSecret(), LedgerSalt: newSecret(), ZoneKey: newSecret(),
	}
}

func newSecret() string { return hex.EncodeToString(random(secretBytes)) }

// random returns n unpredictable bytes.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand documents that it ends the program instead
	return b
}

func (s secrets) text() []byte {
	return fmt.Appendf(nil, `# The secrets of one registry, 64 hexadecimal digits each. Keep them as long as the database, back
# them up with it, and show them to nobody.

# Under this key authInfo codes are hashed. With another key, none of them matches any more.
authinfo_key = %q
# This key spreads the purges of a day, so that nobody can foresee their order.
spread_key = %q
# With this key (the seed of Ed25519, RFC 8032) each day of the ledger is signed. dorado ledger key --new replaces it.
ledger_key = %q
# Under this key a registrar's place in a day's head is hidden from the others.
ledger_salt = %q
# Under this key the private keys of the zones are sealed in the database. dorado zone keys secret --new replaces it, and
# keeps those before, which open backups of the database that are older.
zone_key = %q
zone_keys_before = [%s]
`, s.AuthInfo, s.Spread, s.Ledger, s.LedgerSalt, s.ZoneKey, quoted(s.ZoneKeysBefore))
}

// loadSecrets reads the secrets of a directory.
func loadSecrets(dir string) (flow.Keys, error) {
	s, err := readSecrets(dir)
	if err != nil {
		return flow.Keys{}, err
	}
	return s.keys(filepath.Join(dir, secretsFile))
}

// readSecrets reads the file of a directory.
func readSecrets(dir string) (s secrets, err error) {
	path := filepath.Join(dir, secretsFile)
	info, err := os.Stat(path)
	if err != nil {
		return s, fmt.Errorf("the registry's secrets cannot be read: %w; put %s back from a backup", err, secretsFile)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return s, fmt.Errorf("%s can be read by others: run chmod 600 %s", path, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	if err := strictTOML(data, &s); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// keys decodes secrets that stand in a file.
func (s secrets) keys(path string) (flow.Keys, error) {
	list := []string{s.AuthInfo, s.Spread}
	if s.Ledger != "" || s.LedgerSalt != "" {
		list = append(list, s.Ledger, s.LedgerSalt)
	}
	keys := make([][]byte, 4)
	for i, text := range list {
		var err error
		if keys[i], err = hex.DecodeString(text); err != nil || len(keys[i]) != secretBytes {
			return flow.Keys{}, fmt.Errorf("%s: each key is %d hexadecimal digits; put the file back from a backup", path, 2*secretBytes)
		}
	}
	k := flow.Keys{AuthInfo: keys[0], Spread: keys[1], LedgerSalt: keys[3]}
	if keys[2] != nil {
		k.Ledger = ed25519.NewKeyFromSeed(keys[2])
	}
	return k, nil
}

// quoted writes texts as a list of TOML.
func quoted(list []string) string {
	var b strings.Builder
	for i, text := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(text))
	}
	return b.String()
}

// zoneKeys decodes the secrets that seal private keys of zones: the present one, nil if there is none, and those before.
func (s secrets) zoneKeys(path string) (now []byte, before [][]byte, err error) {
	for i, text := range append([]string{s.ZoneKey}, s.ZoneKeysBefore...) {
		if text == "" {
			continue
		}
		secret, err := hex.DecodeString(text)
		if err != nil || len(secret) != dnssec.SecretBytes {
			return nil, nil, fmt.Errorf("%s: each key is %d hexadecimal digits; put the file back from a backup", path, 2*dnssec.SecretBytes)
		}
		if i == 0 {
			now = secret
		} else {
			before = append(before, secret)
		}
	}
	return now, before, nil
}

// passwordLetters leaves out what people confuse when they read a password aloud.
const passwordLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// generatedPassword has the length of the longest EPP password, RFC 5730 section 4.2 pwType.
const generatedPassword = 16

func newPassword() string {
	password := make([]byte, 0, generatedPassword)
	for len(password) < generatedPassword {
		// A byte above the largest multiple would make some letters likelier than others.
		if b := int(random(1)[0]); b < 256/len(passwordLetters)*len(passwordLetters) {
			password = append(password, passwordLetters[b%len(passwordLetters)])
		}
	}
	return string(password)
}
