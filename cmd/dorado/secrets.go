package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"example.org/dorado/flow"
)

// secretsFile is beside the configuration, readable by its owner only.
const secretsFile = "secrets.toml"

// secretBytes is the length of a key for HMAC-SHA-256: that of the hash. RFC 2104 section 3.
const secretBytes = 32

// secrets are the keys that a registry keeps for ever: with another one, no authInfo matches and
// purges fall at other instants than were announced.
type secrets struct {
	AuthInfo string `toml:"authinfo_key"`
	Spread   string `toml:"spread_key"`
}

func newSecrets() secrets {
	return secrets{AuthInfo: hex.EncodeToString(random(secretBytes)), Spread: hex.EncodeToString(random(secretBytes))}
}

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
`, s.AuthInfo, s.Spread)
}

// loadSecrets reads the secrets of a directory.
func loadSecrets(dir string) (flow.Keys, error) {
	path := filepath.Join(dir, secretsFile)
	info, err := os.Stat(path)
	if err != nil {
		return flow.Keys{}, fmt.Errorf("the registry's secrets cannot be read: %w; put %s back from a backup", err, secretsFile)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return flow.Keys{}, fmt.Errorf("%s can be read by others: run chmod 600 %s", path, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return flow.Keys{}, err
	}
	var s secrets
	if err := strictTOML(data, &s); err != nil {
		return flow.Keys{}, fmt.Errorf("%s: %w", path, err)
	}
	authInfo, errA := hex.DecodeString(s.AuthInfo)
	spread, errB := hex.DecodeString(s.Spread)
	if errA != nil || errB != nil || len(authInfo) != secretBytes || len(spread) != secretBytes {
		return flow.Keys{}, fmt.Errorf("%s: each key is %d hexadecimal digits; put the file back from a backup", path, 2*secretBytes)
	}
	return flow.Keys{AuthInfo: authInfo, Spread: spread}, nil
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
