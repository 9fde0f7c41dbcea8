package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"example.org/dorado/core/zone"
	"example.org/dorado/front/dns"
)

// answersConfig says what answers to queries say of the server beside the zones.
type answersConfig struct {
	NSID        string `toml:"nsid"`
	ReportTo    string `toml:"report_to"`
	CookiesFile string `toml:"cookies_file"`
}

// limitsConfig bounds what strangers can take of the name server, and what they can have it send to others.
type limitsConfig struct {
	UDPSize                 int `toml:"udp_size"`
	Rate                    int `toml:"rate"`
	Slip                    int `toml:"slip"`
	Connections             int `toml:"connections"`
	ConnectionsPerAddress   int `toml:"connections_per_address"`
	ConnectionsPerSecondary int `toml:"connections_per_secondary"`
	Queries                 int `toml:"queries"`
	IdleSeconds             int `toml:"idle_seconds"`
	TransferSeconds         int `toml:"transfer_seconds"`
}

func defaultLimits() limitsConfig {
	return limitsConfig{
		UDPSize: 1232, Rate: 200, Slip: 2,
		Connections: 1_000, ConnectionsPerAddress: 20, Queries: 1_000, IdleSeconds: 10, TransferSeconds: 5,
		ConnectionsPerSecondary: 64,
	}
}

func (c answersConfig) check() error {
	if len(c.NSID) > dns.MaxNSID {
		return fmt.Errorf("zone.answers.nsid: it has %d octets; give it %d at most", len(c.NSID), dns.MaxNSID)
	}
	if _, err := c.reportTo(); err != nil {
		return fmt.Errorf("zone.answers.report_to: %w", err)
	}
	return nil
}

func (c answersConfig) reportTo() (zone.Name, error) {
	if c.ReportTo == "" {
		return "", nil
	}
	return zone.ParseName(c.ReportTo)
}

func (c limitsConfig) check() error {
	for _, bound := range []struct {
		key               string
		value, least, top int
	}{
		{"udp_size", c.UDPSize, 512, 4096}, // RFC 1035 section 4.2.1; what a path may still pass in fragments
		{"rate", c.Rate, 0, 65_536},
		{"slip", c.Slip, 0, 100},
		{"connections", c.Connections, 1, 100_000},
		{"connections_per_address", c.ConnectionsPerAddress, 1, 100_000},
		{"connections_per_secondary", c.ConnectionsPerSecondary, 1, 10_000},
		{"queries", c.Queries, 1, 1_000_000},
		{"idle_seconds", c.IdleSeconds, 1, 3_600},
		{"transfer_seconds", c.TransferSeconds, 1, 600},
	} {
		if bound.value < bound.least || bound.value > bound.top {
			return fmt.Errorf("zone.limits.%s: %d is not between %d and %d", bound.key, bound.value, bound.least, bound.top)
		}
	}
	return nil
}

// limits returns them as the name server takes them, for which 0 is a default and less means none.
func (c limitsConfig) limits() dns.Limits {
	none := func(n int) int {
		if n == 0 {
			return -1
		}
		return n
	}
	return dns.Limits{
		UDPSize: c.UDPSize, Rate: none(c.Rate), Slip: none(c.Slip),
		Connections: c.Connections, ConnectionsPerAddress: c.ConnectionsPerAddress, Queries: c.Queries,
		Idle: time.Duration(c.IdleSeconds) * time.Second, Transfer: time.Duration(c.TransferSeconds) * time.Second,
	}
}

// cookies returns what server cookies are made with: the secrets of a file, or else a key that all nodes of the registry
// derive from one of its secrets.
func (c answersConfig) cookies(dir string, secret []byte) (dns.Cookies, error) {
	if c.CookiesFile == "" {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte("server cookies"))
		return dns.Cookies{Key: mac.Sum(nil)}, nil
	}
	path := inDir(dir, c.CookiesFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return dns.Cookies{}, fmt.Errorf("zone.answers.cookies_file: %w", err)
	}
	var list [][]byte
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		s, err := hex.DecodeString(line)
		if err != nil || len(s) != dns.CookieSecretBytes {
			return dns.Cookies{}, fmt.Errorf("%s: each line is a secret of %d hexadecimal digits", path, 2*dns.CookieSecretBytes)
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		return dns.Cookies{}, errors.New(path + " has no secret; write one of 32 hexadecimal digits into it, or leave zone.answers.cookies_file empty")
	}
	return dns.Cookies{Secrets: list}, nil
}
