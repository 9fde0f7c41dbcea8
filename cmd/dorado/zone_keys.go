package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.org/dorado/core/dnssec"
	"example.org/dorado/core/registry"
	"example.org/dorado/core/zone"
	"example.org/dorado/flow"
	"example.org/dorado/front/dns"
)

// vault opens the places in which the configuration has private keys of zones. With an error it opens those that there
// are.
func (h *house) vault() (dns.PlacedVault, error) {
	place, where, err := h.config.Zone.DNSSEC.place()
	if err != nil {
		return dns.PlacedVault{}, err
	}
	s, err := readSecrets(h.dir)
	if err != nil {
		return dns.PlacedVault{}, err
	}
	v := dns.PlacedVault{Place: place}
	v.Sealed.Secret, v.Sealed.Before, err = s.zoneKeys(filepath.Join(h.dir, secretsFile))
	switch place {
	case registry.KeySealed:
		if err == nil && v.Sealed.Secret == nil {
			err = errNoZoneSecret
		}
	case registry.KeyFile:
		v.Files = &dns.FileVault{Dir: inDir(h.dir, where)}
	case registry.KeyToken:
		var missing error
		v.Token, missing = openToken(h.dir, h.config.Zone.DNSSEC, where)
		err = cmp.Or(err, missing)
	}
	return v, err
}

// openToken opens a token that the configuration names as LIBRARY:TOKEN.
func openToken(dir string, c dnssecConfig, where string) (dns.Vault, error) {
	library, token, found := strings.Cut(where, ":")
	if !found || library == "" || token == "" {
		return nil, fmt.Errorf("zone.dnssec.keys: %q is no library and token; write it such as pkcs11:/usr/lib/softhsm/libsofthsm2.so:zones", where)
	}
	pin, err := firstLine(inDir(dir, c.PIN))
	if err != nil {
		return nil, fmt.Errorf("zone.dnssec.pin_file: %w", err)
	}
	return dns.OpenToken(dns.TokenConfig{Library: library, Token: token, PIN: pin})
}

// firstLine reads the first line of a file.
func firstLine(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", plain(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Scan()
	return strings.TrimSpace(lines.Text()), lines.Err()
}

// errNoZoneSecret is that nothing seals private keys: in a registry that is older than signed zones, or after the file was
// damaged.
var errNoZoneSecret = errors.New(secretsFile + " has no zone_key, under which the private keys of the zones are sealed")

// keyring returns the keys of the zones, nil if this registry does not sign them and never has. Private keys that cannot
// be reached keep the zones that they are of from being published, and nothing else.
func (h *house) keyring(ctx context.Context) (dns.Keyring, error) {
	signed, err := h.hasKeys(ctx)
	if err != nil {
		return nil, err
	}
	if !signed && !h.config.Zone.DNSSEC.Sign {
		return nil, nil
	}
	policy, err := h.config.Zone.DNSSEC.policy()
	if err != nil {
		return nil, err
	}
	vault, err := h.vault()
	if errors.Is(err, errNoZoneSecret) && !signed {
		h.log.Warn("the zones are not signed: " + err.Error() + "; dorado zone keys secret --new --dir " + h.dir + " makes one, and a restart brings it into force")
		return nil, nil
	}
	c := dns.KeyringConfig{
		Service: h.core.service, Vault: vault, Sealed: vault.Sealed, Policy: policy, Log: h.log.With("role", "dns"),
		Lease: func() (registry.Fence, bool) { return h.node.lease(zoneLease) },
	}
	if err != nil {
		h.log.Error("private keys of the zones cannot be reached; put "+secretsFile+", and the keys that the configuration names, back from the backup "+
			"that goes with the database, and restart", "err", err)
		c.Vault = hurtVault{vault, err}
	}
	if h.config.Zone.DNSSEC.Sign {
		h.log.Info("the zones are signed here", "algorithm", dnssec.AlgorithmName(policy.Algorithm), "rsa", dns.RSABy)
	}
	return dns.NewKeyring(c), nil
}

// A hurtVault opens what it can, and says of the rest why it cannot.
type hurtVault struct {
	dns.PlacedVault
	why error
}

// Make makes a key where keys are, if that can be reached.
func (v hurtVault) Make(origin zone.Name, w dnssec.Wish) (registry.ZoneKey, error) {
	k, err := v.PlacedVault.Make(origin, w)
	if err != nil {
		err = fmt.Errorf("%w (%w)", err, v.why)
	}
	return k, err
}

// Open opens a key from where it is, if that can be reached.
func (v hurtVault) Open(k registry.ZoneKey) (crypto.Signer, error) {
	private, err := v.PlacedVault.Open(k)
	if err != nil {
		err = fmt.Errorf("%w (%w)", err, v.why)
	}
	return private, err
}

// hasKeys reports whether a zone has a key.
func (h *house) hasKeys(ctx context.Context) (bool, error) {
	for _, z := range h.core.service.Profile.Zones {
		reply, err := h.core.service.Ask(ctx, "", flow.ZoneKeyList{Zone: z.Name})
		if err != nil {
			return false, err
		}
		if len(reply.([]registry.ZoneKey)) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// parseKeyFiles reads the two files of a key: its .key and its .private.
func parseKeyFiles(zone, keyText, privateText string) (dns.KeyPair, error) {
	origin, k, err := dnssec.ParseKey(keyText)
	if err != nil {
		return dns.KeyPair{}, fmt.Errorf("the .key file: %w", err)
	}
	if strings.TrimSuffix(origin.String(), ".") != zone {
		return dns.KeyPair{}, fmt.Errorf("the .key file is of %s, not of %s", origin, zone)
	}
	algorithm, private, err := dnssec.ParsePrivate(privateText)
	if err != nil {
		return dns.KeyPair{}, fmt.Errorf("the .private file: %w", err)
	}
	if algorithm != k.Algorithm {
		return dns.KeyPair{}, fmt.Errorf("the .private file is of algorithm %d, and the .key file of %d", algorithm, k.Algorithm)
	}
	if err := dnssec.Fits(k, private); err != nil {
		return dns.KeyPair{}, err
	}
	return dns.KeyPair{Origin: origin, Role: k.Role, Algorithm: algorithm, Private: private}, nil
}

// zoneSecret returns the id of the secret that seals private keys, after making a new one if that is asked for.
func zoneSecret(dir string, fresh bool) (string, error) {
	s, err := readSecrets(dir)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, secretsFile)
	if fresh {
		if s.ZoneKey != "" {
			s.ZoneKeysBefore = append([]string{s.ZoneKey}, s.ZoneKeysBefore...)
		}
		s.ZoneKey = newSecret()
		if err := replaceFile(path, s.text()); err != nil {
			return "", err
		}
	}
	now, _, err := s.zoneKeys(path)
	if err == nil && now == nil {
		err = fmt.Errorf("%w; if zones were signed here, put the file back from a backup: a new secret opens none of their keys. "+
			"Else dorado zone keys secret --new makes one", errNoZoneSecret)
	}
	if err != nil {
		return "", err
	}
	return dnssec.SecretID(now), nil
}
